"""Elements by their places along an axis: every function here is an index in other words."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..batches import Batched
from ..dispatch import answers
from ..errors import BoundsError, DTypeError, ShapeError, UnsupportedError
from ..recording import data_of
from ..samples import Sample, sample
from ..shapes import normal_axes
from .indexing import at, getitem, table
from .layouts import cube, ravel

# -- take ----------------------------------------------------------------------------------------------------------------


def integers(index: Any, asked: str) -> Any:
    """An array of integers from whatever names them; refused for numbers that are no integers."""
    data = plain(index)
    if data.size and not np.can_cast(data.dtype, np.intp, "same_kind"):
        raise DTypeError(f"{asked} takes integers as indices, not {data.dtype}: convert them with x.astype(int)")
    return data if type(data) is Batched else data.astype(np.intp)


def plain(index: Any) -> Any:
    """An index as an array, or as it is if every example of a batch has its own."""
    return index if type(index) is Batched else np.asarray(data_of(index))


def within(index: Any, length: int, mode: str, asked: str) -> Any:
    """Indices brought into range(length) by one of NumPy's modes; "raise" leaves them to be checked by the indexing itself."""
    if mode == "raise":
        return index
    if mode not in ("wrap", "clip"):
        raise UnsupportedError(f"{asked} has the modes 'raise', 'wrap' and 'clip', not {mode!r}")
    if not length and index.size:
        raise BoundsError(f"{asked} cannot pick {index.size} of 0 elements")
    return index % length if mode == "wrap" else np.clip(index, 0, max(length - 1, 0))


def cases_of_taking() -> list[Sample]:
    """Each mode, axis and shape of indices; and indices out of bounds or no integers."""
    return [
        sample(table(), [5, 0, -1, 5]),
        sample(table(), np.array([[2, 0], [2, -2]]), axis=-1),
        sample(cube(), 1, axis=1),
        sample(table(np.float32), [7, -7, 1], axis=1, mode="wrap"),
        sample(table(complex) * 1j, [7, -7], 0, mode="clip"),
        sample(table(), [], axis=0),
        sample(np.float64(2.0), [[0, 0]]),
        sample(np.arange(6), [4, 1]),
        sample(table(), [3], axis=0, raises=BoundsError, match="out of bounds"),
        sample(table(), [0.5], raises=DTypeError, match="integers as indices"),
        sample(np.ones(0), [0], mode="wrap", raises=BoundsError, match="cannot pick 1 of 0 elements"),
    ]


@answers(np.take, samples=cases_of_taking)
def take(a: Any, indices: Any, axis: int | None = None, out: None = None, mode: str = "raise") -> Any:
    """The elements at the indices along an axis, of the flattened array by default.

    mode   what an index out of range means: "raise" an error, "wrap" around, or "clip" to the range

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.take(x, [0, 0, 1]).sum())(ag.tensor([1.0, 2.0, 3.0]))
    tensor([2., 1., 0.])
    """
    if out is not None:
        raise UnsupportedError("take with out= is not recorded: assign the result instead")
    if axis is None:
        a, axis = ravel(a), 0
    (axis,) = normal_axes(axis, np.ndim(a))
    index = within(integers(indices, "take"), np.shape(a)[axis], mode, "take")
    return getitem(a, at(axis, index))


def cases_of_taking_along() -> list[Sample]:
    """Each axis, indices that repeat or are fewer, dimensions that broadcast, and indices that do not fit."""
    return [
        sample(table(), np.array([[3, 0, 0], [1, 1, -1], [2, 3, 0]])),
        sample(table(), np.array([[2, 0, 1, 1]]), 0),
        sample(cube(), np.array([[[0], [2]], [[1], [1]]]), axis=1),
        sample(table(np.float32), np.array([11, 0, 0]), axis=None),
        sample(table(complex) * 1j, np.array([[0], [1], [3]]), axis=-1),
        sample(np.ones((2, 0)), np.empty((2, 0), int), axis=1),
        sample(table(), np.array([0, 1]), axis=1, raises=ShapeError, match="as many dimensions"),
        sample(table(), np.array([[0], [1], [4]]), axis=1, raises=BoundsError, match="out of bounds"),
        sample(table(), np.array([[True]]), axis=1, raises=DTypeError, match="integers as indices, not bool"),
    ]


@answers(np.take_along_axis, samples=cases_of_taking_along)
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    """For each slice along an axis its elements at indices of its own, such as argsort and argmax give.

    arr, indices: of as many dimensions, broadcast together but along the axis; with axis None the array is flattened

    >>> import numpy as np, autograd_core as ag
    >>> x = ag.tensor([[3.0, 1.0], [2.0, 4.0]])
    >>> ag.take_along_axis(x, np.argmax(x, axis=1, keepdims=True), axis=1)
    tensor([[3.],
            [4.]])
    """
    if axis is None:
        arr, axis = ravel(arr), 0
    return getitem(arr, along(indices, np.shape(arr), axis, "take_along_axis"))


def along(indices: Any, shape: tuple[int, ...], axis: int, asked: str) -> tuple[Any, ...]:
    """The index that names, for each slice along an axis, the elements at indices of its own."""
    data = plain(indices)
    if data.dtype.kind not in "iu":
        raise DTypeError(f"{asked} takes integers as indices, not {data.dtype}")
    if data.ndim != len(shape):
        raise ShapeError(
            f"{asked} takes indices of as many dimensions as the array: {data.ndim} for shape {shape}. "
            f"For the same indices in every slice use np.take"
        )
    (axis,) = normal_axes(axis, len(shape))
    index: list[Any] = list(np.ogrid[tuple(slice(n) for n in shape)]) if len(shape) > 1 else [None]
    index[axis] = data
    return tuple(index)
