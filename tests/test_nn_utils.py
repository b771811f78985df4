"""Gradients within bounds, parameters as a vector, and weights that are computed from others."""

import copy
import pickle

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import GradientError, ShapeError
from autograd_core.testing import check_module
from nn import KindError, SettingError
from nn.utils import remove_spectral_norm, remove_weight_norm, spectral_norm, weight_norm

random = np.random.default_rng(0)


def with_gradients(*gradients):
    made = [nn.Parameter(np.zeros(np.shape(g))) for g in gradients]
    for p, g in zip(made, gradients, strict=True):
        p.grad = g
    return made


# -- clipping ---------------------------------------------------------------------------------------------------------------


def test_clipping_scales_all_gradients_together_and_tells_the_norm():
    a, b = with_gradients([6.0], [0.0, 8.0])

    assert nn.utils.clip_grad_norm_([a, b], 5.0) == 10
    assert (a.grad.tolist(), b.grad.tolist()) == ([3.0], [0.0, 4.0])
    assert nn.utils.clip_grad_norm_([a, b], 5.0) == 5
    assert nn.utils.clip_grad_norm_([a, b], 5.0, norm_type=np.inf) == 4


@pytest.mark.parametrize(("norm_type", "norm"), [(1, 7), (2, 5), (3, 91 ** (1 / 3)), (np.inf, 4), (-np.inf, 3)])
def test_a_norm_is_that_of_all_elements_together(norm_type, norm):
    gradients = [np.array([[-3.0]]), np.array([4.0])]

    assert nn.utils.get_total_norm(gradients, norm_type) == pytest.approx(norm)
    assert nn.utils.get_total_norm([ag.tensor(g) for g in gradients], norm_type) == pytest.approx(norm)


def test_norms_of_half_precision_do_not_overflow():
    assert nn.utils.get_total_norm([np.full(4, 3e4, np.float16)]) == pytest.approx(6e4, rel=1e-3)


def test_a_single_parameter_and_scalars_are_clipped_too():
    s, w = nn.Parameter(ag.scalar(1.0)), nn.Parameter([1.0])
    s.grad, w.grad = -4.0, [3.0]

    assert nn.utils.clip_grad_norm_(s, 2.0) == 4
    assert s.grad == -2
    nn.utils.clip_grad_value_([s, w], 0.5)
    assert (s.grad, w.grad.tolist()) == (-0.5, [0.5])


def test_without_gradients_the_norm_is_zero():
    assert nn.utils.clip_grad_norm_([nn.Parameter([1.0])], 1.0) == 0


def test_a_gradient_that_is_not_finite_is_said_or_spreads():
    a, b = with_gradients([np.inf], [1.0])
    with pytest.raises(GradientError, match="norm of the gradients is inf"):
        nn.utils.clip_grad_norm_([a, b], 5.0, error_if_nonfinite=True)
    a.grad = [np.nan]
    nn.utils.clip_grad_norm_([a, b], 5.0)

    assert np.isnan(b.grad.item())


# -- vectors ----------------------------------------------------------------------------------------------------------------


def test_a_vector_of_parameters_has_gradients():
    w, s = nn.Parameter(np.ones((2, 2))), nn.Parameter(ag.scalar(3.0))
    vector = nn.utils.parameters_to_vector([w, s])
    np.sum(vector * np.arange(5)).backward()

    assert vector.tolist() == [1, 1, 1, 1, 3]
    assert (w.grad.tolist(), s.grad) == ([[0, 1], [2, 3]], 4)


def test_a_vector_is_written_into_parameters_and_stays_apart():
    w, s = nn.Parameter(np.ones((2, 2), np.float32)), nn.Parameter(ag.scalar(3.0))
    for vector in (np.arange(5.0), ag.tensor(np.arange(5.0), requires_grad=True), [0, 1, 2, 3, 4]):
        nn.utils.vector_to_parameters(vector, [w, s])
        assert (w.tolist(), s.data) == ([[0, 1], [2, 3]], 4)
    with ag.no_grad():
        w[...] = 9.0

    assert w.dtype == np.float32
    assert vector == [0, 1, 2, 3, 4]


# -- computed weights -------------------------------------------------------------------------------------------------------

LAYERS = {
    "Linear": (lambda: nn.Linear(3, 4, dtype=float), "weight", (2, 3)),
    "Conv2d": (lambda: nn.Conv2d(2, 4, 3, dtype=float), "weight", (1, 2, 5, 4)),
    "ConvTranspose1d": (lambda: nn.ConvTranspose1d(2, 3, 2, dtype=float), "weight", (1, 2, 4)),
    "LSTM": (lambda: nn.LSTM(2, 3, dtype=float), "weight_hh_l0", (4, 1, 2)),
}
layers = pytest.mark.parametrize(("make", "name", "shape"), LAYERS.values(), ids=LAYERS)


def out(layer, x):
    y = layer(x)
    return y[0] if isinstance(y, tuple) else y


@layers
@pytest.mark.parametrize("dim", [0, 1, None])
def test_a_weight_split_into_length_and_direction_is_the_same_weight(make, name, shape, dim):
    layer, x = make(), random.standard_normal(shape)
    before, y = getattr(layer, name).numpy().copy(), out(layer, x).numpy()

    assert weight_norm(layer, name, dim) is layer
    np.testing.assert_allclose(getattr(layer, name).numpy(), before, rtol=1e-12)
    np.testing.assert_allclose(out(layer, x).numpy(), y, rtol=1e-12)
    expected = () if dim is None else tuple(n if i == dim else 1 for i, n in enumerate(before.shape))
    assert layer.state_dict()[f"{name}_g"].shape == expected
    assert {f"{name}_g", f"{name}_v"} <= dict(layer.named_parameters()).keys()
    assert name not in dict(layer.named_parameters())


@layers
def test_a_weight_is_divided_by_its_largest_singular_value(make, name, shape):
    layer = spectral_norm(make(), name, n_power_iterations=300, generator=0)
    out(layer, random.standard_normal(shape))
    weight, rows = getattr(layer, name).numpy(), 1 if "Transpose" in type(layer).__name__ else 0

    assert np.linalg.svdvals(np.moveaxis(weight, rows, 0).reshape(weight.shape[rows], -1))[0] == pytest.approx(1)
    assert [key for key, _ in layer.named_buffers()] == [f"{name}_u", f"{name}_v"]


@pytest.mark.parametrize("dim", [0, 1, None])
def test_a_layer_with_a_split_weight_has_right_gradients(dim):
    check_module(weight_norm(nn.Linear(3, 2), dim=dim), (4, 3))


def test_power_iterations_are_made_in_training_only_once_a_forward():
    layer, x = spectral_norm(nn.Linear(3, 4, dtype=float), n_power_iterations=2, generator=0), np.ones((1, 3))
    w, u = layer.weight_orig.numpy(), layer.weight_u.numpy().copy()
    layer.eval()(x)
    np.testing.assert_array_equal(layer.weight_u, u)
    layer.train()(x)
    for _ in range(2):
        v = w.T @ u / np.linalg.norm(w.T @ u)
        u = w @ v / np.linalg.norm(w @ v)

    np.testing.assert_allclose(layer.weight_u, u)
    np.testing.assert_allclose(layer.weight.numpy(), w / (u @ w @ v))


def test_a_gradient_is_that_of_the_vectors_at_the_time_of_the_forward():
    layer, x = spectral_norm(nn.Linear(3, 4, dtype=float), generator=0), np.ones((1, 3))
    first = np.sum(layer(x))
    u, v, w = layer.weight_u.numpy().copy(), layer.weight_v.numpy().copy(), layer.weight_orig.numpy()
    layer(x)
    first.backward()

    sigma = u @ w @ v
    expected = np.ones((4, 3)) / sigma - np.sum(w) / sigma**2 * np.outer(u, v)
    np.testing.assert_allclose(layer.weight_orig.grad, expected)


def test_a_computed_weight_is_never_behind_its_parts():
    layer = weight_norm(nn.Linear(2, 1, bias=False, dtype=float))
    with ag.no_grad():
        layer.weight_g[...] = 5.0

    assert np.linalg.norm(layer.weight.numpy()) == pytest.approx(5)
    np.sum(layer.weight**2).backward()
    assert layer.weight_g.grad.item() == pytest.approx(10)
    with pytest.raises(
        AttributeError, match=r"'weight' of this Linear is computed from others .*: write into those, or let it"
    ):
        layer.weight = nn.Parameter([[1.0, 2.0]])


@pytest.mark.parametrize(
    "way", [copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))], ids=["copy", "pickle"]
)
@pytest.mark.parametrize("norm", [weight_norm, spectral_norm])
def test_copies_compute_their_own(way, norm):
    model, x = nn.Sequential(norm(nn.Linear(2, 2)), nn.ReLU()).eval(), np.ones((1, 2))
    np.sum(model(x)).backward()
    twin = way(model)
    np.testing.assert_array_equal(twin(x).numpy(), model(x).numpy())
    with ag.no_grad():
        next(iter(twin[0].parameters()))[...] = 7.0

    assert type(twin[0]) is type(model[0])
    assert np.any(twin(x).numpy() != model(x).numpy())


@pytest.mark.parametrize("norm", [weight_norm, spectral_norm])
def test_states_are_loaded_and_layers_trained_like_others(norm):
    layer, other, x = norm(nn.Linear(3, 2)), norm(nn.Linear(3, 2)), random.standard_normal((5, 3))
    other.load_state_dict(layer.state_dict())
    np.testing.assert_array_equal(other.eval()(x).numpy(), layer.eval()(x).numpy())
    layer.train()
    optimizer, first = nn.optim.SGD(layer.parameters(), lr=0.1), None
    for _ in range(20):
        optimizer.zero_grad()
        loss = np.mean((layer(x) - 0.3) ** 2)
        loss.backward()
        optimizer.step()
        first = loss.item() if first is None else first

    assert loss.item() < 0.5 * first


@pytest.mark.parametrize(("norm", "remove"), [(weight_norm, remove_weight_norm), (spectral_norm, remove_spectral_norm)])
def test_a_weight_is_made_plain_again(norm, remove):
    layer, x = nn.Linear(3, 2), random.standard_normal((5, 3))
    kind, keys = type(layer), sorted(layer.state_dict())
    norm(layer).eval()
    y = layer(x).numpy()

    assert repr(layer) == "Linear(in_features=3, out_features=2, bias=True)"
    assert isinstance(layer, nn.Linear)
    assert remove(layer) is layer
    assert (type(layer), sorted(layer.state_dict())) == (kind, keys)
    np.testing.assert_array_equal(layer(x).numpy(), y)


def test_several_weights_of_a_layer_may_be_computed():
    layer = nn.LSTM(2, 3)
    weight_norm(layer, "weight_ih_l0")
    spectral_norm(layer, "weight_hh_l0")
    assert {"weight_ih_l0_g", "weight_ih_l0_v", "weight_hh_l0_orig", "weight_hh_l0_u"} <= layer.state_dict().keys()
    layer(np.ones((2, 1, 2)))[0].sum().backward()
    assert all(p.grad is not None for p in layer.parameters())
    remove_weight_norm(layer, "weight_ih_l0")

    assert "weight_hh_l0" not in dict(layer.named_parameters())
    assert "weight_ih_l0" in dict(layer.named_parameters())
    assert layer.weight_hh_l0.shape == (12, 3)


REFUSED = [
    (lambda: nn.utils.clip_grad_norm_(nn.Linear(1, 1), 1.0), KindError, r"a Linear: pass model.parameters\(\)"),
    (lambda: nn.utils.clip_grad_norm_([1.0], 1.0), KindError, "given a float: pass parameters"),
    (lambda: nn.utils.clip_grad_norm_([nn.Parameter([1.0])], -1.0), SettingError, "max_norm, is -1.0: give a number"),
    (
        lambda: nn.utils.clip_grad_value_([nn.Parameter([1.0])], "a"),
        KindError,
        "clip_grad_value_: clip_value is 'a', a str",
    ),
    (
        lambda: nn.utils.vector_to_parameters(np.ones(3), [nn.Parameter([1.0, 2.0])]),
        ShapeError,
        r"shapes \[\(2,\)\] take a vector of 2 elements, and this one is of shape \(3,\)",
    ),
    (lambda: weight_norm([1.0]), KindError, "weight_norm takes a module, and was given a list"),
    (
        lambda: weight_norm(nn.Linear(1, 1), "w"),
        SettingError,
        r"'w' is no parameter of this Linear, which has \['weight', 'b",
    ),
    (lambda: weight_norm(weight_norm(nn.Linear(1, 1))), SettingError, "is computed already: remove that first"),
    (
        lambda: weight_norm(nn.Linear(1, 1), dim=2),
        SettingError,
        r"dim is 2, and the weight of shape \(1, 1\) has 2 axes",
    ),
    (
        lambda: remove_weight_norm(nn.Linear(1, 1)),
        SettingError,
        "'weight' of this Linear is not computed so; there is noth",
    ),
    (
        lambda: remove_weight_norm(spectral_norm(nn.Linear(1, 1))),
        SettingError,
        "remove_weight_norm: .* not computed so",
    ),
    (
        lambda: spectral_norm(nn.Linear(1, 1), n_power_iterations=0),
        SettingError,
        "n_power_iterations is 0: give a whole",
    ),
]


@pytest.mark.parametrize(("make", "error", "words"), REFUSED, ids=[words for _, _, words in REFUSED])
def test_what_makes_no_sense_is_refused_with_words(make, error, words):
    with pytest.raises(error, match=words):
        make()
