"""`check_grads`: both modes against oracles that know no rule, to any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from ..trees import flatten
from .counterexamples import explained
from .levels import Level, Reshaped, Slope
from .oracles import Line
from .points import EPS, as_given, detached, random_like
from .reports import GradientMismatch, Report, Row
from .verdicts import Contradicted, Kinked, judge, kink, remainder_order

Kinks = Literal["detect", "assert", "avoid"]


def check_grads(
    f: Callable[..., Any],
    *args: Any,
    order: int = 2,
    directions: int = 2,
    rtol: float | None = None,
    seed: int = 0,
    kinks: Kinks = "detect",
    draw_to: Any = None,
) -> Report:
    """Check the derivatives of f at args, in forward and reverse mode, against oracles that know no rule.

    args         arrays, floats or containers of them, of any floating dtype
    order        1 checks the first derivative, 2 also the derivative of the vjp, and so on
    directions   random directions per order; the last of several goes along what has a tiny gradient, if anything has
    rtol         the largest relative error allowed, for functions that are themselves not computed to rounding, as by a solver
                 that stops early. By default, where two oracles agree, only as much as the precision of the dtype and the
                 measured conditioning explain, and 1e-6 where one stands alone
    kinks        where the slopes of the two sides differ at the point itself: "detect" notes it in the report and stops there,
                 "assert" fails, "avoid" checks at a point nearby
    draw_to      where to save a drawing of f, should it fail; the ending says the format, as .svg

    Each row compares <u, J v> for random u and v. What the operations of f declare says which oracle is asked: exact differences
    for polynomials, a complex step for what is analytic, else differences that know their own error, with steps that shrink
    until they stay on one side of a kink, and those in long double. The remainder f(x + h v) - f(x) - h f' must fall like h^2,
    too. Coarse dtypes are compared with double precision at the same point, up to their own rounding.

    Raises GradientMismatch, an AssertionError, if a row is off, with the entry of the Jacobian, the operation and the line, and a
    program that shows it again; and also if no oracle can say anything, since then nothing was checked.

    >>> import numpy as np, autograd_core as ag
    >>> wrong = ag.primitive(np.sin, lambda g, a: g * np.sin(a), jvp=lambda t, a: t * np.cos(a), name="wrong")
    >>> check_grads(wrong, 1.0)
    Traceback (most recent call last):
        ...
    autograd_core.testing.reports.GradientMismatch: reverse mode, order 1: autodiff gave ...
    """
    check = Check(order, directions, rtol, kinks, seed)
    point, rng = [detached(a) for a in args], np.random.default_rng(seed)
    # a long step may leave the domain of f, and NaN at the point itself is a row that is off
    with np.errstate(all="ignore"):
        for _ in range(4):
            report = Report()
            try:
                check.run(f, point, rng, report)
            except Kinked as met:
                report.notes.append(met.words)
                if kinks == "avoid":
                    point = nearby(point, rng)
                    continue
            except Contradicted as found:
                raise explained(found, f, point, order, report, check.passes, draw_to) from None
            return report
        raise AssertionError(f"there is a kink at every point tried near {point}: {report.notes[-1]}")


class Check(NamedTuple):
    """How much is checked, and how strictly."""

    order: int
    directions: int
    rtol: float | None
    kinks: Kinks
    seed: int

    def run(self, f: Callable[..., Any], args: list[Any], rng: Any, report: Report) -> None:
        """Fill a report; raises Contradicted at the first row that is off, Kinked if there is a kink at the point."""
        level, lines = Level(f, args, rng), list[Line]()
        while True:
            for i in range(self.directions):
                tiny = self.directions > 1 and i == self.directions - 1
                slope = Slope(level, level.cotangents, level.direction(rng, tiny))
                lines.append(slope.line)
                self.compare(slope, report, lines)
            if level.number == self.order:
                return
            level = level.above(rng)

    def compare(self, slope: Slope, report: Report, lines: Sequence[Line]) -> None:
        """Add a row for each mode."""
        number = slope.level.number
        try:
            verdict = judge(slope, self.rtol)
        except Reshaped as met:
            raise self.met(str(met), slope) from None
        expected, bar, oracle = verdict.believed
        report.rows += [Row(mode, number, got, expected, bar, oracle) for mode, got in slope.gots.items()]
        if verdict.is_right:
            return
        # the slope of the order before may be right at a kink, by convention, and jump there
        sides = next(filter(None, map(kink, reversed(lines))), None)
        there = (
            ""
            if sides is None
            else f"a kink at the point, where slopes of the two sides are {sides[0]:.6g} and {sides[1]:.6g}"
        )
        if there and self.kinks != "assert":
            raise self.met(there, slope)
        there = there and f", with {there}"
        if verdict.doubt:
            raise Contradicted(f"order {number}: {verdict.doubt}{there}", slope)
        mode, fault = next(iter(verdict.faults.items()))
        words = f"{mode} mode, order {number}: {fault}{there}"
        if slope.line.eps <= EPS and (falls := remainder_order(slope.line, slope.fine[mode])) < 1.5:
            words += f"\nThe remainder f(x + h v) - f(x) - h f' falls like h^{falls:.2f}, and not like h^2"
        raise Contradicted(words, slope, mode, self.rtol)

    def met(self, words: str, slope: Slope) -> Kinked | Contradicted:
        """What to raise where there is nothing to compare."""
        words = f"order {slope.level.number}: {words}; no derivative was compared there"
        return Contradicted(words, slope) if self.kinks == "assert" else Kinked(words)

    def passes(self, f: Callable[..., Any], *args: Any) -> bool:
        """Whether another function passes the same check, in one direction."""
        try:
            self._replace(directions=1, kinks="detect").run(f, list(args), np.random.default_rng(self.seed), Report())
        except (Contradicted, Kinked) as met:
            return isinstance(met, Kinked)
        return True


def nearby(point: list[Any], rng: Any) -> list[Any]:
    """Another point, a hundredth away."""
    leaves, rebuild = flatten(point)
    moved = [as_given(x + 1e-2 * (1 + np.abs(x)) * random_like(x, rng), x) for x in leaves]
    return list(rebuild(moved))


__all__ = ["GradientMismatch", "Report", "Row", "check_grads"]
