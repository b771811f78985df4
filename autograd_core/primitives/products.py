"""Products of vectors and matrices in stacks, with NumPy's keywords, Kronecker and cross products."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..dispatch import answers, ufuncs
from ..errors import DTypeError, ShapeError
from ..families import composed, multilinear
from ..recording import dtype_of
from ..samples import Sample, sample
from ..shapes import Shape
from .contractions import normal, outer, shape_of, tensordot
from .layouts import astype
from .matrix_products import matrix_product
from .operands import array

# -- products in stacks ------------------------------------------------------------------------------------------------


def core(x: Any, axes: Any) -> tuple[Any, Shape]:
    """x with the axes of its vectors or matrices brought to the end, and these axes as a tuple."""
    axes = (axes,) if np.ndim(axes) == 0 else tuple(axes)
    return np.moveaxis(x, axes, tuple(range(-len(axes), 0))) if axes else x, axes


def in_stacks(product: Callable[[Any, Any], Any], x1: Any, x2: Any, axes: Any, dtype: Any) -> Any:
    """A product over last axes, taken over other ones: `axes` of each operand and of the result, in this dtype."""
    if dtype is not None:
        for given in (dtype_of(x1), dtype_of(x2)):
            if not np.can_cast(given, dtype, "same_kind"):
                raise DTypeError(
                    f"a product with dtype={np.dtype(dtype)} may not convert an operand of {given}: x.astype does"
                )
        x1, x2 = astype(x1, dtype), astype(x2, dtype)
    if axes is None:
        return product(x1, x2)
    first, second, *result = axes
    y = product(core(x1, first)[0], core(x2, second)[0])
    made = core(y, result[0])[1] if result else ()
    return np.moveaxis(y, tuple(range(-len(made), 0)), made) if made else y


def check_lengths(asked: str, a: Shape, b: Shape, m: int, n: int) -> None:
    """Raise ShapeError unless the axes of a and of b, counted from the end, that a product sums over are equally long."""
    if len(a) < m or len(b) < n:
        raise ShapeError(f"{asked} needs {m} axes of the first and {n} of the second, not shapes {a} and {b}")
    if a[-1] != b[-n]:
        place = "last" if n == 1 else "second-to-last"
        raise ShapeError(
            f"{asked} cannot combine {a} and {b}: the last axis of the first ({a[-1]}) must equal the {place} axis of the "
            f"second ({b[-n]})"
        )


def matmul_samples() -> list[Sample]:
    return [
        sample(normal(2, 3), normal(3, 4)),
        sample(normal(3), normal(5, 3, 2)),
        sample(normal(2, 4, 3), normal(3)),
        sample(normal(2, 1, 4, 3), normal(5, 3, 2)),
        sample(normal(3, 2), normal(3, 4), axes=[(1, 0), (0, 1), (1, 0)]),
        sample(normal(3, 5), normal(3, 4), axes=[(-1, -2), (-2, -1), (-2, -1)]),
        sample(normal(2, 3), normal(3), axes=[(0, 1), (0,), (0,)]),
        sample(normal(2, 3, dtype=np.float32), normal(3, 4, dtype=np.float32), dtype=np.dtype(float)),
        sample(normal(2, 3, dtype=np.float16), normal(3, 4, dtype=np.float16)),
        sample(normal(2, 3, dtype=complex), normal(3, 2)),
        sample(np.arange(6).reshape(2, 3), np.arange(3)),
        sample(
            normal(2, 3, dtype=complex), normal(3), dtype=float, raises=DTypeError, match="an operand of complex128"
        ),
        sample(normal(4, 3), normal(5, 3), raises=ShapeError, match=r"a @ b\.mT"),
    ]


@answers(np.matmul, samples=matmul_samples)
def matmul(x1: Any, x2: Any, /, *, axes: Any = None, dtype: Any = None) -> Any:
    """The product of matrices in the last two axes of each operand; stacks of them broadcast, a 1-D operand is a vector.

    x1: (..., m, k)   x2: (..., k, n)   returns (..., m, n)
    axes   of the matrices in x1, in x2 and in the result, where they are not the last two

    Raises ShapeError if the shapes do not fit.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda a: np.sum(ag.matmul(a, np.array([[1.0], [2.0]]))))(np.eye(2))
    array([[1., 2.],
           [1., 2.]])
    """
    if axes is None and dtype is None:
        return matrix_product.call(x1, x2)
    return in_stacks(matrix_product, x1, x2, axes, dtype)


ufuncs[np.matmul] = matrix_product.call  # what the operator @ asks for


@answers(np.linalg.matmul, samples=lambda: [s for s in matmul_samples() if not s.settings])
def matmul_of_matrices(x1: Any, x2: Any, /) -> Any:
    """np.matmul without its keywords."""
    return matrix_product.call(x1, x2)


def vecdot_samples() -> list[Sample]:
    return [
        sample(normal(3), normal(3)),
        sample(normal(2, 3), normal(3)),
        sample(normal(2, 1, 3), normal(4, 3)),
        sample(normal(3, 2), normal(3, 2), axis=0),
        sample(normal(3, dtype=np.float16), normal(3, dtype=np.float16)),
        sample(normal(2, 3, dtype=complex), normal(2, 3, dtype=complex)),
        sample(normal(2, 0), normal(2, 0)),
        sample(np.arange(3), np.arange(3)),
        sample(normal(3), normal(4), raises=ShapeError, match=r"vecdot cannot combine \(3,\) and \(4,\)"),
        sample(2.0, normal(4), raises=ShapeError, match="vecdot needs 1 axes"),
    ]


@answers(
    np.vecdot,
    samples=lambda: [
        *vecdot_samples(),
        sample(normal(3, 2), normal(2, 3), axes=[0, 1]),
        sample(normal(2, 3), normal(3), axis=-1, keepdims=True, dtype=np.dtype(complex)),
    ],
)
@composed
def vecdot(x1: Any, x2: Any, /, *, axes: Any = None, axis: int = -1, keepdims: bool = False, dtype: Any = None) -> Any:
    """The sum of conj(x1) * x2 over the last axis, or another; stacks of vectors broadcast.

    x1: (..., n)   x2: (..., n)   returns (...)

    >>> import numpy as np, autograd_core as ag
    >>> ag.vecdot(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 1.0]))
    array([3., 7.])
    """

    def product(a: Any, b: Any) -> Any:
        check_lengths("vecdot", shape_of(a), shape_of(b), 1, 1)
        if len(shape_of(a)) == len(shape_of(b)) == 1:
            return np.dot(np.conjugate(a), b)
        return matrix_product(np.expand_dims(np.conjugate(a), -2), np.expand_dims(b, -1))[..., 0, 0]

    y = in_stacks(product, x1, x2, (axis, axis) if axes is None and axis != -1 else axes, dtype)
    return np.expand_dims(y, axis) if keepdims else y


@answers(np.linalg.vecdot, samples=vecdot_samples)
def vecdot_of_vectors(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """np.vecdot without its other keywords."""
    return vecdot(x1, x2, axis=axis)


@composed
def matvec(x1: Any, x2: Any, /, *, axes: Any = None, dtype: Any = None) -> Any:
    """The product of matrices and vectors; stacks of both broadcast.

    x1: (..., m, n)   x2: (..., n)   returns (..., m)

    >>> import numpy as np, autograd_core as ag
    >>> ag.matvec(2 * np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[2., 4.],
           [6., 8.]])
    """

    def product(a: Any, b: Any) -> Any:
        if len(shape_of(a)) < 2:
            raise ShapeError(f"matvec needs 2 axes of the first and 1 of the second, not {shape_of(a)}")
        check_lengths("matvec", shape_of(a), shape_of(b), 1, 1)
        return matrix_product(a, np.expand_dims(b, -1))[..., 0]

    return in_stacks(product, x1, x2, axes, dtype)


@composed
def vecmat(x1: Any, x2: Any, /, *, axes: Any = None, dtype: Any = None) -> Any:
    """The product of vectors, conjugated, and matrices; stacks of both broadcast.

    x1: (..., n)   x2: (..., n, m)   returns (..., m)

    >>> import numpy as np, autograd_core as ag
    >>> ag.vecmat(np.array([1j, 1.0]), np.eye(2))
    array([0.-1.j, 1.+0.j])
    """

    def product(a: Any, b: Any) -> Any:
        check_lengths("vecmat", shape_of(a), shape_of(b), 1, 2)
        return matrix_product(np.expand_dims(np.conjugate(a), -2), b)[..., 0, :]

    return in_stacks(product, x1, x2, axes, dtype)


if hasattr(np, "matvec"):  # since NumPy 2.2
    answers(
        np.matvec,
        samples=lambda: [
            sample(normal(2, 3), normal(3)),
            sample(normal(2, 4, 3), normal(2, 3)),
            sample(normal(4, 3), normal(5, 2, 3)),
            sample(normal(3, 2), normal(3), axes=[(1, 0), 0, 0]),
            sample(normal(2, 3, dtype=complex), normal(3, dtype=complex)),
            sample(normal(2, 3, dtype=np.float32), normal(3, dtype=np.float32), dtype=np.dtype(float)),
            sample(normal(3), normal(3), raises=ShapeError, match="matvec needs 2 axes"),
            sample(normal(2, 3), normal(2), raises=ShapeError, match=r"matvec cannot combine \(2, 3\) and \(2,\)"),
        ],
    )(matvec)
    answers(
        np.vecmat,
        samples=lambda: [
            sample(normal(3), normal(3, 2)),
            sample(normal(2, 3), normal(2, 3, 4)),
            sample(normal(5, 2, 3), normal(3, 4)),
            sample(normal(3), normal(2, 3), axes=[0, (1, 0), 0]),
            sample(normal(3, dtype=complex), normal(3, 2, dtype=complex)),
            sample(normal(3), normal(3), raises=ShapeError, match="vecmat needs 1 axes of the first and 2"),
            sample(normal(2), normal(3, 2), raises=ShapeError, match=r"vecmat cannot combine \(2,\) and \(3, 2\)"),
        ],
    )(vecmat)

# -- kron and cross ----------------------------------------------------------------------------------------------------


@answers(
    np.kron,
    samples=lambda: [
        sample(normal(2), normal(3)),
        sample(normal(2, 3), normal(4, 2)),
        sample(normal(2, 1, 3), normal(2)),
        sample(normal(3), normal(2, 2)),
        sample(np.float64(2.0), normal(2, 2)),
        sample(normal(2, 0), normal(2, 2)),
        sample(normal(2, 2, dtype=np.float32), normal(2, 2, dtype=complex)),
        sample(normal(2, dtype=np.float16), np.arange(3)),
        sample(normal(2, dtype=np.float32), 2.0),
    ],
)
@composed
def kron(a: Any, b: Any) -> Any:
    """The Kronecker product: a copy of b for every element of a, times that element, in a's arrangement.

    a: (p0, p1, ...)   b: (q0, q1, ...)   returns (p0 q0, p1 q1, ...); the one with fewer axes gets new ones in front

    >>> import numpy as np, autograd_core as ag
    >>> ag.kron(np.array([1.0, 10.0]), np.array([1.0, 2.0]))
    array([ 1.,  2., 10., 20.])
    """
    p, q = shape_of(a), shape_of(b)
    if not p or not q:
        return np.multiply(array(a), array(b))  # whose numbers are not weak
    n = max(len(p), len(q))
    p, q = (1,) * (n - len(p)) + p, (1,) * (n - len(q)) + q
    spread = np.multiply(
        np.reshape(a, [k for length in p for k in (length, 1)]), np.reshape(b, [k for length in q for k in (1, length)])
    )
    return np.reshape(spread, [i * j for i, j in zip(p, q, strict=True)])


# a x b . g = b x g . a = g x a . b: each transpose is a cross product again
cross_product = multilinear(
    lambda a, b: np.cross(a, b),
    lambda g, b: np.cross(b, g),
    lambda g, a: np.cross(g, a),
    batch="leading",
    name="cross",
    samples=lambda: [
        sample(normal(3), normal(3)),
        sample(normal(2, 3), normal(3)),
        sample(normal(2, 1, 3), normal(4, 3)),
        sample(normal(0, 3), normal(3)),
        sample(normal(3, dtype=np.float32), normal(3, dtype=np.float32)),
        sample(normal(3, dtype=complex), normal(3, dtype=complex)),
    ],
)


def check_of_three(a: Shape, b: Shape) -> None:
    """Raise ShapeError unless both are vectors of three numbers."""
    if a[-1:] != (3,) or b[-1:] != (3,):
        plane = " In the plane write  a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]" if 2 in (*a[-1:], *b[-1:]) else ""
        raise ShapeError(f"cross takes vectors of 3 numbers, not {a[-1:]} and {b[-1:]} along its axis.{plane}")


@answers(
    np.cross,
    samples=lambda: [
        sample(normal(3), normal(3)),
        sample(normal(2, 3), normal(3)),
        sample(normal(3, 2), normal(2, 3), axisa=0),
        sample(normal(3, 4), normal(2, 3, 4), axisa=0, axisb=1, axisc=0),
        sample(normal(2, 3, 4), normal(2, 3, 4), axis=1),
        sample(normal(3, dtype=np.float16), normal(3, dtype=np.float32)),
        sample(normal(3, dtype=complex), normal(3)),
        sample(normal(2), normal(2), raises=ShapeError, match="In the plane write"),
        sample(normal(4), normal(3), raises=ShapeError, match="vectors of 3 numbers"),
    ],
)
def cross(a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None) -> Any:
    """The cross product of vectors of three numbers, along the axes named; stacks broadcast.

    Raises ShapeError for other lengths; vectors of two numbers are deprecated in NumPy.

    >>> import numpy as np, autograd_core as ag
    >>> ag.cross(np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0]))
    array([0., 0., 1.])
    """
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = [x if axis == -1 else np.moveaxis(x, axis, -1) for x, axis in ((a, axisa), (b, axisb))]
    check_of_three(shape_of(a), shape_of(b))
    y = cross_product(a, b)
    return y if axisc == -1 else np.moveaxis(y, -1, axisc)


@answers(
    np.linalg.cross,
    samples=lambda: [
        sample(normal(2, 3), normal(2, 3)),
        sample(normal(3, 2), normal(3, 2), axis=0),
        sample(normal(2), normal(2), raises=ShapeError, match="vectors of 3 numbers"),
    ],
)
def cross_of_vectors(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """np.cross along one axis."""
    return cross(x1, x2, axis=axis)


@answers(
    np.linalg.outer,
    samples=lambda: [
        sample(normal(2), normal(3)),
        sample(normal(2, dtype=complex), normal(3)),
        sample(normal(2, 2), normal(3), raises=ShapeError, match=r"vectors, not \(2, 2\) and \(3,\)"),
    ],
)
def outer_of_vectors(x1: Any, x2: Any, /) -> Any:
    """np.outer, of vectors only."""
    if len(shape_of(x1)) != 1 or len(shape_of(x2)) != 1:
        raise ShapeError(
            f"linalg.outer takes vectors, not {shape_of(x1)} and {shape_of(x2)}: np.outer flattens its operands"
        )
    return outer(x1, x2)


@answers(
    np.linalg.tensordot,
    samples=lambda: [
        sample(normal(2, 3), normal(3, 4), axes=1),
        sample(normal(2, 3, 4), normal(4, 3, 2), axes=([2, 1], [0, 1])),
        sample(normal(2, 3), normal(2, 4), axes=1, raises=ShapeError, match="summed in pairs"),
    ],
)
def tensordot_of_arrays(x1: Any, x2: Any, /, *, axes: Any = 2) -> Any:
    """np.tensordot."""
    return tensordot(x1, x2, axes)
