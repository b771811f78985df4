"""Random settings of optimisers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

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
