"""Arrays with elements added, taken out or repeated: the result is a gather from what there was and what was added."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import BoundsError, DTypeError, ShapeError, UnsupportedError, in_words
from ..recording import data_of, dtype_of
from ..samples import Sample, sample
from ..shapes import Axis, normal_axes
from .indexing import getitem, table
from .joining import concatenate
from .layouts import astype, ravel, reshape
from .padding import padded
from .taking import take


@answers(
    np.append,
    samples=lambda: [
        sample(table(), np.float64(3.0)),
        sample(table(np.float32), table()[:1], axis=0),
        sample([1, 2], np.array([0.5j])),
        sample(np.ones((2, 0)), np.ones((2, 1)), -1),
        sample(table(), np.ones(4), axis=0, raises=ShapeError, match="same number of dimensions"),
    ],
)
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    """The values joined to the end of arr along an axis; both flattened by default.

    >>> import autograd_core as ag
    >>> ag.append(ag.tensor([1.0]), 2.0)
    tensor([1., 2.])
    """
    return concatenate([arr, values], axis)


def cases_of_inserting() -> list[Sample]:
    """A place, several and a slice, masks, values that broadcast, and places and shapes that do not fit."""
    return [
        sample(table(), 3, np.float64(0.5)),
        sample(table(), 1, np.array([0.5, 1.5, 2.5]), axis=1),
        sample(table(), [1], np.array([[0.5], [1.5], [2.5]]), axis=1),
        sample(table(), [0, 3, -1], np.array([0.5, 1.5, 2.5, 3.5]), 0),
        sample(np.array([1.0, 2.0, 3.0]), [2, 0, 2], np.array([10.0, 20.0, 30.0])),
        sample(table(np.float32), slice(1, 3), 7, axis=-1),
        sample(np.array([1.0, 2.0]), np.array([True, False]), np.array([0.5])),
        sample(np.array([1, 2]), 1, np.array([2.75])),
        sample(np.array([1.0j, 2.0]), [], []),
        sample(np.float64(1.0), 0, np.float64(2.0)),
        sample(table(), 13, 1.0, raises=BoundsError, match="insert into shape .*out of bounds"),
        sample(table(), [0, 1, 2], np.ones(2), axis=1, raises=ShapeError, match="insert into shape"),
        sample(table(), 1.5, 1.0, raises=DTypeError, match="insert into shape"),
    ]


@answers(np.insert, samples=cases_of_inserting)
def insert(arr: Any, obj: Any, values: Any, axis: int | None = None) -> Any:
    """arr with values inserted before the given places along an axis; flattened by default.

    obj      a place, several, a slice or a mask; places count in arr as it was
    values   broadcast to what is inserted, and converted to the dtype of arr

    >>> import autograd_core as ag
    >>> ag.insert(ag.tensor([1.0, 2.0, 3.0]), 1, ag.tensor(9.0))
    tensor([1., 9., 2., 3.])
    """
    values = astype(values, dtype_of(arr))
    size, shape = np.size(arr), np.shape(values)
    old, new = np.arange(size).reshape(np.shape(arr)), np.arange(size, size + np.size(values)).reshape(shape)
    with in_words(f"insert into shape {np.shape(arr)} of values of shape {shape}"):
        places = np.insert(old, data_of(obj), new, axis)  # NumPy's own insertion, of positions instead of values
    return getitem(concatenate([arr, values], None), (places,))


@answers(
    np.delete,
    samples=lambda: [
        sample(table(), 1),
        sample(table(), [0, -1, 0], axis=1),
        sample(table(np.float32), slice(None, None, 2), 0),
        sample(table(complex) * 1j, np.array([True, False, True]), axis=0),
        sample(np.array([1.0, 2.0]), []),
        sample(table(), 4, axis=1, raises=BoundsError, match=r"delete from shape \(3, 4\).*out of bounds"),
        sample(table(), 0.5, axis=1, raises=BoundsError, match="integer"),
    ],
)
def delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    """arr without the slices at the given places along an axis; flattened by default.

    obj   a place, several, a slice or a mask

    >>> import autograd_core as ag
    >>> ag.delete(ag.tensor([1.0, 2.0, 3.0]), 1)
    tensor([1., 3.])
    """
    if axis is None:
        arr, axis = ravel(arr), 0
    (axis,) = normal_axes(axis, np.ndim(arr))
    with in_words(f"delete from shape {np.shape(arr)} along axis {axis}"):
        kept = np.delete(np.arange(np.shape(arr)[axis]), data_of(obj))
    return take(arr, kept, axis)


@answers(
    np.resize,
    samples=lambda: [
        sample(table(), (2, 13)),
        sample(table(np.float32), 5),
        sample(np.float64(2.0), (2, 2)),
        sample(np.ones((0, 2)), (3,)),
        sample(np.ones(2), (0, 3)),
        sample(np.ones(2), (-1,), raises=ShapeError, match="resize takes lengths of 0 or more"),
    ],
)
def resize(a: Any, new_shape: Any) -> Any:
    """The elements of a, repeated as often as needed, in a new shape; a gradient is summed over the repetitions.

    >>> import autograd_core as ag
    >>> ag.resize(ag.tensor([1.0, 2.0]), (2, 3))
    tensor([[1., 2., 1.],
            [2., 1., 2.]])
    """
    shape = tuple(int(n) for n in new_shape) if np.ndim(new_shape) else (int(new_shape),)
    if any(n < 0 for n in shape):
        raise ShapeError(f"resize takes lengths of 0 or more, not {shape}; -1 is for reshape")
    row, size = ravel(a), math.prod(shape)
    if not np.size(a):
        return reshape(padded(row, width=((0, size),)), shape)
    return reshape(getitem(row, (np.arange(size) % np.size(a),)), shape)


@answers(
    np.trim_zeros,
    samples=lambda: [
        sample(np.array([1.5, 0.5, -2.0])),  # what is 0 decides on the shape, and cannot be moved
        sample(np.array([0.0, 1.5, 0.0, 2.0, 0.0, 0.0], np.float32)),
        sample(np.array([0.0, 1.5, 0.0], np.float32), "f"),
        sample(np.array([0, 3, 0]), trim="B"),
        sample(np.diag([0.0, 1.0, 2.0, 0.0]).astype(np.complex64)),
        sample(np.diag([0.0, 1.0, 2.0, 0.0]).astype(np.float32), "fb", -1),
        sample(np.zeros((2, 2), np.float32), axis=(0, 1)),
        sample(np.float64(0.0)),
        sample(np.ones(2), "x", raises=UnsupportedError, match="'f', 'b' or 'fb'"),
    ],
)
def trim_zeros(filt: Any, trim: str = "fb", axis: Axis = None) -> Any:
    """An array without the zeros at its ends, along the axes; all axes by default.

    trim   "f" for the front, "b" for the back, "fb" for both

    >>> import autograd_core as ag
    >>> ag.trim_zeros(ag.tensor([0.0, 1.0, 0.0, 2.0, 0.0]))
    tensor([1., 0., 2.])
    """
    ends = trim.lower()
    if ends not in ("f", "b", "fb", "bf"):
        raise UnsupportedError(f"trim_zeros trims 'f', 'b' or 'fb', not {trim!r}")
    places = np.argwhere(np.asarray(data_of(filt)))
    index = [slice(None)] * np.ndim(filt)
    for i in normal_axes(axis, np.ndim(filt)):
        first, last = (places[:, i].min(), places[:, i].max() + 1) if len(places) else (0, 0)
        front, back = "f" in ends or not len(places), "b" in ends or not len(places)
        index[i] = slice(first if front else None, last if back else None)
    return getitem(filt, tuple(index))
