"""The largest and the smallest element over axes, where they are, and reductions that are piecewise constant.

k elements that tie for an extremum share its gradient equally, 1/k each. The others are cut off: they have no gradient,
not a gradient of 0. A NaN is an extremum of both kinds, as in NumPy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError
from ..families import composed, fixed, primitive
from ..families.elementwise import gate
from ..primitive import Primitive
from ..samples import Sample, sample, singular
from ..shapes import Axis, kept_shape
from .counting import mask, start
from .layouts import cube
from .operands import array
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
        singular=[
            singular(np.full((2, 2), 3.0), axis=1, keepdims=False, gives=np.full((2, 2), 0.5), why="a tie of two"),
        ],
        batch="axes",
        name=name,
        text=("{g} to the " + ("maxima" if ufunc is np.maximum else "minima"),),
    )


largest = extremum(np.maximum, "max")
smallest = extremum(np.minimum, "min")


def claims(a: Any, y: Any) -> Any:
    """Which elements are the extremum y of several: those that equal it, and where it is NaN those that are NaN."""
    return np.equal(a, y) | (np.isnan(a) & np.isnan(y))


def shares_from(a: Any, b: Any, counting: Any, y: Any, axis: Axis, keepdims: bool) -> tuple[Any, Any]:
    """The weights of the elements a that count, and that of b, which was there before the first of them.

    All that tie share equally: b counts like an element. Where nothing claims the extremum, nothing has a weight.
    """
    kept = y if keepdims else np.reshape(y, kept_shape(np.shape(a), axis))
    ties = claims(a, kept) & counting
    tie = np.zeros(np.shape(kept), bool) if b is None else claims(b, kept)
    several = np.maximum(np.sum(ties, axis=axis, keepdims=True) + tie, 1)
    return ties / several, np.reshape(tie / several, np.shape(y))


def cases_of_starts() -> list[Sample]:
    """Hard cases of extrema of the elements that a mask counts, and of what is there before them."""
    some = np.array([[True, True, False], [False, True, True]])
    return [
        sample(matrix(), np.float64(-5.0), some, axis=0, keepdims=False),
        sample(matrix(), np.float64(0.25), some, axis=None, keepdims=True),
        sample(cube(), np.float64(99.0), True, axis=1, keepdims=False),
        sample(cube(), np.float64(-99.0), True, axis=-1, keepdims=False),
        sample(cube(), np.float64(10.5), True, axis=0, keepdims=False),
        sample(matrix(np.float32), np.float32(1.0), True, axis=(0, 1), keepdims=False),
        sample(np.ones((2, 0)), np.float64(1.5), True, axis=1, keepdims=False),
    ]


def extremum_from(
    forward: Callable[..., Any], name: str, counts: Callable[[Any, Any], Any] = lambda a, c: c
) -> Primitive:
    """A primitive for the extremum of the elements a that count where c is true, and of b, a number or None."""

    def shares(a: Any, b: Any, c: Any, y: Any, axis: Axis, keepdims: bool) -> tuple[Any, Any]:
        return shares_from(a, b, counts(a, c), y, axis, keepdims)

    def tangent(ts: Any, a: Any, b: Any, c: Any, y: Any, axis: Axis, keepdims: bool) -> Any:
        weight, weight_before = shares(a, b, c, y, axis, keepdims)
        from_elements = 0 if ts[0] is None else np.sum(gate(ts[0], weight), axis=axis, keepdims=keepdims)
        return from_elements if ts[1] is None else from_elements + gate(ts[1], weight_before)

    return primitive(
        lambda a, b, c, *, axis=None, keepdims=False: forward(a, axis=axis, keepdims=keepdims, initial=b, where=c),
        lambda g, a, b, c, y, axis, keepdims: gate(spread(g, a, axis, keepdims), shares(a, b, c, y, axis, keepdims)[0]),
        lambda g, a, b, c, y, axis, keepdims: gate(g, shares(a, b, c, y, axis, keepdims)[1]),
        None,
        jvp=tangent,
        cut=True,
        kinks="ties",
        samples=cases_of_starts,
        singular=[singular(np.full(2, 3.0), 3.0, True, gives=(np.full(2, 1 / 3), 1 / 3), why="a tie of three")],
        name=name,
    )


largest_from = extremum_from(np.max, "max")
smallest_from = extremum_from(np.min, "min")


def extreme(
    made: Primitive, a: Any, axis: Axis, keepdims: bool, initial: Any, where: Any, of_all: Primitive | None = None
) -> Any:
    """The extremum of the elements that `where=` counts, and of `initial=`; `of_all` gives that of all elements, if it can."""
    a, axis = prepared(a, axis)
    if of_all is not None and initial is None and where is True:
        return of_all(a, axis=axis, keepdims=bool(keepdims))
    a = array(a)
    before = None if initial is None else start(initial, a.dtype)
    return made(a, before, where is True or mask(a, where), axis=axis, keepdims=bool(keepdims))


def cases_of_max() -> list[Sample]:
    """Hard cases of extrema in NumPy's words."""
    some = np.array([[True, True, False], [False, True, True]])
    return [
        sample(matrix()),
        sample(matrix(), axis=(0, -1), keepdims=True),
        sample(matrix(), axis=0, initial=np.float64(0.25), where=some),
        sample(matrix(), axis=1, initial=-9.0, where=np.array([True, False, True])),
        sample(matrix(np.float32), axis=1, initial=np.float64(1.0), keepdims=True),
        sample(np.ones((2, 0)), axis=1, initial=np.float64(1.5)),
        sample(matrix(np.float16), axis=0),
        sample(np.float64(1.5)),
        sample(np.array([[3, 1, 2]]), axis=1, initial=0),
        sample(matrix(), axis=2, raises=ShapeError, match="axis 2 is out of bounds"),
        sample(np.ones((2, 0)), axis=1, raises=ShapeError, match="which has no identity"),
        sample(matrix(), where=some, raises=ShapeError, match="one has to specify 'initial'"),
        sample(matrix(), initial=0.0, where=np.ones((4, 3), bool), raises=ShapeError, match="does not stretch"),
        sample(matrix(), initial=np.ones(2), raises=ShapeError, match="initial= is a single number"),
    ]


TIES = [
    singular(np.array([2.0, 2.0, 2.0]), gives=np.full(3, 1 / 3), why="a tie of three"),
    singular(
        np.array([2.0]), initial=2.0, gives=np.array([0.5]), why="what is there before the first counts like an element"
    ),
]


@answers(np.max, np.amax, samples=cases_of_max, singular=TIES)
def max(
    a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Any:
    """The largest element over the axes, all by default; NaN if one is NaN. Elements that tie share the gradient.

    initial    what is there before the first element, a number that may be recorded; it ties like an element
    where      which elements count; the others are cut off
    Raises ShapeError if there is no element and no `initial`.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.max(x))(ag.tensor([1.0, 3.0, 3.0]))
    tensor([0. , 0.5, 0.5])
    """
    refuse("max", out)
    return extreme(largest_from, a, axis, keepdims, initial, where, largest)


@answers(np.min, np.amin, samples=cases_of_max, singular=TIES)
def min(
    a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Any:
    """The smallest element over the axes, all by default; NaN if one is NaN. Elements that tie share the gradient.

    initial    what is there before the first element, a number that may be recorded; it ties like an element
    where      which elements count; the others are cut off
    Raises ShapeError if there is no element and no `initial`.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.min(x))(ag.tensor([1.0, 3.0, 3.0]))
    tensor([1., 0., 0.])
    """
    refuse("min", out)
    return extreme(smallest_from, a, axis, keepdims, initial, where, smallest)


def cases_of_ranges() -> list[Sample]:
    """Hard cases of ranges in NumPy's words."""
    return [
        sample(matrix()),
        sample(matrix(), axis=(0, -1), keepdims=True),
        sample(matrix(np.float32), axis=-1),
        sample(np.array([[3, 1, 2]], np.int8), axis=1),
        sample(np.float64(1.5)),
        sample(np.ones((2, 0)), axis=1, raises=ShapeError, match="which has no identity"),
    ]


@answers(np.ptp, samples=cases_of_ranges, singular=[singular(np.array([2.0, 2.0]), gives=np.zeros(2), why="ties")])
@composed
def ptp(a: Any, axis: Axis = None, out: None = None, keepdims: bool = False) -> Any:
    """The range of the elements over the axes, from the smallest to the largest.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.ptp(x))(ag.tensor([1.0, 3.0, 2.0]))
    tensor([-1.,  1.,  0.])
    """
    return max(a, axis, out, keepdims) - min(a, axis, out, keepdims)


def extreme_number(made: Primitive) -> Callable[..., Any]:
    """The reduction by fmax or fmin, which leave NaN out, in NumPy's words."""

    def reduction(
        a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = True
    ) -> Any:
        refuse(made.name, out)
        return extreme(made, a, axis, keepdims, initial, where)

    return reduction


reduces(np.maximum, max)
reduces(np.minimum, min)
reduces(np.fmax, extreme_number(extremum_from(np.fmax.reduce, "fmax.reduce")))
reduces(np.fmin, extreme_number(extremum_from(np.fmin.reduce, "fmin.reduce")))

# -- piecewise constant ------------------------------------------------------------------------------------------------


def cases_of_indices() -> list[Sample]:
    """Hard cases of reductions to indices, counts and truth values."""
    return [
        sample(matrix(), axis=None, keepdims=False),
        sample(matrix(np.float32)[:, ::-1], axis=-1, keepdims=True),
        sample(np.float64(1.5), axis=None, keepdims=False),
        sample(matrix(), axis=2, keepdims=False, raises=ShapeError),
    ]


def counting(reduction: Callable[..., Any], **declared: Any) -> Primitive:
    """A reduction of NumPy's to indices or counts as a primitive."""
    return fixed(
        lambda a, *, axis=None, keepdims=False: reduction(a, axis=axis, keepdims=keepdims),
        name=reduction.__name__,
        samples=cases_of_indices,
        **declared,
    )


where_largest, where_smallest = [counting(f, batch="axis") for f in (np.argmax, np.argmin)]
nonzeros = counting(np.count_nonzero, batch="axes")
is_any = fixed(
    lambda a, b=True, *, axis=None, keepdims=False: np.any(a, axis=axis, keepdims=keepdims, where=b),
    batch="axes",
    name="any",
    samples=cases_of_indices,
)
are_all = fixed(
    lambda a, b=True, *, axis=None, keepdims=False: np.all(a, axis=axis, keepdims=keepdims, where=b),
    batch="axes",
    name="all",
    samples=cases_of_indices,
)


def cases_of_places() -> list[Sample]:
    """Hard cases of indices in NumPy's words."""
    return [
        sample(matrix()),
        sample(matrix(np.float32)[:, ::-1], axis=-1, keepdims=True),
        sample(np.array([[1, 3], [3, 1]]), axis=0),
        sample(np.float64(1.5)),
        sample(matrix(), axis=2, raises=ShapeError, match="axis 2 is out of bounds"),
        sample(np.ones((2, 0)), axis=1, raises=ShapeError, match="empty sequence"),
    ]


def cases_of_questions() -> list[Sample]:
    """Hard cases of truth values in NumPy's words."""
    return [
        sample(matrix()),
        sample(matrix(np.float32)[:, ::-1], axis=(0, -1), keepdims=True),
        sample(np.array([[0, 3], [3, 1]]), axis=0),
        sample(matrix(), axis=1, where=np.array([[True, False, True]])),
        sample(np.ones((2, 0)), axis=1),
        sample(np.float64(0.0)),
        sample(matrix(), axis=2, raises=ShapeError, match="axis 2 is out of bounds"),
    ]


@answers(np.argmax, samples=cases_of_places)
def argmax(a: Any, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any:
    """The index of the first largest element along an axis, of the flattened array by default; without gradient."""
    refuse("argmax", out)
    return where_largest(a, axis=axis, keepdims=bool(keepdims))


@answers(np.argmin, samples=cases_of_places)
def argmin(a: Any, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any:
    """The index of the first smallest element along an axis, of the flattened array by default; without gradient."""
    refuse("argmin", out)
    return where_smallest(a, axis=axis, keepdims=bool(keepdims))


@answers(np.any, samples=cases_of_questions)
def any(a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, *, where: Any = True) -> Any:
    """Whether any element over the axes is true; carries no gradient."""
    refuse("any", out)
    a, axis = prepared(a, axis)
    return is_any(a, where is True or mask(a, where), axis=axis, keepdims=bool(keepdims))


@answers(np.all, samples=cases_of_questions)
def all(a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, *, where: Any = True) -> Any:
    """Whether all elements over the axes are true; carries no gradient."""
    refuse("all", out)
    a, axis = prepared(a, axis)
    return are_all(a, where is True or mask(a, where), axis=axis, keepdims=bool(keepdims))


def cases_of_counts() -> list[Sample]:
    """Hard cases of counts in NumPy's words."""
    return [s for s in cases_of_questions() if "where" not in s.settings]


@answers(np.count_nonzero, samples=cases_of_counts)
def count_nonzero(a: Any, axis: Axis = None, *, keepdims: bool = False) -> Any:
    """How many elements over the axes are not 0; carries no gradient."""
    a, axis = prepared(a, axis)
    return nonzeros(a, axis=axis, keepdims=bool(keepdims))
