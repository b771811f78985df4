"""New arrays from values that may be recorded: nested sequences of them, and one value in many places."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError, UnsupportedError
from ..families import composed
from ..recording import Scalar, Value, dtype_of, tensor_of
from ..samples import sample
from .arranging import broadcast_arrays
from .joining import stack
from .layouts import as_dimensions, astype, broadcast_to, reshape
from .layouts import copy as copied
from .reductions import matrix


def holds_values(tree: Any) -> bool:
    """Whether a value is somewhere in nested sequences."""
    if isinstance(tree, (list, tuple)):
        return any(map(holds_values, tree))
    return isinstance(tree, Value)


def assembled(tree: Any) -> Any:
    """Nested sequences as one array, stacked from the inside out."""
    if isinstance(tree, Scalar):
        return reshape(stack([tree]), ())
    if not holds_values(tree) or isinstance(tree, Value):
        return tree
    pieces = [assembled(piece) for piece in tree]
    shapes = list(dict.fromkeys(np.shape(piece) for piece in pieces))
    if len(shapes) > 1:
        raise ShapeError(f"array: what lies side by side must be of one shape, not of {' and '.join(map(str, shapes))}")
    return stack(pieces)


@answers(
    np.array,
    samples=lambda: [
        sample([1, 2.5]),
        sample(np.float64(2.0)),
        sample([np.float64(1.0), 2.0, np.float32(3.0)]),
        sample([[np.float64(1.0), 2], (3, np.float64(4.0))]),
        sample([np.array([1.0, 2.0], np.float32), np.array([3.0, 4.0], np.float32)]),
        sample((np.array([1.0, 2.0]), [3j, np.float64(4.0)]), dtype=complex, ndmin=3),
        sample([np.float32(1.5), 2], int),
        sample(matrix(), copy=False),
        sample([np.float64(1.0), np.ones(2)], raises=ShapeError, match="side by side must be of one shape"),
    ],
)
@composed
def array(
    object: Any,
    dtype: Any = None,
    *,
    copy: bool | None = True,
    order: str = "K",
    subok: bool = False,
    ndmin: int = 0,
    like: Any = None,
) -> Any:
    """An array of values and numbers in nested sequences; recorded if any of them is. Plain data gives a plain array.

    The dtype is the one that all promote to. NumPy's own `np.array` cannot be asked for values that need a gradient.

    >>> import autograd_core as ag
    >>> x = ag.tensor([1.0, 2.0])
    >>> ag.array([[x[0], 0.0], [x[0] * x[1], x[1]]])
    tensor([[1., 0.],
            [2., 2.]])
    """
    if not holds_values(object):
        return np.array(object, dtype, copy=copy, order=order, ndmin=ndmin)  # type: ignore[call-overload]
    y = assembled(object)
    if dtype is not None:
        y = astype(y, dtype)
    return as_dimensions(copied(y) if y is object and copy else y, ndmin)


def filled(shape: Any, fill_value: Any, dtype: Any) -> Any:
    """An array with a recorded value in all places that it is broadcast to."""
    return copied(broadcast_to(fill_value if dtype is None else astype(fill_value, dtype), shape))


@answers(
    np.full,
    samples=lambda: [
        sample((2, 3), np.float64(2.0)),
        sample(3, np.float32(2.0)),
        sample((2, 3), np.array([1.0, 2.0, 3.0]), complex),
        sample((0, 2), np.float64(1.0), order="F", device="cpu"),
        sample((), np.array(1.0j)),
        sample(2, 7),
        sample((2,), np.float64(2.5), dtype=int),
        sample((2, 2), np.ones(3), raises=ShapeError, match="broadcast_to cannot"),
    ],
)
def full(
    shape: Any, fill_value: Any, dtype: Any = None, order: str = "C", *, device: str | None = None, like: Any = None
) -> Any:
    """An array of a shape with one value everywhere, or one that is broadcast; its gradient is summed.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.full((2, 3), x).sum())(1.0)
    6.0
    """
    return filled(shape, fill_value, dtype)


@answers(
    np.full_like,
    samples=lambda: [
        sample(matrix(), np.float64(2.0)),
        sample(matrix(np.float32), np.array([1.0, 2.0, 3.0])),
        sample(matrix(), np.float64(2.0), dtype=complex, shape=(2, 1)),
        sample(matrix(), 3, order="F", subok=False, device="cpu"),
        sample([1, 2], 2.5),
        sample(matrix(), np.ones(2), raises=ShapeError, match="broadcast_to cannot"),
    ],
)
def full_like(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: str | None = None,
) -> Any:
    """An array with the shape and dtype of another and one value everywhere, or one that is broadcast.

    >>> import autograd_core as ag
    >>> ag.full_like([1.0, 2.0], ag.tensor(3.0))
    tensor([3., 3.])
    """
    y = filled(np.shape(a) if shape is None else shape, fill_value, dtype_of(a) if dtype is None else dtype)
    return tensor_of(y, None) if isinstance(a, Value) and not isinstance(y, Value) else y


@answers(
    np.meshgrid,
    samples=lambda: [
        sample(np.array([1.0, 2.0]), np.array([3.0, 4.0, 5.0])),
        sample(np.array([1.0, 2.0]), np.array([3.0j]), np.float64(6.0), indexing="ij"),
        sample(np.array([1.0, 2.0], np.float32), [3, 4, 5], sparse=True),
        sample(np.array([1.0, 2.0]), np.ones((2, 2)), copy=False, sparse=False),
        sample(np.array([1.0, 2.0])),
        sample(np.ones(0), np.ones(2)),
        sample(),
        sample(np.ones(2), np.ones(2), indexing="xz", raises=UnsupportedError, match="'xy' or 'ij'"),
    ],
)
@composed
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    """The coordinates of a grid from those along each axis, as a tuple of arrays.

    indexing   "xy": the first coordinate runs along the second axis, as x does in a picture; "ij": along the first
    sparse     keep length 1 along the other axes, to be broadcast

    >>> import autograd_core as ag
    >>> ag.meshgrid(ag.tensor([1.0, 2.0]), [3.0, 4.0])[0]
    tensor([[1., 2.],
            [1., 2.]])
    """
    if indexing not in ("xy", "ij"):
        raise UnsupportedError(f"meshgrid has the indexing 'xy' or 'ij', not {indexing!r}")
    places = list(range(len(xi)))
    if indexing == "xy" and len(xi) > 1:
        places[:2] = [1, 0]
    grids = [reshape(x, [-1 if i == place else 1 for i in range(len(xi))]) for x, place in zip(xi, places, strict=True)]
    if not sparse:
        grids = broadcast_arrays(*grids)
    return tuple([copied(g) if copy else g for g in grids])


@answers(
    np.vander,
    samples=lambda: [
        sample(np.array([2.0, 0.5, -3.0])),
        sample(np.array([2.0, 0.0, -3.0]), 4, True),
        sample(np.array([1.0 + 1j, 0.5]), N=3),
        sample(np.array([2.0, 0.5], np.float32), increasing=True),
        sample(np.array([1, 2, 3])),
        sample(np.array([2.0]), 0),
        sample(np.ones(0), 2),
        sample(matrix(), raises=ShapeError, match="vander takes a vector"),
    ],
)
@composed
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """The powers of the elements of a vector, a row for each: x^(N-1) ... x, 1, or the other way round if increasing.

    >>> import autograd_core as ag
    >>> ag.vander(ag.tensor([2.0, 3.0]), 3)
    tensor([[4., 2., 1.],
            [9., 3., 1.]])
    """
    if np.ndim(x) != 1:
        raise ShapeError(f"vander takes a vector, not an array of shape {np.shape(x)}")
    exponents = np.arange(np.shape(x)[0] if N is None else N)
    columns = reshape(astype(x, np.promote_types(dtype_of(x), int)), (-1, 1))
    return np.power(columns, exponents if increasing else exponents[::-1])


def in_layout(numpy_function: Callable[..., Any]) -> None:
    """Let one of NumPy's functions about the layout of memory give a value as it is: how it lies there is its own business."""

    @wraps(numpy_function)
    def answer(a: Any, dtype: Any = None, *, like: Any = None) -> Any:
        if not isinstance(a, Value):
            return numpy_function(a, dtype)
        return as_dimensions(a if dtype is None else astype(a, dtype), 1)

    cases = [sample(matrix()), sample(np.float64(2.0)), sample(matrix(np.float32), complex), sample([1, 2])]
    answers(numpy_function, samples=lambda: cases)(answer)


in_layout(np.ascontiguousarray)
in_layout(np.asfortranarray)
