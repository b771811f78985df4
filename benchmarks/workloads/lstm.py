"""An LSTM of 128 on sequences of 64 features, batch of 32, in three forms: the layer, a loop over its cell, a loop by hand.

The loss is the mean square of the last hidden state; a step is forward, backward and update.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.steps import LEARNING_RATE, Step, normal

Function = Callable[[Any], Any]

BATCH, INPUTS, HIDDEN = 32, 64, 128


def mean_square(h: Any) -> Any:
    return (h * h).mean()


def by_hand(sigmoid: Function, tanh: Function, xs: Any, h: Any, w: Any, u: Any, b: Any) -> Any:
    """xs: (steps, batch, inputs)   h: (batch, hidden), the state before the first step, and the cell too"""
    c = h
    for x in xs:
        gates = x @ w + h @ u + b
        i, f, o = (sigmoid(gates[:, k * HIDDEN : (k + 1) * HIDDEN]) for k in range(3))
        c = f * c + i * tanh(gates[:, 3 * HIDDEN :])
        h = o * tanh(c)
    return mean_square(h)


def by_cells(cell: Any, xs: Any, h: Any) -> Any:
    c = h
    for x in xs:
        h, c = cell(x, (h, c))
    return mean_square(h)


def numbers(steps: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The inputs, and the state before the first step."""
    return normal(steps, BATCH, INPUTS), np.zeros((BATCH, HIDDEN), np.float32)


def weights() -> list[NDArray[np.float32]]:
    """Those of the loop by hand."""
    return [0.1 * normal(*shape) for shape in ((INPUTS, 4 * HIDDEN), (HIDDEN, 4 * HIDDEN), (4 * HIDDEN,))]


def training_step(optim: Any, parameters: Any, loss: Callable[[], Any]) -> Step:
    optimizer = optim.SGD(parameters, lr=LEARNING_RATE)

    def step() -> None:
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()

    return step


def of_module(nn: Any, optim: Any, form: str, xs: Any, h: Any) -> Step:
    """The step of the layer, or of a loop over the cell."""
    module = nn.LSTM(INPUTS, HIDDEN) if form == "layer" else nn.LSTMCell(INPUTS, HIDDEN)
    loss = (lambda: mean_square(module(xs)[1][0])) if form == "layer" else (lambda: by_cells(module, xs, h))
    return training_step(optim, module.parameters(), loss)


def ours(form: str, steps: int) -> Step:
    import autograd_core as ag
    import nn

    xs, h = map(ag.tensor, numbers(steps))
    if form != "by hand":
        return of_module(nn, nn.optim, form, xs, h)
    leaves = [ag.tensor(w, requires_grad=True) for w in weights()]
    return training_step(nn.optim, leaves, lambda: by_hand(nn.functional.sigmoid, ag.tanh, xs, h, *leaves))


def torch(form: str, steps: int) -> Step:
    import torch

    xs, h = map(torch.from_numpy, numbers(steps))
    if form != "by hand":
        return of_module(torch.nn, torch.optim, form, xs, h)
    leaves = [torch.from_numpy(w).requires_grad_() for w in weights()]
    return training_step(torch.optim, leaves, lambda: by_hand(torch.sigmoid, torch.tanh, xs, h, *leaves))


def hips(form: str, steps: int) -> Step:
    import autograd.numpy as anp
    from autograd import grad

    def sigmoid(x: Any) -> Any:
        return 0.5 * (anp.tanh(0.5 * x) + 1)

    assert form == "by hand"
    xs, h = numbers(steps)
    leaves = weights()
    gradient = grad(lambda leaves: by_hand(sigmoid, anp.tanh, xs, h, *leaves))

    def step() -> None:
        for w, g in zip(leaves, gradient(leaves), strict=True):
            w -= LEARNING_RATE * g

    return step
