"""Nonlinearities with a kink or a jump: relu and what is like it, shrinkage, steps."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import ops

from ..random import stream
from ..settings import numeric, ordered, with_inplace

__all__ = [
    "celu", "elu", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu", "prelu", "relu", "relu6", "rrelu", "selu",
    "sign", "softshrink", "step", "threshold",
]  # fmt: skip

relu = with_inplace(ops.relu)
leaky_relu = with_inplace(ops.leaky_relu)
elu = with_inplace(ops.elu)
hardtanh = with_inplace(ops.hardtanh)
hardsigmoid = with_inplace(ops.hardsigmoid)
threshold = with_inplace(ops.threshold)
hardshrink = ops.hardshrink
softshrink = ops.softshrink
step = ops.step
sign = ag.sign

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805


@with_inplace
def relu6(input: Any) -> Any:
    """x between 0 and 6.

    >>> import nn, numpy as np
    >>> nn.functional.relu6(np.array([-1.0, 2.0, 7.0]))
    array([0., 2., 6.])
    """
    return ops.hardtanh(input, 0.0, 6.0)


@with_inplace
def selu(input: Any) -> Any:
    """1.0507 elu(x, 1.67326): activations keep mean 0 and variance 1 from layer to layer. Klambauer et al. 2017.

    >>> import nn, numpy as np
    >>> nn.functional.selu(np.array([1.0, 2.0]))
    array([1.05070099, 2.10140197])
    """
    return SELU_SCALE * ops.elu(input, SELU_ALPHA)


@with_inplace
def celu(input: Any, alpha: float = 1.0) -> Any:
    """x where it is positive, else alpha (exp(x / alpha) - 1), whose slope at 0 is 1. Barron 2017.

    >>> import nn, numpy as np
    >>> nn.functional.celu(np.array([-2.0, 3.0]), alpha=2.0).round(4)
    array([-1.2642,  3.    ])
    """
    return ops.elu(numeric(input, "celu") / alpha, 1.0) * alpha


def prelu(input: Any, weight: Any) -> Any:
    """x where it is positive, else weight x; see `nn.PReLU`.

    input: (N, C, ...), or any shape with one weight   weight: (C,) or (1,)

    >>> import nn, numpy as np
    >>> nn.functional.prelu(np.array([[-1.0, 2.0]]), np.array([0.5, 0.25]))
    array([[-0.5,  2. ]])
    """
    input, weight = numeric(input, "prelu"), numeric(weight, "prelu: weight")
    if weight.size > 1 and input.ndim > 1:
        weight = np.reshape(weight, (-1, *[1] * (input.ndim - 2)))
    elif weight.ndim:
        weight = np.reshape(weight, ()) if weight.size == 1 else weight
    return ops.leaky_relu(input, weight)


@with_inplace
def rrelu(input: Any, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, generator: Any = None) -> Any:
    """x where it is positive, else x times a slope: in training a uniform random number for each element, else the mean.

    Xu et al. 2015. Raises SettingError unless lower <= upper.

    >>> import nn, numpy as np
    >>> nn.functional.rrelu(np.array([-48.0, 1.0]))
    array([-11.,   1.])
    """
    ordered(lower, upper, "rrelu: lower and upper")
    if not training:
        return ops.leaky_relu(input, (lower + upper) / 2)
    input = numeric(input, "rrelu")
    slopes = np.asarray(stream(generator).uniform(lower, upper, input.shape)).astype(input.dtype)
    slopes.flags.writeable = False  # so that the record need not copy it
    return ops.leaky_relu(input, slopes)


@with_inplace
def hardswish(input: Any) -> Any:
    """x hardsigmoid(x): silu made of straight pieces and a parabola. Howard et al. 2019.

    >>> import nn, numpy as np
    >>> nn.functional.hardswish(np.array([-4.0, 0.0, 4.0]))
    array([-0.,  0.,  4.])
    """
    input = numeric(input, "hardswish")
    return input * ops.hardsigmoid(input)
