"""Numbers brought to mean 0 and variance 1, or to mean square 1, over some axes: what all normalisations of networks share.

    y = (x - mean) / sqrt(variance + eps)        dy = (dx - mean(dx) - y mean(y dx)) / sqrt(variance + eps)

The Jacobian is symmetric, so that one formula serves both modes, and it is made of results alone: x need not be kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import AxisError, DTypeError
from ..families import elementwise, primitive
from ..recording import Value
from ..samples import Sample, sample
from ..shapes import Axis, kept_shape, normal_axes
from .reductions import count, matrix, prepared
from .sum_kernels import blocks, sum_of_products, sum_over


def made_from(a: Any, *, axis: Any, eps: float, centred: bool) -> tuple[Any, ...]:
    """y, the variance and the mean; if it is not to be centred, y and the mean square. Half precision is summed in float32."""
    a = np.asarray(a)
    if a.dtype.kind == "c":
        raise DTypeError(
            "complex numbers have no order of size to be normalised by: take their real part, or np.abs(x)"
        )
    a = a if a.dtype.kind == "f" else a.astype(float)
    x = a.astype(np.float32) if a.dtype == np.float16 else a
    axes = normal_axes(axis, x.ndim)
    n, y = count(x.shape, axes), np.empty_like(x)
    mean, variance = np.zeros((2, *kept_shape(x.shape, axes)), x.dtype)
    for part in blocks(x.shape, axes):
        xs, ys = x[part], y[part]
        if centred:
            mean[part] = sum_over(xs, axes) / n
            xs = np.subtract(xs, mean[part], out=ys)
        variance[part] = sum_of_products(xs, xs, axes) / n
        np.multiply(xs, 1 / np.sqrt(variance[part] + eps), out=ys)
    return (y.astype(a.dtype, copy=False), variance, *([mean] if centred else []))


def averaged(x: Any, axis: Axis) -> Any:
    return np.mean(x, axis=axis, keepdims=True)


def sloped(u: Any, y: Any, variance: Any, axis: Axis, eps: float, centred: bool) -> Any:
    """The Jacobian of y times u."""
    if not isinstance(u, Value) and not isinstance(y, Value):
        return sloped_array(u, y, variance, axis, eps, centred)
    t = u - y * averaged(u * y, axis)
    t = (t - averaged(u, axis) if centred else t) / np.sqrt(variance + eps)
    return in_dtype_of(y, t)


def sloped_array(u: Any, y: Any, variance: Any, axis: Axis, eps: float, centred: bool) -> Any:
    """The same of arrays, a block at a time."""
    us, ys = u.astype(variance.dtype, copy=False), y.astype(variance.dtype, copy=False)
    axes = normal_axes(axis, u.ndim)
    n, t = count(u.shape, axes), np.empty(u.shape, variance.dtype)
    for part in blocks(u.shape, axes):
        v, ts = us[part], t[part]
        np.multiply(ys[part], sum_of_products(v, ys[part], axes) / -n, out=ts)
        ts += v
        if centred:
            ts -= sum_over(v, axes) / n
        ts *= 1 / np.sqrt(variance[part] + eps)
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
    made_from,
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


def rms_standardize(x: Any, axis: Axis, eps: float = 0.0) -> Any:
    """The numbers divided by the root of their mean square over the axes: x / sqrt(mean(x^2) + eps).

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.rms_standardize(np.array([3.0, 4.0]), axis=0) * 12.5**0.5
    array([3., 4.])
    """
    x, axis = prepared(x, axis)
    return standardized(x, axis=axis, eps=float(eps), centred=False)[0]


def scale_shift(x: Any, scale: Any, shift: Any) -> Any:
    """x scale + shift, elementwise, in one node.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.scale_shift(np.array([1.0, 2.0]), 10.0, 0.5)
    array([10.5, 20.5])
    """
    return scaled_and_shifted.call(x, scale, shift)
