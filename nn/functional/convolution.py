"""Sums weighed by a window that slides over the input."""

from __future__ import annotations

from typing import Any

from autograd_core import ops

__all__ = ["conv2d"]


def conv2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """Sums of input channels, each weighed by a window that slides over the image; see `nn.Conv2d`.

    input: (N, C, H, W)   weight: (C', C / groups, h, w)   bias: (C',)   returns (N, C', H', W')

    >>> import nn, numpy as np
    >>> nn.functional.conv2d(np.ones((1, 1, 2, 3)), np.ones((1, 1, 2, 2)))
    array([[[[4., 4.]]]])
    """
    return ops.conv(input, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups)
