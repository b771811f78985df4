"""What may happen beside a training: stopping early, saving, telling how it goes."""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Sized
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import SettingError
from ..saving import loaded, save_file
from ..settings import number, whole
from .trees import packed, unpacked

if TYPE_CHECKING:
    from .fit import Run


class Callback:
    """The base of what may happen beside a training; each method is given the run, with all that belongs to it.

    >>> import nn
    >>> class Shout(nn.training.Callback):
    ...     def epoch_ended(self, run):
    ...         print(f"epoch {run.epoch}: LOSS {run.history[-1]['loss']:.1f}")
    """

    def started(self, run: Run) -> None:
        """Before the first epoch."""

    def epoch_started(self, run: Run) -> None:
        """Before the first batch of an epoch."""

    def batch_ended(self, run: Run) -> None:
        """After the update by a batch; run.loss is its loss."""

    def epoch_ended(self, run: Run) -> None:
        """After an epoch and its validation; run.history[-1] tells of it, run.stop = "reason" ends the training."""

    def ended(self, run: Run) -> None:
        """After the last epoch, or when the training was left by an exception."""

    def state_dict(self) -> dict[str, Any]:
        """What must be known to go on from a checkpoint."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what state_dict gave."""


class EarlyStopping(Callback):
    """End a training once a quantity has not become better for some epochs, and go back to the best weights.

    patience    how many epochs without a better value are one too many
    monitor     the quantity; by default the loss of the validation
    min_delta   by how much a value must be better to count
    largest     whether larger is better, as of an accuracy
    """

    def __init__(
        self, patience: int = 5, monitor: str = "val_loss", min_delta: float = 0.0, largest: bool = False
    ) -> None:
        self.patience, self.monitor = whole(patience, "EarlyStopping: patience", 1), monitor
        self.min_delta, self.largest = number(min_delta, "EarlyStopping: min_delta"), largest
        self.best: float | None = None
        self.best_epoch = 0
        self.weights: dict[str, Any] = {}

    def epoch_ended(self, run: Run) -> None:
        now = run.history[-1]
        if self.monitor not in now:
            raise SettingError(f"EarlyStopping watches {self.monitor!r}, and an epoch has {', '.join(now)}")
        value = -now[self.monitor] if self.largest else now[self.monitor]
        if self.best is None or value < self.best - self.min_delta:
            self.best, self.best_epoch, self.weights = value, run.epoch, run.model.state_dict()
        elif run.epoch - self.best_epoch >= self.patience:
            run.stop = f"{self.monitor} has not become better since epoch {self.best_epoch}"

    def ended(self, run: Run) -> None:
        if self.weights:
            run.model.load_state_dict(self.weights)

    def state_dict(self) -> dict[str, Any]:
        return {"best": self.best, "best_epoch": self.best_epoch, "weights": self.weights}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.best, self.best_epoch, self.weights = (state_dict[name] for name in ("best", "best_epoch", "weights"))


class Checkpoint(Callback):
    """Save all that a training consists of after each epoch, and go on from there if the file is there already.

    path    a safetensors file; each save takes its place in one step, so that there is a whole one at any moment
    every   save each so many epochs

    Parameters, buffers, the optimizer's and the schedule's state, the history, the states of random generators: a training
    that was killed and started again comes to the same numbers as one that was not.
    """

    def __init__(self, path: str | os.PathLike[str], every: int = 1) -> None:
        self.path, self.every = path, whole(every, "Checkpoint: every", 1)

    def started(self, run: Run) -> None:
        if os.path.exists(self.path):
            arrays, metadata = loaded(self.path)
            run.load_state_dict(unpacked(arrays, metadata["state"]))

    def epoch_ended(self, run: Run) -> None:
        if run.epoch % self.every == 0 or run.epoch == run.epochs or run.stop:
            arrays, text = packed(run.state_dict())
            save_file(arrays, self.path, {"state": text})


class Progress(Callback):
    """Tell how a training goes: a bar for each epoch if tqdm is there, else a line."""

    def __init__(self) -> None:
        self.bar: Any = None
        self.sum = self.seen = 0.0

    def epoch_started(self, run: Run) -> None:
        self.sum = self.seen = 0.0
        try:
            from tqdm import tqdm
        except ImportError:
            return
        total = len(run.data) if isinstance(run.data, Sized) else None
        width = len(str(run.epochs))
        self.bar = tqdm(total=total, desc=f"epoch {run.epoch:{width}d}/{run.epochs}", unit="batch", file=sys.stderr)

    def batch_ended(self, run: Run) -> None:
        if self.bar is not None:
            self.sum, self.seen = self.sum + run.loss, self.seen + 1
            self.bar.set_postfix_str(f"loss {self.sum / self.seen:.4f}", refresh=False)
            self.bar.update()

    def epoch_ended(self, run: Run) -> None:
        now = run.history[-1]
        words = ", ".join(f"{k} {v:.4g}" for k, v in now.items() if k not in ("seconds", "lr"))
        if self.bar is None:
            print(f"epoch {run.epoch}/{run.epochs}: {words}, {now['seconds']:.1f} s", file=sys.stderr)
            return
        self.bar.set_postfix_str(words)
        self.bar.close()
        self.bar = None

    def ended(self, run: Run) -> None:
        if self.bar is not None:
            self.bar.close()
        if run.stop:
            print(f"stopped after epoch {run.epoch}: {run.stop}", file=sys.stderr)


def random_states(run: Run) -> list[Any]:
    """The states of the random generators that a training draws from, those of the loader and of layers included."""
    return [copy.deepcopy(generator.bit_generator.state) for generator in generators(run)]


def set_random_states(run: Run, states: list[Any]) -> None:
    """Bring the generators of a training to earlier states."""
    found = generators(run)
    if len(found) != len(states):
        raise SettingError(
            f"the checkpoint knows {len(states)} random generators, and this training has {len(found)}: build it as it was built"
        )
    for generator, state in zip(found, states, strict=True):
        generator.bit_generator.state = state


def generators(run: Run) -> list[Any]:
    """The distinct generators: the default one, the loader's, and those that modules hold."""
    from ..random import Generator, stream

    held = [getattr(run.data, "generator", None), *(vars(m).get("generator") for m in run.model.modules())]
    all_of_them = [stream(), *(g for g in held if isinstance(g, (Generator, np.random.Generator)))]
    return list({id(g): g for g in all_of_them}.values())
