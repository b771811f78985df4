"""Schedules made of schedules."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from ...errors import KindError, SettingError
from ...settings import whole
from ..optimizer import Optimizer
from .plateau import ReduceLROnPlateau
from .scheduler import LRScheduler, optimizer_of


class SequentialLR(LRScheduler):
    """One schedule after another: the next one starts, at its epoch 0, at each milestone.

    MultiplicativeLR goes on from the rate that is there, the others from the initial one.

    >>> import nn
    >>> from nn.optim.lr_scheduler import ConstantLR, ExponentialLR, SequentialLR
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=4.0)
    >>> parts = [ConstantLR(optimizer, factor=0.25, total_iters=9), ExponentialLR(optimizer, gamma=0.5)]
    >>> scheduler = SequentialLR(optimizer, parts, milestones=[2])
    >>> [(scheduler.get_last_lr()[0], scheduler.step())[0] for _ in range(5)]
    [1.0, 1.0, 4.0, 2.0, 1.0]
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int], last_epoch: int = -1
    ) -> None:
        self.optimizer = optimizer_of(optimizer, self)
        self._schedulers = parts_of(schedulers, optimizer, "SequentialLR")
        self._milestones = [whole(epoch, "SequentialLR: one of milestones") for epoch in milestones]
        if len(self._milestones) != len(self._schedulers) - 1 or self._milestones != sorted(self._milestones):
            raise SettingError(
                f"SequentialLR was given {len(self._schedulers)} schedules and milestones {self._milestones}: give one milestone "
                "fewer than schedules, in order"
            )
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"]
        self.last_epoch = -1
        for _ in range(last_epoch + 2):
            self.step()

    def step(self) -> None:
        self.last_epoch += 1
        turn = bisect_right(self._milestones, self.last_epoch)
        if self.last_epoch in (0, *self._milestones):
            self._schedulers[turn]._begin()
        else:
            self._schedulers[turn].step()
        self._last_lr = self.current()


class ChainedScheduler(LRScheduler):
    """All schedules at once: their factors multiply. LambdaLR, the cycles and warm restarts say the rate itself: put them first.

    >>> import nn
    >>> from nn.optim.lr_scheduler import ChainedScheduler, ConstantLR, ExponentialLR
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=4.0)
    >>> parts = [ConstantLR(optimizer, factor=0.25, total_iters=2), ExponentialLR(optimizer, gamma=0.5)]
    >>> scheduler = ChainedScheduler(parts)
    >>> [(scheduler.get_last_lr()[0], scheduler.step())[0] for _ in range(4)]
    [1.0, 0.5, 1.0, 0.5]
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        self._schedulers = parts_of(schedulers, optimizer, "ChainedScheduler")
        self.optimizer = self._schedulers[0].optimizer
        self.last_epoch = 0
        self._last_lr = self.current()

    def step(self) -> None:
        self.last_epoch += 1
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = self.current()

    def _begin(self) -> None:
        self.last_epoch = 0
        first, *others = self._schedulers
        first._begin()
        for scheduler in others:
            scheduler._rewind()
            scheduler.step()
        self._last_lr = self.current()


def parts_of(schedulers: Sequence[LRScheduler], optimizer: Optimizer | None, name: str) -> list[LRScheduler]:
    """The schedules that another is made of, all of one optimiser: the one given, or their own."""
    if not schedulers:
        raise SettingError(f"{name} is made of schedules, and was given none")
    for i, scheduler in enumerate(schedulers):
        if not isinstance(scheduler, LRScheduler):
            raise KindError(f"{name} is made of schedules, and number {i} is a {type(scheduler).__name__}")
        if isinstance(scheduler, ReduceLROnPlateau):
            raise SettingError(
                f"{name}: ReduceLROnPlateau, number {i}, needs a figure for each step: step it by itself"
            )
        if scheduler.optimizer is not (schedulers[0].optimizer if optimizer is None else optimizer):
            raise SettingError(f"{name}: schedule {i} is of another optimiser: make all of them with the same one")
    return list(schedulers)
