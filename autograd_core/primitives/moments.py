"""Variance and standard deviation. Of complex numbers they take the mean of |x - m|^2, as NumPy does."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..dispatch import answers
from ..families import primitive
from ..reverse import conjugate
from ..samples import Sample, sample
from ..shapes import Axis, kept_shape, normal_axes
from .reductions import cases, count, matrix, prepared, refuse, spread


def divisor(a: Any, axis: Axis, ddof: float) -> float:
    """What the sum of squares is divided by: NaN where the variance is not defined."""
    freedom = count(np.shape(a), axis) - ddof
    return freedom if freedom > 0 else math.nan


def offsets(a: Any, axis: Axis) -> Any:
    """The elements minus their mean; exactly 0 for equal elements, whose computed mean may be off by a rounding."""
    if np.ndim(a) == 0:
        return a - a
    axes = normal_axes(axis, np.ndim(a))
    a = a - a[tuple(slice(0, 1) if i in axes else slice(None) for i in range(np.ndim(a)))]
    return a - np.mean(a, axis=axis, keepdims=True)


def variance_slope(a: Any, axis: Axis, ddof: float) -> Any:
    """d var / d a."""
    return (2 / divisor(a, axis, ddof)) * conjugate(offsets(a, axis))


def deviation_slope(a: Any, y: Any, axis: Axis, ddof: float, keepdims: bool) -> Any:
    """d std / d a; 0 for equal elements, the least-norm subgradient."""
    if not keepdims and axis is not None:
        y = np.reshape(y, kept_shape(np.shape(a), axis))
    return conjugate(offsets(a, axis)) / (divisor(a, axis, ddof) * np.where(y == 0, 1, y))


def cases_of_moments() -> list[Sample]:
    """Hard cases of moments: no degree of freedom to spare, complex."""
    return [
        *cases(),
        sample(matrix(), axis=0, ddof=1, keepdims=True),
        sample(matrix(), axis=None, ddof=0.5, keepdims=False),
        sample(matrix(complex) * (1 - 1j) + 2, axis=1, keepdims=False),
        sample(matrix(np.float16), axis=1, keepdims=False),
    ]


variance = primitive(
    lambda a, *, axis=None, ddof=0, keepdims=False: np.var(a, axis=axis, ddof=ddof, keepdims=keepdims),
    lambda g, a, axis, ddof, keepdims: spread(g, a, axis, keepdims) * variance_slope(a, axis, ddof),
    jvp=lambda t, a, axis, ddof, keepdims: np.sum(
        np.real(t * variance_slope(a, axis, ddof)), axis=axis, keepdims=keepdims
    ),
    samples=cases_of_moments,
    name="var",
)
deviation = primitive(
    lambda a, *, axis=None, ddof=0, keepdims=False: np.std(a, axis=axis, ddof=ddof, keepdims=keepdims),
    lambda g, a, y, axis, ddof, keepdims: spread(g, a, axis, keepdims) * deviation_slope(a, y, axis, ddof, keepdims),
    jvp=lambda t, a, y, axis, ddof, keepdims: np.sum(
        np.real(t * deviation_slope(a, y, axis, ddof, keepdims)), axis=axis, keepdims=keepdims
    ),
    samples=cases_of_moments,
    kinks="equal elements",
    name="std",
)


def degrees(ddof: float, correction: float | None) -> float:
    """ddof, or the array API's name for it."""
    if correction is None:
        return ddof
    if ddof != 0:
        raise ValueError("ddof and correction are two names for the same number: give one of them")
    return correction


@answers(np.var)
def var(
    a: Any, axis: Axis = None, dtype: Any = None, out: None = None, ddof: float = 0, keepdims: bool = False, *,
    where: Any = True, mean: Any = None, correction: float | None = None,
) -> Any:  # fmt: skip
    """The variance of n elements over the axes: sum |x - m|^2 / (n - ddof), with m their mean.

    correction is the array API's name for ddof. Of complex numbers the variance is real, too.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.var(x))(ag.tensor([1.0, 3.0]))
    tensor([-1.,  1.])
    """
    refuse("var", where, out=out, mean=mean)
    a, axis = prepared(a, axis, dtype)
    return variance(a, axis=axis, ddof=degrees(ddof, correction), keepdims=bool(keepdims))


@answers(np.std)
def std(
    a: Any, axis: Axis = None, dtype: Any = None, out: None = None, ddof: float = 0, keepdims: bool = False, *,
    where: Any = True, mean: Any = None, correction: float | None = None,
) -> Any:  # fmt: skip
    """The standard deviation, the square root of `var`. For equal elements the gradient is 0, by least norm.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.std(x))(ag.tensor([1.0, 3.0])), ag.grad(lambda x: ag.std(x))(ag.tensor([0.1, 0.1]))
    (tensor([-0.5,  0.5]), tensor([0., 0.]))
    """
    refuse("std", where, out=out, mean=mean)
    a, axis = prepared(a, axis, dtype)
    return deviation(a, axis=axis, ddof=degrees(ddof, correction), keepdims=bool(keepdims))
