"""Products that sum over axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dispatch import answers
from ..families import multilinear


def matmul_first(g: Any, a_like: Any, b: Any) -> Any:
    """The transpose of a -> a @ b; a 1-D operand stands for a row (first) or a column (second)."""
    if b.ndim == 1:
        return np.expand_dims(g, -1) * b
    if a_like.ndim == 1:
        return np.matmul(b, np.expand_dims(g, -1))[..., 0]
    return np.matmul(g, np.swapaxes(b, -1, -2))


def matmul_second(g: Any, a: Any, b_like: Any) -> Any:
    """The transpose of b -> a @ b."""
    if a.ndim == 1:
        return np.expand_dims(a, -1) * np.expand_dims(g, -2) if b_like.ndim > 1 else g * a
    if b_like.ndim == 1:
        return np.matmul(np.swapaxes(a, -1, -2), np.expand_dims(g, -1))[..., 0]
    return np.matmul(np.swapaxes(a, -1, -2), g)


matmul = answers(np.matmul)(multilinear(np.matmul, matmul_first, matmul_second))
