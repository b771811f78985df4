"""Joining arrays and taking them apart: each is the transpose of the other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from ..batches import all_batched, with_settings
from ..dispatch import answers
from ..errors import BoundsError, DTypeError, ShapeError
from ..families import layout
from ..primitive import Primitive
from ..recording import Settings, dtype_of
from ..samples import Sample, sample
from ..shapes import Shape, normal_axes
from .indexing import at, getitem
from .layouts import as_dimensions, astype, cube, ravel
from .operands import array
from .reductions import matrix, refuse

# -- joining and splitting ---------------------------------------------------------------------------------------------


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


def join_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    xs = all_batched(xs, batched)
    ndim = xs[0].ndim - (0 if made is stacked else 1)
    (axis,) = normal_axes(settings.get("axis", 0), ndim)
    return made.call(*xs, axis=axis + 1)


def next_axis(shape: Shape, axis: int = 0, **settings: Any) -> Settings:
    return {"axis": normal_axes(axis, len(shape))[0] + 1}


joined = layout(
    lambda *xs, axis=0: np.concatenate(xs, axis=axis),
    lengths_back,
    samples=lambda: [*cases_of_joining(), sample(np.ones((2, 0)), matrix(), np.ones((2, 1)), axis=1)],
    batch=join_each,
    name="concatenate",
    text=("its part of {g}",),
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
        sample(np.float64(1.0), cuts=(1,), axis=0, raises=BoundsError),
    ],
    batch=with_settings(next_axis),
    name="split",
    text=("the parts joined",),
)
stacked: Primitive = layout(
    lambda *xs, axis=0: np.stack(xs, axis=axis),
    lambda g, xs_like, axis: unstacked(g, axis=axis),
    samples=lambda: [
        *cases_of_joining()[:4:3],
        *cases_of_joining()[4:],
        sample(np.float64(1.0), 2.0, np.float32(3.0), axis=-1),
    ],
    batch=join_each,
    name="stack",
    text=(lambda axis: "{g}[{i}]" if axis == 0 else "its part of {g}",),
)
unstacked: Primitive = layout(
    lambda a, *, axis=0: tuple(np.moveaxis(a, axis, 0)),
    lambda gs, axis: np.stack(gs, axis=axis),
    outputs=-1,
    samples=lambda: [
        sample(matrix(), axis=-1),
        sample(cube() * (1 - 2j), axis=1),
        sample(np.array([1.0, 2.0, 3.0], np.float32)[::-1], axis=0),
        sample(np.ones((2, 0)), axis=0),
        sample(matrix(), axis=2, raises=ShapeError),
    ],
    batch=with_settings(next_axis),
    name="unstack",
    text=("the parts stacked",),
)


def converted(y: Any, dtype: Any, casting: str) -> Any:
    """A join in another dtype, if that is asked for and allowed."""
    if dtype is None:
        return y
    found = dtype_of(y)
    if not np.can_cast(found, dtype, casting):  # type: ignore[arg-type]
        raise DTypeError(f"a join of dtype {found} is not converted to {np.dtype(dtype)} with casting={casting!r}")
    return astype(y, dtype)


def parts(arrays: Any, asked: str) -> list[Any]:
    """What is to be joined, as values and arrays."""
    found = [array(a) for a in arrays]
    if not found:
        raise ShapeError(f"{asked} needs at least one array to join")
    return found


@answers(
    np.concatenate,
    samples=lambda: [
        sample([matrix(), matrix()[::-1]], -1),
        sample((matrix(np.float32), matrix(np.float16), [[1, 2, 3]]), axis=0),
        sample([matrix(), np.ones(2), 3.0 * np.ones((1, 1, 1))], axis=None),
        sample(cube(complex) * 1j, 1),
        sample([np.ones((2, 0), np.float32), matrix(np.float32)], 1, dtype=np.float16),
        sample([matrix() + 1], dtype=int, casting="unsafe"),
        sample([[1], [2]], 0),
        sample([matrix(), matrix()[0]], raises=ShapeError, match="concatenate cannot combine shapes"),
        sample([], raises=ShapeError, match="at least one array"),
        sample([matrix()], dtype=int, raises=DTypeError, match="casting='same_kind'"),
        sample([np.float64(1.0)], raises=ShapeError, match="zero-dimensional"),
    ],
)
def concatenate(
    arrays: Any, /, axis: int | None = 0, out: None = None, *, dtype: Any = None, casting: str = "same_kind"
) -> Any:
    """The arrays one after the other along an axis; flattened first if axis is None.

    arrays: n of them, shapes equal but for that axis   returns their common dtype

    >>> import autograd_core as ag
    >>> ag.concatenate([ag.tensor([1.0]), [2.0, 3.0]])
    tensor([1., 2., 3.])
    """
    refuse("concatenate", out)
    xs = parts(arrays, "concatenate")
    if axis is None:
        xs, axis = [ravel(x) for x in xs], 0
    y = joined(*xs, axis=axis)
    return converted(y, dtype, casting)


@answers(
    np.stack,
    samples=lambda: [
        sample([matrix(), matrix()[::-1]], 1),
        sample((matrix(np.float32), matrix(np.float16)), axis=-1),
        sample(cube(complex) * 1j, 0),
        sample([np.float64(1.0), 2.0, np.float32(3.0)]),
        sample([matrix(np.float32)], dtype=float),
        sample([1, 2]),
        sample([matrix(), matrix()[0]], raises=ShapeError, match="stack cannot combine shapes"),
        sample([matrix()], dtype=int, raises=DTypeError, match="casting='same_kind'"),
    ],
)
def stack(arrays: Any, axis: int = 0, out: None = None, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """The arrays side by side along a new axis; Scalars and numbers make a vector.

    >>> import autograd_core as ag
    >>> ag.stack([ag.scalar(1.0), 2.0]).shape
    (2,)
    """
    refuse("stack", out)
    y = stacked(*parts(arrays, "stack"), axis=axis)
    return converted(y, dtype, casting)


@answers(
    np.unstack,
    samples=lambda: [
        sample(matrix()),
        sample(cube(np.float32)[::-1], axis=-1),
        sample(np.array([1.0j, 2.0])),
        sample(np.ones((2, 0)), axis=1),
        sample(np.float64(1.0), raises=ShapeError),
        sample(matrix(), axis=2, raises=ShapeError),
    ],
)
def unstack(x: Any, /, *, axis: int = 0) -> Any:
    """The slices of x along an axis, as a tuple: the reverse of `stack`."""
    return unstacked(x, axis=axis)


@answers(
    np.hstack,
    samples=lambda: [
        sample((np.array([1.0, 2.0]), np.float64(3.0))),
        sample([matrix(), matrix()[:, :1]]),
        sample([cube(np.float32), cube()], dtype=np.float32),
        sample([[1, 2], [3]]),
        sample([matrix(), np.ones((3, 1))], raises=ShapeError, match="cannot combine shapes"),
    ],
)
def hstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """The arrays next to each other: along the second axis, vectors and numbers along the first."""
    xs = [as_dimensions(x, 1) for x in parts(tup, "hstack")]
    return concatenate(xs, 0 if np.ndim(xs[0]) == 1 else 1, dtype=dtype, casting=casting)


@answers(
    np.vstack,
    samples=lambda: [
        sample((np.array([1.0, 2.0, 3.0]), matrix())),
        sample([cube(complex) * 1j, cube(np.float32)]),
        sample([np.float64(1.0), 2.0]),
        sample([matrix(), np.ones(2)], raises=ShapeError, match="cannot combine shapes"),
    ],
)
def vstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """The arrays below each other: along the first axis, vectors and numbers as rows."""
    return concatenate([as_dimensions(x, 2) for x in parts(tup, "vstack")], 0, dtype=dtype, casting=casting)


@answers(
    np.split,
    samples=lambda: [
        sample(cube(), 2),
        sample(cube()[::-1], 3, axis=1),
        sample(cube(np.float32), [1, 1, -1], -1),
        sample(np.array([1.0j, 2.0, 3.0]), np.array([2, 1])),
        sample(np.ones((2, 0)), 1, 1),
        sample(cube(), [3, 1], -1),
        sample(cube(), [0, 2, 9], 1),
        sample(cube(), []),
        sample(cube(), 3, raises=ShapeError, match="of length 2, into 3 equal pieces: use array_split"),
        sample(cube(), 2, 3, raises=ShapeError, match="axis 3 is outside"),
    ],
)
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
                f"split cannot divide axis {axis} of shape {np.shape(ary)}, of length {length}, into {sections} equal "
                f"pieces: use array_split for unequal ones"
            )
    return array_split(ary, indices_or_sections, axis)


@answers(
    np.array_split,
    samples=lambda: [
        sample(cube(), 3, -1),
        sample(np.array([1.0, 2.0], np.float32), 3),
        sample(matrix(complex) * 1j, [5], axis=1),
        sample(matrix(), (-1, 1), 1),
        sample([1, 2, 3], 2),
        sample(matrix(), 0, raises=ShapeError, match="1 piece or more, not 0"),
    ],
)
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
    return [getitem(ary, at(axis, slice(*ends))) for ends in ranges]
