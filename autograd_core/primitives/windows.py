"""Convolution over any number of spatial axes: the kernels of `conv_kernels`, wired as primitives.

Convolution is linear in the images and in the weights. Its two transposes are linear in both of theirs, and their
transposes are convolution and each other, so that every order of derivative is one of the three kernels.

    y = conv(x, w)      x' = conv_input(g, w)      w' = conv_weight(g, x)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import prod
from typing import Any, Literal, TypeAlias

import numpy as np

from ..batches import all_batched
from ..constants import ones
from ..errors import ShapeError, UnsupportedError
from ..families import multilinear, primitive
from ..primitive import Primitive
from ..recording import Settings
from ..samples import Sample, sample
from ..shapes import Shape
from . import conv_kernels
from .contractions import normal, shape_of
from .window_kernels import output_size

Sizes: TypeAlias = int | Shape
"""One number for every spatial axis, or one for each."""


def conv_forward(x: Any, w: Any, *, stride: Shape, padding: Shape, dilation: Shape, groups: int) -> Any:
    return conv_kernels.conv(x, w, stride=stride, padding=padding, dilation=dilation, groups=groups)


def conv_input_forward(
    g: Any, w: Any, *, shape: Shape, stride: Shape, padding: Shape, dilation: Shape, groups: int
) -> Any:
    return conv_kernels.conv_input_grad(
        g, w, shape=shape, stride=stride, padding=padding, dilation=dilation, groups=groups
    )


def conv_weight_forward(
    g: Any, x: Any, *, shape: Shape, stride: Shape, padding: Shape, dilation: Shape, groups: int
) -> Any:
    return conv_kernels.conv_weight_grad(
        g, x, shape=shape, stride=stride, padding=padding, dilation=dilation, groups=groups
    )


def to_input(g: Any, a_like: Any, b: Any, stride: Shape, padding: Shape, dilation: Shape, groups: int) -> Any:
    return conv_input.call(g, b, shape=a_like.shape, stride=stride, padding=padding, dilation=dilation, groups=groups)


def to_weight(g: Any, a: Any, b_like: Any, stride: Shape, padding: Shape, dilation: Shape, groups: int) -> Any:
    return conv_weight.call(g, a, shape=b_like.shape, stride=stride, padding=padding, dilation=dilation, groups=groups)


def to_bias(g: Any) -> Any:
    """The sum over images and places, by products with ones, which are quicker than reductions."""
    images, outputs = g.shape[:2]
    places = prod(g.shape[2:])
    rows = np.dot(np.reshape(g, (images * outputs, places)), ones(places, g.dtype))
    return np.dot(ones(images, g.dtype), np.reshape(rows, (images, outputs)))


def conv_samples(*bias: Any) -> list[Sample]:
    """Calls in one to three spatial axes: strides, padding, dilation, groups, no images, single precision."""

    def case(
        x: Shape, w: Shape, stride: Shape, padding: Shape, dilation: Shape, groups: int = 1, dtype: Any = float
    ) -> Sample:
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
        case((1, 2, 4), (2, 2, 2), (1,), (1,), (1,), dtype=complex),
    ]


def images_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    """All examples' images one after the other, where the weights are the same for all; else as groups of channels."""
    if made is conv_weight or any(batched[1:]):
        return groups_each(made, all_batched(xs, batched), settings)
    x = xs[0]
    n, images = x.shape[:2]
    if "shape" in settings:
        settings = {**settings, "shape": (n * images, *settings["shape"][1:])}
    y = made.call(np.reshape(x, (n * images, *x.shape[2:])), *xs[1:], **settings)
    return np.reshape(y, (n, images, *y.shape[1:]))


def groups_each(made: Primitive, xs: Sequence[Any], settings: Settings) -> Any:
    """Each example's channels as groups of their own beside those of the others, with its own weights."""

    def beside(x: Any) -> Any:
        x = np.moveaxis(x, 0, 1)
        return np.reshape(x, (x.shape[0], n * x.shape[2], *x.shape[3:]))

    x, w, *bias = xs
    n = x.shape[0]
    both = made is conv_weight  # of images, else of images and weights
    if "shape" in settings:
        first, second, *rest = settings["shape"]
        settings = {**settings, "shape": (n * first, second, *rest) if both else (first, n * second, *rest)}
    settings = {**settings, "groups": n * settings["groups"]}
    others = [np.reshape(b, (n * b.shape[1], *b.shape[2:])) for b in ([] if both else [w, *bias])]
    y = made.call(beside(x), *([beside(w)] if both else others), **settings)
    if both:
        return np.reshape(y, (n, y.shape[0] // n, *y.shape[1:]))
    return np.moveaxis(np.reshape(y, (y.shape[0], n, y.shape[1] // n, *y.shape[2:])), 1, 0)


def window_products(shapes: Sequence[Shape], y: Shape, settings: object = None) -> int:
    """The products of a convolution: each element of the result is a sum over a window of the channels of its group."""
    return prod(y) * prod(shapes[1][1:])


correlated: Primitive = multilinear(
    conv_forward,
    to_input,
    to_weight,
    name="conv",
    samples=conv_samples,
    multiply_adds=window_products,
    text=("conv({g}, flip({b}))", "conv({a}, {g})"),
    batch=images_each,
)
conv_input: Primitive = multilinear(
    conv_input_forward,
    lambda g, b, stride, padding, dilation, groups: correlated.call(
        g, b, stride=stride, padding=padding, dilation=dilation, groups=groups
    ),
    lambda g, a, b_like, stride, padding, dilation, groups: conv_weight.call(
        a, g, shape=b_like.shape, stride=stride, padding=padding, dilation=dilation, groups=groups
    ),
    name="conv_input",
    batch=images_each,
    multiply_adds=lambda shapes, y, settings: window_products((y, shapes[1]), shapes[0]),
    samples=lambda: [
        Sample((conv_forward(*s.args, **s.settings), s.args[1]), {**s.settings, "shape": s.args[0].shape})
        for s in conv_samples()
    ],
)
conv_weight: Primitive = multilinear(
    conv_weight_forward,
    lambda g, b, stride, padding, dilation, groups: correlated.call(
        b, g, stride=stride, padding=padding, dilation=dilation, groups=groups
    ),
    lambda g, a, b_like, stride, padding, dilation, groups: conv_input.call(
        a, g, shape=b_like.shape, stride=stride, padding=padding, dilation=dilation, groups=groups
    ),
    name="conv_weight",
    batch=images_each,
    multiply_adds=lambda shapes, y, settings: window_products((shapes[1], y), shapes[0]),
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
    biased_forward,
    to_input,
    to_weight,
    to_bias,
    jvp=biased_tangent,
    name="conv",
    samples=lambda: conv_samples(normal(2)),
    multiply_adds=window_products,
    text=("conv({g}, flip({b}))", "conv({a}, {g})", "Σ {g}"),
    batch=images_each,
)


def each(name: str, setting: Any, axes: int) -> Shape:
    """A setting as one number for each spatial axis."""
    if isinstance(setting, str):
        raise UnsupportedError(f"{name} is a number, or one for each of {axes} spatial axes, not {setting!r}")
    numbers: Shape = (int(setting),) * axes if isinstance(setting, (int, np.integer)) else tuple(setting)
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
            f"{asked}: the kernel spans {spans} elements, more than the {padded} of the padded input. Take a smaller "
            f"kernel, or add padding"
        )


@lru_cache(maxsize=1024)
def conv_settings(
    x: Shape, w: Shape, b: Shape | None, stride: Any, padding: Any, dilation: Any, groups: int
) -> tuple[Shape, Shape, Shape, Shape]:
    """Stride, padding, dilation, and what is padded at the end besides; raises ShapeError for what does not fit."""
    asked = (
        f"conv cannot combine x {x}, w {w}"
        + ("" if b is None else f", b {b}")
        + (f", groups={groups}" if groups != 1 else "")
    )
    axes = len(w) - 2
    if axes < 0 or len(x) != len(w):
        images = "(N, C, H, W)" if len(w) == 4 else "(N, C, spatial axes)"
        raise ShapeError(
            f"{asked}: w has {max(axes, 0)} spatial axes, so x has {len(w)} axes, {images}, or one less for one image"
        )
    if groups < 1 or w[0] % groups:
        raise ShapeError(f"{asked}: groups must divide the {w[0]} output channels")
    if x[1] != w[1] * groups:
        last = ". For channels-last images write  np.moveaxis(x, -1, 1)" if x[-1] == w[1] * groups else ""
        raise ShapeError(
            f"{asked}: axis 1 of x ({x[1]} channels) must be axis 1 of w times groups "
            f"({w[1]} * {groups} = {w[1] * groups}){last}"
        )
    if b is not None and b != w[:1]:
        raise ShapeError(f"{asked}: b has the shape (output channels,), here ({w[0]},)")
    stride, dilation, kernel = each("stride", stride, axes), each("dilation", dilation, axes), w[2:]
    end = (0,) * axes
    if padding == "valid":
        padding = end
    elif padding == "same":
        if set(stride) != {1}:
            raise ShapeError(
                f"{asked}: padding='same' keeps the size, which a stride of {stride} cannot. Give padding as a number"
            )
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
    shape, weight_shape = shape_of(x), shape_of(w)
    single = len(shape) == len(weight_shape) - 1
    if single:
        x, shape = np.expand_dims(x, 0), (1, *shape)
    stride, padding, dilation, end = conv_settings(
        shape,
        weight_shape,
        None if b is None else shape_of(b),
        hashable(stride),
        hashable(padding),
        hashable(dilation),
        groups,
    )
    if any(end):
        x = np.pad(x, [(0, 0), (0, 0), *[(0, e) for e in end]])
    if b is None:
        y = correlated.call(x, w, stride=stride, padding=padding, dilation=dilation, groups=groups)
    else:
        y = biased.call(x, w, b, stride=stride, padding=padding, dilation=dilation, groups=groups)
    return np.reshape(y, y.shape[1:]) if single else y
