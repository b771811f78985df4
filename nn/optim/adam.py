"""Adam."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd_core.errors import DTypeError

from ..errors import SettingError
from ..settings import within
from .optimizer import Array, Group, Memory, Optimizer


class Adam(Optimizer):
    """Steps scaled by running means of the gradient and of its square; the arguments of `torch.optim.Adam`.

        d = g + weight_decay * w
        m = b1 * m + (1 - b1) * d                    v = b2 * v + (1 - b2) * d**2
        w = w - lr * M / (sqrt(V) + eps)             M = m / (1 - b1**t)    V = v / (1 - b2**t)

    amsgrad   V from the largest v so far (Reddi et al. 2018)

    Kingma and Ba 2015. Both sides of the fraction are multiplied by sqrt(1 - b2**t), which spares two passes.
    Raises SettingError for settings outside their range, DTypeError for complex parameters.

    >>> import nn, numpy as np
    >>> w = nn.Parameter([1.0, -2.0])
    >>> optimizer = nn.optim.Adam([w], lr=0.5)
    >>> np.sum(w * w).backward()
    >>> optimizer.step()
    >>> w
    tensor([ 0.5, -1.5], dtype=float32, requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(
            params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad}
        )

    def check(self, group: Group) -> None:
        for name in ("lr", "eps", "weight_decay"):
            within(group[name], f"Adam: {name}", 0)
        betas = group["betas"]
        if not isinstance(betas, (tuple, list)) or len(betas) != 2 or not all(0 <= beta < 1 for beta in betas):
            raise SettingError(f"Adam: betas is {betas!r}: give two numbers in [0, 1), as in (0.9, 0.999)")
        if any(p.dtype.kind == "c" for p in group["params"]):
            raise DTypeError(
                "Adam scales by squares of real gradients: give real and imaginary parts as parameters of their own"
            )

    def numbers(self, group: Group) -> tuple[float, ...]:
        b1, b2 = group["betas"]
        return b1, 1 - b1, b2, 1 - b2, group["weight_decay"]

    def update(self, w: Array, g: Array, memory: Memory, group: Group) -> None:
        b1, rest1, b2, rest2, decay = memory.numbers
        d, step, state = memory.first, memory.second, memory.state
        if not state:
            state.update(step=0, exp_avg=np.zeros_like(w), exp_avg_sq=np.zeros_like(w))
        state["step"] += 1
        m, v = state["exp_avg"], state["exp_avg_sq"]
        if group["weight_decay"]:
            np.multiply(w, decay, d)
            g = np.add(d, g, d)
        np.multiply(m, b1, m)
        np.add(m, np.multiply(g, rest1, step), m)
        np.multiply(v, b2, v)
        np.multiply(g, g, step)
        np.add(v, np.multiply(step, rest2, step), v)
        if group["amsgrad"]:
            largest = state.get("max_exp_avg_sq")
            if largest is None:
                largest = state["max_exp_avg_sq"] = v.copy()
            v = np.maximum(largest, v, out=largest)
        correction = math.sqrt(1 - group["betas"][1] ** state["step"])
        rate = group["lr"] * correction / (1 - group["betas"][0] ** state["step"])
        np.sqrt(v, d)
        np.add(d, group["eps"] * correction, d)
        np.divide(m, d, step)
        np.subtract(w, np.multiply(step, rate, step), w)
