"""Sorted arrays, and the orders that sort them.

Sorting is a permutation, and its derivative is the same permutation. Elements that are equal could be permuted in several
ways: their gradients are shared equally, so that the last of a sorted array has the gradient of `max`. NaNs come last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..batches import along_axes
from ..dispatch import answers
from ..errors import DTypeError, ShapeError, UnsupportedError
from ..families import composed, fixed, layout, primitive
from ..primitive import Primitive
from ..recording import data_of, dtype_of
from ..samples import Sample, sample, singular
from .layouts import astype, cube, ravel
from .reductions import matrix
from .taking import take_along_axis

# -- permutations, and the sharing between ties ------------------------------------------------------------------------


def order_of(a: Any, axis: int) -> Any:
    """Where the elements of the sorted array come from."""
    return np.argsort(data_of(a), axis)


def ranks_of(a: Any, axis: int) -> Any:
    """Where the elements of an array are in the sorted one: the inverse permutation."""
    order = order_of(a, axis)
    ranks = np.empty_like(order)
    places = np.expand_dims(np.arange(order.shape[axis]), tuple(range(1, order.ndim)))
    np.put_along_axis(ranks, order, np.moveaxis(places, 0, axis), axis)
    return ranks


def averaged_forward(a: Any, *, like: Any, axis: int) -> Any:
    sames = np.equal(*neighbours(like, axis))
    if not np.any(sames):
        return a
    rows = np.moveaxis(a, axis, -1)
    first = np.ones(rows.shape, bool)
    first[..., 1:] = ~np.moveaxis(sames, axis, -1)
    starts = np.flatnonzero(first)
    sizes = np.diff(starts, append=rows.size)
    means = np.add.reduceat(np.ravel(rows), starts) / sizes
    return np.moveaxis(np.reshape(np.repeat(means, sizes), rows.shape), -1, axis).astype(a.dtype)


def neighbours(a: Any, axis: int) -> tuple[Any, Any]:
    """All elements but the first along an axis, and all but the last."""
    rows = np.moveaxis(a, axis, 0)
    return np.moveaxis(rows[1:], 0, axis), np.moveaxis(rows[:-1], 0, axis)


TIED = np.array([[1.0, 1.0, 2.0], [0.5, 1.0, 1.0]])

averaged: Primitive = layout(
    averaged_forward,
    lambda g, like, axis: averaged(g, like=like, axis=axis),
    samples=lambda: [
        sample(matrix(), like=TIED, axis=-1),
        sample(matrix(complex).T * 1j, like=TIED.T, axis=0),
        sample(matrix(np.float32), like=matrix(), axis=1),
        sample(np.ones((0, 2)), like=np.ones((0, 2)), axis=1),
    ],
    batch=lambda made, xs, batched, settings: along_axes(
        made, xs, batched, {**settings, "like": np.broadcast_to(settings["like"], xs[0].shape)}
    ),
    name="mean_over_ties",
)
"""The means over neighbours for which the elements of `like`, a sorted array, are equal."""


def from_sorted(g: Any, a: Any, y: Any, axis: int) -> Any:
    """What belongs to the sorted elements y, brought to where they stand in a."""
    return take_along_axis(averaged(g, like=data_of(y), axis=axis), ranks_of(a, axis), axis)


def to_sorted(t: Any, a: Any, y: Any, axis: int) -> Any:
    """What belongs to the elements of a, brought to where they stand in y, which is sorted."""
    return averaged(take_along_axis(t, order_of(a, axis), axis), like=data_of(y), axis=axis)


# -- sort and partition --------------------------------------------------------------------------------------------------


def cases_of_sorting() -> list[Sample]:
    """Calls of the primitives: each axis, other dtypes, complex numbers, none at all."""
    return [
        sample(matrix(), axis=-1),
        sample(cube()[:, ::-1], axis=1),
        sample(matrix(np.float16), axis=0),
        sample(matrix(complex) * (1 - 1j), axis=1),
        sample(np.ones((2, 0)), axis=-1),
        sample(matrix(), axis=2, raises=ShapeError),
    ]


sorted_ = primitive(
    lambda a, *, axis=-1, kind=None: np.sort(a, axis, kind),
    lambda g, a, y, axis: from_sorted(g, a, y, axis),
    jvp=lambda t, a, y, axis: to_sorted(t, a, y, axis),
    cut=True,
    kinks="ties",
    singular=[singular(np.array([2.0, 1.0, 2.0]), gives=np.ones(3), why="each is in one place")],
    samples=cases_of_sorting,
    batch="axis",
    name="sort",
    text=("{g} in the old order",),
)
partitioned = primitive(
    lambda a, *, kth, axis=-1, kind="introselect": np.partition(a, kth, axis, kind),
    lambda g, a, y, axis: from_sorted(take_along_axis(g, order_of(y, axis), axis), a, np.sort(data_of(y), axis), axis),
    jvp=lambda t, a, y, axis: take_along_axis(
        to_sorted(t, a, np.sort(data_of(y), axis), axis), ranks_of(y, axis), axis
    ),
    cut=True,
    kinks="ties",
    singular=[singular(np.array([2.0, 1.0, 2.0]), kth=1, gives=np.ones(3), why="each is in one place")],
    samples=lambda: [sample(s.args[0], kth=0, raises=s.raises, **s.settings) for s in cases_of_sorting()],
    batch="axis",
    name="partition",
    text=("{g} in the old order",),
)


def flat_if(a: Any, axis: int | None) -> tuple[Any, int]:
    """The array and the axis to sort along; flattened if there is none."""
    return (ravel(a), 0) if axis is None else (a, axis)


def no_fields(asked: str, order: Any) -> None:
    """Refuse order=, which is about arrays with named fields."""
    if order is not None:
        raise UnsupportedError(f"{asked} with order= is about arrays with fields, which hold no gradient")


def cases_of_sort() -> list[Sample]:
    """Every axis and kind; ties, NaNs and complex numbers in their order; a number, which has no axis."""
    ties = np.array([2.0, 1.0, 2.0])
    return [
        sample(matrix()),
        sample(cube()[:, ::-1], axis=1, kind="stable"),
        sample(matrix(), axis=None, kind="heapsort"),
        sample(matrix(np.float16), 0, stable=True),
        sample(np.array([1 + 1j, 1 - 1j, 0.5 + 3j], np.complex64)),  # with a jump at equal real parts
        sample(np.array([2.0, np.inf, -0.5, -np.inf], np.float32)),
        sample(np.array([2.0, np.nan, 0.5], np.float32)),
        sample(ties, through=lambda y: y[0] + 3 * y[1] + 3 * y[2]),
        sample(np.array([3, 1, 2])),
        sample(np.ones((0, 2))),
        sample(np.float64(1.0), axis=None),
        sample(np.float64(1.0), raises=ShapeError),
        sample(matrix(), order="x", raises=UnsupportedError, match="arrays with fields"),
    ]


@answers(
    np.sort,
    samples=cases_of_sort,
)
def sort(a: Any, axis: int | None = -1, kind: Any = None, order: None = None, *, stable: bool | None = None) -> Any:
    """The elements in ascending order along an axis; of the flattened array if axis is None. NaNs come last.

    Complex numbers are in order of their real parts, then of the imaginary ones. Ties share their gradients equally.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.sort(x)[-1])(ag.tensor([3.0, 1.0, 3.0]))
    tensor([0.5, 0. , 0.5])
    """
    no_fields("sort", order)
    a, axis = flat_if(a, axis)
    return sorted_(a, axis=axis, kind="stable" if stable else kind)


def cases_of_partition() -> list[Sample]:
    """One place and several, each axis, ties, and a place out of bounds."""
    row = np.array([7.0, 1.5, 4.0, 9.0, -2.0, 3.0])
    return [
        sample(row, 2),
        sample(row, (0, -2)),
        sample(cube()[:, ::-1], 1, axis=1),
        sample(matrix(np.float32), 3, axis=None),
        sample(row[:4] + 1j, 1),
        sample(np.array([2.0, 1.0, 2.0]), 1, through=lambda y: y[0] + 3 * y[1] + 3 * y[2]),
        sample(row, 6, raises=ShapeError, match="out of bounds"),
        sample(row, [0], order="x", raises=UnsupportedError, match="arrays with fields"),
    ]


@answers(np.partition, samples=cases_of_partition)
def partition(a: Any, kth: Any, axis: int | None = -1, kind: str = "introselect", order: None = None) -> Any:
    """The elements rearranged along an axis so that the kth is where sorting would put it, smaller ones before it.

    kth   a place, or several

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.partition(x, 1)[1])(ag.tensor([3.0, 1.0, 2.0]))
    tensor([0., 0., 1.])
    """
    no_fields("partition", order)
    a, axis = flat_if(a, axis)
    return partitioned(a, kth=tuple(kth) if np.ndim(kth) else int(kth), axis=axis, kind=kind)


@answers(
    np.sort_complex,
    samples=lambda: [
        sample(matrix()),
        sample(matrix(complex).T * (1 + 1j)),
        sample(matrix(np.float32)),
        sample(np.array([3, 1], np.int16)),
        sample(np.ones(2, np.longdouble)),
        sample(np.float64(1.0), raises=ShapeError),
    ],
)
@composed
def sort_complex(a: Any) -> Any:
    """The elements in ascending order along the last axis, as complex numbers."""
    y = sort(a)
    narrow = dtype_of(y)
    if narrow.kind == "c":
        return y
    return astype(y, np.complex64 if narrow.char in "bhBH" else np.result_type(narrow, np.complex128))


# -- orders: piecewise constant ------------------------------------------------------------------------------------------

orders = fixed(
    lambda a, *, axis=-1, kind=None: np.argsort(a, axis, kind),
    samples=cases_of_sorting,
    batch="axis",
    name="argsort",
)
partial_orders = fixed(
    lambda a, *, kth, axis=-1, kind="introselect": np.argpartition(a, kth, axis, kind),
    samples=partitioned.samples,
    batch="axis",
    name="argpartition",
)
lexical_orders = fixed(
    lambda *keys, axis=-1: np.lexsort(keys, axis),
    samples=lambda: [sample(*matrix(), axis=-1), sample(matrix(), matrix() > 0, axis=0)],
    name="lexsort",
)


@answers(np.argsort, samples=lambda: [*cases_of_sort()[:-2], sample(np.float64(1.0))])
def argsort(a: Any, axis: int | None = -1, kind: Any = None, order: None = None, *, stable: bool | None = None) -> Any:
    """The indices that sort an array along an axis, flattened if axis is None; without gradient."""
    no_fields("argsort", order)
    a, axis = flat_if(a, axis)
    return orders(a, axis=axis, kind="stable" if stable else kind)


@answers(np.argpartition, samples=cases_of_partition)
def argpartition(a: Any, kth: Any, axis: int | None = -1, kind: str = "introselect", order: None = None) -> Any:
    """The indices that partition an array along an axis, flattened if axis is None; without gradient."""
    no_fields("argpartition", order)
    a, axis = flat_if(a, axis)
    return partial_orders(a, kth=tuple(kth) if np.ndim(kth) else int(kth), axis=axis, kind=kind)


@answers(
    np.lexsort,
    samples=lambda: [
        sample((np.array([1.0, 0.5, 1.0]), np.array([2.0, 1.0, 1.0]))),
        sample(matrix()),
        sample((matrix(), [[1, 0, 1], [0, 0, 0]]), axis=0),
        sample((matrix(np.float32),)),
        sample((), raises=DTypeError, match="at least one key"),
        sample((matrix(), np.ones(3)), raises=ShapeError, match="same shape"),
    ],
)
def lexsort(keys: Any, axis: int = -1) -> Any:
    """The indices that sort by several keys, the last one first; without gradient.

    keys: several arrays of one shape, or the rows of an array

    >>> import autograd_core as ag
    >>> ag.lexsort(([2.0, 1.0, 0.0], ag.tensor([0.0, 5.0, 0.0])))
    tensor([2, 0, 1])
    """
    if not isinstance(keys, Sequence):
        keys = [keys[i] for i in range(np.shape(keys)[0])]
    if not keys:
        raise DTypeError("lexsort takes at least one key to sort by, an array")
    return lexical_orders(*keys, axis=axis)
