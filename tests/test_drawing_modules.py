"""Modules as boxes: what is in them, what flows between them, and what the picture says about the gradient."""

from itertools import pairwise

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.drawing.collapsing import weights_of
from autograd_core.errors import GradientError

rng = np.random.default_rng(0)
X, Y = (rng.normal(size=(8, 4)).astype(np.float32) for _ in range(2))


def deep(activation, layers=6):
    nn.manual_seed(0)
    return nn.Sequential(*[nn.Sequential(nn.Linear(4, 4), activation()) for _ in range(layers)])


def loss_of(model):
    return nn.functional.mse_loss(model(X), Y)


def boxes(drawing):
    return {card.id: card for card in drawing.document.cards if card.box is not None}


def test_a_box_has_the_parameters_of_its_module_and_the_norm_of_their_gradient():
    model = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 4))
    loss = loss_of(model)
    drawing = ag.draw(loss, detail="modules")
    loss.backward()
    found = list(boxes(drawing).values())

    assert [(c.name, c.box.kind, c.box.parameters, c.shape) for c in found] == [
        ("0", "Linear", 20, (8, 4)),
        ("2", "Linear", 20, (8, 4)),
    ]
    for card, layer in zip(found, (model[0], model[2]), strict=True):
        norm = np.linalg.norm([np.linalg.norm(p.grad.data) for p in layer.parameters()])
        assert card.box.gradient == pytest.approx(norm)


def test_edges_between_boxes_carry_what_flows_back():
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    h = model[0](X)
    h.retain_grad()
    loss = nn.functional.mse_loss(model[1](h), Y)
    drawing = ag.draw(loss, detail="modules")
    loss.backward()
    ids = list(boxes(drawing))
    (edge,) = [e for e in drawing.document.edges if (e.source, e.target) == tuple(ids)]

    assert edge.backward
    assert edge.contribution == pytest.approx(np.linalg.norm(h.grad.data))


def test_a_gradient_that_fades_is_told_with_its_ratio_and_one_that_does_not_is_too():
    (fades,) = ag.draw(loss_of(deep(nn.Sigmoid)), detail="modules").document.remarks
    (keeps,) = ag.draw(loss_of(deep(nn.Tanh, 2)), detail="modules").document.remarks

    assert fades.startswith("Look: the gradient shrinks ")
    assert fades.endswith(" times from Sequential.5 to Sequential.0")
    assert keeps.startswith("the gradient keeps its size from Sequential.1 to Sequential.0 (ratio ")


def test_a_dead_layer_is_named():
    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4))
    with ag.no_grad():
        model[0].bias -= 100.0
    drawing = ag.draw(loss_of(model), detail="modules")

    assert drawing.document.remarks[0] == ("Look: no gradient reaches the parameters of Sequential.0: it is 0 there")
    assert 0.0 in {edge.contribution for edge in drawing.document.edges}


def test_modules_that_are_named_stay_open():
    model = deep(nn.Tanh, 3)
    drawing = ag.draw(loss_of(model), detail="modules", expand=["Sequential.1.0"])

    assert len(boxes(drawing)) == 2
    assert [card.name for card in drawing.document.cards if card.role == "param"] == ["weight", "bias"]


def test_a_model_that_is_too_large_gets_boxes_and_says_so():
    drawing = ag.draw(loss_of(deep(nn.Tanh, 30)), max_nodes=60, fold=False)

    assert len(drawing.document.cards) <= 60
    assert drawing.document.remarks[0] == "modules are boxes, since there are 121 values"
    with pytest.raises(GradientError, match="values to draw, and max_nodes is 3"):
        ag.draw(loss_of(deep(nn.Tanh, 30)), max_nodes=3, fold=False, detail="modules")


def test_a_repetition_stays_open_among_boxes():
    cell, head, h = nn.RNNCell(4, 4), nn.Linear(4, 4), None
    for _ in range(12):
        h = cell(X, h)
    drawing = ag.draw(np.sum(head(h)), detail="modules")

    assert [group.times for group in drawing.document.groups] == [12]
    assert [card.name for card in boxes(drawing).values()] == ["Linear"]
    assert "drawn once" in drawing.source


def test_many_values_are_drawn_without_heat_maps():
    x = ag.tensor(np.ones((2, 2)), requires_grad=True)
    for _ in range(50):
        x = np.tanh(x) @ np.eye(2)

    assert ag.draw(np.sum(x), detail="full", fold=False).document.cards[0].value.cells
    assert ag.draw(np.sum(x), fold=False).document.detail == "compact"
    assert not any(card.value.cells for card in ag.draw(np.sum(x), fold=False).document.cards)


def test_another_detail_is_refused_with_those_that_there_are():
    with pytest.raises(GradientError, match=r"detail='tiny' is none: use one of auto, full, compact, modules, numbers"):
        ag.draw(ag.scalar(1.0) * 2.0, detail="tiny")


def test_weights_are_logarithmic_over_at_least_two_decades():
    assert weights_of({"a": 1.0, "b": -0.1, "c": 0.0, "d": None, "e": np.inf}) == {"a": 1.0, "b": 0.5}
    assert weights_of({"a": 1e-4, "b": 1.0}) == {"a": 0.0, "b": 1.0}


def test_a_box_says_which_modules_are_in_it():
    found = boxes(ag.draw(loss_of(deep(nn.Sigmoid, 3)), detail="modules"))

    assert {card.module for card in found.values()} == {"Linear, Sigmoid"}


def test_operations_between_boxes_are_drawn_without_numbers():
    drawing = ag.draw(loss_of(deep(nn.Tanh, 3)), detail="modules")
    source = {card.id: line for card in drawing.document.cards for line in drawing.source.splitlines()
              if line.strip().startswith(f"{card.id} [")}  # fmt: skip

    assert all(">grad" in source[c.id] for c in drawing.document.cards if c.role in ("input", "module"))
    assert not any(">grad" in source[c.id] for c in drawing.document.cards if c.role == "op")


def test_weights_that_a_recorded_backward_pass_uses_stay_with_their_modules():
    nn.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 1))

    def penalty(x):
        (slope,) = ag.gradients([np.sum(model(x))], [x], create_graph=True)
        return np.sum(slope**2)

    drawing = ag.draw(penalty, X)
    names = {group.id: group.name for group in drawing.document.groups}
    homes = {card.name: names.get(card.group) for card in drawing.document.cards if card.role == "param"}

    assert homes["weight"] == homes["bias"] == "0"
    assert homes["2.weight"] == "backward pass"  # what the penalty needs of the second layer


def test_many_layers_are_not_put_into_one_box_that_shows_nothing():
    drawing = ag.draw(deep(nn.Tanh, 60), X, detail="modules")

    assert len(boxes(drawing)) == 60
    assert len(boxes(ag.draw(deep(nn.Tanh, 60), X, detail="modules", max_nodes=50, fold=False))) == 1


@pytest.mark.parametrize("options", [{}, {"detail": "modules", "max_nodes": 100}])
def test_alike_layers_that_are_too_many_for_boxes_are_drawn_once(options):
    model = deep(nn.Tanh, 150)
    loss = loss_of(model)
    drawing = ag.draw(loss, **options)
    loss.backward()
    found = {card.name: card for card in drawing.document.cards}
    gradients = [np.linalg.norm(layer.weight.grad.data) for layer, _ in model]

    assert drawing.document.remarks[0] == "what is alike is drawn once, since there are 601 values"
    assert [group.times for group in drawing.document.groups] == [1, 150]
    assert found["weightₜ"].steps.gradients == pytest.approx(gradients, rel=1e-5)


def test_layers_that_are_not_alike_stay_boxes_however_many_there_are():
    nn.manual_seed(0)
    widths = [4, *rng.permutation(np.arange(2, 152)).tolist()]
    model = nn.Sequential(*[nn.Linear(m, n) for m, n in pairwise(widths)])

    drawing = ag.draw(model, X)
    assert len(drawing.document.cards) == 151
    assert drawing.document.remarks[0] == "modules are boxes, since there are 451 values"
