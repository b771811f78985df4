"""Nonlinearities along one axis."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_core import ops
from autograd_core.errors import ShapeError

from ..errors import SettingError
from ..random import stream
from ..settings import numeric, whole

__all__ = ["glu", "gumbel_softmax", "log_softmax", "softmax", "softmin"]


def softmax(input: Any, dim: int = -1) -> Any:
    """exp(x) / sum(exp(x)) along the axis `dim`; the shape of x.

    >>> import nn, numpy as np
    >>> nn.functional.softmax(np.array([1000.0, 1000.0]))
    array([0.5, 0.5])
    """
    return ops.softmax(input, axis=an_axis(dim, "softmax"))


def softmin(input: Any, dim: int = -1) -> Any:
    """softmax(-x): the smallest element gets the most.

    >>> import nn, numpy as np
    >>> nn.functional.softmin(np.array([0.0, 1000.0]))
    array([1., 0.])
    """
    return ops.softmax(-numeric(input, "softmin"), axis=an_axis(dim, "softmin"))


def log_softmax(input: Any, dim: int = -1) -> Any:
    """x - log(sum(exp(x))) along the axis `dim`; the shape of x.

    >>> import nn, numpy as np
    >>> nn.functional.log_softmax(np.array([1000.0, 0.0]))
    array([    0., -1000.])
    """
    return ops.log_softmax(input, axis=an_axis(dim, "log_softmax"))


def gumbel_softmax(input: Any, tau: float = 1.0, hard: bool = False, dim: int = -1, generator: Any = None) -> Any:
    """A random choice along the axis `dim` by the probabilities softmax(input), made soft so that it has a gradient.

        softmax((x + G) / tau),   G = -log(-log(U)) for uniform U

    hard   one-hot in value, with the gradient of the soft choice

    Jang et al. 2017; Maddison et al. 2017.

    >>> import nn, numpy as np
    >>> nn.functional.gumbel_softmax(np.array([0.0, 1000.0]), hard=True)
    array([0., 1.])
    """
    input = numeric(input, "gumbel_softmax")
    noise = np.asarray(stream(generator).gumbel(size=input.shape)).astype(input.dtype)
    soft = ops.softmax((input + noise) / tau, axis=dim)
    if not hard:
        return soft
    numbers = soft.detach().numpy() if hasattr(soft, "detach") else soft
    chosen = np.zeros_like(numbers)
    np.put_along_axis(chosen, np.argmax(numbers, axis=dim, keepdims=True), 1, axis=dim)
    return chosen + (soft - numbers)


def glu(input: Any, dim: int = -1) -> Any:
    """a sigmoid(b) for the two halves a, b of x along the axis `dim`. Dauphin et al. 2017.

    Raises ShapeError unless that axis can be halved.

    >>> import nn, numpy as np
    >>> nn.functional.glu(np.array([1.0, 2.0, 0.0, 0.0]))
    array([0.5, 1. ])
    """
    input = numeric(input, "glu")
    if not -input.ndim <= an_axis(dim, "glu") < input.ndim or input.shape[dim] % 2:
        raise ShapeError(
            f"glu halves axis {dim}, and was given shape {tuple(input.shape)}: give an axis of even length"
        )
    a, b = np.split(input, 2, axis=dim)
    return a * ops.sigmoid(b)


def an_axis(dim: Any, asked: str) -> Any:
    """The number of an axis; None would mean all of them to NumPy, and to PyTorch one that depends on their number."""
    if type(dim) is int:
        return dim
    if dim is None:
        raise SettingError(f"{asked}: dim is None: give the axis, such as -1")
    return whole(dim, f"{asked}: dim", -math.inf)
