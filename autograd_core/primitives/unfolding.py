"""The windows of images as columns, and columns added up to images: each is the transpose of the other."""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..families import layout
from ..primitive import Primitive
from ..samples import Sample
from ..shapes import Shape
from .contractions import normal, shape_of
from .window_kernels import Windows, output_size, working_dtype
from .windows import Sizes, check_windows, each, hashable, images_each


def unfold_forward(x: Any, *, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Any:
    (n, c, *size), geometry = x.shape, (kernel, stride, padding, dilation)
    out, images = output_size(tuple(size), *geometry), (n, 1, c, 1, *size)
    cells = np.zeros((n, c * prod(kernel), prod(out)), x.dtype)
    Windows(cells, images, out, geometry).gather(x.reshape(images))
    return cells


def fold_forward(cells: Any, *, shape: Shape, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Any:
    (n, c, *size), geometry = shape, (kernel, stride, padding, dilation)
    images = (n, 1, c, 1, *size)
    x = np.zeros(images, working_dtype(cells))
    Windows(np.ascontiguousarray(cells, x.dtype), images, output_size(tuple(size), *geometry), geometry).scatter(x)
    return x.reshape(shape).astype(cells.dtype, copy=False)


def cases() -> list[Sample]:
    def case(x: Any, *settings: Shape) -> Sample:
        return Sample((x,), dict(zip(("kernel", "stride", "padding", "dilation"), settings, strict=True)))

    return [
        case(normal(2, 3, 5, 4), (3, 2), (1, 1), (0, 0), (1, 1)),
        case(normal(1, 2, 6, 5), (2, 3), (3, 1), (1, 2), (1, 2)),
        case(normal(2, 2, 7, dtype=np.float32)[:, ::-1], (3,), (2,), (1,), (2,)),
        case(normal(1, 1, 3, 4, 3) * 1j, (2, 2, 2), (1, 2, 1), (0, 0, 1), (1, 1, 1)),
        case(normal(0, 3, 5, 4), (2, 2), (1, 1), (0, 0), (1, 1)),
        case(normal(1, 2, 4).astype(np.float16), (1,), (1,), (0,), (1,)),
    ]


unfolded: Primitive = layout(
    unfold_forward,
    lambda g, a_like, kernel, stride, padding, dilation: folded.call(
        g, shape=a_like.shape, kernel=kernel, stride=stride, padding=padding, dilation=dilation
    ),
    samples=cases,
    batch=images_each,
    name="unfold",
)
folded: Primitive = layout(
    fold_forward,
    lambda g, kernel, stride, padding, dilation: unfolded.call(
        g, kernel=kernel, stride=stride, padding=padding, dilation=dilation
    ),
    samples=lambda: [
        Sample((unfold_forward(*s.args, **s.settings),), {**s.settings, "shape": s.args[0].shape}) for s in cases()
    ],
    batch=images_each,
    name="fold",
)


@lru_cache(maxsize=1024)
def unfolding_settings(
    asked: str, size: Shape, kernel: Any, stride: Any, padding: Any, dilation: Any
) -> dict[str, Shape]:
    """Kernel, stride, padding and dilation for each spatial axis; raises ShapeError unless there is a window."""
    axes = len(size)
    settings = {
        "kernel": each("kernel", kernel, axes),
        "stride": each("stride", stride, axes),
        "padding": each("padding", padding, axes),
        "dilation": each("dilation", dilation, axes),
    }
    check_windows(asked, size, **settings)
    return settings


def unfold(x: Any, kernel: Shape, *, stride: Sizes = 1, padding: Sizes = 0, dilation: Sizes = 1) -> Any:
    """The windows of images as columns, over as many spatial axes S as the kernel has.

    x: (N, C, *S) or (C, *S)   returns (N, C K, P) or (C K, P): K elements of a kernel, P windows, both in row-major order

        y[n, (c, k), p] = x[n, c, stride p + dilation k - padding],     x being 0 outside

    kernel                      a number for each spatial axis
    stride, padding, dilation   a number for all spatial axes, or one for each

    Raises ShapeError, with what would fit.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.unfold(np.array([[1.0, 2.0, 3.0]]), (2,))
    array([[1., 2.],
           [2., 3.]])
    """
    kernel, shape = tuple(kernel), shape_of(x)
    axes, asked = len(kernel), f"unfold cannot take windows {kernel} of x {shape}"
    if not axes or len(shape) not in (axes + 1, axes + 2):
        raise ShapeError(f"{asked}: x has the shape (N, C, spatial axes), or (C, spatial axes), as many as the kernel")
    settings = unfolding_settings(asked, shape[-axes:], kernel, hashable(stride), hashable(padding), hashable(dilation))
    if len(shape) == axes + 2:
        return unfolded.call(x, **settings)
    y = unfolded.call(np.expand_dims(x, 0), **settings)
    return np.reshape(y, y.shape[1:])


def fold(x: Any, size: Shape, kernel: Shape, *, stride: Sizes = 1, padding: Sizes = 0, dilation: Sizes = 1) -> Any:
    """Images of a size, to which columns are added up where their windows lie: the transpose of `unfold`.

    x: (N, C K, P) or (C K, P)   size: the spatial axes S   returns (N, C, *S) or (C, *S)

    kernel, stride, padding, dilation   as in `unfold`; what lies in the padding is lost

    Raises ShapeError, with what would fit.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.fold(np.array([[1.0, 2.0], [2.0, 3.0]]), (3,), (2,))
    array([[1., 4., 3.]])
    """
    size, kernel, shape = tuple(size), tuple(kernel), shape_of(x)
    asked = f"fold cannot add x {shape} up to images of size {size} by windows {kernel}"
    if not kernel or len(kernel) != len(size) or len(shape) not in (2, 3):
        raise ShapeError(f"{asked}: x has the shape (N, C K, P) or (C K, P), size and kernel a number for each axis")
    settings = unfolding_settings(asked, size, kernel, hashable(stride), hashable(padding), hashable(dilation))
    windows, elements = prod(output_size(size, **settings)), prod(kernel)
    if shape[-1] != windows or shape[-2] % elements:
        raise ShapeError(
            f"{asked}: a kernel of {elements} elements has {windows} windows there, so that x has {windows} columns, and a "
            f"multiple of {elements} rows"
        )
    single = len(shape) == 2
    images = (1 if single else shape[0], shape[-2] // elements, *size)
    y = folded.call(np.expand_dims(x, 0) if single else x, shape=images, **settings)
    return np.reshape(y, y.shape[1:]) if single else y
