"""Arithmetic, and the size, the direction and the parts of numbers. Powers are in `powers`, remainders in `division`."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from ..dispatch import answers
from ..families import elementwise, fixed, primitive
from ..families.general import viewing
from ..primitive import Primitive
from ..reverse import conjugate
from ..rules import Rule
from ..samples import Sample, sample, singular

POSITIVE = (0.3, 3.0)
ANY = (-2.0, 2.0)
AWAY_FROM_ZERO = (0.5, 2.0)


def ufunc(forward: np.ufunc, *partials: Rule | float | None, **declared: Any) -> Primitive:
    """An elementwise primitive that answers for the NumPy ufunc it is made of."""
    return answers(forward)(elementwise(forward, *partials, **declared))


def is_complex(a: Any) -> bool:
    """Whether a number or an array is complex."""
    return getattr(a, "dtype", np.dtype(float)).kind == "c"


def inverse(b: Any) -> Any:
    """1 / b. A Python 0, which does not divide but raises, gives what NumPy's 0 does, and stays a Python number."""
    try:
        return 1 / b
    except ZeroDivisionError:
        with np.errstate(divide="ignore"):  # the division itself has warned
            return np.divide(1, b).item()


add = ufunc(np.add, 1, 1, scalar=operator.add)
subtract = ufunc(np.subtract, 1, -1, scalar=operator.sub)
multiply = ufunc(np.multiply, lambda b: b, lambda a: a, scalar=operator.mul)
divide = ufunc(np.divide, inverse, lambda b, y: -y / b, scalar=operator.truediv, domain=(ANY, POSITIVE))
negative = ufunc(np.negative, -1, scalar=operator.neg)
positive = ufunc(np.positive, 1, scalar=operator.pos)
deg2rad, radians = [ufunc(f, math.pi / 180, scalar=math.radians) for f in (np.deg2rad, np.radians)]
rad2deg, degrees = [ufunc(f, 180 / math.pi, scalar=math.degrees) for f in (np.rad2deg, np.degrees)]

# -- sizes and directions ----------------------------------------------------------------------------------------------

signed = fixed(np.sign)


def cases_of_signs() -> list[Sample]:
    """Calls of sign: every kind of number, and both zeros."""
    return [
        sample(np.array([-1.5, -0.0, 0.0, 2.0, np.inf, -np.inf])),
        sample(np.array([[-1, 0, 3]])),
        sample(np.float32(-2.5)),
        sample(np.zeros((0, 2), np.float16)),
        sample(np.array([[3 + 4j, -0.5j], [-2.0, 1 - 1j]])),
        sample(np.array([3 + 4j, 1j], np.complex64)),
    ]


@answers(
    np.sign,
    samples=cases_of_signs,
    singular=[
        singular(0.0, gives=0.0, why="constant but for the jump"),
        singular(0.5, gives=0.0, why="constant but for the jump"),
        singular(0j, gives=0j, why="least norm"),
    ],
)
def sign(x: Any, /) -> Any:
    """-1, 0 or 1: piecewise constant, so that no gradient flows. For complex x, x / |x| (0 at 0), through which it does.

    >>> import autograd_core as ag
    >>> ag.sign(-3.0)
    np.float64(-1.0)
    """
    if not is_complex(x):
        return signed.call(x)
    size = absolute.call(x)
    return divide.call(np.where(np.equal(size, 0), 0, x), np.where(np.equal(size, 0), 1, size))


def per_size(part: Any, size: Any) -> Any:
    """part / size, and 0 where the size is 0, at any order: the least-norm subgradient of a length."""
    point = np.equal(size, 0)
    return np.where(point, 0, part) / np.where(point, 1, size)


absolute = ufunc(
    np.absolute,
    lambda a: conjugate(np.sign(a)),
    scalar=abs,
    kinks=(0.0,),
    singular=[
        singular(0.0, gives=0.0, why="least norm"),
        singular(-0.0, gives=0.0, why="least norm"),
        singular(0j, gives=0j, why="least norm"),
    ],
)
fabs = ufunc(
    np.fabs,
    lambda a: np.sign(a),
    scalar=abs,
    kinks=(0.0,),
    singular=[singular(0.0, gives=0.0, why="least norm")],
)
hypot = ufunc(
    np.hypot,
    lambda a, y: per_size(a, y),
    lambda b, y: per_size(b, y),
    singular=[singular(0.0, 0.0, gives=(0.0, 0.0), why="least norm")],
)
# the sign of b is piecewise constant; the size of a has the kink of abs
copysign = ufunc(
    np.copysign,
    lambda a, b: np.sign(a) * np.copysign(1.0, b),
    None,
    scalar=math.copysign,
    kinks=(0.0,),
    singular=[
        singular(0.0, 2.0, gives=(0.0, 0.0), why="least norm, as for abs"),
        singular(2.0, -0.0, gives=(-1.0, 0.0), why="constant in the second argument but for the jump"),
    ],
)

# -- complex: real, imag, conj and angle are not holomorphic, so they state both rules; cotangents travel conjugated --------


def complex_samples() -> list[Sample]:
    """Complex and real inputs, 0-d and broadcast layouts included."""
    z = np.array([[1 + 2j, -0.5j], [2.0, -1.5 + 0.5j]])
    return [
        sample(z),
        sample(z.T[::-1]),
        sample(np.array(0.3 - 1j)),
        sample(np.array([0.5, 2.0])),
        sample(z.astype(np.complex64)),
    ]


real = answers(np.real)(
    viewing(
        primitive(
            lambda val: np.real(val),
            lambda g: g,
            linear=True,
            name="real",
            samples=complex_samples,
            batch="leading",
            masks="weights",
        )
    )
)
imag = answers(np.imag)(
    viewing(
        primitive(
            lambda val: np.imag(val),
            lambda g: -1j * g,
            linear=True,
            name="imag",
            samples=complex_samples,
            batch="leading",
            masks="weights",
        )
    )
)
conj = answers(np.conjugate)(
    primitive(
        np.conjugate,
        lambda g: np.conjugate(g),
        linear=True,
        name="conj",
        samples=complex_samples,
        batch="leading",
        masks="weights",
    )
)
argument = primitive(
    lambda z: np.angle(z),
    lambda g, a: -1j * g / a,
    jvp=lambda t, a: np.real(-1j * t / a),
    name="angle",
    samples=complex_samples,
    batch="leading",
)


@answers(
    np.angle,
    samples=lambda: [*complex_samples(), sample(np.array([1 + 2j, -2.0j]), deg=True), sample(np.float32(-2.0))],
    singular=[singular(0j, gives=complex(math.nan, math.nan), why="no limit")],
)
def angle(z: Any, deg: bool = False) -> Any:
    """The angle of complex numbers with the positive real axis, in (-pi, pi]; in degrees if asked.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(ag.angle)(np.array(2j))
    array(-0.5+0.j)
    """
    y = argument.call(z)
    return np.rad2deg(y) if deg else y
