"""Arrays taken apart: the same values and gradients, number by number."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import GradientError


def leaves():
    a = ag.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True, name="A")
    return a, ag.tensor([0.5, -1.0], requires_grad=True, name="x")


def cards(drawing):
    return {card.name: card for card in drawing.document.cards}


PROGRAMS = {
    "matrix and vector": lambda a, x: np.sum(np.tanh(a @ x)),
    "two matrices": lambda a, x: np.sum(a @ a * x),
    "broadcasting": lambda a, x: np.sum((a + x) / x),
    "indices": lambda a, x: np.sum(a[0] * x + a[:, 1]),
    "joining": lambda a, x: np.sum(np.concatenate([a[0], x]) ** 2.0),
    "a choice": lambda a, x: np.sum(np.where(np.array([True, False]), x, 0.0) * a),
    "einsum": lambda a, x: np.einsum("ij,j->", a, x),
    "mean over an axis": lambda a, x: np.sum(np.mean(a, axis=0) * x),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_values_and_gradients_are_those_of_the_arrays(name):
    a, x = leaves()
    y = PROGRAMS[name](a, x)
    drawing = ag.draw(y, detail="numbers", max_nodes=1000)
    y.backward()
    found = cards(drawing)

    for leaf in (a, x):
        for index, slope in np.ndenumerate(np.zeros(leaf.shape) if leaf.grad is None else leaf.grad.data):
            card = found.get(f"{leaf.name}[{', '.join(map(str, index))}]")
            assert (0.0 if card is None else card.gradient.number) == pytest.approx(slope)
    assert [c.value.number for c in drawing.document.cards if c.role == "output"] == pytest.approx([y.item()])
    assert all(card.face == "number" for card in drawing.document.cards)


def test_a_product_of_matrices_is_products_and_sums():
    a, x = leaves()
    drawing = ag.draw(a @ x, detail="numbers")

    assert [card.formula for card in drawing.document.cards if card.formula] == [
        "A[0, 0] × x[0]", "A[0, 1] × x[1]", "v1 + v2", "A[1, 0] × x[0]", "A[1, 1] × x[1]", "v4 + v5",
    ]  # fmt: skip


def test_a_layer_of_a_network_is_drawn_number_by_number():
    nn.manual_seed(0)
    drawing = ag.draw(nn.Sequential(nn.Linear(2, 2), nn.Tanh()), np.ones((1, 2), np.float32), detail="numbers")

    assert cards(drawing)["0.weight[1, 0]"].role == "param"


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda a, x: np.sum(ag.ops.softmax(a)), "softmax cannot be done number by number"),
        (lambda a, x: np.max(ag.tensor([1.0, 1.0], requires_grad=True)), "equal elements share it"),
        (lambda a, x: np.sum(a * 1j), "is not an array of real numbers"),
        (lambda a, x: ag.ops.rnn(np.ones((2, 1, 1)), np.zeros((1, 1)), a[:1, :1], a[1:, 1:])[0], "is not an array"),
        (lambda a, x: ag.tensor(np.ones((0, 3)), requires_grad=True) * 2.0, "has no elements"),
        (lambda a, x: np.sum(ag.tensor(np.ones(300), requires_grad=True)), "301 numbers, more than the 200"),
    ],
)
def test_what_cannot_be_taken_apart_is_said(made, words):
    with pytest.raises(GradientError, match=words):
        ag.draw(made(*leaves()), detail="numbers")
