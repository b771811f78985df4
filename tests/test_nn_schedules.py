"""Schedules of the learning rate: each beside its formula, and what they do together."""

import copy
import math
import pickle

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn import KindError, SettingError, StateDictError
from nn.optim.lr_scheduler import (
    ChainedScheduler,
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    CyclicLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    MultiplicativeLR,
    MultiStepLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
)


class Damping:
    """A function of the epoch that is an object."""

    def __init__(self, rate):
        self.rate = rate

    def __call__(self, t):
        return 1 / (1 + self.rate * t)


def cosine(t, period):
    return (1 + math.cos(math.pi * t / period)) / 2


def triangle(t, up, down):
    into = t % (up + down)
    return into / up if into <= up else (up + down - into) / down


def warm(t):
    """Restarts at 3, 9 and 21."""
    return next(cosine(t - start, period) for start, period in [(21, 24), (9, 12), (3, 6), (0, 3)] if t >= start)


def one_cycle(t):
    """Up to step 2.6 of 11, down to the end; along cosines."""
    share = cosine(t, 2.6) if t <= 2.6 else 1 - cosine(t - 2.6, 11 - 2.6)
    return 1 - share * (24 / 25 if t <= 2.6 else 1 - 1 / 25e4)


# the class, its settings, and the rates as shares of the initial one (of max_lr, for the cycles)
CASES = [
    (StepLR, {"step_size": 3}, lambda t: 0.1 ** (t // 3)),
    (StepLR, {"step_size": 2, "gamma": 0.0}, lambda t: float(t < 2)),
    (MultiStepLR, {"milestones": [5, 2, 5], "gamma": 0.5}, lambda t: 0.5 ** ((t >= 2) + 2 * (t >= 5))),
    (ConstantLR, {}, lambda t: 1 / 3 if t < 5 else 1),
    (ConstantLR, {"factor": 0.0, "total_iters": 2}, lambda t: float(t >= 2)),
    (LinearLR, {}, lambda t: 1 / 3 + 2 / 3 * min(t / 5, 1)),
    (LinearLR, {"start_factor": 0.0, "end_factor": 0.5, "total_iters": 4}, lambda t: min(t / 8, 0.5)),
    (ExponentialLR, {"gamma": 0.9}, lambda t: 0.9**t),
    (PolynomialLR, {"total_iters": 7, "power": 2.0}, lambda t: (1 - min(t / 7, 1)) ** 2),
    (LambdaLR, {"lr_lambda": Damping(0.5)}, lambda t: 1 / (1 + 0.5 * t)),
    (MultiplicativeLR, {"lr_lambda": lambda t: t / (t + 1)}, lambda t: 1 / (t + 1)),
    (CosineAnnealingLR, {"T_max": 4}, lambda t: cosine(t, 4)),
    (CosineAnnealingLR, {"T_max": 3, "eta_min": 0.4}, lambda t: 0.2 + 0.8 * cosine(t, 3)),
    (CosineAnnealingWarmRestarts, {"T_0": 3, "T_mult": 2}, warm),
    (CosineAnnealingWarmRestarts, {"T_0": 4, "eta_min": 0.4}, lambda t: 0.2 + 0.8 * cosine(t % 4, 4)),
    (CyclicLR, {"base_lr": 0.2, "max_lr": 2, "step_size_up": 3}, lambda t: 0.1 + 0.9 * triangle(t, 3, 3)),
    (
        CyclicLR,
        {"base_lr": 0.0, "max_lr": 2, "step_size_up": 3, "step_size_down": 2, "mode": "triangular2"},
        lambda t: triangle(t, 3, 2) / 2 ** (t // 5),
    ),
    (
        CyclicLR,
        {"base_lr": 0.0, "max_lr": 2, "step_size_up": 2, "mode": "exp_range", "gamma": 0.9},
        lambda t: triangle(t, 2, 2) * 0.9**t,
    ),
    (
        CyclicLR,
        {"base_lr": 0.0, "max_lr": 2, "step_size_up": 2, "scale_fn": Damping(1.0)},
        lambda t: triangle(t, 2, 2) / (2 + t // 4),
    ),
    (
        CyclicLR,
        {"base_lr": 0.0, "max_lr": 2, "step_size_up": 2, "scale_fn": Damping(1.0), "scale_mode": "iterations"},
        lambda t: triangle(t, 2, 2) / (1 + t),
    ),
    (OneCycleLR, {"max_lr": 2.0, "total_steps": 12}, one_cycle),
]
cases = pytest.mark.parametrize(
    ("kind", "settings", "share"), CASES, ids=[f"{kind.__name__}-{'-'.join(settings)}" for kind, settings, _ in CASES]
)
EPOCHS = 12


def sgd(*rates):
    return nn.optim.SGD([{"params": [nn.Parameter([1.0])], "lr": lr} for lr in rates or [2.0]], momentum=0.9)


def rates(scheduler, epochs=EPOCHS):
    """The rates of the first group, from now on."""
    seen = []
    for _ in range(epochs):
        assert scheduler.get_last_lr() == [group["lr"] for group in scheduler.optimizer.param_groups]
        seen.append(scheduler.get_last_lr()[0])
        scheduler.step()
    return seen


def formula(share, start=0):
    return [pytest.approx(2 * share(t), rel=1e-12, abs=1e-15) for t in range(start, EPOCHS)]


@cases
def test_the_rates_are_those_of_the_formula(kind, settings, share):
    assert rates(kind(sgd(), **settings)) == formula(share)


@cases
def test_a_run_goes_on_from_a_saved_state_as_if_it_had_not_stopped(kind, settings, share):
    optimizer = sgd()
    scheduler, seen = kind(optimizer, **settings), []
    for _ in range(EPOCHS):
        seen += scheduler.get_last_lr()
        scheduler.step()
        states = pickle.loads(pickle.dumps((optimizer.state_dict(), scheduler.state_dict())))
        optimizer = sgd(9.0)
        scheduler = kind(optimizer, **settings)
        optimizer.load_state_dict(states[0])
        scheduler.load_state_dict(states[1])

    assert seen == formula(share)


@pytest.mark.parametrize(
    ("kind", "settings", "share"), [case for case in CASES if case[0] is not MultiplicativeLR]
)  # which goes on from the rate that it finds
def test_a_schedule_may_be_made_anew_after_any_epoch(kind, settings, share):
    optimizer = sgd()
    optimizer.param_groups[0]["initial_lr"] = 2.0

    assert rates(kind(optimizer, **settings, last_epoch=4), EPOCHS - 5) == formula(share, 5)


@cases
def test_a_copy_goes_on_by_itself(kind, settings, share):
    optimizer = sgd()
    scheduler = kind(optimizer, **settings)
    scheduler.step()
    twin, other = copy.deepcopy((scheduler, optimizer))
    rates(scheduler, 3)

    assert twin.optimizer is other
    assert rates(twin, EPOCHS - 1) == formula(share, 1)


@cases
def test_each_group_has_its_own_rate(kind, settings, share):
    scheduler = kind(sgd(2.0, 8.0), **settings)
    for _ in range(5):
        small, large = scheduler.get_last_lr()
        eta_min = settings.get("eta_min", 0.0)
        factor = 1 if kind in (CyclicLR, OneCycleLR) else 4
        assert large - eta_min == pytest.approx(
            (small - eta_min) * (8 - eta_min) / (2 - eta_min) if factor == 4 else small
        )
        scheduler.step()


def test_a_rate_changed_by_hand_stays_changed():
    optimizer = sgd()
    scheduler = StepLR(optimizer, 2, gamma=0.5)
    optimizer.param_groups[0]["lr"] = 20.0

    scheduler.step()
    assert rates(scheduler, 4) == [20, 10, 10, 5]


def test_schedules_of_one_optimiser_multiply():
    optimizer = sgd()
    warming, falling = LinearLR(optimizer, 0.5, total_iters=2), ExponentialLR(optimizer, 0.5)
    seen = []
    for _ in range(4):
        seen.append(optimizer.param_groups[0]["lr"])
        warming.step()
        falling.step()

    assert seen == [1, 0.75, 0.5, 0.25]


def test_a_group_that_comes_later_is_scaled_from_then_on():
    optimizer = sgd()
    scheduler = StepLR(optimizer, 1, gamma=0.5)
    scheduler.step()
    optimizer.add_param_group({"params": [nn.Parameter([1.0])], "lr": 8.0})
    scheduler.step()

    assert scheduler.get_last_lr() == [0.5, 4.0]


def test_functions_may_differ_between_groups():
    scheduler = LambdaLR(sgd(1.0, 1.0), [lambda t: 1.0, lambda t: 0.5**t])
    scheduler.step()

    assert scheduler.get_last_lr() == [1.0, 0.5]


def test_attributes_of_callables_are_saved_and_functions_are_not():
    scheduler = LambdaLR(sgd(1.0, 1.0), [Damping(3.0), lambda t: 1.0])
    state = scheduler.state_dict()
    other = LambdaLR(sgd(1.0, 1.0), [Damping(0.0), lambda t: 0.5])
    other.load_state_dict(state)
    other.step()

    assert state["lr_lambdas"] == [{"rate": 3.0}, None]
    assert other.get_last_lr() == [0.25, 0.5]


def test_warm_restarts_may_be_told_parts_of_an_epoch():
    scheduler = CosineAnnealingWarmRestarts(sgd(), T_0=3, T_mult=2)
    for t in (0.5, 2.75, 3.0, 7.25, 9.0):
        scheduler.step(t)
        assert scheduler.get_last_lr() == [pytest.approx(2 * warm(t))]
    assert scheduler.last_epoch == 9


@pytest.mark.parametrize(("kind", "momentum"), [("SGD", "momentum"), ("Adam", "betas")])
def test_cycles_move_the_momentum_against_the_rate(kind, momentum):
    optimizer = getattr(nn.optim, kind)([nn.Parameter([1.0])], lr=1.0)
    scheduler = CyclicLR(optimizer, 0.0, 1.0, step_size_up=2, base_momentum=0.5, max_momentum=0.9)
    seen = []
    for _ in range(5):
        seen.append(np.ravel(optimizer.param_groups[0][momentum])[0])
        scheduler.step()
    assert seen == pytest.approx([0.9, 0.7, 0.5, 0.7, 0.9])

    scheduler = OneCycleLR(optimizer, 1.0, total_steps=5, pct_start=0.6, base_momentum=0.5, max_momentum=0.9)
    assert np.ravel(optimizer.param_groups[0][momentum])[0] == 0.9
    scheduler.step()
    scheduler.step()
    assert np.ravel(optimizer.param_groups[0][momentum])[0] == 0.5


def test_a_cycle_of_three_phases_comes_back_before_it_falls():
    settings = {"pct_start": 0.4, "anneal_strategy": "linear", "div_factor": 4.0, "final_div_factor": 10.0}
    scheduler = OneCycleLR(sgd(), 2.0, epochs=5, steps_per_epoch=2, three_phase=True, **settings)

    assert rates(scheduler, 10) == pytest.approx([0.5, 1, 1.5, 2, 1.5, 1, 0.5, 0.35, 0.2, 0.05])


PLATEAUS = [
    ({}, [3, 2, 2, 2, 2], [2, 2, 2, 2, 1]),
    ({}, [3, 2, np.nan, np.nan, np.nan], [2, 2, 2, 2, 1]),
    ({"mode": "max"}, [1, 2, 2, 2, 2], [2, 2, 2, 2, 1]),
    ({"mode": "max", "threshold": 0.5}, [1, 1.4, 1.6, 2.3, 2.5], [2, 2, 2, 2, 2]),
    ({"threshold": 0.5}, [4, 2.1, 2.1, 2.1, 1.9], [2, 2, 2, 1, 1]),
    ({"threshold": 0.5, "threshold_mode": "abs"}, [4, 3.6, 3.6, 3.4, 3], [2, 2, 2, 2, 2]),
    ({"patience": 0}, [1, 1, 1, 1, 1], [2, 1, 0.5, 0.25, 0.125]),
    ({"patience": 0, "cooldown": 1}, [1, 1, 1, 1, 1], [2, 1, 1, 0.5, 0.5]),
    ({"patience": 0, "min_lr": 0.4}, [1, 1, 1, 1, 1], [2, 1, 0.5, 0.4, 0.4]),
    ({"patience": 0, "eps": 0.3}, [1, 1, 1, 1, 1], [2, 1, 0.5, 0.5, 0.5]),
]


@pytest.mark.parametrize(
    ("settings", "figures", "expected"), PLATEAUS, ids=[str(settings) for settings, _, _ in PLATEAUS]
)
def test_the_rate_falls_where_a_figure_gets_no_better(settings, figures, expected):
    scheduler, seen = ReduceLROnPlateau(sgd(), **{"factor": 0.5, "patience": 2, **settings}), []
    for figure in figures:
        scheduler.step(ag.tensor(float(figure), requires_grad=True))
        seen += scheduler.get_last_lr()
        state = scheduler.state_dict()
        scheduler = ReduceLROnPlateau(scheduler.optimizer)
        scheduler.load_state_dict(state)

    assert seen == expected


def test_one_schedule_follows_another():
    optimizer = sgd()
    parts = [LinearLR(optimizer, 0.5, total_iters=2), StepLR(optimizer, 2, gamma=0.5), ExponentialLR(optimizer, 0.1)]
    scheduler = SequentialLR(optimizer, parts, milestones=[2, 6])

    assert rates(scheduler, 8) == pytest.approx([1, 1.5, 2, 2, 1, 1, 2, 0.2])


def test_a_sequence_may_go_on_after_any_epoch_or_from_a_state():
    def made(last_epoch=-1):
        optimizer = sgd()
        parts = [ConstantLR(optimizer, 0.5, 9), MultiplicativeLR(optimizer, lambda t: 0.5)]
        return SequentialLR(optimizer, parts, [3], last_epoch)

    whole = rates(made(), 6)
    other, scheduler = made(), made()
    rates(scheduler, 4)
    other.optimizer.load_state_dict(scheduler.optimizer.state_dict())
    other.load_state_dict(scheduler.state_dict())

    assert whole == [1, 1, 1, 1, 0.5, 0.25]
    assert rates(made(3), 2) == rates(other, 2) == whole[4:]


def test_chains_and_sequences_may_be_nested():
    optimizer = sgd()
    chain = ChainedScheduler([ConstantLR(optimizer, 0.5, 1), ExponentialLR(optimizer, 0.5)])
    inner = SequentialLR(optimizer, [ConstantLR(optimizer, 0.25, 9), StepLR(optimizer, 1)], [1])
    scheduler = SequentialLR(optimizer, [inner, chain], [2])

    assert rates(scheduler, 5) == pytest.approx([0.5, 2, 1, 1, 0.5])


def one():
    return sgd(1.0)


def late():
    optimizer = one()
    scheduler = LambdaLR(optimizer, Damping(1.0))
    optimizer.add_param_group({"params": [nn.Parameter([1.0])]})
    scheduler.step()


def finished():
    rates(OneCycleLR(one(), 1.0, total_steps=3), 5)


REFUSED = [
    (lambda: StepLR(nn.Linear(1, 1), 1), KindError, "StepLR schedules an optimiser, and was given a Linear"),
    (lambda: LambdaLR(None, abs), KindError, "LambdaLR schedules an optimiser, and was given a NoneType"),
    (lambda: StepLR(one(), 0), SettingError, "StepLR: step_size is 0: give a whole number of at least 1"),
    (
        lambda: StepLR(one(), 1, last_epoch=3),
        SettingError,
        'after epoch 3, but a group has no "initial_lr": load the state',
    ),
    (lambda: StepLR(one(), 1, last_epoch=-2), SettingError, "StepLR: last_epoch is -2"),
    (lambda: StepLR(one(), 1, gamma="a"), KindError, "StepLR: gamma is 'a', a str"),
    (lambda: MultiStepLR(one(), [1.5]), KindError, "MultiStepLR: one of milestones is 1.5, a float"),
    (lambda: ConstantLR(one(), factor=2), SettingError, "ConstantLR: factor is 2: give a number from 0 to 1"),
    (lambda: LinearLR(one(), start_factor=-1), SettingError, "LinearLR: start_factor is -1"),
    (lambda: LambdaLR(one(), 0.5), KindError, "LambdaLR: lr_lambda is 0.5: give a function of the epoch"),
    (
        lambda: LambdaLR(one(), [abs, abs]),
        SettingError,
        "lr_lambda is a list of 2 for 1 groups of parameters: give one",
    ),
    (
        lambda: LambdaLR(one(), lambda t: -1),
        SettingError,
        "LambdaLR gives the rate -1.0 at epoch 0: let it stay at least 0",
    ),
    (
        lambda: CosineAnnealingLR(one(), 0),
        SettingError,
        "T_max is 0: give the number of epochs until eta_min is reached",
    ),
    (lambda: CosineAnnealingWarmRestarts(one(), 2).step(-1), SettingError, "epoch is -1"),
    (
        lambda: CyclicLR(nn.optim.Adagrad([nn.Parameter([1.0])]), 0, 1),
        SettingError,
        "which Adagrad does not have: give cycle",
    ),
    (
        lambda: CyclicLR(one(), 0, 1, mode="square"),
        SettingError,
        "choose among 'triangular', 'triangular2', 'exp_range'",
    ),
    (
        lambda: CyclicLR(one(), 0, 1, max_momentum=2),
        SettingError,
        "CyclicLR: a momentum is 2: give a number from 0 to 1",
    ),
    (
        lambda: OneCycleLR(one(), 1),
        SettingError,
        "how many steps there are: give total_steps, or epochs and steps_per_epoch",
    ),
    (finished, SettingError, "OneCycleLR has 3 steps, and was asked for one more: give it a larger total_steps"),
    (lambda: ReduceLROnPlateau(one(), factor=1.5), SettingError, "ReduceLROnPlateau: factor is 1.5"),
    (lambda: ReduceLROnPlateau(one()).step(np.ones(2)), KindError, "metrics is .* a ndarray"),
    (lambda: SequentialLR(one(), [], []), SettingError, "SequentialLR is made of schedules, and was given none"),
    (lambda: SequentialLR(one(), [StepLR(one(), 1)], []), SettingError, "schedule 0 is of another optimiser: make all"),
    (lambda: ChainedScheduler([]), SettingError, "ChainedScheduler is made of schedules, and was given none"),
    (
        lambda: ChainedScheduler([ReduceLROnPlateau(one())]),
        SettingError,
        "number 0, needs a figure for each step: step it",
    ),
    (lambda: MultiStepLR(one(), 30), KindError, "milestones is 30: give epochs in a list, or take StepLR"),
    (lambda: OneCycleLR(one(), 1.0, 5, div_factor=0), SettingError, "div_factor is 0: give a number above 0"),
    (lambda: ChainedScheduler([StepLR(one(), 1), 7]), KindError, "made of schedules, and number 1 is a int"),
    (
        lambda: StepLR(one(), 1).load_state_dict({"T_max": 1}),
        StateDictError,
        r"StepLR goes on from a dict of .*'step_size'",
    ),
    (
        late,
        SettingError,
        "rates for 1 groups of parameters, but the optimiser has 2: make the schedule when all groups",
    ),
]


@pytest.mark.parametrize(("make", "error", "words"), REFUSED, ids=[words for _, _, words in REFUSED])
def test_a_schedule_refuses_with_words(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_milestones_must_fit_the_schedules():
    optimizer = one()
    parts = [StepLR(optimizer, 1) for _ in range(3)]
    for milestones in ([1], [2, 1]):
        with pytest.raises(
            SettingError, match=r"3 schedules and milestones .*: give one milestone fewer than schedules, in order"
        ):
            SequentialLR(optimizer, parts, milestones)


def test_all_are_schedules():
    assert all(issubclass(getattr(nn.optim.lr_scheduler, name), LRScheduler) for name in nn.optim.lr_scheduler.__all__)
