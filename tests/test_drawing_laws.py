"""The chain rule, read off drawings of random programs: what flows along edges adds up to what cards and the engine say."""

import json
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core.testing.strategies import programs


def arriving(document):
    """Per value, by number: what arrives along its edges; one with many uses has a card at each."""
    numbers = {card.id: card.node for card in document.cards}
    found = defaultdict(list)
    for edge in document.edges:
        if edge.backward:
            found[numbers[edge.source]].append(edge.contribution)
    return found


def check_edges(document, tolerance):
    """The laws between edges and cards, on the numbers in full."""
    for edge in document.edges:
        if edge.local is not None and edge.backward and not edge.dead:
            assert edge.upstream * edge.local == pytest.approx(edge.contribution, rel=tolerance, nan_ok=True)
    found = arriving(document)
    for card in document.cards:
        parts = found[card.node]
        if card.role == "output" or not parts or card.gradient is None:
            continue
        gradient = card.gradient.number
        if card.face == "number":
            assert sum(parts) == pytest.approx(gradient, rel=tolerance, abs=tolerance, nan_ok=True)
        elif len(parts) == 1:
            assert parts[0] == pytest.approx(gradient, rel=tolerance, nan_ok=True)
        else:  # norms: no sum of arrays is longer than they are together
            assert gradient <= sum(parts) * (1 + tolerance)


@settings(max_examples=60, deadline=None)
@given(programs(shape=(2, 2)))
def test_gradients_of_array_programs_are_the_engines_and_what_arrives_along_their_edges(program):
    inputs = [ag.tensor(x, requires_grad=True, name=name) for name, x in zip("abc", program.arguments, strict=False)]
    y = program(*inputs)
    drawing = ag.draw(y, max_nodes=1000, fold=False)
    ag.sum(y).backward()
    cards = {card.name: card for card in drawing.document.cards}

    for x in inputs:
        if x.grad is not None and not cards[x.name].gradient.pooled:
            assert np.allclose(cards[x.name].gradient.cells, x.grad.data, rtol=1e-12, atol=1e-12, equal_nan=True)
    check_edges(drawing.document, 1e-9)


@settings(max_examples=60, deadline=None)
@given(programs(shape=()))
def test_gradients_of_arrays_of_no_dimensions_are_sums_over_paths(program):
    y = program(*[ag.tensor(x, requires_grad=True) for x in program.arguments])
    check_edges(ag.draw(y, max_nodes=1000, fold=False).document, 1e-9)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=4, max_size=4), st.floats(-3, 3), st.integers(0, 3))
def test_numbers_among_arrays_obey_the_same_laws(elements, factor, steps):
    x, a = ag.tensor(np.reshape(elements, (2, 2)), requires_grad=True, name="x"), ag.scalar(factor, name="a")
    y = x * a
    for _ in range(steps):
        y = np.tanh(y @ x) + ag.stack([a, a * a])
    drawing = ag.draw(ag.sum(y) * a, fold=False)
    document = drawing.document
    got = ag.gradients([ag.sum(y) * a], [x, a])

    cards = {card.name: card for card in document.cards}
    assert cards["a"].gradient.number == pytest.approx(float(got[1].item()), rel=1e-9, abs=1e-9)
    assert np.allclose(cards["x"].gradient.cells or 0, got[0].data if cards["x"].gradient.cells else 0)
    check_edges(document, 1e-9)


@settings(max_examples=30, deadline=None)
@given(programs(shape=(2,)))
def test_json_holds_every_number_in_full(program):
    inputs = [ag.tensor(x, requires_grad=True) for x in program.arguments]
    document = ag.draw(program(*inputs), max_nodes=1000).document
    data = json.loads(document.to_json())

    for card, read in zip(document.cards, data["cards"], strict=True):
        assert is_same(read["value"]["number"], card.value.number)
        assert is_same(read["gradient"]["number"], card.gradient.number)
    for edge, read in zip(document.edges, data["edges"], strict=True):
        assert all(is_same(read[name], getattr(edge, name)) for name in ("local", "upstream", "contribution"))


def is_same(read, number):
    """Whether a number in JSON is the one in the document, to the last bit."""
    if number is None or np.isfinite(number):
        return read == number
    return read == {np.inf: "Infinity", -np.inf: "-Infinity"}.get(number, "NaN")
