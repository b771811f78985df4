"""Numbers brought to mean 0 and variance 1, or to mean square 1, over some axes: what all normalisations of networks share.

    y = (x - mean) / sqrt(variance + eps)        dy = (dx - mean(dx) - y mean(y dx)) / sqrt(variance + eps)

The Jacobian is symmetric, so that one formula serves both modes, and it is made of results alone: x need not be kept.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..errors import AxisError, DTypeError
from ..families import elementwise, primitive
from ..recording import Value
from ..samples import Sample, sample
from ..shapes import Axis, Shape, kept_shape, normal_axes
from .reductions import count, matrix, prepared
from .row_kernels import standard_rows, standard_rows_back


def floats(a: Any) -> Any:
    """The numbers as floats to compute with: half precision is summed in float32."""
    a = np.asarray(a)
    if a.dtype.kind == "c":
        raise DTypeError(
            "complex numbers have no order of size to be normalised by: take their real part, or np.abs(x)"
        )
    if a.dtype.kind == "f":
        return a.astype(np.float32) if a.itemsize < 4 else a
    return a.astype(float)


def as_rows(a: Any, axes: Shape) -> Any:
    """The array as a matrix whose rows are normalised each by itself; None if the axes are not the last ones."""
    lead = a.ndim - len(axes)
    if set(axes) != set(range(lead, a.ndim)):
        return None
    return a.reshape(prod(a.shape[:lead]), prod(a.shape[lead:]))


def standardized_forward(a: Any, *, axis: Any, eps: float, centred: bool) -> tuple[Any, ...]:
    """y, the variance and the mean; if it is not to be centred, y and the mean square."""
    x = floats(a)
    axes = normal_axes(axis, x.ndim)
    rows, kept = as_rows(x, axes), kept_shape(x.shape, axes)
    if rows is not None:
        y, _, mean, variance = standard_rows(rows, eps, centred)
        y, mean, variance = y.reshape(x.shape), mean.reshape(kept), variance.reshape(kept)
    else:
        mean = averaged(x, axes)
        y = x - mean if centred else x
        variance = averaged(y * y, axes)
        y = y * (1 / np.sqrt(variance + eps))
    return (y.astype(a.dtype, copy=False) if a.dtype.kind == "f" else y, variance, *([mean] if centred else []))


def averaged(x: Any, axis: Axis) -> Any:
    return np.mean(x, axis=axis, keepdims=True)


def sloped(u: Any, y: Any, variance: Any, axis: Axis, eps: float, centred: bool) -> Any:
    """The Jacobian of y times u."""
    if not isinstance(u, Value) and not isinstance(y, Value):
        u, h = u.astype(variance.dtype, copy=False), y.astype(variance.dtype, copy=False)
        axes = normal_axes(axis, u.ndim)
        if (rows := as_rows(u, axes)) is not None:
            t, _ = standard_rows_back(rows, as_rows(h, axes), variance.reshape(-1, 1), eps, centred)
            return in_dtype_of(y, t.reshape(u.shape))
    t = u - y * averaged(u * y, axis)
    t = (t - averaged(u, axis) if centred else t) / np.sqrt(variance + eps)
    return in_dtype_of(y, t)


def in_dtype_of(like: Any, t: Any) -> Any:
    return t if t.dtype == like.dtype else t.astype(like.dtype)


def standardized_back(parts: Any, ys: Any, axis: Axis, eps: float, centred: bool) -> Any:
    y, variance = ys[:2]
    n = count(y.shape, axis)
    terms = [sloped(parts[0], y, variance, axis, eps, centred)] if 0 in parts else []
    if 1 in parts:
        terms.append(parts[1] * (2 / n) * np.sqrt(variance + eps) * y)
    if 2 in parts:
        terms.append(np.broadcast_to(parts[2] / n, y.shape))
    return sum(terms[1:], terms[0])


def standardized_ahead(t: Any, ys: Any, axis: Axis, eps: float, centred: bool) -> Any:
    y, variance, *means = ys
    return (
        sloped(t, y, variance, axis, eps, centred),
        lambda: in_dtype_of(variance, 2 * np.sqrt(variance + eps) * averaged(t * y, axis)),
        *[lambda: in_dtype_of(variance, averaged(t, axis)) for _ in means],
    )


def cases_of_standardize() -> list[Sample]:
    """Hard cases: axes that lie last, first, in between and everywhere, a large mean, half precision, no rows."""
    stack = np.sin(np.arange(24.0)).reshape(2, 3, 4)
    return [
        sample(matrix(), axis=-1, eps=1e-5),
        sample(100 + matrix(), axis=0, eps=0.5),
        sample(stack[:, ::-1], axis=(1, 2), eps=1e-5),
        sample(stack, axis=(0, 2), eps=0.1),
        sample(stack, axis=1, eps=0.1),
        sample(stack, axis=None, eps=0.0),
        sample(matrix(np.float32), axis=1, eps=1e-5),
        sample(matrix(np.float16), axis=1, eps=1e-3),
        sample(np.ones((0, 3)), axis=1, eps=1e-5),
        sample(np.array([[1, 2, 4]]), axis=1, eps=1e-5),
        sample(matrix(complex), axis=1, eps=1e-5, raises=DTypeError, match="take their real part"),
        sample(matrix(), axis=2, eps=0.1, raises=AxisError, match="axis 2 is outside"),
    ]


standardized = primitive(
    standardized_forward,
    standardized_back,
    jvp=standardized_ahead,
    outputs=-1,
    samples=lambda: [
        sample(*case.args, raises=case.raises, match=case.match, centred=centred, **case.settings)
        for case in cases_of_standardize()
        for centred in (True, False)
    ],
    batch="axes",
    name="standardize",
    reference="(x - mean) / sqrt(variance + eps)",
)
scaled_and_shifted = elementwise(lambda a, b, c: a * b + c, lambda b: b, lambda a: a, 1, name="scale_shift")


def standardize(x: Any, axis: Axis, eps: float = 0.0) -> tuple[Any, Any, Any]:
    """The numbers with mean 0 and variance 1 over the axes, and the mean and the variance that they had.

    x: any shape   returns (x - mean) / sqrt(variance + eps) of that shape, mean and variance with the axes kept

    The variance is sum (x - mean)^2 / n. Raises DTypeError for complex numbers.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.standardize(np.array([1.0, 3.0]), axis=0)
    (array([-1.,  1.]), array([2.]), array([1.]))
    """
    x, axis = prepared(x, axis)
    y, variance, mean = standardized(x, axis=axis, eps=float(eps), centred=True)
    return y, mean, variance


def scale_shift(x: Any, scale: Any, shift: Any) -> Any:
    """x scale + shift, elementwise, in one node.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.scale_shift(np.array([1.0, 2.0]), 10.0, 0.5)
    array([10.5, 20.5])
    """
    return scaled_and_shifted.call(x, scale, shift)
