"""More digits than floats have: recorded functions computed again in the numbers of mpmath."""

import subprocess
import sys

import mpmath
import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import MissingError, UnsupportedError
from autograd_core.testing import check_grads
from autograd_core.testing.digits import Number, arithmetic, derivative

RNG = np.random.default_rng(0)
X, V, U = RNG.uniform(0.5, 1.5, 3), RNG.standard_normal(3), RNG.standard_normal(3)
A = RNG.standard_normal((3, 3))

FUNCTIONS = {
    "exp": np.exp,
    "exp2": np.exp2,
    "arcsin of a half": lambda x: np.arcsin(x / 2),
    "a power": lambda x: x**1.5,
    "a logarithm to base 2": np.log2,
    "logaddexp": lambda x: np.logaddexp(x, x**2),
    "matmul and maximum": lambda x: np.maximum(A @ x, 0.1),
    "einsum": lambda x: np.einsum("i,ij,j->i", x, A, x),
    "sums and quotients": lambda x: x / np.sum(x),
    "a norm": lambda x: np.linalg.norm(x) * x,
    "a variance": lambda x: np.var(x) * x,
    "a selection": lambda x: np.where(x > 1, x, x**3)[[0, 0, 1]],
    "a median, and what is rounded": lambda x: np.median(x) * x * np.floor(3 * x),
    "cumprod": np.cumprod,
    "convolve": lambda x: np.convolve(x, x)[:3],
    "erf": ag.ops.erf,
    "sigmoid": ag.ops.sigmoid,
    "gammaln": ag.special.gammaln,
    "i0": np.i0,
    "an operation of one's own": ag.elementwise(
        lambda x: np.sqrt(1 + x * x), lambda a, y: a / y, name="own", listed=False
    ),
}


@pytest.mark.parametrize("f", FUNCTIONS.values(), ids=FUNCTIONS)
def test_derivatives_to_thirty_digits(f):
    gradient = ag.grad(lambda x: np.sum(U * f(x)))
    second = ag.jvp(gradient, (X,), (V,))[1]

    assert float(derivative(f, [X], [U], [[V]])) == pytest.approx(np.sum(gradient(X) * V), rel=1e-13)
    assert float(derivative(f, [X], [U], [[U], [V]])) == pytest.approx(np.sum(U * second), rel=1e-12, abs=1e-15)


def test_all_thirty_are_right():
    with mpmath.workdps(30):
        exact = 1 / (2 * mpmath.sqrt(2))
        assert abs(derivative(np.sqrt, [2.0], [1.0], [[1.0]]) - exact) < mpmath.mpf(10) ** -29


def test_containers_and_floats():
    assert float(derivative(lambda p: {"y": p["a"] * p["b"]}, [{"a": 2.0, "b": X}], [U], [[1.0, V]])) == pytest.approx(
        np.sum(U * (X + 2 * V))
    )


def test_long_doubles_keep_all_of_theirs():
    third = np.longdouble(1) / 3

    assert abs(float(3 * Number(third).digits - 1)) <= np.finfo(np.longdouble).eps
    assert float(derivative(lambda x: x * x, [third], [1.0], [[1.0]])) == pytest.approx(2 / 3)


def test_nobody_elses_precision_changes():
    before = mpmath.mp.dps
    derivative(np.exp, [1.0], [1.0], [[1.0]])

    assert mpmath.mp.dps == before


def test_no_digits_are_dropped_silently():
    numbers = np.array([Number(1), Number(2)], object)

    for drop in (float, int):
        with pytest.raises(TypeError):
            drop(numbers[0])
    with pytest.raises(TypeError):
        numbers.astype(float)
    assert np.exp(numbers)[0].digits == arithmetic().e
    assert (numbers > 1).tolist() == [False, True]
    assert not Number(0)


REFUSED = {
    "inv is not computed": (lambda x: np.linalg.inv(np.outer(x, x) + A), X),
    "its numbers are complex": (np.abs, X + 1j),
    "more than 10000 numbers": (lambda x: x, np.ones(10_001)),
}


@pytest.mark.parametrize(("words", "call"), REFUSED.items())
def test_what_cannot_be_computed_is_said(words, call):
    f, x = call
    with pytest.raises(UnsupportedError, match=words):
        derivative(f, [x], [np.ones_like(f(x))], [[np.ones_like(x)]])


def test_the_report_says_who_is_right_or_why_that_is_not_known(monkeypatch):
    inverse = ag.primitive(np.linalg.inv, lambda g, y: g, jvp=lambda t, y: t, name="inverse", listed=False)
    third = ag.elementwise(lambda a: a / 3, 0.333333, name="third", listed=False)

    with pytest.raises(AssertionError, match=r"mpmath gives 0\.3{29,}: autodiff has 6 digits right, the \S+ \S+ 1[67]"):
        check_grads(third, X)
    with pytest.raises(AssertionError, match="more digits was not computed: inverse is not computed in its numbers"):
        check_grads(inverse, A)
    monkeypatch.setitem(sys.modules, "mpmath", None)
    arithmetic.cache_clear()
    with pytest.raises(AssertionError, match=r"not computed: more .* pip install 'autograd-core\[testing\]'"):
        check_grads(third, X)
    with pytest.raises(MissingError, match=r"pip install 'autograd-core\[testing\]'"):
        derivative(np.exp, [1.0], [1.0], [[1.0]])
    monkeypatch.undo()


def test_a_check_needs_neither_mpmath_nor_hypothesis():
    program = """
import sys
sys.modules.update(mpmath=None, hypothesis=None, pytest=None)
import numpy as np
from autograd_core.testing import LAWS, check_grads
check_grads(lambda x: np.exp(x) * x, np.ones(3))
assert not {"mpmath", "hypothesis"} & {name for name, module in sys.modules.items() if module}
"""
    subprocess.run([sys.executable, "-c", program], check=True)
