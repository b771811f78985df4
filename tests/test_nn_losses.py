"""Losses: formulas, conventions, errors; beside PyTorch with every setting in tests/peers/torch_nn."""

from itertools import product

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import BoundsError, DTypeError, ShapeError
from autograd_core.testing import check_grads

F = nn.functional
rng = np.random.default_rng(0)
X, T = rng.standard_normal((2, 3, 4))
P = rng.dirichlet(np.ones(4), 3)
SIGNS = np.where(rng.random((3, 4)) < 0.5, -1.0, 1.0)
LABELS = np.array([2, 0, 3])

# loss, inputs (the first is differentiated), what it is of all elements before they are put together
FORMULAS = {
    "L1": (nn.L1Loss, (X, T), np.abs(X - T)),
    "Huber": (nn.HuberLoss, (X, T), np.where(np.abs(X - T) < 1, (X - T) ** 2 / 2, np.abs(X - T) - 0.5)),
    "SmoothL1": (nn.SmoothL1Loss, (X, T), np.where(np.abs(X - T) < 1, (X - T) ** 2 / 2, np.abs(X - T) - 0.5)),
    "BCE": (nn.BCELoss, (P, P[::-1]), -P[::-1] * np.log(P) - (1 - P[::-1]) * np.log(1 - P)),
    "SoftMargin": (nn.SoftMarginLoss, (X, SIGNS), np.log(1 + np.exp(-SIGNS * X))),
    "KLDiv": (nn.KLDivLoss, (np.log(P), P[::-1]), P[::-1] * (np.log(P[::-1]) - np.log(P))),
    "PoissonNLL": (nn.PoissonNLLLoss, (X, np.ones((3, 4))), np.exp(X) - X),
    "GaussianNLL": (nn.GaussianNLLLoss, (X, T, P), (np.log(P) + (X - T) ** 2 / P) / 2),
    "NLL": (nn.NLLLoss, (np.log(P), LABELS), -np.log(P)[range(3), LABELS]),
    "MultiLabelSoftMargin": (
        nn.MultiLabelSoftMarginLoss,
        (X, (SIGNS + 1) / 2),
        np.mean(np.log(1 + np.exp(-SIGNS * X)), axis=1),
    ),
    "HingeEmbedding": (nn.HingeEmbeddingLoss, (X, SIGNS), np.where(SIGNS == 1, X, np.maximum(1 - X, 0))),
    "MarginRanking": (nn.MarginRankingLoss, (X, T, SIGNS), np.maximum(-SIGNS * (X - T), 0)),
}
each = pytest.mark.parametrize(("loss", "inputs", "expected"), FORMULAS.values(), ids=FORMULAS)


@each
def test_a_loss_is_its_formula_put_together_as_asked(loss, inputs, expected):
    np.testing.assert_allclose(loss(reduction="none")(*inputs), expected, rtol=1e-12)
    np.testing.assert_allclose(loss(reduction="sum")(*inputs), expected.sum(), rtol=1e-12)
    np.testing.assert_allclose(loss()(*inputs), expected.mean(), rtol=1e-12)
    with pytest.raises(nn.SettingError, match=f"{loss.__name__}: reduction is 'average'"):
        loss(reduction="average")


@each
def test_a_loss_differentiates_to_second_order_and_keeps_float32(loss, inputs, expected):
    check_grads(lambda x: loss()(x, *inputs[1:]), inputs[0], order=2)
    assert loss()(ag.tensor(inputs[0], dtype=np.float32), *inputs[1:]).dtype == np.float32


# -- several classes ---------------------------------------------------------------------------------------------------------


def test_margins_count_each_wrong_class_once():
    expected = [sum(max(0, 1 - x[y] + x[i]) for i in range(4) if i != y) / 4 for x, y in zip(X, LABELS, strict=True)]

    np.testing.assert_allclose(nn.MultiMarginLoss(reduction="none")(X, LABELS), expected)
    check_grads(lambda x: F.multi_margin_loss(x, LABELS, p=2, weight=np.arange(1.0, 5.0)), X)


def test_several_right_classes_are_compared_with_every_wrong_one():
    right = np.array([[0, 2, -1, 1], [3, -1, -1, -1], [-1, 0, 1, 2]])  # what stands behind a -1 does not count
    chosen = [{0, 2}, {3}, set()]
    expected = [
        sum(max(0, 1 - (x[j] - x[i])) for j, i in product(js, set(range(4)) - js)) / 4 for x, js in zip(X, chosen, strict=True)
    ]  # fmt: skip

    np.testing.assert_allclose(nn.MultiLabelMarginLoss(reduction="none")(X, right), expected)
    check_grads(lambda x: F.multilabel_margin_loss(x, right), X)


def test_a_class_to_ignore_counts_neither_in_the_sum_nor_in_the_mean_whatever_its_value():
    logs = np.log(P)
    logs[1, 0] = -np.inf
    x = ag.tensor(logs, requires_grad=True)
    loss = nn.NLLLoss(ignore_index=0)(x, LABELS)
    loss.backward()

    np.testing.assert_allclose(loss.item(), -(logs[0, 2] + logs[2, 3]) / 2)
    assert np.isfinite(x.grad.numpy()).all()


def test_weights_of_classes_are_buffers_and_weigh_the_mean():
    loss = nn.NLLLoss(weight=np.array([1.0, 2.0, 3.0, 4.0]))
    losses = -np.log(P)[range(3), LABELS]

    assert list(loss.state_dict()) == ["weight"]
    np.testing.assert_allclose(loss(np.log(P), LABELS), np.average(losses, weights=[3, 1, 4]))


# -- conventions at the edges ------------------------------------------------------------------------------------------------


def test_logarithms_of_probabilities_end_at_minus_100_without_slope():
    p = ag.tensor([0.0, 1.0, 0.5], requires_grad=True)
    losses = nn.BCELoss(reduction="none")(p, [1.0, 0.0, 1.0])
    losses.sum().backward()

    np.testing.assert_allclose(losses.numpy(), [100, 100, np.log(2)])
    np.testing.assert_allclose(p.grad.numpy(), [0, 0, -2])


def test_a_variance_below_eps_counts_as_eps_and_keeps_its_gradient():
    var = ag.tensor([0.0, 2.0], requires_grad=True)
    nn.GaussianNLLLoss(reduction="sum", eps=0.5)(np.array([1.0, 1.0]), np.zeros(2), var).backward()

    np.testing.assert_allclose(var.grad.numpy(), [(1 / 0.5 - 1 / 0.25) / 2, (1 / 2 - 1 / 4) / 2])


def test_a_swapped_triplet_takes_the_negative_that_is_closer_to_either():
    a, p, n = np.zeros(1), np.array([2.0]), np.array([3.0])

    assert nn.TripletMarginLoss(eps=0.0)(a, p, n) == 2 - 3 + 1
    assert nn.TripletMarginLoss(eps=0.0, swap=True)(a, p, n) == 2 - 1 + 1


# -- sequences ---------------------------------------------------------------------------------------------------------------


def spelled(path):
    """The labels of a path: repetitions merged, then blanks (0) left out."""
    return [c for i, c in enumerate(path) if c and (i == 0 or path[i - 1] != c)]


@pytest.mark.parametrize("target", [[], [1], [1, 2], [2, 2]])
def test_ctc_sums_over_every_path_that_spells_the_target(target):
    log_probs = F.log_softmax(rng.standard_normal((4, 1, 3)))
    paths = [path for path in product(range(3), repeat=4) if spelled(path) == target]
    expected = -np.log(sum(np.exp(sum(log_probs[t, 0, c] for t, c in enumerate(path))) for path in paths))

    np.testing.assert_allclose(
        F.ctc_loss(log_probs, np.array([target], int), [4], [len(target)], reduction="sum"), expected
    )


def test_ctc_differentiates_in_both_modes_to_second_order():
    check_grads(
        lambda x: F.ctc_loss(x, np.array([[1, 2, 2], [2, 0, 0]]), [6, 4], [3, 1]),
        rng.standard_normal((6, 2, 3)),
        order=2,
    )


def test_a_target_that_no_path_spells_has_an_infinite_loss_or_does_not_count():
    x = ag.tensor(F.log_softmax(rng.standard_normal((3, 2, 3))), requires_grad=True)
    targets, lengths = np.array([[1, 1], [1, 2]]), [2, 2]

    assert np.isinf(F.ctc_loss(x, targets, [2, 3], lengths).item())
    loss = F.ctc_loss(x, targets, [2, 3], lengths, zero_infinity=True)
    loss.backward()
    assert not x.grad.numpy()[:, 0].any()
    assert np.isfinite(x.grad.numpy()).all()


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda: nn.L1Loss()(np.ones((3, 1)), np.ones(3)), ShapeError, "l1_loss compares element by element"),
        (lambda: nn.BCELoss()(np.array([1.5]), [1.0]), nn.SettingError, "with_logits"),
        (lambda: nn.GaussianNLLLoss()(X, T, -P), nn.SettingError, "softplus"),
        (lambda: nn.GaussianNLLLoss()(X, T, np.ones(2)), ShapeError, "variances are of shape"),
        (lambda: nn.MultiMarginLoss(p=3), nn.SettingError, "choose among 1, 2"),
        (lambda: nn.MultiMarginLoss()(X, np.array([1])), ShapeError, "classes"),
        (lambda: nn.MultiLabelMarginLoss()(X, LABELS), ShapeError, "fill up with -1"),
        (lambda: nn.CosineEmbeddingLoss()(X, T, 1.0), ShapeError, "cosine_embedding_loss takes"),
        (lambda: nn.TripletMarginLoss(margin=0.0), nn.SettingError, "above 0"),
        (lambda: F.ctc_loss(X, np.array([4]), [3], [1]), nn.SettingError, "no class of the 4"),
        (lambda: F.ctc_loss(X, np.array([1]), [9], [1]), ShapeError, "beyond the 3 steps"),
        (lambda: F.ctc_loss(X[:, None], np.array([1, 2, 3]), [3], [2]), ShapeError, "in one row"),
        (lambda: F.kl_div(X, P, "average"), nn.SettingError, "choose among"),
        (lambda: F.kl_div(X, X[0]), ShapeError, "kl_div compares element by element"),
        (lambda: nn.PoissonNLLLoss()(X, X[0]), ShapeError, "poisson_nll_loss compares"),
        (lambda: nn.GaussianNLLLoss()(X, X[0], P), ShapeError, "gaussian_nll_loss compares"),
        (lambda: nn.HingeEmbeddingLoss()(X, X[0]), ShapeError, "hinge_embedding_loss compares"),
        (lambda: nn.MarginRankingLoss()(X[:, 0], X[:1, 0], [1]), ShapeError, "margin_ranking_loss compares"),
        (lambda: nn.MarginRankingLoss()(X, X, X[0]), ShapeError, "one target for each pair, or one for all"),
        (lambda: nn.CosineEmbeddingLoss()(X, T[:1], LABELS), ShapeError, "cosine_embedding_loss takes"),
        (lambda: nn.MultiMarginLoss()(X, LABELS + 9), BoundsError, "names none of the 4 classes"),
        (
            lambda: nn.MultiLabelMarginLoss()(X, np.full(X.shape, 4)),
            BoundsError,
            "the target 4 names none of the 4 classes",
        ),
        (lambda: nn.MultiLabelMarginLoss()(X, X), DTypeError, r"target takes whole numbers.*astype\(int\)"),
        (lambda: nn.NLLLoss()(X, X[:, 0]), DTypeError, "nll_loss: target takes whole numbers"),
        (lambda: F.ctc_loss(X, np.array([1]), [3.0], [1]), DTypeError, "ctc_loss: lengths takes whole numbers"),
        (lambda: F.ctc_loss(X, np.array([1]), [3], [-1]), nn.SettingError, "a length is negative"),
        (
            lambda: nn.CrossEntropyLoss([1.0, 2.0])(X, LABELS),
            ShapeError,
            r"\(2,\): give one number a class, \(4,\)",
        ),
        (lambda: nn.NLLLoss([1.0] * 5)(X, LABELS), ShapeError, r"nll_loss: weight is of shape \(5,\)"),
        (lambda: nn.MultiMarginLoss(weight=2.0)(X, LABELS), ShapeError, r"multi_margin_loss: weight is of shape \(\)"),
        (
            lambda: nn.CrossEntropyLoss(label_smoothing=1.5),
            nn.SettingError,
            "label_smoothing is 1.5: give a number from 0 to 1",
        ),
        (lambda: F.cross_entropy(X, LABELS, label_smoothing=-1), nn.SettingError, "label_smoothing is -1"),
        (lambda: nn.NLLLoss(ignore_index="pad"), nn.KindError, "ignore_index is 'pad'"),
        (
            lambda: nn.BCEWithLogitsLoss(pos_weight=[1.0, 2.0])(X, T),
            ShapeError,
            "pos_weight is of shape .* must broadcast",
        ),
        (
            lambda: F.binary_cross_entropy(P[0], P[0], np.ones((4, 1))),
            ShapeError,
            "binary_cross_entropy: weight is of shape",
        ),
    ],
)
def test_a_wrong_call_says_what_to_give(wrong, error, words):
    with pytest.raises(error, match=words):
        wrong()


def test_weights_that_are_plain_arrays_do_not_make_a_loss_double():
    x = ag.tensor(X.astype(np.float32), requires_grad=True)

    assert F.cross_entropy(x, LABELS, weight=np.ones(4)).dtype == np.float32
    assert F.binary_cross_entropy_with_logits(x, T, pos_weight=np.ones(4)).dtype == np.float32
