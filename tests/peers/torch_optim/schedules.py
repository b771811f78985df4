"""The rates that schedules set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import nn

from .optimisers import apart
from .settings import Random, Settings, between, coin, some

EPOCHS = 100


class Plan(NamedTuple):
    """A schedule to be made on both sides; composed ones have others among their arguments."""

    name: str
    settings: Settings
    parts: tuple[Plan, ...] = ()

    def made(self, library: Any, optimiser: Any) -> Any:
        kind = getattr(library, self.name)
        parts = [part.made(library, optimiser) for part in self.parts]
        if self.name == "ChainedScheduler":
            return kind(parts)
        return kind(optimiser, parts, **self.settings) if parts else kind(optimiser, **self.settings)


def epochs(random: Random, low: int = 1, high: int = 40) -> int:
    return int(random.integers(low, high))


class Damping:
    """A function of the epoch that is an object, whose attributes are saved."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def __call__(self, t: float) -> float:
        return 1 / (1 + self.rate * t)


def functions(random: Random) -> Settings:
    one, other = Damping(random.uniform(0, 0.1)), Damping(random.uniform(0, 0.1))
    return {"lr_lambda": [one, other] if coin(random) else one}


def step(random: Random) -> Settings:
    return {"step_size": epochs(random)} | some(random, gamma=random.uniform(0.2, 1.2))


def multi_step(random: Random) -> Settings:
    milestones = [epochs(random, 0, 100) for _ in range(epochs(random, 0, 6))]
    return {"milestones": milestones} | some(random, gamma=random.uniform(0.2, 1.2))


def constant(random: Random) -> Settings:
    return some(random, factor=random.uniform(0.1, 1), total_iters=epochs(random))


def linear(random: Random) -> Settings:
    factors = some(random, start_factor=random.uniform(0.1, 1), end_factor=random.uniform(0, 1))
    return factors | some(random, total_iters=epochs(random))


def exponential(random: Random) -> Settings:
    return {"gamma": random.uniform(0.9, 1.02)}


def polynomial(random: Random) -> Settings:
    return some(random, total_iters=epochs(random, 1, 120), power=random.uniform(0.5, 3))


def cosine(random: Random) -> Settings:
    return {"T_max": epochs(random, 1, 120)} | some(random, eta_min=random.uniform(0, 0.05))


def warm_restarts(random: Random) -> Settings:
    return {"T_0": epochs(random)} | some(random, T_mult=epochs(random, 1, 4), eta_min=random.uniform(0, 0.05))


def momenta(random: Random) -> Settings:
    one, other = random.uniform(0.3, 0.8), random.uniform(0.8, 0.99)
    return some(
        random, cycle_momentum=coin(random), base_momentum=[one, 0.5] if coin(random) else one, max_momentum=other
    )


def cyclic(random: Random) -> Settings:
    rates = {"base_lr": between(random, 1e-3, 0.1), "max_lr": [0.5, 0.3] if coin(random) else between(random, 0.1, 1)}
    sizes = {"step_size_up": epochs(random)} | some(
        random, step_size_down=epochs(random), gamma=random.uniform(0.95, 1)
    )
    mode = some(random, mode=str(random.choice(["triangular", "triangular2", "exp_range"])))
    own = {"scale_fn": Damping(0.1), "scale_mode": str(random.choice(["cycle", "iterations"]))} if coin(random) else {}
    return rates | sizes | mode | own | momenta(random)


def one_cycle(random: Random) -> Settings:
    steps = {"total_steps": EPOCHS} if coin(random) else {"epochs": 10, "steps_per_epoch": EPOCHS // 10}
    rates = {"max_lr": [0.5, 0.3] if coin(random) else between(random, 0.1, 1)}
    factors = some(random, div_factor=random.uniform(1, 50), final_div_factor=between(random, 1, 1e5))
    shape = some(random, pct_start=random.uniform(0.1, 0.4), anneal_strategy="linear", three_phase=coin(random))
    return steps | rates | factors | shape | momenta(random)


def plateau(random: Random) -> Settings:
    own = some(
        random, mode=str(random.choice(["min", "max"])), factor=random.uniform(0.1, 0.9), patience=epochs(random, 0, 6)
    )
    better = some(random, threshold=between(random, 1e-4, 0.5), threshold_mode=str(random.choice(["rel", "abs"])))
    least = some(random, cooldown=epochs(random, 0, 5), min_lr=[0.01, 0.001] if coin(random) else 0.02, eps=1e-3)
    return own | better | least


SCHEDULES: dict[str, Callable[[Random], Settings]] = {
    "ConstantLR": constant, "CosineAnnealingLR": cosine, "CosineAnnealingWarmRestarts": warm_restarts, "CyclicLR": cyclic,
    "ExponentialLR": exponential, "LambdaLR": functions, "LinearLR": linear, "MultiStepLR": multi_step,
    "MultiplicativeLR": functions, "OneCycleLR": one_cycle, "PolynomialLR": polynomial, "ReduceLROnPlateau": plateau,
    "StepLR": step, "ChainedScheduler": dict, "SequentialLR": dict,
}  # fmt: skip
FACTORS = [
    "ConstantLR", "CosineAnnealingLR", "ExponentialLR", "LinearLR", "MultiStepLR", "MultiplicativeLR", "PolynomialLR", "StepLR",
]  # fmt: skip
PARTS = [*FACTORS, "CosineAnnealingWarmRestarts", "CyclicLR", "LambdaLR"]


def planned(name: str, random: Random) -> Plan:
    if name == "ChainedScheduler":
        parts = [str(part) for part in random.choice(FACTORS, epochs(random, 1, 4))]
        plans = [planned(part, random) for part in parts]
        for plan in plans:  # another schedule may lead below eta_min, from where the cosine leads to rates below 0
            plan.settings.pop("eta_min", None)
        return Plan(name, {}, tuple(plans))
    if name == "SequentialLR":
        parts = [str(part) for part in random.choice(PARTS, epochs(random, 1, 5))]
        milestones = sorted(random.choice(range(1, 90), len(parts) - 1, replace=False).tolist())
        return Plan(name, {"milestones": milestones}, tuple(planned(part, random) for part in parts))
    return Plan(name, SCHEDULES[name](random))


def rates(name: str, random: Random) -> tuple[float, str]:
    """The largest relative difference of rates and momenta, and the settings in words."""
    import torch

    plan, adam = planned(name, random), coin(random)
    settings = {"lr": 0.1} if adam else {"lr": 0.1, "momentum": 0.9}
    figures = random.uniform(1, 2, EPOCHS) * 0.97 ** random.permutation(EPOCHS)

    def start(library: Any, p: Any) -> tuple[Any, Any]:
        kind = library.optim.Adam if adam else library.optim.SGD
        optimiser = kind([{"params": [p(1.0)]}, {"params": [p(2.0)], "lr": 0.4}], **settings)
        return optimiser, plan.made(library.optim.lr_scheduler, optimiser)

    mine = start(nn, nn.Parameter)
    theirs = start(torch, lambda value: torch.nn.Parameter(torch.tensor(value)))
    worst = 0.0
    for i in range(EPOCHS):
        if i == EPOCHS // 2:
            states = [side.state_dict() for side in mine]
            mine = start(nn, nn.Parameter)
            for side, state in zip(mine, states, strict=True):
                side.load_state_dict(state)
        worst = max(worst, *(apart(a, b) for a, b in zip(shown(*mine), shown(*theirs), strict=True)))
        for optimiser, scheduler in (mine, theirs):
            optimiser.step()
            scheduler.step(*([figures[i]] if name == "ReduceLROnPlateau" else []))
    return worst, str(plan)


def shown(optimiser: Any, scheduler: Any) -> list[Any]:
    """What a schedule has set."""
    groups = optimiser.param_groups
    return [scheduler.get_last_lr(), [g["lr"] for g in groups], [g.get("momentum", g.get("betas")) for g in groups]]
