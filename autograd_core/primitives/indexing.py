"""Reading and writing by index: basic slices, integers, masks, integer arrays with repeats."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import BoundsError, ShapeError
from ..families import layout, primitive
from ..families.elementwise import gate
from ..primitive import Primitive
from ..recording import Value, protected
from ..samples import Sample, sample


def plain_index(index: Any) -> Any:
    """An index whose arrays nobody can change later: values unwrapped, arrays copied."""
    if isinstance(index, tuple):
        return tuple([plain_index(list(i) if isinstance(i, (tuple, range)) else i) for i in index])
    if isinstance(index, Value):
        index = index._data
    if isinstance(index, list):
        index = np.asarray(index) if index else np.empty(0, int)
    return protected(index)


def may_repeat(index: Any) -> bool:
    """Whether an index can name the same element twice: only integer arrays can."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(isinstance(i, np.ndarray) and i.dtype != bool and i.size > 1 for i in parts)


def scatter_forward(a: Any, *, index: Any, shape: Any) -> Any:
    y = np.zeros(shape, np.asarray(a).dtype)
    if may_repeat(index):
        np.add.at(y, index, a)
    else:
        y[index] = a
    return y


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
    ]


def cases_of_writing() -> list[Sample]:
    """Writes of as many numbers as there are places, of one number to all, and of shapes that do not fit."""
    return [
        *[sample(table(), -table()[i], index=i) for i in INDICES],
        sample(table(), 0.5, index=np.array([2, 0, 2])),
        sample(table(np.float32), np.array([0.5, 1.5, 2.5, 3.5], np.float32), index=slice(1, None)),
        sample(table(), np.ones(3), index=0, raises=ShapeError),
    ]


gather = layout(
    lambda a, *, index: a[index],
    lambda g, a_like, index: scatter(g, index=index, shape=np.shape(a_like)),
    cut=True,
    samples=cases_of_reading,
    name="getitem",
)
scatter: Primitive = layout(
    scatter_forward, lambda g, index: gather(g, index=index), samples=cases_of_scattering, name="scatter"
)


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
    name="setitem",
)


def getitem(a: Any, index: Any) -> Any:
    """a[index] for every index that NumPy takes; elements that are named twice receive the sum of their gradients."""
    return gather(a, index=plain_index(index))
