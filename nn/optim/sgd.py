"""Stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy import multiply, subtract

from ..errors import SettingError
from ..settings import number
from .optimizer import Group, Optimizer
from .room import Array, Desk, Memory


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted; the arguments of `torch.optim.SGD`.

        d = g + weight_decay * w
        b = momentum * b + (1 - dampening) * d        (b = d in the first step)
        w = w - lr * b                                nesterov: w - lr * (d + momentum * b)

    Sutskever et al. 2013, with the learning rate outside of the momentum, as PyTorch has it.
    Raises SettingError for negative settings, and for nesterov without momentum or with dampening.

    >>> import nn, numpy as np
    >>> w = nn.Parameter([1.0, -2.0])
    >>> optimizer = nn.optim.SGD([w], lr=0.25)
    >>> np.sum(w * w).backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.5, -1. ], dtype=float32, requires_grad=True)
    """

    counts_steps = False
    takes_complex = True

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {"lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "nesterov": nesterov, "maximize": maximize})

    def check(self, group: Group) -> None:
        super().check(group)
        number(group["dampening"], "SGD: dampening")
        if group["nesterov"] and (group["momentum"] <= 0 or group["dampening"] != 0):
            raise SettingError(
                f"SGD: nesterov looks ahead by the momentum, and was given momentum {group['momentum']}, "
                f"dampening {group['dampening']}: give a momentum above 0 and a dampening of 0"
            )

    def numbers(self, group: Group, t: int) -> tuple[float, ...]:
        return group["lr"], group["momentum"], 1 - group["dampening"]

    def change(self, group: Group, desk: Desk, pairs: list[tuple[Array, Array] | None]) -> None:
        if type(self) is not SGD or group["momentum"] or group.get("weight_decay") or group.get("maximize"):
            super().change(group, desk, pairs)
            return
        desk.hold(self.numbers(group, 0), None)  # and w = w - lr * g, without a call for each parameter
        for pair, memory in zip(pairs, desk.memories, strict=True):
            if pair is not None:
                w, g = pair
                if memory.dtype is not w.dtype:
                    desk.settle(memory, w)
                subtract(w, multiply(g, memory.numbers[0], memory.first), w)

    def update(self, w: Array, g: Array, memory: Memory, group: Group) -> None:
        lr, momentum, gain = memory.numbers
        d = memory.first
        if group["momentum"]:
            b = memory.state.get("momentum_buffer")
            if b is None:
                b = memory.state["momentum_buffer"] = np.array(g)
            else:
                np.multiply(b, momentum, b)
                np.add(b, g if group["dampening"] == 0 else np.multiply(g, gain, d), b)
            g = np.add(g, np.multiply(b, momentum, d), d) if group["nesterov"] else b
        subtract(w, multiply(g, lr, d), w)
