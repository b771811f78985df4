"""Finite differences with an error bar of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

STEPS = (1e-2, 1e-4, 1e-6, 1e-8)
"""Where the tableaus begin; each goes down by a factor of 70, to where the next one begins."""


class Estimate(NamedTuple):
    """A derivative, and how far it may be off."""

    value: float
    bar: float


def derivative_at_zero(f: Callable[[float], float], step: float, rounding: float = 0.0) -> Estimate:
    """f'(0) by central differences at shrinking steps, extrapolated to step 0.

    The tableau of Ridders: each column removes the next even power of the step from the error; the entry whose neighbours agree
    best is the answer, their disagreement the error bar.

    rounding   how far f itself is off; the bar is no smaller than what this makes of a difference

    The value is not to be trusted where the bar is large: f may have a kink within the step, or no derivative. Then a smaller
    step helps, or none.

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
            bar = max(abs(row[j] - row[j - 1]), abs(row[j] - rows[-1][j - 1]), rounding / h)
            if bar <= best.bar:
                best = Estimate(row[j], bar)
        if best.bar <= rounding / h:  # which only grows
            break
        if rows and abs(row[-1] - rows[-1][-1]) > 8 * best.bar:  # rounding has taken over, or a kink is met
            break
        rows.append(row)
    return best


def estimates_at_zero(
    f: Callable[[float], float], rounding: float = 0.0, finest: float = 0.0, first: float = STEPS[0]
) -> Iterator[Estimate]:
    """Estimates of f'(0) from tableaus that begin nearer and nearer to 0: beyond the nearest kink, in the end.

    rounding   how far f itself is off
    finest     no tableau but the first begins below it
    first      where the first tableau begins: further away in coarser arithmetic

    >>> [e.value for e in estimates_at_zero(lambda h: h + max(0.0, h - 1e-5))][-1]  # with a kink at 1e-5
    1.0
    """
    for step in (first, *STEPS[1:]):
        if step >= finest or step == first:
            yield derivative_at_zero(f, step, rounding)


def slopes_at_zero(f: Callable[[float], float], step: float = 1e-6) -> tuple[float, float]:
    """The slopes of f on the left of 0 and on the right."""
    return (f(0.0) - f(-step)) / step, (f(step) - f(0.0)) / step
