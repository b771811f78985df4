"""Products that sum over axes: dot, inner, outer, vdot and tensordot. matmul is in `matrix_products`.

Every operation here is linear in each operand, so the transposes are all that is stated. They use NumPy functions that
answer for values too; the plain products of matrices go by np.dot, which is quicker than np.matmul.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from ..batches import looped, widened
from ..dispatch import answers
from ..errors import ShapeError
from ..families import multilinear
from ..primitive import Primitive
from ..recording import Settings
from ..samples import Sample, sample
from ..shapes import Shape, contraction, normal_axes
from .operands import array


def normal(*shape: int, dtype: Any = float) -> Any:
    """A fixed array of the given shape, for samples."""
    z = np.random.default_rng(sum(shape) + 7 * len(shape)).normal(size=(2, *shape))
    return (z[0] + 1j * z[1] if np.dtype(dtype).kind == "c" else z[0]).astype(dtype)


def shape_of(x: Any) -> Shape:
    """The shape of an array, a value or a list; np.shape of a value asks NumPy's protocol, which takes 3 µs."""
    shape: Shape = x.shape if hasattr(x, "shape") else np.shape(x)
    return shape


# -- dot, inner, outer, vdot -------------------------------------------------------------------------------------------


def dot_first(g: Any, a_like: Any, b: Any) -> Any:
    """The transpose of a -> dot(a, b), which sums over the last axis of a and the second-to-last (or only) one of b."""
    m, n = np.ndim(a_like), np.ndim(b)
    if m == 2 and n == 2:
        return np.dot(g, b.T)
    if m < 2 and n < 2:
        return g * b
    if m == 0 or n == 0:
        return g * b
    if n == 1:
        return np.expand_dims(g, -1) * b
    return np.tensordot(g, b, (tuple(range(m - 1, m + n - 2)), (*range(n - 2), n - 1)))


def dot_second(g: Any, a: Any, b_like: Any) -> Any:
    """The transpose of b -> dot(a, b)."""
    m, n = np.ndim(a), np.ndim(b_like)
    if m == 2 and n == 2:
        return np.dot(a.T, g)
    if m == 0 or n == 0 or (m == 1 and n == 1):
        return g * a
    rest = tuple(range(m - 1))
    summed = np.tensordot(a, g, (rest, rest))
    return summed if n < 3 else np.moveaxis(summed, 0, -2)


def dot_words(a: Shape, b: Shape) -> str | None:
    """Why two shapes have no dot product."""
    if not a or not b:
        return None
    place, inner = ("only", b[0]) if len(b) == 1 else ("second-to-last", b[-2])
    turn = ". To multiply by the transpose write  np.dot(a, b.T)" if len(b) == 2 and a[-1] == b[-1] else ""
    fit = f"the last axis of the first ({a[-1]}) must equal the {place} axis of the second ({inner})"
    return f"dot cannot combine {a} and {b}: {fit}{turn}"


def dot_samples() -> list[Sample]:
    return [
        sample(normal(2, 3), normal(3, 4)),
        sample(normal(3), normal(3)),
        sample(np.float64(1.5), normal(2, 3)),
        sample(normal(2, 3), 2.0),
        sample(normal(2, 3), normal(3)),
        sample(normal(3), normal(3, 2)),
        sample(normal(2, 3), normal(4, 3, 2)),
        sample(normal(2, 4, 3), normal(5, 2, 3, 2)),
        sample(normal(3), normal(2, 3, 2)),
        sample(normal(0), normal(0)),
        sample(normal(2, 3, dtype=complex), normal(3, dtype=complex)),
        sample(normal(4, 3), normal(5, 3), raises=ShapeError),
    ]


def product_each(axes_of: Callable[[int, int], tuple[Sequence[int], Sequence[int]]]) -> Any:
    """The rule of a product that sums over axes of the examples of a and of b, which `axes_of` gives for their ndims.

    Where both are batched it is a product of matrices for each example, else one product with the batch among the free axes.
    """

    def rule(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
        a, b = xs
        m, n = (np.ndim(x) - is_batched for x, is_batched in zip(xs, batched, strict=True))
        if not (m and n):
            return np.multiply(
                *[widened(x, max(m, n)) if is_batched else x for x, is_batched in zip(xs, batched, strict=True)]
            )
        i, j = axes_of(m, n) if "axes" not in settings else settings["axes"]
        if not all(batched):
            moved = tensor_product.call(a, b, axes=([k + batched[0] for k in i], [k + batched[1] for k in j]))
            return moved if batched[0] else np.moveaxis(moved, m - len(i), 0)
        free, rest = [k + 1 for k in others(i, m)], [k + 1 for k in others(j, n)]
        a = np.transpose(a, (0, *free, *[k + 1 for k in i]))
        b = np.transpose(b, (0, *[k + 1 for k in j], *rest))
        size, rows, columns = a.shape[0], a.shape[1 : 1 + len(free)], b.shape[1 + len(j) :]
        length = prod(a.shape[1 + len(free) :])
        if a.shape[1 + len(free) :] != b.shape[1 : 1 + len(j)]:
            return looped(made, xs, batched, settings)  # which raises
        left, right = np.reshape(a, (size, prod(rows), length)), np.reshape(b, (size, length, prod(columns)))
        return np.reshape(np.matmul(left, right), (size, *rows, *columns))

    return rule


dot = answers(np.dot)(
    multilinear(
        lambda a, b: np.dot(a, b),
        dot_first,
        dot_second,
        name="dot",
        explain=dot_words,
        multiply_adds=contraction,
        samples=dot_samples,
        batch=product_each(lambda m, n: ([m - 1], [max(n - 2, 0)])),
    )
)

inner_product = multilinear(
    lambda a, b: np.inner(a, b),
    lambda g, a_like, b: np.tensordot(g, b, b.ndim - 1),
    lambda g, a, b_like: np.tensordot(g, a, (tuple(range(a.ndim - 1)),) * 2),
    name="inner",
    multiply_adds=contraction,
    samples=lambda: [
        sample(normal(3), normal(3)),
        sample(normal(2, 3), normal(4, 3)),
        sample(normal(2, 4, 3), normal(3)),
        sample(normal(2, 3, dtype=complex), normal(3, dtype=complex)),
        sample(normal(2, 3), normal(3, 2), raises=ShapeError),
    ],
    batch=product_each(lambda m, n: ([m - 1], [n - 1])),
    explain=lambda a, b: f"inner cannot combine {a} and {b}: the last axes ({a[-1]} and {b[-1]}) must be equal",
)


@answers(
    np.inner,
    samples=lambda: [
        sample(normal(3), normal(3)),
        sample(normal(2, 3), normal(4, 3)),
        sample(np.float64(2.0), normal(2, 3)),
        sample(normal(2, 3), 2.0),
        sample(normal(2, dtype=np.float32), 2.0),
        sample(3, normal(2, dtype=np.float16)),
        sample(normal(2, 3), np.arange(3)),
        sample(normal(2, 3, dtype=np.float16), normal(3, dtype=np.float32)),
        sample(normal(2, 0), normal(0)),
        sample(normal(2, 3, dtype=complex), normal(3, dtype=complex)),
        sample(normal(2, 3), normal(3, 2), raises=ShapeError, match="the last axes"),
    ],
)
def inner(a: Any, b: Any, /) -> Any:
    """The sum over the last axes of a and b of their product.

    a: (..., n)   b: (..., n)   returns the axes of a, then those of b, without the last ones; a number multiplies

    >>> import autograd_core as ag
    >>> ag.inner([1.0, 2.0], [3.0, 4.0])
    np.float64(11.0)
    """
    if not shape_of(a) or not shape_of(b):
        return np.multiply(array(a), array(b))  # whose numbers are not weak
    return inner_product(a, b)


outer_product = multilinear(
    lambda a, b: np.multiply.outer(a, b),
    lambda g, a_like, b: np.dot(g, b),
    lambda g, a, b_like: np.dot(a, g),
    name="outer",
    multiply_adds=contraction,
    batch=product_each(lambda m, n: ([], [])),
    samples=lambda: [
        sample(normal(2), normal(3)),
        sample(normal(0), normal(3)),
        sample(normal(2, dtype=np.float32), normal(2, dtype=np.float32)),
        sample(normal(2, dtype=complex), normal(3, dtype=complex)),
    ],
)


@answers(
    np.outer,
    samples=lambda: [
        sample(normal(2), normal(3)),
        sample(normal(2, 2), normal(3)),
        sample(np.float64(2.0), normal(3)),
        sample(normal(0), normal(3)),
        sample(normal(2), np.arange(3)),
        sample(normal(2, dtype=np.float16), normal(3, dtype=np.float32)),
        sample(normal(2, dtype=complex), normal(3, dtype=complex)),
    ],
)
def outer(a: Any, b: Any, out: None = None) -> Any:
    """Every product of an element of a with one of b: y[i, j] = a[i] b[j]; operands are flattened first.

    a: (m)   b: (n)   returns (m, n)

    >>> import autograd_core as ag
    >>> ag.outer([1.0, 2.0], [3.0, 4.0])
    array([[3., 4.],
           [6., 8.]])
    """
    return outer_product(a if len(shape_of(a)) == 1 else np.ravel(a), b if len(shape_of(b)) == 1 else np.ravel(b))


@answers(
    np.vdot,
    samples=lambda: [
        sample(normal(3), normal(3)),
        sample(normal(2, 3), normal(3, 2)),
        sample(np.float64(2.0), normal(1)),
        sample(normal(0), normal(0)),
        sample(normal(3), np.arange(3)),
        sample(normal(3, dtype=np.float32), normal(3, dtype=np.float32)),
        sample(normal(2, 2, dtype=complex), normal(4, dtype=complex)),
        sample(normal(3), normal(4), raises=ShapeError, match="as many elements"),
    ],
)
def vdot(a: Any, b: Any, /) -> Any:
    """The sum of conj(a) * b over all elements.

    a, b: as many elements each   returns ()

    >>> import autograd_core as ag
    >>> ag.vdot([1j, 2.0], [1j, 1.0])
    np.complex128(3+0j)
    """
    p, q = shape_of(a), shape_of(b)
    if prod(p) != prod(q):
        raise ShapeError(f"vdot cannot combine {p} and {q}: they must have as many elements each")
    return dot(np.conjugate(np.ravel(a)), np.ravel(b))


# -- tensordot ---------------------------------------------------------------------------------------------------------


def others(axes: Sequence[int], ndim: int) -> tuple[int, ...]:
    """The axes that are not named."""
    return tuple([i for i in range(ndim) if i not in axes])


def tensordot_first(g: Any, a_like: Any, b: Any, axes: Any) -> Any:
    """The transpose of a -> tensordot(a, b): the free axes of b are summed, and what is left goes back to its place."""
    i, j = axes
    free, rest = others(i, a_like.ndim), others(j, b.ndim)
    c = np.tensordot(g, b, (tuple(range(len(free), len(free) + len(rest))), rest))
    order = (*free, *[i[j.index(k)] for k in sorted(j)])  # where each axis of c belongs in a
    return np.transpose(c, sorted(range(len(order)), key=order.__getitem__))


def tensordot_second(g: Any, a: Any, b_like: Any, axes: Any) -> Any:
    """The transpose of b -> tensordot(a, b)."""
    i, j = axes
    free, rest = others(i, a.ndim), others(j, b_like.ndim)
    c = np.tensordot(a, g, (free, tuple(range(len(free)))))
    order = (*[j[i.index(k)] for k in sorted(i)], *rest)
    return np.transpose(c, sorted(range(len(order)), key=order.__getitem__))


tensor_product: Primitive = multilinear(
    lambda a, b, *, axes: np.tensordot(a, b, axes),
    tensordot_first,
    tensordot_second,
    name="tensordot",
    multiply_adds=contraction,
    batch=product_each(lambda m, n: ([], [])),
    samples=lambda: [
        sample(normal(2, 3), normal(3, 4), axes=((1,), (0,))),
        sample(normal(2, 3, 4), normal(4, 3, 2), axes=((2, 1), (0, 1))),
        sample(normal(2, 3, 4), normal(5, 4, 2), axes=((0, 2), (2, 1))),
        sample(normal(2), normal(3), axes=((), ())),
        sample(normal(2, 0), normal(0, 3), axes=((1,), (0,))),
        sample(normal(2, 3), normal(2, 3), axes=((0, 1), (0, 1))),
        sample(normal(2, 3, dtype=complex), normal(3, 2, dtype=complex), axes=((0,), (1,))),
        sample(normal(2, 3), normal(2, 4), axes=((1,), (0,)), raises=ShapeError),
    ],
)


@answers(
    np.tensordot,
    samples=lambda: [
        sample(normal(2, 3, 4), normal(3, 4, 2)),
        sample(normal(2, 3), normal(3, 4), 1),
        sample(normal(2), normal(3), axes=0),
        sample(normal(2, 3, 4), normal(4, 3, 2), axes=([2, 1], [0, 1])),
        sample(normal(2, 3, 4), normal(5, 2), axes=(-3, -1)),
        sample(normal(2, 3, dtype=np.float32), normal(3, dtype=complex), axes=1),
        sample(normal(2, 0), normal(0, 3), axes=1),
        sample(normal(2, 3), normal(2, 4), axes=1, raises=ShapeError, match="summed in pairs"),
        sample(normal(2, 3), normal(3), axes=2, raises=ShapeError, match="cannot sum over 2 axes"),
    ],
)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """The product of a and b summed over pairs of axes; the free axes of a come first, then those of b.

    axes   how many: the last of a with the first of b in order; or the axes of a and the axes of b, pair by pair

    Raises ShapeError unless the axes of a pair are equally long.

    >>> import numpy as np, autograd_core as ag
    >>> ag.tensordot(np.ones((2, 3)), np.ones((3, 4)), axes=1).shape
    (2, 4)
    """
    p, q = shape_of(a), shape_of(b)
    m, n = len(p), len(q)
    if np.ndim(axes) == 0:
        if axes > min(m, n):
            raise ShapeError(f"tensordot cannot sum over {axes} axes of {p} and {q}")
        axes = (range(m - axes, m), range(axes))
    i, j = normal_axes(axes[0], m), normal_axes(axes[1], n)
    lengths = [p[k] for k in i], [q[k] for k in j]
    if lengths[0] != lengths[1]:
        raise ShapeError(
            f"tensordot cannot combine {p} and {q}: axes {i} of the first have lengths {lengths[0]}, axes {j} of the "
            f"second {lengths[1]}; they are summed in pairs, so the lengths must be equal"
        )
    return tensor_product(a, b, axes=(i, j))
