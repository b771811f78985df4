"""Pooling layers: windows of every kind by loops, the places of maxima, and the way back; beside PyTorch in tests/peers."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import ShapeError
from autograd_core.testing import check_grads

F = nn.functional
rng = np.random.default_rng(0)


def distinct(*shape):
    return (rng.permutation(np.prod(shape)) / 4 - 3).reshape(shape)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
def test_adaptive_windows_reach_from_the_floor_to_the_ceiling_of_their_share(size):
    x = distinct(2, 3, 7)
    windows = [x[..., i * 7 // size : -(-(i + 1) * 7 // size)] for i in range(size)]

    np.testing.assert_allclose(nn.AdaptiveAvgPool1d(size)(x), np.stack([w.mean(-1) for w in windows], -1))
    np.testing.assert_array_equal(nn.AdaptiveMaxPool1d(size)(x), np.stack([w.max(-1) for w in windows], -1))


LAYERS = [
    (nn.MaxPool1d(3, 2, ceil_mode=True), distinct(2, 2, 6)),
    (nn.MaxPool3d(2), distinct(1, 2, 4, 2, 5)),
    (nn.AvgPool1d(3, 2, 1, count_include_pad=False), distinct(2, 2, 6)),
    (nn.AvgPool3d(2, ceil_mode=True, divisor_override=3), distinct(1, 2, 3, 2, 3)),
    (nn.LPPool1d(3, 2), 4 + distinct(2, 2, 6)),
    (nn.LPPool2d(2, (2, 3), 1), distinct(2, 3, 4)),
    (nn.AdaptiveAvgPool2d((3, None)), distinct(2, 5, 3)),
    (nn.AdaptiveMaxPool2d(3), distinct(2, 5, 4)),
    (nn.AdaptiveMaxPool3d((2, 1, 3)), distinct(1, 2, 3, 4, 5)),
    (nn.FractionalMaxPool2d(2, (3, 4), _random_samples=rng.random((1, 2, 2))), distinct(2, 7, 8)),
]


@pytest.mark.parametrize(("layer", "x"), LAYERS, ids=lambda a: type(a).__name__)
def test_a_layer_differentiates_to_second_order_and_keeps_float32(layer, x):
    check_grads(layer, x, order=2, directions=1)
    assert layer(ag.tensor(x, dtype=np.float32)).dtype == np.float32


POOLS = [
    (nn.MaxPool1d, (3, 2, 1), (2, 7)),
    (nn.MaxPool2d, (2, 1, 0, 2), (2, 3, 5, 6)),
    (nn.MaxPool3d, (2,), (1, 4, 5, 6)),
    (nn.AdaptiveMaxPool2d, (3,), (2, 5, 7)),
    (nn.FractionalMaxPool3d, (2, 3), (2, 6, 7, 6)),
]


@pytest.mark.parametrize(("pool", "settings", "shape"), POOLS, ids=lambda a: getattr(a, "__name__", ""))
def test_places_name_the_maxima_in_the_flattened_axes(pool, settings, shape):
    x = distinct(*shape)
    values, places = pool(*settings, return_indices=True)(x)
    axes = int(pool.__name__[-2])
    rows = x.reshape(*shape[:-axes], -1)

    np.testing.assert_array_equal(
        np.take_along_axis(rows, places.reshape(*rows.shape[:-1], -1), -1).ravel(), values.ravel()
    )
    if "Max" in pool.__name__ and "Fractional" not in pool.__name__:
        np.testing.assert_array_equal(values, pool(*settings)(x))


def maxima_by_place(x):
    return nn.MaxPool1d(2, 1, return_indices=True)(x)[0]


@pytest.mark.parametrize("pool", [nn.AdaptiveMaxPool1d(2), maxima_by_place], ids=["adaptive", "by place"])
def test_the_first_of_equal_maxima_has_the_gradient_and_nan_wins(pool):
    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(pool(x)))(np.ones((1, 3))), [[1, 1, 0]])
    assert np.isnan(pool(np.array([[1.0, np.nan, 3.0]]))).all()


def test_maxima_are_put_back_and_so_are_their_gradients():
    x = ag.tensor(distinct(1, 5, 5), requires_grad=True)
    maxima, places = nn.MaxPool2d(2, return_indices=True)(x)
    y = nn.MaxUnpool2d(2)(maxima, places, output_size=(5, 5))
    (y * y).sum().backward()

    kept = np.isin(np.arange(25).reshape(1, 5, 5), places)
    np.testing.assert_array_equal(y.numpy(), np.where(kept, x.numpy(), 0))
    np.testing.assert_array_equal(x.grad.numpy(), np.where(kept, 2 * x.numpy(), 0))


def test_fractional_windows_are_drawn_anew_and_cover_the_input_from_end_to_end():
    x = np.broadcast_to(np.arange(10.0), (1, 200, 10, 10))
    drawn = nn.FractionalMaxPool2d(2, (6, 6), generator=ag.random.Generator(0))(x)[0, :, 0]
    steps = np.diff(drawn, axis=1)

    assert len(np.unique(drawn, axis=0)) > 1
    assert {*np.unique(steps)} == {1, 2}
    np.testing.assert_array_equal(drawn[:, [0, -1]], [[1, 9]] * 200)


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda: nn.MaxPool1d((2, 2)), nn.SettingError, "MaxPool1d: kernel_size"),
        (lambda: nn.AvgPool3d(2, padding=2), nn.SettingError, "at most half"),
        (lambda: nn.AdaptiveAvgPool2d(2)(np.ones(3)), ShapeError, "adaptive_avg_pool2d takes"),
        (lambda: nn.AdaptiveAvgPool2d((2, 2, 2))(np.ones((1, 3, 3))), nn.SettingError, "output_size"),
        (lambda: nn.FractionalMaxPool2d(2), nn.SettingError, "one of the two"),
        (lambda: nn.FractionalMaxPool2d(3, 3)(np.ones((1, 4, 4))), ShapeError, "do not fit"),
        (lambda: nn.MaxUnpool1d(2)(np.ones((1, 2)), np.array([[0, 9]])), nn.SettingError, "give output_size"),
        (lambda: nn.MaxUnpool1d(2)(np.ones((1, 2)), np.array([0])), ShapeError, "one shape"),
    ],
)
def test_a_wrong_window_says_what_to_give(wrong, error, words):
    with pytest.raises(error, match=words):
        wrong()


def test_layers_show_themselves_as_pytorch_does():
    assert repr(nn.MaxPool1d(2)) == "MaxPool1d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)"
    assert repr(nn.AdaptiveAvgPool2d((3, None))) == "AdaptiveAvgPool2d(output_size=(3, None))"
    assert repr(nn.MaxUnpool2d(2)) == "MaxUnpool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))"
