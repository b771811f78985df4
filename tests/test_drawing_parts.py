"""Parts of a drawing, the graph of a backward pass, and the names and values that are awkward to draw."""

import xml.etree.ElementTree as ElementTree
from time import perf_counter

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import GradientError


def titles(drawing):
    return [card.title for card in drawing.document.cards]


def chain():
    x, k = ag.scalar(2.0, name="x"), ag.scalar(3.0, name="k")
    a = x * k
    b = np.tanh(a)
    return x, k, a, b, b + x


def test_around_shows_what_is_so_many_edges_away():
    x, _, a, b, y = chain()
    drawing = ag.draw(y, names={a: "a", b: "b", y: "y"})

    assert titles(drawing.around(b, hops=1)) == ["a = x × k", "b = tanh(a)", "y = b + x"]
    assert titles(drawing.around("b", hops=0)) == ["b = tanh(a)"]
    assert drawing.around(x, hops=1).document.remarks == ("a part: 3 of 5 values",)
    assert len(drawing.around(x, hops=9).document.cards) == 5


def test_path_shows_all_ways_between_two_values():
    _, k, a, b, y = chain()
    drawing = ag.draw(y, names={a: "a", b: "b", y: "y"})

    assert titles(drawing.path(k, y)) == ["k", "a = x × k", "b = tanh(a)", "y = b + x"]
    assert titles(drawing.path("x", "a")) == ["x", "a = x × k"]
    assert len(drawing.path("x", "y").document.edges) == 4
    with pytest.raises(GradientError, match=r"no way leads from 'y' to 'x' in this drawing"):
        drawing.path("y", "x")


def test_a_part_keeps_the_frames_around_it_and_its_numbers():
    x = ag.scalar(1.0, name="x")
    with ag.scope("outer"), ag.scope("inner"):
        y = (x + 1.0) * 2.0
    whole = ag.draw(y * y)
    part = whole.around(y, hops=1)

    assert [g.name for g in part.document.groups] == ["outer", "inner"]
    assert set(part.document.cards) <= set(whole.document.cards)


def test_a_value_that_has_no_card_is_refused_with_words():
    with pytest.raises(GradientError, match="'stray' has no card in this drawing"):
        ag.draw(chain()[-1]).around("stray")
    with pytest.raises(GradientError, match="has no card in this drawing"):
        ag.draw(chain()[-1]).around(ag.scalar(1.0))


def test_the_graph_of_a_gradient_shows_its_backward_pass_in_a_frame():
    drawing = ag.draw(ag.grad(lambda x: np.tanh(x) * x), 0.5)
    (frame,) = drawing.document.groups
    inside = [card for card in drawing.document.cards if card.group == frame.id]

    assert frame.name == "backward pass"
    assert [card.formula for card in drawing.document.cards if card.group is None] == ["", "tanh(x)"]
    assert inside[-1].role == "output"
    t = np.tanh(0.5)
    assert inside[-1].value.number == pytest.approx(t + 0.5 * (1 - t * t))
    assert drawing.document.cards[0].gradient.number == pytest.approx((1 - t * t) * (2 - t))  # the second derivative


def test_a_recorded_backward_is_framed_within_the_scope_that_it_ran_in():
    x = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    y = np.sum(x**3.0)
    with ag.scope("penalty"):
        (g,) = ag.gradients([y], [x], create_graph=True)
        loss = np.sum(g * g)

    assert [group.name for group in ag.draw(loss).document.groups] == ["penalty", "backward pass"]


AWKWARD = {
    "empty": lambda: np.sum(ag.tensor(np.ones((0, 3)), requires_grad=True, name="e") * 2.0),
    "complex": lambda: np.sum(np.abs(ag.tensor([1 + 2j], requires_grad=True, name="z") * 1j)),
    "whole numbers": lambda: np.sum(ag.tensor([1, 2], name="i") * ag.tensor([1.0, 2.0], requires_grad=True)),
    "the same name twice": lambda: ag.scalar(1.0, name="a") * ag.scalar(2.0, name="a"),
    "from right to left": lambda: ag.scalar(1.0, name="שלום") * ag.scalar(2.0, name="مرحبا"),
    "emoji": lambda: ag.scalar(1.0, name="👩‍👩‍👧 🇩🇪") * 2.0,
    "both faces": lambda: ag.scalar(2.0, name="s") * np.sum(ag.tensor([1.0], requires_grad=True) * ag.scalar(3.0)),
}


@pytest.mark.usefixtures("renderer")
@pytest.mark.parametrize("name", AWKWARD)
def test_what_is_awkward_is_drawn(name):
    drawing = ag.draw(AWKWARD[name]())
    shown = "".join(ElementTree.fromstring(drawing.svg()).itertext())

    for card in drawing.document.cards:
        assert card.name.replace("\u200d", "") in shown.replace("\u200d", "").replace("�", "")


def test_a_tape_of_100_000_operations_is_refused_at_once_with_advice():
    y = ag.scalar(1.0)
    for _ in range(100_000):
        y = y + 0.1
    start = perf_counter()
    with pytest.raises(GradientError, match=r"100,001 values to draw(.|\n)*\.around\(value\) or \.path\(first, last\)"):
        ag.draw(y)

    assert perf_counter() - start < 5  # 0.2 s on a machine that has nothing else to do
