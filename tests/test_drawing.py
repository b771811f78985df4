"""Drawings: what they say is what the engine computes, whatever the names are, with a renderer and without."""

import json
import math
import re
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core.drawing import Drawing, draw
from autograd_core.drawing.colours import LIGHT
from autograd_core.drawing.document import visible
from autograd_core.drawing.labels import escaped
from autograd_core.drawing.legends import legend
from autograd_core.drawing.symbols import Symbol, number_text
from autograd_core.errors import DTypeError, GradientError, MutationError, RendererError
from autograd_core.graph import Graph
from autograd_core.primitive import declared


def named(value, name):
    value.name = name
    return value


def neuron():
    """o = tanh(x1 w1 + x2 w2 + b), as in the target picture."""
    x1, x2 = ag.scalar(2.0, name="x1"), ag.scalar(0.0, name="x2")
    w1, w2, b = ag.scalar(-3.0, name="w1"), ag.scalar(1.0, name="w2"), ag.scalar(6.8813735870195432, name="b")
    for parameter in (w1, w2, b):
        parameter.role = "parameter"
    p, q = named(x1 * w1, "p"), named(x2 * w2, "q")
    return named(np.tanh(named(named(p + q, "s") + b, "n")), "o")


def two_paths():
    """L = ab (a + b)."""
    a, b = ag.scalar(3.0, name="a"), ag.scalar(-2.0, name="b")
    return named(named(a * b, "d") * named(a + b, "e"), "L")


def two_layers():
    """The mean squared error of two layers, and their parameters."""
    r = np.random.default_rng(0)
    x, y = ag.tensor(r.normal(size=(6, 2)), name="x"), ag.tensor(r.normal(size=(6, 1)), name="y")
    shapes = {"W1": (2, 8), "b1": (8,), "W2": (8, 1), "b2": (1,)}
    weights = {name: ag.tensor(r.normal(size=shape), requires_grad=True, name=name) for name, shape in shapes.items()}
    with ag.scope("first", "Linear"):
        hidden = named(np.tanh(named(x @ weights["W1"], "z") + weights["b1"]), "h")
    error = hidden @ weights["W2"] + weights["b2"] - y
    return named(np.mean(error**2), "L"), weights


def cards(drawing):
    return {card.name: card for card in drawing.document.cards}


def edges(drawing):
    names = {card.id: card.name for card in drawing.document.cards}
    return {(names[e.source], names[e.target], e.position): e for e in drawing.document.edges}


# -- the numbers are the engine's ------------------------------------------------------------------------------------


def test_single_neuron_shows_the_numbers_of_the_target_picture():
    drawing = draw(neuron())

    shown = {name: (c.value.text, c.gradient.text, c.role) for name, c in cards(drawing).items()}
    assert shown == {
        "x1": ("2", "−1.5", "input"),
        "x2": ("0", "0.5", "input"),
        "w1": ("−3", "1", "param"),
        "w2": ("1", "0", "param"),
        "b": ("6.881", "0.5", "param"),
        "p": ("−6", "0.5", "op"),
        "q": ("0", "0.5", "op"),
        "s": ("−6", "0.5", "op"),
        "n": ("0.8814", "0.5", "op"),
        "o": ("0.7071", "1", "output"),
    }
    formulas = [card.formula for card in drawing.document.cards if card.formula]
    assert formulas == ["x1 × w1", "x2 × w2", "p + q", "s + b", "tanh(n)"]


def test_edges_of_the_neuron_carry_local_derivatives_in_names_and_numbers():
    found = edges(draw(neuron()))

    first = found["x1", "p", 0]
    assert (first.derivative, first.rule, first.local) == ("∂p/∂x1", "w1", -3.0)
    assert first.contribution == pytest.approx(-1.5)
    last = found["n", "o", 0]
    assert (last.derivative, last.rule, last.local) == ("∂o/∂n", "1 − o²", pytest.approx(0.5))
    assert found["s", "n", 0].rule == "1"


def test_a_value_used_twice_prints_its_gradient_as_the_sum_of_its_paths():
    found = cards(draw(two_paths()))

    assert (found["a"].gradient.text, found["a"].sum) == ("−8", "= −6 − 2")
    assert (found["b"].gradient.text, found["b"].sum) == ("−3", "= −6 + 3")
    assert found["d"].sum == ""


def test_a_value_used_twice_by_one_call_has_two_edges():
    x = ag.scalar(3.0, name="x")
    drawing = draw(x * x)

    assert [(e.position, e.contribution) for e in drawing.document.edges] == [(0, 3.0), (1, 3.0)]
    assert cards(drawing)["x"].sum == "= 3 + 3"


OPERATIONS = (
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / b,
    lambda a, b: np.maximum(a, b),
    lambda a, b: np.hypot(a, b),
    lambda a, b: np.tanh(a) * b**2,
    lambda a, b: abs(a) ** b,
)


STEPS = st.tuples(st.integers(0, 99), st.integers(0, 99), st.integers(0, len(OPERATIONS) - 1))


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=12))
@np.errstate(all="ignore")  # divisions by zero and overflows are drawn like the rest
def test_every_gradient_is_the_engines_and_the_sum_of_its_edges(plan):
    values = [ag.scalar(v, name=n) for v, n in ((1.3, "a"), (-0.7, "b"))]
    for i, j, operation in plan:
        values.append(OPERATIONS[operation](values[i % len(values)], values[j % len(values)]))
    y = values[-1]
    drawing = draw(y, max_nodes=1000)
    y.backward()

    graph = Graph([y])
    by_number = {number: node for node, number in graph.numbers.items()}
    added = {}
    for edge in drawing.document.edges:
        if edge.backward:
            node = int(edge.source[1:].partition("_")[0])
            added[node] = added.get(node, 0.0) + edge.contribution
            assert edge.dead or edge.contribution == pytest.approx(edge.upstream * edge.local, nan_ok=True)
    for card in drawing.document.cards:
        engine = by_number[card.node].grad
        assert card.gradient.number == pytest.approx(engine, nan_ok=True)
        if card.role != "output":
            assert card.gradient.number == pytest.approx(added[card.node], nan_ok=True)


def test_gradients_of_arrays_are_shown_by_norm_and_as_a_heat_map():
    loss, weights = two_layers()
    drawing = draw(loss)
    loss.backward()

    for name, weight in weights.items():
        card = cards(drawing)[name]
        assert card.gradient.number == pytest.approx(np.linalg.norm(weight.grad.data))
        assert np.array(card.gradient.cells) == pytest.approx(np.atleast_2d(weight.grad.data))
        assert card.value.number == pytest.approx(np.linalg.norm(weight.data))


def test_rules_of_arrays_are_written_down_by_the_rules_themselves():
    found = cards(draw(two_layers()[0]))
    rules = {edge.rule for edge in draw(two_layers()[0]).document.edges if not edge.beside}

    assert (found["W1"].rule, found["b1"].rule, found["W2"].rule) == ("xᵀ @ ḡ", "Σ₀ ḡ", "hᵀ @ ḡ")
    assert {"ḡ × (1 − h²)", "ḡ @ W2ᵀ", "ḡ"} <= rules


def test_a_rule_that_cannot_be_written_down_is_named_after_its_primitive():
    def rule(g, a):
        return g * np.linalg.inv(a) if len(a) else g

    odd = ag.primitive(lambda a: a * 1.0, rule, name="odd")
    found = draw(np.sum(odd(ag.tensor(np.eye(2), requires_grad=True, name="x")))).document.edges

    assert [edge.rule for edge in found] == ["through odd", "ḡ repeated"]


def test_rules_show_the_sums_over_what_was_repeated():
    x, w = ag.tensor(np.ones((4, 2, 3)), name="x"), ag.tensor(np.ones((1, 3, 5)), requires_grad=True, name="w")
    b = ag.tensor(np.ones((5, 1)), requires_grad=True, name="b")
    found = cards(draw(np.sum(x @ (w + np.broadcast_to(b.T, (1, 3, 5))))))

    assert edges(draw(np.sum(x @ w)))["w", "v1", 1].rule == "Σ₀ (xᵀ @ ḡ)"
    assert (found["v1"].formula, found["v2"].formula) == ("transpose(b)", "broadcast_to(v1, shape=(1, 3, 5))")


@pytest.mark.parametrize(
    ("made", "formula"),
    [
        (lambda x: x[1:, ..., ::2], "x[1:, ..., ::2]"),
        (lambda x: x[np.array([0, 0])], "x[[0, 0]]"),
        (lambda x: np.split(x, 2)[1], "v1[1]"),
        (lambda x: -x, "−x"),
        (lambda x: x**3.0, "x³"),
        (lambda x: x - -2.0, "x − (−2)"),
        (lambda x: x * np.ones((2, 2)), "x × [2×2]"),
        (lambda x: np.sum(x, axis=0, keepdims=True), "sum(x, axis=0, keepdims=True)"),
        (lambda x: np.concatenate([x] * 40), f"concatenate({'x, ' * 10}…)"),
    ],
)
def test_formulas_read_like_the_program(made, formula):
    y = made(ag.tensor(np.ones((2, 2)), requires_grad=True, name="x"))

    assert draw(y).document.cards[-1].formula == formula


def test_several_outputs_are_drawn_with_the_gradient_of_their_sum():
    drawing = draw(lambda a: {"double": 2 * a, "square": a * a}, 3.0)

    assert cards(drawing)["a"].gradient.number == 8.0
    assert [c.role for c in drawing.document.cards] == ["input", "output", "output"]


def test_operations_with_several_results_are_drawn():
    halves = np.split(ag.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True, name="x"), 2)
    drawing = draw(np.sum(halves[0] * halves[0]))

    assert np.array(cards(drawing)["x"].gradient.cells).tolist() == [[2.0, 4.0, 0.0, 0.0]]


# -- drawing is pure -------------------------------------------------------------------------------------------------


def classes():
    """A loss that is one fused call, with an optional argument left out and a residual."""
    scores = ag.tensor(np.eye(3) + 0.5, requires_grad=True, name="scores")
    return ag.ops.cross_entropy(scores * 2.0, np.array([0, 1, 1]))


def steps():
    """A fused call with several results and a residual."""
    x = ag.tensor(np.ones((2, 1, 1)), requires_grad=True, name="x")
    _, h, c = ag.ops.lstm(x, np.zeros((1, 1)), np.zeros((1, 1)), np.ones((4, 1)), np.ones((4, 1)))
    return np.sum(h * c)


@pytest.mark.parametrize("make", [neuron, two_paths, lambda: two_layers()[0], classes, steps])
def test_a_graph_draws_the_same_after_backward(make):
    value = make()
    before = draw(value).source
    value.backward()

    assert draw(value).source == before


def test_a_graph_with_cuts_draws_the_same_after_backward():
    x = ag.scalar(0.0, name="x")
    y = ag.where(x > 0, np.sqrt(x), x)
    before = draw(y)
    y.backward()

    assert draw(y).source == before.source
    assert cards(before)["x"].gradient.number == x.grad == 1.0
    dead = next(edge for edge in before.document.edges if edge.dead)
    assert (dead.upstream, dead.local, dead.contribution) == (0.0, math.inf, 0.0)
    assert "0 (cut)" in before.source


def test_drawing_leaves_gradients_hooks_and_the_graph_alone():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    seen = []
    x.register_hook(seen.append)
    y = np.sum(x * x)
    draw(y)
    draw(y)
    assert x.grad is None
    assert not seen

    y.backward()
    draw(y)
    assert x.grad.data.tolist() == [2.0, 4.0]
    assert len(seen) == 1


def test_backward_after_drawing_works_once_as_ever():
    y = two_paths()
    draw(y)
    y.backward()

    with pytest.raises(GradientError, match="already called"):
        y.backward()


def test_large_values_that_backward_freed_are_refused_with_words():
    x = ag.tensor(np.ones(2000), requires_grad=True)
    y = np.sum(x * x)
    assert cards(draw(y))["v1"].value.number == pytest.approx(math.sqrt(2000))
    y.backward()

    with pytest.raises(GradientError, match=r"retain_graph=True\), or draw the values alone with grads=False"):
        draw(y)
    assert cards(draw(y, grads=False))["v1"].value.text == "not kept"


def test_values_written_in_place_since_are_refused_with_words():
    w = ag.tensor([1.0, 2.0], requires_grad=True, name="w")
    y = np.sum(w * w)
    with ag.no_grad():
        w -= 0.5

    with pytest.raises(MutationError, match="draw before the write"):
        draw(y)


def test_leaves_given_new_data_since_are_refused_or_drawn_as_they_were():
    s = ag.scalar(3.0, name="s")
    y = s * s
    s.data = 5.0
    assert cards(draw(y))["s"].value.text == "3"

    s.data = 3.0
    y.backward()
    s.data = 5.0
    with pytest.raises(MutationError, match=r"leaf s.* was given new data after .*multiply"):
        draw(y)


def test_the_same_graph_gives_the_same_bytes():
    assert draw(neuron()).source == draw(neuron()).source
    assert draw(two_layers()[0]).document.to_json() == draw(two_layers()[0]).document.to_json()
    assert not re.search(r"0x[0-9a-f]{6,}", draw(two_layers()[0]).source)


def test_long_chains_need_no_recursion():
    x = y = ag.scalar(1.0, name="x")
    for _ in range(sys.getrecursionlimit() + 100):
        y = y + 1.0

    assert len(draw(y, max_nodes=100_000, fold=False).document.cards) == sys.getrecursionlimit() + 101
    assert x.grad is None


# -- what is drawn ---------------------------------------------------------------------------------------------------


def test_a_gradient_that_is_not_computed_is_a_dash_and_never_zero():
    a, b = ag.scalar(2.0, name="a"), ag.scalar(0.0, name="b", requires_grad=False)
    drawing = draw(lambda c: (a * b) + np.sign(c), 1.0)

    found = cards(drawing)
    assert (found["a"].gradient.text, found["a"].gradient.number) == ("0", 0.0)
    assert (found["c"].gradient.text, found["c"].gradient.number) == ("–", None)
    assert found["b"].gradient is None
    assert not edges(drawing)["b", "v1", 1].backward


def test_nan_and_infinity_are_marked():
    x = ag.tensor([0.0, 1.0], requires_grad=True, name="x")
    drawing = draw(np.sum(np.sqrt(x) * 2.0))

    gradient = cards(drawing)["x"].gradient
    assert (gradient.text, gradient.finite, gradient.cells) == ("∞", False, ((math.inf, 1.0),))
    assert LIGHT.alarm_fill in drawing.source
    assert "NaN or infinite" in drawing.source
    assert json.loads(drawing.document.to_json())["cards"][0]["gradient"]["cells"] == [["Infinity", 1.0]]


def test_floats_that_divide_by_zero_are_drawn():
    with np.errstate(all="ignore"):
        y = 1.0 / ag.scalar(0.0, name="x")
    found = cards(draw(y))

    assert (found["v1"].value.text, found["x"].gradient.text) == ("∞", "−∞")


def test_constants_are_written_into_formulas():
    x = ag.scalar(2.0, name="x")
    drawing = draw(named(-3.0 * x, "y") ** 2 - ag.scalar(1.0, requires_grad=False))

    assert [card.title for card in drawing.document.cards] == ["x", "y = −3 × x", "v1 = y²", "v2 = v1 − 1"]
    assert edges(drawing)["y", "v1", 0].rule == "2 × y"


def test_nameless_values_get_names_that_nobody_else_has():
    v1 = ag.scalar(1.0, name="v1")
    found = draw((v1 + 2.0) * 3.0).document.cards

    assert [(card.name, card.named) for card in found] == [("v1", True), ("v2", False), ("v3", False)]


def test_names_can_be_given_for_one_drawing():
    a, b = ag.scalar(1.0), ag.scalar(2.0)
    y = a * b
    drawing = draw(y, names={a: "speed", y: "way"})

    assert [card.title for card in drawing.document.cards] == ["speed", "v1", "way = speed × v1"]
    assert a.name is None


def test_arguments_of_a_function_are_inputs_with_the_names_of_its_parameters():
    w = ag.tensor(np.ones((2, 2)), requires_grad=True, name="w")
    found = cards(draw(lambda x, scale: np.sum(scale * (x @ w)), np.ones((3, 2)), 0.5))

    assert {name: found[name].role for name in ("x", "scale", "w")} == {"x": "input", "scale": "input", "w": "param"}


def test_inputs_in_containers_are_numbered():
    found = cards(draw(lambda xs, k: xs[0] * xs[1] + k["a"], [2.0, 3.0], {"a": 1.0, "b": None}))

    assert {name for name, card in found.items() if card.role == "input"} == {"xs1", "xs2", "k1"}


def test_a_parameter_stands_beside_its_operation_within_its_scope():
    drawing = draw(two_layers()[0])
    found = cards(drawing)
    (group,) = drawing.document.groups

    assert (group.name, group.kind, group.parameters) == ("first", "Linear", 24)
    assert found["W1"].group == found["b1"].group == found["z"].group == group.id
    assert found["x"].group is found["W2"].group is None
    assert edges(drawing)["W1", "z", 1].beside
    assert not edges(drawing)["x", "z", 0].beside


def test_cards_beside_an_operation_take_turns_above_and_below():
    shapes = {"x": (3, 2), "w": (4, 2), "b": (4,)}
    x, w, b = (ag.tensor(np.ones(shape), requires_grad=name != "x", name=name) for name, shape in shapes.items())
    drawing = draw(ag.ops.linear(x, w, b))

    assert {name: edge.beside for (name, *_), edge in edges(drawing).items()} == {"x": False, "w": True, "b": True}
    assert re.search(r"n4 -> n2 .*arrowhead=empty arrowtail=normal", drawing.source)
    assert re.search(r"n3 -> n4 .*arrowhead=normal arrowtail=empty", drawing.source)


def test_nested_scopes_are_nested_groups():
    x = ag.scalar(1.0, name="x")
    with ag.scope("outer"), ag.scope("inner", "Part"):
        y = (x + 1.0) * 2.0
    outer, inner = draw(y).document.groups

    assert (outer.name, outer.parent, inner.name, inner.parent) == ("outer", None, "inner", outer.id)


def test_an_array_with_many_uses_is_a_strip_in_each_of_them():
    w = ag.tensor(np.eye(2), requires_grad=True, name="w")
    h = ag.tensor(np.ones((1, 2)), name="h0")
    for _ in range(6):
        h = h @ w
    drawing = draw(np.sum(h))
    strips = [strip for card in drawing.document.cards for strip in card.strips]

    assert [strip.name for strip in strips] == ["w"] * 6
    assert strips[1].rule == "v1ᵀ @ ḡ"
    assert cards(drawing)["w"].shown_at == 6
    assert not [edge for edge in edges(drawing) if edge[0] == "w"]


def test_a_number_with_many_uses_has_a_card_at_each_of_them():
    x = ag.scalar(2.0, name="x")
    y = x * 1.0
    for _ in range(5):
        y = y + x
    found = [card for card in draw(y).document.cards if card.name == "x"]

    assert [(card.id, card.adds, card.gradient.text) for card in found] == [(f"n1_{i}", "1", "6") for i in range(1, 7)]


def test_without_gradients_only_values_are_drawn():
    drawing = draw(two_layers()[0], grads=False)

    assert all(card.gradient is None for card in drawing.document.cards)
    assert not any(edge.backward for edge in drawing.document.edges)
    assert LIGHT.backward not in "".join(re.findall(r" color=.*", drawing.source))
    assert "grad" not in drawing.source


def test_complex_graphs_are_drawn():
    z = ag.tensor([1 + 2j, 3j], requires_grad=True, name="z")
    y = np.sum(np.real(z * z))
    drawing = draw(y)
    y.backward()

    assert cards(drawing)["z"].gradient.number == pytest.approx(np.linalg.norm(z.grad.data))


def test_a_neurons_sum_is_written_as_a_sum_with_constants_as_numbers():
    w, x, b = [[ag.scalar(v, name=f"{letter}{i}") for i, v in enumerate((1.0, -2.0), 1)] for letter in "wx"] + [
        ag.scalar(0.5, name="b")
    ]

    def formula(inputs, weights=w):
        return draw(ag.ops.weighted_sum(weights, inputs, b)).document.cards[-1].formula

    assert formula(x) == "w1 × x1 + w2 × x2 + b"
    assert formula([0.0, -1.0]) == "w1 × 0 + w2 × (−1) + b"
    assert formula([float(i) for i in range(9)], w * 4 + w[:1]) == "w1 × 0 + w2 × 1 + w1 × 2 + w2 × 3 + … + b"


@pytest.mark.usefixtures("renderer")
def test_the_arguments_of_a_neuron_stand_from_the_first_to_the_last():
    w = [ag.scalar(float(i), name=f"w{i}") for i in range(1, 4)]
    b = ag.scalar(0.0, name="b")
    with ag.scope("neuron", "Neuron"):
        y = np.tanh(ag.ops.weighted_sum(w, [1.0, 2.0, 3.0], b))
    svg = ElementTree.fromstring(draw(y, legend=False).svg())
    heights = {t.text: float(t.get("y")) for t in svg.iter() if t.tag.endswith("text")}

    assert heights["w1"] < heights["w2"] < heights["w3"] < heights["b"]


def test_the_rules_of_maximum_and_minimum_say_what_happens_at_ties():
    a, b = (ag.tensor([[1.0, 2.0]], requires_grad=True, name=name) for name in "ab")

    def rules(value):
        return [edge.rule for edge in draw(np.sum(value)).document.edges if "ties" in edge.rule]

    x, y = a * 1.0, b * 1.0
    assert rules(np.maximum(x, y)) == ["ḡ × [v1 > v2], ties ½", "ḡ × [v2 > v1], ties ½"]
    assert rules(np.minimum(x, y[0])) == ["ḡ × [v1 < v3], ties ½", "Σ₀ (ḡ × [v3 < v1], ties ½)"]


def test_a_mask_says_how_many_are_true():
    mask = ag.tensor(np.array([True, False, True]), name="mask")
    x = ag.tensor(np.ones(3), requires_grad=True, name="x")

    assert cards(draw(np.sum(np.where(mask, x, 0.0))))["mask"].value.text == "2 of 3 true"


def test_the_legend_has_a_line_for_numbers_and_one_for_arrays_where_there_are_both():
    s, w = ag.scalar(2.0, name="s"), ag.tensor([1.0, -2.0], requires_grad=True, name="w")

    def lines(value):
        return [" ".join(text for text, _ in line) for line in legend(draw(value).document, LIGHT)]

    assert len(lines(s * s)) == len(lines(w * w)) == 1
    numbers, arrays = lines(np.sum(w * s) + s * s)
    assert numbers.count("green") == arrays.count("green") == 1
    assert "upstream × local" in numbers
    assert "2-norms" in arrays


# -- words when something is wrong -----------------------------------------------------------------------------------


def test_too_large_a_graph_is_refused_with_its_size_and_a_remedy():
    y = ag.scalar(1.0)
    for _ in range(400):
        y = y * 1.0

    with pytest.raises(GradientError, match=r"401 values to draw, and max_nodes is 300.*max_nodes=401"):
        draw(y, fold=False)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: draw(3.0), "cannot draw 3.0"),
        (lambda: draw(np.ones(100)), "cannot draw a value of type ndarray"),
        (lambda: draw([]), "cannot draw an empty list"),
        (lambda: draw(ag.tensor([1.0])), "nothing was recorded"),
        (lambda: draw(ag.tensor([1.0], requires_grad=True).detach()), r"tensor\(\[1\.\]\), which detach cut off"),
        (lambda: draw(lambda a, b: a * b, 2, 3), r"gave 6, which was not recorded.*2\.0 rather than 2"),
        (
            lambda: draw(lambda a: a.item() * 2.0, 2.0),
            r"gave 4\.0, which was not recorded: a value left .* \.item\(\)\n",
        ),
        (lambda: draw([ag.scalar(1.0), 2.0]), "cannot draw 2.0 in a list: pass .* several in a list"),
        (lambda: draw(nn.Linear, np.ones(2)), "cannot draw <class"),
        (lambda: draw(nn.Linear(2, 1)), r"Linear cannot be called with 0 arguments: .*'x'\. .*ag\.draw\(Linear, x\)"),
        (lambda: draw(two_paths, 1.0), "two_paths cannot be called with 1 argument:"),
        (lambda: draw(two_paths(), max_nodes=0), "whole number from 1 on"),
        (lambda: draw(two_paths(), title=3), "give a text"),
        (lambda: draw(two_paths(), legend="no"), "use True or False"),
        (lambda: draw(two_paths(), names=["a"]), "give {value: name}"),
        (lambda: draw(two_paths()).around("a", hops=1.5), r"hops=1\.5 is none: give a whole number from 0 on"),
        (lambda: draw(two_paths(), hide=ag.tensor([1.0])), "is no name: give that on its card"),
        (lambda: draw(two_paths(), expand=[3]), "3 is no name"),
        (lambda: draw(two_paths(), rankdir="left"), "use one of LR, TB, RL, BT"),
        (lambda: draw(two_paths(), names={ag.scalar(1.0): "stray"}), "'stray' is given to .* not part of this graph"),
    ],
)
def test_what_cannot_be_drawn_is_said(call, words):
    with pytest.raises(GradientError, match=words):
        call()


def test_a_layer_that_refuses_an_arrays_dtype_is_said_to_have_been_given_a_tensor():
    model = nn.Linear(2, 1)

    with pytest.raises(DTypeError, match=r"float64 Tensor: convert the input with x\.astype") as caught:
        draw(lambda x: np.sum(model(x)), np.ones((3, 2)))
    assert caught.value.__notes__ == [
        "ag.draw calls the function with Tensors in place of floating arrays, each in its dtype"
    ]


@pytest.mark.parametrize("gather", [list, tuple, lambda values: {"first": values[0], "others": values[1:]}])
def test_several_values_are_drawn_together(gather):
    x = ag.scalar(2.0, name="x")
    drawing = draw(gather([named(x * 3.0, "a"), named(x + 1.0, "b")]))

    assert [(card.name, card.role) for card in drawing.document.cards] == [
        ("x", "input"),
        ("a", "output"),
        ("b", "output"),
    ]
    assert drawing.document.cards[0].gradient.number == 4.0


@pytest.mark.parametrize("name", ["loss.gif", "loss"])
def test_saving_with_another_suffix_names_those_that_work(tmp_path, name):
    with pytest.raises(RendererError, match=r"end it in \.svg, \.png, \.pdf, \.html, \.dot or \.json"):
        draw(two_paths()).save(tmp_path / name)


# -- text and colours ------------------------------------------------------------------------------------------------

NASTY = [
    '<b>&amp;"x"</b>',
    "\\N \\G \\\\",
    "a'b`c",
    "👾 𝛼 ŷ",
    "</TD></TR>>];",
    "\x00\x1f\x7f",
    "two\nlines",
    "x" * 500,
    "--> {|}",
    "\ud800",
]


@pytest.mark.usefixtures("renderer")
@pytest.mark.parametrize("name", NASTY, ids=range(len(NASTY)))
def test_any_name_is_shown_as_it_is(name, tmp_path):
    a = ag.scalar(2.0, name=name)
    with ag.scope(name, name):
        y = (a + 1.0) * 2.0
    drawing = draw(y, title=name, names={y: name})
    json.loads(drawing.save(tmp_path / "a.json").read_text(encoding="utf-8"))
    tree = ElementTree.fromstring(drawing.svg())
    texts = "".join(tree.itertext())

    expected = "".join("�" if not c.isprintable() else c for c in " ".join(name.split()))
    assert expected[:39] in texts
    assert len([g for g in tree.iter() if g.get("class") == "node"]) == 3 + 2


@settings(deadline=None)
@given(st.text(st.characters(codec=None, categories=None)))
def test_escaped_text_is_one_run_of_xml_that_stands_for_itself(text):
    read_back = ElementTree.fromstring(f"<a>{escaped(text)}</a>")

    assert not len(read_back)
    assert (read_back.text or "").replace("\\\\", "\\") == visible(text)


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda x, y: 1 - y * y, "1 − y²"),
        (lambda x, y: -y * y, "−y²"),
        (lambda x, y: 1 / (3 * y * y), "1 / (3 × y²)"),
        (lambda x, y: -y / x, "−y / x"),
        (lambda x, y: (x + 1) * (y - 2), "(x + 1) × (y − 2)"),
        (lambda x, y: x - (y - 1), "x − (y − 1)"),
        (lambda x, y: x + -y, "x − y"),
        (lambda x, y: 2 * x * 3, "6 × x"),
        (lambda x, y: x ** (y - 1), "x^(y − 1)"),
        (lambda x, y: x**-2, "x⁻²"),
        (lambda x, y: x / (y * 2), "x / (2 × y)"),
        (lambda x, y: np.where(y == 0, 1, x), "x"),
        (lambda x, y: (x > y) | np.isnan(x), "[x > y]"),
        (lambda x, y: np.exp(x) @ y, "exp(x) @ y"),
        (lambda x, y: (-(x + y)) ** 2, "(−(x + y))²"),
    ],
)
def test_symbols_write_arithmetic_as_people_do(made, text):
    assert str(made(Symbol("x"), Symbol("y"))) == text


@settings(max_examples=200, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_shown_to_four_digits(x):
    assert float(number_text(x).replace("−", "-")) == float(f"{x:.4g}")


def test_the_document_is_versioned_json():
    data = json.loads(draw(two_paths()).document.to_json())

    assert data["version"] == 1
    assert [card["name"] for card in data["cards"]] == ["a", "b", "d", "e", "L"]
    assert data["edges"][0] | {"rule": "b", "local": -2.0, "contribution": -2.0} == data["edges"][0]


def test_the_library_exports_draw():
    assert isinstance(ag.draw(two_paths()), Drawing)


def test_declared_texts_use_only_signs_that_the_renderers_fonts_have():
    texts = [t for p in declared if p.text for t in p.text if isinstance(t, str)]

    assert texts
    assert {c for t in texts for c in t if not c.isascii()} <= set("×−Σ₀ᵀ½")


def test_a_write_is_told_from_a_read():
    x = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    y = x * 2.0
    y[0] = x[1]
    formulas = [card.formula for card in ag.draw(y).document.cards]

    assert any("with [0] = " in formula for formula in formulas)
    assert "x[1]" in formulas
