"""Trouble in red: where NaN begins and how it spreads, where a gradient is cut, and which values are large."""

import re

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.drawing.colours import LIGHT
from autograd_core.drawing.heat import bytes_text, time_text
from autograd_core.errors import AnomalyError, GradientError


def cards(drawing):
    return {card.name: card for card in drawing.document.cards}


def alarms(drawing):
    return {card.name: card.alarms for card in drawing.document.cards if card.alarms}


def broken(drawing):
    names = {card.id: card.name for card in drawing.document.cards}
    return {(names[e.source], names[e.target]): e.broken for e in drawing.document.edges if e.broken}


@np.errstate(all="ignore")
def test_a_nan_is_marked_where_it_begins_and_on_its_way():
    x = ag.tensor([1.0, -2.0], requires_grad=True, name="x")
    y = np.sum(np.sqrt(x) * 2.0) + np.sum(x * x)
    drawing = ag.draw(y)

    assert alarms(drawing) == {"v1": ("NaN begins here: sqrt(−2) at [1]",)}
    found = broken(drawing)
    assert found["v1", "v2"] == found["v2", "v3"] == ("forward",)
    assert found["x", "v1"] == ("backward",)
    assert ("x", "v4") not in found
    assert re.search(rf'color="{LIGHT.alarm}:', drawing.source)


@np.errstate(all="ignore")
def test_a_gradient_that_becomes_infinite_or_nan_is_marked_where_it_does():
    x = ag.tensor([0.0, 4.0], requires_grad=True, name="x")

    assert alarms(ag.draw(np.sum(np.sqrt(x)))) == {"v1": ("the gradient becomes ∞ here",)}
    assert alarms(ag.draw(np.sum(np.sqrt(x) * x))) == {"v1": ("the gradient becomes NaN here",)}


@np.errstate(all="ignore")
def test_a_parameter_that_is_nan_and_one_number_are_told_too():
    w, s = ag.tensor([np.nan, 1.0], requires_grad=True, name="w"), ag.scalar(0.0, name="s")

    assert alarms(ag.draw(np.sum(w * 2.0))) == {"w": ("holds NaN already, as from an earlier step",)}
    assert alarms(ag.draw(np.log(s) * 1.0)) == {"v1": ("∞ begins here: log(0)",)}  # that its gradient is, too, follows


@np.errstate(all="ignore")
def test_a_softmax_of_nothing_but_minus_infinity_says_where():
    scores = ag.tensor(np.zeros((2, 3, 4)), requires_grad=True, name="scores")
    keep = np.ones((2, 3, 4), bool)
    keep[1, 2] = False

    (found,) = alarms(ag.draw(np.sum(ag.ops.softmax(np.where(keep, scores, -np.inf)) ** 2))).values()
    assert found == ("NaN begins here: all of [1, 2, :] is −∞",)


@pytest.mark.parametrize(("scale", "word"), [(0.1, "shrinks"), (1.0, ""), (3.0, "grows")])
def test_what_becomes_of_a_gradient_in_a_loop_is_summed_up(scale, word):
    weight = ag.tensor(np.eye(3) * scale, requires_grad=True, name="W")
    h = ag.tensor(np.ones((2, 3)), name="h0")
    for _ in range(10):
        h = h @ weight
    remarks = ag.draw(np.sum(h)).document.remarks

    ratio = {"shrinks": "1e9", "grows": "19,683"}.get(word)
    assert remarks == ((f"Look: the gradient {word} {ratio} times from t = 10 to t = 1",) if word else ())


@np.errstate(all="ignore")
def test_arrows_that_bring_nan_are_red_between_boxes_and_nothing_is_said_to_keep_its_size():
    nn.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 2))
    drawing = ag.draw(lambda x: np.sum(np.log(model(x) * 0.0) * 0.0), np.ones((3, 2), np.float32), detail="modules")

    assert re.search(rf'-> \w+ \[.*color="{LIGHT.alarm_line}"', drawing.source)
    assert not any("keeps its size" in remark for remark in drawing.document.remarks)


def test_infinite_constants_are_no_trouble():
    x = ag.tensor([1.0, 2.0], requires_grad=True, name="x")
    masked = np.where(np.array([True, False]), x, -np.inf)

    assert not alarms(ag.draw(np.sum(ag.ops.softmax(masked))))


@np.errstate(all="ignore")
def test_in_a_repetition_the_step_is_told():
    w, x = ag.scalar(3.0, name="w"), ag.scalar(1.2, name="x")
    for _ in range(12):
        x = x * x * w
    (words,) = alarms(ag.draw(x)).values()

    assert re.fullmatch(r"∞ begins here: multiply\(\S+, \S+\) at t = \d+", words[0])


def test_an_anomaly_is_drawn_up_to_where_it_was_found():
    p = ag.tensor([0.5, 0.0], requires_grad=True, name="p")
    with np.errstate(divide="ignore"), pytest.raises(AnomalyError) as caught, ag.detect_anomaly():
        np.sum(np.log(p * 2.0)).backward()
    drawing = ag.draw(caught.value)

    assert drawing.document.remarks[0].startswith("the value of log became -inf at [1]")
    assert cards(drawing)["v2"].alarms == ("∞ begins here: log(0) at [1]",)


def test_a_cut_is_drawn_at_the_call_that_made_it():
    w = ag.tensor([0.3, 0.6], requires_grad=True, name="w")

    def loss():
        with ag.no_grad():
            scores = np.tanh(w)
        return np.sum(scores * 2.0)

    drawing = ag.draw(ag.why_no_grad(loss, w))
    found = cards(drawing)["v1"]

    assert drawing.document.remarks == ("no gradient flows from the result to w: it is cut by tanh",)
    assert found.formula == "tanh(w)"
    assert found.alarms[:2] == ("the gradient is cut: tanh", "was called under no_grad")
    assert found.alarms[2].endswith("np.tanh(w)")
    assert cards(drawing)["w"].gradient.text == "–"


def test_a_value_that_leaves_the_record_ends_in_a_ghost():
    w = ag.tensor([0.3, 0.6], requires_grad=True, name="w")
    report = ag.why_no_grad(lambda: np.sum(ag.tensor((w * w).numpy(), requires_grad=True) * 2.0), w)
    drawing = ag.draw(report)
    ghost = cards(drawing)[".numpy()"]

    assert (ghost.role, ghost.note[0]) == ("cut", "left the record as plain numbers")
    assert ghost.alarms == ("the gradient is cut",)
    assert [e.broken for e in drawing.document.edges if e.target == ghost.id] == [("cut",)]
    assert cards(drawing)["w"].gradient.text == "–"  # nothing flows back from where numbers left
    assert "ROUNDED,DASHED" in drawing.source


def test_heat_puts_a_number_of_every_card_beside_those_of_all_others():
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    x = np.ones((32, 2), np.float32)

    memory = {c.formula or c.name: c.heat for c in ag.draw(model, x, heat="bytes").document.cards}
    assert (memory["x"].number, memory["x"].text) == (256.0, "256 B")
    assert memory["tanh(v1)"].text == "1.02 kB"
    assert memory["tanh(v1)"].weight == 1.0 > memory["x"].weight > 0
    times = [c for c in ag.draw(model, x, heat="time").document.cards if c.heat is not None]
    assert [c.role for c in times] == ["op", "op", "output"]
    assert all(c.heat.number > 0 for c in times)
    for card in ag.draw(model, x, heat="grad").document.cards:
        assert card.heat.number == card.gradient.number
    for card in ag.draw(model, x, heat="value").document.cards:
        assert card.heat.number == card.value.number


def test_another_heat_is_refused_with_those_that_there_are():
    with pytest.raises(GradientError, match="heat='flops' is none: use one of grad, value, bytes, time"):
        ag.draw(ag.scalar(1.0) * 2.0, heat="flops")


def test_a_report_without_a_graph_is_refused():
    report = ag.why_no_grad(lambda: 3.0, ag.tensor([1.0], requires_grad=True, name="w"))

    with pytest.raises(GradientError, match="no graph to draw in this GradientPath"):
        ag.draw(report)


@pytest.mark.parametrize(("x", "text"), [(8, "8 B"), (40_000, "40 kB"), (1.5e6, "1.5 MB"), (2e9, "2 GB")])
def test_sizes_are_written_with_units(x, text):
    assert bytes_text(x) == text


@pytest.mark.parametrize(("x", "text"), [(7.7e-7, "0.77 µs"), (1.23e-3, "1.2 ms"), (2.5, "2.5 s")])
def test_times_are_written_with_units(x, text):
    assert time_text(x) == text


def network_with_a_dead_layer():
    nn.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 1))
    with ag.no_grad():
        model[0].bias[...] = -20.0
    return model, np.random.default_rng(0).normal(size=(32, 3)).astype(np.float32)


def test_a_dead_layer_is_told_on_its_card():
    model, x = network_with_a_dead_layer()

    assert alarms(ag.draw(model, x)) == {"v2": ("16 of 16 units give 0 for every example",)}
    assert alarms(ag.draw(model, x, grads=False)) == {}


def test_a_module_that_is_a_box_tells_what_is_wrong_within():
    class Block(nn.Module):
        def __init__(self):
            self.inner = nn.Linear(3, 16)

        def forward(self, x):
            hidden = self.inner(x)
            with ag.scope("squash"):
                return ag.ops.sigmoid(np.tanh(1e4 * hidden) * 1e4)

    _, x = network_with_a_dead_layer()
    found = cards(ag.draw(Block(), x, detail="modules"))["squash"].alarms

    assert [words.split(": ")[0] for words in found] == ["tanh(v2)", "sigmoid(v4)"]
    assert all("saturated" in words for words in found)


def test_saturation_is_told_after_backward_too():
    x = ag.tensor(100 * np.linspace(-1, 1, 32).reshape(8, 4), requires_grad=True, name="x")
    loss = np.sum(np.tanh(x))
    loss.backward()

    assert alarms(ag.draw(loss)) == {"v1": ("93 % of the elements are saturated",)}


def test_in_a_repetition_the_step_that_is_saturated_is_told():
    W = ag.tensor(3 * np.eye(4), requires_grad=True, name="W")
    h = ag.tensor(np.full((4, 4), 0.01), name="h0")
    for _ in range(12):
        h = np.tanh(2 * (h @ W))
    (words,) = alarms(ag.draw(np.sum(h))).values()

    assert re.fullmatch(r"100 % of the elements are saturated at t = \d+", words[0])


# -- without being asked: what gets no gradient in a function that is drawn --------------------------------------------------


class Branches(nn.Module):
    """Two branches and a head; what comes of the first one goes through a function."""

    def __init__(self, cut=lambda x: x):
        nn.manual_seed(0)
        self.cut, self.a, self.b, self.head = cut, nn.Linear(3, 4), nn.Linear(3, 4), nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.cut(self.a(x)) + self.b(x))


DATA = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)


@pytest.mark.parametrize(
    ("cut", "operation"),
    [
        (lambda x: x.detach(), "detach"),
        (ag.stop_gradient, "detach"),
        (lambda x: x.astype(int).astype(np.float32), "astype"),
        (ag.no_grad()(np.tanh), "tanh"),
        (np.rint, "rint"),
        (lambda x: x > 0, "greater"),
    ],
)
def test_a_branch_that_is_cut_is_told_at_its_parameters_and_at_the_cut(cut, operation):
    drawing = ag.draw(lambda x: np.sum(Branches(cut)(x)), DATA)
    found = [(card.name, words) for card in drawing.document.cards for words in card.alarms]

    assert drawing.document.remarks == (f"Look: no gradient reaches a.weight, a.bias: it is cut by {operation}",)
    assert [name for name, words in found if words == "no gradient reaches it"] == ["weight", "bias"]
    assert next(words for _, words in found if operation in words) == f"the gradient is cut: {operation}"


@pytest.mark.parametrize("leave", [lambda x: x.numpy(), lambda x: x.numpy() * 2, lambda x: np.float32(x.numpy().max())])
def test_a_value_that_leaves_in_a_function_that_is_drawn_ends_in_a_ghost(leave):
    drawing = ag.draw(Branches(leave), DATA)

    assert drawing.document.remarks == ("Look: no gradient reaches a.weight, a.bias: it is cut by .numpy()",)
    assert cards(drawing)[".numpy()"].role == "cut"


def test_what_leaves_beside_a_gradient_that_arrives_is_no_trouble():
    def watched(x):
        y = model(x)
        np.rint(y), y.numpy(), y.detach() > 0
        return np.where(y > 0, y, 0.1 * y)

    model = Branches()
    drawing = ag.draw(watched, DATA)

    assert drawing.document.remarks == ()
    assert alarms(drawing) == {}


def test_frozen_parameters_and_arguments_want_no_gradient():
    model = Branches(lambda x: x.detach())
    model.a.requires_grad_(False)

    assert ag.draw(model, DATA).document.remarks == ()
    assert ag.draw(lambda x, y: np.floor(x) * y, 1.5, 2.5).document.remarks == ()


def test_what_the_result_does_not_depend_on_is_told():
    class Forgetful(Branches):
        def forward(self, x):
            return self.head(self.b(x))

    assert ag.draw(Forgetful(), DATA).document.remarks == ("Look: the result does not depend on a.weight, a.bias",)
    assert ag.draw(lambda x, y: x * 2.0, 1.0, 2.0).document.remarks == ("Look: the result does not depend on y",)


def test_of_many_names_some_are_told():
    class Wide(nn.Module):
        def __init__(self):
            self.w = [nn.Parameter(1.0) for _ in range(9)]

        def forward(self, x):
            return self.w[0] * x

    assert ag.draw(Wide(), DATA).document.remarks[0].endswith("on w.1, w.2, w.3, w.4 and 4 more")
