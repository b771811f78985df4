"""Averages, covariances, differences, areas, interpolation and convolution: the hard cases of their gradients."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import ShapeError
from autograd_core.testing import check_grads


def gradient(f, x):
    return ag.grad(lambda x: np.sum(f(x)))(x)


# -- products and moments --------------------------------------------------------------------------------------------------


def test_running_products_are_exact_with_zeros_to_third_order():
    x = np.array([2.0, 0.0, 3.0, 0.0])

    np.testing.assert_array_equal(ag.jacobian(np.cumprod)(x), [[1, 0, 0, 0], [0, 2, 0, 0], [0, 6, 0, 0], [0, 0, 0, 0]])
    np.testing.assert_array_equal(
        ag.hessian(lambda x: np.cumprod(x)[-1])(x), [[0, 0, 0, 0], [0, 0, 0, 6], [0, 0, 0, 0], [0, 6, 0, 0]]
    )
    third = ag.jacobian(ag.hessian(lambda x: np.cumprod(x)[-1]))(x)
    assert (third[0, 1, 3], third[1, 2, 3], third[0, 1, 2]) == (3.0, 2.0, 0.0)


def test_running_products_of_many_elements_neither_overflow_nor_lose_digits():
    x = np.full(2000, 2.0)
    x[0], x[1000:] = 1e-300, 0.5

    slopes = ag.grad(lambda x: np.cumprod(x)[-1])(x)

    np.testing.assert_allclose(slopes * x, np.full(2000, np.cumprod(x)[-1]), rtol=1e-12)


def test_the_variance_of_counted_numbers_far_from_0_keeps_its_gradient():
    x = np.array([1e8, 1e8 + 1, 1e8 + 2, np.nan])

    np.testing.assert_allclose(gradient(np.nanvar, x), [-2 / 3, 0, 2 / 3, 0], rtol=1e-7, atol=1e-8)


# -- averages and covariances ----------------------------------------------------------------------------------------------


def test_an_average_has_a_gradient_by_its_weights():
    by_x, by_w = ag.grad(lambda x, w: np.average(x, weights=w), (0, 1))(np.array([1.0, 5.0]), np.array([3.0, 1.0]))

    np.testing.assert_array_equal(by_x, [0.75, 0.25])
    np.testing.assert_array_equal(by_w, [-0.25, 0.75])


def test_correlations_that_are_complete_are_1_and_have_no_slope_though_rounding_may_exceed_1():
    x = np.array([0.1, 0.7, -1.3, 2.9])

    def correlation(x, y):
        return np.corrcoef(x, y)[0, 1]

    assert correlation(ag.tensor(x), 3 * x).item() == np.corrcoef(x, 3 * x)[0, 1]
    np.testing.assert_allclose(ag.grad(correlation)(x, 3 * x + 1), np.zeros(4), atol=1e-15)
    check_grads(lambda x: correlation(x, 3 * x[::-1]), x)


def test_a_covariance_without_a_degree_of_freedom_warns_as_numpy_does():
    with pytest.warns(RuntimeWarning, match="Degrees of freedom <= 0 for slice"), np.errstate(all="ignore"):
        assert np.isnan(np.cov(ag.tensor([1.0], requires_grad=True)).item())


# -- differences, areas, interpolation ---------------------------------------------------------------------------------------


def test_edges_of_differences_have_gradients():
    a, first, last = np.array([1.0, 4.0]), np.array([0.5]), 9.0

    slopes = ag.grad(lambda a, p, q: np.sum(np.diff(a, prepend=p, append=q) ** 2), (0, 1, 2))(a, first, last)

    np.testing.assert_array_equal(slopes[0], [2 * 0.5 - 2 * 3, 2 * 3 - 2 * 5])
    np.testing.assert_array_equal(slopes[1], [-1])
    assert slopes[2] == 10.0


def test_evenly_spaced_coordinates_have_each_its_own_gradient():
    f, x = np.array([1.0, 3.0, 2.0, 5.0]), np.arange(4.0)

    np.testing.assert_allclose(np.gradient(f, ag.tensor(x)).numpy(), np.gradient(f, x), rtol=1e-15)
    check_grads(lambda x: np.gradient(f, x, edge_order=2), x)


def test_an_area_has_a_gradient_by_where_its_points_are():
    np.testing.assert_array_equal(ag.grad(lambda x: np.trapezoid([1.0, 3.0, 2.0], x))(np.arange(3.0)), [-2, -0.5, 2.5])


def test_interpolation_outside_the_points_depends_on_the_last_of_them_alone():
    xp, fp = np.array([0.0, 1.0]), np.array([2.0, 5.0])

    by_x, by_xp, by_fp = ag.grad(np.interp, (0, 1, 2))(7.0, xp, fp)

    assert by_x == 0.0
    np.testing.assert_array_equal(by_xp, [0, 0])
    np.testing.assert_array_equal(by_fp, [0, 1])
    assert ag.grad(lambda right: ag.interp(np.array([7.0, 0.5]), xp, fp, right=right)[0])(1.0) == 1.0


def test_interpolation_is_cut_off_outside_whatever_the_slopes_before_it():
    with np.errstate(divide="ignore", invalid="ignore"):
        assert ag.grad(lambda x: np.interp(-np.sqrt(x), [1.0, 2.0], [3.0, 4.0]))(0.0) == 0.0
        assert ag.hessian(lambda x: np.interp(-np.sqrt(x), [1.0, 2.0], [3.0, 4.0]))(np.array(0.0)) == 0.0


def test_interpolation_of_infinities_and_nans_is_numpys():
    x, xp, fp = np.array([-np.inf, np.nan, 0.5, np.inf]), np.array([0.0, 1.0]), np.array([2.0, 5.0])

    np.testing.assert_array_equal(np.interp(ag.tensor(x), xp, fp).numpy(), np.interp(x, xp, fp))


def test_a_function_of_rows_that_gives_different_shapes_is_refused():
    x = ag.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    lengths = iter([1, 2])

    with pytest.raises(ShapeError):
        np.apply_along_axis(lambda row: row[: next(lengths)], 1, x)
