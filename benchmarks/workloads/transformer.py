"""Parts of a small transformer, batch 16, sequence 64, width 128: forward, backward to the input, update."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.steps import LEARNING_RATE, Step, normal

SHAPE = (16, 64, 128)
WIDTH, HIDDEN, HEADS = 128, 512, 4
SMALL = 1e-4  # size of the gradient that goes back, so that the parameters stay where they are for thousands of steps


def block(nn: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The small network for each place, with its norm and its residual connection."""
    net = nn.Sequential(nn.LayerNorm(WIDTH), nn.Linear(WIDTH, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, WIDTH))
    return net, lambda x: x + net(x)


def encoder_layer(nn: Any) -> tuple[Any, Callable[[Any], Any]]:
    """The block behind attention by four heads."""
    layer = nn.TransformerEncoderLayer(
        WIDTH, HEADS, HIDDEN, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
    )
    return layer, layer


def step_of(part: str, nn: Any, optim: Any, x: Any, gradient: Any) -> Step:
    model, call = {"block": block, "encoder_layer": encoder_layer}[part](nn)
    optimizer = optim.SGD(model.parameters(), lr=LEARNING_RATE)

    def step() -> None:
        optimizer.zero_grad()
        x.grad = None
        call(x).backward(gradient)
        optimizer.step()

    return step


def ours(part: str) -> Step:
    import autograd_core as ag
    import nn

    x, gradient = (ag.tensor(scale * normal(*SHAPE, seed=seed)) for seed, scale in ((0, 1), (1, SMALL)))
    return step_of(part, nn, nn.optim, x.requires_grad_(), gradient)


def torch(part: str) -> Step:
    import torch

    x, gradient = (torch.from_numpy(scale * normal(*SHAPE, seed=seed)) for seed, scale in ((0, 1), (1, SMALL)))
    return step_of(part, torch.nn, torch.optim, x.requires_grad_(), gradient)
