"""What schedules share: epochs, the rates of groups, and saving."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import KindError, SettingError, StateDictError
from ...settings import whole
from ..optimizer import Optimizer


class LRScheduler:
    """The base of schedules: a subclass says the rates at `last_epoch`, one for each group, in `get_lr`.

    optimizer    its groups get their "lr" from here; the first one is remembered as "initial_lr"
    last_epoch   the epoch after which a run goes on; -1 for a new run

    `base_lrs` are the initial rates. Call `step` once an epoch (or batch), after the optimiser's.
    Raises KindError for what is no optimiser, SettingError for settings without meaning.

    >>> import nn
    >>> class Halving(nn.optim.lr_scheduler.LRScheduler):
    ...     def get_lr(self):
    ...         return [base * 0.5**self.last_epoch for base in self.base_lrs]
    >>> scheduler = Halving(nn.optim.SGD([nn.Parameter([1.0])], lr=0.5))
    >>> scheduler.step()
    >>> scheduler.get_last_lr()
    [0.25]
    """

    _last_lr: list[float] | None = None  # until the first step, which is that of the constructor

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = optimizer_of(optimizer, self)
        self.last_epoch = whole(last_epoch, f"{type(self).__name__}: last_epoch", -1)
        for group in optimizer.param_groups:
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise SettingError(
                    f'{type(self).__name__} goes on after epoch {last_epoch}, but a group has no "initial_lr": load the state '
                    "of the optimiser first, or put it into the group"
                )
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.step()

    def get_lr(self) -> list[float]:
        """The rates at `last_epoch`; `current` has those before."""
        raise NotImplementedError

    def get_last_lr(self) -> list[float]:
        """The rates that the last step set, one for each group."""
        return list(self._last_lr or self.current())

    def current(self) -> list[float]:
        """The rates that the groups have now."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def step(self) -> None:
        """Go on to the next epoch, and give each group its rate."""
        self.last_epoch += 1
        self._give(self.get_lr())

    def _rewind(self) -> None:
        """Let the next step be that to epoch 0."""
        self.last_epoch, self._last_lr = -1, None

    def _begin(self) -> None:
        """Go to epoch 0, now that it is this schedule's turn."""
        self._rewind()
        self.step()

    def _give(self, rates: Sequence[float]) -> None:
        groups = self.optimizer.param_groups
        if len(rates) != len(groups):
            raise SettingError(
                f"{type(self).__name__} has rates for {len(rates)} groups of parameters, but the optimiser has {len(groups)}: "
                "make the schedule when all groups are there"
            )
        for group, rate in zip(groups, rates, strict=True):
            if not rate >= 0:
                raise SettingError(
                    f"{type(self).__name__} gives the rate {rate} at epoch {self.last_epoch}: let it stay at least 0"
                )
            group["lr"] = rate
        self._last_lr = list(rates)

    def state_dict(self) -> dict[str, Any]:
        """A copy of all but the optimiser; of functions nothing is saved, of other callables their attributes."""
        return {name: saved(value) for name, value in vars(self).items() if name != "optimizer"}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave; load the optimiser's state as well, which holds the rates.

        Raises StateDictError for the state of another kind of schedule.
        """
        own = {name: value for name, value in vars(self).items() if name != "optimizer"}
        if not isinstance(state_dict, Mapping) or own.keys() != state_dict.keys():
            given = list(state_dict) if isinstance(state_dict, Mapping) else type(state_dict).__name__
            raise StateDictError(f"{type(self).__name__} goes on from a dict of {list(own)}, and was given {given}")
        vars(self).update({name: restored(own[name], value) for name, value in state_dict.items()})


class Scaled(LRScheduler):
    """The base of schedules that are a formula: at epoch t a rate is eta_min + (initial rate - eta_min) * scale(t).

    A step multiplies what is above eta_min by scale(t) / scale(t - 1). So several schedules of one optimiser multiply, and a
    rate that was changed by hand stays changed.
    """

    eta_min = 0.0

    def scale(self, t: float) -> float:
        """What is left of the initial rate at epoch t."""
        raise NotImplementedError

    def closed(self, t: float) -> list[float]:
        """The rates at epoch t, whatever they are now."""
        return [between(self.eta_min, base, self.scale(t)) for base in self.base_lrs]

    def get_lr(self) -> list[float]:
        t = self.last_epoch
        if t > 0 and self._last_lr is None:  # a run goes on, perhaps with an optimiser that has its initial rate
            return self.closed(t)
        now, before = self.scale(t), self.scale(t - 1) if t > 0 else 1.0
        if before == 0:
            return [lr + (base - self.eta_min) * now for lr, base in zip(self.current(), self.base_lrs, strict=False)]
        return [between(self.eta_min, lr, now / before) for lr in self.current()]

    def _begin(self) -> None:
        self.last_epoch = 0
        self._give(self.closed(0))  # whatever another schedule has left


def between(low: float, high: float, share: float) -> float:
    """low + (high - low) * share, and exactly high or low for a share of 1 or 0."""
    return share * high + (1 - share) * low


def optimizer_of(optimizer: Any, scheduler: LRScheduler) -> Optimizer:
    if not isinstance(optimizer, Optimizer):
        raise KindError(
            f"{type(scheduler).__name__} schedules an optimiser, and was given a {type(optimizer).__name__}"
        )
    return optimizer


def per_group(value: Any, optimizer: Optimizer, what: str) -> list[Any]:
    """One value for all groups, or a list of one for each, as a list."""
    count = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [value] * count
    if len(value) != count:
        raise SettingError(
            f"{what} is a list of {len(value)} for {count} groups of parameters: give one for each, or one for all"
        )
    return list(value)


def saved(value: Any) -> Any:
    """Something that a schedule holds, as it is saved."""
    if isinstance(value, LRScheduler):
        return value.state_dict()
    if isinstance(value, list):
        return [saved(part) for part in value]
    if callable(value):
        return copy.deepcopy(vars(value)) if hasattr(value, "__dict__") and not hasattr(value, "__code__") else None
    return copy.deepcopy(value)


def restored(own: Any, value: Any) -> Any:
    """What becomes of something that a schedule holds, given what was saved of it."""
    if isinstance(own, LRScheduler):
        own.load_state_dict(value)
        return own
    if isinstance(own, list) and any(callable(part) or isinstance(part, LRScheduler) for part in own):
        return [restored(part, kept) for part, kept in zip(own, value, strict=True)]
    if callable(own):
        vars(own).update(value or {})
        return own
    return copy.deepcopy(value)
