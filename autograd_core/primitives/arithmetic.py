"""Arithmetic, powers, and the functions that are piecewise constant."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..dispatch import answers
from ..families import elementwise, fixed, primitive
from ..primitive import Primitive
from ..rules import Rule
from ..samples import Sample, sample

POSITIVE = (0.3, 3.0)
ANY = (-2.0, 2.0)
AWAY_FROM_ZERO = (0.5, 2.0)


def ufunc(forward: np.ufunc, *partials: Rule | float | None, **declared: Any) -> Primitive:
    """An elementwise primitive that answers for the NumPy ufunc it is made of."""
    return answers(forward)(elementwise(forward, *partials, **declared))


add = ufunc(np.add, 1, 1, scalar=operator.add)
subtract = ufunc(np.subtract, 1, -1, scalar=operator.sub)
multiply = ufunc(np.multiply, lambda b: b, lambda a: a, scalar=operator.mul)
divide = ufunc(np.divide, lambda b: 1 / b, lambda b, y: -y / b, scalar=operator.truediv, domain=(ANY, POSITIVE))
negative = ufunc(np.negative, -1, scalar=operator.neg)
positive = ufunc(np.positive, 1, scalar=operator.pos)
reciprocal = ufunc(np.reciprocal, lambda y: -y * y, scalar=lambda a: 1 / a, domain=POSITIVE)
square = ufunc(np.square, lambda a: 2 * a, scalar=lambda a: a * a)
sqrt = ufunc(np.sqrt, lambda y: 0.5 / y, domain=POSITIVE)
cbrt = ufunc(np.cbrt, lambda y: 1 / (3 * y * y), domain=POSITIVE)
remainder = ufunc(np.remainder, 1, lambda a, b: -np.floor_divide(a, b), domain=(ANY, POSITIVE))

# 0 ** b is 0 near any b > 0, and a ** 0 is 1 near any a: both slopes are 0 there, where the plain formulas give 0 * inf
power = ufunc(
    np.power,
    lambda a, b: b * np.power(a, np.where(b == 0, 1, b - 1)),
    lambda a, y: y * np.log(np.where(a == 0, 1, a)),
    scalar=lambda a, b: a**b if a > 0 else np.power(a, b),
    domain=(POSITIVE, ANY),
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
    primitive(
        lambda val: np.array(np.real(val)),
        lambda g: g,
        linear=True,
        name="real",
        samples=complex_samples,
        batch="leading",
    )
)
imag = answers(np.imag)(
    primitive(
        lambda val: np.array(np.imag(val)),
        lambda g: -1j * g,
        linear=True,
        name="imag",
        samples=complex_samples,
        batch="leading",
    )
)
conj = answers(np.conjugate)(
    primitive(
        np.conjugate, lambda g: np.conjugate(g), linear=True, name="conj", samples=complex_samples, batch="leading"
    )
)
angle = answers(np.angle)(
    primitive(
        lambda z: np.angle(z),
        lambda g, a: -1j * g / a,
        jvp=lambda t, a: np.real(-1j * t / a),
        name="angle",
        samples=complex_samples,
        batch="leading",
    )
)


def unit(a: Any, y: Any) -> Any:
    """conj(a) / |a|, and 0 at 0: the least-norm subgradient of |a|."""
    return np.conjugate(a) / np.where(y == 0, 1, y)


absolute = ufunc(np.absolute, unit, scalar=abs, domain=AWAY_FROM_ZERO, kinks=(0.0,))
hypot = ufunc(
    np.hypot,
    lambda a, y: a / np.where(y == 0, 1, y),
    lambda b, y: b / np.where(y == 0, 1, y),
    domain=AWAY_FROM_ZERO,
)

# -- piecewise constant ----------------------------------------------------------------------------------------------------

for function in (
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal, np.logical_and, np.logical_or, np.logical_xor,
    np.logical_not, np.isnan, np.isinf, np.isfinite, np.signbit, np.floor, np.ceil, np.trunc, np.rint, np.floor_divide,
    np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert,
):  # fmt: skip
    answers(function)(fixed(function))

signed = fixed(np.sign)


@answers(np.sign)
def sign(x: Any) -> Any:
    """-1, 0 or 1: piecewise constant, so that no gradient flows. For complex x, x / |x| (0 at 0), through which it does.

    >>> import autograd_core as ag
    >>> ag.sign(-3.0)
    np.float64(-1.0)
    """
    if getattr(x, "dtype", np.dtype(float)).kind != "c":
        return signed.call(x)
    size = absolute.call(x)
    return divide.call(x, np.where(size == 0, 1, size))
