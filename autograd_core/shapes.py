"""Arithmetic on shapes and axes; no arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isqrt, prod
from operator import index

from .errors import AxisError, ShapeError

Shape = tuple[int, ...]
Axis = int | Sequence[int] | None


def contraction(shapes: Sequence[Shape], y: Shape, settings: object = None) -> int:
    """How many products a contraction of two arrays adds up: (m, k) and (k, n) to (m, n) takes m k n.

    >>> contraction([(2, 3), (3, 4)], (2, 4))
    24
    """
    return isqrt(prod(shapes[0]) * prod(shapes[1]) * prod(y))


def normal_axes(axis: Axis, ndim: int) -> Shape:
    """The axes as non-negative numbers; None means all of them.

    >>> normal_axes(-1, 3), normal_axes(None, 2)
    ((2,), (0, 1))
    """
    if axis is None:
        return tuple(range(ndim))
    axes = tuple(axis) if isinstance(axis, Iterable) else (axis,)
    for a in axes:
        if not -ndim <= index(a) < ndim:
            raise AxisError(f"axis {a} is outside an array of {ndim} dimensions: use {-ndim} ... {ndim - 1}")
    normal = tuple(index(a) % ndim for a in axes)
    if len(set(normal)) != len(normal):
        raise ShapeError(f"axis {axes} names a dimension twice")
    return normal


def kept_shape(shape: Shape, axis: Axis) -> Shape:
    """The shape that a reduction over `axis` would have with keepdims.

    >>> kept_shape((2, 3, 4), (0, -1))
    (1, 3, 1)
    """
    axes = normal_axes(axis, len(shape))
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def broadcast_axes(small: Shape, large: Shape) -> tuple[int, Shape]:
    """How `small` was stretched to `large`: the number of new leading axes, and which of the others grew from 1.

    >>> broadcast_axes((3, 1), (2, 3, 4))
    (1, (2,))
    """
    new = len(large) - len(small)
    return new, tuple(i + new for i, n in enumerate(small) if n == 1 != large[i + new])


def clashing_axis(shapes: Sequence[Shape]) -> int | None:
    """The last axis, counted from the end, along which shapes do not broadcast; None if they do.

    >>> clashing_axis([(2, 3), (4, 3)]), clashing_axis([(3,), (2, 1)])
    (-2, None)
    """
    for axis in range(1, 1 + max(map(len, shapes), default=0)):
        if len({s[-axis] for s in shapes if len(s) >= axis} - {1}) > 1:
            return -axis
    return None
