"""Starting values, written into a parameter in place; names and formulas of `torch.nn.init`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ShapeError

from .errors import KindError
from .random import stream
from .settings import one_of, within

__all__ = [
    "calculate_gain", "constant_", "kaiming_normal_", "kaiming_uniform_", "normal_", "ones_", "trunc_normal_",
    "uniform_", "xavier_normal_", "xavier_uniform_", "zeros_",
]  # fmt: skip

GAINS = {
    "linear": 1.0, "conv1d": 1.0, "conv2d": 1.0, "conv3d": 1.0, "sigmoid": 1.0,
    "tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4,
}  # fmt: skip


def uniform_(tensor: Any, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Any:
    """Fill with numbers drawn uniformly from [a, b); returns the tensor.

    >>> import nn
    >>> w = nn.init.uniform_(nn.Parameter([0.0, 0.0]), -1, 1, generator=0)
    >>> bool((abs(w) <= 1).all())
    True
    """
    return written(tensor, stream(generator).random(shape_of(tensor)) * (b - a) + a)


def normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Any:
    """Fill with numbers drawn from N(mean, std^2); returns the tensor.

    >>> import nn
    >>> nn.init.normal_(nn.Parameter([0.0, 0.0]), mean=3.0, std=0.0)
    tensor([3., 3.], dtype=float32, requires_grad=True)
    """
    return written(tensor, stream(generator).normal(mean, within(std, "normal_: std", 0), shape_of(tensor)))


def trunc_normal_(
    tensor: Any, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Any:
    """Fill with numbers drawn from N(mean, std^2), again until they lie in [a, b]; returns the tensor.

    >>> import nn
    >>> w = nn.init.trunc_normal_(nn.Parameter([0.0] * 100), a=-0.5, b=0.5)
    >>> bool((abs(w) <= 0.5).all())
    True
    """
    random = stream(generator)
    values = random.normal(mean, within(std, "trunc_normal_: std", 0), shape_of(tensor))
    while np.any(outside := (values < a) | (values > b)):
        values[outside] = random.normal(mean, std, np.count_nonzero(outside))
    return written(tensor, values)


def constant_(tensor: Any, val: float) -> Any:
    """Fill with one number; returns the tensor.

    >>> import nn
    >>> nn.init.constant_(nn.Parameter([0.0, 0.0]), 0.5)
    tensor([0.5, 0.5], dtype=float32, requires_grad=True)
    """
    return written(tensor, val)


def zeros_(tensor: Any) -> Any:
    """Fill with 0; returns the tensor.

    >>> import nn
    >>> nn.init.zeros_(nn.Parameter([1.0, 2.0]))
    tensor([0., 0.], dtype=float32, requires_grad=True)
    """
    return written(tensor, 0)


def ones_(tensor: Any) -> Any:
    """Fill with 1; returns the tensor.

    >>> import nn
    >>> nn.init.ones_(nn.Parameter([0.0, 2.0]))
    tensor([1., 1.], dtype=float32, requires_grad=True)
    """
    return written(tensor, 1)


def xavier_uniform_(tensor: Any, gain: float = 1.0, generator: Any = None) -> Any:
    """U(-b, b) with b = gain * sqrt(6 / (fan_in + fan_out)); returns the tensor. Glorot and Bengio 2010.

    tensor: (outputs, inputs, *window)

    >>> import nn
    >>> w = nn.init.xavier_uniform_(nn.Linear(2, 4).weight)
    >>> bool((abs(w) <= 1).all())
    True
    """
    bound = gain * math.sqrt(6 / sum(fans(shape_of(tensor))))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Any, gain: float = 1.0, generator: Any = None) -> Any:
    """N(0, s^2) with s = gain * sqrt(2 / (fan_in + fan_out)); returns the tensor. Glorot and Bengio 2010.

    tensor: (outputs, inputs, *window)

    >>> import nn
    >>> nn.init.xavier_normal_(nn.Linear(2, 4).weight, generator=0).shape
    (4, 2)
    """
    return normal_(tensor, 0.0, gain * math.sqrt(2 / sum(fans(shape_of(tensor)))), generator)


def kaiming_uniform_(
    tensor: Any, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Any:
    """U(-b, b) with b = gain * sqrt(3 / fan); returns the tensor. He et al. 2015.

    a              the slope of a leaky relu below 0
    mode           "fan_in" keeps the size of values on the way forward, "fan_out" that of gradients on the way back
    nonlinearity   what follows: its gain, see `calculate_gain`

    >>> import nn
    >>> w = nn.init.kaiming_uniform_(nn.Linear(6, 4).weight, nonlinearity="relu")
    >>> bool((abs(w) <= 1).all())
    True
    """
    bound = calculate_gain(nonlinearity, a) * math.sqrt(3 / fan_of(shape_of(tensor), mode))
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Any, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Any:
    """N(0, s^2) with s = gain / sqrt(fan), see `kaiming_uniform_`; returns the tensor.

    >>> import nn
    >>> nn.init.kaiming_normal_(nn.Conv2d(3, 8, 5).weight, mode="fan_out", nonlinearity="relu").shape
    (8, 3, 5, 5)
    """
    return normal_(tensor, 0.0, calculate_gain(nonlinearity, a) / math.sqrt(fan_of(shape_of(tensor), mode)), generator)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By how much weights must be larger so that values keep their size through a nonlinearity.

    >>> calculate_gain("relu") ** 2
    2.0000000000000004
    """
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + (0.01 if param is None else param) ** 2))
    return GAINS[one_of(nonlinearity, "nonlinearity, whose gain is asked,", ("leaky_relu", *GAINS))]


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """How many inputs an output has, and how many outputs an input; for weights of shape (outputs, inputs, *window).

    >>> fans((16, 3, 5, 5))
    (75, 400)
    """
    if len(shape) < 2:
        raise ShapeError(
            f"fan-in and fan-out need a weight of shape (outputs, inputs, ...), and this one is {tuple(shape)}: start "
            "vectors with uniform_, normal_ or zeros_"
        )
    window = math.prod(shape[2:])
    return shape[1] * window, shape[0] * window


def fan_of(shape: Sequence[int], mode: str) -> int:
    return fans(shape)[one_of(mode, "mode", ("fan_in", "fan_out")) == "fan_out"]


def shape_of(tensor: Any) -> tuple[int, ...]:
    if not isinstance(tensor, ag.Tensor):
        raise KindError(
            f"an initialiser writes into a Tensor, and was given a {type(tensor).__name__}: make one with "
            "nn.Parameter(values)"
        )
    return tensor.shape


def written(tensor: Any, values: Any) -> Any:
    shape_of(tensor)
    ag.writable(tensor)[...] = values
    return tensor
