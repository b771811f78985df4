"""What the rules of matrices share: adjoints, triangles, gaps of spectra; and matrices for samples.

A rule pairs a cotangent g with a change da as the real part of sum(g * da), without a conjugate (the walk conjugates at
both ends). So a change y = m da n sends m^T g n^T back, and y = m da^H n sends conj(n g^T m).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ShapeError
from ..reverse import conjugate
from .contractions import normal, shape_of


def adjoint(x: Any) -> Any:
    """The conjugate transpose of each matrix."""
    return conjugate(x.mT)


def check_matrices(function: str, a: Any) -> None:
    """Raise ShapeError unless a is a matrix or a stack of them."""
    if len(shape_of(a)) < 2:
        raise ShapeError(f"{function} takes a matrix, or a stack of them, not shape {shape_of(a)}")


def check_square(function: str, a: Any) -> None:
    """Raise ShapeError unless a is a square matrix or a stack of them."""
    check_matrices(function, a)
    *_, m, n = shape_of(a)
    if m != n:
        raise ShapeError(f"{function} takes square matrices, not {m} by {n} ones, here of shape {shape_of(a)}")


def real_dtype(x: Any) -> Any:
    """The dtype of the size of an element."""
    return np.finfo(x.dtype).dtype


def diagonal_matrix(x: Any) -> Any:
    """Vectors as matrices with them on the diagonal."""
    return np.expand_dims(x, -2) * np.eye(x.shape[-1], dtype=real_dtype(x))


def diagonal_of(x: Any) -> Any:
    """The diagonals of matrices."""
    return np.diagonal(x, 0, -2, -1)


def halved(x: Any, upper: bool = False) -> Any:
    """One triangle of each matrix, with half of the diagonal: what is left of a Hermitian matrix m + m^H is then m."""
    n = x.shape[-1]
    weights = np.tri(n, dtype=real_dtype(x)) - 0.5 * np.eye(n, dtype=real_dtype(x))
    return x * (weights.T if upper else weights)


def mirrored(t: Any, upper: bool = False) -> Any:
    """The Hermitian matrix that LAPACK sees when it reads one triangle, and of the diagonal the real part."""
    half = halved(t, upper)
    return half + adjoint(half)


def folded(g: Any, upper: bool = False) -> Any:
    """The transpose of `mirrored`: all of a cotangent on the triangle that was read."""
    return halved(g + adjoint(g), upper)


def gaps(x: Any) -> Any:
    """1 / (x_j - x_i) at row i and column j, 0 on the diagonal; infinite where two are equal."""
    one = np.eye(x.shape[-1], dtype=real_dtype(x))
    return (1 - one) / (np.expand_dims(x, -2) - np.expand_dims(x, -1) + one)


def regular(n: int, *stack: int, dtype: Any = float) -> Any:
    """Matrices without special structure, far from singular."""
    return (normal(*stack, n, n, dtype=dtype) + 3 * np.diag([1, -1, 1.5, -2][:n])).astype(dtype)


def positive(n: int, *stack: int, dtype: Any = float) -> Any:
    """Positive definite matrices; what is above the diagonal is noise, which LAPACK does not read."""
    x = normal(*stack, n, n, dtype=dtype)
    return (x @ adjoint(x) + np.diag([1.0, 2.0, 3.0, 4.0][:n]) + np.triu(normal(n, n), 1)).astype(dtype)
