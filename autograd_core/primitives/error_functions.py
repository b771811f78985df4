"""The error function, and gelu, which is made of probabilities: computed a block at a time, which stays in the cache."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..errors import UnsupportedError
from ..families.elementwise import elementwise
from ..families.fused import with_slope
from .buffers import fresh_like
from .gaussian_kernels import HALF_ROOT_2, ONE_OVER_ROOT_2_PI, Integral

TWO_OVER_ROOT_PI = 2 / math.sqrt(math.pi)
ROOT_2_OVER_PI = math.sqrt(2 / math.pi)
CUBIC = 0.044715  # of the tanh form of gelu
BLOCK = 1 << 15  # numbers: a few arrays of this size stay in the cache


def pieces(x: Any, *written: Any) -> Iterator[tuple[Any, ...]]:
    """Corresponding pieces of an array to read and of contiguous ones to write, as vectors, in the order of the latter."""
    arrays = (x, *written)
    if not written[0].flags.c_contiguous:  # x may lie otherwise: a stretched axis has no place in an order
        order = sorted(range(x.ndim), key=written[0].strides.__getitem__, reverse=True)
        arrays = tuple([a.transpose(order) for a in arrays])
    flat = [a.reshape(-1) for a in arrays]
    return (tuple([a[i : i + BLOCK] for a in flat]) for i in range(0, flat[0].size, BLOCK))


def computed(a: Any, asked: str, kernel: Callable[[Any], Any]) -> Any:
    """What a kernel for float32 and float64 gives, for arrays of any dtype."""
    x = np.asarray(a)
    if x.dtype.kind == "c":
        raise UnsupportedError(f"{asked} of complex numbers is not computed here: take it of the real part")
    dtype = np.result_type(x, np.float16)
    y = kernel(x.astype(np.float32 if dtype.itemsize <= 4 else np.float64, copy=False))
    return y.astype(dtype, copy=False)[()]


def odd(x: float) -> float:
    return math.erf(-x) or -0.0  # as the value at 0, to which that of -0 is added, it keeps the sign


def erf_values(x: Any) -> Any:
    y, integral = fresh_like(x), Integral(odd, 9.0, x.dtype, min(x.size, BLOCK))
    for z, part in pieces(x, y):
        integral.write(z * math.sqrt(2), part, np.empty_like(z))
        part *= 2
    return y


def normal_integral(x: Any) -> Integral:
    """That of the density from -infinity, down to the smallest number of the dtype."""
    return Integral(math.erfc, 14.5 if x.dtype == np.float32 else 38.5, x.dtype, min(x.size, BLOCK))


def probabilities(x: Any) -> Any:
    """The probability that a standard normal number is below x."""
    y, integral = fresh_like(x), normal_integral(x)
    for z, part in pieces(x, y):
        integral.write(z, part, np.empty_like(z))
    return y


error_function = elementwise(
    lambda a: computed(a, "erf", erf_values),
    lambda a: TWO_OVER_ROOT_PI * np.exp(-a * a),
    scalar=math.erf,
    name="erf",
    reference="2/sqrt(pi) int_0^x exp(-t^2)",
)
probability_below = elementwise(
    lambda a: computed(a, "a probability", probabilities),
    lambda a: ONE_OVER_ROOT_2_PI * np.exp(-0.5 * a * a),
    scalar=lambda a: 0.5 * math.erfc(-a * HALF_ROOT_2),
    name="probability_below",
)


def gelu_with_slope(x: Any) -> tuple[Any, Any]:
    """gelu, and its slope: the probability of less than x, plus x times the density."""
    y, slope, integral = fresh_like(x), fresh_like(x), normal_integral(x)
    for z, p, s in pieces(x, y, slope):
        integral.write(z, p, s)
        s *= z
        s += p
        p *= z
    return y[()], slope[()]


gaussian = with_slope(
    elementwise(
        lambda a: a * computed(a, "gelu", probabilities),
        lambda a: probability_below(a) + a * (ONE_OVER_ROOT_2_PI * np.exp(-0.5 * a * a)),
        scalar=lambda a: 0.5 * a * math.erfc(-a * HALF_ROOT_2),
        name="gelu",
    ),
    gelu_with_slope,
)


def gelu_tanh_slope(a: Any) -> Any:
    t = np.tanh(ROOT_2_OVER_PI * (a + CUBIC * a * a * a))
    return 0.5 * (1 + t) + 0.5 * a * (1 - t * t) * (ROOT_2_OVER_PI * (1 + 3 * CUBIC * a * a))


gaussian_by_tanh = elementwise(
    lambda a: 0.5 * a * (1 + np.tanh(ROOT_2_OVER_PI * (a + CUBIC * a * a * a))),
    gelu_tanh_slope,
    scalar=lambda a: 0.5 * a * (1 + math.tanh(ROOT_2_OVER_PI * (a + CUBIC * a * a * a))),
    name="gelu_tanh",
)


def erf(x: Any) -> Any:
    """The error function, 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x, elementwise.

    Accurate to 2 eps of the dtype (of float64 for longdouble).

    >>> import autograd_core as ag
    >>> ag.ops.erf(ag.tensor([0.0, 6.0]))
    tensor([0., 1.])
    """
    return error_function.call(x)


def gelu(x: Any, approximate: str = "none") -> Any:
    """x times the probability that a standard normal number is below x, elementwise.

    approximate   "none": 0.5 x (1 + erf(x / sqrt 2));  "tanh": 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))

    Hendrycks and Gimpel 2016. As in PyTorch, NaN at -inf.

    >>> import autograd_core as ag
    >>> ag.ops.gelu(ag.tensor([0.0, 1.0]))
    tensor([0.        , 0.84134475])
    """
    if approximate == "none":
        return gaussian.call(x)
    if approximate == "tanh":
        return gaussian_by_tanh.call(x)
    raise UnsupportedError(f"gelu has approximate='none' and approximate='tanh', not {approximate!r}")
