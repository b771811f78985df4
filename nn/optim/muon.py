"""Muon."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd_core.errors import ShapeError

from ..errors import SettingError
from ..settings import described, one_of, whole
from .optimizer import Group, Optimizer
from .room import Array, Memory, running_mean


class Muon(Optimizer):
    """Momentum whose singular values are all made about 1, for matrices; the arguments of `torch.optim.Muon`.

        w = w - lr * weight_decay * w                b = momentum * b + (1 - momentum) * g
        x = g + momentum * (b - g)                   nesterov; else x = b
        w = w - lr * r * orthogonal(x)               r = sqrt(max(1, rows / columns))

    ns_coefficients, ns_steps, eps   how `orthogonal` goes about it
    adjust_lr_fn                     None or "original" for r; "match_rms_adamw" for r = 0.2 * sqrt(max(rows, columns))

    For the weights of hidden layers; biases, embeddings and the last layer go to another optimiser. Jordan et al. 2024.
    Computed in the dtype of the parameters, where PyTorch takes bfloat16. Raises ShapeError for what is no matrix.

    >>> import nn, numpy as np
    >>> w = nn.Parameter(np.zeros((2, 2)))
    >>> w.grad = np.diag([3.0, 4.0])
    >>> nn.optim.Muon([w], lr=1.0).step()
    >>> np.round(-w, 1).tolist()
    [[0.7, -0.0], [-0.0, 1.1]]
    """

    counts_steps = False

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.775, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        settings = {"lr": lr, "weight_decay": weight_decay, "momentum": momentum, "nesterov": nesterov}
        how = {"ns_coefficients": ns_coefficients, "eps": eps, "ns_steps": ns_steps}
        super().__init__(params, {**settings, **how, "adjust_lr_fn": adjust_lr_fn})

    def check(self, group: Group) -> None:
        super().check(group)
        whole(group["ns_steps"], "Muon: ns_steps")
        one_of(group["adjust_lr_fn"], "Muon: adjust_lr_fn", (None, "original", "match_rms_adamw"))
        coefficients = group["ns_coefficients"]
        if not isinstance(coefficients, (tuple, list)) or len(coefficients) != 3:
            raise SettingError(f"Muon: ns_coefficients is {coefficients!r}: give three numbers")
        for p in group["params"]:
            if len(p.shape) != 2:
                raise ShapeError(f"Muon trains matrices, and was given {described(p)}: give it to another optimiser")

    def decay(self, group: Group) -> tuple[float | None, bool]:
        return 1 - group["lr"] * group["weight_decay"], True

    def numbers(self, group: Group, t: int) -> tuple[float, ...]:
        return group["momentum"], 1 - group["momentum"]

    def update(self, w: Array, g: Array, memory: Memory, group: Group) -> None:
        momentum, rest = memory.numbers
        b, x, room = memory.kept("momentum_buffer", w), memory.first, memory.second
        running_mean(b, momentum, g, rest, room)
        x[...] = b
        if group["nesterov"]:
            np.add(np.multiply(b, momentum, x), np.multiply(g, rest, room), x)
        step = orthogonal(x, group["ns_coefficients"], group["ns_steps"], group["eps"])
        rows, columns = w.shape
        matched = group["adjust_lr_fn"] == "match_rms_adamw"
        rate = 0.2 * math.sqrt(max(rows, columns)) if matched else math.sqrt(max(1, rows / columns))
        np.subtract(w, np.multiply(step, group["lr"] * rate, room), w)


def orthogonal(x: Array, coefficients: tuple[float, float, float], steps: int, eps: float) -> Array:
    """About U V' of the singular value decomposition x = U S V', without computing it; returns an array of its own.

        x = x / |x|, then each step   x = a x + (b x x' + c (x x')**2) x        a, b, c = coefficients

    An iteration of Newton and Schulz. The usual coefficients let small singular values grow fastest; they end between 0.7 and 1.2
    rather than at 1.

    >>> import numpy as np
    >>> np.round(np.linalg.svdvals(orthogonal(np.diag([1.0, 0.1]), (3.4445, -4.775, 2.0315), 5, 1e-7)), 1).tolist()
    [0.7, 0.7]
    """
    a, b, c = coefficients
    tall = x.shape[0] > x.shape[1]  # the smaller of the two products is taken
    x = (x.mT if tall else x) / max(np.linalg.norm(x).item(), eps)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * (gram @ gram)) @ x
    return x.mT if tall else x
