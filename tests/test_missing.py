"""NaNs that are left out, medians and quantiles: what has a gradient, and what rows without an element give."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import ShapeError, UnsupportedError
from autograd_core.testing import check_grads

REDUCTIONS = [
    np.nansum, np.nanprod, np.nanmean, np.nanvar, np.nanstd, np.nanmax, np.nanmin, np.nanmedian, np.nancumsum, np.nancumprod,
    lambda x, **s: np.nanquantile(x, 0.3, **s),
    lambda x, **s: np.nanpercentile(x, [20, 70], **s),
]  # fmt: skip
WITH_WORDS = [np.nanmean, np.nanmax, np.nanmin, np.nanmedian, lambda x, **s: np.nanquantile(x, 0.3, **s)]


def gradient(f, x):
    return ag.grad(lambda x: np.sum(f(x)))(x)


@pytest.mark.parametrize("f", REDUCTIONS)
def test_the_gradient_is_that_of_the_elements_that_are_there_in_both_modes_and_at_second_order(f):
    x = np.array([2.0, 0.5, 1.5, 3.0, 1.25])
    places = [0, 2, 3, 4, 6]
    holes = np.full(7, np.nan)
    holes[places] = x

    def with_holes(x):
        return f(np.where(np.isnan(holes), np.nan, x[[0, 0, 1, 2, 3, 3, 4]]))

    np.testing.assert_array_equal(gradient(f, holes)[[1, 5]], [0, 0])
    np.testing.assert_allclose(gradient(with_holes, x), gradient(f, holes)[places], rtol=1e-14)
    check_grads(with_holes, x, directions=1)


@pytest.mark.parametrize("f", REDUCTIONS)
def test_the_slope_before_a_nan_that_is_left_out_is_never_looked_at(f):
    x = np.array([4.0, -1.0, 9.0, 2.0])

    def logs(x):
        return np.sum(f(np.log(np.where(x < 0, x - x, x)) * np.where(x < 0, np.nan, 1.0)))

    def hidden(x):  # sqrt has no derivative at -1, and an infinite one at 0
        return np.sum(f(np.sqrt(x)))

    with np.errstate(all="ignore"):
        for g in (logs, hidden):
            assert ag.grad(g)(x)[1] == 0
            assert np.isfinite(ag.grad(g)(x)).all()
            assert np.isfinite(ag.jvp(g, (x,), (np.ones(4),))[1])
            assert (ag.hessian(g)(x)[1] == 0).all()
            assert np.isfinite(ag.hessian(g)(x)).all()


@pytest.mark.parametrize("f", WITH_WORDS)
def test_a_row_of_nothing_but_nans_gives_nan_with_numpys_warning_and_no_gradient(f):
    x = np.array([[1.0, np.nan], [np.nan, np.nan]])
    t = ag.tensor(x, requires_grad=True)
    with pytest.warns(RuntimeWarning) as expected:
        value = f(x, axis=1)
    with pytest.warns(RuntimeWarning) as caught:
        y = f(t, axis=1)
    np.sum(y).backward()

    np.testing.assert_array_equal(y.numpy(), value)
    assert {str(w.message) for w in caught} == {str(w.message) for w in expected}
    np.testing.assert_array_equal(t.grad.numpy(), [[1, 0], [0, 0]])


def test_a_sum_of_nothing_but_nans_is_0_and_a_product_1():
    x = ag.tensor([np.nan, np.nan], requires_grad=True)

    assert (np.nansum(x).item(), np.nanprod(x).item()) == (0.0, 1.0)
    np.testing.assert_array_equal(np.nancumprod(x).numpy(), [1.0, 1.0])


def test_too_few_degrees_of_freedom_are_named():
    with pytest.warns(RuntimeWarning, match="Degrees of freedom"):
        y = np.nanvar(ag.tensor([1.0, np.nan], requires_grad=True), ddof=1)

    assert np.isnan(y.item())


def test_medians_of_nothing_are_what_numpy_says():
    for f in (np.median, np.nanmedian):
        with pytest.warns(RuntimeWarning, match="Mean of empty slice"), np.errstate(invalid="ignore"):
            assert np.isnan(f(ag.tensor([], requires_grad=True)).item())
    with pytest.raises(ShapeError, match=r"quantile of an array of shape \(0,\): it has no elements"):
        np.quantile(ag.tensor([], requires_grad=True), 0.5)


# -- order statistics ------------------------------------------------------------------------------------------------------


def test_the_gradient_of_a_median_goes_to_the_middle():
    np.testing.assert_array_equal(gradient(np.median, np.array([5.0, 1.0, 3.0])), [0, 0, 1])
    np.testing.assert_array_equal(gradient(np.median, np.array([5.0, 1.0, 3.0, 4.0])), [0, 0, 0.5, 0.5])


def test_a_nan_makes_a_quantile_nan_and_takes_its_gradient():
    x = np.array([[1.0, np.nan, 3.0], [1.0, 2.0, 3.0]])

    for f in (np.median, lambda x, axis: np.quantile(x, 0.25, axis=axis)):
        with np.errstate(invalid="ignore"):
            np.testing.assert_array_equal(f(ag.tensor(x), axis=1).numpy(), f(x, axis=1))
            np.testing.assert_array_equal(gradient(lambda x, f=f: f(x, axis=1), x)[0], [0, 1, 0])


def test_a_quantile_at_its_ends_is_min_and_max_in_value_and_gradient():
    x = np.array([2.0, 7.0, -1.0, 7.0, -1.0])

    for q, extreme in ((0.0, np.min), (1.0, np.max)):
        assert np.quantile(ag.tensor(x), q).item() == extreme(x)
        np.testing.assert_array_equal(gradient(lambda x, q=q: np.quantile(x, q), x), gradient(extreme, x))


def test_the_slope_by_q_is_that_between_two_order_statistics():
    x = np.array([1.0, 2.0, 4.0, 8.0])

    slope = ag.grad(lambda q: np.quantile(x, q))

    assert [slope(q) for q in (0.0, 0.5, 1.0)] == [3.0, 6.0, 12.0]
    assert ag.grad(lambda q: np.percentile(x, q))(50.0) == pytest.approx(0.06)
    assert ag.grad(lambda q: np.quantile(x, q, method="lower"))(0.5) == 0.0
    np.testing.assert_array_equal(slope(np.array(1.0)), 12.0)


def test_a_neighbour_without_weight_is_cut_off():
    x = np.array([0.0, 1.0, 4.0])

    with np.errstate(divide="ignore"):
        for q in (0.5, 1.0):
            assert np.isfinite(gradient(lambda x, q=q: np.quantile(-np.sqrt(x), q), x)[1:]).all()
        np.testing.assert_array_equal(gradient(lambda x: np.quantile(-np.sqrt(x), 0.5), x), [0, -0.5, 0])


def test_a_weighted_quantile_is_an_element_and_constant_in_its_weights():
    x, w = np.array([3.0, 1.0, 2.0]), np.array([0.2, 0.5, 0.3])

    by_x, by_w = ag.grad(lambda x, w: np.quantile(x, 0.6, weights=w, method="inverted_cdf"), (0, 1))(x, w)

    np.testing.assert_array_equal(by_x, [0, 0, 1])
    np.testing.assert_array_equal(by_w, [0, 0, 0])


@pytest.mark.parametrize("f", [np.median, np.nanmedian, np.nansum, np.nanvar, np.nanmax, np.nancumsum])
def test_out_is_refused(f):
    with pytest.raises(UnsupportedError, match=f"{f.__name__} with out= is not recorded"):
        f(ag.tensor([1.0, 2.0], requires_grad=True), out=np.zeros(()))
