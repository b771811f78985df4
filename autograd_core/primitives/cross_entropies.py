"""Losses of classifiers: the targets are class numbers, in the place of the class axis, or probabilities.

The class axis is axis 1, or axis 0 for a single example, as in PyTorch.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy import add, divide, exp, log, multiply, subtract, vdot

from ..batches import all_batched
from ..constants import number, ones
from ..errors import AutogradError, DTypeError, ShapeError
from ..families import composed, primitive
from ..families.short_calls import loss_call
from ..primitive import Primitive
from ..recording import Settings, Value, numbers_of
from ..samples import Sample, sample
from ..shapes import Shape
from .contractions import normal, shape_of
from .indexing import getitem
from .losses import Reduction, reduced
from .softmaxes import log_softmax, softmax

NARROW, FEW = 16, 128
"""Up to the second many classes, rows with a 1 in the place of the class are kept ready; up to the first, sums are matrices."""


class ClassRangeError(AutogradError, IndexError):
    """A target that names no class."""


def class_axis(ndim: int) -> int:
    """Which axis of the scores the classes are on."""
    return 1 if ndim > 1 else 0


def check_targets(name: str, scores: Shape, target: Any) -> None:
    """Raise unless the targets fit the scores: integers, one for each place, in the range of the classes."""
    dtype = target.dtype
    if dtype.kind not in "iu":
        raise DTypeError(
            f"{name} takes integer class numbers as targets, not {dtype}: write target.astype(int), or "
            f"target.argmax(1) for one-hot rows"
        )
    axis = class_axis(len(scores))
    shape = scores[:axis] + scores[axis + 1 :]
    if not scores or target.shape != shape:
        hint = ""
        if target.shape == scores:
            hint = ". For one-hot targets pass target.argmax(1)"
        elif target.shape == (*shape, 1):
            hint = ". Drop the last axis with target[..., 0]"
        raise ShapeError(
            f"{name} cannot combine scores {scores} and targets {target.shape}: one class for each place makes the "
            f"shape {shape}{hint}"
        )
    classes = scores[axis]
    outside = (target < 0) | (target >= classes)
    if outside.any():
        place = tuple(np.argwhere(outside)[0].tolist())
        raise ClassRangeError(
            f"{name}: the target {target[place]} at {place} names none of the {classes} classes, 0 to {classes - 1}"
        )


@lru_cache(maxsize=4)
def row_starts(rows: int, classes: int) -> Any:
    """Where each row of a matrix of scores begins."""
    return np.arange(0, rows * classes, classes)


@lru_cache(maxsize=4)
def tables(rows: int, classes: int, dtype: Any) -> tuple[Any, Any, Any, Any]:
    """What a loss of so many rows computes with each time: the row of each class, ones along both axes, the share of a row.

    The ones along the classes are a square for few classes: a product with them gives sums that stand in each column.
    """
    each_class = np.ones((classes, classes), dtype) if classes <= NARROW else ones(classes, dtype)
    return np.eye(classes, dtype=dtype), each_class, ones(rows, dtype), number(1 / max(rows, 1), dtype)


def across(numbers: Any, classes: int) -> Any:
    """A number for each row as a matrix: repeated along short rows, since to broadcast a column would cost more there."""
    return numbers.repeat(classes).reshape(-1, classes) if classes <= FEW else numbers[:, None]


def cross_entropy_forward(scores: Any, target: Any, *, reduction: Reduction = "mean") -> Any:
    """The loss, and its slope softmax(scores) - onehot(target), divided by their number for a mean."""
    shape = scores.shape
    if len(shape) != 2 or target.dtype.kind != "i" or target.shape != shape[:1] or scores.dtype.kind != "f":
        return cross_entropy_elsewhere(scores, target, reduction)
    rows, classes = shape
    if not classes:
        return by_elements(scores.copy(), target, reduction)
    highest = scores.argmax(1)  # and then the scores there: far quicker than the maximum of each row
    add(highest, row_starts(rows, classes), highest)
    z = subtract(scores, across(scores.take(highest), classes), order="C")
    if classes > FEW or reduction not in ("mean", "sum") or z.itemsize == 2:
        return by_elements(z, target, reduction)
    unit, each_class, each_row, share = tables(rows, classes, z.dtype)
    try:
        units = unit.take(target, 0)
        outside = rows and target.item(target.argmin()) < 0  # it would count from the end
    except IndexError:
        outside = True
    if outside:
        check_targets("cross_entropy", shape, target)
    picked = vdot(z, units)
    if picked != picked:  # an infinite score, or no number at all
        return by_elements(z, target, reduction)
    exp(z, z)
    sums = z.dot(each_class)
    divide(z, sums if classes <= NARROW else across(sums, classes), z)
    subtract(z, units, z)
    total = log(sums[:, 0] if classes <= NARROW else sums).dot(each_row) - picked
    if reduction == "sum" or not rows:
        return total, z
    return total / rows, multiply(z, share, z)


def by_elements(z: Any, target: Any, reduction: Reduction) -> Any:
    """cross_entropy for any number of classes, from scores shifted to a maximum of 0; z becomes the slope."""
    rows, classes = z.shape
    check_targets("cross_entropy", z.shape, target)
    places = row_starts(rows, classes) + target if classes else target
    picked = z.take(places)
    np.exp(z, out=z)
    sums = np.dot(z, ones(classes, z.dtype))
    z /= sums[:, None]
    z.reshape(-1)[places] -= 1
    losses = np.log(sums, out=sums)
    losses -= picked
    if reduction == "mean" and rows:
        z *= 1 / rows
    return reduced(losses, reduction), z


def cross_entropy_elsewhere(scores: Any, target: Any, reduction: Reduction) -> Any:
    """Every other case, brought to a matrix of scores: one example, axes behind the class axis, other dtypes."""
    scores, target = np.asarray(scores), np.asarray(target)
    check_targets("cross_entropy", scores.shape, target)
    if scores.dtype.kind == "c":
        raise DTypeError(
            "cross_entropy of complex scores is not defined: take a real part or a size of them, as np.abs(scores)"
        )
    scores = scores if scores.dtype.kind == "f" else scores.astype(float)
    axis = class_axis(scores.ndim)
    last = np.moveaxis(scores, axis, -1)
    losses, slope = cross_entropy_forward(
        last.reshape(-1, last.shape[-1]), target.reshape(-1).astype(np.intp, copy=False), reduction="none"
    )
    if reduction == "mean" and losses.size:
        slope *= 1 / losses.size
    return reduced(losses.reshape(target.shape)[()], reduction), np.moveaxis(slope.reshape(last.shape), -1, axis)


def cross_entropy_back(g: Any, r: Any) -> Any:
    """The slope of each loss, times its cotangent; a mean has scaled the slope already."""
    if g is number(1, r.dtype):  # as where backward starts from
        return r
    return r * (np.expand_dims(g, 1) if g.ndim else g)


def one_hot(target: Any, classes: int, dtype: Any) -> Any:
    """Rows of zeros with a 1 in the place of the class; the classes are on axis 1 (0 for a single target)."""
    axis = class_axis(np.ndim(target) + 1)
    shape = [1] * (np.ndim(target) + 1)
    shape[axis] = classes
    return (np.expand_dims(target, axis) == np.arange(classes).reshape(shape)).astype(dtype)


def cross_entropy_tangent(t: Any, a: Any, b: Any, reduction: Reduction) -> Any:
    # not from the residual, which is a constant: the tangent is to be differentiable in turn
    axis = class_axis(a.ndim)
    slope = softmax(a, axis) - one_hot(b, a.shape[axis], a.dtype)
    return reduced(np.sum(slope * t, axis=axis), reduction)


def picked_by_class(x: Any, target: Any) -> Any:
    """The element of x that each target names along the class axis."""
    if x.ndim == 1:
        return getitem(x, target)
    first, *others = np.indices(target.shape, sparse=True)
    return getitem(x, (first, target, *others))


def cross_entropy_definition(scores: Any, target: Any, *, reduction: Reduction = "mean") -> Any:
    return reduced(-picked_by_class(log_softmax(scores, class_axis(scores.ndim)), target), reduction)


def cross_entropy_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    """The losses of all examples' rows, one after the other, then put together for each example."""
    scores, target = all_batched(xs, batched)
    if scores.ndim > 2:
        n, rows = scores.shape[:2]
        scores, target = [np.reshape(x, (n * rows, *x.shape[2:])) for x in (scores, target)]
        losses = made.call(scores, target, reduction="none")
        losses = np.reshape(losses, (n, rows, *losses.shape[1:]))
    else:
        losses = made.call(scores, target, reduction="none")
    reduction, axes = settings.get("reduction", "mean"), tuple(range(1, losses.ndim))
    return losses if reduction == "none" else np.mean(losses, axes) if reduction == "mean" else np.sum(losses, axes)


def cross_entropy_samples() -> list[Sample]:
    scores, target = normal(4, 3), np.array([0, 2, 1, 2])
    return [
        sample(scores, target),
        sample(scores, target, reduction="sum"),
        sample(scores, target, reduction="none"),
        sample(np.asfortranarray(1e3 * scores), target),
        sample(scores.astype(np.float32), target.astype(np.uint8)),
        sample(normal(3), np.array(2)),
        sample(normal(2, 3, 2, 2), np.arange(8).reshape(2, 2, 2) % 3),
        sample(normal(2, 3, 4), np.arange(8).reshape(2, 4) % 3, reduction="none"),
        sample(normal(0, 3), np.zeros(0, int), reduction="sum"),
        sample(scores, np.array([0, 3, 1, 2]), raises=ClassRangeError),
        sample(scores, np.array([0, -1, 1, 2]), raises=ClassRangeError),
        sample(scores, target[:, None], raises=ShapeError),
        sample(scores, target.astype(float), raises=DTypeError),
        sample(scores.astype(complex), target, raises=DTypeError, match="take a real part"),
    ]


fused_cross_entropy = primitive(
    cross_entropy_forward,
    cross_entropy_back,
    None,
    jvp=cross_entropy_tangent,
    residual=True,
    definition=cross_entropy_definition,
    name="cross_entropy",
    text=(lambda reduction: "{g}" + " / N" * (reduction == "mean") + " × (softmax({a}) − onehot)",),
    samples=cross_entropy_samples,
    batch=cross_entropy_each,
    reference="-log softmax(scores)[target]",
)
fused_cross_entropy.call = loss_call(fused_cross_entropy)


def cross_entropy(
    scores: Any,
    target: Any,
    reduction: Reduction = "mean",
    *,
    weight: Any = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
) -> Any:
    """-log softmax(scores)[target], the loss of a classifier that gives scores (logits).

    scores: (N, C) or (C) or (N, C, d1, ...)   target: (N) or () or (N, d1, ...) of classes 0 ... C - 1, or
    probabilities in the shape of scores   returns () by reduction="mean" or "sum", the shape of the classes by "none"

    weight           (C): the losses of class c are multiplied by weight[c], and a mean is divided by the weights
    ignore_index     targets of this value do not count
    label_smoothing  this share of every target is spread evenly over the classes

    Raises ShapeError, DTypeError or ClassRangeError if the targets are not such.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.cross_entropy(np.zeros((1, 2)), np.array([1])) == np.log(2)
    np.True_
    """
    if not isinstance(target, (Value, np.ndarray)):
        target = np.asarray(target)
    if target.dtype.kind == "f" and target.shape == scores.shape:
        return soft_cross_entropy(scores, target, reduction, weight, label_smoothing)
    if weight is None and not label_smoothing and ignore_index < 0:
        try:
            return fused_cross_entropy.call(scores, target, reduction=reduction)
        except ClassRangeError:
            if not np.any(constant(target) == ignore_index):
                raise
    return weighted_cross_entropy(scores, constant(target), reduction, weight, ignore_index, label_smoothing)


def constant(x: Any) -> Any:
    """The array of a value that is meant as a constant."""
    return np.asarray(numbers_of(x))


def along_classes(weight: Any, ndim: int) -> Any:
    """One weight a class, shaped to multiply scores of `ndim` dimensions."""
    return np.reshape(weight, (-1,) + (1,) * (ndim - 1 - class_axis(ndim)))


@composed
def soft_cross_entropy(scores: Any, target: Any, reduction: Reduction, weight: Any, label_smoothing: float) -> Any:
    """cross_entropy for targets that are probabilities; a mean is over the places, whatever the weights."""
    axis = class_axis(scores.ndim)
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / scores.shape[axis]
    products = target * log_softmax(scores, axis)
    if weight is not None:
        products = products * along_classes(weight, scores.ndim)
    return reduced(-np.sum(products, axis=axis), reduction)


@composed
def weighted_cross_entropy(
    scores: Any, target: Any, reduction: Reduction, weight: Any, ignore_index: int, label_smoothing: float
) -> Any:
    """cross_entropy with weights, targets to ignore, or smoothed labels."""
    axis, classes = class_axis(scores.ndim), scores.shape[class_axis(scores.ndim)] if scores.ndim else 0
    counted = target != ignore_index
    target = np.where(counted, target, 0)
    check_targets("cross_entropy", scores.shape, target)
    log_p = log_softmax(scores, axis)
    shares = counted.astype(scores.dtype)
    if weight is not None:
        shares = shares * getitem(weight, target)
    losses = -picked_by_class(log_p, target) * shares
    if label_smoothing:
        spread = -np.sum(log_p if weight is None else log_p * along_classes(weight, scores.ndim), axis=axis)
        losses = losses * (1 - label_smoothing) + spread * counted * (label_smoothing / classes)
    losses = np.where(
        counted, losses, 0
    )  # cut: nothing comes back from what is ignored, even if that is all, whose mean is 0/0
    if reduction == "mean":
        return np.sum(losses) / np.sum(shares)
    return reduced(losses, reduction)


def nll_loss(log_probabilities: Any, target: Any, reduction: Reduction = "mean") -> Any:
    """-log_probabilities[target], for what log_softmax gives; shapes and errors as in cross_entropy.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.nll_loss(np.log([[0.25, 0.75]]), np.array([0])) == np.log(4)
    np.True_
    """
    target = constant(target)
    check_targets("nll_loss", shape_of(log_probabilities), target)
    return reduced(-picked_by_class(log_probabilities, target), reduction)
