"""Schedules along a cosine."""

from __future__ import annotations

import math

from ...errors import SettingError
from ...settings import number, whole, within
from ..optimizer import Optimizer
from .scheduler import Scaled


class CosineAnnealingLR(Scaled):
    """lr = eta_min + (base - eta_min) * (1 + cos(pi * t / T_max)) / 2; it rises again after T_max. Loshchilov and Hutter 2017.

    >>> import nn
    >>> scheduler = nn.optim.lr_scheduler.CosineAnnealingLR(nn.optim.SGD([nn.Parameter([1.0])], lr=4.0), T_max=2)
    >>> [round((scheduler.get_last_lr()[0], scheduler.step())[0], 9) for _ in range(5)]
    [4.0, 2.0, 0.0, 2.0, 4.0]
    """

    def __init__(self, optimizer: Optimizer, T_max: float, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max = number(T_max, "CosineAnnealingLR: T_max")
        self.eta_min = number(eta_min, "CosineAnnealingLR: eta_min")
        if T_max <= 0:
            raise SettingError(
                f"CosineAnnealingLR: T_max is {T_max}: give the number of epochs until eta_min is reached"
            )
        super().__init__(optimizer, last_epoch)

    def scale(self, t: float) -> float:
        return (1 + math.cos(math.pi * t / self.T_max)) / 2


class CosineAnnealingWarmRestarts(Scaled):
    """lr = eta_min + (base - eta_min) * (1 + cos(pi * s / T)) / 2, s epochs after a restart and T from it to the next.

    T_0, T_mult   T is T_0 at first, and T_mult times as long after each restart

    `step(epoch)` sets the epoch, which may be a fraction, as in `scheduler.step(epoch + i / batches)` after batch i.
    Loshchilov and Hutter 2017.

    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=4.0)
    >>> scheduler = nn.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=2)
    >>> [round((scheduler.get_last_lr()[0], scheduler.step())[0], 9) for _ in range(5)]
    [4.0, 2.0, 4.0, 2.0, 4.0]
    >>> scheduler.step(1.5)
    >>> round(scheduler.get_last_lr()[0], 3)
    0.586
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        self.T_0 = whole(T_0, "CosineAnnealingWarmRestarts: T_0", 1)
        self.T_mult = whole(T_mult, "CosineAnnealingWarmRestarts: T_mult", 1)
        self.eta_min = number(eta_min, "CosineAnnealingWarmRestarts: eta_min")
        super().__init__(optimizer, last_epoch)

    def step(self, epoch: float | None = None) -> None:
        """Go on to the next epoch, or to the one given."""
        if epoch is None:
            return super().step()
        self.last_epoch = math.floor(within(epoch, "CosineAnnealingWarmRestarts: epoch", 0))
        self._give(self.closed(epoch))

    def get_lr(self) -> list[float]:
        return self.closed(self.last_epoch)

    def scale(self, t: float) -> float:
        period = self.T_0
        while t >= period:
            t, period = t - period, period * self.T_mult
        return (1 + math.cos(math.pi * t / period)) / 2
