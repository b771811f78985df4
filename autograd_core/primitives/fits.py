"""Polynomials fitted to data by least squares."""

from __future__ import annotations

import warnings
from operator import index
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError
from ..families import composed
from ..recording import data_of
from ..samples import Sample, sample
from .layouts import astype
from .operands import array
from .polynomials import powers


def cases_of_fits() -> list[Sample]:
    """One set of data and several, weights, everything that is told of a fit, covariances, single precision."""
    x, y = np.array([0.0, 0.5, 1.25, 2.0, 3.5]), np.array([1.0, -0.5, 0.75, 2.0, 1.5])
    w = np.array([1.0, 2.0, 0.5, 1.5, 0.25])
    return [
        sample(x, y, 2),
        sample(x, np.stack([y, y[::-1] ** 2], axis=1), 1, w=w),
        sample(x, y, 2, w=w, full=True),
        sample(x, y, 2, None, False, w, True),
        sample(x, np.stack([y, y[::-1] ** 2], axis=1), 1, cov=True),
        sample(x, y, 1, w=w, cov="unscaled"),
        sample(x, y, 0, rcond=1e-10),
        sample(x.astype(np.float32), y.astype(np.float32), 1),
        sample([1, 2, 3], [2, 4, 7], 1),
        sample(x, y[:3], 1, raises=ShapeError, match=r"x of shape \(5,\) and y of shape \(3,\)"),
        sample(x, y, -1, raises=ShapeError, match="degree"),
        sample(x, y, 1, w=w[:2], raises=ShapeError, match=r"weights of shape \(2,\)"),
        sample(x, y, 4, cov=True, raises=ShapeError, match="more points than coefficients"),
    ]


@answers(np.polyfit, samples=cases_of_fits)
@composed
def polyfit(
    x: Any, y: Any, deg: int, rcond: float | None = None, full: bool = False, w: Any = None, cov: Any = False
) -> Any:
    """The coefficients of the polynomial of a degree that is nearest to data, by least squares of w (y - p(x)).

    x: (n)   y: (n) or (n, m)   w: (n)   returns (deg + 1) or (deg + 1, m)

    full   also the residuals, the rank, the singular values and rcond
    cov    also the covariance of the coefficients, scaled by the residuals unless it is "unscaled"

    Differentiable by x, y and w. Warns with RankWarning where the data do not determine the coefficients.

    >>> import numpy as np, autograd_core as ag
    >>> ag.jacobian(lambda y: ag.polyfit([0.0, 1.0], y, 1))(np.array([3.0, 5.0])).round(12) + 0.0
    array([[-1.,  1.],
           [ 1.,  0.]])
    """
    if index(deg) < 0:
        raise ShapeError(f"polyfit takes a degree 0, 1, 2, ..., not {deg}")
    order = index(deg) + 1
    x, y, w = data("polyfit", x, y, w)
    # in double precision at least, as in np.vander
    rows = weighted(powers(astype(x, np.promote_types(x.dtype, int)), order), w)
    scale = np.sqrt(np.sum(rows * rows, axis=0))
    rows = rows / scale
    cutoff = cutoff_for(x) if rcond is None else rcond
    c, residuals, rank, s = np.linalg.lstsq(rows, weighted(y, w), cutoff)
    c = c / as_columns(scale, y)
    if full:
        return c, residuals, rank, s, cutoff
    if data_of(rank) != order:
        warnings.warn("Polyfit may be poorly conditioned", np.exceptions.RankWarning, stacklevel=3)
    if not cov:
        return c
    n = len(x)
    spread = as_columns(np.linalg.inv(np.matmul(rows.T, rows)) / np.outer(scale, scale), y)
    if isinstance(cov, str):
        return c, spread
    if n <= order:
        raise ShapeError(f"polyfit: a covariance needs more points than coefficients, not {n} points for {order}")
    return c, spread * (residuals / (n - order))


def data(asked: str, x: Any, y: Any, w: Any) -> tuple[Any, Any, Any]:
    """Points, values and weights as floating arrays, of shapes that fit."""
    x, y, w = [None if part is None else array(part) + 0.0 for part in (x, y, w)]
    n, shape = np.shape(x)[0] if np.ndim(x) == 1 else 0, np.shape(y)
    if n == 0 or len(shape) not in (1, 2) or shape[0] != n:
        raise ShapeError(
            f"{asked} takes x of shape (n,) and y of shape (n,) or (n, m), not x of shape {np.shape(x)} and y of shape {shape}"
        )
    if w is not None and np.shape(w) != (n,):
        raise ShapeError(f"{asked}: weights of shape {np.shape(w)} for {n} points")
    return x, y, w


def weighted(rows: Any, w: Any) -> Any:
    """Rows times their weights."""
    return rows if w is None else rows * as_columns(w, rows)


def as_columns(a: Any, y: Any) -> Any:
    """a with a last axis for the columns of y, where it has any."""
    return a if np.ndim(y) == 1 else np.expand_dims(a, -1)


def cutoff_for(x: Any) -> float:
    """The relative size below which a singular value counts as 0."""
    return len(x) * float(np.finfo(x.dtype).eps)
