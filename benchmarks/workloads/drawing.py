"""Drawings of graphs from small to far too large: what is to be drawn, decided, and its layout by Graphviz as SVG.

The time to record the graph is no part of it, except for torchview, which draws while it records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.steps import Step, normal

FEATURES = 4


def layers(nn: Any, calls: int) -> Any:
    """A network of alternating linear layers and tanh."""
    return nn.Sequential(*[layer for _ in range(calls // 2) for layer in (nn.Linear(FEATURES, FEATURES), nn.Tanh())])


def boxes(nn: Any, calls: int) -> Any:
    """The same in fifty modules."""
    return nn.Sequential(*[layers(nn, calls // 50) for _ in range(50)])


def loop(weight: Any, state: Any, calls: int) -> Any:
    """A recurrence of a product and tanh."""
    for _ in range(calls // 2):
        state = np.tanh(weight @ state)
    return state.sum()


def numbers(first: Any, calls: int) -> Any:
    """A chain of numbers."""
    for _ in range(calls // 2):
        first = first * 0.99 + 0.01
    return first


def tangle(leaf: Callable[[], Any], calls: int) -> Any:
    """Products and quotients of a recent and any earlier value, all of them 1: nothing repeats."""
    random = np.random.default_rng(0)
    values = [leaf() for _ in range(5)]
    for recent, earlier, times in zip(
        random.integers(1, 6, calls), random.random(calls), random.integers(2, size=calls), strict=True
    ):
        a, b = values[-recent], values[int(earlier * len(values))]
        values.append(a * b if times else a / b)
    return values[-1].sum()


def ours(what: str, calls: int) -> Step:
    import autograd_core as ag
    import nn
    from autograd_core.errors import GradientError

    def leaf() -> Any:
        return ag.tensor(np.ones(2), requires_grad=True)

    targets = {
        "layers": lambda: layers(nn, calls)(normal(2, FEATURES)),
        "boxes": lambda: boxes(nn, calls)(normal(2, FEATURES)),
        "loop": lambda: loop(ag.tensor(0.3 * normal(FEATURES, FEATURES), requires_grad=True), normal(FEATURES), calls),
        "numbers": lambda: numbers(ag.scalar(0.5), calls),
        "tangle": lambda: tangle(leaf, calls),
    }
    target = targets[what]()

    def step() -> Iterator[str]:
        drawing = ag.draw(target)
        yield "document"
        drawing.svg()
        yield "layout"

    def refusal() -> Iterator[str]:
        try:
            ag.draw(target)
        except GradientError:
            yield "refusal"

    return refusal if what == "tangle" else step


def torchviz(what: str, calls: int) -> Step:
    import torch
    from torchviz import make_dot

    assert what == "layers"
    target = layers(torch.nn, calls)(torch.from_numpy(normal(2, FEATURES)))

    def step() -> Iterator[str]:
        drawing = make_dot(target)
        yield "document"
        drawing.pipe("svg")
        yield "layout"

    return step


def torchview(what: str, calls: int) -> Step:
    import torch
    from torchview import draw_graph

    assert what == "layers"
    model, x = layers(torch.nn, calls), torch.from_numpy(normal(2, FEATURES))

    def step() -> Iterator[str]:
        drawing = draw_graph(model, input_data=x).visual_graph
        yield "document"
        drawing.pipe("svg")
        yield "layout"

    return step
