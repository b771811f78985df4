"""Activation layers: their formulas and kinks, settings, and Scalars; beside PyTorch in tests/peers/torch_nn."""

import math
import pickle

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import GradientError, ShapeError
from autograd_core.testing import check_grads, check_module

F = nn.functional
X = np.array([-4.0, -0.7, -0.2, 0.3, 0.9, 5.0])
SIGMOID = 1 / (1 + np.exp(-X))

FORMULAS = {
    "ReLU6": (nn.ReLU6(), np.clip(X, 0, 6)),
    "LeakyReLU": (nn.LeakyReLU(0.1), np.where(X > 0, X, 0.1 * X)),
    "RReLU in use": (nn.RReLU(0.1, 0.3).eval(), np.where(X > 0, X, 0.2 * X)),
    "ELU": (nn.ELU(2.0), np.where(X > 0, X, 2 * np.expm1(X))),
    "SELU": (nn.SELU(), 1.0507009873554805 * np.where(X > 0, X, 1.6732632423543772 * np.expm1(X))),
    "CELU": (nn.CELU(2.0), np.where(X > 0, X, 2 * np.expm1(X / 2))),
    "Hardtanh": (nn.Hardtanh(-2.0, 0.5), np.clip(X, -2, 0.5)),
    "Hardsigmoid": (nn.Hardsigmoid(), np.clip(X / 6 + 0.5, 0, 1)),
    "Hardswish": (nn.Hardswish(), X * np.clip(X / 6 + 0.5, 0, 1)),
    "Hardshrink": (nn.Hardshrink(), np.where(np.abs(X) > 0.5, X, 0)),
    "Softshrink": (nn.Softshrink(), np.sign(X) * np.maximum(np.abs(X) - 0.5, 0)),
    "Threshold": (nn.Threshold(0.5, -1.0), np.where(X > 0.5, X, -1)),
    "Mish": (nn.Mish(), X * np.tanh(np.log1p(np.exp(X)))),
    "LogSigmoid": (nn.LogSigmoid(), np.log(SIGMOID)),
    "Softsign": (nn.Softsign(), X / (1 + np.abs(X))),
    "Tanhshrink": (nn.Tanhshrink(), X - np.tanh(X)),
    "Arctan": (nn.Arctan(), np.arctan(X)),
    "Softplus": (nn.Softplus(2.0, threshold=1.0), np.where(2 * X > 1, X, np.log1p(np.exp(2 * X)) / 2)),
    "Softmin": (nn.Softmin(), np.exp(-X) / np.sum(np.exp(-X))),
    "GLU": (nn.GLU(), X[:3] * SIGMOID[3:]),
}
each = pytest.mark.parametrize(("layer", "expected"), FORMULAS.values(), ids=FORMULAS)


@each
def test_a_layer_is_its_formula(layer, expected):
    np.testing.assert_allclose(layer(X), expected, rtol=1e-12)


@each
def test_a_layer_differentiates_to_second_order_and_keeps_float32(layer, expected):
    check_grads(layer, X, order=2)
    assert layer(ag.tensor(X, dtype=np.float32)).dtype == np.float32


# at a kink: layer, where, slope
KINKS = [
    (nn.ReLU6(), [0.0, 6.0], [0, 0]),
    (nn.Hardtanh(), [-1.0, 1.0], [0, 0]),
    (nn.Hardsigmoid(), [-3.0, 3.0], [0, 0]),
    (nn.Hardswish(), [-3.0, 3.0], [0, 1]),
    (nn.Hardshrink(), [-0.5, 0.5], [0, 0]),
    (nn.Softshrink(), [-0.5, 0.5], [0, 0]),
    (nn.Threshold(1.0, 7.0), [1.0], [0]),
    (nn.LeakyReLU(0.1), [0.0], [0.1]),
    (nn.ELU(2.0), [0.0], [2]),
    (nn.Softsign(), [0.0], [1]),
]


@pytest.mark.parametrize(("layer", "at", "slopes"), KINKS, ids=lambda x: type(x).__name__)
def test_the_slope_at_a_kink_is_pytorchs(layer, at, slopes):
    np.testing.assert_allclose(ag.grad(lambda x: np.sum(layer(x)))(np.array(at)), slopes, atol=1e-15)


def test_no_nan_comes_back_from_where_an_activation_is_flat():
    for layer in (
        nn.ReLU6(),
        nn.Hardtanh(),
        nn.Hardsigmoid(),
        nn.Hardshrink(),
        nn.Softshrink(),
        nn.Threshold(0.5, 0.0),
    ):
        x = ag.tensor([0.0, 0.7], requires_grad=True)
        layer(
            np.sqrt(x) - (0.0 if isinstance(layer, (nn.Hardshrink, nn.Softshrink, nn.Threshold)) else 9.0)
        ).sum().backward()
        assert np.isfinite(x.grad.numpy()).all(), layer


def test_a_prelu_learns_a_weight_for_all_or_one_for_each_channel():
    check_module(nn.PReLU(3), (2, 3, 4))
    check_module(nn.PReLU(), (5,))
    assert list(nn.PReLU(3).state_dict()) == ["weight"]
    np.testing.assert_array_equal(F.prelu(-np.ones((1, 2, 2)), [0.5, 0.25])[0, :, 0], [-0.5, -0.25])


def test_an_rrelu_in_training_draws_a_slope_for_each_element_from_its_generator():
    x = -np.ones(1000)
    y = nn.RReLU(0.1, 0.3, generator=ag.random.Generator(0))(x)

    assert -0.3 <= y.min() < -0.29
    assert -0.11 < y.max() <= -0.1
    np.testing.assert_array_equal(y, nn.RReLU(0.1, 0.3, generator=ag.random.Generator(0))(x))


@pytest.mark.parametrize("activation", ["step", "sign"])
def test_a_threshold_neuron_computes_and_has_no_gradient(activation):
    neuron = nn.Neuron(2, activation=activation)
    neuron.w[0].data, neuron.w[1].data, neuron.b.data = 1.0, 1.0, -1.5  # the AND of McCulloch and Pitts

    assert [float(neuron([a, b]).item() > 0) for a in (0.0, 1.0) for b in (0.0, 1.0)] == [0, 0, 0, 1]
    with pytest.raises(GradientError, match="piecewise constant"):
        neuron([1.0, 1.0]).backward()


def test_an_arctan_neuron_of_scalars_has_the_slope_of_arctan():
    neuron = nn.Neuron(1, activation="arctan")
    neuron.w[0].data, neuron.b.data = 2.0, 0.5
    neuron([1.0]).backward()

    assert math.isclose(neuron.w[0].grad, 1 / (1 + 2.5**2))


def test_a_hard_gumbel_softmax_is_one_hot_with_the_gradient_of_the_soft_choice():
    x = ag.tensor([[0.1, 0.2, 0.3]] * 4, requires_grad=True)
    hard = F.gumbel_softmax(x, tau=0.5, hard=True, generator=ag.random.Generator(1))
    soft = F.gumbel_softmax(x, tau=0.5, generator=ag.random.Generator(1))
    weights = np.arange(12.0).reshape(4, 3)

    np.testing.assert_allclose(np.sort(hard.numpy(), axis=1), [[0, 0, 1]] * 4, atol=1e-15)
    np.testing.assert_array_equal(*(ag.gradients(np.sum(y * weights), [x])[0].numpy() for y in (hard, soft)))


def test_how_often_each_choice_is_drawn_is_its_softmax():
    scores = np.tile(np.log([0.2, 0.3, 0.5]), (20000, 1))
    drawn = F.gumbel_softmax(scores, hard=True, generator=ag.random.Generator(2)).mean(axis=0)

    np.testing.assert_allclose(drawn, [0.2, 0.3, 0.5], atol=0.015)  # four standard deviations


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda: nn.Hardtanh(1.0, -1.0), nn.SettingError, "Hardtanh: min_val and max_val are 1.0 and -1.0"),
        (lambda: nn.RReLU(0.5, 0.1), nn.SettingError, "smaller number first"),
        (lambda: nn.Softshrink(-1.0), nn.SettingError, "at least 0"),
        (lambda: nn.PReLU(0), nn.SettingError, "num_parameters"),
        (lambda: nn.GLU()(np.ones(3)), ShapeError, "even length"),
        (lambda: nn.Softmax2d()(np.ones(3)), ShapeError, "Softmax2d takes"),
        (lambda: nn.Neuron(2, activation="swish"), nn.SettingError, "choose among"),
    ],
)
def test_a_wrong_setting_says_what_to_give(wrong, error, words):
    with pytest.raises(error, match=words):
        wrong()


def test_a_layer_shows_its_settings():
    assert repr(nn.ReLU(inplace=True)) == "ReLU(inplace=True)"
    assert repr(nn.ELU(2.0)) == "ELU(alpha=2.0)"
    assert repr(nn.Hardtanh()) == "Hardtanh(min_val=-1.0, max_val=1.0)"
    assert repr(nn.PReLU(3)) == "PReLU(num_parameters=3)"
    assert repr(nn.Mish()) == "Mish()"


@pytest.mark.parametrize("name", [
    "celu", "elu", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu", "mish", "relu", "relu6", "rrelu", "selu", "silu",
])  # fmt: skip
def test_functions_take_inplace_as_pytorchs_do_and_overwrite_nothing(name):
    function, x = getattr(F, name), np.array([-1.0, 0.5])

    np.testing.assert_array_equal(function(x, inplace=True), function(x))
    assert x.tolist() == [-1.0, 0.5]
    assert pickle.loads(pickle.dumps(function)) is function


@pytest.mark.parametrize("function", [F.softmax, F.log_softmax, F.softmin, F.glu])
def test_the_axis_of_a_softmax_is_never_all_of_them(function):
    with pytest.raises(nn.SettingError, match=f"{function.__name__}: dim is None: give the axis"):
        function(X, None)
    with pytest.raises(nn.KindError, match="dim is 'last', a str: give a whole number"):
        function(X, "last")


def test_glu_has_no_axis_beyond_those_of_its_input():
    with pytest.raises(ShapeError, match="glu halves axis 3, and was given shape"):
        F.glu(X, 3)
