"""Layers as functions, as `torch.nn.functional` has them; what they compute is in `autograd_core.ops`."""

from __future__ import annotations

import math
from typing import Any, Literal, TypeAlias

import numpy as np

import autograd_core as ag
from autograd_core import ops

from .random import stream
from .windows import overhang, pair

Reduction: TypeAlias = Literal["mean", "sum", "none"]

# -- activations -----------------------------------------------------------------------------------------------------

relu = ops.relu
sigmoid = ops.sigmoid
silu = ops.silu
gelu = ops.gelu
tanh = ag.tanh


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """log(1 + exp(beta x)) / beta, without overflow.

    threshold   where PyTorch goes over to x, which is the same number to the last digits: not needed here
    """
    return ops.softplus(input) if beta == 1 else ops.softplus(input * beta) / beta


def softmax(input: Any, dim: int = -1) -> Any:
    """exp(x) / sum(exp(x)) along the axis `dim`."""
    return ops.softmax(input, axis=dim)


def log_softmax(input: Any, dim: int = -1) -> Any:
    """log(softmax(x)) along the axis `dim`."""
    return ops.log_softmax(input, axis=dim)


def dropout(input: Any, p: float = 0.5, training: bool = True, generator: Any = None) -> Any:
    """In training, 0 in place of each element with probability p, the others divided by 1 - p; else the input itself.

    >>> import nn, numpy as np
    >>> nn.functional.dropout(np.ones(4), 0.0)
    array([1., 1., 1., 1.])
    """
    if not training or p == 0:
        return input
    weights = (stream(generator).random(np.shape(input), dtype=np.float32) >= p).astype(input.dtype)
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
    """A window of weights slides over an image; see `nn.Conv2d`."""
    return ops.conv(input, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups)


def max_pool2d(
    input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Any:
    """The largest element of each window; see `nn.MaxPool2d`."""
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
    """The mean of each window; see `nn.AvgPool2d`."""
    kernel = pair(kernel_size, "kernel_size")
    if not ceil_mode and divisor_override is None:
        return ops.avg_pool(input, kernel, stride, padding=padding, count_include_pad=count_include_pad)
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
    """-log softmax(input)[target]; see `nn.CrossEntropyLoss`."""
    if weight is None and ignore_index == -100 and not label_smoothing:
        return ops.cross_entropy(input, target, reduction)
    options = {"weight": weight, "ignore_index": ignore_index, "label_smoothing": label_smoothing}
    return ops.cross_entropy(input, target, reduction, **options)


def mse_loss(input: Any, target: Any, reduction: Reduction = "mean") -> Any:
    """(input - target)**2, reduced; raises ShapeError unless both have one shape."""
    return ops.mse_loss(input, alike(target, input), reduction)


def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, reduction: Reduction = "mean", pos_weight: Any = None
) -> Any:
    """The cross entropy of yes-or-no answers; see `nn.BCEWithLogitsLoss`."""
    return ops.bce_with_logits(input, alike(target, input), reduction, weight=weight, pos_weight=pos_weight)


def alike(target: Any, input: Any) -> Any:
    """Targets in the dtype of the predictions: plain numbers and arrays are converted, Tensors are what they are."""
    if isinstance(target, (ag.Tensor, ag.Scalar)):
        return target
    array = np.asarray(target)
    return array.astype(input.dtype) if array.dtype != input.dtype and array.dtype.kind in "biuf" else array


def checked_reduction(reduction: Any) -> Any:
    """The name of a reduction; raises ValueError for any other."""
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f'reduction is "mean", "sum" or "none", not {reduction!r}')
    return reduction
