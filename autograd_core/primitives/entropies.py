"""Logistic functions, and products with logarithms as they occur in entropies, in NumPy alone; exact in their tails.

0 log 0 is 0. Its slopes are the limits where there are any: infinite by the factor, 0 by the argument of the logarithm.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..families import elementwise
from ..primitive import Primitive
from ..samples import singular
from .arithmetic import POSITIVE

LIMIT = "0 log 0 is 0 along the axes"


def floats(*xs: Any) -> list[Any]:
    """Arrays of their common floating dtype; Python numbers are weak."""
    dtype = np.result_type(*xs)
    return [np.asarray(x, dtype if dtype.kind in "fc" else float) for x in xs]


def expit_forward(a: Any) -> Any:
    (a,) = floats(a)
    e = np.exp(-np.abs(a))
    return np.where(a < 0, e, 1)[()] / (1 + e)


def logit_forward(a: Any) -> Any:
    (a,) = floats(a)
    s = 2 * (a - 0.5)  # near 1/2, where a / (1 - a) is near 1, this is exact and the quotient is not
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.abs(s) < 0.3, np.log1p(s) - np.log1p(-s), np.log(a / (1 - a)))[()]


def log_expit_forward(a: Any) -> Any:
    (a,) = floats(a)
    return np.minimum(a, 0) - np.log1p(np.exp(-np.abs(a)))


# the products with slopes keep their digits where one factor rounds to 1
logistic: Primitive = elementwise(expit_forward, lambda a: logistic(a) * logistic(-a), name="expit", real=True)
log_odds = elementwise(logit_forward, lambda a: 1 / (a * (1 - a)), name="logit", domain=(0.1, 0.9), real=True)
log_logistic = elementwise(log_expit_forward, lambda a: logistic(-a), name="log_expit", real=True)


def expit(x: Any) -> Any:
    """The logistic function 1 / (1 + exp(-x)), to full precision where it is small.

    >>> import autograd_core as ag
    >>> ag.special.expit(0.0)
    np.float64(0.5)
    """
    return logistic(x)


def logit(x: Any) -> Any:
    """log(x / (1 - x)), the inverse of expit: -inf at 0, inf at 1, NaN outside.

    >>> import autograd_core as ag
    >>> ag.grad(ag.special.logit)(0.5)
    4.0
    """
    return log_odds(x)


def log_expit(x: Any) -> Any:
    """log(expit(x)), exact where expit(x) rounds to 0 or 1.

    >>> import autograd_core as ag
    >>> ag.special.log_expit(-1000.0)
    np.float64(-1000.0)
    """
    return log_logistic(x)


# -- products with logarithms ----------------------------------------------------------------------------------------------


def times_log(a: Any, b: Any, log: Any) -> Any:
    """a log(b), and 0 for a = 0 unless b is NaN."""
    a, b = floats(a, b)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((a == 0) & ~np.isnan(b), 0, a * log(b))[()]


def ratio(a: Any, b: Any) -> Any:
    """a / b, and 0 for 0 / 0."""
    return a / np.where((a == 0) & (b == 0), 1, b)


def entr_forward(a: Any) -> Any:
    (a,) = floats(a)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(a > 0, -a * np.log(a), np.where(a < 0, -np.inf, a * 0))[()]


def rel_entr_forward(a: Any, b: Any) -> Any:
    a, b = floats(a, b)
    with np.errstate(all="ignore"):
        near = np.abs(a - b) < 0.5 * b  # where the ratio is near 1, it has lost the digits of its logarithm
        logarithm = np.where(near, np.log1p((a - b) / b), np.log(a) - np.log(b))
        value = np.where((a > 0) & (b > 0), a * logarithm, np.where((a == 0) & (b >= 0), 0, np.inf))
        return np.where(np.isnan(a) | np.isnan(b), np.nan, value).astype(a.dtype)[()]


def kl_div_forward(a: Any, b: Any) -> Any:
    a, b = floats(a, b)
    value = rel_entr_forward(a, b)
    with np.errstate(invalid="ignore"):
        return np.where(value == np.inf, value, value - a + b)[()]


x_log_y = elementwise(
    lambda a, b: times_log(a, b, np.log),
    lambda b: np.log(b),
    lambda a, b: ratio(a, b),
    name="xlogy",
    domain=POSITIVE,
    singular=[singular(0.0, 0.0, gives=(-np.inf, 0.0), why=LIMIT)],
)
x_log1p_y = elementwise(
    lambda a, b: times_log(a, b, np.log1p),
    lambda b: np.log1p(b),
    lambda a, b: ratio(a, 1 + b),
    name="xlog1py",
    domain=POSITIVE,
    singular=[singular(0.0, -1.0, gives=(-np.inf, 0.0), why=LIMIT)],
)
entropy = elementwise(
    entr_forward,
    lambda a: -np.log(a) - 1,
    name="entr",
    real=True,
    domain=POSITIVE,
    singular=[singular(0.0, gives=np.inf, why="the slope is infinite")],
)
relative_entropy = elementwise(
    rel_entr_forward,
    lambda a, b: np.log(a / b) + 1,
    lambda a, b: -ratio(a, b),
    name="rel_entr",
    real=True,
    domain=POSITIVE,
    singular=[singular(0.0, 1.0, gives=(-np.inf, 0.0), why=LIMIT)],
)
divergence = elementwise(
    kl_div_forward,
    lambda a, b: np.log(a / b),
    lambda a, b: 1 - ratio(a, b),
    name="kl_div",
    real=True,
    domain=POSITIVE,
    singular=[singular(0.0, 1.0, gives=(-np.inf, 1.0), why=LIMIT)],
)


def xlogy(x: Any, y: Any) -> Any:
    """x log(y), and 0 where x = 0.

    >>> import autograd_core as ag
    >>> ag.special.xlogy(0.0, 0.0)
    np.float64(0.0)
    """
    return x_log_y(x, y)


def xlog1py(x: Any, y: Any) -> Any:
    """x log(1 + y), and 0 where x = 0.

    >>> import autograd_core as ag
    >>> ag.special.xlog1py(0.0, -1.0)
    np.float64(0.0)
    """
    return x_log1p_y(x, y)


def entr(x: Any) -> Any:
    """The term -x log(x) of an entropy: 0 at 0, -inf below. Its slope at 0 is infinite.

    >>> import autograd_core as ag
    >>> ag.grad(ag.special.entr)(1.0)
    -1.0
    """
    return entropy(x)


def rel_entr(x: Any, y: Any) -> Any:
    """The term x log(x / y) of a relative entropy: 0 for x = 0 and y >= 0, inf outside of its domain.

    >>> import autograd_core as ag
    >>> ag.special.rel_entr(0.5, 0.5)
    np.float64(0.0)
    """
    return relative_entropy(x, y)


def kl_div(x: Any, y: Any) -> Any:
    """x log(x / y) - x + y, which is never negative: 0 only for x = y.

    >>> import autograd_core as ag
    >>> ag.special.kl_div(0.0, 0.5)
    np.float64(0.5)
    """
    return divergence(x, y)
