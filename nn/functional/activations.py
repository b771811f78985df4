"""Smooth nonlinearities, element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import ops

from ..settings import numeric, with_inplace

__all__ = ["arctan", "gelu", "logsigmoid", "mish", "sigmoid", "silu", "softplus", "softsign", "tanh", "tanhshrink"]

sigmoid = ops.sigmoid
silu = with_inplace(ops.silu)
gelu = ops.gelu
tanh = ag.tanh
arctan = ag.arctan


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """log(1 + exp(beta x)) / beta, without overflow.

    threshold   from beta x = threshold on it is x itself; with the 20 of the default that is the same number to nine
                digits, and no choice is made

    >>> import nn, numpy as np
    >>> nn.functional.softplus(np.array([-1000.0, 1000.0]), beta=2.0)
    array([   0., 1000.])
    """
    smooth = ops.softplus(input) if beta == 1 else ops.softplus(numeric(input, "softplus") * beta) / beta
    return smooth if threshold >= 20 else np.where(input * beta > threshold, input, smooth)


def logsigmoid(input: Any) -> Any:
    """log(sigmoid(x)), without overflow.

    >>> import nn, numpy as np
    >>> nn.functional.logsigmoid(np.array([-1000.0, 1000.0]))
    array([-1000.,    -0.])
    """
    return -ops.softplus(-numeric(input, "logsigmoid"))


@with_inplace
def mish(input: Any) -> Any:
    """x tanh(log(1 + exp(x))). Misra 2020.

    >>> import nn, numpy as np
    >>> nn.functional.mish(np.array([0.0, 100.0]))
    array([  0., 100.])
    """
    input = numeric(input, "mish")
    return input * np.tanh(ops.softplus(input))


def softsign(input: Any) -> Any:
    """x / (1 + |x|), between -1 and 1.

    >>> import nn, numpy as np
    >>> nn.functional.softsign(np.array([-1.0, 3.0]))
    array([-0.5 ,  0.75])
    """
    input = numeric(input, "softsign")
    return input / (1 + np.abs(input))


def tanhshrink(input: Any) -> Any:
    """x - tanh(x).

    >>> import nn, numpy as np
    >>> nn.functional.tanhshrink(np.array([0.0, 100.0]))
    array([ 0., 99.])
    """
    input = numeric(input, "tanhshrink")
    return input - np.tanh(input)
