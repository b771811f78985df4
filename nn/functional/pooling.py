"""The largest, the mean or the norm of each window; windows lie at regular distances."""

from __future__ import annotations

from functools import partial
from math import prod
from typing import Any

import numpy as np

from autograd_core import ops

from ..errors import SettingError
from ..settings import numeric, per_axis, whole
from ..windows import overhang
from .maxima import greatest

__all__ = [
    "avg_pool1d", "avg_pool2d", "avg_pool3d", "lp_pool1d", "lp_pool2d", "lp_pool3d", "max_pool1d", "max_pool2d", "max_pool3d",
]  # fmt: skip


def max_pool(
    axes: int,
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Max-pooling over the last axes; with return_indices a pair, of values and of their places in the flattened input."""
    kernel = per_axis(kernel_size, "kernel_size", axes, 1)
    pooled = partial(
        ops.max_pool, kernel=kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode
    )
    if not return_indices:
        return pooled(numeric(input, f"max_pool{axes}d"))
    x = numeric(input, f"max_pool{axes}d")
    numbers = x.numpy() if hasattr(x, "numpy") else x
    counts = pooled(numbers).shape[-axes:]
    strides = kernel if stride is None else per_axis(stride, "stride", axes, 1)
    geometry = counts, strides, per_axis(padding, "padding", axes), per_axis(dilation, "dilation", axes, 1), kernel
    return greatest(x, [
        np.arange(m)[:, None] * s - p + np.arange(k) * d for m, s, p, d, k in zip(*geometry, strict=True)
    ])  # fmt: skip


def avg_pool(
    axes: int,
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """Average pooling over the last axes."""
    kernel = per_axis(kernel_size, "kernel_size", axes, 1)
    input = numeric(input, f"avg_pool{axes}d")
    if not ceil_mode and divisor_override is None:
        return ops.avg_pool(input, kernel, stride, padding=padding, count_include_pad=count_include_pad)
    strides = kernel if stride is None else per_axis(stride, "stride", axes, 1)
    around = per_axis(padding, "padding", axes)
    size = input.shape[-axes:]
    over = [overhang(*axis) if ceil_mode else 0 for axis in zip(size, kernel, strides, around, strict=True)]

    def sums(a: Any) -> Any:
        edges = [(p, p + more) for p, more in zip(around, over, strict=True)]
        return ops.avg_pool(np.pad(a, [*[(0, 0)] * (a.ndim - axes), *edges]), kernel, strides) * prod(kernel)

    if divisor_override is not None:
        return sums(input) / whole(divisor_override, f"avg_pool{axes}d: divisor_override", 1)
    # what reaches over the end counts in no window; the padding counts if asked for
    counted = np.ones((1, *size), input.dtype)
    if not count_include_pad:
        return sums(input) / sums(counted)
    filled = np.pad(counted, [(0, 0), *[(p, p) for p in around]], constant_values=1)
    edges = [(0, 0), *[(0, more) for more in over]]
    return sums(input) / (ops.avg_pool(np.pad(filled, edges), kernel, strides) * prod(kernel))


def lp_pool(
    axes: int, input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False
) -> Any:
    """Power-average pooling over the last axes."""
    kernel = per_axis(kernel_size, "kernel_size", axes, 1)
    if not norm_type:
        raise SettingError(f"lp_pool{axes}d: norm_type is {norm_type}: give another number, such as 2")
    means = avg_pool(axes, numeric(input, f"lp_pool{axes}d") ** norm_type, kernel, stride, 0, ceil_mode)
    return (means * prod(kernel)) ** (1 / norm_type)


def max_pool1d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window; see `nn.MaxPool1d`.

    input: (N, C, L) or (C, L)   with return_indices a pair, of values and of their places in the flattened axes

    >>> import nn, numpy as np
    >>> nn.functional.max_pool1d(np.array([[1.0, 2.0, 5.0, 4.0]]), 2)
    array([[2., 5.]])
    """
    return max_pool(1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window; see `nn.MaxPool2d`.

    input: (N, C, H, W) or (C, H, W)   with return_indices a pair, of values and of their places in the flattened axes

    >>> import nn, numpy as np
    >>> nn.functional.max_pool2d(np.array([[[1.0, 2.0, 5.0, 4.0]]]), (1, 2))
    array([[[2., 5.]]])
    """
    return max_pool(2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window; see `nn.MaxPool3d`.

    input: (N, C, D, H, W) or (C, D, H, W)   with return_indices a pair, of values and of their places in the flattened axes

    >>> import nn, numpy as np
    >>> nn.functional.max_pool3d(np.array([[[[1.0, 2.0, 5.0, 4.0]]]]), (1, 1, 2))
    array([[[[2., 5.]]]])
    """
    return max_pool(3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def avg_pool1d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Any:
    """The mean of each window; see `nn.AvgPool1d`.

    input: (N, C, L) or (C, L)

    >>> import nn, numpy as np
    >>> nn.functional.avg_pool1d(np.array([[1.0, 2.0, 5.0, 4.0]]), 2)
    array([[1.5, 4.5]])
    """
    return avg_pool(1, input, kernel_size, stride, padding, ceil_mode, count_include_pad)


def avg_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """The mean of each window; see `nn.AvgPool2d`.

    input: (N, C, H, W) or (C, H, W)

    >>> import nn, numpy as np
    >>> nn.functional.avg_pool2d(np.array([[[1.0, 2.0, 5.0, 4.0]]]), (1, 2))
    array([[[1.5, 4.5]]])
    """
    return avg_pool(2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def avg_pool3d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """The mean of each window; see `nn.AvgPool3d`.

    input: (N, C, D, H, W) or (C, D, H, W)

    >>> import nn, numpy as np
    >>> nn.functional.avg_pool3d(np.array([[[[1.0, 2.0, 5.0, 4.0]]]]), (1, 1, 2))
    array([[[[1.5, 4.5]]]])
    """
    return avg_pool(3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def lp_pool1d(input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Any:
    """The norm of each window, (sum of x**norm_type)**(1 / norm_type); see `nn.LPPool1d`.

    >>> import nn, numpy as np
    >>> nn.functional.lp_pool1d(np.array([[3.0, 4.0, 0.0, 1.0]]), 2, 2)
    array([[5., 1.]])
    """
    return lp_pool(1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Any:
    """The norm of each window, (sum of x**norm_type)**(1 / norm_type); see `nn.LPPool2d`.

    >>> import nn, numpy as np
    >>> nn.functional.lp_pool2d(np.array([[[3.0, 4.0, 0.0, 1.0]]]), 2, (1, 2))
    array([[[5., 1.]]])
    """
    return lp_pool(2, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(input: Any, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Any:
    """The norm of each window, (sum of x**norm_type)**(1 / norm_type); see `nn.LPPool3d`.

    >>> import nn, numpy as np
    >>> nn.functional.lp_pool3d(np.array([[[[3.0, 4.0, 0.0, 1.0]]]]), 2, (1, 1, 2))
    array([[[[5., 1.]]]])
    """
    return lp_pool(3, input, norm_type, kernel_size, stride, ceil_mode)
