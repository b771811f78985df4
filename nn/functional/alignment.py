"""The loss of sequences whose labels are known, but not when each begins."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core import ops
from autograd_core.errors import ShapeError

from ..errors import SettingError
from ..settings import integers, numeric, whole
from .losses import Reduction, numbers_of, reduced

__all__ = ["ctc_loss"]


def ctc_loss(
    log_probs: Any,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: Reduction = "mean",
    zero_infinity: bool = False,
) -> Any:
    """-log of the probability of all paths that spell a target, once repetitions are merged and blanks left out.

    log_probs: (T, N, C) or (T, C), as log_softmax gives them   targets: (N, S), or all of them in one row, without blanks
    input_lengths, target_lengths: (N,), how much of each counts   returns (), or (N,) by "none"

    blank           the class that stands for no label
    reduction       "mean" divides each loss by the length of its target first
    zero_infinity   targets that no path can spell, being too long, do not count

    Graves et al. 2006; the sum over paths is their forward recursion, step by step, and its derivative the engine's.
    Raises ShapeError for lengths that do not fit, SettingError for labels that are no class or the blank.

    >>> import nn, numpy as np
    >>> log_probs = np.log(np.full((2, 1, 2), 0.5))  # of four paths the three that have an "a" spell it
    >>> nn.functional.ctc_loss(log_probs, np.array([[1]]), [2], [1]) == -np.log(0.75)
    np.True_
    """
    x = numeric(log_probs, "ctc_loss")
    single = x.ndim == 2
    if single:
        x = x[:, None]
    input_lengths, target_lengths = (
        np.atleast_1d(integers(lengths, "ctc_loss: lengths")) for lengths in (input_lengths, target_lengths)
    )
    labels = label_rows(integers(targets, "ctc_loss: targets"), target_lengths, single)
    check(x.shape, labels, input_lengths, target_lengths, blank)
    steps, examples, _ = x.shape
    places = np.full((examples, 2 * labels.shape[1] + 1), blank)  # blank a blank b blank
    places[:, 1::2] = labels
    skips = np.zeros(places.shape, bool)
    skips[:, 2:] = (places[:, 2:] != blank) & (places[:, 2:] != places[:, :-2])
    emitted = np.take_along_axis(x, np.broadcast_to(places, (steps, *places.shape)), axis=2)
    alpha = np.where(np.arange(places.shape[1]) < 2, emitted[0], -np.inf)
    for t in range(1, steps):
        one, two = shifted(alpha, 1), np.where(skips, shifted(alpha, 2), -np.inf)
        alpha = np.where((t < input_lengths)[:, None], together(alpha, one, two) + emitted[t], alpha)
    last = 2 * target_lengths[:, None]
    ends = np.take_along_axis(alpha, np.concatenate([last, np.maximum(last - 1, 0)], axis=1), axis=1)
    ends = np.where(np.concatenate([last >= 0, last > 0], axis=1), ends, -np.inf)
    losses = -ops.logsumexp(ends, axis=1)
    if zero_infinity:
        losses = np.where(np.isinf(numbers_of(losses)), 0.0, losses)
    if reduction == "mean":
        return np.mean(losses / np.maximum(target_lengths, 1).astype(x.dtype))
    return reduced(losses[0] if single else losses, reduction)


def together(*logarithms: Any) -> Any:
    """The logarithm of a sum; -inf, without slope, where nothing leads to a place yet."""
    stacked = np.stack(logarithms)
    nowhere = np.max(numbers_of(stacked), axis=0) == -np.inf
    return np.where(nowhere, -np.inf, ops.logsumexp(np.where(nowhere, 0.0, stacked), axis=0))


def shifted(alpha: Any, by: int) -> Any:
    """Each row moved to the right, with -inf before it."""
    return np.pad(alpha, ((0, 0), (by, 0)), constant_values=-np.inf)[:, : alpha.shape[1]]


def label_rows(targets: Any, lengths: Any, single: bool) -> Any:
    """The labels of each example in a row of their own."""
    if targets.ndim == 2:
        return targets
    if single:
        return targets[None]
    if targets.ndim != 1 or targets.size != lengths.sum():
        raise ShapeError(
            f"ctc_loss: targets in one row are as many as the target_lengths say together, {lengths.sum()}, and were given as "
            f"{targets.shape}"
        )
    rows = np.zeros((len(lengths), max(lengths, default=0)), targets.dtype)
    rows[np.arange(rows.shape[1]) < lengths[:, None]] = targets
    return rows


def check(shape: Any, labels: Any, input_lengths: Any, target_lengths: Any, blank: int) -> None:
    """Raise ShapeError or SettingError for what ctc_loss cannot combine."""
    if len(shape) != 3 or not shape[0]:
        raise ShapeError(f"ctc_loss takes log_probs of shape (T, N, C) or (T, C), T > 0, and was given {tuple(shape)}")
    steps, examples, classes = shape
    if len(labels) != examples or not input_lengths.shape == target_lengths.shape == (examples,):
        raise ShapeError(
            f"ctc_loss was given log_probs of {examples} examples, targets of {len(labels)}, {len(input_lengths)} input_lengths "
            f"and {len(target_lengths)} target_lengths: give one of each for each example"
        )
    if min(input_lengths.min(initial=0), target_lengths.min(initial=0)) < 0:
        raise SettingError("ctc_loss: a length is negative: give those of the sequences, from 0 on")
    if input_lengths.max(initial=0) > steps or target_lengths.max(initial=0) > labels.shape[1]:
        raise ShapeError(
            f"ctc_loss: a length is beyond the {steps} steps of log_probs, or the {labels.shape[1]} labels of targets"
        )
    if whole(blank, "ctc_loss: blank") >= classes:
        raise SettingError(f"ctc_loss: blank is {blank}, and there are {classes} classes: give one of them")
    counted = labels[np.arange(labels.shape[1]) < target_lengths[:, None]]
    if ((counted < 0) | (counted >= classes) | (counted == blank)).any():
        raise SettingError(f"ctc_loss: a target is no class of the {classes}, or the blank, {blank}")
