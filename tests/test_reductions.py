"""Sums, products, extrema, moments, scans and softmaxes: gradients in the hard cases, and what rows of samples do not say."""

import math

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import DTypeError, ShapeError, UnsupportedError

REDUCTIONS = [np.sum, np.mean, np.prod, np.max, np.min, np.var, np.std, np.ptp]


def cube(dtype=float):
    """Numbers without ties or zeros, in memory that is not contiguous."""
    numbers = np.array([3, -1, 4, 7, -5, 9, 2, 6, -8, 5, 10, -3, 11, -12, 14, 13, -6, 1, 8, -9, 12, -2, 15, -7])
    return (numbers.reshape(2, 3, 4)[:, ::-1] / 8).astype(dtype)


def gradient(f, x):
    return ag.grad(lambda x: np.sum(f(x)))(x)


# -- the same numbers as NumPy -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", [ag.ops.logsumexp, ag.ops.softmax], ids=lambda f: f.__name__)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble])
def test_value_and_gradient_keep_a_floating_dtype(f, dtype):
    x = ag.tensor(cube(dtype)[0], requires_grad=True)

    y = f(x, axis=1)
    np.sum(y).backward()

    assert (y.dtype, x.grad.dtype) == (dtype, dtype)


@pytest.mark.parametrize("f", REDUCTIONS, ids=lambda f: f.__name__)
def test_a_single_number_is_reduced_to_itself_on_both_faces(f):
    slope = 0.0 if f in (np.var, np.std, np.ptp) else 1.0

    assert ag.grad(f)(3.0) == slope
    assert ag.grad(f)(np.array(3.0)) == slope
    assert isinstance(f(ag.scalar(3.0)), ag.Scalar)


def test_ufunc_methods_reduce_the_first_axis_by_default():
    x = cube()
    t = ag.tensor(x, requires_grad=True)

    for ufunc in (np.add, np.multiply, np.maximum, np.minimum):
        np.testing.assert_array_equal(ufunc.reduce(t).numpy(), ufunc.reduce(x))
        np.testing.assert_array_equal(
            ufunc.reduce(t, axis=(0, 2), keepdims=True).numpy(), ufunc.reduce(x, axis=(0, 2), keepdims=True)
        )
    np.testing.assert_array_equal(np.add.accumulate(t).numpy(), np.add.accumulate(x))
    np.testing.assert_array_equal(np.add.accumulate(t, axis=-1).numpy(), np.add.accumulate(x, axis=-1))
    assert np.add.reduce(ag.scalar(3.0)).item() == 3.0


def test_dtype_converts_first_and_the_gradient_is_converted_back():
    x = ag.tensor(np.array([1.5, 2.5], np.float32), requires_grad=True)

    y = np.sum(x, dtype=np.float64)
    y.backward()

    assert (y.dtype, x.grad.dtype) == (np.float64, np.float32)
    assert np.sum(x, dtype=int).item() == np.sum(x.numpy(), dtype=int)
    assert not np.sum(x, dtype=int).requires_grad


def test_piecewise_constant_reductions_carry_no_gradient():
    x = cube()
    t = ag.tensor(x, requires_grad=True)

    for f in (np.argmax, np.argmin, np.any, np.all, np.count_nonzero):
        y = f(t, axis=-1, keepdims=True)
        np.testing.assert_array_equal(y.numpy(), f(x, axis=-1, keepdims=True))
        assert y.dtype == f(x, axis=-1).dtype
        assert not y.requires_grad


@pytest.mark.parametrize("f", [np.sum, np.prod, np.mean, np.var, np.std, np.max, np.min], ids=lambda f: f.__name__)
def test_elements_that_where_leaves_out_are_cut_off_in_both_modes_and_at_second_order(f):
    mask = np.array([False, True, True, False])
    x = np.array([0.0, 4.0, 9.0, np.nan])
    start = {"initial": 1.0} if f in (np.max, np.min) else {}

    def roots(x):
        return f(np.sqrt(x), where=mask, **start)

    with np.errstate(divide="ignore", invalid="ignore"):
        _, tangent = ag.jvp(roots, (x,), (np.ones(4),))
        np.testing.assert_array_equal(ag.grad(roots)(x)[~mask], [0, 0])
        np.testing.assert_allclose(tangent, np.sum(ag.grad(roots)(x)), rtol=1e-14)
        np.testing.assert_array_equal(ag.hessian(roots)(x)[~mask], np.zeros((2, 4)))


def test_a_recorded_mask_serves_as_where():
    x = ag.tensor([1.0, -2.0, 3.0], requires_grad=True)
    np.sum(x * x, where=x > 0).backward()

    np.testing.assert_array_equal(x.grad.numpy(), [2, 0, 6])


def test_what_is_there_before_the_first_element_has_a_gradient_of_its_own():
    x = np.array([2.0, 3.0])

    for f, slopes, slope in [
        (np.sum, [1, 1], 1.0),
        (np.prod, [12, 8], 6.0),
        (np.max, [0, 0], 1.0),
        (np.min, [1, 0], 0.0),
    ]:
        by_elements, by_start = ag.grad(lambda x, s, f=f: f(x, initial=s), (0, 1))(x, 4.0)
        np.testing.assert_array_equal(by_elements, slopes)
        assert by_start == slope


def test_out_is_refused_in_words_wherever_it_stands():
    x = ag.tensor([1.0, 2.0], requires_grad=True)

    with pytest.raises(UnsupportedError, match=r"np\.mean with out= is not recorded: assign its result"):
        np.mean(x, out=np.zeros(()))
    with pytest.raises(UnsupportedError, match="max with out= is not recorded: assign its result"):
        np.max(x, None, np.zeros(()))


def test_a_mean_that_is_known_already_gives_the_same_moments_and_gradients():
    x = cube()

    def known(f):
        return lambda x: f(x, axis=1, mean=np.mean(x, axis=1, keepdims=True))

    for f in (np.var, np.std):
        np.testing.assert_allclose(known(f)(x), f(x, axis=1))
        np.testing.assert_allclose(gradient(known(f), x), gradient(lambda x, f=f: f(x, axis=1), x), atol=1e-15)


def test_an_axis_that_is_not_there_is_named():
    with pytest.raises(
        ShapeError, match=r"sum cannot be computed for shape \(2, 3, 4\): axis 3 is out of bounds"
    ) as caught:
        np.sum(ag.tensor(cube(), requires_grad=True), axis=3)

    assert isinstance(caught.value.__cause__, np.exceptions.AxisError)


# -- nothing, zeros, ties, NaN -----------------------------------------------------------------------------------------


def test_the_sum_of_nothing_is_0_and_the_product_of_nothing_1():
    x = ag.tensor(np.ones((2, 0)), requires_grad=True)

    assert (np.sum(x).item(), np.prod(x).item()) == (0.0, 1.0)
    np.testing.assert_array_equal(np.prod(x, axis=1).numpy(), [1.0, 1.0])
    (np.sum(x) + np.sum(np.prod(x, axis=1)) + np.sum(np.mean(x, axis=0)) + np.sum(np.cumsum(x, axis=0))).backward()
    assert x.grad.shape == (2, 0)


def test_there_is_no_maximum_of_nothing():
    with pytest.raises(ShapeError, match=r"max cannot be computed for shape \(0,\)"):
        np.max(ag.tensor([], requires_grad=True))


def test_the_second_derivative_of_a_product_is_exact_with_zeros():
    hessian = ag.hessian(np.prod)

    np.testing.assert_array_equal(hessian(np.array([2.0, 0.0, 5.0])), [[0, 5, 0], [5, 0, 2], [0, 2, 0]])
    np.testing.assert_array_equal(hessian(np.array([0.0, 0.0, 5.0])), [[0, 5, 0], [5, 0, 0], [0, 0, 0]])


def test_the_third_derivative_of_a_product_of_three_zeros_is_1():
    third = ag.jacobian(ag.hessian(np.prod))(np.zeros(3))

    assert third[0, 1, 2] == 1.0
    assert np.sum(third) == 6.0


@pytest.mark.parametrize("f", [np.max, np.amax, np.min, np.amin], ids=lambda f: f.__name__)
def test_elements_that_tie_for_an_extremum_share_its_gradient(f):
    sign = 1 if f in (np.max, np.amax) else -1
    x = sign * np.array([[3.0, 1.0, 3.0], [2.0, 2.0, 2.0]])

    np.testing.assert_array_equal(gradient(lambda x: f(x, axis=1), x), [[0.5, 0, 0.5], [1 / 3, 1 / 3, 1 / 3]])
    np.testing.assert_array_equal(gradient(f, x), [[0.5, 0, 0.5], [0, 0, 0]])


def test_a_tied_extremum_has_the_same_weights_forward():
    _, t = ag.jvp(np.max, (np.array([3.0, 3.0, 1.0]),), (np.array([1.0, 5.0, 7.0]),))

    assert t == 3.0


@pytest.mark.parametrize("f", [np.max, np.min], ids=lambda f: f.__name__)
def test_nan_is_an_extremum_and_takes_the_gradient(f):
    x = np.array([[1.0, np.nan, 2.0], [1.0, 2.0, 3.0]])
    t = ag.tensor(x, requires_grad=True)

    y = f(t, axis=1)
    np.sum(y).backward()

    np.testing.assert_array_equal(y.numpy(), f(x, axis=1))
    np.testing.assert_array_equal(t.grad.numpy()[0], [0, 1, 0])


def test_an_infinite_cotangent_stops_at_elements_that_are_not_the_extremum():
    x = ag.tensor([1.0, 3.0], requires_grad=True)

    with np.errstate(invalid="ignore"):
        np.max(x).backward(np.array(np.inf))

    np.testing.assert_array_equal(x.grad.numpy(), [0.0, np.inf])


def test_elements_behind_an_extremum_or_a_mask_have_no_gradient_even_where_their_slope_is_infinite():
    x = np.array([0.0, 4.0, 16.0])
    with np.errstate(divide="ignore"):
        largest = gradient(lambda x: np.max(np.sqrt(x)), x)
        masked = gradient(lambda x: np.where(x > 0, np.sqrt(x), 0.0), x)
        largest_of_masked = gradient(lambda x: np.max(np.where(x > 0, np.sqrt(x), -np.inf)), x)

    np.testing.assert_array_equal(largest, [0, 0, 0.125])
    np.testing.assert_array_equal(masked, [0, 0.25, 0.125])
    np.testing.assert_array_equal(largest_of_masked, [0, 0, 0.125])


def test_nan_reaches_sums_and_their_gradients_only_where_it_should():
    x = np.array([[1.0, np.nan], [1.0, 2.0]])

    np.testing.assert_array_equal(np.sum(ag.tensor(x), axis=1).numpy(), [np.nan, 3.0])
    np.testing.assert_array_equal(gradient(lambda x: np.sum(x, axis=1), x), np.ones((2, 2)))


# -- moments -----------------------------------------------------------------------------------------------------------


def test_degrees_of_freedom_have_one_name_at_a_time():
    with pytest.raises(ValueError, match="two names for the same number"):
        np.var(ag.tensor(cube()), ddof=1, correction=1)


@pytest.mark.parametrize("constant", [0.0, 0.1, -1e9 / 3, 1e-200])
def test_the_standard_deviation_of_equal_numbers_has_slope_0_although_their_mean_is_rounded(constant):
    for n in (1, 3, 7, 10):
        np.testing.assert_array_equal(gradient(np.std, np.full(n, constant)), np.zeros(n))
        assert ag.jvp(np.std, (np.full(n, constant),), (np.arange(float(n)),))[1] == 0.0


def test_one_row_of_equal_numbers_does_not_disturb_the_others():
    x = np.array([[2.0, 2.0], [1.0, 3.0]])

    np.testing.assert_array_equal(gradient(lambda x: np.std(x, axis=1), x), [[0, 0], [-0.5, 0.5]])


def test_the_variance_of_numbers_far_from_0_keeps_its_gradient():
    x = np.array([1e8, 1e8 + 1, 1e8 + 2])

    np.testing.assert_allclose(gradient(np.var, x), [-2 / 3, 0, 2 / 3], rtol=1e-12)


def test_without_a_degree_of_freedom_value_and_gradient_are_nan():
    x = ag.tensor([1.0], requires_grad=True)
    with pytest.warns(RuntimeWarning, match="Degrees of freedom"), np.errstate(invalid="ignore"):
        y = np.var(x, ddof=1)
    y.backward()

    assert np.isnan(y.item())
    assert np.isnan(x.grad.item())


def test_a_gradient_of_complex_variance_descends():
    z = np.array([1 + 2j, -1 + 0.5j, 0.3 - 1j])
    step = gradient(np.var, z)

    assert np.var(z - 0.1 * step) < np.var(z)
    np.testing.assert_allclose(step, 2 * (z - z.mean()) / 3)


@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_a_tangent_of_a_linear_operation_has_the_dtype_of_its_value(dtype):
    x = np.ones(2, dtype)
    y, t = ag.jvp(lambda x: ag.linspace(x, 2.0, 3), (x,), (x,))

    assert t.dtype == y.dtype == dtype


def test_a_tangent_is_cast_to_the_dtype_of_its_value():
    twice = ag.primitive(lambda a: a + a, lambda g: 2 * g, jvp=lambda t: t * np.full(t.shape, 2.0), name="twice")
    x = np.array([1.0, 2.0], np.float32)

    assert ag.jvp(twice, (x,), (x,))[1].dtype == np.float32
    for f in (np.max, np.var, np.std, np.prod, ag.ops.logsumexp):
        assert ag.jvp(f, (x,), (x,))[1].dtype == np.float32


# -- scans -------------------------------------------------------------------------------------------------------------


def test_an_element_is_in_its_own_running_sum_and_in_all_later_ones():
    np.testing.assert_array_equal(gradient(np.cumsum, np.array([5.0, 6.0, 7.0])), [3, 2, 1])
    assert ag.grad(lambda x: np.sum(np.cumsum(x)))(5.0) == 1.0


# -- softmaxes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", [None, 0, -1, (0, 2)])
@pytest.mark.parametrize("f", [ag.ops.logsumexp, ag.ops.softmax, ag.ops.log_softmax], ids=lambda f: f.__name__)
def test_softmaxes_are_what_their_formulas_say(f, axis):
    x = cube()
    total = np.sum(np.exp(x), axis=axis, keepdims=True)
    formula = {
        "logsumexp": np.log(np.sum(np.exp(x), axis=axis)),
        "softmax": np.exp(x) / total,
        "log_softmax": x - np.log(total),
    }

    np.testing.assert_allclose(f(x, axis=axis), formula[f.__name__], rtol=1e-12)


def test_logsumexp_keeps_dimensions_when_asked():
    assert ag.ops.logsumexp(ag.tensor(cube()), axis=(0, 2), keepdims=True).shape == (1, 3, 1)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, float])
def test_large_numbers_overflow_neither_forward_nor_back(dtype):
    large = np.finfo(dtype).max / 4
    x = np.array([large, large, -large], dtype)

    assert ag.ops.logsumexp(x) == pytest.approx(large)
    np.testing.assert_array_equal(ag.ops.softmax(x), np.array([0.5, 0.5, 0], dtype))
    np.testing.assert_array_equal(gradient(lambda x: ag.ops.log_softmax(x)[0], x), np.array([0.5, -0.5, 0], dtype))
    np.testing.assert_allclose(gradient(ag.ops.logsumexp, np.array([1000, 1000, -1000], dtype)), [0.5, 0.5, 0])


def test_log_softmax_is_exact_where_softmax_rounds_to_0():
    x = np.array([0.0, 1000.0])

    np.testing.assert_array_equal(ag.ops.softmax(x), [0, 1])
    np.testing.assert_array_equal(ag.ops.log_softmax(x), [-1000, 0])


def test_elements_of_minus_infinity_have_weight_0_and_gradient_0():
    x = np.array([-np.inf, 1.0, 1.0])

    assert ag.ops.logsumexp(x) == pytest.approx(1 + math.log(2))
    np.testing.assert_array_equal(ag.ops.softmax(x), [0, 0.5, 0.5])
    np.testing.assert_allclose(ag.ops.log_softmax(x), [-np.inf, -math.log(2), -math.log(2)])
    np.testing.assert_allclose(gradient(ag.ops.logsumexp, x), [0, 0.5, 0.5])
    np.testing.assert_allclose(gradient(lambda x: ag.ops.softmax(x)[1], x), [0, 0.25, -0.25])


def test_a_row_of_nothing_but_minus_infinity_has_logsumexp_minus_infinity_and_no_softmax():
    x = np.full((1, 2), -np.inf)

    np.testing.assert_array_equal(ag.ops.logsumexp(x, axis=1), [-np.inf])
    with np.errstate(invalid="ignore"):
        assert np.isnan(ag.ops.softmax(x)).all()
        assert np.isnan(ag.ops.log_softmax(x)).all()
        assert np.isnan(
            gradient(lambda x: ag.ops.logsumexp(x, axis=1), x)
        ).all()  # as for np.logaddexp: there is no limit


def test_masked_scores_give_finite_gradients():
    mask = np.array([[True, False, True], [True, True, False]])
    scores = cube()[0, :2, :3]

    g = gradient(lambda s: ag.ops.softmax(np.where(mask, s, -np.inf))[:, 0], scores)

    assert (g[~mask] == 0).all()
    assert np.isfinite(g).all()


def test_softmaxes_of_integers_and_of_nothing():
    np.testing.assert_array_equal(ag.ops.softmax(np.array([3, 3])), [0.5, 0.5])
    assert ag.ops.logsumexp(np.array([])) == -np.inf
    assert ag.ops.softmax(np.ones((0, 2)), axis=0).shape == (0, 2)


# -- methods -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["sum", "mean", "prod", "max", "min", "var", "std", "argmax", "argmin", "any", "all", "cumsum", "cumprod"]
)
def test_a_method_is_its_function(name):
    x = cube()
    t = ag.tensor(x, requires_grad=True)

    np.testing.assert_array_equal(getattr(t, name)(axis=1).numpy(), getattr(x, name)(axis=1))
    np.testing.assert_array_equal(getattr(t, name)(0).numpy(), getattr(x, name)(0))
    assert getattr(ag.Tensor, name).__doc__ == getattr(ag, name).__doc__


def test_numbers_without_a_sum_are_refused():
    with pytest.raises(DTypeError, match="an operand holds objects, not numbers"):
        ag.sum(np.array([{}, {}]))


def test_a_mean_of_more_elements_than_half_precision_has_numbers_for():
    x = np.ones(200_000, np.float16)

    gradient = ag.grad(lambda x: np.mean(x))(x)

    assert gradient.dtype == np.float16
    np.testing.assert_array_equal(gradient, np.full_like(x, 1 / 200_000))
