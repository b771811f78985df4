"""Linear algebra: what the rows of samples cannot show. Stacks, singular and degenerate matrices, triangles, words."""

import math
import warnings

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import GradientError, MatrixError, UnsupportedError
from autograd_core.primitives.matrices import positive, regular
from autograd_core.testing import check_grads

rng = np.random.default_rng(0)


def recorded(a):
    return ag.tensor(a, requires_grad=True)


def symmetric(a):
    return a + np.swapaxes(np.conj(a), -1, -2)


# -- known derivatives -------------------------------------------------------------------------------------------------


def test_the_gradient_of_the_logarithm_of_a_determinant_is_the_transposed_inverse():
    a = regular(3)

    np.testing.assert_allclose(ag.grad(lambda a: np.linalg.slogdet(a)[1])(a), np.linalg.inv(a).T)


def test_the_hessian_of_a_determinant_is_exact_whatever_the_rank():
    expected = np.zeros((2, 2, 2, 2))  # of a d - b c
    expected[0, 0, 1, 1] = expected[1, 1, 0, 0] = 1
    expected[0, 1, 1, 0] = expected[1, 0, 0, 1] = -1

    for a in (regular(2), np.ones((2, 2)), np.zeros((2, 2))):
        np.testing.assert_allclose(ag.hessian(np.linalg.det)(a), expected, atol=1e-14)


def test_the_third_derivative_of_a_determinant_is_the_sign_of_permutations():
    third = ag.jacobian(ag.jacobian(ag.grad(np.linalg.det)))(np.zeros((3, 3)))

    assert third[0, 0, 1, 1, 2, 2] == pytest.approx(1)
    assert third[0, 1, 1, 0, 2, 2] == pytest.approx(-1)
    assert third[0, 1, 1, 2, 2, 0] == pytest.approx(1)
    assert np.count_nonzero(np.abs(third) > 1e-12) == 36


def test_the_eigenvalue_of_a_complex_hermitian_matrix_changes_by_its_form():
    a, da = symmetric(regular(3, dtype=complex)), symmetric(regular(3, dtype=complex)[::-1])
    v = np.linalg.eigh(a)[1]
    change = ag.jvp(np.linalg.eigvalsh, (a,), (da,))[1]

    np.testing.assert_allclose(change, np.diag(v.conj().T @ da @ v).real)


def test_an_exponential_by_its_series_has_the_tangent_of_the_one_by_eigenvalues():
    def by_series(a):
        return sum(np.linalg.matrix_power(a, k) / math.factorial(k) for k in range(30))

    def by_eigenvalues(a):
        w, v = np.linalg.eigh(a)
        return (v * np.exp(w)) @ v.T

    a, da = 0.3 * symmetric(regular(3)), symmetric(rng.normal(size=(3, 3)))
    got, expected = (ag.jvp(f, (a,), (da,)) for f in (by_series, by_eigenvalues))

    np.testing.assert_allclose(got[0], expected[0], atol=1e-12)
    np.testing.assert_allclose(got[1], expected[1], atol=1e-11)


def test_the_likelihood_of_a_gaussian_process_differentiates_to_second_order():
    x, y = rng.normal(size=6), rng.normal(size=6)

    def log_likelihood(scale, noise):
        k = np.exp(-0.5 * ((x[:, None] - x) / scale) ** 2) + np.exp(noise) * np.eye(6)
        lower = np.linalg.cholesky(k)
        z = np.linalg.solve(lower, y)
        return -0.5 * np.sum(z * z) - np.sum(np.log(np.diagonal(lower)))

    check_grads(log_likelihood, 0.7, -1.0, order=2)


# -- stacks ------------------------------------------------------------------------------------------------------------

STACKED = {
    "det": (np.linalg.det, regular(3, 2, 2)),
    "slogdet": (lambda a: np.linalg.slogdet(a)[1], regular(3, 2, 2)),
    "inv": (np.linalg.inv, regular(3, 2, 2)),
    "solve": (lambda a: np.linalg.solve(a, np.ones((3, 2))), regular(3, 2, 2)),
    "pinv": (np.linalg.pinv, rng.normal(size=(2, 2, 3, 2))),
    "cholesky": (np.linalg.cholesky, positive(3, 2, 2)),
    "qr": (np.linalg.qr, rng.normal(size=(2, 2, 3, 2))),
    "svd": (np.linalg.svd, rng.normal(size=(2, 2, 3, 2))),
    "eigh": (np.linalg.eigh, regular(3, 2, 2)),
    "eig": (lambda a: np.linalg.eig(a)[0].real, regular(3, 2, 2)),
    "nuc": (lambda a: np.linalg.norm(a, "nuc", (-2, -1)), rng.normal(size=(2, 2, 3, 2))),
    "cond": (np.linalg.cond, regular(3, 2, 2)),
    "matrix_power": (lambda a: np.linalg.matrix_power(a, -3), regular(3, 2, 2)),
}


@pytest.mark.parametrize("name", STACKED)
def test_a_stack_has_the_gradient_of_a_loop_over_its_matrices(name):
    f, a = STACKED[name]

    def total(a):
        out = f(a)
        return sum(np.sum(np.sin(part)) for part in (out if isinstance(out, tuple) else (out,)))

    expected = [[ag.grad(total)(m) for m in row] for row in a]

    np.testing.assert_allclose(ag.grad(total)(a), expected, rtol=1e-9, atol=1e-9)


# -- equal eigenvalues and singular values -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "f",
    [
        lambda a: np.sum(np.exp(np.linalg.eigvalsh(a))),
        lambda a: np.sum(np.exp(np.linalg.eigh(a)[0])),
        lambda a: np.sum(np.exp(np.linalg.svd(a, compute_uv=False))),
        lambda a: np.sum(np.exp(np.linalg.svd(a).S)),
        lambda a: np.sum(np.exp(np.linalg.eigvals(a))),
        lambda a: np.sum(np.exp(np.linalg.eig(a).eigenvalues)),
    ],
)
def test_a_symmetric_function_of_equal_eigenvalues_has_its_gradient(f):
    a, t = np.diag([2.0, 2.0, 3.0]), regular(3)

    np.testing.assert_allclose(ag.grad(f)(a), np.diag(np.exp([2, 2, 3])), atol=1e-13)
    np.testing.assert_allclose(ag.jvp(f, (a,), (t,))[1], np.sum(np.exp([2, 2, 3]) * np.diag(t)))


@pytest.mark.parametrize(
    "f", [lambda a: np.linalg.eigh(a)[1], lambda a: np.linalg.svd(a).U, lambda a: np.linalg.eig(a)[1]]
)
def test_the_vectors_of_equal_values_have_no_finite_derivative(f):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        gradient = ag.grad(lambda a: np.sum(f(a) * regular(3)))(np.diag([2.0, 2.0, 3.0]))
        tangent = ag.jvp(f, (np.diag([2.0, 2.0, 3.0]),), (regular(3),))[1]

    assert not np.isfinite(gradient).all()
    assert not np.isfinite(tangent).all()


def test_a_singular_value_of_0_has_a_slope_of_0_as_a_size_has():
    a = np.diag([3.0, 2.0, 0.0])

    assert ag.grad(lambda a: np.linalg.norm(a, "nuc"))(a).tolist() == np.diag([1.0, 1.0, 0.0]).tolist()
    assert ag.grad(lambda a: np.linalg.norm(a, -2))(a).tolist() == np.zeros((3, 3)).tolist()


def test_singular_vectors_of_a_real_matrix_of_rank_one_less_have_their_derivative():
    x = rng.normal(size=(3, 3))
    a = x - np.outer(x @ (v := np.linalg.svd(x)[2][-1]), v)

    check_grads(lambda a: np.linalg.svd(a)[0][:, :2], a, order=1)


def test_singular_values_that_are_equal_share_a_spectral_norm():
    np.testing.assert_allclose(ag.grad(lambda a: np.linalg.norm(a, 2))(np.eye(2)), np.eye(2) / 2)


# -- constant rank -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [float, complex])
def test_the_pseudo_inverse_differentiates_where_the_rank_is_constant(dtype):
    x, y = regular(3, dtype=dtype)[:, :2], regular(3, dtype=dtype)[:2]

    check_grads(lambda x, y: np.linalg.pinv(x @ y, 1e-9), x, y, order=2, directions=1)
    check_grads(lambda x: np.linalg.pinv(x @ np.conj(x.T), 1e-9, hermitian=True), x, order=1)


def test_least_squares_differentiate_where_the_rank_is_constant():
    x, y, b = rng.normal(size=(4, 2)), rng.normal(size=(2, 3)), rng.normal(size=4)

    check_grads(lambda x, y, b: np.linalg.lstsq(x @ y, b, 1e-9)[0], x, y, b, order=2, directions=1)


def test_a_cutoff_that_drops_more_than_rounding_is_refused():
    a, b = recorded(np.diag([1.0, 0.1])), np.ones(2)

    for call in (lambda: np.linalg.pinv(a, 0.5), lambda: np.linalg.lstsq(a, b, 0.5)):
        with pytest.raises(GradientError, match=r"drops the singular value 0\.1 beside 1: .* Lower the cutoff"):
            call()
    np.testing.assert_allclose(np.linalg.pinv(a.detach(), 0.5).numpy(), np.diag([1.0, 0.0]))


def test_least_squares_give_what_numpy_gives_and_a_rank_that_counts():
    a, b = rng.normal(size=(4, 2)), rng.normal(size=4)
    x, residuals, rank, s = np.linalg.lstsq(recorded(a), b)
    expected = np.linalg.lstsq(a, b)

    assert int(rank) == expected[2] == 2
    for got, e in zip((x, residuals, s), (expected[0], expected[1], expected[3]), strict=True):
        assert got.requires_grad
        np.testing.assert_allclose(got.numpy(), e)
    assert np.linalg.lstsq(recorded(a.T), b[:2])[1].shape == (0,)


# -- triangles ---------------------------------------------------------------------------------------------------------

READERS = {
    "eigh": (lambda a, u: np.linalg.eigh(a, u)[1], "L", "U"),
    "eigvalsh": (np.linalg.eigvalsh, "L", "U"),
    "cholesky": (lambda a, u: np.linalg.cholesky(a, upper=u), False, True),
}


@pytest.mark.parametrize("name", READERS)
def test_the_triangle_that_is_not_read_has_no_influence(name):
    f, low, up = READERS[name]
    a = symmetric(regular(3)) + 9 * np.eye(3)
    for setting, unread in ((low, np.triu_indices(3, 1)), (up, np.tril_indices(3, -1))):
        noise = a.copy()
        noise[unread] = np.nan
        g, expected = (ag.grad(lambda a, s=setting: np.sum(np.sin(f(a, s))))(m) for m in (noise, a))

        assert (g[unread] == 0).all()
        np.testing.assert_allclose(g, expected)


def test_of_a_matrix_made_symmetric_both_triangles_have_their_gradient():
    a = rng.normal(size=(3, 3))
    g = ag.grad(lambda a: np.sum(np.exp(np.linalg.eigvalsh((a + a.T) / 2))))(a)

    np.testing.assert_allclose(g, g.T)


# -- norms -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ord", [None, 2, 3, 4, 1.5, 1, np.inf])
def test_rows_of_zeros_have_a_gradient_and_a_second_derivative_of_0(ord):
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    norms = lambda x: np.sum(np.linalg.norm(x, ord, axis=1))  # noqa: E731
    g, h = ag.grad(norms)(x), ag.hessian(norms)(x)

    assert np.isfinite(g).all()
    assert np.isfinite(h).all()
    assert (g[1] == 0).all()
    assert (h[1] == 0).all()
    np.testing.assert_allclose(g[0], ag.grad(lambda x: np.linalg.norm(x, ord))(x[0]))


def test_an_even_norm_is_smooth_where_an_element_is_0():
    x = np.array([0.0, 1.0, -2.0])

    for ord in (2, 4, 6):
        check_grads(lambda x, p=ord: np.linalg.norm(x, p), x, order=3, directions=1)


# -- names, results and words -------------------------------------------------------------------------------------------------


def test_every_name_of_np_linalg_has_its_answer():
    assert [name for name in np.linalg.__all__ if not hasattr(ag.linalg, name)] == []
    assert ag.linalg.LinAlgError is np.linalg.LinAlgError


@pytest.mark.parametrize("name", ["qr", "svd", "eigh", "eig", "slogdet"])
def test_results_are_the_named_tuples_of_numpy(name):
    a, f = regular(3), getattr(np.linalg, name)

    assert type(f(recorded(a))) is type(getattr(ag.linalg, name)(a)) is type(f(a))


def test_what_is_singular_is_an_error_of_ours_and_of_numpys():
    stack = np.zeros((2, 2, 2, 2)) + np.eye(2)
    stack[1, 0] = 1.0

    with pytest.raises(np.linalg.LinAlgError, match=r"matrix \(1, 0\) of the stack is singular") as caught:
        np.linalg.inv(recorded(stack))
    assert isinstance(caught.value, MatrixError)
    assert type(caught.value.__cause__) is np.linalg.LinAlgError
    with pytest.raises(MatrixError, match=r"cholesky of shape .* the matrix is not positive definite"):
        np.linalg.cholesky(recorded(-np.eye(2)))
    with pytest.raises(MatrixError, match="matrix 1 of the stack holds NaN or infinity"):
        np.linalg.eig(recorded(np.stack([np.eye(2), np.full((2, 2), np.inf)])))


def test_a_gradient_that_needs_the_inverse_of_a_singular_matrix_says_so():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        with pytest.raises(MatrixError, match="the matrix is singular"):
            ag.grad(lambda a: np.linalg.slogdet(a)[1])(np.ones((2, 2)))
    with pytest.raises(MatrixError, match="the matrix is singular"):
        ag.grad(lambda a: np.sum(np.linalg.qr(a)[1]))(np.zeros((2, 2)))


def test_modes_that_are_not_differentiated_are_refused_with_words():
    with pytest.raises(UnsupportedError, match="Householder"):
        np.linalg.qr(recorded(np.eye(2)), "raw")
    with pytest.raises(UnsupportedError, match="'L' or 'U'"):
        np.linalg.eigh(recorded(np.eye(2)), "X")
