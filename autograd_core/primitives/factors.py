"""Triangular factors: Cholesky's of a positive definite matrix, and QR."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.linalg._linalg import QRResult

from ..dispatch import answers
from ..errors import MatrixError, ShapeError, UnsupportedError
from ..families import composed, primitive
from ..reverse import conjugate
from ..samples import Sample, sample
from .contractions import normal, shape_of
from .matrices import adjoint, check_matrices, folded, halved, mirrored, positive
from .solvers import inv, solution

# -- Cholesky ----------------------------------------------------------------------------------------------------------


def cholesky_back(g: Any, y: Any, upper: bool) -> Any:
    """The transpose of `cholesky_along`; the upper factor is the adjoint of the lower one."""
    g, lower = (adjoint(g), adjoint(y)) if upper else (g, y)
    inverse = inv(lower)
    return folded(inverse.mT @ halved(lower.mT @ g) @ conjugate(inverse), upper)


def cholesky_along(t: Any, y: Any, upper: bool) -> Any:
    """d l = l halved(l^-1 da l^-H), where halved takes the lower triangle and half of the diagonal."""
    lower = adjoint(y) if upper else y
    inverse = inv(lower)
    change = lower @ halved(inverse @ mirrored(t, upper) @ adjoint(inverse))
    return adjoint(change) if upper else change


def cases_of_cholesky() -> list[Sample]:
    return [
        sample(positive(3), upper=False),
        sample(positive(2, 2, 2), upper=False),
        sample(positive(3, dtype=complex), upper=False),
        sample(adjoint(positive(3)), upper=True),
        sample(adjoint(positive(3, 2, dtype=complex)), upper=True),
        sample(positive(3, dtype=np.float32), upper=False),
        sample(np.ones((2, 0, 0)), upper=False),
        sample(normal(2, 3), upper=False, raises=ShapeError, match="cholesky takes square matrices"),
        sample(
            -np.eye(2),
            upper=False,
            raises=MatrixError,
            match="not positive definite: .* a small multiple of the identity",
        ),
        sample(np.stack([np.eye(2), -np.eye(2)]), upper=False, raises=MatrixError, match="matrix 1 of the stack"),
    ]


cholesky_factor = primitive(
    lambda a, *, upper=False: np.linalg.cholesky(a, upper=upper),
    cholesky_back,
    jvp=cholesky_along,
    name="cholesky",
    batch="leading",
    samples=cases_of_cholesky,
    reference="I. Murray, Differentiation of the Cholesky decomposition, arXiv:1602.07527 (2016)",
)


@answers(np.linalg.cholesky, samples=lambda: [sample(positive(3)), *cases_of_cholesky()])
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """The lower triangular matrix l with l @ l^H = a, for a positive definite a; or the upper one, l^H.

    a: (..., n, n)   returns (..., n, n)

    Only one triangle of a is read, the one that the result fills, so that the gradient is 0 on the other.
    Raises MatrixError if a matrix is not positive definite.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda a: np.sum(ag.linalg.cholesky(a)))(4 * np.eye(2))
    array([[0.25, 0.  ],
           [0.5 , 0.25]])
    """
    return cholesky_factor(a, upper=bool(upper))


# -- QR ----------------------------------------------------------------------------------------------------------------


def parts_of_qr(q: Any, r: Any) -> tuple[Any, Any, Any]:
    """The columns of q that span the matrix, the others (None in the reduced form), and the square part of r."""
    n = r.shape[-1]
    return (q, None, r) if q.shape[-1] == n else (q[..., :n], q[..., n:], r[..., :n, :])


def qr_back(gs: Sequence[Any], ys: Sequence[Any]) -> Any:
    """The transpose of `qr_along`."""
    (g_q, g_rest, g_r), (q, rest, r) = parts_of_qr(*gs), parts_of_qr(*ys)
    m = halved(g_r @ r.mT - q.mT @ g_q, upper=True)
    towards = conjugate(q) @ (m + adjoint(m)) + g_q
    if rest is not None:
        towards = towards - conjugate(rest @ (g_rest.mT @ q))
    return solution(r, towards.mT).mT


def qr_along(t: Any, ys: Sequence[Any]) -> Any:
    """With e = da r^-1, and w the upper triangle of q^H e + (q^H e)^H, its diagonal halved: d r = w r, d q = e - q w.

    The columns that complete q turn no more than those need them to: d q' = -q e^H q'.
    """
    q, rest, r = parts_of_qr(*ys)
    e = solution(r.mT, t.mT).mT
    w = folded(adjoint(q) @ e, upper=True)
    change_q, change_r = e - q @ w, w @ r
    if rest is None:
        return change_q, change_r
    return (
        np.concatenate([change_q, -(q @ (adjoint(e) @ rest))], axis=-1),
        np.concatenate([change_r, np.zeros((*r.shape[:-2], rest.shape[-1], r.shape[-1]), r.dtype)], axis=-2),
    )


def without_gauge(result: Any) -> Any:
    """What of a complete QR does not depend on the choice of the completing columns."""
    q, r = result
    n = r.shape[-1]
    rest = q[..., n:]
    return q[..., :n], r, rest @ adjoint(rest)


orthogonal = primitive(
    lambda a, *, mode="reduced": tuple(np.linalg.qr(a, mode)),
    qr_back,
    jvp=qr_along,
    outputs=2,
    name="qr",
    batch="leading",
    samples=lambda: [
        sample(normal(3, 3), mode="reduced"),
        sample(normal(4, 2), mode="reduced"),
        sample(normal(2, 4, 2), mode="complete", through=without_gauge),
        sample(normal(3, 2), mode="complete", through=without_gauge),
        sample(normal(4, 2, dtype=complex), mode="reduced"),
        sample(normal(4, 2, dtype=complex), mode="complete", through=without_gauge),
        sample(normal(3, 2, dtype=np.float32), mode="complete"),
    ],
    reference="S. Walter, L. Lehmann, Algorithmic differentiation of linear algebra functions ..., arXiv:1001.1654 (2010)",
)


@answers(
    np.linalg.qr,
    samples=lambda: [
        sample(normal(3, 3)),
        sample(normal(2, 4, 2)),
        sample(normal(2, 4)),
        sample(normal(3, 2), "complete", through=without_gauge),
        sample(normal(2, 3), mode="complete"),
        sample(normal(4, 2), mode="r"),
        sample(normal(2, 4), mode="r"),
        sample(normal(3, 3, dtype=complex)),
        sample(normal(2, 4, dtype=complex)),
        sample(normal(4, 2, dtype=complex), "complete", through=without_gauge),
        sample(normal(4, 2, dtype=np.float32)),
        sample(normal(3), raises=ShapeError, match=r"qr takes a matrix, or a stack of them, not shape \(3,\)"),
        sample(normal(3, 3), mode="raw", raises=UnsupportedError, match="Householder"),
        sample(normal(3, 3), mode="full", raises=UnsupportedError, match="'reduced', 'complete' or 'r', not 'full'"),
    ],
)
@composed
def qr(a: Any, mode: str = "reduced") -> Any:
    """Orthonormal columns q and an upper triangular r with q @ r = a, as (q, r); only r for mode "r".

    a: (..., m, n)   reduced: (..., m, k), (..., k, n) with k = min(m, n)   complete: (..., m, m), (..., m, n)

    The first k columns of a must be independent, else the gradient raises MatrixError. Of the columns that complete q only
    their span is determined, and so only functions of their span have a derivative: that of the choice which turns least.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda a: ag.linalg.qr(a).R[0, 1])(np.array([[3.0, 0.0], [4.0, 5.0]])).round(2)
    array([[ 0.48, -0.6 ],
           [-0.36, -0.8 ]])
    """
    if mode == "raw":
        raise UnsupportedError(
            "qr with mode='raw' gives Householder reflectors, which are not differentiated: use 'reduced'"
        )
    if mode not in ("reduced", "complete", "r"):
        raise UnsupportedError(f"qr takes mode='reduced', 'complete' or 'r', not {mode!r}")
    check_matrices("qr", a)
    m, n = shape_of(a)[-2:]
    q, r = orthogonal(a[..., :m] if m < n else a, mode="complete" if mode == "complete" else "reduced")
    if m < n:  # the other columns are but turned
        r = np.concatenate([r, adjoint(q) @ a[..., m:]], axis=-1)
    return r if mode == "r" else QRResult(q, r)
