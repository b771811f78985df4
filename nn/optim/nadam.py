"""NAdam."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .optimizer import Group, Optimizer
from .room import Array, Memory, running_mean


class NAdam(Optimizer):
    """Adam that looks ahead by its momentum, as Nesterov's method does; the arguments of `torch.optim.NAdam`.

        d = g + weight_decay * w
        m = b1 * m + (1 - b1) * d                    v = b2 * v + (1 - b2) * d**2
        mu(t) = b1 * (1 - 0.96**(t * momentum_decay) / 2)              p = mu(1) * mu(2) * ... * mu(t)
        s = mu(t + 1) / (1 - p * mu(t + 1)) * m + (1 - mu(t)) / (1 - p) * d
        w = w - lr * s / (sqrt(v / (1 - b2**t)) + eps)

    decoupled_weight_decay   d = g, and w = w - lr * weight_decay * w beforehand, as AdamW

    Dozat 2016. A step allocates no array.

    >>> import nn
    >>> w = nn.Parameter([1.0, -2.0])
    >>> w.grad = [0.5, -9.0]
    >>> nn.optim.NAdam([w], lr=0.5, betas=(0.0, 0.999)).step()
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
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
        }
        super().__init__(params, {**settings, "decoupled_weight_decay": decoupled_weight_decay, "maximize": maximize})

    def numbers(self, group: Group, t: int) -> tuple[float, ...]:
        b1, b2 = group["betas"]
        return b1, 1 - b1, b2, 1 - b2, 1 / (1 - b2**t), group["eps"]

    def update(self, w: Array, g: Array, memory: Memory, group: Group) -> None:
        b1, rest1, b2, rest2, correction, eps = memory.numbers
        state, s, room = memory.state, memory.first, memory.second
        t, lr = state["step"], group["lr"]
        mu, ahead = [group["betas"][0] * (1 - 0.5 * 0.96 ** (i * group["momentum_decay"])) for i in (t, t + 1)]
        product = state["mu_product"] = state.get("mu_product", 1.0) * mu
        m, v = memory.kept("exp_avg", w), memory.kept("exp_avg_sq", w)
        running_mean(m, b1, g, rest1, room)
        running_mean(v, b2, np.multiply(g, g, s), rest2, room)
        np.multiply(g, lr * (1 - mu) / (1 - product), s)
        np.add(s, np.multiply(m, lr * ahead / (1 - product * ahead), room), s)
        np.sqrt(np.multiply(v, correction, room), room)
        np.subtract(w, np.divide(s, np.add(room, eps, room), s), w)
