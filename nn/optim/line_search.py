"""How far to go along a direction."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from .room import Array

DECREASE, CURVATURE = (
    1e-4,
    0.9,
)  # the least part of the decrease that the first slope promises, the most of that slope to be left
TOLERANCE = 1e-9  # a shorter way is not looked at


class Trial(NamedTuple):
    """A place on the line: how far it is, and the value, the gradient and the slope there."""

    t: float
    value: float
    gradient: Array
    slope: float


def strong_wolfe(evaluate: Callable[[float], Trial], start: Trial, t: float, reach: float, most: int) -> Trial:
    """A place where the value is low enough and the slope flat enough, or the best of those that were tried.

    evaluate   gives the trial at a distance
    start      that at 0; t is the first distance to try
    reach      the largest element of the direction
    most       how many trials are allowed after the first

    Nocedal and Wright 2006, algorithms 3.5 and 3.6, with the cubic steps and the safeguards of minFunc, as in PyTorch. A value
    that is not a number counts as too high.

    >>> import numpy as np
    >>> parabola = lambda t: Trial(t, (t - 3) ** 2, np.array([2 * (t - 3)]), 2 * (t - 3))
    >>> round(strong_wolfe(parabola, parabola(0.0), 0.1, 1.0, 10).t, 6)
    1.0
    """
    before, now = start, evaluate(t)
    for tried in range(most):
        rises = is_too_high(now, start) or (tried > 1 and now.value >= before.value)
        if not rises and is_flat(now, start):
            return now
        if rises or now.slope >= 0:
            return within_bracket(evaluate, start, [before, now], reach, most - tried)
        t = minimum_between(before, now, now.t + 0.01 * (now.t - before.t), 10 * now.t)
        before, now = now, evaluate(t)
    return min(start, now, key=lambda trial: trial.value)


def within_bracket(
    evaluate: Callable[[float], Trial], start: Trial, ends: list[Trial], reach: float, most: int
) -> Trial:
    """The search between two ends with such a place between them, which close in on it."""
    low, was_near = lower_of(ends), False
    for _ in range(most):
        left, right = sorted(end.t for end in ends)
        if (right - left) * reach < TOLERANCE:
            break
        t, margin = minimum_between(ends[0], ends[1], left, right), 0.1 * (right - left)
        is_near = min(right - t, t - left) < margin
        if is_near and (was_near or not left < t < right):  # near an end for the second time: away from it
            t = right - margin if right - t < t - left else left + margin
            is_near = False
        was_near = is_near
        now = evaluate(t)
        if is_too_high(now, start) or now.value >= ends[low].value:
            ends[1 - low] = now
            low = lower_of(ends)
        elif is_flat(now, start):
            return now
        else:
            if now.slope * (ends[1 - low].t - ends[low].t) >= 0:
                ends[1 - low] = ends[low]
            ends[low] = now
    return ends[low]


def is_too_high(now: Trial, start: Trial) -> bool:
    return not now.value <= start.value + DECREASE * now.t * start.slope


def is_flat(now: Trial, start: Trial) -> bool:
    return abs(now.slope) <= -CURVATURE * start.slope


def lower_of(ends: list[Trial]) -> int:
    return 1 if ends[1].value < ends[0].value else 0


def minimum_between(a: Trial, b: Trial, low: float, high: float) -> float:
    """The minimum of the cubic through two trials, kept within bounds; the middle of these where there is none.

    >>> import numpy as np
    >>> at = lambda t: Trial(t, (t - 3) ** 2, np.zeros(1), 2 * (t - 3))
    >>> minimum_between(at(0.0), at(1.0), 0.0, 10.0)
    3.0
    """
    if a.t > b.t:
        a, b = b, a
    if a.t < b.t:
        d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.t - b.t)
        square = d1 * d1 - a.slope * b.slope
        if 0 <= square < math.inf:
            d2 = math.sqrt(square)
            bend = b.slope - a.slope + 2 * d2
            if bend != 0:
                return min(max(b.t - (b.t - a.t) * ((b.slope + d2 - d1) / bend), low), high)
    return (low + high) / 2
