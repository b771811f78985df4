"""Diagonals of the last two axes or of any other two, and their sum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..batches import with_settings
from ..dispatch import answers
from ..errors import ShapeError
from ..families import composed, layout
from ..primitive import Primitive
from ..recording import Settings
from ..samples import Sample, sample
from ..shapes import Shape, normal_axes
from .contractions import normal, shape_of


def embed_forward(a: Any, *, shape: Shape, offset: int, axes: Shape) -> Any:
    y = np.zeros(shape, a.dtype)
    i = np.arange(a.shape[-1])
    np.moveaxis(y, axes, (-2, -1))[..., i - min(offset, 0), i + max(offset, 0)] = a
    return y


def embed_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    (a,) = xs
    shape, axes = settings["shape"], settings["axes"]
    moved = {"shape": (a.shape[0], *shape), "axes": [i % len(shape) + 1 for i in axes]}
    return made.call(a, **{**settings, **moved})


def cases_of_diagonals() -> list[Sample]:
    return [
        sample(normal(3, 3), offset=0, axes=(0, 1)),
        sample(normal(2, 3, 4), offset=1, axes=(2, 1)),
        sample(normal(2, 3, 4)[..., ::-1], offset=-1, axes=(0, 2)),
        sample(normal(2, 3), offset=3, axes=(0, 1)),
        sample(normal(2, 3, dtype=np.float32), offset=-1, axes=(0, 1)),
        sample(normal(2, 2, dtype=complex), offset=0, axes=(1, 0)),
    ]


# what is off the diagonal is cut off, as with an index
taken = layout(
    lambda a, *, offset, axes: np.diagonal(a, offset, *axes),
    lambda g, a_like, offset, axes: embedded(g, shape=a_like.shape, offset=offset, axes=axes),
    cut=True,
    samples=cases_of_diagonals,
    batch=with_settings(lambda shape, offset, axes: {"axes": [i % len(shape) + 1 for i in axes]}),
    name="diagonal",
    text=("{g} on the diagonal",),
)
embedded: Primitive = layout(
    embed_forward,
    lambda g, offset, axes: taken(g, offset=offset, axes=axes),
    samples=lambda: [
        sample(taken(*s.args, **s.settings), shape=s.args[0].shape, **s.settings) for s in cases_of_diagonals()
    ],
    batch=embed_each,
    name="diagonal_matrix",
)


def two_axes(function: str, shape: Shape, axis1: int, axis2: int) -> Shape:
    """The axes of the matrices in an array; raises ShapeError if it has none, or the axes are one."""
    if len(shape) < 2:
        raise ShapeError(f"{function} needs an array of two or more axes, not of shape {shape}")
    return normal_axes((axis1, axis2), len(shape))


@answers(
    np.diagonal,
    samples=lambda: [
        sample(normal(3, 3)),
        sample(normal(2, 3, 4), 1, 2, 1),
        sample(normal(2, 3, 4), offset=-1, axis1=-3, axis2=-1),
        sample(normal(2, 3), 5),
        sample(normal(3, 0)),
        sample(normal(3, 2, dtype=np.float16)),
        sample(normal(2, 3, 3, dtype=complex), 0, 1, 2),
        sample(normal(3), raises=ShapeError, match=r"diagonal needs an array of two or more axes, not of shape \(3,\)"),
        sample(normal(3, 3), 0, 1, 1, raises=ShapeError, match="twice"),
    ],
)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The diagonal of the matrices that two axes of a span, as a last axis; the one `offset` above the main one.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda a: np.sum(ag.diagonal(a, 1)))(np.eye(2))
    array([[0., 1.],
           [0., 0.]])
    """
    return taken(a, offset=int(offset), axes=two_axes("diagonal", shape_of(a), axis1, axis2))


@answers(
    np.trace,
    samples=lambda: [
        sample(normal(3, 3)),
        sample(normal(2, 3, 4), 1, 2, 1),
        sample(normal(2, 3, 4), offset=-1, axis1=-3, axis2=-1),
        sample(normal(2, 3, dtype=np.float32), dtype=np.dtype(float)),
        sample(normal(3, 2, dtype=np.float16)),
        sample(normal(0, 0)),
        sample(normal(2, 3, 3, dtype=complex), 0, 1, 2),
        sample(np.arange(4).reshape(2, 2)),
        sample(normal(3), raises=ShapeError, match="trace needs an array of two or more axes"),
    ],
)
@composed
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: None = None) -> Any:
    """The sum of the diagonal of the matrices that two axes of a span.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda a: ag.trace(a @ a))(np.array([[1.0, 2.0], [3.0, 4.0]]))
    array([[2., 6.],
           [4., 8.]])
    """
    axes = two_axes("trace", shape_of(a), axis1, axis2)
    y = taken(a, offset=int(offset), axes=axes)
    return np.sum(y, -1, dtype)


@answers(
    np.linalg.diagonal,
    samples=lambda: [
        sample(normal(2, 3, 4)),
        sample(normal(2, 3, 3), offset=-2),
        sample(normal(3), raises=ShapeError, match="two or more axes"),
    ],
)
def diagonal_of_matrices(x: Any, /, *, offset: int = 0) -> Any:
    """The diagonal of each matrix in a stack.

    >>> import numpy as np, autograd_core as ag
    >>> ag.linalg.diagonal(np.ones((5, 2, 3))).shape
    (5, 2)
    """
    return diagonal(x, offset, -2, -1)


@answers(
    np.linalg.trace,
    samples=lambda: [
        sample(normal(2, 3, 4)),
        sample(normal(2, 3, 3, dtype=np.float32), offset=1, dtype=np.dtype(complex)),
        sample(normal(3), raises=ShapeError, match="two or more axes"),
    ],
)
def trace_of_matrices(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """The trace of each matrix in a stack.

    >>> import numpy as np, autograd_core as ag
    >>> ag.linalg.trace(np.ones((5, 2, 2)))
    array([2., 2., 2., 2., 2.])
    """
    return trace(x, offset, -2, -1, dtype)
