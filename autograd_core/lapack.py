"""What LAPACK says when a matrix is not what an operation needs, in words that name the matrix and a remedy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .errors import AutogradError, DTypeError, MatrixError, ShapeError


class Fault(NamedTuple):
    """What can be wrong with a matrix: in words, how to find out, and what to do about it."""

    words: str
    probe: Callable[[Any], Any]
    remedy: str


# by what NumPy's message says
FAULTS = {
    "positive definite": Fault(
        "is not positive definite",
        np.linalg.cholesky,
        "only a matrix whose eigenvalues are all positive has this factor. If rounding is to blame, add a small multiple of "
        "the identity:  a + 1e-9 * np.eye(n)",
    ),
    "Singular": Fault(
        "is singular",
        np.linalg.inv,
        "it has no inverse. Use np.linalg.pinv or np.linalg.lstsq, or add a multiple of the identity",
    ),
}


def explained(name: str, error: Exception, datas: Sequence[Any]) -> AutogradError | None:
    """The error to raise for one of np.linalg; None for any other."""
    if not datas or not hasattr(datas[0], "shape"):
        return None
    a = datas[0]
    if "unsupported in linalg" in str(error):
        return DTypeError(
            f"{name} is computed by LAPACK, which has no {' or '.join(sorted({str(d.dtype) for d in datas}))}: convert with "
            f"x.astype(np.float32) or x.astype(np.float64)"
        )
    if not isinstance(error, np.linalg.LinAlgError):
        return None
    if a.ndim < 2:
        return ShapeError(f"{name} takes a matrix, or a stack of them, not shape {a.shape}")
    if "square" in str(error):
        return ShapeError(
            f"{name} takes square matrices, not {a.shape[-2]} by {a.shape[-1]} ones, here of shape {a.shape}"
        )
    for message, fault in FAULTS.items():
        if message in str(error):
            return MatrixError(f"{name} of shape {a.shape}: {which(a, fault.probe)} {fault.words}: {fault.remedy}")
    if not np.isfinite(a).all():
        return MatrixError(
            f"{name} of shape {a.shape}: {which(a, finite)} holds NaN or infinity: find where it came from"
        )
    return MatrixError(f"{name} of shape {a.shape}: {error}")


def finite(a: Any) -> None:
    """Raise LinAlgError unless all elements are finite."""
    if not np.isfinite(a).all():
        raise np.linalg.LinAlgError


def which(a: Any, probe: Callable[[Any], Any]) -> str:
    """Words for the first matrix of a stack that a probe refuses."""
    if a.ndim == 2:
        return "the matrix"
    for index in np.ndindex(a.shape[:-2]):
        try:
            probe(a[index])
        except np.linalg.LinAlgError:
            return f"matrix {index if len(index) > 1 else index[0]} of the stack"
    return "a matrix"
