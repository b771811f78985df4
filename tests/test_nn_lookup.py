"""Embeddings: rows of a table, and sums of them."""

import numpy as np
import pytest

import autograd_core as ag
import nn
import nn.functional as F
from autograd_core.errors import BoundsError, DTypeError, ShapeError, UnsupportedError
from autograd_core.testing import check_module

TABLE = np.array([[1.0, 2.0], [3.0, -4.0], [5.0, 0.5], [-1.0, 7.0]])


def gradient(index, **settings):
    """The gradient of the table, if each row that is looked up counts its feature numbers."""
    return ag.grad(lambda w: np.sum(F.embedding(index, w, **settings) * [1.0, 10.0]))(TABLE)[:, 0].tolist()


# -- rows --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [2, [1, 1], [[0, 3], [2, 2]], np.empty((0, 2), int), ag.tensor([3, 0])])
def test_an_embedding_is_the_rows_of_its_table(index):
    numbers = np.asarray(index.data if isinstance(index, ag.Tensor) else index)

    np.testing.assert_array_equal(F.embedding(index, TABLE), TABLE[numbers])
    np.testing.assert_array_equal(nn.Embedding.from_pretrained(TABLE)(index).numpy(), TABLE[numbers])


def test_gradients_of_a_row_add_up_unless_it_is_the_padding_and_may_be_means():
    index = [[0, 1, 1], [1, 3, 0]]

    assert gradient(index) == [2, 3, 0, 1]
    assert gradient(index, padding_idx=1) == [2, 0, 0, 1]
    assert gradient(index, padding_idx=-1) == [2, 3, 0, 0]
    assert gradient(index, scale_grad_by_freq=True) == [1, 1, 0, 1]
    assert gradient(index, scale_grad_by_freq=True, padding_idx=0) == [0, 1, 0, 1]


def test_padding_and_scaling_leave_the_numbers_as_they_are():
    w = ag.tensor(TABLE / 3, requires_grad=True)

    np.testing.assert_array_equal(F.embedding([1, 2, 1], w, 1, scale_grad_by_freq=True).numpy(), w.numpy()[[1, 2, 1]])


def test_the_padding_starts_at_zero_and_the_table_is_normal():
    nn.manual_seed(0)
    layer = nn.Embedding(2000, 5, padding_idx=-1)
    w = layer.weight.numpy()

    assert layer.padding_idx == 1999
    assert not w[-1].any()
    np.testing.assert_allclose([w.mean(), w.std()], [0, 1], atol=0.03)


@pytest.mark.parametrize("weight", [TABLE.copy(), ag.tensor(TABLE, requires_grad=True)], ids=["array", "Tensor"])
def test_rows_that_are_used_and_too_long_are_shortened_in_place(weight):
    with ag.no_grad():
        y = np.asarray(F.embedding([[1, 0], [1, 1]], weight, max_norm=5.0, norm_type=1.0))
    data = np.asarray(weight.data if isinstance(weight, ag.Tensor) else weight)

    np.testing.assert_allclose(np.abs(y).sum(-1), [[5, 3], [5, 5]])
    np.testing.assert_allclose(data[1], TABLE[1] * 5 / 7, rtol=1e-6)
    np.testing.assert_array_equal(data[[0, 2, 3]], TABLE[[0, 2, 3]])


def test_a_pretrained_table_is_copied_and_frozen_unless_it_is_to_be_trained():
    layer, bag = nn.Embedding.from_pretrained(TABLE), nn.EmbeddingBag.from_pretrained(TABLE, freeze=False, mode="max")

    assert layer.weight.requires_grad is False
    assert isinstance(layer.weight, nn.Parameter)
    assert not np.shares_memory(layer.weight.data, TABLE)
    assert (bag.weight.requires_grad, bag.mode) == (True, "max")


# -- bags --------------------------------------------------------------------------------------------------------------

BAGS = [[2, 0, 2], [], [1]]
FLAT, OFFSETS = [2, 0, 2, 1], [0, 3, 3]


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("padding", [None, 0])
def test_bags_are_reduced_each_by_itself_without_the_padding(mode, padding):
    kept = [[i for i in bag if i != padding] for bag in BAGS]
    expected = [getattr(TABLE[bag], mode)(0) if bag else np.zeros(2) for bag in kept]

    y = F.embedding_bag(FLAT, TABLE, OFFSETS, mode=mode, padding_idx=padding)
    np.testing.assert_allclose(y, expected)
    ends = F.embedding_bag(FLAT, TABLE, [*OFFSETS, 4], mode=mode, padding_idx=padding, include_last_offset=True)
    np.testing.assert_allclose(ends, expected)


def test_bags_of_one_length_are_rows():
    index = [[0, 1], [2, 2]]

    np.testing.assert_array_equal(F.embedding_bag(index, TABLE), TABLE[index].mean(1))
    weighted = F.embedding_bag(index, TABLE, mode="sum", per_sample_weights=[[2.0, 0.0], [1.0, -1.0]])
    np.testing.assert_array_equal(weighted, [2 * TABLE[0], [0, 0]])
    assert F.embedding_bag(np.empty((2, 0), int), TABLE, mode="max").tolist() == [[0, 0], [0, 0]]


def test_the_gradient_of_a_bag_may_be_divided_by_the_uses_of_its_rows():
    f = lambda w: np.sum(F.embedding_bag([[0, 0, 1]], w, mode="sum", scale_grad_by_freq=True))  # noqa: E731

    assert ag.grad(f)(TABLE)[:, 0].tolist() == [1, 1, 0, 0]


def test_of_equal_maxima_the_first_has_the_gradient():
    table = np.array([[1.0, 2.0], [1.0, 3.0]])

    assert ag.grad(lambda w: np.sum(F.embedding_bag([[0, 1]], w, mode="max")))(table).tolist() == [[1, 0], [0, 1]]


# -- as modules ----------------------------------------------------------------------------------------------------------

MODULES = [
    (nn.Embedding(4, 3), (np.array([[1, 1], [0, 3]]),)),
    (nn.EmbeddingBag(4, 3), (np.array([[1, 1], [0, 3]]),)),
    (nn.EmbeddingBag(4, 3, mode="max", padding_idx=1), (np.array(FLAT), np.array(OFFSETS))),
    (nn.EmbeddingBag(4, 3, mode="sum"), (np.array(FLAT), np.array(OFFSETS), np.array([0.5, 2.0, -1.0, 3.0]))),
]


@pytest.mark.parametrize(("layer", "inputs"), MODULES, ids=[repr(layer) for layer, _ in MODULES])
def test_gradients_of_embeddings(layer, inputs):
    assert check_module(layer, inputs, order=2).rows


def test_embeddings_say_how_they_are_set():
    assert repr(nn.Embedding(3, 4, 0, 1.0, 3.0, True)) == (
        "Embedding(3, 4, max_norm=1.0, norm_type=3.0, scale_grad_by_freq=True, padding_idx=0)"
    )
    assert repr(nn.EmbeddingBag(3, 4, padding_idx=1)) == "EmbeddingBag(3, 4, mode='mean', padding_idx=1)"
    assert list(nn.EmbeddingBag(3, 4).state_dict()) == list(nn.Embedding(3, 4).state_dict()) == ["weight"]


def test_embeddings_within_vmap_look_up_for_each_example():
    layer, index = nn.Embedding(4, 3, padding_idx=0), np.array([[0, 1], [3, 3]])

    np.testing.assert_array_equal(ag.vmap(layer)(index).numpy(), layer(index).numpy())


# -- one_hot -------------------------------------------------------------------------------------------------------------


def test_one_hot_marks_the_class_along_a_new_axis():
    assert F.one_hot(1, 3).tolist() == [0, 1, 0]
    assert F.one_hot([[1], [0]]).tolist() == [[[0, 1]], [[1, 0]]]
    assert F.one_hot(np.empty((2, 0), int), 3).shape == (2, 0, 3)
    assert F.one_hot([1]).dtype == np.int64


REFUSED = [
    (lambda: F.embedding([4], TABLE), BoundsError, "embedding takes numbers from 0 to 3, and was given 4 to 4"),
    (lambda: F.embedding([-1], TABLE), BoundsError, "from 0 to 3, and was given -1 to -1"),
    (lambda: F.embedding([0.0], TABLE), DTypeError, r"takes integers, and was given float64: .* x.astype\(int\)"),
    (
        lambda: F.embedding([0], np.ones(3)),
        ShapeError,
        r"a table of shape \(rows, features\), and the weight is \(3,\)",
    ),
    (lambda: F.embedding([0], TABLE, padding_idx=4), BoundsError, "padding_idx is 4, and the table has 4 rows"),
    (lambda: nn.Embedding(3, 2, sparse=True), UnsupportedError, "Embedding: sparse=True asks for sparse gradients"),
    (lambda: nn.Embedding(3, 2, _weight=TABLE), ShapeError, r"a table of shape \(3, 2\), and was given \(4, 2\)"),
    (
        lambda: nn.Embedding(3, 2, max_norm=-1),
        nn.SettingError,
        "Embedding: max_norm is -1: give a number of at least 0",
    ),
    (lambda: F.embedding_bag([0], TABLE), ShapeError, r"\(N,\), with offsets; the input is \(1,\), with no offsets"),
    (
        lambda: F.embedding_bag([[0]], TABLE, [0]),
        ShapeError,
        r"no offsets with an input of shape \(1, 1\): each row is",
    ),
    (lambda: F.embedding_bag([0, 1], TABLE, [1]), BoundsError, "offsets begin with 0 and do not fall, up to 2"),
    (lambda: F.embedding_bag([0, 1], TABLE, [0, 3]), BoundsError, r"up to 2: they are \[0, 3\]"),
    (lambda: F.embedding_bag([0], TABLE, [[0]]), ShapeError, r"have the shape \(bags,\), and are \(1, 1\)"),
    (
        lambda: F.embedding_bag([[0]], TABLE, mode="min"),
        nn.SettingError,
        "mode is 'min': choose among 'sum', 'mean', 'max'",
    ),
    (
        lambda: F.embedding_bag([[0]], TABLE, mode="max", scale_grad_by_freq=True),
        nn.SettingError,
        'scale_grad_by_freq is not for mode="max"',
    ),
    (
        lambda: F.embedding_bag([[0]], TABLE, per_sample_weights=[[1.0]]),
        nn.SettingError,
        "per_sample_weights are for mode=\"sum\", and the mode is 'mean'",
    ),
    (
        lambda: F.embedding_bag([[0]], TABLE, mode="sum", per_sample_weights=[1.0]),
        ShapeError,
        r"the per_sample_weights are \(1,\), and the input is \(1, 1\)",
    ),
    (lambda: F.one_hot([3], 3), BoundsError, "one_hot takes numbers from 0 to 2, and was given 3 to 3"),
    (lambda: F.one_hot([0.5]), DTypeError, "one_hot takes integers, and was given float64"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_looked_up_is_refused_with_words(call, error, words):
    with pytest.raises(error, match=words):
        call()
