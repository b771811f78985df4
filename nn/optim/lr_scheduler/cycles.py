"""Schedules that raise the rate and lower it again, and the momentum against it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ...errors import SettingError
from ...settings import above_0, number, one_of, whole, within
from ..optimizer import Optimizer
from .scheduler import LRScheduler, between, optimizer_of, per_group


class Cycle(LRScheduler):
    """The base of schedules that move the momentum too: that of SGD and its kin, or the first beta of Adam and its kin."""

    def _take_momentum(self, cycles: bool, base: Any, most: Any) -> None:
        """Note between which numbers momentum is to move in each group, if it does."""
        self.cycle_momentum, name = cycles, type(self).__name__
        if cycles and not {"momentum", "betas"} & self.optimizer.defaults.keys():
            raise SettingError(
                f"{name} moves the momentum, which {type(self.optimizer).__name__} does not have: give cycle_momentum=False"
            )
        self.base_momentums = per_group(base, self.optimizer, f"{name}: base_momentum")
        self.max_momentums = per_group(most, self.optimizer, f"{name}: max_momentum")
        for momentum in (*self.base_momentums, *self.max_momentums):
            within(momentum, f"{name}: a momentum", 0, 1)

    def _give_momentum(self, share: float) -> None:
        """Give each group its momentum, at a share of the way down from the largest."""
        if not self.cycle_momentum:
            return
        for group, low, high in zip(self.optimizer.param_groups, self.base_momentums, self.max_momentums, strict=True):
            momentum = between(high, low, share)
            if "betas" in group:
                group["betas"] = (momentum, *group["betas"][1:])
            else:
                group["momentum"] = momentum


class CyclicLR(Cycle):
    """lr = base_lr + (max_lr - base_lr) * h, where h goes from 0 to 1 in step_size_up steps, and back in step_size_down.

    base_lr, max_lr                  one for all groups, or lists of one for each
    mode                             "triangular"; "triangular2" halves the height after each cycle; "exp_range": times gamma**t
    scale_fn, scale_mode             the height by a function of the cycle, counted from 1 ("cycle"), or of t ("iterations")
    cycle_momentum                   momentum = max_momentum - (max_momentum - base_momentum) * h

    Smith 2017. Call `step` after each batch.

    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], momentum=0.9)
    >>> scheduler = nn.optim.lr_scheduler.CyclicLR(optimizer, base_lr=1.0, max_lr=2.0, step_size_up=2)
    >>> [(scheduler.get_last_lr()[0], scheduler.step())[0] for _ in range(6)]
    [1.0, 1.5, 2.0, 1.5, 1.0, 1.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.8,
        max_momentum: float | list[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        self.optimizer = optimizer_of(optimizer, self)
        self.min_lrs = per_group(base_lr, optimizer, "CyclicLR: base_lr")
        self.max_lrs = per_group(max_lr, optimizer, "CyclicLR: max_lr")
        self.up = whole(step_size_up, "CyclicLR: step_size_up", 1)
        self.down = self.up if step_size_down is None else whole(step_size_down, "CyclicLR: step_size_down")
        self.mode = one_of(mode, "CyclicLR: mode", ("triangular", "triangular2", "exp_range"))
        self.gamma = number(gamma, "CyclicLR: gamma")
        self.scale_fn = scale_fn
        self.scale_mode = one_of(scale_mode, "CyclicLR: scale_mode", ("cycle", "iterations"))
        self._take_momentum(cycle_momentum, base_momentum, max_momentum)
        for group, lr in zip(optimizer.param_groups, self.min_lrs, strict=True):
            group["lr"] = within(lr, "CyclicLR: base_lr", 0)
        super().__init__(optimizer, last_epoch)

    def height(self) -> float:
        """How far up from the base, as a share."""
        t, length = self.last_epoch, self.up + self.down
        cycle, into = 1 + t // length, t % length
        height = into / self.up if into <= self.up else (length - into) / self.down
        if self.scale_fn is not None:
            return height * self.scale_fn(cycle if self.scale_mode == "cycle" else t)
        if self.mode == "exp_range":
            return height * math.pow(self.gamma, t)
        return height / 2 ** (cycle - 1) if self.mode == "triangular2" else height

    def get_lr(self) -> list[float]:
        h = self.height()
        self._give_momentum(h)
        return [between(low, high, h) for low, high in zip(self.min_lrs, self.max_lrs, strict=True)]


class OneCycleLR(Cycle):
    """The rate rises from max_lr / div_factor to max_lr, and falls to its initial_lr / final_div_factor at the last step.

    total_steps                how many steps there are, or epochs * steps_per_epoch
    pct_start                  the part of them in which it rises
    anneal_strategy            how: along a cosine ("cos") or a line ("linear")
    cycle_momentum             momentum goes from max_momentum to base_momentum meanwhile, and back
    three_phase                first back to initial_lr, in as many steps as it rose, then on

    Smith and Topin 2018. Call `step` after each batch; raises SettingError after the last one.

    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter([1.0])], momentum=0.9)
    >>> settings = {"pct_start": 0.5, "div_factor": 2.0, "final_div_factor": 10.0, "anneal_strategy": "linear"}
    >>> scheduler = nn.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=2.0, total_steps=6, **settings)
    >>> [(round(scheduler.get_last_lr()[0], 9), scheduler.step())[0] for _ in range(6)]
    [1.0, 1.5, 2.0, 1.366666667, 0.733333333, 0.1]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        self.optimizer = optimizer_of(optimizer, self)
        if total_steps is not None:
            self.total_steps = whole(total_steps, "OneCycleLR: total_steps", 1)
        elif epochs is not None and steps_per_epoch is not None:
            self.total_steps = whole(epochs, "OneCycleLR: epochs", 1) * whole(
                steps_per_epoch, "OneCycleLR: steps_per_epoch", 1
            )
        else:
            raise SettingError(
                "OneCycleLR was not told how many steps there are: give total_steps, or epochs and steps_per_epoch"
            )
        self.pct_start = within(pct_start, "OneCycleLR: pct_start", 0, 1)
        self.anneal_strategy = one_of(anneal_strategy, "OneCycleLR: anneal_strategy", ("cos", "linear"))
        self.three_phase = one_of(three_phase, "OneCycleLR: three_phase", (True, False))
        self._take_momentum(cycle_momentum, base_momentum, max_momentum)
        self.max_lrs = [
            within(lr, "OneCycleLR: max_lr", 0) for lr in per_group(max_lr, optimizer, "OneCycleLR: max_lr")
        ]
        self.div_factor = above_0(div_factor, "OneCycleLR: div_factor")
        self.final_div_factor = above_0(final_div_factor, "OneCycleLR: final_div_factor")
        for group, lr in zip(optimizer.param_groups, self.max_lrs, strict=True):
            group["initial_lr"] = lr / div_factor
        super().__init__(optimizer, last_epoch)

    def stretch(self) -> tuple[float, str, str]:
        """How much of the present phase is over, and where it comes from and goes to."""
        t, peak, last = self.last_epoch, self.pct_start * self.total_steps - 1, float(self.total_steps - 1)
        ends = [peak, 2 * peak, last] if self.three_phase else [peak, last]
        stations = ["initial", "max", "initial", "min"] if self.three_phase else ["initial", "max", "min"]
        i = min(sum(t > end for end in ends), len(ends) - 1)
        begin, end = ends[i - 1] if i else 0.0, ends[i]
        over = min((t - begin) / (end - begin), 1.0) if end > begin else 1.0  # 1 too for a last step after the end
        return over, stations[i], stations[i + 1]

    def get_lr(self) -> list[float]:
        if self.last_epoch > self.total_steps:
            raise SettingError(
                f"OneCycleLR has {self.total_steps} steps, and was asked for one more: give it a larger total_steps"
            )
        over, origin, target = self.stretch()
        share = (1 - math.cos(math.pi * over)) / 2 if self.anneal_strategy == "cos" else over
        self._give_momentum(between(origin == "max", target == "max", share))
        rates = []
        for most in self.max_lrs:
            first = most / self.div_factor
            level = {"initial": first, "max": most, "min": first / self.final_div_factor}
            rates.append(between(level[origin], level[target], share))
        return rates
