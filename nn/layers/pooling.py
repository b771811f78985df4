"""Pooling over sequences, images and volumes: arrays of (examples, channels, spatial axes)."""

from __future__ import annotations

from typing import Any, ClassVar

from .. import functional as F
from ..errors import SettingError
from ..module import Module
from ..settings import number, per_axis, whole

__all__ = [
    "AvgPool1d", "AvgPool2d", "AvgPool3d", "LPPool1d", "LPPool2d", "LPPool3d", "MaxPool1d", "MaxPool2d", "MaxPool3d",
]  # fmt: skip


def check_pooling(layer: Any, axes: int) -> None:
    """Raise SettingError, or KindError, for a window that could not be laid over anything."""
    name = type(layer).__name__
    kernel = per_axis(layer.kernel_size, f"{name}: kernel_size", axes, 1)
    per_axis(layer.stride, f"{name}: stride", axes, 1)
    if any(2 * p > k for p, k in zip(per_axis(layer.padding, f"{name}: padding", axes), kernel, strict=True)):
        raise SettingError(f"{name}: padding is {layer.padding}: give at most half of the kernel_size, {kernel}")


class MaxPool(Module):
    """What max-pooling over one, two and three axes shares."""

    axes: ClassVar[int]

    def __init__(
        self,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] | None = None,
        padding: int | tuple[int, ...] = 0,
        dilation: int | tuple[int, ...] = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode
        check_pooling(self, self.axes)
        per_axis(dilation, f"{type(self).__name__}: dilation", self.axes, 1)

    def forward(self, x: Any) -> Any:
        geometry = self.kernel_size, self.stride, self.padding, self.dilation
        return F.pooling.max_pool(self.axes, x, *geometry, self.ceil_mode, self.return_indices)

    def extra_repr(self) -> str:
        words = f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"
        return f"{words}, dilation={self.dilation}, ceil_mode={self.ceil_mode}"


class AvgPool(Module):
    """What average pooling over one, two and three axes shares."""

    axes: ClassVar[int]

    def __init__(
        self,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] | None = None,
        padding: int | tuple[int, ...] = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding, self.ceil_mode = padding, ceil_mode
        self.count_include_pad, self.divisor_override = count_include_pad, divisor_override
        check_pooling(self, self.axes)
        if divisor_override is not None:
            whole(divisor_override, f"{type(self).__name__}: divisor_override", 1)

    def forward(self, x: Any) -> Any:
        geometry = self.kernel_size, self.stride, self.padding
        return F.pooling.avg_pool(
            self.axes, x, *geometry, self.ceil_mode, self.count_include_pad, self.divisor_override
        )

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class LPPool(Module):
    """What power-average pooling over one, two and three axes shares."""

    axes: ClassVar[int]
    padding = 0

    def __init__(
        self,
        norm_type: float,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] | None = None,
        ceil_mode: bool = False,
    ) -> None:
        self.norm_type = number(norm_type, f"{type(self).__name__}: norm_type")
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.ceil_mode = ceil_mode
        check_pooling(self, self.axes)

    def forward(self, x: Any) -> Any:
        return F.pooling.lp_pool(self.axes, x, self.norm_type, self.kernel_size, self.stride, self.ceil_mode)

    def extra_repr(self) -> str:
        words = f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}"
        return f"{words}, ceil_mode={self.ceil_mode}"


class MaxPool1d(MaxPool):
    """The largest element of each window of a sequence, channel by channel.

    x: (N, C, L) or (C, L)   returns (N, C, L'); with return_indices a pair, of values and of their places

        L' = (L + 2 padding - dilation (kernel - 1) - 1) // stride + 1

    kernel_size, padding, dilation   one number; what is padded never wins
    stride           kernel_size by default
    return_indices   also give the places in the flattened sequence, as `MaxUnpool1d` takes them
    ceil_mode        round L' up: a window that begins inside the sequence or its left padding may reach over the end

    >>> import nn, numpy as np
    >>> nn.MaxPool1d(2)(np.arange(4.0).reshape(1, 4))
    array([[1., 3.]])
    """

    axes = 1


class MaxPool2d(MaxPool):
    """The largest element of each window of an image, channel by channel.

    x: (N, C, H, W) or (C, H, W)   returns (N, C, H', W'); with return_indices a pair, of values and of their places

        H' = (H + 2 padding - dilation (kernel - 1) - 1) // stride + 1

    kernel_size, padding, dilation   one number, or a pair (height, width); what is padded never wins
    stride           kernel_size by default
    return_indices   also give the places in the flattened image, as `MaxUnpool2d` takes them
    ceil_mode        round H' up: a window that begins inside the image or its left padding may reach over the end

    >>> import nn, numpy as np
    >>> nn.MaxPool2d(2)(np.arange(16.0).reshape(1, 4, 4))
    array([[[ 5.,  7.],
            [13., 15.]]])
    """

    axes = 2


class MaxPool3d(MaxPool):
    """The largest element of each window of a volume, channel by channel.

    x: (N, C, D, H, W) or (C, D, H, W)   returns (N, C, D', H', W'); with return_indices a pair, of values and of their places

        D' = (D + 2 padding - dilation (kernel - 1) - 1) // stride + 1

    kernel_size, padding, dilation   one number, or three (depth, height, width); what is padded never wins
    stride           kernel_size by default
    return_indices   also give the places in the flattened volume, as `MaxUnpool3d` takes them
    ceil_mode        round D' up: a window that begins inside the volume or its left padding may reach over the end

    >>> import nn, numpy as np
    >>> nn.MaxPool3d(2)(np.arange(8.0).reshape(1, 2, 2, 2))
    array([[[[7.]]]])
    """

    axes = 3


class AvgPool1d(AvgPool):
    """The mean of each window of a sequence, channel by channel.

    x: (N, C, L) or (C, L)   returns (N, C, L')

        L' = (L + 2 padding - kernel) // stride + 1

    kernel_size, padding   one number
    stride                 kernel_size by default
    ceil_mode              round L' up: a window that begins inside the sequence or its left padding may reach over the end
    count_include_pad      count padded zeros as elements of the window
    divisor_override       divide the sums by this number instead

    >>> import nn, numpy as np
    >>> nn.AvgPool1d(2)(np.arange(4.0).reshape(1, 4))
    array([[0.5, 2.5]])
    """

    axes = 1


class AvgPool2d(AvgPool):
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

    axes = 2


class AvgPool3d(AvgPool):
    """The mean of each window of a volume, channel by channel.

    x: (N, C, D, H, W) or (C, D, H, W)   returns (N, C, D', H', W')

        D' = (D + 2 padding - kernel) // stride + 1

    kernel_size, padding   one number, or three (depth, height, width)
    stride                 kernel_size by default
    ceil_mode              round D' up: a window that begins inside the volume or its left padding may reach over the end
    count_include_pad      count padded zeros as elements of the window
    divisor_override       divide the sums by this number instead

    >>> import nn, numpy as np
    >>> nn.AvgPool3d(2)(np.arange(8.0).reshape(1, 2, 2, 2))
    array([[[[3.5]]]])
    """

    axes = 3


class LPPool1d(LPPool):
    """The norm of each window of a sequence, channel by channel: (sum of x**norm_type)**(1 / norm_type).

    x: (N, C, L) or (C, L)   returns (N, C, L')
    norm_type    2 for lengths; 1 gives sums. The sum must not be negative, and where it is 0 the slope is infinite
    kernel_size, stride, ceil_mode   as in `AvgPool1d`

    >>> import nn, numpy as np
    >>> nn.LPPool1d(2, 2)(np.array([[3.0, 4.0]]))
    array([[5.]])
    """

    axes = 1


class LPPool2d(LPPool):
    """The norm of each window of an image, channel by channel: (sum of x**norm_type)**(1 / norm_type).

    x: (N, C, H, W) or (C, H, W)   returns (N, C, H', W')
    norm_type    2 for lengths; 1 gives sums. The sum must not be negative, and where it is 0 the slope is infinite
    kernel_size, stride, ceil_mode   as in `AvgPool2d`

    >>> import nn, numpy as np
    >>> nn.LPPool2d(2, (1, 2))(np.array([[[3.0, 4.0]]]))
    array([[[5.]]])
    """

    axes = 2


class LPPool3d(LPPool):
    """The norm of each window of a volume, channel by channel: (sum of x**norm_type)**(1 / norm_type).

    x: (N, C, D, H, W) or (C, D, H, W)   returns (N, C, D', H', W')
    norm_type    2 for lengths; 1 gives sums. The sum must not be negative, and where it is 0 the slope is infinite
    kernel_size, stride, ceil_mode   as in `AvgPool3d`

    >>> import nn, numpy as np
    >>> nn.LPPool3d(2, (1, 1, 2))(np.array([[[[3.0, 4.0]]]]))
    array([[[[5.]]]])
    """

    axes = 3
