"""Sums, means and products over axes. Variances are in `moments`, extrema in `extrema`, running sums in `scans`.

An axis may be an integer, a tuple or None (all axes). dtype= converts first; gradients are converted back once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..dispatch import answers, methods
from ..errors import DTypeError, ShapeError, UnsupportedError
from ..families import primitive
from ..families.elementwise import gate
from ..primitive import Primitive
from ..samples import Sample, sample, singular
from ..shapes import Axis, Shape, kept_shape, normal_axes
from .arithmetic import add, multiply
from .counting import begun, counted, mask
from .layouts import astype

LARGEST_HALF = float(np.finfo(np.float16).max)


def refuse(function: str, out: Any) -> None:
    """Raise UnsupportedError if the result is to be written into an array, where no record of it could be kept."""
    if out is not None:
        raise UnsupportedError(f"{function} with out= is not recorded: assign its result instead")


def smooth(asked: str, dtype: Any) -> Any:
    """The dtype of an average; refused for integers, in which NumPy rounds it."""
    if dtype is not None and np.dtype(dtype).kind not in "fc":
        raise UnsupportedError(
            f"{asked} with dtype={dtype!r} rounds an average: leave it out, and convert with x.astype"
        )
    return dtype


def prepared(a: Any, axis: Axis, dtype: Any = None) -> tuple[Any, Any]:
    """The array in the dtype to compute in, and the axis as the primitives take it: an integer, a tuple or None."""
    if dtype is not None:
        a = astype(a, dtype)
    if isinstance(axis, list):
        axis = tuple(axis)
    if type(axis) is int and axis in (0, -1) and getattr(a, "ndim", 1) == 0:  # NumPy allows it for ufuncs
        axis = None
    return a, axis


def in_dtype(y: Any, dtype: Any) -> Any:
    """The result in the dtype that was asked for: of small integers NumPy makes wider ones unless told."""
    return y if dtype is None or y.dtype == dtype else astype(y, dtype)


def count(shape: Shape, axis: Axis) -> int:
    """How many elements are reduced to one."""
    return math.prod(shape[i] for i in normal_axes(axis, len(shape)))


def divided(g: Any, count: float) -> Any:
    """g / count, also where count is no number of half precision."""
    if count <= LARGEST_HALF or g.dtype != np.float16:
        return g / count
    return (g.astype(np.float32) / count).astype(np.float16)


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
        sample(matrix(), axis=(), keepdims=False),
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


def cases_of_counting() -> list[Sample]:
    """Hard cases of reductions of the elements that a mask counts."""
    some = np.array([[True, True, False], [False, True, True]])
    return [
        sample(matrix(), some, axis=None, keepdims=False),
        sample(matrix()[::-1], some, axis=-1, keepdims=True),
        sample(matrix(np.float32), some, axis=(0, 1), keepdims=False),
        sample(matrix(complex) * (1 + 1j), some, axis=0, keepdims=False),
        sample(np.float64(1.5), np.True_, axis=None, keepdims=False),
    ]


# -- sum and mean ------------------------------------------------------------------------------------------------------

total = primitive(
    lambda a, *, axis=None, keepdims=False: np.add.reduce(a, axis=axis, keepdims=keepdims),
    lambda g, a_like, axis, keepdims: spread(g, a_like, axis, keepdims),
    linear=True,
    masks="axes",
    samples=cases_of_sums,
    batch="axes",
    name="sum",
)
arithmetic_mean = primitive(
    lambda a, *, axis=None, keepdims=False: np.mean(a, axis=axis, keepdims=keepdims),
    # a mean of nothing has no element to give a gradient to, so any divisor will do
    lambda g, a_like, axis, keepdims: spread(divided(g, count(np.shape(a_like), axis) or 1), a_like, axis, keepdims),
    linear=True,
    masks="axes",
    samples=lambda: [*cases(), sample(matrix(complex) * 1j, axis=0, keepdims=False)],
    batch="axes",
    name="mean",
)


def mean_of(forward: Callable[..., Any], counts: Callable[[Any, Any], Any], name: str) -> Primitive:
    """A primitive for the mean of the elements a that count where b is true, as a NumPy function has it."""

    def share(a: Any, b: Any, axis: Axis) -> Any:
        counting = counts(a, b)
        # a mean of nothing has no element to give a gradient to, so any divisor will do
        return counting / np.maximum(np.sum(counting, axis=axis, keepdims=True), 1)

    return primitive(
        lambda a, b, *, axis=None, keepdims=False: forward(a, axis=axis, keepdims=keepdims, where=b),
        lambda g, a, b, axis, keepdims: gate(spread(g, a, axis, keepdims), share(a, b, axis)),
        None,
        jvp=lambda ts, a, b, axis, keepdims: np.sum(gate(ts[0], share(a, b, axis)), axis=axis, keepdims=keepdims),
        cut=True,
        samples=cases_of_counting,
        batch="axes",
        name=name,
    )


mean_of_counted = mean_of(np.mean, lambda a, b: b, "mean")


def cases_of_sum() -> list[Sample]:
    """Hard cases of sums and products in NumPy's words."""
    some = np.array([[True, True, False], [False, True, True]])
    return [
        sample(np.array([200, 100], np.uint8), dtype=np.uint8),
        sample(np.array([200, 100], np.uint8)),
        sample(matrix()),
        sample(matrix(), axis=(0, -1), keepdims=True),
        sample(matrix(), axis=0, initial=np.float64(0.25), where=some),
        sample(matrix(complex) * 1j, axis=1, initial=2.0, where=np.array([True, False, True])),
        sample(matrix(np.float32), axis=1, initial=np.float64(0.1)),
        sample(matrix(np.float16), axis=0, dtype=np.float32),
        sample(np.ones((2, 0)), axis=1, initial=np.float64(1.5)),
        sample(np.array([[True, False], [True, True]]), axis=1, where=np.array([True, True])),
        sample(np.array([3, 4], np.int8), initial=2),
        sample(np.float64(1.5), axis=0),
        sample(matrix(), axis=2, raises=ShapeError, match="axis 2 is out of bounds"),
        sample(matrix(), where=np.ones((4, 3), bool), raises=ShapeError, match="does not stretch"),
        sample(matrix(), initial=np.ones(2), raises=ShapeError, match="initial= is a single number"),
        sample(matrix(), initial=1j, raises=DTypeError, match="initial= is complex"),
    ]


@answers(np.sum, samples=cases_of_sum)
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

    initial    what is there before the first element, a number that may be recorded
    where      which elements count; the others are cut off

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.sum(x * x))(ag.tensor([1.0, 2.0]))
    tensor([2., 4.])
    """
    refuse("sum", out)
    if where is not True:
        a = counted(a, where, 0)
    a, axis = prepared(a, axis, dtype)
    y = in_dtype(total(a, axis=axis, keepdims=bool(keepdims)), dtype)
    return y if initial is None else begun(add, y, initial)


def cases_of_means() -> list[Sample]:
    """Hard cases of means in NumPy's words."""
    some = np.array([[True, True, False], [False, True, True]])
    return [
        sample(matrix()),
        sample(matrix(), axis=(0, -1), keepdims=True),
        sample(matrix(), axis=0, where=some),
        sample(matrix(complex) * 1j, axis=1, where=np.array([True, False, True]), keepdims=True),
        sample(matrix(np.float16), axis=0, where=some),
        sample(matrix(np.float32), axis=1, dtype=np.float64),
        sample(np.array([3, 4], np.int8)),
        sample(np.array([True, False, True]), where=np.array([True, True, False])),
        sample(np.float64(1.5)),
        sample(np.ones((0, 2)), axis=1),
        sample(matrix(), axis=2, raises=ShapeError, match="axis 2 is out of bounds"),
        sample(matrix(), where=np.ones((4, 3), bool), raises=ShapeError, match="does not stretch"),
        sample(matrix(), dtype=int, raises=UnsupportedError, match="rounds an average"),
    ]


@answers(np.mean, samples=cases_of_means)
def mean(
    a: Any, axis: Axis = None, dtype: Any = None, out: None = None, keepdims: bool = False, *, where: Any = True
) -> Any:
    """The arithmetic mean of the elements over the axes, all by default; of those that `where=` counts.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.mean(x))(ag.tensor([1.0, 2.0]))
    tensor([0.5, 0.5])
    """
    refuse("mean", out)
    a, axis = prepared(a, axis, smooth("mean", dtype))
    if where is not True:
        return mean_of_counted(a, mask(a, where), axis=axis, keepdims=bool(keepdims))
    return arithmetic_mean(a, axis=axis, keepdims=bool(keepdims))


# -- product -----------------------------------------------------------------------------------------------------------


def rows(a: Any, axis: Axis) -> Any:
    """a with the axes that are reduced merged into a new last one."""
    shape = np.shape(a)
    reduced = normal_axes(axis, len(shape))
    kept = [i for i in range(len(shape)) if i not in reduced]
    return np.reshape(np.transpose(a, (*kept, *reduced)), (*[shape[i] for i in kept], count(shape, axis)))


def unrows(a: Any, shape: Shape, axis: Axis) -> Any:
    """What `rows` made of an array of this shape, put back."""
    reduced = normal_axes(axis, len(shape))
    order = [*[i for i in range(len(shape)) if i not in reduced], *reduced]
    return np.transpose(np.reshape(a, [shape[i] for i in order]), [order.index(i) for i in range(len(shape))])


def others(a: Any, axis: Axis) -> Any:
    """For each element the product of all others reduced with it: of those before it and of those after it.

    Without a division, so that zeros are exact.
    """
    row = rows(a, axis)
    one = np.ones_like(row[..., :1])
    before = np.cumprod(np.concatenate([one, row[..., :-1]], axis=-1), axis=-1)
    after = np.flip(np.cumprod(np.concatenate([one, row[..., :0:-1]], axis=-1), axis=-1), axis=-1)
    return unrows(before * after, np.shape(a), axis)


product = primitive(
    lambda a, *, axis=None, keepdims=False: np.multiply.reduce(a, axis=axis, keepdims=keepdims),
    lambda g, a, axis, keepdims: spread(g, a, axis, keepdims) * others(a, axis),
    jvp=lambda t, a, axis, keepdims: np.sum(t * others(a, axis), axis=axis, keepdims=keepdims),
    samples=lambda: [
        *cases_of_sums(),
        sample(np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 1.5]]), axis=1, keepdims=False),
        sample(np.array([[[2.0, 0.5], [0.0, 3.0]], [[-1.0, 0.0], [1.5, 0.25]]]), axis=(0, -1), keepdims=True),
    ],
    batch="axes",
    masks="axes",
    name="prod",
    text=("{g} × the other factors",),
)


ZEROS = [
    singular(np.array([0.0, 2.0, 3.0]), gives=np.array([6.0, 0.0, 0.0]), why="exact, without a division"),
    singular(np.array([0.0, 0.0, 3.0]), gives=np.zeros(3), why="exact, without a division"),
]


@answers(np.prod, samples=cases_of_sum, singular=ZEROS)
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
    refuse("prod", out)
    if where is not True:
        a = counted(a, where, 1)
    a, axis = prepared(a, axis, dtype)
    y = in_dtype(product(a, axis=axis, keepdims=bool(keepdims)), dtype)
    return y if initial is None else begun(multiply, y, initial)


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
        array, axis = prepared(array, axis, dtype)
        y = reduction(array, axis=axis, out=out, keepdims=keepdims, initial=initial, where=where)
        return in_dtype(y, dtype)

    methods[ufunc, "reduce"] = reduce


reduces(np.add, sum)
reduces(np.multiply, prod)
