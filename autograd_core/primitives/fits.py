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
from .layouts import astype, reshape
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
    order = index(deg) + 1
    x, y = [array(part) + 0.0 for part in (x, y)]
    n, shape = np.shape(x)[0] if np.ndim(x) == 1 else 0, np.shape(y)
    if deg < 0:
        raise ShapeError(f"polyfit takes a degree 0, 1, 2, ..., not {deg}")
    if n == 0 or len(shape) not in (1, 2) or shape[0] != n:
        raise ShapeError(
            f"polyfit takes x of shape (n,) and y of shape (n,) or (n, m), not x of shape {np.shape(x)} and y of shape {shape}"
        )
    if rcond is None:
        rcond = n * float(np.finfo(x.dtype).eps)
    rows = powers(astype(x, np.promote_types(x.dtype, int)), order)  # in double precision at least, as in np.vander
    if w is not None:
        w = array(w) + 0.0
        if np.shape(w) != (n,):
            raise ShapeError(f"polyfit: weights of shape {np.shape(w)} for {n} points")
        rows = rows * reshape(w, (n, 1))
        y = y * (w if len(shape) == 1 else reshape(w, (n, 1)))
    scale = np.sqrt(np.sum(rows * rows, axis=0))
    rows = rows / scale
    c, residuals, rank, s = np.linalg.lstsq(rows, y, rcond)
    c = c / (scale if len(shape) == 1 else reshape(scale, (order, 1)))
    if full:
        return c, residuals, rank, s, rcond
    if data_of(rank) != order:
        warnings.warn("Polyfit may be poorly conditioned", np.exceptions.RankWarning, stacklevel=3)
    if not cov:
        return c
    spread = np.linalg.inv(np.matmul(rows.T, rows)) / np.outer(scale, scale)
    if not isinstance(cov, str):
        if n <= order:
            raise ShapeError(f"polyfit: a covariance needs more points than coefficients, not {n} points for {order}")
        spread = (spread if len(shape) == 1 else reshape(spread, (order, order, 1))) * (residuals / (n - order))
    elif len(shape) == 2:
        spread = reshape(spread, (order, order, 1))
    return c, spread
