"""The error function's kin, and the normal distribution: computed by SciPy, with slopes that are exact in the tails."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..families import elementwise
from .arithmetic import POSITIVE
from .error_functions import TWO_OVER_ROOT_PI
from .gaussian_kernels import ONE_OVER_ROOT_2_PI
from .scipys import by_scipy

ROOT_HALF, ROOT_2_PI, ROOT_2_OVER_PI = math.sqrt(0.5), math.sqrt(2 * math.pi), math.sqrt(2 / math.pi)

complement = elementwise(
    lambda a: by_scipy("erfc", a, complex_too=True), lambda a: -TWO_OVER_ROOT_PI * np.exp(-a * a), name="erfc"
)
scaled_complement = elementwise(
    lambda a: by_scipy("erfcx", a, complex_too=True),
    lambda a, y: 2 * a * y - TWO_OVER_ROOT_PI,
    name="erfcx",
    domain=POSITIVE,
)
inverse = elementwise(
    lambda a: by_scipy("erfinv", a), lambda y: np.exp(y * y) / TWO_OVER_ROOT_PI, name="erfinv", domain=(-0.9, 0.9)
)
inverse_complement = elementwise(
    lambda a: by_scipy("erfcinv", a), lambda y: -np.exp(y * y) / TWO_OVER_ROOT_PI, name="erfcinv", domain=(0.1, 1.9)
)
normal = elementwise(
    lambda a: by_scipy("ndtr", a, complex_too=True), lambda a: ONE_OVER_ROOT_2_PI * np.exp(-0.5 * a * a), name="ndtr"
)
quantile = elementwise(
    lambda a: by_scipy("ndtri", a), lambda y: ROOT_2_PI * np.exp(0.5 * y * y), name="ndtri", domain=(0.1, 0.9)
)
# the density divided by the probability, both of which may underflow: their ratio is what erfcx is scaled for
log_normal = elementwise(
    lambda a: by_scipy("log_ndtr", a, complex_too=True),
    lambda a: ROOT_2_OVER_PI / scaled_complement(-ROOT_HALF * a),
    name="log_ndtr",
)


def erfc(x: Any) -> Any:
    """1 - erf(x), to full precision where it is small.

    >>> import autograd_core as ag
    >>> ag.special.erfc(10.0)
    np.float64(2.08848758376254...e-45)
    """
    return complement(x)


def erfcx(x: Any) -> Any:
    """exp(x^2) erfc(x), which neither under- nor overflows for positive x.

    >>> import autograd_core as ag
    >>> ag.special.erfcx(0.0)
    np.float64(1.0)
    """
    return scaled_complement(x)


def erfinv(y: Any) -> Any:
    """The x with erf(x) = y; infinite at -1 and 1, with infinite slopes.

    >>> import autograd_core as ag
    >>> ag.special.erfinv(0.0)
    np.float64(0.0)
    """
    return inverse(y)


def erfcinv(y: Any) -> Any:
    """The x with erfc(x) = y.

    >>> import autograd_core as ag
    >>> ag.special.erfcinv(0.5) == ag.special.erfinv(0.5)
    np.True_
    """
    return inverse_complement(y)


def ndtr(x: Any) -> Any:
    """The probability that a standard normal number is below x; its slope is the density.

    >>> import autograd_core as ag
    >>> ag.special.ndtr(0.0)
    np.float64(0.5)
    """
    return normal(x)


def ndtri(y: Any) -> Any:
    """The x with ndtr(x) = y: the quantile of the standard normal distribution.

    >>> import autograd_core as ag
    >>> ag.special.ndtri(0.5)
    np.float64(0.0)
    """
    return quantile(y)


def log_ndtr(x: Any) -> Any:
    """log(ndtr(x)), far below where ndtr(x) is 0; value and slopes keep their digits there.

    >>> import autograd_core as ag
    >>> ag.special.log_ndtr(-30.0)
    np.float64(-454.321243956343...)
    """
    return log_normal(x)
