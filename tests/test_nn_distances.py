"""Bilinear layers, distances and directions."""

from itertools import combinations

import numpy as np
import pytest

import autograd_core as ag
import nn
import nn.functional as F
from autograd_core.errors import DTypeError, ShapeError
from autograd_core.testing import check_grads, check_module

random = np.random.default_rng(0)
A, B = random.standard_normal((2, 4, 3))


@pytest.mark.parametrize("leading", [(), (5,), (2, 5)])
def test_a_bilinear_layer_is_its_equation(leading):
    layer = nn.Bilinear(3, 4, 2).double()
    x, y = random.standard_normal((*leading, 3)), random.standard_normal((*leading, 4))
    expected = np.einsum("...i,kij,...j->...k", x, layer.weight.numpy(), y) + layer.bias.numpy()

    np.testing.assert_allclose(layer(x, y).numpy(), expected)
    assert nn.Bilinear(3, 4, 2, bias=False)(x, y).dtype == np.float32


def test_a_bilinear_layer_starts_uniform_by_its_first_input():
    layer = nn.Bilinear(100, 30, 20, generator=0)
    w = layer.weight.numpy()

    np.testing.assert_allclose([w.min(), w.max(), w.std()], [-0.1, 0.1, 0.1 / 3**0.5], rtol=0.02)
    assert np.abs(layer.bias.numpy()).max() <= 0.1


def test_the_cosine_is_that_of_the_angle_and_sizes_do_not_matter():
    expected = (A * B).sum(1) / np.linalg.norm(A, axis=1) / np.linalg.norm(B, axis=1)

    np.testing.assert_allclose(F.cosine_similarity(A, B), expected)
    np.testing.assert_allclose(nn.CosineSimilarity(dim=0)(A.T, 100 * B.T), expected)
    np.testing.assert_allclose(F.cosine_similarity(A[:, None], B, dim=-1).diagonal(), expected)
    assert F.cosine_similarity([[0.0, 0.0]], [[1.0, 2.0]]).tolist() == [0.0]
    assert F.cosine_similarity([[1, 0]], [[3, 4]]).tolist() == [0.6]


@pytest.mark.parametrize("p", [1, 2, 3.5, np.inf])
def test_distances_are_norms_of_differences(p):
    expected = np.linalg.norm(A - B + 1e-6, p, axis=1)

    np.testing.assert_allclose(nn.PairwiseDistance(p)(A, B), expected)
    np.testing.assert_allclose(F.pairwise_distance(A, B, p, keepdim=True), expected[:, None])
    np.testing.assert_allclose(F.pdist(A, p), [np.linalg.norm(x - y, p) for x, y in combinations(A, 2)])
    np.testing.assert_allclose(F.normalize(A, p), A / np.linalg.norm(A, p, axis=1, keepdims=True))


def test_there_are_no_distances_among_less_than_two_rows_and_none_between_equal_ones():
    assert F.pdist(np.ones((1, 3))).shape == (0,)
    assert F.pdist(np.ones((2, 3)), p=0).tolist() == [0]
    assert not ag.grad(lambda x: np.sum(F.pdist(x)))(np.ones((2, 3))).any()


def test_nothing_is_divided_by_less_than_eps():
    x = np.array([[0.0, 0.0], [0.3, 0.4]])

    np.testing.assert_allclose(F.normalize(x, eps=1.0), x)
    assert ag.jacobian(lambda x: F.normalize(x, eps=1.0))(x).sum() == 4


MODULES = [
    (nn.Bilinear(3, 3, 2), (A, B)),
    (nn.CosineSimilarity(), (A, B)),
    (nn.PairwiseDistance(3, keepdim=True), (A, B)),
    (nn.Unflatten(1, (3, 1)), (A,)),
]


@pytest.mark.parametrize(("layer", "inputs"), MODULES, ids=[repr(layer) for layer, _ in MODULES])
def test_gradients_of_layers(layer, inputs):
    assert check_module(layer, inputs, order=2).rows


@pytest.mark.parametrize("function", [F.pdist, F.normalize, lambda x: F.normalize(x, 3, (0, 1))])
def test_gradients_of_functions(function):
    assert check_grads(function, A, order=2).rows


def test_single_precision_stays():
    x = A.astype(np.float32)
    results = [F.pdist(x), F.normalize(x), F.cosine_similarity(x, x), F.pairwise_distance(x, x)]

    assert {y.dtype for y in results} == {np.dtype(np.float32)}


REFUSED = [
    (lambda: nn.Bilinear(3, 4, 2)(A, B), ShapeError, r"takes inputs of shape \(4, 4\) second, and was given \(4, 3\)"),
    (lambda: nn.Bilinear(2, 3, 2)(A, B), ShapeError, r"takes inputs of shape \(..., 2\) first, and was given \(4, 3\)"),
    (lambda: nn.Bilinear(3, 3, 2)(A, np.ones((4, 3), int)), DTypeError, "was given int64 data"),
    (lambda: nn.Bilinear(3, 4, -1), nn.SettingError, "Bilinear: out_features is -1"),
    (lambda: F.bilinear(A, B, np.ones((2, 3))), ShapeError, r"was given \(4, 3\), \(4, 3\) and \(2, 3\)"),
    (lambda: F.cosine_similarity(A, A.T), ShapeError, r"shapes that broadcast, and was given \(4, 3\) and \(3, 4\)"),
    (lambda: F.pdist(np.ones(3)), ShapeError, r"pdist takes the rows of a matrix, and was given shape \(3,\)"),
    (lambda: nn.PairwiseDistance("two"), nn.KindError, "PairwiseDistance: p is 'two', a str"),
]


@pytest.mark.parametrize(("call", "error", "words"), REFUSED, ids=range(len(REFUSED)))
def test_what_does_not_fit_is_refused_with_words(call, error, words):
    with pytest.raises(error, match=words):
        call()
