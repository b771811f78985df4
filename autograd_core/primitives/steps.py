"""What is piecewise constant: comparisons, truth, bits, rounding, questions about numbers. No gradient flows through it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import DTypeError, UnsupportedError
from ..families import fixed
from ..samples import Sample, sample, singular

BITS, SHIFTS = range(-4, 5), range(6)


def step(*functions: np.ufunc, **declared: Any) -> None:
    """Piecewise constant primitives that answer for NumPy's ufuncs."""
    for function in functions:
        answers(function)(fixed(function, **declared))


JUMPS = [singular(x, gives=0.0, why="constant but for the jumps") for x in (0.0, 0.4, 1.0)]

step(
    np.equal, np.not_equal, np.less, np.less_equal, np.greater, np.greater_equal,
    np.logical_and, np.logical_or, np.logical_xor, np.logical_not,
    np.isnan, np.isinf, np.isfinite, np.signbit, np.spacing,
)  # fmt: skip
step(np.floor, np.ceil, np.trunc, np.rint, singular=JUMPS)
step(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.bitwise_count, np.gcd, np.lcm, domain=BITS)
step(np.left_shift, np.right_shift, domain=(BITS, SHIFTS))
step(
    np.isnat,
    samples=lambda: [
        sample(np.array(["2026-01-01", "NaT"], "datetime64[D]")),
        sample(np.ones(2), raises=DTypeError, match="isnat takes numbers"),
    ],
)


def cases_of_numbers() -> list[Sample]:
    """Numbers of every kind, the special ones among them."""
    return [
        sample(np.array([[1.0, -np.inf], [np.inf, np.nan]])),
        sample(np.array([-0.0, 2.5], np.float32)[::-1]),
        sample(np.float16(np.inf)),
        sample(np.array([1, -2])),
        sample(np.ones((0, 2))),
    ]


def cases_of_complex_numbers() -> list[Sample]:
    """Those, and complex ones with and without an imaginary part."""
    return [*cases_of_numbers(), sample(np.array([1 + 0j, 2j, -1 - 0j])), sample(np.complex64(1j))]


# `out` of NumPy's is taken care of where the function is dispatched
infinite_below = fixed(lambda x: np.isneginf(x), name="isneginf", samples=cases_of_numbers, batch="leading")
infinite_above = fixed(lambda x: np.isposinf(x), name="isposinf", samples=cases_of_numbers, batch="leading")
has_imaginary_part = fixed(
    lambda x: np.iscomplex(x), name="iscomplex", samples=cases_of_complex_numbers, batch="leading"
)
has_none = fixed(lambda x: np.isreal(x), name="isreal", samples=cases_of_complex_numbers, batch="leading")
toward_zero = fixed(lambda x: np.fix(x), name="fix", samples=cases_of_numbers, batch="leading")
rounded = fixed(
    lambda a, *, decimals=0: np.round(a, decimals), name="round", samples=cases_of_complex_numbers, batch="leading"
)


def refuse_out(name: str, out: Any) -> None:
    """Raise UnsupportedError for an array to write into."""
    if out is not None:
        raise UnsupportedError(f"{name} with out= is not recorded: assign the result instead")


COMPLEX = sample(np.array([1j]), raises=DTypeError, match="cannot be computed for complex128")


@answers(np.isneginf, samples=lambda: [*cases_of_numbers(), COMPLEX])
def isneginf(x: Any, out: None = None) -> Any:
    """Whether elements are -inf; carries no gradient."""
    refuse_out("isneginf", out)
    return infinite_below.call(x)


@answers(np.isposinf, samples=lambda: [*cases_of_numbers(), COMPLEX])
def isposinf(x: Any, out: None = None) -> Any:
    """Whether elements are +inf; carries no gradient."""
    refuse_out("isposinf", out)
    return infinite_above.call(x)


@answers(np.iscomplex, samples=cases_of_complex_numbers)
def iscomplex(x: Any) -> Any:
    """Whether elements have an imaginary part that is not 0; carries no gradient."""
    return has_imaginary_part.call(x)


@answers(np.isreal, samples=cases_of_complex_numbers)
def isreal(x: Any) -> Any:
    """Whether elements have no imaginary part; carries no gradient."""
    return has_none.call(x)


@answers(np.fix, samples=lambda: [*cases_of_numbers(), sample(np.array([-2.7, 2.7])), COMPLEX])
def fix(x: Any, out: None = None) -> Any:
    """Elements rounded towards 0; piecewise constant, so that no gradient flows."""
    refuse_out("fix", out)
    return toward_zero.call(x)


@answers(
    np.round,
    np.around,
    samples=lambda: [
        *cases_of_complex_numbers(),
        sample(np.array([[0.5, 1.5, -2.25], [0.125, -3.75, 1e5]]), decimals=1),
        sample(np.array([123.456, -55.5], np.float32), -1),
        sample(np.array([15, 25]), decimals=-1),
    ],
    singular=JUMPS,
)
def round(a: Any, decimals: int = 0, out: None = None) -> Any:
    """Elements rounded to some decimals, halves to the even neighbour; piecewise constant, so that no gradient flows.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: x * ag.round(x))(2.75)
    3.0
    """
    refuse_out("round", out)
    return rounded.call(a, decimals=decimals)
