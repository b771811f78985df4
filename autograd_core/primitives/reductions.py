"""Sums, means and products over axes. Variances are in `moments`, extrema in `extrema`, running sums in `scans`.

An axis may be an integer, a tuple or None (all axes). dtype= converts first; gradients are converted back once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..dispatch import answers, methods
from ..errors import ShapeError, UnsupportedError
from ..families import primitive
from ..recording import Value
from ..samples import Sample, sample
from ..shapes import Axis, Shape, kept_shape, normal_axes
from .layouts import astype

REMEDIES = {
    "where": "choose first, as in np.sum(np.where(mask, x, 0))",
    "initial": "add it to the result, or join it to the array with np.concatenate",
    "out": "assign the result instead",
    "mean": "leave it out: it is computed again",
}


def refuse(function: str, where: Any = True, **others: Any) -> None:
    """Raise UnsupportedError for arguments of NumPy's reductions that change what is differentiated."""
    given = [name for name, value in others.items() if value is not None]
    if where is not True:
        given.append("where")
    for name in given:
        raise UnsupportedError(f"{function} with {name}= is not differentiated: {REMEDIES[name]}")


def prepared(a: Any, axis: Axis, dtype: Any = None) -> tuple[Any, Any]:
    """The array in the dtype to compute in, and the axis as the primitives take it: an integer, a tuple or None."""
    if dtype is not None:
        a = astype(a, dtype)
    if isinstance(axis, list):
        axis = tuple(axis)
    if type(axis) is int and axis in (0, -1) and getattr(a, "ndim", 1) == 0:  # NumPy allows it for ufuncs
        axis = None
    return a, axis


def count(shape: Shape, axis: Axis) -> int:
    """How many elements are reduced to one."""
    return math.prod(shape[i] for i in normal_axes(axis, len(shape)))


def spread(g: Any, like: Any, axis: Axis, keepdims: bool) -> Any:
    """A cotangent of a reduction, repeated for every element that was reduced."""
    shape = np.shape(like)
    if not keepdims and axis is not None:
        g = np.reshape(g, kept_shape(shape, axis))
    return np.broadcast_to(g, shape)


def matrix(dtype: Any = float) -> Any:
    """A small array without zeros or ties, of either sign where its dtype has one."""
    return np.array([[0.5, -1.25, 2.0], [1.5, 0.75, -0.25]]).astype(dtype)


def cases() -> list[Sample]:
    """Hard cases that every reduction has."""
    return [
        sample(matrix(), axis=None, keepdims=False),
        sample(matrix(), axis=-1, keepdims=True),
        sample(np.arange(1.0, 25.0).reshape(2, 3, 4)[:, ::-1], axis=(0, -1), keepdims=False),
        sample(matrix(np.float32), axis=0, keepdims=False),
        sample(np.float64(1.5), axis=None, keepdims=False),
        sample(matrix(), axis=2, keepdims=False, raises=ShapeError),
    ]


def cases_of_sums() -> list[Sample]:
    """Those, and what sums and products allow besides: complex, nothing at all, no axis."""
    return [
        *cases(),
        sample(matrix(complex) * (1 + 2j), axis=1, keepdims=False),
        sample(np.ones((0, 3)), axis=0, keepdims=False),
        sample(matrix(np.float16), axis=(), keepdims=False),
    ]


# -- sum and mean ------------------------------------------------------------------------------------------------------

total = primitive(
    lambda a, *, axis=None, keepdims=False: np.add.reduce(a, axis=axis, keepdims=keepdims),
    lambda g, a_like, axis, keepdims: spread(g, a_like, axis, keepdims),
    linear=True,
    samples=cases_of_sums,
    name="sum",
)
average = primitive(
    lambda a, *, axis=None, keepdims=False: np.mean(a, axis=axis, keepdims=keepdims),
    # a mean of nothing has no element to give a gradient to, so any divisor will do
    lambda g, a_like, axis, keepdims: spread(g / (count(np.shape(a_like), axis) or 1), a_like, axis, keepdims),
    linear=True,
    samples=lambda: [*cases(), sample(matrix(complex) * 1j, axis=0, keepdims=False)],
    name="mean",
)


@answers(np.sum)
def sum(
    a: Any,
    axis: Axis = None,
    dtype: Any = None,
    out: None = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    """The sum of the elements over the axes, all by default; 0 for no elements.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.sum(x * x))(ag.tensor([1.0, 2.0]))
    tensor([2., 4.])
    """
    refuse("sum", where, initial=initial, out=out)
    a, axis = prepared(a, axis, dtype)
    return total(a, axis=axis, keepdims=bool(keepdims))


@answers(np.mean)
def mean(
    a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False, *, where: Any = True
) -> Any:
    """The arithmetic mean of the elements over the axes, all by default.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.mean(x))(ag.tensor([1.0, 2.0]))
    tensor([0.5, 0.5])
    """
    refuse("mean", where, out=out)
    a, axis = prepared(a, axis, dtype)
    return average(a, axis=axis, keepdims=bool(keepdims))


# -- product -----------------------------------------------------------------------------------------------------------


def others(a: Any, axis: Axis) -> Any:
    """For each element the product of all others reduced with it; without a division, so that zeros are exact."""
    shape = np.shape(a)
    reduced = normal_axes(axis, len(shape))
    order = [i for i in range(len(shape)) if i not in reduced] + list(reduced)
    moved = [shape[i] for i in order]
    rows = np.reshape(np.transpose(a, order), (*moved[: len(shape) - len(reduced)], count(shape, axis)))
    return np.transpose(np.reshape(others_in_row(rows), moved), np.argsort(order).tolist())


def others_in_row(a: Any) -> Any:
    """The products of all other elements along the last axis.

    Of an array by two cumulative products, from the left and from the right. Of a recorded value by one product per
    element, of a row in which that element is 1: n times the work, but products, so that every order is exact.
    """
    if isinstance(a, Value):
        rows: Any = np.expand_dims(a, -2)
        return np.prod(np.where(np.eye(rows.shape[-1], dtype=bool), 1, rows), axis=-1)
    one = np.ones_like(a[..., :1])
    before = np.cumprod(np.concatenate([one, a[..., :-1]], axis=-1), axis=-1)
    after = np.cumprod(np.concatenate([one, a[..., :0:-1]], axis=-1), axis=-1)[..., ::-1]
    return before * after


product = primitive(
    lambda a, *, axis=None, keepdims=False: np.multiply.reduce(a, axis=axis, keepdims=keepdims),
    lambda g, a, axis, keepdims: spread(g, a, axis, keepdims) * others(a, axis),
    jvp=lambda t, a, axis, keepdims: np.sum(t * others(a, axis), axis=axis, keepdims=keepdims),
    samples=lambda: [
        *cases_of_sums(),
        sample(np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 1.5]]), axis=1, keepdims=False),
    ],
    name="prod",
)


@answers(np.prod)
def prod(
    a: Any,
    axis: Axis = None,
    dtype: Any = None,
    out: None = None,
    keepdims: bool = False,
    initial: Any = None,
    where: Any = True,
) -> Any:
    """The product of the elements over the axes, all by default; 1 for no elements. Its slopes are exact at zeros.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.prod(x))(ag.tensor([2.0, 0.0, 3.0]))
    tensor([0., 6., 0.])
    """
    refuse("prod", where, initial=initial, out=out)
    a, axis = prepared(a, axis, dtype)
    return product(a, axis=axis, keepdims=bool(keepdims))


# -- NumPy's ufunc methods ---------------------------------------------------------------------------------------------


def reduces(ufunc: np.ufunc, reduction: Callable[..., Any]) -> None:
    """Let a reduction answer for a ufunc's method `reduce`, whose axis is 0 by default."""

    def reduce(
        array: Any,
        axis: Axis = 0,
        dtype: Any = None,
        out: None = None,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        refuse(f"np.{ufunc.__name__}.reduce", where, initial=initial, out=out)
        array, axis = prepared(array, axis, dtype)
        return reduction(array, axis=axis, keepdims=bool(keepdims))

    methods[ufunc, "reduce"] = reduce


reduces(np.add, sum)
reduces(np.multiply, prod)
