"""A classifier of linear layers and relu: forward, backward, update."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.steps import LEARNING_RATE, Step, examples, normal, training_step, unwritable

Parameters = list[tuple[NDArray[np.float32], NDArray[np.float32]]]


def dense_net(nn: Any, sizes: Sequence[int]) -> Any:
    layers = [layer for shape in pairwise(sizes) for layer in (nn.Linear(*shape), nn.ReLU())]
    return nn.Sequential(*layers[:-1])


def ours(sizes: Sequence[int], batch: int) -> Step:
    import nn

    return training_step(nn, nn.optim, dense_net(nn, sizes), *unwritable(*examples(batch, sizes[0])))


def torch(sizes: Sequence[int], batch: int) -> Step:
    import torch

    x, labels = map(torch.from_numpy, examples(batch, sizes[0]))
    return training_step(torch.nn, torch.optim, dense_net(torch.nn, sizes), x, labels)


def plain_net(sizes: Sequence[int], batch: int) -> tuple[Parameters, NDArray[np.float32], NDArray[np.float32]]:
    """Parameters, inputs and one-hot targets, for libraries without layers."""
    x, labels = examples(batch, sizes[0])
    parameters = [(normal(m, n) / np.float32(m**0.5), np.zeros(n, np.float32)) for m, n in pairwise(sizes)]
    return parameters, x, np.eye(sizes[-1], dtype=np.float32)[labels]


def cross_entropy(xp: Any, parameters: Parameters, x: Any, targets: Any) -> Any:
    """The loss of the net, in the words of the NumPy-like module `xp`."""
    *hidden, (w_out, b_out) = parameters
    for w, b in hidden:
        x = xp.maximum(xp.dot(x, w) + b, 0)
    logits = xp.dot(x, w_out) + b_out
    logits = logits - xp.max(logits, axis=1, keepdims=True)
    log_probabilities = logits - xp.log(xp.sum(xp.exp(logits), axis=1, keepdims=True))
    return -xp.sum(targets * log_probabilities) / len(targets)


def hips(sizes: Sequence[int], batch: int) -> Step:
    import autograd.numpy as anp
    from autograd import value_and_grad

    parameters, x, targets = plain_net(sizes, batch)
    loss_and_gradients = value_and_grad(lambda parameters: cross_entropy(anp, parameters, x, targets))

    def step() -> None:
        _, gradients = loss_and_gradients(parameters)
        for (w, b), (g_w, g_b) in zip(parameters, gradients, strict=True):
            w -= LEARNING_RATE * g_w
            b -= LEARNING_RATE * g_b

    return step


def jax(sizes: Sequence[int], batch: int) -> Step:
    import jax

    parameters, x, targets = jax.device_put(plain_net(sizes, batch))

    def update(parameters: Any, x: Any, targets: Any) -> Any:
        gradients = jax.grad(lambda parameters: cross_entropy(jax.numpy, parameters, x, targets))(parameters)
        return jax.tree.map(lambda p, g: p - LEARNING_RATE * g, parameters, gradients)

    compiled = jax.jit(update)

    def step() -> None:
        nonlocal parameters
        parameters = jax.block_until_ready(compiled(parameters, x, targets))

    return step
