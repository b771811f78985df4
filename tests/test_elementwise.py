"""Elementwise functions at their edges: dtypes, branch cuts, cancellation, overflow, and the points where slopes jump."""

import cmath
import math

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.primitive import declared
from autograd_core.testing import check_grads
from autograd_core.testing.examples import domains_of, drawn, takes_complex

ELEMENTWISE = [p for p in declared if p.family == "elementwise" and p.module.startswith("autograd_core")]
WIDENING = {"float_power", "heaviside"}  # at least float64, as NumPy's; with integers drawn in front float64 too
REAL = (np.float16, np.float32, np.float64, np.longdouble)


def inputs_of(primitive, dtype):
    rng = np.random.default_rng(0)
    reals = [drawn(interval, rng, (3,), np.float64) for interval in domains_of(primitive)]
    places = [i for i in range(len(reals)) if primitive.differentiable(i)]
    kind = np.dtype(dtype).kind
    shifted = [x + 0.3j if kind == "c" and i in places else x for i, x in enumerate(reals)]
    return [x.astype(dtype) if x.dtype.kind in "fc" else x for x in shifted], places


def cases():
    for p in ELEMENTWISE:
        complex_too = takes_complex(p, inputs_of(p, np.complex128)[0])
        for dtype in (*REAL, *((np.complex64, np.complex128) if complex_too else ())):
            yield pytest.param(p, dtype, id=f"{p.name}-{np.dtype(dtype)}")


@pytest.mark.parametrize(("primitive", "dtype"), list(cases()))
def test_every_rule_keeps_the_dtype_in_both_modes_and_at_second_order(primitive, dtype):
    inputs, places = inputs_of(primitive, dtype)

    def f(*xs):
        args = list(inputs)
        for i, x in zip(places, xs, strict=True):
            args[i] = x
        return primitive(*args)

    xs = [inputs[i] for i in places]
    y, pull = ag.vjp(f, *xs)
    g = np.ones_like(y)
    first = pull(g)
    second = ag.vjp(lambda *xs: ag.vjp(f, *xs)[1](g), *xs)[1](tuple(first))
    tangent = ag.jvp(f, xs, xs)[1]

    assert [d.dtype for d in (*first, *second)] == [np.dtype(dtype)] * 2 * len(xs)
    assert tangent.dtype == y.dtype
    # nor is it the settling at the end that puts it right
    tensors = [ag.tensor(x, requires_grad=True) for x in xs]
    node = f(*tensors).node
    for i in places:
        c = primitive.products[i](node, g)
        assert c.dtype == y.dtype if primitive.name in WIDENING else c.dtype == dtype


CONSTANTS = [2, 2.5, True, np.float32(2.5), np.float64(2.5), np.int64(2), np.array(2.5, np.float32), np.array([1, 2])]


@pytest.mark.parametrize("ufunc", [np.add, np.multiply, np.power, np.maximum, np.hypot, np.arctan2, np.logaddexp])
@pytest.mark.parametrize("constant", CONSTANTS, ids=repr)
@pytest.mark.parametrize("dtype", REAL)
def test_dtypes_promote_as_numpys_do(ufunc, constant, dtype):
    x = np.array([0.5, 1.5], dtype)
    t = ag.tensor(x, requires_grad=True)

    for ours, numpys in ((ufunc(t, constant), ufunc(x, constant)), (ufunc(constant, t), ufunc(constant, x))):
        assert ours.dtype == numpys.dtype
        np.testing.assert_array_equal(ours.numpy(), numpys)
        assert ag.gradients(np.sum(ours), [t])[0].dtype == dtype


@pytest.mark.parametrize("constant", [c for c in CONSTANTS if np.asarray(c).dtype != np.float32], ids=repr)
def test_scalars_are_weak_as_python_floats_are(constant):
    s = ag.scalar(1.5)
    y = s * constant

    assert y.dtype == np.asarray(1.5 * constant).dtype
    assert ag.grad(lambda s: np.sum(s * constant))(1.5) == np.sum(constant)


def test_integers_have_no_gradient_and_take_none_away():
    whole, x = np.array([1, 2, 3]), np.array([0.5, 1.5, 2.5], np.float32)

    assert ag.grad(lambda x: np.sum(whole * x))(x).tolist() == [1, 2, 3]
    assert ag.grad(lambda x: np.sum((whole > 1) * x))(x).tolist() == [0, 1, 1]
    assert ag.grad(lambda x: np.sum(x**whole))(x).tolist() == [1, 3, 18.75]


def derivative(f, x, order=1):
    for _ in range(order):
        f = ag.grad(f)
    with np.errstate(all="ignore"):
        return f(x)


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (np.arcsin, 1 - 2.0**-40, 1 / math.sqrt(2.0**-39 - 2.0**-80)),
        (np.arccos, 2.0**-40 - 1, -1 / math.sqrt(2.0**-39 - 2.0**-80)),
        (np.arccosh, 1 + 2.0**-40, 1 / math.sqrt(2.0**-39 + 2.0**-80)),
        (np.arctanh, 1 - 2.0**-40, 1 / (2.0**-39 - 2.0**-80)),
        (np.expm1, -50.0, math.exp(-50)),
        (np.log1p, -1 + 2.0**-40, 2.0**40),
        (np.arcsinh, 1e200, 1e-200),
        (lambda x: np.arctan2(x, 1e200), 1e200, 5e-201),
        (lambda x: np.arctan2(x, 1e-200), 1e-200, 5e199),
        (lambda x: np.hypot(x, 1e200), 1e200, math.sqrt(0.5)),
        (lambda x: np.logaddexp(x, 1e4), 1e4, 0.5),
        (lambda x: np.logaddexp(x, 1e4), 1e4 - 500, math.exp(-500)),
        (lambda x: np.logaddexp2(x, -1e5), 1.0, 1.0),
        (lambda b: np.fmod(1.0, b), 0.1, -9.0),
        (lambda b: np.fmod(-7.5, b), 2.0, 3.0),
        (lambda b: np.remainder(-7.5, b), 2.0, 4.0),
    ],
)
def test_slopes_are_precise_where_the_textbook_formula_cancels_or_overflows(f, x, slope):
    assert derivative(f, x) == pytest.approx(slope, rel=4e-16, abs=0)


@pytest.mark.parametrize(
    ("f", "at_zero"),
    [
        (lambda x: x**2, [0, 0, 2, 0]),
        (lambda x: np.power(x, 2), [0, 0, 2, 0]),
        (lambda x: np.power(x, 2.0), [0, 0, 2, 0]),
        (lambda x: x**3, [0, 0, 0, 6]),
        (lambda x: np.float_power(x, 3), [0, 0, 0, 6]),
        (lambda x: x**1, [0, 1, 0, 0]),
        (lambda x: x**0, [1, 0, 0, 0]),
        (lambda x: np.abs(x), [0, 0, 0, 0]),
        (lambda x: np.hypot(x, 0.0), [0, 0, 0, 0]),
        (lambda x: np.copysign(x, -1.0), [0, 0, 0, 0]),
        (lambda x: np.sinc(x), [1, 0, -(math.pi**2) / 3, 0]),
        (lambda x: np.i0(x), [1, 0, 0.5, 0]),
    ],
)
def test_derivatives_of_every_order_at_0(f, at_zero):
    assert [derivative(f, 0.0, order) for order in range(len(at_zero))] == pytest.approx(at_zero, rel=1e-14, abs=1e-15)


def test_powers_of_negative_numbers_have_the_slopes_of_polynomials():
    x, n = np.array([-2.0, -0.5, 0.0, 1.5]), np.array([0, 1, 2, 3])

    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(x**n))(x), n * x ** np.maximum(n - 1, 0))
    check_grads(lambda x: x ** np.array([2, 3, -1, 4]), np.array([-2.0, -0.5, -1.5, 1.5]))


def test_the_mixed_derivative_of_a_power_is_right_at_an_exponent_of_0():
    def by_exponent(x):
        return ag.grad(lambda p: np.power(x, p))(0.0)

    assert ag.grad(by_exponent)(2.0) == 0.5  # of log x
    assert ag.grad(lambda p: ag.grad(lambda x: np.power(x, p))(2.0))(0.0) == 0.5


COMPLEX_POINTS = [2 + 1j, -2 + 1j, -2 - 1j, 2 - 0.5j, -0.3 + 0.2j, 0.1 - 3j, -1e-3 + 5j]


@pytest.mark.parametrize(
    "f",
    [
        np.sqrt, np.log, np.log2, np.log10, np.log1p, np.exp, np.expm1, np.exp2, np.sin, np.cos, np.tan, np.arcsin, np.arccos,
        np.arctan, np.sinh, np.cosh, np.tanh, np.arcsinh, np.arccosh, np.arctanh, np.square, np.reciprocal, np.sinc,
        lambda z: z**2, lambda z: z**-1.5, lambda z: np.power(z, 0.3 + 1j), lambda z: np.power(0.5 - 1j, z),
    ],
)  # fmt: skip
def test_complex_functions_are_right_in_every_quadrant(f):
    check_grads(f, np.array(COMPLEX_POINTS), directions=1)


@pytest.mark.parametrize("zero", [0.0, -0.0])
@pytest.mark.parametrize(
    ("f", "x", "along_the_cut"),
    [
        (np.arcsin, 2.0, -1j / cmath.sqrt(3)),
        (np.arccos, 2.0, 1j / cmath.sqrt(3)),
        (np.sqrt, -4.0, -0.25j),
        (np.log, -2.0, -0.5),
        (np.arccosh, -2.0, -1 / cmath.sqrt(3)),
        (lambda z: np.arcsinh(1j * z), 2.0, 1 / cmath.sqrt(3)),
    ],
)
def test_on_a_branch_cut_the_slope_is_that_of_the_side_that_the_sign_of_zero_names(f, x, along_the_cut, zero):
    z = complex(x, zero)
    h = 1e-6
    there, here = f(np.array([complex(x + h, zero), complex(x - h, zero)]))

    slope = ag.jvp(f, (z,), (1 + 0j,))[1]

    assert slope == pytest.approx((there - here) / (2 * h), rel=1e-8)
    assert slope in (pytest.approx(along_the_cut, rel=1e-12), pytest.approx(along_the_cut.conjugate(), rel=1e-12))


@pytest.mark.parametrize("f", [np.floor, np.sign, np.round, np.isnan, np.fix, lambda x: np.frexp(x)[1]])
def test_what_is_piecewise_constant_has_gradient_zero_in_both_modes(f):
    x = np.array([-1.5, 0.25])

    assert ag.vjp(lambda x: x + f(x), x)[1](np.ones(2))[0].tolist() == [1, 1]
    assert ag.jvp(f, (x,), (x,))[1].tolist() == [0, 0]
    with pytest.raises(ag.errors.GradientError, match="piecewise constant"):
        f(ag.tensor(0.25, requires_grad=True)).backward()


@pytest.mark.parametrize("zero", [0, 0.0, -0.0, np.float64(0.0)])
def test_a_division_by_a_plain_zero_has_the_slope_that_numpy_gives_it(zero):
    x = np.array([1.0, 2.0], np.float32)

    with np.errstate(divide="ignore"):
        slope = ag.grad(lambda x: np.sum(x / zero))(x)
    assert slope.dtype == np.float32
    assert slope.tolist() == [np.copysign(np.inf, zero)] * 2


@pytest.mark.parametrize("base", [-2.0, np.array(-2.0), np.array([-2.0, 3.0])])
def test_a_real_base_of_a_complex_power_may_be_negative(base):
    check_grads(lambda z: np.power(base, z), np.array([1 + 1j, 0.5j]))
    check_grads(lambda z: np.float_power(base, z), np.array([1 + 1j, 0.5j]))


def test_the_float_power_of_a_scalar_is_numpys_at_infinity():
    assert np.float_power(ag.scalar(-np.inf), 0.5).item() == np.float_power(-np.inf, 0.5) == np.inf
