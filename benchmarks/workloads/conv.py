"""A 3x3 convolution of 64 images of 32x32 from 32 to 64 channels: forward, and backward to input and weight."""

from __future__ import annotations

from typing import Any

from benchmarks.steps import Step, layer_step, normal


def conv(nn: Any) -> Any:
    return nn.Conv2d(32, 64, 3, padding=1, bias=False)


def ours() -> Step:
    import autograd_core as ag
    import nn

    x = ag.tensor(normal(64, 32, 32, 32), requires_grad=True)
    return layer_step(conv(nn), x, ag.tensor(normal(64, 64, 32, 32)))


def torch() -> Step:
    import torch

    x = torch.from_numpy(normal(64, 32, 32, 32)).requires_grad_()
    return layer_step(conv(torch.nn), x, torch.from_numpy(normal(64, 64, 32, 32)))
