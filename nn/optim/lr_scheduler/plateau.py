"""A schedule that looks at how training goes."""

from __future__ import annotations

import math
from typing import Any

from ...settings import as_float, one_of, whole, within
from ..optimizer import Optimizer
from .scheduler import LRScheduler, optimizer_of, per_group


class ReduceLROnPlateau(LRScheduler):
    """lr = max(lr * factor, min_lr) whenever a figure, such as the loss, has not got better for more than `patience` epochs.

    mode             "min" if smaller is better, or "max"
    threshold        by how much it must be better than the best so far: of that ("rel"), or as it is ("abs", threshold_mode)
    cooldown         epochs after a reduction in which nothing is counted
    min_lr           one for all groups, or a list of one for each
    eps              a smaller reduction is left out

    `step` takes the figure; one that is not a number is no better.

    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], lr=4.0)
    >>> scheduler = nn.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> [(scheduler.step(loss), scheduler.get_last_lr()[0])[1] for loss in (1.0, 0.5, 0.5, 0.5, 0.4)]
    [4.0, 4.0, 4.0, 2.0, 2.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | list[float] = 0.0,
        eps: float = 1e-8,
    ) -> None:
        self.optimizer = optimizer_of(optimizer, self)
        self.mode = one_of(mode, "ReduceLROnPlateau: mode", ("min", "max"))
        self.factor: float = within(factor, "ReduceLROnPlateau: factor", 0, 1)
        self.patience = whole(patience, "ReduceLROnPlateau: patience")
        self.threshold: float = within(threshold, "ReduceLROnPlateau: threshold", 0)
        self.threshold_mode = one_of(threshold_mode, "ReduceLROnPlateau: threshold_mode", ("rel", "abs"))
        self.cooldown = whole(cooldown, "ReduceLROnPlateau: cooldown")
        self.min_lrs = per_group(min_lr, optimizer, "ReduceLROnPlateau: min_lr")
        self.eps = within(eps, "ReduceLROnPlateau: eps", 0)
        self.best = math.inf if mode == "min" else -math.inf
        self.last_epoch = self.num_bad_epochs = self.cooldown_counter = 0
        self._last_lr = self.current()

    def step(self, metrics: Any) -> None:  # type: ignore[override]
        """Note the figure of an epoch, and reduce the rates if it is time."""
        figure = as_float(metrics, "ReduceLROnPlateau: metrics")
        self.last_epoch += 1
        if self.is_better(figure):
            self.best, self.num_bad_epochs = figure, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        reduces = self.num_bad_epochs > self.patience
        if reduces:
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._give(self.get_lr() if reduces else self.current())

    def is_better(self, figure: float) -> bool:
        """Whether a figure is better than the best so far, by enough to count."""
        sign = 1 if self.mode == "max" else -1
        relative = self.threshold_mode == "rel"
        mark = self.best * (1 + sign * self.threshold) if relative else self.best + sign * self.threshold
        return sign * figure > sign * mark

    def get_lr(self) -> list[float]:
        reduced = [max(lr * self.factor, least) for lr, least in zip(self.current(), self.min_lrs, strict=True)]
        return [new if lr - new > self.eps else lr for lr, new in zip(self.current(), reduced, strict=True)]
