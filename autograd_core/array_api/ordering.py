"""Sorting and clipping in the standard's words."""

from __future__ import annotations

from typing import Any

from .. import numpy_api

names = numpy_api.namespace()


def sort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Any:
    """The elements along an axis in order."""
    y = names["sort"](x, axis=axis, stable=stable)
    return names["flip"](y, axis=axis) if descending else y


def argsort(x: Any, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Any:
    """The indices that put the elements along an axis in order; equal ones stay in the order they are in."""
    if not descending:
        return names["argsort"](x, axis=axis, stable=stable)
    # backwards, so that equal elements are turned round twice
    last = x.shape[axis] - 1 if x.ndim else 0
    return last - names["flip"](names["argsort"](names["flip"](x, axis=axis), axis=axis, stable=stable), axis=axis)


def clip(x: Any, /, min: Any = None, max: Any = None) -> Any:
    """The elements of x brought between two bounds; the dtype is that of x."""
    y = names["clip"](x, min, max)
    return y if y.dtype == x.dtype else names["astype"](y, x.dtype)
