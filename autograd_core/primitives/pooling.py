"""Pooling over any number of spatial axes: the kernels of `pool_kernels`, wired as primitives.

Near a point, max-pooling picks elements: a linear map, which is its tangent, and whose transpose is its pull-back. Both
are primitives of their own, each the transpose of the other; average pooling is linear, and so is its transpose.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..families import primitive
from ..primitive import Primitive
from ..samples import Sample, sample, singular
from ..shapes import Shape
from . import pool_kernels
from .contractions import normal, shape_of
from .windows import Sizes, check_windows, each, hashable


def max_pool_forward(x: Any, *, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Any:
    return pool_kernels.max_pool(x, kernel=kernel, stride=stride, padding=padding, dilation=dilation)


def max_pool_input_forward(
    g: Any, x: Any, y: Any, *, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape
) -> Any:
    return pool_kernels.max_pool_input_grad(g, x, y, kernel=kernel, stride=stride, padding=padding, dilation=dilation)


def max_pool_pick_forward(
    t: Any, x: Any, y: Any, *, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape
) -> Any:
    return pool_kernels.max_pool_tangent(t, x, y, kernel=kernel, stride=stride, padding=padding, dilation=dilation)


def spread_to_maxima(g: Any, a: Any, y: Any, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Any:
    return max_pool_input.call(g, a, y, kernel=kernel, stride=stride, padding=padding, dilation=dilation)


def pick_from_maxima(t: Any, a: Any, y: Any, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Any:
    return max_pool_pick.call(t, a, y, kernel=kernel, stride=stride, padding=padding, dilation=dilation)


def distinct(*shape: int, dtype: Any = float) -> Any:
    """Numbers that stay in their order when they are moved a little, for samples."""
    return (np.random.default_rng(0).permutation(prod(shape)) / 4 - 1).reshape(shape).astype(dtype)


def max_pool_samples() -> list[Sample]:
    def case(x: Any, *settings: Any) -> Sample:
        return sample(x, **dict(zip(("kernel", "stride", "padding", "dilation"), settings, strict=True)))

    return [
        case(distinct(2, 3, 4, 4), (2, 2), (2, 2), (0, 0), (1, 1)),
        case(distinct(1, 2, 5, 6), (3, 2), (1, 2), (1, 1), (1, 1)),
        case(distinct(1, 1, 6, 5), (2, 3), (2, 1), (0, 0), (2, 1)),
        case(distinct(2, 2, 7), (3,), (2,), (1,), (1,)),
        case(distinct(1, 2, 3, 4, 3), (2, 2, 2), (1, 2, 1), (0, 0, 1), (1, 1, 1)),
        case(distinct(0, 3, 4, 4), (2, 2), (2, 2), (0, 0), (1, 1)),
        case(distinct(3, 4, 4, dtype=np.float32), (2, 2), (2, 2), (0, 0), (1, 1)),
        sample(distinct(1, 1, 2), kernel=(1,), stride=(1,), padding=(1,), dilation=(1,), raises=ShapeError),
    ]


max_pooled = primitive(
    max_pool_forward,
    spread_to_maxima,
    jvp=pick_from_maxima,
    cut=True,
    kinks="ties",
    singular=[
        singular(
            np.array([[[1.0, 1.0, 2.0]]]),
            kernel=(2,),
            stride=(1,),
            padding=(0,),
            dilation=(1,),
            gives=np.array([[[1.0, 0.0, 1.0]]]),
            why="the first of those that tie",
        ),
    ],
    name="max_pool",
    batch="together",
    samples=max_pool_samples,
    text=("{g} to the maxima",),
)


def transposed_samples(of_result: bool) -> list[Sample]:
    """Samples of the linear maps that max-pooling is near x: of the shape of its result, or of its input."""
    rows = []
    for s in max_pool_samples():
        if s.raises is None:
            (x,), y = s.args, max_pool_forward(*s.args, **s.settings)
            rows.append(Sample((normal(*(y if of_result else x).shape, dtype=x.dtype), x, y), s.settings))
    t, x, y = rows[3].args
    return [*rows, Sample((t * (1 + 2j), x, y), rows[3].settings)]


def first_only(picked: Any) -> Any:
    """The tangent of a map that is linear in its first input and piecewise constant in the others."""
    return lambda ts, b, c, kernel, stride, padding, dilation: (
        None
        if ts[0] is None
        else picked().call(ts[0], b, c, kernel=kernel, stride=stride, padding=padding, dilation=dilation)
    )


max_pool_input: Primitive = primitive(
    max_pool_input_forward,
    lambda g, b, c, kernel, stride, padding, dilation: pick_from_maxima(g, b, c, kernel, stride, padding, dilation),
    None,
    None,
    jvp=first_only(lambda: max_pool_input),
    name="max_pool_input",
    batch="together",
    samples=lambda: transposed_samples(True),
)
max_pool_pick: Primitive = primitive(
    max_pool_pick_forward,
    lambda g, b, c, kernel, stride, padding, dilation: spread_to_maxima(g, b, c, kernel, stride, padding, dilation),
    None,
    None,
    jvp=first_only(lambda: max_pool_pick),
    name="max_pool_pick",
    batch="together",
    samples=lambda: transposed_samples(False),
)


def avg_pool_forward(x: Any, *, kernel: Shape, stride: Shape, padding: Shape, count_include_pad: bool) -> Any:
    return pool_kernels.avg_pool(x, kernel=kernel, stride=stride, padding=padding, count_include_pad=count_include_pad)


def avg_pool_input_forward(
    g: Any, *, shape: Shape, kernel: Shape, stride: Shape, padding: Shape, count_include_pad: bool
) -> Any:
    return pool_kernels.avg_pool_input_grad(
        g, shape=shape, kernel=kernel, stride=stride, padding=padding, count_include_pad=count_include_pad
    )


def avg_pool_samples() -> list[Sample]:
    return [
        sample(normal(2, 3, 4, 4), kernel=(2, 2), stride=(2, 2), padding=(0, 0), count_include_pad=True),
        sample(normal(1, 2, 5, 6), kernel=(3, 2), stride=(1, 2), padding=(1, 1), count_include_pad=False),
        sample(normal(1, 2, 5, 6), kernel=(3, 2), stride=(1, 2), padding=(1, 1), count_include_pad=True),
        sample(normal(2, 2, 7), kernel=(3,), stride=(2,), padding=(0,), count_include_pad=True),
        sample(normal(0, 3, 4, 4), kernel=(2, 2), stride=(2, 2), padding=(0, 0), count_include_pad=True),
        sample(normal(3, 4, 4, dtype=np.float32), kernel=(2, 2), stride=(1, 1), padding=(0, 0), count_include_pad=True),
        sample(normal(2, 2, 5, dtype=complex), kernel=(2,), stride=(2,), padding=(1,), count_include_pad=False),
    ]


avg_pooled: Primitive = primitive(
    avg_pool_forward,
    lambda g, a_like, kernel, stride, padding, count_include_pad: avg_pool_input.call(
        g, shape=a_like.shape, kernel=kernel, stride=stride, padding=padding, count_include_pad=count_include_pad
    ),
    linear=True,
    text=("{g} shared by each window",),
    name="avg_pool",
    batch="together",
    samples=avg_pool_samples,
)
avg_pool_input: Primitive = primitive(
    avg_pool_input_forward,
    lambda g, kernel, stride, padding, count_include_pad: avg_pooled.call(
        g, kernel=kernel, stride=stride, padding=padding, count_include_pad=count_include_pad
    ),
    linear=True,
    name="avg_pool_input",
    batch=lambda made, xs, batched, settings: made.call(
        xs[0], **{**settings, "shape": (xs[0].shape[0], *settings["shape"])}
    ),
    samples=lambda: [
        Sample((avg_pool_forward(*s.args, **s.settings),), {**s.settings, "shape": s.args[0].shape})
        for s in avg_pool_samples()
    ],
)


@lru_cache(maxsize=1024)
def pool_settings(
    name: str, x: Shape, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[Shape, Shape, Shape, Shape, Shape]:
    """Kernel, stride, padding, dilation, and what is padded at the end; raises ShapeError for what does not fit."""
    axes = max(len(x) - 2, 0) if isinstance(kernel, int) else len(kernel)
    asked = f"{name} cannot be computed for x {x} and kernel {kernel}"
    if not 0 < axes < len(x):
        raise ShapeError(
            f"{asked}: x has the shape (N, C, spatial axes), or (C, spatial axes) if kernel has a number for each"
        )
    kernel, padding, dilation = (
        each("kernel", kernel, axes),
        each("padding", padding, axes),
        each("dilation", dilation, axes),
    )
    stride = kernel if stride is None else each("stride", stride, axes)
    check_windows(asked, x[-axes:], kernel, stride, padding, dilation)
    if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
        raise ShapeError(
            f"{asked}: padding {padding} must be at most half of the kernel, so that each window has an element"
        )
    end = [0] * axes
    if ceil_mode:
        for i, (n, k, s, p, d) in enumerate(zip(x[-axes:], kernel, stride, padding, dilation, strict=True)):
            left = (n + 2 * p - d * (k - 1) - 1) % s  # elements that no window reaches
            starts = n + p - ((n + 2 * p - d * (k - 1) - 1) // s + 1) * s  # whether the next one starts before the end
            end[i] = s - left if left and starts > 0 else 0
    return kernel, stride, padding, dilation, tuple(end)


def max_pool(
    x: Any,
    kernel: Sizes,
    stride: Sizes | None = None,
    *,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
) -> Any:
    """The largest element of each window, over the last axes.

    x: (N, C, *S) or (C, *S)   returns (N, C, *P) or (C, *P),
    P = (S + 2 padding - dilation (kernel - 1) - 1) // stride + 1

    kernel      the size of a window: a number for every axis after the first two, or one for each of the last axes
    stride      the size of the kernel by default
    padding     elements of -inf around x, at most half of the kernel
    ceil_mode   also a last window that reaches beyond the end

    As in PyTorch the gradient goes to the first of several equal maxima, and NaN wins. Raises ShapeError, with what
    would fit.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.max_pool(np.arange(6.0).reshape(1, 1, 6), 2)
    array([[[1., 3., 5.]]])
    """
    kernel, stride, padding, dilation, end = pool_settings(
        "max_pool", shape_of(x), hashable(kernel), hashable(stride), hashable(padding), hashable(dilation), ceil_mode
    )
    if any(end):
        x = np.pad(x, [*[(0, 0)] * (len(shape_of(x)) - len(end)), *[(0, e) for e in end]], constant_values=-np.inf)
    return max_pooled.call(x, kernel=kernel, stride=stride, padding=padding, dilation=dilation)


def avg_pool(
    x: Any, kernel: Sizes, stride: Sizes | None = None, *, padding: Sizes = 0, count_include_pad: bool = True
) -> Any:
    """The mean of each window, over the last axes.

    x: (N, C, *S) or (C, *S)   returns (N, C, *P) or (C, *P),  P = (S + 2 padding - kernel) // stride + 1

    kernel, stride      as in `max_pool`
    padding             elements of 0 around x, at most half of the kernel
    count_include_pad   whether the padding counts as elements

    Raises ShapeError, with what would fit.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.avg_pool(np.arange(6.0).reshape(1, 1, 6), 2)
    array([[[0.5, 2.5, 4.5]]])
    """
    kernel, stride, padding, _, _ = pool_settings(
        "avg_pool", shape_of(x), hashable(kernel), hashable(stride), hashable(padding), 1, False
    )
    return avg_pooled.call(x, kernel=kernel, stride=stride, padding=padding, count_include_pad=count_include_pad)
