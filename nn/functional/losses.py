"""What a model is to make small: how far predictions are from their targets, element by element."""

from __future__ import annotations

import math
from typing import Any, Literal, TypeAlias

import numpy as np

import autograd_core as ag
from autograd_core import ops
from autograd_core.errors import ShapeError

from ..errors import SettingError
from ..settings import numeric, within

__all__ = [
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "gaussian_nll_loss", "huber_loss", "kl_div", "l1_loss",
    "mse_loss", "poisson_nll_loss", "smooth_l1_loss", "soft_margin_loss",
]  # fmt: skip

Reduction: TypeAlias = Literal["mean", "sum", "none"]
REDUCTIONS = ("mean", "sum", "none")


def reduced(losses: Any, reduction: str) -> Any:
    """The losses put together as asked."""
    if reduction == "mean":
        return np.mean(losses)
    if reduction == "sum":
        return np.sum(losses)
    if reduction != "none":
        raise SettingError(f"reduction is {reduction!r}: choose among 'mean', 'sum', 'none'")
    return losses


def alike(target: Any, input: Any) -> Any:
    """Targets in the dtype of the predictions: plain numbers and arrays are converted, Tensors are what they are."""
    if isinstance(target, ag.Value):
        return target
    array = numeric(target, "the target of a loss")
    # integer predictions would cut the fractions of their targets off
    return array.astype(input.dtype) if array.dtype.kind in "biuf" and input.dtype.kind in "fc" else array


def paired(input: Any, target: Any, asked: str) -> tuple[Any, Any]:
    """Predictions and targets of one shape; raises ShapeError for two, which would broadcast and is seldom meant."""
    input = numeric(input, asked)
    target = alike(target, input)
    if input.shape != target.shape:
        raise ShapeError(
            f"{asked} compares element by element, and was given predictions {tuple(input.shape)} and targets "
            f"{tuple(target.shape)}: bring both to one shape"
        )
    return input, target


def element_weights(asked: str, weight: Any, input: Any) -> Any:
    """How much each element counts, in the dtype of the predictions; None for none."""
    if weight is None:
        return None
    weight = alike(weight, input)
    shape = weight.shape
    if len(shape) > input.ndim or any(n not in (1, m) for n, m in zip(shape[::-1], input.shape[::-1], strict=False)):
        raise ShapeError(
            f"{asked} is of shape {tuple(shape)}, and must broadcast to that of the input, {tuple(input.shape)}"
        )
    return weight


def numbers_of(x: Any) -> Any:
    """The plain array of what is looked at, and not differentiated."""
    return x.numpy() if isinstance(x, ag.Value) else np.asarray(x)


# -- distances -------------------------------------------------------------------------------------------------------


def l1_loss(input: Any, target: Any, reduction: Reduction = "mean") -> Any:
    """|input - target|, reduced; the slope at 0 is 0. Raises ShapeError unless both have one shape.

    >>> import nn, numpy as np
    >>> nn.functional.l1_loss(np.array([1.0, 3.0]), [1.0, 1.0])
    np.float64(1.0)
    """
    input, target = paired(input, target, "l1_loss")
    return reduced(np.abs(input - target), reduction)


def mse_loss(input: Any, target: Any, reduction: Reduction = "mean") -> Any:
    """(input - target)**2, reduced; raises ShapeError unless both have one shape.

    >>> import nn, numpy as np
    >>> nn.functional.mse_loss(np.array([1.0, 3.0]), [1.0, 1.0], "sum")
    np.float64(4.0)
    """
    input = numeric(input, "mse_loss")
    return ops.mse_loss(input, alike(target, input), reduction)


def huber_loss(input: Any, target: Any, reduction: Reduction = "mean", delta: float = 1.0) -> Any:
    """e**2 / 2 where the error e = input - target is small, |e| < delta, else delta (|e| - delta / 2). Huber 1964.

    >>> import nn, numpy as np
    >>> nn.functional.huber_loss(np.array([0.5, 3.0]), [0.0, 0.0], "none")
    array([0.125, 2.5  ])
    """
    within(delta, "huber_loss: delta", 0)
    input, target = paired(input, target, "huber_loss")
    return reduced(rounded_distance(input - target, delta), reduction)


def smooth_l1_loss(input: Any, target: Any, reduction: Reduction = "mean", beta: float = 1.0) -> Any:
    """huber_loss / beta: |e| - beta / 2, with a parabola where |e| < beta; with beta = 0 it is l1_loss. Girshick 2015.

    >>> import nn, numpy as np
    >>> nn.functional.smooth_l1_loss(np.array([0.5, 3.0]), [0.0, 0.0], "none", beta=2.0)
    array([0.0625, 2.    ])
    """
    within(beta, "smooth_l1_loss: beta", 0)
    if beta == 0:
        return l1_loss(input, target, reduction)
    input, target = paired(input, target, "smooth_l1_loss")
    return reduced(rounded_distance(input - target, beta) / beta, reduction)


def rounded_distance(error: Any, reach: float) -> Any:
    """|error| times reach, but for a parabola around 0."""
    near = ops.hardtanh(error, -reach, reach)
    return near * (error - near / 2)


# -- likelihoods -----------------------------------------------------------------------------------------------------


def binary_cross_entropy(input: Any, target: Any, weight: Any = None, reduction: Reduction = "mean") -> Any:
    """-t log p - (1 - t) log(1 - p) for probabilities p and targets t, reduced; logarithms are at least -100.

    weight   how much each element counts, broadcast

    From logits take `binary_cross_entropy_with_logits`, which does not lose digits.
    Raises ShapeError unless both have one shape, SettingError for probabilities outside 0 ... 1.

    >>> import nn, numpy as np
    >>> nn.functional.binary_cross_entropy(np.array([0.5, 0.0]), [1, 1], reduction="none").round(4)
    array([  0.6931, 100.    ])
    """
    p, t = paired(input, target, "binary_cross_entropy")
    weight = element_weights("binary_cross_entropy: weight", weight, p)
    numbers = numbers_of(p)
    if not ((numbers >= 0) & (numbers <= 1)).all():
        raise SettingError(
            "binary_cross_entropy takes probabilities, from 0 to 1, and was given others: pass them through a sigmoid, or take "
            "binary_cross_entropy_with_logits"
        )
    losses = (t - 1) * bounded_log(1 - p) - t * bounded_log(p)
    return reduced(losses if weight is None else losses * weight, reduction)


def bounded_log(p: Any) -> Any:
    """log(p), but -100 where it would be less, without slope there."""
    tiny = p <= math.exp(-100)
    return np.where(tiny, -100.0, np.log(np.where(tiny, 1.0, p)))


def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, reduction: Reduction = "mean", pos_weight: Any = None
) -> Any:
    """-t log sigmoid(x) - (1 - t) log(1 - sigmoid(x)), reduced; see `nn.BCEWithLogitsLoss`.

    >>> import nn, numpy as np
    >>> nn.functional.binary_cross_entropy_with_logits(np.array([0.0]), [1]) == np.log(2)
    np.True_
    """
    asked = "binary_cross_entropy_with_logits"
    input = numeric(input, asked)
    weight = element_weights(f"{asked}: weight", weight, input)
    pos_weight = element_weights(f"{asked}: pos_weight", pos_weight, input)
    return ops.bce_with_logits(input, alike(target, input), reduction, weight=weight, pos_weight=pos_weight)


def soft_margin_loss(input: Any, target: Any, reduction: Reduction = "mean") -> Any:
    """log(1 + exp(-t x)), reduced, for scores x and targets t of -1 and 1.

    >>> import nn, numpy as np
    >>> nn.functional.soft_margin_loss(np.array([0.0]), [1]) == np.log(2)
    np.True_
    """
    input, target = paired(input, target, "soft_margin_loss")
    return reduced(ops.softplus(-target * input), reduction)


def kl_div(
    input: Any,
    target: Any,
    reduction: Literal["mean", "batchmean", "sum", "none"] = "mean",
    log_target: bool = False,
) -> Any:
    """t (log t - x), reduced, for log-probabilities x and probabilities t; 0 where t is 0.

    reduction    "batchmean" divides the sum by the number of examples, as the Kullback-Leibler divergence is defined;
                 "mean" divides it by the number of elements
    log_target   the targets are log-probabilities, too

    >>> import nn, numpy as np
    >>> nn.functional.kl_div(np.log([[0.5, 0.5]]), np.array([[1.0, 0.0]]), "batchmean") == np.log(2)
    np.True_
    """
    input, target = paired(input, target, "kl_div")
    own = np.exp(target) * target if log_target else ag.special.xlogy(target, target)
    losses = own - (np.exp(target) if log_target else target) * input
    return np.sum(losses) / len(input) if reduction == "batchmean" else reduced(losses, reduction)


def poisson_nll_loss(
    input: Any,
    target: Any,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: Reduction = "mean",
) -> Any:
    """How unlikely counts are by Poisson's law, but for log(target!): exp(x) - t x for logarithms x of the rates.

    log_input   False: x are the rates themselves, x - t log(x + eps)
    full        add Stirling's t log t - t + log(2 pi t) / 2 where t > 1

    >>> import nn, numpy as np
    >>> nn.functional.poisson_nll_loss(np.array([0.0]), [3.0])
    np.float64(1.0)
    """
    input, target = paired(input, target, "poisson_nll_loss")
    losses = np.exp(input) - target * input if log_input else input - target * np.log(input + eps)
    if full:
        several = np.where(target > 1, target, 1.0)
        stirling = several * np.log(several) - several + 0.5 * np.log(2 * math.pi * several)
        losses = losses + np.where(target > 1, stirling, 0.0)
    return reduced(losses, reduction)


def gaussian_nll_loss(
    input: Any, target: Any, var: Any, full: bool = False, eps: float = 1e-6, reduction: Reduction = "mean"
) -> Any:
    """How unlikely targets are by normal laws of given means and variances: (log v + (x - t)**2 / v) / 2. Nix and Weigend 1994.

    var    a number, or of the shape of input, or without its last axis, or with length 1 there
    full   add log(2 pi) / 2
    eps    variances count as at least this; their gradient is that of the larger one

    Raises SettingError for negative variances, ShapeError for those of another shape.

    >>> import nn, numpy as np
    >>> nn.functional.gaussian_nll_loss(np.array([1.0, 2.0]), [1.0, 1.0], np.ones(2), reduction="none")
    array([0. , 0.5])
    """
    input, target = paired(input, target, "gaussian_nll_loss")
    var = alike(var, input)
    if var.ndim and var.shape == input.shape[:-1] != input.shape:
        var = np.expand_dims(var, -1)
    if var.ndim and any(n not in (1, m) for n, m in zip(var.shape, input.shape, strict=False)):
        raise ShapeError(
            f"gaussian_nll_loss: the variances are of shape {tuple(var.shape)}, the means {tuple(input.shape)}: give one for "
            f"each, or one for each row"
        )
    numbers = numbers_of(var)
    if (numbers < 0).any():
        raise SettingError("gaussian_nll_loss: a variance is negative: pass it through exp or softplus")
    var = var + np.maximum(eps - numbers, 0)
    losses = 0.5 * (np.log(var) + (input - target) ** 2 / var)
    return reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)
