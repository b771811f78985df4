"""Keeping gradients within bounds."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import GradientError

from ..errors import KindError
from ..settings import described, parameters_in


def clip_grad_norm_(
    parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> float:
    """Scale all gradients together so that their norm is at most max_norm; returns the norm that they had.

    norm_type   2 for the Euclidean norm over all elements, inf for the largest
    Raises GradientError for a norm that is infinite or undefined, if asked to.

    >>> import nn
    >>> w = nn.Parameter([3.0, 4.0])
    >>> (w * w / 2).sum().backward()
    >>> nn.utils.clip_grad_norm_([w], 1.0)
    5.0
    >>> w.grad
    tensor([0.6, 0.8], dtype=float32)
    """
    single = isinstance(parameters, (ag.Tensor, ag.Scalar))
    values = [parameters] if single else parameters_in(parameters, "clip_grad_norm_")
    for p in values:
        if not isinstance(p, (ag.Tensor, ag.Scalar)):
            raise KindError(f"clip_grad_norm_ takes Tensors or Scalars, and was given {described(p)}: pass parameters")
    owners = [p for p in values if p.grad is not None]
    norms = [
        np.linalg.norm(np.ravel(p.grad if isinstance(p, ag.Scalar) else p.grad.numpy()), norm_type) for p in owners
    ]
    norm = float(np.linalg.norm(np.array(norms, float), norm_type)) if norms else 0.0
    if error_if_nonfinite and not np.isfinite(norm):
        raise GradientError(
            f"the norm of the gradients is {norm}, so they cannot be scaled to {max_norm}: look for the cause, or lower lr"
        )
    if norm > max_norm or np.isnan(norm):
        for p in owners:
            p.grad = p.grad * (max_norm / norm)
    return norm
