"""Normalisation and dropout: equations against plain NumPy, running averages, what noise keeps, what is refused."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, LeavingError, MutationError, ShapeError
from autograd_core.testing import check_module
from nn import KindError, SettingError

random = np.random.default_rng(0)


def floats(*shape, dtype=float):
    return (2 + 3 * random.standard_normal(shape)).astype(dtype)


def normal(x, axes, eps=1e-5):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + eps)


MODULES = [
    (lambda: nn.LayerNorm(4), (3, 4), lambda x: normal(x, 1)),
    (lambda: nn.LayerNorm((3, 4), eps=0.1, bias=False), (2, 3, 4), lambda x: normal(x, (1, 2), 0.1)),
    (lambda: nn.LayerNorm([2], elementwise_affine=False), (5, 3, 2), lambda x: normal(x, 2)),
    (lambda: nn.RMSNorm((2, 3)), (4, 2, 3), lambda x: x / np.sqrt(np.mean(x**2, (1, 2), keepdims=True) + 2**-52)),
    (lambda: nn.GroupNorm(2, 6), (3, 6, 2), lambda x: normal(x.reshape(3, 2, -1), 2).reshape(x.shape)),
    (lambda: nn.GroupNorm(3, 3, affine=False), (2, 3, 4), lambda x: normal(x, 2)),
    (lambda: nn.BatchNorm1d(3), (5, 3), lambda x: normal(x, 0)),
    (lambda: nn.BatchNorm1d(3, eps=0.1, affine=False), (5, 3, 2), lambda x: normal(x, (0, 2), 0.1)),
    (lambda: nn.BatchNorm2d(2, momentum=None, bias=False), (3, 2, 2, 3), lambda x: normal(x, (0, 2, 3))),
    (lambda: nn.BatchNorm3d(2, track_running_stats=False), (3, 2, 1, 2, 2), lambda x: normal(x, (0, 2, 3, 4))),
    (lambda: nn.InstanceNorm1d(3), (3, 5), lambda x: normal(x, 1)),
    (lambda: nn.InstanceNorm2d(2, affine=True), (3, 2, 2, 3), lambda x: normal(x, (2, 3))),
    (lambda: nn.InstanceNorm3d(2, track_running_stats=True), (3, 2, 1, 2, 2), lambda x: normal(x, (2, 3, 4))),
    (lambda: nn.LocalResponseNorm(1, alpha=0.5, beta=2.0, k=3.0), (2, 3, 4), lambda x: x / (3 + 0.5 * x**2) ** 2),
]
NAMES = [repr(make()) for make, _, _ in MODULES]


@pytest.mark.parametrize(("make", "shape", "formula"), MODULES, ids=NAMES)
def test_a_normalisation_is_its_formula(make, shape, formula):
    x = floats(*shape)

    np.testing.assert_allclose(np.asarray(make().double()(ag.tensor(x)).numpy()), formula(x), rtol=1e-12)


@pytest.mark.parametrize(("make", "shape", "formula"), MODULES, ids=NAMES)
def test_a_normalisation_has_right_gradients_and_keeps_float32(make, shape, formula):
    check_module(make(), shape)
    x = ag.tensor(floats(*shape, dtype=np.float32), requires_grad=True)
    y = make()(x)
    y.sum().backward()

    assert y.dtype == x.grad.dtype == np.float32


def test_a_response_is_divided_by_those_of_its_neighbours():
    x = floats(2, 5, 3)
    squares = np.pad(x**2, [(0, 0), (1, 1), (0, 0)])
    sums = squares[:, :-2] + squares[:, 1:-1] + squares[:, 2:]

    np.testing.assert_allclose(nn.LocalResponseNorm(3, 0.6, 0.5, 2.0)(x), x / np.sqrt(2 + 0.2 * sums))


def test_weight_and_bias_act_on_each_channel():
    layer = nn.BatchNorm2d(2).double()
    layer.weight.data, layer.bias.data = np.array([2.0, -1.0]), np.array([0.5, 3.0])
    x = floats(3, 2, 2, 2)

    expected = normal(x, (0, 2, 3)) * np.array([2.0, -1.0]).reshape(2, 1, 1) + np.array([0.5, 3.0]).reshape(2, 1, 1)
    np.testing.assert_allclose(layer(x).numpy(), expected)


def test_norms_of_several_dtypes_promote_and_half_precision_is_summed_in_single():
    x, weight = floats(3, 4), floats(4)
    half = (1000 * x).astype(np.float16)

    assert nn.functional.layer_norm(x.astype(np.float32), 4, weight).dtype == np.float64
    assert nn.functional.rms_norm(half, 4).dtype == np.float16
    np.testing.assert_allclose(nn.functional.layer_norm(half, 4), normal(half.astype(float), 1), atol=2e-3)


def test_a_large_mean_costs_no_more_digits_than_the_input_has_lost():
    x = (1e4 + random.standard_normal((3, 1000))).astype(np.float32)

    y = nn.LayerNorm(1000)(x).numpy()
    np.testing.assert_allclose(y, normal(x.astype(float), 1), rtol=0, atol=np.spacing(np.float32(1e4)))


# -- running averages ---------------------------------------------------------------------------------------------------


def test_running_averages_follow_the_batches_by_the_share_of_momentum():
    layer, x = nn.BatchNorm1d(2, momentum=0.25).double(), floats(4, 2)
    layer(x)

    np.testing.assert_allclose(layer.running_mean, 0.25 * x.mean(0))
    np.testing.assert_allclose(layer.running_var, 0.75 + 0.25 * x.var(0, ddof=1))
    assert layer.num_batches_tracked.item() == 1


def test_without_momentum_the_running_mean_is_that_of_all_batches():
    layer, batches = nn.BatchNorm1d(2, momentum=None).double(), floats(3, 5, 2)
    for x in batches:
        layer(x)

    np.testing.assert_allclose(layer.running_mean, batches.mean((0, 1)))


def test_in_evaluation_an_example_does_not_depend_on_the_others():
    layer, x = nn.BatchNorm2d(3).double(), floats(4, 3, 2, 2)
    layer(x)
    layer.eval()

    mean, variance = layer.running_mean.numpy().reshape(3, 1, 1), layer.running_var.numpy().reshape(3, 1, 1)
    np.testing.assert_allclose(layer(x).numpy(), (x - mean) / np.sqrt(variance + 1e-5))
    np.testing.assert_array_equal(layer(x[:1]).numpy(), layer(x).numpy()[:1])


def test_instances_share_the_running_averages_of_their_channel():
    layer, x = nn.InstanceNorm1d(2, momentum=0.5, track_running_stats=True), floats(3, 2, 5, dtype=np.float32)
    layer(x)

    np.testing.assert_allclose(layer.running_mean, 0.5 * x.mean((0, 2)), rtol=1e-5)
    np.testing.assert_allclose(layer.running_var, 0.5 + 0.5 * x.var(2, ddof=1).mean(0), rtol=1e-5)
    assert layer.eval()(x).shape == layer(x[0])[None].repeat(3, 0).shape


def test_a_gradient_does_not_flow_into_running_averages():
    layer, x = nn.BatchNorm1d(2), ag.tensor(floats(4, 2, dtype=np.float32), requires_grad=True)
    layer(x).sum().backward()

    assert not layer.running_mean.requires_grad
    assert layer.running_mean.is_leaf


def test_states_have_pytorchs_keys():
    assert list(nn.BatchNorm1d(2).state_dict()) == [
        "weight", "bias", "running_mean", "running_var", "num_batches_tracked",
    ]  # fmt: skip
    assert list(nn.InstanceNorm1d(2).state_dict()) == []
    assert list(nn.LayerNorm(2).state_dict()) == ["weight", "bias"]
    assert list(nn.RMSNorm(2).state_dict()) == ["weight"]


def test_the_past_can_be_forgotten():
    layer = nn.BatchNorm1d(2)
    fresh = layer.state_dict()
    layer(floats(4, 2))
    layer.reset_running_stats()

    assert all(np.array_equal(fresh[key], value) for key, value in layer.state_dict().items())


def test_numbers_of_a_running_average_may_be_written_under_a_recorded_evaluation():
    layer = nn.BatchNorm1d(2).eval()
    x = ag.tensor(floats(4, 2, dtype=np.float32), requires_grad=True)
    y = layer(x)
    layer.train()(x)
    y.sum().backward()

    np.testing.assert_allclose(x.grad, np.full((4, 2), 1 / np.sqrt(1 + 1e-5)), rtol=1e-6)


# -- noise --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [nn.AlphaDropout, nn.FeatureAlphaDropout])
def test_alpha_dropout_keeps_mean_and_variance(make):
    x = random.standard_normal((500, 400, 1)).astype(np.float32)
    y = make(0.3, generator=0)(x)

    assert abs(y.mean()) < 0.01
    assert abs(y.var() - 1) < 0.02
    assert y.dtype == np.float32


def test_alpha_dropout_drops_to_the_floor_of_selu():
    y = nn.AlphaDropout(0.5, generator=0)(np.full(100, -1.7580993408473766))

    assert len(set(y.round(9).tolist())) == 1  # what was dropped is what had been there already


WHOLE = [
    (nn.Dropout1d, (40, 6, 3), (2,)),
    (nn.Dropout1d, (40, 3), (1,)),
    (nn.Dropout2d, (10, 6, 3, 2), (2, 3)),
    (nn.Dropout2d, (10, 6, 3), (2,)),
    (nn.Dropout3d, (10, 6, 2, 1, 3), (2, 3, 4)),
    (nn.Dropout3d, (40, 2, 1, 3), (1, 2, 3)),
    (nn.FeatureAlphaDropout, (10, 6, 2, 2), (2, 3)),
]


@pytest.mark.parametrize(("make", "shape", "axes"), WHOLE, ids=[f"{m.__name__} {s}" for m, s, _ in WHOLE])
def test_channels_are_dropped_as_a_whole(make, shape, axes):
    y = make(0.5, generator=0)(np.ones(shape))

    assert np.all(np.ptp(y, axis=axes) == 0)
    assert len(np.unique(y.round(9))) == 2
    assert make(0.5).eval()(y) is y


def test_noise_in_place_is_written_into_the_input():
    x = np.ones(100)
    assert nn.Dropout(0.5, inplace=True, generator=0)(x) is x
    assert set(x.tolist()) == {0.0, 2.0}

    t = ag.tensor(np.ones(100), requires_grad=True)
    u = t * 1.0
    nn.Dropout(0.5, inplace=True, generator=0)(u)
    u.sum().backward()
    np.testing.assert_array_equal(t.grad, x)
    with pytest.raises(MutationError):
        nn.Dropout(0.5, inplace=True)(t)


def test_a_generator_makes_noise_reproducible():
    x = np.ones(50)

    assert np.array_equal(nn.AlphaDropout(0.5, generator=3)(x), nn.AlphaDropout(0.5, generator=3)(x))


# -- what is said ----------------------------------------------------------------------------------------------------------

TEXTS = [
    (nn.BatchNorm2d(3), "BatchNorm2d(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)"),
    (
        nn.InstanceNorm1d(3),
        "InstanceNorm1d(3, eps=1e-05, momentum=0.1, affine=False, bias=False, track_running_stats=False)",
    ),
    (nn.LayerNorm((2, 3), bias=False), "LayerNorm((2, 3), eps=1e-05, elementwise_affine=True, bias=False)"),
    (nn.RMSNorm(4), "RMSNorm((4,), eps=None, elementwise_affine=True)"),
    (nn.GroupNorm(2, 4), "GroupNorm(2, 4, eps=1e-05, affine=True, bias=True)"),
    (nn.LocalResponseNorm(2), "LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1.0)"),
    (nn.AlphaDropout(), "AlphaDropout(p=0.5, inplace=False)"),
]


@pytest.mark.parametrize(("layer", "text"), TEXTS, ids=[t for _, t in TEXTS])
def test_a_layer_reads_as_pytorchs(layer, text):
    assert repr(layer) == text


F = nn.functional
REFUSED = [
    (lambda: nn.LayerNorm(3)(floats(2, 4)), ShapeError, r"layer_norm over \(3,\) takes .* \(..., 3\), and was given \(2, 4\)"),
    (lambda: F.layer_norm(floats(2, 4), ()), ShapeError, "layer_norm over no axes"),
    (lambda: nn.LayerNorm(4)(ag.tensor(floats(2, 4))), DTypeError, r"float32 parameters, and was given a float64 Tensor"),
    (lambda: F.layer_norm(floats(2, 4) * 1j, 4), DTypeError, "take their real part"),
    (lambda: nn.LayerNorm(2.0), KindError, "LayerNorm: normalized_shape is 2.0, a float"),
    (lambda: nn.LayerNorm(2, eps=-1), SettingError, "LayerNorm: eps is -1: give a number of at least 0"),
    (lambda: nn.BatchNorm1d(3)(floats(4, 2)), ShapeError, r"of shape \(N, 3\) or \(N, 3, L\), and was given \(4, 2\)"),
    (lambda: nn.BatchNorm2d(3)(floats(4, 3)), ShapeError, r"takes inputs of shape \(N, 3, H, W\), and was given \(4, 3\)"),
    (lambda: nn.InstanceNorm1d(3)(floats(4, 2)), ShapeError, r"\(N, 3, L\) or \(3, L\), and was given \(4, 2\)"),
    (lambda: nn.BatchNorm1d(3)(floats(1, 3)), ShapeError, r"more than one number for each channel.*model.eval\(\)"),
    (lambda: nn.BatchNorm1d(3)(floats(0, 3)), ShapeError, r"more than one number for each channel.*\(0, 3\)"),
    (lambda: nn.InstanceNorm1d(3)(floats(2, 3, 1)), ShapeError, "more than one number .* of an example.* batch_norm"),
    (lambda: F.batch_norm(floats(4, 3), None, None), SettingError, "give both, or training=True"),
    (lambda: F.batch_norm(floats(4), None, None), ShapeError, r"shape \(N, C, ...\), and was given \(4,\)"),
    (lambda: nn.BatchNorm1d(2, momentum=2), SettingError, "momentum is 2: give a number from 0 to 1"),
    (lambda: nn.GroupNorm(2, 3), SettingError, "3 channels cannot be split into 2 groups"),
    (lambda: nn.GroupNorm(1, 3)(floats(2, 4, 3)), ShapeError, r"takes inputs of shape \(N, 3, ...\), and was given \(2, 4, 3\)"),
    (lambda: F.group_norm(floats(2, 4), 3), ShapeError, r"the 4 channels .* \(2, 4\) cannot be split into 3 groups"),
    (lambda: nn.LocalResponseNorm(2)(floats(2, 3)), ShapeError, r"\(N, C, L, ...\), and was given \(2, 3\)"),
    (lambda: nn.Dropout1d()(floats(4)), ShapeError, r"dropout1d drops channels of inputs of 2 or 3 axes, .* \(4,\)"),
    (lambda: nn.FeatureAlphaDropout()(floats(4)), ShapeError, r"of inputs of 2 axes, and was given shape \(4,\)"),
    (lambda: nn.AlphaDropout()(np.arange(4)), DTypeError, "alpha_dropout divides what it keeps"),
    (lambda: ag.vmap(nn.BatchNorm1d(2))(floats(3, 4, 2)), LeavingError, "vmap"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "words"), REFUSED, ids=range(len(REFUSED)))
def test_a_normalisation_refuses_with_words(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_a_batch_that_is_refused_or_empty_leaves_the_running_averages_and_their_count():
    layer, instances = nn.BatchNorm1d(2), nn.InstanceNorm1d(2, track_running_stats=True)
    for examples in (0, 1):
        with pytest.raises(ShapeError):
            layer(floats(examples, 2))
    instances(floats(0, 2, 3))

    assert layer.num_batches_tracked.item() == 0
    for module in (layer, instances):
        assert (module.running_mean.tolist(), module.running_var.tolist()) == ([0, 0], [1, 1])


def test_dropout_in_place_refuses_an_input_that_is_read_only():
    with pytest.raises(MutationError, match="inplace=True writes into the input, which is read-only: leave it out"):
        nn.Dropout(0.5, inplace=True)(np.broadcast_to(1.0, 3))
