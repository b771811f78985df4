"""Modified Bessel functions of the first kind, computed by SciPy; their slopes are their neighbours in order."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..families import elementwise
from ..primitive import Primitive
from ..samples import sample, singular
from .arithmetic import POSITIVE
from .entire import bessel_i
from .scipys import by_scipy, fixed_parameters


def scaled_slope(v: Any, x: Any, y: Any) -> Any:
    return (scaled(v - 1, x) + scaled(v + 1, x)) / 2 - np.sign(x) * y


bessel: Primitive = elementwise(
    lambda v, x: by_scipy("iv", v, x),
    None,
    lambda a, b: (bessel(a - 1, b) + bessel(a + 1, b)) / 2,
    name="iv",
    domain=POSITIVE,
    samples=lambda: [
        sample(0.5, np.array([0.3, 1.5])),
        sample(np.array([0.0, 1.0, 2.5]), np.array([[0.3], [1.5]])),
        sample(1.0, np.array([0.3, 1.5], np.float32)),
    ],
)
scaled: Primitive = elementwise(
    lambda v, x: by_scipy("ive", v, x),  # |Re z| is no holomorphic function
    None,
    lambda a, b, y: scaled_slope(a, b, y),
    name="ive",
    domain=POSITIVE,
    samples=lambda: [
        sample(0.5, np.array([0.3, 1.5])),
        sample(np.array([0.0, 1.0, 2.0]), np.array([[0.3], [-1.5]])),
        sample(1.0, np.array([0.3, 1.5], np.float32)),
    ],
)
one: Primitive = elementwise(lambda a: by_scipy("i1", a), lambda a: (bessel_i(0)(a) + bessel(2.0, a)) / 2, name="i1")
zero_scaled: Primitive = elementwise(
    lambda a: by_scipy("i0e", a),
    lambda a, y: one_scaled(a) - np.sign(a) * y,
    name="i0e",
    kinks=(0.0,),
    singular=[singular(0.0, gives=0.0, why="least norm")],
)
one_scaled: Primitive = elementwise(
    lambda a: by_scipy("i1e", a), lambda a, y: (zero_scaled(a) + scaled(2.0, a)) / 2 - np.sign(a) * y, name="i1e"
)


def i1(x: Any) -> Any:
    """The modified Bessel function of order 1, the slope of i0.

    >>> import autograd_core as ag
    >>> ag.grad(ag.special.i1)(0.0)
    0.5
    """
    return one(x)


def i0e(x: Any) -> Any:
    """exp(-|x|) i0(x), which does not overflow. It has a kink at 0, where its slope is taken as 0.

    >>> import autograd_core as ag
    >>> ag.special.i0e(0.0)
    np.float64(1.0)
    """
    return zero_scaled(x)


def i1e(x: Any) -> Any:
    """exp(-|x|) i1(x), which does not overflow.

    >>> import autograd_core as ag
    >>> ag.special.i1e(0.0)
    np.float64(0.0)
    """
    return one_scaled(x)


def iv(v: Any, z: Any) -> Any:
    """The modified Bessel function of real order v; differentiable by z.

    >>> import autograd_core as ag
    >>> ag.special.iv(0.0, 1.0)
    np.float64(1.26606587775...)
    """
    fixed_parameters("iv", "z", v=v)
    return bessel(v, z)


def ive(v: Any, z: Any) -> Any:
    """exp(-|z|) iv(v, z) for real z, which does not overflow; differentiable by z.

    >>> import autograd_core as ag
    >>> ag.special.ive(0.0, 1.0)
    np.float64(0.46575960759...)
    """
    fixed_parameters("ive", "z", v=v)
    return scaled(v, z)
