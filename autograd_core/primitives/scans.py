"""Running sums and products along an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..dispatch import answers, methods
from ..errors import ShapeError
from ..families import composed, primitive
from ..primitive import Primitive
from ..samples import Sample, sample
from ..shapes import normal_axes
from .layouts import astype, ravel
from .reductions import in_dtype, matrix, refuse

# -- running sums --------------------------------------------------------------------------------------------------------


def running_total_back(g: Any, a_like: Any, axis: int | None) -> Any:
    """Each element is in its own running sum and in all later ones."""
    return np.reshape(np.flip(np.cumsum(np.flip(g, axis), axis), axis), np.shape(a_like))


running_total = primitive(
    lambda a, *, axis=None: np.cumsum(a, axis=axis),
    running_total_back,
    linear=True,
    masks="weights",
    samples=lambda: [
        sample(matrix(), axis=None),
        sample(matrix()[:, ::-1], axis=-1),
        sample(matrix(np.float32), axis=0),
        sample(matrix(complex) * (1 + 1j), axis=1),
        sample(np.float64(1.5), axis=0),
        sample(np.ones((2, 0)), axis=1),
        sample(matrix(), axis=2, raises=ShapeError),
    ],
    batch="axis",
    name="cumsum",
    text=("{g} summed from the end",),
)


def cases_of_scans() -> list[Sample]:
    """Hard cases of running sums and products in NumPy's words."""
    return [
        sample(np.array([200, 100], np.uint8), dtype=np.uint8),
        sample(matrix()),
        sample(matrix()[:, ::-1], axis=-1),
        sample(matrix(np.float32), 0),
        sample(matrix(np.float16), axis=1, dtype=np.float32),
        sample(matrix(complex) * (1 + 1j), axis=1),
        sample(np.array([2.0, 0.0, 3.0, 0.0, 1.5])),
        sample(np.array([[1, 2], [3, 4]], np.int8), axis=0),
        sample(np.float64(1.5)),
        sample(np.ones((2, 0)), axis=1),
        sample(matrix(), axis=2, raises=ShapeError, match="axis 2"),
    ]


@answers(np.cumsum, samples=cases_of_scans)
def cumsum(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
    """The running sums along an axis; of the flattened array by default.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.sum(ag.cumsum(x)))(ag.tensor([1.0, 2.0, 3.0]))
    tensor([3., 2., 1.])
    """
    refuse("cumsum", out)
    return in_dtype(running_total(a if dtype is None else astype(a, dtype), axis=axis), dtype)


# -- running products, whose derivatives are linear recurrences: products and sums, so that zeros are exact ---------------


def along(axis: int, ndim: int, part: slice) -> tuple[slice, ...]:
    """An index that takes a part along one axis."""
    return (*[slice(None)] * normal_axes(axis, ndim)[0], part)


def before(y: Any, first: Any, axis: int) -> Any:
    """The element before each along an axis; `first` before the first."""
    ndim = np.ndim(y)
    head = y[along(axis, ndim, slice(0, 1))]
    return np.concatenate([np.full(head.shape, first, y.dtype), y[along(axis, ndim, slice(0, -1))]], axis=axis)


def recurrence_forward(a: Any, b: Any, *, axis: int = -1) -> Any:
    """The sequence y of a linear recurrence of first order along an axis: y_k = a_k y_(k-1) + b_k, and y_0 = b_0."""
    a, b = np.moveaxis(a, axis, 0), np.moveaxis(b, axis, 0)
    y = np.empty(b.shape, np.result_type(a, b))
    y[:1] = b[:1]
    for k in range(1, len(y)):
        y[k] = a[k] * y[k - 1] + b[k]
    return np.moveaxis(y, 0, axis)


def recurrence_back(g: Any, a: Any, axis: int) -> Any:
    """The recurrence that cotangents obey, from the last element to the first: u_k = g_k + a_(k+1) u_(k+1)."""
    return np.flip(recurrence(np.roll(np.flip(a, axis), 1, axis), np.flip(g, axis), axis=axis), axis)


def recurrence_push(ta: Any, tb: Any, last: Any) -> Any:
    """What enters the recurrence that tangents obey at each step: ta_k y_(k-1) + tb_k."""
    if ta is None:
        return tb
    return ta * last if tb is None else ta * last + tb


def cases_of_recurrences() -> list[Sample]:
    """Factors with zeros, other axes and dtypes, nothing at all."""
    zeros = np.array([[0.5, 0.0, 2.0], [0.0, 0.0, -0.25]])
    return [
        sample(matrix(), matrix()[::-1] + 0.5),
        sample(zeros, matrix(), axis=0),
        sample(matrix(complex) * (1 + 1j), matrix(complex), axis=1),
        sample(matrix(np.float32), matrix(np.float32)),
        sample(np.ones((2, 0)), np.ones((2, 0))),
    ]


recurrence: Primitive = primitive(
    recurrence_forward,
    lambda g, a, y, axis: recurrence_back(g, a, axis) * before(y, 0, axis),
    lambda g, a, axis: recurrence_back(g, a, axis),
    jvp=lambda ts, a, y, axis: recurrence(a, recurrence_push(ts[0], ts[1], before(y, 0, axis)), axis=axis),
    masks="axes",
    samples=cases_of_recurrences,
    batch="axes",
    name="recurrence",
)
running_product = primitive(
    lambda a, *, axis=-1: np.cumprod(a, axis=axis),
    lambda g, a, y, axis: recurrence_back(g, a, axis) * before(y, 1, axis),
    jvp=lambda t, a, y, axis: recurrence(a, t * before(y, 1, axis), axis=axis),
    masks="axes",
    samples=lambda: [
        sample(matrix(), axis=-1),
        sample(matrix(np.float32)[:, ::-1], axis=0),
        sample(matrix(complex) * (1 + 1j), axis=1),
        sample(np.array([2.0, 0.0, 3.0, 0.0, 1.5]), axis=0),
        sample(np.ones((2, 0)), axis=1),
        sample(matrix(), axis=2, raises=ShapeError),
    ],
    batch="axes",
    name="cumprod",
)


@answers(np.cumprod, samples=cases_of_scans)
def cumprod(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
    """The running products along an axis; of the flattened array by default. Its slopes are exact at zeros.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.sum(ag.cumprod(x)))(ag.tensor([2.0, 0.0, 3.0]))
    tensor([1., 8., 0.])
    """
    refuse("cumprod", out)
    a = a if dtype is None else astype(a, dtype)
    if axis is None or np.ndim(a) == 0:
        a, axis = ravel(a), 0 if axis is None else axis
    return in_dtype(running_product(a, axis=axis), dtype)


# -- the array API's names ------------------------------------------------------------------------------------------------


def cases_with_start() -> list[Sample]:
    """Hard cases of the scans that can include what is there before the first element."""
    return [
        sample(np.array([2.0, -1.5, 0.5])),
        sample(matrix(), axis=-1, include_initial=True),
        sample(matrix(np.float32), axis=0, include_initial=True),
        sample(matrix(np.float16), axis=1, dtype=np.float64),
        sample(np.array([1, 2], np.int8), include_initial=True),
        sample(matrix(complex) * 1j, axis=0),
        sample(np.ones((2, 0)), axis=1, include_initial=True),
        sample(matrix(), raises=ShapeError, match="more than one dimension: name the axis"),
    ]


def with_start(scan: Any, first: int, x: Any, axis: int | None, dtype: Any, include_initial: bool) -> Any:
    """A scan along an axis, which only one dimension may leave open; with `first` at its head if asked."""
    if axis is None and np.ndim(x) > 1:
        raise ShapeError(f"a cumulative result of shape {np.shape(x)} has more than one dimension: name the axis")
    axis = 0 if axis is None else axis
    y = scan(x, axis, dtype)
    if not include_initial:
        return y
    shape = list(y.shape)
    shape[normal_axes(axis, len(shape))[0]] = 1
    return np.concatenate([np.full(shape, first, y.dtype), y], axis=axis)


@answers(np.cumulative_sum, samples=cases_with_start)
@composed
def cumulative_sum(
    x: Any, /, *, axis: int | None = None, dtype: Any = None, out: None = None, include_initial: bool = False
) -> Any:
    """The running sums along an axis, beginning with 0 if `include_initial` is true.

    >>> import autograd_core as ag
    >>> ag.cumulative_sum(ag.tensor([1.0, 2.0]), include_initial=True)
    tensor([0., 1., 3.])
    """
    refuse("cumulative_sum", out)
    return with_start(cumsum, 0, x, axis, dtype, include_initial)


@answers(np.cumulative_prod, samples=cases_with_start)
@composed
def cumulative_prod(
    x: Any, /, *, axis: int | None = None, dtype: Any = None, out: None = None, include_initial: bool = False
) -> Any:
    """The running products along an axis, beginning with 1 if `include_initial` is true.

    >>> import autograd_core as ag
    >>> ag.cumulative_prod(ag.tensor([2.0, 3.0]), include_initial=True)
    tensor([1., 2., 6.])
    """
    refuse("cumulative_prod", out)
    return with_start(cumprod, 1, x, axis, dtype, include_initial)


def accumulates(ufunc: np.ufunc, scan: Callable[..., Any]) -> None:
    """Let a scan answer for a ufunc's method `accumulate`, whose axis is 0 by default, and which takes no single number."""

    def accumulate(array: Any, axis: int = 0, dtype: Any = None, out: None = None) -> Any:
        if np.ndim(array) == 0:
            raise ShapeError(f"np.{ufunc.__name__}.accumulate of a single number: there is no axis to go along")
        return scan(array, axis, dtype, out)

    methods[ufunc, "accumulate"] = accumulate


accumulates(np.add, cumsum)
accumulates(np.multiply, cumprod)
