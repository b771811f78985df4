"""Turned, mirrored and stretched arrays: NumPy's other words for reshaping, transposing, flipping and broadcasting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError
from ..families import layout
from ..primitive import Primitive
from ..recording import Settings, data_of
from ..samples import Sample, sample
from ..shapes import Axis, Shape, normal_axes
from .layouts import as_dimensions, broadcast_to, cases, cube, moveaxis, reshape, transpose
from .operands import array
from .reductions import matrix

# -- at least so many dimensions -----------------------------------------------------------------------------------------


def arrays(arys: Sequence[Any]) -> list[Any]:
    """Values as they are, all else as arrays."""
    return [array(a) for a in arys]


def one_or_all(results: Sequence[Any]) -> Any:
    """The result for a single argument, all of them as a tuple for several."""
    return results[0] if len(results) == 1 else tuple(results)


def cases_of_dimensions() -> list[Sample]:
    """A number, and arrays of each number of dimensions; several at once."""
    return [
        sample(np.float64(2.0)),
        sample(np.array([1.0, 2.0], np.float32)),
        sample(matrix(complex) * 1j),
        sample(cube()[::-1]),
        sample(np.ones((0, 2))),
        sample(np.float64(2.0), matrix(), [1, 2]),
        sample([1, 2]),
        sample(),
    ]


@answers(np.atleast_1d, samples=cases_of_dimensions)
def atleast_1d(*arys: Any) -> Any:
    """Each array with 1 dimension or more; a tuple if there are several.

    >>> import autograd_core as ag
    >>> ag.atleast_1d(ag.tensor(2.0))
    tensor([2.])
    """
    return one_or_all([as_dimensions(a, 1) for a in arrays(arys)])


@answers(np.atleast_2d, samples=cases_of_dimensions)
def atleast_2d(*arys: Any) -> Any:
    """Each array with 2 dimensions or more, new ones in front; a tuple if there are several."""
    return one_or_all([as_dimensions(a, 2) for a in arrays(arys)])


@answers(np.atleast_3d, samples=cases_of_dimensions)
def atleast_3d(*arys: Any) -> Any:
    """Each array with 3 dimensions or more: (n,) becomes (1, n, 1) and (m, n) becomes (m, n, 1); a tuple if there are several."""
    shapes: list[Shape] = [np.shape(a) for a in arys]
    wide: list[Shape] = [s if len(s) > 2 else (*((1,) * (2 - len(s)) + s), 1) if s else (1, 1, 1) for s in shapes]
    return one_or_all([reshape(a, s) for a, s in zip(arys, wide, strict=True)])


# -- broadcasting --------------------------------------------------------------------------------------------------------


def common_shape(arrays: Sequence[Any], asked: str) -> Shape:
    """The shape that arrays broadcast to together."""
    shapes = [np.shape(a) for a in arrays]
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError as error:
        raise ShapeError(f"{asked} cannot combine shapes {' and '.join(map(str, shapes))}: {error}") from error


@answers(
    np.broadcast_arrays,
    samples=lambda: [
        sample(matrix(), np.array([[1.0], [2.0]]), np.float64(3.0)),
        sample(np.ones((2, 0), np.float32), np.ones(1)),
        sample(matrix(complex)),
        sample(),
        sample(
            matrix(), np.ones(2), raises=ShapeError, match=r"broadcast_arrays cannot combine shapes \(2, 3\) and \(2,\)"
        ),
    ],
)
def broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    """The arrays stretched to the shape that they broadcast to together, as a tuple.

    >>> import autograd_core as ag
    >>> [a.shape for a in ag.broadcast_arrays(ag.tensor([1.0, 2.0]), [[1], [2], [3]])]
    [(3, 2), (3, 2)]
    """
    shape = common_shape(args, "broadcast_arrays")
    return tuple([broadcast_to(a, shape) for a in args])


# -- turning and mirroring -----------------------------------------------------------------------------------------------


def roll_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    (a,) = xs
    shift, axis = settings["shift"], settings.get("axis")
    if axis is None:
        return np.reshape(made.call(np.reshape(a, (a.shape[0], prod(a.shape[1:]))), shift=shift, axis=1), a.shape)
    axes = axis if isinstance(axis, Iterable) else (axis,)  # which may repeat
    return made.call(a, shift=shift, axis=tuple([normal_axes(i, a.ndim - 1)[0] + 1 for i in axes]))


flipped = layout(
    lambda a, *, axis=None: np.flip(a, axis),
    lambda g, axis: np.flip(g, axis),
    samples=lambda: [
        *cases(axis=(0, -1), wrong={"axis": 3}),
        sample(cube(), axis=None),
        sample(np.float64(2.0), axis=None),
    ],
    batch="axes",
    name="flip",
)
rolled = layout(
    lambda a, *, shift, axis=None: np.roll(a, shift, axis),
    lambda g, shift, axis: np.roll(g, np.negative(shift), axis),
    samples=lambda: [
        *cases(shift=(1, -2), axis=(0, -1), wrong={"shift": 1, "axis": 3}),
        sample(cube(), shift=5, axis=None),
        sample(cube(), shift=2, axis=(1, 2)),
        sample(cube(), shift=(1, 1), axis=0),
    ],
    batch=roll_each,
    name="roll",
)


@answers(
    np.flip,
    samples=lambda: [
        *cases(axis=(0, -1), wrong={"axis": 3}),
        sample(cube()),
        sample(cube(), axis=()),
        sample(np.float64(2.0)),
        sample([1, 2], 0),
    ],
)
def flip(m: Any, axis: Axis = None) -> Any:
    """m with its elements in reverse order along the axes; all axes by default."""
    return flipped(m, axis=axis)


@answers(
    np.roll,
    samples=lambda: [
        *cases(shift=(1, -2), axis=(0, -1), wrong={"shift": 1, "axis": 3}),
        sample(cube(), 5),
        sample(cube(), 2, axis=(1, 2)),
        sample(cube(), (1, 1), 0),
        sample([1, 2], np.array([1])),
        sample(np.float64(2.0), 1),
    ],
)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """a with its elements shifted along the axes; what leaves at one end enters at the other."""
    return rolled(a, shift=data_of(shift), axis=axis)


@answers(
    np.rollaxis,
    samples=lambda: [
        *[sample(cube(), axis, start) for axis in (0, 1, -1) for start in (0, -1, 2, 3)],
        sample(cube(np.float32), 2),
        sample(cube(), 3, raises=ShapeError, match="axis 3 is outside"),
        sample(cube(), 0, 4, raises=ShapeError, match="start=4"),
    ],
)
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    """a with an axis moved to lie before the axis `start`; `moveaxis` says the same more plainly."""
    ndim = np.ndim(a)
    (axis,) = normal_axes(axis, ndim)
    place = start + ndim if start < 0 else start
    if not 0 <= place <= ndim:
        raise ShapeError(
            f"rollaxis with start={start} is outside an array of {ndim} dimensions: use {-ndim} ... {ndim}"
        )
    return moveaxis(a, axis, place - 1 if axis < place else place)


@answers(
    np.rot90,
    samples=lambda: [
        *[sample(matrix(), k) for k in range(-1, 4)],
        sample(cube()[::-1], k=3, axes=(2, 0)),
        sample(cube(complex) * 1j, 1, (-1, 1)),
        sample(np.ones((2, 0), np.float32)),
        sample(np.ones(2), raises=ShapeError, match="outside an array of 1 dimensions"),
        sample(matrix(), axes=(0, -2), raises=ShapeError, match="twice"),
        sample(cube(), axes=(0, 1, 2), raises=ShapeError, match="a plane of two axes"),
    ],
)
def rot90(m: Any, k: int = 1, axes: Sequence[int] = (0, 1)) -> Any:
    """m turned by k right angles in the plane of two axes, from the first towards the second.

    >>> import autograd_core as ag
    >>> ag.rot90(ag.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[2., 4.],
            [1., 3.]])
    """
    if len(axes) != 2:
        raise ShapeError(f"rot90 turns a plane of two axes, not of {len(axes)}")
    first, second = normal_axes(axes, np.ndim(m))
    k %= 4
    if k in (0, 2):
        return flip(m, (first, second) if k else ())
    order = list(range(np.ndim(m)))
    order[first], order[second] = second, first
    return flip(transpose(m, order), first if k == 1 else second)


def mirrored(m: Any, axis: int, asked: str) -> Any:
    """m with its elements along an axis in reverse order."""
    if np.ndim(m) <= axis:
        raise ShapeError(f"{asked} takes an array of at least {axis + 1} dimensions, not of shape {np.shape(m)}")
    return flip(m, axis)


@answers(
    np.fliplr,
    samples=lambda: [
        sample(matrix()),
        sample(cube(np.float32)),
        sample(np.ones(2), raises=ShapeError, match="fliplr takes an array of at least 2 dimensions"),
    ],
)
def fliplr(m: Any) -> Any:
    """m with its columns (its second axis) in reverse order."""
    return mirrored(m, 1, "fliplr")


@answers(
    np.flipud,
    samples=lambda: [
        sample(matrix()),
        sample(np.array([1.0j, 2.0])),
        sample(np.float64(2.0), raises=ShapeError, match="flipud takes an array of at least 1 dimension"),
    ],
)
def flipud(m: Any) -> Any:
    """m with its rows (its first axis) in reverse order."""
    return mirrored(m, 0, "flipud")
