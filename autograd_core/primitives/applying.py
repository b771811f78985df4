"""A function of the user's along an axis, or over several axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError
from ..families import composed
from ..samples import Sample, sample
from ..shapes import normal_axes
from .operands import array
from .reductions import matrix


def cases_of_rows() -> list[Sample]:
    """Functions that give a number, a sequence and a matrix; more arguments; every axis."""
    box = np.arange(1.0, 25.0).reshape(2, 3, 4)[:, ::-1] / 8
    return [
        sample(np.sum, 0, matrix()),
        sample(np.cumsum, -1, box),
        sample(lambda x: x[:, None] * x[:2], 1, box),
        sample(lambda x, power, shift=0.0: x[0] ** power + shift, 1, matrix(), 3, shift=np.float64(0.5)),
        sample(np.sum, 0, np.array([3.0, 4.0])),
        sample(np.max, 1, matrix(np.float32)),
        sample(np.sum, 2, matrix(), raises=ShapeError, match="axis 2 is outside"),
        sample(np.sum, 1, np.ones((0, 3)), raises=ShapeError, match="has no rows"),
    ]


@answers(np.apply_along_axis, samples=cases_of_rows)
@composed
def apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """What a function gives for each row along an axis, with the axes of what it gives in the place of that axis.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: np.sum(ag.apply_along_axis(lambda row: row[0] * row[1], 1, x)))(np.array([[2.0, 3.0]]))
    array([[3., 2.]])
    """
    arr = array(arr)
    (axis,) = normal_axes(axis, arr.ndim)
    rows = np.moveaxis(arr, axis, -1)
    grid = rows.shape[:-1]
    if 0 in grid:
        raise ShapeError(f"an array of shape {arr.shape} has no rows along axis {axis} to apply a function to")
    found = [array(func1d(rows[place], *args, **kwargs)) for place in np.ndindex(grid)]
    made = np.reshape(np.stack(found), (*grid, *found[0].shape))
    new = range(len(grid), made.ndim)
    return np.moveaxis(made, tuple(new), tuple(range(axis, axis + len(new))))


def cases_of_axes() -> list[Sample]:
    """Functions that drop an axis and that keep it; one axis and several."""
    box = np.arange(1.0, 25.0).reshape(2, 3, 4)[:, ::-1] / 8
    return [
        sample(np.sum, box, [0, -1]),
        sample(np.cumsum, box, 1),
        sample(np.max, matrix(np.float32), (0, 1)),
        sample(lambda x, axis: np.prod(x, axis, keepdims=True), matrix(), [1]),
        sample(lambda x, axis: np.sum(x), box, 0, raises=ShapeError, match=r"gave the shape \(\)"),
    ]


@answers(np.apply_over_axes, samples=cases_of_axes)
@composed
def apply_over_axes(func: Callable[[Any, int], Any], a: Any, axes: Any) -> Any:
    """A function applied over one axis after the other, with as many dimensions as the array has.

    func   is called as func(a, axis), and may drop the axis or keep it

    >>> import numpy as np, autograd_core as ag
    >>> ag.apply_over_axes(np.sum, ag.tensor([[1.0, 2.0], [3.0, 4.0]]), [0, 1])
    tensor([[10.]])
    """
    a = array(a)
    for axis in normal_axes(int(axes) if np.ndim(axes) == 0 else [int(i) for i in axes], a.ndim):
        made = array(func(a, axis))
        kept = made if made.ndim == a.ndim else np.expand_dims(made, axis)
        if kept.ndim != a.ndim:
            raise ShapeError(f"a function applied over axis {axis} of shape {a.shape} gave the shape {made.shape}")
        a = kept
    return a
