"""`check_grads`: both modes against an oracle and against each other, to any order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np

from ..errors import AutogradError
from ..jacobians import jvp
from ..recording import Value
from ..transforms import vjp
from ..trees import flatten
from .counterexamples import culprit, paths, single_out, snippet
from .differences import Estimate, inner
from .oracles import Line, agrees, by_complex_step, by_long_double, is_settled, kink, remainder_order, slope
from .reports import GradientMismatch, Report, Row

EPS = float(np.finfo(float).eps)

Kinks = Literal["detect", "assert", "avoid"]


def check_grads(
    f: Callable[..., Any],
    *args: Any,
    order: int = 2,
    directions: int = 2,
    rtol: float = 1e-6,
    seed: int = 0,
    kinks: Kinks = "detect",
    draw_to: Any = None,
) -> Report:
    """Check the derivatives of f at args, in forward and reverse mode, against oracles that know no rule.

    args         arrays, floats or containers of them, of any floating dtype
    order        1 checks the first derivative, 2 also the derivative of the vjp, and so on
    directions   random directions per order; the last of several goes along what has a tiny gradient, if anything has
    rtol         the largest relative error allowed, beyond the error bar of the oracle and the rounding of the dtype
    kinks        where the slopes of the two sides differ at the point itself: "detect" notes it in the report and stops there,
                 "assert" fails, "avoid" checks at a point nearby
    draw_to      where to save a drawing of f, should it fail; the ending says the format, as .svg

    Each row compares <u, J v> for random u and v. Where a kink is near, as between the pieces of a ReLU network, the steps of
    the differences shrink until they stay on one side of it; where differences say too little, a complex step and extended
    precision are asked. Coarse dtypes are compared with double precision at the same point, up to their own rounding.

    Raises GradientMismatch, an AssertionError, if a row is off, with the entry of the Jacobian, the operation and the line, and a
    program that shows it again; and also if the differences settle at no step, since then nothing was checked.

    >>> import numpy as np, autograd_core as ag
    >>> wrong = ag.primitive(np.sin, lambda g, a: g * np.sin(a), jvp=lambda t, a: t * np.cos(a), name="wrong")
    >>> check_grads(wrong, 1.0)
    Traceback (most recent call last):
        ...
    autograd_core.testing.reports.GradientMismatch: reverse mode, order 1: autodiff gave ...
    """
    point = [detached(a) for a in args]
    rng = np.random.default_rng(seed)
    with np.errstate(
        all="ignore"
    ):  # a long step may leave the domain of f, and NaN at the point itself is a row that is off
        for _ in range(4):
            report = Report()
            try:
                _check_orders(f, point, order, directions, rtol, rng, report, kinks)
            except Kinked as met:
                report.notes.append(met.words)
                if kinks == "avoid":
                    point = _nearby(point, rng)
                    continue
            except GradientMismatch as error:
                raise _explained(error, f, point, order, directions, rtol, seed, draw_to) from None
            return report
        raise AssertionError(f"there is a kink at every point tried near {point}: {report.notes[-1]}")


class Kinked(Exception):
    """The function has a kink at the point itself."""

    def __init__(self, level: int, sides: tuple[float, float]) -> None:
        self.words = (
            f"order {level}: a kink at the point, where slopes of the two sides are {sides[0]:.6g} and {sides[1]:.6g}; "
            f"no derivative was compared there"
        )


def _nearby(point: list[Any], rng: Any) -> list[Any]:
    leaves, rebuild = flatten(point)
    moved = [as_given(x + 1e-2 * (1 + np.abs(x)) * random_like(x, rng), x) for x in leaves]
    return list(rebuild(moved))


def _check_orders(
    f: Callable[..., Any],
    args: list[Any],
    order: int,
    directions: int,
    rtol: float,
    rng: Any,
    report: Report,
    kinks: Kinks,
) -> None:
    size = 0.0
    lines: list[Line] = []
    for number in range(1, order + 1):
        level = Level(f, args, number, size, rng)
        for i in range(directions):
            vs = level.direction(rng, directions > 1 and i == directions - 1)
            lines.append(level.line(level.cotangents, vs))
            level.compare(vs, rtol, report, kinks, lines)
        f, size = _pulled(f, level.cotangents), level.size


def _pulled(f: Callable[..., Any], cotangents: list[Any]) -> Callable[..., Any]:
    """The vjp of f with these cotangents, as a function of its arguments."""

    def pulled(*args: Any) -> Any:
        out, pull = vjp(f, *args)
        leaves, rebuild = flatten(out)
        return pull(rebuild([as_given(u, y) for u, y in zip(cotangents, values_of(leaves), strict=True)]))

    return pulled


class Level:
    """The first derivative of a function at a point: what autodiff gives, and the function along a line.

    size   how large the values are, or those of the orders before: a derivative of 0 may be the sum of larger values that
           cancelled but for rounding
    """

    def __init__(self, f: Callable[..., Any], args: list[Any], number: int, size: float, rng: Any) -> None:
        self.f, self.number = f, number
        self.leaves, self.rebuild = flatten(args)
        out, self.back = vjp(f, *args)
        self.out, self.outputs = out, values_of(out)
        self.cotangents = [random_like(y, rng) for y in self.outputs]
        self.gradients = self.pulled(self.cotangents)
        self.eps = eps_of([*self.leaves, *self.outputs])
        self.base = self.in_double() if self.eps > 2 * EPS else self.leaves
        self.largest = max((float(np.max(np.abs(x), initial=0.0)) for x in self.leaves), default=0.0)
        self.size = max(size, inner(map(np.abs, self.cotangents), map(np.abs, self.outputs)))

    def in_double(self) -> list[Any]:
        """The inputs in double precision, if the function computes in it when given them; else as they are."""
        base = [x if type(x) is float else np.asarray(x).astype(np.result_type(x, np.float64)) for x in self.leaves]
        results = values_of(self.f(*self.rebuild(base)))
        return base if eps_of(results) <= EPS else self.leaves

    def pulled(self, cotangents: Sequence[Any]) -> list[Any]:
        rebuild = flatten(self.out)[1]
        return values_of(self.back(rebuild([as_given(u, y) for u, y in zip(cotangents, self.outputs, strict=True)])))

    def pushed(self, vs: Sequence[Any], leaves: list[Any] | None = None) -> list[Any]:
        leaves = self.leaves if leaves is None else leaves
        tangents = [as_given(v, x) for v, x in zip(vs, leaves, strict=True)]
        return values_of(jvp(self.f, self.rebuild(leaves), self.rebuild(tangents))[1])

    def direction(self, rng: Any, tiny: bool) -> list[Any]:
        """A random direction; along what has a tiny gradient only, if asked and anything has."""
        vs = [np.asarray(random_like(x, rng)) for x in self.leaves]
        vs = [np.asarray(as_given(v, x)) for v, x in zip(vs, self.leaves, strict=True)]
        sizes = [np.abs(g) for g in self.gradients]
        largest = max((float(np.max(s, initial=0.0)) for s in sizes), default=0.0)
        small = [(s < 1e-4 * largest) & (s > 0) for s in sizes]
        return [np.where(s, v, 0) for s, v in zip(small, vs, strict=True)] if tiny and any(map(np.any, small)) else vs

    def line(self, us: Sequence[Any], vs: Sequence[Any]) -> Line:
        """<u, f> along v."""

        def along(h: Any) -> Any:
            there = [moved(x, h, v) for x, v in zip(self.base, vs, strict=True)]
            values = values_of(self.f(*self.rebuild(there)))
            if isinstance(h, complex):
                return sum(np.sum(u * y) for u, y in zip(us, values, strict=True))
            if isinstance(h, np.longdouble):
                if any(y.dtype not in (np.longdouble, np.clongdouble) for y in values):
                    raise TypeError("computed in double precision")
                return sum(np.sum(np.real(np.conj(u) * y)) for u, y in zip(us, values, strict=True))
            return inner(us, values)

        eps = eps_of(self.base)
        shift = inner(map(np.abs, self.gradients), map(np.abs, self.leaves))
        rounding = eps * max(self.size, shift if np.isfinite(shift) else 0.0)
        finest = 1e6 * EPS * self.largest if eps <= EPS else 1.0
        return Line(along, rounding, finest, self.size, eps)

    def gots(self, us: Sequence[Any], vs: Sequence[Any], gradients: Sequence[Any]) -> dict[str, float]:
        return {"forward": inner(us, self.pushed(vs)), "reverse": inner(gradients, vs)}

    def asked(self, us: Sequence[Any], vs: Sequence[Any], gradients: Sequence[Any], rtol: float) -> Any:
        """What autodiff gives along a direction, and what an oracle gives."""
        line = self.line(us, vs)
        gots = self.gots(us, vs, gradients)
        real = all(np.asarray(x).dtype.kind != "c" for x in [*self.leaves, *self.outputs])
        sharper = [("long double", partial(by_long_double, line.along, line.rounding))]
        if real and self.number == 1:  # a recorded walk conjugates, and is analytic in nothing
            sharper.insert(0, ("complex step", partial(by_complex_step, line.along, line.rounding)))
        expected, oracle = slope(line, gots, rtol, sharper if self.eps <= EPS else [])
        return line, gots, expected, oracle

    def room(self, us: Sequence[Any], vs: Sequence[Any], gradients: Sequence[Any]) -> float:
        """How far a coarse dtype may be off: its rounding, as much as the derivative changes when the inputs are rounded."""
        if self.eps <= EPS:
            return 0.0
        terms = inner(map(np.abs, gradients), map(np.abs, vs)) + inner(map(np.abs, us), map(np.abs, self.pushed(vs)))
        if self.base is self.leaves:
            return 16 * self.eps * terms
        middle = inner(us, self.pushed(vs, self.base))
        sides = [[as_given(x * (1 + s * self.eps), x) for x in self.base] for s in (-1, 1)]
        return 16 * (self.eps * terms + max(abs(inner(us, self.pushed(vs, x)) - middle) for x in sides))

    def compare(self, vs: list[Any], rtol: float, report: Report, kinks: Kinks, lines: Sequence[Line]) -> None:
        """Add a row for each mode; raises GradientMismatch if one is off, Kinked if there is a kink at the point."""
        line, gots, expected, oracle = self.asked(self.cotangents, vs, self.gradients, rtol)
        room = self.room(self.cotangents, vs, self.gradients)
        report.rows += [Row(law, self.number, got, expected.value, expected.bar, oracle) for law, got in gots.items()]
        settled = is_settled(expected, line)
        off = {law: got for law, got in gots.items() if not agrees({law: got}, expected, rtol, room)}
        if settled and not off:
            return
        # the slope of the order before may be right at a kink, by convention, and jump there
        sides = next(filter(None, map(kink, reversed(lines))), None)
        if sides is not None and kinks != "assert":
            raise Kinked(self.number, sides)
        if not settled:
            words = (
                f"order {self.number}: finite differences do not settle there, however small the steps: is a kink nearby, or a "
                f"jump? They gave {expected.value:.12g} (± {expected.bar:.1e}), autodiff {gots['forward']:.12g} in forward mode "
                f"and {gots['reverse']:.12g} in reverse mode"
            )
            if sides is not None:
                words += f", with a kink there: the slopes of its two sides are {sides[0]:.6g} and {sides[1]:.6g}"
            raise GradientMismatch(words, report)
        law, got = next(iter(off.items()))
        words = (
            f"{law} mode, order {self.number}: autodiff gave {got:.12g}, {oracle_words(oracle)} {expected.value:.12g} "
            f"(± {expected.bar:.1e})"
        )
        if sides is not None:
            words += f", with a kink there: the slopes of its two sides are {sides[0]:.6g} and {sides[1]:.6g}"
        order = remainder_order(line.along, got)
        if self.eps <= EPS and np.isfinite(order):
            words += f"\nThe remainder f(x + h v) - f(x) - h f' falls like h^{order:.2f}; it would like h^2 with the right f'"
        entry = self.entry(law, vs, rtol)
        raise GradientMismatch(words + (f"\n{entry}" if entry else ""), report, entry)

    def entry(self, law: str, vs: list[Any], rtol: float) -> str | None:
        """The entry of the Jacobian that is off, found by leaving out ever more of both directions."""

        def error(us: list[Any], vs: list[Any]) -> float:
            _, gots, expected, _ = self.asked(us, vs, self.pulled(us), rtol)
            off = abs(gots[law] - expected.value)
            return off if np.isfinite(off) else np.inf

        i, k, unit = single_out(vs, lambda some: error(self.cotangents, some))
        j, m, row = single_out(self.cotangents, lambda some: error(some, unit))
        _, gots, expected, oracle = self.asked(row, unit, self.pulled(row), rtol)
        if agrees({law: gots[law]}, expected, rtol):
            return None
        result = list(paths(self.out, "y" if self.number == 1 else "gradient"))[j] + indexed(m)
        by = list(paths(self.rebuild(self.leaves), "args"))[i] + indexed(k)
        return f"{result} by {by}: got {gots[law]:.12g}, {oracle_words(oracle)} {expected.value:.12g} (± {expected.bar:.1e})"


def _explained(
    error: GradientMismatch, f: Any, args: list[Any], order: int, directions: int, rtol: float, seed: int, draw_to: Any
) -> GradientMismatch:
    """The error with the operation that is wrong, a drawing if one is wanted, the table, and a program to see it again."""

    def alone(call: Any, *operands: Any) -> None:
        _check_orders(call, list(operands), order, 1, rtol, np.random.default_rng(seed), Report(), "detect")

    words = [str(error)]
    try:
        found = culprit(f, args, alone)
    except (AutogradError, Kinked):
        found = None
    if found is not None:
        words.append(f"the derivative that is wrong is that of {found}")
    if draw_to is not None:
        words.append(drawn(f, args, draw_to))
    words.append(f"{error.report}\nto see it again:\n\n{snippet(f, args, order)}")
    return GradientMismatch("\n".join(words), error.report, error.entry, found)


def drawn(f: Any, args: list[Any], path: Any) -> str:
    """Save a drawing; where that cannot be done, say why and go on."""
    from ..drawing import draw

    try:
        draw(f, *args).save(path)
    except (AutogradError, OSError) as error:
        return f"no drawing was saved: {error}"
    return f"drawn in {path}"


def oracle_words(oracle: str) -> str:
    return {"differences": "finite differences", "long double": "differences in long double"}.get(
        oracle, f"the {oracle}"
    )


def indexed(index: Sequence[int]) -> str:
    return str(list(index)) if index else ""


def moved(x: Any, h: Any, v: Any) -> Any:
    """x + h v in the precision of h; that of x if h is a float."""
    if isinstance(h, complex):
        return np.asarray(x) + h * v
    if isinstance(h, np.longdouble):
        return np.asarray(x).astype(np.result_type(x, np.longdouble)) + h * v
    return as_given(x + h * as_given(v, x), x)


def eps_of(values: Sequence[Any]) -> float:
    """The coarsest relative precision among floating values."""
    dtypes: Iterator[Any] = (np.asarray(x).dtype for x in values)
    return max((float(np.finfo(d).eps) for d in dtypes if d.kind in "fc"), default=EPS)


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


__all__ = ["Estimate", "GradientMismatch", "Report", "Row", "check_grads"]
