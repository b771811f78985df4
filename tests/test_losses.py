"""Losses: values against their formulas, every form of target, and errors that say what would fit."""

from functools import partial

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import ops
from autograd_core.errors import DTypeError, ShapeError, UnsupportedError
from autograd_core.primitives.cross_entropies import FEW, ClassRangeError, by_elements, cross_entropy_definition
from autograd_core.testing import check_grads

rng = np.random.default_rng(0)
scores, target = rng.normal(size=(6, 4)), np.array([0, 3, 1, 2, 2, 0])
LOG_P = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
LOSSES = -LOG_P[np.arange(6), target]


# -- classes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reduction", "expected"), [("mean", LOSSES.mean()), ("sum", LOSSES.sum()), ("none", LOSSES)])
def test_cross_entropy_is_minus_the_log_probability_of_the_target(reduction, expected):
    y = ops.cross_entropy(ag.tensor(scores, requires_grad=True), target, reduction)

    np.testing.assert_allclose(y.numpy(), expected)
    assert y.node.primitive.name == "cross_entropy"


def test_the_gradient_of_cross_entropy_is_the_probability_minus_the_target():
    expected = np.exp(LOG_P)
    expected[np.arange(6), target] -= 1

    np.testing.assert_allclose(ag.grad(lambda s: ops.cross_entropy(s, target))(scores), expected / 6)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("shape", [(4,), (6, 4), (2, 4, 3), (2, 4, 3, 2), (3, FEW + 5)])
def test_cross_entropy_differentiates_to_third_order(shape, reduction):
    s = rng.normal(size=shape)
    axis = min(len(shape) - 1, 1)
    t = rng.integers(0, shape[axis], shape[:axis] + shape[axis + 1 :])

    check_grads(lambda s: ops.cross_entropy(s, t, reduction), s, order=3, directions=1)
    np.testing.assert_allclose(ops.cross_entropy(s, t, reduction), cross_entropy_definition(s, t, reduction=reduction))


def test_the_hessian_of_cross_entropy_is_that_of_the_softmax():
    p = np.exp(LOG_P[0])

    np.testing.assert_allclose(
        ag.hessian(lambda s: ops.cross_entropy(s, np.array(0)))(scores[0]), np.diag(p) - np.outer(p, p), atol=1e-14
    )


def test_few_and_many_classes_take_two_ways_to_one_loss():
    z = np.subtract(scores, scores.max(1, keepdims=True))
    loss, slope = by_elements(z.copy(), target, "mean")

    np.testing.assert_allclose(ops.cross_entropy(scores, target), loss)
    np.testing.assert_allclose(ag.grad(lambda s: ops.cross_entropy(s, target))(scores), slope)


def test_large_scores_do_not_overflow_and_impossible_classes_cost_nothing():
    s = np.array([[1e4, 0.0, -np.inf], [0.0, -1e4, -np.inf]])
    value, gradient = ag.value_and_grad(lambda s: ops.cross_entropy(s, np.array([0, 0])))(s)

    assert value == 0
    np.testing.assert_array_equal(gradient, np.zeros((2, 3)))


def test_an_impossible_target_costs_infinity():
    assert ops.cross_entropy(np.array([[0.0, -np.inf]]), np.array([1])) == np.inf


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64])
def test_classes_may_be_any_integers(dtype):
    np.testing.assert_allclose(ops.cross_entropy(scores, target.astype(dtype)), LOSSES.mean())
    np.testing.assert_allclose(ops.cross_entropy(scores, ag.tensor(target.astype(dtype))), LOSSES.mean())
    np.testing.assert_allclose(ops.cross_entropy(scores, target.tolist()), LOSSES.mean())


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_cross_entropy_keeps_the_dtype_of_the_scores(dtype):
    value, gradient = ag.value_and_grad(lambda s: ops.cross_entropy(s, target))(scores.astype(dtype))

    assert (value.dtype, gradient.dtype) == (dtype, dtype)
    np.testing.assert_allclose(value, LOSSES.mean(), rtol=10 * np.finfo(dtype).eps)


def test_neither_scores_nor_targets_are_written():
    s, t = scores.copy(), target.copy()
    ag.grad(lambda s: ops.cross_entropy(s, t))(s)

    np.testing.assert_array_equal(s, scores)
    np.testing.assert_array_equal(t, target)


def test_a_weight_counts_the_losses_of_its_class():
    weight = np.array([1.0, 0.5, 2.0, 0.0])
    w = weight[target]

    np.testing.assert_allclose(ops.cross_entropy(scores, target, weight=weight), np.sum(w * LOSSES) / np.sum(w))
    np.testing.assert_allclose(ops.cross_entropy(scores, target, "none", weight=weight), w * LOSSES)
    check_grads(lambda s, w: ops.cross_entropy(s, target, weight=w), scores, weight + 0.1, directions=1)


def test_ignored_targets_do_not_count():
    padded = np.where(target == 2, -100, target)

    np.testing.assert_allclose(ops.cross_entropy(scores, padded), LOSSES[target != 2].mean())
    np.testing.assert_allclose(ops.cross_entropy(scores, target, ignore_index=2), LOSSES[target != 2].mean())
    np.testing.assert_array_equal(ag.grad(lambda s: ops.cross_entropy(s, padded))(scores)[target == 2], 0)


@pytest.mark.parametrize("classes", [1, 2, 10, 50, 60, 99, 100, 128, 129, 200])
def test_no_number_outside_of_the_classes_is_taken_for_one(classes):
    s = rng.standard_normal((3, classes))
    for outside in (*range(-3 * classes, 0), *range(classes, 3 * classes), 2**40, -(2**40)):
        with pytest.raises(ClassRangeError, match=f"the target {outside} at "):
            ops.cross_entropy(s, np.array([0, outside, 0]), ignore_index=-(2**50))

    ignored = np.array([0, -100, classes - 1])
    np.testing.assert_allclose(ops.cross_entropy(s, ignored), ops.cross_entropy(s[[0, 2]], ignored[[0, 2]]))


@pytest.mark.parametrize("options", [{}, {"weight": np.ones(4)}, {"label_smoothing": 0.1}])
def test_a_batch_to_ignore_as_a_whole_has_no_mean_and_changes_nothing(options):
    s = ag.tensor(scores, requires_grad=True)
    with np.errstate(invalid="ignore"):
        loss = ops.cross_entropy(s, np.full(6, -100), **options)
    with np.errstate(divide="ignore", invalid="ignore"):
        loss.backward()

    assert np.isnan(loss.item())
    np.testing.assert_array_equal(s.grad.numpy(), 0)


def test_an_ignored_row_may_hold_anything():
    s, t = np.vstack([scores, np.full(4, -np.inf), np.full(4, np.nan)]), np.append(target, [-100, -100])
    with np.errstate(invalid="ignore"):
        value, gradient = ag.value_and_grad(lambda s: ops.cross_entropy(s, t))(s)

    np.testing.assert_allclose(value, LOSSES.mean())
    np.testing.assert_array_equal(gradient[6:], 0)


def test_smoothed_labels_are_a_mixture_with_the_uniform_target():
    smooth = 0.9 * np.eye(4)[target] + 0.1 / 4
    expected = np.mean(-np.sum(smooth * LOG_P, axis=1))

    np.testing.assert_allclose(ops.cross_entropy(scores, target, label_smoothing=0.1), expected)
    np.testing.assert_allclose(ops.cross_entropy(scores, smooth), expected)
    np.testing.assert_allclose(ops.cross_entropy(scores, np.eye(4)[target], label_smoothing=0.1), expected)


def test_targets_may_be_probabilities_that_are_recorded_themselves():
    p = rng.dirichlet(np.ones(4), size=6)

    check_grads(lambda s, p: ops.cross_entropy(s, p), scores, p, directions=1)


def test_nll_takes_log_probabilities():
    np.testing.assert_allclose(ops.nll_loss(LOG_P, target), LOSSES.mean())
    check_grads(lambda s: ops.nll_loss(ops.log_softmax(s, 1), target, "sum"), scores, directions=1)


@pytest.mark.parametrize("loss", [ops.cross_entropy, ops.nll_loss])
@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (np.array([0, 4, 1, 2, 2, 0]), ClassRangeError, r"the target 4 at \(1,\) names none of the 4 classes, 0 to 3"),
        (np.array([0, -1, 1, 2, 2, 0]), ClassRangeError, r"the target -1 at \(1,\)"),
        (np.array([0, 99, 1, 2, 2, 0]), IndexError, r"the target 99 at \(1,\)"),
        (
            target[:5],
            ShapeError,
            r"scores \(6, 4\) and targets \(5,\): one class for each place makes the shape \(6,\)",
        ),
        (target[:, None], ShapeError, r"Drop the last axis with target\[..., 0\]"),
        (np.eye(4, dtype=int)[target], ShapeError, r"For one-hot targets pass target.argmax\(1\)"),
        (
            target.astype(float),
            DTypeError,
            r"integer class numbers as targets, not float64: write target.astype\(int\)",
        ),
        (target > 1, DTypeError, r"not bool"),
    ],
)
def test_targets_that_do_not_fit_are_refused_with_words(loss, wrong, error, words):
    with pytest.raises(error, match=words):
        loss(ag.tensor(scores, requires_grad=True), wrong)


@pytest.mark.parametrize("loss", [ops.mse_loss, ops.bce_with_logits])
def test_an_unknown_reduction_is_refused(loss):
    with pytest.raises(UnsupportedError, match="'mean', 'sum' or 'none', not 'max'"):
        loss(np.ones(3), np.ones(3), "max")
    with pytest.raises(UnsupportedError, match="'mean', 'sum' or 'none', not 'max'"):
        ops.cross_entropy(scores, target, "max")


# -- numbers -----------------------------------------------------------------------------------------------------------


def test_mse_is_the_mean_of_squared_differences():
    a, b = rng.normal(size=(3, 2)), rng.normal(size=(3, 2))

    np.testing.assert_allclose(ops.mse_loss(a, b), np.mean((a - b) ** 2))
    np.testing.assert_allclose(ops.mse_loss(a, b, "sum"), np.sum((a - b) ** 2))
    np.testing.assert_allclose(ops.mse_loss(a, b, "none"), (a - b) ** 2)
    np.testing.assert_allclose(ops.mse_loss(a, 0.5), np.mean((a - 0.5) ** 2))
    for reduction in ("mean", "sum", "none"):
        check_grads(partial(ops.mse_loss, reduction=reduction), a, b, order=3, directions=1)


def test_mse_of_scalars_is_a_scalar():
    a, b = ag.scalar(3.0), ag.scalar(1.0)
    y = ops.mse_loss(a, b)
    y.backward()

    assert (y.data, a.grad, b.grad) == (4.0, 4.0, -4.0)


def test_bce_with_logits_is_the_cross_entropy_of_the_sigmoid():
    a, t = rng.normal(size=5), rng.uniform(size=5)
    p = 1 / (1 + np.exp(-a))
    losses = -t * np.log(p) - (1 - t) * np.log(1 - p)

    np.testing.assert_allclose(ops.bce_with_logits(a, t), losses.mean())
    np.testing.assert_allclose(ops.bce_with_logits(a, t, "none", weight=2 * t), 2 * t * losses)
    np.testing.assert_allclose(
        ops.bce_with_logits(a, t, "sum", pos_weight=3.0), np.sum(-3 * t * np.log(p) - (1 - t) * np.log(1 - p))
    )
    check_grads(ops.bce_with_logits, a, t, order=3, directions=1)
    check_grads(lambda a: ops.bce_with_logits(a, t, pos_weight=np.array(3.0)), a, directions=1)


def test_bce_with_logits_does_not_overflow():
    value, gradient = ag.value_and_grad(lambda a: ops.bce_with_logits(a, np.array([1.0, 0.0, 0.0]), "sum"))(
        np.array([1e4, -1e4, 1e4])
    )

    assert value == 1e4
    np.testing.assert_array_equal(gradient, [0, 0, 1])


@pytest.mark.parametrize("loss", [ops.mse_loss, ops.bce_with_logits])
def test_shapes_that_would_broadcast_are_refused(loss):
    with pytest.raises(
        ShapeError, match=r"the prediction has shape \(3, 1\) and the target \(3,\), which would broadcast"
    ):
        loss(ag.tensor(np.ones((3, 1)), requires_grad=True), np.ones(3))


def test_means_over_more_elements_than_half_precision_has_numbers_for():
    a = np.ones((100_000, 2), np.float16)

    value, gradient = ag.value_and_grad(ops.mse_loss)(a, 3 * a)
    assert value == 4
    np.testing.assert_allclose(gradient, np.full_like(a, -2e-5), rtol=1e-2)
    value, gradient = ag.value_and_grad(ops.cross_entropy)(a, np.zeros(len(a), int))
    assert value == np.float16(np.log(2))
    np.testing.assert_allclose(gradient[0], [-5e-6, 5e-6], rtol=2e-2)
