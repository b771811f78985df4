"""How far apart vectors are, and their directions."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.errors import ShapeError

from ..settings import numeric

__all__ = ["cosine_similarity", "normalize", "pairwise_distance", "pdist"]


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """The cosine of the angle between vectors along an axis: x1 · x2 / (max(|x1|, eps) max(|x2|, eps)).

    x1, x2: of shapes that broadcast   returns that shape without the axis

    >>> import nn, numpy as np
    >>> nn.functional.cosine_similarity(np.array([1.0, 0.0]), np.array([[3.0, 4.0], [0.0, -2.0]]), dim=-1)
    array([0.6, 0. ])
    """
    x1, x2 = np.broadcast_arrays(*alike(x1, x2, "cosine_similarity"))
    return np.sum(normalize(x1, dim=dim, eps=eps) * normalize(x2, dim=dim, eps=eps), axis=dim)


def normalize(input: Any, p: float = 2.0, dim: Any = 1, eps: float = 1e-12) -> Any:
    """The vectors along an axis divided by their norm: x / max(|x|_p, eps).

    dim   an axis or several

    >>> import nn, numpy as np
    >>> nn.functional.normalize(np.array([[3.0, 4.0], [0.0, 0.0]]))
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    x = floating(input, "normalize")
    return x / np.maximum(np.linalg.vector_norm(x, axis=dim, ord=p, keepdims=True), eps)


def pairwise_distance(x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Any:
    """|x1 - x2 + eps|_p along the last axis.

    x1, x2: of shapes that broadcast   returns that shape without its last axis, or with length 1 there by keepdim

    >>> import nn, numpy as np
    >>> nn.functional.pairwise_distance(np.array([[3.0, 0.0]]), np.array([0.0, 4.0]), eps=0.0)
    array([5.])
    """
    x1, x2 = alike(x1, x2, "pairwise_distance")
    return np.linalg.vector_norm(x1 - x2 + eps, axis=-1, ord=p, keepdims=keepdim)


def pdist(input: Any, p: float = 2.0) -> Any:
    """The distances between all pairs of rows: |x_i - x_j|_p for i < j.

    input: (N, M)   returns (N (N - 1) / 2,), first those of row 0

    At equal rows the gradient is 0, by least norm. Raises ShapeError for what is no matrix.

    >>> import nn, numpy as np
    >>> nn.functional.pdist(np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
    array([5.        , 1.        , 4.24264069])
    """
    x = floating(input, "pdist")
    if x.ndim != 2:
        raise ShapeError(f"pdist takes the rows of a matrix, and was given shape {tuple(x.shape)}")
    i, j = np.triu_indices(len(x), 1)
    return np.linalg.vector_norm(x[i] - x[j], axis=-1, ord=p)


def alike(x1: Any, x2: Any, asked: str) -> tuple[Any, Any]:
    """Two inputs of shapes that broadcast."""
    x1, x2 = floating(x1, asked), floating(x2, asked)
    try:
        np.broadcast_shapes(x1.shape, x2.shape)
    except ValueError as error:
        raise ShapeError(
            f"{asked} compares vectors of shapes that broadcast, and was given {tuple(x1.shape)} and {tuple(x2.shape)}"
        ) from error
    return x1, x2


def floating(x: Any, asked: str) -> Any:
    """An input as numbers that have a norm in their own dtype."""
    x = numeric(x, asked)
    return x if x.dtype.kind in "fc" else x.astype(float)
