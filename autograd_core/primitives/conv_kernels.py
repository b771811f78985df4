"""Convolution over any number of spatial axes, and its two transposes, on plain arrays.

    x: (N, C, *S)    w: (O, C / groups, *K)    y: (N, O, *P),  P = (S + 2 padding - dilation (K - 1) - 1) // stride + 1

    y[n, o, p] = sum over c, k of  w[o, c, k] * x[n, c, stride p + dilation k - padding],     x being 0 outside

As in PyTorch this is a correlation, and the outputs of a group see the channels of that group only. Each function is
linear in both arrays and gives the dtype of np.result_type (float16 is summed in float32). `stride`, `padding` and
`dilation` hold one number a spatial axis.

All are matrix products with copies of the windows (im2col: Chellapilla et al. 2006, "High performance convolutional
neural networks for document processing"), a block of images at a time, so that the copies stay in the cache.
"""

from collections.abc import Iterator
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .window_kernels import BLOCK, Array, Geometry, Index, Sizes, Windows, blocks, output_size, working_dtype

FEW_WINDOWS = 64  # an image with fewer windows is joined with others: so narrow a product would read w in vain
SMALL_PRODUCT = 10**6  # multiplications up to which OpenBLAS (AVX-512) does not pack its operands, a gain of 15 to 30 %


def grouped(a: Array, groups: int, joined: bool) -> Array:
    """A view of a: (N, C, *S) as (N, G, C / G, 1, *S), or as (1, G, C / G, N, *S) if its images are joined."""
    a = a.reshape(len(a), groups, a.shape[1] // groups, 1, *a.shape[2:])
    return a.swapaxes(0, 3) if joined else a


def columns(
    images: Sizes, out: Sizes, geometry: Geometry, groups: int, dtype: np.dtype[Any]
) -> Iterator[tuple[Index, Array, Windows]]:
    """For each block of images: its index in what `grouped` gives, and its windows as columns (m, G, C K, f P)."""
    (n, c, *size), count = images, prod(out)
    rows, joined = c // groups * prod(geometry[0]), count < FEW_WINDOWS

    def build(number: int) -> tuple[Array, Windows]:
        m, f = (1, number) if joined else (number, 1)
        cells = np.zeros((m, groups, rows, f * count), dtype)
        return cells, Windows(cells, (m, groups, c // groups, f, *size), geometry)

    wide_enough = 1024 // max(1, count) if joined else 1
    room = max(BLOCK // max(1, groups * rows * count), wide_enough)
    for block, (cells, windows) in blocks(n, room, build):
        yield (*(slice(None),) * (3 * joined), block), cells, windows


def conv_by_columns(x: Array, w: Array, out: Sizes, geometry: Geometry, groups: int) -> Array:
    """One product an image, or one for several small ones."""
    n, outputs, joined, dtype = len(x), len(w) // groups, prod(out) < FEW_WINDOWS, working_dtype(x, w)
    weights = np.ascontiguousarray(w, dtype).reshape(groups, outputs, prod(w.shape[1:]))
    x_grouped = grouped(x, groups, joined)
    y = np.empty((1, groups, outputs, n, *out) if joined else (n, groups, outputs, 1, *out), dtype)
    for block, cells, windows in columns(x.shape, out, geometry, groups, dtype):
        windows.gather(x_grouped[block])
        np.matmul(weights, cells, out=y[block].reshape(*cells.shape[:2], outputs, cells.shape[3]))
    return (y.swapaxes(0, 3) if joined else y).reshape(n, len(w), *out)


def conv_by_rows(x: Array, w: Array, out: Sizes, geometry: Geometry, groups: int, piece: int) -> Array:
    """One small product for a row of windows (all that share their place on the first axis) and `piece` outputs.

    Along the first axis nothing is copied: with rows of x outermost, a row of windows is one run of memory, which
    overlaps the next.
    """
    (k, *kernel), (stride, *strides), (padding, *paddings), (_, *dilations) = geometry
    (n, c, rows, *size), channels, dtype = x.shape, w.shape[1], working_dtype(x, w)
    entries, tile = prod(kernel), prod(out[1:])
    weights = w.reshape(groups, 1, len(w) // groups // piece, piece, channels, k, entries)
    weights = np.ascontiguousarray(np.moveaxis(weights, 4, 6), dtype).reshape(*weights.shape[:4], -1)

    def build(m: int) -> tuple[Array, Windows]:
        cells = np.zeros((m, groups, rows + 2 * padding, entries, channels, tile), dtype)
        inner = cells[:, :, padding : padding + rows].transpose(0, 1, 4, 3, 2, 5)
        others = (1, *kernel), (1, *strides), (0, *paddings), (1, *dilations)
        windows = Windows(inner, (m, groups, channels, 1, rows, *size), others)
        image, group, row, _, element_row, element = cells.strides
        bands = (m, groups, out[0], 1, k * entries * channels, tile)
        return as_strided(cells, bands, (image, group, row * stride, 0, element_row, element)), windows

    x_grouped, y = grouped(x, groups, joined=False), np.empty((n, len(w), *out), dtype)
    y_rows = y.reshape(n, groups, -1, piece, out[0], tile).transpose(0, 1, 4, 2, 3, 5)
    for block, (bands, windows) in blocks(n, BLOCK // (c * (rows + 2 * padding) * entries * tile), build):
        windows.gather(x_grouped[block])
        np.matmul(weights, bands, out=y_rows[block])
    return y


def conv(x: Array, w: Array, *, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Array:
    """The convolution of x: (N, C, *S) with w: (O, C / groups, *K), which is (N, O, *P)."""
    geometry, outputs = (w.shape[2:], stride, padding, dilation), len(w) // groups
    out = output_size(x.shape[2:], *geometry)
    room = min(outputs, SMALL_PRODUCT // max(1, prod(w.shape[1:]) * prod(out[1:])))
    piece = next((m for m in range(room, 0, -1) if outputs % m == 0), 0)
    overlapping = x.size > 0 < w.size and len(out) > 1 < w.shape[2] and dilation[0] == 1 and padding[0] >= 0
    if overlapping and prod(out[1:]) >= 8 and piece >= min(8, outputs):  # smaller products are slow
        y = conv_by_rows(x, w, out, geometry, groups, piece)
    else:
        y = conv_by_columns(x, w, out, geometry, groups)
    return y.astype(np.result_type(x, w), copy=False)


def conv_weight_grad(
    g: Array, x: Array, *, shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The transpose of conv in w: g has the shape of y, the result the `shape` of w."""
    out, outputs, dtype = g.shape[2:], shape[0] // groups, working_dtype(g, x)
    joined, few = prod(out) < FEW_WINDOWS, outputs < 128
    x_grouped, g_grouped = grouped(x, groups, joined), grouped(g, groups, joined)
    total = np.zeros((groups, prod(shape[1:]), outputs) if few else (groups, outputs, prod(shape[1:])), dtype)
    for block, cells, windows in columns(x.shape, out, (shape[2:], stride, padding, dilation), groups, dtype):
        windows.gather(x_grouped[block])
        g_block = g_grouped[block].reshape(*cells.shape[:2], outputs, cells.shape[3])
        g_block = np.ascontiguousarray(g_block, dtype)
        # OpenBLAS is up to 1.8 times faster with the long side first, which is worth a transpose unless both are long
        part = np.matmul(cells, g_block.swapaxes(2, 3)) if few else np.matmul(g_block, cells.swapaxes(2, 3))
        total += part[0] if len(part) == 1 else np.add.reduce(part, axis=0)
    total = total.swapaxes(1, 2) if few else total
    return np.ascontiguousarray(total, np.result_type(g, x)).reshape(shape)


def conv_input_grad(
    g: Array, w: Array, *, shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The transpose of conv in x: g has the shape of y, the result the `shape` of x."""
    (_, channels, *kernel), outputs, out = w.shape, len(w) // groups, g.shape[2:]
    transposed = w.reshape(groups, outputs, channels, *kernel).swapaxes(1, 2)
    if set(stride) == {1} and prod(shape[2:]) <= 2 * prod(out) and outputs <= 4 * channels:
        # a convolution of g with the flipped kernel, faster unless it sees much padding or many channels
        flipped = np.flip(transposed, tuple(range(3, w.ndim + 1))).reshape(shape[1], outputs, *kernel)
        rest = tuple([d * (k - 1) - p for k, p, d in zip(kernel, padding, dilation, strict=True)])
        return conv(g, flipped, stride=stride, padding=rest, dilation=dilation, groups=groups)
    joined, dtype = prod(out) < FEW_WINDOWS, working_dtype(g, w)
    weights = np.ascontiguousarray(np.moveaxis(transposed, 2, -1), dtype).reshape(groups, prod(w.shape[1:]), outputs)
    gx = np.empty(shape, dtype)
    gx_grouped, g_grouped = grouped(gx, groups, joined), grouped(g, groups, joined)
    for block, cells, windows in columns(shape, out, (w.shape[2:], stride, padding, dilation), groups, dtype):
        g_block = g_grouped[block].reshape(*cells.shape[:2], outputs, cells.shape[3])
        np.matmul(weights, np.ascontiguousarray(g_block, dtype), out=cells)
        windows.scatter(gx_grouped[block])
    return gx.astype(np.result_type(g, w), copy=False)
