"""Batch norm, fused: each channel normalised over the batch, scaled and shifted in one node."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..families import primitive
from ..families.fused import FLOATS
from ..recording import Value
from ..samples import Sample, sample
from .channel_kernels import standard_channels, standard_channels_back
from .contractions import normal, shape_of
from .normalizing import affine_of
from .standardizing import floats, standardized


def by_place(x: Any) -> Any:
    """An array (N, C, ...) as (N, C, S)."""
    return x.reshape(*x.shape[:2], prod(x.shape[2:]))


def batch_normalized_forward(x: Any, *affine: Any, eps: float) -> Any:
    """y, variances and means; all inputs of one dtype."""
    check_channels(x.shape, [w.shape for w in affine])
    y, variance, mean = standard_channels(by_place(floats(x)), eps, *map(floats, affine))
    return (y.reshape(x.shape).astype(x.dtype, copy=False), variance, mean), (variance, mean)


def batch_normalized_back(parts: Any, xs: Any, r: Any, eps: float) -> list[Any]:
    (x, *affine), (variance, mean) = map(floats, xs), r
    g = floats(parts[0]) if 0 in parts else np.zeros_like(x)
    y, *sums = standard_channels_back(by_place(g), by_place(x), variance, mean, eps, *affine[:1])
    y, n = y.reshape(x.shape), x.size // max(1, len(mean))
    if 1 in parts:
        y += along_channels(2 * parts[1] / n, x) * (x - along_channels(mean, x))
    if 2 in parts:
        y += along_channels(parts[2] / n, x)
    return [y, *sums[: len(affine)]]


def batch_normalized_definition(x: Any, *affine: Any, eps: float) -> Any:
    check_channels(x.shape, [shape_of(w) for w in affine])
    y, variance, mean = standardized(x, axis=(0, *range(2, x.ndim)), eps=eps, centred=True)
    y = affine_of(y, *[along_channels(w, x) for w in affine])
    return y, np.reshape(variance, (x.shape[1],)), np.reshape(mean, (x.shape[1],))


def along_channels(w: Any, x: Any) -> Any:
    """One number a channel, shaped to fit x."""
    return w if x.ndim == 2 else np.reshape(w, (-1, *[1] * (x.ndim - 2)))


def check_channels(x: tuple[int, ...], affine: list[tuple[int, ...]]) -> None:
    """Raise ShapeError unless there are channels, and weight and bias have one number for each."""
    if len(x) < 2 or any(w != x[1:2] for w in affine):
        given = " and ".join(map(str, affine))
        raise ShapeError(
            "batch_norm takes x (N, C, ...) with weight and bias (C), and was given "
            + (f"{x} with {given}" if given else f"{x}")
        )


def cases_of_batch_norm() -> list[Sample]:
    """Matrices, sequences and images, with and without weight and bias, more than a block, and shapes that do not fit."""
    weight, bias = 1 + normal(3) / 2, normal(3)[::-1]
    single = np.float32
    return [
        sample(normal(5, 3), weight, bias, eps=1e-5),
        sample(normal(4, 3, 2)[::-1], weight, eps=0.1),
        sample(normal(2, 3, 2, 2) + 5, eps=0.1),
        sample(normal(4, 3, 1, 2).transpose(3, 1, 0, 2), weight, bias, eps=0.1),
        sample(normal(5, 3, dtype=single), weight.astype(single), bias.astype(single), eps=1e-5),
        sample(normal(6, 2, 99, 99, dtype=single), np.ones(2, single), np.zeros(2, single), eps=1e-5),
        sample(normal(5, 3), normal(2), eps=0.1, raises=ShapeError, match=r"given \(5, 3\) with \(2,\)"),
        sample(normal(5), eps=0.1, raises=ShapeError, match=r"takes x \(N, C, ...\) .* given \(5,\)"),
    ]


batch_normalized = primitive(
    batch_normalized_forward,
    batch_normalized_back,
    outputs=3,
    residual=True,
    definition=batch_normalized_definition,
    samples=cases_of_batch_norm,
    name="batch_norm",
    text=("({b} × {g} less mean and trend) / std", "Σ {g} × normalized {a}", "Σ {g}"),
    reference="(x - mean) / sqrt(variance + eps) weight + bias",
)


def batch_norm(x: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> tuple[Any, Any, Any]:
    """(x - mean) / sqrt(variance + eps) weight + bias, with mean and variance of each channel over all else; and these.

    x: (N, C, ...)   weight, bias: (C) or None   returns y of the shape of x, mean and variance (C)

    Ioffe and Szegedy 2015. Raises ShapeError for a weight or bias of another shape, DTypeError for complex numbers.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.batch_norm(np.array([[1.0, -4.0], [3.0, 4.0]]), eps=0)
    (array([[-1., -1.],
           [ 1.,  1.]]), array([2., 0.]), array([ 1., 16.]))
    """
    x = x if isinstance(x, Value) else np.asarray(x)
    if bias is not None and weight is None:
        weight = np.ones(shape_of(bias), bias.dtype)
    affine = [w for w in (weight, bias) if w is not None]
    alike = x.dtype in FLOATS and all(w.dtype == x.dtype for w in affine)
    y, variance, mean = (batch_normalized if alike else batch_normalized_definition)(x, *affine, eps=float(eps))
    return y, mean, variance
