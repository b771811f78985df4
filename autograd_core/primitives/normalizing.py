"""Layer norm and its kin, fused: last axes normalised, scaled and shifted in one node."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..batches import aligned
from ..constants import ones
from ..errors import ShapeError
from ..families import primitive
from ..families.fused import FLOATS
from ..primitive import Primitive
from ..recording import Settings, Value
from ..samples import Sample, sample
from ..shapes import Shape
from .arithmetic import multiply
from .contractions import normal, shape_of
from .row_kernels import standard_rows, standard_rows_back
from .standardizing import floats, scaled_and_shifted, standardized


def last_axes(x: Any, axes: int) -> Shape:
    return tuple(range(x.ndim - axes, x.ndim))


def normalized_forward(x: Any, *affine: Any, axes: int, eps: float, centred: bool) -> Any:
    """y, and the normalised rows and their variances; all inputs of one dtype."""
    check_fits(x.shape, [w.shape for w in affine], axes)
    lead = x.ndim - axes
    rows = floats(x).reshape(prod(x.shape[:lead]), prod(x.shape[lead:]))
    y, h, _, variance = standard_rows(rows, eps, centred, *[floats(w).reshape(-1) for w in affine])
    return y.reshape(x.shape).astype(x.dtype, copy=False), (h, variance)


def normalized_back(g: Any, xs: Any, r: Any, eps: float, centred: bool) -> list[Any]:
    h, variance = r
    rows, (_, *affine) = floats(g).reshape(h.shape), xs
    x, total = standard_rows_back(rows, h, variance, eps, centred, floats(affine[0]).reshape(-1) if affine else None)
    sums: list[Any] = [total, np.dot(ones(len(rows), rows.dtype), rows)][: len(affine)]
    return [x.reshape(g.shape), *[s.reshape(w.shape) for s, w in zip(sums, affine, strict=True)]]


def normalized_definition(x: Any, *affine: Any, axes: int, eps: float, centred: bool) -> Any:
    check_fits(x.shape, [shape_of(w) for w in affine], axes)
    y, *_ = standardized(x, axis=last_axes(x, axes), eps=eps, centred=centred)
    return affine_of(y, *affine)


def affine_of(y: Any, *affine: Any) -> Any:
    """y weight + bias, as far as there are any."""
    return scaled_and_shifted(y, *affine) if len(affine) > 1 else multiply(y, *affine) if affine else y


def normalized_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    """The examples are more rows; weights of each example's own are products and sums."""
    if not any(batched[1:]):
        return made.call(*xs, **settings)
    x, *affine = xs
    y = made.call(x, **settings)
    return aligned(scaled_and_shifted if len(affine) > 1 else multiply, [y, *affine], batched, {})


def check_fits(x: Shape, affine: Sequence[Shape], axes: int) -> None:
    """Raise ShapeError unless weight and bias have the shape of the axes that are normalised."""
    shape = x[len(x) - axes :]
    if not 0 < axes <= len(x) or any(w != shape for w in affine):
        given = " and ".join(map(str, affine))
        raise ShapeError(
            f"a norm over the last {axes} axes of x {x} takes weight and bias of shape {shape}"
            + (f", and was given {given}" if given else "")
        )


def cases_of_normalize() -> list[Sample]:
    """With and without weight and bias, over one axis and two, more rows than a block, and shapes that do not fit."""
    weight, bias = 1 + normal(3) / 2, normal(3)[::-1]
    single = [a.astype(np.float32) for a in (normal(4, 3), weight, bias)]
    plain: dict[str, Any] = {"axes": 1, "eps": 1e-5, "centred": True}
    return [
        sample(normal(4, 3), weight, bias, **plain),
        sample(normal(2, 4, 3), weight, axes=1, eps=0.1, centred=False),
        sample(normal(4, 3)[::-1], axes=1, eps=0.1, centred=False),
        sample(normal(2, 4, 3), normal(4, 3), normal(4, 3), axes=2, eps=0.1, centred=True),
        sample(normal(3), weight, bias, **plain),
        sample(normal(0, 3), weight, bias, **plain),
        sample(*single, **plain),
        sample(normal(700, 129, dtype=np.float32), np.ones(129, np.float32), np.ones(129, np.float32), **plain),
        sample(normal(4, 3), normal(4), raises=ShapeError, match=r"of shape \(3,\), and was given \(4,\)", **plain),
        sample(normal(3), axes=2, eps=0.1, centred=True, raises=ShapeError, match="the last 2 axes"),
    ]


normalized = primitive(
    normalized_forward,
    normalized_back,
    residual=True,
    definition=normalized_definition,
    samples=cases_of_normalize,
    batch=normalized_each,
    real=True,
    name="normalize",
    text=(
        lambda centred, **_: f"({{b}} × {{g}} less {'mean and ' * centred}trend) / " + ("std" if centred else "rms"),
        "Σ {g} × normalized {a}",
        "Σ {g}",
    ),
    reference="(x - mean) / sqrt(variance + eps) weight + bias",
)


def layer_norm(x: Any, weight: Any = None, bias: Any = None, axes: int = 1, eps: float = 1e-5) -> Any:
    """(x - mean) / sqrt(variance + eps) weight + bias, with mean and variance over the last axes.

    x: any shape   weight, bias: the lengths of these axes, or None   returns the shape of x

    Ba, Kiros and Hinton 2016. Raises ShapeError for a weight or bias of another shape, DTypeError for complex numbers.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.layer_norm(np.array([[1.0, 3.0], [-4.0, 4.0]]), eps=0)
    array([[-1.,  1.],
           [-1.,  1.]])
    """
    return norm(x, weight, bias, axes, eps, True)


def rms_norm(x: Any, weight: Any = None, axes: int = 1, eps: float = 0.0) -> Any:
    """x / sqrt(mean(x^2) + eps) weight, with the mean over the last axes; shapes and errors as in `layer_norm`.

    Zhang and Sennrich 2019.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.rms_norm(np.array([3.0, 4.0])) * 12.5**0.5
    array([3., 4.])
    """
    return norm(x, weight, None, axes, eps, False)


def norm(x: Any, weight: Any, bias: Any, axes: int, eps: float, centred: bool) -> Any:
    x = x if isinstance(x, Value) else np.asarray(x)
    if bias is not None and weight is None:
        weight = np.ones(shape_of(bias), bias.dtype)
    affine = [w for w in (weight, bias) if w is not None]
    alike = x.dtype in FLOATS and all(w.dtype == x.dtype for w in affine)
    return (normalized if alike else normalized_definition)(x, *affine, axes=axes, eps=float(eps), centred=centred)
