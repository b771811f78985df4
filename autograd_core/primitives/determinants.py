"""Determinants, exact where the matrix is singular, and their logarithms.

The determinant is a polynomial of the entries, so all of its derivatives exist everywhere, and none needs an inverse:

    d det(a)[h1] ... [hk] = sum over k rows and columns of a minor of the h's times the complementary minor of a

In the frames of a = u s v^H the complementary minors are products of singular values.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import numpy as np
from numpy.linalg._linalg import SlogdetResult

from ..dispatch import answers
from ..errors import ShapeError
from ..families import primitive
from ..primitive import Primitive
from ..samples import Sample, sample
from .contractions import normal
from .matrices import regular
from .solvers import inv

# -- det ---------------------------------------------------------------------------------------------------------------


def products_of_others(s: Any, count: int) -> Any:
    """For each choice of `count` different places in a row, the product of all other elements; 0 if a place repeats."""
    n = s.shape[-1]
    places = np.indices((n,) * count).reshape((count, *(n,) * count, 1))
    named = np.any(places == np.arange(n), axis=0)
    different = np.sum(named, axis=-1) == count
    return np.prod(np.where(named, 1, s.reshape((*s.shape[:-1], *(1,) * count, n))), axis=-1) * different


def parity(order: Sequence[int]) -> int:
    """1 for an even permutation, -1 for an odd one."""
    return 1 - 2 * (sum(order[i] > order[j] for j in range(len(order)) for i in range(j)) % 2)


def cofactors_forward(a: Any, *hs: Any) -> Any:
    """The gradient of det at a, differentiated in each of the directions hs.

    With h' = u^H h v and p the products of all singular values but those at i, j, ...:
    of det itself p_i on the diagonal; in a direction h', sum_j p_ij h'_jj at (i, i) and -p_ij h'_ji at (i, j); in general
    a signed sum over the permutations of the rows that are named.
    """
    u, s, vh = np.linalg.svd(a)
    sign, v = np.linalg.det(u) * np.linalg.det(vh), vh.conj().mT
    turned = [u.conj().mT @ h @ v for h in hs]
    letters = "abcdefgh"[: len(hs) + 1]
    others, one = products_of_others(s, len(letters)), np.eye(s.shape[-1])
    total = 0
    for order in permutations(range(len(letters))):
        terms = [f"...{letters[i]}{letters[order[i]]}" for i in range(1, len(letters))]
        subscripts = ",".join([f"...{letters}", *terms, f"{letters[order[0]]}z"]) + "->...az"
        total = total + parity(order) * np.einsum(subscripts, others, *turned, one)
    y = sign[..., None, None] * (u.conj() @ total @ vh.conj())
    return y.astype(np.result_type(a, *hs), copy=False)


def cofactors_back(g: Any, xs: Sequence[Any]) -> list[Any]:
    """Derivatives of det are symmetric in their directions, so that the cotangent takes the place of each."""
    a, *hs = xs
    return [cofactors(a, *hs, g), *[cofactors(a, *hs[:i], g, *hs[i + 1 :]) for i in range(len(hs))]]


def cofactors_along(ts: Sequence[Any], xs: Sequence[Any]) -> Any:
    a, *hs = xs
    first, *rest = [
        cofactors(a, *hs, t) if i == 0 else cofactors(a, *hs[: i - 1], t, *hs[i:])
        for i, t in enumerate(ts)
        if t is not None
    ]
    return sum(rest, first)


def singular_matrices(dtype: Any = float) -> Any:
    """3 by 3 matrices of rank 3, 2, 1 and 0."""
    x, y = normal(3, 3, dtype=dtype), normal(3, 3, dtype=dtype)[::-1]
    return np.stack([x, x[:, :2] @ y[:2], x[:, :1] @ y[:1], 0 * x])


cofactors: Primitive = primitive(
    cofactors_forward,
    cofactors_back,
    jvp=cofactors_along,
    name="cofactors",
    batch="leading",
    samples=lambda: [
        sample(regular(3)),
        sample(regular(3, dtype=complex)),
        sample(regular(2), normal(2, 2)),
        sample(singular_matrices(), normal(4, 3, 3)),
        sample(singular_matrices(complex), normal(4, 3, 3, dtype=complex)),
        sample(singular_matrices(), normal(4, 3, 3), normal(4, 3, 3)[::-1]),
        sample(np.float64(2.0).reshape(1, 1), np.float64(3.0).reshape(1, 1)),
        sample(regular(3, dtype=np.float32)),
    ],
)


def cases_of_det() -> list[Sample]:
    return [
        sample(regular(3)),
        sample(regular(4)[:, ::-1]),
        sample(singular_matrices()),
        sample(singular_matrices(complex)),
        sample(regular(2, 2, 1, dtype=np.float32)),
        sample(regular(1)),
        sample(np.ones((2, 0, 0))),
        sample(np.ones((0, 2, 2))),
        sample(normal(2, 3), raises=ShapeError, match=r"det takes square matrices, not 2 by 3 ones"),
        sample(normal(3), raises=ShapeError, match=r"takes a matrix, or a stack of them, not shape \(3,\)"),
    ]


def det_forward(a: Any) -> Any:
    """The determinant of square matrices; its derivatives of every order are exact, where it is 0 too.

    a: (..., n, n)   returns (...)

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(ag.linalg.det)(np.array([[1.0, 2.0], [2.0, 4.0]])).round(12)
    array([[ 4., -2.],
           [-2.,  1.]])
    """
    return np.linalg.det(a)


det = answers(np.linalg.det, samples=lambda: [*cases_of_det(), sample(np.arange(4).reshape(2, 2))])(
    primitive(
        det_forward,
        lambda g, a: np.expand_dims(g, (-2, -1)) * cofactors(a),
        jvp=lambda t, a: np.sum(t * cofactors(a), (-2, -1)),
        name="det",
        batch="leading",
        samples=cases_of_det,
        reference="d det(a) = sum(cofactors(a) * da), also where a is singular",
    )
)

# -- slogdet -----------------------------------------------------------------------------------------------------------


def slogdet_back(gs: Sequence[Any], a: Any, ys: Sequence[Any]) -> Any:
    """With tr = sum(inv(a)^T * da): the logarithm changes by Re tr, the sign by i sign Im tr."""
    g_sign, g = gs
    if a.dtype.kind == "c":
        g = g + 1j * np.imag(g_sign * ys[0])
    return np.expand_dims(g, (-2, -1)) * inv(a).mT


def slogdet_along(t: Any, a: Any, ys: Sequence[Any]) -> Any:
    trace = np.sum(t * inv(a).mT, (-2, -1))
    if a.dtype.kind == "c":
        return 1j * ys[0] * np.imag(trace), np.real(trace)
    return np.zeros(ys[0].shape, ys[0].dtype), trace


def cases_of_slogdet() -> list[Sample]:
    return [
        sample(regular(3)),
        sample(regular(3)[::-1]),
        sample(regular(3, 2, dtype=complex)),
        sample(regular(2, 2, 1, dtype=np.float32)),
        sample(np.ones((2, 0, 0))),
        sample(normal(2, 3), raises=ShapeError, match="slogdet takes square matrices"),
    ]


sign_and_log = primitive(
    lambda a: tuple(np.linalg.slogdet(a)),
    slogdet_back,
    jvp=slogdet_along,
    outputs=2,
    name="slogdet",
    batch="leading",
    samples=cases_of_slogdet,
)


@answers(np.linalg.slogdet, samples=lambda: [*cases_of_slogdet(), sample(np.arange(4).reshape(2, 2))])
def slogdet(a: Any) -> Any:
    """The sign of the determinant, a number of size 1, and the logarithm of its size, as (sign, logabsdet).

    a: (..., n, n)   returns (...), (...)

    The gradient needs the inverse: of a singular matrix it raises MatrixError. The sign of a real matrix is constant.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda a: ag.linalg.slogdet(a).logabsdet)(np.array([[2.0, 0.0], [0.0, 4.0]]))
    array([[0.5 , 0.  ],
           [0.  , 0.25]])
    """
    return SlogdetResult(*sign_and_log(a))
