"""Flat calls are found by their slopes, whatever the function is called; healthy networks are left in peace."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.debugging import saturation

X = np.random.default_rng(0).normal(size=(64, 16))


def words(y):
    found = saturation(y.node)
    return None if found is None else found.words


def value(x):
    return ag.tensor(x, requires_grad=True)


@pytest.mark.parametrize("f", [np.tanh, ag.ops.sigmoid, ag.ops.erf, lambda x: ag.ops.sigmoid(x.astype(np.float32))])
def test_smooth_functions_are_saturated_far_out_on_both_sides(f):
    assert words(f(value(X))) == ""
    assert words(f(value(300 * X))).endswith("% of the elements are saturated")


@pytest.mark.parametrize(
    "f", [ag.ops.relu, lambda x: np.maximum(x, 0), lambda x: np.maximum(0.0, x), lambda x: ag.ops.hardtanh(x, 0.0, 6.0)]
)
def test_units_that_give_0_for_every_example_are_counted(f):
    dead = np.where(np.arange(16) < 15, -abs(X), X)

    assert words(f(value(X))) == words(f(value(X + 2))) == ""
    assert words(f(value(dead))) == "15 of 16 units give 0 for every example"
    assert saturation(f(value(dead)).node).dead == 15


@pytest.mark.parametrize("f", [ag.ops.gelu, ag.ops.silu, ag.ops.softplus, ag.ops.elu])
def test_what_is_flat_on_one_side_only_is_judged_by_units(f):
    assert words(f(value(X))) == words(f(value(X + 9))) == ""
    assert words(f(value(-20 - abs(X)))) == "16 of 16 units are saturated for every example"


@pytest.mark.parametrize(
    "f", [np.exp, np.square, np.sin, np.sqrt, np.abs, lambda x: x * 0.0, lambda x: x**3, lambda x: np.minimum(x, 1e9)]
)
def test_functions_without_a_flat_end_are_never_saturated(f):
    assert saturation(f(value(1 + abs(X))).node) is None


def test_a_leaky_relu_is_not_dead():
    assert words(ag.ops.leaky_relu(value((-abs(X)).astype(np.float32)))) is None


def test_channels_of_images_and_features_of_sequences_are_units():
    x = np.random.default_rng(0).normal(size=(4, 6, 5, 5))
    x[:, :6] = -abs(x[:, :6])
    assert words(ag.ops.relu(value(x))) == "6 of 6 units give 0 for every example"
    x[:, 5] = 1.0
    assert saturation(ag.ops.relu(value(x)).node).dead == 5
    assert saturation(ag.ops.relu(value(np.moveaxis(x, 1, -1))).node).dead == 5


def test_few_examples_tell_nothing_of_units():
    assert words(ag.ops.relu(value(-np.ones((4, 16))))) == ""


def test_a_softmax_is_saturated_where_single_elements_have_all_weight():
    x = value(X[:, :5])

    assert words(ag.ops.softmax(x)) == ""
    assert words(ag.ops.softmax(1e4 * x)) == "100 % of the rows have all weight on 1 element"
    assert words(ag.ops.softmax(x[:, :1])) == "softmax over 1 element is 1, whatever the input"
    assert words(ag.ops.log_softmax(1e4 * x)) is None


def test_an_operation_of_ones_own_needs_to_say_nothing():
    arcsinh_of_tanh = ag.elementwise(lambda x: np.tanh(x) * 2, lambda y: 2 - y * y / 2, name="twice tanh")

    assert words(arcsinh_of_tanh(value(300 * X))).endswith("saturated")


@pytest.mark.parametrize("one", [1.0, np.array(1.0), np.array([1.0]), np.array([[1.0]])])
def test_a_constant_of_one_element_counts_as_a_number(one):
    flat = saturation(np.minimum(value(10 * np.abs(X)), one).node).flat

    assert flat.tolist() == saturation(np.minimum(value(10 * np.abs(X)), 1.0).node).flat.tolist()


def test_an_operation_that_refuses_far_numbers_is_left_alone():
    def careful(x):
        if np.any(np.abs(x) > 10):
            raise ValueError("too far out")
        return np.tanh(x)

    assert saturation(ag.elementwise(careful, lambda y: 1 - y * y, name="careful")(value(X)).node) is None


# -- healthy networks: no alarm at initialisation --------------------------------------------------------------------------


def stack(act, depth, width):
    layers = [part for _ in range(depth - 1) for part in (nn.Linear(width, width), act())]
    return nn.Sequential(nn.Linear(10, width), act(), *layers, nn.Linear(width, 3))


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 10), nn.Softmax(dim=-1),
    )  # fmt: skip


HEALTHY = {
    **{
        f"{act.__name__} {depth}": (lambda act=act, depth=depth: stack(act, depth, 32), (64, 10))
        for act in (nn.ReLU, nn.ReLU6, nn.Tanh, nn.Sigmoid, nn.GELU, nn.Hardtanh, nn.Hardsigmoid, nn.Softsign, nn.ELU)
        for depth in (2, 8)
    },
    "LeNet": (lenet, (16, 1, 28, 28)),
    "LeNet, one image": (lenet, (1, 1, 28, 28)),
    "LSTM": (lambda: nn.LSTM(5, 8), (6, 8, 5)),
    "transformer": (lambda: nn.TransformerEncoderLayer(16, 2, 32, dropout=0.0, batch_first=True), (8, 6, 16)),
}


@pytest.mark.parametrize("name", HEALTHY)
@pytest.mark.parametrize("positive", [False, True])
def test_a_fresh_network_raises_no_alarm(name, positive):
    make, shape = HEALTHY[name]
    nn.manual_seed(1)
    x = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    picture = ag.draw(make(), abs(x) if positive else x, max_nodes=1000, detail="compact")

    assert [card.alarms for card in picture.document.cards if card.alarms] == []
