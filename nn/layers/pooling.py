"""Pooling over images: arrays of (images, channels, height, width)."""

from __future__ import annotations

from typing import Any

from .. import functional as F
from ..errors import SettingError
from ..module import Module
from ..settings import per_axis, whole

__all__ = ["AvgPool2d", "MaxPool2d"]


def check_pooling(layer: Any) -> None:
    """Raise SettingError, or KindError, for a window that could not be laid over any image."""
    name = type(layer).__name__
    kernel = per_axis(layer.kernel_size, f"{name}: kernel_size", 2, 1)
    per_axis(layer.stride, f"{name}: stride", 2, 1)
    if any(2 * p > k for p, k in zip(per_axis(layer.padding, f"{name}: padding", 2), kernel, strict=True)):
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
        per_axis(dilation, "MaxPool2d: dilation", 2, 1)

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
