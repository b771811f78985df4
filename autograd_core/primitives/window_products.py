"""Products of weights with the windows of images: the convolution with any number of windows, on plain arrays.

All are matrix products with copies of the windows (im2col: Chellapilla et al. 2006, "High performance convolutional
neural networks for document processing"), a block of images at a time, or a band of a large one, so that the copies stay
in the cache. Where it pays, they are not copied along the first axis.
"""

from collections.abc import Callable, Iterator
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .window_kernels import BLOCK, Array, Built, Geometry, Index, Sizes, Windows, slices, working_dtype, workspace

FEW_WINDOWS = 64  # an image with fewer windows is joined with others: so narrow a product would read w in vain
SMALL_WORKSPACE = 1 << 14  # elements of what is kept for the next convolution of the same kind
SMALL_PRODUCT = 10**6  # multiplications up to which OpenBLAS (AVX-512) does not pack its operands, a gain of 15 to 30 %
SETUP = 2 * 10**6  # multiplications in the time that it takes to set up what copies less, but in more steps


def is_joined(out: Sizes) -> bool:
    """Whether the images that have so many windows each are joined."""
    return prod(out) < FEW_WINDOWS


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
    joined = is_joined(out)

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


def conv_of_elements(x: Array, w: Array, groups: int) -> Array:
    """The product for windows of one element each, of which no copies are needed."""
    dtype = working_dtype(x, w)
    weights = np.ascontiguousarray(w, dtype).reshape(groups, len(w) // groups, w.shape[1])
    elements = np.ascontiguousarray(x, dtype).reshape(len(x), groups, w.shape[1], prod(x.shape[2:]))
    y: Array = np.matmul(weights, elements)
    return y.reshape(len(x), len(w), *x.shape[2:])


def conv_by_columns(x: Array, w: Array, out: Sizes, geometry: Geometry, groups: int) -> Array:
    """One product an image, or one for several small ones."""
    n, outputs, joined, dtype = len(x), len(w) // groups, is_joined(out), working_dtype(x, w)
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
    if (
        terms == w.shape[1]
        and out == x.shape[2:]
        and not any(geometry[2])
        and set(geometry[1]) == {1}
        and not is_joined(out)
    ):
        return conv_of_elements(x, w, groups)
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
