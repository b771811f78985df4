"""Sorting: ties share, NaNs come last, what is left out has no gradient."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import ShapeError, UnsupportedError

ROOTS = np.array([0.0, 4.0, 16.0])  # the slope of sqrt is infinite at the first


def summed(*shapes):
    """The weights 1, 2, 3 ... for a sum that tells its terms apart."""
    return np.arange(1.0, 1 + np.prod(shapes)).reshape(shapes)


def test_the_ends_of_a_sorted_array_have_the_gradients_of_min_and_max_ties_included():
    x = np.array([3.0, 1.0, 3.0, 1.0, 1.0])

    np.testing.assert_array_equal(ag.grad(lambda x: np.sort(x)[-1])(x), ag.grad(np.max)(x))
    np.testing.assert_array_equal(ag.grad(lambda x: np.sort(x)[0])(x), ag.grad(np.min)(x))


def test_ties_share_along_their_own_slice_only():
    x = np.array([[1.0, 1.0], [1.0, 2.0]])

    g = ag.grad(lambda x: np.sum(np.sort(x, axis=0) * summed(2, 2)))(x)

    np.testing.assert_array_equal(g, [[2.0, 2.0], [2.0, 4.0]])


@pytest.mark.parametrize("f", [np.sort, lambda x: np.partition(x, 1)], ids=["sort", "partition"])
def test_ties_share_in_both_modes_alike(f):
    x = np.array([2.0, 1.0, 2.0, 2.0])

    np.testing.assert_allclose(ag.jacobian(f, mode="forward")(x), ag.jacobian(f, mode="reverse")(x))


def test_nans_come_last_and_each_keeps_its_gradient():
    g = ag.grad(lambda x: np.sum(np.sort(x) * summed(4)))(np.array([np.nan, 2.0, np.nan, 1.0]))

    np.testing.assert_array_equal(g[[3, 1]], [1.0, 2.0])
    assert {*g[[0, 2]]} == {3.0, 4.0}


@pytest.mark.parametrize("f", [
    lambda r: np.sort(r)[1:],
    lambda r: np.partition(r, (0, 1))[1:],
    lambda r: np.take(r, [1, 2]),
    lambda r: np.take_along_axis(r, np.array([2, 1]), 0),
    lambda r: np.sort(np.flip(r))[1:] * 1.0,
], ids=["sort", "partition", "take", "take_along_axis", "layouts"])  # fmt: skip
def test_what_is_left_out_has_no_gradient_even_where_its_slope_is_infinite(f):
    loss = lambda x: np.sum(f(np.sqrt(x)))  # noqa: E731
    with np.errstate(divide="ignore", invalid="ignore"):
        np.testing.assert_array_equal(ag.grad(loss)(ROOTS), [0, 0.25, 0.125])
        np.testing.assert_array_equal(ag.jacobian(loss, mode="forward")(ROOTS), [0, 0.25, 0.125])
        np.testing.assert_array_equal(ag.hessian(loss)(ROOTS).diagonal(), [0, -1 / 32, -1 / 256])


def test_a_mask_goes_on_through_a_write_and_an_extremum():
    def written(x):
        y = np.sqrt(x)
        y[2] = 1.0
        return np.sum(y[1:])

    def largest(x):
        return np.max(np.stack([np.sqrt(x), np.sqrt(x) - 1]), axis=0)[1:].sum()

    with np.errstate(divide="ignore", invalid="ignore"):
        np.testing.assert_array_equal(ag.grad(written)(ROOTS), [0, 0.25, 0])
        np.testing.assert_array_equal(ag.grad(largest)(ROOTS), [0, 0.25, 0.125])
        np.testing.assert_array_equal(ag.jacobian(written, mode="forward")(ROOTS), [0, 0.25, 0])


def test_an_order_picks_recorded_elements_without_gradient_of_its_own():
    x = ag.tensor([[3.0, 1.0], [2.0, 4.0]], requires_grad=True)

    order = np.argsort(x, axis=1)
    (np.take_along_axis(x, order, axis=1) * summed(2, 2)).sum().backward()

    assert not order.requires_grad
    np.testing.assert_array_equal(x.grad.numpy(), [[2.0, 1.0], [3.0, 4.0]])


def test_out_is_refused_with_words():
    with pytest.raises(UnsupportedError, match="take with out= is not recorded"):
        np.take(ag.tensor([1.0], requires_grad=True), [0], out=np.empty(1))


def test_orders_and_indices_of_each_example_of_a_batch():
    x = np.array([[3.0, 1.0, 2.0], [4.0, 9.0, 5.0]])

    np.testing.assert_array_equal(ag.vmap(np.sort)(x), np.sort(x))
    np.testing.assert_array_equal(ag.vmap(lambda x: np.take_along_axis(x, np.argsort(x), 0))(x), np.sort(x))
    np.testing.assert_array_equal(ag.vmap(lambda x: np.take(x, np.argsort(x)[:2]))(x), np.sort(x)[:, :2])
    np.testing.assert_array_equal(
        ag.vmap(ag.grad(lambda x: np.sum(np.sort(x) * summed(3))))(x), [[3.0, 1.0, 2.0], [1.0, 3.0, 2.0]]
    )
    with pytest.raises(ShapeError, match="the results of nonzero have different shapes"):
        ag.vmap(np.nonzero)(np.array([[0.0, 1.0], [1.0, 1.0]]))
