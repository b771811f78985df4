"""Adafactor."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..errors import SettingError
from ..settings import within
from .optimizer import NO_DECAY, Group, Optimizer
from .room import Array, Memory


class Adafactor(Optimizer):
    """Steps scaled by squares of gradients of which a matrix keeps only row and column means; the arguments of
    `torch.optim.Adafactor`.

        w = w - lr * weight_decay * w                b = t**beta2_decay
        R = (1 - b) * R + b * mean of g**2 over columns       C likewise over rows       V = R C / mean(R)
        V = (1 - b) * V + b * g**2                            for what is no matrix
        u = g / max(sqrt(V), e1)                     e1, e2 = eps    e1 by default what the dtype can tell from 1
        w = w - max(e2, size(w)) * min(lr, 1 / sqrt(t)) * u / max(1, size(u) / d)        size(x) = sqrt(mean(x**2))

    Arrays of more axes are matrices in their last two. Shazeer and Stern 2018, whose memory for a matrix of m x n is m + n.
    A step allocates rows and columns only.

    >>> import nn
    >>> w = nn.Parameter([1.0, -1.0])
    >>> w.grad = [0.5, -9.0]
    >>> nn.optim.Adafactor([w], lr=0.5).step()
    >>> w
    tensor([ 0.5, -0.5], dtype=float32, requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {"lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "maximize": maximize})

    def check(self, group: Group) -> None:
        eps = group["eps"]
        if not isinstance(eps, (tuple, list)) or len(eps) != 2:
            raise SettingError(f"Adafactor: eps is {eps!r}: give two numbers, or None and one, as in (None, 1e-3)")
        for least in eps if eps[0] is not None else eps[1:]:
            super().check({**group, "eps": least})
        within(group["beta2_decay"], "Adafactor: beta2_decay", -math.inf, 0)
        within(group["d"], "Adafactor: d", 1)

    def fits(self, name: str, value: Any, p: Any) -> bool:
        factors = {"row_var": (*p.shape[:-1], 1), "col_var": (*p.shape[:-2], 1, *p.shape[-1:])}
        return np.shape(value) == factors[name] if name in factors else super().fits(name, value, p)

    def decay(self, group: Group) -> tuple[float | None, bool]:
        return NO_DECAY  # `update` needs the size of the weights before it

    def numbers(self, group: Group, t: int) -> tuple[float, ...]:
        b: float = t ** group["beta2_decay"]
        return 1 - b, b

    def update(self, w: Array, g: Array, memory: Memory, group: Group) -> None:
        keep, b = memory.numbers
        squares, u, lr, (e1, e2) = memory.first, memory.second, group["lr"], group["eps"]
        e1 = np.finfo(w.dtype).eps.item() if e1 is None else e1
        rate = max(e2, size(w, u)) * min(lr, 1 / math.sqrt(memory.state["step"]))
        np.multiply(w, 1 - lr * group["weight_decay"], w)
        np.multiply(g, g, squares)
        if w.ndim > 1:
            rows = self._mean(memory, "row_var", squares, -1, keep, b)
            columns = self._mean(memory, "col_var", squares, -2, keep, b)
            v = np.multiply(rows / np.maximum(np.mean(rows, -2, keepdims=True), e1), columns, u)
        else:
            v = memory.kept("variance", w)
            np.add(np.multiply(v, keep, v), np.multiply(squares, b, squares), v)
        np.divide(g, np.maximum(np.sqrt(v, u), e1, out=u), u)
        np.multiply(u, rate / max(1.0, size(u, squares) / group["d"]), u)
        np.subtract(w, u, w)

    def _mean(self, memory: Memory, name: str, squares: Array, axis: int, keep: Array, b: Array) -> Array:
        """The running mean of that name, with the mean of the squares over an axis added to it."""
        now = np.mean(squares, axis, keepdims=True)
        mean = memory.kept(name, now)
        np.add(np.multiply(mean, keep, mean), np.multiply(now, b, now), mean)
        return mean


def size(x: Array, room: Array) -> float:
    """The root of the mean of all squares."""
    return math.sqrt(np.mean(np.multiply(x, x, room), dtype=float)) if x.size else 0.0
