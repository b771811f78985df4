"""Affine and bilinear functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core import ops
from autograd_core.errors import ShapeError

from ..settings import numeric

__all__ = ["bilinear", "linear"]

linear = ops.linear


def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Any:
    """y_k = sum over i, j of input1_i weight_kij input2_j, plus bias_k.

    input1: (..., n)   input2: (..., m)   weight: (outputs, n, m)   bias: (outputs,)   returns (..., outputs)

    >>> import nn, numpy as np
    >>> nn.functional.bilinear(np.array([1.0, 2.0]), np.array([3.0]), np.ones((1, 2, 1)))
    array([9.])
    """
    x1, x2, w = numeric(input1, "bilinear"), numeric(input2, "bilinear"), numeric(weight, "bilinear")
    if w.ndim != 3 or x1.shape[:-1] != x2.shape[:-1] or (*x1.shape[-1:], *x2.shape[-1:]) != w.shape[1:]:
        raise ShapeError(
            f"bilinear takes inputs (..., n) and (..., m) and a weight (outputs, n, m), and was given "
            f"{tuple(x1.shape)}, {tuple(x2.shape)} and {tuple(w.shape)}"
        )
    across = np.tensordot(x1, w, (-1, 1))  # (..., outputs, m): one product of matrices for all outputs
    y = np.matmul(across, x2[..., None])[..., 0]
    return y if bias is None else y + bias
