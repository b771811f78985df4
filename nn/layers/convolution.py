"""Convolution and pooling over images: arrays of (images, channels, height, width)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import functional as F
from ..errors import SettingError
from ..module import Module
from ..parameter import Parameter
from ..settings import pair, whole
from ..windows import padding_for
from .inputs import expect, fitted
from .linear import start_uniform


class Conv2d(Module):
    """Each output channel is a sum of input channels, each weighed by a window that slides over the image.

    x: (N, in_channels, H, W) or (in_channels, H, W)   weight: (out_channels, in_channels / groups, *kernel_size)
    bias: (out_channels,)   returns (N, out_channels, H', W')

        H' = (H + 2 padding - dilation (kernel - 1) - 1) // stride + 1

    kernel_size, stride, padding, dilation   one number, or a pair (height, width)
    padding   zeros around the image; "valid" for none, "same" for H' = H (stride 1 only)
    groups    channels are split into that many groups, each convolved by itself

    Both parameters start uniform in +-1 / sqrt(in_channels / groups * height * width of the kernel).
    Raises ShapeError for another number of channels, DTypeError for a Tensor of another dtype than the parameters',
    SettingError for sizes and groups that have no meaning.

    >>> import nn, numpy as np
    >>> nn.Conv2d(1, 4, kernel_size=3, padding="same")(np.ones((2, 1, 8, 8))).shape
    (2, 4, 8, 8)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] | str = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        bias: bool = True,
        dtype: Any = np.float32,
        generator: Any = None,
    ) -> None:
        self.in_channels = whole(in_channels, "Conv2d: in_channels")
        self.out_channels = whole(out_channels, "Conv2d: out_channels")
        self.groups = whole(groups, "Conv2d: groups", 1)
        if in_channels % groups or out_channels % groups:
            raise SettingError(
                f"Conv2d: {in_channels} input and {out_channels} output channels cannot be split into {groups} groups: "
                "take a number that divides both"
            )
        self.kernel_size = pair(kernel_size, "Conv2d: kernel_size", 1)
        self.stride, self.dilation = pair(stride, "Conv2d: stride", 1), pair(dilation, "Conv2d: dilation", 1)
        self.padding = padding_for(padding, self.stride, "Conv2d: padding")
        inputs = in_channels // groups
        self.weight = Parameter(np.empty((out_channels, inputs, *self.kernel_size), dtype))
        self.bias = Parameter(np.empty(out_channels, dtype)) if bias else None
        start_uniform(self, inputs * math.prod(self.kernel_size), generator)

    def forward(self, x: Any) -> Any:
        x = fitted(x, self.weight, self)
        c = self.in_channels
        expect(
            x.ndim in (3, 4) and x.shape[-3] == c, x, self, f"(N, {c}, H, W) or ({c}, H, W)", channels_last_hint(x, c)
        )
        return F.conv2d(x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)

    def extra_repr(self) -> str:
        words = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        words += [f"padding={self.padding}"] if self.padding != (0, 0) else []
        words += [f"dilation={self.dilation}"] if self.dilation != (1, 1) else []
        words += [f"groups={self.groups}"] if self.groups != 1 else []
        words += ["bias=False"] if self.bias is None else []
        return ", ".join(words)


def channels_last_hint(x: Any, channels: int) -> str:
    """What to do with images whose channels come last, or whose only channel has no axis."""
    if x.ndim == 4 and x.shape[-1] == channels:
        return "move the channels to the front with np.moveaxis(x, -1, 1)"
    return "give the images an axis for their channel, x[:, None]" if x.ndim == 3 and channels == 1 else ""


def check_pooling(layer: Any) -> None:
    """Raise SettingError, or KindError, for a window that could not be laid over any image."""
    name = type(layer).__name__
    kernel = pair(layer.kernel_size, f"{name}: kernel_size", 1)
    pair(layer.stride, f"{name}: stride", 1)
    if any(2 * p > k for p, k in zip(pair(layer.padding, f"{name}: padding"), kernel, strict=True)):
        raise SettingError(f"{name}: padding is {layer.padding}: give at most half of the kernel_size, {kernel}")


class MaxPool2d(Module):
    """The largest element of each window of an image, channel by channel.

    x: (N, C, H, W) or (C, H, W)   returns (N, C, H', W')

        H' = (H + 2 padding - dilation (kernel - 1) - 1) // stride + 1

    kernel_size, padding, dilation   one number, or a pair (height, width); what is padded never wins
    stride      kernel_size by default
    ceil_mode   round H' up: a window that begins inside the image or its left padding may reach over the end

    >>> import nn, numpy as np
    >>> nn.MaxPool2d(2)(np.arange(16.0).reshape(1, 4, 4))
    array([[[ 5.,  7.],
            [13., 15.]]])
    """

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        ceil_mode: bool = False,
    ) -> None:
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding, self.dilation, self.ceil_mode = padding, dilation, ceil_mode
        check_pooling(self)
        pair(dilation, "MaxPool2d: dilation", 1)

    def forward(self, x: Any) -> Any:
        return F.max_pool2d(x, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode)

    def extra_repr(self) -> str:
        words = f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"
        return f"{words}, dilation={self.dilation}, ceil_mode={self.ceil_mode}"


class AvgPool2d(Module):
    """The mean of each window of an image, channel by channel.

    x: (N, C, H, W) or (C, H, W)   returns (N, C, H', W')

        H' = (H + 2 padding - kernel) // stride + 1

    kernel_size, padding   one number, or a pair (height, width)
    stride                 kernel_size by default
    ceil_mode              round H' up: a window that begins inside the image or its left padding may reach over the end
    count_include_pad      count padded zeros as elements of the window
    divisor_override       divide the sums by this number instead

    >>> import nn, numpy as np
    >>> nn.AvgPool2d(2)(np.arange(16.0).reshape(1, 4, 4))
    array([[[ 2.5,  4.5],
            [10.5, 12.5]]])
    """

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        padding: int | tuple[int, int] = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding, self.ceil_mode = padding, ceil_mode
        self.count_include_pad, self.divisor_override = count_include_pad, divisor_override
        check_pooling(self)
        if divisor_override is not None:
            whole(divisor_override, "AvgPool2d: divisor_override", 1)

    def forward(self, x: Any) -> Any:
        return F.avg_pool2d(
            x,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"
