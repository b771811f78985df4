"""Repetition drawn once: what stands for all steps, what is carried, and the numbers of every step."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core.drawing import folding
from autograd_core.drawing.folding import repeats_of
from autograd_core.drawing.stretches import Sources
from autograd_core.graph import Graph

STEPS = 12
rng = np.random.default_rng(0)
SHAPES = {"Wx": (3, 4), "Wh": (4, 4), "b": (4,)}


def weights():
    return {name: ag.tensor(0.3 * rng.normal(size=s), requires_grad=True, name=name) for name, s in SHAPES.items()}


def recurrent(w, inputs, h=None):
    """The states of a recurrent network, written as a loop."""
    h = np.zeros((2, 4)) if h is None else h
    states = []
    for x in inputs:
        h = np.tanh(x @ w["Wx"] + h @ w["Wh"] + w["b"])
        h.name = "h"
        states.append(h)
    return states


def inputs(count=STEPS):
    return [ag.tensor(rng.normal(size=(2, 3)), requires_grad=True, name=f"x{i}") for i in range(count)]


def cards(drawing):
    return {card.name: card for card in drawing.document.cards}


def edges(drawing):
    names = {card.id: card.name for card in drawing.document.cards}
    return {(names[e.source], names[e.target]): e for e in drawing.document.edges}


def test_the_steps_of_a_recurrent_network_are_drawn_once_with_what_is_carried():
    drawing = ag.draw(np.sum(recurrent(weights(), inputs())[-1] ** 2))
    found = cards(drawing)
    (loop,) = drawing.document.groups

    assert list(found) == ["Wx", "Wh", "b", "xₜ", "hₜ₋₁", "v1ₜ", "v2ₜ", "v3ₜ", "v4ₜ", "hₜ", "v5", "v6"]
    assert (loop.name, loop.times, loop.parameters) == ("loop", STEPS, 32)
    assert found["hₜ"].formula == "tanh(v4ₜ)"
    assert (found["hₜ₋₁"].role, found["hₜ₋₁"].note) == ("state", ("hₜ of the step before;", "at t = 1: [2×4]"))
    assert found["Wh"].rule == "Σₜ (hₜ₋₁ᵀ @ ḡ)"
    assert edges(drawing)["hₜ", "hₜ₋₁"].carried
    assert edges(drawing)["hₜ", "v5"].steps == f"t = {STEPS}"
    assert {found[n].group for n in ("Wh", "b", "v1ₜ", "hₜ")} == {loop.id}
    assert {found[n].group for n in ("xₜ", "hₜ₋₁", "v5")} == {None}


def test_the_numbers_of_every_step_are_the_engines():
    w, xs = weights(), inputs()
    states = recurrent(w, xs)
    for h in states:
        h.retain_grad()
    loss = np.sum(states[-1] ** 2)
    found = cards(ag.draw(loss))
    loss.backward()

    norms = [np.linalg.norm(x.grad.data) for x in xs]
    assert found["xₜ"].steps.gradients == pytest.approx(norms)
    assert found["xₜ"].steps.values == pytest.approx([np.linalg.norm(x.data) for x in xs])
    assert found["hₜ"].steps.gradients == pytest.approx([np.linalg.norm(h.grad.data) for h in states])
    assert found["Wh"].gradient.number == pytest.approx(np.linalg.norm(w["Wh"].grad.data))
    bias = found["b"].steps
    assert bias.shared
    assert len(bias.gradients) == STEPS
    slopes = [np.linalg.norm(np.sum(h.grad.data * (1 - h.data**2), axis=0)) for h in states]
    assert bias.gradients == pytest.approx(slopes)


def test_shares_of_a_number_over_the_steps_sum_to_its_gradient():
    x, a = ag.scalar(1.5, name="x"), ag.scalar(2.0, name="a")
    for _ in range(STEPS):
        x = x - 0.2 * (x * x - a)
    found = cards(ag.draw(x))
    x.backward()

    assert sum(found["a"].steps.gradients) == pytest.approx(a.grad)
    assert found["a"].gradient.number == pytest.approx(a.grad)


def test_a_state_with_a_gradient_at_the_start_is_joined_to_what_is_carried():
    h0 = ag.tensor(np.ones((2, 4)), requires_grad=True, name="h0")
    drawing = ag.draw(np.sum(recurrent(weights(), inputs(), h0)[-1]))

    assert edges(drawing)["h0", "hₜ₋₁"].steps == "t = 1"
    assert cards(drawing)["hₜ₋₁"].note[1] == "at t = 1: h0"


def test_a_module_called_on_its_own_result_is_its_frame():
    cell, h = nn.LSTMCell(3, 4), None
    for x in np.ones((STEPS, 2, 3)):
        h = cell(x, h)
    drawing = ag.draw(np.sum(h[0]))
    (group,) = drawing.document.groups

    assert (group.name, group.times) == ("LSTMCell", STEPS)
    assert [c.note[1] for c in drawing.document.cards if c.role == "state"] == ["at t = 1: [2×4]"] * 2
    assert cards(drawing)["weight_ih"].steps.gradients[-1] is not None  # though nobody needs the last cell state


def test_results_of_all_steps_and_of_some_say_which():
    states = recurrent(weights(), inputs())
    drawing = ag.draw(np.sum(np.stack(states)) + np.sum(states[3]))
    found = {edge.steps for edge in drawing.document.edges}

    assert {"every step", "t = 4"} <= found


def test_layers_that_read_each_others_steps_fold_together():
    lower = recurrent(weights(), inputs())
    upper = recurrent({"Wx": ag.tensor(np.eye(4), requires_grad=True), "Wh": np.eye(4), "b": np.zeros(4)}, lower)
    drawing = ag.draw(np.sum(upper[-1]))

    assert [group.times for group in drawing.document.groups] == [STEPS, STEPS]


def test_an_index_that_counts_is_written_with_the_step():
    x, w = ag.tensor(np.ones((STEPS, 2, 3)), requires_grad=True, name="x"), weights()
    drawing = ag.draw(np.sum(recurrent(w, [x[t] for t in range(STEPS)])[-1]))

    assert "x[t − 1]" in {card.formula for card in drawing.document.cards}


def test_few_steps_and_layers_with_weights_of_their_own_fold_on_request_only():
    x = y = ag.tensor(np.ones((1, 3)), name="x")
    for i in range(STEPS):
        y = np.tanh(y @ ag.tensor(np.eye(3), requires_grad=True, name=f"W{i}"))
    few = np.sum(recurrent(weights(), inputs(4))[-1])

    assert not ag.draw(np.sum(y)).document.groups
    assert [(group.name, group.times) for group in ag.draw(few).document.groups] == [
        (f"t = {i}", 1) for i in (1, 2, 3, 4)
    ]
    whole = ag.draw(np.sum(recurrent(weights(), inputs())[-1]), fold=False)
    assert {group.times for group in whole.document.groups} == {1}
    assert ag.draw(few, fold=True).document.groups[0].times == 4
    assert ag.draw(np.sum(y), fold=True).document.groups[0].times == STEPS
    assert "Wₜ" in cards(ag.draw(np.sum(y), fold=True))
    assert x.grad is None


def test_unlike_structures_never_join():
    w, y = ag.scalar(0.9, name="w"), ag.scalar(1.0, name="y")
    for i in range(STEPS):
        y = y * w if i % 3 else np.tanh(y)
    assert not [r for r in repeats_of(Graph([y]).nodes) if len(r.steps[0]) == 1]

    a = b = ag.scalar(1.0)
    for _ in range(STEPS):
        a, b = b, a * w  # two steps back
    assert not repeats_of(Graph([b]).nodes)


def test_what_is_too_large_is_folded_until_it_fits():
    x = ag.tensor(np.ones((1, 3)), name="x")
    for _ in range(100):
        x = np.tanh(x @ ag.tensor(np.eye(3), requires_grad=True) + np.ones(3))

    assert len(ag.draw(np.sum(x)).document.cards) < 10


def test_ten_thousand_operations_of_a_loop_are_drawn_folded():
    drawing = ag.draw(np.sum(recurrent(weights(), inputs(2000))[-1]))

    assert drawing.document.groups[0].times == 2000
    assert len(drawing.source) < 100_000


def test_a_folded_drawing_is_the_same_after_backward_and_has_the_same_bytes():
    loss = np.sum(recurrent(weights(), inputs())[-1] ** 2)
    before = ag.draw(loss).source
    loss.backward()

    assert ag.draw(loss).source == before
    assert re.search(r"bars:", before)


def layered(count, width=4):
    """Modules that are alike, each of two."""
    nn.manual_seed(0)
    return nn.Sequential(*[nn.Sequential(nn.Linear(width, width), nn.Tanh()) for _ in range(count)])


def test_modules_that_are_alike_but_for_their_numbers_fold_on_request():
    drawing = ag.draw(layered(10), np.ones((2, 4)), fold=True)
    whole, layers = drawing.document.groups

    assert (layers.name, layers.kind, layers.times) == ("0 … 9", "Sequential", 10)
    assert whole.parameters == 10 * (4 * 4 + 4)
    assert len(cards(drawing)["weightₜ"].steps.gradients) == 10
    assert len(ag.draw(layered(10), np.ones((2, 4))).document.cards) > 20


def test_a_residual_of_the_input_is_no_weight_of_the_layers():
    def residual(x, *layers):
        for layer in layers:
            x = x + np.tanh(x @ layer)
        return x

    (layers,) = ag.draw(residual, *[np.ones((2, 2))] * 6, fold=True).document.groups
    assert layers.times == 5


def irregular(steps):
    """A recurrence in which every step takes the state of some step before it."""
    r, w = np.random.default_rng(0), ag.tensor(np.eye(2), requires_grad=True, name="W")
    states = [ag.tensor(np.ones((1, 2)), name="h0")]
    for _ in range(steps):
        states.append(np.tanh(states[-1] @ w + states[r.integers(len(states))]))
    return np.sum(states[-1])


def choosing(steps):
    """A recurrence in which every step takes one of a few inputs."""
    r, w = np.random.default_rng(0), ag.tensor(np.eye(2), requires_grad=True, name="W")
    several = [ag.tensor(np.ones((1, 2)), requires_grad=True) for _ in range(20)]
    state = several[0]
    for _ in range(steps):
        state = np.tanh(state @ w + several[r.integers(20)])
    return np.sum(state)


def tangled(calls):
    """Sums of a recent and of any earlier value."""
    r = np.random.default_rng(0)
    values = [ag.tensor(np.ones(2), requires_grad=True) for _ in range(5)]
    for _ in range(calls):
        values.append(values[-1 - r.integers(5)] + values[r.integers(len(values))])
    return np.sum(values[-1])


@pytest.fixture
def read(monkeypatch):
    """Notes how many calls are read as steps, which are none."""
    lengths = []
    monkeypatch.setattr(
        folding, "read", lambda calls, kind, start, period, count, taken: lengths.append(period * count)
    )
    return lengths


@pytest.mark.parametrize("build", [irregular, choosing, tangled])
def test_what_cannot_be_steps_is_seen_without_reading_it_over_and_over(build, read):
    nodes = Graph([build(300)]).nodes

    assert not repeats_of(nodes, 2, unlearnt=True)
    assert sum(read) < 10 * len(nodes)


def test_looking_for_steps_ends_where_they_are_hard_to_find(read, monkeypatch):
    nodes = Graph(recurrent(weights(), inputs(300))[-1:]).nodes  # steps, but `read` finds none
    repeats_of(nodes, 2, unlearnt=True)
    long = sum(read)
    read.clear()
    monkeypatch.setattr(folding, "MOST_READ", 20 * len(nodes))
    repeats_of(nodes, 2, unlearnt=True)

    assert sum(read) < 2 * 25 * len(nodes) < long


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(2, 6), st.booleans())
def test_whatever_reads_as_steps_is_never_ruled_out_beforehand(seed, period, count, disturbed):
    r = np.random.default_rng(seed)
    fixed = [ag.tensor([1.0 + i], requires_grad=True) for i in range(2)]
    values = [ag.tensor([1.0], requires_grad=True)]
    backs = r.integers(1, 2 * period + 1, size=(period, 2))
    for i in range(count):
        if disturbed and i == count // 2:
            backs[r.integers(period)] = r.integers(1, 2 * period + 1, size=2)
        for back, other in backs.tolist():
            a = values[-back] if back <= len(values) else values[0]
            kinds = (values[-min(other, len(values))], fixed[other % 2], ag.tensor([2.0], requires_grad=True))
            values.append(a * kinds[back % 3])
    calls = [node for node in Graph(values).nodes if node.route is not None]
    steps = [calls[i : i + period] for i in range(0, period * count, period)]

    if folding.understood(steps, count - 1) is not None:
        assert all(Sources(calls).may_be_steps(0, period * count, period, shifts) for shifts in range(period))
