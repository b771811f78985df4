"""Pseudo-inverses and least squares. Their derivatives are those at constant rank; where the rank jumps there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..batches import bare
from ..dispatch import answers
from ..errors import GradientError, ShapeError, UnsupportedError
from ..families import primitive
from ..generic import operand
from ..recording import Value, dtype_of
from ..reverse import conjugate
from ..samples import sample
from .contractions import normal, shape_of
from .layouts import astype
from .matrices import adjoint, check_matrices, check_square, folded, mirrored, regular

# -- pseudo-inverse ----------------------------------------------------------------------------------------------------


def pinv_back(g: Any, a: Any, y: Any, hermitian: bool) -> Any:
    """The transpose of `pinv_along`."""
    q = g.mT @ y @ adjoint(y)
    r = adjoint(y) @ y @ g.mT
    towards = conjugate(q - a @ (y @ q) + r - (r @ y) @ a) - y.mT @ g @ y.mT
    return folded(towards) if hermitian else towards


def pinv_along(t: Any, a: Any, y: Any, hermitian: bool) -> Any:
    """d y = -y da y + y y^H da^H (1 - a y) + (1 - y a) da^H y^H y, as long as the rank stays the same."""
    t, a = (mirrored(t), mirrored(a)) if hermitian else (t, a)
    q, r = y @ adjoint(y) @ adjoint(t), adjoint(t) @ adjoint(y) @ y
    return q - (q @ a) @ y + r - y @ (a @ r) - y @ t @ y


pseudo_inverse = primitive(
    lambda a, *, rcond=1e-15, hermitian=False: np.linalg.pinv(a, rcond, hermitian),
    lambda g, a, y, hermitian: pinv_back(g, mirrored(a) if hermitian else a, y, hermitian),
    jvp=pinv_along,
    name="pinv",
    batch="leading",
    samples=lambda: [
        sample(normal(4, 2)),
        sample(normal(2, 2, 4)),
        sample(normal(3, 2, dtype=complex), hermitian=False),
        sample(regular(3, dtype=complex), hermitian=True),
        sample(normal(2, 3, dtype=np.float32), hermitian=False),
    ],
    reference="G. Golub, V. Pereyra, The differentiation of pseudo-inverses ..., SIAM J. Numer. Anal. 10 (1973), (4.12)",
)


def check_cutoff(function: str, a: Any, rcond: Any, hermitian: bool = False) -> None:
    """Raise GradientError if a cutoff drops singular values that are not rounding errors: the formula assumes they are 0."""
    a = bare(a)
    if not (isinstance(a, Value) and a.requires_grad and a.size):
        return
    s = np.linalg.svd(a._data, compute_uv=False, hermitian=hermitian)
    noise = 100 * max(a.shape[-2:]) * np.finfo(s.dtype).eps * s[..., :1]
    dropped = (s <= np.expand_dims(rcond, -1) * s[..., :1]) & (s > noise)
    if dropped.any():
        raise GradientError(
            f"{function} with a cutoff of {rcond} drops the singular value {s[dropped].max():.3g} beside {s.max():.3g}: its "
            f"derivative is known only where what is dropped is 0 but for rounding. Lower the cutoff, or write the "
            f"regularised inverse  np.linalg.solve(a.mT @ a + eps * np.eye(n), a.mT)"
        )


NOT_GIVEN: Any = object()


@answers(
    np.linalg.pinv,
    samples=lambda: [
        sample(normal(4, 2)),
        sample(normal(2, 2, 4)),
        sample(regular(3)),
        sample(np.eye(3)),
        sample(normal(3, 2, dtype=complex)),
        sample(regular(3), hermitian=True),
        sample(regular(3, dtype=complex), hermitian=True),
        sample(normal(3, 2), rcond=1e-6),
        sample(normal(3, 2), rtol=None),
        sample(normal(3, 2), rtol=1e-9),
        sample(normal(3, 2, dtype=np.float32)),
        sample(np.ones((0, 2))),
        sample(regular(3), rcond=0.9, raises=GradientError, match="drops the singular value"),
        sample(normal(3), raises=ShapeError, match="pinv takes a matrix"),
        sample(normal(3, 2), hermitian=True, raises=ShapeError, match="pinv takes square matrices"),
        sample(normal(3, 2), 1e-6, rtol=1e-6, raises=UnsupportedError, match="two names"),
    ],
)
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = NOT_GIVEN) -> Any:
    """The pseudo-inverse of Moore and Penrose; its derivative is that at constant rank.

    a: (..., m, n)   returns (..., n, m)
    rcond, rtol   singular values up to this times the largest count as 0
    hermitian     a is Hermitian, and only its lower triangle is read

    Raises GradientError if what counts as 0 is more than rounding: such a cutoff has another derivative.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda a: np.sum(ag.linalg.pinv(a)))(np.array([[2.0], [0.0]]))
    array([[-0.25],
           [ 0.25]])
    """
    if rcond is not None and rtol is not NOT_GIVEN:
        raise UnsupportedError("pinv was given rcond and rtol, which are two names of one number")
    a = operand(a)
    (check_square if hermitian else check_matrices)("pinv", a)
    cutoff = rcond
    if rcond is None:
        eps = np.finfo(a.dtype if a.dtype.kind in "fc" else float).eps
        cutoff = 1e-15 if rtol is NOT_GIVEN else float(max(a.shape[-2:]) * eps) if rtol is None else rtol
    check_cutoff("pinv", a, cutoff, hermitian)
    return pseudo_inverse(a, rcond=cutoff, hermitian=bool(hermitian))


# -- least squares -----------------------------------------------------------------------------------------------------


EPS = float(np.finfo(float).eps)


def lstsq_forward(a: Any, b: Any, *, rcond: Any = None) -> Any:
    x, residuals, rank, s = np.linalg.lstsq(a, b, rcond)
    return x, residuals, np.asarray(rank)[()], s


def cutoff_of(rcond: Any, a: Any) -> Any:
    """The cutoff that lstsq takes if it is given none, or a negative one; LAPACK computes in double precision."""
    return EPS * max(a.shape) if rcond is None else EPS if rcond < 0 else rcond


def lstsq_back(parts: Any, xs: Sequence[Any], ys: Sequence[Any], rcond: Any) -> list[Any]:
    """The transpose of `lstsq_along`."""
    a, b = xs
    towards_a: Any = 0
    towards_b: Any = 0
    rest = b - a @ ys[0]
    if 0 in parts:
        g, p = parts[0], pseudo_inverse(a, rcond=cutoff_of(rcond, a))
        back = p.mT @ g
        r = adjoint(p) @ ys[0] @ g.mT
        towards_a = conjugate(rest @ (g.mT @ p) @ adjoint(p) + r - (r @ p) @ a) - back @ ys[0].mT
        towards_b = back
    if 1 in parts and ys[1].shape[0]:
        back = 2 * parts[1] * conjugate(rest)
        towards_a, towards_b = towards_a - back @ ys[0].mT, towards_b + back
    if 3 in parts:
        u, s, vh = np.linalg.svd(a, full_matrices=False)
        towards_a = towards_a + (conjugate(u) * (parts[3] * np.sign(s))) @ conjugate(vh)
    return [towards_a + np.zeros(a.shape, a.dtype), towards_b + np.zeros(b.shape, b.dtype)]


def lstsq_along(ts: Sequence[Any], xs: Sequence[Any], ys: Sequence[Any], rcond: Any) -> Any:
    """Of x = pinv(a) b with the change of the pseudo-inverse; of |b - a x|^2, where x is optimal; of singular values."""
    a, b = xs
    x, residuals, _, _ = ys
    of_a, of_b = [np.zeros(z.shape, z.dtype) if t is None else t for t, z in zip(ts, xs, strict=True)]
    rest, change = b - a @ x, of_b - of_a @ x

    def of_x() -> Any:
        p = pseudo_inverse(a, rcond=cutoff_of(rcond, a))
        r = adjoint(of_a) @ (adjoint(p) @ x)
        return p @ change + p @ (adjoint(p) @ (adjoint(of_a) @ rest)) + r - p @ (a @ r)

    def of_s() -> Any:
        u, s, vh = np.linalg.svd(a, full_matrices=False)
        return np.real(np.sum(conjugate(u) * (of_a @ adjoint(vh)), 0)) * np.sign(s)

    of_residuals = 2 * np.real(np.sum(conjugate(rest) * change, 0))
    return of_x, of_residuals if residuals.shape[0] else np.zeros(residuals.shape, residuals.dtype), np.zeros(()), of_s


def smooth(result: Any) -> Any:
    """What of a result of lstsq is differentiable: all but the rank."""
    return result[0], result[1], result[3]


least_squares = primitive(
    lstsq_forward,
    lstsq_back,
    jvp=lstsq_along,
    outputs=4,
    name="lstsq",
    samples=lambda: [
        sample(normal(4, 2), normal(4, 3), through=smooth),
        sample(normal(2, 4), normal(2, 1), through=smooth),
        sample(normal(4, 2, dtype=complex), normal(4, 1, dtype=complex), rcond=None, through=smooth),
    ],
    reference="G. Golub, V. Pereyra, The differentiation of pseudo-inverses ..., SIAM J. Numer. Anal. 10 (1973)",
)


@answers(
    np.linalg.lstsq,
    samples=lambda: [
        sample(normal(4, 2), normal(4)),
        sample(normal(4, 2), normal(4, 3)),
        sample(normal(2, 4), normal(2)),
        sample(regular(3), normal(3, 2)),
        sample(normal(4, 2, dtype=complex), normal(4, dtype=complex)),
        sample(normal(4, 2, dtype=np.float32), normal(4, dtype=np.float32)),
        sample(normal(4, 2), normal(4), 1e-9),
        sample(np.array([[1, 2], [3, 4], [5, 7]]), normal(3)),
        sample(normal(4, 2), np.arange(4)),
        sample(normal(4, 2, dtype=np.float32), normal(4)),
        sample(normal(4, 2, dtype=np.float32), np.arange(4, dtype=np.uint8)),
        sample(normal(4, 2), normal(4), rcond=-1),
        sample(regular(2), normal(3), raises=ShapeError, match=r"as many rows as the matrix \(2\), not 3"),
        sample(normal(2, 3, 2), normal(3), raises=ShapeError, match="lstsq takes one matrix"),
        sample(regular(3), normal(3), rcond=0.9, raises=GradientError, match="drops the singular value"),
    ],
)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """The x that makes |b - a x| least, and among those has the least norm, as (x, residuals, rank, singular values of a).

    a: (m, n)   b: (m) or (m, k)   returns (n) or (n, k), the sums of squares |b - a x|^2 (k; none unless m > n and the rank is
    n), the rank, and the singular values

    Derivatives are those at constant rank. Raises GradientError if `rcond` drops more than rounding.

    >>> import numpy as np, autograd_core as ag
    >>> x = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> ag.jacobian(lambda y: ag.linalg.lstsq(x, y)[0][1])(np.array([0.0, 1.0, 5.0])).round(3)
    array([-0.5, -0. ,  0.5])
    """
    shape, rows = shape_of(a), shape_of(b)
    if len(shape) != 2 or len(rows) not in (1, 2):
        raise ShapeError(f"lstsq takes one matrix and a vector or matrix, not shapes {shape} and {rows}")
    if shape[0] != rows[0]:
        raise ShapeError(f"lstsq takes a right side of as many rows as the matrix ({shape[0]}), not {rows[0]}")
    both = np.result_type(*[x if x.kind in "fc" else float for x in (dtype_of(a), dtype_of(b))])
    if isinstance(a, Value) or isinstance(b, Value):  # LAPACK computes all in one dtype, the singular values of a too
        a, b = astype(a, both), astype(b, both)
    if rcond is not None and rcond > 0:
        check_cutoff("lstsq", a, rcond)
    x, residuals, rank, s = least_squares(a, np.expand_dims(b, -1) if len(rows) == 1 else b, rcond=rcond)
    return x[..., 0] if len(rows) == 1 else x, residuals, rank, s
