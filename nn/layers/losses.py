"""What a model is to make small: how far predictions are from their targets, element by element."""

from __future__ import annotations

from typing import Any, Literal

from .. import functional as F
from ..functional.losses import REDUCTIONS, Reduction
from ..module import Module
from ..settings import number, one_of, within

__all__ = [
    "BCELoss", "BCEWithLogitsLoss", "GaussianNLLLoss", "HuberLoss", "KLDivLoss",
    "L1Loss", "MSELoss", "PoissonNLLLoss", "SmoothL1Loss", "SoftMarginLoss",
]  # fmt: skip


class L1Loss(Module):
    """|input - target|, and of these the mean, the sum, or with "none" all of them; the slope at 0 is 0.

    input, target: one shape   returns (), or that shape by "none"

    >>> import nn, numpy as np
    >>> nn.L1Loss()(np.array([1.0, 3.0]), [1.0, 1.0])
    np.float64(1.0)
    """

    def __init__(self, reduction: Reduction = "mean") -> None:
        self.reduction = one_of(reduction, "L1Loss: reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.l1_loss(input, target, self.reduction)


class MSELoss(Module):
    """(input - target)**2, and of these the mean, the sum, or with "none" all of them.

    input, target: one shape   returns (), or that shape by "none"

    Raises ShapeError for two shapes: broadcast, each prediction would be compared with every target.

    >>> import nn, numpy as np
    >>> nn.MSELoss()(np.array([1.0, 3.0]), [1.0, 1.0])
    np.float64(2.0)
    """

    def __init__(self, reduction: Reduction = "mean") -> None:
        self.reduction = one_of(reduction, "MSELoss: reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.mse_loss(input, target, self.reduction)


class HuberLoss(Module):
    """e**2 / 2 where the error e = input - target is small, |e| < delta, else delta (|e| - delta / 2). Huber 1964.

    input, target: one shape   returns (), or that shape by "none"

    >>> import nn, numpy as np
    >>> nn.HuberLoss(reduction="none")(np.array([0.5, 3.0]), [0.0, 0.0])
    array([0.125, 2.5  ])
    """

    def __init__(self, reduction: Reduction = "mean", delta: float = 1.0) -> None:
        self.delta = within(delta, "HuberLoss: delta", 0)
        self.reduction = one_of(reduction, "HuberLoss: reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.huber_loss(input, target, self.reduction, self.delta)


class SmoothL1Loss(Module):
    """|e| - beta / 2 for the error e = input - target, with a parabola where |e| < beta. Girshick 2015.

    input, target: one shape   returns (), or that shape by "none"

    >>> import nn, numpy as np
    >>> nn.SmoothL1Loss(reduction="none", beta=2.0)(np.array([0.5, 3.0]), [0.0, 0.0])
    array([0.0625, 2.    ])
    """

    def __init__(self, reduction: Reduction = "mean", beta: float = 1.0) -> None:
        self.beta = within(beta, "SmoothL1Loss: beta", 0)
        self.reduction = one_of(reduction, "SmoothL1Loss: reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.smooth_l1_loss(input, target, self.reduction, self.beta)


class BCELoss(Module):
    """Cross entropy of yes-or-no answers: -t log p - (1 - t) log(1 - p) for probabilities p; logarithms are at least -100.

    weight   how much each element counts, broadcast

    input, target: one shape   returns (), or that shape by "none"

    From logits take `BCEWithLogitsLoss`, which does not lose digits. Raises SettingError for p outside 0 ... 1.

    >>> import nn, numpy as np
    >>> nn.BCELoss(reduction="none")(np.array([0.5, 0.0]), [1, 1]).round(4)
    array([  0.6931, 100.    ])
    """

    weight: Any

    def __init__(self, weight: Any = None, reduction: Reduction = "mean") -> None:
        self.register_buffer("weight", weight)
        self.reduction = one_of(reduction, "BCELoss: reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.binary_cross_entropy(input, target, self.weight, self.reduction)


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
        self.reduction = one_of(reduction, "BCEWithLogitsLoss: reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.binary_cross_entropy_with_logits(input, target, self.weight, self.reduction, self.pos_weight)


class SoftMarginLoss(Module):
    """log(1 + exp(-t x)) for scores x and targets t of -1 and 1.

    input, target: one shape   returns (), or that shape by "none"

    >>> import nn, numpy as np
    >>> nn.SoftMarginLoss()(np.array([0.0]), [1]) == np.log(2)
    np.True_
    """

    def __init__(self, reduction: Reduction = "mean") -> None:
        self.reduction = one_of(reduction, "SoftMarginLoss: reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.soft_margin_loss(input, target, self.reduction)


class KLDivLoss(Module):
    """t (log t - x) for log-probabilities x and probabilities t: how far the first are from the second.

    reduction    "batchmean" divides the sum by the number of examples, as the Kullback-Leibler divergence is defined;
                 "mean", "sum" or "none"
    log_target   the targets are log-probabilities, too

    >>> import nn, numpy as np
    >>> nn.KLDivLoss("batchmean")(np.log([[0.5, 0.5]]), np.array([[1.0, 0.0]])) == np.log(2)
    np.True_
    """

    def __init__(
        self, reduction: Literal["mean", "batchmean", "sum", "none"] = "mean", log_target: bool = False
    ) -> None:
        self.log_target = log_target
        self.reduction = one_of(reduction, "KLDivLoss: reduction", (*REDUCTIONS, "batchmean"))

    def forward(self, input: Any, target: Any) -> Any:
        return F.kl_div(input, target, self.reduction, self.log_target)


class PoissonNLLLoss(Module):
    """How unlikely counts are by Poisson's law, but for log(target!): exp(x) - t x for logarithms x of the rates.

    log_input   False: x are the rates themselves, x - t log(x + eps)
    full        add Stirling's t log t - t + log(2 pi t) / 2 where t > 1

    >>> import nn, numpy as np
    >>> nn.PoissonNLLLoss()(np.array([0.0]), [3.0])
    np.float64(1.0)
    """

    def __init__(
        self, log_input: bool = True, full: bool = False, eps: float = 1e-8, reduction: Reduction = "mean"
    ) -> None:
        self.log_input = log_input
        self.full = full
        self.eps = number(eps, "PoissonNLLLoss: eps")
        self.reduction = one_of(reduction, "PoissonNLLLoss: reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any) -> Any:
        return F.poisson_nll_loss(input, target, self.log_input, self.full, self.eps, self.reduction)


class GaussianNLLLoss(Module):
    """How unlikely targets are by normal laws of given means and variances v: (log v + (x - t)**2 / v) / 2.

    full   add log(2 pi) / 2
    eps    variances count as at least this

    var: a number, or of the shape of input, or without its last axis, or with length 1 there

    Nix and Weigend 1994. Raises SettingError for negative variances.

    >>> import nn, numpy as np
    >>> nn.GaussianNLLLoss(reduction="none")(np.array([1.0, 2.0]), [1.0, 1.0], np.ones(2))
    array([0. , 0.5])
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: Reduction = "mean") -> None:
        self.full = full
        self.eps = within(eps, "GaussianNLLLoss: eps", 0)
        self.reduction = one_of(reduction, "GaussianNLLLoss: reduction", REDUCTIONS)

    def forward(self, input: Any, target: Any, var: Any) -> Any:
        return F.gaussian_nll_loss(input, target, var, self.full, self.eps, self.reduction)
