"""Random numbers: NumPy's from the same seed, smooth in recorded parameters."""

import copy
import pickle
import threading

import numpy as np
import pytest
from scipy import special as scipys

import autograd_core as ag
from autograd_core.errors import ShapeError, UnsupportedError
from autograd_core.testing import check_grads

X, Y, Z = np.array([0.5, 1.5, 2.5]), np.array([[0.7], [1.2]]), np.array([4.0, 5.0, 6.0])

# parameters as arrays that broadcast, and as numbers
PATHS = {
    "normal": [(X, Y), (np.float64(0.3), 2.0)],
    "lognormal": [(X, Y)],
    "uniform": [(X, Z), (np.float64(-1.0), np.float64(2.0))],
    "triangular": [(X, np.float64(3.0), Z)],
    "exponential": [(X,), (np.float64(0.3),)],
    "weibull": [(X,)],
    "pareto": [(X,)],
    "power": [(X,)],
    "rayleigh": [(X,)],
    "gumbel": [(X, Y)],
    "laplace": [(X, Y)],
    "logistic": [(X, Y)],
}
IMPLICIT = {
    "standard_gamma": [(X,)],
    "gamma": [(X, Y)],
    "chisquare": [(X,)],
    "f": [(X, Y)],
    "beta": [(X, Y), (Y / 2, np.float64(0.4))],
    "dirichlet": [(X,)],
}
ROWS = [
    pytest.param(name, args, size, id=f"{name}-{i}-{size}")
    for name, calls in {**PATHS, **IMPLICIT}.items()
    for i, args in enumerate(calls)
    for size in (None, *([(4, *np.broadcast_shapes(*map(np.shape, args)))] if name != "dirichlet" else [(4,), 2]))
]


def drawing(name, size=None, **settings):
    """A distribution as a function of its parameters, from one seed."""
    return lambda *args: getattr(ag.random.default_rng(7), name)(*args, size=size, **settings)


def leaf(x):
    return ag.tensor(x, requires_grad=True)


@pytest.mark.parametrize(("name", "args", "size"), ROWS)
def test_numbers_are_those_of_numpy_from_the_same_seed(name, args, size):
    expected = getattr(np.random.default_rng(7), name)(*args, size=size)
    plain = drawing(name, size)(*args)
    recorded = drawing(name, size)(*[leaf(x) for x in args])

    assert type(plain) is type(expected)
    np.testing.assert_array_equal(plain, expected)
    assert recorded.shape == np.shape(expected)
    assert recorded.dtype == np.float64
    np.testing.assert_allclose(recorded.numpy(), expected, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("name", PATHS)
def test_paths_agree_with_differences(name):
    for args in PATHS[name]:
        check_grads(drawing(name), *args, directions=1)


QUANTILES = {
    "standard_gamma": lambda z, a: scipys.gammaincinv(a, scipys.gammainc(X, z)),
    "beta": lambda z, a, b: scipys.betaincinv(a, b, scipys.betainc(X, Y, z)),
}


@pytest.mark.parametrize("name", QUANTILES)
@pytest.mark.parametrize("scale", [0.1, 1.0, 30.0])
def test_implicit_paths_keep_the_level_of_their_distribution(name, scale):
    args = IMPLICIT[name][0]
    args = [scale * x for x in args]
    z = drawing(name)(*args)
    levels = scipys.gammainc(*args, z) if name == "standard_gamma" else scipys.betainc(*args, z)
    inverse = scipys.gammaincinv if name == "standard_gamma" else scipys.betaincinv
    got = ag.jvp(drawing(name), args, args)[1]
    h = 1e-5
    ahead, behind = [inverse(*[x * (1 + s * h) for x in args], levels) for s in (1, -1)]

    np.testing.assert_allclose(got, (ahead - behind) / (2 * h), rtol=2e-6, atol=1e-10)


def test_implicit_paths_have_second_derivatives():
    z = drawing("standard_gamma")(X)
    levels, h = scipys.gammainc(X, z), 1e-3
    values = [scipys.gammaincinv(X + s * h, levels) for s in (-1, 0, 1)]
    second = ag.grad(lambda a: np.sum(ag.grad(lambda a: np.sum(drawing("standard_gamma")(a)))(a)))(X)

    np.testing.assert_allclose(second, (values[0] - 2 * values[1] + values[2]) / h**2, rtol=1e-4)


def test_averages_of_gradients_are_gradients_of_averages():
    n = 20000
    means = {  # of a distribution by its parameters, and its gradient
        "gamma": ((2.0, 3.0), (3.0, 2.0)),
        "beta": ((2.0, 3.0), (3 / 25, -2 / 25)),
        "exponential": ((2.0,), (1.0,)),
        "weibull": ((1.0,), (-0.4227843351,)),  # digamma(2), negative
        "triangular": ((0.0, 1.0, 3.0), (1 / 3, 1 / 3, 1 / 3)),
    }
    for name, (args, expected) in means.items():
        got = ag.grad(lambda *xs, name=name: np.mean(drawing(name, n)(*xs)), tuple(range(len(args))))(*args)

        np.testing.assert_allclose(got, expected, rtol=0.05, err_msg=name)


def test_dirichlet_probabilities_have_the_gradient_of_their_mean():
    alpha = np.array([0.5, 1.0, 2.5])
    got = ag.jacobian(lambda a: np.mean(drawing("dirichlet", 20000)(a), axis=0))(alpha)
    total = alpha.sum()

    np.testing.assert_allclose(got, np.eye(3) / total - alpha[:, None] / total**2, atol=0.005)


# -- normal vectors --------------------------------------------------------------------------------------------------------

MEAN, COV = np.array([1.0, -2.0]), np.array([[2.0, 0.5], [0.5, 1.0]])


def test_normal_vectors_are_numpys_by_cholesky():
    expected = np.random.default_rng(7).multivariate_normal(MEAN, COV, 5, method="cholesky")
    draw = drawing("multivariate_normal", 5)

    np.testing.assert_array_equal(draw(MEAN, COV), expected)
    np.testing.assert_allclose(draw(leaf(MEAN), COV).numpy(), expected, rtol=1e-14)
    for method in ("svd", "eigh"):
        expected = np.random.default_rng(7).multivariate_normal(MEAN, COV, 5, method=method)
        np.testing.assert_allclose(
            drawing("multivariate_normal", 5, method=method)(leaf(MEAN), COV).numpy(), expected, rtol=1e-14
        )
    with pytest.raises(UnsupportedError, match="method='svd' is not differentiated by cov: use 'cholesky'"):
        drawing("multivariate_normal", method="svd")(MEAN, leaf(COV))


# -- choices and orders ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "args", "settings"),
    [
        ("permutation", (np.arange(6.0),), {}),
        ("permutation", (np.arange(6.0).reshape(2, 3),), {"axis": 1}),
        ("permuted", (np.arange(6.0).reshape(2, 3),), {"axis": -1}),
        ("permuted", (np.arange(6.0).reshape(2, 3),), {"axis": 0}),
        ("permuted", (np.arange(6.0).reshape(2, 3),), {}),
        ("choice", (np.arange(6.0), 4), {}),
        ("choice", (np.arange(6.0), 4, False), {}),
        ("choice", (np.arange(6.0).reshape(2, 3), (2, 2)), {"axis": 1, "p": [0.5, 0.25, 0.25]}),
    ],
)
def test_elements_of_a_tensor_are_chosen_as_those_of_an_array(name, args, settings):
    expected = getattr(np.random.default_rng(7), name)(*args, **settings)
    x = leaf(args[0])
    y = getattr(ag.random.default_rng(7), name)(x, *args[1:], **settings)
    y.sum().backward()

    np.testing.assert_array_equal(y.numpy(), expected)
    np.testing.assert_array_equal(x.grad.numpy().ravel(), [np.sum(expected == v) for v in args[0].ravel()])


# -- refusals --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "args", "words"),
    [
        ("poisson", (leaf(2.0),), r"poisson .*a count jumps.*score function.*rng\.gumbel"),
        ("binomial", (3, leaf(0.5)), "binomial .*a count jumps"),
        ("multinomial", (3, leaf([0.5, 0.5])), "multinomial .*a count jumps"),
        ("choice", (3, None, True, leaf([0.2, 0.3, 0.5])), "choice is not differentiated by its probabilities"),
        ("vonmises", (leaf(0.0), 1.0), r"vonmises .*no smooth function.*x\.detach\(\)"),
        ("standard_t", (leaf(3.0),), "standard_t .*no smooth function"),
        ("shuffle", (leaf([1.0, 2.0]),), r"x = rng\.permutation\(x\)"),
        ("dirichlet", (leaf([0.05, 0.01]),), "all concentrations are below 0.1"),
    ],
)
def test_numbers_without_a_path_are_refused_with_words(name, args, words):
    with pytest.raises(UnsupportedError, match=words):
        getattr(ag.random.default_rng(0), name)(*args)


def test_parameters_outside_of_their_domain_raise_numpys_errors():
    for name, args, words in (
        ("normal", (0.0, leaf(-1.0)), "scale < 0"),
        ("gamma", (leaf(-1.0),), "shape < 0"),
        ("triangular", (leaf(1.0), 0.0, 2.0), "left > mode"),
    ):
        with pytest.raises(ValueError, match=words):
            getattr(ag.random.default_rng(0), name)(*args)
    with pytest.raises(ShapeError, match=r"size=2 is not what parameters of shape \(3,\) broadcast to"):
        ag.random.default_rng(0).normal(leaf(X), size=2)


# -- the generator ---------------------------------------------------------------------------------------------------------


def test_constants_need_no_derivative():
    assert ag.random.default_rng(0).poisson(ag.tensor(2.0)) == np.random.default_rng(0).poisson(2.0)


def test_a_scalar_parameter_gives_a_scalar():
    s = ag.scalar(2.0)
    y = ag.random.default_rng(0).normal(0.0, s)
    y.backward()

    assert isinstance(y, ag.Scalar)
    assert s.grad == np.random.default_rng(0).standard_normal()


def test_generators_copy_pickle_and_wrap_those_of_numpy():
    rng = ag.random.default_rng(3)
    for twin in (copy.deepcopy(rng), pickle.loads(pickle.dumps(rng)), ag.random.default_rng(np.random.default_rng(3))):
        assert twin.normal() == np.random.default_rng(3).normal()
    assert ag.random.default_rng(rng) is rng
    assert rng.bit_generator is rng.numpy.bit_generator
    assert [child.random() for child in rng.spawn(2)] == [child.random() for child in np.random.default_rng(3).spawn(2)]
    assert "PCG64" in repr(rng)


def test_each_thread_has_a_stream_of_its_own():
    ag.random.manual_seed(0)
    seen = []
    thread = threading.Thread(target=lambda: seen.append(ag.random.stream()))
    thread.start()
    thread.join()

    assert seen[0] is not ag.random.stream()
    assert ag.random.stream().random() == np.random.default_rng(0).random()
    assert ag.random.stream(5).random() == np.random.default_rng(5).random()


def test_a_checkpoint_draws_the_same_numbers_again():
    rng = ag.random.default_rng(0)
    y, pull = ag.vjp(ag.checkpoint(lambda scale: rng.normal(0.0, scale)), 2.0)

    assert pull(1.0)[0] == y / 2.0
