"""Arrays that kernels write into, and rows that are applied to every row of a matrix."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from ..shapes import Shape

LINE = 64  # bytes of a cache line
SMALL = 1 << 14  # bytes up to which it does not matter where an array begins
TILE = 1 << 13  # elements of a row repeated: a loop over many short rows would spend its time between them


def fresh(shape: Shape, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """An array to be filled, which begins where a cache line does: NumPy's do not, and each wide store then touches two lines."""
    size = prod(shape) * dtype.itemsize
    if size <= SMALL:
        return np.empty(shape, dtype)
    memory = np.empty(size + LINE, np.uint8)
    start = -memory.__array_interface__["data"][0] % LINE
    return memory[start : start + size].view(dtype).reshape(shape)


def fresh_like(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """An array to be filled, of the shape and dtype of x, and in the memory order of x."""
    return fresh(x.shape, x.dtype) if x.flags.c_contiguous else np.empty_like(x)


class Row:
    """A row that the rows of a matrix are multiplied by or added to, repeated so that the loops are long."""

    def __init__(self, row: np.ndarray[Any, Any], rows: int) -> None:
        self.row, self.count = row, max(1, TILE // max(1, row.size))
        self.tile = np.broadcast_to(row, (self.count, row.size)).copy() if rows >= self.count > 1 else None

    def apply(self, operation: np.ufunc, x: np.ndarray[Any, Any], out: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """operation(x, row) for every row of x."""
        rows, n = x.shape
        if self.tile is None or rows < self.count:
            return operation(x, self.row, out=out)  # type: ignore[no-any-return]
        whole = rows - rows % self.count
        many = (whole // self.count, self.count, n)
        operation(x[:whole].reshape(many), self.tile, out=out[:whole].reshape(many))
        if whole < rows:
            operation(x[whole:], self.row, out=out[whole:])
        return out
