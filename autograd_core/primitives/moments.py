"""Variance and standard deviation. Of complex numbers they take the mean of |x - m|^2, as NumPy does."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import DTypeError, ShapeError
from ..families import primitive
from ..primitive import Primitive
from ..recording import dtype_of
from ..reverse import conjugate
from ..samples import Sample, sample, singular
from ..shapes import Axis, kept_shape, normal_axes
from .counting import mask
from .layouts import astype
from .operands import array
from .reductions import cases, count, matrix, prepared, refuse, smooth, spread
from .selection import choose


def divisor(a: Any, axis: Axis, ddof: float) -> float:
    """What the sum of squares is divided by: NaN where the variance is not defined."""
    freedom = count(np.shape(a), axis) - ddof
    return freedom if freedom > 0 else math.nan


def offsets(a: Any, axis: Axis) -> Any:
    """The elements minus their mean; exactly 0 for equal elements, whose computed mean may be off by a rounding."""
    if np.ndim(a) == 0:
        return a - a
    axes = normal_axes(axis, np.ndim(a))
    a = a - a[tuple(slice(0, 1) if i in axes else slice(None) for i in range(np.ndim(a)))]
    return a - np.mean(a, axis=axis, keepdims=True)


def variance_slope(a: Any, axis: Axis, ddof: float) -> Any:
    """d var / d a."""
    return (2 / divisor(a, axis, ddof)) * conjugate(offsets(a, axis))


def deviation_slope(a: Any, y: Any, axis: Axis, ddof: float, keepdims: bool) -> Any:
    """d std / d a; 0 for equal elements, the least-norm subgradient."""
    if not keepdims and axis is not None:
        y = np.reshape(y, kept_shape(np.shape(a), axis))
    return conjugate(offsets(a, axis)) / (divisor(a, axis, ddof) * np.where(y == 0, 1, y))


def cases_of_moments() -> list[Sample]:
    """Hard cases of moments: no degree of freedom to spare, complex."""
    return [
        *cases(),
        sample(matrix(), axis=0, ddof=1, keepdims=True),
        sample(matrix(), axis=None, ddof=0.5, keepdims=False),
        sample(matrix(complex) * (1 - 1j) + 2, axis=1, keepdims=False),
        sample(matrix(np.float16), axis=1, keepdims=False),
    ]


def freedom(ddof: float) -> str:
    """By what a variance divides, in a drawing's rules."""
    return f"(N − {ddof:g})" if ddof else "N"


variance = primitive(
    lambda a, *, axis=None, ddof=0, keepdims=False: np.var(a, axis=axis, ddof=ddof, keepdims=keepdims),
    lambda g, a, axis, ddof, keepdims: spread(g, a, axis, keepdims) * variance_slope(a, axis, ddof),
    jvp=lambda t, a, axis, ddof, keepdims: np.sum(
        np.real(t * variance_slope(a, axis, ddof)), axis=axis, keepdims=keepdims
    ),
    samples=cases_of_moments,
    batch="axes",
    masks="axes",
    name="var",
    text=(lambda ddof, **_: "{g} × 2 × ({a} − mean) / " + freedom(ddof),),
)
deviation = primitive(
    lambda a, *, axis=None, ddof=0, keepdims=False: np.std(a, axis=axis, ddof=ddof, keepdims=keepdims),
    lambda g, a, y, axis, ddof, keepdims: spread(g, a, axis, keepdims) * deviation_slope(a, y, axis, ddof, keepdims),
    jvp=lambda t, a, y, axis, ddof, keepdims: np.sum(
        np.real(t * deviation_slope(a, y, axis, ddof, keepdims)), axis=axis, keepdims=keepdims
    ),
    samples=cases_of_moments,
    kinks="equal elements",
    batch="axes",
    masks="axes",
    name="std",
    text=(lambda ddof, **_: "{g} × ({a} − mean) / (" + freedom(ddof) + " × {y})",),
)


# -- about a mean that is given, of the elements that count ---------------------------------------------------------------


def offset_shares(a: Any, b: Any, c: Any, axis: Axis, ddof: float) -> Any:
    """conj(a - b) / (n - ddof) for each of the n elements a that count where c is true; 0 for the others."""
    freedom = np.sum(c, axis=axis, keepdims=True) - ddof
    return c * conjugate(a - b) / np.where(freedom > 0, freedom, math.nan)


def variance_shares(a: Any, b: Any, c: Any, y: Any, axis: Axis, ddof: float, keepdims: bool) -> Any:
    """d var / d a. Its sum over the elements is -d var / d b, since only a - b matters."""
    return 2 * offset_shares(a, b, c, axis, ddof)


def deviation_shares(a: Any, b: Any, c: Any, y: Any, axis: Axis, ddof: float, keepdims: bool) -> Any:
    """d std / d a; 0 where all elements are b, the least-norm subgradient. Its sum is -d std / d b."""
    if not keepdims:
        y = np.reshape(y, kept_shape(np.shape(a), axis))
    return offset_shares(a, b, c, axis, ddof) / np.where(y == 0, 1, y)


def cases_about() -> list[Sample]:
    """Means of several shapes, elements left out, complex numbers."""
    some = np.array([[True, True, False], [False, True, True]])
    return [
        sample(matrix(), np.array([[0.25], [0.5]]), some, axis=1, keepdims=True),
        sample(matrix(), np.float64(0.25), some, axis=None, ddof=1, keepdims=False),
        sample(matrix(np.float32), np.zeros((1, 3), np.float32), some, axis=0, keepdims=False),
        sample(matrix(complex) * (1 - 1j), np.array([[0.5j], [1.0]]), some, axis=1, keepdims=False),
    ]


def moment_about(forward: Callable[..., Any], shares: Callable[..., Any], name: str) -> Primitive:
    """A primitive for a moment of the elements a that count where c is true about the mean b, an input of its own."""

    def tangent(ts: Any, a: Any, b: Any, c: Any, y: Any, axis: Axis, ddof: float, keepdims: bool) -> Any:
        ta, tb, _ = [0 if t is None else t for t in ts]
        slopes = shares(a, b, c, y, axis, ddof, keepdims)
        return np.sum(np.real((ta - tb) * slopes), axis=axis, keepdims=keepdims)

    return primitive(
        lambda a, b, c, *, axis=None, ddof=0, keepdims=False: forward(
            a, axis=axis, ddof=ddof, keepdims=keepdims, where=c, mean=b
        ),
        lambda g, a, b, c, y, axis, ddof, keepdims: (
            spread(g, a, axis, keepdims) * shares(a, b, c, y, axis, ddof, keepdims)
        ),
        lambda g, a, b, c, y, axis, ddof, keepdims: (
            -spread(g, a, axis, keepdims) * shares(a, b, c, y, axis, ddof, keepdims)
        ),
        None,
        jvp=tangent,
        batch="axes",
        samples=cases_about,
        name=name,
    )


variance_about = moment_about(np.var, variance_shares, "var")
deviation_about = moment_about(np.std, deviation_shares, "std")


def about(made: Primitive, a: Any, axis: Axis, ddof: float, keepdims: bool, where: Any, mean: Any) -> Any:
    """A moment with `where=` or `mean=`: about the mean that is given, or that of the elements that count."""
    a = array(a)
    if mean is not None and dtype_of(mean).kind == "c" and a.dtype.kind != "c":
        raise DTypeError(f"{made.name} of {a.dtype} about a complex mean: give it x.astype(complex)")
    if mean is None and a.dtype == np.float16:  # which NumPy sums in float32
        return astype(about(made, astype(a, np.float32), axis, ddof, keepdims, where, mean), np.float16)
    counting = mask(a, where)
    a = a if where is True else choose.call(counting, a, 0)  # cuts off what is left out
    if mean is None:
        number = np.maximum(np.sum(counting, axis=axis, keepdims=True), 1)
        mean = np.sum(a, axis=axis, keepdims=True)
        mean = mean / (number if a.dtype.kind in "iub" else astype(number, np.zeros((), a.dtype).real.dtype))
    return made(a, mean, counting, axis=axis, ddof=ddof, keepdims=bool(keepdims))


def measured(asked: str, a: Any, axis: Axis, dtype: Any) -> tuple[Any, Any]:
    """The array in the dtype to compute in, and the axis; NumPy rounds the mean to a dtype, but not the elements."""
    a = array(a)
    if dtype is not None and (np.dtype(smooth(asked, dtype)).kind == "c") != (a.dtype.kind == "c"):
        raise DTypeError(f"{asked} of {a.dtype} with dtype={np.dtype(dtype)}: convert with x.astype what you mean")
    return prepared(a, axis, dtype)


def degrees(ddof: float, correction: float | None) -> float:
    """ddof, or the array API's name for it."""
    if correction is None:
        return ddof
    if ddof != 0:
        raise ValueError("ddof and correction are two names for the same number: give one of them")
    return correction


def cases_of_var() -> list[Sample]:
    """Hard cases of moments in NumPy's words."""
    some = np.array([[True, True, False], [False, True, True]])
    return [
        sample(matrix()),
        sample(matrix(), axis=(0, -1), ddof=1, keepdims=True),
        sample(matrix(), axis=0, correction=0.5),
        sample(matrix(), axis=1, where=some, ddof=1),
        sample(matrix(complex) * (1 - 1j), axis=1, where=some),
        sample(matrix(), axis=1, mean=np.array([[0.25], [0.5]]), keepdims=True),
        sample(matrix(), axis=0, where=some[:1], mean=np.float64(0.25), ddof=-1),
        sample(matrix(np.float16), axis=1, where=some),
        sample(matrix(np.float32), axis=1, dtype=np.float64),
        sample(np.array([[3, 4, 8]], np.int8), axis=1),
        sample(1e6 + matrix(), axis=1),
        sample(np.float64(1.5)),
        sample(matrix(), mean=np.array(1j), raises=DTypeError, match="about a complex mean"),
        sample(matrix(complex), dtype=float, raises=DTypeError, match="complex128 with dtype=float64: convert"),
        sample(matrix(), axis=2, raises=ShapeError, match="axis 2 is outside|axis 2 is out of bounds"),
        sample(matrix(), where=np.ones((4, 3), bool), raises=ShapeError, match="does not stretch"),
    ]


@answers(np.var, samples=cases_of_var)
def var(
    a: Any, axis: Axis = None, dtype: Any = None, out: None = None, ddof: float = 0, keepdims: bool = False, *,
    where: Any = True, mean: Any = None, correction: float | None = None,
) -> Any:  # fmt: skip
    """The variance of n elements over the axes: sum |x - m|^2 / (n - ddof), with m their mean.

    where        which elements count; the others are cut off
    mean         m, if it is known already, with the axes kept; its own gradient flows
    correction   the array API's name for ddof
    Of complex numbers the variance is real, too.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.var(x))(ag.tensor([1.0, 3.0]))
    tensor([-1.,  1.])
    """
    refuse("var", out)
    a, axis = measured("var", a, axis, dtype)
    ddof = degrees(ddof, correction)
    if where is True and mean is None:
        return variance(a, axis=axis, ddof=ddof, keepdims=bool(keepdims))
    return about(variance_about, a, axis, ddof, keepdims, where, mean)


@answers(
    np.std,
    samples=lambda: [s for s in cases_of_var() if s.args[0].ndim],
    singular=[
        singular(np.full(3, 0.1), gives=np.zeros(3), why="least norm"),
        singular(np.ones(2), mean=np.float64(1.0), gives=np.zeros(2), why="least norm"),
    ],
)
def std(
    a: Any, axis: Axis = None, dtype: Any = None, out: None = None, ddof: float = 0, keepdims: bool = False, *,
    where: Any = True, mean: Any = None, correction: float | None = None,
) -> Any:  # fmt: skip
    """The standard deviation, the square root of `var`. For equal elements the gradient is 0, by least norm.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.std(x))(ag.tensor([1.0, 3.0])), ag.grad(lambda x: ag.std(x))(ag.tensor([0.1, 0.1]))
    (tensor([-0.5,  0.5]), tensor([0., 0.]))
    """
    refuse("std", out)
    a, axis = measured("std", a, axis, dtype)
    ddof = degrees(ddof, correction)
    if where is True and mean is None:
        return deviation(a, axis=axis, ddof=ddof, keepdims=bool(keepdims))
    return about(deviation_about, a, axis, ddof, keepdims, where, mean)
