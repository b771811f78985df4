"""Steps that several workloads and sides share. Our `nn` speaks PyTorch's language, so that one text serves both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Step = Callable[[], Any]

LEARNING_RATE = 0.01


def normal(*shape: int, seed: int = 0) -> NDArray[np.float32]:
    """Standard normal numbers, the same for every side."""
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def examples(*shape: int, classes: int = 10) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """A batch of random inputs of `shape` and their labels."""
    return normal(*shape), np.random.default_rng(1).integers(classes, size=shape[0])


def unwritable(*arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """Arrays as `nn.data` gives them: nobody can write to them, so that the record need not copy them."""
    for array in arrays:
        array.flags.writeable = False
    return arrays


def training_step(nn: Any, optim: Any, model: Any, x: Any, labels: Any) -> Step:
    """Forward, backward and update of a classifier."""
    loss, optimizer = nn.CrossEntropyLoss(), optim.SGD(model.parameters(), lr=LEARNING_RATE)

    def step() -> None:
        optimizer.zero_grad()
        loss(model(x), labels).backward()
        optimizer.step()

    return step


def layer_step(layer: Any, x: Any, gradient: Any) -> Step:
    """Forward through one layer, and `gradient` back to its input and its parameters."""

    def step() -> None:
        layer.zero_grad()
        x.grad = None
        layer(x).backward(gradient)

    return step
