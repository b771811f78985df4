"""Inverses and solutions of linear equations, of square matrices and for tensors."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from operator import index
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import DTypeError, MatrixError, ShapeError
from ..families import composed, primitive
from ..primitive import Primitive
from ..samples import Sample, sample
from ..shapes import Shape, normal_axes
from .contractions import normal, shape_of
from .matrices import check_square, regular

# -- inv and solve -----------------------------------------------------------------------------------------------------


def cases_of_inv() -> list[Sample]:
    return [
        sample(regular(3)),
        sample(regular(2, 2, 1)),
        sample(regular(3, dtype=complex)),
        sample(regular(3, dtype=np.float32)),
        sample(np.ones((0, 2, 2))),
        sample(np.ones((0, 0))),
        sample(normal(2, 3), raises=ShapeError, match="inv takes square matrices, not 2 by 3 ones"),
        sample(normal(3), raises=ShapeError, match="inv takes a matrix, or a stack of them"),
        sample(np.zeros((2, 2)), raises=MatrixError, match=r"the matrix is singular: .*np\.linalg\.pinv"),
        sample(np.stack([np.eye(2), np.ones((2, 2))]), raises=MatrixError, match="matrix 1 of the stack is singular"),
        sample(np.ones((2, 2), np.float16), raises=DTypeError, match="LAPACK, which has no float16: convert with"),
        sample(np.ones((2, 2), np.longdouble), raises=DTypeError, match="LAPACK, which has no "),
    ]


def inv_forward(a: Any) -> Any:
    """The inverse of square matrices.

    a: (..., n, n)   returns (..., n, n)

    Raises MatrixError if one is singular, and says which. To solve equations, `solve` is quicker and more precise.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda a: ag.linalg.inv(a)[0, 0])(np.array([[2.0, 0.0], [0.0, 1.0]]))
    array([[-0.25, -0.  ],
           [-0.  , -0.  ]])
    """
    return np.linalg.inv(a)


inv = answers(np.linalg.inv, samples=lambda: [*cases_of_inv(), sample(np.array([[1, 2], [3, 4]]))])(
    primitive(
        inv_forward,
        lambda g, y: -(y.mT @ g @ y.mT),
        jvp=lambda t, y: -(y @ t @ y),
        name="inv",
        batch="leading",
        samples=cases_of_inv,
        reference="d y = -y da y. M. Giles, Collected matrix derivative results (2008), 2.2.3",
    )
)


def solve_back(g: Any, xs: Sequence[Any], y: Any) -> list[Any]:
    """Towards b the solution with the transposed matrix; towards a its product with y, as a y = b stays true."""
    towards_b = solution(xs[0].mT, g)
    return [-(towards_b @ y.mT), towards_b]


def solve_along(ts: Sequence[Any], xs: Sequence[Any], y: Any) -> Any:
    of_a, of_b = ts
    change = of_b if of_a is None else -(of_a @ y) if of_b is None else of_b - of_a @ y
    return solution(xs[0], change)


def solve_words(a: Shape, b: Shape) -> str:
    """Why shapes have no solution."""
    return (
        f"solve cannot combine {a} and {b}: the matrices are {a[-1]} by {a[-1]}, so b must have {a[-1]} rows, or be one vector "
        f"of {a[-1]} numbers, and the axes before must broadcast"
    )


solution: Primitive = primitive(
    lambda a, b: np.linalg.solve(a, b),
    solve_back,
    jvp=solve_along,
    name="solve",
    batch="leading",
    samples=lambda: [
        sample(regular(3), normal(3, 2)),
        sample(regular(2, 4), normal(2, 3)),
        sample(regular(2), normal(4, 2, 3)),
        sample(regular(2, 3, 1), normal(3, 2, 1)),
        sample(regular(3, dtype=complex), normal(3, 1)),
        sample(regular(2, dtype=np.float32), normal(2, 2, dtype=np.float32)),
    ],
    explain=solve_words,
)


@answers(
    np.linalg.solve,
    samples=lambda: [
        sample(regular(3), normal(3)),
        sample(regular(3), normal(3, 2)),
        sample(regular(2, 4), normal(2)),
        sample(regular(2, 3), normal(3, 2, 1)),
        sample(regular(2, 3, 1), normal(2, 4)),
        sample(regular(3, dtype=complex), normal(3)),
        sample(regular(2, dtype=np.float32), normal(2, dtype=np.float32)),
        sample(regular(2), np.arange(2)),
        sample(np.array([[1, 2], [3, 4]]), normal(2)),
        sample(regular(3), normal(3, 0)),
        sample(regular(3), normal(2), raises=ShapeError, match=r"b must have 3 rows, or be one vector of 3 numbers"),
        sample(normal(2, 3), normal(2), raises=ShapeError, match="solve takes square matrices"),
        sample(np.zeros((2, 2)), normal(2), raises=MatrixError, match="the matrix is singular"),
        sample(regular(2), np.float64(1.0), raises=ShapeError, match="solve cannot combine"),
    ],
)
def solve(a: Any, b: Any) -> Any:
    """The x with a @ x = b.

    a: (..., n, n)   b: (n) or (..., n, k)   returns (..., n) or (..., n, k); the axes before broadcast

    As in NumPy 2, only a b of one axis is a vector; of a stack of vectors make matrices: b[..., None].
    Raises MatrixError if a matrix is singular, ShapeError if shapes do not fit.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda b: np.sum(ag.linalg.solve(2 * np.eye(2), b)))(np.ones(2))
    array([0.5, 0.5])
    """
    check_square("solve", a)
    if len(shape_of(b)) != 1:
        return solution(a, b)
    if shape_of(a)[-1] != shape_of(b)[0]:
        raise ShapeError(solve_words(shape_of(a), shape_of(b)))
    return solution(a, np.expand_dims(b, -1))[..., 0]


# -- tensors -----------------------------------------------------------------------------------------------------------


@answers(
    np.linalg.tensorsolve,
    samples=lambda: [
        sample(regular(4).reshape(2, 2, 4), normal(2, 2)),
        sample(regular(4).reshape(4, 2, 2), normal(4)),
        sample(np.moveaxis(regular(4).reshape(4, 2, 2), 0, 1), normal(4), axes=(0, 2)),
        sample(regular(4, dtype=complex).reshape(2, 2, 2, 2), normal(2, 2)),
        sample(normal(2, 3, 4), normal(2, 3), raises=ShapeError, match=r"tensorsolve .* 6 equations for 4 unknowns"),
    ],
)
@composed
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """The x with tensordot(a, x, x.ndim) = b.

    a: (*shape of b, *shape of x), or with `axes` moved to its end first   returns x

    >>> import numpy as np, autograd_core as ag
    >>> ag.linalg.tensorsolve(2 * np.eye(4).reshape(2, 2, 4), np.ones((2, 2)))
    array([0.5, 0.5, 0.5, 0.5])
    """
    shape, count = shape_of(a), len(shape_of(b))
    if axes is not None:
        moved = normal_axes(axes, len(shape))
        order = list(range(len(shape)))
        for k in moved:  # one after the other to the end, as NumPy does it
            order.remove(k)
            order.append(k)
        a = np.transpose(a, order)
        shape = shape_of(a)
    rows, columns = prod(shape[:count]), prod(shape[count:])
    if rows != columns or rows != prod(shape_of(b)):
        raise ShapeError(
            f"tensorsolve of {shape} and {shape_of(b)} has {rows} equations for {columns} unknowns: there must be as many"
        )
    return np.reshape(solve(np.reshape(a, (rows, rows)), np.ravel(b)), shape[count:])


@answers(
    np.linalg.tensorinv,
    samples=lambda: [
        sample(regular(4).reshape(2, 2, 4)),
        sample(regular(4).reshape(4, 2, 2), ind=1),
        sample(regular(4, dtype=complex).reshape(2, 2, 2, 2), 2),
        sample(normal(2, 3, 4), raises=ShapeError, match="tensorinv"),
        sample(regular(2), ind=0, raises=ShapeError, match="ind"),
    ],
)
@composed
def tensorinv(a: Any, ind: int = 2) -> Any:
    """The inverse of a as a map from its last axes to its first `ind`: tensordot(tensorinv(a), a, ind) is the identity.

    >>> import numpy as np, autograd_core as ag
    >>> ag.linalg.tensorinv(np.eye(4).reshape(4, 2, 2), ind=1).shape
    (2, 2, 4)
    """
    shape, ind = shape_of(a), index(ind)
    if ind < 1 or prod(shape[:ind]) != prod(shape[ind:]):
        raise ShapeError(
            f"tensorinv of {shape} with ind={ind}: the first ind axes must hold as many elements as the others"
        )
    rows = prod(shape[:ind])
    return np.reshape(inv(np.reshape(a, (rows, rows))), shape[ind:] + shape[:ind])
