"""Adamax."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .optimizer import Group, Optimizer
from .room import Array, Memory, running_mean


class Adamax(Optimizer):
    """Steps scaled by the largest gradients, which fade; the arguments of `torch.optim.Adamax`.

        d = g + weight_decay * w
        m = b1 * m + (1 - b1) * d                    u = max(b2 * u, |d| + eps)
        w = w - lr / (1 - b1**t) * m / u

    Kingma and Ba 2015, section 7.1. A step allocates no array.

    >>> import nn
    >>> w = nn.Parameter([1.0, -2.0])
    >>> w.grad = [0.5, -9.0]
    >>> nn.optim.Adamax([w], lr=0.5).step()
    >>> w
    tensor([ 0.5, -1.5], dtype=float32, requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "maximize": maximize})

    def numbers(self, group: Group, t: int) -> tuple[float, ...]:
        b1, b2 = group["betas"]
        return b1, 1 - b1, b2, group["eps"], group["lr"] / (1 - b1**t)

    def update(self, w: Array, g: Array, memory: Memory, group: Group) -> None:
        b1, rest1, b2, eps, rate = memory.numbers
        m, u, room = memory.kept("exp_avg", w), memory.kept("exp_inf", w), memory.first
        running_mean(m, b1, g, rest1, room)
        np.multiply(u, b2, u)
        np.maximum(u, np.add(np.abs(g, room), eps, room), out=u)
        np.multiply(np.divide(m, u, room), rate, room)
        np.subtract(w, room, w)
