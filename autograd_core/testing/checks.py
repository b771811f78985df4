"""`check_grads`: both modes against finite differences and against each other, to any order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import DTypeError
from ..jacobians import jvp
from ..recording import Value
from ..transforms import vjp
from ..trees import flatten
from .differences import derivative_at_zero, inner


@dataclass(frozen=True)
class Row:
    """One comparison: what autodiff gave along a direction, what finite differences gave, and how far those may be off."""

    law: str
    order: int
    got: float
    expected: float
    bar: float

    @property
    def error(self) -> float:
        """The relative error."""
        if not np.isfinite(self.got):
            return np.inf
        return abs(self.got - self.expected) / max(abs(self.expected), self.bar, np.finfo(float).tiny)


@dataclass
class Report:
    """What a check tried, and how well it went; prints as a table."""

    rows: list[Row] = field(default_factory=list)

    @property
    def worst(self) -> float:
        """The largest relative error."""
        return max((row.error for row in self.rows), default=0.0)

    def __str__(self) -> str:
        lines = [f"{'law':<10}{'order':>6}{'autodiff':>20}{'differences':>20}{'error':>10}"]
        lines += [f"{r.law:<10}{r.order:>6}{r.got:>20.12g}{r.expected:>20.12g}{r.error:>10.1e}" for r in self.rows]
        return "\n".join(lines)


def check_grads(
    f: Callable[..., Any], *args: Any, order: int = 2, directions: int = 2, rtol: float = 1e-6, seed: int = 0
) -> Report:
    """Check the derivatives of f at args, in forward and reverse mode, against finite differences.

    args         arrays, floats or containers of them, float64 or complex128
    order        1 checks the first derivative, 2 also the derivative of the vjp, and so on
    directions   random directions per order
    rtol         the largest relative error allowed, beyond the error bar of the differences themselves

    Each row compares <u, J v> for random u and v. Raises AssertionError with the table if one is off.

    >>> import numpy as np, autograd_core as ag
    >>> wrong = ag.primitive(np.sin, lambda g, a: g * np.sin(a), jvp=lambda t, a: t * np.cos(a), name="wrong")
    >>> check_grads(wrong, 1.0)
    Traceback (most recent call last):
        ...
    AssertionError: reverse mode, order 1: autodiff gave ...
    """
    report = Report()
    rng = np.random.default_rng(seed)
    _check(f, list(args), order, 1, directions, rtol, rng, report)
    return report


def _check(
    f: Callable[..., Any],
    args: list[Any],
    order: int,
    level: int,
    directions: int,
    rtol: float,
    rng: Any,
    report: Report,
) -> None:
    leaves, rebuild = flatten([detached(a) for a in args])
    for leaf in leaves:
        if np.asarray(leaf).dtype not in (np.float64, np.complex128):
            raise DTypeError(
                f"check_grads needs float64 or complex128 to tell errors from rounding, not {np.asarray(leaf).dtype}"
            )
    outputs = values_of(f(*rebuild(leaves)))
    cotangents = [random_like(out, rng) for out in outputs]
    rounding = np.finfo(float).eps * inner(map(np.abs, cotangents), map(np.abs, outputs))
    for _ in range(directions):
        vs = [random_like(leaf, rng) for leaf in leaves]

        def along(h: float, vs: Sequence[Any] = vs) -> float:
            moved = [as_given(leaf + h * v, leaf) for leaf, v in zip(leaves, vs, strict=True)]
            return inner(cotangents, values_of(f(*rebuild(moved))))

        expected = derivative_at_zero(along, 1e-2)
        bar = max(expected.bar, rounding)
        tangents = values_of(
            jvp(f, rebuild(leaves), rebuild([as_given(v, x) for v, x in zip(vs, leaves, strict=True)]))[1]
        )
        out, pull = vjp(f, *rebuild(leaves))
        gradients = values_of(pull(flatten(out)[1]([as_given(u, y) for u, y in zip(cotangents, outputs, strict=True)])))
        for law, got in (("forward", inner(cotangents, tangents)), ("reverse", inner(gradients, vs))):
            row = Row(law, level, got, expected.value, bar)
            report.rows.append(row)
            allowed = 10 * bar + rtol * max(abs(expected.value), abs(got))
            if not abs(got - expected.value) <= allowed:
                raise AssertionError(
                    f"{law} mode, order {level}: autodiff gave {got:.12g}, finite differences {expected.value:.12g} "
                    f"(± {bar:.1e})\nat {', '.join(map(repr, rebuild(leaves)))}\nalong {vs}\n{report}"
                )
    if order > 1:

        def pulled(*inner_args: Any) -> Any:
            out, pull = vjp(f, *inner_args)
            return pull(flatten(out)[1]([as_given(u, y) for u, y in zip(cotangents, outputs, strict=True)]))

        _check(pulled, args, order - 1, level + 1, directions, rtol, rng, report)


def detached(tree: Any) -> Any:
    """The arrays and floats of a tree."""
    leaves, rebuild = flatten(tree)
    return rebuild(
        [leaf.numpy() if hasattr(leaf, "numpy") else leaf._data if isinstance(leaf, Value) else leaf for leaf in leaves]
    )


def values_of(tree: Any) -> list[Any]:
    """The leaves of a tree of results as arrays."""
    return [np.asarray(leaf._data if isinstance(leaf, Value) else leaf) for leaf in flatten(tree)[0]]


def random_like(x: Any, rng: Any) -> Any:
    """A random array of the shape of x; complex if x is."""
    shape = np.shape(x)
    v = rng.standard_normal(shape)
    return v + 1j * rng.standard_normal(shape) if np.asarray(x).dtype.kind == "c" else v


def as_given(v: Any, x: Any) -> Any:
    """v as a float where x is one, else as an array of the dtype of x."""
    return float(v) if type(x) is float else np.asarray(v, dtype=np.asarray(x).dtype)
