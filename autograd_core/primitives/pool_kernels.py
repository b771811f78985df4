"""Pooling over any number of spatial axes, and its transposes, on plain arrays.

    x: (..., *S)     y: (..., *P),  P = (S + 2 padding - dilation (kernel - 1) - 1) // stride + 1

    max_pool  y[p] = max over k of  x[stride p + dilation k - padding],             x being -inf outside
    avg_pool  y[p] = sum over k of  x[stride p + k - padding] / number of k,        x being 0 outside

Settings hold one number a spatial axis. A kernel entry meets all its windows in one strided slice of x, so that each
step is one NumPy call; a block of planes is done at a time, so that it stays in the cache. Maximum and sum are reduced
one axis after the other: the sides of the kernel add up instead of multiplying.
"""

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from .window_kernels import BLOCK, Array, Geometry, Index, Sizes, blocks, output_size, taps, working_dtype


def planes(a: Array, axes: int) -> Array:
    """The array as (planes, *its last axes), contiguous."""
    lead = a.ndim - axes
    return np.ascontiguousarray(a).reshape(prod(a.shape[:lead]), *a.shape[lead:])


def meetings(size: Sizes, geometry: Geometry) -> list[list[tuple[Index, Index]]]:
    """For each axis, for each kernel entry along it: the index of its windows, and of the elements it meets."""
    axes = [taps(*axis) for axis in zip(size, *geometry, strict=True)]
    after = [(slice(None),) * i for i in reversed(range(len(size)))]
    return [[((..., p, *rest), (..., s, *rest)) for p, s in pairs] for pairs, rest in zip(axes, after, strict=True)]


def half_way(size: Sizes, out: Sizes, dtype: np.dtype[Any], count: int) -> list[Array]:
    """Workspace for planes whose first axes are reduced to their windows, and whose last are not."""
    return [np.empty((count, *out[:i], *size[i:]), dtype) for i in range(1, len(size))]


def reduce_windows(ufunc: np.ufunc, x: Array, geometry: Geometry, outside: float) -> Array:
    """Each window of x (planes, *S) reduced to one element, (planes, *P)."""
    size, out = x.shape[1:], output_size(x.shape[1:], *geometry)
    axes = list(zip(meetings(size, geometry), geometry[2], strict=True))
    y = np.empty((len(x), *out), x.dtype)
    for block, steps in blocks(len(x), BLOCK // max(1, prod(size)), lambda n: half_way(size, out, x.dtype, n)):
        part = x[block]
        for (pairs, padding), target in zip(axes, [*steps, y[block]], strict=True):
            if padding or len(pairs) == 1:
                target.fill(outside)
            else:  # every entry meets every window
                (_, first), (_, second), *pairs = pairs
                ufunc(part[first], part[second], out=target)
            for windows, met in pairs:
                reached = target[windows]
                ufunc(reached, part[met], out=reached)
            part = target
    return y


def spread_windows(g: Array, size: Sizes, geometry: Geometry) -> Array:
    """The transpose of reduce_windows(np.add): each g (planes, *P) added to all of its window, (planes, *S)."""
    axes, out = meetings(size, geometry), g.shape[1:]
    gx = np.empty((len(g), *size), g.dtype)
    for block, steps in blocks(len(g), BLOCK // max(1, prod(size)), lambda n: half_way(size, out, g.dtype, n)):
        part = g[block]
        for pairs, target in zip(reversed(axes), [*reversed(steps), gx[block]], strict=True):
            target.fill(0)
            for windows, met in pairs:
                reached = target[met]
                np.add(reached, part[windows], out=reached)
            part = target
    return gx


def selected(x: Array, y: Array, geometry: Geometry) -> Iterator[tuple[slice, Array]]:
    """For each block of planes: where in it, counted flat, each window has its maximum.

    As in PyTorch the first of several in row-major order, but the last if they are NaN.
    """
    size, out = x.shape[1:], y.shape[1:]
    axes = [taps(*axis) for axis in zip(size, *geometry, strict=True)]
    entries = [tuple(zip(*pairs, strict=True)) for pairs in product(*axes)]

    def build(count: int) -> tuple[Array, Array, Array, Array, Array]:
        start, offset, step = np.arange(count) * prod(size), np.zeros(1, np.intp), prod(size)
        for n, m, k, s, p, d in zip(size, out, *geometry, strict=True):
            step //= n
            start = start[..., None] + (np.arange(m) * s - p) * step
            offset = (offset[:, None] + np.arange(k) * d * step).ravel()
        entry = np.empty(start.shape, np.uint8 if len(offset) <= 256 else np.intp)
        return start, offset, entry, np.empty(start.shape, bool), np.empty(start.shape, np.intp)

    for block, (start, offset, entry, later, index) in blocks(len(x), BLOCK // max(1, prod(size)), build):
        x_block, y_block = x[block], y[block]
        has_nan = x_block.size and np.isnan(x_block.max())  # read in order first: strided reads wait longer for memory
        entry.fill(0)
        later.fill(True)  # the windows whose maximum is still to come
        for windows, met in entries[:-1]:
            later[..., *windows] &= x_block[..., *met] != y_block[..., *windows]
            entry += later.view(np.uint8)
        if has_nan:
            for k, (windows, met) in enumerate(entries):
                entry[..., *windows][np.isnan(x_block[..., *met])] = k
        offset.take(entry, out=index, mode="clip")  # twice as fast as offset[entry]
        index += start
        yield block, index.reshape(-1)


def elements(size: Sizes, geometry: Geometry, dtype: DTypeLike) -> Array:
    """How many elements of x each window has, the padding left out: (1, *P)."""
    return reduce_windows(np.add, np.ones((1, *size), dtype), geometry, 0)


def max_pool(x: Array, *, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Array:
    """The maximum of each window; NaN if there is one in it. Raises ValueError if a window has padding only."""
    size, geometry = x.shape[x.ndim - len(kernel) :], (kernel, stride, padding, dilation)
    if any(padding) and not elements(size, geometry, np.intp).all():
        raise ValueError(
            f"max_pool with kernel {kernel}, stride {stride}, padding {padding} and dilation {dilation} has a window "
            f"with no element of an input of size {size}: give it less padding"
        )
    y = reduce_windows(np.maximum, planes(x, len(kernel)), geometry, -np.inf)
    return y.reshape(*x.shape[: x.ndim - len(kernel)], *y.shape[1:])


def max_pool_input_grad(
    g: Array, x: Array, y: Array, *, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Array:
    """g: (..., *P) added where x has the maxima y; the result has the shape of x."""
    g_planes, x_planes, y_planes = (planes(a, len(kernel)) for a in (g, x, y))
    disjoint = all(s > d * (k - 1) for k, s, d in zip(kernel, stride, dilation, strict=True))
    gx = np.empty(x_planes.shape, g.dtype)
    for block, index in selected(x_planes, y_planes, (kernel, stride, padding, dilation)):
        part = gx[block].reshape(-1)
        part.fill(0)
        if disjoint:  # so that no two windows share a maximum
            part[index] = g_planes[block].reshape(-1)
        else:
            np.add.at(part, index, g_planes[block].reshape(-1))
    return gx.reshape(x.shape)


def max_pool_tangent(
    t: Array, x: Array, y: Array, *, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Array:
    """t: (..., *S) taken where x has the maxima y: the transpose of max_pool_input_grad in g; of the shape of y."""
    t_planes, x_planes, y_planes = (planes(a, len(kernel)) for a in (t, x, y))
    ty = np.empty(y_planes.shape, t.dtype)
    for block, index in selected(x_planes, y_planes, (kernel, stride, padding, dilation)):
        t_planes[block].reshape(-1).take(index, out=ty[block].reshape(-1), mode="clip")
    return ty.reshape(y.shape)


def avg_pool(x: Array, *, kernel: Sizes, stride: Sizes, padding: Sizes, count_include_pad: bool) -> Array:
    """The mean of each window; without count_include_pad, of its elements that are not padding."""
    lead, geometry = x.ndim - len(kernel), (kernel, stride, padding, (1,) * len(kernel))
    y = reduce_windows(np.add, planes(x, len(kernel)).astype(working_dtype(x), copy=False), geometry, 0)
    y /= prod(kernel) if count_include_pad else elements(x.shape[lead:], geometry, y.dtype)
    return y.reshape(*x.shape[:lead], *y.shape[1:]).astype(x.dtype, copy=False)


def avg_pool_input_grad(
    g: Array, *, shape: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, count_include_pad: bool
) -> Array:
    """The transpose of avg_pool: each g: (..., *P) shared equally by its window; the result has the `shape` of x."""
    size, geometry = shape[len(shape) - len(kernel) :], (kernel, stride, padding, (1,) * len(kernel))
    shares = planes(g, len(kernel)).astype(working_dtype(g))
    shares /= prod(kernel) if count_include_pad else elements(size, geometry, shares.dtype)
    return spread_windows(shares, size, geometry).reshape(shape).astype(g.dtype, copy=False)
