"""Losses of pairs and triples: what belongs together shall be close, what does not at least a margin apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import functional as F
from ..functional.losses import REDUCTIONS, Reduction
from ..module import Module
from ..settings import above_0, number, one_of
from .distances import PairwiseDistance

__all__ = [
    "CosineEmbeddingLoss", "HingeEmbeddingLoss", "MarginRankingLoss", "TripletMarginLoss", "TripletMarginWithDistanceLoss",
]  # fmt: skip


class HingeEmbeddingLoss(Module):
    """x where the target is 1, max(0, margin - x) where it is -1, for distances x. Hadsell et al. 2006.

    >>> import nn, numpy as np
    >>> nn.HingeEmbeddingLoss(reduction="none")(np.array([0.25, 0.25]), [1, -1])
    array([0.25, 0.75])
    """

    def __init__(self, margin: float = 1.0, reduction: Reduction = "mean") -> None:
        self.margin = number(margin, "HingeEmbeddingLoss: margin")
        self.reduction = one_of(reduction, "HingeEmbeddingLoss: reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.hinge_embedding_loss(input, target, self.margin, self.reduction)


class CosineEmbeddingLoss(Module):
    """1 - c where the target is 1, max(0, c - margin) where it is -1, for the cosine c of the angle between two vectors.

    input1, input2: (N, D) or (D,)   target: (N,) or ()   returns (), or the shape of target by "none"

    >>> import nn, numpy as np
    >>> nn.CosineEmbeddingLoss()(np.array([1.0, 0.0]), np.array([3.0, 4.0]), np.array(1)).round(4)
    np.float64(0.4)
    """

    def __init__(self, margin: float = 0.0, reduction: Reduction = "mean") -> None:
        self.margin = number(margin, "CosineEmbeddingLoss: margin")
        self.reduction = one_of(reduction, "CosineEmbeddingLoss: reduction", REDUCTIONS)

    def forward(self, input1: Any, input2: Any, target: Any) -> Any:
        return F.cosine_embedding_loss(input1, input2, target, self.margin, self.reduction)


class MarginRankingLoss(Module):
    """max(0, -t (x1 - x2) + margin): x1 shall be the larger where the target t is 1, x2 where it is -1.

    >>> import nn, numpy as np
    >>> nn.MarginRankingLoss()(np.array([1.0]), np.array([3.0]), np.array([1]))
    np.float64(2.0)
    """

    def __init__(self, margin: float = 0.0, reduction: Reduction = "mean") -> None:
        self.margin = number(margin, "MarginRankingLoss: margin")
        self.reduction = one_of(reduction, "MarginRankingLoss: reduction", REDUCTIONS)

    def forward(self, input1: Any, input2: Any, target: Any) -> Any:
        return F.margin_ranking_loss(input1, input2, target, self.margin, self.reduction)


class TripletMarginLoss(Module):
    """max(0, d(anchor, positive) - d(anchor, negative) + margin), with the distance |x - y + eps|_p along the last axis.

    swap   the negative's distance is that to the anchor or to the positive, whichever is less

    Balntas et al. 2016. Raises SettingError unless margin > 0.

    >>> import nn, numpy as np
    >>> nn.TripletMarginLoss(eps=0.0)(np.zeros(2), np.array([3.0, 4.0]), np.array([0.0, 5.0]))
    np.float64(1.0)
    """

    def __init__(
        self, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6, swap: bool = False, reduction: Reduction = "mean"
    ) -> None:
        self.margin = above_0(margin, "TripletMarginLoss: margin")
        self.p = number(p, "TripletMarginLoss: p")
        self.eps = number(eps, "TripletMarginLoss: eps")
        self.swap = swap
        self.reduction = one_of(reduction, "TripletMarginLoss: reduction", REDUCTIONS)

    def forward(self, anchor: Any, positive: Any, negative: Any) -> Any:
        return F.triplet_margin_loss(
            anchor, positive, negative, self.margin, self.p, self.eps, self.swap, self.reduction
        )


class TripletMarginWithDistanceLoss(Module):
    """TripletMarginLoss with a distance of one's own: a function or module of two inputs; PairwiseDistance by default.

    >>> import nn, numpy as np
    >>> loss = nn.TripletMarginWithDistanceLoss(distance_function=lambda x, y: np.abs(x - y))
    >>> loss(np.array([0.0]), np.array([2.0]), np.array([2.5]))
    np.float64(0.5)
    """

    def __init__(
        self,
        *,
        distance_function: Callable[[Any, Any], Any] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: Reduction = "mean",
    ) -> None:
        self.distance_function = PairwiseDistance() if distance_function is None else distance_function
        self.margin, self.swap = above_0(margin, "TripletMarginWithDistanceLoss: margin"), swap
        self.reduction = one_of(reduction, "TripletMarginWithDistanceLoss: reduction", REDUCTIONS)

    def forward(self, anchor: Any, positive: Any, negative: Any) -> Any:
        options = {"margin": self.margin, "swap": self.swap, "reduction": self.reduction}
        return F.triplet_margin_with_distance_loss(
            anchor, positive, negative, distance_function=self.distance_function, **options
        )
