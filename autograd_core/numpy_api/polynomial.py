"""`ag.polynomial`: the six families of `np.polynomial`, whose functions NumPy cannot hand over to recorded values.

Names, signatures and values are NumPy's: `ag.polynomial.chebyshev.chebval(x, c)` for `np.polynomial.chebyshev.chebval(x, c)`.
Differentiable by the points and by the coefficients.

>>> import numpy as np, autograd_core as ag
>>> ag.grad(ag.polynomial.chebyshev.chebval)(0.5, np.array([0.0, 0.0, 1.0]))  # of 2 x^2 - 1
2.0
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import cache, partial
from operator import index
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..errors import ShapeError, UnsupportedError
from ..primitives.fits import as_columns, cutoff_for, data, weighted
from ..primitives.indexing import scatter
from ..primitives.joining import concatenate, stack
from ..primitives.layouts import astype, reshape
from ..primitives.series import derivatives, evaluated, numpys, vandermonde
from ..recording import Value, data_of, unwrap
from ..shapes import normal_axes


def series(c: Any) -> Any:
    """Coefficients as at least one axis of floating numbers; Scalars in a list are joined."""
    if isinstance(c, (list, tuple)):
        c = stack(c) if any(isinstance(part, Value) for part in c) else np.asarray(c)
    if not isinstance(c, (Value, np.ndarray)):
        c = np.asarray(c)
    if np.ndim(c) == 0:
        c = reshape(c, (1,))
    return c if c.dtype.kind in "fc" else astype(c, float)


def points(x: Any) -> Any:
    """Where a series is evaluated: lists become arrays, numbers stay numbers."""
    return series(x) if isinstance(x, (list, tuple)) else x


def val(kind: str, x: Any, c: Any, tensor: bool = True) -> Any:
    """The series with coefficients c at the points x.

    x: any shape   c: (n, ...)   returns (..., *x.shape); with tensor=False, the other axes of c and those of x broadcast
    """
    x, c = points(x), series(c)
    new, others = np.ndim(x), np.ndim(c) - 1
    if tensor:
        c = reshape(c, np.shape(c) + (1,) * new)
    elif new > others:
        c = reshape(c, (np.shape(c)[0], *(1,) * (new - others), *np.shape(c)[1:]))
    return evaluated(x, c, kind=kind)


def valnd(kind: str, c: Any, xs: Sequence[Any]) -> Any:
    """A series in several variables at points given by their coordinates."""
    xs = [points(x) for x in xs]
    shapes = [np.shape(x) for x in xs]
    if any(shape != shapes[0] for shape in shapes):
        raise ShapeError(f"{kind}val{len(xs)}d takes coordinates of one shape, not {' and '.join(map(str, shapes))}")
    for i, x in enumerate(xs):
        c = val(kind, x, c, tensor=i == 0)
    return c


def gridnd(kind: str, c: Any, xs: Sequence[Any]) -> Any:
    """A series in several variables at all combinations of coordinates."""
    for x in xs:
        c = val(kind, x, c)
    return c


def val2d(kind: str, x: Any, y: Any, c: Any) -> Any:
    """The series sum of c[i, j] p_i(x) p_j(y) at the points (x, y)."""
    return valnd(kind, c, (x, y))


def val3d(kind: str, x: Any, y: Any, z: Any, c: Any) -> Any:
    """The series sum of c[i, j, k] p_i(x) p_j(y) p_k(z) at the points (x, y, z)."""
    return valnd(kind, c, (x, y, z))


def grid2d(kind: str, x: Any, y: Any, c: Any) -> Any:
    """The series sum of c[i, j] p_i(x) p_j(y) at all combinations of x and y."""
    return gridnd(kind, c, (x, y))


def grid3d(kind: str, x: Any, y: Any, z: Any, c: Any) -> Any:
    """The series sum of c[i, j, k] p_i(x) p_j(y) p_k(z) at all combinations of x, y and z."""
    return gridnd(kind, c, (x, y, z))


def vander(kind: str, x: Any, deg: int) -> Any:
    """The polynomials up to a degree at the points x, along a last axis."""
    if index(deg) < 0:
        raise ShapeError(f"{kind}vander has degrees 0, 1, ..., not {deg}")
    return vandermonde(points(x), kind=kind, deg=index(deg))


def vandernd(kind: str, xs: Sequence[Any], deg: Sequence[int]) -> Any:
    """The products of polynomials in several variables at points given by their coordinates, along a last axis."""
    if len(deg) != len(xs):
        raise ShapeError(f"{kind}vander{len(xs)}d takes a degree for each of {len(xs)} variables, not {deg!r}")
    shape = np.shape(points(xs[0]))
    product: Any = 1.0
    for i, (x, d) in enumerate(zip(xs, deg, strict=True)):
        place = [d + 1 if j == i else 1 for j in range(len(xs))]
        product = product * reshape(vander(kind, x, d), (*shape, *place))
    return reshape(product, (*shape, -1))


def vander2d(kind: str, x: Any, y: Any, deg: Sequence[int]) -> Any:
    """The products p_i(x) p_j(y) at the points (x, y), along a last axis, j running fastest."""
    return vandernd(kind, (x, y), deg)


def vander3d(kind: str, x: Any, y: Any, z: Any, deg: Sequence[int]) -> Any:
    """The products p_i(x) p_j(y) p_k(z) at the points (x, y, z), along a last axis, k running fastest."""
    return vandernd(kind, (x, y, z), deg)


def along(matrix: Any, c: Any, axis: int) -> Any:
    """A matrix applied along an axis."""
    return np.moveaxis(np.tensordot(matrix, c, (1, axis)), 0, axis)


def der(kind: str, c: Any, m: int = 1, scl: Any = 1, axis: int = 0) -> Any:
    """The coefficients of the m-th derivative of a series along an axis, times scl for each order."""
    c = series(c)
    (axis,) = normal_axes(axis, np.ndim(c))
    if index(m) < 0:
        raise ShapeError(f"{kind}der: a derivative of order {m}; use {kind}int for integrals")
    found = along(derivatives(kind, np.shape(c)[axis], c.dtype, m), c, axis) * np.power(scl, m)
    return astype(found, c.dtype)


def int_(kind: str, c: Any, m: int = 1, k: Any = (), lbnd: Any = 0, scl: Any = 1, axis: int = 0) -> Any:
    """The coefficients of the m-th integral of a series along an axis, times scl for each order.

    k      the value of each integral at lbnd: a number or one for each order, 0 where it is missing
    """
    c = series(c)
    (axis,) = normal_axes(axis, np.ndim(c))
    constants = list(k) if isinstance(k, (list, tuple)) or np.ndim(k) else [k]
    if index(m) < 0 or len(constants) > m:
        raise ShapeError(
            f"{kind}int: {len(constants)} constants k for integrals of order {m}; there is one for each order"
        )
    if np.ndim(lbnd) or np.ndim(scl):
        raise ShapeError(f"{kind}int takes numbers as lbnd and scl, not shapes {np.shape(lbnd)} and {np.shape(scl)}")
    dtype = c.dtype
    c = np.moveaxis(c, axis, 0)
    for value in constants + [0] * (m - len(constants)):
        n = np.shape(c)[0]
        if n == 1 and not np.any(*unwrap([c])):
            c = astype(constant(c, f"{kind}int") + value, dtype)
            continue
        c = np.tensordot(numpys(kind, "int")(np.eye(n, dtype=np.finfo(dtype).dtype)), c, 1) * scl
        start = c[:1] + (value - evaluated(lbnd, c, kind=kind))
        c = astype(concatenate([start, c[1:]]), dtype)
    return np.moveaxis(c, 0, axis)


# -- sums and products ---------------------------------------------------------------------------------------------------


def constant(c: Any, function: str) -> Any:
    """Coefficients that NumPy leaves out where they are 0; refused if their slopes would be lost with them."""
    if isinstance(c, Value) and c.node is not None and c.node.requires_grad:
        raise UnsupportedError(
            f"{function} leaves out the highest coefficients where they are 0, and recorded ones would lose their gradient: "
            f"slice them off first, or add and multiply the values of the series instead"
        )
    return c


def trimmed(c: Any, function: str) -> Any:
    """A series without zeros behind the last coefficient that counts."""
    if np.ndim(c) != 1 or np.shape(c) == (0,):
        raise ShapeError(f"{function} takes coefficients of shape (n,), n > 0, not {np.shape(c)}")
    (data,) = unwrap([c])
    n = 1 + int(max(np.flatnonzero(data), default=0))
    return c if n == len(data) else constant(c, function)[:n]


def summed(kind: str, name: str, c1: Any, c2: Any, sign: int) -> Any:
    c1, c2 = trimmed(series(c1), kind + name), trimmed(series(c2), kind + name)
    common = np.common_type(*[np.empty(0, c.dtype) for c in (c1, c2)])
    n = max(len(c1), len(c2))
    padded = [np.pad(astype(c, common), (0, n - len(c))) for c in (c1, c2)]
    return trimmed(np.add(*padded) if sign > 0 else np.subtract(*padded), kind + name)


def add(kind: str, c1: Any, c2: Any) -> Any:
    """The coefficients of the sum of two series, without zeros behind the last."""
    return summed(kind, "add", c1, c2, 1)


def sub(kind: str, c1: Any, c2: Any) -> Any:
    """The coefficients of the difference of two series, without zeros behind the last."""
    return summed(kind, "sub", c1, c2, -1)


@cache
def products(kind: str, n: int, m: int) -> Any:
    """The coefficients of all products of two polynomials of a family: p_i p_j = sum over k of P[k, i, j] p_k."""
    found = np.zeros((n + m - 1, n, m))
    for i in range(n):
        for j in range(m):
            c = numpys(kind, "mul")(np.eye(n)[i], np.eye(m)[j])
            found[: len(c), i, j] = c
    return found


def mul(kind: str, c1: Any, c2: Any) -> Any:
    """The coefficients of the product of two series, without zeros behind the last."""
    c1, c2 = trimmed(series(c1), kind + "mul"), trimmed(series(c2), kind + "mul")
    common = np.common_type(*[np.empty(0, c.dtype) for c in (c1, c2)])
    table = products(kind, len(c1), len(c2)).astype(np.finfo(common).dtype)
    return trimmed(np.einsum("kij,i,j->k", table, astype(c1, common), astype(c2, common)), kind + "mul")


# -- fits ------------------------------------------------------------------------------------------------------------------


def fit(kind: str, x: Any, y: Any, deg: Any, rcond: float | None = None, full: bool = False, w: Any = None) -> Any:
    """The coefficients of the series that is nearest to data, by least squares of w (y - p(x)).

    x: (n)   y: (n) or (n, m)   w: (n)   deg: the highest degree, or a list of those to use
    """
    x, y, w = data(f"{kind}fit", x, y, w)
    degrees = list(range(deg + 1)) if np.ndim(deg) == 0 else sorted(deg)
    if not degrees or min(degrees) < 0:
        raise ShapeError(f"{kind}fit takes degrees 0, 1, 2, ..., not {deg}")
    rows = weighted(vander(kind, x, degrees[-1])[:, degrees], w)
    scale = np.sqrt(np.sum(np.real(rows * np.conjugate(rows)), axis=0))
    scale = np.where(scale == 0, 1, scale)
    cutoff = cutoff_for(x) if rcond is None else rcond
    c, residuals, rank, s = np.linalg.lstsq(rows / scale, weighted(y, w), cutoff)
    c = scatter(c / as_columns(scale, y), index=np.array(degrees), shape=(degrees[-1] + 1, *np.shape(y)[1:]))
    if full:
        return c, [residuals, rank, s, cutoff]
    if data_of(rank) != len(degrees):
        warnings.warn("The fit may be poorly conditioned", np.exceptions.RankWarning, stacklevel=2)
    return c


# -- the six families --------------------------------------------------------------------------------------------------

FUNCTIONS: tuple[Callable[..., Any], ...] = (
    add, der, fit, grid2d, grid3d, int_, mul, sub, val, val2d,
    val3d, vander, vander2d, vander3d,
)  # fmt: skip


def family(kind: str) -> SimpleNamespace:
    """The functions of one family, under NumPy's names."""
    members: dict[str, Any] = {}
    for function in FUNCTIONS:
        name = kind + function.__name__.rstrip("_")
        members[name] = made = partial(function, kind)
        made.__name__, made.__doc__ = name, function.__doc__  # type: ignore[attr-defined]
    return SimpleNamespace(**members)


polynomial = family("poly")
chebyshev = family("cheb")
legendre = family("leg")
hermite = family("herm")
hermite_e = family("herme")
laguerre = family("lag")

__all__ = ["chebyshev", "hermite", "hermite_e", "laguerre", "legendre", "polynomial"]
