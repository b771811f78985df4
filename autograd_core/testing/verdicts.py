"""Whether a derivative is right: by what the oracles say, by the order of its remainder, and by what rounding can explain.

Nothing is right by being small: what is allowed comes from the error bar of the oracle, and from the precision of the dtype
times the conditioning that is measured at the point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from .differences import slopes_at_zero
from .levels import Slope
from .oracles import CEILING, NOTHING, Finding, Line, findings, is_nothing
from .points import EPS

ROOM = 16
"""Roundings that a derivative may be off by, in units of the precision times the sizes of the terms it is a sum of."""

ALONE = 1e-6
"""The relative error up to which one oracle alone is not believed against autodiff."""

GAPS = (1e-3, 1e-4, 1e-5, 1e-6)
"""The steps at which the slopes of the two sides are compared."""

LADDER = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
"""The steps at which a remainder is looked at."""


class Verdict(NamedTuple):
    """What came of a comparison.

    believed   what the best oracle says
    faults     by mode, what is wrong, in words
    doubt      why nothing can be said at all, or nothing
    """

    believed: Finding
    faults: Mapping[str, str] = {}
    doubt: str = ""

    @property
    def is_right(self) -> bool:
        return not self.faults and not self.doubt


class Kinked(Exception):
    """The function has a kink at the point itself."""

    def __init__(self, words: str) -> None:
        self.words = words


class Contradicted(Exception):
    """A derivative is wrong, or nothing can be said of it: then there is no mode that is to blame."""

    def __init__(self, words: str, slope: Slope, mode: str | None = None, rtol: float | None = None) -> None:
        self.words, self.slope, self.mode, self.rtol = words, slope, mode, rtol


def judge(slope: Slope, rtol: float | None = None) -> Verdict:
    """Compare what both modes give with oracles, until one that is precise agrees, or all have been asked.

    rtol   the relative error that is allowed; if None, what rounding explains where two oracles agree, else 1e-6
    """
    line, gots = slope.line, slope.fine
    room = ROOM * line.eps * slope.terms
    heard: list[Finding] = []
    objection = False  # of an oracle that may know better than those after it
    for finding in findings(line):
        heard.append(finding)
        if not agrees(gots, finding, room, rtol or 0.0):
            objection |= finding.oracle != "differences"  # there a kink may be in the way, until the steps are shorter
        elif not objection and finding.is_precise(line, gots):
            return confirmed(slope, finding)
    believed = best(line, heard, gots, rtol or ALONE)
    if not believed.is_settled(line):
        doubt = (
            f"finite differences do not settle there, however small the steps: is a kink nearby, or a jump? They gave "
            f"{believed.value:.15g} (± {believed.bar:.1e}), autodiff {gots['forward']:.15g} in forward mode and "
            f"{gots['reverse']:.15g} in reverse mode"
        )
        return Verdict(believed, {}, doubt)
    faults = {
        mode: f"autodiff gave {got:.15g}{' in double precision' if slope.is_coarse else ''}, {believed.words}"
        for mode, got in gots.items()
        if is_contradicted(slope, mode, believed, heard, rtol)
    }
    return Verdict(believed, faults) if faults else confirmed(slope, believed)


def agrees(gots: Mapping[str, float], finding: Finding, room: float, rtol: float) -> bool:
    """Whether derivatives agree with an oracle, up to its error bar, the room that rounding needs, and a relative error."""
    allowed = 10 * finding.bar + room + rtol * abs(finding.value)
    return all(np.isfinite(got) and abs(got - finding.value) <= allowed for got in gots.values())


def best(line: Line, heard: Sequence[Finding], gots: Mapping[str, float], rtol: float) -> Finding:
    """Who is to be believed: the best of the differences, and of the others the sharpest that does not contradict it."""
    rough = [w for w in heard if w.oracle == "differences"]
    first = min(range(len(rough)), key=lambda i: rough[i].bar)
    # a kink within the steps may make a bar too small by chance: a finer tableau that settles as well knows better
    finer = [w for w in rough[first:] if w.is_settled(line) and agrees(gots, w, 0.0, rtol)]
    believed = finer[0] if finer else rough[first]
    for w in heard:
        if w.oracle != "differences" and w.bar < believed.bar and abs(w.value - believed.value) <= 10 * believed.bar:
            believed = w
    return believed


def is_contradicted(slope: Slope, mode: str, believed: Finding, heard: Sequence[Finding], rtol: float | None) -> bool:
    """Whether what a mode gives is off by more than rounding explains.

    A small relative error counts if two oracles see it, and if it is not gone in extended precision: then it was rounding.
    """
    line, got = slope.line, {mode: slope.fine[mode]}
    room = ROOM * line.eps * slope.terms
    if agrees(got, believed, room, rtol or 0.0):
        return False
    # a rule that is wrong may be wild, too: no conditioning excuses more than an error bar may
    room += min(ROOM * slope.spread(line.eps), max(CEILING * abs(believed.value), NOTHING * line.size))
    if agrees(got, believed, room, rtol or 0.0):
        return False
    if rtol is not None or not agrees(got, believed, room, ALONE):
        return True
    against = {w.oracle for w in heard if w.is_settled(line) and not agrees(got, w, room, 0.0)}
    error = abs(got[mode] - believed.value)
    return len(against) > 1 and not (slope.extended and abs(slope.extended[mode] - believed.value) <= error / 8)


def confirmed(slope: Slope, believed: Finding) -> Verdict:
    """The verdict on what agrees with the oracles: it must also have a remainder of the right order, and digits of its own."""
    line, gots = slope.line, slope.fine
    faults = {
        mode: f"autodiff gave {got:.15g}, and {believed.words}, but nearer to the point f(x + h v) - f(x) - h f' falls like h^1 "
        f"and not like h^2: the slope is off by {off:.6g}"
        for mode, got in gots.items()
        if (off := first_order(line, got))
    }
    if faults:
        return Verdict(believed, faults)
    size = max(map(abs, gots.values()))
    # chance does not give so many equal digits
    by_digits = all(abs(got - believed.value) <= ALONE * abs(got) for got in gots.values())
    if (
        not is_nothing(line, gots)
        and not by_digits
        and size <= 10 * believed.bar
        and line.eps <= EPS
        and slope.spread(line.eps) < size / 8
    ):
        return Verdict(
            believed, {}, f"beside values of size {line.size:.1e} no oracle can tell a derivative of {size:.1e} from 0"
        )
    return Verdict(believed, rounded_wrong(slope) if slope.is_coarse else {})


def rounded_wrong(slope: Slope) -> dict[str, str]:
    """What is off in a coarse dtype, though right in double precision: by more than its rounding and the conditioning."""
    level = slope.level
    room = ROOM * (level.eps * slope.terms + slope.spread(level.eps)) + 4 * level.eps * level.size
    return {
        mode: f"autodiff gave {got:.15g}, and {slope.fine[mode]:.15g} in double precision: rounding explains no more than "
        f"± {room:.1e}"
        for mode, got in slope.gots.items()
        if not abs(got - slope.fine[mode]) <= room
    }


# -- near the point ------------------------------------------------------------------------------------------------------


def first_order(line: Line, got: float) -> float:
    """By how much a slope is off if its remainder falls like h^1, on both sides and over two powers of ten; 0 if it does not."""
    if line.eps > EPS or not stands_out(line, got, max(LADDER[-1], line.finest)):
        return 0.0
    offs = [off for _, *both in secants_off(line, got)[-3:] for off in both]
    even = len(offs) == 6 and max(offs) - min(offs) <= 0.2 * max(map(abs, offs))
    return sum(offs) / 6 if even else 0.0


def remainder_order(line: Line, got: float) -> float:
    """The power of h with which f(h) - f(0) - h got falls at last: 2 if got is the slope, 1 if it is not."""
    seen = secants_off(line, got)[-2:]
    if len(seen) < 2:
        return np.inf
    (far, *before), (near, *after) = seen
    return float(1 + np.log(max(map(abs, before)) / max(map(abs, after))) / np.log(far / near))


def secants_off(line: Line, got: float) -> list[tuple[float, float, float]]:
    """Of shrinking steps, where that stands out from rounding: the step, and how far off the secants of both sides are."""
    steps = [h for h in LADDER if h >= line.finest and stands_out(line, got, h)]
    return [(h, left - got, right - got) for h in steps for left, right in [slopes_at_zero(line.along, h)]]


def stands_out(line: Line, got: float, h: float) -> bool:
    """Whether the secant over a step to both sides is off by more than rounding explains."""
    off = (line.along(h) - line.along(-h)) / (2 * h) - got
    return bool(abs(off) > 32 * line.rounding / h + ALONE * abs(got))


def kink(line: Line) -> tuple[float, float] | None:
    """The slopes on both sides of 0 if they differ however small the step, and by the same: a kink, and no jump."""
    sides = [slopes_at_zero(line.along, step) for step in GAPS]
    gaps = [abs(right - left) for left, right in sides]
    scale = max(map(abs, sides[-1]))
    if not all(np.isfinite(gaps)) or min(gaps) <= max(1e-3 * scale, 100 * line.rounding / GAPS[-1]):
        return None
    return sides[-1] if max(gaps) <= 2 * min(gaps) else None
