"""Smooth nonlinearities, element by element."""

from __future__ import annotations

from typing import Any

from .. import functional as F
from ..module import Module
from ..settings import one_of

__all__ = [
    "GELU", "Arctan", "LogSigmoid", "Mish", "SiLU", "Sigmoid", "Softplus", "Softsign", "Tanh", "Tanhshrink",
]  # fmt: skip


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

    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace

    def forward(self, x: Any) -> Any:
        return F.silu(x)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


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
    """log(1 + exp(beta x)) / beta, without overflow; from beta x = threshold on, if below 20, x itself.

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


class Mish(Module):
    """x tanh(log(1 + exp(x))). Misra 2020.

    >>> import nn, numpy as np
    >>> nn.Mish()(np.array([0.0, 100.0]))
    array([  0., 100.])
    """

    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace

    def forward(self, x: Any) -> Any:
        return F.mish(x)

    def extra_repr(self) -> str:
        return "inplace=True" if self.inplace else ""


class LogSigmoid(Module):
    """log(sigmoid(x)), without overflow.

    >>> import nn, numpy as np
    >>> nn.LogSigmoid()(np.array([-1000.0, 1000.0]))
    array([-1000.,    -0.])
    """

    def forward(self, x: Any) -> Any:
        return F.logsigmoid(x)


class Softsign(Module):
    """x / (1 + |x|), between -1 and 1.

    >>> import nn, numpy as np
    >>> nn.Softsign()(np.array([-1.0, 3.0]))
    array([-0.5 ,  0.75])
    """

    def forward(self, x: Any) -> Any:
        return F.softsign(x)


class Tanhshrink(Module):
    """x - tanh(x).

    >>> import nn, numpy as np
    >>> nn.Tanhshrink()(np.array([0.0, 100.0]))
    array([ 0., 99.])
    """

    def forward(self, x: Any) -> Any:
        return F.tanhshrink(x)


class Arctan(Module):
    """arctan(x), between -pi/2 and pi/2.

    >>> import nn, numpy as np
    >>> nn.Arctan()(np.array([0.0, np.inf])).round(4)
    array([0.    , 1.5708])
    """

    def forward(self, x: Any) -> Any:
        return F.arctan(x)
