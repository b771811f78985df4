"""Channels brought to mean 0 and variance 1 over a batch, and the way back, on plain arrays (N, C, S).

As a matrix (N, C S), with what belongs to a channel repeated S times: a row for each example, and long loops whatever S is.
A block of examples at a time, so that the passes find it in the cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..constants import ones
from .buffers import Row, fresh
from .row_kernels import blocks

Array = np.ndarray[Any, Any]


class Channels:
    """An array (N, C, S) as a matrix, and how sums over its channels are made."""

    def __init__(self, x: Array) -> None:
        n, self.channels, self.places = x.shape
        self.count = n * self.places
        self.matrix = x.reshape(n, self.channels * self.places)

    def row(self, values: Array) -> Row:
        """Numbers of the channels as a row for each example."""
        return Row(np.repeat(values, self.places), len(self.matrix))

    def pooled(self, row: Array) -> Array:
        """The sums of a row over the places of each channel."""
        return np.add.reduce(row.reshape(self.channels, self.places), axis=1)  # type: ignore[no-any-return]

    def sums(self, x: Array) -> Array:
        """The sum of a matrix like this one over each channel."""
        return self.pooled(np.dot(ones(len(x), x.dtype), x))

    def sums_of_products(self, centre: Row, other: Array | None = None) -> Array:
        """The sum of (x - centre) times another matrix, or times itself, over each channel."""
        x = self.matrix
        total, scratch = np.zeros(x.shape[1], x.dtype), fresh_block(x)
        for part in blocks(*x.shape):
            t = centre.apply(np.subtract, x[part], scratch[: len(x[part])])
            t *= t if other is None else other[part]
            total += np.dot(ones(len(t), t.dtype), t)
        return self.pooled(total)


def fresh_block(x: Array) -> Array:
    return fresh((next(blocks(*x.shape)).stop if len(x) else 0, x.shape[1]), x.dtype)


def standard_channels(
    x: Array, eps: float, weight: Array | None = None, bias: Array | None = None
) -> tuple[Array, ...]:
    """(x - mean) / sqrt(variance + eps) weight + bias, variances and means."""
    channels = Channels(x)
    flat, n = channels.matrix, channels.count
    mean = channels.sums(flat) / n
    centre = channels.row(mean)
    variance = channels.sums_of_products(centre) / n
    r = 1 / np.sqrt(variance + eps)
    scale, shift = channels.row(r if weight is None else r * weight), None if bias is None else channels.row(bias)
    y = fresh(flat.shape, x.dtype)
    for part in blocks(*flat.shape):
        out = centre.apply(np.subtract, flat[part], y[part])
        scale.apply(np.multiply, out, out)
        if shift is not None:
            shift.apply(np.add, out, out)
    return y.reshape(x.shape), variance, mean


def standard_channels_back(
    g: Array, x: Array, variance: Array, mean: Array, eps: float, weight: Array | None = None
) -> tuple[Array, Array, Array]:
    """The gradients by x, by weight and by bias, from that of y, g."""
    channels, flat_g = Channels(x), Channels(g).matrix
    flat, n, centre, r = channels.matrix, channels.count, channels.row(mean), 1 / np.sqrt(variance + eps)
    by_bias, products = channels.sums(flat_g), channels.sums_of_products(centre, flat_g)
    share, average = channels.row(products * r * r / -n), channels.row(by_bias / n)
    scale = channels.row(r if weight is None else r * weight)
    out = fresh(flat.shape, x.dtype)
    for part in blocks(*flat.shape):
        t = centre.apply(np.subtract, flat[part], out[part])
        share.apply(np.multiply, t, t)
        t += flat_g[part]
        average.apply(np.subtract, t, t)
        scale.apply(np.multiply, t, t)
    return out.reshape(x.shape), products * r, by_bias
