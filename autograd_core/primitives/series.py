"""Series in the six polynomial families that NumPy has: c[0] p_0(x) + c[1] p_1(x) + ... for p of one family.

Values are NumPy's own. The derivative of a polynomial is one of lower degree in the same family, by a matrix that NumPy knows:
so the slope of a series is a series, and that of the matrix of all p_k(x) is that matrix times a constant one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..batches import widened
from ..families import primitive
from ..primitive import Primitive
from ..recording import Settings
from ..samples import Sample, sample

FAMILIES = {
    "poly": "polynomial",
    "cheb": "chebyshev",
    "leg": "legendre",
    "herm": "hermite",
    "herme": "hermite_e",
    "lag": "laguerre",
}
"""The modules of np.polynomial by the prefix of their functions; NumPy loads them when they are first asked for."""


def numpys(kind: str, name: str) -> Callable[..., Any]:
    """NumPy's function of a family."""
    return getattr(getattr(np.polynomial, FAMILIES[kind]), kind + name)  # type: ignore[no-any-return]


def derivatives(kind: str, n: int, dtype: Any, order: int = 1) -> Any:
    """The matrix D of the derivatives of the first n polynomials of a family: p_k' = sum over j of D[j, k] p_j."""
    return numpys(kind, "der")(np.eye(n, dtype=np.finfo(dtype).dtype), order)


def slope(c: Any, kind: str) -> Any:
    """The coefficients of the derivative of a series."""
    return np.tensordot(derivatives(kind, c.shape[0], c.dtype), c, 1)


def cases_of_series() -> list[Sample]:
    """Each family, one coefficient and several, coefficients of several series, broadcast against x."""
    c, x = np.array([0.5, -1.0, 0.25, 2.0]), np.array([[0.3, -0.7, 1.2]])
    return [
        *[sample(x, c[:, None, None], kind=kind) for kind in FAMILIES],
        *[sample(x, c[:, None, None] * [1.0, 2.0, -1.0], kind=kind) for kind in ("poly", "lag")],
        sample(x[0], c[:, None, None] * [[1.0], [-2.0]], kind="cheb"),
        sample(np.float64(0.3), c[:1], kind="leg"),
        sample(x * (1 + 1j), c[:, None, None] * 1j, kind="herm"),
        sample(x.astype(np.float32), c[:2, None, None].astype(np.float32), kind="herme"),
    ]


def evaluate_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    """All examples' points, with the coefficients still along the first axis, the examples along the second."""
    x, c = xs
    x = widened(x, np.ndim(c) - batched[1] - 1) if batched[0] else x
    return made.call(x, np.moveaxis(c, 0, 1) if batched[1] else np.expand_dims(c, 1), **settings)


def vander_each(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    (x,) = xs  # of a number, NumPy makes a matrix with one row
    return made.call(x if x.ndim > 1 else np.expand_dims(x, 1), **settings)


# c has as many axes as x at least, besides its first
evaluated: Primitive = primitive(
    lambda x, c, *, kind: numpys(kind, "val")(x, c, tensor=False),
    lambda g, a, b, kind: g * evaluated(a, slope(b, kind), kind=kind),
    lambda g, a, b_like, kind: g * basis(a, b_like, kind),
    jvp=lambda ts, a, b, kind: tangent_of_series(ts, a, b, kind),
    samples=cases_of_series,
    batch=evaluate_each,
    name="series",
)
vandermonde: Primitive = primitive(
    lambda x, *, kind, deg: numpys(kind, "vander")(x, deg),
    lambda g, a, kind, deg: np.sum(g * slopes(a, kind, deg), axis=-1),
    jvp=lambda t, a, kind, deg: np.expand_dims(t, -1) * slopes(a, kind, deg),
    samples=lambda: [
        *[sample(np.array([[0.3, -0.7]]), kind=kind, deg=3) for kind in FAMILIES],
        sample(np.float64(0.3), kind="poly", deg=2),
        sample(np.array([0.3, 1.5], np.float32), kind="cheb", deg=0),
        sample(np.array([0.3j, 1.5]), kind="leg", deg=2),
    ],
    batch=vander_each,
    name="vander",
)


def basis(x: Any, c: Any, kind: str) -> Any:
    """The polynomials at x, along a first axis, as they are multiplied with the coefficients c."""
    values = np.moveaxis(vandermonde(x, kind=kind, deg=c.shape[0] - 1), -1, 0)
    return np.reshape(values, (c.shape[0], *(1,) * (c.ndim - 1 - np.ndim(x)), *np.shape(x)))


def tangent_of_series(ts: Any, x: Any, c: Any, kind: str) -> Any:
    along_x, along_c = ts
    by_c = None if along_c is None else evaluated(x, along_c, kind=kind)
    if along_x is None:
        return by_c
    by_x = along_x * evaluated(x, slope(c, kind), kind=kind)
    return by_x if by_c is None else by_x + by_c


def slopes(x: Any, kind: str, deg: int) -> Any:
    """The derivatives of the polynomials at x, along a last axis."""
    return np.matmul(
        vandermonde(x, kind=kind, deg=max(deg - 1, 0)), derivatives(kind, deg + 1, getattr(x, "dtype", float))
    )
