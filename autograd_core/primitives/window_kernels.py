"""Where the windows of a kernel lie, and copies between images and their windows, for any number of spatial axes.

Along an axis of S elements a kernel of K entries has P = (S + 2 padding - dilation (K - 1) - 1) // stride + 1 windows.
Entry k of window p meets element stride p + dilation k - padding, or the padding if there is no such element.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from math import prod
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike

Array = np.ndarray[Any, Any]
Sizes = tuple[int, ...]
Index = tuple[Any, ...]
Geometry = tuple[Sizes, Sizes, Sizes, Sizes]  # kernel, stride, padding, dilation: one number a spatial axis each
Built = TypeVar("Built")

BLOCK = 1 << 18  # elements done at a time: about what the L2 cache of a core holds


def output_size(size: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Sizes:
    """Number of windows along each axis."""
    axes = zip(size, kernel, stride, padding, dilation, strict=True)
    return tuple([(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in axes])


@lru_cache(maxsize=4096)
def taps(
    size: int, kernel: int, stride: int, padding: int, dilation: int, windows: int | None = None
) -> tuple[tuple[slice, slice], ...]:
    """For each kernel entry along one axis: the windows in which it meets the input, and the inputs it meets.

    windows   how many there are, if not as many as fit; what lies beyond the end of the input is padding
    """
    if windows is None:
        (windows,) = output_size((size,), (kernel,), (stride,), (padding,), (dilation,))
    pairs = []
    for shift in range(-padding, kernel * dilation - padding, dilation):
        first = max(0, -(shift // stride))
        stop = max(first, min(windows, (size - 1 - shift) // stride + 1))
        start = first * stride + shift
        pairs.append((slice(first, stop), slice(start, start + (stop - first) * stride, stride)))
    return tuple(pairs)


@lru_cache(maxsize=4096)
def slices(count: int, room: int) -> tuple[slice, ...]:
    """Slices of at most `room`, all of one length if there is such a length above the half of it."""
    room = max(1, min(room, count))
    step = next((step for step in range(room, room // 2, -1) if count % step == 0), room)
    return tuple([slice(start, min(start + step, count)) for start in range(0, count, step)])


def blocks(count: int, room: int, build: Callable[[int], Built]) -> Iterator[tuple[slice, Built]]:
    """Slices of at most `room`, each with the workspace `build` gives for its length, shared by all but the last."""
    length = None
    for part in slices(count, room):
        if part.stop - part.start != length:
            length = part.stop - part.start
            built = build(length)
        yield part, built


def workspace(shape: Sizes, dtype: np.dtype[Any]) -> Array:
    """Zeros that begin with a line of the cache: rows of 16 numbers that lie in two lines make a product a fifth slower."""
    size = prod(shape) * dtype.itemsize
    memory = np.zeros(size + 64, np.uint8)
    start = -memory.__array_interface__["data"][0] % 64
    return memory[start : start + size].view(dtype).reshape(shape)


class Windows:
    """Copies images (m, G, C, f, *S) to their windows (m, G, C, *K, f, *P), and adds windows back to images.

    One axis at a time, the last one first: a single copy per kernel entry would move pieces of a row, here all steps
    but the first move whole rows. What lies in the padding is never written, so `cells` must come as zeros.
    """

    def __init__(self, cells: Array, images: Sizes, out: Sizes, geometry: Geometry) -> None:
        kernel, stride, padding, _ = geometry
        size = list(images[4:])
        plain = [i for i in range(len(size)) if (kernel[i], stride[i], padding[i], out[i]) == (1, 1, 0, size[i])]
        axes = [i for i in range(len(size)) if i not in plain] or [0]
        entries: Sizes = ()
        self.steps: list[tuple[Array, list[tuple[Index, Index]]]] = []
        for i in reversed(axes):
            pairs = taps(size[i], *(setting[i] for setting in geometry), windows=out[i])
            size[i] = out[i]
            entries = (kernel[i], *entries)
            shape = (*images[:3], *entries, images[3], *size)
            step = cells.reshape(shape) if i == axes[0] else np.zeros(shape, cells.dtype)
            entry, after = (slice(None),) * 3, (slice(None),) * (len(size) - 1 - i)
            index = [((*entry, k, ..., window, *after), (..., met, *after)) for k, (window, met) in enumerate(pairs)]
            self.steps.append((step, index))

    def gather(self, x: Array) -> None:
        """Copy the windows of the images x to `cells`."""
        for step, index in self.steps:
            for window, met in index:
                step[window] = x[met]
            x = step

    def scatter(self, x: Array) -> None:
        """Add to each element of the images x the sum of its copies in `cells`: the transpose of gather."""
        between = [step for step, _ in self.steps[:-1]]
        for step in between:
            step.fill(0)
        for target, (step, index) in reversed(list(zip([x, *between], self.steps, strict=True))):
            for window, met in index:
                part = target[met]
                np.add(part, step[window], out=part)


def working_dtype(*arrays: DTypeLike) -> np.dtype[Any]:
    """The dtype of a result, but float32 for float16, whose sums would lose digits."""
    dtype = np.result_type(*arrays)
    return np.dtype(np.float32) if dtype == np.float16 else dtype
