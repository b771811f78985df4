"""Counts of numbers in bins: linear in the weights, constant but for jumps in the numbers that are counted.

The edges of equal bins reach from the smallest number to the largest, so they depend on these two, and with them the widths by
which a density is divided. Ties share, as in min and max.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import DTypeError, ShapeError, in_words
from ..families import composed, fixed
from ..recording import Value, numbers_of
from ..samples import Sample, sample
from .indexing import getitem, scatter
from .layouts import astype, ravel, reshape
from .operands import array
from .ranges import linspace
from .reductions import matrix

X, W = np.array([0.3, -1.2, 0.7, 2.5, 0.31, -0.4]), np.array([1.0, 0.5, -2.0, 0.25, 3.0, 1.5])


def weighted_sums(weights: Any, places: Any, n: int) -> Any:
    """The sum of the weights at each of n places, in double precision at least; weights at negative places are left out."""
    weights = astype(weights, np.result_type(weights.dtype, float))
    inside = places >= 0
    if not inside.all():
        weights, places = getitem(weights, inside), places[inside]
    return scatter(weights, index=places, shape=(n,))


occurrences = fixed(
    lambda x, *, minlength=0: np.bincount(x, minlength=minlength),
    samples=lambda: [sample(np.array([0, 3, 1, 3])), sample(np.array([0, 1]), minlength=4)],
    name="bincount",
)


@answers(
    np.bincount,
    samples=lambda: [
        sample(np.array([0, 3, 1, 3])),
        sample(np.array([0, 3, 1, 3, 1, 1]), W),
        sample([2, 0, 2], weights=W[:3].astype(np.float32), minlength=5),
        sample(np.array([0, 3, 1]), [1, 2, 3]),
        sample(np.empty(0, int), np.empty(0), minlength=2),
        sample(np.array([0, -1]), W[:2], raises=ShapeError, match="bincount .*negative"),
        sample(np.array([0, 1]), W[:2] * 1j, raises=DTypeError, match="bincount takes real weights"),
        sample(np.array([0, 1]), W, raises=ShapeError, match=r"weights of shape \(6,\) for numbers of shape \(2,\)"),
    ],
)
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """How often each number 0, 1, ... occurs in x; or the sum of the weights at which it does.

    x: (n), integers   weights: (n)   returns (m), m = max(x) + 1 or minlength

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda w: ag.bincount([0, 1, 1], w)[1])(np.array([1.0, 2.0, 3.0]))
    array([0., 1., 1.])
    """
    x = x if isinstance(x, Value) else np.asarray(x, int if np.size(x) == 0 else None)
    counts = occurrences(x, minlength=minlength)
    if weights is None or np.size(x) == 0:  # NumPy counts nothing in integers, weighted or not
        return counts
    places, weights = np.asarray(numbers_of(x), int), same_shape(weights, np.shape(x))
    if weights.dtype.kind == "c":
        raise DTypeError(
            "bincount takes real weights: give it np.real(weights) and np.imag(weights) one after the other"
        )
    return astype(weighted_sums(weights, places, np.shape(counts)[0]), float)


def same_shape(weights: Any, shape: tuple[int, ...]) -> Any:
    """Weights, one for each number that is counted."""
    weights = array(weights)
    if np.shape(weights) != shape:
        raise ShapeError(f"weights of shape {np.shape(weights)} for numbers of shape {shape}: there is one for each")
    return weights


# -- one dimension -------------------------------------------------------------------------------------------------------


def place_of(x: Any, edges: Any) -> Any:
    """Which bin each number is in, -1 if in none: from its left edge up to its right one, which the last bin includes."""
    found = np.searchsorted(edges, x, side="right") - 1
    found[x == edges[-1]] = len(edges) - 2
    found[found > len(edges) - 2] = -1
    return found


counted = fixed(
    lambda x, edges: np.histogram(x, edges)[0],
    samples=lambda: [sample(X, np.array([-1.0, 0.0, 0.3, 3.0])), sample(X, np.array([5.0, 6.0]))],
    name="histogram",
)


def ends(x: Any, within: Any) -> tuple[Any, Any]:
    """The first edge and the last: as given, or the smallest number and the largest; apart in any case."""
    first, last = within if within is not None else (np.min(x), np.max(x)) if np.size(x) else (0, 1)
    if numbers_of(first) == numbers_of(last):
        return first - 0.5, last + 0.5
    return first, last


def is_recorded(*xs: Any) -> bool:
    return any(isinstance(x, Value) for x in xs)


def cases_of_edges() -> list[Sample]:
    """Numbers of bins, methods by name, edges, ranges, ties at the ends, other dtypes, nothing to count."""
    return [
        sample(X),
        sample(X, 3),
        sample(matrix(), bins=3, range=(-0.5, 1.0)),
        sample(X, "sturges"),
        sample(X, "fd", (-1.0, 1.0)),
        sample(X, np.array([-1.0, 0.0, 0.5, 3.0])),
        sample(X, [-1, 0, 3]),
        sample(X.astype(np.float32), 4),
        sample([0.5, 0.5], 2),
        sample([1, 2, 2, 5], 3),
        sample(np.empty(0), 2),
        sample(X, 0, raises=ShapeError, match="positive"),
        sample(X, np.array([1.0, 0.0]), raises=ShapeError, match="increase monotonically"),
    ]


@answers(np.histogram_bin_edges, samples=lambda: [*cases_of_edges(), sample(X, 3, None, W)])
def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """The edges of the bins of a histogram: equal bins depend on the smallest number and on the largest, or on the range.

    >>> import numpy as np, autograd_core as ag
    >>> ag.jacobian(lambda a: ag.histogram_bin_edges(a, 2))(np.array([0.0, 4.0, 1.0]))
    array([[1. , 0. , 0. ],
           [0.5, 0.5, 0. ],
           [0. , 1. , 0. ]])
    """
    within = None if range is None else tuple(map(numbers_of, range))
    with in_words("histogram"):
        edges = np.histogram_bin_edges(numbers_of(a), numbers_of(bins), within, numbers_of(weights))
    if np.ndim(bins) == 1 and not isinstance(bins, str):
        return bins if isinstance(bins, Value) else edges
    if not is_recorded(a, *(range or ())):
        return edges
    return linspace(*ends(a, range), len(edges), dtype=edges.dtype)


def cases_of_histograms() -> list[Sample]:
    """Those, with weights and as densities."""
    return [
        *cases_of_edges(),
        sample(X, 3, None, False, W),
        sample(X, 3, density=True, weights=W),
        sample(X, np.array([-1.0, 0.0, 0.5, 3.0]), density=True, weights=W),
        sample(X, 4, density=True),
        sample(X, [-1, 0, 0.31, 0.7], weights=W.astype(np.float32)),
        sample(X, 3, weights=W * 1j),
        sample(X, 3, (0.0, 1.0), weights=[1, 2, 3, 4, 5, 6]),
        sample(matrix(), 3, weights=matrix() * 2),
        sample(X, 3, weights=W[:2], raises=ShapeError, match="one for each"),
    ]


@answers(np.histogram, samples=cases_of_histograms)
@composed
def histogram(a: Any, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None) -> Any:
    """How many numbers are in each bin, and the edges of the bins.

    bins      how many equal ones, the name of a method to choose that, or their edges
    range     the first edge and the last: the smallest number and the largest by default
    density   divide by the widths and by the sum, so that the integral is 1
    weights   what each number counts, instead of 1; differentiable

    Counts do not change with the numbers, except for jumps; the edges do, see `histogram_bin_edges`.

    >>> import numpy as np, autograd_core as ag
    >>> ag.jacobian(lambda w: ag.histogram([0.1, 0.2, 0.7], 2, (0.0, 1.0), weights=w)[0])(np.ones(3))
    array([[1., 1., 0.],
           [0., 0., 1.]])
    """
    if weights is not None:
        weights = same_shape(weights, np.shape(a))
    edges = histogram_bin_edges(a, bins, range, weights)
    if weights is None:
        n = counted(a, edges)
    elif is_recorded(weights):
        places = place_of(np.ravel(numbers_of(a)), numbers_of(edges))
        n = astype(weighted_sums(ravel(weights), places, np.shape(edges)[0] - 1), weights.dtype)
    else:
        n = np.histogram(numbers_of(a), numbers_of(edges), weights=weights)[0]
    return (n / astype(np.diff(edges), float) / np.sum(n) if density else n), edges


# -- several dimensions --------------------------------------------------------------------------------------------------


def cases_of_two() -> list[Sample]:
    """Equal bins and edges, one for both or one for each; weights, densities."""
    y = X[::-1] * 2
    return [
        sample(X, y),
        sample(X, y, 3, weights=W),
        sample(X, y, [2, 3], density=True),
        sample(X, y, [np.array([-1.0, 0.0, 3.0]), 2], weights=W, density=True),
        sample(X, y, np.array([-1.0, 0.0, 3.0])),
        sample(X, y, 2, [[-1, 1], [0, 2]], weights=W.astype(np.float32)),
        sample(X, y[:2], raises=ShapeError, match="as many"),
        sample(X, y, 0, raises=ShapeError, match="positive"),
    ]


@answers(np.histogram2d, samples=cases_of_two)
def histogram2d(
    x: Any, y: Any, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None
) -> tuple[Any, Any, Any]:
    """How many points (x, y) are in each bin, and the edges of the bins along x and y; see `histogramdd`.

    >>> import autograd_core as ag
    >>> ag.histogram2d([0.0, 1.0, 1.0], [0.0, 0.0, 1.0], 2)[0]
    array([[1., 0.],
           [1., 1.]])
    """
    if np.shape(x) != np.shape(y):
        raise ShapeError(f"histogram2d takes as many x as y, not {np.shape(x)} and {np.shape(y)}")
    if (isinstance(bins, (list, tuple)) or np.ndim(bins)) and len(bins) not in (1, 2):
        bins = [bins, bins]
    n, (along_x, along_y) = histogramdd([x, y], bins, range, density, weights)
    return n, along_x, along_y


def columns(points: Any) -> list[Any]:
    """The coordinates of points, dimension by dimension."""
    if isinstance(points, (list, tuple)):
        xs = [array(x) for x in points]
        common = np.result_type(*[x.dtype for x in xs])
        return [x if x.dtype == common else astype(x, common) for x in xs]
    points = points if np.ndim(points) > 1 else reshape(points, (-1, 1))
    return [points[:, i] for i in range(np.shape(points)[1])]


def edges_along(x: Any, bins: Any, within: Any) -> Any:
    """The edges of the bins of one dimension."""
    if np.ndim(bins):
        return array(bins)
    return linspace(*ends(x, within), bins + 1)


def cases_of_several() -> list[Sample]:
    """Points as rows or as coordinates; equal bins, edges, weights, densities."""
    points = np.stack([X, X[::-1] * 2, np.sin(X)], axis=1)
    return [
        sample(points, 2),
        sample(points, (2, 1, np.array([-1.0, 0.0, 1.0])), weights=W),
        sample([X, W], 3, density=True, weights=W),
        sample([X.astype(np.float32), W], 3),
        sample(points, 2, [(-1.0, 1.0), None, (0.0, 1.0)], weights=W),
        sample(X, 3),
        sample(points, (2, 2), raises=ShapeError, match="dimension of bins"),
    ]


@answers(np.histogramdd, samples=cases_of_several)
@composed
def histogramdd(
    sample: Any, bins: Any = 10, range: Any = None, density: bool | None = None, weights: Any = None
) -> tuple[Any, Sequence[Any]]:
    """How many points are in each bin of a grid, and the edges of the grid along each dimension.

    sample: points (n, d), or d arrays of coordinates   returns counts (bins along 1, ..., bins along d), and d edges
    bins    how many along each dimension, or their edges; one for all or one for each

    As in `histogram`, counts are linear in the weights, and the edges follow the smallest and the largest coordinates.
    """
    xs = columns(sample)
    each = list(bins) if isinstance(bins, (list, tuple)) or np.ndim(bins) else [bins] * len(xs)
    within = [None] * len(xs) if range is None else list(range)
    with in_words("histogramdd"):
        n, _ = np.histogramdd(
            [numbers_of(x) for x in xs], [numbers_of(b) for b in each], range, density, numbers_of(weights)
        )
    edges = [edges_along(x, b, r) for x, b, r in zip(xs, each, within, strict=True)]
    if not is_recorded(weights) and not (density and is_recorded(*edges)):
        return n, edges
    found = [place_of(numbers_of(x), numbers_of(e)) for x, e in zip(xs, edges, strict=True)]
    outside = np.any([f < 0 for f in found], axis=0)
    places = np.where(outside, -1, np.ravel_multi_index([np.where(outside, 0, f) for f in found], n.shape))
    each_one = np.ones(len(places)) if weights is None else weights
    n = reshape(weighted_sums(each_one, places, prod(n.shape)), n.shape)
    if density:
        total = np.sum(n)
        for i, e in enumerate(edges):
            n = n / reshape(np.diff(e), [-1 if j == i else 1 for j, _ in enumerate(edges)])
        n = n / total
    return n, edges
