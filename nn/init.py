"""Starting values, written into a parameter in place; names and formulas of `torch.nn.init`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ShapeError

from .errors import KindError, SettingError
from .random import stream
from .settings import number, one_of, whole, within

__all__ = [
    "calculate_gain", "constant_", "dirac_", "eye_", "kaiming_normal_", "kaiming_uniform_", "normal_", "ones_",
    "orthogonal_", "sparse_", "trunc_normal_", "uniform_", "xavier_normal_", "xavier_uniform_", "zeros_",
]  # fmt: skip

GAINS = {
    "linear": 1.0, "conv1d": 1.0, "conv2d": 1.0, "conv3d": 1.0, "conv_transpose1d": 1.0, "conv_transpose2d": 1.0,
    "conv_transpose3d": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2), "selu": 3 / 4,
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

    Raises SettingError where fewer than one in a thousand would.

    >>> import nn
    >>> w = nn.init.trunc_normal_(nn.Parameter([0.0] * 100), a=-0.5, b=0.5)
    >>> bool((abs(w) <= 0.5).all())
    True
    """
    random, shape = stream(generator), shape_of(tensor)
    scale = math.sqrt(2) * within(std, "trunc_normal_: std", 0)
    below = [math.erf((end - mean) / scale) if scale else float(np.sign(end - mean)) for end in (a, b)]
    if not below[1] - below[0] > 2e-3:
        raise SettingError(
            f"trunc_normal_: hardly a number of mean {mean} and std {std} lies between {a} and {b}: give bounds around the "
            "mean, or take uniform_"
        )
    values = random.normal(mean, std, shape)
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


def eye_(tensor: Any) -> Any:
    """Fill a matrix with the identity; returns the tensor. A Linear layer passes on its inputs then.

    >>> import nn
    >>> nn.init.eye_(nn.Linear(3, 2).weight).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    return written(tensor, np.eye(*matrix_of(tensor, "eye_")))


def dirac_(tensor: Any, groups: int = 1) -> Any:
    """Fill the weight of a convolution so that it passes on as many channels as it can; returns the tensor.

    tensor: (outputs, inputs, *window), with one to three axes of windows
    groups   those of the convolution, each of which passes on its own

    >>> import nn, numpy as np
    >>> layer = nn.Conv1d(2, 2, 3, padding=1, bias=False)
    >>> weight = nn.init.dirac_(layer.weight)
    >>> layer(np.ones((2, 4))).tolist()
    [[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]]
    """
    shape, groups = shape_of(tensor), whole(groups, "dirac_: groups", 1)
    if len(shape) not in (3, 4, 5) or shape[0] % groups:
        raise ShapeError(
            f"dirac_ fills weights of shape (outputs, inputs, *window) whose outputs make {groups} equal groups, and this one "
            f"is {shape}"
        )
    values, middle = np.zeros(shape), [size // 2 for size in shape[2:]]
    channels = np.arange(min(shape[0] // groups, shape[1]))
    for first in range(0, shape[0], max(shape[0] // groups, 1)):
        place: tuple[Any, ...] = (first + channels, channels, *middle)
        values[place] = 1
    return written(tensor, values)


def orthogonal_(tensor: Any, gain: float = 1.0, generator: Any = None) -> Any:
    """Fill with gain times a random matrix whose rows, or columns if there are more rows, are orthonormal; returns the tensor.

    tensor: (rows, ...), whose other axes together are the columns

    The factor Q of a matrix of normal numbers, with signs that make it uniform (Mezzadri 2007). Saxe et al. 2014.

    >>> import nn, numpy as np
    >>> w = nn.init.orthogonal_(nn.Linear(3, 2).weight, generator=0)
    >>> bool(np.allclose(w @ w.mT, np.eye(2), atol=1e-6))
    True
    """
    shape = shape_of(tensor)
    if len(shape) < 2:
        raise ShapeError(f"orthogonal_ fills matrices, and arrays of more axes, and this one is {shape}: take normal_")
    rows, columns = shape[0], math.prod(shape[1:])
    q, r = np.linalg.qr(stream(generator).normal(size=(max(rows, columns), min(rows, columns))))
    q *= np.copysign(1, np.diagonal(r))
    return written(tensor, number(gain, "orthogonal_: gain") * (q if rows >= columns else q.T).reshape(shape))


def sparse_(tensor: Any, sparsity: float, std: float = 0.01, generator: Any = None) -> Any:
    """Fill a matrix with numbers drawn from N(0, std^2), but with 0 in a part of each column; returns the tensor.

    sparsity   that part, rounded up to whole elements; which ones is drawn, too

    Martens 2010.

    >>> import nn, numpy as np
    >>> w = nn.init.sparse_(nn.Linear(2, 10).weight, sparsity=0.3)
    >>> np.sum(w.numpy() == 0, axis=0).tolist()
    [3, 3]
    """
    shape, random = matrix_of(tensor, "sparse_"), stream(generator)
    zeros = math.ceil(within(sparsity, "sparse_: sparsity", 0, 1) * shape[0])
    values = random.normal(0.0, within(std, "sparse_: std", 0), shape)
    values[np.argsort(random.random(shape), axis=0) < zeros] = 0
    return written(tensor, values)


def xavier_uniform_(tensor: Any, gain: float = 1.0, generator: Any = None) -> Any:
    """U(-b, b) with b = gain * sqrt(6 / (fan_in + fan_out)); returns the tensor. Glorot and Bengio 2010.

    tensor: (outputs, inputs, *window)

    >>> import nn
    >>> w = nn.init.xavier_uniform_(nn.Linear(2, 4).weight)
    >>> bool((abs(w) <= 1).all())
    True
    """
    bound = number(gain, "xavier_uniform_: gain") * math.sqrt(6 / (sum(fans(shape_of(tensor))) or 1))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Any, gain: float = 1.0, generator: Any = None) -> Any:
    """N(0, s^2) with s = gain * sqrt(2 / (fan_in + fan_out)); returns the tensor. Glorot and Bengio 2010.

    tensor: (outputs, inputs, *window)

    >>> import nn
    >>> nn.init.xavier_normal_(nn.Linear(2, 4).weight, generator=0).shape
    (4, 2)
    """
    return normal_(
        tensor, 0.0, number(gain, "xavier_normal_: gain") * math.sqrt(2 / (sum(fans(shape_of(tensor))) or 1)), generator
    )


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
        slope: float = 0.01 if param is None else number(param, "calculate_gain: param, the slope below 0,")
        return math.sqrt(2 / (1 + slope**2))
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
    """The one that a mode names; 1 where it is 0, since there is nothing to fill then."""
    return fans(shape)[one_of(mode, "mode", ("fan_in", "fan_out")) == "fan_out"] or 1


def matrix_of(tensor: Any, name: str) -> tuple[int, int]:
    """The shape of a matrix."""
    shape = shape_of(tensor)
    if len(shape) != 2:
        raise ShapeError(f"{name} fills matrices, and this one is of shape {shape}")
    return shape[0], shape[1]


def shape_of(tensor: Any) -> tuple[int, ...]:
    if not isinstance(tensor, ag.Tensor):
        raise KindError(
            f"an initialiser writes into a Tensor, and was given a {type(tensor).__name__}: pass the parameter itself, "
            "not its .data, or make one with nn.Parameter(values)"
        )
    return tensor.shape


def written(tensor: Any, values: Any) -> Any:
    shape_of(tensor)
    ag.writable(tensor)[...] = values
    return tensor
