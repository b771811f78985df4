"""Activations: values against their formulas, the conventions at kinks, and both faces at the edges of the floats."""

import math

import mpmath
import numpy as np
import pytest

import autograd_core as ag
from autograd_core import ops
from autograd_core.errors import UnsupportedError

x = np.linspace(-3, 3, 8)  # without 0
SIGMOID = 1 / (1 + np.exp(-x))
PHI = np.array([0.5 * math.erfc(-v / math.sqrt(2)) for v in x])

FORMULAS = [
    (ops.relu, np.where(x > 0, x, 0)),
    (ops.leaky_relu, np.where(x > 0, x, 0.01 * x)),
    (ops.elu, np.where(x > 0, x, np.exp(x) - 1)),
    (ops.sigmoid, SIGMOID),
    (ops.softplus, np.log(1 + np.exp(x))),
    (ops.silu, x * SIGMOID),
    (ops.gelu, x * PHI),
    (ops.erf, np.array([math.erf(v) for v in x])),
]
each = pytest.mark.parametrize("f", [f for f, _ in FORMULAS], ids=lambda f: f.__name__)


@pytest.mark.parametrize(("f", "expected"), FORMULAS, ids=lambda f: getattr(f, "__name__", ""))
def test_an_activation_is_its_formula(f, expected):
    np.testing.assert_allclose(f(x), expected, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(f(ag.tensor(x, requires_grad=True)).numpy(), expected, rtol=1e-12, atol=1e-15)


@each
def test_an_activation_gives_scalars_what_it_gives_arrays(f):
    for v in (-2.5, -0.0, 0.0, 0.7):
        s, t = ag.scalar(v), ag.tensor(v, requires_grad=True)
        a, b = f(s), f(t)
        a.backward()
        b.backward()

        assert isinstance(a, ag.Scalar)
        np.testing.assert_allclose((a.data, s.grad), (b.item(), t.grad.item()), rtol=1e-14, atol=1e-16)


@each
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_an_activation_keeps_the_dtype(f, dtype):
    t = ag.tensor(x.astype(dtype), requires_grad=True)
    y = f(t)
    y.sum().backward()

    assert (y.dtype, t.grad.dtype) == (dtype, dtype)


@each
def test_an_activation_shows_nan_and_takes_infinity(f):
    with np.errstate(invalid="ignore"):
        at_nan, at_infinity = f(np.array([np.nan, np.inf]))

    assert np.isnan(at_nan)
    assert at_infinity in (1.0, np.inf)


@pytest.mark.parametrize("f", [ops.sigmoid, ops.softplus, ops.elu, ops.erf, ops.relu, ops.silu])
def test_large_arguments_neither_overflow_nor_lose_the_slope(f):
    y, pull = ag.vjp(f, np.array([-1e4, 1e4]))
    (slope,) = pull(np.ones(2))

    limits = {ops.sigmoid: ([0, 1], [0, 0]), ops.erf: ([-1, 1], [0, 0]), ops.elu: ([-1, 1e4], [0, 1])}
    expected = limits.get(f, ([0, 1e4], [0, 1]))
    np.testing.assert_array_equal((y, slope), expected)


def test_the_slope_of_relu_at_zero_is_zero():
    assert ag.grad(ops.relu)(0.0) == 0.0
    assert ag.grad(ops.relu)(-0.0) == 0.0
    assert ag.grad(ops.relu)(5e-324) == 1.0


def test_relu_cuts_the_path_of_what_it_flattens():
    gradient = ag.grad(lambda v: np.sum(np.sqrt(ops.relu(v))))(np.array([4.0]))
    behind = ag.grad(lambda v: np.sum(ops.relu(-np.sqrt(v))))(np.array([0.0]))

    assert gradient.tolist() == [0.25]
    assert behind.tolist() == [0.0]  # sqrt has an infinite slope at 0, but nothing depends on it


def test_a_leaky_slope_can_be_learned():
    slope = ag.tensor(0.25, requires_grad=True)
    ops.leaky_relu(ag.tensor([-2.0, 3.0, -1.0]), slope).sum().backward()

    assert slope.grad.item() == -3.0


def test_gelu_by_tanh_is_close_to_gelu():
    np.testing.assert_allclose(ops.gelu(x, approximate="tanh"), ops.gelu(x), atol=1e-3)


def test_gelu_names_its_forms():
    with pytest.raises(UnsupportedError, match="approximate='none' and approximate='tanh', not 'quick'"):
        ops.gelu(x, approximate="quick")


@pytest.mark.parametrize(("dtype", "ulps"), [(np.float64, 2), (np.float32, 2), (np.float16, 1)])
def test_erf_is_accurate_to_the_dtype(dtype, ulps):
    points = np.concatenate([np.linspace(-7, 7, 20001), 10.0 ** np.linspace(-4, 0, 101)]).astype(dtype)
    expected = np.array([math.erf(v) for v in points.astype(float)])
    error = np.abs(ops.erf(points).astype(float) - expected)

    assert np.max(error / np.maximum(np.abs(expected), np.finfo(dtype).tiny)) < ulps * np.finfo(dtype).eps


def test_erf_is_one_at_infinity_and_keeps_the_sign_of_zero():
    y = ops.erf(np.array([np.inf, -np.inf, 0.0, -0.0]))

    np.testing.assert_array_equal(y, [1, -1, 0, 0])
    np.testing.assert_array_equal(np.signbit(y), [False, True, False, True])


def test_erf_of_an_array_larger_than_a_block_is_that_of_its_parts():
    points = np.linspace(-3, 3, 100_001)

    np.testing.assert_array_equal(ops.erf(points)[::1000], ops.erf(points[::1000]))


def test_erf_of_complex_numbers_is_refused():
    with pytest.raises(UnsupportedError, match="real part"):
        ops.erf(np.array([1j]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gelu_and_its_slope_are_accurate_to_the_dtype_and_gelu_in_the_tail_too(dtype):
    points = np.linspace(-9, 14, 901).astype(dtype)
    wide = points.astype(np.longdouble)
    with mpmath.workdps(30):
        p = np.array([np.longdouble(mpmath.nstr(mpmath.ncdf(v), 25)) for v in points.tolist()])
    t = ag.tensor(points, requires_grad=True)
    y = ops.gelu(t)
    y.sum().backward()
    slope = p + wide * np.exp(-wide * wide / 2) / np.sqrt(2 * np.longdouble(np.pi))

    eps = np.finfo(dtype).eps
    assert np.all(np.abs(t.grad.numpy() - slope) <= 2 * eps)
    off = np.abs(y.numpy() - wide * p) / np.abs(wide * p)
    assert np.all(off[points > -3] <= 3 * eps)
    assert np.all(off <= 25 * eps)


def test_gelu_has_one_value_whether_recorded_or_not_in_whatever_order_it_lies():
    points = np.random.default_rng(0).standard_normal((300, 2, 400)).astype(np.float32)
    for a in (points, points.transpose(2, 0, 1), points[:, ::-1, ::3]):
        t = ag.tensor(0 * a, requires_grad=True) + a
        np.testing.assert_array_equal(ops.gelu(t).numpy(), ops.gelu(a))
        np.testing.assert_array_equal(ops.gelu(a).ravel()[::1000], ops.gelu(a.ravel()[::1000]))


@pytest.mark.parametrize("f", [ops.gelu, ops.erf])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_stretched_arguments_keep_their_places(f, order):
    points = np.broadcast_to(x.reshape(2, 1, 4), (2, 3, 4)).transpose(order)

    np.testing.assert_array_equal(f(points), f(points.copy()))


def test_gelu_can_be_walked_back_twice():
    t = ag.tensor(x, requires_grad=True)
    y = ops.gelu(t)
    y.backward(x, retain_graph=True)
    first = t.grad.numpy().copy()
    t.grad = None
    y.backward(x)

    np.testing.assert_array_equal(t.grad, first)


def test_large_arguments_of_gelu_do_not_overflow():
    t = ag.tensor(np.array([-1e30, -30.0, 30.0, 1e30], np.float32), requires_grad=True)
    y = ops.gelu(t)
    y.sum().backward()

    np.testing.assert_array_equal(y.numpy(), [0, 0, 30, np.float32(1e30)])
    np.testing.assert_array_equal(t.grad, [0, 0, 1, 1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scores", [[1.0, 2.0, -np.inf], [1e4, 1e4, 0.0], [-1e4, -1e4, -1e9], [-900.0, 0.0, 700.0]])
def test_softmax_is_exact_however_large_the_scores_of_any_row(scores, dtype):
    a = np.array([scores, [0.5, -1.0, 0.0]], dtype)
    wide = a.astype(np.longdouble)
    e = np.exp(wide - wide.max(1, keepdims=True))

    np.testing.assert_allclose(ops.softmax(a), e / e.sum(1, keepdims=True), rtol=4 * np.finfo(dtype).eps, atol=1e-40)


def test_softmax_of_a_row_that_is_left_out_as_a_whole_is_undefined():
    with np.errstate(invalid="ignore"):
        y = ops.softmax(np.array([[-np.inf, -np.inf], [0.0, 0.0]]))

    np.testing.assert_array_equal(y, [[np.nan, np.nan], [0.5, 0.5]])
