"""Choosing between elements. The choice cuts dependence: what was not chosen has no gradient, not a gradient of 0.

Ties are shared equally: maximum and minimum give one half to each side.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import UnsupportedError
from ..families import composed, elementwise
from .arithmetic import ufunc


def share(wins: Any, ties: Any) -> Any:
    """The weight of one side of a choice: 1 where it wins, one half where both are equal."""
    return np.where(ties, 0.5, wins)


maximum = ufunc(
    np.maximum,
    lambda a, b: share((a > b) | np.isnan(a), a == b),
    lambda a, b: share((b > a) | np.isnan(b), a == b),
    scalar=lambda a, b: a if a > b or a != a else b,
    cut=True,
    text=("{g} × [{a} > {b}], ties ½", "{g} × [{b} > {a}], ties ½"),
)
minimum = ufunc(
    np.minimum,
    lambda a, b: share((a < b) | np.isnan(a), a == b),
    lambda a, b: share((b < a) | np.isnan(b), a == b),
    scalar=lambda a, b: a if a < b or a != a else b,
    cut=True,
    text=("{g} × [{a} < {b}], ties ½", "{g} × [{b} < {a}], ties ½"),
)


def where_forward(condition: Any, a: Any, b: Any) -> Any:
    return np.where(condition, a, b)


choose = elementwise(
    where_forward, None, lambda a: np.not_equal(a, 0), lambda a: np.equal(a, 0), cut=True, name="where"
)


@answers(np.where)
def where(condition: Any, x: Any = None, y: Any = None, /) -> Any:
    """Elements of x where the condition holds, else of y; only the chosen element receives a gradient.

    condition, x, y: shapes that broadcast together   returns their common shape, dtype promoted from x and y

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: ag.where(x > 0, np.sqrt(x), 0.0))(0.0)
    0.0
    """
    if x is None or y is None:
        raise UnsupportedError(
            "where needs all of condition, x and y; for the indices of true elements use np.nonzero on x.numpy()"
        )
    return choose.call(condition, x, y)


@answers(np.clip)
@composed
def clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    """The elements of a, brought between two bounds.

    The bounds are arguments like a: at a bound the gradient is shared, one half each. None means no bound.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.clip(x, 0.0, 1.0))(1.0)
    0.5
    """
    low = min if a_min is None else a_min
    high = max if a_max is None else a_max
    if low is not None:
        a = maximum.call(a, low)
    return a if high is None else minimum.call(a, high)
