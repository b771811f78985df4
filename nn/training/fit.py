"""A training from beginning to end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import AnomalyError

from ..errors import KindError
from ..optim.lr_scheduler import ReduceLROnPlateau
from ..settings import described, one_of, whole
from ..utils import clip_grad_norm_, clip_grad_value_
from .callbacks import Callback, Checkpoint, Progress, random_states, set_random_states
from .history import History

Metric = Callable[[Any, Any], Any]


def accuracy(output: Any, target: Any) -> float:
    """The share of rows whose largest element is at the target class."""
    return float(np.mean(np.argmax(output, axis=1) == target))


METRICS: dict[str, Metric] = {"accuracy": accuracy}


class Run:
    """One training: what it is made of, and where it stands.

    epoch     the number of the present epoch, from 1   loss   that of the last batch   history   one entry for each epoch
    stop      a reason to end after this epoch; empty to go on
    """

    def __init__(
        self, model: Any, data: Iterable[Any], optimizer: Any, epochs: int, scheduler: Any, callbacks: Any
    ) -> None:
        self.model, self.data, self.optimizer, self.epochs = model, data, optimizer, epochs
        self.scheduler, self.callbacks = scheduler, callbacks
        self.epoch, self.loss, self.stop, self.history = 0, 0.0, "", History()

    def tell(self, event: str) -> None:
        """Let every callback know."""
        for callback in self.callbacks:
            getattr(callback, event)(self)

    def lasting(self) -> list[Callback]:
        """The callbacks that a checkpoint knows; whether progress is told may change."""
        return [callback for callback in self.callbacks if not isinstance(callback, Progress)]

    def state_dict(self) -> dict[str, Any]:
        """All that is needed to go on from here."""
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": None if self.scheduler is None else self.scheduler.state_dict(),
            "callbacks": [callback.state_dict() for callback in self.lasting()],
            "random": random_states(self),
            "epoch": self.epoch,
            "stop": self.stop,
            "history": list(self.history),
        }

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from what state_dict gave."""
        self.model.load_state_dict(state_dict["model"])
        self.optimizer.load_state_dict(state_dict["optimizer"])
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state_dict["scheduler"])
        for callback, state in zip(self.lasting(), state_dict["callbacks"], strict=True):
            callback.load_state_dict(state)
        set_random_states(self, state_dict["random"])
        self.epoch, self.stop, self.history = state_dict["epoch"], state_dict["stop"], History(state_dict["history"])


def fit(
    model: Any,
    data: Iterable[Any],
    loss: Callable[[Any, Any], Any],
    optimizer: Any,
    *,
    epochs: int = 1,
    validation: Iterable[Any] | None = None,
    metrics: Mapping[str, Metric] | Sequence[str] = (),
    scheduler: Any = None,
    clip_grad_norm: float | None = None,
    clip_grad_value: float | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool = True,
) -> History:
    """Train a model: for each batch of each epoch the loss, its gradients, a step of the optimizer.

    model             a module, called with all parts of a batch but the last
    data              batches that can be iterated over once for each epoch, such as a DataLoader: tuples with the target last
    loss              of (output, target), one number
    validation        batches to judge by after each epoch, without learning from them
    metrics           quantities besides the loss, functions of (output, target) by name, or names: "accuracy"
    scheduler         of nn.optim.lr_scheduler, stepped after each epoch; ReduceLROnPlateau by the validation's loss
    clip_grad_norm    the largest norm that all gradients together may have;  clip_grad_value the largest element
    callbacks         EarlyStopping, Checkpoint, or your own; see `nn.training.Callback`
    progress          tell how it goes, on stderr

    Returns the history: one dict for each epoch, see `nn.training.History`.
    Raises AnomalyError when the loss of a batch is NaN or infinite, with the operation that made it so, before the step.

    >>> import nn, numpy as np
    >>> x = np.linspace(-1, 1, 32)[:, None]
    >>> data = nn.data.DataLoader(nn.data.TensorDataset(x, 3 * x + 1), batch_size=8, shuffle=True, generator=0)
    >>> model = nn.Linear(1, 1, generator=0)
    >>> history = nn.fit(model, data, nn.MSELoss(), nn.optim.SGD(model.parameters(), lr=0.5), epochs=20, progress=False)
    >>> model.weight.numpy().round(3), model.bias.numpy().round(3), history[-1]["loss"] < 1e-6
    (array([[3.]], dtype=float32), array([1.], dtype=float32), True)
    """
    if not callable(getattr(model, "state_dict", None)):
        raise KindError(f"fit trains a module, and was given a {type(model).__name__}: make it a subclass of nn.Module")
    if not hasattr(optimizer, "param_groups"):
        raise KindError(
            f"fit takes an optimizer, such as nn.optim.Adam(model.parameters()), and was given {described(optimizer)}"
        )
    if scheduler is not None and not callable(getattr(scheduler, "step", None)):
        raise KindError(f"fit: scheduler is {described(scheduler)}: give one of nn.optim.lr_scheduler")
    if not isinstance(metrics, Mapping):
        metrics = {name: METRICS[one_of(name, "fit: one of metrics", METRICS)] for name in metrics}
    chosen = dict(metrics)
    savers = [c for c in callbacks if isinstance(c, Checkpoint)]  # after all others, whose states they save
    callbacks = [*(c for c in callbacks if c not in savers), *savers, *([Progress()] if progress else [])]
    run = Run(model, data, optimizer, whole(epochs, "fit: epochs"), scheduler, callbacks)
    parameters = list(model.parameters())

    def learn(inputs: Sequence[Any], target: Any) -> tuple[Any, float]:
        optimizer.zero_grad()
        output = model(*inputs)
        error = loss(output, target)
        value = number_of(error)
        if not np.isfinite(value):
            blame(run, lambda: loss(model(*inputs), target), value)
        error.backward()
        if clip_grad_value is not None:
            clip_grad_value_(parameters, clip_grad_value)
        if clip_grad_norm is not None:
            clip_grad_norm_(parameters, clip_grad_norm)
        optimizer.step()
        return output, value

    def judge(inputs: Sequence[Any], target: Any) -> tuple[Any, float]:
        output = model(*inputs)
        return output, number_of(loss(output, target))

    training = model.training
    run.tell("started")
    try:
        while run.epoch < run.epochs and not run.stop:
            run.epoch += 1
            start = time.perf_counter()
            rates = {"lr": float(optimizer.param_groups[0]["lr"])}
            run.tell("epoch_started")
            model.train()
            found = through(data, learn, chosen, run)
            if validation is not None:
                model.eval()
                with ag.no_grad():
                    judged = through(validation, judge, chosen, None)
                found.update({f"val_{name}": value for name, value in judged.items()})
            if scheduler is not None:
                watched = (found.get("val_loss", found["loss"]),) if isinstance(scheduler, ReduceLROnPlateau) else ()
                scheduler.step(*watched)
            run.history.append({**found, **rates, "seconds": time.perf_counter() - start})
            run.tell("epoch_ended")
    finally:
        run.tell("ended")
        model.train(training)
    return run.history


def through(
    data: Iterable[Any], step: Callable[..., tuple[Any, float]], metrics: Mapping[str, Metric], run: Run | None
) -> dict[str, float]:
    """The means of the loss and the metrics over all examples of an epoch."""
    sums, examples = dict.fromkeys(("loss", *metrics), 0.0), 0
    for batch in data:
        if not isinstance(batch, (tuple, list)) or len(batch) < 2:
            raise KindError(f"fit takes batches (inputs ..., target), and was given a {type(batch).__name__}")
        *inputs, target = batch
        output, value = step(inputs, target)
        count = len(target)
        numbers = output.numpy() if isinstance(output, ag.Value) else output
        sums["loss"] += value * count
        for name, metric in metrics.items():
            sums[name] += float(metric(numbers, target)) * count
        examples += count
        if run is not None:
            run.loss = value
            run.tell("batch_ended")
    if not examples:
        raise KindError("fit was given no batch: is the data empty, or an iterator that has been used up?")
    return {name: total / examples for name, total in sums.items()}


def number_of(error: Any) -> float:
    if np.size(error) != 1:
        raise KindError(f"fit needs a loss that is one number, and got one of shape {np.shape(error)}: reduce it")
    return float(error.item() if hasattr(error, "item") else error)


def blame(run: Run, again: Callable[[], Any], value: float) -> None:
    """Raise AnomalyError with the operation that made a loss NaN or infinite, found by computing it again."""
    where = f"in epoch {run.epoch} the loss of a batch became {value}"
    try:
        with np.errstate(all="ignore"), ag.detect_anomaly():
            again().backward()
    except AnomalyError as error:
        error.add_note(f"{where}; the weights are those from before this batch")
        raise
    raise AnomalyError(f"{where}, and not when it was computed again: is it random, or are the inputs so?")
