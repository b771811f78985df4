"""Convolution over any number of spatial axes, and its two transposes, on plain arrays.

    x: (N, C, *S)    w: (O, C / groups, *K)    y: (N, O, *P),  P = (S + 2 padding - dilation (K - 1) - 1) // stride + 1

    y[n, o, p] = sum over c, k of  w[o, c, k] * x[n, c, stride p + dilation k - padding],     x being 0 outside

As in PyTorch this is a correlation, and the outputs of a group see the channels of that group only. Each function is
linear in both arrays and gives the dtype of np.result_type (float16 is summed in float32). `stride`, `padding` and
`dilation` hold one number a spatial axis.
"""

from itertools import product
from math import prod

import numpy as np

from . import window_products
from .window_kernels import Array, Geometry, Sizes, output_size, working_dtype
from .window_products import columns, convolved, grouped, is_joined


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
    joined, few = is_joined(out), outputs < 128
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
    worthwhile = alike == 1 or g.size * prod(w.shape[1:]) > 5 * window_products.SETUP
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
    joined, gx = is_joined(out), np.zeros(shape, dtype)
    gx_grouped, g_grouped = grouped(gx, groups, joined), grouped(g, groups, joined)
    for elements, places, cells, windows in columns(shape, out, geometry, groups, dtype, to_fill=True):
        g_block = g_grouped[places].reshape(*cells.shape[:2], outputs, cells.shape[3])
        np.matmul(weights, np.ascontiguousarray(g_block, dtype), out=cells)
        windows.scatter(gx_grouped[elements])
    return gx
