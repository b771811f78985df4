"""Images sampled at places of one's own: spatial transformers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from autograd_core.errors import ShapeError

from ..errors import SettingError
from ..settings import numeric, one_of, whole
from .resampling import cubic

__all__ = ["affine_grid", "grid_sample"]


def affine_grid(theta: Any, size: Sequence[int], align_corners: bool | None = None) -> Any:
    """The places of an image under affine maps, for `grid_sample`: theta applied to (x, y, 1), from -1 to 1 on each axis.

    theta: (N, 2, 3)   size: (N, C, H, W)   returns (N, H, W, 2), of (x, y)
    theta: (N, 3, 4)   size: (N, C, D, H, W)   returns (N, D, H, W, 3), of (x, y, z)

    align_corners   -1 and 1 are the middles of the outermost pixels, and not their outer edges

    Raises ShapeError for a theta that does not fit the size.

    >>> import nn, numpy as np
    >>> nn.functional.affine_grid(np.array([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]), (1, 1, 1, 2))
    array([[[[-0.5,  0. ],
             [ 0.5,  0. ]]]])
    """
    theta, shape = numeric(theta, "affine_grid"), [whole(n, "affine_grid: size", 1) for n in size]
    n, axes = shape[0], len(shape) - 2
    if axes not in (2, 3) or theta.shape != (n, axes, axes + 1):
        raise ShapeError(
            f"affine_grid takes theta of shape (N, 2, 3) for a size (N, C, H, W), or (N, 3, 4) for (N, C, D, H, W), and was "
            f"given {tuple(theta.shape)} for {tuple(size)}"
        )
    ends = [1 if align_corners else 1 - 1 / m for m in shape[2:]]
    lines = [np.linspace(-e, e, m) if m > 1 else np.zeros(1) for e, m in zip(ends, shape[2:], strict=True)]
    places = np.stack([*np.meshgrid(*lines, indexing="ij")[::-1], np.ones(shape[2:])], axis=-1).astype(theta.dtype)
    flat = np.reshape(places, (1, -1, axes + 1)) @ np.swapaxes(theta, 1, 2)
    return np.reshape(flat, (n, *shape[2:], axes))


def bounded(place: Any, size: int, padding_mode: str, align_corners: bool | None) -> Any:
    """Places within an axis, in pixels from the middle of the first: mirrored at the edges of the image, or moved to them.

    Where one is moved, and at the edge itself, its slope is 0, as PyTorch has it.
    """
    if padding_mode == "zeros":
        return place
    if padding_mode == "reflection":
        low, span = (0.0, size - 1.0) if align_corners else (-0.5, float(size))
        if not span:
            return place * 0.0
        beyond = np.where(place < low, low - place, place - low)
        turns = np.floor(beyond / span)
        rest = beyond - turns * span
        place = np.where(turns % 2 == 0, low + rest, low + span - rest)
    return np.where(place <= 0, 0.0, np.where(place >= size - 1, size - 1.0, place))


def taps(place: Any, mode: str) -> list[tuple[Any, Any]]:
    """The pixels along one axis that a place is between, and their weights."""
    if mode == "nearest":
        return [(np.rint(place), np.ones_like(place))]
    first = np.floor(place)
    t = place - first
    if mode == "bilinear":
        return [(first, 1 - t), (first + 1, t)]
    return [(first + j, cubic(t - j, slope=-0.75)) for j in (-1, 0, 1, 2)]


def weighed(x: Any, pixel: Sequence[tuple[Any, Any]]) -> Any:
    """The pixels of each image at (place, weight) on each axis, times the weights; 0 outside. Channels are the last axis."""
    inside, weight = np.True_, 1.0
    for (place, w), n in zip(pixel, x.shape[2:], strict=True):
        inside = inside & (place >= 0) & (place <= n - 1)
        weight = weight * w
    image = np.reshape(np.arange(x.shape[0]), (-1, *[1] * len(pixel)))
    found = x[(image, slice(None), *[np.where(inside, place, 0).astype(int) for place, _ in pixel])]
    return np.where(np.expand_dims(inside, -1), found, 0.0) * np.expand_dims(weight, -1)


def grid_sample(
    input: Any, grid: Any, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool | None = None
) -> Any:
    """The input at given places, between its pixels.

    input: (N, C, H, W)      grid: (N, H', W', 2), of (x, y)          returns (N, C, H', W')
    input: (N, C, D, H, W)   grid: (N, D', H', W', 3), of (x, y, z)   returns (N, C, D', H', W')

    grid            -1 is the left or upper end of an axis, 1 the other; beyond is what padding_mode says
    mode            "bilinear" between the neighbours (of volumes too), "nearest", "bicubic" for images
    padding_mode    "zeros", "border" (the outermost pixels go on), or "reflection" (the image is mirrored at its edges)
    align_corners   -1 and 1 are the middles of the outermost pixels, and not their outer edges

    Differentiable by input and grid; by the grid of nearest the derivative is 0. Jaderberg et al. 2015, "Spatial
    transformer networks". Raises ShapeError for a grid that does not fit the input.

    >>> import nn, numpy as np
    >>> nn.functional.grid_sample(np.array([[[[1.0, 3.0]]]]), np.zeros((1, 1, 1, 2)))
    array([[[[2.]]]])
    """
    one_of(mode, "grid_sample: mode", ("bilinear", "nearest", "bicubic"))
    one_of(padding_mode, "grid_sample: padding_mode", ("zeros", "border", "reflection"))
    x, grid = numeric(input, "grid_sample"), numeric(grid, "grid_sample")
    axes, size = x.ndim - 2, x.shape[2:]
    fits = axes in (2, 3) and grid.ndim == axes + 2 and (grid.shape[0], grid.shape[-1]) == (x.shape[0], axes)
    if not fits or 0 in size:
        raise ShapeError(
            f"grid_sample takes an input (N, C, H, W) and a grid (N, H', W', 2), or (N, C, D, H, W) and (N, D', H', W', 3), and "
            f"was given {tuple(x.shape)} and {tuple(grid.shape)}"
        )
    if mode == "bicubic" and axes == 3:
        raise SettingError("grid_sample: mode 'bicubic' is for images, and the input is of volumes: take 'bilinear'")
    lines = []
    for axis, n in enumerate(size):
        g = grid[..., axes - 1 - axis]
        place = (g + 1) / 2 * (n - 1) if align_corners else ((g + 1) * n - 1) / 2
        if mode == "bicubic":  # of which each pixel is looked for by itself
            lines.append([(bounded(p, n, padding_mode, align_corners), w) for p, w in taps(place, mode)])
        else:
            lines.append(taps(bounded(place, n, padding_mode, align_corners), mode))
    return np.moveaxis(sum(weighed(x, pixel) for pixel in product(*lines)), -1, 1)
