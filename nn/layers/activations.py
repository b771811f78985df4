"""Nonlinearities, elementwise or along one axis."""

from __future__ import annotations

from typing import Any

from .. import functional as F
from ..module import Module
from ..settings import one_of

__all__ = ["GELU", "LogSoftmax", "ReLU", "SiLU", "Sigmoid", "Softmax", "Softplus", "Tanh"]


class ReLU(Module):
    """max(x, 0); its slope at 0 is 0.

    >>> import nn, numpy as np
    >>> nn.ReLU()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def forward(self, x: Any) -> Any:
        return F.relu(x)


class Tanh(Module):
    """tanh(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x)), between -1 and 1.

    >>> import nn, numpy as np
    >>> nn.Tanh()(np.array([0.0, 100.0]))
    array([0., 1.])
    """

    def forward(self, x: Any) -> Any:
        return F.tanh(x)


class Sigmoid(Module):
    """1 / (1 + exp(-x)), between 0 and 1, without overflow.

    >>> import nn, numpy as np
    >>> nn.Sigmoid()(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """

    def forward(self, x: Any) -> Any:
        return F.sigmoid(x)


class SiLU(Module):
    """x * sigmoid(x), also called swish. Elfwing et al. 2017.

    >>> import nn, numpy as np
    >>> nn.SiLU()(np.array([0.0, 100.0]))
    array([  0., 100.])
    """

    def forward(self, x: Any) -> Any:
        return F.silu(x)


class GELU(Module):
    """x * P(Z <= x) for a standard normal Z: x / 2 * (1 + erf(x / sqrt(2))). Hendrycks and Gimpel 2016.

    approximate   "tanh" for x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x**3))), else "none"

    >>> import nn, numpy as np
    >>> nn.GELU()(np.array([-10.0, 0.0, 1.0])).round(4)
    array([-0.    ,  0.    ,  0.8413])
    """

    def __init__(self, approximate: str = "none") -> None:
        self.approximate = one_of(approximate, "GELU: approximate", ("none", "tanh"))

    def forward(self, x: Any) -> Any:
        return F.gelu(x, self.approximate)

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class Softplus(Module):
    """log(1 + exp(beta x)) / beta, without overflow; beyond `threshold` PyTorch's is x, which is the same number.

    >>> import nn, numpy as np
    >>> nn.Softplus()(np.array([-1000.0, 1000.0]))
    array([   0., 1000.])
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        self.beta, self.threshold = beta, threshold

    def forward(self, x: Any) -> Any:
        return F.softplus(x, self.beta, self.threshold)

    def extra_repr(self) -> str:
        return f"beta={self.beta}, threshold={self.threshold}"


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
