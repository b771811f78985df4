"""`ag.special`: SciPy's values, slopes that are exact in the tails, SciPy itself loaded only when it is needed."""

import subprocess
import sys
import warnings

import mpmath
import numpy as np
import pytest
from scipy import special as scipys

import autograd_core as ag
from autograd_core import special
from autograd_core.errors import DTypeError, MissingError, UnsupportedError
from autograd_core.testing import check_grads

REALS = np.array([-np.inf, -800.0, -30.0, -1.0, -1e-3, 0.0, 1e-20, 0.3, 0.5, 0.7, 1.0, 5.0, 40.0, np.inf, np.nan])
UNIT = np.array([-0.1, 0.0, 1e-300, 1e-10, 0.1, 0.29, 0.49, 0.5, 0.5 + 1e-12, 0.7, 1 - 1e-16, 1.0, 1.5])
UNARY = [
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfcinv",
    "erfcx",
    "erfinv",
    "expit",
    "gamma",
    "gammaln",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "log_expit",
    "log_ndtr",
    "logit",
    "ndtr",
    "ndtri",
    "psi",
]
BINARY = ["beta", "betaln", "gammainc", "gammaincc", "iv", "ive", "rel_entr", "xlog1py", "xlogy"]


def assert_like_scipys(got, expected, rtol=8):
    assert got.dtype == expected.dtype
    eps = np.finfo(expected.dtype).eps
    np.testing.assert_allclose(got, expected, rtol=rtol * eps, atol=np.finfo(expected.dtype).tiny)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", UNARY)
def test_functions_of_one_number_have_scipys_values(name, dtype):
    for x in (REALS.astype(dtype), UNIT.astype(dtype)):
        assert_like_scipys(getattr(special, name)(x), getattr(scipys, name)(x))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", BINARY)
def test_functions_of_two_numbers_have_scipys_values(name, dtype):
    finite = np.isfinite(REALS) & (np.abs(REALS) < 100)
    for x in (REALS[finite].astype(dtype), UNIT.astype(dtype)):
        y = x[:, None]
        assert_like_scipys(getattr(special, name)(y, x), getattr(scipys, name)(y, x))


def test_the_other_functions_have_scipys_values():
    x, y, z = np.random.default_rng(0).uniform(0.1, 0.9, (3, 7))

    assert_like_scipys(special.betainc(x, y, z), scipys.betainc(x, y, z))
    np.testing.assert_allclose(special.kl_div(x, y), scipys.kl_div(x, y), rtol=1e-15, atol=1e-15)
    for n in range(4):
        assert_like_scipys(special.polygamma(n, x), scipys.polygamma(n, x))
        assert special.polygamma(n, x.astype(np.float32)).dtype == np.float32
    for d in (1, 3):
        assert_like_scipys(special.multigammaln(x + 2, d), scipys.multigammaln(x + 2, d))


def test_integers_and_lists_are_numbers():
    assert special.xlogy([0, 2], 1).tolist() == [0.0, 0.0]
    assert special.expit(0).dtype == special.entr(1).dtype == np.float64


# -- slopes ------------------------------------------------------------------------------------------------------------------

EXACT = {
    "expit": (lambda x: 1 / (1 + mpmath.exp(-x)), [-700, 0.5, 30]),
    "log_expit": (lambda x: -mpmath.log(1 + mpmath.exp(-x)), [-40, 0.5, 30]),
    "erfc": (mpmath.erfc, [-5, 0.5, 20]),
    "ndtr": (mpmath.ncdf, [-30, 0.5, 5]),
    "log_ndtr": (lambda x: mpmath.log(mpmath.erfc(-x / mpmath.sqrt(2)) / 2), [-30, -5, 0.5, 10]),
    "gammaln": (mpmath.loggamma, [0.01, 30]),
    "digamma": (mpmath.digamma, [0.01, 30]),
    "i0e": (lambda x: mpmath.besseli(0, x) * mpmath.exp(-abs(x)), [-30, 0.5]),
    "i1e": (lambda x: mpmath.besseli(1, x) * mpmath.exp(-abs(x)), [-30, 0.5]),
    "i1": (lambda x: mpmath.besseli(1, x), [-3, 0.5, 30]),
}


@pytest.mark.parametrize("name", EXACT)
def test_the_first_two_slopes_are_exact_in_the_tails(name):
    exact, points = EXACT[name]
    first = ag.grad(getattr(special, name))
    with mpmath.workdps(120):
        for x in points:
            expected = [float(mpmath.diff(exact, mpmath.mpf(x), n, h=mpmath.mpf(10) ** -25)) for n in (1, 2)]

            np.testing.assert_allclose(first(float(x)), expected[0], rtol=1e-12)
            np.testing.assert_allclose(ag.grad(first)(float(x)), expected[1], rtol=1e-9)


def test_slopes_go_on_to_any_order():
    f = special.gammaln
    for n in range(5):
        f = ag.grad(f)
        np.testing.assert_allclose(f(1.7), scipys.polygamma(n, 1.7), rtol=1e-14)


@pytest.mark.parametrize("d", [1, 3])
def test_slopes_of_multigammaln_agree_with_differences(d):
    check_grads(lambda a: special.multigammaln(a, d), np.array([2.5, 4.0]))


def test_masked_probabilities_of_zero_do_not_harm_the_others():
    p, q = np.array([0.0, 0.5, 0.5]), np.array([0.0, 0.25, 0.75])
    g = ag.grad(lambda q: np.sum(special.xlogy(p, q)))(q)

    np.testing.assert_allclose(g, [0.0, 2.0, 2 / 3])


def test_scalars_stay_scalars():
    x = ag.scalar(0.5)
    y = special.log_ndtr(x) + special.xlogy(x, x) + special.polygamma(1, x)
    y.backward()

    assert isinstance(y, ag.Scalar)
    assert type(x.grad) is float


# -- sums of exponentials --------------------------------------------------------------------------------------------------

A = np.array([[0.5, -1.25, 2.0], [1000.0, 999.0, -np.inf]])
B = np.array([[1.0, -0.5, 2.0], [0.0, 2.0, 1.0]])


@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1), -1])
@pytest.mark.parametrize("keepdims", [False, True])
def test_logsumexp_has_scipys_values(axis, keepdims):
    for settings in ({}, {"b": B}, {"b": 2.0}, {"b": B[0]}):
        expected = scipys.logsumexp(A, axis, keepdims=keepdims, **settings)
        got = special.logsumexp(A, axis, keepdims=keepdims, **settings)

        assert got.shape == expected.shape
        np.testing.assert_allclose(got, expected, rtol=1e-15)
        signed = scipys.logsumexp(A, axis, keepdims=keepdims, return_sign=True, **settings)
        for ours, theirs in zip(
            special.logsumexp(A, axis, keepdims=keepdims, return_sign=True, **settings), signed, strict=True
        ):
            np.testing.assert_allclose(ours, theirs, rtol=1e-15)


def test_logsumexp_of_a_negative_sum_is_nan_without_its_sign():
    a, b = np.array([1.0, 2.0]), np.array([1.0, -1.0])

    assert np.isnan(special.logsumexp(a, b=b))
    assert special.logsumexp(a, b=b, return_sign=True) == scipys.logsumexp(a, b=b, return_sign=True)
    check_grads(lambda a, b: special.logsumexp(a, b=b, return_sign=True)[0], a, b)


def test_a_weight_of_zero_has_a_slope_all_the_same():
    g = ag.grad(lambda b: special.logsumexp(np.array([0.0, 1.0]), b=b))(np.array([1.0, 0.0]))

    np.testing.assert_allclose(g, [1.0, np.e])


def test_softmaxes_go_over_all_axes_by_default():
    x = A[:, :2]
    np.testing.assert_allclose(special.softmax(x), scipys.softmax(x), rtol=1e-15)
    np.testing.assert_allclose(special.log_softmax(x), scipys.log_softmax(x), rtol=1e-15)
    check_grads(lambda x: (special.softmax(x), special.log_softmax(x, 1)), np.array([[0.5, 1.0], [2.0, -1.0]]))


def test_rows_of_nothing_but_minus_infinity_have_no_slope():
    row = np.full(2, -np.inf)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert special.logsumexp(row) == -np.inf
        assert np.isnan(special.softmax(row)).all()
        assert np.isnan(ag.grad(special.logsumexp)(row)).all()


# -- refusals --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "args"), [("gammainc", (1.0, 2.0)), ("betainc", (1.0, 2.0, 0.5)), ("iv", (1.0, 2.0))])
def test_a_slope_by_a_parameter_is_refused(name, args):
    with pytest.raises(UnsupportedError, match=rf"special\.{name} is differentiated by .*, not by its parameter [av]"):
        ag.grad(getattr(special, name))(*args)


def test_wrong_numbers_are_refused():
    with pytest.raises(DTypeError, match="one order 0, 1, 2"):
        special.polygamma(0.5, 1.0)
    for function in (special.expit, special.gamma, special.entr):
        with pytest.raises(DTypeError, match="real numbers"):
            function(np.array([1j]))


def test_without_scipy_the_error_names_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)

    with pytest.raises(MissingError, match=r"special\.gammaln .*pip install 'autograd-core\[special\]'"):
        special.gammaln(1.0)
    assert special.expit(0.0) == 0.5


def test_what_is_seldom_needed_is_not_imported():
    code = (
        "import sys, autograd_core as ag; ag.special.expit(ag.tensor([0.5])); "
        "assert not {'scipy', 'numpy.random', 'numpy.polynomial'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
