"""Choosing between elements. The choice cuts dependence: what was not chosen has no gradient, not a gradient of 0.

Ties are shared equally: maximum and minimum give one half to each side.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError, UnsupportedError
from ..families import composed, elementwise
from ..samples import Sample, sample, singular
from .arithmetic import ANY, ufunc
from .indexing import table
from .searching import nonzero

NOT_GIVEN: Any = object()


def share(wins: Any, ties: Any) -> Any:
    """The weight of one side of a choice: 1 where it wins, one half where both are equal."""
    return np.where(ties, 0.5, wins)


def alike(a: Any, b: Any) -> Any:
    """Where two numbers are equal, or neither is one."""
    return np.equal(a, b) | (np.isnan(a) & np.isnan(b))


TIE = [singular(1.0, 1.0, gives=(0.5, 0.5), why="a tie of two")]
TEXT = ("{g} × [{a} %s {b}], ties ½", "{g} × [{b} %s {a}], ties ½")
LARGER, SMALLER = ([t % sign for t in TEXT] for sign in "><")

# a NaN is the largest and the smallest number to maximum and minimum, and none at all to fmax and fmin
maximum = ufunc(
    np.maximum,
    lambda a, b: share((a > b) | np.isnan(a), a == b),
    lambda a, b: share((b > a) | np.isnan(b), a == b),
    scalar=lambda a, b: a if a > b or a != a else b,
    cut=True,
    text=LARGER,
    singular=TIE,
)
minimum = ufunc(
    np.minimum,
    lambda a, b: share((a < b) | np.isnan(a), a == b),
    lambda a, b: share((b < a) | np.isnan(b), a == b),
    scalar=lambda a, b: a if a < b or a != a else b,
    cut=True,
    text=SMALLER,
    singular=TIE,
)
MISSING = [
    singular(math.nan, 1.0, gives=(0.0, 1.0), why="a NaN is left out"),
    singular(1.0, math.nan, gives=(1.0, 0.0), why="a NaN is left out"),
    singular(math.nan, math.nan, gives=(0.5, 0.5), why="a tie of two"),
]
fmax = ufunc(
    np.fmax,
    lambda a, b: share((a > b) | np.isnan(b), alike(a, b)),
    lambda a, b: share((b > a) | np.isnan(a), alike(a, b)),
    cut=True,
    text=LARGER,
    singular=[*TIE, *MISSING],
)
fmin = ufunc(
    np.fmin,
    lambda a, b: share((a < b) | np.isnan(b), alike(a, b)),
    lambda a, b: share((b < a) | np.isnan(a), alike(a, b)),
    cut=True,
    text=SMALLER,
    singular=[*TIE, *MISSING],
)
# the step itself is piecewise constant; only its value at 0 is an argument that has influence
heaviside = ufunc(
    np.heaviside,
    None,
    lambda a: np.equal(a, 0),
    cut=True,
    domain=(range(-1, 2), ANY),
    singular=[
        singular(0.0, 0.5, gives=(0.0, 1.0), why="constant but for the jump; there the value is b"),
        singular(2.0, 0.5, gives=(0.0, 0.0), why="constant but for the jump"),
    ],
)


def where_forward(condition: Any, a: Any, b: Any) -> Any:
    return np.where(condition, a, b)


choose = elementwise(
    where_forward,
    None,
    lambda a: np.not_equal(a, 0),
    lambda a: np.equal(a, 0),
    cut=True,
    domain=(range(2), ANY, ANY),
    name="where",
)


@answers(
    np.where,
    samples=lambda: [
        sample(table() > 5, table(), np.float64(2.0)),
        sample([True, False, True, True], table()[:1].T, table()[0]),
        sample(table(), table(np.float32), 0.0),
        sample(True, table(complex) * 1j, table()),
        sample(table() > 5),
        sample(np.ones((0, 2))),
        sample([1, 0], [3, 4], 5),
        sample([True, False], np.ones(2), np.ones(3), raises=ShapeError, match="cannot combine shapes"),
        sample(True, np.ones(2), raises=UnsupportedError, match="both x and y"),
    ],
)
def where(condition: Any, x: Any = NOT_GIVEN, y: Any = NOT_GIVEN, /) -> Any:
    """Elements of x where the condition holds, else of y; only the chosen element receives a gradient.

    condition, x, y: shapes that broadcast together   returns their common shape, dtype promoted from x and y
    With a condition alone: the indices at which it holds, as `nonzero` gives them.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: ag.where(x > 0, np.sqrt(x), 0.0))(0.0)
    0.0
    """
    if x is NOT_GIVEN and y is NOT_GIVEN:
        return nonzero(condition)
    if x is NOT_GIVEN or y is NOT_GIVEN:
        raise UnsupportedError("where takes both x and y, or neither of them for the indices where the condition holds")
    return choose.call(condition, x, y)


def cases_of_clips() -> list[Sample]:
    """Bounds of every kind: numbers, arrays, one of them, none, crossed, and the array API's names."""
    x = np.array([[-1.5, 0.25, 2.5], [0.75, -0.5, 1.25]])
    return [
        sample(x, -1.0, 1.0),
        sample(x, np.array([[-1.0], [0.0]]), np.array([0.5, 1.0, 2.0])),
        sample(x, None, 1.0),
        sample(x, a_min=0.0, a_max=None),
        sample(x, 1.0, -1.0),
        sample(x, min=-1.0, max=1.0),
        sample(x),
        sample(x.astype(np.float32), -1, 1),
        sample(x.astype(np.float32), np.float64(-1), 1),
        sample(np.array([1, 5, -3]), 0, 2.5),
        sample(np.float64(3.0), 0.0, 1.0),
        sample(np.ones((0, 2)), 0.0, 0.5),
        sample(x, np.zeros(2), 1.0, raises=ShapeError, match="cannot combine shapes"),
        sample(x, 0.0, max=1.0, raises=UnsupportedError, match="or as min and max, and here was given both"),
    ]


@answers(
    np.clip,
    np._core.umath.clip,  # type: ignore[attr-defined]  # what array.clip(low, high) asks
    samples=cases_of_clips,
    singular=[
        singular(0.0, 0.0, 1.0, gives=(0.5, 0.5, 0.0), why="the bound is an argument: a tie of two"),
        singular(1.0, 0.0, 1.0, gives=(0.5, 0.0, 0.5), why="the bound is an argument: a tie of two"),
    ],
)
@composed
def clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    """The elements of a, brought between two bounds.

    The bounds are arguments like a: at a bound the gradient is shared, one half each. None means no bound.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.clip(x, 0.0, 1.0))(1.0)
    0.5
    """
    if not (a_min is None and a_max is None) and not (min is None and max is None):
        raise UnsupportedError("clip takes its bounds as a_min and a_max, or as min and max, and here was given both")
    low = min if a_min is None else a_min
    high = max if a_max is None else a_max
    if low is not None:
        a = maximum.call(a, low)
    return a if high is None else minimum.call(a, high)
