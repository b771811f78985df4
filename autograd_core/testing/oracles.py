"""What a derivative is compared with: differences first, sharper oracles where their error bar says too little.

An oracle that only sometimes holds is believed where it agrees with the differences, within their bar: a complex step is exact
for analytic functions alone, extended precision is lost where a function computes in double precision.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from .differences import Estimate, derivative_at_zero, estimates_at_zero, slopes_at_zero

CEILING = 1e-3
"""The largest relative error that an error bar may excuse."""

NOTHING = 1e-6
"""Beside values of size 1, differences at the smallest steps cannot tell this from a derivative of 0."""

GAPS = (1e-3, 1e-4, 1e-5, 1e-6)
"""The steps at which the slopes of the two sides are compared."""


class Line(NamedTuple):
    """A function of one number, the slope of which at 0 is asked for.

    along      the function
    rounding   how far its values are off;  finest: no step of differences makes sense below it
    size       how large its values are, or those they were computed from
    eps        the precision of its arithmetic
    """

    along: Callable[[Any], Any]
    rounding: float
    finest: float
    size: float
    eps: float = float(np.finfo(float).eps)


def slope(
    line: Line, gots: Mapping[str, float], rtol: float, sharper: Sequence[tuple[str, Any]]
) -> tuple[Estimate, str]:
    """The slope of a line and the name of the oracle that gave it.

    gots      what autodiff got: of estimates that are equally good, the first that agrees is taken
    sharper   (name, function that gives an Estimate or None), asked where differences are not precise to rtol
    """
    best, precise = by_differences(line, gots, rtol)
    name = "differences"
    if precise:
        return best, name
    for oracle, ask in sharper:
        nothing = max(map(abs, gots.values())) <= 10 * best.bar
        if oracle == "long double" and (nothing or 10 * best.bar <= CEILING * abs(best.value)):
            continue  # its many digits are worth their time for a derivative that is tiny, and none that is 0
        found = ask()
        if found is not None and found.bar < best.bar and abs(found.value - best.value) <= 10 * best.bar:
            best, name = found, oracle
            if 10 * best.bar <= rtol * abs(best.value):
                break
    return best, name


def by_differences(line: Line, gots: Mapping[str, float], rtol: float) -> tuple[Estimate, bool]:
    """The first estimate that is as precise as rtol and agrees with what autodiff got, else the best of all steps."""
    tried = []
    first = max(1e-2, line.eps**0.2)
    for expected in estimates_at_zero(line.along, line.rounding, line.finest, first):
        tried.append(expected)
        precise = 10 * expected.bar <= max(rtol * abs(expected.value), 1e-4 * NOTHING * line.size)
        if precise and agrees(gots, expected, rtol):
            return expected, 10 * expected.bar <= rtol * abs(expected.value)
    best = min(range(len(tried)), key=lambda i: tried[i].bar)
    # a kink within the steps may make a bar too small by chance: a finer tableau that settles as well knows better
    finer = [e for e in tried[best:] if is_settled(e, line) and agrees(gots, e, rtol)]
    return finer[0] if finer else tried[best], False


def is_settled(expected: Estimate, line: Line) -> bool:
    """Whether differences gave a derivative at all, or one that is nothing beside values of that size."""
    coarse = max(1.0, 64 * line.eps / CEILING)
    return 10 * expected.bar <= coarse * max(CEILING * abs(expected.value), NOTHING * line.size)


def agrees(gots: Mapping[str, float], expected: Estimate, rtol: float, room: float = 0.0) -> bool:
    """Whether derivatives agree with an oracle, up to its error bar, a relative error, and the room that rounding needs."""
    allowed = 10 * expected.bar + rtol * abs(expected.value) + room
    return all(abs(got - expected.value) <= allowed for got in gots.values())


def by_complex_step(along: Callable[[Any], Any], rounding: float) -> Estimate | None:
    """The imaginary part of f(ih) over h: no difference is taken, so that a step of 1e-30 costs no digit.

    None where the function does not compute with complex numbers, or drops imaginary parts on its way.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            value = along(1e-30j)
    except (TypeError, ValueError, ArithmeticError, np.exceptions.ComplexWarning):
        return None
    return Estimate(float(np.imag(value)) / 1e-30, rounding) if np.isfinite(value) else None


def by_long_double(along: Callable[[Any], Any], rounding: float) -> Estimate | None:
    """Differences in extended precision; None where the function does not compute in it."""
    try:
        estimate = min(each_estimate(along, rounding), key=lambda e: e.bar)
    except (TypeError, ValueError, ArithmeticError):
        return None
    return Estimate(float(estimate.value), float(estimate.bar) + rounding)  # what autodiff gave is in double precision


def each_estimate(along: Callable[[Any], Any], rounding: float) -> Iterator[Estimate]:
    for step in (1e-2, 1e-4, 1e-6):
        yield derivative_at_zero(lambda h: along(np.longdouble(h)), step, rounding * 2.0**-11)


def kink(line: Line) -> tuple[float, float] | None:
    """The slopes on both sides of 0 if they differ however small the step, and by the same: a kink, and no jump."""
    sides = [slopes_at_zero(line.along, step) for step in GAPS]
    gaps = [abs(right - left) for left, right in sides]
    scale = max(map(abs, sides[-1]))
    if not all(np.isfinite(gaps)) or min(gaps) <= max(1e-3 * scale, 100 * line.rounding / GAPS[-1]):
        return None
    return sides[-1] if max(gaps) <= 2 * min(gaps) else None


def remainder_order(along: Callable[[Any], Any], got: float) -> float:
    """The power of h with which f(h) - f(0) - h got falls: 2 if got is the slope, 1 if it is not."""
    far, near = [abs(along(h) - along(0.0) - h * got) for h in (1e-2, 1e-3)]
    return float(np.log10(far / near)) if far > 0 and near > 0 else np.inf
