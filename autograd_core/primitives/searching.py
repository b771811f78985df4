"""Where elements are: indices, which are piecewise constant and carry no gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..batches import looped
from ..dispatch import answers
from ..errors import ShapeError
from ..families import fixed
from ..primitive import Primitive
from ..recording import Settings, data_of
from ..samples import Sample, sample
from .indexing import table


def cases_of_searching() -> list[Sample]:
    """Zeros among others, several dimensions, other dtypes, nothing at all."""
    return [
        sample(np.array([[0.0, 1.5, 0.0], [-2.0, 0.0, np.nan]])),
        sample(np.arange(12).reshape(2, 3, 2) % 3),
        sample(np.array([True, False])[::-1]),
        sample(table(complex) * 0j),
        sample(table(np.float32)),
        sample(np.ones((2, 0))),
    ]


nonzeros = fixed(
    lambda a: np.nonzero(a),
    outputs=-1,
    name="nonzero",
    samples=lambda: [*cases_of_searching(), sample(np.float64(1.0), raises=ShapeError)],
)
flat_nonzeros = fixed(lambda a: np.flatnonzero(a), name="flatnonzero", samples=cases_of_searching)
rows_of_nonzeros = fixed(lambda a: np.argwhere(a), name="argwhere", samples=cases_of_searching)


def search_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    """One search for the numbers of all examples, where they are searched for among the same."""
    same = not batched[0 if made is places else 1]
    return made.call(*xs, **settings) if same else looped(made, xs, batched, settings)


places = fixed(
    lambda a, v, *, side="left", sorter=None: np.searchsorted(a, v, side, sorter),
    batch=search_each,
    name="searchsorted",
    samples=lambda: [sample(np.array([1.0, 2.0]), np.array([0.0, 2.0, 2.5]), side="right")],
)
bins_of = fixed(
    lambda x, bins, *, right=False: np.digitize(x, bins, right),
    batch=search_each,
    name="digitize",
    samples=lambda: [sample(np.array([0.0, 2.0, 2.5]), np.array([1.0, 2.0]), right=True)],
)


@answers(
    np.nonzero,
    samples=lambda: [*cases_of_searching(), sample(np.float64(1.0), raises=ShapeError, match="nonzero on 0d")],
)
def nonzero(a: Any) -> Any:
    """The indices of the elements that are not 0, an array for each axis; without gradient.

    >>> import autograd_core as ag
    >>> ag.nonzero(ag.tensor([0.0, 3.0]))
    (tensor([1]),)
    """
    return nonzeros(a)


@answers(np.flatnonzero, samples=lambda: [*cases_of_searching(), sample(np.float64(1.0))])
def flatnonzero(a: Any) -> Any:
    """The indices of the elements of the flattened array that are not 0; without gradient."""
    return flat_nonzeros(a)


@answers(np.argwhere, samples=lambda: [*cases_of_searching(), sample(np.float64(1.0))])
def argwhere(a: Any) -> Any:
    """The indices of the elements that are not 0, a row for each; without gradient."""
    return rows_of_nonzeros(a)


@answers(
    np.searchsorted,
    samples=lambda: [
        sample(np.array([1.0, 2.0, 2.0, 4.0]), np.array([[2.0, 5.0], [0.0, 3.0]])),
        sample(np.array([1.0, 2.0, 2.0], np.float32), 2.0, side="right"),
        sample(np.array([3.0, 1.0, 2.0]), np.float64(1.5), "left", np.array([1, 2, 0])),
        sample(np.array([1, 3]), [2]),
        sample(np.ones(0), np.ones(2)),
        sample(table(), 1.0, raises=ShapeError, match="too deep"),
        sample(np.ones(2), 1.0, side="middle", raises=ShapeError, match="'left' or 'right'"),
    ],
)
def searchsorted(a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Any:
    """The places at which v would have to be inserted to keep a sorted; without gradient.

    >>> import autograd_core as ag
    >>> ag.searchsorted(ag.tensor([1.0, 2.0, 3.0]), [0.5, 2.5])
    tensor([0, 2])
    """
    return places(a, v, side=side, sorter=data_of(sorter))


@answers(
    np.digitize,
    samples=lambda: [
        sample(np.array([[0.2, 6.4], [3.0, 1.6]]), np.array([0.0, 1.0, 2.5, 4.0])),
        sample(np.array([1.0, 2.0], np.float32), np.array([2.0, 1.0]), right=True),
        sample(1.5, np.array([1.0, 2.0])),
        sample(np.ones(1), np.array([2.0, 1.0, 3.0]), raises=ShapeError, match="monotonically"),
    ],
)
def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    """The number of the bin that each element falls into; without gradient.

    right   whether a bin includes its right edge instead of its left one
    """
    return bins_of(x, bins, right=bool(right))
