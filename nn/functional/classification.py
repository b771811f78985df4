"""Losses of classifiers: of one class for each example, or of several."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core import ops
from autograd_core.errors import BoundsError, ShapeError

from ..errors import SettingError
from ..settings import integers, numeric, within
from .losses import Reduction, alike, element_weights, numbers_of, reduced

__all__ = ["cross_entropy", "multi_margin_loss", "multilabel_margin_loss", "multilabel_soft_margin_loss", "nll_loss"]


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
    input, target = numeric(input, "cross_entropy"), numeric(target, "cross_entropy")
    if weight is None and ignore_index == -100 and not label_smoothing:
        return ops.cross_entropy(input, target, reduction)
    within(label_smoothing, "cross_entropy: label_smoothing", 0, 1)
    weight = class_weights("cross_entropy", weight, input)
    options = {"weight": weight, "ignore_index": ignore_index, "label_smoothing": label_smoothing}
    return ops.cross_entropy(input, target, reduction, **options)


def nll_loss(
    input: Any, target: Any, weight: Any = None, ignore_index: int = -100, reduction: Reduction = "mean"
) -> Any:
    """-input[target], for log-probabilities such as log_softmax gives; see `nn.NLLLoss`.

    input: (N, C), (C,) or (N, C, ...)   target: the classes, (N,), () or (N, ...)   returns (), or the shape of target

    >>> import nn, numpy as np
    >>> nn.functional.nll_loss(np.log([[0.25, 0.75]]), np.array([1])) == -np.log(0.75)
    np.True_
    """
    input, target = numeric(input, "nll_loss"), integers(target, "nll_loss: target")
    ignored = target == ignore_index
    if weight is None and not ignored.any():
        return ops.nll_loss(input, target, reduction)
    target = np.where(ignored, 0, target)
    counts = (~ignored).astype(input.dtype)
    if weight is not None:
        counts = counts * numbers_of(class_weights("nll_loss", weight, input))[target]
    losses = ops.gate(ops.nll_loss(input, target, "none"), counts)
    return np.sum(losses) / np.sum(counts) if reduction == "mean" else reduced(losses, reduction)


def multi_margin_loss(
    input: Any, target: Any, p: int = 1, margin: float = 1.0, weight: Any = None, reduction: Reduction = "mean"
) -> Any:
    """By how much wrong classes come within a margin of the right one y: sum over i != y of max(0, margin - x_y + x_i)**p / C.

    input: (N, C) or (C,) scores   target: (N,) or () classes   weight: (C,), of the right class   returns (), or (N,)

    Crammer and Singer 2001. Raises SettingError unless p is 1 or 2.

    >>> import nn, numpy as np
    >>> nn.functional.multi_margin_loss(np.array([[0.5, 1.0]]), np.array([1]))
    np.float64(0.25)
    """
    if p not in (1, 2):
        raise SettingError(f"multi_margin_loss: p is {p!r}: give 1 or 2")
    x, target = numeric(input, "multi_margin_loss"), integers(target, "multi_margin_loss: target")
    single = x.ndim == 1
    x, target = (x[None], target.reshape(-1)) if single else (x, target)
    if x.ndim != 2 or target.shape != x.shape[:1]:
        raise ShapeError(
            f"multi_margin_loss takes scores (N, C) and classes (N,), and was given {tuple(x.shape)} and {target.shape}"
        )
    check_classes("multi_margin_loss", target, 0, x.shape[1])
    right = np.take_along_axis(x, target[:, None], axis=1)
    over = ops.relu(margin - right + x)
    others = np.arange(x.shape[1]) != target[:, None]
    terms = ops.gate(over if p == 1 else over * over, others.astype(x.dtype))
    if weight is not None:
        terms = terms * numbers_of(class_weights("multi_margin_loss", weight, x))[target][:, None]
    losses = np.sum(terms, axis=1) / x.shape[1]
    return reduced(losses[0] if single else losses, reduction)


def multilabel_margin_loss(input: Any, target: Any, reduction: Reduction = "mean") -> Any:
    """By how much wrong classes i come within 1 of right ones j: the sum of max(0, 1 - x_j + x_i) / C over all such pairs.

    input: (N, C) or (C,) scores   target: that shape, the right classes, and -1 behind the last   returns (), or (N,)

    >>> import nn, numpy as np
    >>> nn.functional.multilabel_margin_loss(np.array([0.1, 0.2, 0.4, 0.8]), np.array([3, 0, -1, 1])).round(4)
    np.float64(0.85)
    """
    x, target = numeric(input, "multilabel_margin_loss"), integers(target, "multilabel_margin_loss: target")
    if x.ndim not in (1, 2) or target.shape != x.shape:
        raise ShapeError(
            f"multilabel_margin_loss takes scores and classes of one shape, (N, C) or (C,), and was given {tuple(x.shape)} "
            f"and {target.shape}: fill up with -1"
        )
    check_classes("multilabel_margin_loss", target, -1, x.shape[-1])
    single = x.ndim == 1
    x, target = (x[None], target[None]) if single else (x, target)
    listed = np.logical_and.accumulate(target >= 0, axis=1)
    right = np.zeros(x.shape, bool)
    right[np.nonzero(listed)[0], target[listed]] = True
    pairs = right[:, :, None] & ~right[:, None, :]
    terms = ops.gate(ops.relu(1 - x[:, :, None] + x[:, None, :]), pairs.astype(x.dtype))
    losses = np.sum(terms, axis=(1, 2)) / x.shape[1]
    return reduced(losses[0] if single else losses, reduction)


def multilabel_soft_margin_loss(input: Any, target: Any, weight: Any = None, reduction: Reduction = "mean") -> Any:
    """The mean over the classes of -t log sigmoid(x) - (1 - t) log(1 - sigmoid(x)), for targets t of 0 and 1.

    input, target: (N, C)   weight: (C,)   returns (), or (N,) by "none"

    >>> import nn, numpy as np
    >>> nn.functional.multilabel_soft_margin_loss(np.zeros((1, 3)), np.array([[0, 1, 0]])) == np.log(2)
    np.True_
    """
    input = numeric(input, "multilabel_soft_margin_loss")
    weight = element_weights("multilabel_soft_margin_loss: weight", weight, input)
    losses = ops.bce_with_logits(input, alike(target, input), "none", weight=weight)
    return reduced(np.mean(losses, axis=-1), reduction)


def class_weights(asked: str, weight: Any, scores: Any) -> Any:
    """One weight for each class, in the dtype of the scores; None for none."""
    if weight is None:
        return None
    weight, classes = alike(weight, scores), scores.shape[1:2] if scores.ndim > 1 else scores.shape
    if weight.shape != classes:
        raise ShapeError(
            f"{asked}: weight is of shape {tuple(weight.shape)}: give one number a class, {tuple(classes)}"
        )
    return weight


def check_classes(asked: str, target: Any, least: int, classes: int) -> None:
    """Raise BoundsError for targets that name no class."""
    outside = (target < least) | (target >= classes)
    if outside.any():
        raise BoundsError(f"{asked}: the target {target[outside][0]} names none of the {classes} classes")
