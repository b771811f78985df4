"""Softmax and its kin as SciPy calls them: over all axes by default, logsumexp with weights and signs."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..families import fixed, primitive
from ..samples import Sample, sample
from ..shapes import Axis
from . import softmaxes
from .arranging import common_shape
from .entropies import floats
from .layouts import broadcast_to
from .reductions import matrix, prepared, spread


def scaled_sum(a: Any, b: Any, axis: Any) -> tuple[Any, Any]:
    """sum of b exp(a - m) along the axes, which stay, and m: the largest a that has a weight."""
    a, b = floats(a, b)
    a = np.where(b == 0, -np.inf, a)  # a weight of 0 counts for nothing, however large its exponential
    m = softmaxes.finite_peak(a, axis)
    return np.sum(b * np.exp(a - m), axis=axis, keepdims=True), m


def without(y: Any, axis: Any, keepdims: bool) -> Any:
    return y if keepdims else np.squeeze(y, axis=axis)


def size_forward(a: Any, b: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    s, m = scaled_sum(a, b, axis)
    with np.errstate(divide="ignore"):
        return without(np.log(np.abs(s)) + m, axis, keepdims)


def share(a: Any, b: Any, y: Any, axis: Any, keepdims: bool) -> Any:
    """The slope by b: exp(a) divided by the sum."""
    return np.exp(a - spread(y, a, axis, keepdims)) * sign(a, b, axis=axis, keepdims=True)


def along(ts: Any, a: Any, b: Any, y: Any, axis: Any, keepdims: bool) -> Any:
    by_a, by_b = ts
    weight = share(a, b, y, axis, keepdims)
    terms = [t * w for t, w in ((by_a, b * weight), (by_b, weight)) if t is not None]
    return np.sum(sum(terms[1:], terms[0]), axis=axis, keepdims=keepdims)


def cases() -> list[Sample]:
    """Weights of either sign and 0, large numbers, -inf, several axes."""
    a, b = matrix(), np.array([[1.0, -0.5, 2.0], [0.5, 0.25, 3.0]])
    return [
        sample(a, b, axis=1, keepdims=False),
        sample(a + 1000, -b, axis=None, keepdims=False),
        sample(a[:, ::-1], b, axis=(0, 1), keepdims=True),
        sample(np.array([0.0, 1.5, -2.0]), np.array([1.0, 0.0, 2.0]), axis=0, keepdims=False),
        sample(np.stack([a, a - 1]), np.stack([b, b[::-1]]), axis=0, keepdims=False),
        sample(a.astype(np.float32), b.astype(np.float32), axis=0, keepdims=False),
    ]


sign = fixed(
    lambda a, b, *, axis=None, keepdims=False: without(np.sign(scaled_sum(a, b, axis)[0]), axis, keepdims),
    name="sign_of_sum",
    real=True,
    samples=cases,
    batch="axes",
)
size = primitive(
    size_forward,
    lambda g, a, b, y, axis, keepdims: spread(g, a, axis, keepdims) * (b * share(a, b, y, axis, keepdims)),
    lambda g, a, b, y, axis, keepdims: spread(g, a, axis, keepdims) * share(a, b, y, axis, keepdims),
    jvp=along,
    samples=cases,
    batch="axes",
    name="weighted_logsumexp",
    real=True,
)


def logsumexp(a: Any, axis: Axis = None, b: Any = None, keepdims: bool = False, return_sign: bool = False) -> Any:
    """log(sum(b exp(a))) over the axes, all by default, without overflow; the weights b are 1 by default.

    return_sign   log |sum|, and the sign of the sum; without it, a negative sum gives NaN

    Differentiable by a and b. Rows of nothing but -inf give -inf, and have no slopes: NaN.

    >>> import autograd_core as ag
    >>> ag.special.logsumexp([1000.0, 1000.0], b=[3.0, -1.0]) - 1000.0  # log 2
    np.float64(0.69314718055...)
    """
    if b is None and not return_sign:
        return softmaxes.logsumexp(a, axis, keepdims)
    b = 1.0 if b is None else b
    shape = common_shape([a, b], "logsumexp")
    a, axis = prepared(broadcast_to(a, shape), axis)
    b = broadcast_to(b, shape)
    settings = {"axis": axis, "keepdims": bool(keepdims)}
    y, s = size(a, b, **settings), sign(a, b, **settings)
    return (y, s) if return_sign else np.where(s < 0, np.nan, y)


def softmax(x: Any, axis: Axis = None) -> Any:
    """exp(x) / sum(exp(x)) over the axes, all by default.

    >>> import autograd_core as ag
    >>> ag.special.softmax([1000.0, 1000.0])
    array([0.5, 0.5])
    """
    return softmaxes.softmax(x, axis)


def log_softmax(x: Any, axis: Axis = None) -> Any:
    """log(softmax(x)) over the axes, all by default, exact where softmax(x) rounds to 0.

    >>> import autograd_core as ag
    >>> ag.special.log_softmax([1000.0, 0.0])
    array([    0., -1000.])
    """
    return softmaxes.log_softmax(x, axis)
