"""Borders around the last axes: of a constant, or of what is within."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from autograd_core import ops
from autograd_core.errors import ShapeError

from ..errors import KindError, SettingError
from ..settings import numeric, one_of, whole

__all__ = ["pad"]

SHORTEST: dict[str, Callable[[int], int]] = {
    "reflect": lambda border: border + 1,
    "replicate": lambda border: 1,
    "circular": lambda border: border,
}
"""How many elements an axis must have to fill a border."""


@lru_cache(maxsize=256)
def bordering(size: int, before: int, after: int, mode: str) -> ops.SparseMatrix:
    """The matrix that puts borders around an axis."""
    place = np.arange(-before, size + after)
    if mode == "reflect":
        place = size - 1 - np.abs(size - 1 - np.abs(place))
    else:
        place = np.clip(place, 0, size - 1) if mode == "replicate" else place % size
    return ops.SparseMatrix(range(len(place)), place, shape=(len(place), size))


def bordered(x: Any, axis: int, before: int, after: int, mode: str) -> Any:
    """The array with borders of its own elements around one axis."""
    size, needed = x.shape[axis], SHORTEST[mode](max(before, after))
    if size < needed:
        raise ShapeError(
            f"pad in mode {mode!r} cannot put {before} and {after} elements around axis {axis} of shape {tuple(x.shape)}: "
            f"it needs an axis of at least {needed}"
        )
    return ops.sparse_product(bordering(size, before, after, mode), x, axis)


def trimmed(x: Any, sides: Sequence[tuple[int, int]]) -> Any:
    """The array without what negative sides take away from its last axes."""
    if all(side >= 0 for pair in sides for side in pair):
        return x
    sizes = x.shape[x.ndim - len(sides) :]
    cuts = [(max(-before, 0), n - max(-after, 0)) for (before, after), n in zip(sides, sizes, strict=True)]
    if any(start > stop for start, stop in cuts):
        raise ShapeError(f"pad cannot take as much as {tuple(sides)} away from the last axes of shape {x.shape}")
    return x[(..., *[slice(*cut) for cut in cuts])]


def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Any:
    """The input with borders around its last axes, or less of it where a width is negative.

    pad     before and after the last axis, then before and after the one before it, and so on
    mode    "constant" puts value there, 0 by default; the others the input's own elements: "reflect" mirrors them at the
            first and the last, "replicate" repeats these, "circular" goes on at the other end

    Raises ShapeError for more widths than axes, and where an axis is too short to be cut or to fill its border.

    >>> import nn, numpy as np
    >>> nn.functional.pad(np.array([1.0, 2.0, 3.0]), (2, 1), mode="reflect")
    array([3., 2., 1., 2., 3., 2.])
    """
    one_of(mode, "pad: mode", ("constant", *SHORTEST))
    if value and mode != "constant":
        raise SettingError(f"pad: value is {value}, and mode {mode!r} takes its borders from the input: leave it out")
    if not isinstance(pad, Sequence):
        raise KindError(
            f"pad: pad is {pad!r}: give (before, after) for the last axis, then for the one before it, and so on"
        )
    widths, x = [whole(width, "pad: pad", -np.inf) for width in pad], numeric(input, "pad")
    if len(widths) % 2 or len(widths) > 2 * x.ndim:
        raise ShapeError(
            f"pad takes (before, after) for the last axis, then for the one before it, and so on, and was given "
            f"{tuple(widths)} for an input of shape {tuple(x.shape)}"
        )
    sides = list(zip(widths[::2], widths[1::2], strict=True))[::-1]
    borders = [(max(before, 0), max(after, 0)) for before, after in sides]
    if mode in ("constant", "circular"):  # the others mirror and repeat what is cut away, too
        x = trimmed(x, sides)
    if mode == "constant":
        return np.pad(x, [(0, 0)] * (x.ndim - len(sides)) + borders, constant_values=value or 0)
    for axis, border in enumerate(borders, -len(borders)):
        if any(border):
            x = bordered(x, axis, *border, mode)
    return x if mode == "circular" else trimmed(x, sides)
