"""RAdam."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from .optimizer import Group, Optimizer
from .room import Array, Memory, running_mean


class RAdam(Optimizer):
    """Adam that scales its steps only once it has seen enough gradients; the arguments of `torch.optim.RAdam`.

        d = g + weight_decay * w
        m = b1 * m + (1 - b1) * d                    v = b2 * v + (1 - b2) * d**2
        r = R - 2 * t * b2**t / (1 - b2**t)          R = 2 / (1 - b2) - 1
        w = w - lr * M * rect * sqrt(1 - b2**t) / (sqrt(v) + eps)      if r > 5, else w = w - lr * M
        rect = sqrt((r - 4) * (r - 2) * R / ((R - 4) * (R - 2) * r))   M = m / (1 - b1**t)

    decoupled_weight_decay   d = g, and w = w - lr * weight_decay * w beforehand, as AdamW

    Liu et al. 2020. A step allocates no array.

    >>> import nn
    >>> w = nn.Parameter([1.0, -2.0])
    >>> w.grad = [0.5, -9.0]
    >>> nn.optim.RAdam([w], lr=0.5).step()
    >>> w
    tensor([0.75, 2.5 ], dtype=float32, requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "decoupled_weight_decay": decoupled_weight_decay, "maximize": maximize})

    def numbers(self, group: Group, t: int) -> tuple[float, ...]:
        b1, b2 = group["betas"]
        scale = rectification(b2, t)
        return b1, 1 - b1, b2, 1 - b2, group["eps"], group["lr"] * (scale or 1) / (1 - b1**t), scale

    def update(self, w: Array, g: Array, memory: Memory, group: Group) -> None:
        b1, rest1, b2, rest2, eps, rate, scale = memory.numbers
        m, v, d, room = memory.kept("exp_avg", w), memory.kept("exp_avg_sq", w), memory.first, memory.second
        running_mean(m, b1, g, rest1, room)
        running_mean(v, b2, np.multiply(g, g, d), rest2, room)
        np.multiply(m, rate, d)
        if scale:
            np.divide(d, np.add(np.sqrt(v, room), eps, room), d)
        np.subtract(w, d, w)


def rectification(b2: float, t: int) -> float:
    """rect * sqrt(1 - b2**t), as in the equations of RAdam; 0 while the variance of v is not known well enough.

    >>> rectification(0.999, 5), round(rectification(0.999, 10), 4)
    (0.0, 0.0049)
    """
    most = 2 / (1 - b2) - 1
    r = most - 2 * t * b2**t / (1 - b2**t)
    if r <= 5:
        return 0.0
    return math.sqrt((r - 4) * (r - 2) * most / ((most - 4) * (most - 2) * r) * (1 - b2**t))
