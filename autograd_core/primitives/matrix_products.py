"""The product of two matrices, or of stacks of them: what `matmul` and its kin are made of.

The plain products of two matrices go by np.dot, which is quicker than np.matmul.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from ..batches import looped, widened
from ..errors import ShapeError
from ..families import multilinear
from ..families.elementwise import binary_call
from ..primitive import Primitive
from ..recording import Settings
from ..samples import Sample, sample
from ..shapes import Shape
from .contractions import normal
from .small_products import dot, times_transposed


def matmul_first(g: Any, a_like: Any, b: Any) -> Any:
    """The transpose of a -> a @ b; a 1-D operand stands for a row (first) or a column (second)."""
    if b.ndim == 2:
        return times_transposed(g, b) if a_like.ndim < 3 else np.matmul(g, b.T)
    if b.ndim == 1:
        return np.expand_dims(g, -1) * b
    if a_like.ndim == 1:
        return np.matmul(b, np.expand_dims(g, -1))[..., 0]
    return np.matmul(g, np.swapaxes(b, -1, -2))


def matmul_second(g: Any, a: Any, b_like: Any) -> Any:
    """The transpose of b -> a @ b."""
    if b_like.ndim == 1:
        return g * a if a.ndim == 1 else np.tensordot(g, a, a.ndim - 1)
    if a.ndim == 1:
        return np.expand_dims(a, -1) * np.expand_dims(g, -2)
    if a.ndim == b_like.ndim == 2:
        return dot(a.T, g)
    if b_like.ndim == 2:  # the batch is summed over: one product of matrices does it
        rows, columns = b_like.shape
        if a.size and g.size:
            return np.dot(np.reshape(a, (-1, rows)).T, np.reshape(g, (-1, columns)))
        return np.zeros(b_like.shape, b_like.dtype)
    return np.matmul(np.swapaxes(a, -1, -2), g)


def matmul_words(a: Shape, b: Shape) -> str:
    """Why two shapes have no matrix product, and what to write instead."""
    asked = f"matmul cannot combine {a} and {b}: "
    if not a or not b:
        return asked + "each operand needs at least one axis. To multiply by a number write  a * b"
    inner = b[0] if len(b) == 1 else b[-2]
    if a[-1] == inner:
        return asked + f"the batch axes {a[:-2]} and {b[:-2]} do not broadcast together"
    place = "only" if len(b) == 1 else "second-to-last"
    last = "only" if len(a) == 1 else "last"
    words = asked + f"the {last} axis of the first ({a[-1]}) must equal the {place} axis of the second ({inner})"
    if len(b) > 1 and a[-1] == b[-1]:
        return words + ". To multiply by the transpose write  a @ b.mT"
    if len(a) > 1 and a[-2] == inner:
        return words + ". To multiply the transpose write  a.mT @ b"
    return words


def matmul_samples() -> list[Sample]:
    return [
        sample(normal(2, 3), normal(3, 4)),
        sample(normal(3), normal(3)),
        sample(normal(3), normal(5, 3, 2)),
        sample(normal(2, 4, 3), normal(3)),
        sample(normal(2, 1, 4, 3), normal(5, 3, 2)),
        sample(normal(4, 3), normal(2, 3, 2)),
        sample(normal(2, 2, 4, 3), normal(3, 2)),
        sample(normal(2, 0), normal(0, 3)),
        sample(normal(0, 2, 3), normal(3, 2)),
        sample(normal(2, 3, dtype=np.float32), normal(3, 4, dtype=np.float32)),
        sample(normal(2, 3, dtype=complex), normal(3, 2, dtype=complex)),
        sample(normal(4, 3), normal(5, 3), raises=ShapeError),
        sample(normal(2, 4, 3), normal(5, 3, 4), raises=ShapeError),
        sample(normal(3), np.float64(2.0), raises=ShapeError),
    ]


def matmul_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    """Products of matrices broadcast over leading axes; a 1-D example is made a row (first) or a column (second)."""
    a, b = xs
    m, n = (x.ndim - is_batched for x, is_batched in zip(xs, batched, strict=True))
    if min(m, n) == 0:
        return looped(made, xs, batched, settings)  # which raises
    if m < 3 and n < 3 and not batched[1]:
        return made.call(a, b)  # rows of examples, by one product of matrices
    if m == 2 and n == 1 and not batched[0]:
        return made.call(b, np.swapaxes(a, 0, 1))
    if m == 1:
        a = np.expand_dims(a, -2)
    if n == 1:
        b = np.expand_dims(b, -1)
    most = max(m, n, 2)
    y = made.call(widened(a, most) if batched[0] else a, widened(b, most) if batched[1] else b)
    return np.reshape(y, (*y.shape[:-2], *y.shape[-2:-1] * (m > 1), *y.shape[-1:] * (n > 1)))


matrix_product = multilinear(
    lambda a, b: np.matmul(a, b),
    matmul_first,
    matmul_second,
    name="matmul",
    explain=matmul_words,
    multiply_adds=lambda shapes, y, settings: shapes[0][-1] * prod(y),
    samples=matmul_samples,
    batch=matmul_each,
)
matrix_product.call = binary_call(matrix_product, matrix_product.call)
