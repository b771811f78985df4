"""Pooling to a given size, to random windows, and back."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from autograd_core import ops
from autograd_core.errors import ShapeError

from ..errors import SettingError
from ..random import stream
from ..settings import integers, numeric, per_axis, whole, within
from ..windows import SPATIAL
from .losses import numbers_of
from .maxima import greatest
from .resampling import interpolate

__all__ = [
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d", "adaptive_max_pool2d",
    "adaptive_max_pool3d", "fractional_max_pool2d", "fractional_max_pool3d", "max_unpool1d", "max_unpool2d", "max_unpool3d",
]  # fmt: skip


def sized(input: Any, output_size: Any, axes: int, asked: str) -> tuple[Any, list[int]]:
    """The input, and the size to bring its last axes to; None for the size that an axis has."""
    x = numeric(input, asked)
    if x.ndim not in (axes + 1, axes + 2):
        raise ShapeError(
            f"{asked} takes (N, C, {SPATIAL[axes]}) or (C, {SPATIAL[axes]}), and was given {tuple(x.shape)}"
        )
    given = output_size if isinstance(output_size, (tuple, list)) else [output_size] * axes
    if len(given) != axes:
        raise SettingError(f"{asked}: output_size is {output_size!r}: give one number, or {axes}")
    pairs = zip(given, x.shape[-axes:], strict=True)
    return x, [n if size is None else whole(size, f"{asked}: output_size", 1) for size, n in pairs]


def adaptive_avg_pool(axes: int, input: Any, output_size: Any) -> Any:
    x, size = sized(input, output_size, axes, f"adaptive_avg_pool{axes}d")
    old = x.shape[-axes:]
    if not any(n % m for n, m in zip(old, size, strict=True)):
        return ops.avg_pool(x, tuple([n // m for n, m in zip(old, size, strict=True)]))
    batch = x if x.ndim == axes + 2 else x[None]
    pooled = interpolate(batch, size=tuple(size), mode="area")
    return pooled if batch is x else pooled[0]


def adaptive_max_pool(axes: int, input: Any, output_size: Any, return_indices: bool) -> Any:
    x, size = sized(input, output_size, axes, f"adaptive_max_pool{axes}d")
    old = x.shape[-axes:]
    if not return_indices and not any(n % m for n, m in zip(old, size, strict=True)):
        return ops.max_pool(x, tuple([n // m for n, m in zip(old, size, strict=True)]))
    windows = []
    for n, m in zip(old, size, strict=True):
        first, stop = np.arange(m) * n // m, -(-np.arange(1, m + 1) * n // m)
        places = first[:, None] + np.arange((stop - first).max())
        windows.append(np.where(places < stop[:, None], places, -1))
    found = greatest(x, windows)
    return found if return_indices else found[0]


def fractional_max_pool(
    axes: int,
    input: Any,
    kernel_size: Any,
    output_size: Any,
    output_ratio: Any,
    return_indices: bool,
    samples: Any,
    generator: Any,
) -> Any:
    asked = f"fractional_max_pool{axes}d"
    if (output_size is None) == (output_ratio is None):
        raise SettingError(
            f"{asked}: output_size is {output_size}, output_ratio is {output_ratio}: give one of the two"
        )
    if output_ratio is not None:
        ratios = output_ratio if isinstance(output_ratio, (tuple, list)) else (output_ratio,) * axes
        sizes = numeric(input, asked).shape[-axes:]
        pairs = zip(sizes, ratios, strict=True)
        output_size = tuple([int(n * within(r, f"{asked}: output_ratio", 0, 1)) for n, r in pairs])
    x, size = sized(input, output_size, axes, asked)
    kernel = per_axis(kernel_size, f"{asked}: kernel_size", axes, 1)
    batch = x if x.ndim == axes + 2 else x[None]
    if samples is None:
        samples = stream(generator).random((*batch.shape[:2], axes))
    samples = np.asarray(numbers_of(samples))
    windows = []
    for i, (n, m, k) in enumerate(zip(batch.shape[2:], size, kernel, strict=True)):
        if m + k - 1 > n:
            raise ShapeError(f"{asked}: {m} windows of {k} do not fit into {n} elements: give fewer or smaller ones")
        # PyTorch's samples name the last axis of an image first, but the axes of a volume in their order
        u = samples[..., axes - 1 - i if axes == 2 else i, None]
        alpha = (n - k) / (m - 1) if m > 1 else 0.0
        first = ((np.arange(m) + u) * alpha).astype(int) - (u * alpha).astype(int)
        first[..., -1] = n - k
        windows.append(first[..., None] + np.arange(k))
    values, places = greatest(batch, windows)
    if batch is not x:
        values, places = values[0], places[0]
    return (values, places) if return_indices else values


def max_unpool(
    axes: int, input: Any, indices: Any, kernel_size: Any, stride: Any, padding: Any, output_size: Any
) -> Any:
    asked = f"max_unpool{axes}d"
    x, indices = numeric(input, asked), integers(indices, f"{asked}: indices")
    if indices.shape != x.shape or x.ndim not in (axes + 1, axes + 2):
        raise ShapeError(
            f"{asked} takes values and indices of one shape, (N, C, {SPATIAL[axes]}) or (C, {SPATIAL[axes]}), and was given "
            f"{tuple(x.shape)} and {indices.shape}"
        )
    kernel = per_axis(kernel_size, f"{asked}: kernel_size", axes, 1)
    strides = kernel if stride is None else per_axis(stride, f"{asked}: stride", axes, 1)
    around = per_axis(padding, f"{asked}: padding", axes)
    geometry = zip(x.shape[-axes:], kernel, strides, around, strict=True)
    size = [(n - 1) * s - 2 * p + k for n, k, s, p in geometry]
    if output_size is not None:
        given = list(output_size)[-axes:]
        if len(given) != axes or any(abs(a - b) >= s for a, b, s in zip(given, size, strides, strict=True)):
            raise SettingError(
                f"{asked}: output_size is {tuple(output_size)}: give the size that was pooled, within a stride of {tuple(size)}"
            )
        size = given
    total = prod(size)
    if indices.size and not (indices.min() >= 0 and indices.max() < total):
        raise SettingError(f"{asked}: an index is outside of the {total} elements of {tuple(size)}: give output_size")
    rows = np.reshape(x, (*x.shape[:-axes], prod(x.shape[-axes:])))
    source = np.full((*rows.shape[:-1], total), -1)
    np.put_along_axis(source, indices.reshape(rows.shape), np.arange(rows.shape[-1]), axis=-1)
    spread = np.where(source >= 0, np.take_along_axis(rows, np.maximum(source, 0), axis=-1), 0)
    return np.reshape(spread, (*x.shape[:-axes], *size))


def adaptive_avg_pool1d(input: Any, output_size: Any) -> Any:
    """The means of windows that are laid so as to give a certain size; see `nn.AdaptiveAvgPool1d`.

    input: (N, C, L) or (C, L)

    >>> import nn, numpy as np
    >>> nn.functional.adaptive_avg_pool1d(np.array([[1.0, 2.0, 5.0]]), 2)
    array([[1.5, 3.5]])
    """
    return adaptive_avg_pool(1, input, output_size)


def adaptive_avg_pool2d(input: Any, output_size: Any) -> Any:
    """The means of windows that are laid so as to give a certain size; see `nn.AdaptiveAvgPool2d`.

    input: (N, C, H, W) or (C, H, W)

    >>> import nn, numpy as np
    >>> nn.functional.adaptive_avg_pool2d(np.array([[[1.0, 2.0, 5.0]]]), (1, 2))
    array([[[1.5, 3.5]]])
    """
    return adaptive_avg_pool(2, input, output_size)


def adaptive_avg_pool3d(input: Any, output_size: Any) -> Any:
    """The means of windows that are laid so as to give a certain size; see `nn.AdaptiveAvgPool3d`.

    input: (N, C, D, H, W) or (C, D, H, W)

    >>> import nn, numpy as np
    >>> nn.functional.adaptive_avg_pool3d(np.array([[[[1.0, 2.0, 5.0]]]]), (1, 1, 2))
    array([[[[1.5, 3.5]]]])
    """
    return adaptive_avg_pool(3, input, output_size)


def adaptive_max_pool1d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The maxima of windows that are laid so as to give a certain size; see `nn.AdaptiveMaxPool1d`.

    input: (N, C, L) or (C, L)   with return_indices a pair, of values and of their places in the flattened axes

    >>> import nn, numpy as np
    >>> nn.functional.adaptive_max_pool1d(np.array([[1.0, 2.0, 5.0]]), 2)
    array([[2., 5.]])
    """
    return adaptive_max_pool(1, input, output_size, return_indices)


def adaptive_max_pool2d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The maxima of windows that are laid so as to give a certain size; see `nn.AdaptiveMaxPool2d`.

    input: (N, C, H, W) or (C, H, W)   with return_indices a pair, of values and of their places in the flattened axes

    >>> import nn, numpy as np
    >>> nn.functional.adaptive_max_pool2d(np.array([[[1.0, 2.0, 5.0]]]), (1, 2))
    array([[[2., 5.]]])
    """
    return adaptive_max_pool(2, input, output_size, return_indices)


def adaptive_max_pool3d(input: Any, output_size: Any, return_indices: bool = False) -> Any:
    """The maxima of windows that are laid so as to give a certain size; see `nn.AdaptiveMaxPool3d`.

    input: (N, C, D, H, W) or (C, D, H, W)   with return_indices a pair, of values and of their places in the flattened axes

    >>> import nn, numpy as np
    >>> nn.functional.adaptive_max_pool3d(np.array([[[[1.0, 2.0, 5.0]]]]), (1, 1, 2))
    array([[[[2., 5.]]]])
    """
    return adaptive_max_pool(3, input, output_size, return_indices)


def fractional_max_pool2d(
    input: Any,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Any = None,
    generator: Any = None,
) -> Any:
    """The maxima of windows at random distances; see `nn.FractionalMaxPool2d`.

    _random_samples   (N, C, 2), in 0 ... 1, as PyTorch takes them; else drawn from the generator

    >>> import nn, numpy as np
    >>> nn.functional.fractional_max_pool2d(np.ones((1, 5, 5)), 2, output_size=3).shape
    (1, 3, 3)
    """
    return fractional_max_pool(
        2, input, kernel_size, output_size, output_ratio, return_indices, _random_samples, generator
    )


def fractional_max_pool3d(
    input: Any,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Any = None,
    generator: Any = None,
) -> Any:
    """The maxima of windows at random distances; see `nn.FractionalMaxPool3d`.

    _random_samples   (N, C, 3), in 0 ... 1, as PyTorch takes them; else drawn from the generator

    >>> import nn, numpy as np
    >>> nn.functional.fractional_max_pool3d(np.ones((1, 5, 5, 5)), 2, output_size=3).shape
    (1, 3, 3, 3)
    """
    return fractional_max_pool(
        3, input, kernel_size, output_size, output_ratio, return_indices, _random_samples, generator
    )


def max_unpool1d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Any:
    """Maxima put back to where they were, and 0 elsewhere; see `nn.MaxUnpool1d`.

    >>> import nn, numpy as np
    >>> maxima, places = nn.functional.max_pool1d(np.array([[1.0, 2.0, 5.0, 4.0]]), 2, return_indices=True)
    >>> nn.functional.max_unpool1d(maxima, places, 2)
    array([[0., 2., 5., 0.]])
    """
    return max_unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Any:
    """Maxima put back to where they were, and 0 elsewhere; see `nn.MaxUnpool2d`.

    >>> import nn, numpy as np
    >>> maxima, places = nn.functional.max_pool2d(np.array([[[1.0, 2.0, 5.0, 4.0]]]), (1, 2), return_indices=True)
    >>> nn.functional.max_unpool2d(maxima, places, (1, 2))
    array([[[0., 2., 5., 0.]]])
    """
    return max_unpool(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Any:
    """Maxima put back to where they were, and 0 elsewhere; see `nn.MaxUnpool3d`.

    >>> import nn, numpy as np
    >>> maxima, places = nn.functional.max_pool3d(np.array([[[[1.0, 2.0, 5.0, 4.0]]]]), (1, 1, 2), return_indices=True)
    >>> nn.functional.max_unpool3d(maxima, places, (1, 1, 2))
    array([[[[0., 2., 5., 0.]]]])
    """
    return max_unpool(3, input, indices, kernel_size, stride, padding, output_size)
