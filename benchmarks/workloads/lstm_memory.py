"""Memory of backpropagation through 1,000 steps of an LSTM written by hand, batch of 32."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.steps import Step, normal

Function = Callable[[Any], Any]

STEPS, BATCH, INPUTS, HIDDEN = 1000, 32, 64, 128


def lstm(sigmoid: Function, tanh: Function, xs: Any, h: Any, w: Any, u: Any, b: Any) -> Any:
    """The mean square of the last state.  xs: (steps, batch, inputs)  h: (batch, hidden), zero: also the first cell."""
    c = h
    for x in xs:
        gates = x @ w + h @ u + b
        i, f, o = (sigmoid(gates[:, k * HIDDEN : (k + 1) * HIDDEN]) for k in range(3))
        c = f * c + i * tanh(gates[:, 3 * HIDDEN :])
        h = o * tanh(c)
    return (h * h).mean()


def inputs_and_weights() -> tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]:
    xs, h = normal(STEPS, BATCH, INPUTS), np.zeros((BATCH, HIDDEN), np.float32)
    return [xs, h], [0.1 * normal(*shape) for shape in ((INPUTS, 4 * HIDDEN), (HIDDEN, 4 * HIDDEN), (4 * HIDDEN,))]


def ours() -> Step:
    import autograd_core as ag
    import nn

    inputs, weights = inputs_and_weights()
    leaves = [ag.tensor(weight, requires_grad=True) for weight in weights]
    return lambda: lstm(nn.functional.sigmoid, ag.tanh, *inputs, *leaves).backward()


def torch() -> Step:
    import torch

    inputs, weights = inputs_and_weights()
    leaves = [torch.from_numpy(weight).requires_grad_() for weight in weights]
    return lambda: lstm(torch.sigmoid, torch.tanh, *map(torch.from_numpy, inputs), *leaves).backward()


def hips() -> Step:
    import autograd.numpy as anp
    from autograd import grad

    def sigmoid(x: Any) -> Any:
        return 0.5 * (anp.tanh(0.5 * x) + 1)

    inputs, weights = inputs_and_weights()
    gradient = grad(lambda weights: lstm(sigmoid, anp.tanh, *inputs, *weights))
    return lambda: gradient(weights)
