"""Inputs brought to mean 0 and variance 1 over some of their axes, then scaled and shifted by what is learned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import ops
from autograd_core.errors import ShapeError

from ..errors import SettingError
from ..settings import numeric, within

__all__ = ["batch_norm", "group_norm", "instance_norm", "layer_norm", "local_response_norm", "rms_norm"]


def layer_norm(
    input: Any, normalized_shape: int | Sequence[int], weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """(x - mean) / sqrt(variance + eps) * weight + bias, over the last axes; see `nn.LayerNorm`.

    input: (..., *normalized_shape)   weight, bias: normalized_shape   returns the shape of input

    >>> import nn, numpy as np
    >>> nn.functional.layer_norm(np.array([[1.0, 3.0], [-4.0, 4.0]]), 2, eps=0)
    array([[-1.,  1.],
           [-1.,  1.]])
    """
    input = numeric(input, "layer_norm")
    return ops.layer_norm(input, weight, bias, last_axes(input, normalized_shape, "layer_norm"), eps)


def rms_norm(input: Any, normalized_shape: int | Sequence[int], weight: Any = None, eps: float | None = None) -> Any:
    """x / sqrt(mean(x**2) + eps) * weight, over the last axes; see `nn.RMSNorm`.

    eps   by default the precision of the dtype of input

    >>> import nn, numpy as np
    >>> nn.functional.rms_norm(np.array([3.0, -4.0, 0.0, 0.0]), 4, eps=0) * 2.5
    array([ 3., -4.,  0.,  0.])
    """
    input = numeric(input, "rms_norm")
    axes = last_axes(input, normalized_shape, "rms_norm")
    if eps is None:
        eps = float(np.finfo(input.dtype if input.dtype.kind == "f" else float).eps)
    return ops.rms_norm(input, weight, axes, eps)


def batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """(x - mean) / sqrt(variance + eps) * weight + bias, for each channel; see `nn.BatchNorm2d`.

    input: (N, C, ...)   running_mean, running_var, weight, bias: (C,) or None   returns the shape of input

    training   mean and variance are those of this batch, and the running ones, arrays or Tensors, move towards them in
               place, by the share `momentum`, the variance with n - 1 in place of n; else the running ones are used
    Raises SettingError where there are no running ones to use, ShapeError for a batch of one number a channel, or none.

    >>> import nn, numpy as np
    >>> mean, variance = np.zeros(1), np.ones(1)
    >>> nn.functional.batch_norm(np.array([[1.0], [3.0]]), mean, variance, training=True, momentum=0.5, eps=0)
    array([[-1.],
           [ 1.]])
    >>> mean, variance
    (array([1.]), array([1.5]))
    """
    input = numeric(input, "batch_norm")
    check_channels(input, "batch_norm", 2)
    within(eps, "batch_norm: eps", 0)
    if not training:
        return normalized_by(input, running_mean, running_var, weight, bias, eps, "batch_norm")
    n = input.shape[0] * math.prod(input.shape[2:])
    if n < 2:
        raise ShapeError(
            f"batch_norm in training needs more than one number for each channel, and was given shape {tuple(input.shape)}:"
            " give a larger batch, or evaluate with model.eval()"
        )
    y, mean, variance = ops.batch_norm(input, weight, bias, eps)
    if running_mean is not None:
        moved(running_mean, mean, momentum)
    if running_var is not None:
        moved(running_var, variance, momentum, n / (n - 1))
    return y


def instance_norm(
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """(x - mean) / sqrt(variance + eps) * weight + bias, for each channel of each example; see `nn.InstanceNorm2d`.

    input: (N, C, ...)   the others: (C,) or None   returns the shape of input

    use_input_stats   the running ones, if given, move towards the average over the examples; else they are used

    >>> import nn, numpy as np
    >>> nn.functional.instance_norm(np.array([[[1.0, 3.0], [-4.0, 4.0]]]), eps=0)
    array([[[-1.,  1.],
            [-1.,  1.]]])
    """
    input = numeric(input, "instance_norm")
    check_channels(input, "instance_norm", 3)
    if not use_input_stats:
        return normalized_by(input, running_mean, running_var, weight, bias, eps, "instance_norm")
    n = math.prod(input.shape[2:])
    if n < 2:
        raise ShapeError(
            f"instance_norm needs more than one number for each channel of an example, and was given shape "
            f"{tuple(input.shape)}: normalise over the batch with batch_norm, or over channels with layer_norm"
        )
    y, mean, variance = ops.standardize(input, tuple(range(2, input.ndim)), eps)
    if running_mean is not None and len(input):
        moved(running_mean, np.mean(mean, 0), momentum)
    if running_var is not None and len(input):
        moved(running_var, np.mean(variance, 0), momentum, n / (n - 1))
    return affine(y, by_channel(weight, input.ndim), by_channel(bias, input.ndim))


def group_norm(input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Any:
    """(x - mean) / sqrt(variance + eps) * weight + bias, for each group of channels of each example; see `nn.GroupNorm`.

    input: (N, C, ...)   weight, bias: (C,)   returns the shape of input

    >>> import nn, numpy as np
    >>> nn.functional.group_norm(np.array([[1.0, 3.0, -4.0, 4.0]]), 2, eps=0)
    array([[-1.,  1., -1.,  1.]])
    """
    input = numeric(input, "group_norm")
    check_channels(input, "group_norm", 2)
    n, channels = input.shape[:2]
    if num_groups < 1 or channels % num_groups:
        raise ShapeError(
            f"group_norm: the {channels} channels of an input of shape {tuple(input.shape)} cannot be split into "
            f"{num_groups} groups: take a number that divides them"
        )
    rows = np.reshape(input, (n, num_groups, math.prod(input.shape[1:]) // num_groups))
    y = np.reshape(ops.layer_norm(rows, eps=eps), input.shape)
    return affine(y, by_channel(weight, input.ndim), by_channel(bias, input.ndim))


def local_response_norm(input: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Any:
    """x / (k + alpha * mean of x**2 over `size` neighbouring channels)**beta; see `nn.LocalResponseNorm`.

    input: (N, C, L, ...)   returns the shape of input

    >>> import nn, numpy as np
    >>> nn.functional.local_response_norm(np.full((1, 2, 1), 2.0), 1, alpha=0.75, beta=0.5)
    array([[[1.],
            [1.]]])
    """
    input = numeric(input, "local_response_norm")
    check_channels(input, "local_response_norm", 3)
    n, channels = input.shape[:2]
    rows = np.reshape(input, (n, 1, channels, math.prod(input.shape[2:])))
    squares = np.pad(rows * rows, [(0, 0), (0, 0), (size // 2, (size - 1) // 2), (0, 0)])
    means = np.reshape(ops.avg_pool(squares, (size, 1), 1), input.shape)
    return input / (k + alpha * means) ** beta


# -- what they share -----------------------------------------------------------------------------------------------------


def last_axes(input: Any, normalized_shape: int | Sequence[int], asked: str) -> int:
    """How many axes to normalise over; raises ShapeError unless the input ends with that shape."""
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if not shape or tuple(input.shape[-len(shape) :]) != shape:
        lengths = ", ".join(map(str, shape))
        raise ShapeError(
            f"{asked} over {shape or 'no axes'} takes inputs of shape (..., {lengths}), and was given {tuple(input.shape)}"
        )
    return len(shape)


def check_channels(input: Any, asked: str, least: int) -> None:
    """Raise ShapeError for an input without the axes that are needed."""
    if input.ndim < least:
        axes = "(N, C, ...)" if least == 2 else "(N, C, L, ...)"
        raise ShapeError(f"{asked} takes inputs of shape {axes}, and was given {tuple(input.shape)}")


def by_channel(parameter: Any, ndim: int) -> Any:
    """A vector, one number a channel, shaped to fit an input of `ndim` dimensions; None stays None."""
    return parameter if parameter is None or ndim == 2 else np.reshape(parameter, (-1, *[1] * (ndim - 2)))


def affine(y: Any, weight: Any, bias: Any) -> Any:
    """y weight + bias, where None is 1 and 0."""
    if bias is None:
        return y if weight is None else y * weight
    return y + bias if weight is None else ops.scale_shift(y, weight, bias)


def normalized_by(input: Any, mean: Any, variance: Any, weight: Any, bias: Any, eps: float, asked: str) -> Any:
    """(x - mean) / sqrt(variance + eps) * weight + bias, with mean and variance of the past."""
    if mean is None or variance is None:
        raise SettingError(f"{asked} in evaluation uses running_mean and running_var: give both, or training=True")
    mean, variance = (by_channel(array_of(x), input.ndim) for x in (mean, variance))
    weight, bias = by_channel(weight, input.ndim), by_channel(bias, input.ndim)
    scale = 1 / np.sqrt(variance + eps)
    return affine(input - mean, scale if weight is None else weight * scale, bias)


def array_of(x: Any) -> Any:
    return x.numpy() if isinstance(x, ag.Tensor) else np.asarray(x)


def moved(running: Any, new: Any, share: float, factor: float = 1.0) -> None:
    """Move a running average, in place, towards the new value times a factor, by a share of the way."""
    array = ag.writable(running) if isinstance(running, ag.Tensor) else running
    target = np.reshape(array_of(ag.stop_gradient(new)), array.shape)
    array[...] = (1 - share) * array + (share * factor) * target
