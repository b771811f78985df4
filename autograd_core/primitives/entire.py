"""sinc and the Bessel function I0: their derivatives of every order are primitives of the same kind, free of 0 / 0."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import DTypeError
from ..families import elementwise
from ..primitive import Primitive
from ..samples import Sample, sample, singular
from .arithmetic import ANY

SINES = (np.sin, np.cos, lambda x: -np.sin(x), lambda x: -np.cos(x))


def cardinal_sine(x: Any, order: int) -> Any:
    """The derivative of some order of f(x) = sin(x) / x.

    By its power series for |x| < order + 2, where nothing cancels by much; beyond by the derivatives of x f = sin x:

        x f(n) + n f(n-1) = sin(x + n pi / 2)
    """
    near = np.abs(x) < order + 2
    far_x, near_x = np.where(near, 1, x), np.where(near, x, 0)
    far = np.sin(far_x) / far_x
    for n in range(1, order + 1):
        far = (SINES[n % 4](far_x) - n * far) / far_x
    half = (order + 1) // 2
    power = 2 * half - order  # 0 or 1: the term (-1)**k x**power / ((2k + 1) power!) of k = half is the first
    term = (-1) ** half * (near_x if power else np.ones_like(near_x))
    series = np.zeros_like(near_x)
    for k in range(half, half + 2 * order + 20):
        series = series + term / (2 * k + 1)
        term = -term * near_x * near_x / ((power + 1) * (power + 2))
        power += 2
    return np.where(near, series, far)


@cache
def sinc_derivative(order: int) -> Primitive:
    """The primitive for a derivative of sinc."""

    def forward(a: Any) -> Any:
        return math.pi**order * cardinal_sine(math.pi * a, order)

    return elementwise(
        np.sinc if order == 0 else forward,
        lambda a: sinc_derivative(order + 1).call(a),
        name="sinc" if order == 0 else f"sinc derivative {order}",
    )


def cases_of_entire() -> list[Sample]:
    """0, where the closed form is 0 / 0, its surroundings and far away; other dtypes."""
    return [
        sample(np.array([[0.0, 1e-9, -0.3], [1.0, 2.5, -7.25]])),
        sample(np.array([0.0, -1.25, 3.0], np.float32)[::-1]),
        sample(np.array([0.0, 0.5], np.float16)),
        sample(np.float64(0.0)),
        sample(np.array([0, 2])),
        sample(np.ones((0, 2))),
    ]


@answers(
    np.sinc,
    samples=lambda: [*cases_of_entire(), sample(np.array([0j, 0.5 + 0.3j, 2 - 1j]))],
    singular=[singular(0.0, gives=0.0, why="the limit")],
)
def sinc(x: Any) -> Any:
    """sin(pi x) / (pi x), and 1 at 0; derivatives of every order are exact at 0, too.

    >>> import autograd_core as ag
    >>> ag.grad(ag.sinc)(1.0)
    -1.0
    """
    return sinc_derivative(0).call(x)


NODES = (
    256  # of the trapezoidal rule, which is exact to rounding for |x| < 700: modes decay once they exceed sqrt(80 |x|)
)


def bessel(x: Any, n: int) -> Any:
    """The modified Bessel function I_n(x) = 1/pi times the integral of exp(x cos u) cos(n u) over u from 0 to pi.

    Of the exponential only the part of the parity of n counts, which keeps I_n small where it is.
    """
    part = np.sinh if n % 2 else np.cosh
    total: Any = np.zeros_like(x)
    for k in range(NODES // 4 + 1):  # a quarter of the circle stands for all four
        u = 2 * math.pi * k / NODES
        copies = 2 if k in (0, NODES // 4) else 4
        total = total + part(x * math.cos(u)) * (copies * math.cos(n * u) / NODES)
    return total


@cache
def bessel_i(n: int) -> Primitive:
    """The primitive for I_n."""

    def forward(a: Any) -> Any:
        return bessel(a, n)

    slope = (
        (lambda a: bessel_i(1).call(a))
        if n == 0
        else lambda a: (bessel_i(n - 1).call(a) + bessel_i(n + 1).call(a)) * 0.5
    )
    return elementwise(np.i0 if n == 0 else forward, slope, name=f"i{n}", domain=ANY)


@answers(
    np.i0,
    samples=lambda: [*cases_of_entire(), sample(np.array([1j]), raises=DTypeError, match="i0 takes numbers")],
    singular=[singular(0.0, gives=0.0, why="the limit")],
)
def i0(x: Any) -> Any:
    """The modified Bessel function of the first kind and order 0.

    >>> import autograd_core as ag
    >>> round(ag.grad(ag.i0)(1.0), 12)
    0.565159103992
    """
    return bessel_i(0).call(x)
