"""Medians and quantiles: sorted elements, and points between two of them.

They are made of `np.sort`, a gather and an interpolation. So elements that tie share their gradient equally, and the
elements that are not reached have none. A quantile is differentiable by q too: its slope is that between the two order
statistics around it; where q meets an element exactly, the slope on the right, and at the last element that on the left.
Where a row holds a NaN the result is NaN, and its gradient goes there.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import DTypeError, ShapeError
from ..families import composed, fixed
from ..recording import Scalar, Value
from ..samples import Sample, sample, singular
from ..shapes import Axis, kept_shape
from .layouts import astype, detached
from .operands import array, bare
from .reductions import matrix, refuse, rows

# -- where a quantile lies: Hyndman and Fan, Sample quantiles in statistical packages, The American Statistician 50 (1996) --


def between(alpha: float, beta: float) -> Callable[[Any, Any], Any]:
    """The index of a quantile among n sorted elements, a real number, for plotting positions with these constants."""
    return lambda n, q: n * q + (alpha + q * (1 - alpha - beta)) - 1


CONTINUOUS: dict[str, Callable[[Any, Any], Any]] = {
    "linear": lambda n, q: (n - 1) * q,
    "interpolated_inverted_cdf": between(0, 1),
    "hazen": between(0.5, 0.5),
    "weibull": between(0, 0),
    "median_unbiased": between(1 / 3, 1 / 3),
    "normal_unbiased": between(3 / 8, 3 / 8),
}


def closest(n: Any, q: Any) -> Any:
    """The index of the nearest element; halfway between two the one with an even number, counted from 1."""
    place = n * q - 1.5
    low = np.floor(place)
    return np.where((place == low) & (low % 2 == 1), low, low + 1)


STEPPED: dict[str, Callable[[Any, Any], Any]] = {
    "inverted_cdf": lambda n, q: np.ceil(n * q - 1),
    "averaged_inverted_cdf": lambda n, q: n * q - 1,
    "closest_observation": closest,
    "lower": lambda n, q: np.floor((n - 1) * q),
    "higher": lambda n, q: np.ceil((n - 1) * q),
    "midpoint": lambda n, q: 0.5 * (np.floor((n - 1) * q) + np.ceil((n - 1) * q)),
    "nearest": lambda n, q: np.around((n - 1) * q),
}
ELEMENTS = ("inverted_cdf", "closest_observation", "lower", "higher", "nearest")


# -- points between sorted elements ----------------------------------------------------------------------------------------


def picked(s: Any, index: Any) -> Any:
    """For each row of s, of shape (*batch, n), its elements at indices that broadcast to (*points, *batch)."""
    batch = s.shape[:-1]
    points = index.shape[: index.ndim - len(batch)]
    index = astype(np.broadcast_to(index, (*points, *batch)), int)
    places = np.moveaxis(np.reshape(index, (math.prod(points), *batch)), 0, -1)
    return np.reshape(np.moveaxis(np.take_along_axis(s, places, axis=-1), -1, 0), (*points, *batch))


def last_of(n: Any) -> Any:
    """The index of the last of n elements; Python's where n is, so that it does not promote."""
    return max(n - 1, 0) if type(n) is int else np.maximum(n - 1, 0)


def constant(a: Any) -> Any:
    """The values alone, through which no gradient flows."""
    return detached.call(a) if isinstance(a, Value) else a


def element(s: Any, n: Any, q: Any, method: str) -> Any:
    """One of the n first elements of each sorted row."""
    return picked(s, np.clip(STEPPED[method](n, constant(q)), 0, last_of(n)))


def interpolated(s: Any, n: Any, q: Any, method: str, weak: bool) -> Any:
    """A point between two of the n first elements of each sorted row, computed as NumPy does."""
    smooth = isinstance(q, Value) and method in CONTINUOUS
    place = CONTINUOUS[method](n, q) if method in CONTINUOUS else STEPPED[method](n, constant(q))
    last = last_of(n)
    low = np.clip(np.floor(place), 0, last)
    if smooth:  # the slope by q at the last element is that on its left
        low = np.where(place == last, np.maximum(low - 1, 0), low)
    high = np.where(place < 0, low, np.minimum(low + 1, last))
    t = place - low
    if method == "averaged_inverted_cdf":  # halfway where the distribution function is flat, else on the upper one
        t = astype(np.where(t == 0, 0.5, 1.0), place.dtype)
    if weak and s.dtype.kind == "f":
        t = astype(t, s.dtype)
    a, b = picked(s, low), picked(s, high)
    if not smooth:  # an element without weight is cut off; but NumPy computes with it
        a, b = np.where(t == 1, constant(a), a), np.where(t == 0, constant(b), b)
    return np.where(t >= 0.5, b - (b - a) * (1 - t), a + (b - a) * t)


def weighted(s: Any, found: Any) -> Any:
    """The elements of each sorted row that equal those that NumPy found, of shape (*points, *batch)."""
    found = np.expand_dims(found, -1)
    same = (s == found) | (np.isnan(s) & np.isnan(found))
    return picked(s, np.argmax(same, axis=-1))


found_by_weight = fixed(
    lambda a, q, w, *, numpy, axis: np.asarray(numpy(a, q, axis=axis, weights=w, method="inverted_cdf")),
    samples=lambda: [sample(matrix(), np.array([0.3, 0.9]), np.abs(matrix()), numpy=np.quantile, axis=1)],
    name="weighted_quantile",
)


def quantiles(numpy: Any, a: Any, q: Any, axis: Axis, method: str, keepdims: bool, weights: Any, percent: int) -> Any:
    """What a quantile function of NumPy gives, recorded."""
    weak = type(q) in (int, float, Scalar)
    a, q = array(a), array(q)
    skips_nan = numpy.__name__.startswith("nan") and (a.dtype.kind == "f" or a.size == 0)  # integers stay integers
    check(numpy.__name__, a, q, method, weights, percent)
    weak = weak or (percent == 1 and method == "linear" and q.dtype.kind in "iub")
    s = np.sort(rows(a, axis), axis=-1)
    batch = s.shape[:-1]
    if weights is not None:
        y = weighted(s, found_by_weight(a, q, array(weights), numpy=numpy, axis=axis))
    else:
        points = np.reshape(q if percent == 1 else q / percent, (*q.shape, *[1] * len(batch)))
        n = number(s) if skips_nan else s.shape[-1]
        n = n if type(n) is int or points.dtype.kind in "iub" else astype(n, points.dtype)
        y = element(s, n, points, method) if method in ELEMENTS else interpolated(s, n, points, method, weak)
    y = without_elements(y, s) if skips_nan else with_nans(y, s)
    return np.reshape(y, (*q.shape, *kept_shape(np.shape(a), axis))) if keepdims else y


def check(asked: str, a: Any, q: Any, method: str, weights: Any, percent: int) -> None:
    """Raise for arguments that quantiles are not defined for, as NumPy does."""
    if a.dtype.kind == "c":
        raise DTypeError(f"{asked} is not defined for complex numbers, which have no order: take np.real or np.abs")
    if method not in CONTINUOUS and method not in STEPPED:
        raise ValueError(f"{asked} has no method {method!r}: use one of {', '.join([*CONTINUOUS, *STEPPED])}")
    if weights is not None and method != "inverted_cdf":
        raise ValueError(f"{asked} with weights= is defined for method='inverted_cdf' only, not for {method!r}")
    if not np.all((bare(q) >= 0) & (bare(q) <= percent)):
        raise ValueError(f"q of {asked} must be in the range [0, {percent}]: it is {bare(q)}")
    if q.ndim > 2:
        raise ShapeError(f"q of {asked} must be a number or a sequence, not of shape {q.shape}")
    if a.size == 0 and not asked.startswith("nan"):
        raise ShapeError(f"{asked} of an array of shape {np.shape(a)}: it has no elements")


def number(s: Any) -> Any:
    """How many elements of each sorted row are not NaN."""
    return np.sum(~np.isnan(s), axis=-1)


def with_nans(y: Any, s: Any) -> Any:
    """Results in which each sorted row with a NaN, which is its last element, gives NaN."""
    if s.shape[-1] == 0:
        return y
    return np.where(np.isnan(s[..., -1]), s[..., -1], y)


def without_elements(y: Any, s: Any) -> Any:
    """Results in which each row of nothing but NaNs gives NaN, with NumPy's warning, and has no gradient."""
    nothing = number(s) == 0
    if np.any(bare(nothing)):
        warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=4)
    return np.where(nothing, math.nan, y)


# -- NumPy's names ---------------------------------------------------------------------------------------------------------


def cases_of_medians() -> list[Sample]:
    """Even and odd numbers of elements; axes, dtypes, ties."""
    return [
        sample(matrix()),
        sample(np.array([3.0, -1.0, 0.5, 2.0, 7.0])),
        sample(matrix(), axis=0, keepdims=True),
        sample(np.arange(1.0, 25.0).reshape(2, 3, 4)[:, ::-1] % 7.3, axis=(0, -1)),
        sample(matrix(np.float32), axis=-1),
        sample(matrix(np.float16) * 30000, axis=0),
        sample(np.array([[3, 1, 2]]), axis=1),
        sample(np.array([np.inf, 1.0, -np.inf], np.float32)),
        sample(np.float64(1.5)),
        sample(matrix(complex) * (1 + 1j), axis=1),
        sample(matrix(), axis=2, raises=ShapeError, match="axis 2 is outside"),
    ]


TIES = [
    singular(np.array([2.0, 2.0, 2.0]), gives=np.full(3, 1 / 3), why="a tie of three"),
    singular(np.array([1.0, 2.0, 2.0, 3.0]), gives=np.array([0.0, 0.5, 0.5, 0.0]), why="a tie of two"),
]


@answers(
    np.median, samples=lambda: [*cases_of_medians(), sample(np.array([1.0, np.nan, 2.0], np.float32))], singular=TIES
)
@composed
def median(a: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False) -> Any:
    """The middle element over the axes, all by default, or the mean of the two in the middle; NaN if one is NaN.

    The array is left as it is, whatever `overwrite_input` says. Elements that tie share the gradient.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.median(x))(ag.tensor([1.0, 5.0, 3.0, 9.0]))
    tensor([0. , 0.5, 0.5, 0. ])
    """
    refuse("median", out)
    a = array(a)
    s = np.sort(rows(a, axis), axis=-1)
    n = s.shape[-1]
    y = with_nans(np.mean(s[..., max((n - 1) // 2, 0) : n // 2 + 1], axis=-1), s)
    return np.reshape(y, kept_shape(np.shape(a), axis)) if keepdims else y


@answers(
    np.nanmedian,
    samples=lambda: [*cases_of_medians(), *cases_with_nans()],
    singular=[*TIES, singular(np.array([2.0, np.nan]), gives=np.array([1.0, 0.0]), why="a NaN is left out")],
)
@composed
def nanmedian(
    a: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False
) -> Any:
    """The median of the elements that are not NaN. NaN, with a warning and without gradient, where all are.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: ag.nanmedian(x))(ag.tensor([1.0, np.nan, 3.0]))
    tensor([0.5, 0. , 0.5])
    """
    refuse("nanmedian", out)
    a = array(a)
    if a.size == 0:
        return np.nanmean(a, axis=axis, keepdims=keepdims)
    s = np.sort(rows(a, axis), axis=-1)
    n = number(s)
    low, high = np.maximum(n - 1, 0) // 2, np.minimum(n // 2, s.shape[-1] - 1)
    y = without_elements(np.mean(np.stack([picked(s, low), picked(s, high)]), axis=0), s)
    return np.reshape(y, kept_shape(np.shape(a), axis)) if keepdims else y


def cases_with_nans() -> list[Sample]:
    """Rows of different numbers of elements that are not NaN; in float32, whose derivatives are not asked for differences."""
    holes = np.array([[0.5, np.nan, 2.0, 1.0], [np.nan, 0.75, np.nan, -0.25]])
    return [
        sample(holes.astype(np.float32), axis=1),
        sample(holes.astype(np.float32)[:, ::2], axis=0, keepdims=True),
        sample(holes.astype(np.float32)),
    ]


def cases_of_quantiles(percent: int = 1) -> list[Sample]:
    """Every method; q a number, an array, at elements and at the ends; axes, dtypes, weights, errors."""
    x = np.array([[3.0, -1.0, 0.5, 2.0], [7.0, 1.5, 4.0, -2.0]])
    ends, single = [0.0, 1.0 * percent, 0.5 * percent], np.array([0.25, 0.75], np.float32) * np.float32(percent)
    weights = np.array([1.0, 0.25, 2.0, 0.5])
    return [
        *[sample(x, np.array([0.3, 0.83]) * percent, axis=1, method=m) for m in (*CONTINUOUS, *STEPPED)],
        *[sample(x.astype(np.float32), q, axis=0, method=m) for m in (*CONTINUOUS, *STEPPED) for q in (ends, single)],
        *[sample(x, q * percent, axis=1) for q in (0, 1, 1 / 3, 0.25)],
        sample(x, [0.25 * percent, 0.5 * percent], axis=(0, -1), keepdims=True),
        sample(x.astype(np.float16), 0.3 * percent),
        sample(x.astype(np.float32), np.float64(0.3) * percent, axis=-1, keepdims=True),
        sample(x.astype(np.float32), np.array([0, 1]), axis=1),
        sample(np.array([[3, 1, 2]]), 0.4 * percent, axis=1),
        sample(np.float64(1.5), 0.3 * percent),
        sample(x, 0.45 * percent, axis=0, method="inverted_cdf", weights=np.abs(x)),
        sample(x[0], 0.4 * percent, axis=0, method="inverted_cdf", weights=weights),
        sample(x.astype(np.float32)[0], 0, method="inverted_cdf", weights=[1, 0, 0, 2]),
        sample(x, [0.1 * percent, 0.9 * percent], method="inverted_cdf", weights=np.abs(x)),
        sample(x, 1.5 * percent, raises=ValueError, match="must be in the range"),
        sample(x, 0.5, method="middle", raises=ValueError, match="has no method 'middle': use one of linear"),
        sample(x, 0.5, weights=x, raises=ValueError, match="for method='inverted_cdf' only"),
        sample(x * 1j, 0.5, raises=DTypeError, match="complex numbers, which have no order"),
        sample(x, 0.5, axis=2, raises=ShapeError, match="axis 2 is outside"),
    ]


def cases_of_nanquantiles(percent: int = 1) -> list[Sample]:
    """Those, and rows of different numbers of elements that are not NaN."""
    return [
        *cases_of_quantiles(percent),
        *[s._replace(args=(*s.args, 0.3 * percent)) for s in cases_with_nans()],
        sample(np.array([[3, 1, 2]]), [0.4 * percent], axis=1, method="nearest"),
    ]


ENDS = [
    singular(np.array([1.0, 2.0, 2.0]), 1, gives=np.array([0.0, 0.5, 0.5]), why="as max: a tie of two"),
    singular(
        np.array([1.0, 3.0, 7.0]), np.float64(0.5), gives=(np.array([0.0, 1.0, 0.0]), 8.0), why="the slope on the right"
    ),
]


@answers(np.quantile, samples=cases_of_quantiles, singular=ENDS)
@composed
def quantile(
    a: Any, q: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: bool = False, *, weights: Any = None,
) -> Any:  # fmt: skip
    """The element, or the point between two elements, below which a part q of the elements over the axes lies.

    q         numbers between 0 and 1, whose axes come first in the result; they have gradients where a method interpolates
    method    where a quantile lies between two elements: "linear", "hazen", "lower", ...
    weights   how much each element counts, with method "inverted_cdf"; the result is constant between jumps
    The array is left as it is, whatever `overwrite_input` says. Raises ValueError for a q out of its range.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x, q: ag.quantile(x, q), (0, 1))(ag.tensor([1.0, 5.0, 3.0]), 0.25)
    (tensor([0.5, 0. , 0.5]), scalar(4.0))
    """
    refuse("quantile", out)
    return quantiles(np.quantile, a, q, axis, method, keepdims, weights, 1)


@answers(np.percentile, samples=lambda: cases_of_quantiles(100))
@composed
def percentile(
    a: Any, q: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: bool = False, *, weights: Any = None,
) -> Any:  # fmt: skip
    """As `quantile`, with q between 0 and 100.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.percentile(x, 25))(ag.tensor([1.0, 5.0, 3.0]))
    tensor([0.5, 0. , 0.5])
    """
    refuse("percentile", out)
    return quantiles(np.percentile, a, q, axis, method, keepdims, weights, 100)


@answers(np.nanquantile, samples=cases_of_nanquantiles, singular=ENDS)
@composed
def nanquantile(
    a: Any, q: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: bool = False, *, weights: Any = None,
) -> Any:  # fmt: skip
    """The `quantile` of the elements that are not NaN. NaN, with a warning and without gradient, where all are.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: ag.nanquantile(x, 0.25))(ag.tensor([1.0, np.nan, 3.0]))
    tensor([0.75, 0.  , 0.25])
    """
    refuse("nanquantile", out)
    return quantiles(np.nanquantile, a, q, axis, method, keepdims, weights, 1)


@answers(np.nanpercentile, samples=lambda: cases_of_nanquantiles(100))
@composed
def nanpercentile(
    a: Any, q: Any, axis: Axis = None, out: None = None, overwrite_input: bool = False, method: str = "linear",
    keepdims: bool = False, *, weights: Any = None,
) -> Any:  # fmt: skip
    """As `nanquantile`, with q between 0 and 100.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: ag.nanpercentile(x, 25))(ag.tensor([1.0, np.nan, 3.0]))
    tensor([0.75, 0.  , 0.25])
    """
    refuse("nanpercentile", out)
    return quantiles(np.nanpercentile, a, q, axis, method, keepdims, weights, 100)
