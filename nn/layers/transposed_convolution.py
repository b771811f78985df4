"""Transposed convolution over one, two or three spatial axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_core import ops

from ..errors import SettingError
from ..settings import per_axis
from .convolution import Windowed

__all__ = ["ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]


class TransposedConvolution(Windowed):
    """What transposed convolutions over one, two and three axes share. Abstract."""

    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, ...],
        stride: int | tuple[int, ...] = 1,
        padding: int | tuple[int, ...] = 0,
        output_padding: int | tuple[int, ...] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | tuple[int, ...] = 1,
        padding_mode: str = "zeros",
        dtype: Any = np.float32,
        generator: Any = None,
    ) -> None:
        name = type(self).__name__
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, dtype, generator
        )  # fmt: skip
        if self.padding_mode != "zeros" or isinstance(self.padding, str):
            raise SettingError(
                f"{name} has padding {padding!r} with padding_mode {padding_mode!r}: it takes elements of the result away, "
                'so that it is a number and of one kind, "zeros"'
            )
        self.output_padding = per_axis(output_padding, f"{name}: output_padding", self.axes)
        limits = map(max, self.stride, self.dilation)
        if any(more >= limit for more, limit in zip(self.output_padding, limits, strict=True)):
            raise SettingError(
                f"{name}: output_padding is {output_padding}: give less than the stride {self.stride} or the dilation "
                f"{self.dilation}"
            )

    def forward(self, x: Any, output_size: Sequence[int] | None = None) -> Any:
        x = self.checked(x)
        more = self.output_padding if output_size is None else self.reaching(x.shape[-self.axes :], output_size)
        settings = {"stride": self.stride, "padding": self.padding, "dilation": self.dilation, "groups": self.groups}
        return ops.conv_transpose(x, self.weight, self.bias, output_padding=more, **settings)

    def reaching(self, size: tuple[int, ...], output_size: Sequence[int]) -> tuple[int, ...]:
        """The output_padding that gives a size, which may begin with the axes of images and channels."""
        asked = tuple(output_size)[-self.axes :]
        spans = zip(size, self.kernel_size, self.stride, self.padding, self.dilation, strict=True)
        least = tuple([(n - 1) * s - 2 * p + d * (k - 1) + 1 for n, k, s, p, d in spans])
        most = tuple([n + s - 1 for n, s in zip(least, self.stride, strict=True)])
        if len(asked) != self.axes or not all(a <= n <= b for a, n, b in zip(least, asked, most, strict=True)):
            raise SettingError(
                f"{type(self).__name__}: output_size is {tuple(output_size)}: for an input of size {size} give sizes "
                f"from {least} to {most}"
            )
        return tuple([n - a for a, n in zip(least, asked, strict=True)])


class ConvTranspose1d(TransposedConvolution):
    """Each element of a sequence spreads a window of weights over a longer one: the transpose of `Conv1d`.

    x: (N, in_channels, L) or (in_channels, L)   weight: (in_channels, out_channels / groups, kernel_size)
    bias: (out_channels,)   returns (N, out_channels, L') or (out_channels, L')

    The settings are those of `ConvTranspose2d`.

    >>> import nn, numpy as np
    >>> nn.ConvTranspose1d(2, 4, kernel_size=3, stride=2)(np.ones((5, 2, 4))).shape
    (5, 4, 9)
    """

    axes = 1


class ConvTranspose2d(TransposedConvolution):
    """Each pixel of an image spreads a window of weights over a larger one: the transpose of `Conv2d`.

    x: (N, in_channels, H, W) or (in_channels, H, W)   weight: (in_channels, out_channels / groups, *kernel_size)
    bias: (out_channels,)   returns (N, out_channels, H', W') or (out_channels, H', W')

        H' = (H - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1

    kernel_size, stride, padding, output_padding, dilation   one number, or a pair (height, width)
    padding          takes elements away at each end, where the convolution would add them
    output_padding   elements more at the end, since with a stride several sizes lead to the same H
    groups           channels are split into that many groups, each by itself
    output_size      of a call: chooses the output_padding, as (H', W') or with the axes before

    Both parameters start uniform in +-1 / sqrt(out_channels / groups * height * width of the kernel).
    Raises ShapeError for another number of channels, DTypeError for a Tensor of another dtype than the parameters',
    SettingError for sizes and groups that have no meaning.

    >>> import nn, numpy as np
    >>> nn.ConvTranspose2d(4, 1, kernel_size=3, stride=2)(np.ones((2, 4, 8, 8)), output_size=(18, 17)).shape
    (2, 1, 18, 17)
    """

    axes = 2


class ConvTranspose3d(TransposedConvolution):
    """Each element of a volume spreads a window of weights over a larger one: the transpose of `Conv3d`.

    x: (N, in_channels, D, H, W) or (in_channels, D, H, W)   weight: (in_channels, out_channels / groups, *kernel_size)
    bias: (out_channels,)   returns (N, out_channels, D', H', W') or (out_channels, D', H', W')

    The settings are those of `ConvTranspose2d`; three numbers are (depth, height, width).

    >>> import nn, numpy as np
    >>> nn.ConvTranspose3d(2, 1, kernel_size=2, stride=(1, 2, 2))(np.ones((2, 4, 5, 6))).shape
    (1, 5, 10, 12)
    """

    axes = 3
