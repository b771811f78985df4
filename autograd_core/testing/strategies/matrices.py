"""Matrices whose spectrum is known, so that factorisations and solvers are well posed by construction."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from .arrays import KEEPING, Drawn, drawn_or, laid_out

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


def finished(draw: st.DrawFn, x: Any, dtype: Drawn[Any]) -> Any:
    return laid_out(x.astype(draw(drawn_or(dtype, SOLVED))), draw(KEEPING))


@st.composite
def conditioned(
    draw: st.DrawFn, n: Drawn[int] = None, *, condition: Drawn[float] = None, dtype: Drawn[Any] = None
) -> Any:
    """Square matrices of a given condition number (10 by default), with distinct singular values from 1 downwards.

    >>> from hypothesis import find
    >>> find(conditioned(2, condition=4.0), lambda a: True)
    array([[1.  , 0.  ],
           [0.  , 0.25]])
    """
    size = draw(drawn_or(n, SIZES))
    values = spectrum(size, draw(drawn_or(condition, st.just(10.0))))
    return finished(draw, draw(orthogonal(size)) * values @ draw(orthogonal(size)).T, dtype)


@st.composite
def spd(draw: st.DrawFn, n: Drawn[int] = None, *, condition: Drawn[float] = None, dtype: Drawn[Any] = None) -> Any:
    """Symmetric positive definite matrices of a given condition number (10 by default), with distinct eigenvalues.

    >>> from hypothesis import find
    >>> find(spd(2, condition=4.0), lambda a: np.linalg.eigvalsh(a)[0] > 0)
    array([[1.  , 0.  ],
           [0.  , 0.25]])
    """
    size = draw(drawn_or(n, SIZES))
    q = draw(orthogonal(size))
    x = q * spectrum(size, draw(drawn_or(condition, st.just(10.0)))) @ q.T
    return finished(draw, (x + x.T) / 2, dtype)
