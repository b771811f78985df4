"""What a derivative is compared with, chosen by what is known of the function.

A polynomial, which declarations tell, has exact differences; an analytic function, which its values show, an exact complex
step; any other one has differences that know their own error, where that is not enough in extended precision.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from .differences import STEPS, Estimate, derivative_at_zero, estimates_at_zero
from .points import EPS

CEILING = 1e-3
"""The largest relative error that an error bar may excuse."""

NOTHING = 1e-6
"""Beside values of size 1, differences at the smallest steps cannot tell this from a derivative of 0."""

PRECISE = 1e-6
"""An oracle whose relative error bar is a tenth of this needs no sharper one beside it."""

NOISE = 16
"""How many roundings a sum of values may be off by before it says something else."""


REFUSED = (TypeError, ValueError, ArithmeticError, LookupError, MemoryError)
"""How a function says that it does not compute something."""


class Line(NamedTuple):
    """A function of one number, the slope of which at 0 is asked for.

    along      the function
    rounding   how far its values are off;  finest: no step of differences makes sense below it
    size       how large its values are, or those they were computed from
    eps        the precision of its arithmetic
    reach      where it is a polynomial, a step that is not small beside the point; else 0
    is_real    whether it is worth a try to step off the real line;  is_analytic: whether it is declared such that one can
    """

    along: Callable[[Any], Any]
    rounding: float
    finest: float
    size: float
    eps: float = EPS
    reach: float = 0.0
    is_real: bool = False
    is_analytic: bool = False


class Finding(NamedTuple):
    """What an oracle says: a derivative, and how far that may be off."""

    value: float
    bar: float
    oracle: str

    @property
    def name(self) -> str:
        known = {"differences": "finite differences", "long double": "differences in long double"}
        return known.get(self.oracle, f"the {self.oracle}")

    @property
    def words(self) -> str:
        return f"{self.name} {self.value:.15g} (± {self.bar:.1e})"

    def is_precise(self, line: Line, gots: Mapping[str, float]) -> bool:
        """Whether there is nothing to gain from other oracles, if it agrees with what autodiff got."""
        size = line.size if is_nothing(line, gots) else 0.0
        return 10 * self.bar <= max(PRECISE * abs(self.value), 1e-4 * NOTHING * size)

    def is_settled(self, line: Line) -> bool:
        """Whether it found a derivative at all, or one that is nothing beside values of that size."""
        coarse = max(1.0, 64 * line.eps / CEILING)
        return 10 * self.bar <= coarse * max(CEILING * abs(self.value), NOTHING * line.size)


def is_nothing(line: Line, gots: Mapping[str, float]) -> bool:
    """Whether derivatives are as small as rounding makes them that should be 0."""
    return max(map(abs, gots.values())) <= 4 * line.eps * line.size


def findings(line: Line) -> Iterator[Finding]:
    """What the oracles say, exact ones first; each is asked when its turn comes."""
    for oracle, ask in ORACLES.items():
        for estimate in ask(line):
            yield Finding(*estimate, oracle)


def asked_again(line: Line, oracle: str) -> Finding:
    """What one oracle says of another line."""
    said = min(ORACLES[oracle](line), key=lambda e: e.bar, default=Estimate(np.nan, np.inf))
    return Finding(*said, oracle)


def by_exact_difference(line: Line) -> Iterator[Estimate]:
    """Differences of a polynomial: exact however long the step, and a long one loses no digits; nothing outside of its domain."""
    if not line.reach:
        return
    try:
        yield derivative_at_zero(line.along, line.reach, line.rounding)
    except REFUSED:
        return


def by_complex_step(line: Line) -> Iterator[Estimate]:
    """The imaginary part of f(ih) over h: no difference is taken, so that a step of 1e-30 costs no digit.

    Nothing where the function does not compute with complex numbers, or drops imaginary parts on its way, and where it is not
    analytic: the quotients of differences along the two axes are then not off by h² f'''/6 in opposite directions.

    W. Squire, G. Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 40 (1998).
    """
    if not line.is_real:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            slope = float(np.imag(line.along(1e-30j))) / 1e-30
            for h in (1e-3, 1e-4, 1e-5):
                real = (line.along(h) - line.along(-h)) / (2 * h)
                off = real + float(np.imag(line.along(1j * h))) / h - 2 * slope
                noise = NOISE * line.rounding / h
                if abs(off) <= noise:  # which is also how well that can be seen
                    yield Estimate(slope, line.rounding if line.is_analytic else noise)
                    return
    except (*REFUSED, np.exceptions.ComplexWarning):
        return


def by_differences(line: Line) -> Iterator[Estimate]:
    """Estimates from nearer and nearer to the point."""
    yield from estimates_at_zero(line.along, line.rounding, line.finest, max(STEPS[0], line.eps**0.2))


def by_long_double(line: Line) -> Iterator[Estimate]:
    """Differences in extended precision; nothing where the function does not compute in it."""
    finer = line.rounding * float(np.finfo(np.longdouble).eps) / EPS
    if line.eps > EPS or finer >= line.rounding:  # on some machines it is no wider
        return
    try:
        for step in STEPS[:3]:
            value, bar = derivative_at_zero(lambda h: line.along(np.longdouble(h)), step, finer)
            yield Estimate(float(value), float(bar) + line.rounding)  # what autodiff gave is in double precision
    except REFUSED:
        return


ORACLES: dict[str, Callable[[Line], Iterator[Estimate]]] = {
    "exact difference": by_exact_difference,
    "complex step": by_complex_step,
    "differences": by_differences,
    "long double": by_long_double,
}
"""Every oracle by its name, in the order in which they are asked."""
