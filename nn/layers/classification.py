"""Losses of classifiers, of single examples and of sequences."""

from __future__ import annotations

import math
from typing import Any

from .. import functional as F
from ..functional.losses import REDUCTIONS, Reduction
from ..module import Module
from ..settings import number, one_of, whole, within

__all__ = [
    "CTCLoss", "CrossEntropyLoss", "MultiLabelMarginLoss", "MultiLabelSoftMarginLoss", "MultiMarginLoss", "NLLLoss",
]  # fmt: skip


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
        self.ignore_index = whole(ignore_index, "CrossEntropyLoss: ignore_index", -math.inf)
        self.label_smoothing = within(label_smoothing, "CrossEntropyLoss: label_smoothing", 0, 1)
        self.reduction = one_of(reduction, "CrossEntropyLoss: reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.cross_entropy(input, target, self.weight, self.ignore_index, self.reduction, self.label_smoothing)


class NLLLoss(Module):
    """-input[target], for log-probabilities such as LogSoftmax gives.

    input: (N, C), (C,) or (N, C, ...)   target: the classes, (N,), () or (N, ...)   returns (), or the shape of target
    weight         (C,), how much each class counts; the mean is weighted then
    ignore_index   examples with this class do not count

    >>> import nn, numpy as np
    >>> nn.NLLLoss()(np.log([[0.25, 0.75]]), np.array([1])) == -np.log(0.75)
    np.True_
    """

    weight: Any

    def __init__(self, weight: Any = None, ignore_index: int = -100, reduction: Reduction = "mean") -> None:
        self.register_buffer("weight", weight)
        self.ignore_index = whole(ignore_index, "NLLLoss: ignore_index", -math.inf)
        self.reduction = one_of(reduction, "NLLLoss: reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.nll_loss(input, target, self.weight, self.ignore_index, self.reduction)


class MultiMarginLoss(Module):
    """By how much wrong classes come within a margin of the right one y: sum over i != y of max(0, margin - x_y + x_i)**p / C.

    input: (N, C) or (C,) scores   target: (N,) or () classes   weight: (C,), of the right class   returns (), or (N,)

    Crammer and Singer 2001. Raises SettingError unless p is 1 or 2.

    >>> import nn, numpy as np
    >>> nn.MultiMarginLoss()(np.array([[0.5, 1.0]]), np.array([1]))
    np.float64(0.25)
    """

    weight: Any

    def __init__(self, p: int = 1, margin: float = 1.0, weight: Any = None, reduction: Reduction = "mean") -> None:
        self.p = one_of(p, "MultiMarginLoss: p", (1, 2))
        self.margin = number(margin, "MultiMarginLoss: margin")
        self.register_buffer("weight", weight)
        self.reduction = one_of(reduction, "MultiMarginLoss: reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.multi_margin_loss(input, target, self.p, self.margin, self.weight, self.reduction)


class MultiLabelMarginLoss(Module):
    """By how much wrong classes i come within 1 of right ones j: the sum of max(0, 1 - x_j + x_i) / C over all such pairs.

    input: (N, C) or (C,) scores   target: that shape, the right classes, and -1 behind the last   returns (), or (N,)

    >>> import nn, numpy as np
    >>> nn.MultiLabelMarginLoss()(np.array([0.1, 0.2, 0.4, 0.8]), np.array([3, 0, -1, 1])).round(4)
    np.float64(0.85)
    """

    def __init__(self, reduction: Reduction = "mean") -> None:
        self.reduction = one_of(reduction, "MultiLabelMarginLoss: reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.multilabel_margin_loss(input, target, self.reduction)


class MultiLabelSoftMarginLoss(Module):
    """The mean over the classes of -t log sigmoid(x) - (1 - t) log(1 - sigmoid(x)), for targets t of 0 and 1.

    input, target: (N, C)   weight: (C,)   returns (), or (N,) by "none"

    >>> import nn, numpy as np
    >>> nn.MultiLabelSoftMarginLoss()(np.zeros((1, 3)), np.array([[0, 1, 0]])) == np.log(2)
    np.True_
    """

    weight: Any

    def __init__(self, weight: Any = None, reduction: Reduction = "mean") -> None:
        self.register_buffer("weight", weight)
        self.reduction = one_of(reduction, "MultiLabelSoftMarginLoss: reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.multilabel_soft_margin_loss(input, target, self.weight, self.reduction)


class CTCLoss(Module):
    """-log of the probability of all paths that spell a target, once repetitions are merged and blanks left out.

    blank           the class that stands for no label
    reduction       "mean" divides each loss by the length of its target first
    zero_infinity   targets that no path can spell, being too long, do not count

    log_probs: (T, N, C) or (T, C), as LogSoftmax gives them   targets: (N, S), or all of them in one row, without blanks
    input_lengths, target_lengths: (N,), how much of each counts   returns (), or (N,) by "none"

    Graves et al. 2006. Raises ShapeError for lengths that do not fit, SettingError for labels that are no class.

    >>> import nn, numpy as np
    >>> log_probs = np.log(np.full((2, 1, 2), 0.5))  # of four paths the three that have an "a" spell it
    >>> nn.CTCLoss()(log_probs, np.array([[1]]), [2], [1]) == -np.log(0.75)
    np.True_
    """

    def __init__(self, blank: int = 0, reduction: Reduction = "mean", zero_infinity: bool = False) -> None:
        self.blank = whole(blank, "CTCLoss: blank")
        self.zero_infinity = zero_infinity
        self.reduction = one_of(reduction, "CTCLoss: reduction", REDUCTIONS)

    def forward(self, log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any) -> Any:
        return F.ctc_loss(
            log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction, self.zero_infinity
        )
