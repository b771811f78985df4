"""Joining arrays and taking them apart: each the transpose of the other. Padding, tiling and repeating."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError, UnsupportedError
from ..families import composed, layout
from ..primitive import Primitive
from ..recording import Value
from ..samples import Sample, sample
from ..shapes import Shape, normal_axes
from .indexing import getitem
from .layouts import astype, broadcast_to, ravel, reshape
from .reductions import matrix, refuse

# -- joining and splitting ---------------------------------------------------------------------------------------------------


def lengths_back(g: Any, xs_like: Sequence[Any], axis: int) -> Any:
    """A cotangent cut into the lengths of what was joined."""
    lengths = [x.shape[axis] for x in xs_like]
    return divided(g, cuts=tuple(accumulate(lengths[:-1])), axis=axis)


def cases_of_joining() -> list[Sample]:
    """Joins of one and of several, of nothing, of different dtypes, and of shapes that do not fit."""
    return [
        sample(matrix(), axis=0),
        sample(matrix(), matrix()[::-1], axis=-1),
        sample(matrix(np.float32), matrix(), matrix(np.float16), axis=1),
        sample(matrix(complex) * 1j, matrix(), axis=0),
        sample(matrix(), np.ones((4, 5)), axis=0, raises=ShapeError),
        sample(matrix(), matrix(), axis=3, raises=ShapeError),
    ]


joined = layout(
    lambda *xs, axis=0: np.concatenate(xs, axis=axis),
    lengths_back,
    samples=lambda: [*cases_of_joining(), sample(np.ones((2, 0)), matrix(), np.ones((2, 1)), axis=1)],
    name="concatenate",
)
divided = layout(
    lambda a, *, cuts, axis=0: tuple(np.split(a, cuts, axis=axis)),
    lambda gs, axis: np.concatenate(gs, axis=axis),
    outputs=-1,
    samples=lambda: [
        sample(matrix(), cuts=(1,), axis=-1),
        sample(matrix()[:, ::-1], cuts=(1, 1, 2), axis=1),
        sample(matrix(np.float32), cuts=(), axis=0),
        sample(matrix(complex) * 1j, cuts=(0, 3), axis=1),
        sample(np.float64(1.0), cuts=(1,), axis=0, raises=ShapeError),
    ],
    name="split",
)
stacked = layout(
    lambda *xs, axis=0: np.stack(xs, axis=axis),
    lambda g, xs_like, axis: unstacked(g, axis=axis),
    samples=lambda: [*cases_of_joining()[:4:3], *cases_of_joining()[4:], sample(np.float64(1.0), 2.0, np.float32(3.0), axis=-1)],
    name="stack",
)
unstacked: Primitive = layout(
    lambda a, *, axis=0: tuple(np.moveaxis(a, axis, 0)),
    lambda gs, axis: np.stack(gs, axis=axis),
    outputs=-1,
    samples=lambda: [
        sample(matrix(), axis=-1),
        sample(np.array([1.0, 2.0, 3.0], np.float32)[::-1], axis=0),
        sample(np.ones((2, 0)), axis=0),
        sample(matrix(), axis=2, raises=ShapeError),
    ],
    name="unstack",
)


def parts(arrays: Any, asked: str) -> list[Any]:
    """What is to be joined, as values and arrays."""
    found = [a if isinstance(a, Value) else np.asarray(a) for a in arrays]
    if not found:
        raise ShapeError(f"{asked} needs at least one array to join")
    return found


@answers(np.concatenate)
def concatenate(
    arrays: Any, /, axis: int | None = 0, out: None = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Any:
    """The arrays one after the other along an axis; flattened first if axis is None.

    arrays: n of them, shapes equal but for that axis   returns their common dtype

    >>> import autograd_core as ag
    >>> ag.concatenate([ag.tensor([1.0]), [2.0, 3.0]])
    tensor([1., 2., 3.])
    """
    refuse("concatenate", out=out)
    xs = parts(arrays, "concatenate")
    if axis is None:
        xs, axis = [ravel(x) for x in xs], 0
    y = joined(*xs, axis=axis)
    return y if dtype is None else astype(y, dtype)


@answers(np.stack)
def stack(arrays: Any, axis: int = 0, out: None = None, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """The arrays side by side along a new axis; Scalars and numbers make a vector.

    >>> import autograd_core as ag
    >>> ag.stack([ag.scalar(1.0), 2.0]).shape
    (2,)
    """
    refuse("stack", out=out)
    y = stacked(*parts(arrays, "stack"), axis=axis)
    return y if dtype is None else astype(y, dtype)


@answers(np.unstack)
def unstack(x: Any, /, *, axis: int = 0) -> Any:
    """The slices of x along an axis, as a tuple: the reverse of `stack`."""
    return unstacked(x, axis=axis)


def as_dimensions(a: Any, ndim: int) -> Any:
    """a with new axes of length 1 in front, up to a number of dimensions."""
    shape = np.shape(a)
    return a if len(shape) >= ndim else reshape(a, (1,) * (ndim - len(shape)) + shape)


@answers(np.hstack)
def hstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """The arrays next to each other: along the second axis, vectors and numbers along the first."""
    xs = [as_dimensions(x, 1) for x in parts(tup, "hstack")]
    return concatenate(xs, 0 if np.ndim(xs[0]) == 1 else 1, dtype=dtype)


@answers(np.vstack)
def vstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """The arrays below each other: along the first axis, vectors and numbers as rows."""
    return concatenate([as_dimensions(x, 2) for x in parts(tup, "vstack")], 0, dtype=dtype)


@answers(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """The array in pieces along an axis, as a list: n equal ones, or the pieces between the given indices.

    Raises ShapeError if the axis cannot be divided into n equal pieces; `array_split` makes unequal ones.

    >>> import autograd_core as ag
    >>> ag.split(ag.tensor([1.0, 2.0, 3.0]), [1])
    [tensor([1.]), tensor([2., 3.])]
    """
    if np.ndim(indices_or_sections) == 0:
        (i,) = normal_axes(axis, np.ndim(ary))
        length, sections = np.shape(ary)[i], int(indices_or_sections)
        if sections < 1 or length % sections:
            raise ShapeError(
                f"split cannot divide axis {axis} of shape {np.shape(ary)}, of length {length}, into {sections} equal pieces: "
                f"use array_split for unequal ones"
            )
    return array_split(ary, indices_or_sections, axis)


@answers(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """The array in pieces along an axis, as a list: n of them, the first ones longer by one if need be, or as `split`.

    >>> import autograd_core as ag
    >>> [piece.shape for piece in ag.array_split(ag.tensor([1.0, 2.0, 3.0]), 2)]
    [(2,), (1,)]
    """
    (axis,) = normal_axes(axis, np.ndim(ary))
    length = np.shape(ary)[axis]
    if np.ndim(indices_or_sections) == 0:
        n = int(indices_or_sections)
        if n < 1:
            raise ShapeError(f"array_split makes 1 piece or more, not {n}")
        size, longer = divmod(length, n)
        cuts = [i * size + min(i, longer) for i in range(1, n)]
    else:
        cuts = [int(i) for i in indices_or_sections]
    ranges = [slice(*ends).indices(length)[:2] for ends in pairwise([0, *cuts, None])]
    in_order = all(start <= stop for start, stop in ranges)
    if in_order and all(stop == start for (_, stop), (start, _) in pairwise(ranges)):  # the pieces make up the whole
        return list(divided(ary, cuts=tuple(stop for _, stop in ranges[:-1]), axis=axis))
    return [getitem(ary, (slice(None),) * axis + (slice(*ends),)) for ends in ranges]


# -- padding -----------------------------------------------------------------------------------------------------------------


def inner(g: Any, a_like: Any, width: Sequence[Sequence[int]]) -> Any:
    """What lies within the padding."""
    return g[tuple(slice(before, before + n) for (before, _), n in zip(width, np.shape(a_like), strict=True))]


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
    name="pad",
)
# the padding is constant: the tangent there is 0, whatever the values
padded.push = lambda node, saved, tangents: padded.call(tangents[0], width=node.settings["width"])

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
        raise ShapeError(f"pad: pad_width {pad_width!r} does not give (before, after) for each of {ndim} axes") from error
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
                raise ShapeError(f"pad cannot extend axis {axis} of shape {np.shape(array)} in mode {mode!r}: {error}") from error
            array = getitem(array, (slice(None),) * axis + (index,))
    return array


# -- repeating ---------------------------------------------------------------------------------------------------------------


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
