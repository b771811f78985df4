"""L-BFGS and its line search."""

import math

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, ShapeError
from nn import KindError, SettingError
from nn.optim.line_search import CURVATURE, DECREASE, Trial, minimum_between, strong_wolfe

LINE_SEARCHES = pytest.mark.parametrize("line_search", [None, "strong_wolfe"])


def closure_of(optimizer, loss_of):
    def closure():
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        return loss

    return closure


def bowl(w):
    """A quadratic whose Hessian has the eigenvalues 1, 2, 3, 4; at its bottom all elements of w are 1."""
    return np.sum(np.arange(1, 5) * (w - 1.0) ** 2) / 2


@LINE_SEARCHES
def test_it_finds_the_bottom_of_a_bowl(line_search):
    w = nn.Parameter(np.zeros(4))
    limits = {"max_iter": 100, "max_eval": 200, "tolerance_change": 0.0}
    optimizer = nn.optim.LBFGS([w], lr=0.5, **limits, line_search_fn=line_search)
    loss = optimizer.step(closure_of(optimizer, lambda: bowl(w)))

    assert loss.item() == 5
    np.testing.assert_allclose(w.numpy(), 1.0, atol=1e-6)


def test_with_a_search_it_crosses_a_curved_valley_that_plain_descent_does_not():
    w = nn.Parameter(np.array([-1.2, 1.0]))
    optimizer = nn.optim.LBFGS([w], max_iter=100, line_search_fn="strong_wolfe")
    optimizer.step(closure_of(optimizer, lambda: (1 - w[0]) ** 2 + 100 * (w[1] - w[0] ** 2) ** 2))

    np.testing.assert_allclose(w.numpy(), [1.0, 1.0], atol=1e-4)


def test_the_first_step_goes_straight_down_at_most_by_one():
    w = nn.Parameter(np.zeros(4))
    optimizer = nn.optim.LBFGS([w], lr=0.5, max_iter=1)
    optimizer.step(closure_of(optimizer, lambda: bowl(w)))

    np.testing.assert_allclose(w.numpy(), 0.5 / 10 * np.arange(1, 5))  # lr * min(1, 1 / sum(|g|)) * -g


def test_the_second_step_is_that_of_bfgs_with_a_scaled_identity():
    w = nn.Parameter(np.zeros(4))
    optimizer = nn.optim.LBFGS([w], max_iter=1)
    closure = closure_of(optimizer, lambda: bowl(w))
    ws, gs = [], []
    for _ in range(3):
        ws.append(w.numpy().copy())
        optimizer.step(closure)
        gs.append(w.grad.numpy().copy())
    s, y = ws[1] - ws[0], gs[1] - gs[0]
    projection = np.eye(4) - np.outer(s, y) / (y @ s)
    h = projection @ projection.T * (y @ s) / (y @ y) + np.outer(s, s) / (y @ s)

    np.testing.assert_allclose(ws[2], ws[1] - h @ gs[1])


@LINE_SEARCHES
def test_it_goes_on_from_a_saved_state_as_if_it_had_not_stopped(line_search):
    def trained(stops):
        w, b = nn.Parameter(np.zeros((2, 2))), nn.Parameter(ag.scalar(3.0))
        optimizer = nn.optim.LBFGS([w, b], lr=0.3, max_iter=3, history_size=4, line_search_fn=line_search)
        for _ in range(4):
            if stops:
                state = optimizer.state_dict()
                optimizer = nn.optim.LBFGS([w, b])
                optimizer.load_state_dict(state)
            optimizer.step(closure_of(optimizer, lambda: bowl(np.ravel(w)) + np.sum(w) * b + b**4))
        return [*w.numpy().ravel().tolist(), b.data], optimizer.state[w]["n_iter"]

    assert trained(stops=True) == trained(stops=False)


def test_limits_are_kept():
    w = nn.Parameter(np.zeros(4))
    optimizer = nn.optim.LBFGS([w], lr=1e-3, max_iter=30, max_eval=7, history_size=2, tolerance_change=0.0)
    calls = []
    closure = closure_of(optimizer, lambda: bowl(w))
    optimizer.step(lambda: calls.append(1) or closure())
    state = optimizer.state[w]

    assert len(calls) == state["func_evals"] == 7
    assert state["n_iter"] == 6
    assert len(state["old_dirs"]) == len(state["old_stps"]) == len(state["ro"]) == 2


def test_it_stops_where_the_gradient_is_small_enough():
    w = nn.Parameter(np.full(4, 1.01))
    optimizer = nn.optim.LBFGS([w], tolerance_grad=0.05)
    optimizer.step(closure_of(optimizer, lambda: bowl(w)))

    assert w.tolist() == [1.01] * 4


def test_parameters_of_different_kinds_make_one_vector():
    parts = [nn.Parameter(np.zeros(2, np.float32)), nn.Parameter(ag.scalar(0.0)), nn.Parameter(np.zeros((1, 1)))]
    frozen = nn.Parameter([5.0], requires_grad=False)
    optimizer = nn.optim.LBFGS([*parts, frozen], max_iter=50)
    optimizer.step(closure_of(optimizer, lambda: sum(np.sum((p - 1.0) ** 2) for p in parts)))

    assert parts[0].dtype == np.float32
    assert type(parts[1].data) is float
    assert frozen.item() == 5
    assert all(np.allclose(p.data, 1.0, atol=1e-5) for p in parts)


@pytest.mark.parametrize("first", [1e-3, 0.1, 1.0, 30.0])
@pytest.mark.parametrize(
    "curve", [lambda t: (t - 2) ** 2, lambda t: t**4 - 3 * t, lambda t: np.cos(t) - np.exp(-((t - 9) ** 2)) - t / 10]
)
def test_the_place_that_is_found_keeps_the_wolfe_conditions(curve, first):
    def trial(t):
        slope = float(ag.grad(curve)(t))
        return Trial(t, float(curve(t)), np.array([slope]), slope)

    start = trial(0.0)
    found = strong_wolfe(trial, start, first, 1.0, 25)

    assert found.value <= start.value + DECREASE * found.t * start.slope
    assert abs(found.slope) <= CURVATURE * abs(start.slope)


def test_a_search_turns_back_from_where_the_loss_is_not_a_number():
    def trial(t):
        value = -math.sqrt(1 - t) * t if t <= 1 else math.nan
        slope = (1.5 * t - 1) / math.sqrt(1 - t) if t < 1 else math.nan
        return Trial(t, value, np.array([slope]), slope)

    found = strong_wolfe(trial, trial(0.0), 8.0, 1.0, 25)

    assert abs(found.slope) <= 0.9
    assert found.value < 0


def test_a_search_without_a_trial_left_takes_the_lower_of_what_it_saw():
    def parabola(t):
        return Trial(t, (t - 3) ** 2, np.zeros(1), 2 * (t - 3))

    assert strong_wolfe(parabola, parabola(0.0), 4.0, 1.0, 0).t == 4
    assert strong_wolfe(parabola, parabola(0.0), 9.0, 1.0, 0).t == 0


def test_where_a_cubic_has_no_minimum_the_middle_is_tried():
    falling = [Trial(t, -t, np.zeros(1), -1.0) for t in (0.0, 1.0)]

    assert minimum_between(*falling, 2.0, 4.0) == 3
    assert minimum_between(falling[0], falling[0], 2.0, 4.0) == 3


def one():
    return nn.Parameter([1.0])


REFUSED = [
    (lambda: nn.optim.LBFGS([one()]).step(), KindError, "several times in a step: give it a closure that does"),
    (
        lambda: nn.optim.LBFGS([one()]).step(lambda: None),
        KindError,
        "what the closure returned is None, a NoneType, where",
    ),
    (lambda: nn.optim.LBFGS([{"params": [one()]}] * 2), SettingError, "as one vector, .*: give them as one list"),
    (
        lambda: nn.optim.LBFGS([one()], max_iter=0),
        SettingError,
        "LBFGS: max_iter is 0: give a whole number of at least 1",
    ),
    (lambda: nn.optim.LBFGS([one()], history_size=2.5), KindError, "LBFGS: history_size is 2.5, a float"),
    (lambda: nn.optim.LBFGS([one()], tolerance_grad=-1), SettingError, "LBFGS: tolerance_grad is -1"),
    (lambda: nn.optim.LBFGS([one()], line_search_fn="wolfe"), SettingError, "choose among None, 'strong_wolfe'"),
    (lambda: nn.optim.LBFGS([nn.Parameter([1j])]), DTypeError, "LBFGS scales real gradients: give real and imaginary"),
    (
        lambda: nn.optim.LBFGS([one()]).load_state_dict(
            {"state": {0: {"d": np.ones(3)}}, "param_groups": [{"params": [0]}]}
        ),
        ShapeError,
        r"d of parameter 0 is \(3,\)",
    ),
]


@pytest.mark.parametrize(("make", "error", "words"), REFUSED, ids=[words for _, _, words in REFUSED])
def test_lbfgs_refuses_with_words(make, error, words):
    with pytest.raises(error, match=words):
        make()
