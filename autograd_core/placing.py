"""NumPy's functions that write into their first argument, as `x[index] = value` does.

Into a Tensor they write in place while nothing is recorded; else its handle stands for a new value, see `writing`. Into a plain
array they write plain numbers only: a recorded value would lose its gradient there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from .dispatch import answers
from .errors import BoundsError, DTypeError, MutationError, ShapeError
from .primitives.editing import resize
from .primitives.indexing import getitem
from .primitives.layouts import astype, broadcast_to, ravel
from .primitives.sorting import partition, sort
from .primitives.taking import along, integers, within
from .recording import Tensor, data_of, dtype_of
from .samples import Sample, sample
from .trees import flatten
from .writing import assign, is_recorded, rebind, write

Written = tuple[Any, Any]
"""Which elements are written, as an index; and what to, as values that broadcast to them."""


def writes(numpy_function: Callable[..., Any], example: tuple[Any, ...]) -> Callable[..., Any]:
    """Let a function that says what is written where answer for one of NumPy's that writes it.

    example   what a call takes besides the array to write to
    """
    asked = numpy_function.__name__

    def register(where: Callable[..., Written | None]) -> Callable[..., None]:
        @wraps(where)
        def answer(target: Any, /, *args: Any, **settings: Any) -> None:
            given, rebuild = flatten((args, settings))
            if is_recorded(target, *given):
                if not isinstance(target, Tensor):
                    raise MutationError(
                        f"{asked} would write a value that needs a gradient into a plain array, and so cut its gradient. Write "
                        f"into a value, x = ag.asarray(array); instead of np.full and its kin take ag.full"
                    )
                found = where(target, *args, **settings)
                if found is not None:
                    assign(target, *found, asked)
                return
            plain_args, plain_settings = rebuild([data_of(x) for x in given])
            if isinstance(target, Tensor):
                write(target, asked, lambda array: numpy_function(array, *plain_args, **plain_settings))
            else:
                numpy_function(target, *plain_args, **plain_settings)

        def cases() -> list[Sample]:
            return [sample(np.ones((2, 2)), *example, raises=MutationError, match=f"{asked} would overwrite a leaf")]

        return answers(numpy_function, samples=cases)(answer)

    return register


def counted_from_0(places: Any, size: int, asked: str) -> Any:
    """Places, some of them counted from the end, all counted from the beginning."""
    outside = places[(places < -size) | (places >= size)]
    if outside.size:
        raise BoundsError(f"{asked}: index {outside[0]} is out of bounds for {size} elements")
    return np.where(places < 0, places + size, places)


def flat_places(places: Any, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """The index for places in the flattened array."""
    return tuple(np.unravel_index(places, shape)) if shape else (np.zeros(np.shape(places), int),)


def cycled(values: Any, places: Any, target: Tensor) -> Written | None:
    """Places in the flattened target, and values repeated in turn; None if there is nothing to write."""
    if not np.size(places) or not np.size(values):
        return None
    if not target.shape:  # all write to the one element, and the last stays
        return (), getitem(resize(values, len(places)), -1)
    return flat_places(places, target.shape), resize(values, len(places))


@writes(np.put, ([0], 1.0))
def put(a: Any, ind: Any, v: Any, mode: str = "raise") -> Written | None:
    """Write values, repeated in turn, to places of the flattened array: a.flat[ind] = v.

    >>> import numpy as np, autograd_core as ag
    >>> def f(v):
    ...     x = ag.tensor(np.zeros(3))
    ...     np.put(x, [0, 2], v)
    ...     return (x * [1.0, 10.0, 100.0]).sum()
    >>> ag.grad(f)(np.array([5.0, 6.0]))
    array([  1., 100.])
    """
    places = within(integers(ind, "put"), np.size(a), mode, "put")
    return cycled(v, counted_from_0(np.ravel(places), np.size(a), "put"), a)


def masked(a: Any, mask: Any, asked: str) -> Any:
    """Where in the flattened array a mask holds, which must have as many elements."""
    if np.size(mask) != np.size(a):
        raise ShapeError(
            f"{asked} takes a mask of as many elements as the array: {np.shape(mask)} for shape {np.shape(a)}"
        )
    return np.flatnonzero(data_of(mask))


@writes(np.place, ([[True, False], [False, True]], 1.0))
def place(arr: Any, mask: Any, vals: Any) -> Written | None:
    """Write values, repeated in turn, to where a mask holds: the first value to the first such place, and so on."""
    places = masked(arr, mask, "place")
    if places.size and not np.size(vals):
        raise ShapeError("place: there are no values to write")
    return cycled(vals, places, arr)


@writes(np.putmask, ([[True, False], [False, True]], 1.0))
def putmask(a: Any, /, mask: Any, values: Any) -> Written | None:
    """Write to where a mask holds the values at the same places, repeated in turn up to the size of the array."""
    places = masked(a, mask, "putmask")
    if not places.size or not np.size(values):
        return None
    return cycled(getitem(ravel(values), (places % np.size(values),)), places, a)


@writes(np.copyto, (1.0,))
def copyto(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> Written:
    """Write the values of src, broadcast, to all places or to those where a mask holds."""
    if not np.can_cast(dtype_of(src), dst.dtype, casting):
        raise DTypeError(f"copyto: {dtype_of(src)} numbers do not fit into {dst.dtype} with casting={casting!r}")
    src = astype(src, dst.dtype)
    if where is True:
        return ..., src
    mask = np.broadcast_to(data_of(where), dst.shape)
    return mask, getitem(broadcast_to(src, dst.shape), mask)


@writes(np.put_along_axis, (np.array([[0], [1]]), 1.0, 1))
def put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None) -> Written:
    """Write values to indices of its own in each slice along an axis: the places that `take_along_axis` reads."""
    if axis is None:
        (places,) = along(indices, (np.size(arr),), 0, "put_along_axis")
        return flat_places(counted_from_0(places, np.size(arr), "put_along_axis"), arr.shape), values
    return along(indices, arr.shape, axis, "put_along_axis"), values


@writes(np.fill_diagonal, (1.0,))
def fill_diagonal(a: Any, val: Any, wrap: bool = False) -> Written | None:
    """Write values, repeated in turn, to the main diagonal; over and over down a tall matrix if wrap."""
    shape = np.shape(a)
    if len(shape) < 2 or (len(shape) > 2 and len(set(shape)) > 1):
        raise ShapeError(f"fill_diagonal takes a matrix, or an array of equal lengths, not shape {shape}")
    step = sum(int(np.prod(shape[i + 1 :])) for i in range(len(shape)))
    end = shape[1] ** 2 if len(shape) == 2 and not wrap else None
    return cycled(val, np.arange(np.size(a))[:end:step], a)


# -- methods that write into their own array -----------------------------------------------------------------------------


def rearranged(function: Callable[..., Any], asked: str) -> Callable[..., None]:
    """A function that gives an array rearranged as the method that rearranges in place."""

    @wraps(function)
    def method(self: Tensor, *args: Any, **settings: Any) -> None:
        if is_recorded(self):
            rebind(self, function(self, *args, **settings), f"x.{asked}()")
        else:
            write(self, f"x.{asked}()", lambda array: getattr(array, asked)(*args, **settings))

    return method


METHODS: dict[str, Callable[..., Any]] = {
    "put": put,
    "sort": rearranged(sort, "sort"),
    "partition": rearranged(partition, "partition"),
    "fill": lambda self, value: assign(self, ..., value, "x.fill(value)"),
}
