"""Choosing, searching and editing: what is left out has no gradient, in both modes and at second order; indices have none."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import BoundsError, DTypeError
from autograd_core.testing import check_grads

ROOTS = np.array([0.0, 4.0, 16.0])  # the slope of sqrt is infinite at the first
SLOPES, CURVES = [0, 0.25, 0.125], [0, -1 / 32, -1 / 256]

CHOICES = {
    "mask": lambda r, x: r[x > 0],
    "mask of a list": lambda r, x: r[[False, True, True]],
    "integers": lambda r, x: r[ag.tensor([1, 2])],
    "negative steps": lambda r, x: r[:0:-1],
    "newaxis and ellipsis": lambda r, x: r[..., np.newaxis, 1:],
    "where": lambda r, x: np.where(x > 0, r, 0.0),
    "where, by index": lambda r, x: r[np.where(x > 0)],
    "nonzero": lambda r, x: r[np.nonzero(x)],
    "select": lambda r, x: np.select([x > 9, x > 0], [r, r]),
    "choose": lambda r, x: np.choose((x > 0).astype(int), [np.zeros(3), r]),
    "piecewise": lambda r, x: np.piecewise(x, [x > 0], [np.sqrt, 0.0]),
    "compress": lambda r, x: np.compress(x > 0, r),
    "extract": lambda r, x: np.extract(x > 0, r),
    "take": lambda r, x: np.take(r, np.flatnonzero(x)),
    "take_along_axis": lambda r, x: np.take_along_axis(r, np.argsort(-x)[:2], 0),
    "delete": lambda r, x: np.delete(r, 0),
    "trim_zeros": lambda r, x: np.trim_zeros(r),
    "sets": lambda r, x: np.setdiff1d(r, [0.0]),
    "unique": lambda r, x: np.unique(r)[1:],
    "padded": lambda r, x: np.pad(r, (0, 1), mode="edge")[1:3],
    "split": lambda r, x: np.split(r, [1])[1],
    "write": lambda r, x: written(r, x),
}  # fmt: skip


def written(r, x):
    y = r * 1.0
    np.putmask(y, ~(x > 0), 0.0)
    return y


@pytest.mark.parametrize("chosen", CHOICES.values(), ids=CHOICES)
def test_what_is_left_out_has_no_gradient_even_where_its_slope_is_infinite(chosen):
    def loss(x):
        return np.sum(chosen(np.sqrt(x), x))

    with np.errstate(divide="ignore", invalid="ignore"):
        np.testing.assert_array_equal(ag.grad(loss)(ROOTS), SLOPES)
        np.testing.assert_array_equal(ag.jacobian(loss, mode="forward")(ROOTS), SLOPES)
        np.testing.assert_array_equal(ag.hessian(loss)(ROOTS).diagonal(), CURVES)


def test_zeros_are_trimmed_and_the_rest_keeps_its_gradient():
    g = ag.grad(lambda x: np.sum(np.trim_zeros(x) * [1.0, 2.0, 3.0]))(np.array([0.0, 5.0, 0.0, 7.0, 0.0]))

    np.testing.assert_array_equal(g, [0, 1, 2, 3, 0])


def test_indices_carry_no_gradient_and_pick_with_it():
    x = ag.tensor([0.5, 3.0, 1.0], requires_grad=True)

    for found in (np.nonzero(x)[0], np.argwhere(x), np.searchsorted(x, 2.0), np.digitize(x, [1.0]), np.where(x > 1)[0]):
        assert not found.requires_grad
        assert found.dtype == np.intp


def test_choices_by_number_agree_with_finite_differences_and_count_repeats():
    number = np.array([[0, 1, 1], [2, 0, 0]])

    check_grads(lambda a, b: np.choose(number, [a, b, a * b]) ** 2, np.array([1.0, 2.0, 3.0]), np.array([[0.5], [1.5]]))
    np.testing.assert_array_equal(
        ag.grad(lambda a: np.choose(number, [a, 0.0, 1.0]).sum())(np.array([1.0, 2.0, 3.0])), [1, 1, 1]
    )


def test_a_piece_may_use_recorded_values_of_its_own():
    x = np.array([-1.0, 0.5, 2.0])
    f = lambda w: np.sum(ag.piecewise(x, [x < 0, x > 1], [lambda x: w * x, w, 0.0]))  # noqa: E731

    assert ag.grad(f)(3.0) == -1.0 + 1.0


@pytest.mark.parametrize(("call", "error", "words"), [
    (lambda t: t[3], BoundsError, r"getitem of shape \(3,\): index 3 is out of bounds"),
    (lambda t: t[0, 0], BoundsError, "too many indices"),
    (lambda t: t[0.5], BoundsError, "only integers"),
    (lambda t: t[t], BoundsError, "must be of integer"),
    (lambda t: t[[True, False]], BoundsError, "boolean index did not match"),
    (lambda t: np.take(t, t), DTypeError, "take takes integers as indices, not float64"),
    (lambda t: np.compress([0, 0, 0, 1], t), BoundsError, "index 3 is out of bounds"),
    (lambda t: np.choose([5], [t]), BoundsError, "5 is out of bounds for 1 choices"),
], ids=range(8))  # fmt: skip
def test_wrong_indices_are_refused_with_the_shape_and_numpys_words(call, error, words):
    with pytest.raises(error, match=words):
        call(ag.tensor([1.0, 2.0, 3.0], requires_grad=True))
