"""Numbers and names as a card shows them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from ..primitive import Parts
from ..recording import TEACHING_SIZE, Absent
from .document import Quantity, visible
from .flow import Share
from .symbols import number_text, shape_text

HEAT_ROWS, HEAT_COLUMNS, HEAT_ROW, HEAT_CELLS = 8, 12, 16, 96
"""The largest heat map: of several rows, of a single one, and in cells."""
Cells: TypeAlias = tuple[tuple[float, ...], ...]
LONGEST_NAME = 40
STRETCH = 2**18
"""Norms are taken of so many elements at a time, since their squares are as many doubles."""
NOT_COMPUTED = Quantity("–")


def shortened(name: str) -> str:
    """A name on one line, cut where it is too long for a card."""
    name = visible(" ".join(name.split()))
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def size(x: Any) -> float | None:
    """A number as it is, an array by its 2-norm; None for what is not one array."""
    if x is None or isinstance(x, (tuple, Parts, Absent)):
        return None
    x = np.asarray(x)
    if x.ndim == 0 and x.dtype.kind != "c":
        return float(x)
    flat, exact = x.ravel(order="K"), np.result_type(x, np.float64)
    with np.errstate(all="ignore"):
        stretches = (flat[i : i + STRETCH].astype(exact) for i in range(0, flat.size, STRETCH))
        norm = math.sqrt(sum([np.vdot(stretch, stretch).real for stretch in stretches]))
        top = float(np.max(np.abs(flat), initial=0.0)) if norm in (0.0, math.inf) else 0.0
        # the squares of very large or small numbers do not fit
        return top * (size(flat.astype(exact) / top) or 0.0) if 0 < top < math.inf else norm


def size_of_sum(parts: Sequence[Any]) -> float | None:
    """The size of what several uses add together; None for nothing."""
    return size(sum(parts[1:], parts[0])) if parts else None


def quantity(x: Any) -> Quantity:
    """A value or gradient as a card shows it."""
    number = size(x)
    if number is None:
        if not isinstance(x, tuple):
            return Quantity("not kept")
        return Quantity(shortened(f"{len(x)} results: {', '.join(shape_text(np.shape(one)) or '1' for one in x)}"))
    array = np.asarray(x)
    if array.dtype == bool and array.ndim:
        text = f"{np.count_nonzero(array):,} of {array.size:,} true"
        return Quantity(text, number, True, cells_of(array), is_pooled(array))
    text = number_text(array[()] if array.ndim == 0 else number)
    finite = bool(np.all(np.isfinite(array)))
    if not finite and array.ndim:
        text = "NaN" if np.any(np.isnan(array)) else "∞"
    return Quantity(text, number, finite, cells_of(array), is_pooled(array))


def cells_of(array: Any) -> Cells | None:
    """An array as rows of numbers, or the extremes of its blocks; None for a very large one, or no array of real numbers."""
    if array.ndim == 0 or not 0 < array.size <= TEACHING_SIZE or array.dtype.kind not in "fiub":
        return None
    rows = array.reshape(-1, array.shape[-1])
    wide = HEAT_ROW if len(rows) == 1 else HEAT_COLUMNS
    if is_pooled(array):
        rows = extremes(rows if rows.dtype.kind == "f" else rows.astype(float), HEAT_ROWS, wide)
    return tuple([tuple([float(x) for x in row]) for row in rows])


def is_pooled(array: Any) -> bool:
    """Whether an array is too large for its heat map to have a cell for each element."""
    columns = array.shape[-1] if array.ndim else 1
    rows = array.size // max(columns, 1)
    return array.size > HEAT_CELLS or rows > HEAT_ROWS or columns > HEAT_ROW


def extremes(rows: Any, most_rows: int, most_columns: int) -> Any:
    """Of each block, as many as fit, the number that is furthest from 0."""
    high = low = rows
    for axis, most in ((0, most_rows), (1, most_columns)):
        starts = np.unique(np.linspace(0, rows.shape[axis], min(most, rows.shape[axis]), endpoint=False).astype(int))
        high, low = np.maximum.reduceat(high, starts, axis=axis), np.minimum.reduceat(low, starts, axis=axis)
    return np.where(-low > high, low, high)


def is_dead(share: Share) -> bool:
    """Whether a cut stops what flows back between two numbers, so that it is 0 although upstream × local is not."""
    with np.errstate(all="ignore"):
        product = float(share.upstream) * float(share.local)  # type: ignore[arg-type]
    return float(share.contribution) == 0 and product != 0
