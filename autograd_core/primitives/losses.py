"""Losses: how far predicted numbers are from targets, fused where that is quicker or where a formula overflows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

from ..batches import aligned
from ..errors import ShapeError, UnsupportedError
from ..families import elementwise, primitive
from ..primitive import Primitive
from ..recording import Settings
from ..samples import sample
from ..shapes import Shape
from .activations import soft_rectified, softplus_forward, squashed
from .contractions import normal, shape_of
from .reductions import divided

Reduction: TypeAlias = Literal["mean", "sum", "none"]


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


def check_same_shape(name: str, a: Shape, b: Shape) -> None:
    """Raise unless prediction and target have one shape; a single number may stand for every target."""
    if a != b and b != ():
        raise ShapeError(
            f"{name} compares element by element, but the prediction has shape {a} and the target {b}, which would "
            f"broadcast: reshape one of them"
        )


squared_difference = elementwise(
    lambda a, b: np.square(np.subtract(a, b)),
    lambda a, b: 2 * (a - b),
    lambda a, b: 2 * (b - a),
    scalar=lambda a, b: (a - b) * (a - b),
    name="squared_difference",
)


def mean_square_forward(a: Any, b: Any) -> Any:
    d = np.ravel(np.subtract(a, b))
    if d.dtype == np.float16:
        return np.mean(np.square(d, dtype=np.float32)).astype(np.float16)  # the sum may be no number of half precision
    return np.dot(d, d) / d.dtype.type(d.size)


def mean_square_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    d = aligned(squared_difference, xs, batched, settings)
    return np.mean(d, axis=tuple(range(1, d.ndim)))


mean_square = primitive(
    mean_square_forward,
    lambda g, a, b: (a - b) * divided(g, a.size / 2),  # 2 / 6 would be a double's, also for a long double
    lambda g, a, b: (b - a) * divided(g, a.size / 2),
    jvp=lambda ts, a, b: np.mean(
        2 * (a - b) * (ts[1] * -1 if ts[0] is None else ts[0] if ts[1] is None else ts[0] - ts[1])
    ),
    name="mse_loss",
    batch=mean_square_each,
    samples=lambda: [
        sample(normal(3), 2 * normal(3)),
        sample(normal(2, 3), normal(2, 3)[::-1]),
        sample(normal(2, 3), np.float64(0.5)),
        sample(normal(2, 3, dtype=np.float32), normal(2, 3, dtype=np.float32)[::-1]),
        sample(normal(2, 3, dtype=np.longdouble), normal(2, 3, dtype=np.longdouble)[::-1]),
        sample(normal(3, dtype=complex), 1j * normal(3, dtype=complex)),
        sample(normal(3), normal(4), raises=ShapeError),
    ],
    reference="mean((a - b)^2)",
)


def mse_loss(prediction: Any, target: Any, reduction: Reduction = "mean") -> Any:
    """The mean of (prediction - target)^2.

    prediction, target: one shape   returns () by reduction="mean" or "sum", that shape by "none"

    Raises ShapeError for shapes that would broadcast, which is seldom meant.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.mse_loss(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    np.float64(2.0)
    """
    shape = shape_of(prediction)
    check_same_shape("mse_loss", shape, shape_of(target))
    if reduction == "mean" and shape and 0 not in shape:
        return mean_square(prediction, target)
    return reduced(squared_difference(prediction, target), reduction)


logit_loss = elementwise(
    # softplus(a) - a b
    lambda a, b: softplus_forward(a) - a * b,
    lambda a, b: squashed(a) - b,
    lambda a: -a,
    scalar=lambda a, b: max(a, 0.0) - a * b + math.log1p(math.exp(-abs(a))),
    name="bce_with_logits",
    domain=((-2.0, 2.0), (0.0, 1.0)),
    real=True,
)


def bce_with_logits(
    scores: Any, target: Any, reduction: Reduction = "mean", *, weight: Any = None, pos_weight: Any = None
) -> Any:
    """-t log p - (1 - t) log(1 - p) with p = sigmoid(scores), without overflow: the loss of yes-or-no classifiers.

    scores, target: one shape, targets in 0 ... 1   returns () by reduction="mean" or "sum", that shape by "none"

    weight      multiplies the losses   pos_weight  multiplies the first term; both broadcast

    Raises ShapeError for shapes that would broadcast, which is seldom meant.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.bce_with_logits(np.array([0.0]), np.array([1.0])) == np.log(2)
    np.True_
    """
    check_same_shape("bce_with_logits", shape_of(scores), shape_of(target))
    losses = logit_loss(scores, target)
    if pos_weight is not None:
        losses = losses + (pos_weight - 1) * target * soft_rectified(-scores)
    if weight is not None:
        losses = losses * weight
    return reduced(losses, reduction)
