"""Borders around an array: of constants, of its own elements, of ramps, and of statistics of its ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..batches import with_settings
from ..dispatch import answers
from ..errors import ShapeError, UnsupportedError, in_words
from ..families import composed, layout
from ..recording import Settings, dtype_of
from ..samples import sample
from ..shapes import Shape
from .arranging import flip
from .creation import array as array_of
from .creation import holds_values
from .indexing import at, getitem
from .joining import concatenate
from .layouts import astype, broadcast_to, cube, reshape
from .ranges import linspace
from .reductions import matrix


def inner(g: Any, a_like: Any, width: Sequence[Sequence[int]]) -> Any:
    """What lies within the padding."""
    return g[tuple(slice(before, before + n) for (before, _), n in zip(width, np.shape(a_like), strict=True))]


def pad_each(shape: Shape, width: Any, values: Any = 0) -> Settings:
    return {"width": ((0, 0), *width), "values": values if np.ndim(values) < 2 else ((0, 0), *values)}


padded = layout(
    lambda a, *, width, values=0: np.pad(a, width or 0, constant_values=values),
    inner,
    samples=lambda: [
        sample(matrix(), width=((1, 2), (0, 3))),
        sample(matrix(np.float32)[:, ::-1], width=((0, 0), (2, 0)), values=-np.inf),
        sample(np.ones((2, 0)), width=((1, 1), (1, 2)), values=((1.0, 2.0), (3.0, 4.0))),
        sample(matrix(complex) * 1j, width=((0, 1), (1, 0)), values=1j),
        sample(np.float64(1.0), width=()),
        sample(matrix(), width=((-1, 0), (0, 0)), raises=ShapeError),
    ],
    batch=with_settings(pad_each),
    name="pad",
)
# the padding is constant: the tangent there is 0, whatever the values
padded.push = lambda node, saved, tangents: padded.call(tangents[0], width=(node.settings or {})["width"])

SETTINGS: dict[str, dict[str, Any]] = {
    "constant": {"constant_values": 0},
    "edge": {},
    "reflect": {"reflect_type": "even"},
    "symmetric": {"reflect_type": "even"},
    "wrap": {},
    "linear_ramp": {"end_values": 0},
    "maximum": {"stat_length": None},
    "mean": {"stat_length": None},
    "median": {"stat_length": None},
    "minimum": {"stat_length": None},
}
"""The settings of each mode, and their defaults."""

STATISTICS: dict[str, Callable[..., Any]] = {
    "maximum": np.max, "mean": np.mean, "median": np.median, "minimum": np.min,
}  # fmt: skip


def pairs(given: Any, ndim: int, asked: str) -> Any:
    """What is given for all sides, for (before, after), or for each axis, as an array of shape (ndim, 2)."""
    try:
        return broadcast_to(array_of(given) if holds_values(given) else np.asarray(given), (ndim, 2))
    except ValueError as error:
        raise ShapeError(f"pad: {asked} {given!r} does not give (before, after) for each of {ndim} axes") from error


def widths(pad_width: Any, ndim: int) -> tuple[tuple[int, int], ...]:
    """pad_width as NumPy takes it: (before, after) for each axis."""
    if isinstance(pad_width, dict):
        rows = [(0, 0)] * ndim
        for axis, row in pad_width.items():
            rows[axis] = row
        pad_width = [np.broadcast_to(row, 2) for row in rows]
    return tuple((int(before), int(after)) for before, after in pairs(pad_width, ndim, "pad_width").tolist())


@answers(
    np.pad,
    samples=lambda: [
        sample(matrix(), 1),
        sample(matrix(np.float32), (1, 2), constant_values=((1, 2), (3, 4))),
        sample(matrix(), ((0, 1), (2, 0)), constant_values=np.float64(0.5)),
        sample(matrix(), {1: (1, 2)}, constant_values=(0.5, np.float64(1.5))),
        sample(matrix(complex) * 1j, [[1], [2]], mode="edge"),
        sample(matrix(), (2, 5), "reflect"),
        sample(cube()[:, ::-1], (2, 5), "symmetric"),
        sample(matrix(), ((7, 0), (0, 8)), "reflect", reflect_type="odd"),
        sample(matrix(np.float32)[:, :1], (3, 7), "symmetric", reflect_type="odd"),
        sample(matrix(), (3, 7), "symmetric", reflect_type="odd"),
        sample(matrix(), (2, 4), "wrap"),
        sample(matrix(), (2, 3), "linear_ramp", end_values=((np.float64(1.0), 2.0), (3.0, np.float64(4.0)))),
        sample(matrix(), (2, 3), "linear_ramp"),
        sample(np.array([3, 7]), 2, "linear_ramp", end_values=20),
        sample(matrix(), (1, 2), "maximum"),
        sample(cube(), (1, 2), "minimum", stat_length=2),
        sample(matrix(), ((1, 0), (0, 2)), "mean", stat_length=((1, 2), (3, 9))),
        sample(np.array([1, 2, 4]), 1, "mean"),
        sample(np.float64(1.0), 3),
        sample(np.ones((2, 0)), ((1, 1), (0, 0)), "edge"),
        sample(matrix(), ((1, 2), (3, 4), (5, 6)), raises=ShapeError, match="pad_width .* each of 2 axes"),
        sample(np.ones((2, 0)), 1, "mean", raises=ShapeError, match=r"cannot extend axis 1 of shape \(4, 0\)"),
        sample(matrix(), 1, "maximum", stat_length=0, raises=ShapeError, match="of no elements"),
        sample(matrix(), 1, "empty", raises=UnsupportedError, match="mode='empty'"),
        sample(matrix(), 1, "edge", constant_values=1, raises=UnsupportedError, match="constant_values="),
    ],
)
@composed
def pad(array: Any, pad_width: Any, mode: str | Callable[..., Any] = "constant", **kwargs: Any) -> Any:
    """The array with borders.

    pad_width   n; (before, after); one such pair for each axis; or a dictionary from axis to width
    mode        "constant" with constant_values=0; "edge"; "reflect" or "symmetric" with reflect_type="even" or "odd"; "wrap";
                "linear_ramp" with end_values=0; "maximum", "mean", "median" or "minimum" of stat_length elements at each end

    The constants and ends may be values too, and receive gradients.

    >>> import autograd_core as ag
    >>> ag.pad(ag.tensor([1.0, 2.0, 3.0]), (1, 2), mode="reflect")
    tensor([2., 1., 2., 3., 2., 1.])
    """
    known = SETTINGS.get(mode) if isinstance(mode, str) else None
    if known is None or set(kwargs) - set(known):
        asked = f"mode={mode!r}" if known is None else f"{mode!r} and {', '.join(set(kwargs) - set(known))}="
        raise UnsupportedError(f"pad with {asked} is not differentiated: join the borders with np.concatenate")
    ndim = np.ndim(array)
    width = widths(pad_width, ndim)
    given = next(iter((known | kwargs).values()), None)
    if mode == "constant" and not holds_values(given):
        return padded(array, width=width, values=given)
    per_axis = [[None, None]] * ndim if given is None or mode in BY_ELEMENTS else pairs(given, ndim, next(iter(known)))
    for axis, sides in enumerate(width):
        if any(sides):
            array = bordered(array, axis, sides, mode, given, per_axis[axis])
    return array


BY_ELEMENTS = ("edge", "reflect", "symmetric", "wrap")


def bordered(array: Any, axis: int, sides: tuple[int, int], mode: Any, given: Any, pair: Any) -> Any:
    """The array with borders at both ends of one axis."""
    n, (before, after) = np.shape(array)[axis], sides
    if not n and mode != "constant":
        raise ShapeError(
            f"pad cannot extend axis {axis} of shape {np.shape(array)} in mode {mode!r}: it has no element"
        )
    if mode in BY_ELEMENTS:
        if given == "odd" and n > 1:
            return reflected_oddly(array, axis, before, after, mode == "symmetric")
        with in_words(f"pad of axis {axis} of shape {np.shape(array)} in mode {mode!r}"):
            index = np.pad(np.arange(n), sides, mode=mode)
        return getitem(array, at(axis, index))
    make = ramp if mode == "linear_ramp" else constant if mode == "constant" else partial(statistic, mode)
    first = make(array, axis, before, pair[0])
    last = flip(make(flip(array, axis), axis, after, pair[1]), axis)
    return concatenate([first, array, last], axis)


def repeated(x: Any, array: Any, axis: int, width: int) -> Any:
    """x, whose axis is of length 1 or which is a number, as a border of an array."""
    shape = np.shape(array)
    return broadcast_to(astype(x, dtype_of(array)), (*shape[:axis], width, *shape[axis + 1 :]))


def constant(array: Any, axis: int, width: int, value: Any) -> Any:
    """A border of one number before an array."""
    return repeated(value, array, axis, width)


def ramp(array: Any, axis: int, width: int, end: Any) -> Any:
    """A border that goes in equal steps from `end` to the first elements of an array."""
    return linspace(end, getitem(array, at(axis, 0)), width, endpoint=False, dtype=dtype_of(array), axis=axis)


def statistic(mode: str, array: Any, axis: int, width: int, length: int | None) -> Any:
    """A border of a statistic of the first `length` elements along an axis."""
    if length == 0:
        raise ShapeError(f"pad in mode {mode!r} with stat_length=0: a {mode} of no elements is undefined")
    found = STATISTICS[mode](getitem(array, at(axis, slice(length))), axis=axis, keepdims=True)
    if dtype_of(array).kind in "iu":
        found = np.rint(found)
    return repeated(found, array, axis, width)


def reflected_oddly(array: Any, axis: int, before: int, after: int, with_edge: bool) -> Any:
    """The array extended by point reflections about its ends: f(-i) = 2 f(0) - f(i).

    Two reflections make a shift: every period, of twice the length, adds twice the difference of the ends.
    """
    n = np.shape(array)[axis]
    half = n if with_edge else n - 1
    periods, place = np.divmod(np.arange(-before, n + after), 2 * half)
    mirrored = place > n - 1
    index = np.where(mirrored, 2 * half - with_edge - place, place)

    def column(weights: Any) -> Any:
        shape = [1] * np.ndim(array)
        shape[axis] = -1
        return reshape(weights.astype(dtype_of(array)), shape)

    first, last = getitem(array, at(axis, slice(1))), getitem(array, at(axis, slice(-1, None)))
    own = column(1 - 2 * mirrored) * getitem(array, at(axis, index))
    return own + column(2 * mirrored) * last + column(2 * periods) * (last - first)
