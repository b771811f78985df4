"""Adam and AdamW."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from .optimizer import Group, Optimizer
from .room import Array, Memory, running_mean


class Adam(Optimizer):
    """Steps scaled by running means of the gradient and of its square; the arguments of `torch.optim.Adam`.

        d = g + weight_decay * w
        m = b1 * m + (1 - b1) * d                    v = b2 * v + (1 - b2) * d**2
        w = w - lr * M / (sqrt(V) + eps)             M = m / (1 - b1**t)    V = v / (1 - b2**t)

    amsgrad                  V from the largest v so far (Reddi et al. 2018)
    decoupled_weight_decay   d = g, and w = w - lr * weight_decay * w beforehand, as AdamW

    Kingma and Ba 2015. Both sides of the fraction are multiplied by sqrt(1 - b2**t), which spares two passes.
    Raises SettingError for settings outside their range, DTypeError for complex parameters. A step allocates no array.

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
        *,
        maximize: bool = False,
        decoupled_weight_decay: bool = False,
    ) -> None:
        settings = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "amsgrad": amsgrad}
        super().__init__(params, {**settings, "maximize": maximize, "decoupled_weight_decay": decoupled_weight_decay})

    def numbers(self, group: Group, t: int) -> tuple[float, ...]:
        b1, b2 = group["betas"]
        correction = math.sqrt(1 - b2**t)
        return b1, 1 - b1, b2, 1 - b2, group["eps"] * correction, group["lr"] * correction / (1 - b1**t)

    def update(self, w: Array, g: Array, memory: Memory, group: Group) -> None:
        b1, rest1, b2, rest2, eps, rate = memory.numbers
        m, v, d, room = memory.kept("exp_avg", w), memory.kept("exp_avg_sq", w), memory.first, memory.second
        running_mean(m, b1, g, rest1, room)
        running_mean(v, b2, np.multiply(g, g, d), rest2, room)
        if group["amsgrad"]:
            largest = memory.kept("max_exp_avg_sq", w)
            v = np.maximum(largest, v, out=largest)
        np.add(np.sqrt(v, d), eps, d)
        np.divide(m, d, d)
        np.subtract(w, np.multiply(d, rate, d), w)


class AdamW(Adam):
    """Adam with decay of the weights themselves, w = w - lr * weight_decay * w; the arguments of `torch.optim.AdamW`.

    Loshchilov and Hutter 2019.

    >>> import nn
    >>> w = nn.Parameter([1.0, -2.0])
    >>> w.grad = [0.0, 0.0]
    >>> nn.optim.AdamW([w], lr=0.5, weight_decay=0.5).step()
    >>> w
    tensor([ 0.75, -1.5 ], dtype=float32, requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize, decoupled_weight_decay=True)
