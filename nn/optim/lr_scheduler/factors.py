"""Schedules that multiply the initial rate by a factor."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Any

from ...errors import KindError
from ...settings import number, whole, within
from ..optimizer import Optimizer
from .scheduler import LRScheduler, Scaled, optimizer_of, per_group


class StepLR(Scaled):
    """lr = base * gamma ** (t // step_size).

    >>> import nn
    >>> scheduler = nn.optim.lr_scheduler.StepLR(nn.optim.SGD([nn.Parameter([1.0])], lr=4.0), step_size=2, gamma=0.5)
    >>> [(scheduler.get_last_lr()[0], scheduler.step())[0] for _ in range(5)]
    [4.0, 4.0, 2.0, 2.0, 1.0]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size = whole(step_size, "StepLR: step_size", 1)
        self.gamma = number(gamma, "StepLR: gamma")
        super().__init__(optimizer, last_epoch)

    def scale(self, t: float) -> float:
        return math.pow(self.gamma, t // self.step_size)


class MultiStepLR(Scaled):
    """lr = base * gamma ** (the number of milestones up to t).

    >>> import nn
    >>> scheduler = nn.optim.lr_scheduler.MultiStepLR(nn.optim.SGD([nn.Parameter([1.0])], lr=4.0), [1, 4], gamma=0.5)
    >>> [(scheduler.get_last_lr()[0], scheduler.step())[0] for _ in range(5)]
    [4.0, 2.0, 2.0, 2.0, 1.0]
    """

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        if not isinstance(milestones, Iterable):
            raise KindError(f"MultiStepLR: milestones is {milestones!r}: give epochs in a list, or take StepLR")
        self.milestones = sorted(whole(epoch, "MultiStepLR: one of milestones") for epoch in milestones)
        self.gamma = number(gamma, "MultiStepLR: gamma")
        super().__init__(optimizer, last_epoch)

    def scale(self, t: float) -> float:
        return math.pow(self.gamma, bisect_right(self.milestones, t))


class ConstantLR(Scaled):
    """lr = base * factor before epoch total_iters, then base.

    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=4.0)
    >>> scheduler = nn.optim.lr_scheduler.ConstantLR(optimizer, factor=0.5, total_iters=2)
    >>> [(scheduler.get_last_lr()[0], scheduler.step())[0] for _ in range(4)]
    [2.0, 2.0, 4.0, 4.0]
    """

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5, last_epoch: int = -1) -> None:
        self.factor: float = within(factor, "ConstantLR: factor", 0, 1)
        self.total_iters = whole(total_iters, "ConstantLR: total_iters")
        super().__init__(optimizer, last_epoch)

    def scale(self, t: float) -> float:
        return self.factor if t < self.total_iters else 1.0


class LinearLR(Scaled):
    """lr = base * (start_factor + (end_factor - start_factor) * min(t / total_iters, 1)).

    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=4.0)
    >>> scheduler = nn.optim.lr_scheduler.LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> [(scheduler.get_last_lr()[0], scheduler.step())[0] for _ in range(4)]
    [2.0, 3.0, 4.0, 4.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        self.start_factor: float = within(start_factor, "LinearLR: start_factor", 0, 1)
        self.end_factor: float = within(end_factor, "LinearLR: end_factor", 0, 1)
        self.total_iters = whole(total_iters, "LinearLR: total_iters", 1)
        super().__init__(optimizer, last_epoch)

    def scale(self, t: float) -> float:
        return self.start_factor + (self.end_factor - self.start_factor) * min(t / self.total_iters, 1.0)


class ExponentialLR(Scaled):
    """lr = base * gamma ** t.

    >>> import nn
    >>> scheduler = nn.optim.lr_scheduler.ExponentialLR(nn.optim.SGD([nn.Parameter([1.0])], lr=4.0), gamma=0.5)
    >>> [(scheduler.get_last_lr()[0], scheduler.step())[0] for _ in range(4)]
    [4.0, 2.0, 1.0, 0.5]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = number(gamma, "ExponentialLR: gamma")
        super().__init__(optimizer, last_epoch)

    def scale(self, t: float) -> float:
        return math.pow(self.gamma, t)


class PolynomialLR(Scaled):
    """lr = base * (1 - min(t / total_iters, 1)) ** power.

    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=4.0)
    >>> scheduler = nn.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=2, power=2.0)
    >>> [(scheduler.get_last_lr()[0], scheduler.step())[0] for _ in range(4)]
    [4.0, 1.0, 0.0, 0.0]
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self.total_iters = whole(total_iters, "PolynomialLR: total_iters", 1)
        self.power = within(power, "PolynomialLR: power", 0)
        super().__init__(optimizer, last_epoch)

    def scale(self, t: float) -> float:
        return math.pow(1.0 - min(t / self.total_iters, 1.0), self.power)


class LambdaLR(LRScheduler):
    """lr = base * lr_lambda(t); one function for all groups, or a list of one for each.

    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=4.0)
    >>> scheduler = nn.optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 / (1 + t))
    >>> [(scheduler.get_last_lr()[0], scheduler.step())[0] for _ in range(4)]
    [4.0, 2.0, 1.3333333333333333, 1.0]
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Any, last_epoch: int = -1) -> None:
        self.lr_lambdas = functions(lr_lambda, optimizer, self)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return [base * f(self.last_epoch) for base, f in zip(self.base_lrs, self.lr_lambdas, strict=True)]


class MultiplicativeLR(LRScheduler):
    """lr = lr * lr_lambda(t) from epoch 1 on; one function for all groups, or a list of one for each.

    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=4.0)
    >>> scheduler = nn.optim.lr_scheduler.MultiplicativeLR(optimizer, lambda t: 1 / t)
    >>> [(scheduler.get_last_lr()[0], scheduler.step())[0] for _ in range(4)]
    [4.0, 4.0, 2.0, 0.6666666666666666]
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Any, last_epoch: int = -1) -> None:
        self.lr_lambdas = functions(lr_lambda, optimizer, self)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        if self._last_lr is None:
            return self.current()
        return [lr * f(self.last_epoch) for lr, f in zip(self.current(), self.lr_lambdas, strict=False)]


def functions(value: Any, optimizer: Any, scheduler: LRScheduler) -> list[Callable[[int], float]]:
    """The function of each group."""
    what = f"{type(scheduler).__name__}: lr_lambda"
    found = per_group(value, optimizer_of(optimizer, scheduler), what)
    if not all(map(callable, found)):
        raise KindError(f"{what} is {value!r}: give a function of the epoch")
    return found
