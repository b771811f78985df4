"""Arrays repeated, as a whole or element by element; a gradient is summed over the copies."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError
from ..families import composed
from ..recording import data_of
from ..samples import sample
from ..shapes import Shape, normal_axes
from .indexing import at, getitem
from .layouts import broadcast_to, cube, ravel, reshape
from .reductions import matrix


@answers(
    np.tile,
    samples=lambda: [
        sample(matrix(), 2),
        sample(matrix(np.float32), (2, 1, 2)),
        sample(cube()[::-1] * 1j, [2, 1]),
        sample(np.float64(2.0), (2, 2)),
        sample(matrix(), 0),
        sample(matrix(), ()),
        sample([1, 2], np.array([2])),
        sample(matrix(), -1, raises=ShapeError),
    ],
)
@composed
def tile(A: Any, reps: Any) -> Any:
    """The array repeated as a whole, reps times along each axis; a gradient is summed over the copies.

    >>> import autograd_core as ag
    >>> ag.tile(ag.tensor([1.0, 2.0]), (2, 1))
    tensor([[1., 2.],
            [1., 2.]])
    """
    times: Shape = tuple(int(r) for r in reps) if np.ndim(reps) else (int(reps),)
    ndim = max(len(times), np.ndim(A))
    times = (1,) * (ndim - len(times)) + times
    shape = (1,) * (ndim - np.ndim(A)) + np.shape(A)
    a = reshape(A, tuple(n for length in shape for n in (1, length)))
    a = broadcast_to(a, tuple(n for pair in zip(times, shape, strict=True) for n in pair))
    return reshape(a, tuple(r * n for r, n in zip(times, shape, strict=True)))


@answers(
    np.repeat,
    samples=lambda: [
        sample(matrix(), 2),
        sample(matrix(np.float32), [2, 0, 1], axis=-1),
        sample(cube()[::-1] * 1j, [3], 1),
        sample(np.float64(2.0), 3),
        sample(matrix(), np.array([1, 2, 3, 0, 1, 1])),
        sample([1, 2], 0),
        sample(matrix(), [1, 2], 1, raises=ShapeError, match="2 counts for the 3 elements along axis 1"),
        sample(matrix(), -1, 1, raises=ShapeError, match="counts of 0 or more, not -1"),
    ],
)
@composed
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    """The array with each element repeated along an axis, of the flattened array by default.

    repeats   how often; one number, or one for each element along the axis

    >>> import autograd_core as ag
    >>> ag.repeat(ag.tensor([1.0, 2.0]), [1, 2])
    tensor([1., 2., 2.])
    """
    if axis is None:
        a, axis = ravel(a), 0
    shape = np.shape(a)
    (axis,) = normal_axes(axis, len(shape))
    counts = np.asarray(data_of(repeats))
    if np.any(counts < 0):
        raise ShapeError(f"repeat takes counts of 0 or more, not {counts.min()}")
    if counts.ndim == 0:
        before, after = shape[: axis + 1], shape[axis + 1 :]
        a = broadcast_to(reshape(a, (*before, 1, *after)), (*before, int(counts), *after))
        return reshape(a, (*before[:-1], before[-1] * int(counts), *after))
    try:
        index = np.repeat(np.arange(shape[axis]), counts)
    except ValueError as error:
        raise ShapeError(
            f"repeat: {len(counts)} counts for the {shape[axis]} elements along axis {axis} of shape {shape}"
        ) from error
    return getitem(a, at(axis, index))
