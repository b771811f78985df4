"""What a training was like, epoch by epoch."""

from __future__ import annotations

from io import StringIO
from typing import Any

import autograd_core as ag


class History(list[dict[str, float]]):
    """One dict for each epoch: "loss", those of the metrics, the same with "val_" for the validation, "lr" and "seconds".

    >>> history = History([{"loss": 2.0, "val_loss": 3.0}, {"loss": 1.0, "val_loss": 2.5}])
    >>> history["loss"], history.best("val_loss")
    ([2.0, 1.0], 1)
    """

    def __getitem__(self, key: Any) -> Any:
        """An epoch by its number, or the course of a quantity by its name."""
        return [epoch[key] for epoch in self] if isinstance(key, str) else super().__getitem__(key)

    def best(self, name: str = "val_loss", largest: bool = False) -> int:
        """The epoch in which a quantity was smallest, or largest."""
        course = self[name]
        return int((max if largest else min)(range(len(course)), key=course.__getitem__))

    def plot(self, path: Any = None) -> Any:
        """Draw losses and metrics over the epochs, each with its validation; returns the figure, and saves it by a path.

        Needs Matplotlib: pip install "autograd-core[plot]".
        """
        try:
            from matplotlib.figure import Figure
        except ImportError as error:
            raise ImportError('to plot needs Matplotlib: pip install "autograd-core[plot]"') from error
        names = [
            name for name in (self[0] if self else {}) if not name.startswith("val_") and name not in ("lr", "seconds")
        ]
        figure = Figure(figsize=(4.5 * max(len(names), 1), 3.2), layout="constrained")
        epochs = range(1, len(self) + 1)
        for i, name in enumerate(names, 1):
            axes = figure.add_subplot(1, len(names), i, title=name, xlabel="epoch")
            axes.plot(epochs, self[name], label="learning", color="#1f77b4")
            if f"val_{name}" in self[0]:
                axes.plot(epochs, self[f"val_{name}"], label="validation", color="#d95f02", linestyle="--")
                axes.legend(frameon=False)
            axes.spines[["top", "right"]].set_visible(False)
        if path is not None:
            figure.savefig(path)
        return figure

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The curves in a notebook, where Matplotlib is there; else a table."""
        text = self._words()
        try:
            return {"image/svg+xml": self._svg(), "text/plain": text}
        except Exception:  # a display never fails
            return {"text/html": history_html(self), "text/plain": text} if self else {"text/plain": text}

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """IPython's text: without this it would write down the list, the times of every run included."""
        printer.text(self._words())

    def _words(self) -> str:
        return f"<history of {len(self)} epoch{'s' * (len(self) != 1)}: {', '.join(ends(self))}>"

    def _svg(self) -> str:
        from matplotlib import rc_context

        if not self:
            raise ValueError("there are no curves of no epochs")
        out = StringIO()
        with rc_context({"svg.fonttype": "none", "svg.hashsalt": "history"}):
            self.plot().savefig(out, format="svg", metadata={"Date": None})
        text = out.getvalue()
        return text[text.index("<svg") :]


def ends(history: History) -> list[str]:
    """What each quantity was in the first epoch, and in the last."""
    if not history:
        return ["nothing yet"]
    first, last = history[0], history[-1]
    number = ag.displays.number_text
    return [
        f"{name} {number(x)} → {number(last.get(name, x))}"
        for name, x in first.items()
        if name not in ("lr", "seconds")
    ]


def history_html(history: History) -> str:
    """The epochs as a table."""
    show, names = ag.displays, list(history[0])
    rows = [
        [str(i), *[show.number_text(epoch[n]) if n in epoch else "" for n in names]]
        for i, epoch in enumerate(history, 1)
    ]
    return str(show.panel(show.table(["epoch", *names], rows, right=range(len(names) + 1))))
