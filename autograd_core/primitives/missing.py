"""Reductions and scans that leave out NaNs. What is left out is cut off: it has no gradient, and its slope is never looked at.

Rows of nothing but NaNs give what NumPy gives, with its warnings. Medians and quantiles of this kind are in `quantiles`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError
from ..families import composed
from ..samples import Sample, sample, singular
from ..shapes import Axis
from .counting import counted, mask
from .extrema import TIES, cases_of_max, cases_of_places, counting, extreme, extremum_from
from .moments import about, cases_of_var, degrees, deviation_shares, measured, moment_about, variance_shares
from .reductions import cases_of_means, cases_of_sum, mean_of, prepared, prod, refuse, smooth, sum
from .scans import cases_of_scans, cumprod, cumsum


def present(a: Any, where: Any) -> Any:
    """Which elements count: those that are not NaN, and that `where=` counts."""
    found = ~np.isnan(a)
    return found if where is True else found & mask(a, where)


def holes(dtype: Any = float) -> Any:
    """An array with NaNs, but in no row or column throughout."""
    return np.array([[0.5, np.nan, 2.0], [np.nan, 0.75, -0.25]]).astype(dtype)


def with_holes(cases: Callable[[], list[Sample]]) -> Callable[[], list[Sample]]:
    """The cases of the function that leaves out nothing, and calls with NaNs: in float32, for which no differences are asked."""
    return lambda: [
        *cases(),
        sample(holes(np.float32)),
        sample(holes(np.float32), axis=1),
        sample(holes(np.complex64) * (1 + 1j), axis=0),
        sample(holes(np.float16), axis=-1),
    ]


LEFT_OUT = [singular(np.array([2.0, np.nan]), gives=np.array([1.0, 0.0]), why="a NaN is left out")]
LEFT_OUT_OF_SCANS = [singular(np.array([2.0, np.nan]), gives=np.array([2.0, 0.0]), why="a NaN is left out")]


# -- sums, products, scans: NaNs stand for 0 or 1 --------------------------------------------------------------------------


@answers(np.nansum, samples=with_holes(cases_of_sum), singular=LEFT_OUT)
@composed
def nansum(
    a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False, initial: Any = None,
    where: Any = True,
) -> Any:  # fmt: skip
    """The sum of the elements that are not NaN; 0 if all are. The arguments are those of `sum`.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: ag.nansum(x * x))(ag.tensor([1.0, np.nan, 3.0]))
    tensor([2., 0., 6.])
    """
    refuse("nansum", out)
    return sum(a, axis, dtype, out, keepdims, initial, present(a, where))


@answers(np.nanprod, samples=with_holes(cases_of_sum), singular=LEFT_OUT)
@composed
def nanprod(
    a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False, initial: Any = None,
    where: Any = True,
) -> Any:  # fmt: skip
    """The product of the elements that are not NaN; 1 if all are. The arguments are those of `prod`.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: ag.nanprod(x))(ag.tensor([2.0, np.nan, 3.0]))
    tensor([3., 0., 2.])
    """
    refuse("nanprod", out)
    return prod(a, axis, dtype, out, keepdims, initial, present(a, where))


@answers(np.nancumsum, samples=with_holes(cases_of_scans), singular=LEFT_OUT_OF_SCANS)
@composed
def nancumsum(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
    """The running sums along an axis, in which NaNs count as 0.

    >>> import numpy as np, autograd_core as ag
    >>> ag.nancumsum(ag.tensor([1.0, np.nan, 3.0]))
    tensor([1., 1., 4.])
    """
    refuse("nancumsum", out)
    return cumsum(counted(a, present(a, True), 0), axis, dtype)


@answers(np.nancumprod, samples=with_holes(cases_of_scans), singular=LEFT_OUT_OF_SCANS)
@composed
def nancumprod(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
    """The running products along an axis, in which NaNs count as 1.

    >>> import numpy as np, autograd_core as ag
    >>> ag.nancumprod(ag.tensor([2.0, np.nan, 3.0]))
    tensor([2., 2., 6.])
    """
    refuse("nancumprod", out)
    return cumprod(counted(a, present(a, True), 1), axis, dtype)


# -- moments ---------------------------------------------------------------------------------------------------------------


def cases_of_nanvar() -> list[Sample]:
    """Those of `var`, but for dtype=, with which NumPy rounds the offsets from the mean to the dtype of the array."""
    return [s for s in cases_of_var() if "dtype" not in s.settings or s.raises]


mean_of_present = mean_of(np.nanmean, lambda a, b: ~np.isnan(a) & b, "nanmean")
variance_of_present = moment_about(np.nanvar, variance_shares, "nanvar")
deviation_of_present = moment_about(np.nanstd, deviation_shares, "nanstd")


@answers(np.nanmean, samples=with_holes(cases_of_means), singular=LEFT_OUT)
def nanmean(
    a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False, *, where: Any = True
) -> Any:
    """The mean of the elements that are not NaN. NaN, with a warning and without gradient, where all are.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: ag.nanmean(x))(ag.tensor([1.0, np.nan, 3.0]))
    tensor([0.5, 0. , 0.5])
    """
    refuse("nanmean", out)
    a, axis = prepared(a, axis, smooth("nanmean", dtype))
    return mean_of_present(a, mask(a, where), axis=axis, keepdims=bool(keepdims))


@answers(
    np.nanvar,
    samples=with_holes(cases_of_nanvar),
    singular=[singular(np.array([2.0, np.nan]), gives=np.zeros(2), why="one element")],
)
@composed
def nanvar(
    a: Any, axis: Axis = None, dtype: Any = None, out: None = None, ddof: float = 0, keepdims: bool = False, *,
    where: Any = True, mean: Any = None, correction: float | None = None,
) -> Any:  # fmt: skip
    """The variance of the elements that are not NaN. NaN, with a warning, where too few are left.

    The arguments are those of `var`.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: ag.nanvar(x))(ag.tensor([1.0, np.nan, 3.0]))
    tensor([-1.,  0.,  1.])
    """
    refuse("nanvar", out)
    a, axis = measured("nanvar", a, axis, dtype)
    return about(variance_of_present, a, axis, degrees(ddof, correction), keepdims, present(a, where), mean)


@answers(
    np.nanstd,
    samples=with_holes(lambda: [s for s in cases_of_nanvar() if s.args[0].ndim]),
    singular=[
        singular(np.array([2.0, np.nan, 2.0]), gives=np.zeros(3), why="least norm"),
    ],
)
@composed
def nanstd(
    a: Any, axis: Axis = None, dtype: Any = None, out: None = None, ddof: float = 0, keepdims: bool = False, *,
    where: Any = True, mean: Any = None, correction: float | None = None,
) -> Any:  # fmt: skip
    """The standard deviation of the elements that are not NaN, the square root of `nanvar`.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: ag.nanstd(x))(ag.tensor([1.0, np.nan, 3.0]))
    tensor([-0.5,  0. ,  0.5])
    """
    refuse("nanstd", out)
    a, axis = measured("nanstd", a, axis, dtype)
    return about(deviation_of_present, a, axis, degrees(ddof, correction), keepdims, present(a, where), mean)


# -- extrema ---------------------------------------------------------------------------------------------------------------

largest_present = extremum_from(np.nanmax, "nanmax", present)
smallest_present = extremum_from(np.nanmin, "nanmin", present)


@answers(np.nanmax, samples=with_holes(cases_of_max), singular=[*TIES, *LEFT_OUT])
def nanmax(
    a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Any:
    """The largest of the elements that are not NaN. NaN, with a warning and without gradient, where all are.

    The arguments are those of `max`. Elements that tie share the gradient.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: ag.nanmax(x))(ag.tensor([1.0, np.nan, 3.0]))
    tensor([0., 0., 1.])
    """
    refuse("nanmax", out)
    return extreme(largest_present, a, axis, keepdims, initial, where)


@answers(np.nanmin, samples=with_holes(cases_of_max), singular=[*TIES, *LEFT_OUT])
def nanmin(
    a: Any, axis: Axis = None, out: None = None, keepdims: bool = False, initial: Any = None, where: Any = True
) -> Any:
    """The smallest of the elements that are not NaN. NaN, with a warning and without gradient, where all are.

    The arguments are those of `min`. Elements that tie share the gradient.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: ag.nanmin(x))(ag.tensor([1.0, np.nan, 3.0]))
    tensor([1., 0., 0.])
    """
    refuse("nanmin", out)
    return extreme(smallest_present, a, axis, keepdims, initial, where)


where_largest_present, where_smallest_present = [counting(f) for f in (np.nanargmax, np.nanargmin)]


def cases_of_places_present() -> list[Sample]:
    """Indices among NaNs, and rows that have none."""
    nothing = np.array([[np.nan, np.nan], [1.0, 2.0]])
    return [
        *cases_of_places(),
        sample(holes()),
        sample(holes(np.float32), axis=0, keepdims=True),
        sample(nothing, axis=1, raises=ShapeError, match="All-NaN slice encountered"),
    ]


@answers(np.nanargmax, samples=cases_of_places_present)
def nanargmax(a: Any, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any:
    """The index of the first largest element that is not NaN; without gradient.

    Raises ShapeError where all elements are NaN.
    """
    refuse("nanargmax", out)
    return where_largest_present(a, axis=axis, keepdims=bool(keepdims))


@answers(np.nanargmin, samples=cases_of_places_present)
def nanargmin(a: Any, axis: int | None = None, out: None = None, *, keepdims: bool = False) -> Any:
    """The index of the first smallest element that is not NaN; without gradient.

    Raises ShapeError where all elements are NaN.
    """
    refuse("nanargmin", out)
    return where_smallest_present(a, axis=axis, keepdims=bool(keepdims))
