"""Layers: shapes, starting values, values against plain NumPy, and what they refuse."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import AutogradError, DTypeError, LeavingError, ShapeError
from nn import KindError, SettingError

random = np.random.default_rng(0)


def floats(*shape, dtype=np.float32):
    return random.standard_normal(shape).astype(dtype)


SHAPES = [
    (nn.Linear(3, 5), (2, 3), (2, 5)),
    (nn.Linear(3, 5), (3,), (5,)),
    (nn.Linear(3, 5, bias=False), (4, 2, 3), (4, 2, 5)),
    (nn.Linear(3, 5), (0, 3), (0, 5)),
    (nn.Conv2d(2, 4, 3), (5, 2, 8, 9), (5, 4, 6, 7)),
    (nn.Conv2d(2, 4, 3), (2, 8, 9), (4, 6, 7)),
    (nn.Conv2d(2, 4, (3, 2), stride=(2, 1), padding=(1, 0)), (5, 2, 8, 9), (5, 4, 4, 8)),
    (nn.Conv2d(2, 4, 3, dilation=2, groups=2, bias=False), (5, 2, 8, 9), (5, 4, 4, 5)),
    (nn.Conv2d(2, 4, 3, padding="same"), (5, 2, 8, 9), (5, 4, 8, 9)),
    (nn.Conv2d(2, 4, (4, 2), padding="same", dilation=(1, 3)), (5, 2, 8, 9), (5, 4, 8, 9)),
    (nn.Conv2d(2, 4, 3, padding="valid"), (5, 2, 8, 9), (5, 4, 6, 7)),
    (nn.MaxPool2d(2), (5, 3, 8, 9), (5, 3, 4, 4)),
    (nn.MaxPool2d(2), (3, 8, 9), (3, 4, 4)),
    (nn.MaxPool2d(3, stride=2, padding=1), (5, 3, 8, 9), (5, 3, 4, 5)),
    (nn.MaxPool2d(2, ceil_mode=True), (5, 3, 8, 9), (5, 3, 4, 5)),
    (nn.AvgPool2d((2, 3)), (5, 3, 8, 9), (5, 3, 4, 3)),
    (nn.AvgPool2d(2, ceil_mode=True), (5, 3, 8, 9), (5, 3, 4, 5)),
    (nn.Flatten(), (5, 3, 2, 2), (5, 12)),
    (nn.Flatten(0), (5, 3, 2), (30,)),
    (nn.Flatten(), (0, 3, 2), (0, 6)),
    (nn.Flatten(1, 2), (5, 3, 2, 4), (5, 6, 4)),
    (nn.Identity(7, anything=True), (5, 3), (5, 3)),
    (nn.ReLU(), (5, 3), (5, 3)),
    (nn.Dropout(0.5), (5, 3), (5, 3)),
]


@pytest.mark.parametrize(("layer", "given", "made"), SHAPES, ids=[f"{la!r} {s}" for la, s, _ in SHAPES])
def test_shapes_and_dtypes(layer, given, made):
    plain, recorded = layer(floats(*given)), layer(ag.tensor(floats(*given), requires_grad=True))

    assert plain.shape == recorded.shape == made
    assert plain.dtype == recorded.dtype == np.float32


@pytest.mark.parametrize(("layer", "given", "made"), SHAPES, ids=[f"{la!r} {s}" for la, s, _ in SHAPES])
def test_gradients_reach_the_input_and_every_parameter(layer, given, made):
    x = ag.tensor(floats(*given), requires_grad=True)
    layer.zero_grad()
    layer(x).sum().backward()

    assert x.grad.shape == given
    assert all(p.grad.shape == p.shape for p in layer.parameters())


def test_linear_is_one_node():
    layer = nn.Linear(3, 2)
    y = layer(floats(4, 3))

    assert y.node.inputs[1:] == (layer.weight.node, layer.bias.node)
    np.testing.assert_allclose(y.numpy(), (y.node.inputs[0] @ layer.weight.numpy().T) + layer.bias.numpy(), rtol=1e-5)


def test_same_padding_of_an_even_window_puts_the_larger_half_behind():
    layer = nn.Conv2d(1, 1, 2, padding="same", bias=False)
    nn.init.ones_(layer.weight)

    assert layer(np.array([[[1.0, 2.0], [3.0, 4.0]]])).numpy().tolist() == [[[10.0, 6.0], [7.0, 4.0]]]


def test_a_window_over_the_end_of_the_image_counts_only_what_is_there():
    x = np.array([[[1.0, 2.0, 3.0]]])

    assert nn.MaxPool2d((1, 2), ceil_mode=True)(-x).tolist() == [[[-1.0, -3.0]]]
    assert nn.AvgPool2d((1, 2), ceil_mode=True)(x).tolist() == [[[1.5, 3.0]]]


def test_averages_with_and_without_the_padding():
    x = np.array([[[2.0, 4.0]]])
    window = {"kernel_size": (1, 2), "stride": 1, "padding": (0, 1)}

    assert nn.AvgPool2d(**window)(x).tolist() == [[[1.0, 3.0, 2.0]]]
    assert nn.AvgPool2d(**window, count_include_pad=False)(x).tolist() == [[[2.0, 3.0, 4.0]]]
    assert nn.AvgPool2d(**window, divisor_override=1)(x).tolist() == [[[2.0, 6.0, 4.0]]]


@pytest.mark.parametrize(
    ("layer", "fan_in"), [(nn.Linear(400, 300, generator=0), 400), (nn.Conv2d(16, 64, 5, groups=4, generator=0), 100)]
)
def test_parameters_start_uniform_within_one_over_the_root_of_the_fan_in(layer, fan_in):
    bound = fan_in**-0.5
    for p in layer.parameters():
        assert np.abs(p.numpy()).max() <= bound
        assert p.dtype == np.float32
    w = layer.weight.numpy()

    np.testing.assert_allclose([w.min(), w.max(), w.std()], [-bound, bound, bound / 3**0.5], rtol=0.02)


def test_a_seed_makes_layers_reproducible():
    nn.manual_seed(5)
    one = nn.Linear(3, 3).state_dict()
    nn.manual_seed(5)
    other = nn.Linear(3, 3).state_dict()

    assert all(np.array_equal(one[key], other[key]) for key in one)


ACTIVATIONS = [
    (nn.ReLU(), lambda x: np.maximum(x, 0)),
    (nn.Tanh(), np.tanh),
    (nn.Sigmoid(), lambda x: 1 / (1 + np.exp(-x))),
    (nn.SiLU(), lambda x: x / (1 + np.exp(-x))),
    (nn.GELU("tanh"), lambda x: x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))),
    (nn.Softplus(), lambda x: np.log1p(np.exp(x))),
    (nn.Softplus(beta=3.0), lambda x: np.log1p(np.exp(3 * x)) / 3),
    (nn.Softmax(dim=0), lambda x: np.exp(x) / np.exp(x).sum(0)),
    (nn.LogSoftmax(dim=1), lambda x: np.log(np.exp(x) / np.exp(x).sum(1, keepdims=True))),
]


@pytest.mark.parametrize(("layer", "formula"), ACTIVATIONS, ids=[repr(layer) for layer, _ in ACTIVATIONS])
def test_an_activation_is_its_formula(layer, formula):
    x = floats(4, 5, dtype=float)

    np.testing.assert_allclose(layer(ag.tensor(x)).numpy(), formula(x), rtol=1e-10)


def test_sequential_by_name_by_slice_and_by_append():
    model = nn.Sequential({"first": nn.Linear(2, 3), "then": nn.ReLU()}).append(nn.Linear(3, 1))

    assert list(model.state_dict()) == ["first.weight", "first.bias", "2.weight", "2.bias"]
    assert len(model) == 3
    assert list(model[:2]) == [model[0], model[1]]
    assert model[-1](model[:2](floats(4, 2))).shape == (4, 1)


# -- dropout -----------------------------------------------------------------------------------------------------------


def test_dropout_keeps_the_mean_in_training_and_is_the_identity_in_use():
    x, drop = np.ones(100_000, np.float32), nn.Dropout(0.2, generator=0)
    y = drop(x)

    assert set(y.tolist()) == {0.0, 1.25}
    assert abs(y.mean() - 1) < 0.01
    assert drop.eval()(x) is x


def test_what_dropout_drops_has_no_gradient_not_even_an_undefined_one():
    x = ag.tensor(np.zeros(64), requires_grad=True)
    with np.errstate(divide="ignore"):
        nn.Dropout(0.5, generator=0)(np.sqrt(x)).sum().backward()

    assert set(x.grad.tolist()) == {0.0, np.inf}


@pytest.mark.parametrize(("p", "value"), [(0.0, 1.0), (1.0, 0.0)])
def test_dropout_of_nothing_and_of_everything(p, value):
    assert nn.Dropout(p)(np.ones(3)).tolist() == [value] * 3


# -- what does not fit -------------------------------------------------------------------------------------------------

REFUSED = [
    (
        lambda: nn.Linear(3, 2)(floats(4, 5)),
        ShapeError,
        r"Linear\(in_features=3.* of shape \(..., 3\), and was given \(4, 5\)",
    ),
    (lambda: nn.Linear(3, 2)(np.float32(1)), ShapeError, r"and was given \(\)"),
    (
        lambda: nn.Linear(3, 2)(ag.tensor(floats(4, 3, dtype=float))),
        DTypeError,
        r"x.astype\('float32'\), or .*model.double\(\)",
    ),
    (lambda: nn.Linear(3, 2)(np.ones((4, 3), int)), DTypeError, r"given int64 data: .* x.astype\('float32'\)"),
    (lambda: nn.Conv2d(3, 2, 3)(floats(4, 8, 8, 3)), ShapeError, r"\(N, 3, H, W\) or .*np.moveaxis\(x, -1, 1\)"),
    (
        lambda: nn.Conv2d(1, 2, 3)(floats(4, 8, 8)),
        ShapeError,
        r"give the input an axis for its channel, x\[:, None\]",
    ),
    (lambda: nn.Conv2d(3, 2, 3)(ag.tensor(floats(4, 3, 8, 8, dtype=float))), DTypeError, "float64 Tensor"),
    (lambda: nn.Conv2d(3, 2, 9)(floats(4, 3, 8, 8)), ShapeError, "."),
    (lambda: nn.Linear(-1, 2), SettingError, "Linear: in_features is -1: give a whole number of at least 0"),
    (lambda: nn.Linear(2.0, 2), KindError, "Linear: in_features is 2.0, a float: give a whole number"),
    (lambda: nn.Linear(2, True), KindError, "Linear: out_features is True, a bool: give a whole number"),
    (lambda: nn.Conv2d(1, -2, 3), SettingError, "Conv2d: out_channels is -2: give .* at least 0"),
    (lambda: nn.Conv2d(1, 2, 0), SettingError, "Conv2d: kernel_size is 0: give .* at least 1"),
    (lambda: nn.Conv2d(1, 2, 3, stride=(1, 0)), SettingError, "Conv2d: stride is 0: give .* at least 1"),
    (lambda: nn.Conv2d(1, 2, 3, dilation=0), SettingError, "Conv2d: dilation is 0: give .* at least 1"),
    (lambda: nn.Conv2d(1, 2, 3, padding=-1), SettingError, "Conv2d: padding is -1: give .* at least 0"),
    (lambda: nn.Conv2d(1, 2, 3, groups=0), SettingError, "Conv2d: groups is 0: give .* at least 1"),
    (lambda: nn.Conv2d(1, 2, 1.5), KindError, "Conv2d: kernel_size is 1.5, a float: give a whole number"),
    (
        lambda: nn.Conv2d(3, 4, 3, groups=2),
        SettingError,
        "3 input and 4 output channels cannot be split into 2 groups: take a number that divides both",
    ),
    (lambda: nn.Conv2d(3, 4, 3, padding="full"), SettingError, 'padding is \'full\': give .*"valid" or "same"'),
    (lambda: nn.Conv2d(3, 4, 3, padding="same", stride=2), SettingError, r"the stride is \(2, 2\): take 1"),
    (lambda: nn.Conv2d(3, 4, (3, 3, 3)), SettingError, r"kernel_size is \(3, 3, 3\): .* pair \(height, width\)"),
    (lambda: nn.MaxPool2d(2, stride=0), SettingError, "MaxPool2d: stride is 0: give .* at least 1"),
    (lambda: nn.MaxPool2d(2, dilation=0), SettingError, "MaxPool2d: dilation is 0: give .* at least 1"),
    (lambda: nn.MaxPool2d(2, padding=2), SettingError, "padding is 2: give at most half of the kernel_size"),
    (lambda: nn.AvgPool2d(2.5), KindError, "AvgPool2d: kernel_size is 2.5, a float"),
    (lambda: nn.AvgPool2d(2, divisor_override=0), SettingError, "divisor_override is 0: give .* at least 1"),
    (lambda: nn.MaxPool2d(9)(floats(4, 3, 8, 8)), ShapeError, "."),
    (
        lambda: nn.Flatten()(np.ones(3)),
        ShapeError,
        r"Flatten\(start_dim=1, end_dim=-1\) needs inputs with these axes, and was given shape \(3,\): give .* x\[None\]",
    ),
    (lambda: nn.Flatten("all"), KindError, "Flatten: start_dim is 'all', a str: give a whole number"),
    (lambda: nn.Flatten()("abc"), KindError, "Flatten takes an array of numbers, and was given a str: convert it"),
    (lambda: nn.Dropout(1.5), SettingError, "Dropout: p, a probability, is 1.5: give a number from 0 to 1"),
    (lambda: nn.Dropout("half"), KindError, "p, a probability, is 'half', a str, .*: give a float"),
    (lambda: nn.functional.dropout(np.ones(3), 1.5), SettingError, "dropout: p, .* is 1.5: give a number from 0 to 1"),
    (
        lambda: nn.functional.dropout(np.arange(4), 0.75),
        DTypeError,
        r"divides what it keeps by 0.25, and was given int64 data: convert it with x.astype\('float32'\)",
    ),
    (lambda: nn.functional.dropout(["a"]), KindError, "dropout takes an array of numbers, and was given a list"),
    (lambda: nn.GELU("fast"), SettingError, "GELU: approximate is 'fast': choose among 'none', 'tanh'"),
    (lambda: nn.Sequential(nn.Linear(1, 1), 5), KindError, "takes modules, and was given a int: give a module"),
    (lambda: nn.Sequential([nn.ReLU()]), KindError, r"was given a list: write Sequential\(\*modules\)"),
    (lambda: nn.Sequential().append(5), KindError, "takes modules, and was given a int: give a module or a function"),
    (lambda: nn.MSELoss("average"), SettingError, "reduction is 'average': choose among 'mean', 'sum', 'none'"),
    (lambda: nn.MSELoss()("abc", 1.0), KindError, "mse_loss takes an array of numbers, and was given a str: convert"),
    (lambda: nn.MSELoss()([[1.0], [1.0, 2.0]], 1.0), KindError, "and was given rows of different lengths: cut or pad"),
    (lambda: nn.MSELoss()([ag.scalar(1.0)], [1.0]), LeavingError, "ag.stack"),
    (lambda: nn.Parameter([[1.0], [1.0, 2.0]]), KindError, "a parameter or buffer takes numbers in one array"),
    (lambda: nn.MSELoss()(floats(3, 1), floats(3)), ShapeError, r"\(3, 1\) and the target \(3,\)"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED, ids=range(len(REFUSED)))
def test_a_layer_refuses_with_words(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_errors_of_settings_are_pythons_kinds_too():
    assert SettingError.__mro__[1:3] == (AutogradError, ValueError)
    assert KindError.__mro__[1:3] == (AutogradError, TypeError)


def test_an_error_names_the_place_of_the_layer_in_the_model():
    model = nn.Sequential(nn.Linear(2, 3), nn.Linear(4, 1))
    with pytest.raises(ShapeError, match=r"bias=True\), the layer '1', takes inputs of shape \(..., 4\)"):
        model(floats(5, 2))


def test_plain_arrays_are_converted_to_the_parameters_dtype():
    assert nn.Linear(2, 1)(np.ones((3, 2))).dtype == np.float32
    assert nn.Linear(2, 1).double()(np.ones((3, 2), np.float32)).dtype == np.float64
    assert nn.Linear(2, 1)([[1.0, 2.0]]).shape == (1, 1)


# -- losses ------------------------------------------------------------------------------------------------------------


def test_losses_are_their_formulas():
    x, y = floats(6, 3, dtype=float), random.integers(3, size=6)
    log_p = np.log(np.exp(x) / np.exp(x).sum(1, keepdims=True))
    weight = np.array([1.0, 2.0, 4.0])
    picked = -log_p[np.arange(6), y]

    np.testing.assert_allclose(nn.CrossEntropyLoss()(x, y), picked.mean())
    np.testing.assert_allclose(nn.CrossEntropyLoss(reduction="none")(x, y), picked)
    np.testing.assert_allclose(nn.CrossEntropyLoss(reduction="sum")(x, y), picked.sum())
    weighted = nn.CrossEntropyLoss(weight=weight)(ag.tensor(x), y)
    np.testing.assert_allclose(weighted.numpy(), (picked * weight[y]).sum() / weight[y].sum())
    ignored = nn.CrossEntropyLoss(ignore_index=2)(ag.tensor(x), y)
    np.testing.assert_allclose(ignored.numpy(), picked[y != 2].mean())
    smoothed = nn.CrossEntropyLoss(label_smoothing=0.1)(ag.tensor(x), y)
    np.testing.assert_allclose(smoothed.numpy(), 0.9 * picked.mean() - 0.1 * log_p.mean())

    t = random.integers(2, size=x.shape)
    p = 1 / (1 + np.exp(-x))
    np.testing.assert_allclose(nn.MSELoss()(x, t), ((x - t) ** 2).mean())
    np.testing.assert_allclose(nn.BCEWithLogitsLoss()(x, t), -np.where(t, np.log(p), np.log(1 - p)).mean())
    twice = nn.BCEWithLogitsLoss(pos_weight=[2.0] * 3)(ag.tensor(x), t)
    np.testing.assert_allclose(twice.numpy(), -np.where(t, 2 * np.log(p), np.log(1 - p)).mean())


def test_losses_flatten_and_dropout_take_lists_of_numbers_as_arrays():
    assert nn.MSELoss()([1.0, 3.0], [1.0, 1.0]) == 2
    assert nn.BCEWithLogitsLoss()([0.0, 0.0], [0, 1]) == np.log(2)
    assert nn.Flatten()([[[1.0, 2.0]]]).tolist() == [[1.0, 2.0]]
    assert nn.functional.dropout([1.0, 2.0], 1.0).tolist() == [0.0, 0.0]
    assert nn.functional.softplus([0.0], beta=2.0).tolist() == [np.log(2) / 2]


def test_predictions_that_are_integers_do_not_cut_the_fractions_of_their_targets_off():
    assert nn.MSELoss()(np.array([1, 2]), [1.5, 2.5]) == 0.25


def test_the_names_of_functional_and_init_are_its_functions_only():
    for module in (nn.functional, nn.init):
        assert {"ag", "np", "stream", "alike"}.isdisjoint(module.__all__)
        assert all(callable(getattr(module, name)) for name in module.__all__)


def test_plain_targets_do_not_make_a_loss_double():
    x = ag.tensor(floats(4), requires_grad=True)

    assert nn.MSELoss()(x, np.zeros(4)).dtype == np.float32
    assert nn.BCEWithLogitsLoss()(x, [0, 1, 0, 1]).dtype == np.float32


@pytest.mark.parametrize("layer", [
    nn.Linear(2, 1), nn.Conv1d(2, 1, 1), nn.MaxPool1d(2), nn.AvgPool1d(2), nn.ReLU(), nn.Dropout1d(), nn.Softmax2d(),
    nn.BatchNorm1d(2), nn.LSTM(2, 1), nn.Unfold(1), lambda x: nn.CrossEntropyLoss()(x, [0, 1]), lambda x: nn.NLLLoss()(x, [0, 1]),
], ids=lambda layer: type(layer).__name__)  # fmt: skip
@pytest.mark.parametrize("rows", [[[1.0, 2.0], [3.0]], np.ma.masked_array([[1.0, 2.0]], [[False, True]])])
def test_what_makes_no_array_of_numbers_is_refused_in_words_by_every_layer(layer, rows):
    with pytest.raises(AutogradError, match=r"rows of different lengths.*cut or pad them|masked"):
        layer(rows)
    if isinstance(layer, nn.Linear):
        assert layer([[1.0, 2.0]]).shape == (1, 1)


def test_dropout_of_a_single_number_is_dropout():
    assert nn.functional.dropout(ag.tensor(1.0, requires_grad=True), 1.0).item() == 0.0
