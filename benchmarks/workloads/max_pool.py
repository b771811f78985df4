"""2x2 max-pooling of 64 images of 32x32 with 64 channels: forward, and backward to the input."""

from __future__ import annotations

from benchmarks.steps import Step, layer_step, normal


def ours() -> Step:
    import autograd_core as ag
    import nn

    x = ag.tensor(normal(64, 64, 32, 32), requires_grad=True)
    return layer_step(nn.MaxPool2d(2), x, ag.tensor(normal(64, 64, 16, 16)))


def torch() -> Step:
    import torch

    x = torch.from_numpy(normal(64, 64, 32, 32)).requires_grad_()
    return layer_step(torch.nn.MaxPool2d(2), x, torch.from_numpy(normal(64, 64, 16, 16)))
