"""Trajectories and states of optimisers."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

import nn

from .settings import COMPLEX, MATRICES_ONLY, ONE_GROUP, OPTIMISERS, Random, Settings, coin

STEPS = 50
SHAPES = [(3, 4), (4,), (), (2, 3, 2), (5, 2)]


class Valley:
    """A smooth convex function of several arrays, with gradients: sum((w - c)**2 / 2 + log(cosh(a * (w - c)))) over all elements,
    and the square of their sum."""

    def __init__(self, shapes: list[tuple[int, ...]], complex_one: bool, random: Random) -> None:
        self.centres = [random.standard_normal(shape) for shape in shapes]
        if complex_one:
            self.centres[0] = self.centres[0] + 1j * random.standard_normal(shapes[0])
        self.scales = [random.uniform(0.3, 3, shape) for shape in shapes]
        self.start = [c + random.standard_normal(c.shape) for c in self.centres]

    def __call__(self, ws: list[np.ndarray]) -> tuple[float, list[np.ndarray]]:
        total = sum(np.sum(w.real) for w in ws) / 10
        value, gradients = total**2 / 2, []
        for w, c, a in zip(ws, self.centres, self.scales, strict=True):
            x = w - c
            value += np.sum(np.abs(x) ** 2 / 2 + np.log(np.cosh(a * x.real)) + np.log(np.cosh(a * x.imag)))
            g = x + a * np.tanh(a * x.real) + total / 10
            gradients.append(np.array(g + 1j * a * np.tanh(a * x.imag) if np.iscomplexobj(w) else g))
        return value, gradients


class Run:
    """One side: parameters, and an optimiser over groups of them."""

    def __init__(
        self, kind: Any, make: Any, as_array: Any, valley: Valley, groups: list[Settings], settings: Settings
    ) -> None:
        self.parameters = [make(w) for w in valley.start]
        self.make, self.as_array, self.valley = make, as_array, valley
        cut = [0, 2, len(self.parameters)] if len(groups) == 2 else [0, len(self.parameters)]
        parts = [{"params": self.parameters[cut[i] : cut[i + 1]], **own} for i, own in enumerate(groups)]
        self.new = lambda: kind(parts if len(groups) > 1 else self.parameters, **settings)
        self.optimiser = self.new()

    def arrays(self) -> list[np.ndarray]:
        return [np.array(self.as_array(p)) for p in self.parameters]

    def step(self, absent: set[int]) -> Any:
        def closure() -> float:
            value, gradients = self.valley(self.arrays())
            for i, (p, g) in enumerate(zip(self.parameters, gradients, strict=True)):
                p.grad = None if i in absent else self.gradient(p, g)
            return float(value)

        return self.optimiser.step(closure)

    def gradient(self, p: Any, g: np.ndarray) -> Any:
        return g


def trajectories(name: str, random: Random) -> tuple[float, str]:
    """The largest relative difference of parameters and states on the way, and the settings in words."""
    import torch

    settings = OPTIMISERS[name](random)
    shapes = [shape for shape in SHAPES if len(shape) == 2 or name not in MATRICES_ONLY]
    valley = Valley(shapes, name in COMPLEX and coin(random), random)
    groups: list[Settings] = [{}] if name in ONE_GROUP or coin(random) else [{}, OPTIMISERS[name](random)]
    groups[-1].pop("initial_accumulator_value", None)  # PyTorch's Adagrad passes over that of a group
    kinds = getattr(nn.optim, name), getattr(torch.optim, name)
    mine = Run(kinds[0], nn.Parameter, lambda p: p.numpy(), valley, groups, settings)
    theirs = Run(
        kinds[1], lambda w: torch.nn.Parameter(torch.tensor(w)), lambda p: p.detach().numpy(), valley, groups, settings
    )
    theirs.gradient = lambda p, g: torch.tensor(g)  # type: ignore[method-assign]
    worst = 0.0
    for i in range(STEPS):
        if i == STEPS // 2:
            mine.optimiser = mine.new()
            mine.optimiser.load_state_dict(theirs.optimiser.state_dict())
        if i % 15 == 14:
            for run in (mine, theirs):
                run.optimiser.param_groups[-1]["lr"] *= 0.7
        absent = set() if name in ONE_GROUP else {k for k in range(len(shapes)) if random.random() < 0.1}
        losses = [run.step(absent) for run in (mine, theirs)]
        pairs = zip([losses[0], *mine.arrays()], [losses[1], *theirs.arrays()], strict=True)
        worst = max(worst, *(apart(a, b) for a, b in pairs))
    worst = max(worst, states_apart(mine.optimiser.state_dict(), theirs.optimiser.state_dict()))
    return worst, f"{name}({settings}, groups {groups})"


def apart(a: Any, b: Any) -> float:
    """The largest difference of two arrays, in units of the largest element."""
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        return np.inf
    return float(np.max(np.abs(a - b), initial=0) / max(np.max(np.abs(b), initial=0), 1e-3))


def states_apart(mine: Any, theirs: Any) -> float:
    """The largest difference of two states; infinite for other keys, but for what PyTorch's settings say of its hardware."""
    passed_over = {"foreach", "fused", "capturable", "differentiable", "al"}
    if isinstance(theirs, dict):
        if mine.keys() - passed_over != theirs.keys() - passed_over:
            print(mine.keys() ^ (theirs.keys() - passed_over), file=sys.stderr)
            return np.inf
        return max((states_apart(mine[key], theirs[key]) for key in mine.keys() - passed_over), default=0.0)
    if isinstance(theirs, (list, tuple)):
        if len(mine) != len(theirs):
            return np.inf
        return max((states_apart(a, b) for a, b in zip(mine, theirs, strict=True)), default=0.0)
    if theirs is None or isinstance(theirs, (str, bool)):
        return 0.0 if mine == theirs else np.inf
    return apart(mine, theirs)
