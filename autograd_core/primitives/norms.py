"""Norms of vectors and of matrices. Where a norm has a kink, ties are shared, and at 0 its slope is 0, by least norm."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError
from ..families import composed, primitive
from ..reverse import conjugate
from ..samples import Sample, sample, singular
from ..shapes import Shape, kept_shape, normal_axes
from .contractions import normal, shape_of
from .matrices import check_matrices
from .reductions import spread
from .singular import svdvals

# -- p-norms -----------------------------------------------------------------------------------------------------------


def slope(a: Any, y: Any, ord: float, axis: Shape) -> Any:
    """d y / d a for y = sum(|a|^p)^(1/p): (|a| / y)^(p - 1) times the conjugate sign of a; 0 where y is 0.

    Where p is 2, 4, ... this is a power of a, smooth also where an element is 0; elsewhere such an element has a slope of 0.
    """
    y = np.reshape(y, kept_shape(shape_of(a), axis))
    ratio = conjugate(a) / np.where(y == 0, 1, y)
    if ord == 2:
        return np.where(y == 0, 0, ratio)
    if ord > 0 and ord % 2 == 0:
        return np.where(y == 0, 0, ratio * np.real(ratio * conjugate(ratio)) ** (int(ord) // 2 - 1))
    none = np.equal(a, 0)
    size = np.abs(np.where(none, 1, ratio))
    return np.where(none, 0, np.where(none, 1, ratio) * size ** (ord - 2))


def p_norm_forward(a: Any, *, ord: float, axis: Shape) -> Any:
    if ord == 2:
        return np.sqrt(np.add.reduce(np.real(conjugate(a) * a), axis=axis))
    return np.linalg.vector_norm(a, axis=axis, ord=ord)


def rows_with_zeros(dtype: Any = float) -> Any:
    """Vectors along the last axis, with elements that are 0."""
    return np.array([[3.0, 0.0, -4.0], [1.0, -2.0, 0.5]]).astype(dtype)


p_norm = primitive(
    p_norm_forward,
    lambda g, a, y, ord, axis: spread(g, a, axis, False) * slope(a, y, ord, axis),
    jvp=lambda t, a, y, ord, axis: np.sum(np.real(t * slope(a, y, ord, axis)), axis),
    name="norm",
    batch="axes",
    masks="axes",
    samples=lambda: [
        sample(rows_with_zeros(), ord=2, axis=(1,)),
        sample(rows_with_zeros(), ord=4, axis=(0, 1)),
        sample(normal(2, 3), ord=3, axis=(0,)),
        sample(normal(2, 3), ord=0.5, axis=(1,)),
        sample(normal(2, 3, 2), ord=-1.5, axis=(0, 2)),
        sample(normal(2, 3, 3), ord=2, axis=(0,)),
        sample(normal(2, 3, dtype=complex), ord=2, axis=(1,)),
        sample(normal(2, 3, dtype=complex), ord=2.5, axis=(1,)),
        sample(normal(2, 3, dtype=np.float32), ord=3, axis=(1,)),
        sample(normal(2, 3, dtype=np.float16), ord=2, axis=(1,)),
    ],
)


def largest(sizes: Any, axis: Any, keepdims: bool = False) -> Any:
    """The largest size, 0 of none."""
    if not sizes.size:
        return np.max(sizes, axis, keepdims=keepdims, initial=0)
    return np.max(sizes, axis, keepdims=keepdims)


def vector(x: Any, ord: Any, axis: Shape) -> Any:
    """The norm of the vectors that some axes hold."""
    if ord == np.inf:
        return largest(np.abs(x), axis)
    if ord == -np.inf:
        return np.min(np.abs(x), axis)
    if ord == 0:
        return np.sum(np.not_equal(x, 0).astype(np.finfo(x.dtype).dtype), axis)
    if ord == 1:
        return np.sum(np.abs(x), axis)
    if isinstance(ord, str):
        raise ShapeError(f"a norm of order {ord!r} is of matrices, not of vectors: name two axes")
    return p_norm(x, ord=ord, axis=axis)


# -- matrices ----------------------------------------------------------------------------------------------------------


def matrix(x: Any, ord: Any, axis: Shape) -> Any:
    """The norm of the matrices that two axes hold."""
    if ord in (None, "fro", "f"):
        return p_norm(x, ord=2, axis=axis)
    if ord in (1, -1, np.inf, -np.inf):
        inner, outer = axis if abs(ord) == 1 else axis[::-1]
        sums = np.sum(np.abs(x), inner, keepdims=True)
        return np.squeeze((largest if ord > 0 else np.min)(sums, outer, keepdims=True), axis)
    if ord not in ("nuc", 2, -2):
        raise ShapeError(
            f"a norm of matrices has the order 'fro', 'nuc', 1, 2, inf or one of their negatives, not {ord!r}"
        )
    s = svdvals(np.moveaxis(x, axis, (-2, -1)))
    return np.sum(s, -1) if ord == "nuc" else largest(s, -1) if ord == 2 else np.min(s, -1)


def floating(x: Any) -> Any:
    """x, converted if it holds integers."""
    x = x if hasattr(x, "dtype") else np.asarray(x)
    return x if x.dtype.kind in "fc" else np.asarray(x, float)


def with_axes(y: Any, shape: Shape, axis: Shape, keepdims: bool) -> Any:
    """A result with the axes that were reduced, if they are to be kept."""
    return np.reshape(y, kept_shape(shape, axis)) if keepdims else y


ORDERS: tuple[Any, ...] = (None, 2, 1, 0, 3, 4, 0.5, -1, -2.5, np.inf, -np.inf)
MATRIX_ORDERS: tuple[Any, ...] = (None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)


def cases_of_norm() -> list[Sample]:
    return [
        *[sample(normal(4), p) for p in ORDERS],
        *[sample(normal(2, 3), p) for p in MATRIX_ORDERS],
        *[sample(normal(2, 3, 2), p, axis=(2, 0), keepdims=True) for p in MATRIX_ORDERS],
        *[sample(normal(2, 3, dtype=complex), p) for p in ("fro", "nuc", 1, 2)],
        *[sample(normal(2, 3, dtype=complex), p, -1) for p in (2, 3, 1, np.inf)],
        sample(rows_with_zeros(), axis=1),
        sample(normal(2, 3, 2), axis=None, keepdims=True),
        sample(normal(2, 3, 2), 3, axis=(1,), keepdims=True),
        sample(np.float64(-2.0)),
        sample(normal(0)),
        sample(normal(2, 0), axis=1),
        *[sample(normal(2, 0), p) for p in ("nuc", 1, 2)],
        *[sample(normal(2, 0), np.inf, axis) for axis in (1, (1, 0))],
        sample(np.arange(4)),
        sample(normal(3, dtype=np.float16)),
        sample(normal(2, 3, dtype=np.float32), "nuc"),
        sample(normal(2, 3, 2), 2, raises=ShapeError, match="name one axis or two"),
        sample(normal(2, 3), "fro", axis=1, raises=ShapeError, match="of matrices, not of vectors"),
        sample(normal(2, 3), 3, raises=ShapeError, match="a norm of matrices has the order"),
        sample(normal(2, 3), axis=2, raises=ShapeError, match="axis 2 is outside"),
    ]


@answers(
    np.linalg.norm,
    samples=cases_of_norm,
    singular=[
        singular(np.zeros(2), gives=np.zeros(2), why="least norm"),
        singular(np.zeros(2), 3, gives=np.zeros(2), why="least norm"),
        singular(np.zeros((2, 2)), "nuc", gives=np.zeros((2, 2)), why="least norm"),
        singular(np.zeros((2, 2)), 2, gives=np.zeros((2, 2)), why="least norm"),
        singular(np.array([3.0, -3.0]), ord=np.inf, gives=np.array([0.5, -0.5]), why="a tie is shared"),
        singular(np.array([0.0, -3.0]), 1, gives=np.array([0.0, -1.0]), why="least norm"),
    ],
)
@composed
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """The norm of a vector, a matrix, or of those that one axis or two hold.

    ord    of vectors: p for sum(|x|^p)^(1/p), by default 2; inf, -inf for the largest and smallest size, 0 for the number of
           elements that are not 0. Of matrices: "fro" by default; "nuc", 2, -2 for the sum, the largest and the smallest of the
           singular values; 1, -1 for the largest and smallest sum of sizes in a column, inf, -inf in a row
    axis   None for all of x, which ord None takes as one vector

    At 0 the gradient is 0, and elements that tie share it. Raises ShapeError for an order that does not fit.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda x: np.sum(ag.linalg.norm(x, axis=1)))(np.array([[3.0, 4.0], [0.0, 0.0]]))
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    x = floating(x)
    shape = shape_of(x)
    axes = normal_axes(axis, len(shape))
    if axis is None and ord is None:
        return with_axes(p_norm(x, ord=2, axis=axes), shape, axes, keepdims)
    if len(axes) not in (1, 2):
        raise ShapeError(f"norm of order {ord!r} is of vectors or matrices: of shape {shape}, name one axis or two")
    y = vector(x, 2 if ord is None else ord, axes) if len(axes) == 1 else matrix(x, ord, axes)
    return with_axes(y, shape, axes, keepdims)


@answers(
    np.linalg.vector_norm,
    samples=lambda: [
        *[sample(normal(2, 3), ord=p) for p in ORDERS[1:]],
        sample(normal(2, 3, 2), axis=(2, 0), ord=3, keepdims=True),
        sample(normal(2, 3, 2), axis=(0, 1), ord=np.inf),
        sample(normal(2, 3, dtype=complex), axis=-1),
        sample(normal(2, 3, dtype=np.float32), keepdims=True),
        sample(np.arange(4)),
        sample(normal(2, 3), ord="fro", raises=ShapeError, match="of matrices, not of vectors"),
    ],
)
@composed
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    """The norm of x as one vector, or of the vectors that some axes hold; the orders are those of `norm`.

    >>> import numpy as np, autograd_core as ag
    >>> ag.linalg.vector_norm(np.array([[3.0, 4.0]]))
    np.float64(5.0)
    """
    x = floating(x)
    axes = normal_axes(axis, len(shape_of(x)))
    return with_axes(vector(x, ord, axes), shape_of(x), axes, keepdims)


@answers(
    np.linalg.matrix_norm,
    samples=lambda: [
        *[sample(normal(2, 3, 2), ord=p) for p in MATRIX_ORDERS[1:]],
        sample(normal(2, 3, 2), keepdims=True),
        sample(normal(3), raises=ShapeError, match="matrix_norm takes a matrix, or a stack of them"),
    ],
)
@composed
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    """The norm of each matrix in a stack; the orders are those of `norm`.

    >>> import numpy as np, autograd_core as ag
    >>> ag.linalg.matrix_norm(np.ones((5, 2, 2)), ord=1)
    array([2., 2., 2., 2., 2.])
    """
    check_matrices("matrix_norm", x)
    return norm(x, ord, (-2, -1), keepdims)
