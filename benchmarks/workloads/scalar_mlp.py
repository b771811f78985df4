"""The demo of micrograd: a net of scalars tells two moons apart; max-margin loss, weight decay, one full step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.steps import Step

SIZES = [16, 16, 1]
LEARNING_RATE = 0.1
DECAY = 1e-4


def two_moons(count: int = 100, noise: float = 0.1) -> tuple[list[list[float]], list[int]]:
    """Points on two interleaved half circles, as Python numbers, and on which of them they lie (-1 or 1)."""
    rng = np.random.default_rng(0)
    angle, label = rng.uniform(0, np.pi, count), np.tile([-1, 1], count // 2)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    points = np.where(label[:, None] < 0, upper, lower) + rng.normal(0, noise, (count, 2))
    return points.tolist(), label.tolist()


def demo_step(model: Any, points: list[list[Any]], labels: list[int], relu: Callable[[Any], Any]) -> Step:
    def step() -> None:
        losses = [relu(1 - label * model(point)) for point, label in zip(points, labels, strict=True)]
        loss = sum(losses) * (1 / len(losses)) + DECAY * sum(p * p for p in model.parameters())

        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= LEARNING_RATE * p.grad

    return step


def ours() -> Step:
    import autograd_core as ag
    import nn

    return demo_step(nn.MLP(2, SIZES, activation="relu"), *two_moons(), ag.ops.relu)


def micrograd() -> Step:
    from micrograd.engine import Value
    from micrograd.nn import MLP

    points, labels = two_moons()
    return demo_step(MLP(2, SIZES), [[Value(x) for x in point] for point in points], labels, Value.relu)
