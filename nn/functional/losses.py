"""What a model is to make small."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import autograd_core as ag
from autograd_core import ops

from ..settings import numeric

__all__ = ["binary_cross_entropy_with_logits", "cross_entropy", "mse_loss"]

Reduction: TypeAlias = Literal["mean", "sum", "none"]
REDUCTIONS = ("mean", "sum", "none")


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
    if weight is None and ignore_index == -100 and not label_smoothing:
        return ops.cross_entropy(input, target, reduction)
    options = {"weight": weight, "ignore_index": ignore_index, "label_smoothing": label_smoothing}
    return ops.cross_entropy(input, target, reduction, **options)


def mse_loss(input: Any, target: Any, reduction: Reduction = "mean") -> Any:
    """(input - target)**2, reduced; raises ShapeError unless both have one shape.

    >>> import nn, numpy as np
    >>> nn.functional.mse_loss(np.array([1.0, 3.0]), [1.0, 1.0], "sum")
    np.float64(4.0)
    """
    input = numeric(input, "mse_loss")
    return ops.mse_loss(input, alike(target, input), reduction)


def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, reduction: Reduction = "mean", pos_weight: Any = None
) -> Any:
    """-t log sigmoid(x) - (1 - t) log(1 - sigmoid(x)), reduced; see `nn.BCEWithLogitsLoss`.

    >>> import nn, numpy as np
    >>> nn.functional.binary_cross_entropy_with_logits(np.array([0.0]), [1]) == np.log(2)
    np.True_
    """
    input = numeric(input, "binary_cross_entropy_with_logits")
    return ops.bce_with_logits(input, alike(target, input), reduction, weight=weight, pos_weight=pos_weight)


def alike(target: Any, input: Any) -> Any:
    """Targets in the dtype of the predictions: plain numbers and arrays are converted, Tensors are what they are."""
    if isinstance(target, ag.Value):
        return target
    array = numeric(target, "the target of a loss")
    # integer predictions would cut the fractions of their targets off
    return array.astype(input.dtype) if array.dtype.kind in "biuf" and input.dtype.kind in "fc" else array
