"""Keeping gradients within bounds."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import GradientError

from ..errors import KindError
from ..settings import described, parameters_in, within


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
    owners = with_gradient(parameters, "clip_grad_norm_")
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


def clip_grad_value_(parameters: Any, clip_value: float) -> None:
    """Bring every element of every gradient into -clip_value ... clip_value.

    Raises SettingError for a negative bound.

    >>> import nn
    >>> w = nn.Parameter([3.0, -0.5])
    >>> (w * w / 2).sum().backward()
    >>> nn.utils.clip_grad_value_([w], 1.0)
    >>> w.grad
    tensor([ 1. , -0.5], dtype=float32)
    """
    within(clip_value, "clip_grad_value_: clip_value", 0)
    for p in with_gradient(parameters, "clip_grad_value_"):
        p.grad = np.clip(p.grad, -clip_value, clip_value)


def with_gradient(parameters: Any, asked: str) -> list[Any]:
    """Those of the parameters that have a gradient."""
    single = isinstance(parameters, (ag.Tensor, ag.Scalar))
    values = [parameters] if single else parameters_in(parameters, asked)
    for p in values:
        if not isinstance(p, (ag.Tensor, ag.Scalar)):
            raise KindError(f"{asked} takes Tensors or Scalars, and was given {described(p)}: pass parameters")
    return [p for p in values if p.grad is not None]
