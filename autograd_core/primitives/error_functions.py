"""The error function, and gelu, which is made of it.

Both are computed a block at a time, so that the many steps of a polynomial find their numbers in the cache.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..errors import UnsupportedError
from ..families.elementwise import elementwise
from ..families.fused import FLOATS, with_slope
from .buffers import fresh_like

HALF_ROOT_2 = math.sqrt(0.5)
TWO_OVER_ROOT_PI = 2 / math.sqrt(math.pi)
ONE_OVER_ROOT_2_PI = 1 / math.sqrt(2 * math.pi)
ROOT_2_OVER_PI = math.sqrt(2 / math.pi)
CUBIC = 0.044715  # of the tanh form of gelu

# erf(x) = x P(x^2) / Q(x^2): minimax fits (weighted least squares in 60 digits, Lawson's iteration) for relative errors
# of 5e-17 where |x| <= 6, and 3e-8 where |x| <= 4; beyond, erf rounds to 1. All coefficients are positive, so that
# rounding stays harmless: at most 5 eps in all.
DOUBLE = (
    6.0,
    (1.1283791670955126, 0.221374523063932, 0.06633350348157709, 0.006954977715106893, 0.0008615463714255975,
     5.768089599084983e-05, 3.939909580856505e-06, 1.720507536216116e-07, 6.832333780977038e-09, 1.7423050726362175e-10,
     3.3249434572195873e-12, 2.1732079000658147e-14, 1.509719161959943e-17),
    (1.0, 0.5295213962818488, 0.13529366893898503, 0.02211896234447175, 0.0025851688096209034, 0.00022831070774659192,
     1.567569184684671e-05, 8.455878412352065e-07, 3.561644824281206e-08, 1.1380016994488106e-09,
     2.5683817859028512e-11, 3.270805094401961e-13, 8.566379818806234e-16),
)  # fmt: skip
SINGLE = (
    4.0,
    (1.12837914087628792, 0.193364095338916894, 0.0530751580035553427, 0.00387487726660739502, 0.000284259262775079022,
     1.98665458217015365e-6),
    (1.0, 0.504697070947664454, 0.115272797416924736, 0.0151903609888782784, 0.00118330225591787448,
     0.0000374027792537962917),
)  # fmt: skip
# The probability of less than x, in float32: (1 + tanh(x P(x^2))) / 2, off by at most 3e-8 (minimax, as above). NumPy's tanh
# is worth three multiplications, and forgives what the polynomial is off by where its own slope is small.
PROBABILITY = (
    0.7978849414582225, 0.03633308458339576, -3.259498594596367e-05, -5.530618969087717e-05, 3.964743747330063e-06,
    -1.3226329183325577e-07, 1.7561695791960476e-09,
)  # fmt: skip
BLOCK = 1 << 18  # bytes: two or three arrays of this size stay in the cache


def pieces(x: Any, *written: Any) -> Iterator[tuple[Any, ...]]:
    """Corresponding pieces of an array to read and of contiguous ones to write, as vectors, in the order of the latter."""
    arrays = (x, *written)
    if not written[0].flags.c_contiguous:  # x may lie otherwise: a stretched axis has no place in an order
        order = sorted(range(x.ndim), key=written[0].strides.__getitem__, reverse=True)
        arrays = tuple([a.transpose(order) for a in arrays])
    flat = [a.reshape(-1) for a in arrays]
    step = BLOCK // flat[0].itemsize
    return (tuple([a[i : i + step] for a in flat]) for i in range(0, flat[0].size, step))


def horner(coefficients: Sequence[float], u: Any, out: Any = None) -> Any:
    """A polynomial's value at u, lowest coefficient first."""
    y = np.multiply(u, coefficients[-1], out=out)
    for c in coefficients[-2:0:-1]:
        y += c
        y *= u
    y += coefficients[0]
    return y


def quotient(z: Any, form: tuple[float, Sequence[float], Sequence[float]]) -> Any:
    """erf of a block of numbers."""
    limit, numerator, denominator = form
    z = np.clip(z, -limit, limit)
    u = z * z
    y = horner(numerator, u)
    y /= horner(denominator, u)
    y *= z
    return np.clip(y, -1, 1, out=y)


def erf_forward(a: Any) -> Any:
    x = np.asarray(a)
    if x.dtype.kind == "c":
        raise UnsupportedError("erf of complex numbers is not computed here: take it of the real part")
    dtype = np.result_type(x, np.float16)
    small = dtype.itemsize <= 4
    x = x.astype(np.float32 if small else np.float64, copy=False)
    y = np.empty_like(x)
    for z, part in pieces(x, y):
        part[...] = quotient(z, SINGLE if small else DOUBLE)
    return y.astype(dtype, copy=False)[()]


error_function = elementwise(
    erf_forward,
    lambda a: TWO_OVER_ROOT_PI * np.exp(-a * a),
    scalar=math.erf,
    name="erf",
    reference="2/sqrt(pi) int_0^x exp(-t^2)",
)


def probability(z: Any, square: Any, out: Any) -> None:
    """The probability that a standard normal number is below each of a block of numbers, given their squares."""
    if z.dtype == np.float32:
        horner(PROBABILITY, square, out=out)
        out *= z
        np.tanh(out, out=out)
    else:
        out[...] = quotient(z * HALF_ROOT_2, DOUBLE)
    out *= 0.5
    out += 0.5


def gelu_forward(a: Any) -> Any:
    x = np.asarray(a)
    if x.dtype not in FLOATS:
        return 0.5 * a * (1 + erf_forward(a * HALF_ROOT_2))
    y = fresh_like(x)
    with np.errstate(over="ignore"):  # of a large square: its tanh is 1
        for z, p in pieces(x, y):
            probability(z, z * z, p)
            p *= z
    return y[()]


def gelu_with_slope(x: Any) -> tuple[Any, Any]:
    """gelu, and its slope: the probability p of less than x plus x times the density."""
    y, slope = fresh_like(x), fresh_like(x)
    with np.errstate(over="ignore"):  # of a large square: its exponential is 0
        for z, p, s in pieces(x, y, slope):
            np.multiply(z, z, out=s)
            probability(z, s, p)
            s *= -0.5
            np.exp(s, out=s)
            s *= ONE_OVER_ROOT_2_PI
            s *= z
            s += p
            p *= z
    return y[()], slope[()]


def gelu_slope(a: Any) -> Any:
    return 0.5 * (1 + error_function(a * HALF_ROOT_2)) + a * (ONE_OVER_ROOT_2_PI * np.exp(-0.5 * a * a))


gaussian = with_slope(
    elementwise(
        gelu_forward,
        gelu_slope,
        scalar=lambda a: 0.5 * a * (1 + math.erf(a * HALF_ROOT_2)),
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

    Accurate to 5 eps of the dtype (of float64 for longdouble).

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
