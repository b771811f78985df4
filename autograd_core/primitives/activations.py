"""Activations: elementwise functions that NumPy has no name for, with PyTorch's meaning, for arrays and for Scalars.

relu cuts: on its flat part the result does not depend on the input at all. The weights of a cut are taken as locally
constant, so the others, whose slopes depend on their inputs, do not.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import UnsupportedError
from ..families import elementwise
from ..samples import singular
from .arithmetic import ANY

HALF_ROOT_2 = math.sqrt(0.5)
TWO_OVER_ROOT_PI = 2 / math.sqrt(math.pi)
ONE_OVER_ROOT_2_PI = 1 / math.sqrt(2 * math.pi)
ROOT_2_OVER_PI = math.sqrt(2 / math.pi)
CUBIC = 0.044715  # of the tanh form of gelu


def mask(condition: Any, like: Any) -> Any:
    """1 where a condition holds, else 0, in the dtype of `like`: floats multiply far quicker than booleans."""
    of_arrays = hasattr(condition, "astype") and hasattr(like, "dtype")
    return condition.astype(like.dtype) if of_arrays else float(condition)


def positive(a: Any) -> Any:
    return mask(a > 0, a)


# -- with a kink at 0 --------------------------------------------------------------------------------------------------

rectified = elementwise(
    lambda a: np.maximum(a, 0),
    lambda y: mask(y != 0, y),  # y is never negative; NaN stays visible
    scalar=lambda a: 0.0 if a <= 0.0 else a,
    cut=True,
    name="relu",
    domain=ANY,
    kinks=(0.0,),
    singular=[singular(0.0, gives=0.0, why="that of the flat part")],
)
leaky = elementwise(
    lambda a, b: np.maximum(a, 0) + b * np.minimum(a, 0),
    lambda a, b: positive(a) + (1 - positive(a)) * b,
    lambda a: np.minimum(a, 0),
    scalar=lambda a, b: a if a > 0.0 else b * a,
    name="leaky_relu",
    domain=ANY,
    kinks=(0.0,),
    singular=[singular(0.0, 0.25, gives=(0.25, 0.0), why="that on the left")],
)
exponential_linear = elementwise(
    lambda a, b: np.maximum(a, 0) + b * np.expm1(np.minimum(a, 0)),
    lambda a, b: positive(a) + (1 - positive(a)) * b * np.exp(np.minimum(a, 0)),
    lambda a: np.expm1(np.minimum(a, 0)),
    scalar=lambda a, b: a if a > 0.0 else b * math.expm1(a),
    name="elu",
    domain=ANY,
    kinks=(0.0,),
    singular=[singular(0.0, 0.25, gives=(0.25, 0.0), why="that on the left")],
)


def relu(x: Any) -> Any:
    """max(x, 0), elementwise; its slope at 0 is 0.

    >>> import autograd_core as ag
    >>> ag.ops.relu(ag.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    return rectified.call(x)


def leaky_relu(x: Any, negative_slope: Any = 0.01) -> Any:
    """x where it is positive, else negative_slope x; with a recorded slope, one that is learned (PReLU).

    >>> import autograd_core as ag
    >>> ag.ops.leaky_relu(ag.tensor([-1.0, 2.0]), 0.1)
    tensor([-0.1,  2. ])
    """
    return leaky.call(x, negative_slope)


def elu(x: Any, alpha: Any = 1.0) -> Any:
    """x where it is positive, else alpha (exp(x) - 1).

    Clevert et al. 2015. Its slope at 0 is alpha.

    >>> import autograd_core as ag
    >>> ag.grad(ag.ops.elu)(-1.0) == ag.exp(-1.0)
    np.True_
    """
    return exponential_linear.call(x, alpha)


# -- sigmoids ----------------------------------------------------------------------------------------------------------


def logistic(a: Any) -> Any:
    """1 / (1 + exp(-a)) by tanh, which cannot overflow and is quicker than exp."""
    y = np.tanh(np.multiply(a, 0.5))
    y *= 0.5  # y is fresh
    y += 0.5
    return y


def softplus_forward(a: Any) -> Any:
    """log(1 + exp(a)) without overflow, ten times quicker than np.logaddexp(a, 0)."""
    return np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))


squashed = elementwise(logistic, lambda y: y * (1 - y), scalar=lambda a: math.tanh(a * 0.5) * 0.5 + 0.5, name="sigmoid")
soft_rectified = elementwise(
    softplus_forward,
    lambda a: squashed(a),
    scalar=lambda a: max(a, 0.0) + math.log1p(math.exp(-abs(a))),
    name="softplus",
    real=True,
)


def sigmoid_weighted_slope(a: Any) -> Any:
    s = squashed(a)
    return s * (1 + a * (1 - s))


sigmoid_weighted = elementwise(
    lambda a: a * logistic(a),
    sigmoid_weighted_slope,
    scalar=lambda a: a * (math.tanh(a * 0.5) * 0.5 + 0.5),
    name="silu",
)


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)), elementwise, without overflow.

    >>> import autograd_core as ag
    >>> ag.ops.sigmoid(ag.tensor([-1000.0, 0.0, 1000.0]))
    tensor([0. , 0.5, 1. ])
    """
    return squashed.call(x)


def softplus(x: Any) -> Any:
    """log(1 + exp(x)), elementwise, without overflow; its slope is sigmoid(x).

    >>> import autograd_core as ag
    >>> ag.ops.softplus(ag.tensor([-1000.0, 1000.0]))
    tensor([   0., 1000.])
    """
    return soft_rectified.call(x)


def silu(x: Any) -> Any:
    """x sigmoid(x), elementwise; also called swish. As in PyTorch, NaN at -inf.

    Elfwing et al. 2017.

    >>> import autograd_core as ag
    >>> ag.ops.silu(ag.tensor([0.0, 100.0]))
    tensor([  0., 100.])
    """
    return sigmoid_weighted.call(x)


# -- erf and gelu ------------------------------------------------------------------------------------------------------

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
BLOCK = 1 << 17  # bytes: temporaries of this size stay in the cache


def horner(coefficients: tuple[float, ...], u: Any) -> Any:
    """A polynomial's value at u, lowest coefficient first."""
    y = u * coefficients[-1]
    for c in coefficients[-2:0:-1]:
        y += c
        y *= u
    y += coefficients[0]
    return y


def erf_forward(a: Any) -> Any:
    x = np.asarray(a)
    if x.dtype.kind == "c":
        raise UnsupportedError("erf of complex numbers is not computed here: take it of the real part")
    dtype = np.result_type(x, np.float16)
    small = dtype.itemsize <= 4
    limit, numerator, denominator = SINGLE if small else DOUBLE
    flat = x.reshape(-1).astype(np.float32 if small else np.float64, copy=False)
    y = np.empty_like(flat)
    step = BLOCK // flat.itemsize
    for i in range(0, flat.size, step):
        z = np.clip(flat[i : i + step], -limit, limit)
        u = z * z
        part = horner(numerator, u)
        part /= horner(denominator, u)
        part *= z
        np.clip(part, -1, 1, out=y[i : i + step])
    return y.astype(dtype, copy=False).reshape(x.shape)[()]


error_function = elementwise(
    erf_forward,
    lambda a: TWO_OVER_ROOT_PI * np.exp(-a * a),
    scalar=math.erf,
    name="erf",
    reference="2/sqrt(pi) int_0^x exp(-t^2)",
)


def gelu_slope(a: Any) -> Any:
    return 0.5 * (1 + error_function(a * HALF_ROOT_2)) + a * (ONE_OVER_ROOT_2_PI * np.exp(-0.5 * a * a))


gaussian = elementwise(
    lambda a: 0.5 * a * (1 + erf_forward(a * HALF_ROOT_2)),
    gelu_slope,
    scalar=lambda a: 0.5 * a * (1 + math.erf(a * HALF_ROOT_2)),
    name="gelu",
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
