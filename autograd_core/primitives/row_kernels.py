"""Rows of a matrix brought to mean 0 and variance 1, and the way back, on plain arrays.

A block of rows at a time, so that its many passes find it in the cache; sums are products with ones, the quickest there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..constants import ones
from .buffers import Row, fresh

Array = np.ndarray[Any, Any]

BLOCK = 1 << 16  # elements of a block


def blocks(rows: int, n: int) -> Iterator[slice]:
    step = max(1, BLOCK // max(1, n))
    return (slice(i, i + step) for i in range(0, rows, step))


def standard_rows(
    x: Array, eps: float, centred: bool, weight: Array | None = None, bias: Array | None = None
) -> tuple[Array, Array, Array, Array]:
    """y, h, means and variances: h = (x - mean) / sqrt(variance + eps), y = h weight + bias; with mean 0 unless centred."""
    rows, n = x.shape
    h = fresh(x.shape, x.dtype)
    y, (mean, variance) = h, np.zeros((2, rows, 1), x.dtype)
    if weight is not None:
        y, scale, shift = fresh(x.shape, x.dtype), Row(weight, rows), None if bias is None else Row(bias, rows)
    for part in blocks(rows, n):
        a, b, v = x[part], h[part], variance[part]
        if centred:
            m = mean[part]
            np.divide(np.dot(a, ones(n, x.dtype))[:, None], n, out=m)
            a = np.subtract(a, m, out=b)
        np.divide(np.vecdot(a, a)[:, None], n, out=v)
        np.multiply(a, 1 / np.sqrt(v + eps), out=b)
        if weight is not None:
            scale.apply(np.multiply, b, y[part])
            if shift is not None:
                shift.apply(np.add, y[part], y[part])
    return y, h, mean, variance


def standard_rows_back(
    g: Array, h: Array, variance: Array, eps: float, centred: bool, weight: Array | None = None
) -> tuple[Array, Array | None]:
    """The gradients by x and by weight, from that of y, g."""
    rows, n = g.shape
    x, r = fresh(g.shape, h.dtype), 1 / np.sqrt(variance + eps)
    scale, total = (None, None) if weight is None else (Row(weight, rows), np.zeros(n, h.dtype))
    for part in blocks(rows, n):
        u, b, out = g[part], h[part], x[part]
        if scale is not None:
            product = u * b
            total += np.dot(ones(len(u), u.dtype), product)
            u = scale.apply(np.multiply, u, product)
        np.multiply(b, np.vecdot(u, b)[:, None] / -n, out=out)
        out += u
        if centred:
            out -= np.dot(u, ones(n, u.dtype))[:, None] / n
        out *= r[part]
    return x, total
