"""Keeping gradients within bounds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import GradientError

from ..errors import KindError
from ..settings import described, parameters_in, within


def get_total_norm(tensors: Iterable[Any], norm_type: float = 2.0, error_if_nonfinite: bool = False) -> float:
    """The norm of all elements of some gradients together.

    norm_type   2 for the Euclidean norm, inf for the largest size, p for the p-th root of the sum of p-th powers
    Raises GradientError for a norm that is infinite or undefined, if asked to.

    >>> import nn, numpy as np
    >>> nn.utils.get_total_norm([np.array([3.0]), np.array([0.0, 4.0])])
    5.0
    """
    arrays = [np.ravel(g.data if isinstance(g, ag.Value) else g) for g in tensors]
    norms = [np.linalg.norm(a.astype(float) if a.dtype == np.float16 else a, norm_type) for a in arrays]
    norm = float(np.linalg.norm(np.array(norms, float), norm_type)) if norms else 0.0
    if error_if_nonfinite and not np.isfinite(norm):
        raise GradientError(f"the norm of the gradients is {norm}: look for the cause, or lower lr")
    return norm


def clip_grads_with_norm_(parameters: Any, max_norm: float, total_norm: float) -> None:
    """Scale all gradients together, given the norm that they have, so that it is at most max_norm.

    >>> import nn
    >>> w = nn.Parameter([0.0, 0.0])
    >>> w.grad = [3.0, 4.0]
    >>> nn.utils.clip_grads_with_norm_([w], 1.0, total_norm=5.0)
    >>> w.grad
    tensor([0.6, 0.8], dtype=float32)
    """
    within(max_norm, "the largest norm of gradients, max_norm,", 0)
    if not total_norm <= max_norm:
        for p in owners(parameters, "clip_grads_with_norm_"):
            p.grad = p.grad * (max_norm / total_norm)


def clip_grad_norm_(
    parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> float:
    """Scale all gradients together so that their norm is at most max_norm; returns the norm that they had.

    norm_type   2 for the Euclidean norm over all elements, inf for the largest
    Raises GradientError for a norm that is infinite or undefined, if asked to.

    They end with max_norm itself, where PyTorch's, which adds 1e-6 to the norm, end a little below.

    >>> import nn
    >>> w = nn.Parameter([3.0, 4.0])
    >>> (w * w / 2).sum().backward()
    >>> nn.utils.clip_grad_norm_([w], 1.0)
    5.0
    >>> w.grad
    tensor([0.6, 0.8], dtype=float32)
    """
    found = owners(parameters, "clip_grad_norm_")
    norm = get_total_norm([p.grad for p in found], norm_type, error_if_nonfinite)
    clip_grads_with_norm_(found, max_norm, norm)
    return norm


def clip_grad_value_(parameters: Any, clip_value: float) -> None:
    """Cut each element of the gradients to the range from -clip_value to clip_value.

    >>> import nn
    >>> w = nn.Parameter([0.0, 0.0])
    >>> w.grad = [0.5, -4.0]
    >>> nn.utils.clip_grad_value_([w], 1.0)
    >>> w.grad
    tensor([ 0.5, -1. ], dtype=float32)
    """
    most = float(within(clip_value, "clip_grad_value_: clip_value", 0))
    for p in owners(parameters, "clip_grad_value_"):
        p.grad = np.clip(p.grad, -most, most)


def owners(parameters: Any, name: str) -> list[Any]:
    """Those of the parameters, or of the single one, that have a gradient."""
    values = [parameters] if isinstance(parameters, (ag.Tensor, ag.Scalar)) else parameters_in(parameters, name)
    for p in values:
        if not isinstance(p, (ag.Tensor, ag.Scalar)):
            raise KindError(f"{name} takes Tensors or Scalars, and was given {described(p)}: pass parameters")
    return [p for p in values if p.grad is not None]
