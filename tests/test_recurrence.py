"""Recurrent cells and layers as fused operations: the same as a loop, however it is computed. The laws are tried in test_laws."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import DTypeError, MutationError, ShapeError, UnsupportedError
from autograd_core.primitives import recurrent_kernels
from autograd_core.testing import check_grads

random = np.random.default_rng(0)

GATES = {"lstm": 4, "gru": 3, "rnn": 1}
STATES = {"lstm": 2, "gru": 1, "rnn": 1}


def inputs(name, rows, batch=3, features=2, hidden=3):
    k = GATES[name] * hidden
    shapes = [rows, *[(batch, hidden)] * STATES[name], (k, features), (k, hidden), (k,), (k,)]
    return [random.standard_normal(shape) for shape in shapes]


def logistic(x):
    return 1 / (1 + np.exp(-x))


def lstm_by_hand(x, h, c, w_ih, w_hh, b_ih, b_hh):
    for row in x:
        i, f, g, o = np.split(row @ w_ih.T + b_ih + h @ w_hh.T + b_hh, 4, axis=-1)
        c = logistic(f) * c + logistic(i) * np.tanh(g)
        h = logistic(o) * np.tanh(c)
    return h, c


def gru_by_hand(x, h, w_ih, w_hh, b_ih, b_hh):
    for row in x:
        (r, z, m), (r_h, z_h, s) = np.split(row @ w_ih.T + b_ih, 3, axis=-1), np.split(h @ w_hh.T + b_hh, 3, axis=-1)
        z = logistic(z + z_h)
        h = (1 - z) * np.tanh(m + logistic(r + r_h) * s) + z * h
    return (h,)


def rnn_by_hand(x, h, w_ih, w_hh, b_ih, b_hh):
    for row in x:
        h = np.tanh(row @ w_ih.T + b_ih + h @ w_hh.T + b_hh)
    return (h,)


BY_HAND = {"lstm": lstm_by_hand, "gru": gru_by_hand, "rnn": rnn_by_hand}


@pytest.mark.parametrize("name", GATES)
def test_the_last_states_are_those_of_the_equations(name):
    xs = inputs(name, (5, 3, 2))
    y, *last = getattr(ag.ops, name)(*xs)

    for got, expected in zip(last, BY_HAND[name](*xs), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-12)
    np.testing.assert_array_equal(y[-1], last[0])


@pytest.mark.parametrize("name", GATES)
def test_backwards_is_forwards_over_the_reversed_steps(name):
    x, *rest = inputs(name, (5, 3, 2))
    y, *last = getattr(ag.ops, name)(x, *rest, reverse=True)
    z, *ends = getattr(ag.ops, name)(x[::-1], *rest)

    np.testing.assert_array_equal(y, z[::-1])
    np.testing.assert_array_equal(last, ends)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("name", GATES)
def test_packed_sequences_are_as_each_by_itself(name, reverse):
    layer, lengths = getattr(ag.ops, name), (4, 2, 1)
    x, *rest = inputs(name, (7, 2))
    states, weights = rest[: STATES[name]], rest[STATES[name] :]
    _, *last = layer(x, *rest, sizes=(3, 2, 1, 1), reverse=reverse)

    starts = [0, 3, 5, 6]
    for b, length in enumerate(lengths):
        own = x[[start + b for start in starts[:length]], None]
        _, *ends = layer(own, *[s[b : b + 1] for s in states], *weights, reverse=reverse)
        np.testing.assert_allclose([s[b : b + 1] for s in last], ends, rtol=1e-12)


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("name", GATES)
def test_gradients_do_not_depend_on_how_many_steps_are_taken_together(name, reverse, monkeypatch):
    xs = inputs(name, (7, 2))

    def loss(*xs):
        y, *last = getattr(ag.ops, name)(*xs, sizes=(3, 2, 1, 1), reverse=reverse)
        return np.sum(y * y) + sum(np.sum(s) for s in last)

    at_once = ag.grad(loss, argnums=tuple(range(len(xs))))(*xs)
    monkeypatch.setattr(recurrent_kernels, "FEW", 1)
    for got, expected in zip(ag.grad(loss, argnums=tuple(range(len(xs))))(*xs), at_once, strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-12)


def test_a_projected_lstm_differentiates_to_second_order():
    x, h, c, w_ih, w_hh, b_ih, b_hh = inputs("lstm", (4, 3, 2))
    w_hr = random.standard_normal((2, 3))

    check_grads(ag.ops.lstm, x, h[:, :2], c, w_ih, w_hh[:, :2], b_ih, b_hh, w_hr, directions=1)


def test_a_cell_takes_a_single_example():
    for name in GATES:
        xs = inputs(name, (3, 2))
        own = 1 + STATES[name]
        whole = getattr(ag.ops, f"{name}_cell")(*xs)
        single = getattr(ag.ops, f"{name}_cell")(*[x[1] for x in xs[:own]], *xs[own:])
        np.testing.assert_allclose(single, np.asarray(whole)[..., 1, :], rtol=1e-12)


def test_an_empty_batch_has_no_states():
    w = ag.tensor(random.standard_normal((3, 3)), requires_grad=True)
    y, h = ag.ops.rnn(np.zeros((4, 0, 3)), np.zeros((0, 3)), w, w)
    y.sum().backward()

    assert (y.shape, h.shape) == ((4, 0, 3), (0, 3))
    assert not w.grad.any()


def test_numbers_of_two_precisions_are_computed_in_the_finer():
    x, *rest = inputs("gru", (4, 3, 2))
    coarse = [a.astype(np.float32) for a in rest]
    leaf = ag.tensor(coarse[0], requires_grad=True)
    y, _ = ag.ops.gru(x, leaf, *coarse[1:])
    y.sum().backward()

    assert y.dtype == np.float64
    assert leaf.grad.dtype == np.float32


def test_a_hidden_state_that_is_overwritten_before_backward_is_noticed():
    x, *rest = inputs("lstm", (6, 2))
    y, *_ = ag.ops.lstm(ag.tensor(x, requires_grad=True), *rest, sizes=(3, 3))
    loss = y[0, 0] * 1.0
    with ag.no_grad():
        y[...] = 0.0
    with pytest.raises(MutationError, match="written in place"):
        loss.backward()


x, h, c, w_ih, w_hh, b_ih, b_hh = inputs("lstm", (5, 3, 2))
REFUSED = {
    "weights of another size": (
        lambda: ag.ops.lstm(x, h, c, w_ih[:8], w_hh, b_ih, b_hh),
        ShapeError,
        r"lstm cannot combine x \(5, 3, 2\).* w_ih \(8, 2\).* it takes w_ih \(12, 2\), w_hh \(12, 3\), two biases \(12,\)",
    ),
    "a bias alone": (
        lambda: ag.ops.lstm_cell(x[0], h, c, w_ih, w_hh, b_ih),
        ShapeError,
        r"b_ih \(12,\): .* two biases \(12,\) or none",
    ),
    "a projection of another size": (
        lambda: ag.ops.lstm(x, h, c, w_ih, w_hh, b_ih, b_hh, np.ones((2, 3))),
        ShapeError,
        r"w_hr \(2, 3\): .* w_hr \(3, 3\)",
    ),
    "no step": (
        lambda: ag.ops.lstm(x[:0], h, c, w_ih, w_hh),
        ShapeError,
        r"x is \(T, B, inputs\) with at least one step",
    ),
    "states of another batch": (lambda: ag.ops.lstm(x, h[:2], c[:2], w_ih, w_hh), ShapeError, "states have B rows"),
    "sizes that grow": (
        lambda: ag.ops.lstm(x[0], h, c, w_ih, w_hh, sizes=(1, 2)),
        ShapeError,
        r"and sizes \(1, 2\): of packed sequences x is \(N, inputs\), sizes have the sum N and do not grow",
    ),
    "a sequence for a cell": (
        lambda: ag.ops.lstm_cell(x, h, c, w_ih, w_hh),
        ShapeError,
        "all have a row for each example, or all are of one example",
    ),
    "complex numbers": (lambda: ag.ops.rnn_cell(x[0] * 1j, h, w_ih[:3], w_hh[:3]), DTypeError, "given complex128"),
    "another nonlinearity": (
        lambda: ag.ops.rnn(x, h, w_ih[:3], w_hh[:3], nonlinearity="sin"),
        UnsupportedError,
        "nonlinearity='tanh' and nonlinearity='relu', not 'sin'",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_with_words(case):
    call, error, words = REFUSED[case]
    with pytest.raises(error, match=words):
        call()
