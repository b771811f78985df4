"""Nonlinearities, elementwise or along one axis."""

from __future__ import annotations

from typing import Any

import autograd_core as ag
from autograd_core import ops

from ..settings import numeric

__all__ = ["gelu", "log_softmax", "relu", "sigmoid", "silu", "softmax", "softplus", "tanh"]

relu = ops.relu
sigmoid = ops.sigmoid
silu = ops.silu
gelu = ops.gelu
tanh = ag.tanh


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """log(1 + exp(beta x)) / beta, without overflow.

    threshold   where PyTorch goes over to x, which is the same number to the last digits: not needed here

    >>> import nn, numpy as np
    >>> nn.functional.softplus(np.array([-1000.0, 1000.0]), beta=2.0)
    array([   0., 1000.])
    """
    return ops.softplus(input) if beta == 1 else ops.softplus(numeric(input, "softplus") * beta) / beta


def softmax(input: Any, dim: int = -1) -> Any:
    """exp(x) / sum(exp(x)) along the axis `dim`; the shape of x.

    >>> import nn, numpy as np
    >>> nn.functional.softmax(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    return ops.softmax(input, axis=dim)


def log_softmax(input: Any, dim: int = -1) -> Any:
    """x - log(sum(exp(x))) along the axis `dim`; the shape of x.

    >>> import nn, numpy as np
    >>> nn.functional.log_softmax(np.array([1000.0, 0.0]))
    array([    0., -1000.])
    """
    return ops.log_softmax(input, axis=dim)
