"""Transposed convolution, windows as columns, products with sparse matrices: each against what it is the transpose of."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import ops
from autograd_core.errors import BoundsError, ShapeError, UnsupportedError
from autograd_core.testing import check_grads

rng = np.random.default_rng(0)

# the shape of x, that of w, and settings
TRANSPOSED = [
    ((2, 3, 4, 5), (3, 4, 3, 2), {}),
    ((2, 3, 4, 3), (3, 2, 3, 3), {"stride": (2, 3), "padding": (2, 0), "dilation": (1, 2)}),
    ((2, 4, 3, 3), (4, 1, 2, 3), {"groups": 2, "padding": 1}),
    ((1, 2, 5), (2, 3, 3), {"stride": 3, "output_padding": 2}),
    ((1, 2, 4), (2, 3, 2), {"stride": 2, "dilation": 5, "padding": 1, "output_padding": 4}),
    ((1, 2, 2, 3, 2), (2, 1, 2, 2, 2), {"stride": (1, 2, 1), "output_padding": (0, 1, 0)}),
]


@pytest.mark.parametrize(("x_shape", "w_shape", "settings"), TRANSPOSED)
def test_a_transposed_convolution_is_the_transpose_of_the_convolution(x_shape, w_shape, settings):
    x, w = rng.normal(size=x_shape), rng.normal(size=w_shape)
    y = ops.conv_transpose(x, w, **settings)
    image = rng.normal(size=y.shape)
    seen = ops.conv(image, w, **{name: s for name, s in settings.items() if name != "output_padding"})
    seen = seen[:, :, *[slice(n) for n in x_shape[2:]]]  # a window more, where the output padding has room for one

    np.testing.assert_allclose(np.vdot(image, y), np.vdot(seen, x))


@pytest.mark.parametrize(("x_shape", "w_shape", "settings"), TRANSPOSED)
def test_a_transposed_convolution_differentiates_in_images_weights_and_bias(x_shape, w_shape, settings):
    b = rng.normal(size=w_shape[1] * settings.get("groups", 1))

    check_grads(
        lambda *given: ops.conv_transpose(*given, **settings), rng.normal(size=x_shape), rng.normal(size=w_shape), b,
        directions=1,
    )  # fmt: skip


def test_a_single_image_is_spread_without_a_batch_axis():
    x, w = rng.normal(size=(2, 3, 3)), rng.normal(size=(2, 1, 2, 2))

    np.testing.assert_array_equal(ops.conv_transpose(x, w), ops.conv_transpose(x[None], w)[0])


def test_a_transposed_convolution_has_no_padding_that_keeps_the_size():
    with pytest.raises(UnsupportedError, match="padding is a number, or one for each of 1 spatial axes, not 'same'"):
        ops.conv_transpose(np.ones((1, 1, 3)), np.ones((1, 1, 2)), padding="same")


@pytest.mark.parametrize(
    ("x", "w", "settings", "words"),
    [
        ((2, 5, 6, 6), (4, 3, 3, 3), {}, r"axis 1 of x \(5 channels\) must be axis 0 of w \(4\)"),
        ((2, 4), (4, 3, 3, 3), {}, r"w has 2 spatial axes, so x has 4 axes, .* or one less for one image"),
        ((2, 3, 4), (3, 1, 2), {"groups": 2}, "groups=2: groups must divide the 3 input channels"),
        ((2, 3, 4), (3, 1, 2), {"b": np.ones(2)}, r"b \(2,\): b has the shape \(output channels,\), here \(1,\)"),
        (
            (2, 3, 4),
            (3, 1, 2),
            {"stride": 2, "output_padding": 2},
            r"output_padding \(2,\) must be less than the stride",
        ),
        ((2, 3, 4), (3, 1, 2), {"padding": 3}, r"padding \(3,\) leaves nothing, a result of size \(-1,\)"),
        ((2, 3, 4), (3, 1, 2), {"stride": 0}, "stride and dilation must be at least 1"),
    ],
)
def test_a_transposed_convolution_that_does_not_fit_says_what_would(x, w, settings, words):
    with pytest.raises(ShapeError, match=words):
        ops.conv_transpose(np.ones(x), np.ones(w), **settings)


# -- windows as columns ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x_shape", "w_shape", "settings"),
    [
        ((2, 3, 6, 5), (4, 3, 3, 2), {"stride": (1, 2), "padding": (1, 0)}),
        ((2, 3, 8), (4, 3, 3), {"dilation": 2}),
        ((3, 4, 3, 5), (2, 3, 2, 3, 1), {"padding": (0, 1, 0)}),
    ],
)
def test_a_convolution_is_a_product_with_the_windows_as_columns(x_shape, w_shape, settings):
    x, w = rng.normal(size=x_shape), rng.normal(size=w_shape)
    columns = ops.unfold(x, w_shape[2:], **settings)
    y = ops.conv(x, w, **settings)

    np.testing.assert_allclose((w.reshape(len(w), -1) @ columns).reshape(y.shape), y, atol=1e-12)
    g = rng.normal(size=columns.shape)
    folded = ops.fold(g, x_shape[2 - len(w_shape) :], w_shape[2:], **settings)
    np.testing.assert_allclose(np.vdot(folded, x), np.vdot(g, columns))


def test_unfold_and_fold_differentiate():
    check_grads(lambda x: np.sin(ops.unfold(x, (2, 3), padding=1)), rng.normal(size=(2, 2, 3, 4)), directions=1)
    check_grads(lambda x: np.sin(ops.fold(x, (3, 4), (2, 3))), rng.normal(size=(12, 4)), directions=1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: ops.unfold(np.ones(3), (2, 2)),
            r"windows \(2, 2\) of x \(3,\): x has the shape \(N, C, spatial axes\)",
        ),
        (lambda: ops.unfold(np.ones((1, 2, 2)), (3, 3)), r"spans \(3, 3\) elements, more than the \(2, 2\)"),
        (
            lambda: ops.fold(np.ones((1, 4, 5)), (3, 3), (2, 2)),
            "has 4 windows there, so that x has 4 columns, and a multiple",
        ),
        (lambda: ops.fold(np.ones((1, 5, 4)), (3, 3), (2, 2)), "and a multiple of 4 rows"),
        (lambda: ops.fold(np.ones((1, 4, 4)), (3,), (2, 2)), "size and kernel a number for each axis"),
    ],
)
def test_columns_that_do_not_fit_say_what_would(call, words):
    with pytest.raises(ShapeError, match=words):
        call()


# -- sparse matrices ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("valued", [False, True])
def test_a_product_with_a_sparse_matrix_is_that_with_the_dense_one(axis, valued):
    rows, columns = rng.integers(7, size=12), rng.integers(5, size=12)
    values = rng.normal(size=12) if valued else None
    dense = np.zeros((7, 5))
    np.add.at(dense, (rows, columns), 1 if values is None else values)
    matrix, x = ops.SparseMatrix(rows, columns, values, shape=(7, 5)), rng.normal(size=(5, 5, 5))

    expected = np.moveaxis(np.moveaxis(x, axis, -1) @ dense.T, -1, axis)
    np.testing.assert_allclose(ops.sparse_product(matrix, x, axis), expected, atol=1e-14)
    back = np.moveaxis(np.moveaxis(expected, axis, -1) @ dense, -1, axis)
    np.testing.assert_allclose(ops.sparse_product(matrix.T, expected, axis), back, atol=1e-14)
    check_grads(lambda x: ops.sparse_product(matrix, np.sin(x), axis) ** 2, x, directions=1)


def test_what_a_sparse_matrix_has_no_entry_for_is_not_looked_at():
    matrix = ops.SparseMatrix([0, 1], [0, 1], shape=(2, 2))
    y, pull = ag.vjp(lambda x: ops.sparse_product(matrix, x), np.array([1.0, np.nan]))

    np.testing.assert_array_equal(y, [1.0, np.nan])
    np.testing.assert_array_equal(pull(np.array([np.inf, 1.0]))[0], [np.inf, 1.0])


def test_integers_stay_integers_unless_they_are_weighed():
    ones, halves = [ops.SparseMatrix([0, 0], [0, 1], values, shape=(1, 2)) for values in (None, [0.5, 0.5])]

    assert ops.sparse_product(ones, [1, 2]).tolist() == [3]
    assert ops.sparse_product(ones, np.array([1, 2], np.int8)).dtype == np.int8
    assert ops.sparse_product(halves, [1, 2]).tolist() == [1.5]


def test_a_matrix_or_product_that_does_not_fit_says_why():
    with pytest.raises(ShapeError, match=r"a row, a column and a value for each entry, .* shapes \(2,\), \(1,\)"):
        ops.SparseMatrix([0, 1], [0], shape=(2, 2))
    with pytest.raises(BoundsError, match=r"of shape \(2, 2\) has no column 0 or 2"):
        ops.SparseMatrix([0, 1], [0, 2], shape=(2, 2))
    with pytest.raises(ShapeError, match=r"its 2 columns need an axis of that length, and axis 0 of x has 3"):
        ops.sparse_product(ops.SparseMatrix([0], [0], shape=(1, 2)), np.ones((3, 2)), 0)
