"""Transposed convolution: the images for which a convolution would see what is given; its kernel is that of its gradient."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..shapes import Shape
from .contractions import shape_of
from .windows import Sizes, conv_input, each, hashable


@lru_cache(maxsize=1024)
def transposed_settings(
    x: Shape, w: Shape, b: Shape | None, stride: Any, padding: Any, output_padding: Any, dilation: Any, groups: int
) -> tuple[Shape, Shape, Shape, Shape, Shape]:
    """The shape of the result, stride, padding, dilation, and how many windows of 0 follow; raises ShapeError."""
    asked = f"conv_transpose cannot combine x {x}, w {w}" + (f", groups={groups}" if groups != 1 else "")
    axes = len(w) - 2
    if axes < 0 or len(x) != len(w):
        raise ShapeError(
            f"{asked}: w has {max(axes, 0)} spatial axes, so x has {len(w)} axes, (N, C, spatial axes), or one less for "
            "one image"
        )
    if groups < 1 or w[0] % groups:
        raise ShapeError(f"{asked}: groups must divide the {w[0]} input channels")
    if x[1] != w[0]:
        raise ShapeError(f"{asked}: axis 1 of x ({x[1]} channels) must be axis 0 of w ({w[0]})")
    outputs, kernel = w[1] * groups, w[2:]
    if b is not None and b != (outputs,):
        raise ShapeError(f"{asked}, b {b}: b has the shape (output channels,), here ({outputs},)")
    stride, padding, dilation = (
        each("stride", stride, axes), each("padding", padding, axes), each("dilation", dilation, axes),
    )  # fmt: skip
    more = each("output_padding", output_padding, axes)
    if min((*kernel, *stride, *dilation, *x[2:]), default=1) < 1 or min((*padding, *more), default=0) < 0:
        raise ShapeError(
            f"{asked}: sizes, stride and dilation must be at least 1, padding and output_padding at least 0"
        )
    if any(m >= max(s, d) for m, s, d in zip(more, stride, dilation, strict=True)):
        raise ShapeError(
            f"{asked}: output_padding {more} must be less than the stride {stride} or the dilation {dilation}"
        )
    spans = zip(x[2:], kernel, stride, padding, dilation, more, strict=True)
    size = tuple([(n - 1) * s - 2 * p + d * (k - 1) + m + 1 for n, k, s, p, d, m in spans])
    if min(size, default=1) < 1:
        raise ShapeError(f"{asked}: padding {padding} leaves nothing, a result of size {size}. Take less padding")
    # the kernel knows remainders of less than a stride only: any more of them are windows
    return (x[0], outputs, *size), stride, padding, dilation, tuple([m // s for m, s in zip(more, stride, strict=True)])


def conv_transpose(
    x: Any,
    w: Any,
    b: Any = None,
    *,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Any:
    """Each element of x spreads a window of weights over the result: the transpose of `conv`, over spatial axes S.

    x: (N, C, *S) or (C, *S)   w: (C, O / groups, *K)   b: (O) or None   returns (N, O, *P) or (O, *P),
    P = (S - 1) stride - 2 padding + dilation (K - 1) + output_padding + 1

        y[n, o, stride s + dilation k - padding] = b[o] + sum over c, s, k of  w[c, o, k] x[n, c, s]

    stride, padding, dilation   those of the convolution that this is the transpose of: padding takes elements away
    output_padding              elements more at the end, where several sizes have a convolution of size S
    groups                      the channels are split into so many groups; the outputs of a group see its channels only

    Raises ShapeError, with what would fit.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.conv_transpose(np.array([[[1.0, 2.0]]]), np.array([[[1.0, 10.0]]]), stride=2)
    array([[[ 1., 10.,  2., 20.]]])
    """
    shape, weight_shape = shape_of(x), shape_of(w)
    single = len(shape) == len(weight_shape) - 1
    if single:
        x, shape = np.expand_dims(x, 0), (1, *shape)
    result, stride, padding, dilation, more = transposed_settings(
        shape,
        weight_shape,
        None if b is None else shape_of(b),
        hashable(stride),
        hashable(padding),
        hashable(output_padding),
        hashable(dilation),
        groups,
    )
    if any(more):
        x = np.pad(x, [(0, 0), (0, 0), *[(0, m) for m in more]])
    y = conv_input.call(x, w, shape=result, stride=stride, padding=padding, dilation=dilation, groups=groups)
    if b is not None:
        y = y + np.reshape(b, (-1, *[1] * len(stride)))
    return np.reshape(y, y.shape[1:]) if single else y
