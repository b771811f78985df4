"""Matrices whose spectrum is known, so that factorisations and solvers are well posed by construction."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..layouts import laid_out
from .arrays import ANY_KEEPING_LAYOUT, Drawn, drawn_or
from .shapes import Shape, shapes

SIZES = st.integers(1, 4)
SOLVED = st.sampled_from([np.dtype(np.float64), np.dtype(np.float32)])
"""The real dtypes that LAPACK computes in."""


@st.composite
def orthogonal(draw: st.DrawFn, n: Drawn[int] = None) -> Any:
    """Orthogonal matrices, products of reflections; the simplest is the identity.

    >>> from hypothesis import find
    >>> find(orthogonal(2), lambda q: q[0, 0] != 1)
    array([[-1.,  0.],
           [ 0.,  1.]])
    """
    size = draw(drawn_or(n, SIZES))
    q = np.eye(size)
    for _ in range(size):
        v = np.array(draw(st.lists(st.integers(-3, 3), min_size=size, max_size=size)), float)
        if np.any(v):
            q = q - 2 * np.outer(q @ v, v) / (v @ v)
    return q


def spectrum(n: int, condition: float) -> Any:
    """Numbers from 1 down to 1 / condition, in equal ratios."""
    return condition ** -np.linspace(0.0, 1.0, n)


def stack(draw: st.DrawFn, batch: Drawn[Shape], n: int, dtype: Drawn[Any], one: Callable[[], Any]) -> Any:
    """As many matrices as a batch has places, in a dtype and a layout."""
    places = draw(drawn_or(batch, shapes(max_dims=2, max_side=2)))
    x = np.reshape([one() for _ in range(math.prod(places))], (*places, n, n)).astype(draw(drawn_or(dtype, SOLVED)))
    return laid_out(x, draw(ANY_KEEPING_LAYOUT))


@st.composite
def conditioned(
    draw: st.DrawFn,
    n: Drawn[int] = None,
    *,
    condition: Drawn[float] = None,
    dtype: Drawn[Any] = None,
    batch: Drawn[Shape] = (),
) -> Any:
    """Square matrices of a given condition number (10 by default), with distinct singular values from 1 downwards.

    batch   the axes before the last two: by default none; None draws them, empty ones included

    >>> from hypothesis import find
    >>> find(conditioned(2, condition=4.0), lambda a: True)
    array([[1.  , 0.  ],
           [0.  , 0.25]])
    """
    size = draw(drawn_or(n, SIZES))
    values = spectrum(size, draw(drawn_or(condition, st.just(10.0))))
    turns = orthogonal(size)
    return stack(draw, batch, size, dtype, lambda: draw(turns) * values @ draw(turns).T)


@st.composite
def spd(
    draw: st.DrawFn,
    n: Drawn[int] = None,
    *,
    condition: Drawn[float] = None,
    dtype: Drawn[Any] = None,
    batch: Drawn[Shape] = (),
) -> Any:
    """Symmetric positive definite matrices of a given condition number (10 by default), with distinct eigenvalues.

    batch   the axes before the last two: by default none; None draws them, empty ones included

    >>> from hypothesis import find
    >>> find(spd(2, condition=4.0), lambda a: np.linalg.eigvalsh(a)[0] > 0)
    array([[1.  , 0.  ],
           [0.  , 0.25]])
    >>> find(spd(1, batch=(3,)), lambda a: True).shape
    (3, 1, 1)
    """
    size = draw(drawn_or(n, SIZES))
    values = spectrum(size, draw(drawn_or(condition, st.just(10.0))))

    def one() -> Any:
        q = draw(orthogonal(size))
        x = q * values @ q.T
        return (x + x.T) / 2

    return stack(draw, batch, size, dtype, one)
