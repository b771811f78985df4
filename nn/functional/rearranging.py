"""Elements at other places: channels as pixels and back, channels of groups beside each other, windows as columns."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core import ops
from autograd_core.errors import ShapeError

from ..settings import numeric, per_axis, whole

__all__ = ["channel_shuffle", "fold", "pixel_shuffle", "pixel_unshuffle", "unfold"]


def pixel_shuffle(input: Any, upscale_factor: int) -> Any:
    """An image of more pixels and fewer channels: each r x r channels become the pixels of a square.

    input: (..., C r r, H, W)   returns (..., C, H r, W r), for r the upscale_factor

    Shi et al. 2016, "Real-time single image and video super-resolution using an efficient sub-pixel convolutional neural
    network". Raises ShapeError unless r r divides the channels.

    >>> import nn, numpy as np
    >>> nn.functional.pixel_shuffle(np.arange(4.0).reshape(4, 1, 1), 2)
    array([[[0., 1.],
            [2., 3.]]])
    """
    r, x = whole(upscale_factor, "pixel_shuffle: upscale_factor", 1), numeric(input, "pixel_shuffle")
    if x.ndim < 3 or x.shape[-3] % (r * r):
        raise ShapeError(
            f"pixel_shuffle takes an input of shape (..., C, H, W), where {r} * {r} divides C, and was given "
            f"{tuple(x.shape)}"
        )
    *lead, c, h, w = x.shape
    squares = np.reshape(x, (*lead, c // (r * r), r, r, h, w))
    return np.reshape(np.moveaxis(squares, (-4, -3), (-3, -1)), (*lead, c // (r * r), h * r, w * r))


def pixel_unshuffle(input: Any, downscale_factor: int) -> Any:
    """An image of fewer pixels and more channels, the reverse of `pixel_shuffle`.

    input: (..., C, H r, W r)   returns (..., C r r, H, W), for r the downscale_factor

    Raises ShapeError unless r divides height and width.

    >>> import nn, numpy as np
    >>> nn.functional.pixel_unshuffle(np.array([[[0.0, 1.0], [2.0, 3.0]]]), 2).ravel()
    array([0., 1., 2., 3.])
    """
    r, x = whole(downscale_factor, "pixel_unshuffle: downscale_factor", 1), numeric(input, "pixel_unshuffle")
    if x.ndim < 3 or x.shape[-2] % r or x.shape[-1] % r:
        raise ShapeError(
            f"pixel_unshuffle takes an input of shape (..., C, H, W), where {r} divides H and W, and was given "
            f"{tuple(x.shape)}"
        )
    *lead, c, h, w = x.shape
    squares = np.reshape(x, (*lead, c, h // r, r, w // r, r))
    return np.reshape(np.moveaxis(squares, (-3, -1), (-4, -3)), (*lead, c * r * r, h // r, w // r))


def channel_shuffle(input: Any, groups: int) -> Any:
    """Channels in another order: the first of each group, then the second of each, and so on.

    input: (N, C, ...)   returns the same shape

    Zhang et al. 2018, "ShuffleNet". Raises ShapeError unless groups divides the channels.

    >>> import nn, numpy as np
    >>> nn.functional.channel_shuffle(np.arange(6.0).reshape(1, 6, 1), 2).ravel()
    array([0., 3., 1., 4., 2., 5.])
    """
    groups, x = whole(groups, "channel_shuffle: groups", 1), numeric(input, "channel_shuffle")
    if x.ndim < 3 or x.shape[1] % groups:
        raise ShapeError(
            f"channel_shuffle takes an input of shape (N, C, ...) with at least three axes, where groups = {groups} divides "
            f"C, and was given {tuple(x.shape)}"
        )
    apart = np.reshape(x, (x.shape[0], groups, x.shape[1] // groups, *x.shape[2:]))
    return np.reshape(np.swapaxes(apart, 1, 2), x.shape)


def unfold(input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """The windows of images as columns; see `nn.Unfold`.

    input: (N, C, H, W) or (C, H, W)   returns (N, C h w, P) or (C h w, P), for P windows of size (h, w)

    >>> import nn, numpy as np
    >>> nn.functional.unfold(np.arange(6.0).reshape(1, 2, 3), (2, 2))
    array([[0., 1.],
           [1., 2.],
           [3., 4.],
           [4., 5.]])
    """
    kernel = per_axis(kernel_size, "unfold: kernel_size", 2, 1)
    return ops.unfold(numeric(input, "unfold"), kernel, stride=stride, padding=padding, dilation=dilation)


def fold(input: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """Images to which columns are added up where their windows lie; see `nn.Fold`.

    input: (N, C h w, P) or (C h w, P)   output_size: (H, W)   returns (N, C, H, W) or (C, H, W)

    >>> import nn, numpy as np
    >>> nn.functional.fold(np.ones((4, 2)), (2, 3), (2, 2))
    array([[[1., 2., 1.],
            [1., 2., 1.]]])
    """
    size, kernel = per_axis(output_size, "fold: output_size", 2, 1), per_axis(kernel_size, "fold: kernel_size", 2, 1)
    return ops.fold(numeric(input, "fold"), size, kernel, stride=stride, padding=padding, dilation=dilation)
