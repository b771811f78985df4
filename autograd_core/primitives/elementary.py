"""Exponentials, logarithms, trigonometric and hyperbolic functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..families import elementwise
from ..primitive import Primitive
from ..samples import singular
from .arithmetic import ANY, POSITIVE, is_complex, ufunc

LN2, LN10 = math.log(2), math.log(10)  # Python floats are weak: they keep a float32 array float32
UNIT = (-0.9, 0.9)
INFINITE = [singular(0.0, gives=math.inf, why="the slope is infinite")]
AT_ONE = [singular(1.0, gives=math.inf, why="the slope is infinite")]

exp = ufunc(np.exp, lambda y: y, scalar=math.exp)
exp2 = ufunc(np.exp2, lambda y: y * LN2)
expm1 = ufunc(np.expm1, lambda a: np.exp(a), scalar=math.expm1)  # y + 1 would cancel for a far below 0
log = ufunc(np.log, lambda a: 1 / a, scalar=math.log, domain=POSITIVE, singular=INFINITE)
log2 = ufunc(np.log2, lambda a: 1 / (a * LN2), scalar=math.log2, domain=POSITIVE, singular=INFINITE)
log10 = ufunc(np.log10, lambda a: 1 / (a * LN10), scalar=math.log10, domain=POSITIVE, singular=INFINITE)
log1p = ufunc(
    np.log1p,
    lambda a: 1 / (1 + a),
    scalar=math.log1p,
    domain=POSITIVE,
    singular=[singular(-1.0, gives=math.inf, why="the slope is infinite")],
)


TIES = [singular(a, a, gives=(0.5, 0.5), why="a tie of two") for a in (0.0, math.inf, -math.inf)]
LARGEST = [
    singular(math.inf, 1.0, gives=(1.0, 0.0), why="the limit"),
    singular(1.0, -math.inf, gives=(1.0, 0.0), why="the limit"),
]


def part_forward(a: Any) -> Any:
    small = np.exp(-np.fabs(a))  # which refuses complex numbers
    return np.where(a < 0, small, 1) / (1 + small)


# unlike the sigmoid of `activations`, which is quicker, precise where it is nearly 0
part: Primitive = elementwise(part_forward, lambda a, y: y * part.call(-a), name="part")


def lead(a: Any, b: Any) -> Any:
    """a - b, and 0 for two equal infinities."""
    level = np.equal(a, b) & np.isinf(a)
    return np.where(level, 0, a) - np.where(level, 0, b)


# the slope is the part that one of two exponentials has in their sum, exp(a) / (exp(a) + exp(b))
logaddexp = ufunc(
    np.logaddexp,
    lambda a, b: part.call(lead(a, b)),
    lambda a, b: part.call(lead(b, a)),
    singular=[*TIES, *LARGEST],
)
logaddexp2 = ufunc(
    np.logaddexp2,
    lambda a, b: part.call(lead(a, b) * LN2),
    lambda a, b: part.call(lead(b, a) * LN2),
    singular=[*TIES, *LARGEST],
)

sin = ufunc(np.sin, lambda a: np.cos(a), scalar=math.sin)
cos = ufunc(np.cos, lambda a: -np.sin(a), scalar=math.cos)
tan = ufunc(np.tan, lambda y: 1 + y * y, scalar=math.tan, domain=(-1.2, 1.2))


def one_minus_square(a: Any) -> Any:
    """(1 - a)(1 + a), without the cancellation of 1 - a * a; a complex zero keeps its sign, which is the side of a branch cut."""
    return -(a - 1) * (a - (-1)) if is_complex(a) else (1 - a) * (1 + a)


arcsin = ufunc(np.arcsin, lambda a: 1 / np.sqrt(one_minus_square(a)), scalar=math.asin, domain=UNIT, singular=AT_ONE)
arccos = ufunc(
    np.arccos,
    lambda a: -1 / np.sqrt(one_minus_square(a)),
    scalar=math.acos,
    domain=UNIT,
    singular=[singular(1.0, gives=-math.inf, why="the slope is infinite")],
)
arctan = ufunc(np.arctan, lambda a: 1 / (1 + a * a), scalar=math.atan)


def turn(part: Any, a: Any, b: Any) -> Any:
    """part / (a * a + b * b), where the squares might overflow or vanish."""
    size = np.hypot(a, b)
    return part / size / size


arctan2 = ufunc(
    np.arctan2,
    lambda a, b: turn(b, a, b),
    lambda a, b: -turn(a, a, b),
    scalar=math.atan2,
    domain=(ANY, POSITIVE),
    singular=[singular(0.0, 0.0, gives=(math.nan, math.nan), why="no limit")],
)

sinh = ufunc(np.sinh, lambda a: np.cosh(a), scalar=math.sinh)
cosh = ufunc(np.cosh, lambda a: np.sinh(a), scalar=math.cosh)
tanh = ufunc(np.tanh, lambda y: 1 - y * y, scalar=math.tanh)


def root_of_one_plus_square(a: Any) -> Any:
    """sqrt(1 + a * a); of real numbers without overflow."""
    return np.sqrt(a * a - (-1)) if is_complex(a) else np.hypot(1, a)


arcsinh = ufunc(np.arcsinh, lambda a: 1 / root_of_one_plus_square(a), scalar=math.asinh)
# one root for both factors would be on the wrong branch for complex numbers on the left
arccosh = ufunc(
    np.arccosh,
    lambda a: 1 / (np.sqrt(a - 1) * np.sqrt(a - (-1))),
    scalar=math.acosh,
    domain=(1.2, 3.0),
    singular=AT_ONE,
)
arctanh = ufunc(np.arctanh, lambda a: 1 / one_minus_square(a), scalar=math.atanh, domain=UNIT, singular=AT_ONE)
