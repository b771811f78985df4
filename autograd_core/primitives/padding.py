"""Borders around arrays, and copies of arrays and of their elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..batches import with_settings
from ..dispatch import answers
from ..errors import ShapeError, UnsupportedError
from ..families import composed, layout
from ..recording import Settings, Value
from ..samples import sample
from ..shapes import Shape, normal_axes
from .indexing import getitem
from .layouts import broadcast_to, ravel, reshape
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

BY_INDEX = ("edge", "reflect", "symmetric", "wrap")


def widths(pad_width: Any, ndim: int) -> tuple[tuple[int, int], ...]:
    """pad_width as NumPy takes it: (before, after) for each axis."""
    if isinstance(pad_width, dict):
        rows = [(0, 0)] * ndim
        for axis, row in pad_width.items():
            rows[axis] = row
        pad_width = [np.broadcast_to(row, 2) for row in rows]
    try:
        pairs = np.broadcast_to(pad_width, (ndim, 2)).tolist()
    except ValueError as error:
        raise ShapeError(
            f"pad: pad_width {pad_width!r} does not give (before, after) for each of {ndim} axes"
        ) from error
    return tuple((int(before), int(after)) for before, after in pairs)


@answers(np.pad)
@composed
def pad(array: Any, pad_width: Any, mode: str = "constant", **kwargs: Any) -> Any:
    """The array with borders.

    pad_width   n; (before, after); one such pair for each axis; or a dictionary from axis to width
    mode        "constant" with constant_values=0, "edge", "reflect", "symmetric" or "wrap"

    >>> import autograd_core as ag
    >>> ag.pad(ag.tensor([1.0, 2.0, 3.0]), (1, 2), mode="reflect")
    tensor([2., 1., 2., 3., 2., 1.])
    """
    width = widths(pad_width, np.ndim(array))
    values = kwargs.pop("constant_values", 0) if mode == "constant" else 0
    odd = kwargs.pop("reflect_type", "even") != "even"
    if kwargs or odd or mode not in ("constant", *BY_INDEX):
        asked = "reflect_type='odd'" if odd else f"{next(iter(kwargs))}=" if kwargs else f"mode={mode!r}"
        raise UnsupportedError(f"pad with {asked} is not differentiated: join the borders with np.concatenate")
    if isinstance(values, Value):
        raise UnsupportedError("pad takes plain numbers as constant_values: join recorded borders with np.concatenate")
    if mode == "constant":
        return padded(array, width=width, values=values)
    for axis, (n, (before, after)) in enumerate(zip(np.shape(array), width, strict=True)):
        if before or after:
            try:
                index = np.pad(np.arange(n), (before, after), mode=mode)  # type: ignore[call-overload]
            except ValueError as error:
                raise ShapeError(
                    f"pad cannot extend axis {axis} of shape {np.shape(array)} in mode {mode!r}: {error}"
                ) from error
            array = getitem(array, (slice(None),) * axis + (index,))
    return array


# -- repeating ---------------------------------------------------------------------------------------------------------


@answers(np.tile)
@composed
def tile(A: Any, reps: Any) -> Any:
    """The array repeated as a whole, reps times along each axis; a gradient is summed over the copies.

    >>> import autograd_core as ag
    >>> ag.tile(ag.tensor([1.0, 2.0]), (2, 1))
    tensor([[1., 2.],
            [1., 2.]])
    """
    times: Shape = tuple(int(r) for r in reps) if np.ndim(reps) else (int(reps),)
    ndim = max(len(times), np.ndim(A))
    times = (1,) * (ndim - len(times)) + times
    shape = (1,) * (ndim - np.ndim(A)) + np.shape(A)
    a = reshape(A, tuple(n for length in shape for n in (1, length)))
    a = broadcast_to(a, tuple(n for pair in zip(times, shape, strict=True) for n in pair))
    return reshape(a, tuple(r * n for r, n in zip(times, shape, strict=True)))


@answers(np.repeat)
@composed
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    """The array with each element repeated along an axis, of the flattened array by default.

    repeats   how often; one number, or one for each element along the axis

    >>> import autograd_core as ag
    >>> ag.repeat(ag.tensor([1.0, 2.0]), [1, 2])
    tensor([1., 2., 2.])
    """
    if axis is None:
        a, axis = ravel(a), 0
    shape = np.shape(a)
    (axis,) = normal_axes(axis, len(shape))
    if np.ndim(repeats) == 0:
        before, after = shape[: axis + 1], shape[axis + 1 :]
        a = broadcast_to(reshape(a, (*before, 1, *after)), (*before, int(repeats), *after))
        return reshape(a, (*before[:-1], before[-1] * int(repeats), *after))
    try:
        index = np.repeat(np.arange(shape[axis]), np.asarray(repeats))
    except ValueError as error:
        raise ShapeError(
            f"repeat: {len(repeats)} counts for the {shape[axis]} elements along axis {axis} of shape {shape}"
        ) from error
    return getitem(a, (slice(None),) * axis + (index,))
