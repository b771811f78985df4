"""The gamma function's kin, computed by SciPy; each slope is another of them, so that every order is there."""

from __future__ import annotations

import math
from operator import index
from typing import Any

import numpy as np

from ..errors import DTypeError
from ..families import composed, elementwise, primitive
from ..primitive import Primitive
from ..samples import sample
from .arithmetic import POSITIVE
from .entropies import xlog1py, xlogy
from .scipys import by_scipy, fixed_parameters


def polygamma_forward(x: Any, *, n: int) -> Any:
    """The n-th derivative of digamma: (-1)^(n+1) n! zeta(n+1, x) for n > 0."""
    if n == 0:
        return by_scipy("digamma", x)
    return by_scipy("zeta", n + 1.0, x) * (math.factorial(n) * (1.0 if n % 2 else -1.0))


log_gamma = elementwise(lambda a: by_scipy("gammaln", a), lambda a: psi(a), name="gammaln", domain=POSITIVE)
gamma_function = elementwise(lambda a: by_scipy("gamma", a), lambda a, y: y * psi(a), name="gamma", domain=POSITIVE)
psi: Primitive = elementwise(
    lambda a: by_scipy("digamma", a), lambda a: psi_derivative(a, n=1), name="digamma", domain=POSITIVE
)
psi_derivative: Primitive = primitive(
    polygamma_forward,
    lambda g, a, n: g * psi_derivative(a, n=n + 1),
    jvp=lambda t, a, n: t * psi_derivative(a, n=n + 1),
    samples=lambda: [
        sample(np.array([0.3, 1.5]), n=1),
        sample(np.array([0.3, 1.5]), n=0),
        sample(np.array([[0.3, 1.5]], np.float32), n=4),
        sample(np.float64(2.5), n=2),
    ],
    batch="leading",
    name="polygamma",
)
beta_function = elementwise(
    lambda a, b: by_scipy("beta", a, b),
    lambda a, b, y: y * (psi(a) - psi(a + b)),
    lambda a, b, y: y * (psi(b) - psi(a + b)),
    name="beta",
    domain=POSITIVE,
)
log_beta = elementwise(
    lambda a, b: by_scipy("betaln", a, b),
    lambda a, b: psi(a) - psi(a + b),
    lambda a, b: psi(b) - psi(a + b),
    name="betaln",
    domain=POSITIVE,
)


def gamma_density(a: Any, x: Any) -> Any:
    """The density of the gamma distribution of shape a."""
    return np.exp(xlogy(a - 1, x) - x - log_gamma(a))


def beta_density(a: Any, b: Any, x: Any) -> Any:
    """The density of the beta distribution."""
    return np.exp(xlogy(a - 1, x) + xlog1py(b - 1, -x) - log_beta(a, b))


lower = elementwise(
    lambda a, b: by_scipy("gammainc", a, b), None, lambda a, b: gamma_density(a, b), name="gammainc", domain=POSITIVE
)
upper = elementwise(
    lambda a, b: by_scipy("gammaincc", a, b), None, lambda a, b: -gamma_density(a, b), name="gammaincc", domain=POSITIVE
)
incomplete_beta = elementwise(
    lambda a, b, c: by_scipy("betainc", a, b, c),
    None,
    None,
    lambda a, b, c: beta_density(a, b, c),
    name="betainc",
    domain=(POSITIVE, POSITIVE, (0.1, 0.9)),
    samples=lambda: [
        sample(np.array([0.5, 2.0]), np.array([[1.5], [0.7]]), np.array([0.3, 0.6])),
        sample(1, np.float32(2.5), np.array([0.3, 0.6], np.float32)),
    ],
)


def gammaln(x: Any) -> Any:
    """log |gamma(x)|; its slope is digamma(x).

    >>> import autograd_core as ag
    >>> ag.grad(ag.special.gammaln)(1.0)  # minus Euler's constant
    -0.5772156649015...
    """
    return log_gamma(x)


def gamma(x: Any) -> Any:
    """The gamma function: (x - 1)! for whole numbers.

    >>> import autograd_core as ag
    >>> ag.special.gamma(5.0)
    np.float64(24.0)
    """
    return gamma_function(x)


def digamma(x: Any) -> Any:
    """The slope of gammaln; also called psi. Its own slope is polygamma(1, x).

    >>> import autograd_core as ag
    >>> ag.special.digamma(1.0)
    np.float64(-0.5772156649015...)
    """
    return psi(x)


def polygamma(n: int, x: Any) -> Any:
    """The n-th derivative of digamma, n = 0, 1, ...

    >>> import autograd_core as ag
    >>> ag.special.polygamma(1, 1.0)  # pi^2 / 6
    np.float64(1.6449340668482...)
    """
    if isinstance(n, float) or np.ndim(n) or index(n) < 0:
        raise DTypeError(f"polygamma takes one order 0, 1, 2, ..., not {n!r}")
    return psi_derivative(x, n=index(n))


def beta(a: Any, b: Any) -> Any:
    """gamma(a) gamma(b) / gamma(a + b).

    >>> import autograd_core as ag
    >>> ag.special.beta(2.0, 1.0)
    np.float64(0.5)
    """
    return beta_function(a, b)


def betaln(a: Any, b: Any) -> Any:
    """log |beta(a, b)|.

    >>> import autograd_core as ag
    >>> ag.special.betaln(1.0, 1.0)
    np.float64(0.0)
    """
    return log_beta(a, b)


@composed
def multigammaln(a: Any, d: int) -> Any:
    """The logarithm of the gamma function of d by d matrices: d (d - 1) / 4 log(pi) + sum over j < d of gammaln(a - j / 2).

    >>> import autograd_core as ag
    >>> ag.special.multigammaln(3.0, 1) == ag.special.gammaln(3.0)
    np.True_
    """
    total = log_gamma(a) + d * (d - 1) / 4 * math.log(math.pi)
    for j in range(1, index(d)):
        total = total + log_gamma(a - j / 2)
    return total


def gammainc(a: Any, x: Any) -> Any:
    """The probability that a gamma distributed number of shape a is below x; differentiable by x.

    >>> import autograd_core as ag
    >>> ag.grad(ag.special.gammainc, 1)(1.0, 0.0)
    1.0
    """
    fixed_parameters("gammainc", "x", a=a)
    return lower(a, x)


def gammaincc(a: Any, x: Any) -> Any:
    """1 - gammainc(a, x), to full precision where it is small; differentiable by x.

    >>> import autograd_core as ag
    >>> ag.special.gammaincc(1.0, 0.0)
    np.float64(1.0)
    """
    fixed_parameters("gammaincc", "x", a=a)
    return upper(a, x)


def betainc(a: Any, b: Any, x: Any) -> Any:
    """The probability that a beta distributed number is below x; differentiable by x.

    >>> import autograd_core as ag
    >>> ag.grad(ag.special.betainc, 2)(1.0, 1.0, 0.5)
    1.0
    """
    fixed_parameters("betainc", "x", a=a, b=b)
    return incomplete_beta(a, b, x)
