"""Arrays put together from blocks, and taken apart along a given axis: NumPy's other words for concatenating and splitting."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError
from ..samples import Sample, sample
from .arranging import atleast_3d
from .joining import concatenate, parts, split
from .layouts import as_dimensions, cube, swapaxes
from .operands import array
from .reductions import matrix

# -- joining -------------------------------------------------------------------------------------------------------------


@answers(
    np.column_stack,
    samples=lambda: [
        sample((np.array([1.0, 2.0]), matrix())),
        sample([np.float64(1.0), np.array([2.0j])]),
        sample((np.ones(2, np.float32), [3, 4])),
        sample((np.ones(2), np.ones(3)), raises=ShapeError, match="concatenate cannot combine shapes"),
        sample([], raises=ShapeError, match="at least one array"),
    ],
)
def column_stack(tup: Any) -> Any:
    """Vectors as the columns of a matrix, matrices beside them.

    >>> import autograd_core as ag
    >>> ag.column_stack([ag.tensor([1.0, 2.0]), [3.0, 4.0]])
    tensor([[1., 3.],
            [2., 4.]])
    """
    xs = parts(tup, "column_stack")
    return concatenate([x if np.ndim(x) > 1 else swapaxes(as_dimensions(x, 2), 0, 1) for x in xs], 1)


@answers(
    np.dstack,
    samples=lambda: [
        sample((np.array([1.0, 2.0]), np.array([[3.0, 4.0]]))),
        sample([matrix(), cube(complex)[:, :, :1] * 1j]),
        sample([np.float32(1.0), 2.0]),
        sample([], raises=ShapeError, match="at least one array"),
    ],
)
def dstack(tup: Any) -> Any:
    """The arrays behind each other: along the third axis, (n,) taken as (1, n, 1) and (m, n) as (m, n, 1)."""
    return concatenate([atleast_3d(x) for x in parts(tup, "dstack")], 2)


def depth_of(arrays: Any) -> int:
    """How deep lists are nested, the same everywhere; raises ShapeError where they are not."""
    if isinstance(arrays, tuple):
        raise ShapeError("block takes nested lists of arrays; a tuple in it is neither a list nor an array")
    if not isinstance(arrays, list):
        return 0
    if not arrays:
        raise ShapeError("block: a list of no arrays has no shape")
    depths = [depth_of(a) for a in arrays]
    if len(set(depths)) > 1:
        raise ShapeError(
            f"block: the lists are nested unequally, {min(depths)} and {max(depths)} deep, within one list"
        )
    return depths[0] + 1


def largest_ndim(arrays: Any) -> int:
    """The largest number of dimensions of the arrays in nested lists."""
    return max(map(largest_ndim, arrays)) if isinstance(arrays, list) else np.ndim(arrays)


def assembled(arrays: Any, depth: int, ndim: int) -> Any:
    """Nested lists joined: the innermost along the last axis, those around them along the one before, and so on."""
    if depth:
        return concatenate([assembled(a, depth - 1, ndim) for a in arrays], -depth)
    return as_dimensions(array(arrays), ndim)


@answers(
    np.block,
    samples=lambda: [
        sample([[matrix(), np.ones((2, 1))], [np.zeros((1, 4))]]),
        sample([np.float64(1.0), np.array([2.0, 3.0])]),
        sample([[np.array([1.0, 2.0], np.float32)], [3, 4.0]]),
        sample(
            [[np.array([1.0], np.float32), 3], [[4], np.float32(5.0)]],
            raises=ShapeError,
            match="nested unequally, 0 and 1",
        ),
        sample([[[cube()]], [[cube()[:1] * 1j]]]),
        sample(matrix()),
        sample([], raises=ShapeError, match="no arrays"),
        sample([(1.0, 2.0)], raises=ShapeError, match="a tuple"),
    ],
)
def block(arrays: Any) -> Any:
    """An array put together from blocks in nested lists: innermost lists along the last axis, those around along the one before.

    >>> import autograd_core as ag
    >>> ag.block([[ag.tensor(1.0), 0.0], [ag.tensor([2.0, 3.0])]])
    tensor([[1., 0.],
            [2., 3.]])
    """
    depth = depth_of(arrays)
    return assembled(arrays, depth, max(depth, largest_ndim(arrays)))


# -- splitting -----------------------------------------------------------------------------------------------------------


def cases_of_splitting() -> list[Sample]:
    """Equal pieces, given places, pieces that overlap or are empty, and lengths that do not divide."""
    return [
        sample(cube(), 1),
        sample(cube()[::-1], [1]),
        sample(cube(np.float32), (1, 1, 5)),
        sample(cube(complex) * 1j, np.array([-1])),
        sample(np.ones((2, 2, 2)), 2),
        sample(cube(), 5, raises=ShapeError, match="into 5 equal pieces"),
    ]


def along(ary: Any, indices_or_sections: Any, axis: int, asked: str) -> Any:
    """`split` along an axis that the array must have."""
    if np.ndim(ary) <= axis:
        raise ShapeError(f"{asked} takes an array of at least {axis + 1} dimensions, not of shape {np.shape(ary)}")
    return split(ary, indices_or_sections, axis)


@answers(
    np.hsplit,
    samples=lambda: [
        *cases_of_splitting(),
        sample(np.array([1.0, 2.0, 3.0]), [1]),
        sample(np.float64(1.0), 1, raises=ShapeError, match="hsplit takes an array of at least 1 dimension"),
    ],
)
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """The array in pieces beside each other: along the second axis, a vector along its only one; as a list, see `split`.

    >>> import autograd_core as ag
    >>> ag.hsplit(ag.tensor([[1.0, 2.0], [3.0, 4.0]]), 2)[1]
    tensor([[2.],
            [4.]])
    """
    return along(ary, indices_or_sections, min(1, max(np.ndim(ary) - 1, 0)), "hsplit")


@answers(
    np.vsplit,
    samples=lambda: [
        *cases_of_splitting(),
        sample(np.ones(2), 1, raises=ShapeError, match="vsplit takes an array of at least 2 dimensions"),
    ],
)
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """The array in pieces below each other: along the first axis; as a list, see `split`."""
    if np.ndim(ary) < 2:
        raise ShapeError(f"vsplit takes an array of at least 2 dimensions, not of shape {np.shape(ary)}")
    return split(ary, indices_or_sections, 0)


@answers(
    np.dsplit,
    samples=lambda: [
        *cases_of_splitting(),
        sample(matrix(), 1, raises=ShapeError, match="dsplit takes an array of at least 3 dimensions"),
    ],
)
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """The array in pieces behind each other: along the third axis; as a list, see `split`."""
    return along(ary, indices_or_sections, 2, "dsplit")
