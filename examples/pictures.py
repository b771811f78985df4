"""What the demo leaves to look at: one neuron, the graph of a loss, the training curve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

import autograd_core as ag
import nn

BLUE, ORANGE, INK, MUTED = "#0067A3", "#B23A0B", "#1F2937", "#4B5563"


def draw_neuron(folder: Path) -> None:
    """o = tanh(x1 w1 + x2 w2 + b), with the chain rule on its edges."""
    x1, x2 = ag.scalar(2.0, name="x1"), ag.scalar(0.0, name="x2")
    w1, w2, b = (nn.Parameter(ag.scalar(v, name=n)) for v, n in ((-3.0, "w1"), (1.0, "w2"), (6.8814, "b")))
    p, q = x1 * w1, x2 * w2
    s = p + q
    n = s + b
    o = ag.tanh(n)

    drawing = ag.draw(o, names={p: "p", q: "q", s: "s", n: "n", o: "o"}, title="o = tanh(x1 w1 + x2 w2 + b)")
    drawing.save(folder / "neuron.svg")
    drawing.save(folder / "neuron.png")


def draw_loss(model: nn.Module, images: np.ndarray, labels: np.ndarray, folder: Path) -> None:
    """The loss of some digits: every operation between their pixels and the number that is made small."""

    def loss(images: ag.Tensor) -> ag.Tensor:
        return nn.functional.cross_entropy(model(images), labels)

    ag.draw(loss, images, title=f"The loss of {len(labels)} digits", rankdir="TB").save(folder / "loss.svg")


def draw_training(losses: Sequence[float], accuracies: Sequence[float], folder: Path) -> None:
    """Mean training loss and held-out accuracy (0 to 1) after each epoch."""
    style = {"font.size": 12, "text.color": INK, "xtick.color": MUTED, "ytick.color": MUTED, "svg.hashsalt": "digits"}
    with matplotlib.rc_context(style):
        figure = Figure(figsize=(9, 3.6), layout="constrained")
        left, right = figure.subplots(1, 2)
        curve(left, losses, f"{losses[-1]:.3f}", BLUE, "Training loss")
        curve(right, [100 * a for a in accuracies], f"{accuracies[-1]:.1%}", ORANGE, "Held-out accuracy, %")
        left.set_yscale("log")
        left.yaxis.set_major_formatter("{x:g}")
        left.yaxis.set_minor_locator(NullLocator())
        figure.savefig(folder / "training_curve.svg", metadata={"Date": None})
        figure.savefig(folder / "training_curve.png", dpi=144)


def curve(axes: Axes, values: Sequence[float], last: str, color: str, title: str) -> None:
    """One line, its title in its colour, its last value beside it."""
    epochs = range(1, len(values) + 1)
    axes.plot(epochs, values, color=color, linewidth=2)
    axes.plot(epochs[-1], values[-1], "o", color=color, markersize=6)
    axes.annotate(last, (epochs[-1], values[-1]), (9, 0), textcoords="offset points", va="center", color=color)
    axes.set_title(title, loc="left", color=color, fontweight="bold")
    axes.set_xlabel("epoch", color=MUTED)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    axes.grid(axis="y", color="#E5E7EB")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0)
