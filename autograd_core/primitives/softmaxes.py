"""Softmax and its kin, fused so that no exponential can overflow.

A row of nothing but -inf has no softmax: it is NaN, as in SciPy, and so are the slopes of logsumexp there (as those of
np.logaddexp), whose value is -inf. Single elements of -inf have weight 0.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from ..constants import ones
from ..errors import DTypeError, ShapeError
from ..families import primitive
from ..samples import Sample, sample
from ..shapes import Axis
from .reductions import cases, matrix, prepared, spread

LARGEST = {np.dtype(np.float32): 40.0, np.dtype(np.float64): 350.0}
"""The exponents within which sums of exponentials keep all of their digits, by dtype."""


def floating(a: Any) -> Any:
    """An array that can hold -inf, in the byte order of the machine."""
    a = np.asarray(a)
    return a.astype(a.dtype.newbyteorder("=") if a.dtype.kind in "fc" else float, copy=False)


def peak(a: Any, axis: Axis) -> Any:
    """The largest element along the axes, -inf if there is none; subtracted so that exp cannot overflow, it cancels."""
    return np.max(np.real(a), axis=axis, keepdims=True, initial=-np.inf)


def finite_peak(a: Any, axis: Axis) -> Any:
    """The same where it is finite, else 0, so that rows of infinities do not subtract infinities."""
    m = peak(a, axis)
    return np.where(np.isfinite(m), m, m.dtype.type(0))


def logsumexp_forward(a: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    a = floating(a)
    m = finite_peak(a, axis)
    with np.errstate(divide="ignore"):  # log 0 = -inf is meant
        y = np.log(np.sum(np.exp(a - m), axis=axis, keepdims=True)) + m
    return y if keepdims else np.squeeze(y, axis=axis)


def logaddexp_forward(a: Any, *, axis: Any = None, keepdims: bool = False) -> Any:
    return np.logaddexp.reduce(a, axis=axis, keepdims=keepdims)  # type: ignore[call-overload]  # axis=None is NumPy's too


def softmax_forward(a: Any, *, axis: Any = -1) -> Any:
    a = floating(a)
    if a.dtype not in LARGEST:
        return shifted_softmax(a, axis)
    with np.errstate(over="ignore", invalid="ignore"):  # the product of BLAS may say so of an infinity
        e = np.exp(a)
        total = row_sum(e, axis)
    high = math.exp(LARGEST[a.dtype])
    safe = (total < high) & (
        total > 1 / high
    )  # of a row that neither overflows nor vanishes nothing need be subtracted
    if np.all(safe):
        e /= total
        return e
    with np.errstate(all="ignore"):
        e /= total
    return np.where(safe, e, shifted_softmax(a, axis))[()]


def shifted_softmax(a: Any, axis: Axis) -> Any:
    e = np.exp(a - peak(a, axis))
    return e / row_sum(e, axis)


def log_softmax_forward(a: Any, *, axis: Any = -1) -> Any:
    a = floating(a)
    z = a - finite_peak(a, axis)
    with np.errstate(divide="ignore"):
        return z - np.log(np.sum(np.exp(z), axis=axis, keepdims=True))


def summed(a: Any, axis: Axis) -> Any:
    return np.sum(a, axis=axis, keepdims=True)


def is_last(x: Any, axis: Axis) -> bool:
    """Whether the axis is the last one alone, of an array of real numbers: products with rows are then quicker than sums."""
    return type(x) is np.ndarray and isinstance(axis, int) and axis in (-1, x.ndim - 1) and x.dtype.kind == "f"


def row_sum(x: Any, axis: Axis) -> Any:
    """The sum over the axes, kept as axes of length 1."""
    if not is_last(x, axis):
        return summed(x, axis)
    return np.dot(np.ascontiguousarray(x), ones(x.shape[-1], x.dtype))[
        ..., None
    ]  # of other orders the roundings differ


def summed_product(a: Any, b: Any, axis: Axis) -> Any:
    """The sum of a b over the axes, kept as axes of length 1."""
    if not (is_last(a, axis) and is_last(b, axis)):
        return summed(a * b, axis)
    return np.vecdot(np.ascontiguousarray(a), np.ascontiguousarray(b))[..., None]


def cases_of_softmax() -> list[Sample]:
    """Hard cases: large numbers, weights of 0, one axis, several, none to sum over."""
    return [
        sample(matrix(), axis=-1),
        sample(matrix()[::-1], axis=0),
        sample(np.array([1000.0, 999.0, -1000.0]), axis=0),
        sample(matrix(np.float32), axis=(0, 1)),
        sample(matrix(np.float16), axis=None),
        sample(matrix(complex) * (1 + 0.5j), axis=1),
        sample(np.ones((0, 3)), axis=0),
        sample(np.ones((2, 3)), axis=2, raises=ShapeError),
    ]


softmax_primitive = primitive(
    softmax_forward,
    lambda g, y, axis: y * (g - summed_product(g, y, axis)),
    jvp=lambda t, y, axis: y * (t - summed_product(t, y, axis)),
    samples=cases_of_softmax,
    batch="axes",
    masks="axes",
    name="softmax",
)
log_softmax_primitive = primitive(
    log_softmax_forward,
    lambda g, y, axis: g - np.exp(y) * summed(g, axis),
    jvp=lambda t, y, axis: t - summed(np.exp(y) * t, axis),
    samples=cases_of_softmax,
    batch="axes",
    masks="axes",
    name="log_softmax",
)


def cases_of_logarithms(of_complex: type[Exception] | None) -> list[Sample]:
    """Hard cases: large numbers, and complex ones, or the error that they raise."""
    return [
        *cases(),
        sample(np.array([1000.0, 999.0, -1000.0]), axis=0, keepdims=True),
        sample(matrix(np.float16), axis=1, keepdims=False),
        sample(matrix(complex) * (1 + 0.5j), axis=1, keepdims=False, raises=of_complex),
    ]


# softmax(a) as exp(a - y) would save a pass, but inherit the rounding of y, which is coarse for large float32 elements;
# NumPy's own fold is slower than the sum of exponentials, and exact where one of them rounds all others away
logsumexp_primitive, logaddexp_fold = [
    primitive(
        forward,
        lambda g, a, axis, keepdims: spread(g, a, axis, keepdims) * softmax_primitive(a, axis=axis),
        jvp=lambda t, a, axis, keepdims: np.sum(t * softmax_primitive(a, axis=axis), axis=axis, keepdims=keepdims),
        samples=partial(cases_of_logarithms, raises),
        batch="axes",
        masks="axes",
        name=name,
        text=("{g} × softmax({a})",),
    )
    for name, forward, raises in (
        ("logsumexp", logsumexp_forward, None),
        ("logaddexp.reduce", logaddexp_forward, DTypeError),
    )
]


def logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """log(sum(exp(x))) over the axes, all by default, without overflow; -inf for no elements.

    Its gradient is softmax(x).

    >>> import autograd_core as ag
    >>> ag.grad(ag.ops.logsumexp)(ag.tensor([1000.0, 1000.0]))
    tensor([0.5, 0.5])
    """
    x, axis = prepared(x, axis)
    return logsumexp_primitive(x, axis=axis, keepdims=bool(keepdims))


def softmax(x: Any, axis: Axis = -1) -> Any:
    """exp(x) / sum(exp(x)) over the axes: positive numbers whose sum is 1. The last axis by default.

    >>> import autograd_core as ag
    >>> ag.ops.softmax(ag.tensor([[0.0, 0.0], [1000.0, 0.0]]))
    tensor([[0.5, 0.5],
            [1. , 0. ]])
    """
    x, axis = prepared(x, axis)
    return softmax_primitive(x, axis=axis)


def log_softmax(x: Any, axis: Axis = -1) -> Any:
    """log(softmax(x)) over the axes, x - logsumexp(x), exact where softmax(x) rounds to 0. The last axis by default.

    >>> import autograd_core as ag
    >>> ag.ops.log_softmax(ag.tensor([1000.0, 0.0]))
    tensor([    0., -1000.])
    """
    x, axis = prepared(x, axis)
    return log_softmax_primitive(x, axis=axis)
