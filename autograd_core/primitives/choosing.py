"""Choosing by conditions and by numbers, in NumPy's other words: all are made of `where`, indexing and writing.

What was not chosen has no gradient, not a gradient of 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import BoundsError, DTypeError, ShapeError, UnsupportedError
from ..families import composed
from ..recording import Scalar, data_of, dtype_of
from ..samples import Sample, sample
from .arranging import common_shape
from .indexing import getitem, put, table
from .joining import stack
from .layouts import astype, broadcast_to, ravel
from .selection import where
from .taking import integers, take, take_along_axis, within


def of_one_dtype(choices: Sequence[Any]) -> list[Any]:
    """The choices in the dtype that they promote to together; Python numbers are weak."""
    numbers = (bool, int, float, complex)
    dtype = np.result_type(
        *[c if type(c) in numbers else c._data if type(c) is Scalar else dtype_of(c) for c in choices]
    )
    return [astype(c, dtype) for c in choices]


def cases_of_choosing() -> list[Sample]:
    """Choices as a list and as an array, broadcast, in each mode; and numbers that choose nothing."""
    return [
        sample(
            np.array([[0, 1, 2], [1, 1, 0]]), [np.array([0.5, 1.5, 2.5]), np.float64(4.0), np.array([[7.0], [9.0]])]
        ),
        sample([3, 0, 1], table().T),
        sample([-1, 5], [np.array([1.0, 2.0]), 3.0], mode="wrap"),
        sample([-1, 5], [np.array([1.0, 2.0], np.float32), 3.0], mode="clip"),
        sample(np.array([True, False]), (np.float64(1.0), np.array(2.0j))),
        sample(1, [np.ones(2), np.zeros((3, 1))]),
        sample([2], [np.ones(2), np.ones(2)], raises=BoundsError, match="out of bounds"),
        sample([0, 1, 1], [np.ones(2), 2.0], raises=ShapeError, match="shapes"),
        sample([0.5], [np.ones(2)], raises=DTypeError, match="integers as indices"),
        sample([0], [], raises=ShapeError, match="at least one choice"),
    ]


@answers(np.choose, samples=cases_of_choosing)
@composed
def choose(a: Any, choices: Any, out: None = None, mode: str = "raise") -> Any:
    """For each element of a, a number, the element of the choice of that number at the same place.

    a: integers   choices: several arrays, or the rows of one; all broadcast together
    mode          what a number out of range means: "raise" an error, "wrap" around, or "clip" to the range

    >>> import autograd_core as ag
    >>> ag.choose([1, 0], [ag.tensor([1.0, 2.0]), ag.tensor([3.0, 4.0])])
    tensor([3., 2.])
    """
    if out is not None:
        raise UnsupportedError("choose with out= is not recorded: assign the result instead")
    choices = [choices[i] for i in range(len(choices))]
    if not choices:
        raise ShapeError("choose needs at least one choice")
    number = within(integers(a, "choose"), len(choices), mode, "choose")
    if number.size and not 0 <= number.min() <= number.max() < len(choices):
        raise BoundsError(f"choose: {number.min()} ... {number.max()} is out of bounds for {len(choices)} choices")
    shape = common_shape([number, *choices], "choose")
    choices = [broadcast_to(c, shape) for c in of_one_dtype(choices)]
    return take_along_axis(stack(choices), np.broadcast_to(number, (1, *shape)), 0)[0]


@answers(
    np.select,
    samples=lambda: [
        sample([table() > 8, table() > 3], [table(), table() ** 2], np.float64(0.5)),
        sample([table() > 8], [np.array([1.0, 2.0, 3.0, 4.0])]),
        sample([table(np.float32) > 8, True], [table(np.float32), 1.0], 2.0),
        sample([table() > 8], [np.ones((2, 1, 1)) * 1j]),
        sample([[True, False]], [3], 4),
        sample([], [], raises=ShapeError, match="at least one condition"),
        sample([True], [np.ones(2), np.ones(2)], raises=ShapeError, match="1 conditions and 2 choices"),
        sample([np.ones(2)], [np.ones(2)], raises=DTypeError, match="condition 0 is of dtype float64"),
    ],
)
@composed
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """At each place the element of the first choice whose condition holds, else the default.

    condlist: boolean arrays   choicelist: as many arrays; all broadcast together

    >>> import numpy as np, autograd_core as ag
    >>> x = np.array([-2.0, 0.0, 4.0])
    >>> with np.errstate(divide="ignore", invalid="ignore"):
    ...     ag.grad(lambda x: ag.select([x > 0, x < 0], [np.sqrt(x), -x]).sum())(x)
    array([-1.  ,  0.  ,  0.25])
    """
    if len(condlist) != len(choicelist):
        raise ShapeError(
            f"select needs a choice for each condition: {len(condlist)} conditions and {len(choicelist)} choices"
        )
    if not len(condlist):
        raise ShapeError("select needs at least one condition")
    for i, condition in enumerate(condlist):
        dtype = dtype_of(condition)
        if dtype.kind != "b":
            raise DTypeError(
                f"select takes boolean conditions; condition {i} is of dtype {dtype}: compare, as in x > 0"
            )
    *choices, y = of_one_dtype([*choicelist, default])
    for condition, choice in zip(reversed(condlist), reversed(choices), strict=True):
        y = where(condition, choice, y)
    return y


def cases_of_pieces() -> list[Sample]:
    """Pieces that are functions and numbers, with and without an otherwise; integers; a single number."""
    x = np.array([-2.0, -0.5, 0.5, 3.0])
    return [
        sample(x, [x < 0, x > 1], [lambda x: x * x, np.float64(3.0), np.sin]),
        sample(x.astype(np.float32), x < 0, [lambda x, a, b: a * x + b], 2.0, b=1.0),
        sample(table(), [table() > 20], [np.sqrt, 0.0]),
        sample(np.float64(2.0), [False, True], [0.0, np.exp]),
        sample(np.array([1, 2, 3]), [np.array([True, False, True])], [0.5, 7.5]),
        sample(x, [x < 0], [1, 2, 3], raises=ShapeError, match="1 conditions.*1 or 2 functions, not 3"),
    ]


@answers(np.piecewise, samples=cases_of_pieces)
@composed
def piecewise(x: Any, condlist: Any, funclist: Sequence[Callable[..., Any] | Any], *args: Any, **kw: Any) -> Any:
    """A function defined in pieces: where a condition holds, its function of those elements of x, or its number.

    One function more than conditions is for all other elements; without it they are 0. Each function sees the elements of its
    piece alone, so that its slope elsewhere does not matter. The result has the dtype of x.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: ag.piecewise(x, [x > 0], [np.sqrt, 0]).sum())(np.array([0.0, 4.0]))
    array([0.  , 0.25])
    """
    shape, dtype = np.shape(x), dtype_of(x)
    conditions = data_of(condlist)
    if isinstance(conditions, (list, tuple)):
        conditions = [data_of(c) for c in conditions]
    if np.isscalar(conditions) or (not isinstance(conditions[0], (list, np.ndarray)) and shape):
        conditions = [conditions]
    conditions = np.asarray(conditions, dtype=bool)
    n = len(conditions)
    if len(funclist) == n + 1:
        conditions = np.concatenate([conditions, ~np.any(conditions, axis=0, keepdims=True)])
    elif len(funclist) != n:
        raise ShapeError(f"piecewise with {n} conditions takes {n} or {n + 1} functions, not {len(funclist)}")
    y = np.zeros(shape, dtype)
    for condition, piece in zip(conditions, funclist, strict=True):
        if callable(piece):
            part = getitem(x, condition)
            if not np.size(part):
                continue
            piece = piece(part, *args, **kw)
        y = put(y, astype(piece, dtype), index=condition)
    return y


@answers(
    np.compress,
    samples=lambda: [
        sample([True, False, True], table(), axis=0),
        sample(np.array([0, 1]), table(), -1),
        sample([0, 1, 1, 0, 0, 1], table(np.float32)),
        sample([], table(complex) * 1j, axis=1),
        sample([True], np.float64(3.0)),
        sample([[True]], table(), raises=ShapeError, match="1 dimension, not 2"),
        sample([0, 0, 0, 1], table(), axis=0, raises=BoundsError, match="out of bounds"),
    ],
)
def compress(condition: Any, a: Any, axis: int | None = None, out: None = None) -> Any:
    """The slices along an axis at which the condition holds; of the flattened array by default.

    >>> import autograd_core as ag
    >>> ag.compress([False, True], ag.tensor([[1.0, 2.0], [3.0, 4.0]]), axis=0)
    tensor([[3., 4.]])
    """
    mask = np.asarray(data_of(condition))
    if mask.ndim != 1:
        raise ShapeError(
            f"compress takes a condition of 1 dimension, not {mask.ndim}: for a mask of any shape use x[mask]"
        )
    return take(a, np.flatnonzero(mask), axis, out)


@answers(
    np.extract,
    samples=lambda: [
        sample(table() > 5, table()),
        sample([True, False, True], table(np.float32)),
        sample([[0, 2], [1, 0]], np.arange(4)),
        sample(np.zeros((3, 4), int), table(complex)),
        sample([0, 0, 1], np.ones(2), raises=BoundsError, match="out of bounds"),
    ],
)
def extract(condition: Any, arr: Any) -> Any:
    """The elements at which the condition holds, in one dimension."""
    return take(ravel(arr), np.flatnonzero(data_of(condition)))
