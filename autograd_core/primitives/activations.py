"""Activations: elementwise functions that NumPy has no name for, with PyTorch's meaning, for arrays and for Scalars.

relu cuts: on its flat part the result does not depend on the input at all. The weights of a cut are taken as locally
constant, so the others, whose slopes depend on their inputs, do not.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy import add, maximum, multiply, ndarray, not_equal, tanh

from ..constants import number
from ..families import elementwise
from ..samples import singular
from .arithmetic import ANY


def mask(condition: Any, like: Any) -> Any:
    """1 where a condition holds, else 0, in the dtype of `like`: floats multiply far quicker than booleans."""
    of_arrays = hasattr(condition, "astype") and hasattr(like, "dtype")
    return condition.astype(like.dtype) if of_arrays else float(condition)


def positive(a: Any) -> Any:
    return mask(a > 0, a)


# -- with a kink at 0 --------------------------------------------------------------------------------------------------


def rectify(a: Any) -> Any:
    return maximum(a, number(0, a.dtype) if type(a) is ndarray and a.dtype.kind == "f" else 0)


def rectified_slope(y: Any) -> Any:
    """1 where y is not 0, since it is never negative; NaN stays visible."""
    return not_equal(y, number(0, y.dtype)).astype(y.dtype) if type(y) is ndarray else mask(y != 0, y)


rectified = elementwise(
    rectify,
    rectified_slope,
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
    if type(a) is not ndarray or not a.ndim or a.dtype.kind != "f":
        return np.tanh(a * 0.5) * 0.5 + 0.5
    half = number(0.5, a.dtype)
    y = multiply(a, half)
    multiply(tanh(y, y), half, y)
    return add(y, half, y)


def one(y: Any) -> Any:
    """The number 1, as it is cheapest beside y."""
    return number(1, y.dtype) if type(y) is ndarray else 1


def softplus_forward(a: Any) -> Any:
    """log(1 + exp(a)) without overflow, ten times quicker than np.logaddexp(a, 0)."""
    return np.maximum(a, 0) + np.log1p(np.exp(-np.abs(a)))


squashed = elementwise(
    logistic, lambda y: y * (one(y) - y), scalar=lambda a: math.tanh(a * 0.5) * 0.5 + 0.5, name="sigmoid"
)
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
