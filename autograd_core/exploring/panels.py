"""Arrays to look into: their elements or what stands for them, a histogram, and a few statistics."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..displays.charts import in_bins
from ..drawing.symbols import number_text
from ..recording import Absent

MOST_CELLS, LEAST_CELLS, ALL_CELLS = 4_096, 64, 250_000
DIGITS = 6


@dataclass(frozen=True)
class Panel:
    """An array as a page shows it.

    rows, columns   of a slice: of the last two axes, after blocks were made
    slices          how many of the `of_slices` along the other axes are given
    block           the rows and columns that one cell stands for, by its element of largest size
    cells           slice by slice, row by row, to six digits; NaN and infinities as words
    counts          of a histogram of all finite elements, in equal bins from `least` to `greatest`
    facts           statistics in words: (what, number)
    """

    shape: tuple[int, ...]
    rows: int
    columns: int
    slices: int
    of_slices: int
    block: tuple[int, int]
    cells: tuple[float | str, ...]
    least: float
    greatest: float
    counts: tuple[int, ...]
    facts: tuple[tuple[str, str], ...]


def most_cells(arrays: int) -> int:
    """How many cells each of so many arrays may have, so that a page stays small."""
    return max(LEAST_CELLS, min(MOST_CELLS, ALL_CELLS // max(arrays, 1)))


def is_array(x: Any) -> bool:
    """Whether there is something to look into."""
    return isinstance(x, np.ndarray) and not isinstance(x, Absent) and x.size > 1 and x.dtype.kind in "fciub"


def panel_of(array: Any, most: int) -> Panel:
    """The panel of an array; of complex numbers their sizes."""
    real = np.abs(array) if array.dtype.kind == "c" else array.astype(np.float64)
    rows, columns = (1, *array.shape)[-2:]
    stack = real.reshape(-1, rows, columns)
    slices = max(1, min(len(stack), most // (rows * columns)))
    block = blocks(rows, columns, most)
    shown = pooled(stack[:slices], block)
    finite = real[np.isfinite(real)]
    least, greatest = (float(np.min(finite)), float(np.max(finite))) if finite.size else (0.0, 0.0)
    return Panel(
        array.shape, shown.shape[1], shown.shape[2], slices, len(stack), block,
        tuple([digits(x) for x in shown.ravel().tolist()]), least, greatest, tuple(in_bins(finite)),
        facts(real, finite, array.dtype.kind == "c"),
    )  # fmt: skip


def blocks(rows: int, columns: int, most: int) -> tuple[int, int]:
    """The rows and columns of a slice that one cell stands for, so that there are no more than `most`."""
    high = wide = 1
    while math.ceil(rows / high) * math.ceil(columns / wide) > most:
        if rows / high > columns / wide:
            high += 1
        else:
            wide += 1
    return high, wide


def pooled(stack: Any, block: tuple[int, int]) -> Any:
    """Slices with one element for each block: that of the largest size."""
    high, wide = block
    if block == (1, 1):
        return stack
    count, rows, columns = stack.shape
    padded = np.zeros((count, -(-rows // high) * high, -(-columns // wide) * wide))
    padded[:, :rows, :columns] = stack
    parts = padded.reshape(count, padded.shape[1] // high, high, -1, wide).swapaxes(2, 3)
    parts = parts.reshape(*parts.shape[:3], high * wide)
    return np.take_along_axis(parts, np.argmax(np.abs(parts), axis=-1)[..., None], -1)[..., 0]


def facts(real: Any, finite: Any, sizes: bool) -> tuple[tuple[str, str], ...]:
    """What there is to say of all elements."""
    found: list[tuple[str, Any]] = [("elements", f"{real.size:,}")]
    if sizes:
        found.append(("complex", "sizes are shown"))
    if finite.size:
        with np.errstate(all="ignore"):
            found += [
                ("least", np.min(finite)),
                ("mean", np.mean(finite)),
                ("greatest", np.max(finite)),
                ("deviation", np.std(finite)),
            ]
        found.append(("zero", share(real == 0)))
    if finite.size < real.size:
        found += [("NaN", share(np.isnan(real))), ("infinite", share(np.isinf(real)))]
    return tuple([(word, x if isinstance(x, str) else number_text(x)) for word, x in found])


def share(where: Any) -> str:
    """How many elements something is true of."""
    count = int(np.count_nonzero(where))
    return f"{count:,} ({100 * count / where.size:.3g} %)" if count else "none"


def digits(x: float) -> float | str:
    """A number to six digits, as JSON can hold it."""
    if math.isfinite(x):
        return float(f"{x:.{DIGITS}g}")
    return "NaN" if math.isnan(x) else "∞" if x > 0 else "−∞"
