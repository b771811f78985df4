"""Chains of matrices: the product of several in the cheapest order, and powers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from operator import index
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import DTypeError, MatrixError, ShapeError
from ..families import composed
from ..generic import operand
from ..samples import sample
from ..shapes import Shape
from .contractions import normal, shape_of
from .matrices import check_square, regular
from .products import check_lengths


@lru_cache(maxsize=256)
def cheapest(lengths: Shape) -> tuple[int, int]:
    """What a chain of matrices costs, lengths[i] by lengths[i + 1] each, and before which matrix to part it.

    Cormen et al., "Introduction to Algorithms", section on matrix-chain multiplication.

    >>> cheapest((10, 100, 5, 50))
    (7500, 2)
    """
    if len(lengths) < 3:
        return 0, 0
    return min(
        (cheapest(lengths[: k + 1])[0] + cheapest(lengths[k:])[0] + lengths[0] * lengths[k] * lengths[-1], k)
        for k in range(1, len(lengths) - 1)
    )


def chained(xs: Sequence[Any]) -> Any:
    """The product of matrices in the cheapest order."""
    if len(xs) == 1:
        return xs[0]
    k = cheapest((*[shape_of(x)[0] for x in xs], shape_of(xs[-1])[1]))[1]
    return np.dot(chained(xs[:k]), chained(xs[k:]))


@answers(
    np.linalg.multi_dot,
    samples=lambda: [
        sample([normal(2, 3), normal(3, 4)]),
        sample([normal(2, 3), normal(3, 4), normal(4, 2)]),
        sample([normal(2, 5), normal(5, 1), normal(1, 4), normal(4, 3)]),
        sample([normal(3), normal(3, 4), normal(4)]),
        sample([normal(3), normal(3, 2)]),
        sample([normal(2, 3), normal(3, 2), normal(2)]),
        sample([normal(2, 3, dtype=np.float32), normal(3, 2, dtype=complex), normal(2, 2)]),
        sample([normal(2, 3)], raises=ShapeError, match="two or more"),
        sample([normal(2, 3), normal(2, 3), normal(3, 1)], raises=ShapeError, match=r"\(2, 3\) and \(2, 3\)"),
        sample([normal(2, 3), normal(3), normal(3, 1)], raises=ShapeError, match=r"array 1 of shape \(3,\)"),
    ],
)
@composed
def multi_dot(arrays: Any, *, out: None = None) -> Any:
    """The product of two or more matrices, multiplied in the order that needs the fewest multiplications.

    The first and the last may be vectors. Raises ShapeError if shapes do not fit.

    >>> import numpy as np, autograd_core as ag
    >>> ag.linalg.multi_dot([np.ones(2), np.eye(2), np.ones(2)])
    np.float64(2.0)
    """
    xs = list(arrays)
    if len(xs) < 2:
        raise ShapeError(f"multi_dot multiplies two or more matrices, not {len(xs)}")
    ndims = [len(shape_of(x)) for x in xs]
    for i, (x, n) in enumerate(zip(xs, ndims, strict=True)):
        if n != 2 and not (n == 1 and i in (0, len(xs) - 1)):
            raise ShapeError(
                f"multi_dot takes matrices, and vectors at the ends: array {i} of shape {shape_of(x)} is none"
            )
    if ndims[0] == 1:
        xs[0] = np.expand_dims(xs[0], 0)
    if ndims[-1] == 1:
        xs[-1] = np.expand_dims(xs[-1], 1)
    for a, b in pairwise(xs):
        check_lengths("multi_dot", shape_of(a), shape_of(b), 2, 2)
    y = chained(xs)
    if ndims[-1] == 1:
        y = y[:, 0]
    return y[0] if ndims[0] == 1 else y


@answers(
    np.linalg.matrix_power,
    samples=lambda: [
        *[sample(regular(3), n) for n in (-3, -1, 0, 1, 2, 3, 5)],
        sample(regular(2, 3), 7),
        sample(regular(2, 3, dtype=complex), n=-2),
        sample(regular(2, dtype=np.float32), 3),
        sample(np.array([[1, 1], [1, 0]]), 8),
        sample(normal(2, 3), 2, raises=ShapeError, match="matrix_power takes square matrices"),
        sample(regular(2), 0.5, raises=DTypeError, match="whole number"),
        sample(np.zeros((2, 2)), -1, raises=MatrixError, match="singular"),
    ],
)
@composed
def matrix_power(a: Any, n: int) -> Any:
    """The product of n times the same matrix, of its inverse if n < 0; the identity if n is 0, whatever the matrix.

    a: (..., m, m)   returns (..., m, m), in about log2(n) products

    >>> import numpy as np, autograd_core as ag
    >>> ag.linalg.matrix_power(np.array([[1.0, 1.0], [0.0, 1.0]]), 5)
    array([[1., 5.],
           [0., 1.]])
    """
    a = operand(a)
    check_square("matrix_power", a)
    try:
        n = index(n)
    except TypeError as error:
        raise DTypeError(f"matrix_power takes a whole number as exponent, not {n!r}") from error
    if n == 0:
        return np.zeros_like(a) + np.eye(shape_of(a)[-1], dtype=a.dtype)
    square, n = (np.linalg.inv(a), -n) if n < 0 else (a, n)
    y = None
    while n:
        if n % 2:
            y = square if y is None else np.matmul(y, square)
        n //= 2
        if n:
            square = np.matmul(square, square)
    return y
