"""Arrays as sets: distinct elements, and what two arrays have in common.

A distinct element stands for all elements that are equal to it: they share its gradient equally.
"""

from __future__ import annotations

from inspect import signature
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError
from ..families import composed, fixed, primitive
from ..recording import data_of
from ..samples import Sample, sample, singular
from .indexing import getitem, scatter
from .joining import concatenate
from .layouts import moveaxis, ravel
from .reductions import matrix
from .sorting import sort

# -- distinct elements -----------------------------------------------------------------------------------------------------


def groups(a: Any, y: Any, axis: int | None, equal_nan: bool, sorted: bool) -> tuple[Any, Any]:
    """For each element (or slice) of a the place in y of the one that it equals; and how many equal each of y."""
    _, inverse, counts = np.unique(data_of(a), return_inverse=True, return_counts=True, axis=axis, equal_nan=equal_nan)
    if sorted:
        return inverse, counts
    order = np.argsort(data_of(y))
    return order[inverse], counts[np.argsort(order)]


def per_slice(counts: Any, like: Any) -> Any:
    """Counts as divisors of the slices along the first axis."""
    return np.reshape(counts, (-1, *[1] * (np.ndim(like) - 1)))


def to_all(g: Any, a: Any, y: Any, axis: int | None, equal_nan: bool, sorted: bool) -> Any:
    inverse, counts = groups(a, y, axis, equal_nan, sorted)
    rows = moveaxis(g, axis or 0, 0)
    return moveaxis(getitem(rows / per_slice(counts, rows), (inverse,)), 0, axis or 0)


def to_distinct(t: Any, a: Any, y: Any, axis: int | None, equal_nan: bool, sorted: bool) -> Any:
    inverse, counts = groups(a, y, axis, equal_nan, sorted)
    rows = moveaxis(t, axis or 0, 0)
    total = scatter(rows, index=(inverse,), shape=(len(counts), *np.shape(rows)[1:]))
    return moveaxis(total / per_slice(counts, rows), 0, axis or 0)


IN_ANY_ORDER: dict[str, Any] = {"sorted": False} if "sorted" in signature(np.unique).parameters else {}  # NumPy 2.3

distinct = primitive(
    lambda a, *, axis=None, equal_nan=True, sorted=True: np.unique(
        a, axis=axis, equal_nan=equal_nan, **({} if sorted else IN_ANY_ORDER)
    ),
    lambda g, a, y, axis, equal_nan, sorted: to_all(g, a, y, axis, equal_nan, sorted),
    jvp=lambda t, a, y, axis, equal_nan, sorted: to_distinct(t, a, y, axis, equal_nan, sorted),
    cut=True,
    kinks="ties",
    samples=lambda: [
        sample(np.array([2.0, 0.5, -1.0])),
        sample(matrix()[:, ::-1], axis=1),
        sample(np.array([2.0, 0.5, -1.0]), equal_nan=False, sorted=False),
        sample(np.array([2j, 3.5, -1.0, 1 + 1j, 0.25 - 2j, 7j]), sorted=False, through=lambda y: np.sum(y * y)),
        sample(np.array([2.0, 0.5, -1.0], np.float32)),
        sample(matrix(), axis=2, raises=ShapeError),
    ],
    singular=[
        singular(np.array([2.0, 0.5, 2.0]), gives=np.array([0.5, 1.0, 0.5]), why="a tie of two"),
        singular(np.full(2, np.nan), gives=np.full(2, 0.5), why="a tie of two"),
        singular(np.full(2, np.nan), equal_nan=False, gives=np.ones(2), why="no NaN equals another"),
    ],
    name="unique",
)
occurrences = fixed(
    lambda a, *, axis=None, equal_nan=True: np.unique(a, True, True, True, axis=axis, equal_nan=equal_nan)[1:],
    outputs=3,
    samples=lambda: [sample(np.array([2.0, 0.5, 2.0])), sample(matrix(), axis=1)],
    name="unique_places",
)


def cases_of_sets() -> list[Sample]:
    """Several dimensions, a number, ties, other dtypes, NaNs, nothing at all."""
    return [
        sample(matrix()),
        sample(np.float64(2.0)),
        sample(
            np.array([[2.0, 1.0, 2.0], [1.0, 2.0, 1.0]], np.float32)
        ),  # with ties, which differences would tear apart
        sample(np.array([2j, 1.0, 2j], np.complex64)),
        sample(np.array([np.nan, 1.0, np.nan], np.float32)),
        sample(np.array([3, 1, 3])),
        sample(np.ones(0)),
    ]


def cases_of_unique() -> list[Sample]:
    """Those, with each flag and axis."""
    ties = np.array([[2.0, 1.0], [0.5, 2.0], [2.0, 1.0]], np.float32)
    return [
        *cases_of_sets(),
        sample(ties, return_index=True, return_inverse=True, return_counts=True),
        sample(ties, True, True, True, 0),
        sample(matrix(), return_inverse=True, axis=-1),
        sample(matrix(), return_counts=True, sorted=False),
        sample(np.array([np.nan, 1.0, np.nan], np.float32), return_counts=True, equal_nan=False),
        sample(np.ones((0, 2)), axis=0, return_index=True),
        sample(matrix(), axis=2, raises=ShapeError, match="unique cannot be computed"),
    ]


@answers(
    np.unique,
    samples=cases_of_unique,
    singular=[singular(np.array([1.0, 3.0, 3.0]), gives=np.array([1.0, 0.5, 0.5]), why="a tie of two")],
)
def unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    *,
    equal_nan: bool = True,
    sorted: bool = True,
) -> Any:
    """The distinct elements in ascending order, or the distinct slices along an axis; equal ones share the gradient.

    Also, if asked: the indices of their first occurrences, the indices that rebuild the array, and how often each occurs.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: (ag.unique(x) * [1.0, 10.0]).sum())(ag.tensor([2.0, 1.0, 2.0]))
    tensor([5., 1., 5.])
    """
    flags = return_index, return_inverse, return_counts
    flat = ravel(ar) if axis is None else ar
    values = distinct(flat, axis=axis, equal_nan=bool(equal_nan), sorted=bool(sorted or any(flags)))
    if not any(flags):
        return values
    found = occurrences(ar, axis=axis, equal_nan=bool(equal_nan))
    return (values, *[part for part, asked in zip(found, flags, strict=True) if asked])


ALL, COUNTS, INVERSE = [type(f(np.zeros(0))) for f in (np.unique_all, np.unique_counts, np.unique_inverse)]


@answers(np.unique_all, samples=cases_of_sets)
def unique_all(x: Any) -> Any:
    """The distinct elements, the indices of their first occurrences, those that rebuild x, and counts; no NaN equals another."""
    return ALL(*unique(x, True, True, True, equal_nan=False))


@answers(np.unique_counts, samples=cases_of_sets)
def unique_counts(x: Any) -> Any:
    """The distinct elements and how often each occurs; no NaN equals another."""
    return COUNTS(*unique(x, return_counts=True, equal_nan=False))


@answers(np.unique_inverse, samples=cases_of_sets)
def unique_inverse(x: Any) -> Any:
    """The distinct elements and the indices that rebuild x; no NaN equals another."""
    return INVERSE(*unique(x, return_inverse=True, equal_nan=False))


@answers(np.unique_values, samples=cases_of_sets)
def unique_values(x: Any) -> Any:
    """The distinct elements, in any order; no NaN equals another."""
    return unique(x, equal_nan=False, sorted=False)


# -- two sets ----------------------------------------------------------------------------------------------------------------

are_in = fixed(
    lambda a, b, *, assume_unique=False, invert=False, kind=None: np.isin(a, b, assume_unique, invert, kind=kind),
    samples=lambda: [sample(matrix(), np.array([2.0, 0.5]))],
    name="isin",
)
shared_places = fixed(
    lambda a, b, *, assume_unique=False: np.intersect1d(a, b, assume_unique, True)[1:],
    outputs=2,
    samples=lambda: [sample(np.array([1.0, 2.0]), np.array([70.0, 50.0]))],
    name="intersect1d_places",
)


@answers(
    np.isin,
    samples=lambda: [
        sample(matrix(), np.array([2.0, 0.5])),
        sample(np.float64(2.0), matrix(), invert=True),
        sample(np.array([1, 2, 3]), [2, 4], assume_unique=True, kind="table"),
        sample(matrix(np.float32), []),
    ],
)
def isin(
    element: Any, test_elements: Any, assume_unique: bool = False, invert: bool = False, *, kind: Any = None
) -> Any:
    """Whether each element is among the others; without gradient."""
    return are_in(element, test_elements, assume_unique=assume_unique, invert=invert, kind=kind)


def cases_of_pairs() -> list[Sample]:
    """Two arrays with and without common elements; ties within and between them in float32."""
    return [
        sample(matrix(), np.array([3.0, 4.0])),
        sample(np.array([3.0, 1.0, 2.0, 1.0], np.float32), np.array([[2.0], [5.0]], np.float32)),
        sample(np.array([3.0, np.nan], np.float32), np.array([3.0, np.nan, 1.0], np.float32)),
        sample([3, 1], np.array([2.0, 0.5])),
        sample(np.ones(0), np.ones(0)),
    ]


@answers(np.union1d, samples=cases_of_pairs)
@composed
def union1d(ar1: Any, ar2: Any) -> Any:
    """The distinct elements of two arrays together, in ascending order."""
    return unique(concatenate([ar1, ar2], None))


def merged(ar1: Any, ar2: Any, assume_unique: bool) -> tuple[Any, Any]:
    """The elements of two sets together in ascending order, and for each but the last whether it equals the next."""
    if not assume_unique:
        ar1, ar2 = unique(ar1), unique(ar2)
    together = sort(concatenate([ar1, ar2], None))
    data = data_of(together)
    return together, data[1:] == data[:-1]


@answers(
    np.intersect1d,
    samples=lambda: [
        *cases_of_pairs(),
        sample(np.array([3.0, 1.0], np.float32), np.array([1.0, 3.0, 2.0], np.float32), True, return_indices=True),
        sample(np.array([3.0, 1.0, 3.0], np.float32), [3, 3, 2], return_indices=True),
    ],
)
@composed
def intersect1d(ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False) -> Any:
    """The elements that are in both arrays, in ascending order; with return_indices also where they first occur in each.

    >>> import autograd_core as ag
    >>> ag.intersect1d(ag.tensor([3.0, 1.0, 2.0]), [2.0, 3.0])
    tensor([2., 3.])
    """
    together, same = merged(ar1, ar2, assume_unique)
    y = getitem(together, (np.flatnonzero(same),))
    return (y, *shared_places(ar1, ar2, assume_unique=bool(assume_unique))) if return_indices else y


@answers(
    np.setxor1d,
    samples=lambda: [*cases_of_pairs(), sample(np.array([3.0, 1.0]), np.array([0.5, 2.0]), assume_unique=True)],
)
@composed
def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """The elements that are in only one of two arrays, in ascending order."""
    together, same = merged(ar1, ar2, assume_unique)
    return getitem(together, (np.flatnonzero(~(np.append(same, False) | np.append(False, same))[: np.size(together)]),))


@answers(
    np.setdiff1d,
    samples=lambda: [*cases_of_pairs(), sample(matrix(), np.array([3.0, 2.5]), assume_unique=True)],
)
@composed
def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """The elements of one array that are not in the other, in ascending order; in their own order with assume_unique.

    >>> import autograd_core as ag
    >>> ag.setdiff1d(ag.tensor([3.0, 1.0, 2.0]), [2.0])
    tensor([1., 3.])
    """
    ar1 = ravel(ar1) if assume_unique else unique(ar1)
    return getitem(ar1, (np.isin(data_of(ar1), data_of(ar2), invert=True),))
