"""The fully connected layer, fused: one node, and gradients by the quickest products."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import add

from ..batches import looped, widened
from ..constants import ones
from ..errors import ShapeError
from ..families import multilinear, primitive
from ..families.short_calls import layer_call
from ..primitive import Primitive
from ..recording import Settings
from ..samples import Sample, sample
from ..shapes import Shape, contraction
from .buffers import Row
from .contractions import normal
from .small_products import dot, product


def weighted(x: Any, w: Any) -> Any:
    """x w' for x of any number of axes, as one product of matrices."""
    if w.ndim != 2 or x.ndim == 0:
        raise ShapeError(linear_words(x.shape, w.shape))
    if x.ndim == 2:  # OpenBLAS is up to a tenth quicker with the longer side first
        return w.dot(x.T).T if len(w) > len(x) else product(x, w.T)
    if x.ndim < 2 or not x.size:
        return dot(x, w.T)
    return product(rows(x), w.T).reshape(*x.shape[:-1], len(w))


def affine_forward(x: Any, w: Any, b: Any) -> Any:
    y = weighted(x, w)
    if b.shape != (len(w),):
        raise ShapeError(linear_words(x.shape, w.shape, b.shape))
    if y.dtype is not b.dtype:
        return y + b
    if y.ndim < 3:
        add(y, b, y)  # fresh, so that nobody else sees the write
    else:
        flat = rows(y)
        Row(b, len(flat)).apply(add, flat, flat)
    return y


def rows(x: Any) -> Any:
    """x as a matrix, all axes but the last as one: one large product is quicker than many small ones."""
    return np.reshape(x, (math.prod(x.shape[:-1]), x.shape[-1]))


def linear_input(g: Any, b: Any) -> Any:
    # in the memory order of the value it belongs to, see `weighted`: elementwise work on mixed orders is slow
    if g.ndim == 2:
        return dot(b.T, g.T).T if b.shape[1] > len(g) else product(g, b)
    return dot(g, b) if g.ndim < 2 else np.reshape(product(rows(g), b), (*g.shape[:-1], b.shape[1]))


def linear_weight(g: Any, a: Any) -> Any:
    if a.ndim == 2:
        return dot(g.T, a)
    if a.ndim == 1:
        return np.expand_dims(g, -1) * a
    return dot(rows(g).T, rows(a))


def linear_bias(g: Any) -> Any:
    if g.ndim == 2:
        return dot(ones(len(g), g.dtype), g)
    return g if g.ndim < 2 else linear_bias(rows(g))


def linear_tangent(ts: Any, a: Any, b: Any, y_like: Any) -> Any:
    t_x, t_w, t_b = ts
    terms = [] if t_x is None else [linear_map(t_x, b)]
    if t_w is not None:
        terms.append(linear_map(a, t_w))
    if t_b is not None:
        terms.append(np.broadcast_to(t_b, y_like.shape))
    return terms[0] if len(terms) == 1 else sum(terms[1:], terms[0])


def linear_words(x: Shape, w: Shape, b: Shape | None = None) -> str:
    """What does not fit in linear(x, w, b)."""
    asked = f"linear cannot combine x {x}, w {w}" + ("" if b is None else f", b {b}") + ": "
    if len(w) != 2:
        return asked + "w has the shape (outputs, inputs)"
    if not x or x[-1] != w[1]:
        return asked + f"the last axis of x ({x[-1] if x else 'none'}) must be the number of inputs, {w[1]}"
    return asked + f"b has the shape (outputs,), here ({w[0]},)"


def linear_samples(*bias: Any) -> list[Sample]:
    """Calls of the layer, with a bias of four outputs or without one."""
    return [
        sample(normal(5, 3), normal(4, 3), *bias),
        sample(normal(3), normal(4, 3), *bias),
        sample(normal(2, 5, 3), normal(4, 3), *bias),
        sample(normal(0, 3), normal(4, 3), *bias),
        sample(normal(2, 0, 3), normal(4, 3), *bias),
        sample(normal(5, 0), normal(4, 0), *bias),
        sample(normal(5, 3, dtype=np.float32), normal(4, 3, dtype=np.float32), *[b.astype(np.float32) for b in bias]),
        sample(normal(2, 3, dtype=complex), normal(4, 3, dtype=complex), *[b * (1 + 1j) for b in bias]),
        sample(normal(5, 2), normal(4, 3), *bias, raises=ShapeError),
        sample(normal(5, 3), normal(3), *bias, raises=ShapeError),
        sample(np.array(2.0), normal(4, 3), *bias, raises=ShapeError, match="the last axis of x"),
    ]


def linear_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    """The layer itself for a batch of inputs; with weights of each example's own, products and a sum."""
    x, w, *bias = xs
    if not any(batched[1:]):
        return made.call(*xs)
    m = x.ndim - batched[0]
    if w.ndim - batched[1] != 2 or m == 0:
        return looped(made, xs, batched, settings)  # which raises
    x = np.expand_dims(x, -2) if m == 1 else x
    x, w = widened(x, m) if batched[0] else x, widened(w, m) if batched[1] else w
    y = np.matmul(x, np.swapaxes(w, -1, -2))
    y = y[..., 0, :] if m == 1 else y
    return y + (widened(bias[0], m) if batched[2] else bias[0]) if bias else y


linear_map = multilinear(
    weighted,
    linear_input,
    linear_weight,
    name="linear",
    explain=linear_words,
    samples=lambda: linear_samples(),
    multiply_adds=contraction,
    text=("{g} @ {b}", "{g}ᵀ @ {a}"),
    batch=linear_each,
)
affine = primitive(
    affine_forward,
    linear_input,
    linear_weight,
    linear_bias,
    jvp=linear_tangent,
    name="linear",
    explain=linear_words,
    samples=lambda: [*linear_samples(normal(4)), sample(normal(5, 3), normal(4, 3), normal(1), raises=ShapeError)],
    reference="y = x w' + b",
    multiply_adds=contraction,
    batch=linear_each,
    text=("{g} @ {b}", "{g}ᵀ @ {a}", "Σ₀ {g}"),
)
affine.call = layer_call(affine)


def linear(x: Any, w: Any, b: Any = None) -> Any:
    """The fully connected layer y = x w' + b, in one node.

    x: (..., inputs)   w: (outputs, inputs)   b: (outputs) or None   returns (..., outputs)

    Raises ShapeError if the last axis of x is not the number of inputs.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.linear(np.array([1.0, 2.0]), np.array([[1.0, 1.0]]), np.array([0.5]))
    array([3.5])
    """
    return linear_map.call(x, w) if b is None else affine.call(x, w, b)
