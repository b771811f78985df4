"""What a model is to make small."""

from __future__ import annotations

from typing import Any

from .. import functional as F
from ..functional.losses import REDUCTIONS, Reduction
from ..module import Module
from ..settings import one_of

__all__ = ["BCEWithLogitsLoss", "CrossEntropyLoss", "MSELoss"]


class CrossEntropyLoss(Module):
    """-log softmax(input)[target]: how surprised a classifier is by the right answers.

    input: (N, C) logits, (C,) or (N, C, ...)   target: the classes, (N,), () or (N, ...), or probabilities like input
    weight            (C,), how much each class counts; the mean is weighted then
    ignore_index      examples with this class do not count
    reduction         "mean", "sum" or "none"
    label_smoothing   how much of each target is spread evenly over all classes

    >>> import nn, numpy as np
    >>> float(nn.CrossEntropyLoss()(np.array([[0.0, 0.0]]), np.array([1])))
    0.6931471805599453
    """

    weight: Any

    def __init__(
        self,
        weight: Any = None,
        ignore_index: int = -100,
        reduction: Reduction = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        self.register_buffer("weight", weight)
        self.ignore_index, self.label_smoothing = ignore_index, label_smoothing
        self.reduction = one_of(reduction, "reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.cross_entropy(input, target, self.weight, self.ignore_index, self.reduction, self.label_smoothing)


class MSELoss(Module):
    """(input - target)**2, and of these the mean, the sum, or with "none" all of them.

    input, target: one shape   returns (), or that shape by "none"

    Raises ShapeError for two shapes: broadcast, each prediction would be compared with every target.

    >>> import nn, numpy as np
    >>> nn.MSELoss()(np.array([1.0, 3.0]), [1.0, 1.0])
    np.float64(2.0)
    """

    def __init__(self, reduction: Reduction = "mean") -> None:
        self.reduction = one_of(reduction, "reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.mse_loss(input, target, self.reduction)


class BCEWithLogitsLoss(Module):
    """Cross entropy of yes-or-no answers: -y log sigmoid(x) - (1 - y) log(1 - sigmoid(x)) for logits x and targets y.

    weight       how much each element counts, broadcast
    pos_weight   how much the answer yes counts, broadcast
    reduction    "mean", "sum" or "none"

    input, target: one shape, targets in 0 ... 1   returns (), or that shape by "none"

    >>> import nn, numpy as np
    >>> nn.BCEWithLogitsLoss()(np.array([0.0, 1000.0]), [1, 1]) == np.log(2) / 2
    np.True_
    """

    weight: Any
    pos_weight: Any

    def __init__(self, weight: Any = None, reduction: Reduction = "mean", pos_weight: Any = None) -> None:
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)
        self.reduction = one_of(reduction, "reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.binary_cross_entropy_with_logits(input, target, self.weight, self.reduction, self.pos_weight)
