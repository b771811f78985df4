"""The largest, or the mean, of each window."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_core import ops

from ..settings import numeric, per_axis
from ..windows import overhang

__all__ = ["avg_pool2d", "max_pool2d"]


def max_pool2d(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Any:
    """The largest element of each window; see `nn.MaxPool2d`.

    input: (N, C, H, W) or (C, H, W)   returns (N, C, H', W')

    >>> import nn, numpy as np
    >>> nn.functional.max_pool2d(np.array([[[1.0, 2.0, 5.0, 4.0]]]), (1, 2))
    array([[[2., 5.]]])
    """
    kernel = per_axis(kernel_size, "kernel_size", 2)
    return ops.max_pool(input, kernel, stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode)


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

    input: (N, C, H, W) or (C, H, W)   returns (N, C, H', W')

    >>> import nn, numpy as np
    >>> nn.functional.avg_pool2d(np.array([[[1.0, 2.0, 5.0, 4.0]]]), (1, 2))
    array([[[1.5, 4.5]]])
    """
    kernel = per_axis(kernel_size, "kernel_size", 2)
    if not ceil_mode and divisor_override is None:
        return ops.avg_pool(input, kernel, stride, padding=padding, count_include_pad=count_include_pad)
    input = numeric(input, "avg_pool2d")
    strides, around = kernel if stride is None else per_axis(stride, "stride", 2), per_axis(padding, "padding", 2)
    size = np.shape(input)[-2:]
    over = [overhang(*axis) if ceil_mode else 0 for axis in zip(size, kernel, strides, around, strict=True)]

    def sums(a: Any) -> Any:
        edges = [(p, p + more) for p, more in zip(around, over, strict=True)]
        return ops.avg_pool(np.pad(a, [*[(0, 0)] * (a.ndim - 2), *edges]), kernel, strides) * math.prod(kernel)

    if divisor_override is not None:
        return sums(input) / divisor_override
    # what reaches over the end counts in no window; the padding counts if asked for
    counted = np.ones((1, *size), input.dtype)
    if not count_include_pad:
        return sums(input) / sums(counted)
    whole = np.pad(counted, [(0, 0), *[(p, p) for p in around]], constant_values=1)
    edges = [(0, 0), *[(0, more) for more in over]]
    return sums(input) / (ops.avg_pool(np.pad(whole, edges), kernel, strides) * math.prod(kernel))
