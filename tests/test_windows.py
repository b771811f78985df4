"""Convolution and pooling: values against the formulas as loops, every setting, and errors that say what would fit."""

from functools import partial
from itertools import product

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import ops
from autograd_core.errors import ShapeError, UnsupportedError
from autograd_core.primitives import window_products
from autograd_core.testing import check_grads

rng = np.random.default_rng(0)


def recorded(a):
    return ag.tensor(a, requires_grad=True)


def windows_of(x, kernel, stride, padding, dilation, outside):
    """Each window of x, as {place: the (..., *kernel) elements}."""
    axes = len(kernel)
    x = np.pad(x, [(0, 0)] * (x.ndim - axes) + [(p, p) for p in padding], constant_values=outside)
    size = x.shape[-axes:]
    places = [range((n - d * (k - 1) - 1) // s + 1) for n, k, s, d in zip(size, kernel, stride, dilation, strict=True)]
    return {
        place: x[
            ...,
            *[
                slice(p * s, p * s + d * (k - 1) + 1, d)
                for p, s, k, d in zip(place, stride, kernel, dilation, strict=True)
            ],
        ]
        for place in product(*places)
    }


def filled(windows, reduce, shape):
    some = max(windows)
    y = np.empty((*shape, *[n + 1 for n in some]))
    for place, window in windows.items():
        y[(..., *place)] = reduce(window)
    return y


def conv_by_loops(x, w, b, stride, padding, dilation, groups):
    inputs, outputs = w.shape[1], len(w) // groups
    parts = []
    for group in range(groups):
        channels = x[:, group * inputs : (group + 1) * inputs]
        weights = w[group * outputs : (group + 1) * outputs]
        windows = windows_of(channels, w.shape[2:], stride, padding, dilation, 0.0)
        axes = tuple(range(1, w.ndim))
        parts.append(
            filled(
                windows, lambda v, weights=weights, axes=axes: np.tensordot(v, weights, (axes, axes)), (len(x), outputs)
            )
        )
    y = np.concatenate(parts, axis=1)
    return y + b.reshape(-1, *[1] * (w.ndim - 2))


CONVOLUTIONS = [
    ((2, 3, 6, 5), (4, 3, 3, 2), {}),
    ((2, 3, 6, 5), (4, 3, 3, 2), {"stride": 2, "padding": 1}),
    ((2, 3, 9, 8), (4, 3, 3, 3), {"stride": (1, 3), "padding": (2, 0), "dilation": (2, 1)}),
    ((2, 4, 6, 6), (6, 2, 3, 3), {"groups": 2, "padding": 1}),
    ((2, 4, 6, 6), (4, 1, 3, 3), {"groups": 4}),
    ((3, 2, 9), (4, 2, 3), {"stride": [2], "dilation": 2}),
    ((1, 2, 4, 5, 4), (3, 2, 2, 3, 2), {"stride": (2, 1, 1), "padding": 1}),
    ((2, 3, 14, 13), (5, 3, 3, 3), {"padding": 1}),
    ((2, 3, 4, 4), (2, 3, 1, 1), {}),
    ((2, 3, 11, 9), (4, 3, 4, 5), {"stride": (3, 2), "padding": (1, 2)}),
    ((1, 2, 5, 30), (16, 2, 2, 3), {"stride": (2, 1), "padding": (1, 0)}),
    ((1, 1, 3, 129), (2, 1, 2, 2), {}),
    ((1, 2, 4, 12), (2, 2, 2, 2), {"padding": (2, 1)}),
]  # fmt: skip


def full(settings, axes):
    tuples = {k: settings.get(k, d) for k, d in (("stride", 1), ("padding", 0), ("dilation", 1))}
    return {k: (v,) * axes if isinstance(v, int) else tuple(v) for k, v in tuples.items()} | {
        "groups": settings.get("groups", 1)
    }


# -- convolution -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("x_shape", "w_shape", "settings"), CONVOLUTIONS)
def test_convolution_is_its_formula(x_shape, w_shape, settings):
    x, w, b = rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=w_shape[0])
    expected = conv_by_loops(x, w, b, **full(settings, len(x_shape) - 2))

    np.testing.assert_allclose(ops.conv(x, w, b, **settings), expected, atol=1e-12)
    y = ops.conv(recorded(x), recorded(w), recorded(b), **settings)
    np.testing.assert_allclose(y.numpy(), expected, atol=1e-12)
    assert y.node.primitive.name == "conv"
    np.testing.assert_allclose(
        ops.conv(x, w, **settings), expected - b.reshape(-1, *[1] * (len(x_shape) - 2)), atol=1e-12
    )


@pytest.mark.parametrize(("x_shape", "w_shape", "settings"), CONVOLUTIONS)
def test_convolution_differentiates_in_images_weights_and_bias(x_shape, w_shape, settings):
    x, w, b = rng.normal(size=x_shape), rng.normal(size=w_shape), rng.normal(size=w_shape[0])

    check_grads(lambda x, w, b: ops.conv(x, w, b, **settings), x, w, b, directions=1)


# what decides between the ways to compute a convolution: small, so that each case goes another way
WAYS = {
    "windows copied, image by image": {"SETUP": 10**9, "FEW_WINDOWS": 0},
    "windows copied, in bands": {"SETUP": 10**9, "FEW_WINDOWS": 0, "BLOCK": 16},
    "rows not copied": {"SETUP": 0},
    "rows not copied, in bands": {"SETUP": 0, "BLOCK": 16},
    "rows not copied, in parts": {"SETUP": 0, "SMALL_PRODUCT": 1000},
    "rows not copied, for some outputs each": {"SETUP": 0, "SMALL_PRODUCT": 4000},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("x_shape", "w_shape", "settings"), CONVOLUTIONS)
def test_every_way_to_compute_a_convolution_gives_the_same(monkeypatch, way, x_shape, w_shape, settings):
    x, w = rng.normal(size=x_shape), rng.normal(size=w_shape)
    y, pull = ag.vjp(partial(ops.conv, **settings), x, w)
    g = rng.normal(size=y.shape)
    expected = [y, *pull(g)]
    for name, value in (WAYS[way] | {"SMALL_WORKSPACE": -1}).items():
        monkeypatch.setattr(window_products, name, value)
    y, pull = ag.vjp(partial(ops.conv, **settings), x, w)

    for found, same in zip([y, *pull(g)], expected, strict=True):
        np.testing.assert_allclose(found, same, atol=1e-12)


def test_every_order_of_derivative_of_a_convolution_is_one_of_its_three_kernels():
    x, w = rng.normal(size=(1, 2, 5, 5)), rng.normal(size=(2, 2, 3, 3))

    check_grads(lambda x, w: np.sum(ops.conv(np.tanh(x), w, padding=1) ** 2), x, w, order=3, directions=1)


def test_the_gradient_of_a_convolution_reaches_only_what_wants_one():
    w = recorded(rng.normal(size=(2, 3, 3, 3)))
    ops.conv(rng.normal(size=(2, 3, 5, 5)), w).sum().backward()

    assert w.grad.shape == w.shape


def test_a_single_image_needs_no_batch_axis():
    x, w, b = rng.normal(size=(3, 6, 5)), rng.normal(size=(4, 3, 3, 2)), rng.normal(size=4)

    np.testing.assert_array_equal(ops.conv(x, w, b), ops.conv(x[None], w, b)[0])
    check_grads(ops.conv, x, w, b, directions=1)


@pytest.mark.parametrize("kernel", [(3, 3), (2, 4), (1, 5)])
@pytest.mark.parametrize("dilation", [1, 2])
def test_same_padding_keeps_the_size(kernel, dilation):
    x, w = rng.normal(size=(1, 2, 9, 10)), rng.normal(size=(3, 2, *kernel))
    y = ops.conv(recorded(x), w, padding="same", dilation=dilation)
    whole = [dilation * (k - 1) for k in kernel]
    padded = np.pad(x, [(0, 0), (0, 0), *[(n // 2, n - n // 2) for n in whole]])

    assert y.shape == (1, 3, 9, 10)
    np.testing.assert_allclose(y.numpy(), ops.conv(padded, w, padding="valid", dilation=dilation))


def test_convolution_keeps_single_precision():
    x, w, b = (rng.normal(size=s).astype(np.float32) for s in ((2, 3, 6, 5), (4, 3, 3, 2), (4,)))
    y, pull = ag.vjp(ops.conv, x, w, b)

    assert {y.dtype, *[g.dtype for g in pull(np.ones_like(y))]} == {np.dtype(np.float32)}


def test_no_images_give_no_results_and_zero_gradients():
    x, w, b = recorded(np.ones((0, 3, 6, 5))), recorded(np.ones((4, 3, 3, 2))), recorded(np.ones(4))
    y = ops.conv(x, w, b)
    y.sum().backward()

    assert y.shape == (0, 4, 4, 4)
    np.testing.assert_array_equal(w.grad.numpy(), np.zeros(w.shape))
    np.testing.assert_array_equal(b.grad.numpy(), np.zeros(4))


@pytest.mark.parametrize(
    ("x", "w", "b", "settings", "words"),
    [
        ((2, 5, 6, 6), (4, 3, 3, 3), (4,), {}, r"conv cannot combine x \(2, 5, 6, 6\), w \(4, 3, 3, 3\), b \(4,\): "
                                               r"axis 1 of x \(5 channels\) must be axis 1 of w times "
                                               r"groups \(3 \* 1 = 3\)$"),
        ((2, 6, 6, 3), (4, 3, 3, 3), None, {}, r"For channels-last images write  np.moveaxis\(x, -1, 1\)"),
        ((2, 3, 6, 6), (4, 3, 3, 3), (3,), {}, r"b has the shape \(output channels,\), here \(4,\)"),
        ((2, 3), (4, 3, 3, 3), None, {}, r"w has 2 spatial axes, so x has 4 axes, \(N, C, H, W\), or one less"),
        ((2, 3, 2, 6), (4, 3, 3, 3), None, {}, r"spans \(3, 3\) elements, more than the \(2, 6\) of the padded input"),
        ((2, 3, 6, 6), (4, 3, 3, 3), None, {"dilation": 4}, r"the kernel spans \(9, 9\) elements"),
        ((2, 4, 6, 6), (3, 2, 3, 3), None, {"groups": 2}, r"groups=2: groups must divide the 3 output channels"),
        ((2, 3, 6, 6), (4, 3, 3, 3), None, {"stride": (1, 2, 3)}, r"\(1, 2, 3\) has 3 numbers for 2 spatial axes"),
        ((2, 3, 6, 6), (4, 3, 3, 3), None, {"stride": 0}, "stride and dilation must be at least 1"),
        ((2, 3, 6, 6), (4, 3, 3, 3), None, {"padding": "same", "stride": 2}, "padding='same' keeps the size"),
    ],
)  # fmt: skip
def test_a_convolution_that_does_not_fit_says_what_would(x, w, b, settings, words):
    with pytest.raises(ShapeError, match=words):
        ops.conv(recorded(np.ones(x)), recorded(np.ones(w)), None if b is None else np.ones(b), **settings)


def test_an_unknown_padding_is_refused():
    with pytest.raises(UnsupportedError, match="'same' or 'valid', not 'reflect'"):
        ops.conv(np.ones((1, 1, 4)), np.ones((1, 1, 2)), padding="reflect")


# -- pooling -----------------------------------------------------------------------------------------------------------

POOLS = [
    ((2, 3, 6, 4), 2, {}),
    ((2, 3, 7, 5), 2, {}),
    ((2, 3, 7, 6), (3, 2), {"stride": (2, 1), "padding": 1}),
    ((2, 2, 9), 3, {"stride": [2], "padding": (1,)}),
    ((1, 2, 4, 5, 4), 2, {"stride": 1}),
    ((3, 6, 5), (2, 2), {}),
]  # fmt: skip


def pool_by_loops(x, kernel, reduce, outside, stride=None, padding=0, dilation=1):
    axes = x.ndim - 2 if isinstance(kernel, int) else len(kernel)
    kernel, padding, dilation = [(v,) * axes if isinstance(v, int) else tuple(v) for v in (kernel, padding, dilation)]
    stride = kernel if stride is None else (stride,) * axes if isinstance(stride, int) else tuple(stride)
    windows = windows_of(x, kernel, stride, padding, dilation, outside)
    return filled(windows, lambda v: reduce(v, tuple(range(-axes, 0))), x.shape[:-axes])


@pytest.mark.parametrize(
    ("shape", "kernel", "settings"), [*POOLS, ((1, 2, 9, 8), 2, {"stride": 1, "dilation": (3, 2)})]
)
def test_max_pooling_takes_the_largest_of_each_window(shape, kernel, settings):
    x = rng.permutation(float(np.prod(shape)) + np.arange(np.prod(shape))).reshape(shape)

    np.testing.assert_array_equal(
        ops.max_pool(x, kernel, **settings), pool_by_loops(x, kernel, np.max, -np.inf, **settings)
    )
    check_grads(lambda x: ops.max_pool(x, kernel, **settings), x, directions=1)


@pytest.mark.parametrize(("shape", "kernel", "settings"), POOLS)
def test_average_pooling_takes_the_mean_of_each_window(shape, kernel, settings):
    x = rng.normal(size=shape)

    np.testing.assert_allclose(
        ops.avg_pool(x, kernel, **settings), pool_by_loops(x, kernel, np.mean, 0.0, **settings), atol=1e-14
    )
    np.testing.assert_allclose(
        ops.avg_pool(x, kernel, count_include_pad=False, **settings),
        pool_by_loops(x, kernel, np.nanmean, np.nan, **settings),
        atol=1e-14,
    )
    for counted in (True, False):
        check_grads(partial(ops.avg_pool, kernel=kernel, count_include_pad=counted, **settings), x, directions=1)


@pytest.mark.parametrize("pool", [ops.max_pool, ops.avg_pool])
def test_pooling_composes_with_curved_functions_to_third_order(pool):
    x = rng.normal(size=(1, 2, 4, 4))

    check_grads(lambda x: np.sum(pool(np.sin(x) * x, 2) ** 2), x, order=3, directions=1)


def test_the_gradient_of_max_pooling_goes_to_the_first_of_equal_maxima():
    gradient = ag.grad(lambda x: np.sum(ops.max_pool(x, 2)))(np.ones((1, 1, 2, 4)))

    np.testing.assert_array_equal(gradient[0, 0], [[1, 0, 1, 0], [0, 0, 0, 0]])


def test_overlapping_windows_add_their_gradients():
    gradient = ag.grad(lambda x: np.sum(ops.max_pool(x, 2, 1)))(np.array([[[0.0, 5.0, 1.0]]]))

    np.testing.assert_array_equal(gradient, [[[0, 2, 0]]])


def test_max_pooling_cuts_what_it_does_not_pick():
    gradient = ag.grad(lambda x: np.sum(ops.max_pool(np.sqrt(x), 2)))(np.array([[[0.0, 4.0]]]))

    np.testing.assert_array_equal(gradient, [[[0, 0.25]]])  # sqrt has an infinite slope at 0, but nothing depends on it


def test_nan_wins_a_window():
    y, pull = ag.vjp(lambda x: ops.max_pool(x, 2), np.array([[[1.0, np.nan, 3.0, 2.0]]]))

    np.testing.assert_array_equal(y, [[[np.nan, 3]]])
    np.testing.assert_array_equal(pull(np.ones((1, 1, 2)))[0], [[[0, 1, 1, 0]]])


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "windows"),
    [(5, 2, 2, 0, 3), (4, 2, 2, 0, 2), (5, 3, 3, 1, 2), (4, 2, 3, 0, 2), (2, 2, 3, 1, 1)],
)
def test_ceil_mode_adds_the_window_that_reaches_beyond_the_end(size, kernel, stride, padding, windows):
    x = np.arange(float(size)).reshape(1, 1, size)
    y = ops.max_pool(recorded(x), kernel, stride, padding=padding, ceil_mode=True)

    assert y.shape == (1, 1, windows)
    assert np.isfinite(y.numpy()).all()
    floor = ops.max_pool(x, kernel, stride, padding=padding)
    np.testing.assert_array_equal(y.numpy()[..., : floor.shape[-1]], floor)


@pytest.mark.parametrize("pool", [ops.max_pool, ops.avg_pool])
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_pooling_keeps_the_dtype(pool, dtype):
    y, pull = ag.vjp(lambda x: pool(x, 2), rng.normal(size=(1, 2, 4, 4)).astype(dtype))

    assert (y.dtype, pull(np.ones_like(y))[0].dtype) == (dtype, dtype)


@pytest.mark.parametrize("pool", [ops.max_pool, ops.avg_pool])
@pytest.mark.parametrize(
    ("shape", "kernel", "settings", "words"),
    [
        ((4,), 2, {}, r"x has the shape \(N, C, spatial axes\)"),
        ((2, 3, 4, 4), 5, {}, r"the kernel spans \(5, 5\) elements, more than the \(4, 4\) of the padded input"),
        ((2, 3, 4, 4), 2, {"padding": 2}, r"padding \(2, 2\) must be at most half of the kernel"),
        ((2, 3, 4, 4), (2, 2), {"stride": (1,)}, r"stride \(1,\) has 1 numbers for 2 spatial axes"),
        ((2, 3, 4, 4), 2, {"stride": 0}, "stride and dilation must be at least 1"),
    ],
)
def test_pooling_that_does_not_fit_says_what_would(pool, shape, kernel, settings, words):
    with pytest.raises(ShapeError, match=words):
        pool(recorded(np.ones(shape)), kernel, **settings)
