"""Optimisers and schedules beside PyTorch's, in 64 bits: `python -m tests.peers.torch_optim [NAME ...]` (after `make peers`).

Both sides follow the gradients of one function from one start, with the same random settings of every argument, through groups,
steps without a gradient and changes of the rate. Half way our optimiser goes on from PyTorch's state, and at the end the states
are compared as well.
"""

from __future__ import annotations

import sys
import warnings
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

import nn

from .environments import ROOT, in_environment_of

REPORT = ROOT / "tests" / "peers" / "results" / "torch_optim.md"
TRIES, STEPS, EPOCHS = 40, 50, 100
TOLERANCE = 1e-9
SHAPES = [(3, 4), (4,), (), (2, 3, 2), (5, 2)]
Random = np.random.Generator
Settings = dict[str, Any]


def some(random: Random, **settings: Any) -> Settings:
    """Each setting with probability one half; the others keep their defaults."""
    return {name: value for name, value in settings.items() if random.random() < 0.5}


def between(random: Random, low: float, high: float) -> float:
    """A number whose logarithm is uniform."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def coin(random: Random) -> bool:
    return bool(random.random() < 0.5)


def betas(random: Random) -> tuple[float, float]:
    return random.uniform(0, 0.95), random.uniform(0.9, 0.999)  # a shorter memory blows up rounding, step by step


# -- optimisers -------------------------------------------------------------------------------------------------------------


def usual(random: Random, rate: float = 0.03) -> Settings:
    """What nearly all of them have."""
    settings = some(random, weight_decay=between(random, 1e-3, 0.3), maximize=coin(random))
    return {"lr": between(random, rate / 10, 3 * rate), **settings}


def sgd(random: Random) -> Settings:
    momentum = some(random, momentum=random.uniform(0.1, 0.95))
    ahead = some(random, nesterov=True) if momentum else {"nesterov": False}
    dampening = 0.0 if ahead.get("nesterov", False) else random.uniform(0, 1)
    return usual(random) | {"momentum": 0.0, "nesterov": False} | momentum | ahead | {"dampening": dampening}


def adam(random: Random) -> Settings:
    own = some(random, betas=betas(random), eps=between(random, 1e-9, 0.1), amsgrad=coin(random))
    return usual(random) | own | some(random, decoupled_weight_decay=coin(random))


def adamw(random: Random) -> Settings:
    return usual(random) | some(random, betas=betas(random), eps=between(random, 1e-9, 0.1), amsgrad=coin(random))


def adamax(random: Random) -> Settings:
    return usual(random) | some(random, betas=betas(random), eps=between(random, 1e-9, 0.1))


def nadam(random: Random) -> Settings:
    own = some(random, momentum_decay=between(random, 1e-3, 1), decoupled_weight_decay=coin(random))
    return adamax(random) | own


def radam(random: Random) -> Settings:
    return adamax(random) | some(random, decoupled_weight_decay=coin(random))


def rmsprop(random: Random) -> Settings:
    own = some(
        random, alpha=random.uniform(0.5, 0.99), eps=between(random, 1e-8, 0.1), momentum=random.uniform(0.1, 0.9)
    )
    return usual(random) | own | some(random, centered=coin(random))


def rprop(random: Random) -> Settings:
    steps = (between(random, 1e-6, 1e-3), between(random, 0.01, 50))
    own = some(random, etas=(random.uniform(0.2, 0.8), random.uniform(1.05, 1.5)), step_sizes=steps)
    return {"lr": between(random, 1e-3, 0.1), **own, **some(random, maximize=coin(random))}


def adagrad(random: Random) -> Settings:
    own = some(random, lr_decay=between(random, 1e-3, 1), initial_accumulator_value=random.uniform(0, 1))
    return usual(random, 0.3) | own | some(random, eps=between(random, 1e-10, 0.1))


def adadelta(random: Random) -> Settings:
    return usual(random, 1.0) | some(random, rho=random.uniform(0.3, 0.99), eps=between(random, 1e-8, 0.1))


def asgd(random: Random) -> Settings:
    own = some(random, lambd=between(random, 1e-4, 0.5), alpha=random.uniform(0.3, 1), t0=float(random.integers(0, 40)))
    return usual(random) | own


def adafactor(random: Random) -> Settings:
    eps = (None if coin(random) else between(random, 1e-9, 0.1), between(random, 1e-4, 0.5))
    own = some(random, beta2_decay=random.uniform(-1, -0.3), eps=eps, d=random.uniform(1, 3))
    return usual(random) | own


def muon(random: Random) -> Settings:
    own = some(
        random, weight_decay=between(random, 1e-3, 0.3), momentum=random.uniform(0.1, 0.99), nesterov=coin(random)
    )
    way = some(
        random, eps=between(random, 1e-8, 0.1), ns_steps=int(random.integers(1, 8)), ns_coefficients=(3.0, -4.0, 2.0)
    )
    how = str(random.choice(["original", "match_rms_adamw"]))
    return {"lr": between(random, 1e-3, 0.1), **own, **way, **some(random, adjust_lr_fn=how)}


def lbfgs(random: Random) -> Settings:
    own = some(random, max_iter=int(random.integers(1, 30)), max_eval=int(random.integers(1, 40)), history_size=3)
    limits = some(random, tolerance_change=between(random, 1e-9, 1e-3))
    limits["tolerance_grad"] = between(random, 1e-4, 1e-2)  # further down differences of gradients are rounding
    return {"lr": random.uniform(0.2, 1), **own, **limits, **some(random, line_search_fn="strong_wolfe")}


OPTIMISERS: dict[str, Callable[[Random], Settings]] = {
    "ASGD": asgd, "Adadelta": adadelta, "Adafactor": adafactor, "Adagrad": adagrad, "Adam": adam, "AdamW": adamw,
    "Adamax": adamax, "LBFGS": lbfgs, "Muon": muon, "NAdam": nadam, "RAdam": radam, "RMSprop": rmsprop, "Rprop": rprop,
    "SGD": sgd,
}  # fmt: skip
COMPLEX = {"ASGD", "SGD"}
MATRICES_ONLY = {"Muon"}
ONE_GROUP = {"LBFGS"}


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


# -- what is compared -------------------------------------------------------------------------------------------------------

COMPARISONS: dict[str, Callable[[str, Random], tuple[float, str]]] = dict.fromkeys(OPTIMISERS, trajectories)


def compare(names: Iterable[str]) -> tuple[str, list[str]]:
    """The report as Markdown, and what differs."""
    import torch

    rows, wrong = [], []
    for name in names:
        agree, largest = 0, 0.0
        for k in range(TRIES):
            random = np.random.default_rng(zlib.crc32(f"{name} {k}".encode()))
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                worst, words = COMPARISONS[name](name, random)
            if worst <= TOLERANCE:
                agree, largest = agree + 1, max(largest, worst)
            else:
                wrong.append(f"differs by {worst:.1e}: {words}")
        rows.append(f"| `{name}` | {agree} of {TRIES} | {largest:.0e} |")
        print(rows[-1], file=sys.stderr)
    text = f"""# Optimisers and schedules beside PyTorch

Made by `python -m tests.peers.torch_optim` with PyTorch {torch.__version__} and NumPy {np.__version__}, in 64 bits: {TRIES} runs
of each with random settings of every argument; optimisers over {STEPS} steps, with groups, steps without a gradient and rates
that change, going on from PyTorch's state half way; schedules over {EPOCHS} epochs. Agreement is to {TOLERANCE:.0e} of the
largest element, at every step, and of the states at the end. PyTorch's Muon is let compute in 64 bits instead of bfloat16.

| | runs that agree | largest difference |
|---|---|---|
"""
    return text + "\n".join(rows) + "\n", wrong


def main(names: list[str]) -> None:
    in_environment_of("torch", "tests.peers.torch_optim", names)
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    torch.Tensor.bfloat16 = lambda x: x.clone()  # Muon's
    if unknown := set(names) - COMPARISONS.keys():
        sys.exit(f"there is no {', '.join(sorted(unknown))}")
    text, wrong = compare(names or COMPARISONS)
    if not names:
        REPORT.write_text(text)
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
