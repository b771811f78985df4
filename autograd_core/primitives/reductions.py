"""Sums, means, extrema, products and moments over axes; scans."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dispatch import answers, methods
from ..families import primitive
from ..shapes import Axis, kept_shape


def spread(g: Any, like: Any, axis: Axis, keepdims: bool) -> Any:
    """A cotangent of a reduction, repeated for every element that was reduced."""
    if not keepdims:
        g = np.reshape(g, kept_shape(like.shape, axis))
    return np.broadcast_to(g, like.shape)


total = primitive(
    lambda a, *, axis=None, keepdims=False, dtype=None: np.add.reduce(a, axis=axis, keepdims=keepdims, dtype=dtype),
    lambda g, a_like, axis, keepdims: spread(g, a_like, axis, keepdims),
    linear=True,
    name="sum",
)


@answers(np.sum)
def sum(a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False) -> Any:
    """The sum of the elements over the axes (all by default).

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.sum(x * x))(ag.tensor([1.0, 2.0]))
    tensor([2., 4.])
    """
    axis = tuple(axis) if isinstance(axis, list) else axis
    return total(a, axis=axis, keepdims=bool(keepdims), dtype=dtype)


def add_reduce(array: Any, axis: Axis = 0, dtype: Any = None, out: None = None, keepdims: bool = False) -> Any:
    """np.add.reduce, whose axis is 0 by default."""
    return sum(array, axis, dtype, None, keepdims)


methods[np.add, "reduce"] = add_reduce
