"""Diagonals and triangles of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError
from ..recording import dtype_of
from ..samples import Sample, sample
from .indexing import getitem, scatter, table
from .layouts import cube, ravel
from .selection import where


def diagonal_places(rows: int, columns: int, k: int) -> tuple[Any, Any]:
    """The indices of the elements of the kth diagonal of a matrix."""
    i = np.arange(max(0, -k), min(rows, columns - k))
    return i, i + k


def cases_of_diagonals() -> list[Sample]:
    """Matrices whose diagonal is taken and vectors that become one, above and below."""
    return [
        sample(table()),
        sample(table(), -1),
        sample(table(complex).T * 1j, k=2),
        sample(table(np.float32), 9),
        sample(np.array([1.0, 2.0, 3.0])),
        sample(np.array([1.0, 2.0], np.float32), k=-2),
        sample(np.array([1, 2]), 1),
        sample(np.ones(0), 1),
        sample(np.float64(1.0), raises=ShapeError, match="1 or 2 dimensions"),
        sample(cube(), raises=ShapeError, match="np.diagonal"),
    ]


@answers(np.diag, samples=cases_of_diagonals)
def diag(v: Any, k: int = 0) -> Any:
    """The kth diagonal of a matrix; or the matrix whose kth diagonal is a vector, 0 elsewhere.

    >>> import autograd_core as ag
    >>> ag.diag(ag.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([1., 4.])
    """
    shape = np.shape(v)
    if len(shape) == 2:
        rows, columns = shape
        return getitem(v, diagonal_places(rows, columns, k))
    if len(shape) == 1:
        n = shape[0] + abs(k)
        return scatter(v, index=diagonal_places(n, n, k), shape=(n, n))
    raise ShapeError(f"diag takes 1 or 2 dimensions, not shape {shape}: for several matrices at once use np.diagonal")


@answers(
    np.diagflat,
    samples=lambda: [sample(table()), sample(np.float64(2.0), 1), sample([[1, 2]], k=-1), sample(table(np.float32)[0])],
)
def diagflat(v: Any, k: int = 0) -> Any:
    """The matrix whose kth diagonal holds the elements of v, flattened."""
    return diag(ravel(v), k)


def cases_of_triangles() -> list[Sample]:
    """Matrices, several of them, a vector that is repeated for each row, above and below."""
    return [
        sample(table()),
        sample(table(complex).T * 1j, -1),
        sample(cube(np.float32)[:, ::-1], k=1),
        sample(np.array([1.0, 2.0, 3.0])),
        sample(np.arange(6).reshape(2, 3)),
        sample(np.ones((2, 0, 3))),
        sample(np.float64(1.0), raises=ShapeError, match="at least 1 dimension"),
    ]


def triangle(m: Any, inside: Any, asked: str) -> Any:
    """The elements of each matrix where `inside`, of (rows, columns), holds; 0 elsewhere."""
    shape = np.shape(m)
    if not shape:
        raise ShapeError(f"{asked} takes an array of at least 1 dimension, not a number")
    rows, columns = np.ogrid[: shape[-2] if len(shape) > 1 else shape[-1], : shape[-1]]
    return where(inside(rows, columns), m, np.zeros((), dtype_of(m)))


@answers(np.tril, samples=cases_of_triangles)
def tril(m: Any, k: int = 0) -> Any:
    """The lower triangle of each matrix, up to the kth diagonal; 0 above it.

    >>> import autograd_core as ag
    >>> ag.tril(ag.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[1., 0.],
            [3., 4.]])
    """
    return triangle(m, lambda i, j: j <= i + k, "tril")


@answers(np.triu, samples=cases_of_triangles)
def triu(m: Any, k: int = 0) -> Any:
    """The upper triangle of each matrix, from the kth diagonal on; 0 below it.

    >>> import autograd_core as ag
    >>> ag.triu(ag.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[1., 2.],
            [0., 4.]])
    """
    return triangle(m, lambda i, j: j >= i + k, "triu")
