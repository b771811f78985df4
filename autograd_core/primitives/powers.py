"""Powers and roots."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..primitive import Primitive
from ..samples import singular
from .arithmetic import ANY, POSITIVE, is_complex, ufunc

reciprocal = ufunc(np.reciprocal, lambda y: -y * y, scalar=lambda a: 1 / a, domain=POSITIVE)
square = ufunc(np.square, lambda a: 2 * a, scalar=lambda a: a * a)
sqrt = ufunc(
    np.sqrt,
    lambda y: 0.5 / y,
    scalar=math.sqrt,
    domain=POSITIVE,
    singular=[singular(0.0, gives=math.inf, why="the slope is infinite")],
)
cbrt = ufunc(
    np.cbrt,
    lambda y: 1 / (3 * y * y),
    domain=POSITIVE,
    singular=[singular(0.0, gives=math.inf, why="the slope is infinite")],
)


def lowered(a: Any, b: Any) -> Any:
    """The exponent b - 1; but 0 where a = b = 0, where b * a ** (b - 1) would be 0 * inf: a ** 0 is 1 near any a."""
    if isinstance(b, (int, float)) and not isinstance(b, np.generic):  # stays a Python number, which is weak
        return b - 1 if b else 0
    return np.where(np.equal(a, 0) & np.equal(b, 0), 0, b - 1)


def log_of_base(a: Any, y: Any) -> Any:
    """log(a), and 0 where a is 0: the slope of 0 ** b is 0 near any b > 0, where y * log(a) would be 0 * inf.

    It is complex where the power y is, for a negative a too.
    """
    a = np.where(np.equal(a, 0), 1, a)
    return np.log(a + 0j if is_complex(y) else a)


CONVENTIONS = [
    singular(0.0, 0.0, gives=(0.0, 0.0), why="the limit"),
    singular(0.0, 0.5, gives=(math.inf, 0.0), why="the slope is infinite"),
    singular(0.0, 1.0, gives=(1.0, 0.0), why="the limit"),
    singular(0.0, 1.5, gives=(0.0, 0.0), why="the limit"),
    singular(0.0, 2.0, gives=(0.0, 0.0), why="the limit"),
    singular(-2.0, 3.0, gives=(12.0, math.nan), why="no real power of a negative number is near a whole one"),
]


def power_by(raised: np.ufunc) -> Primitive:
    """A power as one of NumPy's two ufuncs computes it: np.float_power in double precision at least."""
    return ufunc(
        raised,
        lambda a, b: b * raised(a, lowered(a, b)),
        lambda a, y: y * log_of_base(a, y),
        scalar=lambda a, b: a**b if a > 0 else raised(a, b),
        domain=(POSITIVE, ANY),
        singular=CONVENTIONS,
    )


power, float_power = power_by(np.power), power_by(np.float_power)
