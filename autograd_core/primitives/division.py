"""Division with remainder, and numbers taken apart: quotients are piecewise constant, so remainders are pieces of slope 1."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..dispatch import answers
from ..families import elementwise, fixed
from ..samples import Sample, sample, singular
from .arithmetic import ANY, POSITIVE, ufunc

JUMP = "slope 1 on every piece; the jumps between them have none"

floor_divide = answers(np.floor_divide)(fixed(np.floor_divide, domain=(ANY, POSITIVE)))
remainder = ufunc(
    np.remainder,
    1,
    lambda a, b: -np.floor_divide(a, b),
    domain=(ANY, POSITIVE),
    kinks="multiples",
    singular=[
        singular(2.0, 1.0, gives=(1.0, -2.0), why=JUMP),
        singular(-0.5, 1.0, gives=(1.0, 1.0), why=JUMP),
    ],
)
fmod = ufunc(
    np.fmod,
    1,
    lambda a, b, y: -np.rint((a - y) / b),  # trunc(a / b) is off by one where the quotient rounds to an integer
    scalar=math.fmod,
    domain=(ANY, POSITIVE),
    kinks="multiples",
    singular=[
        singular(2.0, 1.0, gives=(1.0, -2.0), why=JUMP),
        singular(-0.5, 1.0, gives=(1.0, 0.0), why=JUMP),
    ],
)


def cases_of_quotients() -> list[Sample]:
    """Every combination of signs, broadcast, other dtypes, integers."""
    a = np.array([[2.5, -2.5, 0.25], [-0.75, 1.5, -1.75]])
    return [
        sample(a, np.array([2.0, -2.0, 0.5])),
        sample(a.astype(np.float32), 0.7),
        sample(np.array([5, -5]), np.array([3.0, 3.0], np.float32)),
        sample(np.array([5, -5]), 3),
        sample(np.float64(-2.5), np.float64(2.0)),
        sample(np.ones((0, 2)), np.ones(2)),
    ]


@answers(
    np.divmod, samples=cases_of_quotients, singular=[singular(2.5, 1.0, gives=(1.0, -2.0), why="that of the remainder")]
)
def divmod(x1: Any, x2: Any, /) -> tuple[Any, Any]:
    """The quotient rounded down, which is piecewise constant, and the remainder.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.divmod(x, 2.0)[1])(5.5)
    1.0
    """
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


# -- numbers taken apart -----------------------------------------------------------------------------------------------


def fraction_forward(a: Any) -> Any:
    return np.modf(a)[0]


def whole_forward(a: Any) -> Any:
    return np.modf(a)[1]


def mantissa_forward(a: Any) -> Any:
    return np.frexp(a)[0]


def exponent_forward(a: Any) -> Any:
    return np.frexp(a)[1]


fraction = elementwise(fraction_forward, 1, name="fraction", domain=(0.1, 0.9), kinks=(0.0, 1.0))
whole = fixed(whole_forward, name="whole", samples=lambda: cases_of_numbers(), batch="leading")
mantissa = elementwise(
    mantissa_forward,
    lambda a: np.ldexp(np.ones_like(a), -np.frexp(a)[1]),
    name="mantissa",
    domain=(0.3, 3.9),
    kinks=(0.5, 1.0, 2.0),
    singular=[singular(1.0, gives=0.5, why="that of the piece it begins")],
)
exponent = fixed(exponent_forward, name="exponent", samples=lambda: cases_of_numbers(), batch="leading")
ldexp = ufunc(np.ldexp, lambda a, b: np.ldexp(np.ones_like(a), b), None, domain=(ANY, range(-3, 4)))


def cases_of_numbers() -> list[Sample]:
    """Numbers of both signs, large and small, not where a piece ends."""
    return [
        sample(np.array([[2.5, -2.5], [0.3, -1e-3]])),
        sample(np.array([1e10, -0.7], np.float32)[::-1]),
        sample(np.array([1.5, -0.3], np.float16)),
        sample(np.float64(-3.7)),
        sample(np.array([3, -5])),
        sample(np.ones((0, 2))),
    ]


@answers(np.modf, samples=cases_of_numbers, singular=[singular(2.0, gives=1.0, why=JUMP)])
def modf(x: Any, /) -> tuple[Any, Any]:
    """The fractional part, of slope 1, and the integral part, which is piecewise constant; both with the sign of x.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.modf(x)[0])(2.75)
    1.0
    """
    return fraction.call(x), whole.call(x)


@answers(np.frexp, samples=cases_of_numbers, singular=[singular(2.0, gives=0.25, why="that of the piece on the right")])
def frexp(x: Any, /) -> tuple[Any, Any]:
    """m and e with x = m * 2**e and 0.5 <= |m| < 1. The exponent is piecewise constant, so that m has slope 2**-e.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.frexp(x)[0])(3.0)
    0.25
    """
    return mantissa.call(x), exponent.call(x)
