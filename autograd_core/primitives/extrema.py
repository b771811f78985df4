"""The largest and the smallest element over axes, where they are, and reductions that are piecewise constant.

k elements that tie for an extremum share its gradient equally, 1/k each. The others are cut off: they have no gradient,
not a gradient of 0. A NaN is an extremum of both kinds, as in NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError
from ..families import composed, fixed, primitive
from ..families.elementwise import gate
from ..primitive import Primitive
from ..samples import Sample, sample
from ..shapes import Axis, kept_shape
from .reductions import cases, matrix, prepared, reduces, refuse, spread


def shares(a: Any, y: Any, axis: Axis, keepdims: bool) -> Any:
    """The weight of each element: 1/k for the k elements that equal the extremum, 0 for the others."""
    if not keepdims and axis is not None:
        y = np.reshape(y, kept_shape(np.shape(a), axis))
    ties = np.equal(a, y) | np.isnan(a)  # where any element is NaN, so is y
    return ties / np.sum(ties, axis=axis, keepdims=True)


def cases_of_extrema() -> list[Sample]:
    """Hard cases of extrema. Elements that tie are in the tests: there the slope differs from side to side."""
    return [*cases(), sample(np.ones((2, 0)), axis=1, keepdims=False, raises=ShapeError)]


def extremum(ufunc: np.ufunc, name: str) -> Primitive:
    """A primitive for the extremum that a ufunc picks."""
    return primitive(
        lambda a, *, axis=None, keepdims=False: ufunc.reduce(a, axis=axis, keepdims=keepdims),
        lambda g, a, y, axis, keepdims: gate(spread(g, a, axis, keepdims), shares(a, y, axis, keepdims)),
        jvp=lambda t, a, y, axis, keepdims: np.sum(gate(t, shares(a, y, axis, keepdims)), axis=axis, keepdims=keepdims),
        cut=True,
        kinks="ties",
        samples=cases_of_extrema,
        name=name,
    )


largest = extremum(np.maximum, "max")
smallest = extremum(np.minimum, "min")


@answers(np.max, np.amax)
def max(
    a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Any:
    """The largest element over the axes, all by default; NaN if one is NaN. Elements that tie share the gradient.

    Raises ShapeError if there is no element.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.max(x))(ag.tensor([1.0, 3.0, 3.0]))
    tensor([0. , 0.5, 0.5])
    """
    refuse("max", where, initial=initial, out=out)
    a, axis = prepared(a, axis)
    return largest(a, axis=axis, keepdims=bool(keepdims))


@answers(np.min, np.amin)
def min(
    a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Any:
    """The smallest element over the axes, all by default; NaN if one is NaN. Elements that tie share the gradient.

    Raises ShapeError if there is no element.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.min(x))(ag.tensor([1.0, 3.0, 3.0]))
    tensor([1., 0., 0.])
    """
    refuse("min", where, initial=initial, out=out)
    a, axis = prepared(a, axis)
    return smallest(a, axis=axis, keepdims=bool(keepdims))


@answers(np.ptp)
@composed
def ptp(a: Any, axis: Axis = None, out: None = None, keepdims: bool = False) -> Any:
    """The range of the elements over the axes, from the smallest to the largest.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.ptp(x))(ag.tensor([1.0, 3.0, 2.0]))
    tensor([-1.,  1.,  0.])
    """
    return max(a, axis, out, keepdims) - min(a, axis, out, keepdims)


reduces(np.maximum, max)
reduces(np.minimum, min)

# -- piecewise constant ------------------------------------------------------------------------------------------------


def cases_of_indices() -> list[Sample]:
    """Hard cases of reductions to indices, counts and truth values."""
    return [
        sample(matrix(), axis=None, keepdims=False),
        sample(matrix(np.float32)[:, ::-1], axis=-1, keepdims=True),
        sample(np.float64(1.5), axis=None, keepdims=False),
        sample(matrix(), axis=2, keepdims=False, raises=ShapeError),
    ]


where_largest = fixed(
    lambda a, *, axis=None, keepdims=False: np.argmax(a, axis=axis, keepdims=keepdims),
    name="argmax",
    samples=cases_of_indices,
)
where_smallest = fixed(
    lambda a, *, axis=None, keepdims=False: np.argmin(a, axis=axis, keepdims=keepdims),
    name="argmin",
    samples=cases_of_indices,
)
is_any = fixed(
    lambda a, *, axis=None, keepdims=False: np.any(a, axis=axis, keepdims=keepdims),
    name="any",
    samples=cases_of_indices,
)
are_all = fixed(
    lambda a, *, axis=None, keepdims=False: np.all(a, axis=axis, keepdims=keepdims),
    name="all",
    samples=cases_of_indices,
)
nonzeros = fixed(
    lambda a, *, axis=None, keepdims=False: np.count_nonzero(a, axis=axis, keepdims=keepdims),
    name="count_nonzero",
    samples=cases_of_indices,
)


@answers(np.argmax)
def argmax(a: Any, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any:
    """The index of the first largest element along an axis, of the flattened array by default; without gradient."""
    refuse("argmax", out=out)
    return where_largest(a, axis=axis, keepdims=bool(keepdims))


@answers(np.argmin)
def argmin(a: Any, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any:
    """The index of the first smallest element along an axis, of the flattened array by default; without gradient."""
    refuse("argmin", out=out)
    return where_smallest(a, axis=axis, keepdims=bool(keepdims))


@answers(np.any)
def any(a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, *, where: Any = True) -> Any:
    """Whether any element over the axes is true; carries no gradient."""
    refuse("any", where, out=out)
    a, axis = prepared(a, axis)
    return is_any(a, axis=axis, keepdims=bool(keepdims))


@answers(np.all)
def all(a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, *, where: Any = True) -> Any:
    """Whether all elements over the axes are true; carries no gradient."""
    refuse("all", where, out=out)
    a, axis = prepared(a, axis)
    return are_all(a, axis=axis, keepdims=bool(keepdims))


@answers(np.count_nonzero)
def count_nonzero(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """How many elements over the axes are not 0; carries no gradient."""
    a, axis = prepared(a, axis)
    return nonzeros(a, axis=axis, keepdims=bool(keepdims))
