"""Singular values and vectors, and what is made of them: rank and condition.

Singular vectors have a derivative only where their values are simple: elsewhere it is infinite or NaN. Functions of the values
alone are not touched by that. A value is a size: at 0 its slope is 0, as that of abs is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.linalg._linalg import SVDResult

from ..dispatch import answers
from ..errors import MatrixError, ShapeError, UnsupportedError
from ..families import composed, fixed, primitive
from ..recording import Value
from ..reverse import conjugate
from ..samples import Sample, sample
from .contractions import normal, shape_of
from .eigen import eigh, eigvalsh
from .matrices import adjoint, check_matrices, check_square, diagonal_matrix, diagonal_of, gaps, regular

# -- svd ---------------------------------------------------------------------------------------------------------------


def sums(s: Any, dtype: Any) -> Any:
    """1 / (s_i + s_j); of real matrices 0 on the diagonal, where only a phase would be."""
    one = np.eye(s.shape[-1], dtype=s.dtype)
    total = np.expand_dims(s, -2) + np.expand_dims(s, -1)
    return 1 / total if dtype.kind == "c" else (1 - one) / (total + one)


def leading(ys: Sequence[Any]) -> tuple[Any, Any, Any, Any, Any]:
    """u, s and v^H in their reduced form, and the vectors beyond it, which complete the bases."""
    u, s, vh = ys
    k = s.shape[-1]
    rows, columns = u.shape[-1] > k, vh.shape[-2] > k
    return (
        u[..., :k] if rows else u, s, vh[..., :k, :] if columns else vh,
        u[..., k:] if rows else None, vh[..., k:, :] if columns else None,
    )  # fmt: skip


def svd_back(parts: Any, ys: Sequence[Any]) -> Any:
    """The transpose of `svd_along`."""
    u, s, vh, u_rest, vh_rest = leading(ys)
    k = s.shape[-1]
    m: Any = diagonal_matrix(parts[1] * np.sign(s)) if 1 in parts else 0
    of_u: Any = 0
    of_v: Any = 0
    if 0 in parts:
        g_u = parts[0] if u_rest is None else parts[0][..., :k]
        of_u = u.mT @ g_u
    if 2 in parts:
        g_v = parts[2] if vh_rest is None else parts[2][..., :k, :]
        of_v = g_v @ vh.mT
    if 0 in parts or 2 in parts:
        even, odd = (of_u - of_v) * gaps(s), (of_u + of_v) * sums(s, u.dtype)
        m = m + (even + adjoint(even) + odd - adjoint(odd)) / 2
    towards = conjugate(u) @ m @ conjugate(vh)
    column = np.expand_dims(s, -1)
    if 0 in parts and u.shape[-2] > k:
        towards = towards + (g_u - conjugate(u) @ of_u) @ (conjugate(vh) / column)
    if 2 in parts and vh.shape[-1] > k:
        towards = towards + conjugate(u) @ ((g_v - of_v @ conjugate(vh)) / column)
    if 0 in parts and u_rest is not None:
        towards = towards - conjugate(u_rest @ (parts[0][..., k:].mT @ u) @ (vh / column))
    if 2 in parts and vh_rest is not None:
        towards = towards - conjugate(u @ (vh / column) @ parts[2][..., k:, :].mT @ vh_rest)
    return towards


def svd_along(t: Any, ys: Sequence[Any]) -> Any:
    """With x = u^H da v, its Hermitian part h and the other half z, and vectors that turn no more than they need to:

    d s = diag x      d u = u (h / (sj - si) + z / (si + sj)) + (1 - u u^H) da v / s
                      d v = v (h / (sj - si) - z / (si + sj)) + (1 - v v^H) da^H u / s
    """
    u, s, vh, u_rest, vh_rest = leading(ys)
    uh, v, column = adjoint(u), adjoint(vh), np.expand_dims(s, -1)
    x = uh @ t @ v
    even, odd = (x + adjoint(x)) / 2, (x - adjoint(x)) / 2

    def of_u() -> Any:
        d = u @ (gaps(s) * even + sums(s, u.dtype) * odd)
        if u.shape[-2] > s.shape[-1]:
            d = d + (t @ v - u @ x) / column.mT
        if u_rest is None:
            return d
        return np.concatenate([d, -(u @ ((vh / column) @ (adjoint(t) @ u_rest)))], axis=-1)

    def of_vh() -> Any:
        d = (sums(s, u.dtype) * odd - gaps(s) * even) @ vh
        if vh.shape[-1] > s.shape[-1]:
            d = d + (uh @ t - x @ vh) / column
        if vh_rest is None:
            return d
        return np.concatenate([d, -((vh_rest @ adjoint(t)) @ (u @ (vh / column)))], axis=-2)

    return of_u, np.real(diagonal_of(x)) * np.sign(s), of_vh


def without_phase(result: Any) -> Any:
    """What of a decomposition does not depend on phases, nor on the choice of the vectors that complete a basis."""
    u, s, vh = result
    k = s.shape[-1]
    middle = (u[..., :k] * np.expand_dims(np.exp(s), -2)) @ vh[..., :k, :]
    u_rest, vh_rest = u[..., k:], vh[..., k:, :]
    return s, middle, np.abs(u[..., :k]), np.abs(vh[..., :k, :]), u_rest @ adjoint(u_rest), adjoint(vh_rest) @ vh_rest


def cases_of_svd() -> list[Sample]:
    return [
        sample(normal(3, 3), full_matrices=False),
        sample(normal(4, 2), full_matrices=False),
        sample(normal(2, 2, 4), full_matrices=False),
        sample(normal(4, 2), full_matrices=True, through=without_phase),
        sample(normal(2, 4), full_matrices=True, through=without_phase),
        sample(normal(3, 2), full_matrices=True),
        sample(normal(3, 3, dtype=complex), full_matrices=False, through=without_phase),
        sample(normal(4, 2, dtype=complex), full_matrices=False, through=without_phase),
        sample(normal(2, 4, dtype=complex), full_matrices=True, through=without_phase),
        sample(normal(3, 2, dtype=np.float32), full_matrices=True),
        sample(normal(2, 1) @ normal(1, 2), full_matrices=False, through=lambda r: r[1][..., :1]),
    ]


singular_triples = primitive(
    lambda a, *, full_matrices=True: tuple(np.linalg.svd(a, full_matrices)),
    svd_back,
    jvp=svd_along,
    outputs=3,
    name="svd",
    batch="leading",
    samples=cases_of_svd,
    reference="J. Townsend, Differentiating the singular value decomposition (2016); the phases as in Z. Wan, S. Zhang, "
    "Automatic differentiation for complex valued SVD, arXiv:1909.02659",
)


@answers(
    np.linalg.svd,
    samples=lambda: [
        sample(normal(3, 3)),
        *cases_of_svd(),
        sample(normal(4, 2), compute_uv=False),
        sample(normal(2, 2, 3), True, False),
        sample(regular(3), hermitian=True),
        sample(regular(3, 2), hermitian=True, compute_uv=False),
        sample(regular(3, dtype=complex), hermitian=True, through=without_phase),
        sample(np.arange(6).reshape(2, 3), full_matrices=False),
        sample(normal(3), raises=ShapeError, match="svd takes a matrix"),
    ],
)
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    """u, s and v^H with a = u @ diag(s) @ v^H, as (u, s, vh): orthonormal u and v, and s >= 0 in descending order.

    a: (..., m, n)   reduced: (..., m, k), (..., k), (..., k, n) with k = min(m, n)   full: (..., m, m), (..., k), (..., n, n)
    compute_uv   False for s alone
    hermitian    a is Hermitian, and only its lower triangle is read

    Complex vectors have a phase that is LAPACK's choice, and of the vectors that complete a full u or v only the span is
    determined: only functions that do not depend on such choices have a derivative.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda a: np.sum(ag.linalg.svd(a, compute_uv=False)))(np.diag([3.0, 2.0, 2.0]))
    array([[1., 0., 0.],
           [0., 1., 0.],
           [0., 0., 1.]])
    """
    check_matrices("svd", a)
    if not hermitian:
        if not compute_uv:
            return singular_triples(a, full_matrices=False)[1]
        return SVDResult(*singular_triples(a, full_matrices=bool(full_matrices)))
    if not compute_uv:
        return np.flip(np.sort(np.abs(eigvalsh(a)), axis=-1), -1)
    w, u = eigh(a)
    order = np.flip(np.argsort(np.abs(w), axis=-1), -1)
    n = u.shape[-1]
    # the eigenvectors by falling size: a product, since each matrix of a stack has an order of its own
    place = np.equal(np.expand_dims(order, -2), np.reshape(np.arange(n), (n, 1))).astype(w.dtype)
    w, u = (np.expand_dims(w, -2) @ place)[..., 0, :], u @ place
    return SVDResult(u, np.abs(w), adjoint(u * np.expand_dims(np.copysign(1.0, w), -2)))


@answers(
    np.linalg.svdvals,
    samples=lambda: [
        sample(normal(3, 3)),
        sample(normal(2, 4, 2)),
        sample(normal(2, 3, dtype=complex)),
        sample(normal(2, 3, dtype=np.float32)),
        sample(np.arange(6).reshape(2, 3)),
        sample(normal(3), raises=ShapeError, match="svdvals takes a matrix"),
    ],
)
def svdvals(x: Any, /) -> Any:
    """The singular values in descending order.

    x: (..., m, n)   returns (..., min(m, n))

    >>> import numpy as np, autograd_core as ag
    >>> ag.linalg.svdvals(np.diag([3.0, -4.0]))
    array([4., 3.])
    """
    check_matrices("svdvals", x)
    return singular_triples(x, full_matrices=False)[1]


# -- rank and condition ------------------------------------------------------------------------------------------------


ranks = fixed(
    lambda a, *, tol, hermitian, rtol: np.linalg.matrix_rank(a, tol, hermitian, rtol=rtol),
    name="matrix_rank",
    samples=lambda: [
        sample(normal(3, 2), tol=None, hermitian=False, rtol=None),
        sample(regular(3), tol=10, hermitian=True, rtol=None),
    ],
)


@answers(
    np.linalg.matrix_rank,
    samples=lambda: [
        sample(normal(3, 2)),
        sample(normal(2, 3, 1) @ normal(2, 1, 3)),
        sample(regular(3), hermitian=True),
        sample(regular(3), 10),
        sample(regular(3), rtol=0.5),
        sample(normal(3)),
        sample(regular(3, dtype=np.float32)),
        sample(regular(3), 1, rtol=1, raises=UnsupportedError, match="give one of them"),
    ],
)
def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    """How many singular values are above `tol`, or above `rtol` times the largest; piecewise constant.

    A: (..., m, n)   returns (...)

    >>> import numpy as np, autograd_core as ag
    >>> int(ag.linalg.matrix_rank(np.ones((3, 3))))
    1
    """
    if tol is not None and rtol is not None:
        raise UnsupportedError("matrix_rank was given tol and rtol, two ways to say what counts as 0: give one of them")
    return ranks(A, tol=tol, hermitian=hermitian, rtol=rtol)


@answers(
    np.linalg.cond,
    samples=lambda: [
        sample(regular(3)),
        sample(normal(2, 4, 2)),
        sample(regular(3), -2),
        sample(regular(3, 2), 1),
        sample(regular(3), p=-1),
        sample(regular(3), np.inf),
        sample(regular(3), -np.inf),
        sample(regular(3), "fro"),
        sample(regular(3), "nuc"),
        sample(regular(3, dtype=complex)),
        sample(regular(3, dtype=np.float32), 1),
        sample(np.zeros((1, 2, 2), np.float32)),
        sample(normal(2, 3), 1, raises=ShapeError, match="cond takes square matrices"),
        sample(np.ones((2, 2)), 1, raises=MatrixError, match="singular"),
        sample(np.ones((0, 2)), raises=ShapeError, match="without elements"),
    ],
)
@composed
def cond(x: Any, p: Any = None) -> Any:
    """The condition number norm(x, p) * norm(inv(x), p): how much a relative error can grow in solving with x.

    x: (..., m, n); square unless p is None, 2 or -2   returns (...)

    Of a singular matrix it is infinite and has no derivative: recorded values raise MatrixError unless p is None, 2 or -2.

    >>> import numpy as np, autograd_core as ag
    >>> ag.linalg.cond(np.diag([1.0, 4.0]))
    np.float64(4.0)
    """
    if not isinstance(x, Value):
        return np.linalg.cond(x, p)
    if 0 in shape_of(x)[-2:]:
        raise ShapeError(f"cond is not defined for matrices without elements, of shape {shape_of(x)}")
    if p is None or p in (2, -2):
        s = svdvals(x)
        with np.errstate(all="ignore"):
            ratio = s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
        return np.where(np.equal(s[..., 0], 0), np.inf, ratio)
    check_square("cond", x)
    return np.linalg.norm(x, p, (-2, -1)) * np.linalg.norm(np.linalg.inv(x), p, (-2, -1))
