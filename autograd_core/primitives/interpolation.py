"""Straight lines between points."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import DTypeError, ShapeError
from ..families import composed
from ..samples import Sample, sample, singular
from .layouts import astype
from .operands import array, bare


def cases_of_interpolation() -> list[Sample]:
    """Points inside and outside, at the ends, other dtypes; a period, complex heights, a single point, errors."""
    x = np.array([[-0.5, 0.25, 1.0], [1.75, 2.5, 4.8]])
    xp, fp = np.array([0.0, 0.75, 2.0, 3.5]), np.array([1.0, -0.5, 2.0, 0.25])
    return [
        sample(x, xp, fp),
        sample(x, xp, fp, left=np.float64(-3.0), right=7.0),
        sample(x, xp + 0.1, fp, period=np.float64(3.9)),
        sample(x * 3 + 0.1, xp[[2, 0, 3, 1]], fp, left=1.0, period=-4.0),
        sample(x, xp, fp * (1 + 2j)),
        sample(x, xp, fp * 1j, left=1 + 1j, right=np.complex128(2j)),
        sample(np.float64(0.4), xp, fp),
        sample(xp.astype(np.float32), xp, fp.astype(np.float16)),
        sample([0, 1, 2], [0, 2], [1, 5]),
        sample(x, np.array([0.5]), np.array([2.0])),
        sample(0.5, xp, fp),
        sample(x, xp, fp[:2], raises=ShapeError, match="4 places for 2 heights"),
        sample(x, np.ones((2, 2)), fp, raises=ShapeError, match="one dimension"),
        sample(x, xp[:0], fp[:0], raises=ShapeError, match="at least one point"),
        sample(x * 1j, xp, fp, raises=DTypeError, match="interp computes in float64"),
        sample(x, xp, fp, period=0, raises=ValueError, match="period of interp is not 0"),
    ]


def repeated(x: Any, xp: Any, fp: Any, period: Any) -> tuple[Any, Any, Any]:
    """Points of one period in order, with a neighbour on each side, and the places asked for in that period."""
    period = np.abs(period)
    x, xp = np.remainder(x, period), np.remainder(xp, period)
    order = np.argsort(xp)
    xp, fp = xp[order], fp[order]
    return x, np.concatenate([xp[-1:] - period, xp, xp[:1] + period]), np.concatenate([fp[-1:], fp, fp[:1]])


@answers(
    np.interp,
    samples=cases_of_interpolation,
    singular=[
        singular(1.0, [0.0, 1.0, 3.0], [0.0, 2.0, 3.0], gives=0.5, why="at a point the slope on its right"),
        singular(3.0, [0.0, 1.0, 3.0], [0.0, 2.0, 3.0], gives=0.5, why="at the last point the slope on its left"),
    ],
)
@composed
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """The heights at x of the straight lines between points (xp, fp); all of them have gradients.

    xp            increasing, unless there is a period
    left, right   the height before the first and after the last point; by default that of the point
    period        of x, if it is an angle: then points may be in any order, and left and right do not matter
    Raises ShapeError unless xp and fp are rows of the same length.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.interp(x, [0.0, 1.0, 3.0], [0.0, 2.0, 3.0]))(2.0)
    0.5
    """
    x, xp, fp = array(x), array(xp), array(fp)
    dtype = np.dtype(complex if fp.dtype.kind == "c" else float)
    for given, target in ((x, np.dtype(float)), (xp, np.dtype(float)), (fp, dtype)):
        exact = given.ndim > 0 and period is None  # else NumPy converts, as long as nothing imaginary is lost
        if not np.can_cast(given.dtype, target, "safe" if exact else "same_kind"):
            raise DTypeError(
                f"interp computes in {target}, and cannot keep the dtype {given.dtype}: convert it with astype"
            )
    x, xp, fp = astype(x, float), astype(xp, float), astype(fp, dtype)
    if xp.ndim != 1 or fp.ndim != 1:
        raise ShapeError(f"the points of interp have one dimension, not the shapes {xp.shape} and {fp.shape}")
    if xp.shape != fp.shape:
        raise ShapeError(f"interp has {xp.shape[0]} places for {fp.shape[0]} heights")
    if xp.shape[0] == 0:
        raise ShapeError("interp needs at least one point")
    if period is not None:
        if np.any(bare(period) == 0):
            raise ValueError("the period of interp is not 0")
        x, xp, fp = repeated(x, xp, fp, period)
        left = right = None
    before, after = x < xp[0], x > xp[-1]
    left = fp[0] if left is None else left
    right = fp[-1] if right is None else right
    if xp.shape[0] == 1:
        inside = np.where(np.isnan(x), x, fp[0])
    else:
        low = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, xp.shape[0] - 2)
        width = xp[low + 1] - xp[low]
        slope = (fp[low + 1] - fp[low]) / np.where(width == 0, 1, width)
        start = np.where(x == xp[-1], low + 1, low)  # exact at the last point too
        inside = slope * (np.where(before | after, xp[0], x) - xp[start]) + fp[start]
    return np.where(before, left, np.where(after, right, inside))
