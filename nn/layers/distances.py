"""How far apart vectors are."""

from __future__ import annotations

from typing import Any

from .. import functional as F
from ..module import Module
from ..settings import number, whole

__all__ = ["CosineSimilarity", "PairwiseDistance"]


class CosineSimilarity(Module):
    """The cosine of the angle between vectors along the axis `dim`; sizes are at least eps.

    x1, x2: of shapes that broadcast   returns that shape without the axis

    >>> import nn, numpy as np
    >>> nn.CosineSimilarity()(np.array([[3.0, 4.0]]), np.array([[1.0, 0.0]]))
    array([0.6])
    """

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        self.dim = whole(dim, "CosineSimilarity: dim", float("-inf"))
        self.eps = number(eps, "CosineSimilarity: eps")

    def forward(self, x1: Any, x2: Any) -> Any:
        return F.cosine_similarity(x1, x2, self.dim, self.eps)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, eps={self.eps}"


class PairwiseDistance(Module):
    """|x1 - x2 + eps|_p along the last axis.

    x1, x2: of shapes that broadcast   returns that shape without its last axis, or with length 1 there by keepdim

    >>> import nn, numpy as np
    >>> nn.PairwiseDistance(eps=0.0)(np.array([[3.0, 0.0]]), np.array([[0.0, 4.0]]))
    array([5.])
    """

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        self.norm = number(p, "PairwiseDistance: p")
        self.eps, self.keepdim = number(eps, "PairwiseDistance: eps"), keepdim

    def forward(self, x1: Any, x2: Any) -> Any:
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)

    def extra_repr(self) -> str:
        return f"p={self.norm}, eps={self.eps}" + (", keepdim=True" if self.keepdim else "")
