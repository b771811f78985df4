"""What a law is, and the table of all: a name, a sentence, the cases it holds for, and the function that tries it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .cases import Case


class LawError(AssertionError):
    """A law that an operation breaks: `.law` is its name, `.case` the call that shows it."""

    def __init__(self, message: str, law: str = "", case: Case | None = None) -> None:
        super().__init__(message)
        self.law, self.case = law, case


@dataclass(frozen=True)
class Law:
    """A law: called with a case it raises LawError if the case breaks it, and does nothing where it does not apply."""

    name: str
    holds_for: Callable[[Case], bool]
    check: Callable[[Case], None]

    @property
    def sentence(self) -> str:
        return (self.check.__doc__ or "").split("\n")[0]

    def __call__(self, case: Case) -> None:
        if not self.holds_for(case):
            return
        try:
            with np.errstate(all=None if case.is_finite else "ignore"):
                self.check(case)
        except AssertionError as error:
            raise LawError(
                f"{case.name} breaks the law {self.name!r}: {self.sentence}\n{error}\nat {case}", self.name, case
            ) from error
        except Exception as error:
            error.add_note(f"at {case}")
            raise


LAWS: dict[str, Law] = {}
"""Every law by its name, in the order in which they are tried."""


def law(name: str, holds_for: Callable[[Case], bool]) -> Callable[[Callable[[Case], None]], Law]:
    """Enter a function into the table of laws; its first line of documentation states the law."""

    def enter(check: Callable[[Case], None]) -> Law:
        made = LAWS[name] = Law(name, holds_for, check)
        return made

    return enter


def agree(
    got: Sequence[Any], expected: Sequence[Any], what: str, bar: float | Sequence[Any] = 0.0, eps: float = 0.0
) -> None:
    """Raise AssertionError unless arrays are equal in number, shape and, up to a bar, in value; NaN equals NaN alone.

    bar   how far off each may be: one number in units of the dtype's spacing at the largest value, or an array for each
    eps   the relative spacing, if it is coarser than that of the arrays: results may be computed from a coarser dtype
    """
    if len(got) != len(expected):
        raise AssertionError(f"{what}: {len(got)} results instead of {len(expected)}")
    for i, (y, e) in enumerate(zip(got, expected, strict=True)):
        y, e = np.asarray(y), np.asarray(e)
        if y.shape != e.shape:
            raise AssertionError(f"{what} {i}: shape {y.shape} instead of {e.shape}")
        allowed = bar[i] if isinstance(bar, Sequence) else bar * unit(eps, e, y)
        off = (y != e) & ~(np.isnan(y) & np.isnan(e)) if y.dtype.kind in "fc" and e.dtype.kind in "fc" else y != e
        finite = np.isfinite(y) & np.isfinite(e) if y.dtype.kind in "fc" else np.zeros(y.shape, bool)
        off &= ~(finite & (np.abs(np.where(finite, y, 0) - np.where(finite, e, 0)) <= allowed))
        if np.any(off):
            at = tuple(int(k[0]) for k in np.nonzero(np.atleast_1d(off))) if y.ndim else ()
            raise AssertionError(
                f"{what} {i}{list(at) if at else ''}: {y[at]!r} instead of {e[at]!r} (± {np.max(allowed):.1e})"
            )


def agree_on_slopes(
    case: Case, got: Sequence[Any], expected: Sequence[Any], what: str, bar: float | Sequence[Any] = 0.0
) -> None:
    """The same for derivatives, which may be NaN, as those beside them are, only where an input or a result is not finite."""
    agree(got, expected, what, bar, case.eps)
    for i, g in enumerate(got):
        if case.is_finite and np.any(np.isnan(g)):
            raise AssertionError(
                f"{what} {i}: NaN, as is what it is compared with, though inputs and results are finite"
            )


def unit(eps: float, *arrays: Any) -> Any:
    """The spacing of the coarsest dtype at the largest finite value."""
    floats = [np.asarray(a) for a in arrays if np.asarray(a).dtype.kind in "fc"]
    if not floats:
        return 0
    return max(eps, *[np.finfo(a.dtype).eps for a in floats]) * max(
        float(np.max(np.abs(a), initial=0, where=np.isfinite(a))) for a in floats
    )


def inner(us: Sequence[Any], ws: Sequence[Any]) -> tuple[Any, Any]:
    """The real inner product of two lists of arrays, in the widest precision, and the sum of the sizes of its terms."""
    terms = [np.real(np.conj(wide(u)) * wide(w)).ravel() for u, w in zip(us, ws, strict=True)]
    return sum((np.sum(t) for t in terms), np.longdouble(0)), sum((np.sum(np.abs(t)) for t in terms), np.longdouble(0))


def wide(x: Any) -> Any:
    return np.asarray(x).astype(np.clongdouble if np.asarray(x).dtype.kind == "c" else np.longdouble)


def eps_of(arrays: Sequence[Any]) -> float:
    """The coarsest relative precision among arrays."""
    return max((float(np.finfo(np.asarray(a).dtype).eps) for a in arrays), default=float(np.finfo(float).eps))
