"""Convolution over one, two or three spatial axes: arrays of (N, C, L), (N, C, H, W) and (N, C, D, H, W)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_core import ops

from .. import functional as F
from ..errors import SettingError
from ..module import Module
from ..parameter import Parameter
from ..settings import one_of, per_axis, whole
from ..windows import PADDING_MODES, SPATIAL, borders, padding_for
from .inputs import expect, fitted
from .linear import start_uniform

__all__ = ["Conv1d", "Conv2d", "Conv3d"]


class Windowed(Module):
    """What convolutions and their transposes share: settings, parameters, the check of inputs. Abstract."""

    axes: int
    transposed = False
    output_padding: tuple[int, ...] = ()

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...],
        padding: int | tuple[int, ...] | str,
        dilation: int | tuple[int, ...],
        groups: int,
        bias: bool,
        padding_mode: str,
        dtype: Any,
        generator: Any,
    ) -> None:
        name, axes = type(self).__name__, self.axes
        self.in_channels = whole(in_channels, f"{name}: in_channels")
        self.out_channels = whole(out_channels, f"{name}: out_channels")
        self.groups = whole(groups, f"{name}: groups", 1)
        if in_channels % groups or out_channels % groups:
            raise SettingError(
                f"{name}: {in_channels} input and {out_channels} output channels cannot be split into {groups} groups: "
                "take a number that divides both"
            )
        self.kernel_size = per_axis(kernel_size, f"{name}: kernel_size", axes, 1)
        self.stride = per_axis(stride, f"{name}: stride", axes, 1)
        self.dilation = per_axis(dilation, f"{name}: dilation", axes, 1)
        self.padding = padding_for(padding, self.stride, f"{name}: padding")
        self.padding_mode = one_of(padding_mode, f"{name}: padding_mode", PADDING_MODES)
        first, second = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        self.weight = Parameter(np.empty((first, second // groups, *self.kernel_size), dtype))
        self.bias = Parameter(np.empty(out_channels, dtype)) if bias else None
        start_uniform(self, second // groups * math.prod(self.kernel_size), generator)

    def checked(self, x: Any) -> Any:
        """The input in the dtype of the parameters; raises ShapeError for another number of axes or channels."""
        x, axes, c = fitted(x, self.weight, self), self.axes, self.in_channels
        if not (axes < x.ndim < axes + 3 and x.shape[-axes - 1] == c):
            letters = SPATIAL[axes]
            expect(False, x, self, f"(N, {c}, {letters}) or ({c}, {letters})", channels_hint(x, c, axes))
        return x

    def extra_repr(self) -> str:
        words = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        words += [f"padding={self.padding}"] if self.padding != (0,) * self.axes else []
        words += [f"dilation={self.dilation}"] if self.dilation != (1,) * self.axes else []
        words += [f"output_padding={self.output_padding}"] if any(self.output_padding) else []
        words += [f"groups={self.groups}"] if self.groups != 1 else []
        words += ["bias=False"] if self.bias is None else []
        words += [f"padding_mode={self.padding_mode}"] if self.padding_mode != "zeros" else []
        return ", ".join(words)


class Convolution(Windowed):
    """What convolutions over one, two and three axes share. Abstract."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] = 1,
        padding: int | tuple[int, ...] | str = 0,
        dilation: int | tuple[int, ...] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        dtype: Any = np.float32,
        generator: Any = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, dtype, generator
        )  # fmt: skip

    def forward(self, x: Any) -> Any:
        x, padding = self.checked(x), self.padding
        if self.padding_mode != "zeros":
            x, padding = F.pad(x, borders(padding, self.kernel_size, self.dilation), self.padding_mode), 0
        geometry = {"stride": self.stride, "padding": padding, "dilation": self.dilation}
        return ops.conv(x, self.weight, self.bias, groups=self.groups, **geometry)


class Conv1d(Convolution):
    """Each output channel is a sum of input channels, each weighed by a window that slides along the sequence.

    x: (N, in_channels, L) or (in_channels, L)   weight: (out_channels, in_channels / groups, kernel_size)
    bias: (out_channels,)   returns (N, out_channels, L') or (out_channels, L')

    The settings are those of `Conv2d`.

    >>> import nn, numpy as np
    >>> nn.Conv1d(2, 4, kernel_size=3, stride=2)(np.ones((5, 2, 9))).shape
    (5, 4, 4)
    """

    axes = 1


class Conv2d(Convolution):
    """Each output channel is a sum of input channels, each weighed by a window that slides over the image.

    x: (N, in_channels, H, W) or (in_channels, H, W)   weight: (out_channels, in_channels / groups, *kernel_size)
    bias: (out_channels,)   returns (N, out_channels, H', W') or (out_channels, H', W')

        H' = (H + 2 padding - dilation (kernel - 1) - 1) // stride + 1

    kernel_size, stride, padding, dilation   one number, or a pair (height, width)
    padding        elements around the image; "valid" for none, "same" for H' = H (stride 1 only)
    padding_mode   what they are: "zeros", or the image's own, "reflect", "replicate" or "circular", as in `F.pad`
    groups         channels are split into that many groups, each convolved by itself

    Both parameters start uniform in +-1 / sqrt(in_channels / groups * height * width of the kernel).
    Raises ShapeError for another number of channels, DTypeError for a Tensor of another dtype than the parameters',
    SettingError for sizes and groups that have no meaning.

    >>> import nn, numpy as np
    >>> nn.Conv2d(1, 4, kernel_size=3, padding="same")(np.ones((2, 1, 8, 8))).shape
    (2, 4, 8, 8)
    """

    axes = 2


class Conv3d(Convolution):
    """Each output channel is a sum of input channels, each weighed by a window that slides through the volume.

    x: (N, in_channels, D, H, W) or (in_channels, D, H, W)   weight: (out_channels, in_channels / groups, *kernel_size)
    bias: (out_channels,)   returns (N, out_channels, D', H', W') or (out_channels, D', H', W')

    The settings are those of `Conv2d`; three numbers are (depth, height, width).

    >>> import nn, numpy as np
    >>> nn.Conv3d(1, 2, kernel_size=(1, 3, 3))(np.ones((1, 4, 5, 6))).shape
    (2, 4, 3, 4)
    """

    axes = 3


def channels_hint(x: Any, channels: int, axes: int) -> str:
    """What to do with arrays whose channels come last, or whose only channel has no axis."""
    if x.ndim == axes + 2 and x.shape[-1] == channels:
        return "move the channels to the front with np.moveaxis(x, -1, 1)"
    return "give the input an axis for its channel, x[:, None]" if x.ndim == axes + 1 and channels == 1 else ""
