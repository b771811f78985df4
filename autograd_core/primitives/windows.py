"""Convolution and pooling over any number of spatial axes: the kernels of the two files beside, wired as primitives.

Convolution is linear in the images and in the weights. Its two transposes are linear in both of theirs, and their transposes are
convolution and each other, so that every order of derivative is one of the three kernels.

    y = conv(x, w)      x' = conv_input(g, w)      w' = conv_weight(g, x)
"""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np

from ..errors import ShapeError, UnsupportedError
from ..families import multilinear, primitive
from ..samples import Sample, sample
from ..shapes import Shape
from . import conv_kernels, pool_kernels
from .contractions import normal, ones
from .window_kernels import output_size

Sizes: TypeAlias = int | Shape
"""One number for every spatial axis, or one for each."""

# -- convolution -------------------------------------------------------------------------------------------------------------


def conv_forward(x: Any, w: Any, *, stride: Shape, padding: Shape, dilation: Shape, groups: int) -> Any:
    return conv_kernels.conv(x, w, stride=stride, padding=padding, dilation=dilation, groups=groups)


def conv_input_forward(g: Any, w: Any, *, shape: Shape, stride: Shape, padding: Shape, dilation: Shape, groups: int) -> Any:
    return conv_kernels.conv_input_grad(
        g, w, shape=shape, stride=stride, padding=padding, dilation=dilation, groups=groups
    )


def conv_weight_forward(g: Any, x: Any, *, shape: Shape, stride: Shape, padding: Shape, dilation: Shape, groups: int) -> Any:
    return conv_kernels.conv_weight_grad(
        g, x, shape=shape, stride=stride, padding=padding, dilation=dilation, groups=groups
    )


def to_input(g: Any, a_like: Any, b: Any, stride: Shape, padding: Shape, dilation: Shape, groups: int) -> Any:
    return conv_input.call(
        g, b, shape=a_like.shape, stride=stride, padding=padding, dilation=dilation, groups=groups
    )


def to_weight(g: Any, a: Any, b_like: Any, stride: Shape, padding: Shape, dilation: Shape, groups: int) -> Any:
    return conv_weight.call(
        g, a, shape=b_like.shape, stride=stride, padding=padding, dilation=dilation, groups=groups
    )


def to_bias(g: Any) -> Any:
    """The sum over images and places, by products with ones, which are quicker than reductions."""
    images, outputs = g.shape[:2]
    places = prod(g.shape[2:])
    rows = np.dot(np.reshape(g, (images * outputs, places)), ones(places, g.dtype))
    return np.dot(ones(images, g.dtype), np.reshape(rows, (images, outputs)))


def conv_samples(*bias: Any) -> list[Sample]:
    """Calls in one to three spatial axes: strides, padding, dilation, groups, no images, single precision."""

    def case(x: Shape, w: Shape, stride: Shape, padding: Shape, dilation: Shape, groups: int = 1, dtype: Any = float) -> Sample:
        return sample(
            normal(*x, dtype=dtype), normal(*w, dtype=dtype), *[b.astype(dtype) for b in bias],
            stride=stride, padding=padding, dilation=dilation, groups=groups,
        )  # fmt: skip

    return [
        case((2, 3, 5, 4), (2, 3, 3, 2), (1, 1), (0, 0), (1, 1)),
        case((2, 2, 6, 5), (2, 2, 3, 3), (2, 1), (1, 0), (1, 1)),
        case((1, 2, 7, 6), (2, 2, 2, 3), (1, 2), (0, 2), (3, 1)),
        case((2, 4, 4, 4), (2, 2, 3, 3), (1, 1), (1, 1), (1, 1), 2),
        case((2, 3, 7), (2, 3, 3), (2,), (1,), (2,)),
        case((1, 1, 3, 4, 3), (2, 1, 2, 2, 2), (1, 2, 1), (0, 0, 1), (1, 1, 1)),
        case((0, 3, 5, 4), (2, 3, 3, 2), (1, 1), (0, 0), (1, 1)),
        case((2, 3, 12, 12), (2, 3, 3, 3), (1, 1), (1, 1), (1, 1)),
        case((2, 3, 5, 4), (2, 3, 3, 2), (1, 1), (0, 0), (1, 1), dtype=np.float32),
    ]


correlated = multilinear(conv_forward, to_input, to_weight, name="conv", samples=conv_samples)
conv_input = multilinear(
    conv_input_forward,
    lambda g, b, stride, padding, dilation, groups: correlated.call(
        g, b, stride=stride, padding=padding, dilation=dilation, groups=groups
    ),
    lambda g, a, b_like, stride, padding, dilation, groups: conv_weight.call(
        a, g, shape=b_like.shape, stride=stride, padding=padding, dilation=dilation, groups=groups
    ),
    name="conv_input",
    samples=lambda: [
        Sample((conv_forward(*s.args, **s.settings), s.args[1]), {**s.settings, "shape": s.args[0].shape})
        for s in conv_samples()
    ],
)
conv_weight = multilinear(
    conv_weight_forward,
    lambda g, b, stride, padding, dilation, groups: correlated.call(
        b, g, stride=stride, padding=padding, dilation=dilation, groups=groups
    ),
    lambda g, a, b_like, stride, padding, dilation, groups: conv_input.call(
        a, g, shape=b_like.shape, stride=stride, padding=padding, dilation=dilation, groups=groups
    ),
    name="conv_weight",
    samples=lambda: [
        Sample((conv_forward(*s.args, **s.settings), s.args[0]), {**s.settings, "shape": s.args[1].shape})
        for s in conv_samples()
    ],
)


def biased_forward(x: Any, w: Any, b: Any, *, stride: Shape, padding: Shape, dilation: Shape, groups: int) -> Any:
    y = conv_forward(x, w, stride=stride, padding=padding, dilation=dilation, groups=groups)
    column = b.reshape(-1, *[1] * (w.ndim - 2))
    if np.result_type(y, b) != y.dtype:
        return y + column
    y += column  # fresh, so that nobody else sees the write
    return y


def biased_tangent(
    ts: Any, a: Any, b: Any, y_like: Any, stride: Shape, padding: Shape, dilation: Shape, groups: int
) -> Any:
    t_x, t_w, t_b = ts
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    terms = [] if t_x is None else [correlated.call(t_x, b, **settings)]
    if t_w is not None:
        terms.append(correlated.call(a, t_w, **settings))
    if t_b is not None:
        terms.append(np.broadcast_to(np.reshape(t_b, (-1,) + (1,) * (len(y_like.shape) - 2)), y_like.shape))
    return sum(terms[1:], terms[0])


biased = primitive(
    biased_forward, to_input, to_weight, to_bias, jvp=biased_tangent, name="conv", samples=lambda: conv_samples(normal(2))
)


def each(name: str, setting: Any, axes: int) -> Shape:
    """A setting as one number for each spatial axis."""
    numbers = (setting,) * axes if isinstance(setting, int) else tuple(setting)
    if len(numbers) != axes:
        raise ShapeError(f"{name} {setting} has {len(numbers)} numbers for {axes} spatial axes")
    return numbers


def check_windows(asked: str, size: Shape, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> None:
    """Raise unless there is a window."""
    if min((*kernel, *stride, *dilation), default=1) < 1 or min(padding, default=0) < 0:
        raise ShapeError(f"{asked}: kernel, stride and dilation must be at least 1, padding at least 0")
    if min(output_size(size, kernel, stride, padding, dilation), default=1) < 1:
        padded = tuple([n + 2 * p for n, p in zip(size, padding, strict=True)])
        spans = tuple([d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)])
        raise ShapeError(
            f"{asked}: the kernel spans {spans} elements, more than the {padded} of the padded input. Take a smaller kernel, "
            f"or add padding"
        )


@lru_cache(maxsize=1024)
def conv_settings(
    x: Shape, w: Shape, b: Shape | None, stride: Any, padding: Any, dilation: Any, groups: int
) -> tuple[Shape, Shape, Shape, Shape]:
    """Stride, padding, dilation, and what must be padded at the end besides; raises ShapeError for shapes that do not fit."""
    asked = f"conv cannot combine x {x}, w {w}" + ("" if b is None else f", b {b}") + (f", groups={groups}" if groups != 1 else "")
    axes = len(w) - 2
    if axes < 0 or len(x) != len(w):
        images = "(N, C, H, W)" if len(w) == 4 else "(N, C, spatial axes)"
        raise ShapeError(
            f"{asked}: w has {max(axes, 0)} spatial axes, so x has {len(w)} axes, {images}, or one less for a single image"
        )
    if groups < 1 or w[0] % groups:
        raise ShapeError(f"{asked}: groups must divide the {w[0]} output channels")
    if x[1] != w[1] * groups:
        last = f". For channels-last images write  np.moveaxis(x, -1, 1)" if x[-1] == w[1] * groups else ""
        raise ShapeError(
            f"{asked}: axis 1 of x ({x[1]} channels) must be axis 1 of w times groups ({w[1]} * {groups} = {w[1] * groups}){last}"
        )
    if b is not None and b != w[:1]:
        raise ShapeError(f"{asked}: b has the shape (output channels,), here ({w[0]},)")
    stride, dilation, kernel = each("stride", stride, axes), each("dilation", dilation, axes), w[2:]
    end = (0,) * axes
    if padding == "valid":
        padding = end
    elif padding == "same":
        if set(stride) != {1}:
            raise ShapeError(f"{asked}: padding='same' keeps the size, which a stride of {stride} cannot. Give padding as a number")
        whole = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
        padding, end = tuple([n // 2 for n in whole]), tuple([n % 2 for n in whole])
    elif isinstance(padding, str):
        raise UnsupportedError(f"padding is a number, numbers, 'same' or 'valid', not {padding!r}")
    padding = each("padding", padding, axes)
    size = tuple([n + e for n, e in zip(x[2:], end, strict=True)])
    check_windows(asked, size, kernel, stride, padding, dilation)
    return stride, padding, dilation, end


def hashable(setting: Any) -> Any:
    return tuple(setting) if isinstance(setting, list) else setting


def conv(
    x: Any,
    w: Any,
    b: Any = None,
    *,
    stride: Sizes = 1,
    padding: Sizes | Literal["same", "valid"] = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Any:
    """A window of weights slides over an image: the convolution of neural networks, over any number of spatial axes S.

    x: (N, C, *S) or (C, *S)   w: (O, C / groups, *K)   b: (O) or None   returns (N, O, *P) or (O, *P),
    P = (S + 2 padding - dilation (K - 1) - 1) // stride + 1

        y[n, o, p] = b[o] + sum over c, k of  w[o, c, k] x[n, c, stride p + dilation k - padding],   x being 0 outside

    stride, padding, dilation   a number for all spatial axes, or one for each
    padding                     "valid" is none; "same" keeps the size, with the odd element at the end
    groups                      the channels are split into so many groups; the outputs of a group see its channels only

    As in PyTorch this is a correlation: the weights are not flipped. Raises ShapeError, with what would fit.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.conv(np.arange(4.0).reshape(1, 1, 4), np.array([[[-1.0, 1.0]]]))
    array([[[1., 1., 1.]]])
    """
    shape, weight_shape = np.shape(x), np.shape(w)
    single = len(shape) == len(weight_shape) - 1
    if single:
        x, shape = np.expand_dims(x, 0), (1, *shape)
    stride, padding, dilation, end = conv_settings(
        shape, weight_shape, None if b is None else np.shape(b), hashable(stride), hashable(padding), hashable(dilation), groups
    )
    if any(end):
        x = np.pad(x, [(0, 0), (0, 0), *[(0, e) for e in end]])
    if b is None:
        y = correlated.call(x, w, stride=stride, padding=padding, dilation=dilation, groups=groups)
    else:
        y = biased.call(x, w, b, stride=stride, padding=padding, dilation=dilation, groups=groups)
    return np.reshape(y, y.shape[1:]) if single else y


# -- pooling -----------------------------------------------------------------------------------------------------------------


def max_pool_forward(x: Any, *, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Any:
    return pool_kernels.max_pool(x, kernel=kernel, stride=stride, padding=padding, dilation=dilation)


def max_pool_input_forward(g: Any, x: Any, y: Any, *, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Any:
    return pool_kernels.max_pool_input_grad(g, x, y, kernel=kernel, stride=stride, padding=padding, dilation=dilation)


def max_pool_pick_forward(t: Any, x: Any, y: Any, *, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Any:
    return pool_kernels.max_pool_tangent(t, x, y, kernel=kernel, stride=stride, padding=padding, dilation=dilation)


def spread_to_maxima(g: Any, a: Any, y: Any, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Any:
    return max_pool_input.call(g, a, y, kernel=kernel, stride=stride, padding=padding, dilation=dilation)


def pick_from_maxima(t: Any, a: Any, y: Any, kernel: Shape, stride: Shape, padding: Shape, dilation: Shape) -> Any:
    return max_pool_pick.call(t, a, y, kernel=kernel, stride=stride, padding=padding, dilation=dilation)


def distinct(*shape: int, dtype: Any = float) -> Any:
    """Numbers that stay in their order when they are moved a little, for samples."""
    return (np.random.default_rng(0).permutation(prod(shape)) / 4 - 1).reshape(shape).astype(dtype)


def max_pool_samples() -> list[Sample]:
    def case(x: Any, *settings: Shape) -> Sample:
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
    max_pool_forward, spread_to_maxima, jvp=pick_from_maxima, cut=True, name="max_pool", samples=max_pool_samples
)


def transposed_samples(of_result: bool) -> list[Sample]:
    """Samples of the linear maps that max-pooling is near x: of the shape of its result, or of its input."""
    rows = []
    for s in max_pool_samples():
        if s.raises is None:
            (x,), y = s.args, max_pool_forward(*s.args, **s.settings)
            rows.append(Sample((normal(*(y if of_result else x).shape, dtype=x.dtype), x, y), s.settings))
    return rows


def first_only(picked: Any) -> Any:
    """The tangent of a map that is linear in its first input and piecewise constant in the others."""
    return lambda ts, b, c, kernel, stride, padding, dilation: (
        None
        if ts[0] is None
        else picked().call(ts[0], b, c, kernel=kernel, stride=stride, padding=padding, dilation=dilation)
    )


max_pool_input = primitive(
    max_pool_input_forward,
    lambda g, b, c, kernel, stride, padding, dilation: pick_from_maxima(g, b, c, kernel, stride, padding, dilation),
    None,
    None,
    jvp=first_only(lambda: max_pool_input),
    name="max_pool_input",
    samples=lambda: transposed_samples(True),
)
max_pool_pick = primitive(
    max_pool_pick_forward,
    lambda g, b, c, kernel, stride, padding, dilation: spread_to_maxima(g, b, c, kernel, stride, padding, dilation),
    None,
    None,
    jvp=first_only(lambda: max_pool_pick),
    name="max_pool_pick",
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
    ]


avg_pooled = primitive(
    avg_pool_forward,
    lambda g, a_like, kernel, stride, padding, count_include_pad: avg_pool_input.call(
        g, shape=a_like.shape, kernel=kernel, stride=stride, padding=padding, count_include_pad=count_include_pad
    ),
    linear=True,
    name="avg_pool",
    samples=avg_pool_samples,
)
avg_pool_input = primitive(
    avg_pool_input_forward,
    lambda g, kernel, stride, padding, count_include_pad: avg_pooled.call(
        g, kernel=kernel, stride=stride, padding=padding, count_include_pad=count_include_pad
    ),
    linear=True,
    name="avg_pool_input",
    samples=lambda: [
        Sample((avg_pool_forward(*s.args, **s.settings),), {**s.settings, "shape": s.args[0].shape})
        for s in avg_pool_samples()
    ],
)


@lru_cache(maxsize=1024)
def pool_settings(
    name: str, x: Shape, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[Shape, Shape, Shape, Shape, Shape]:
    """Kernel, stride, padding, dilation, and what must be padded at the end; raises ShapeError for shapes that do not fit."""
    axes = max(len(x) - 2, 0) if isinstance(kernel, int) else len(kernel)
    asked = f"{name} cannot be computed for x {x} and kernel {kernel}"
    if not 0 < axes < len(x):
        raise ShapeError(f"{asked}: x has the shape (N, C, spatial axes), or (C, spatial axes) if kernel has a number for each")
    kernel, padding, dilation = each("kernel", kernel, axes), each("padding", padding, axes), each("dilation", dilation, axes)
    stride = kernel if stride is None else each("stride", stride, axes)
    check_windows(asked, x[-axes:], kernel, stride, padding, dilation)
    if any(2 * p > k for p, k in zip(padding, kernel, strict=True)):
        raise ShapeError(f"{asked}: padding {padding} must be at most half of the kernel, so that each window has an element")
    end = [0] * axes
    if ceil_mode:
        for i, (n, k, s, p, d) in enumerate(zip(x[-axes:], kernel, stride, padding, dilation, strict=True)):
            left = (n + 2 * p - d * (k - 1) - 1) % s  # elements that no window reaches
            starts = n + p - ((n + 2 * p - d * (k - 1) - 1) // s + 1) * s  # whether the next one starts before the end
            end[i] = s - left if left and starts > 0 else 0
    return kernel, stride, padding, dilation, tuple(end)


def max_pool(
    x: Any, kernel: Sizes, stride: Sizes | None = None, *, padding: Sizes = 0, dilation: Sizes = 1, ceil_mode: bool = False
) -> Any:
    """The largest element of each window, over the last axes.

    x: (N, C, *S) or (C, *S)   returns (N, C, *P) or (C, *P),  P = (S + 2 padding - dilation (kernel - 1) - 1) // stride + 1

    kernel      the size of a window: a number for every axis after the first two, or one for each of the last axes
    stride      the size of the kernel by default
    padding     elements of -inf around x, at most half of the kernel
    ceil_mode   also a last window that reaches beyond the end

    As in PyTorch the gradient goes to the first of several equal maxima, and NaN wins. Raises ShapeError, with what would fit.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.max_pool(np.arange(6.0).reshape(1, 1, 6), 2)
    array([[[1., 3., 5.]]])
    """
    kernel, stride, padding, dilation, end = pool_settings(
        "max_pool", np.shape(x), hashable(kernel), hashable(stride), hashable(padding), hashable(dilation), ceil_mode
    )
    if any(end):
        x = np.pad(x, [*[(0, 0)] * (np.ndim(x) - len(end)), *[(0, e) for e in end]], constant_values=-np.inf)
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
        "avg_pool", np.shape(x), hashable(kernel), hashable(stride), hashable(padding), 1, False
    )
    return avg_pooled.call(x, kernel=kernel, stride=stride, padding=padding, count_include_pad=count_include_pad)
