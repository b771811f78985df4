"""Differences of neighbours, the gradient of a sampled function, and the area below one."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import DTypeError, ShapeError, UnsupportedError
from ..families import composed
from ..recording import Value
from ..samples import Sample, sample
from ..shapes import Axis, normal_axes
from .layouts import astype
from .operands import array
from .reductions import matrix

NOTHING = np._NoValue


def part(a: Any, axis: int, start: int | None, stop: int | None) -> Any:
    """A slice of an array along one axis, which is counted from 0."""
    return a[(*[slice(None)] * axis, slice(start, stop))]


def steps(a: Any, axis: int) -> Any:
    """Each element but the first minus the one before it; of truth values, whether they differ."""
    later, earlier = part(a, axis, 1, None), part(a, axis, None, -1)
    return np.not_equal(later, earlier) if a.dtype == bool else later - earlier


# -- diff and ediff1d --------------------------------------------------------------------------------------------------------


def cases_of_diff() -> list[Sample]:
    """Each order and axis, edges of both kinds, other dtypes, too few elements."""
    return [
        sample(matrix()),
        sample(matrix(), n=2, axis=-1),
        sample(matrix(), 0),
        sample(matrix(), 3),
        sample(matrix(complex) * 1j, axis=0, prepend=np.float64(0.5), append=np.array([[1.0, 2.0, 3.0]])),
        sample(matrix(np.float32), append=1),
        sample(matrix(np.float16), axis=0),
        sample(np.array([3, 1, 2], np.uint8)),
        sample(np.array([True, False, False])),
        sample(np.ones((2, 0))),
        sample(np.float64(1.5), raises=ShapeError, match="of a single number"),
        sample(matrix(), n=-1, raises=ShapeError, match="cannot be taken -1 times"),
        sample(matrix(), axis=2, raises=ShapeError, match="axis 2 is outside"),
        sample(matrix(), prepend=np.ones((3, 1)), raises=ShapeError),
    ]


@answers(np.diff, samples=cases_of_diff)
@composed
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = NOTHING, append: Any = NOTHING) -> Any:
    """The differences of neighbours along an axis, taken n times.

    prepend, append   what is put before the first and after the last element: a number, or an array; they have gradients

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.sum(ag.diff(x) ** 2))(ag.tensor([1.0, 2.0, 4.0]))
    tensor([-2., -2.,  4.])
    """
    if n < 0:
        raise ShapeError(f"differences cannot be taken {n} times")
    a = array(a)
    if n == 0:
        return a
    if a.ndim == 0:
        raise ShapeError("diff of a single number: it takes arrays of at least one dimension")
    (axis,) = normal_axes(axis, a.ndim)
    edge = tuple(1 if i == axis else length for i, length in enumerate(a.shape))
    joined = [
        np.broadcast_to(piece, edge) if piece.ndim == 0 else piece
        for piece in [a if p is a else array(p) for p in (prepend, a, append) if p is not NOTHING]
    ]
    a = np.concatenate(joined, axis=axis) if len(joined) > 1 else a
    for _ in range(n):
        a = steps(a, axis)
    return a


def cases_of_ediff1d() -> list[Sample]:
    """Both ends as numbers and arrays, other dtypes, nothing at all."""
    return [
        sample(matrix()),
        sample(matrix(), to_end=np.array([[1.0, 2.0]]), to_begin=np.float64(0.5)),
        sample(matrix(complex) * 1j, to_begin=np.array([1.0])),
        sample(matrix(np.float32), to_end=np.float64(0.1)),
        sample(np.array([3, 1, 2], np.int8), to_begin=7),
        sample(np.array([]), to_end=np.array([1.0, 2.0])),
        sample(np.float64(1.5)),
        sample(np.array([3, 1, 2]), to_end=np.array([0.5]), raises=DTypeError, match="to_end of dtype float64"),
    ]


@answers(np.ediff1d, samples=cases_of_ediff1d)
@composed
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """The differences of neighbours in the flattened array, between numbers to begin with and to end with.

    >>> import autograd_core as ag
    >>> ag.ediff1d(ag.tensor([1.0, 2.0, 4.0]), to_begin=0)
    tensor([0., 1., 2.])
    """
    a = np.ravel(array(ary))
    ends: dict[str, Any] = {name: [] for name in ("to_begin", "to_end")}
    for name, end in (("to_begin", to_begin), ("to_end", to_end)):
        if end is not None:
            end = array(end)
            if not np.can_cast(end.dtype, a.dtype, "same_kind"):
                raise DTypeError(f"{name} of dtype {end.dtype} does not go with an array of dtype {a.dtype}")
            ends[name] = [astype(np.ravel(end), a.dtype)]
    between = part(a, 0, 1, None) - part(a, 0, None, -1)
    joined = [*ends["to_begin"], between, *ends["to_end"]]
    return between if len(joined) == 1 else np.concatenate(joined)


# -- trapezoid -----------------------------------------------------------------------------------------------------------------


def cases_of_areas() -> list[Sample]:
    """Points of one and more dimensions, a spacing, other axes and dtypes."""
    x = np.array([0.0, 0.5, 2.0])
    return [
        sample(matrix()),
        sample(matrix(), x),
        sample(matrix(), np.cumsum(np.abs(matrix()), axis=1)),
        sample(matrix(), dx=np.float64(0.25), axis=0),
        sample(matrix(), x[:2], axis=0),
        sample(matrix(), np.cumsum(np.abs(matrix()), axis=1)[None]),
        sample(matrix(complex) * 1j, x),
        sample(matrix(np.float32), x.astype(np.float16)),
        sample(np.array([[3, 1, 2]])),
        sample(matrix(), x[:2], raises=ShapeError, match="2 points for 3 values along axis -1"),
        sample(np.float64(1.5), raises=ShapeError, match="axis -1 is outside"),
    ]


@answers(np.trapezoid, samples=cases_of_areas)
@composed
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The area below the straight lines between points (x, y) along an axis: sum (x_i+1 - x_i) (y_i+1 + y_i) / 2.

    x    where the values y are, one number each along the axis, or an array of the shape of y
    dx   the distance of points, without x; all three have gradients

    >>> import autograd_core as ag
    >>> ag.grad(lambda y: ag.trapezoid(y))(ag.tensor([1.0, 2.0, 4.0]))
    tensor([0.5, 1. , 0.5])
    """
    y = array(y)
    (place,) = normal_axes(axis, y.ndim)
    width = dx
    if x is not None:
        x = array(x)
        if x.ndim == 1:
            if x.shape[0] != y.shape[place]:
                raise ShapeError(f"trapezoid has {x.shape[0]} points for {y.shape[place]} values along axis {axis}")
            width = np.reshape(steps(x, 0), (-1, *[1] * (y.ndim - 1 - place)))
        else:
            width = steps(x, normal_axes(axis, x.ndim)[0])
    return np.sum(width * (part(y, place, 1, None) + part(y, place, None, -1)) / 2.0, axis=axis)


# -- gradient ------------------------------------------------------------------------------------------------------------------


def cases_of_gradients() -> list[Sample]:
    """Spacings and coordinates, even and uneven ones, for each axis and order at the edges; dtypes, errors."""
    f = np.arange(20.0).reshape(4, 5) ** 2 / 50
    rows, columns = np.array([0.0, 0.5, 2.0, 2.5]), np.array([-1.0, 0.0, 0.25, 1.0, 4.0])
    return [
        sample(f),
        sample(f, edge_order=2),
        sample(f, np.float64(0.5), np.float64(2.0), edge_order=2),
        sample(f, 2.0, axis=-1),
        sample(f, rows, columns),
        sample(f, columns, axis=1, edge_order=2),
        sample(f, np.arange(4.0), columns, edge_order=2),
        sample(f, np.float64(0.5), columns, axis=(0, 1)),
        sample(f[1], columns),
        sample(f * (1 + 1j), rows, axis=0),
        sample(f.astype(np.float32), np.float64(0.5)),
        sample(f.astype(np.float32), columns, axis=1),
        sample(f.astype(np.float16)),
        sample(f.astype(int), np.array([1, 2, 4, 7]), axis=0),
        sample(np.array([3, 1, 2], np.uint8)),
        sample(f, 1.0, 2.0, 3.0, raises=UnsupportedError, match="3 spacings for 2 axes"),
        sample(f, rows[:2], axis=0, raises=ShapeError, match="2 coordinates for 4 values along axis 0"),
        sample(f, f, axis=0, raises=ShapeError, match="one dimension"),
        sample(f[:2], edge_order=2, axis=0, raises=ShapeError, match="needs at least 3 values"),
        sample(f, edge_order=3, raises=ValueError, match="edge_order is 1 or 2"),
    ]


def spacing(h: Any, axis: int, length: int, ndim: int) -> Any:
    """The distances of neighbours along an axis: one number where all are equal, else an array of ndim dimensions."""
    if np.ndim(h) == 0:
        return h
    h = array(h)
    if h.ndim != 1:
        raise ShapeError(f"coordinates for gradient have one dimension, not the shape {h.shape}")
    if h.shape[0] != length:
        raise ShapeError(f"gradient has {h.shape[0]} coordinates for {length} values along axis {axis}")
    d = steps(astype(h, float) if h.dtype.kind in "iu" else h, 0)
    if not isinstance(d, Value) and np.all(d == d[0]):  # recorded distances stay apart, since each has its own gradient
        return d[0]
    return np.reshape(d, (*[1] * axis, -1, *[1] * (ndim - 1 - axis)))


def edge(f: list[Any], h: list[Any]) -> Any:
    """The slope at the first of values f, at distances h of each other, to second order if there are three."""
    if len(f) == 2:
        return (f[1] - f[0]) / h[0]
    whole = h[0] + h[1]
    return -(h[0] + whole) / (h[0] * whole) * f[0] + whole / (h[0] * h[1]) * f[1] - h[0] / (h[1] * whole) * f[2]


def slopes(f: Any, d: Any, axis: int, edge_order: int) -> Any:
    """The slopes of values at distances d along an axis: central ones, and one-sided ones at the edges."""
    even = np.ndim(d) == 0
    left, here, right = part(f, axis, None, -2), part(f, axis, 1, -1), part(f, axis, 2, None)
    if even:
        inner = (right - left) / (2.0 * d)
    else:
        h, k = part(d, axis, None, -1), part(d, axis, 1, None)
        inner = -k / (h * (h + k)) * left + (k - h) / (h * k) * here + h / (k * (h + k)) * right
    n = f.shape[axis]
    first = [part(f, axis, i, i + 1) for i in range(edge_order + 1)]
    last = [part(f, axis, n - 1 - i, n - i) for i in range(edge_order + 1)]
    widths = [d if even else part(d, axis, i, i + 1) for i in range(edge_order)]
    last_widths = [d if even else part(d, axis, n - 2 - i, n - 1 - i) for i in range(edge_order)]
    return np.concatenate([edge(first, widths), inner, -edge(last, last_widths)], axis=axis)


@answers(np.gradient, samples=cases_of_gradients)
@composed
def gradient(f: Any, *varargs: Any, axis: Axis = None, edge_order: int = 1) -> Any:
    """The gradient of a function that is sampled on a grid: an array per axis, or the array if there is one axis.

    varargs      for all axes or for each its spacing, a number, or its coordinates; they have gradients
    edge_order   1 or 2, the order of the one-sided differences at the edges

    >>> import autograd_core as ag
    >>> ag.gradient(ag.tensor([1.0, 2.0, 4.0, 7.0]))
    tensor([1. , 1.5, 2.5, 3. ])
    """
    f = array(f)
    if edge_order not in (1, 2):
        raise ValueError(f"edge_order is 1 or 2, not {edge_order}")
    axes = normal_axes(axis, f.ndim)
    if len(varargs) == 1 and np.ndim(varargs[0]) == 0:
        varargs = varargs * len(axes)
    if len(varargs) not in (0, len(axes)):
        raise UnsupportedError(
            f"gradient has {len(varargs)} spacings for {len(axes)} axes: give none, one, or one for each"
        )
    for i in axes:
        if f.shape[i] <= edge_order:
            raise ShapeError(
                f"gradient needs at least {edge_order + 1} values along axis {i}, and has {f.shape[i]} of shape {f.shape}"
            )
    dtype = f.dtype if f.dtype.kind in "fc" else np.dtype(float)
    f = astype(f, dtype) if f.dtype.kind in "iu" else f
    found = []
    for i, h in zip(axes, varargs or [1.0] * len(axes), strict=True):
        found.append(astype(slopes(f, spacing(h, i, f.shape[i], f.ndim), i, edge_order), dtype))
    return found[0] if len(found) == 1 else tuple(found)
