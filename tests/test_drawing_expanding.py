"""Single calls taken apart within a drawing: by numbers or by their definitions, with the same values and gradients."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core.errors import GradientError
from autograd_core.testing.strategies import programs


def named(value, name):
    value.name = name
    return value


def product():
    """L = sum of tanh(A @ x), with a name for the product."""
    a = ag.tensor([[1.0, 2.0], [3.0, -1.0]], requires_grad=True, name="A")
    x = ag.tensor([[0.5], [-1.0]], requires_grad=True, name="x")
    y = named(a @ x, "y")
    return np.sum(np.tanh(y))


def lstm(steps, features=3):
    nn.manual_seed(0)
    return nn.LSTM(features, 4), np.random.default_rng(0).normal(size=(steps, 2, features)).astype(np.float32)


def cards(drawing):
    return {card.name: card for card in drawing.document.cards}


def test_one_product_of_matrices_is_its_products_and_sums_while_the_rest_stays_arrays():
    drawing = ag.draw(product(), expand=["y"])
    found = cards(drawing)

    assert found["y[1, 0]"].formula == "v5 + v6"
    assert found["v5"].formula == "A[1, 0] × x[0, 0]"
    assert (found["A"].face, found["A[0, 1]"].face, found["y"].face, found["v1"].formula) == (
        "array", "number", "array", "tanh(y)",
    )  # fmt: skip
    assert [group.name for group in drawing.document.groups] == ["y = A @ x"]


def test_what_is_not_expanded_keeps_names_values_and_gradients():
    closed, opened = ag.draw(product()), ag.draw(product(), expand="y")

    for name, card in cards(closed).items():
        other = cards(opened)[name]
        assert (other.named, other.role) == (card.named, card.role)
        assert other.value == card.value
        assert other.gradient.number == pytest.approx(card.gradient.number)
        assert np.allclose(other.gradient.cells or 0, card.gradient.cells or 0)


def test_an_index_says_where_its_gradient_goes():
    drawing = ag.draw(product(), expand=["y"])
    names = {card.id: card.name for card in drawing.document.cards}
    rules = {(names[edge.source], names[edge.target]): edge.rule for edge in drawing.document.edges}

    assert rules["A", "A[1, 0]"] == "ḡ at [1, 0]"
    assert rules["y[0, 0]", "v7"] == "ḡ[0]"


@pytest.mark.parametrize(
    "function",
    [np.tanh, ag.ops.relu, ag.ops.gelu, lambda x: np.sum(x, axis=0), lambda x: x @ x.T, lambda x: x**2 / (1 + x**2)],
)
def test_elementwise_functions_sums_and_quotients_can_be_taken_apart(function):
    x = ag.tensor([[0.5, -1.0], [2.0, 0.25]], requires_grad=True, name="x")
    y = named(function(x), "y")
    drawing = ag.draw(np.sum(y), expand=["y"])
    y.backward(np.ones(y.shape))

    assert np.allclose(cards(drawing)["x"].gradient.cells, x.grad.data)
    assert len(drawing.document.cards) > 6


def test_constants_without_a_name_are_numbers_in_formulas():
    x = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    drawing = ag.draw(named(x @ np.array([3.0, 0.5]), "y"), expand=["y"])

    assert {card.formula for card in drawing.document.cards} >= {"x[0] × 3", "x[1] × 0.5"}


def test_float32_stays_float32():
    x = ag.tensor(np.array([1.0, 2.0], np.float32), requires_grad=True, name="x")
    drawing = ag.draw(named(x * x, "y"), expand=["y"])

    assert {card.dtype for card in drawing.document.cards} == {"float32"}


def test_an_lstm_shows_its_steps_and_folds_them():
    model, x = lstm(10)
    closed = ag.draw(lambda x: np.sum(model(x)[0]), x)
    call = next(card.name for card in closed.document.cards if card.formula.startswith("lstm("))
    drawing = ag.draw(lambda x: np.sum(model(x)[0]), x, expand=[call])
    frame, loop = drawing.document.groups[-2:]

    assert frame.name.startswith(f"{call} = lstm(")
    assert loop.times == 10
    for name in ("weight_ih_l0", "weight_hh_l0", "x"):
        assert cards(drawing)[name].gradient.number == pytest.approx(cards(closed)[name].gradient.number, rel=1e-5)


def test_shared_weights_of_few_steps_are_strips_in_each():
    model, x = lstm(3)
    closed = ag.draw(lambda x: np.sum(model(x)[0]), x)
    call = next(card.name for card in closed.document.cards if card.formula.startswith("lstm("))
    steps = [c for c in ag.draw(lambda x: np.sum(model(x)[0]), x, expand=[call]).document.cards if c.strips]

    assert len(steps) == 3
    assert {strip.name for strip in steps[0].strips} == {"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"}


def test_what_debugging_and_parts_ask_for_by_value_is_still_found():
    a = ag.tensor([1.0, 2.0], requires_grad=True, name="a")
    y = named(a * a, "y")
    z = np.sum(y)
    drawing = ag.draw(z, expand=["y"])

    assert [card.name for card in drawing.path(y, z).document.cards] == ["y", "v1"]


def test_modules_and_values_can_be_expanded_together():
    nn.manual_seed(0)
    model = nn.Sequential(*[nn.Sequential(nn.Linear(2, 2), nn.Tanh()) for _ in range(3)])
    drawing = ag.draw(model, np.ones((1, 2), np.float32), detail="modules", expand=["Sequential.1", "Sequential.1.0"])

    assert "1" in [group.name for group in drawing.document.groups]


@pytest.mark.parametrize(
    ("function", "expand", "message"),
    [
        (lambda x: np.sum(x), "z", "nothing in this drawing is called 'z'"),
        (lambda x: named(ag.ops.softmax(x), "y"), "y", "softmax cannot be done number by number"),
        (lambda x: named(ag.max(ag.tensor([1.0, 1.0], requires_grad=True)), "y"), "y", "equal elements share it"),
        (lambda x: named(np.tile(x, 100) * 2.0, "y"), "y", "at most 200 real numbers.*no definition"),
        (lambda x: named(x * 1j, "y"), "y", "at most 200 real numbers"),
        (lambda x: named(x[:0] * 2.0, "y"), "y", "'y' has no elements"),
    ],
)
def test_what_cannot_be_taken_apart_is_said(function, expand, message):
    x = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    with pytest.raises(GradientError, match=message):
        ag.draw(function(x), expand=expand)


def test_what_leads_to_a_folded_loop_can_be_opened():
    x = ag.scalar(0.5, name="x")
    drawing = ag.draw(np.tanh(np.tanh(np.exp(x))), fold=True, expand="v1")

    assert [card.name for card in drawing.document.cards] == ["x", "v1", "v2ₜ₋₁", "v2ₜ"]


def test_both_results_of_a_recurrent_layer_are_there_when_its_steps_are():
    drawing = ag.draw(nn.GRU(3, 4), np.ones((12, 2, 3), np.float32), expand="v2")

    assert {"v4", "v4ₜ₋₁"} <= {card.name for card in drawing.document.cards}
    assert max(group.times for group in drawing.document.groups) == 12


def test_one_step_of_a_folded_loop_is_not_opened():
    w, h = ag.tensor(0.3 * np.ones((2, 2)), requires_grad=True, name="w"), ag.tensor(np.ones((2, 2)), name="h")
    for _ in range(9):
        h = np.tanh(h @ w)

    with pytest.raises(GradientError, match="'v1ₜ' stands for several steps: draw with fold=False"):
        ag.draw(h, expand=["v1ₜ"])


def refusal(value, call):
    """Why a call is not taken apart; empty if it is."""
    try:
        ag.draw(value, fold=False, max_nodes=3000, expand=[call])
    except GradientError as error:
        return str(error)
    return ""


@settings(max_examples=60, deadline=None)
@given(programs(shape=(2, 2)), st.data())
def test_any_call_of_a_program_is_taken_apart_with_the_same_gradients_or_refused_with_words(program, data):
    inputs = [ag.tensor(x, requires_grad=True, name=name) for name, x in zip("abc", program.arguments, strict=False)]
    y = program(*inputs)
    closed = ag.draw(y, fold=False, max_nodes=1000)
    call = data.draw(st.sampled_from([card.name for card in closed.document.cards if card.formula]))
    if words := refusal(y, call):
        assert "expand" in words or "number by number" in words
        return
    opened = cards(ag.draw(y, fold=False, max_nodes=3000, expand=[call]))
    for name, card in cards(closed).items():
        if name in opened and card.gradient is not None and card.value.text[-7:] != "results":
            assert opened[name].value.number == pytest.approx(card.value.number)
            assert opened[name].gradient.number == pytest.approx(card.gradient.number, rel=1e-6, abs=1e-9, nan_ok=True)


def test_numbers_among_the_arguments_of_an_array_operation_stay_what_they_are():
    a, x = ag.scalar(2.0, name="a"), ag.tensor([1.0, 3.0], requires_grad=True, name="x")
    found = cards(ag.draw(named(x * a, "y"), expand=["y"]))

    assert {found["y[0]"].formula, found["y[1]"].formula} == {"x[0] × a", "x[1] × a"}
    assert found["a"].gradient.number == 4.0
