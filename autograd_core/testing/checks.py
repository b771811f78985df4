"""`check_grads`: both modes against finite differences and against each other, to any order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import DTypeError
from ..jacobians import jvp
from ..recording import numbers_of
from ..transforms import vjp
from ..trees import flatten
from .differences import Estimate, estimates_at_zero, inner, slopes_at_zero

EPS = float(np.finfo(float).eps)

CEILING = 1e-3
"""The largest relative error that an error bar may excuse."""

NOTHING = 1e-6
"""Beside values of size 1, differences at the smallest steps cannot tell this from a derivative of 0."""


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

    Each row compares <u, J v> for random u and v. Where a kink is near, as between the pieces of a ReLU network, the steps of
    the differences shrink until they stay on one side of it. Raises AssertionError with the table if a row is off, and also
    if the differences settle at no step, since then nothing was checked.

    >>> import numpy as np, autograd_core as ag
    >>> wrong = ag.primitive(np.sin, lambda g, a: g * np.sin(a), jvp=lambda t, a: t * np.cos(a), name="wrong")
    >>> check_grads(wrong, 1.0)
    Traceback (most recent call last):
        ...
    AssertionError: reverse mode, order 1: autodiff gave ...
    """
    report = Report()
    rng = np.random.default_rng(seed)
    size = 0.0
    # a long step may leave the domain of f, and NaN at the point itself is a row that is off
    with np.errstate(all="ignore"):
        for level in range(1, order + 1):
            cotangents, size = _check_first(f, list(args), level, directions, rtol, rng, report, size)
            f = _pulled(f, cotangents)
    return report


def _pulled(f: Callable[..., Any], cotangents: list[Any]) -> Callable[..., Any]:
    """The vjp of f with these cotangents, as a function of its arguments."""

    def pulled(*args: Any) -> Any:
        out, pull = vjp(f, *args)
        leaves, rebuild = flatten(out)
        return pull(rebuild([as_given(u, y) for u, y in zip(cotangents, values_of(leaves), strict=True)]))

    return pulled


def _check_first(
    f: Callable[..., Any],
    args: list[Any],
    level: int,
    directions: int,
    rtol: float,
    rng: Any,
    report: Report,
    size: float,
) -> tuple[list[Any], float]:
    """Check the first derivative of f; returns the cotangents used, and the largest size of values so far."""
    leaves, rebuild = flatten([detached(a) for a in args])
    for leaf in leaves:
        if np.asarray(leaf).dtype not in (np.float64, np.complex128):
            raise DTypeError(
                f"check_grads needs float64 or complex128 to tell errors from rounding, not {np.asarray(leaf).dtype}"
            )
    out, pull = vjp(f, *rebuild(leaves))
    outputs = values_of(out)
    cotangents = [random_like(y, rng) for y in outputs]
    gradients = values_of(pull(flatten(out)[1]([as_given(u, y) for u, y in zip(cotangents, outputs, strict=True)])))
    # a derivative of 0 may be the sum of larger values of the orders before, cancelled but for rounding
    largest = max((float(np.max(np.abs(x), initial=0.0)) for x in leaves), default=0.0)
    size = max(size, inner(map(np.abs, cotangents), map(np.abs, outputs)))
    moved = inner(map(np.abs, gradients), map(np.abs, leaves))
    rounding = EPS * max(size, moved if np.isfinite(moved) else 0.0)
    finest = 1e6 * EPS * largest
    for _ in range(directions):
        vs = [random_like(leaf, rng) for leaf in leaves]

        def along(h: float, vs: Sequence[Any] = vs) -> float:
            there = [as_given(leaf + h * v, leaf) for leaf, v in zip(leaves, vs, strict=True)]
            return inner(cotangents, values_of(f(*rebuild(there))))

        tangents = jvp(f, rebuild(leaves), rebuild([as_given(v, x) for v, x in zip(vs, leaves, strict=True)]))[1]
        gots = {"forward": inner(cotangents, values_of(tangents)), "reverse": inner(gradients, vs)}
        expected = _expected(along, gots, rounding, finest, size, rtol)
        rows = [Row(law, level, got, *expected) for law, got in gots.items()]
        report.rows += rows

        def where(vs: Sequence[Any] = vs) -> str:
            return f"\nat {', '.join(map(repr, rebuild(leaves)))}\nalong {vs}\n{report}"

        if not is_settled(expected, size):
            raise AssertionError(
                f"order {level}: finite differences do not settle there, however small the steps: is a kink nearby, or a "
                f"jump? They gave {expected.value:.12g} (± {expected.bar:.1e}), autodiff {gots['forward']:.12g} in "
                f"forward mode and {gots['reverse']:.12g} in reverse mode{where()}"
            )
        for row in rows:
            if not agrees({row.law: row.got}, expected, rtol):
                raise AssertionError(
                    f"{row.law} mode, order {level}: autodiff gave {row.got:.12g}, finite differences {row.expected:.12g} "
                    f"(± {row.bar:.1e}){kink(along)}{where()}"
                )
    return cotangents, size


def _expected(
    along: Callable[[float], float], gots: Mapping[str, float], rounding: float, finest: float, size: float, rtol: float
) -> Estimate:
    """The first estimate that is as precise as rtol and agrees with what autodiff got, else the best of all steps."""
    tried = []
    for expected in estimates_at_zero(along, rounding, finest):
        tried.append(expected)
        precise = 10 * expected.bar <= max(rtol * abs(expected.value), 1e-4 * NOTHING * size)
        if precise and agrees(gots, expected, rtol):
            return expected
    best = min(range(len(tried)), key=lambda i: tried[i].bar)
    # a kink within the steps may make a bar too small by chance: a finer tableau that settles as well knows better
    finer = [e for e in tried[best:] if is_settled(e, size) and agrees(gots, e, rtol)]
    return finer[0] if finer else tried[best]


def is_settled(expected: Estimate, size: float) -> bool:
    """Whether differences gave a derivative at all, or one that is nothing beside values of that size."""
    return 10 * expected.bar <= max(CEILING * abs(expected.value), NOTHING * size)


def agrees(gots: Mapping[str, float], expected: Estimate, rtol: float) -> bool:
    """Whether derivatives agree with differences, up to the error bar and a relative error."""
    return all(abs(got - expected.value) <= 10 * expected.bar + rtol * abs(expected.value) for got in gots.values())


def kink(along: Callable[[float], float]) -> str:
    """Words for a kink at the point itself, where differences give the mean of two slopes; empty if there is none."""
    left, right = slopes_at_zero(along)
    if abs(left - right) <= 1e-3 * max(abs(left), abs(right)):
        return ""
    return f", with a kink there: the slopes of its two sides are {left:.6g} and {right:.6g}"


def detached(tree: Any) -> Any:
    """The arrays and floats of a tree."""
    leaves, rebuild = flatten(tree)
    return rebuild([leaf.numpy() if hasattr(leaf, "numpy") else numbers_of(leaf) for leaf in leaves])


def values_of(tree: Any) -> list[Any]:
    """The leaves of a tree of results as arrays."""
    return [np.asarray(numbers_of(leaf)) for leaf in flatten(tree)[0]]


def random_like(x: Any, rng: Any) -> Any:
    """A random array of the shape of x; complex if x is."""
    shape = np.shape(x)
    v = rng.standard_normal(shape)
    return v + 1j * rng.standard_normal(shape) if np.asarray(x).dtype.kind == "c" else v


def as_given(v: Any, x: Any) -> Any:
    """v as a float where x is one, else as an array of the dtype of x."""
    return float(v) if type(x) is float else np.asarray(v, dtype=np.asarray(x).dtype)
