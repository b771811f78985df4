"""Values of every kind: complex, whole and undefined numbers, no numbers at all, numbers among arrays, names twice."""

import numpy as np
import pytest

import autograd_core as ag
import nn


def leaf(data, name="x", dtype=None):
    return ag.tensor(data, requires_grad=True, dtype=dtype, name=name)


def mixed():
    a, b, x = ag.scalar(2.0, name="a"), ag.scalar(-1.0, name="b"), leaf([[1.0, 2.0], [3.0, 4.0]])
    return ag.sum(x * a + ag.stack([a, b]) * b) * a


def spectrum():
    values, vectors = ag.linalg.eigh(leaf([[2.0, 1.0], [1.0, 3.0]]))
    return ag.sum(values * values) + ag.sum(vectors)


def whole_numbers():
    x, i = leaf([1.0, 2.0, 3.0]), ag.tensor([2, 0], name="i")
    return ag.record(lambda: ag.sum(x[i] * i))


def twice_the_same_name():
    a, b = ag.scalar(3.0, name="a"), ag.scalar(2.0, name="a")
    return a * b + a


PROGRAMS = {
    "numbers and arrays": mixed,
    "complex": lambda: ag.sum(ag.absolute(leaf([1 + 2j, 3 - 1j]) * 1j) ** 2),
    "one complex number": lambda: ag.real(leaf(1 + 2j) * ag.conj(leaf(2 - 1j, "w"))),
    "whole numbers": whole_numbers,
    "truths": lambda: ag.record(lambda x: ag.sum(ag.where(x > 0, x, 0.0)), leaf([1.0, -2.0])),
    "half precision": lambda: ag.sum(leaf([1.0, -2.0], dtype=np.float16) * 2.0),
    "long precision": lambda: ag.sum(leaf([1.0, -2.0], dtype=np.longdouble) * 2.0),
    "no numbers": lambda: ag.sum(leaf(np.zeros((0, 3))) * 2.0),
    "nothing but no numbers": lambda: leaf(np.zeros((2, 0))),
    "an array of no dimensions": lambda: leaf(3.0) * leaf(2.0, "y"),
    "undefined and infinite": lambda: ag.sum(leaf([np.nan, np.inf, -np.inf, 1.0]) * 2.0),
    "an undefined number": lambda: ag.log(ag.scalar(0.0, name="x")) * 0.0,
    "several results": spectrum,
    "the same name twice": twice_the_same_name,
    "a leaf": lambda: ag.scalar(2.0),
    "an index as result": lambda: ag.record(ag.argmax, leaf([1.0, 5.0])),
}


@pytest.fixture(params=PROGRAMS)
def graph(request):
    with np.errstate(all="ignore"):
        return PROGRAMS[request.param]()


def cards(drawing):
    return {card.name: card for card in drawing.document.cards}


@pytest.mark.usefixtures("renderer")
def test_any_value_is_drawn(graph, tmp_path):
    drawing = ag.draw(graph)
    svg = drawing.svg()

    for card in drawing.document.cards:
        assert card.value.text in svg
    drawing.save(tmp_path / "values.json")


def test_values_of_any_kind_are_the_engines(graph):
    drawing = ag.draw(graph)
    for card in drawing.document.cards:
        value = drawing.graph.nodes[card.node - 1].value
        if isinstance(value, tuple):
            assert card.value.text == "2 results: 2, 2×2"
        elif card.face == "array" or np.iscomplexobj(value):
            norm = np.linalg.norm(np.ravel(np.asarray(value).astype(np.result_type(value, float))))
            assert card.value.number == pytest.approx(float(norm), nan_ok=True)
        else:
            assert card.value.number == pytest.approx(float(value), nan_ok=True)


def test_gradients_of_complex_numbers_are_pulled_back_by_conjugates():
    z = leaf([1 + 2j, 3 - 1j], "z")
    first, _, turned = ag.draw(ag.sum(z * z * (2 + 1j)), grads=True).document.edges[:3]

    assert first.rule == "ḡ × conj(z)"
    assert turned.rule == "(2 − 1i) × ḡ"
    assert cards(ag.draw(z * 1j))["v1"].formula == "z × 1i"


def test_a_gradient_is_what_the_rule_says_for_complex_numbers():
    z, w = leaf([1 + 2j, 3 - 1j], "z"), np.array([2 - 1j, 1j])
    drawing = ag.draw(ag.sum(ag.real(z * w)))
    edge = next(edge for edge in drawing.document.edges if edge.source == "n1")

    assert edge.rule == "ḡ × conj([2])"
    assert edge.contribution == pytest.approx(np.linalg.norm(np.conj(w)))


@pytest.mark.parametrize(("data", "norm"), [([1e300, 1e300], np.sqrt(2) * 1e300), ([1e-200, 0.0], 1e-200)])
def test_norms_of_very_large_and_small_numbers_are_not_lost(data, norm):
    card = cards(ag.draw(leaf(data) * 1.0))["x"]

    assert card.value.number == pytest.approx(norm, rel=1e-12, abs=0)
    assert card.value.finite


def test_short_indices_are_written_out():
    x = leaf(np.arange(12.0))
    formulas = [ag.draw(x[index]).document.cards[1].formula for index in ([2, 0], np.arange(8), np.arange(12) > 5)]

    assert formulas == ["x[[2, 0]]", "x[8 indices]", "x[12 mask]"]


def test_two_values_of_one_name_are_two_cards():
    drawing = ag.draw(twice_the_same_name())

    assert [(c.name, c.value.number, c.gradient.number) for c in drawing.document.cards[:2]] == [
        ("a", 3, 3),
        ("a", 2, 3),
    ]
    assert "∂v1/∂a" in drawing.source


def test_heat_maps_of_large_arrays_show_the_extremes_of_blocks():
    data = np.zeros((32, 24))
    data[5, 3], data[31, 23] = -7.0, 2.0
    value = cards(ag.draw(leaf(data) * 1.0))["x"].value

    assert value.pooled
    assert np.shape(value.cells) == (8, 12)
    assert (value.cells[1][1], value.cells[7][11], np.count_nonzero(value.cells)) == (-7.0, 2.0, 2)
    assert "extreme of a block" in ag.draw(leaf(data) * 1.0).source


def test_heat_maps_of_small_arrays_show_every_number_and_very_large_ones_have_none():
    small, large = (cards(ag.draw(leaf(np.ones(shape)) * 1.0))["x"].value for shape in ((8, 12), (64, 64)))

    assert (small.pooled, np.shape(small.cells)) == (False, (8, 12))
    assert large.cells is None


@pytest.mark.parametrize(
    ("function", "rule"),
    [
        (lambda x: x[1], "ḡ at [1]"),
        (lambda x: np.stack([x, x])[0], "ḡ[0]"),
        (lambda x: np.concatenate([x, np.ones(4)]), "its part of ḡ"),
        (np.cumsum, "ḡ summed from the end"),
        (np.sort, "ḡ in the old order"),
        (np.max, "ḡ to the maxima"),
        (np.var, "ḡ × 2 × (x − mean) / N"),
        (lambda x: np.var(x, ddof=1), "ḡ × 2 × (x − mean) / (N − 1)"),
        (np.std, "ḡ × (x − mean) / (N × v1)"),
        (np.prod, "ḡ × the other factors"),
        (lambda x: ag.ops.logsumexp(x), "ḡ × softmax(x)"),
        (lambda x: np.flip(x), "flip(ḡ)"),
        (lambda x: ag.ops.gelu(x), "ḡ × gelu'(x)"),
        (lambda x: np.diag(x.reshape(2, 2)), "ḡ"),
        (lambda x: np.arange(12.0).reshape(3, 4) @ x, "ḡ @ [3×4]"),
        (lambda x: nn.functional.hardtanh(x), "ḡ × ([x > −1] and [x < 1])"),
        (lambda x: ag.ops.layer_norm(x, np.ones(4), np.ones(4)), "([4] × ḡ less mean and trend) / std"),
    ],
)
def test_rules_are_said_in_words_where_there_is_no_short_formula(function, rule):
    drawing = ag.draw(function(leaf([0.5, -1.0, 2.0, 3.0])))

    assert rule in [edge.rule for edge in drawing.document.edges if edge.source == "n1"]
