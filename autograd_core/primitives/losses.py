"""Losses: how far predictions are from targets, fused where that is quicker or where the plain formula would overflow.

Class targets are integers in the place of the class axis, which is axis 1 (axis 0 for a single example), as in PyTorch.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np

from ..errors import AutogradError, DTypeError, ShapeError, UnsupportedError
from ..families import composed, elementwise, primitive
from ..recording import Value
from ..samples import Sample, sample
from ..shapes import Shape
from .activations import squashed
from .contractions import normal
from .indexing import getitem
from .softmaxes import log_softmax, softmax

Reduction: TypeAlias = Literal["mean", "sum", "none"]


class ClassRangeError(AutogradError, IndexError):
    """A target that names no class."""


def reduced(losses: Any, reduction: Reduction) -> Any:
    """The losses of the elements, put together as asked."""
    if reduction == "mean":
        return np.mean(losses)
    if reduction == "sum":
        return np.sum(losses)
    return checked_reduction(losses, reduction)


def checked_reduction(losses: Any, reduction: str) -> Any:
    if reduction != "none":
        raise UnsupportedError(f"reduction is 'mean', 'sum' or 'none', not {reduction!r}")
    return losses


# -- classes -----------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def row_starts(rows: int, length: int) -> Any:
    """Where each row of a contiguous matrix starts."""
    return np.arange(0, rows * length, length)


def check_targets(name: str, scores: Shape, target: Any) -> None:
    """Raise unless the targets fit the scores: integers, one for each place, in the range of the classes."""
    axis = 1 if len(scores) > 1 else 0
    shape = scores[:axis] + scores[axis + 1 :]
    dtype = target.dtype
    if dtype.kind not in "iu":
        raise DTypeError(f"{name} takes integer class numbers as targets, not {dtype}: write target.astype(int), or argmax for one-hot rows")
    if not scores or target.shape != shape:
        hint = ""
        if target.shape == scores:
            hint = "; for one-hot targets pass target.argmax(1)"
        elif target.shape == (*shape, 1):
            hint = "; drop the last axis with target[..., 0]"
        raise ShapeError(f"{name} cannot combine scores {scores} and targets {target.shape}: the targets need the shape {shape}, one class for each place{hint}")
    classes = scores[axis]
    if target.size and not (0 <= target.min() and target.max() < classes):
        bad = np.argwhere((target < 0) | (target >= classes))[0]
        raise ClassRangeError(
            f"{name}: the target {target[tuple(bad)]} at {tuple(bad.tolist())} names none of the {classes} classes 0 ... {classes - 1}"
        )


def cross_entropy_forward(scores: Any, target: Any, *, reduction: Reduction = "mean") -> Any:
    target = np.asarray(target)
    shape = scores.shape
    if target.dtype.kind != "i" or len(shape) != 2 or target.shape != shape[:1] or not target.size:
        check_targets("cross_entropy", shape, target)
        if len(shape) == 1:
            y, r = cross_entropy_forward(scores[None], target[None], reduction="none")
            return (y[0] if reduction == "none" else reduced(y, reduction)), r[0]
        if len(shape) > 2:
            flat = np.moveaxis(scores, 1, -1)
            y, r = cross_entropy_forward(flat.reshape(-1, shape[1]), target.reshape(-1), reduction="none")
            return reduced(y.reshape(target.shape), reduction), np.moveaxis(r.reshape(flat.shape), -1, 1)
    rows, classes = shape
    # seen as unsigned, a negative number is larger than any class
    if rows and np.maximum.reduce(target.view(f"u{target.itemsize}")) >= classes:
        check_targets("cross_entropy", shape, target)
    z = scores - np.maximum.reduce(scores, axis=1, keepdims=True, initial=-np.inf)
    places = row_starts(rows, classes) + target
    picked = z.take(places)
    np.exp(z, out=z)
    sums = np.dot(z, np.ones(classes, z.dtype))
    z /= sums[:, None]
    # the pull-back is p - onehot; one subtraction here serves every later use
    flat_z = z.reshape(-1)
    flat_z[places] -= 1
    np.log(sums, out=sums)
    sums -= picked
    if reduction == "mean":
        return np.add.reduce(sums) / rows if rows else sums.dtype.type(np.nan), z
    return reduced(sums, reduction), z


def scaled(g: Any, like: Any, reduction: Reduction) -> Any:
    """The cotangent of each place's loss, ready to multiply the scores."""
    if reduction == "none":
        return np.expand_dims(g, 1 if len(like.shape) > 1 else 0)
    return g / places_of(like.shape) if reduction == "mean" else g


def places_of(scores: Shape) -> int:
    """How many losses there are for scores of this shape."""
    axis = 1 if len(scores) > 1 else 0
    return math.prod(scores[:axis] + scores[axis + 1 :])


def one_hot(target: Any, classes: int, dtype: Any) -> Any:
    """Targets as rows of zeros with a 1 in the place of the class, along a new axis 1 (0 for one target)."""
    axis = min(np.ndim(target), 1)
    shape = [1] * (np.ndim(target) + 1)
    shape[axis] = classes
    return (np.expand_dims(target, axis) == np.arange(classes).reshape(shape)).astype(dtype)


def cross_entropy_tangent(t: Any, a: Any, b: Any, reduction: Reduction) -> Any:
    # not from the residual: the tangent is to be differentiable in turn
    axis = 1 if a.ndim > 1 else 0
    slope = softmax(a, axis) - one_hot(b, a.shape[axis], a.dtype)
    return reduced(np.sum(slope * t, axis=axis), reduction)


def picked_by_class(x: Any, target: Any) -> Any:
    """The element of x that each target names along the class axis."""
    if x.ndim == 1:
        return getitem(x, target)
    grid = [np.expand_dims(i, 1) for i in np.indices((x.shape[0], 1, *x.shape[2:]), sparse=True)]
    del grid[1]
    grid = [i.reshape([n if k == d else 1 for k in range(np.ndim(target))]) for d, (i, n) in enumerate(zip(grid, np.shape(target), strict=True))]
    return getitem(x, (grid[0], target, *grid[1:]))


def cross_entropy_definition(scores: Any, target: Any, *, reduction: Reduction = "mean") -> Any:
    axis = 1 if scores.ndim > 1 else 0
    return reduced(-picked_by_class(log_softmax(scores, axis), target), reduction)
