"""Finite differences with an error bar of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Estimate(NamedTuple):
    """A derivative, and how far it may be off."""

    value: float
    bar: float


def derivative_at_zero(f: Callable[[float], float], step: float) -> Estimate:
    """f'(0) by central differences at shrinking steps, extrapolated to step 0.

    The tableau of Ridders: each column removes the next even power of the step from the error; the entry whose neighbours agree
    best is the answer, their disagreement the error bar.

    C. J. F. Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", Advances in Engineering Software 4 (1982).

    >>> import math
    >>> derivative_at_zero(math.exp, 0.1).value
    1.0000000000000...
    """
    shrink = 1.6
    best = Estimate(np.nan, np.inf)
    rows: list[list[float]] = []
    for i in range(10):
        h = step / shrink**i
        row = [(f(h) - f(-h)) / (2 * h)]
        for j in range(1, i + 1):
            factor = shrink ** (2 * j)
            row.append((row[j - 1] * factor - rows[-1][j - 1]) / (factor - 1))
            bar = max(abs(row[j] - row[j - 1]), abs(row[j] - rows[-1][j - 1]))
            if bar <= best.bar:
                best = Estimate(row[j], bar)
        if rows and abs(row[-1] - rows[-1][-1]) > 8 * best.bar:  # rounding has taken over
            break
        rows.append(row)
    return best


def inner(u: Any, w: Any) -> float:
    """The real inner product of two lists of arrays: sum of Re(conj(u) w)."""
    return float(sum(np.sum(np.real(np.conj(a) * b)) for a, b in zip(u, w, strict=True)))
