"""Averaged stochastic gradient descent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..settings import number
from .optimizer import Group, Optimizer
from .room import Array, Memory


class ASGD(Optimizer):
    """Gradient descent that keeps the mean of the weights from step t0 on; the arguments of `torch.optim.ASGD`.

        d = g + weight_decay * w                     eta = lr / (1 + lambd * lr * (t - 1))**alpha
        w = (1 - lambd * eta) * w - eta * d          a = a + (w - a) / max(1, t - 1 - t0)

    The mean a is `state[p]["ax"]`: what to use after training. eta is settled a step ahead, so that a new lr counts one step
    later, as in PyTorch. Polyak and Juditsky 1992. A step allocates no array.

    >>> import nn
    >>> w = nn.Parameter([1.0, -2.0])
    >>> w.grad = [0.5, -9.0]
    >>> nn.optim.ASGD([w], lr=0.5, lambd=0.0).step()
    >>> w
    tensor([0.75, 2.5 ], dtype=float32, requires_grad=True)
    """

    takes_complex = True

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {"lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "maximize": maximize})

    def check(self, group: Group) -> None:
        super().check(group)
        for name in ("lambd", "t0"):
            number(group[name], f"ASGD: {name}")

    def update(self, w: Array, g: Array, memory: Memory, group: Group) -> None:
        state, room, lambd = memory.state, memory.first, group["lambd"]
        lr: float = group["lr"]
        eta, mu = state.setdefault("eta", lr), state.setdefault("mu", 1.0)
        mean = memory.kept("ax", w)
        np.multiply(w, 1 - lambd * eta, w)
        np.subtract(w, np.multiply(g, eta, room), w)
        np.add(mean, np.multiply(np.subtract(w, mean, room), mu, room), mean)
        state["eta"] = lr / (1 + lambd * lr * state["step"]) ** group["alpha"]
        state["mu"] = 1 / max(1, state["step"] - group["t0"])
