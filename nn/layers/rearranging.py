"""Layers that put elements at other places."""

from __future__ import annotations

from typing import Any

from .. import functional as F
from ..module import Module
from ..settings import per_axis, whole

__all__ = ["ChannelShuffle", "Fold", "PixelShuffle", "PixelUnshuffle", "Unfold"]


class PixelShuffle(Module):
    """An image of more pixels and fewer channels: each r x r channels become the pixels of a square.

    x: (..., C r r, H, W)   returns (..., C, H r, W r), for r the upscale_factor

    Shi et al. 2016, "Real-time single image and video super-resolution using an efficient sub-pixel convolutional neural
    network". Raises ShapeError unless r r divides the channels.

    >>> import nn, numpy as np
    >>> nn.PixelShuffle(2)(np.ones((5, 12, 3, 4))).shape
    (5, 3, 6, 8)
    """

    def __init__(self, upscale_factor: int) -> None:
        self.upscale_factor = whole(upscale_factor, "PixelShuffle: upscale_factor", 1)

    def forward(self, x: Any) -> Any:
        return F.pixel_shuffle(x, self.upscale_factor)

    def extra_repr(self) -> str:
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """An image of fewer pixels and more channels, the reverse of `PixelShuffle`.

    x: (..., C, H r, W r)   returns (..., C r r, H, W), for r the downscale_factor

    Raises ShapeError unless r divides height and width.

    >>> import nn, numpy as np
    >>> nn.PixelUnshuffle(2)(np.ones((5, 3, 6, 8))).shape
    (5, 12, 3, 4)
    """

    def __init__(self, downscale_factor: int) -> None:
        self.downscale_factor = whole(downscale_factor, "PixelUnshuffle: downscale_factor", 1)

    def forward(self, x: Any) -> Any:
        return F.pixel_unshuffle(x, self.downscale_factor)

    def extra_repr(self) -> str:
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Module):
    """Channels in another order: the first of each group, then the second of each, and so on.

    x: (N, C, ...)   returns the same shape

    Zhang et al. 2018, "ShuffleNet". Raises ShapeError unless groups divides the channels.

    >>> import nn, numpy as np
    >>> nn.ChannelShuffle(2)(np.arange(4.0).reshape(1, 4, 1)).ravel()
    array([0., 2., 1., 3.])
    """

    def __init__(self, groups: int) -> None:
        self.groups = whole(groups, "ChannelShuffle: groups", 1)

    def forward(self, x: Any) -> Any:
        return F.channel_shuffle(x, self.groups)

    def extra_repr(self) -> str:
        return f"groups={self.groups}"


class Unfold(Module):
    """The windows of images as columns, ready for a product of matrices.

    x: (N, C, H, W) or (C, H, W)   returns (N, C h w, P) or (C h w, P), for P windows of size (h, w), row by row

    kernel_size, dilation, padding, stride   as in `Conv2d`: one number, or a pair (height, width)

    >>> import nn, numpy as np
    >>> nn.Unfold(kernel_size=3, padding=1)(np.ones((2, 4, 5, 6))).shape
    (2, 36, 30)
    """

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        dilation: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        stride: int | tuple[int, int] = 1,
    ) -> None:
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride
        check_windows(self)

    def forward(self, x: Any) -> Any:
        return F.unfold(x, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        words = f"kernel_size={self.kernel_size}, dilation={self.dilation}"
        return f"{words}, padding={self.padding}, stride={self.stride}"


class Fold(Module):
    """Images to which columns are added up where their windows lie: the transpose of `Unfold`.

    x: (N, C h w, P) or (C h w, P), for P windows of size (h, w)   returns (N, C, *output_size) or (C, *output_size)

    output_size                              one number, or a pair (height, width)
    kernel_size, dilation, padding, stride   as in `Unfold`; what lies in the padding is lost

    >>> import nn, numpy as np
    >>> nn.Fold(output_size=(5, 6), kernel_size=3, padding=1)(np.ones((2, 36, 30))).shape
    (2, 4, 5, 6)
    """

    def __init__(
        self,
        output_size: int | tuple[int, int],
        kernel_size: int | tuple[int, int],
        dilation: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        stride: int | tuple[int, int] = 1,
    ) -> None:
        self.output_size = output_size
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride
        per_axis(output_size, "Fold: output_size", 2, 1)
        check_windows(self)

    def forward(self, x: Any) -> Any:
        return F.fold(x, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        words = f"output_size={self.output_size}, kernel_size={self.kernel_size}, dilation={self.dilation}"
        return f"{words}, padding={self.padding}, stride={self.stride}"


def check_windows(layer: Any) -> None:
    """Raise SettingError, or KindError, for windows that could not be laid over any image."""
    for setting, least in (("kernel_size", 1), ("dilation", 1), ("padding", 0), ("stride", 1)):
        per_axis(getattr(layer, setting), f"{type(layer).__name__}: {setting}", 2, least)
