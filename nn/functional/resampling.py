"""Images and sequences of other sizes: along each axis the product with a constant matrix of few entries."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, TypeAlias

import numpy as np

from autograd_core import ops
from autograd_core.errors import ShapeError

from ..errors import SettingError
from ..settings import AXES, number, numeric, one_of, per_axis

__all__ = ["interpolate"]


Kernel: TypeAlias = Callable[[Any], Any]


def triangle(x: Any) -> Any:
    return np.maximum(1 - np.abs(x), 0)


def cubic(x: Any, slope: float) -> Any:
    """Keys 1981, "Cubic convolution interpolation for digital image processing", with the slope at 1 left open."""
    x, a = np.abs(x), slope
    return np.where(x < 1, ((a + 2) * x - (a + 3)) * x * x + 1, np.where(x < 2, a * (((x - 5) * x + 8) * x - 4), 0))


def lanczos(x: Any) -> Any:
    return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0)


SMOOTH: dict[str, tuple[int, Kernel]] = {
    "linear": (1, triangle),
    "bilinear": (1, triangle),
    "trilinear": (1, triangle),
    "bicubic": (2, partial(cubic, slope=-0.75)),
}
"""How far the weights of a mode reach, and what they are at a distance."""

SMOOTHED: dict[str, tuple[int, Kernel]] = {
    **SMOOTH,
    "bicubic": (2, partial(cubic, slope=-0.5)),
    "lanczos": (3, lanczos),
}
"""The same with antialias, where they are those of Pillow."""

AXES_OF = {
    "nearest": (1, 2, 3), "nearest-exact": (1, 2, 3), "area": (1, 2, 3),
    "linear": (1,), "bilinear": (2,), "trilinear": (3,), "bicubic": (2,), "lanczos": (2,),
}  # fmt: skip
"""For how many spatial axes a mode is."""


@lru_cache(maxsize=256)
def resampling(
    mode: str, size: int, out: int, step: float, align_corners: bool, antialias: bool, dtype: Any
) -> ops.SparseMatrix:
    """The matrix that gives an axis of one size another: the new elements are `step` old ones apart.

    dtype   of what is resampled: as PyTorch rounds by it, so do the nearest elements, where two are about as near
    """
    i = np.arange(out)
    if mode in ("nearest", "nearest-exact"):
        precision: Any = np.float64 if dtype == np.float64 else np.float32
        places = (i + (0.5 if mode == "nearest-exact" else 0)).astype(precision) * precision(step)
        return ops.SparseMatrix(i, np.minimum(np.floor(places.astype(np.float32)), size - 1), shape=(out, size))
    if mode == "area":
        places, weights = means(i * size // out, -(-(i + 1) * size // out), np.ones_like)
    elif antialias:
        reach, kernel = SMOOTHED[mode]
        width = max(step, 1.0)
        centre = (i + 0.5) * step - 0.5  # with align_corners too, as PyTorch has it, though no corners meet so
        first, stop = np.trunc(centre - reach * width + 1), np.trunc(centre + reach * width + 1)
        weigh = partial(at_distance, kernel=kernel, centre=centre, width=width)
        places, weights = means(np.maximum(first, 0), np.minimum(stop, size), weigh)
    else:
        reach, kernel = SMOOTH[mode]
        centre = i * step if align_corners else (i + 0.5) * step - 0.5
        places = np.floor(centre)[:, None] + np.arange(1 - reach, 1 + reach)
        weights = at_distance(places, kernel, centre)
        places = np.clip(places, 0, size - 1)
    rows, entries = np.broadcast_to(i[:, None], places.shape), weights != 0
    return ops.SparseMatrix(rows[entries], places[entries], weights[entries], shape=(out, size))


def at_distance(places: Any, kernel: Kernel, centre: Any, width: float = 1.0) -> Any:
    """The weights of places, those of each row around a centre of its own."""
    return kernel((places - centre[:, None]) / width)


def means(first: Any, stop: Any, weigh: Kernel) -> tuple[Any, Any]:
    """For each new element the places from first to stop, and their weights, whose sum is 1."""
    places = first[:, None] + np.arange(np.max(stop - first))
    weights = np.where(places < stop[:, None], weigh(places), 0.0)
    return places, weights / np.sum(weights, axis=1, keepdims=True)


def check_mode(mode: str, align_corners: bool | None, antialias: bool) -> None:
    """Raise SettingError for a mode that does not exist, or does not go together with the other settings."""
    one_of(mode, "interpolate: mode", AXES_OF)
    if align_corners is not None and mode not in SMOOTHED:
        raise SettingError(f"interpolate: mode {mode!r} knows no align_corners: leave it out")
    if antialias and mode not in ("bilinear", "bicubic", "lanczos"):
        raise SettingError(f"interpolate: mode {mode!r} knows no antialias: leave it out, or take bilinear or bicubic")
    if mode == "lanczos" and (align_corners or not antialias):
        raise SettingError("interpolate: mode 'lanczos' needs antialias, and has no align_corners")


def sizes(old: tuple[int, ...], size: Any, scale_factor: Any, recompute: Any) -> list[tuple[int, float]]:
    """For each axis its new size, and how many old elements a new one is wide."""
    axes = len(old)
    if (size is None) == (scale_factor is None) or (recompute and size is not None):
        raise SettingError(
            f"interpolate: size is {size}, scale_factor {scale_factor}, recompute_scale_factor {recompute}: give a size, or a "
            "scale_factor, which may be recomputed"
        )
    if size is not None:
        new = per_axis(size, "interpolate: size", axes, 1)
        return [(m, n / m) for n, m in zip(old, new, strict=True)]
    given = tuple(scale_factor) if isinstance(scale_factor, (tuple, list)) else (scale_factor,) * axes
    if len(given) != axes or not all(
        int(n * number(f, "interpolate: scale_factor")) > 0 for n, f in zip(old, given, strict=True)
    ):
        raise SettingError(
            f"interpolate: scale_factor is {scale_factor}: give one positive number{AXES[axes]}, that leaves some of {old}"
        )
    return [(int(n * f), n / int(n * f) if recompute else 1 / f) for n, f in zip(old, given, strict=True)]


def interpolate(
    input: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Any:
    """The input resampled to another size of its spatial axes.

    input: (N, C, L), (N, C, H, W) or (N, C, D, H, W)   returns the same with other spatial axes

    size, scale_factor       the new size, or how many times the old one, rounded down; one number, or one for each axis
    mode                     "nearest", "nearest-exact" (which looks from the middle of an element), "area" (means);
                             "linear" for sequences, "bilinear", "bicubic", "lanczos" for images, "trilinear" for volumes
    align_corners            in the smooth modes: the middles of the outermost elements meet, not their outer edges
    recompute_scale_factor   let the quotient of the sizes count instead of scale_factor; they differ by rounding
    antialias                in bilinear and bicubic: a smaller image weighs all elements; lanczos has it always

    Raises ShapeError for inputs that a mode is not for, SettingError for settings that have no meaning.

    >>> import nn, numpy as np
    >>> nn.functional.interpolate(np.array([[[1.0, 2.0]]]), scale_factor=2, mode="linear")
    array([[[1.  , 1.25, 1.75, 2.  ]]])
    """
    check_mode(mode, align_corners, antialias)
    x = numeric(input, "interpolate")
    old = tuple(x.shape[2:])
    if len(old) not in AXES_OF[mode] or 0 in old:
        raise ShapeError(
            f"interpolate in mode {mode!r} takes an input of shape (N, C, spatial axes), with "
            f"{' or '.join(map(str, AXES_OF[mode]))} of these, none of them empty, and was given {tuple(x.shape)}"
        )
    new = sizes(old, size, scale_factor, recompute_scale_factor)
    for axis, n, (m, step) in reversed(list(zip(range(-len(old), 0), old, new, strict=True))):
        step = ((n - 1) / (m - 1) if m > 1 else 0.0) if align_corners else step
        x = ops.sparse_product(resampling(mode, n, m, step, bool(align_corners), antialias, x.dtype), x, axis)
    return x
