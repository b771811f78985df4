"""Sums weighed by a window that slides over the input, and their transposes."""

from __future__ import annotations

from typing import Any

from autograd_core import ops
from autograd_core.errors import ShapeError

from ..settings import numeric
from ..windows import SPATIAL

__all__ = ["conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]


def weight_of(weight: Any, name: str, axes: int, channels: str) -> Any:
    """The weight, which says the number of spatial axes; raises ShapeError for another than the name says."""
    weight = numeric(weight, name)
    if weight.ndim != axes + 2:
        raise ShapeError(
            f"{name} takes a weight of shape ({channels}, {SPATIAL[axes].lower()}), and was given {tuple(weight.shape)}"
        )
    return weight


def conv1d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """Sums of input channels, each weighed by a window that slides along the sequence; see `nn.Conv1d`.

    input: (N, C, L) or (C, L)   weight: (C', C / groups, l)   bias: (C',)   returns (N, C', L') or (C', L')

    >>> import nn, numpy as np
    >>> nn.functional.conv1d(np.array([[1.0, 2.0, 4.0]]), np.array([[[-1.0, 1.0]]]))
    array([[1., 2.]])
    """
    weight = weight_of(weight, "conv1d", 1, "C', C / groups")
    return ops.conv(input, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups)


def conv2d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """Sums of input channels, each weighed by a window that slides over the image; see `nn.Conv2d`.

    input: (N, C, H, W) or (C, H, W)   weight: (C', C / groups, h, w)   bias: (C',)   returns (N, C', H', W') or (C', H', W')

    >>> import nn, numpy as np
    >>> nn.functional.conv2d(np.ones((1, 1, 2, 3)), np.ones((1, 1, 2, 2)))
    array([[[[4., 4.]]]])
    """
    weight = weight_of(weight, "conv2d", 2, "C', C / groups")
    return ops.conv(input, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups)


def conv3d(
    input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Any:
    """Sums of input channels, each weighed by a window that slides through the volume; see `nn.Conv3d`.

    input: (N, C, D, H, W) or (C, D, H, W)   weight: (C', C / groups, d, h, w)   bias: (C',)
    returns (N, C', D', H', W') or (C', D', H', W')

    >>> import nn, numpy as np
    >>> nn.functional.conv3d(np.ones((1, 2, 2, 3)), np.ones((1, 1, 2, 2, 2)))
    array([[[[8., 8.]]]])
    """
    weight = weight_of(weight, "conv3d", 3, "C', C / groups")
    return ops.conv(input, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups)


def conv_transpose1d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Any:
    """Each element spreads a window of weights over a longer sequence; see `nn.ConvTranspose1d`.

    input: (N, C, L) or (C, L)   weight: (C, C' / groups, l)   bias: (C',)   returns (N, C', L') or (C', L')

    >>> import nn, numpy as np
    >>> nn.functional.conv_transpose1d(np.array([[1.0, 2.0]]), np.array([[[1.0, 10.0]]]), stride=2)
    array([[ 1., 10.,  2., 20.]])
    """
    weight = weight_of(weight, "conv_transpose1d", 1, "C, C' / groups")
    geometry = {"stride": stride, "padding": padding, "output_padding": output_padding, "dilation": dilation}
    return ops.conv_transpose(input, weight, bias, groups=groups, **geometry)


def conv_transpose2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Any:
    """Each pixel spreads a window of weights over a larger image; see `nn.ConvTranspose2d`.

    input: (N, C, H, W) or (C, H, W)   weight: (C, C' / groups, h, w)   bias: (C',)   returns (N, C', H', W') or (C', H', W')

    >>> import nn, numpy as np
    >>> nn.functional.conv_transpose2d(np.array([[[1.0, 2.0]]]), np.ones((1, 1, 2, 2)))
    array([[[1., 3., 2.],
            [1., 3., 2.]]])
    """
    weight = weight_of(weight, "conv_transpose2d", 2, "C, C' / groups")
    geometry = {"stride": stride, "padding": padding, "output_padding": output_padding, "dilation": dilation}
    return ops.conv_transpose(input, weight, bias, groups=groups, **geometry)


def conv_transpose3d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Any:
    """Each element spreads a window of weights over a larger volume; see `nn.ConvTranspose3d`.

    input: (N, C, D, H, W) or (C, D, H, W)   weight: (C, C' / groups, d, h, w)   bias: (C',)
    returns (N, C', D', H', W') or (C', D', H', W')

    >>> import nn, numpy as np
    >>> nn.functional.conv_transpose3d(np.array([[[[1.0, 2.0]]]]), np.ones((1, 1, 1, 1, 2)))
    array([[[[1., 3., 2.]]]])
    """
    weight = weight_of(weight, "conv_transpose3d", 3, "C, C' / groups")
    geometry = {"stride": stride, "padding": padding, "output_padding": output_padding, "dilation": dilation}
    return ops.conv_transpose(input, weight, bias, groups=groups, **geometry)
