"""LeNet-5 with relu and max-pooling on a batch of 64 images of 28x28: forward, backward, update."""

from __future__ import annotations

from typing import Any

from benchmarks.steps import Step, examples, training_step, unwritable

SHAPE = (64, 1, 28, 28)


def lenet(nn: Any) -> Any:
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
        nn.Flatten(),
        *(nn.Linear(400, 120), nn.ReLU()),
        *(nn.Linear(120, 84), nn.ReLU()),
        nn.Linear(84, 10),
    )


def ours() -> Step:
    import nn

    return training_step(nn, nn.optim, lenet(nn), *unwritable(*examples(*SHAPE)))


def torch() -> Step:
    import torch

    x, labels = map(torch.from_numpy, examples(*SHAPE))
    return training_step(torch.nn, torch.optim, lenet(torch.nn), x, labels)
