"""Reading and writing by index: basic slices, integers, masks, integer arrays with repeats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import add, ndarray

from ..batches import Batched, widened
from ..errors import BoundsError, LeavingError, ShapeError
from ..families import layout, primitive
from ..families.elementwise import gate
from ..memory import protected
from ..primitive import Primitive
from ..recording import Settings, Value
from ..samples import Sample, sample
from ..shapes import Shape


def plain_index(index: Any) -> Any:
    """An index whose arrays nobody can change later: values unwrapped, arrays copied."""
    if isinstance(index, tuple):
        return tuple([plain_index(list(i) if isinstance(i, (tuple, range)) else i) for i in index])
    if isinstance(index, Value):
        index = index._data
    if isinstance(index, list):
        index = np.asarray(index) if index else np.empty(0, int)
    return protected(index)


def at(axis: int, part: Any) -> tuple[Any, ...]:
    """The index that picks `part` along one axis, and all along the others."""
    return (*(slice(None),) * axis, part)


BASIC = frozenset([int, slice, type(None), type(Ellipsis)])
"""What an index is made of that gives a view; nobody can change it later."""


def is_basic(index: Any) -> bool:
    """Whether an index holds no arrays, lists or values."""
    return BASIC.issuperset(map(type, index)) if type(index) is tuple else type(index) in BASIC


def may_repeat(index: Any) -> bool:
    """Whether an index can name the same element twice: only integer arrays can."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(i, np.ndarray) and i.dtype != bool and i.size > 1 for i in parts)


def scatter_forward(a: Any, *, index: Any, shape: Any) -> Any:
    y = np.zeros(shape, np.asarray(a).dtype)
    if not is_basic(index) and may_repeat(index):
        np.add.at(y, index, a)
    else:
        y[index] = a
    return y


def pour(total: Any, g: Any, *, index: Any) -> None:
    """Add to the elements of an array that an index names."""
    if (
        BASIC.issuperset(map(type, index if type(index) is tuple else (index,)))
        and type(part := total[index]) is ndarray
    ):
        add(part, g, part)  # += would write the view back into the whole
    elif may_repeat(index):
        np.add.at(total, index, g)
    else:
        total[index] += g


def table(dtype: Any = float) -> Any:
    """An array of shape (3, 4), every element different."""
    return np.arange(1.0, 13.0).reshape(3, 4).astype(dtype)


# every kind of index, among them those that name an element several times
INDICES: tuple[Any, ...] = (
    -1,
    (slice(None, None, -1), slice(1, None)),
    (Ellipsis, None, 2),
    np.array([2, 0, 2, 2]),
    np.array([[True, False] * 2] * 3),
    (np.array([[0], [2]]), np.array([3, 3])),
    (np.array([1, 1]), slice(None), None),
    (1, slice(0, 0)),
    np.empty(0, int),
    (),
    (0, 2),
    None,
    (slice(None), None, 0),
    (np.array([0, 0, 2]), np.array([3, 3, 1])),
    (slice(None), np.array([3, -1])),
    (0, np.array([1, 1])),
    np.array([True, False, True]),
    (slice(None), np.array([True, False, True, True])),
    (np.array([True, False, True]), 2),
    (np.array([True, False, True]), np.array([1, 1])),
    True,
    np.ix_([0, 0], [1, 3]),
)


def cases_of_reading() -> list[Sample]:
    """Calls of getitem: each index, other dtypes, a single number, and indices out of bounds."""
    return [
        *[sample(table(), index=i) for i in INDICES],
        sample(table(np.float32)[::-1], index=np.array([-1, 1])),
        sample(table(complex).T * 1j, index=(slice(0, 4, 2), 1)),
        sample(np.float64(1.0), index=(None, Ellipsis)),
        sample(table(), index=3, raises=BoundsError),
        sample(table(), index=(0, 0, 0), raises=BoundsError),
    ]


def cases_of_scattering() -> list[Sample]:
    """What getitem gives for each index, put back."""
    return [
        *[sample(table()[i], index=i, shape=(3, 4)) for i in INDICES],
        sample(table(np.float16)[0], index=np.array([0, 0, 0, 1]), shape=(2,)),
        sample(table(complex)[0] * 1j, index=np.array([0, 0, 0, 1]), shape=(2,)),
    ]


def cases_of_writing() -> list[Sample]:
    """Writes of as many numbers as there are places, of one number to all, and of shapes that do not fit."""
    return [
        *[sample(table(), -table()[i], index=i) for i in INDICES],
        sample(table(), 0.5, index=np.array([2, 0, 2])),
        sample(table(complex) * (1 + 1j), np.array([1j, 2.0]), index=(0, slice(2))),
        sample(table(np.float32), np.array([0.5, 1.5, 2.5, 3.5], np.float32), index=slice(1, None)),
        sample(table(), np.ones(3), index=0, raises=ShapeError),
    ]


def index_each(index: Any) -> tuple[tuple[Any, ...], int]:
    """The index that takes the same of every example, and the axis that then counts the examples.

    Arrays that are not next to each other bring their axes to the front, before that of the examples.
    """
    index = index if isinstance(index, tuple) else (index,)
    arrays = [i for i in index if isinstance(i, np.ndarray)]
    if not arrays:
        return (slice(None), *index), 0
    places = [k for k, i in enumerate(index) if isinstance(i, (np.ndarray, int, np.integer))]
    apart = places[-1] - places[0] >= len(places)
    ndims = [1 if i.dtype == bool else i.ndim for i in arrays]
    return (slice(None), *index), max(ndims) if apart else 0


def gather_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    index, axis = index_each(settings["index"])
    return np.moveaxis(made.call(xs[0], index=index), axis, 0) if axis else made.call(xs[0], index=index)


def scatter_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    (a,) = xs
    index, axis = index_each(settings["index"])
    return made.call(np.moveaxis(a, 0, axis) if axis else a, index=index, shape=(a.shape[0], *settings["shape"]))


def put_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    a, v = xs
    index, axis = index_each(settings["index"])
    if not batched[0]:
        a = np.broadcast_to(a, (v.shape[0], *np.shape(a)))
    if batched[1]:
        v = widened(v, np.broadcast_to(0, a.shape[1:])[settings["index"]].ndim)
        v = np.moveaxis(v, 0, axis) if axis else v
    return made.call(a, v, index=index)


gather = layout(
    lambda a, *, index: a[index],
    lambda g, a_like, index: scattered(g, index, a_like.shape),
    cut=True,
    samples=cases_of_reading,
    batch=gather_each,
    pour=pour,
    name="getitem",
    text=("{g} at [{index}]",),
)
scatter: Primitive = layout(
    scatter_forward,
    lambda g, index: gather(g, index=index),
    samples=cases_of_scattering,
    batch=scatter_each,
    name="scatter",
    text=("{g}[{index}]",),
)


def scattered(g: Any, index: Any, shape: Shape) -> Any:
    """Zeros of a shape, with g where the index points; a plain array needs none of a call's questions."""
    call = scatter_forward if type(g) is ndarray else scatter
    return call(g, index=index, shape=shape)


def put_forward(a: Any, v: Any, *, index: Any) -> Any:
    y = np.array(a)
    y[index] = v
    return y


def cleared(g: Any, *, index: Any) -> Any:
    """g with zeros at the index."""
    return put(g, 0.0, index=index)


def arrived(g: Any, *, index: Any) -> Any:
    """What a cotangent says of the written elements; where an index repeats, only the last write is still there."""
    read = gather(g, index=index)
    if not may_repeat(index):
        return read
    order = np.arange(np.size(read)).reshape(np.shape(read))
    last = np.zeros(np.shape(g), int)
    last[index] = order
    return gate(read, last[index] == order)


put = primitive(
    put_forward,
    lambda g, index: cleared(g, index=index),
    lambda g, index: arrived(g, index=index),
    linear=True,
    cut=True,
    samples=cases_of_writing,
    batch=put_each,
    name="setitem",
    text=("{g}, 0 at [{index}]", "{g}[{index}]"),
)


def getitem(a: Any, index: Any) -> Any:
    """a[index] for every index that NumPy takes; elements that are named twice receive the sum of their gradients."""
    if is_basic(index):
        return gather.call(a, index=index)
    parts = index if type(index) is tuple else (index,)
    if any(type(i) is Batched for i in parts):
        return gather_own(a, parts)
    return gather.call(a, index=plain_index(index))


def gather_own(a: Any, index: tuple[Any, ...]) -> Any:
    """a[index] where the examples of a batch have integers of their own in the index.

    The axis of the examples joins those of the integers, and is then brought to the front.
    """
    if any(type(i) is Batched and i.dtype == bool for i in index):
        raise LeavingError(
            "vmap: x[mask] may have another shape for each example; choose with ag.where(mask, x, ...) instead"
        )
    level = max([x.level for x in (a, *index) if type(x) is Batched], key=lambda level: level.depth)
    parts = [i if type(i) is Batched else plain_index(i) for i in index]
    index = tuple([j for i in parts for j in (np.nonzero(i) if is_mask(i) else (i,))])
    ndim = np.ndim(a)
    places = [k for k, i in enumerate(index) if not (i is None or i is Ellipsis or isinstance(i, slice))]
    missing = ndim - sum(i is not None and i is not Ellipsis for i in index)
    before = sum(
        missing if i is Ellipsis else 1 for i in index[: places[0]]
    )  # axes of the result, if the rest is in one place
    if places[-1] - places[0] >= len(places):
        before = 0
    width = max(np.ndim(index[k]) for k in places)
    of_level = [type(i) is Batched and i.level is level for i in index]
    own = [widened(i.value, width) if ours else i for i, ours in zip(index, of_level, strict=True)]
    if not (type(a) is Batched and a.level is level):
        return Batched(np.moveaxis(getitem(a, tuple(own)), before, 0), level)
    if not any(of_level):
        y = getitem(a.value, (slice(None), *own))
        return Batched(np.moveaxis(y, width, 0) if places[-1] - places[0] >= len(places) else y, level)
    y = getitem(a.value, (np.arange(level.size).reshape(-1, *[1] * width), *own))
    if before:  # the first array is far from the others now, which brought them all to the front
        y = np.moveaxis(y, tuple(range(1, 1 + width)), tuple(range(1 + before, 1 + before + width)))
    return Batched(y, level)


def is_mask(i: Any) -> bool:
    """Whether a part of an index is an array of truth values."""
    return isinstance(i, np.ndarray) and i.dtype == bool
