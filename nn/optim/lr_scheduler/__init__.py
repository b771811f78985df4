"""Schedules of the learning rate, with the arguments of `torch.optim.lr_scheduler`: a schedule is its formula.

>>> import nn
>>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=0.5)
>>> scheduler = nn.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
>>> for epoch in range(4):  # doctest: +NORMALIZE_WHITESPACE
...     print(scheduler.get_last_lr(), end=" ")
...     optimizer.step()
...     scheduler.step()
[0.5] [0.5] [0.05] [0.05]
"""

from .composed import ChainedScheduler, SequentialLR
from .cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from .cycles import CyclicLR, OneCycleLR
from .factors import (
    ConstantLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiplicativeLR,
    MultiStepLR,
    PolynomialLR,
    StepLR,
)
from .plateau import ReduceLROnPlateau
from .scheduler import LRScheduler

__all__ = [
    "ChainedScheduler", "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "CyclicLR", "ExponentialLR",
    "LRScheduler", "LambdaLR", "LinearLR", "MultiStepLR", "MultiplicativeLR", "OneCycleLR", "PolynomialLR",
    "ReduceLROnPlateau", "SequentialLR", "StepLR",
]  # fmt: skip
