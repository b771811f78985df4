"""Starting values, written into a parameter in place; names and formulas of `torch.nn.init`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ShapeError

from .random import stream

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
    return written(tensor, stream(generator).random(tensor.shape) * (b - a) + a)


def normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Any:
    """Fill with normal numbers; returns the tensor."""
    return written(tensor, stream(generator).normal(mean, std, tensor.shape))


def trunc_normal_(
    tensor: Any, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Any:
    """Fill with normal numbers, drawn again until they lie in [a, b]; returns the tensor."""
    random = stream(generator)
    values = random.normal(mean, std, tensor.shape)
    while np.any(outside := (values < a) | (values > b)):
        values[outside] = random.normal(mean, std, np.count_nonzero(outside))
    return written(tensor, values)


def constant_(tensor: Any, val: float) -> Any:
    """Fill with one number; returns the tensor."""
    return written(tensor, val)


def zeros_(tensor: Any) -> Any:
    """Fill with 0; returns the tensor."""
    return written(tensor, 0)


def ones_(tensor: Any) -> Any:
    """Fill with 1; returns the tensor."""
    return written(tensor, 1)


def xavier_uniform_(tensor: Any, gain: float = 1.0, generator: Any = None) -> Any:
    """U(-b, b) with b = gain * sqrt(6 / (fan_in + fan_out)); returns the tensor. Glorot and Bengio 2010."""
    bound = gain * math.sqrt(6 / sum(fans(tensor.shape)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Any, gain: float = 1.0, generator: Any = None) -> Any:
    """N(0, s) with s = gain * sqrt(2 / (fan_in + fan_out)); returns the tensor. Glorot and Bengio 2010."""
    return normal_(tensor, 0.0, gain * math.sqrt(2 / sum(fans(tensor.shape))), generator)


def kaiming_uniform_(
    tensor: Any, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Any:
    """U(-b, b) with b = gain * sqrt(3 / fan); returns the tensor. He et al. 2015.

    a              the slope of a leaky relu below 0
    mode           "fan_in" keeps the size of values on the way forward, "fan_out" that of gradients on the way back
    nonlinearity   what follows: its gain, see `calculate_gain`
    """
    bound = calculate_gain(nonlinearity, a) * math.sqrt(3 / fan_of(tensor.shape, mode))
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Any, a: float = 0.0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Any:
    """N(0, s) with s = gain / sqrt(fan), see `kaiming_uniform_`; returns the tensor."""
    return normal_(tensor, 0.0, calculate_gain(nonlinearity, a) / math.sqrt(fan_of(tensor.shape, mode)), generator)


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """By how much weights must be larger so that values keep their size through a nonlinearity.

    >>> calculate_gain("relu") ** 2
    2.0000000000000004
    """
    if nonlinearity == "leaky_relu":
        return math.sqrt(2 / (1 + (0.01 if param is None else param) ** 2))
    if nonlinearity not in GAINS:
        raise ValueError(f"no gain is known for {nonlinearity!r}: choose among leaky_relu, {', '.join(GAINS)}")
    return GAINS[nonlinearity]


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """How many inputs an output has, and how many outputs an input; for weights of shape (outputs, inputs, *window).

    >>> fans((16, 3, 5, 5))
    (75, 400)
    """
    if len(shape) < 2:
        raise ShapeError(
            f"fan-in and fan-out need a weight of 2 dimensions or more, (outputs, inputs, ...), not {tuple(shape)}"
        )
    window = math.prod(shape[2:])
    return shape[1] * window, shape[0] * window


def fan_of(shape: Sequence[int], mode: str) -> int:
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f'mode must be "fan_in" or "fan_out", not {mode!r}')
    return fans(shape)[mode == "fan_out"]


def written(tensor: Any, values: Any) -> Any:
    ag.writable(tensor)[...] = values
    return tensor
