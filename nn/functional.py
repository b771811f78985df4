"""Layers as functions, as `torch.nn.functional` has them; what they compute is in `autograd_core.ops`."""

from __future__ import annotations

import math
from typing import Any, Literal, TypeAlias

import numpy as np

import autograd_core as ag
from autograd_core import ops
from autograd_core.errors import DTypeError

from .random import stream
from .settings import numeric, pair, within
from .windows import overhang

__all__ = [
    "avg_pool2d", "binary_cross_entropy_with_logits", "conv2d", "cross_entropy", "dropout", "gelu", "linear",
    "log_softmax", "max_pool2d", "mse_loss", "relu", "sigmoid", "silu", "softmax", "softplus", "tanh",
]  # fmt: skip

Reduction: TypeAlias = Literal["mean", "sum", "none"]
REDUCTIONS = ("mean", "sum", "none")

# -- activations -----------------------------------------------------------------------------------------------------

relu = ops.relu
sigmoid = ops.sigmoid
silu = ops.silu
gelu = ops.gelu
tanh = ag.tanh


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """log(1 + exp(beta x)) / beta, without overflow.

    threshold   where PyTorch goes over to x, which is the same number to the last digits: not needed here

    >>> import nn, numpy as np
    >>> nn.functional.softplus(np.array([-1000.0, 1000.0]), beta=2.0)
    array([   0., 1000.])
    """
    return ops.softplus(input) if beta == 1 else ops.softplus(numeric(input, "softplus") * beta) / beta


def softmax(input: Any, dim: int = -1) -> Any:
    """exp(x) / sum(exp(x)) along the axis `dim`; the shape of x.

    >>> import nn, numpy as np
    >>> nn.functional.softmax(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    return ops.softmax(input, axis=dim)


def log_softmax(input: Any, dim: int = -1) -> Any:
    """x - log(sum(exp(x))) along the axis `dim`; the shape of x.

    >>> import nn, numpy as np
    >>> nn.functional.log_softmax(np.array([1000.0, 0.0]))
    array([    0., -1000.])
    """
    return ops.log_softmax(input, axis=dim)


def dropout(input: Any, p: float = 0.5, training: bool = True, generator: Any = None) -> Any:
    """In training, 0 in place of each element with probability p, the others divided by 1 - p; else the input itself.

    Raises SettingError unless 0 <= p <= 1, DTypeError for integers.

    >>> import nn, numpy as np
    >>> nn.functional.dropout(np.ones(4), 0.0)
    array([1., 1., 1., 1.])
    """
    within(p, "dropout: p, a probability,", 0, 1)
    if not training or p == 0:
        return input
    input = numeric(input, "dropout")
    if input.dtype.kind not in "fc":
        raise DTypeError(
            f"dropout divides what it keeps by {1 - p:g}, and was given {input.dtype} data: convert it with "
            "x.astype('float32')"
        )
    weights = np.asarray(stream(generator).random(input.shape, dtype=np.float32) >= p).astype(input.dtype)
    if p < 1:
        weights *= 1 / (1 - p)
    weights.flags.writeable = False  # so that the record need not copy it
    return ops.gate(input, weights)


# -- products and windows --------------------------------------------------------------------------------------------

linear = ops.linear


def conv2d(
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """Sums of input channels, each weighed by a window that slides over the image; see `nn.Conv2d`.

    input: (N, C, H, W)   weight: (C', C / groups, h, w)   bias: (C',)   returns (N, C', H', W')

    >>> import nn, numpy as np
    >>> nn.functional.conv2d(np.ones((1, 1, 2, 3)), np.ones((1, 1, 2, 2)))
    array([[[[4., 4.]]]])
    """
    return ops.conv(input, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups)


def max_pool2d(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Any:
    """The largest element of each window; see `nn.MaxPool2d`.

    input: (N, C, H, W) or (C, H, W)   returns (N, C, H', W')

    >>> import nn, numpy as np
    >>> nn.functional.max_pool2d(np.array([[[1.0, 2.0, 5.0, 4.0]]]), (1, 2))
    array([[[2., 5.]]])
    """
    kernel = pair(kernel_size, "kernel_size")
    return ops.max_pool(input, kernel, stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode)


def avg_pool2d(
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """The mean of each window; see `nn.AvgPool2d`.

    input: (N, C, H, W) or (C, H, W)   returns (N, C, H', W')

    >>> import nn, numpy as np
    >>> nn.functional.avg_pool2d(np.array([[[1.0, 2.0, 5.0, 4.0]]]), (1, 2))
    array([[[1.5, 4.5]]])
    """
    kernel = pair(kernel_size, "kernel_size")
    if not ceil_mode and divisor_override is None:
        return ops.avg_pool(input, kernel, stride, padding=padding, count_include_pad=count_include_pad)
    input = numeric(input, "avg_pool2d")
    strides, around = kernel if stride is None else pair(stride, "stride"), pair(padding, "padding")
    size = np.shape(input)[-2:]
    over = [overhang(*axis) if ceil_mode else 0 for axis in zip(size, kernel, strides, around, strict=True)]

    def sums(a: Any) -> Any:
        edges = [(p, p + more) for p, more in zip(around, over, strict=True)]
        return ops.avg_pool(np.pad(a, [*[(0, 0)] * (a.ndim - 2), *edges]), kernel, strides) * math.prod(kernel)

    if divisor_override is not None:
        return sums(input) / divisor_override
    # what reaches over the end counts in no window; the padding counts if asked for
    counted = np.ones((1, *size), input.dtype)
    if not count_include_pad:
        return sums(input) / sums(counted)
    whole = np.pad(counted, [(0, 0), *[(p, p) for p in around]], constant_values=1)
    edges = [(0, 0), *[(0, more) for more in over]]
    return sums(input) / (ops.avg_pool(np.pad(whole, edges), kernel, strides) * math.prod(kernel))


# -- losses ----------------------------------------------------------------------------------------------------------


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    ignore_index: int = -100,
    reduction: Reduction = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """-log softmax(input)[target]; see `nn.CrossEntropyLoss`.

    input: (N, C)   target: (N,) classes, or (N, C) probabilities   returns (), or (N,) by "none"

    >>> import nn, numpy as np
    >>> nn.functional.cross_entropy(np.array([[0.0, 0.0]]), np.array([1])) == np.log(2)
    np.True_
    """
    if weight is None and ignore_index == -100 and not label_smoothing:
        return ops.cross_entropy(input, target, reduction)
    options = {"weight": weight, "ignore_index": ignore_index, "label_smoothing": label_smoothing}
    return ops.cross_entropy(input, target, reduction, **options)


def mse_loss(input: Any, target: Any, reduction: Reduction = "mean") -> Any:
    """(input - target)**2, reduced; raises ShapeError unless both have one shape.

    >>> import nn, numpy as np
    >>> nn.functional.mse_loss(np.array([1.0, 3.0]), [1.0, 1.0], "sum")
    np.float64(4.0)
    """
    input = numeric(input, "mse_loss")
    return ops.mse_loss(input, alike(target, input), reduction)


def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, reduction: Reduction = "mean", pos_weight: Any = None
) -> Any:
    """-t log sigmoid(x) - (1 - t) log(1 - sigmoid(x)), reduced; see `nn.BCEWithLogitsLoss`.

    >>> import nn, numpy as np
    >>> nn.functional.binary_cross_entropy_with_logits(np.array([0.0]), [1]) == np.log(2)
    np.True_
    """
    input = numeric(input, "binary_cross_entropy_with_logits")
    return ops.bce_with_logits(input, alike(target, input), reduction, weight=weight, pos_weight=pos_weight)


def alike(target: Any, input: Any) -> Any:
    """Targets in the dtype of the predictions: plain numbers and arrays are converted, Tensors are what they are."""
    if isinstance(target, ag.Value):
        return target
    array = numeric(target, "the target of a loss")
    # integer predictions would cut the fractions of their targets off
    return array.astype(input.dtype) if array.dtype.kind in "biuf" and input.dtype.kind in "fc" else array
