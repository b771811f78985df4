"""Convolution over any number of spatial axes, and its two transposes, on plain arrays.

    x: (N, C, *S)    w: (O, C / groups, *K)    y: (N, O, *P),  P = (S + 2 padding - dilation (K - 1) - 1) // stride + 1

    y[n, o, p] = sum over c, k of  w[o, c, k] * x[n, c, stride p + dilation k - padding],     x being 0 outside

As in PyTorch this is a correlation, and the outputs of a group see the channels of that group only. Each function is
linear in both arrays and gives the dtype of np.result_type (float16 is summed in float32). `stride`, `padding` and
`dilation` hold one number a spatial axis.

All are matrix products with copies of the windows (im2col: Chellapilla et al. 2006, "High performance convolutional
neural networks for document processing"), a block of images at a time, or a band of a large one, so that the copies stay
in the cache.
"""

from collections.abc import Callable, Iterator
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .window_kernels import (
    BLOCK,
    Array,
    Built,
    Geometry,
    Index,
    Sizes,
    Windows,
    output_size,
    slices,
    working_dtype,
    workspace,
)

FEW_WINDOWS = 64  # an image with fewer windows is joined with others: so narrow a product would read w in vain
SMALL_WORKSPACE = 1 << 14  # elements of what is kept for the next convolution of the same kind
SMALL_PRODUCT = 10**6  # multiplications up to which OpenBLAS (AVX-512) does not pack its operands, a gain of 15 to 30 %
SETUP = 2 * 10**6  # multiplications in the time that it takes to set up what copies less, but in more steps


def grouped(a: Array, groups: int, joined: bool) -> Array:
    """A view of a: (N, C, *S) as (N, G, C / G, 1, *S), or as (1, G, C / G, N, *S) if its images are joined."""
    a = a.reshape(len(a), groups, a.shape[1] // groups, 1, *a.shape[2:])
    return a.swapaxes(0, 3) if joined else a


KEPT: dict[Any, dict[Any, Any]] = {}
"""Workspaces of small convolutions, which take longer to set up than to fill; whoever uses one takes it out meanwhile."""


def bands(
    images: Sizes,
    out: Sizes,
    geometry: Geometry,
    cost: int,
    least: int,
    build: Callable[[int, int, int, int], Built],
    kind: tuple[Any, ...],
) -> Iterator[tuple[slice, slice, slice, Built]]:
    """Blocks of images, and of an image that is too large for the cache bands: a part of its windows on the first axis.

    cost    elements of the workspace for an image
    least   images of a block, if there are as many; then images are left whole
    build   makes the workspace for so many images, windows, elements that these meet, and padding before them
    kind    what else the workspace depends on

    Gives the images, the windows and the elements of a block, and its workspace, which others alike share.
    """
    (n, _, size, *_), (kernel, stride, padding, dilation) = images, [setting[0] for setting in geometry]
    height = out[0] if least or cost <= 4 * BLOCK else max(1, BLOCK * out[0] // cost)
    parts = []
    for windows in slices(out[0], height):
        first = stride * windows.start - padding
        stop = stride * (windows.stop - 1) + dilation * (kernel - 1) + 1 - padding
        elements = slice(min(max(first, 0), size), min(max(stop, 0), size))
        numbers = windows.stop - windows.start, elements.stop - elements.start, elements.start - first
        parts.append((windows, elements, numbers))
    key = (images, out, geometry, kind) if cost * n <= SMALL_WORKSPACE else None
    built = KEPT.pop(key, {})
    for block in slices(n, max(BLOCK // max(1, cost), least)):
        for windows, elements, numbers in parts:
            size_of = block.stop - block.start, *numbers
            if size_of not in built:
                built[size_of] = build(*size_of)
            yield block, windows, elements, built[size_of]
    if key is not None and len(KEPT) < 64:
        KEPT[key] = built


def columns(
    images: Sizes, out: Sizes, geometry: Geometry, groups: int, dtype: np.dtype[Any], to_fill: bool = False
) -> Iterator[tuple[Index, Index, Array, Windows]]:
    """For each block: its indices in what `grouped` gives of x and of y, and its windows as columns (m, G, C K, f P).

    to_fill   whether the columns are filled, and not gathered: they come with zeros then no more
    """
    (_, c, _, *size), (kernel, stride, padding, dilation) = images, geometry
    rows, count = c // groups * prod(kernel), prod(out)
    joined = count < FEW_WINDOWS

    def build(number: int, windows: int, elements: int, before: int) -> tuple[Array, Windows]:
        m, f = (1, number) if joined else (number, 1)
        band = (windows, *out[1:])
        cells = workspace((m, groups, rows, f * prod(band)), dtype)
        shape = (m, groups, c // groups, f, elements, *size)
        return cells, Windows(cells, shape, band, (kernel, stride, (before, *padding[1:]), dilation))

    wide_enough = 1024 // max(1, count) if joined else 0
    kind = groups, dtype, to_fill
    for block, p, s, (cells, windows) in bands(images, out, geometry, groups * rows * count, wide_enough, build, kind):
        where = (slice(None),) * 3 + (block,) if joined else (block,) + (slice(None),) * 3
        yield (*where, s), (*where, p), cells, windows


def conv_by_columns(x: Array, w: Array, out: Sizes, geometry: Geometry, groups: int) -> Array:
    """One product an image, or one for several small ones."""
    n, outputs, joined, dtype = len(x), len(w) // groups, prod(out) < FEW_WINDOWS, working_dtype(x, w)
    weights = np.ascontiguousarray(w, dtype).reshape(groups, outputs, prod(w.shape[1:]))
    x_grouped = grouped(x, groups, joined)
    y = np.empty((1, groups, outputs, n, *out) if joined else (n, groups, outputs, 1, *out), dtype)
    for elements, places, cells, windows in columns(x.shape, out, geometry, groups, dtype):
        windows.gather(x_grouped[elements])
        np.matmul(weights, cells, out=y[places].reshape(*cells.shape[:2], outputs, cells.shape[3]))
    return (y.swapaxes(0, 3) if joined else y).reshape(n, len(w), *out)


def conv_by_rows(x: Array, w: Array, out: Sizes, geometry: Geometry, groups: int, piece: int, parts: int) -> Array:
    """Small products: of `piece` outputs and a part of a row of windows (all that share their place on the first axis).

    Along the first axis nothing is copied: with rows of x outermost, a row of windows is one run of memory, which
    overlaps the next. A row is filled up to a whole number of registers.
    """
    (k, *kernel), (stride, *strides), (_, *paddings), (_, *dilations) = geometry
    (n, c, _, *size), channels, dtype = x.shape, w.shape[1], working_dtype(x, w)
    entries, tile, row = prod(kernel), prod(out[1:]), filled(prod(out[1:]), len(w) // groups)
    weights = w.reshape(groups, 1, len(w) // groups // piece, 1, piece, channels, k, entries)
    weights = np.ascontiguousarray(np.moveaxis(weights, 5, 7), dtype).reshape(*weights.shape[:5], -1)

    def split(y: Array) -> Array:
        """Images (m, O, rows, row) as (m, G, rows, pieces, parts, piece, part)."""
        y = y.reshape(len(y), groups, -1, piece, y.shape[2], parts, y.shape[3] // parts)
        return y.transpose(0, 1, 4, 2, 5, 3, 6)

    def build(m: int, windows: int, elements: int, before: int) -> tuple[Array, Windows, Array | None]:
        cells = workspace((m, groups, (windows - 1) * stride + k, entries, channels, row), dtype)
        inner = cells[:, :, before : before + elements, ..., :tile].transpose(0, 1, 4, 3, 2, 5)
        others = (1, *kernel), (1, *strides), (0, *paddings), (1, *dilations)
        copies = Windows(inner, (m, groups, channels, 1, elements, *size), (elements, *out[1:]), others)
        image, group, each, _, term, element = cells.strides
        shape = (m, groups, windows, 1, parts, k * entries * channels, row // parts)
        steps = (image, group, each * stride, 0, row // parts * element, term, element)
        target = None if row == tile else np.empty((m, len(w), windows, row), dtype)
        return as_strided(cells, shape, steps), copies, target

    x_grouped, y = grouped(x, groups, joined=False), np.empty((n, len(w), *out), dtype)
    y_rows = y.reshape(n, len(w), out[0], tile)
    cost, kind = c * (stride * (out[0] - 1) + k) * entries * row, (groups, dtype, len(w), piece, parts)
    for block, p, s, (rows, windows, target) in bands(x.shape, out, geometry, cost, 0, build, kind):
        windows.gather(x_grouped[block, :, :, :, s])
        if target is None:
            np.matmul(weights, rows, out=split(y_rows[block, :, p]))
        else:
            np.matmul(weights, rows, out=split(target))
            y_rows[block, :, p] = target[..., :tile]
    return y


def filled(row: int, outputs: int) -> int:
    """The length of a row as a multiple of 16 numbers, a register of AVX-512, unless it is short work for few outputs."""
    return -(-row // 16) * 16 if outputs > 8 else row


def small_products(outputs: int, terms: int, row: int) -> tuple[int, int]:
    """Into how many outputs, and how many parts of a row, a product is divided to be small; (0, 0) for none worthwhile."""
    for parts in (1, 2, 4, 8, 16):
        part = row // parts
        if parts > 1 and (part < 64 or row % (16 * parts)):
            break
        room = min(outputs, SMALL_PRODUCT // (terms * part))
        piece = next((m for m in range(room, 0, -1) if outputs % m == 0), 0)
        if piece >= min(outputs, 4 if part >= 64 else 8):
            return piece, parts
    return 0, 0


def convolved(x: Array, w: Array, out: Sizes, geometry: Geometry, groups: int) -> Array:
    """The convolution with so many windows: the padding may be negative, and is whatever is needed behind the end."""
    outputs, terms, entries = len(w) // groups, prod(w.shape[1:]), w.shape[2]
    if x.size > 0 < w.size and len(out) > 1 < entries and geometry[3][0] == 1:
        tile = prod(out[1:])
        row = filled(tile, outputs)
        # in multiplications: to copy an element costs about 20, with a stride twice that; a product of a single or a broken
        # register costs a third more, and rows take a while to set up
        copy = 20 if geometry[1][-1] == 1 else 40
        by_rows = row * (outputs * (1.35 if row == 16 or row % 16 else 1.0) + copy / entries)
        by_columns = tile * (outputs * 1.1 + copy)
        if by_rows + SETUP / (len(x) * groups * out[0] * terms) < by_columns:
            piece, parts = small_products(outputs, terms, row)
            if piece:
                return conv_by_rows(x, w, out, geometry, groups, piece, parts)
    return conv_by_columns(x, w, out, geometry, groups)


def conv(x: Array, w: Array, *, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int) -> Array:
    """The convolution of x: (N, C, *S) with w: (O, C / groups, *K), which is (N, O, *P)."""
    geometry = w.shape[2:], stride, padding, dilation
    y = convolved(x, w, output_size(x.shape[2:], *geometry), geometry, groups)
    return y.astype(np.result_type(x, w), copy=False)


def conv_weight_grad(
    g: Array, x: Array, *, shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Array:
    """The transpose of conv in w: g has the shape of y, the result the `shape` of w."""
    out, outputs, dtype = g.shape[2:], shape[0] // groups, working_dtype(g, x)
    joined, few = prod(out) < FEW_WINDOWS, outputs < 128
    x_grouped, g_grouped = grouped(x, groups, joined), grouped(g, groups, joined)
    total = np.zeros((groups, prod(shape[1:]), outputs) if few else (groups, outputs, prod(shape[1:])), dtype)
    geometry = shape[2:], stride, padding, dilation
    for elements, places, cells, windows in columns(x.shape, out, geometry, groups, dtype):
        windows.gather(x_grouped[elements])
        g_block = g_grouped[places].reshape(*cells.shape[:2], outputs, cells.shape[3])
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
    geometry = w.shape[2:], stride, padding, dilation
    channels, outputs, alike = w.shape[1], len(w) // groups, prod(stride)
    steps = zip(*geometry, strict=True)
    apart = all(s == 1 or (d == 1 and k > s) for k, s, _, d in steps) and alike <= 8
    worthwhile = alike == 1 or g.size * prod(w.shape[1:]) > 5 * SETUP
    # unless g would see much padding, or be copied for few channels
    if apart and worthwhile and prod(shape[2:]) <= 2 * alike * prod(g.shape[2:]) and outputs <= 4 * channels:
        gx = input_by_residues(g, w, shape, geometry, groups)
    else:
        gx = input_by_columns(g, w, shape, geometry, groups)
    return gx.astype(np.result_type(g, w), copy=False)


def residues(
    size: int, kernel: int, stride: int, padding: int, dilation: int
) -> list[tuple[slice, slice, int, tuple[int, int, int, int]]]:
    """Along one axis, for each residue by the stride: the elements that share it, the kernel entries that meet them, the
    number of elements, and the convolution of g with the flipped entries that gives them: its kernel, stride, padding, dilation.
    """
    parts = []
    for first in range(min(stride, size)):
        windows, entry = divmod(first + padding, stride)
        entries = len(range(entry, kernel, stride))
        settings = (entries, 1, dilation * (entries - 1) - windows, dilation)
        parts.append(
            (slice(first, None, stride), slice(entry, None, stride), len(range(first, size, stride)), settings)
        )
    return parts


def input_by_residues(g: Array, w: Array, shape: Sizes, geometry: Geometry, groups: int) -> Array:
    """A convolution of g with the flipped kernel: with its every stride-th entry, for every stride-th element."""
    outputs = len(w) // groups
    flipped = w.reshape(groups, outputs, *w.shape[1:]).swapaxes(1, 2).reshape(shape[1], outputs, *w.shape[2:])
    gx = np.zeros(shape, working_dtype(g, w)) if max(geometry[1]) > 1 else None
    for place in product(*[residues(*axis) for axis in zip(shape[2:], *geometry, strict=True)]):
        elements, entries, out, settings = zip(*place, strict=True)
        kernel, ones, padding, dilation = zip(*settings, strict=True)
        part = np.flip(flipped[..., *entries], tuple(range(2, w.ndim)))
        found = convolved(g, part, out, (kernel, ones, padding, dilation), groups)
        if gx is None:
            gx = found  # the only part, and no need to copy it
        else:
            gx[..., *elements] = found
    assert gx is not None
    return gx


def input_by_columns(g: Array, w: Array, shape: Sizes, geometry: Geometry, groups: int) -> Array:
    """The products of g and the kernel, added where the windows lie."""
    outputs, out, dtype = len(w) // groups, g.shape[2:], working_dtype(g, w)
    weights = np.moveaxis(w.reshape(groups, outputs, *w.shape[1:]), 1, -1)
    weights = np.ascontiguousarray(weights, dtype).reshape(groups, prod(w.shape[1:]), outputs)
    joined, gx = prod(out) < FEW_WINDOWS, np.zeros(shape, dtype)
    gx_grouped, g_grouped = grouped(gx, groups, joined), grouped(g, groups, joined)
    for elements, places, cells, windows in columns(shape, out, geometry, groups, dtype, to_fill=True):
        g_block = g_grouped[places].reshape(*cells.shape[:2], outputs, cells.shape[3])
        np.matmul(weights, np.ascontiguousarray(g_block, dtype), out=cells)
        windows.scatter(gx_grouped[elements])
    return gx
