"""What a drawing leaves out when asked to: gradients, local derivatives, values; what is left still tells the truth."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.drawing.colours import LIGHT
from autograd_core.drawing.legends import legend
from autograd_core.errors import GradientError


def chain():
    """x -> u = 2x -> v = sin u -> y = v + x."""
    x = ag.scalar(0.5, name="x")
    u = x * 2.0
    v = ag.sin(u)
    y = v + x
    u.name, v.name, y.name = "u", "v", "y"
    return y


def by_name(drawing):
    return {card.name: card for card in drawing.document.cards}


def edges(drawing):
    """{(source, target): edge} by name."""
    names = {card.id: card.name for card in drawing.document.cards}
    return {(names[edge.source], names[edge.target]): edge for edge in drawing.document.edges}


def words(drawing):
    """The legend in one line."""
    return " ".join(text for line in legend(drawing.document, LIGHT) for text, _ in line)


# -- gradients -------------------------------------------------------------------------------------------------------


def test_gradients_are_shown_where_something_can_flow_back():
    x, c = ag.tensor([1.0, -2.0], requires_grad=True, name="x"), ag.tensor([1.0, 0.0], name="c")
    graph = ag.record(lambda: np.sum(x * np.exp(c) * np.floor(x)))
    gradients = {card.formula or card.name: card.gradient for card in ag.draw(graph).document.cards}

    assert gradients["c"] is None
    assert gradients["exp(c)"] is None  # computed from constants alone
    assert gradients["floor(x)"].text == "–"  # from what needs a gradient, and gets none this way
    assert gradients["x"].number > 0


def test_a_graph_without_anything_to_learn_has_no_gradients_unless_they_are_asked_for():
    x = ag.tensor([1.0, -2.0], name="x")
    graph = ag.record(lambda: np.sum(x * 2.0))

    assert not ag.draw(graph).document.gradients
    assert "grad" not in ag.draw(graph).source
    assert {card.gradient.text for card in ag.draw(graph, grads=True).document.cards if card.role != "const"} == {"–"}


def test_without_gradients_local_derivatives_can_still_be_shown():
    drawing = ag.draw(chain(), grads=False, local=True)
    edge = edges(drawing)["u", "v"]

    assert edge.local == pytest.approx(np.cos(1.0))
    assert (edge.backward, edge.contribution, edge.upstream) == (False, None, None)
    assert "cos(u)" in drawing.source
    assert "orange" not in words(drawing)
    assert "grad" not in drawing.source.replace("gradient", "")


def test_without_local_derivatives_gradients_still_flow():
    drawing = ag.draw(chain(), local=False)

    assert "cos(u)" not in drawing.source
    assert "∂" not in drawing.source
    assert by_name(drawing)["x"].gradient.number == pytest.approx(1 + 2 * np.cos(1.0))
    assert edges(drawing)["u", "v"].backward
    assert "gradients flow back" in words(drawing)
    assert "green" not in words(drawing)


def test_without_local_derivatives_cards_have_no_rules():
    w = ag.tensor(np.ones((2, 2)), requires_grad=True, name="w")
    y = np.sum(ag.tensor(np.ones((3, 2)), name="x") @ w)

    assert by_name(ag.draw(y))["w"].rule
    assert not by_name(ag.draw(y, local=False))["w"].rule


@pytest.mark.parametrize("option", ["grads", "local", "fold"])
def test_other_answers_than_auto_yes_and_no_are_refused(option):
    with pytest.raises(GradientError, match=f"{option}='some' is none: use \"auto\", True or False"):
        ag.draw(chain(), **{option: "some"})


# -- values ----------------------------------------------------------------------------------------------------------


def test_a_way_through_what_is_left_out_becomes_one_edge_that_says_so():
    drawing = ag.draw(chain(), hide=["u", "v"])
    edge = next(edge for edge in drawing.document.edges if edge.through)

    assert list(by_name(drawing)) == ["x", "y"]
    assert (edge.through, edge.backward) == ("u, v", True)
    assert edge.contribution == pytest.approx(2 * np.cos(1.0))
    assert drawing.document.remarks == ("left out: u, v",)
    assert "through u, v" in drawing.source
    assert by_name(drawing)["x"].gradient.number == pytest.approx(1 + 2 * np.cos(1.0))


def test_what_arrives_by_several_hidden_ways_is_not_told_apart():
    x = ag.scalar(2.0, name="x")
    u = x * 3.0
    y = ag.sin(u) * ag.cos(u)
    u.name = "u"
    both = [card.name for card in ag.draw(y).document.cards if card.role == "op" and card.name != "u"]
    (edge,) = ag.draw(y, hide=both).document.edges[1:]

    assert edge.through == ", ".join(both)
    assert edge.contribution is None


def test_edges_of_leaves_that_are_left_out_are_dropped():
    a, b = ag.scalar(3.0, name="a"), ag.scalar(-2.0, name="b")
    drawing = ag.draw(a * b + b, hide="b")

    assert "b" not in by_name(drawing)
    assert {source for source, _ in edges(drawing)} == {"a", "v1"}


def test_roles_modules_and_shared_weights_can_be_left_out():
    nn.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 2))
    x = np.ones((4, 3), np.float32)

    assert not {"weight", "bias"} & by_name(ag.draw(model, x, hide=["param"])).keys()
    one = ag.draw(model, x, hide=["Sequential.0"])
    assert [group.name for group in one.document.groups] == ["Sequential", "2"]
    assert [edge.through for edge in one.document.edges if edge.through]
    w, h = ag.tensor(0.3 * np.ones((2, 2)), requires_grad=True, name="w"), ag.tensor(np.ones((2, 2)), name="h")
    for _ in range(6):
        h = np.tanh(h @ w)
    assert any(card.strips for card in ag.draw(h).document.cards)
    assert not any(card.strips for card in ag.draw(h, hide="w").document.cards)


def test_what_is_left_out_does_not_count_towards_what_is_too_large():
    x = ag.scalar(1.0, name="x")
    for _ in range(30):
        x = x * ag.scalar(1.1)

    with pytest.raises(GradientError, match="max_nodes"):
        ag.draw(x, max_nodes=40, fold=False)
    assert len(ag.draw(x, max_nodes=40, fold=False, hide=["op"]).document.cards) == 32


@pytest.mark.parametrize(
    ("hide", "message"),
    [
        (["z"], r"nothing in this drawing is called 'z'.*\(x, u, v, y\) or a role: input, param"),
        (["x", "u", "v", "y"], r"nothing is left to draw"),
    ],
)
def test_what_cannot_be_left_out_is_said(hide, message):
    with pytest.raises(GradientError, match=message):
        ag.draw(chain(), hide=hide)
