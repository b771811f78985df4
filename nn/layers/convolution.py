"""Convolution over images: arrays of (images, channels, height, width)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import functional as F
from ..errors import SettingError
from ..module import Module
from ..parameter import Parameter
from ..settings import per_axis, whole
from ..windows import padding_for
from .inputs import expect, fitted
from .linear import start_uniform

__all__ = ["Conv2d"]


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
        self.kernel_size = per_axis(kernel_size, "Conv2d: kernel_size", 2, 1)
        self.stride, self.dilation = (
            per_axis(stride, "Conv2d: stride", 2, 1),
            per_axis(dilation, "Conv2d: dilation", 2, 1),
        )
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
