"""The convolution family of nn: gradients, shapes, texts and states, borders, places of elements, and what is refused."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import ShapeError
from autograd_core.testing import check_module
from nn import KindError, SettingError
from nn import functional as F

random = np.random.default_rng(0)


def floats(*shape):
    return random.standard_normal(shape).astype(np.float32)


LAYERS = [
    (nn.Conv1d(2, 4, 3, stride=2, padding=1), (3, 2, 7), (3, 4, 4)),
    (nn.Conv1d(2, 2, 2, padding="same", padding_mode="replicate"), (2, 5), (2, 5)),
    (nn.Conv2d(2, 4, (3, 2), padding=(2, 1), groups=2, padding_mode="reflect"), (1, 2, 4, 3), (1, 4, 6, 4)),
    (nn.Conv3d(1, 2, (2, 1, 3), padding=(1, 0, 1), padding_mode="circular", bias=False), (1, 3, 2, 4), (2, 4, 2, 4)),
    (nn.ConvTranspose1d(2, 3, 3, stride=2, output_padding=1), (2, 2, 3), (2, 3, 8)),
    (nn.ConvTranspose2d(4, 2, 3, (1, 2), (1, 0), groups=2, dilation=(2, 1), bias=False), (4, 3, 2), (2, 5, 5)),
    (nn.ConvTranspose3d(1, 2, 2), (2, 1, 1, 2, 1), (2, 2, 2, 3, 2)),
    (nn.Unfold(2, padding=1, stride=(1, 2)), (2, 3, 3, 4), (2, 12, 12)),
    (nn.Fold((3, 4), (2, 3)), (1, 12, 4), (1, 2, 3, 4)),
    (nn.PixelShuffle(2), (8, 1, 3), (2, 2, 6)),
    (nn.PixelUnshuffle(2), (2, 2, 6), (8, 1, 3)),
    (nn.ChannelShuffle(2), (1, 4, 3), (1, 4, 3)),
    (nn.ZeroPad1d((1, -1)), (2, 3), (2, 3)),
    (nn.ConstantPad2d((1, 0, 2, 0), 3.5), (2, 2, 2), (2, 4, 3)),
    (nn.ReflectionPad3d(1), (2, 2, 2, 3), (2, 4, 4, 5)),
    (nn.ReplicationPad2d((3, -1, 0, 2)), (1, 1, 2), (1, 3, 4)),
    (nn.CircularPad1d((2, 1)), (2, 3), (2, 6)),
]


@pytest.mark.parametrize(("layer", "given", "made"), LAYERS, ids=[repr(layer) for layer, _, _ in LAYERS])
def test_layers_keep_single_precision_and_have_right_gradients(layer, given, made):
    y = layer(ag.tensor(floats(*given), requires_grad=True))

    assert (y.shape, y.dtype) == (made, np.float32)
    check_module(layer, given, directions=1)


TEXTS = {
    nn.Conv1d(2, 4, 3, padding_mode="circular", padding=1): (
        "Conv1d(2, 4, kernel_size=(3,), stride=(1,), padding=(1,), padding_mode=circular)"
    ),
    nn.Conv3d(2, 4, 1, padding="valid"): "Conv3d(2, 4, kernel_size=(1, 1, 1), stride=(1, 1, 1), padding=valid)",
    nn.ConvTranspose2d(2, 4, 3, output_padding=1, stride=2, dilation=2, groups=2, bias=False): (
        "ConvTranspose2d(2, 4, kernel_size=(3, 3), stride=(2, 2), dilation=(2, 2), output_padding=(1, 1), groups=2, bias=False)"
    ),
    nn.Fold((4, 5), 2): "Fold(output_size=(4, 5), kernel_size=2, dilation=1, padding=0, stride=1)",
    nn.Unfold(2, stride=(1, 2)): "Unfold(kernel_size=2, dilation=1, padding=0, stride=(1, 2))",
    nn.PixelShuffle(2): "PixelShuffle(upscale_factor=2)",
    nn.PixelUnshuffle(2): "PixelUnshuffle(downscale_factor=2)",
    nn.ChannelShuffle(2): "ChannelShuffle(groups=2)",
    nn.ZeroPad2d(1): "ZeroPad2d((1, 1, 1, 1))",
    nn.ConstantPad1d((1, 2), 2.5): "ConstantPad1d(padding=(1, 2), value=2.5)",
    nn.ReflectionPad1d(3): "ReflectionPad1d((3, 3))",
}


@pytest.mark.parametrize("layer", TEXTS, ids=type)
def test_texts_are_pytorchs(layer):
    assert repr(layer) == TEXTS[layer]


def test_the_weight_of_a_transposed_convolution_has_the_input_channels_first():
    state = nn.ConvTranspose2d(4, 6, (3, 2), groups=2).state_dict()

    assert {key: value.shape for key, value in state.items()} == {"weight": (4, 3, 3, 2), "bias": (6,)}


@pytest.mark.parametrize(
    ("layer", "fan_in"),
    [(nn.Conv1d(8, 300, 5, generator=0), 40), (nn.ConvTranspose2d(500, 8, 5, groups=2, generator=0), 100)],
)
def test_weights_start_uniform_within_the_root_of_the_fan_in(layer, fan_in):
    w = layer.weight.numpy()

    np.testing.assert_allclose([w.min(), w.max()], [-(fan_in**-0.5), fan_in**-0.5], rtol=0.02)


def test_an_output_size_chooses_among_the_sizes_of_a_transposed_convolution():
    layer = nn.ConvTranspose1d(1, 1, 3, stride=3)

    assert [layer(floats(1, 2), output_size=[n]).shape for n in (6, 7, 8)] == [(1, 6), (1, 7), (1, 8)]
    assert layer(floats(2, 1, 2), output_size=(2, 1, 7)).shape == (2, 1, 7)
    with pytest.raises(
        SettingError, match=r"output_size is \(9,\): for an input of size \(2,\) give sizes from \(6,\) to \(8,\)"
    ):
        layer(floats(1, 2), output_size=(9,))


def test_a_padding_mode_is_a_border_before_the_convolution():
    layer = nn.Conv2d(1, 1, (3, 2), padding="same", padding_mode="reflect", bias=False)
    x = floats(1, 4, 5)

    np.testing.assert_allclose(
        layer(x).numpy(), F.conv2d(np.pad(x, [(0, 0), (1, 1), (0, 1)], "reflect"), layer.weight).numpy(), rtol=1e-5
    )


@pytest.mark.parametrize(("mode", "of_numpy"), [("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")])
@pytest.mark.parametrize("sides", [(1, 2), (0, 3, 2, 0), (1, 0, 2, 1, 0, 1)])
def test_borders_are_those_of_numpy(mode, of_numpy, sides):
    x = floats(2, 3, 4, 5)
    widths = [(0, 0)] * (4 - len(sides) // 2) + list(zip(sides[::2], sides[1::2], strict=True))[::-1]

    np.testing.assert_array_equal(F.pad(x, sides, mode), np.pad(x, widths, of_numpy))


def test_a_negative_border_takes_elements_away():
    x = np.arange(5.0)

    assert F.pad(x, (-1, 1)).tolist() == [1, 2, 3, 4, 0]
    assert F.pad(x, (-2, 2), "reflect").tolist() == [2, 3, 4, 3, 2]
    assert F.pad(x, (1, -4), "replicate").tolist() == [0, 0]
    assert F.pad(x, (-2, 2), "circular").tolist() == [2, 3, 4, 2, 3]
    assert F.pad(x, (-2, -3)).shape == (0,)


def test_what_a_negative_border_takes_away_has_no_influence():
    gradient = ag.grad(lambda x: np.sum(F.pad(np.sqrt(x), (-1, 1), "replicate")))

    assert gradient(np.array([0.0, 4.0])).tolist() == [0.0, 0.5]


def test_pixels_come_from_channels_in_rows():
    assert F.pixel_shuffle(np.arange(8.0).reshape(4, 1, 2), 2).tolist() == [[[0, 2, 1, 3], [4, 6, 5, 7]]]
    np.testing.assert_array_equal(F.pixel_unshuffle(F.pixel_shuffle(x := floats(2, 18, 2, 3), 3), 3), x)


REFUSED = [
    (lambda: nn.Conv1d(1, 2, (3, 3)), SettingError, r"Conv1d: kernel_size is \(3, 3\): give one number$"),
    (lambda: nn.Conv3d(1, 2, (3, 3)), SettingError, r"give one number, or three, \(depth, height, width\)"),
    (
        lambda: nn.Conv1d(1, 2, 3, padding_mode="edge"),
        SettingError,
        "padding_mode is 'edge': choose among 'zeros', 'reflect'",
    ),
    (lambda: nn.Conv1d(2, 2, 3)(floats(4, 5, 2)), ShapeError, r"\(N, 2, L\) or \(2, L\), .* np.moveaxis\(x, -1, 1\)"),
    (
        lambda: nn.Conv3d(1, 2, 1)(floats(1, 2, 3)),
        ShapeError,
        r"takes inputs of shape \(N, 1, D, H, W\) or \(1, D, H, W\)",
    ),
    (lambda: nn.ConvTranspose1d(1, 2, 3, padding="same"), SettingError, "has padding 'same' .* so that it is a number"),
    (
        lambda: nn.ConvTranspose1d(1, 2, 3, padding_mode="reflect"),
        SettingError,
        "padding_mode 'reflect': .* of one kind",
    ),
    (
        lambda: nn.ConvTranspose2d(1, 2, 3, output_padding=1),
        SettingError,
        "output_padding is 1: give less than the stride",
    ),
    (
        lambda: F.conv2d(floats(1, 2, 3), floats(1, 1, 2)),
        ShapeError,
        r"of shape \(C', C / groups, h, w\), .* \(1, 1, 2\)",
    ),
    (lambda: F.conv_transpose1d(floats(1, 2), floats(1, 1)), ShapeError, r"weight of shape \(C, C' / groups, l\)"),
    (lambda: nn.Unfold(0), SettingError, "Unfold: kernel_size is 0: give .* at least 1"),
    (lambda: nn.Fold((3, 3, 3), 2), SettingError, r"Fold: output_size is \(3, 3, 3\): give one number, or a pair"),
    (lambda: nn.PixelShuffle(2)(floats(3, 2, 2)), ShapeError, r"2 \* 2 divides C, and was given \(3, 2, 2\)"),
    (lambda: nn.PixelUnshuffle(2)(floats(1, 3, 2)), ShapeError, r"2 divides H and W, and was given \(1, 3, 2\)"),
    (lambda: nn.ChannelShuffle(2)(floats(1, 3, 2)), ShapeError, r"groups = 2 divides C, and was given \(1, 3, 2\)"),
    (lambda: nn.PixelShuffle(2.0), KindError, "PixelShuffle: upscale_factor is 2.0, a float"),
    (
        lambda: nn.ZeroPad2d((1, 2)),
        SettingError,
        r"ZeroPad2d: padding is \(1, 2\): give one number, or 4: before and after",
    ),
    (
        lambda: F.pad(floats(3), (1,)),
        ShapeError,
        r"takes \(before, after\) for the last axis, .* \(1,\) for an input of shape",
    ),
    (lambda: F.pad(floats(3), (1, 1, 1, 1)), ShapeError, r"was given \(1, 1, 1, 1\) for an input of shape \(3,\)"),
    (lambda: F.pad(floats(3), 1), KindError, r"pad is 1: give \(before, after\) for the last axis"),
    (lambda: F.pad(floats(3), (1, 1), "wrap"), SettingError, "pad: mode is 'wrap': choose among 'constant', 'reflect'"),
    (
        lambda: F.pad(floats(3), (1, 1), "reflect", 2.0),
        SettingError,
        "value is 2.0, and mode 'reflect' .* leave it out",
    ),
    (lambda: F.pad(floats(3), (3, 0), "reflect"), ShapeError, r"cannot put 3 and 0 .* it needs an axis of at least 4"),
    (lambda: F.pad(floats(3), (0, 4), "circular"), ShapeError, r"around axis -1 of shape \(3,\): .* at least 4"),
    (lambda: F.pad(floats(0), (0, 4), "replicate"), ShapeError, "it needs an axis of at least 1"),
    (lambda: F.pad(floats(3), (-2, -2)), ShapeError, r"cannot take as much as \(\(-2, -2\),\) away .* of shape \(3,\)"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED, ids=range(len(REFUSED)))
def test_what_has_no_meaning_is_refused_with_words(call, error, words):
    with pytest.raises(error, match=words):
        call()
