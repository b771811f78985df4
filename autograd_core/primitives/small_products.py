"""Products of matrices by the way that is quickest for their shapes.

A product with a large matrix on its left is computed as many small ones, one of a few rows the other way round.

Up to a million multiplications OpenBLAS has kernels for AVX-512 that read their operands as they lie, where it else copies
blocks of both; with a right operand that begins at a cache line they are a tenth to a third quicker. Without such kernels
each small product would copy the right operand anew.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from .buffers import LINE, fresh

Array = np.ndarray[Any, Any]

SMALL = 10**6  # multiplications
MANY = 512  # rows from which on it pays to copy the right operand
STRIP = 64  # columns that are transposed at a time
FEW = 64  # rows up to which it pays to copy a transposed result
LARGE = 1 << 18  # multiplications from which on it does


def has_small_kernels() -> bool:
    """Whether NumPy says that its products come from OpenBLAS, on a processor with AVX-512."""
    config: Any = np.show_config(mode="dicts")
    simd, blas = config.get("SIMD Extensions", {}), config.get("Build Dependencies", {}).get("blas", {})
    wide = {"AVX512_SKX", "X86_V4"} & {*simd.get("baseline", ()), *simd.get("found", ())}
    return bool(wide) and "openblas" in blas.get("name", "")


PAYS = has_small_kernels()


def at_a_line(b: Array) -> Array:
    """A matrix as it is if its rows lie one behind the other from a cache line on, else a copy that does."""
    if b.flags.c_contiguous and not b.__array_interface__["data"][0] % LINE:
        return b
    c = fresh(b.shape, b.dtype)
    step = c.shape[1] if b.flags.c_contiguous else STRIP
    for i in range(0, c.shape[1], step):
        c[:, i : i + step] = b[:, i : i + step]
    return c


def dot(a: Any, b: Any) -> Any:
    """np.dot; of plain arrays by their method, since the function asks first whether another library answers for it."""
    return a.dot(b) if type(a) is ndarray and type(b) is ndarray else np.dot(a, b)


def product(a: Any, b: Any) -> Any:
    """a b for matrices."""
    if type(a) is not ndarray or type(b) is not ndarray:
        return np.dot(a, b)
    if len(a) < MANY or a.ndim != 2 or a.dtype != b.dtype:
        return a.dot(b)
    (m, k), n = a.shape, b.shape[1]
    y = fresh((m, n), a.dtype)
    pays = PAYS and a.dtype.char in "fd" and a.flags.c_contiguous and SMALL < m * k * n <= m * SMALL // 4
    if not pays or k != len(b):
        return np.dot(a, b, out=y)
    rows = min(64, 1 << (SMALL // (k * n)).bit_length() - 1)
    b, whole = at_a_line(b), m - m % rows
    np.matmul(a[:whole].reshape(-1, rows, k), b, out=y[:whole].reshape(-1, rows, n))
    if whole < m:
        np.dot(a[whole:], b, out=y[whole:])
    return y


def times_transposed(a: Any, b: Any) -> Any:
    """a b' for matrices, or a row a.

    For few rows OpenBLAS is up to twice as quick with b on the left, on AVX-512 with float32. Its result is brought to the
    memory order of all else, since elementwise work on mixed orders is slow.
    """
    if type(a) is ndarray and type(b) is ndarray and a.ndim == 2 and a.dtype.char == b.dtype.char == "f" and PAYS:
        rows, columns = len(a), len(b)
        if 2 * rows <= columns and rows <= FEW and a.size * columns >= LARGE and b.flags.c_contiguous:
            return b.dot(a.T).T.copy()
    return dot(a, b.T)
