"""Nonlinearities along one axis."""

from __future__ import annotations

from typing import Any

from autograd_core.errors import ShapeError

from .. import functional as F
from ..module import Module
from ..settings import numeric

__all__ = ["GLU", "LogSoftmax", "Softmax", "Softmax2d", "Softmin"]


class Softmax(Module):
    """exp(x) / sum(exp(x)) along the axis `dim`; the shape of x.

    >>> import nn, numpy as np
    >>> nn.Softmax(dim=1)(np.array([[0.0, 0.0], [1000.0, 0.0]]))
    array([[0.5, 0.5],
           [1. , 0. ]])
    """

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, x: Any) -> Any:
        return F.softmax(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """x - log(sum(exp(x))) along the axis `dim`, the log of softmax without overflow; the shape of x.

    >>> import nn, numpy as np
    >>> nn.LogSoftmax(dim=0)(np.array([1000.0, 0.0]))
    array([    0., -1000.])
    """

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, x: Any) -> Any:
        return F.log_softmax(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmin(Module):
    """softmax(-x) along the axis `dim`: the smallest element gets the most.

    >>> import nn, numpy as np
    >>> nn.Softmin()(np.array([0.0, 1000.0]))
    array([1., 0.])
    """

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, x: Any) -> Any:
        return F.softmin(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax2d(Module):
    """Softmax over the channels at each place of an image.

    x: (N, C, H, W) or (C, H, W)   returns the shape of x; raises ShapeError for others

    >>> import nn, numpy as np
    >>> nn.Softmax2d()(np.zeros((2, 1, 1)))[:, 0, 0]
    array([0.5, 0.5])
    """

    def forward(self, x: Any) -> Any:
        x = numeric(x, "Softmax2d")
        if x.ndim not in (3, 4):
            raise ShapeError(f"Softmax2d takes (N, C, H, W) or (C, H, W), and was given {tuple(x.shape)}")
        return F.softmax(x, -3)


class GLU(Module):
    """a sigmoid(b) for the two halves a, b of x along the axis `dim`. Dauphin et al. 2017.

    >>> import nn, numpy as np
    >>> nn.GLU()(np.array([1.0, 2.0, 0.0, 0.0]))
    array([0.5, 1. ])
    """

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, x: Any) -> Any:
        return F.glu(x, self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"
