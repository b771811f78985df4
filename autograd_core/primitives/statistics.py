"""Weighted averages, covariances and correlations."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import DTypeError, ShapeError
from ..families import composed, elementwise
from ..samples import Sample, sample
from ..shapes import Axis, normal_axes
from .layouts import astype
from .operands import array, bare
from .reductions import count, matrix

# -- averages --------------------------------------------------------------------------------------------------------------


def cases_of_averages() -> list[Sample]:
    """Weights of every shape; axes, dtypes, sums of weights, errors."""
    weights = np.array([[1.0, 0.5, 2.0], [0.25, 3.0, 0.75]])
    box = np.arange(1.0, 25.0).reshape(2, 3, 4)[:, ::-1] / 8
    return [
        sample(matrix()),
        sample(matrix(), axis=(0, -1), keepdims=True, returned=True),
        sample(matrix(), axis=0, weights=weights),
        sample(matrix(), weights=weights, returned=True, keepdims=True),
        sample(matrix(), -1, np.array([1.0, 2.0, 0.5]), returned=True),
        sample(box, axis=(2, 0), weights=np.arange(1.0, 9.0).reshape(4, 2)),
        sample(matrix(complex) * 1j, axis=1, weights=[1, 2, 3]),
        sample(matrix(np.float32), axis=1, weights=np.array([1, 2, 3], np.float16)),
        sample(np.array([[3, 4, 5]], np.int8), axis=1, weights=[1, 2, 3]),
        sample(np.float64(1.5)),
        sample(matrix(), weights=np.ones(3), raises=ShapeError, match="name the axis"),
        sample(matrix(), axis=0, weights=np.ones(3), raises=ShapeError, match=r"weights of shape \(3,\) along axis 0"),
        sample(matrix(), axis=1, weights=[1, -1, 0], raises=ZeroDivisionError, match="sum to zero"),
    ]


def fitting(weights: Any, a: Any, axis: Axis) -> Any:
    """Weights as an array that broadcasts against a: they have its shape, or the lengths of the axes."""
    weights = array(weights)
    if weights.shape == a.shape:
        return weights
    if axis is None:
        raise ShapeError(
            f"weights of shape {weights.shape} for an array of shape {a.shape}: name the axis they belong to"
        )
    axes = normal_axes(axis, a.ndim)
    if weights.shape != tuple(a.shape[i] for i in axes):
        raise ShapeError(f"weights of shape {weights.shape} along axis {axis} of an array of shape {a.shape}")
    shape = [a.shape[i] if i in axes else 1 for i in range(a.ndim)]
    return np.reshape(np.transpose(weights, sorted(range(len(axes)), key=axes.__getitem__)), shape)


@answers(np.average, samples=cases_of_averages)
@composed
def average(a: Any, axis: Axis = None, weights: Any = None, returned: bool = False, *, keepdims: bool = False) -> Any:
    """The average of elements over the axes, all by default: sum w a / sum w. With `returned`, the sum of weights too.

    weights   of the shape of a, or of the lengths of the axes; they have gradients
    Raises ShapeError for weights that do not fit, ZeroDivisionError where their sum is 0.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.average(x, weights=[1, 3]))(ag.tensor([1.0, 5.0]))
    tensor([0.25, 0.75])
    """
    a = array(a)
    if weights is None:
        y = np.mean(a, axis=axis, keepdims=keepdims)
        total = y.dtype.type(count(a.shape, axis))
    else:
        w = fitting(weights, a, axis)
        dtype = np.result_type(a.dtype, w.dtype, *([np.float64] if a.dtype.kind in "iub" else []))
        total = np.sum(w, axis=axis, dtype=dtype, keepdims=keepdims)
        if np.any(bare(total) == 0):
            raise ZeroDivisionError("the weights of an average sum to zero")
        y = np.sum(astype(a, dtype) * astype(w, dtype), axis=axis, keepdims=keepdims) / total
    return (y, np.copy(np.broadcast_to(total, y.shape))) if returned else y


# -- covariances -------------------------------------------------------------------------------------------------------------


def cases_of_covariances() -> list[Sample]:
    """Variables in rows and in columns, single ones, complex ones; every weight and normalisation."""
    x = np.array([[0.5, -1.25, 2.0, 0.3], [1.5, 0.75, -0.25, 1.0]])
    aweights, fweights = np.array([1.0, 0.5, 2.0, 0.75]), np.array([1, 2, 1, 3])
    return [
        sample(x),
        sample(x.T, rowvar=False),
        sample(x[0]),
        sample(x[0], x[1]),
        sample(x, x[:1] ** 2, bias=True),
        sample(x.T, x.T[:, :1] ** 2, rowvar=False, ddof=0),
        sample(x, aweights=aweights),
        sample(x, fweights=fweights, aweights=aweights, ddof=1),
        sample(x, fweights=fweights, bias=True),
        sample(x * (1 + 1j) + x[::-1] * 0.5j, aweights=aweights),
        sample(x.astype(np.float32)),
        sample(x.astype(np.float32), dtype=np.float32),
        sample(np.array([[1, 2, 4], [3, 1, 1]])),
        sample(x, ddof=0.5, raises=ValueError, match="ddof of a covariance must be an integer"),
        sample(x[None], raises=ShapeError, match="at most two dimensions"),
        sample(x, aweights=np.ones(3), raises=ShapeError, match="3 aweights for 4 observations"),
        sample(x, fweights=np.array([0.5, 1.0, 1.0, 1.0]), raises=DTypeError, match="fweights count observations"),
        sample(x, aweights=[1, -1, 1, 1], raises=ValueError, match="aweights of a covariance cannot be negative"),
    ]


def as_rows(m: Any, dtype: Any) -> Any:
    """Variables as an array of two dimensions."""
    if m.ndim > 2:
        raise ShapeError(f"a covariance takes arrays of at most two dimensions, not of shape {m.shape}")
    return astype(np.reshape(m, (1, -1)) if m.ndim < 2 else m, dtype)


def observed(weights: Any, kind: str, number: int) -> Any:
    """Weights of observations, one each, as floating numbers."""
    w = astype(array(weights), float)
    if w.shape != (number,):
        raise ShapeError(f"a covariance has {w.shape[0] if w.ndim == 1 else w.shape} {kind} for {number} observations")
    if np.any(bare(w) < 0):
        raise ValueError(f"the {kind} of a covariance cannot be negative")
    if kind == "fweights" and np.any(bare(w) != np.rint(bare(w))):
        raise DTypeError("fweights count observations, so they must be integers; other weights are aweights")
    return w


@answers(np.cov, samples=cases_of_covariances)
@composed
def cov(
    m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: int | None = None, fweights: Any = None,
    aweights: Any = None, *, dtype: Any = None,
) -> Any:  # fmt: skip
    """The covariances of variables, of which each row of m and of y holds the observations (each column without rowvar).

        C = sum w (x - mean) conj(x - mean)^T / (sum w - ddof)

    ddof       what is taken off the number of observations: 1 by default, 0 with `bias`
    fweights   how often each observation was made
    aweights   how much each observation counts; they have gradients
    Raises ShapeError for weights or variables that do not fit. Warns as NumPy where no degree of freedom is left.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.cov(x))(ag.tensor([1.0, 3.0]))
    tensor([-2.,  2.])
    """
    if ddof is not None and ddof != int(ddof):
        raise ValueError(f"ddof of a covariance must be an integer, not {ddof}")
    m = array(m)
    parts = [m] if y is None else [m, array(y)]
    if dtype is None:
        dtype = np.result_type(*[part.dtype for part in parts], np.float64)
    x = as_rows(m, dtype)
    x = np.transpose(x) if not rowvar and m.ndim != 1 else x
    if x.shape[0] == 0:
        return np.zeros((0, 0))
    if y is not None:
        other = as_rows(parts[1], dtype)
        x = np.concatenate([x, np.transpose(other) if not rowvar and other.shape[0] != 1 else other], axis=0)
    ddof = int(not bias) if ddof is None else ddof
    counts = None if fweights is None else observed(fweights, "fweights", x.shape[1])
    amounts = None if aweights is None else observed(aweights, "aweights", x.shape[1])
    w = amounts if counts is None else counts if amounts is None else counts * amounts
    if w is None:
        freedom, means = x.shape[1] - ddof, np.mean(x, axis=1, keepdims=True)
    else:
        total = np.sum(w)
        freedom, means = total - ddof, average(x, axis=1, weights=w, keepdims=True)
        if amounts is not None and ddof != 0:
            freedom = total - ddof * np.sum(w * amounts) / total
    if np.any(bare(freedom) <= 0):
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=3)
        freedom = np.maximum(freedom, 0.0)
    x = x - astype(means, dtype)
    c = np.matmul(x, np.transpose(np.conj(x if w is None else x * w)))
    return np.squeeze(c * astype(np.true_divide(1, freedom), np.zeros(0, c.dtype).real.dtype))


def brought_within_one(a: Any) -> Any:
    """Correlations without what rounding added to them: real and imaginary parts between -1 and 1."""
    if a.dtype.kind == "c":
        return np.clip(a.real, -1, 1) + 1j * np.clip(a.imag, -1, 1)
    return np.clip(a, -1, 1)


# no correlation is larger than 1, so there is nothing to cut: the derivative is that of the correlation itself
within_one = elementwise(brought_within_one, 1, domain=(-0.9, 0.9), name="within_one")


def cases_of_correlations() -> list[Sample]:
    """Variables in rows and in columns, a single one, complex ones, two that are correlated completely."""
    x = np.array([[0.5, -1.25, 2.0, 0.3], [1.5, 0.75, -0.25, 1.0]])
    return [
        sample(x),
        sample(x.T, rowvar=False),
        sample(x[0]),
        sample(x[0], x[1]),
        sample(x, x[:1] ** 2),
        sample(x[0], 3 * x[0] + 1),
        sample(x * (1 + 1j) + x[::-1] * 0.5j),
        sample(x.astype(np.float32)),
        sample(x.astype(np.float32), dtype=np.float32),
        sample(np.array([[1, 2, 4], [3, 1, 1]])),
        sample(x[None], raises=ShapeError, match="at most two dimensions"),
    ]


@answers(np.corrcoef, samples=cases_of_correlations)
@composed
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """The correlation coefficients of variables: their covariances over the product of their standard deviations.

    The arguments are those of `cov`.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: ag.corrcoef(x, [1.0, 2.0, 4.0])[0, 1])(np.array([1.0, 2.0, 3.0])).round(3)
    array([ 0.055, -0.109,  0.055])
    """
    c = cov(x, y, rowvar, dtype=dtype)
    if c.ndim == 0:
        return c / c
    deviations = np.sqrt(np.real(np.diagonal(c)))
    return within_one.call(c / deviations[:, None] / deviations[None, :])
