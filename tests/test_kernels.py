"""Kernels on plain arrays, where they go other ways than their definitions: blocks, remainders, where an array begins."""

import numpy as np
import pytest

from autograd_core.primitives import small_products
from autograd_core.primitives.buffers import LINE, Row, fresh, fresh_like
from autograd_core.primitives.channel_kernels import standard_channels, standard_channels_back
from autograd_core.primitives.row_kernels import BLOCK, standard_rows, standard_rows_back

random = np.random.default_rng(0)


def floats(*shape, dtype=np.float64):
    return random.standard_normal(shape).astype(dtype)


def begins_at_a_line(x):
    return x.__array_interface__["data"][0] % LINE == 0


def test_large_arrays_begin_at_a_cache_line_in_the_order_that_is_asked_for():
    assert begins_at_a_line(fresh((300, 301), np.dtype(np.float32)))
    assert fresh_like(np.ones((300, 301), order="F")).flags.f_contiguous


@pytest.mark.parametrize("rows", [1, 64, 200])
def test_a_row_is_applied_to_all_rows(rows):
    x, row = floats(rows, 128), floats(128)

    np.testing.assert_array_equal(Row(row, rows).apply(np.multiply, x, np.empty_like(x)), x * row)


SHAPES = {
    "as many rows as fit": (1024, 32, 64),
    "some rows left over": (1003, 64, 128),
    "more columns than small products take": (600, 600, 600),
    "few rows": (20, 300, 300),
}


@pytest.mark.parametrize("pays", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
@pytest.mark.parametrize(("m", "k", "n"), SHAPES.values(), ids=SHAPES)
def test_many_small_products_are_the_large_one(m, k, n, dtype, pays, monkeypatch):
    monkeypatch.setattr(small_products, "PAYS", pays)
    if dtype == np.float16:
        m, k, n = m // 20, k // 20, n // 20
    a, b = floats(m, k, dtype=dtype), floats(n, k, dtype=dtype)

    for right in (b.T, np.ascontiguousarray(b.T), np.asfortranarray(b.T)[:, ::-1]):
        y = small_products.product(a, right)
        bound = np.finfo(dtype).eps * (np.abs(a) @ np.abs(right))
        assert np.all(np.abs(y - a @ right) <= 4 * bound)
        assert y.dtype == dtype


@pytest.mark.parametrize("pays", [True, False])
@pytest.mark.parametrize(("m", "k", "n"), [(32, 64, 128), (32, 512, 128), (64, 300, 301), (100, 512, 512)])
def test_a_product_with_a_transpose_is_that_in_rows_whatever_the_way(m, k, n, pays, monkeypatch):
    monkeypatch.setattr(small_products, "PAYS", pays)
    a, b = floats(m, k, dtype=np.float32), floats(n, k, dtype=np.float32)

    y = small_products.times_transposed(a, b)

    np.testing.assert_allclose(y, np.float64(a) @ np.float64(b).T, rtol=1e-4, atol=1e-4)
    assert y.flags.c_contiguous
    assert y.dtype == a.dtype


WIDE = {"baseline": ["X86_V2"], "found": ["X86_V4"]}
CONFIGS = {
    "both": ({"SIMD Extensions": WIDE, "Build Dependencies": {"blas": {"name": "scipy-openblas"}}}, True),
    "another library": ({"SIMD Extensions": WIDE, "Build Dependencies": {"blas": {"name": "accelerate"}}}, False),
    "no word of the processor": ({"Build Dependencies": {"blas": {"name": "openblas"}}}, False),
    "no word of anything": ({}, False),
}


@pytest.mark.parametrize(("config", "pays"), CONFIGS.values(), ids=CONFIGS)
def test_small_products_pay_where_numpy_says_so(config, pays, monkeypatch):
    monkeypatch.setattr(np, "show_config", lambda mode: config)

    assert small_products.has_small_kernels() is pays


def test_rows_of_several_blocks_are_standardised_as_by_the_formula():
    n = 129
    x, g, weight, bias = floats(2 * BLOCK // n + 7, n), floats(2 * BLOCK // n + 7, n), floats(n), floats(n)
    y, h, mean, variance = standard_rows(x, 0.1, True, weight, bias)
    scale = 1 / np.sqrt(x.var(1, keepdims=True) + 0.1)
    u = g * weight
    slope = scale * (u - u.mean(1, keepdims=True) - h * (u * h).mean(1, keepdims=True))

    np.testing.assert_allclose(mean[:, 0], x.mean(1), atol=1e-14)
    np.testing.assert_allclose(variance[:, 0], x.var(1))
    np.testing.assert_allclose(h, (x - x.mean(1, keepdims=True)) * scale, atol=1e-13)
    np.testing.assert_allclose(y, h * weight + bias, atol=1e-13)
    by_x, by_weight = standard_rows_back(g, h, variance, 0.1, True, weight)
    np.testing.assert_allclose(by_x, slope, atol=1e-13)
    np.testing.assert_allclose(by_weight, np.sum(g * h, 0), atol=1e-11)


@pytest.mark.parametrize("shape", [(7, 5, 1), (9, 3, 40), (5, 2, 10007)])
def test_channels_are_standardised_as_by_the_formula(shape):
    x, g, weight, bias = 3 + floats(*shape), floats(*shape), floats(shape[1]), floats(shape[1])
    y, variance, mean = standard_channels(x, 0.1, weight, bias)
    by_x, by_weight, by_bias = standard_channels_back(g, x, variance, mean, 0.1, weight)
    scale = 1 / np.sqrt(x.var((0, 2), keepdims=True) + 0.1)
    h = (x - x.mean((0, 2), keepdims=True)) * scale
    slope = weight[:, None] * scale * (g - g.mean((0, 2), keepdims=True) - h * (g * h).mean((0, 2), keepdims=True))

    np.testing.assert_allclose(mean, x.mean((0, 2)))
    np.testing.assert_allclose(variance, x.var((0, 2)))
    np.testing.assert_allclose(y, h * weight[:, None] + bias[:, None], atol=1e-13)
    np.testing.assert_allclose(by_x, slope, atol=1e-13)
    np.testing.assert_allclose(by_weight, np.sum(g * h, (0, 2)), atol=1e-11)
    np.testing.assert_allclose(by_bias, np.sum(g, (0, 2)), atol=1e-11)
