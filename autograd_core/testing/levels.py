"""One order of derivative at a point: what autodiff gives along directions, and the function along the same line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from ..errors import AutogradError
from ..jacobians import jvp
from ..transforms import vjp
from ..trees import flatten
from .natures import Nature, nature_of
from .oracles import Line
from .points import (
    EPS,
    as_given,
    eps_of,
    inner,
    largest,
    moved,
    random_like,
    rounded_elsewhere,
    sizes,
    values_of,
    widened,
)

NEARBY = 0.1
"""How far to go, in directions, from a point where value and derivative are exactly 0, to see what is rounded there."""

NEAREST = 1e-6
"""The step at which a function that has results of another shape has them at the point itself."""


class Reshaped(Exception):
    """Results have another shape however near to the point: there is nothing to take a difference of."""


class Level:
    """The first derivative of a function at a point, where the function is itself a derivative of some order.

    number   the order;  below: the level that it is the derivative of
    size     how large the values are, or those of the orders before: a derivative of 0 may be the sum of larger values that
             cancelled but for rounding
    """

    def __init__(self, f: Callable[..., Any], args: list[Any], rng: Any, below: Level | None = None) -> None:
        self.f, self.args, self.below = f, args, below
        self.number: int = 1 if below is None else below.number + 1
        self.leaves, self.rebuild = flatten(args)
        self.out, self.back = vjp(f, *args)
        self.outputs = values_of(self.out)
        self.cotangents = [random_like(y, rng) for y in self.outputs]
        self.gradients = self.pulled(self.cotangents)
        self.eps = eps_of([*self.leaves, *self.outputs])
        self.base = self.in_double() if self.eps > 2 * EPS else self.leaves
        self.size: float = max(0.0 if below is None else below.size, sizes(self.cotangents, self.outputs))

    def above(self, rng: Any) -> Level:
        """The level of the next order: that of the vjp with these cotangents, as a function of the arguments."""

        def pulled(*args: Any) -> Any:
            out, pull = vjp(self.f, *args)
            leaves, rebuild = flatten(out)
            self.check_shapes(values_of(leaves))
            return pull(rebuild([as_given(u, y) for u, y in zip(self.cotangents, values_of(leaves), strict=True)]))

        return Level(pulled, self.args, rng, self)

    def check_shapes(self, results: Sequence[Any]) -> None:
        """Raise Reshaped if results elsewhere do not have the shapes of those at the point."""
        if [y.shape for y in results] != [y.shape for y in self.outputs]:
            raise Reshaped("the results have another shape however near to the point")

    @cached_property
    def nature(self) -> Nature:
        try:
            return nature_of(self.f, self.args)
        except AutogradError:  # nothing of it is recorded
            return Nature()

    @cached_property
    def is_real(self) -> bool:
        return all(np.asarray(x).dtype.kind != "c" for x in [*self.leaves, *self.outputs])

    def in_double(self) -> list[Any]:
        """The inputs in double precision, if the function computes in it when given them; else as they are."""
        base = [widened(x, np.float64) for x in self.leaves]
        return base if eps_of(values_of(self.f(*self.rebuild(base)))) <= EPS else self.leaves

    def pulled(self, cotangents: Sequence[Any], leaves: list[Any] | None = None) -> list[Any]:
        """The gradients for some cotangents; at other inputs, if any are given."""
        out, back = (self.out, self.back) if leaves is None else vjp(self.f, *self.rebuild(leaves))
        parts, rebuild = flatten(out)
        return values_of(
            back(rebuild([as_given(u, y) for u, y in zip(cotangents, map(np.asarray, parts), strict=True)]))
        )

    def pushed(self, vs: Sequence[Any], leaves: list[Any] | None = None) -> list[Any]:
        """The tangents along a direction; at other inputs, if any are given."""
        leaves = self.leaves if leaves is None else leaves
        tangents = [as_given(v, x) for v, x in zip(vs, leaves, strict=True)]
        return values_of(jvp(self.f, self.rebuild(leaves), self.rebuild(tangents))[1])

    def direction(self, rng: Any, tiny: bool) -> list[Any]:
        """A random direction; along what has a tiny gradient only, if asked and anything has."""
        vs = [np.asarray(random_like(x, rng)) for x in self.leaves]
        vs = [np.asarray(as_given(v, x)) for v, x in zip(vs, self.leaves, strict=True)]
        parts = [np.abs(g) for g in self.gradients]
        most = max((float(np.max(s, initial=0.0)) for s in parts), default=0.0)
        small = [(s < 1e-4 * most) & (s > 0) for s in parts]
        return [np.where(s, v, 0) for s, v in zip(small, vs, strict=True)] if tiny and any(map(np.any, small)) else vs


class Slope:
    """<u, J v> of a level, for a cotangent u and a tangent v: as autodiff gives it, and what rounding may have made of it."""

    def __init__(self, level: Level, us: Sequence[Any], vs: Sequence[Any]) -> None:
        self.level, self.us, self.vs = level, us, vs
        self.gradients = level.gradients if us is level.cotangents else level.pulled(us)
        self.tangents = level.pushed(vs)
        self.gots = {"forward": inner(us, self.tangents), "reverse": inner(self.gradients, vs)}

    @cached_property
    def line(self) -> Line:
        """<u, f> along v."""
        level, us, vs = self.level, self.us, self.vs
        known: dict[tuple[type, Any], Any] = {}

        def along(h: Any) -> Any:
            key = type(h), h  # equal numbers of several precisions are several
            if key not in known:
                there = [moved(x, h, v) for x, v in zip(level.base, vs, strict=True)]
                try:
                    values = values_of(level.f(*level.rebuild(there)))
                    level.check_shapes(values)
                except Reshaped:
                    if isinstance(h, complex):
                        raise TypeError("computed otherwise with complex numbers") from None
                    if abs(h) <= NEAREST:
                        raise
                    return np.nan
                known[key] = summed(values, h)
            return known[key]

        def summed(values: list[Any], h: Any) -> Any:
            if isinstance(h, complex):
                return sum(np.sum(u * y) for u, y in zip(us, values, strict=True))
            if isinstance(h, np.longdouble):
                if any(y.dtype not in (np.longdouble, np.clongdouble) for y in values):
                    raise TypeError("computed in double precision")
                return sum(np.sum(np.real(np.conj(u) * y)) for u, y in zip(us, values, strict=True))
            return inner(us, values)

        eps = EPS if self.is_coarse else max(level.eps, EPS)  # sums are floats, of long doubles too
        far = largest(level.leaves)
        conditioning = sizes(self.gradients, level.leaves)
        size = level.size if level.size or conditioning else self.size_nearby
        rounding = eps * max(size, conditioning)
        reach = 0.1 * (far or 1.0) / (largest(vs) or 1.0) if level.nature.is_polynomial else 0.0
        # the walk of a higher order conjugates, and is analytic in nothing
        real = eps <= EPS and level.number == 1 and level.is_real
        finest = 1e6 * EPS * far if eps <= EPS else 1.0
        return Line(along, rounding, finest, size, eps, reach, real, level.nature.is_analytic)

    @property
    def size_nearby(self) -> float:
        """How much the rounding of inputs matters near the point, where nothing at it says so: (x - 1)^2 at 1."""
        there = [moved(x, NEARBY, v) for x, v in zip(self.level.base, self.vs, strict=True)]
        return sizes(self.level.pulled(self.us, there), there)

    @property
    def is_coarse(self) -> bool:
        """Whether the inputs are of a coarser dtype than the one that oracles compute in."""
        return self.level.base is not self.level.leaves

    @cached_property
    def fine(self) -> dict[str, float]:
        """What both modes give in the precision of the oracles."""
        return self.at(self.level.base) if self.is_coarse else self.gots

    def at(self, leaves: list[Any]) -> dict[str, float]:
        """What both modes give at other inputs."""
        level = self.level
        reverse = inner(level.pulled(self.us, leaves), self.vs)
        return {"forward": inner(self.us, level.pushed(self.vs, leaves)), "reverse": reverse}

    @cached_property
    def terms(self) -> float:
        """The sizes of what the derivative is a sum of."""
        return sizes(self.gradients, self.vs) + sizes(self.us, self.tangents)

    def spread(self, eps: float) -> float:
        """How much the derivative changes when the inputs are rounded: its conditioning, measured."""
        level = self.level
        middle = inner(self.us, level.pushed(self.vs, level.base))
        others = [inner(self.us, level.pushed(self.vs, x)) for x in rounded_elsewhere(level.base, eps)]
        change = max(abs(other - middle) for other in others)
        return change if np.isfinite(change) else 0.0

    @cached_property
    def extended(self) -> dict[str, float] | None:
        """What both modes give in extended precision; None where they cannot be computed in it."""
        try:
            return self.at([widened(x, np.longdouble) for x in self.level.base])
        except (TypeError, ValueError, ArithmeticError):
            return None
