"""Losses of pairs and triples: what belongs together shall be close, what does not at least a margin apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_core import ops
from autograd_core.errors import ShapeError

from ..settings import above_0, numeric
from .distances import pairwise_distance
from .losses import Reduction, alike, paired, reduced

__all__ = [
    "cosine_embedding_loss", "hinge_embedding_loss", "margin_ranking_loss", "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
]  # fmt: skip


def hinge_embedding_loss(input: Any, target: Any, margin: float = 1.0, reduction: Reduction = "mean") -> Any:
    """x where the target is 1, max(0, margin - x) where it is -1, for distances x. Hadsell et al. 2006.

    >>> import nn, numpy as np
    >>> nn.functional.hinge_embedding_loss(np.array([0.25, 0.25]), [1, -1], reduction="none")
    array([0.25, 0.75])
    """
    x, target = paired(input, target, "hinge_embedding_loss")
    apart = np.where(target != 1, ops.relu(margin - x), 0.0)
    return reduced(apart + np.where(target != -1, x, 0.0), reduction)


def cosine_embedding_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: Reduction = "mean"
) -> Any:
    """1 - c where the target is 1, max(0, c - margin) where it is -1, for the cosine c of the angle between two vectors.

    input1, input2: (N, D) or (D,)   target: (N,) or ()   returns (), or the shape of target by "none"

    >>> import nn, numpy as np
    >>> nn.functional.cosine_embedding_loss(np.array([1.0, 0.0]), np.array([3.0, 4.0]), np.array(1)).round(4)
    np.float64(0.4)
    """
    a = numeric(input1, "cosine_embedding_loss")
    b, target = alike(input2, a), alike(target, a)
    if a.ndim not in (1, 2) or b.shape != a.shape or target.shape not in (a.shape[:-1], (1,) * (a.ndim - 1)):
        raise ShapeError(
            f"cosine_embedding_loss takes vectors (N, D) and targets (N,), or (D,) and (), and was given {tuple(a.shape)}, "
            f"{tuple(b.shape)} and {tuple(target.shape)}"
        )
    tiny = 1e-12
    lengths = (np.sum(a * a, axis=-1) + tiny) * (np.sum(b * b, axis=-1) + tiny)
    cosine = np.sum(a * b, axis=-1) / np.sqrt(lengths)
    return reduced(
        np.where(target == 1, 1 - cosine, 0.0) + np.where(target == -1, ops.relu(cosine - margin), 0.0), reduction
    )


def margin_ranking_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: Reduction = "mean"
) -> Any:
    """max(0, -t (x1 - x2) + margin): x1 shall be the larger where the target t is 1, x2 where it is -1.

    >>> import nn, numpy as np
    >>> nn.functional.margin_ranking_loss(np.array([1.0]), np.array([3.0]), np.array([1]))
    np.float64(2.0)
    """
    x1, x2 = paired(input1, input2, "margin_ranking_loss")
    target = alike(target, x1)
    if target.shape not in (x1.shape, (), (1,)):
        raise ShapeError(
            f"margin_ranking_loss takes one target for each pair, or one for all, and was given pairs of shape {tuple(x1.shape)} "
            f"and targets {tuple(target.shape)}"
        )
    return reduced(ops.relu(-target * (x1 - x2) + margin), reduction)


def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: Reduction = "mean",
) -> Any:
    """max(0, d(anchor, positive) - d(anchor, negative) + margin), with the distance |x - y + eps|_p along the last axis.

    swap   the negative's distance is that to the anchor or to the positive, whichever is less

    Balntas et al. 2016. Raises SettingError unless margin > 0.

    >>> import nn, numpy as np
    >>> a, b, c = np.zeros(2), np.array([3.0, 4.0]), np.array([0.0, 5.0])
    >>> nn.functional.triplet_margin_loss(a, b, c, eps=0.0)
    np.float64(1.0)
    """

    def distance(x: Any, y: Any) -> Any:
        return pairwise_distance(x, y, p, eps)

    return triplet_margin_with_distance_loss(
        anchor, positive, negative, distance_function=distance, margin=margin, swap=swap, reduction=reduction
    )


def triplet_margin_with_distance_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    *,
    distance_function: Callable[[Any, Any], Any] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: Reduction = "mean",
) -> Any:
    """triplet_margin_loss with a distance of one's own; `pairwise_distance` by default.

    >>> import nn, numpy as np
    >>> a, b, c = np.array([0.0]), np.array([2.0]), np.array([2.5])
    >>> nn.functional.triplet_margin_with_distance_loss(a, b, c, distance_function=lambda x, y: np.abs(x - y))
    np.float64(0.5)
    """
    above_0(margin, "triplet margin loss: margin")
    distance = pairwise_distance if distance_function is None else distance_function
    close, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = np.minimum(far, distance(positive, negative))
    return reduced(ops.relu(close - far + margin), reduction)
