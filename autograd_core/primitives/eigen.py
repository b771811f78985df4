"""Eigenvalues and eigenvectors, of Hermitian matrices and of any.

Eigenvectors have a derivative only where their eigenvalue is simple: elsewhere it is infinite or NaN, as 1 / (wj - wi) says.
Eigenvalues, and what depends on them only, are not touched by that: a rule computes what is asked for and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.linalg._linalg import EighResult, EigResult

from ..dispatch import answers
from ..errors import MatrixError, ShapeError, UnsupportedError
from ..families import primitive
from ..reverse import conjugate
from ..samples import Sample, sample
from .contractions import normal
from .matrices import adjoint, diagonal_matrix, diagonal_of, folded, gaps, mirrored, regular
from .solvers import solution

# -- Hermitian ---------------------------------------------------------------------------------------------------------


def eigh_back(parts: Any, ys: Sequence[Any], UPLO: str) -> Any:
    """The transpose of `eigh_along`, on the triangle that was read."""
    w, v = ys
    m = diagonal_matrix(parts[0]) if 0 in parts else 0
    if 1 in parts:
        m = m + gaps(w) * (v.mT @ parts[1])
    return folded(conjugate(v) @ m @ v.mT, UPLO == "U")


def eigh_along(t: Any, ys: Sequence[Any], UPLO: str) -> Any:
    """With e = v^H da v: d w = diag e, d v = v (e / (wj - wi)), without a change along v itself."""
    w, v = ys
    e = adjoint(v) @ mirrored(t, UPLO == "U") @ v
    return np.real(diagonal_of(e)), lambda: v @ (gaps(w) * e)


def without_phase(result: Any) -> Any:
    """What of eigenvalues and eigenvectors does not depend on the phase of the vectors."""
    w, v = result
    return w, (v * np.expand_dims(np.exp(w), -2)) @ adjoint(v), np.abs(v)


def cases_of_eigh() -> list[Sample]:
    return [
        sample(regular(3), UPLO="L"),
        sample(regular(3), UPLO="U"),
        sample(regular(2, 2, 1), UPLO="L"),
        sample(regular(3, dtype=complex), UPLO="L", through=without_phase),
        sample(regular(3, 2, dtype=complex), UPLO="U", through=without_phase),
        sample(regular(2, dtype=np.float32), UPLO="L"),
        sample(np.ones((0, 2, 2)), UPLO="L"),
        sample(normal(2, 3), UPLO="L", raises=ShapeError, match="eigh takes square matrices"),
    ]


hermitian_pairs = primitive(
    lambda a, *, UPLO="L": tuple(np.linalg.eigh(a, UPLO)),
    eigh_back,
    jvp=eigh_along,
    outputs=2,
    name="eigh",
    batch="leading",
    samples=cases_of_eigh,
    reference="M. Giles, Collected matrix derivative results (2008), 3.1",
)


def triangle(UPLO: str) -> str:
    """The triangle to read, L or U."""
    if UPLO.upper() not in ("L", "U"):
        raise UnsupportedError(f"UPLO names the triangle that is read, 'L' or 'U', not {UPLO!r}")
    return UPLO.upper()


@answers(
    np.linalg.eigh,
    samples=lambda: [
        sample(regular(3)),
        *cases_of_eigh(),
        sample(regular(3), "u"),
        sample(regular(2), UPLO="X", raises=UnsupportedError, match="'L' or 'U', not 'X'"),
    ],
)
def eigh(a: Any, UPLO: str = "L") -> Any:
    """Eigenvalues w in ascending order and orthonormal eigenvectors v of Hermitian matrices, as (w, v): a @ v = v * w.

    a: (..., n, n)   returns (..., n), (..., n, n)   UPLO: the triangle of a that is read, so that the gradient is 0 on the other

    Complex eigenvectors have a phase that is LAPACK's choice: only functions that do not depend on it have a derivative.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda a: ag.linalg.eigh(a).eigenvalues[-1])(np.array([[2.0, 0.0], [1.0, 2.0]]))
    array([[0.5, 0. ],
           [1. , 0.5]])
    """
    return EighResult(*hermitian_pairs(a, UPLO=triangle(UPLO)))


@answers(
    np.linalg.eigvalsh,
    samples=lambda: [
        sample(regular(3)),
        sample(regular(2, 2, 1), UPLO="U"),
        sample(regular(3, dtype=complex), "L"),
        sample(regular(3, dtype=np.float32)),
        sample(np.ones((0, 0))),
        sample(np.arange(4).reshape(2, 2)),
        sample(normal(3), raises=ShapeError, match="takes a matrix, or a stack of them"),
    ],
)
def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    """The eigenvalues of Hermitian matrices in ascending order; at equal ones their sum still has its derivative.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda a: np.sum(ag.linalg.eigvalsh(a)))(np.eye(2))
    array([[1., 0.],
           [0., 1.]])
    """
    return hermitian_pairs(a, UPLO=triangle(UPLO))[0]


# -- any square matrix -------------------------------------------------------------------------------------------------


def peak(v: Any) -> Any:
    """1 at the largest entry of each column, which LAPACK makes real, 0 elsewhere."""
    n = v.shape[-1]
    return np.equal(np.reshape(np.arange(n), (n, 1)), np.argmax(np.abs(v), axis=-2, keepdims=True)).astype(v.dtype)


def eig_back(parts: Any, ys: Sequence[Any]) -> Any:
    """The transpose of `eig_along`."""
    w, v = ys
    m = diagonal_matrix(parts[0]) if 0 in parts else 0
    if 1 in parts:
        g = parts[1]
        along = np.sum(v * g, -2, keepdims=True)  # what a change of length and phase would do
        g = g - np.real(along) * conjugate(v)
        if v.dtype.kind == "c":
            top = peak(v)
            g = g - (1j * np.imag(along) / np.real(np.sum(top * v, -2, keepdims=True))) * top
        m = m + gaps(w) * (v.mT @ g)
    return solution(v.mT, m @ v.mT)


def eig_along(t: Any, ys: Sequence[Any]) -> Any:
    """With e = v^-1 da v: d w = diag e, d v = v (e / (wj - wi)) + v c, where c keeps the normalisation of LAPACK.

    Each column keeps its length, 1, and its largest entry stays real.
    """
    w, v = ys
    e = solution(v, t @ v)

    def of_v() -> Any:
        d = v @ (gaps(w) * e)
        c = -np.real(np.sum(conjugate(v) * d, -2, keepdims=True))
        if v.dtype.kind == "c":
            top = peak(v)
            c = c - 1j * np.imag(np.sum(top * d, -2, keepdims=True)) / np.real(np.sum(top * v, -2, keepdims=True))
        return d + c * v

    return diagonal_of(e), of_v


def cases_of_eig() -> list[Sample]:
    return [
        sample(regular(3)),
        sample(np.array([[1.0, 2.0, 0.5], [-2.0, 0.5, 1.0], [0.3, 0.2, 3.0]])),
        sample(regular(3, 2)[..., ::-1]),
        sample(regular(3, dtype=complex)),
        sample(regular(2, 2, dtype=complex)),
        sample(regular(2, dtype=np.float32)),
        sample(normal(2, 3), raises=ShapeError, match="eig takes square matrices"),
        sample(np.array([[1.0, np.nan], [0.0, 1.0]]), raises=MatrixError, match="the matrix holds NaN or infinity"),
    ]


pairs = primitive(
    lambda a: tuple(np.linalg.eig(a)),
    eig_back,
    jvp=eig_along,
    outputs=2,
    name="eig",
    batch="leading",
    samples=cases_of_eig,
    reference="M. Giles, Collected matrix derivative results (2008), 3.1",
)


@answers(np.linalg.eig, samples=lambda: [*cases_of_eig(), sample(np.array([[1, 2], [3, 4]]))])
def eig(a: Any) -> Any:
    """Eigenvalues w and eigenvectors v of square matrices, as (w, v): a @ v = v * w; complex where they must be.

    a: (..., n, n)   returns (..., n), (..., n, n)

    Each column of v has the length 1 and, where complex, a largest entry that is real, as LAPACK makes it; derivatives keep that.
    For a symmetric matrix use `eigh`.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda a: np.sum(np.real(ag.linalg.eig(a).eigenvalues)))(np.array([[0.0, 1.0], [-1.0, 0.0]]))
    array([[1., 0.],
           [0., 1.]])
    """
    return EigResult(*pairs(a))


@answers(
    np.linalg.eigvals,
    samples=lambda: [
        *cases_of_eig()[:6],
        sample(np.array([[1, 2], [3, 4]])),
        sample(np.triu(regular(3)), through=np.sum),
    ],
)
def eigvals(a: Any) -> Any:
    """The eigenvalues of square matrices, in LAPACK's order.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda a: np.sum(ag.linalg.eigvals(a) ** 2))(np.array([[1.0, 1.0], [0.0, 2.0]]))
    array([[2., 0.],
           [2., 4.]])
    """
    return pairs(a)[0]
