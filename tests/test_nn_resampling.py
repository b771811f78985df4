"""Resampling: values at hand, against formulas, gradients, texts, and what is refused."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import ShapeError
from autograd_core.testing import check_grads, check_module
from nn import SettingError
from nn.functional import affine_grid, grid_sample, interpolate

random = np.random.default_rng(0)


def floats(*shape):
    return random.standard_normal(shape).astype(np.float32)


LAYERS = [
    (nn.Upsample(5), (1, 2, 3), (1, 2, 5)),
    (nn.Upsample(scale_factor=(2.0, 0.7), mode="nearest-exact"), (1, 1, 3, 3), (1, 1, 6, 2)),
    (nn.Upsample((2, 3, 4), mode="trilinear"), (1, 1, 3, 3, 3), (1, 1, 2, 3, 4)),
    (nn.Upsample(scale_factor=1.5, mode="linear", recompute_scale_factor=True), (1, 1, 3), (1, 1, 4)),
    (nn.Upsample(scale_factor=1.7, mode="bicubic", align_corners=True), (1, 1, 3, 4), (1, 1, 5, 6)),
    (nn.Upsample(2, mode="area"), (1, 1, 3, 5), (1, 1, 2, 2)),
    (nn.UpsamplingNearest2d(scale_factor=2), (1, 1, 2, 1), (1, 1, 4, 2)),
    (nn.UpsamplingBilinear2d(size=(3, 1)), (1, 1, 2, 2), (1, 1, 3, 1)),
]


@pytest.mark.parametrize(("layer", "given", "made"), LAYERS, ids=[repr(layer) for layer, _, _ in LAYERS])
def test_layers_keep_single_precision_and_have_right_gradients(layer, given, made):
    y = layer(ag.tensor(floats(*given), requires_grad=True))

    assert (y.shape, y.dtype) == (made, np.float32)
    check_module(layer, given, directions=1)


def test_texts_are_pytorchs():
    assert repr(nn.Upsample(scale_factor=2)) == "Upsample(scale_factor=2.0, mode='nearest')"
    assert repr(nn.Upsample((2, 3), mode="bilinear")) == "Upsample(size=(2, 3), mode='bilinear')"
    assert repr(nn.Upsample(scale_factor=(2, 3))) == "Upsample(scale_factor=(2.0, 3.0), mode='nearest')"
    assert repr(nn.UpsamplingBilinear2d(scale_factor=2)) == "UpsamplingBilinear2d(scale_factor=2.0, mode='bilinear')"


# from 0, 1, 2, 3
AT_HAND = [
    ({"size": 6}, [0, 0, 1, 2, 2, 3]),
    ({"size": 5, "mode": "nearest-exact"}, [0, 1, 2, 2, 3]),
    ({"scale_factor": 0.5}, [0, 2]),
    ({"size": 2, "mode": "area"}, [0.5, 2.5]),
    ({"size": 3, "mode": "area"}, [0.5, 1.5, 2.5]),
    ({"size": 8, "mode": "linear"}, [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]),
    ({"size": 7, "mode": "linear", "align_corners": True}, [0, 0.5, 1, 1.5, 2, 2.5, 3]),
    ({"size": 1, "mode": "linear", "align_corners": True}, [0]),
    ({"scale_factor": 1.4, "mode": "linear"}, [0, 4 / 7, 9 / 7, 2, 19 / 7]),
    ({"scale_factor": 1.4, "mode": "linear", "recompute_scale_factor": True}, [0, 0.7, 1.5, 2.3, 3]),
]


@pytest.mark.parametrize(("settings", "expected"), AT_HAND)
def test_values_at_hand(settings, expected):
    np.testing.assert_allclose(interpolate(np.arange(4.0).reshape(1, 1, 4), **settings)[0, 0], expected, atol=1e-12)


@pytest.mark.parametrize(
    ("mode", "antialias", "degree"), [("bilinear", False, 1), ("bilinear", True, 1), ("bicubic", True, 2)]
)
def test_smooth_modes_keep_polynomials_away_from_the_edges(mode, antialias, degree):
    old, new = np.arange(12.0) ** degree, ((np.arange(24) + 0.5) / 2 - 0.5) ** degree
    y = interpolate(np.multiply.outer(old, old)[None, None], scale_factor=2, mode=mode, antialias=antialias)[0, 0]

    np.testing.assert_allclose(y[4:-4, 4:-4], np.multiply.outer(new, new)[4:-4, 4:-4])


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "lanczos"])
def test_a_smaller_image_with_antialias_weighs_every_pixel(mode):
    x = np.ones((1, 1, 9, 9))
    y, pull = ag.vjp(lambda x: interpolate(x, size=2, mode=mode, antialias=True), x)

    np.testing.assert_allclose(y, 1)
    assert (pull(np.ones_like(y))[0] != 0).all()
    assert (ag.grad(lambda x: interpolate(x, size=2, mode="bilinear").sum())(x) == 0).any()


@pytest.mark.parametrize(
    ("n", "m", "mode", "dtype", "at", "expected"),  # what PyTorch 2.13 takes
    [
        (693, 609, "nearest", "f", 87, 98),
        (693, 609, "nearest", "d", 87, 99),
        (576, 228, "nearest", "f", 95, 239),
        (656, 68, "nearest-exact", "f", 25, 245),
        (656, 68, "nearest-exact", "d", 25, 246),
    ],
)
def test_of_two_elements_that_are_as_near_the_same_is_taken_as_by_pytorch(n, m, mode, dtype, at, expected):
    assert interpolate(np.arange(n, dtype=dtype)[None, None], m, mode=mode)[0, 0, at] == expected


def test_the_nearest_elements_of_integers_are_integers():
    assert interpolate(np.array([[[1, 2]]]), size=3).tolist() == [[[1, 1, 2]]]


def test_a_nan_reaches_what_depends_on_it_only():
    y = interpolate(np.array([[[1.0, 2.0, np.nan, 4.0, 5.0]]]), size=9, mode="linear", align_corners=True)

    assert np.isnan(y[0, 0]).tolist() == [False, False, False, True, True, True, False, False, False]


# -- at places of one's own --------------------------------------------------------------------------------------------

UPRIGHT = np.array([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])


@pytest.mark.parametrize("align_corners", [False, True])
@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
def test_the_places_of_an_image_give_the_image(mode, align_corners):
    x = random.standard_normal((1, 2, 3, 4))
    grid = affine_grid(UPRIGHT, x.shape, align_corners)

    np.testing.assert_allclose(grid_sample(x, grid, mode, align_corners=align_corners), x, atol=1e-12)


def test_an_affine_map_turns_the_image_around():
    x = random.standard_normal((1, 1, 2, 3, 4))
    around = np.array([[[0.0, -1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, -1.0, 0.0]]])
    y = grid_sample(x, affine_grid(around, (1, 1, 2, 4, 3)))

    np.testing.assert_allclose(y[0, 0], np.rot90(x[0, 0, ::-1], axes=(1, 2)), atol=1e-12)


# at -1, -0.5, 0, 1, 1.5, 2.5 and 3.5, where the pixels are 1, 2, 4 at 0, 1, 2
BEYOND = [
    ("zeros", False, [0, 0.5, 1, 2, 3, 2, 0]),
    ("border", False, [1, 1, 1, 2, 3, 4, 4]),
    ("reflection", False, [1, 1, 1, 2, 3, 4, 3]),
    ("reflection", True, [2, 1.5, 1, 2, 3, 3, 1.5]),
]


@pytest.mark.parametrize(("padding_mode", "align_corners", "expected"), BEYOND)
def test_beyond_the_image_is_what_padding_mode_says(padding_mode, align_corners, expected):
    place = np.array([-1, -0.5, 0, 1, 1.5, 2.5, 3.5])
    x = place - 1 if align_corners else (2 * place + 1) / 3 - 1
    pixels = np.array([[[[1.0, 2.0, 4.0]]]])
    found = grid_sample(pixels, np.stack([x, 0 * x], -1)[None, None], "bilinear", padding_mode, align_corners)

    np.testing.assert_allclose(found[0, 0, 0], expected, atol=1e-12)


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
def test_samples_differentiate_by_images_and_by_places(mode, padding_mode):
    x, theta = random.standard_normal((2, 1, 3, 3)), random.standard_normal((2, 2, 3))

    check_grads(
        lambda x, theta: grid_sample(x, affine_grid(theta, (2, 1, 2, 2)), mode, padding_mode), x, theta,
        directions=1,
    )  # fmt: skip


def test_a_pixel_beyond_the_image_has_no_influence_and_a_place_that_is_no_number_is_seen():
    y = grid_sample(np.full((1, 1, 1, 1), np.inf, np.float32), np.array([[[[4.0, 0.0]]]], np.float32))

    assert (y.dtype, y.tolist()) == (np.float32, [[[[0.0]]]])
    assert np.isnan(grid_sample(np.ones((1, 1, 1, 1)), np.full((1, 1, 1, 2), np.nan)))


REFUSED = [
    (lambda: interpolate(floats(1, 3), 2), ShapeError, r"with 1 or 2 or 3 of these, none of them empty, and was given \(1, 3\)"),
    (lambda: interpolate(floats(1, 1, 3, 3), 2, mode="linear"), ShapeError, r"in mode 'linear' .* with 1 of these, .* given"),
    (lambda: interpolate(floats(1, 1, 0), 2), ShapeError, r"none of them empty, and was given \(1, 1, 0\)"),
    (lambda: interpolate(floats(1, 1, 3)), SettingError, "size is None, scale_factor None, .* give a size, or a scale_factor"),
    (lambda: interpolate(floats(1, 1, 3), 2, 2.0), SettingError, "size is 2, scale_factor 2.0, .* give a size, or"),
    (lambda: interpolate(floats(1, 1, 3), 2, recompute_scale_factor=True), SettingError, "which may be recomputed"),
    (lambda: interpolate(floats(1, 1, 3), (2, 2)), SettingError, r"interpolate: size is \(2, 2\): give one number$"),
    (lambda: interpolate(floats(1, 1, 3), scale_factor=0.3), SettingError, r"scale_factor is 0.3: .* leaves some of \(3,\)"),
    (lambda: interpolate(floats(1, 1, 3), scale_factor=(1.0, 2.0)), SettingError, "give one positive number, that leaves"),
    (lambda: interpolate(floats(1, 1, 3), 2, mode="cubic"), SettingError, "mode is 'cubic': choose among 'nearest', "),
    (lambda: interpolate(floats(1, 1, 3), 2, align_corners=True), SettingError, "mode 'nearest' knows no align_corners"),
    (lambda: interpolate(floats(1, 1, 3), 2, mode="area", antialias=True), SettingError, "mode 'area' knows no antialias"),
    (lambda: interpolate(floats(1, 1, 3, 3), 2, mode="lanczos"), SettingError, "mode 'lanczos' needs antialias"),
    (lambda: grid_sample(floats(1, 1, 3), floats(1, 3, 2)), ShapeError, r"grid \(N, H', W', 2\), or .* given \(1, 1, 3\) and"),
    (lambda: grid_sample(floats(1, 1, 2, 2), floats(2, 1, 1, 2)), ShapeError, r"\(1, 1, 2, 2\) and \(2, 1, 1, 2\)"),
    (lambda: grid_sample(floats(1, 1, 1, 1, 1), floats(1, 1, 1, 1, 3), "bicubic"), SettingError, "take 'bilinear'"),
    (lambda: grid_sample(floats(1, 1, 1, 1), floats(1, 1, 1, 2), padding_mode="wrap"), SettingError, "padding_mode is 'wrap'"),
    (lambda: affine_grid(floats(1, 2, 2), (1, 1, 2, 2)), ShapeError, r"theta of shape \(N, 2, 3\) .* given \(1, 2, 2\) for"),
    (lambda: nn.Upsample(), SettingError, "Upsample: size is None, scale_factor None: give one of the two"),
    (lambda: nn.Upsample(2, mode="cubic"), SettingError, "Upsample: mode is 'cubic': choose among"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "words"), REFUSED, ids=range(len(REFUSED)))
def test_what_has_no_meaning_is_refused_with_words(call, error, words):
    with pytest.raises(error, match=words):
        call()
