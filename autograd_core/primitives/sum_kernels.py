"""Sums over axes, and what a normalisation does with them, on plain arrays: as products, which are the quickest sums.

Axes that lie last in memory are summed by a product with ones, or by inner products; what is left is small.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np

from ..shapes import Shape
from .linear_layer import ones

Array = np.ndarray[Any, Any]

BLOCK = 1 << 16  # elements: a few arrays of this size stay in the cache


def last_run(axes: Shape, ndim: int) -> int:
    """How many of the axes lie last, one behind the other."""
    run = 0
    while ndim - run - 1 in axes:
        run += 1
    return run


def sum_over(x: Array, axes: Shape) -> Array:
    """The sum over the axes, kept as axes of length 1."""
    if run := last_run(axes, x.ndim):
        lead, n = x.shape[: x.ndim - run], prod(x.shape[x.ndim - run :])
        x = np.dot(x.reshape(*lead, n), ones(n, x.dtype)).reshape(*lead, *[1] * run)
    return np.add.reduce(x, axis=axes, keepdims=True) if run < len(axes) else x


def sum_of_products(x: Array, y: Array, axes: Shape) -> Array:
    """The sum of x y over the axes, kept as axes of length 1, for x and y of one shape."""
    run = last_run(axes, x.ndim)
    if not run:
        return np.add.reduce(x * y, axis=axes, keepdims=True)
    lead, n = x.shape[: x.ndim - run], prod(x.shape[x.ndim - run :])
    sums = np.vecdot(x.reshape(*lead, n), y.reshape(*lead, n)).reshape(*lead, *[1] * run)
    return np.add.reduce(sums, axis=axes, keepdims=True) if run < len(axes) else sums


def blocks(shape: Shape, axes: Shape) -> Iterator[Any]:
    """Indices of pieces that are normalised by themselves: parts of the first axis, if it is not summed over."""
    if not shape or 0 in axes:
        yield ...
        return
    step = max(1, BLOCK // max(1, prod(shape[1:])))
    for i in range(0, shape[0], step):
        yield slice(i, i + step)
