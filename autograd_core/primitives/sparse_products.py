"""Products of constant matrices of few entries with what lies along an axis: resampling, and borders of own elements.

Such a product looks at nothing but the entries: a NaN reaches those results only that its element has an entry for, as it would
not in a product with zeros. The transpose is the product with the transposed matrix, in every order of derivative.
"""

from __future__ import annotations

from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from ..errors import BoundsError, ShapeError
from ..families import layout, primitive
from ..primitive import Primitive
from ..samples import Sample, sample
from ..shapes import normal_axes
from .contractions import normal
from .window_kernels import BLOCK, blocks, working_dtype


class SparseMatrix:
    """A constant matrix of few entries; what is done with it is made ready once, so it is made once and used often.

    rows, columns   the places of the entries, integers; what is at one place adds up
    values          the entries, 1 by default
    shape           the numbers of rows and columns

    Raises ShapeError for places and entries of different numbers, BoundsError for places outside the shape.

    >>> import numpy as np, autograd_core as ag
    >>> doubled = ag.ops.SparseMatrix([0, 1, 2, 3], [0, 0, 1, 1], shape=(4, 2))
    >>> doubled, doubled.T
    (SparseMatrix of shape (4, 2), SparseMatrix of shape (2, 4))
    """

    def __init__(self, rows: Any, columns: Any, values: Any = None, *, shape: tuple[int, int]) -> None:
        self.rows, self.columns = np.array(rows, np.intp), np.array(columns, np.intp)
        self.values, self.shape = None if values is None else np.array(values), shape
        given = [self.rows, self.columns] if self.values is None else [self.rows, self.columns, self.values]
        if self.rows.ndim != 1 or len({a.shape for a in given}) > 1:
            raise ShapeError(
                f"a SparseMatrix takes a row, a column and a value for each entry, and was given arrays of shapes "
                f"{', '.join(str(a.shape) for a in given)}"
            )
        for name, places, size in zip(("row", "column"), given, shape, strict=False):
            if places.size and not 0 <= places.min() <= places.max() < size:
                raise BoundsError(f"a SparseMatrix of shape {shape} has no {name} {places.min()} or {places.max()}")

    @cached_property
    def T(self) -> SparseMatrix:
        """The transposed matrix."""
        transposed = SparseMatrix(self.columns, self.rows, self.values, shape=self.shape[::-1])
        transposed.T = self
        return transposed

    @cached_property
    def passes(self) -> list[tuple[Any, Any, Any]]:
        """The entries as (rows, columns, values), with each row at most once in a pass: it is added to in one step."""
        order = np.argsort(self.rows, kind="stable")
        rows = self.rows[order]
        turn = np.arange(len(rows)) - np.searchsorted(rows, rows)
        picks = [order[turn == k] for k in range(max(turn, default=-1) + 1)]
        return [
            (spaced(self.rows[p]), spaced(self.columns[p]), None if self.values is None else self.values[p, None])
            for p in picks
        ]

    @cached_property
    def full(self) -> bool:
        """Whether every row has an entry."""
        return np.unique(self.rows).size == self.shape[0]

    def __repr__(self) -> str:
        return f"SparseMatrix of shape {self.shape}"


def spaced(index: Any) -> Any:
    """An index as a slice if its elements are evenly spaced, since those are read and written without a copy."""
    step = int(index[1] - index[0]) if len(index) > 1 else 1
    if not step or (np.diff(index) != step).any():
        return index
    stop = int(index[-1]) + step
    return slice(int(index[0]), None if stop < 0 else stop, step)


def product_forward(a: Any, *, matrix: SparseMatrix, axis: int) -> Any:
    """The product with each column of a along an axis, counted from the last."""
    before, after = a.shape[:axis], a.shape[axis:][1:]
    result = a.dtype if matrix.values is None else np.result_type(a.dtype, 1.0)
    dtype = working_dtype(result)
    x = np.ascontiguousarray(a, dtype).reshape(prod(before), a.shape[axis], prod(after))
    y = np.empty((len(x), matrix.shape[0], prod(after)), dtype)
    passes = [(to, of, None if v is None else v.astype(y.real.dtype)) for to, of, v in matrix.passes]
    for block, _ in blocks(len(x), BLOCK // max(1, max(matrix.shape) * prod(after)), lambda _: None):
        part, target = x[block], y[block]
        if not matrix.full:
            target.fill(0)
        for k, (to, of, values) in enumerate(passes):
            piece = part[:, of] if isinstance(of, slice) else part.take(of, axis=1)
            if values is not None:
                piece = piece * values
            if k:
                target[:, to] += piece
            else:
                target[:, to] = piece
    return y.reshape(*before, matrix.shape[0], *after).astype(result, copy=False)


def cases() -> list[Sample]:
    """Calls with ones: rows of no entry, of one and of several, on every axis, reversed, empty, in every precision."""
    corners = SparseMatrix([0, 0, 2, 3, 3], [1, 1, 0, 3, 2], shape=(5, 4))
    border = SparseMatrix(range(6), [1, 0, 1, 2, 3, 2], shape=(6, 4))
    return [
        sample(normal(2, 4), matrix=corners, axis=-1),
        sample(normal(4, 3), matrix=border, axis=-2),
        sample(normal(2, 4, 2, dtype=np.float32)[:, ::-1], matrix=border, axis=-2),
        sample(normal(4).astype(np.float16), matrix=corners, axis=-1),
        sample(normal(4) * (1 + 2j), matrix=corners, axis=-1),
        sample(normal(0, 4), matrix=border, axis=-1),
        sample(normal(3, 2), matrix=SparseMatrix([], [], shape=(2, 3)), axis=-2),
    ]


def weighted_cases() -> list[Sample]:
    def with_values(s: Sample) -> Sample:
        ones = s.settings["matrix"]
        values = np.linspace(-1, 2, len(ones.rows))
        return Sample(s.args, {**s.settings, "matrix": SparseMatrix(ones.rows, ones.columns, values, shape=ones.shape)})

    return [with_values(s) for s in cases()]


# with ones it moves elements, so that what does not depend on them stays out; weights could cancel
moved: Primitive = layout(
    product_forward,
    lambda g, matrix, axis: moved.call(g, matrix=matrix.T, axis=axis),
    samples=cases,
    batch="together",
    name="sparse_selection",
)
weighted: Primitive = primitive(
    product_forward,
    lambda g, matrix, axis: weighted.call(g, matrix=matrix.T, axis=axis),
    linear=True,
    samples=weighted_cases,
    batch="together",
    name="sparse_product",
    multiply_adds=lambda shapes, y, settings: len(settings["matrix"].rows) * prod(y) // settings["matrix"].shape[0],
)


def sparse_product(matrix: SparseMatrix, x: Any, axis: int = -1) -> Any:
    """The product of a constant matrix of few entries with what lies along an axis.

    matrix: (m, n)   x: (..., n, ...)   returns (..., m, ...), dtype of x; floating if the matrix has values

        y[..., i, ...] = sum over the entries of row i of  value * x[..., column, ...]

    A result looks at the elements of its own entries only. Raises ShapeError if the axis is not as long as a row.

    >>> import numpy as np, autograd_core as ag
    >>> means = ag.ops.SparseMatrix([0, 0, 1, 1], [0, 1, 2, 3], [0.5] * 4, shape=(2, 4))
    >>> ag.ops.sparse_product(means, np.array([1.0, 3.0, 5.0, np.inf]))
    array([ 2., inf])
    """
    if not hasattr(x, "shape"):
        x = np.asarray(x)
    (place,) = normal_axes(axis, x.ndim)
    if x.shape[place] != matrix.shape[1]:
        raise ShapeError(
            f"sparse_product cannot combine the {matrix!r} with x {x.shape}: its {matrix.shape[1]} columns need an axis "
            f"of that length, and axis {axis} of x has {x.shape[place]}"
        )
    made = moved if matrix.values is None else weighted
    return made.call(x, matrix=matrix, axis=place - x.ndim)
