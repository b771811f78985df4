"""NumPy's polynomials, given by their coefficients, the highest first: values, sums, products, quotients and roots."""

from __future__ import annotations

from operator import index
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError, UnsupportedError
from ..families import composed, primitive
from ..recording import Value, unwrap
from ..samples import Sample, sample
from .joining import concatenate, stack
from .layouts import astype, broadcast_to, reshape
from .operands import array
from .series import evaluated, vandermonde


def joined(p: Any) -> Any:
    """Numbers as an array, Scalars in a list included."""
    return stack(p) if isinstance(p, (list, tuple)) and any(isinstance(part, Value) for part in p) else array(p)


def coefficients(p: Any, function: str) -> Any:
    """Coefficients as a vector."""
    if isinstance(p, np.poly1d):
        raise UnsupportedError(f"{function} takes coefficients, not a poly1d: pass p.coeffs")
    p = joined(p)
    if np.ndim(p) > 1:
        raise ShapeError(f"{function} takes coefficients of shape (n,), not {np.shape(p)}")
    return p if np.ndim(p) else reshape(p, (1,))


def zeros_before(p: Any, n: int) -> Any:
    """A polynomial with zeros in front, up to n coefficients."""
    return np.pad(p, (n - np.shape(p)[0], 0))


C, D = np.array([1.5, -2.0, 0.25, 3.0]), np.array([2.0, 0.5])


def cases_of_sums() -> list[Sample]:
    """Equal lengths and others, numbers, other dtypes."""
    return [
        sample(C, D),
        sample(D, C * 1j),
        sample(C.astype(np.float32), D.astype(np.float32)),
        sample(C, [1, 2, 3, 4]),
        sample([1, 2], 3),
        sample(np.empty(0), D),
        sample(np.ones((2, 2)), D, raises=ShapeError, match=r"shape \(n,\), not \(2, 2\)"),
        sample(np.poly1d([1, 2]), D, raises=UnsupportedError, match=r"p\.coeffs"),
    ]


@answers(np.polyadd, samples=cases_of_sums)
@composed
def polyadd(a1: Any, a2: Any) -> Any:
    """The coefficients of the sum of two polynomials.

    >>> import autograd_core as ag
    >>> ag.polyadd([1.0, 2.0], [3.0])
    array([1., 5.])
    """
    p, q = coefficients(a1, "polyadd"), coefficients(a2, "polyadd")
    n = max(np.shape(p) + np.shape(q))
    return np.add(zeros_before(p, n), zeros_before(q, n))


@answers(np.polysub, samples=cases_of_sums)
@composed
def polysub(a1: Any, a2: Any) -> Any:
    """The coefficients of the difference of two polynomials.

    >>> import autograd_core as ag
    >>> ag.polysub([1.0, 2.0], [3.0])
    array([ 1., -1.])
    """
    p, q = coefficients(a1, "polysub"), coefficients(a2, "polysub")
    n = max(np.shape(p) + np.shape(q))
    return np.subtract(zeros_before(p, n), zeros_before(q, n))


@answers(np.polyder, samples=lambda: [
    sample(C), sample(C, 2), sample(C * 1j, m=4), sample(C, 0), sample(C, 6), sample(C.astype(np.float32)), sample([1, 2, 3]),
    sample(C, -1, raises=ShapeError, match="use polyint"),
])  # fmt: skip
@composed
def polyder(p: Any, m: int = 1) -> Any:
    """The coefficients of the m-th derivative of a polynomial.

    >>> import autograd_core as ag
    >>> ag.polyder([1.0, 0.0, 5.0])
    array([2., 0.])
    """
    if index(m) < 0:
        raise ShapeError(f"polyder: a derivative of order {m}; use polyint for integrals")
    p = coefficients(p, "polyder")
    for _ in range(m):
        p = p[:-1] * np.arange(np.shape(p)[0] - 1, 0, -1)
    return p


@answers(np.polyint, samples=lambda: [
    sample(C), sample(C, 2, np.array([0.5, -1.0])), sample(C * 1j, m=2, k=3.0), sample(C, 0), sample(C.astype(np.float32)),
    sample([1, 2, 3]), sample(C, 3, [1, 2], raises=ShapeError, match="2 constants k for 3 integrals"),
    sample(C, -1, raises=ShapeError, match="use polyder"),
])  # fmt: skip
@composed
def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """The coefficients of the m-th integral of a polynomial.

    k   the constant of each integral: one for all, or one for each; 0 by default

    >>> import autograd_core as ag
    >>> ag.polyint([2.0, 0.0], k=5.0)
    array([1., 0., 5.])
    """
    if index(m) < 0:
        raise ShapeError(f"polyint: an integral of order {m}; use polyder for derivatives")
    p = coefficients(p, "polyint")
    constants = coefficients(np.zeros(m) if k is None else k, "polyint")
    if np.shape(constants) == (1,) and m > 1:
        constants = broadcast_to(constants, (m,))
    if np.shape(constants)[0] < m:
        raise ShapeError(f"polyint: {np.shape(constants)[0]} constants k for {m} integrals; there is one for each")
    for i in range(m):
        p = concatenate([p / np.arange(np.shape(p)[0], 0, -1), constants[i : i + 1]])
    return p


@answers(np.polyval, samples=lambda: [
    sample(C, np.array([[0.5, -1.5]])), sample(C, 0.5), sample(C.astype(np.float32), np.ones(2, np.float32)),
    sample(C.astype(np.float32), 0.5),
    sample(C * 1j, np.array([0.5, -1.5])), sample(C[:1], np.array([0.5, -1.5])), sample([1, 2, 3], [4, 5]),
    sample([1, 2, 3], np.array([0.5])), sample(C, np.float64(0.5)), sample(np.empty(0), np.array([0.5, 1.5])),
    sample(np.ones((2, 2)), C, raises=ShapeError, match=r"shape \(n,\)"),
])  # fmt: skip
def polyval(p: Any, x: Any) -> Any:
    """The polynomial at the points x: p[0] x^(n-1) + ... + p[n-1].

    p: (n)   x: any shape   returns the shape of x

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.polyval([1.0, 0.0, 5.0], x))(3.0)
    6.0
    """
    p = coefficients(p, "polyval")
    if isinstance(x, np.poly1d):
        raise UnsupportedError("polyval composes no polynomials: pass points, not a poly1d")
    if not isinstance(x, Value):
        x = np.asarray(x)
    dtype = np.result_type(p, x)
    if np.shape(p) == (0,) or dtype.kind not in "fc":
        return np.polyval(*unwrap([p, x]))
    if p.dtype.kind not in "fc":
        p = astype(p, dtype)
    return evaluated(x, reshape(p, np.shape(p) + (1,) * np.ndim(x))[::-1], kind="poly")


def without_zeros_before(p: Any, function: str) -> Any:
    """A constant polynomial without leading zeros, as poly1d has it; a recorded one has none, or it is refused."""
    (data,) = unwrap([p])
    first = int(np.argmax(data != 0)) if np.any(data) else len(data) - 1
    if first and isinstance(p, Value):
        raise UnsupportedError(
            f"{function} leaves out leading coefficients that are 0, and a recorded one would lose its gradient: use "
            f"np.convolve, or slice it off"
        )
    return p[first:] if first else p


@answers(np.polymul, samples=lambda: [
    sample(C, D), sample(D, C * 1j), sample(C.astype(np.float32), D.astype(np.float32)), sample(C, [0, 0, 3, 4]),
    sample([1, 2], 3), sample([1, 2], [0, 0]), sample(C, np.array([0.0, 1.0]), raises=UnsupportedError, match=r"np\.convolve"),
])  # fmt: skip
@composed
def polymul(a1: Any, a2: Any) -> Any:
    """The coefficients of the product of two polynomials, whose leading zeros are left out first.

    >>> import autograd_core as ag
    >>> ag.polymul([1.0, 2.0], [1.0, 3.0])
    array([1., 5., 6.])
    """
    return np.convolve(*[without_zeros_before(coefficients(p, "polymul"), "polymul") for p in (a1, a2)])


@answers(np.polydiv, samples=lambda: [
    sample(C, D), sample(D, C), sample(C * 1j, D), sample(C, D[:1]), sample(C.astype(np.float32), D.astype(np.float32)),
    sample([2, 3, 1], [1, 1]), sample(C.tolist(), C[:3].tolist()),
])  # fmt: skip
@composed
def polydiv(u: Any, v: Any) -> tuple[Any, Any]:
    """The quotient and the remainder of two polynomials: u = q v + r.

    Leading coefficients of r that are 0 up to rounding are left out, as NumPy does: they are taken as 0 and have no slope.

    >>> import autograd_core as ag
    >>> ag.polydiv([1.0, 5.0, 7.0], [1.0, 2.0])
    (array([1., 3.]), array([1.]))
    """
    u, v = coefficients(u, "polydiv") + 0.0, coefficients(v, "polydiv") + 0.0
    dtype = np.result_type(u.dtype, v.dtype)
    m, n = np.shape(u)[0], np.shape(v)[0]
    r, quotients = astype(u, dtype), []
    for k in range(m - n + 1):
        quotients.append(r[k] * (1.0 / v[0]))
        r = r - np.pad(quotients[-1] * v, (k, m - n - k))
    q = stack(quotients) if quotients else np.zeros(1, dtype)
    first, (data,) = 0, unwrap([r])
    while first < m - 1 and np.allclose(data[first], 0, rtol=1e-14):
        first += 1
    return astype(q, dtype), r[first:]


@answers(np.poly, samples=lambda: [
    sample(C), sample(C[:1]), sample(C.astype(np.float32)), sample(C * 1j), sample(np.array([1 + 2j, 1 - 2j, 3.0])),
    sample([1, 2, 3]), sample([]), sample(np.array([[2.0, 1.0], [0.5, -1.0]])), sample(np.array([[1.0, -2.0], [1.0, 0.5]])),
    sample(np.ones((2, 3)), raises=ShapeError, match="zeros of shape"),
])  # fmt: skip
@composed
def poly(seq_of_zeros: Any) -> Any:
    """The coefficients of the polynomial (x - z[0]) (x - z[1]) ...; of a square matrix, its characteristic polynomial.

    Complex zeros that come in conjugate pairs give real coefficients.

    >>> import autograd_core as ag
    >>> ag.poly([1.0, -1.0])
    array([ 1.,  0., -1.])
    """
    z = joined(seq_of_zeros)
    shape = np.shape(z)
    if len(shape) == 2 and shape[0] == shape[1] != 0:
        z = np.linalg.eigvals(z)
    elif len(shape) > 1:
        raise ShapeError(f"poly takes zeros of shape (n,) or a square matrix, not zeros of shape {shape}")
    z = coefficients(z, "poly")
    if np.shape(z) == (0,):
        return 1.0
    z = astype(z, np.dtype(np.mintypecode(z.dtype.char)))
    p = np.ones(1, z.dtype)
    for zero in z:
        p = np.pad(p, (0, 1)) - np.pad(zero * p, (1, 0))
    if z.dtype.kind != "c":
        return p
    (data,) = unwrap([z])
    return np.real(p) if np.array_equal(np.sort(data), np.sort(np.conjugate(data))) else p


def cases_of_roots() -> list[Sample]:
    """Real and complex roots, complex coefficients, single precision, no root."""
    return [
        sample(np.array([1.0, -3.5, 3.5, -1.0])),
        sample(np.array([2.0, 1.0, 3.0, -0.5])),
        sample(np.array([2.0, 1j, 3.0])),
        sample(np.array([1.0, -3.5, 3.0], np.float32)),
        sample(np.array([2.0])),
    ]


# r with p(r) = 0 moves by -dp(r) / p'(r) when p changes by dp; where p'(r) = 0, at a root of higher order, without bounds
implicit = primitive(
    lambda p: np.roots(p),
    lambda g, a, y: -np.sum(reshape(g / np.polyval(np.polyder(a), y), (-1, 1)) * powers(y, np.shape(a)[0]), axis=0),
    jvp=lambda t, a, y: -np.polyval(t, y) / np.polyval(np.polyder(a), y),
    samples=cases_of_roots,
    name="roots",
)


def powers(x: Any, n: int) -> Any:
    """The first n powers of x along a last axis, the highest first."""
    return np.flip(vandermonde(x, kind="poly", deg=n - 1), -1)


@answers(np.roots, samples=lambda: [
    *cases_of_roots(), sample([1, -3, 2]), sample([0, 0]), sample(np.array([0.5, -1.0, 0.0])),
    sample(np.array([[1.0, 2.0]]), raises=ShapeError, match=r"shape \(n,\)"),
])  # fmt: skip
def roots(p: Any) -> Any:
    """The roots of a polynomial, differentiable where they are simple: dr = -dp(r) / p'(r), infinite for double roots.

    >>> import numpy as np, autograd_core as ag
    >>> ag.jacobian(ag.roots)(np.array([1.0, -2.0]))  # c in x + c, and what x is multiplied with
    array([[-2., -1.]])
    """
    return implicit(coefficients(p, "roots"))
