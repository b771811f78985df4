"""The methods of ufuncs that fold an axis: reduce, accumulate and reduceat, for every ufunc that has them.

Where no primitive of its own answers, as for np.add.reduce, a method is made of calls of the ufunc in NumPy's order; so its
derivatives are those of the ufunc. Piecewise constant ufuncs have piecewise constant methods, which are NumPy's own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

from ..dispatch import answered, methods, ufuncs
from ..errors import BoundsError, DTypeError, ShapeError, UnsupportedError
from ..families import fixed
from ..primitive import Primitive
from ..recording import Value, tensor_of
from ..shapes import Axis, normal_axes
from .counting import counted, mask, start
from .layouts import astype
from .operands import array as as_array
from .reductions import refuse, rows
from .scans import along
from .softmaxes import logaddexp_fold

ASSOCIATIVE = (np.logaddexp, np.logaddexp2, np.hypot)
"""What may be folded in pairs, over several axes, and has an identity: the other ufuncs without a primitive go one by one."""


def answering(ufunc: np.ufunc, method: str) -> Callable[..., Any]:
    """What answers for a method of a ufunc of two inputs and one result; NumPy itself refuses it for others."""
    known = methods.get((ufunc, method))
    if known is not None:
        return known
    if ufunc not in ufuncs:
        raise UnsupportedError(
            f"np.{ufunc.__name__}.{method} has no derivative rule here, since np.{ufunc.__name__} has none"
        )
    answer = answered[ufunc].answer
    if isinstance(answer, Primitive) and answer.family == "fixed":
        return constant_method(ufunc, method).call
    return partial(GENERAL[method], ufunc)


@cache
def constant_method(ufunc: np.ufunc, method: str) -> Primitive:
    """The method of a piecewise constant ufunc, as a primitive of the same kind."""
    forward = getattr(ufunc, method)
    return fixed(
        lambda a, *others, **settings: forward(a, *others, **settings), name=f"{ufunc.__name__}.{method}", samples=list
    )


def in_dtype(ufunc: np.ufunc, a: Any, dtype: Any) -> Any:
    """The array in the dtype that a fold by the ufunc computes in."""
    a = as_array(a)
    chosen = None if dtype is None else np.dtype(dtype)
    try:
        resolved = ufunc.resolve_dtypes((None, a.dtype, None), signature=(chosen, None, None), reduction=True)
    except TypeError as error:
        raise DTypeError(f"np.{ufunc.__name__} cannot fold an array of dtype {a.dtype}: {error}") from error
    return a if a.dtype == resolved[1] else astype(a, resolved[1])


def fold(ufunc: np.ufunc, row: Any, first: Any = None, counting: Any = None) -> Any:
    """The elements along the last axis, combined from the first to the last, or in pairs if that makes no difference.

    first      what is there before the first element
    counting   which elements take part; the others leave what is there as it is
    """
    call, n = ufuncs[ufunc], np.shape(row)[-1]
    if ufunc in ASSOCIATIVE:
        if counting is not None:
            row = counted(row, counting, ufunc.identity)
        if ufunc is np.logaddexp and n:
            row, n = logaddexp_fold(row, axis=-1, keepdims=True), 1
        while n > 1:
            pairs = call(row[..., 0 : n - n % 2 : 2], row[..., 1::2])
            row = np.concatenate([pairs, row[..., n - 1 :]], axis=-1) if n % 2 else pairs
            n = np.shape(row)[-1]
        return row[..., 0] if first is None else call(first, row[..., 0]) if n else first
    y = row[..., 0] if first is None else first
    for k in range(1 if first is None else 0, n):
        after = call(y, row[..., k])
        y = after if counting is None else np.where(counting[..., k], after, y)
    return y


def reduce(
    ufunc: np.ufunc,
    array: Any,
    axis: Axis = 0,
    dtype: Any = None,
    out: None = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    """The elements along an axis combined by a ufunc, as in subtract: a_0 - a_1 - a_2."""
    name = f"np.{ufunc.__name__}.reduce"
    refuse(name, out)
    array = in_dtype(ufunc, array, dtype)
    shape = np.shape(array)
    axes = normal_axes(tuple(axis) if isinstance(axis, list) else axis, len(shape)) if shape else ()
    if len(axes) > 1 and ufunc not in ASSOCIATIVE:
        raise ShapeError(f"{name} over the axes {axes}: the order would matter, so it takes one axis at a time")
    first = ufunc.identity if initial is None else initial
    left = [1 if i in axes else n for i, n in enumerate(shape)]
    result = left if keepdims else [n for i, n in enumerate(shape) if i not in axes]
    if first is None and 0 in (shape[i] for i in axes):
        raise ShapeError(f"{name} of an array of shape {shape}: no elements to combine, and no initial= to begin with")
    if first is None and where is not True:
        raise ShapeError(f"{name} with where= may have no elements to combine: give initial= to begin with")
    if not shape and initial is None:
        return array
    if first is not None:
        first = np.broadcast_to(start(first, array.dtype), [n for i, n in enumerate(shape) if i not in axes])
    counting = None if where is True else rows(mask(array, where), axes)
    y = np.reshape(fold(ufunc, rows(array, axes), first, counting), result)
    return tensor_of(y, None) if isinstance(array, Value) and not isinstance(y, Value) else y  # of no elements at all


def accumulate(ufunc: np.ufunc, array: Any, axis: int = 0, dtype: Any = None, out: None = None) -> Any:
    """What a reduction has combined after each element along an axis."""
    name = f"np.{ufunc.__name__}.accumulate"
    refuse(name, out)
    array = in_dtype(ufunc, array, dtype)
    shape = np.shape(array)
    if not shape:
        raise ShapeError(f"{name} of a single number: there is no axis to go along")
    (axis,) = normal_axes(axis, len(shape))
    found: list[Any] = []
    for k in range(shape[axis]):
        element = array[along(axis, len(shape), slice(k, k + 1))]
        found.append(ufuncs[ufunc](found[-1], element) if found else element)
    return np.concatenate(found, axis=axis) if found else array


def reduceat(ufunc: np.ufunc, array: Any, indices: Any, axis: int = 0, dtype: Any = None, out: None = None) -> Any:
    """Reductions of the parts of an axis that begin at each index and end before the next one.

    Where the next index is no larger, the part is the one element at the index.
    """
    name = f"np.{ufunc.__name__}.reduceat"
    refuse(name, out)
    array = as_array(array)
    shape = np.shape(array)
    if not shape:
        raise ShapeError(f"{name} of a single number: there is no axis to go along")
    (axis,) = normal_axes(axis, len(shape))
    starts = [int(i) for i in indices]
    if wrong := [i for i in starts if not 0 <= i < shape[axis]]:
        raise BoundsError(f"{name} along an axis of length {shape[axis]} cannot begin at {wrong[0]}")
    if not starts:
        return in_dtype(ufunc, array, dtype)[along(axis, len(shape), slice(0, 0))]
    part = methods.get((ufunc, "reduce"))
    found = []
    for i, stop in zip(starts, [*starts[1:], shape[axis]], strict=True):
        piece = array[along(axis, len(shape), slice(i, max(stop, i + 1)))]
        if part is not None:
            found.append(part(piece, axis=axis, dtype=dtype, keepdims=True))
        else:  # unlike a reduction, it begins with the first element, whatever the identity
            row = rows(in_dtype(ufunc, piece, dtype), axis)
            found.append(np.expand_dims(fold(ufunc, row), axis))
    return np.concatenate(found, axis=axis)


GENERAL: dict[str, Callable[..., Any]] = {"reduce": reduce, "accumulate": accumulate, "reduceat": reduceat}
