"""Laws of derivatives: of both modes, of second order, and of what follows from the kind of an operation."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from ..errors import AutogradError
from ..jacobians import jvp
from ..recording import Value
from ..tensors import tensor
from ..transforms import grad, vjp
from .cases import Case, plain
from .checks import check_grads
from .counterexamples import source_of_call
from .lawbook import agree, agree_on_slopes, eps_of, inner, law
from .layouts import native
from .levels import Level, Slope
from .verdicts import rounded_wrong

SLACK = 64
"""Roundings that a sum of products may be off by, in units of the dtype's precision times the sizes of the terms."""


def is_smooth(case: Case) -> bool:
    return case.is_smooth


def is_double(case: Case) -> bool:
    return case.is_double


def has_differences(case: Case) -> bool:
    return case.has_differences


def equal_products(left: tuple[Any, Any], right: tuple[Any, Any], eps: float, what: str) -> None:
    """Raise AssertionError unless two inner products, with the sizes of their terms, agree up to rounding."""
    (a, size), (b, other) = left, right
    if not (np.isfinite(a) and np.isfinite(b)) or abs(a - b) > SLACK * eps * (size + other):
        raise AssertionError(f"{what}: {float(a)!r} and {float(b)!r} (± {SLACK * eps * float(size + other):.1e})")


@law("dot product", is_smooth)
def dot_product(case: Case) -> None:
    """<v, J u> = <J' v, u>: the tangent is the transpose of the pull-back, complex numbers included."""
    cotangents, tangents = case.random(case.outputs, 1), case.random(case.data, 2)
    _, gradients = case.pull(case.data, cotangents)
    moved = case.push(case.data, tangents)
    eps = eps_of([*case.outputs, *case.data])
    # a slope may be a difference of numbers as large as values over inputs
    finite = [np.where(np.isfinite(y), y, 0) for y in case.outputs]
    rise = float(inner(cotangents, finite)[1]) * magnitude(tangents) / max(magnitude(case.data), 1e-300)
    (left, size), right = inner(cotangents, moved), inner(gradients, tangents)
    equal_products((left, size + rise), right, eps, "<v, J u> and <J' v, u>")


@law("differences", has_differences)
def differences(case: Case) -> None:
    """Both modes agree with an oracle that knows no rule, to second order."""
    check_grads(Parts(case), *case.data, order=2, directions=1)


class Parts:
    """A case as a function to check: of its data, the part of the result that has derivatives, or a list of several."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.__qualname__ = case.name

    def __call__(self, *data: Any) -> Any:
        parts = self.case.parts(*data)
        return parts if len(parts) > 1 else parts[0]

    @property
    def as_program(self) -> tuple[str, list[str]] | None:
        """How the function is written; None if it cannot be."""
        case = self.case
        if case.primitive is None or not case.places or case.call.through is not None:
            return None
        return source_of_call(case.primitive, case.call, case.places)


@law("precision", lambda case: case.is_smooth and case.is_finite and not case.is_double)
def precision(case: Case) -> None:
    """What a coarse dtype gives is what double precision gives, up to its rounding and the measured conditioning."""
    level = Level(lambda *xs: case.parts(*xs), list(case.data), np.random.default_rng(0))
    slope = Slope(level, level.cotangents, case.random(case.data, 1))
    for mode, fault in rounded_wrong(slope).items() if slope.is_coarse else ():
        raise AssertionError(f"{mode} mode: {fault}")


@law("dtype", is_smooth)
def dtype(case: Case) -> None:
    """A gradient has the shape and dtype of its input, a tangent those of the result."""
    ys, gradients = case.pull(case.data)
    moved = case.push(case.data, case.random(case.data))
    rows = ("gradient", gradients, case.data), ("tangent", moved, case.outputs), ("value", ys, case.outputs)
    for what, got, like in rows:
        for i, (g, x) in enumerate(zip(got, like, strict=True)):
            if np.shape(g) != x.shape or native(np.asarray(g).dtype) != native(x.dtype):
                raise AssertionError(
                    f"{what} {i}: {np.asarray(g).dtype} of shape {np.shape(g)} instead of {x.dtype} of shape {x.shape}"
                )


@law("zero", is_smooth)
def zero(case: Case) -> None:
    """A cotangent of zeros gives gradients of zeros, a tangent of zeros a tangent of zeros."""
    zeros = [np.zeros_like(y) for y in case.outputs]
    agree_on_slopes(case, case.pull(case.data, zeros)[1], [np.zeros_like(x) for x in case.data], "gradient")
    agree_on_slopes(case, case.push(case.data, [np.zeros_like(x) for x in case.data]), zeros, "tangent")


@law("linearity", lambda case: case.has_differences and case.primitive is not None and case.primitive.linear)
def linearity(case: Case) -> None:
    """An operation that is declared linear has one slope everywhere: L(x + 2 v) - L x is twice the tangent along v."""
    directions = case.random(case.data, 1)
    moved = case.push(case.data, directions)
    there = [x + 2 * v for x, v in zip(case.data, directions, strict=True)]
    steps = [y - x for y, x in zip(case.parts(*there), case.outputs, strict=True)]
    room = SLACK * eps_of(case.data) * (magnitude(case.outputs) + magnitude(moved) + magnitude(there))
    agree(steps, [2 * t for t in moved], "L(x + 2 v) - L x", [room] * len(steps))
    agree_on_slopes(case, case.push(there, directions), moved, "tangent elsewhere", [room] * len(steps))


@law("multilinearity", lambda case: case.has_differences and is_of(case, "multilinear"))
def multilinearity(case: Case) -> None:
    """An operation that is declared multilinear is linear in each input: M(x + 2 v) = M(x) + 2 M(v)."""
    for i, (x, v) in enumerate(zip(case.data, case.random(case.data, 1), strict=True)):

        def along(a: Any, i: int = i) -> list[Any]:
            return [np.asarray(y) for y in case.parts(*case.data[:i], a, *case.data[i + 1 :])]

        there, alone = along(x + 2 * v), along(v)
        room = SLACK * eps_of(case.data) * (magnitude(case.outputs) + magnitude(alone) + magnitude(there))
        expected = [y + 2 * t for y, t in zip(case.outputs, alone, strict=True)]
        agree(there, expected, f"M(x + 2 v) in input {i}", [room] * len(there))


@law("second derivatives", is_double)
def second_derivatives(case: Case) -> None:
    """<w, H v> = <v, H w>, and H v is the same forward over reverse, reverse over reverse and reverse over forward."""
    cotangents = case.random(case.outputs, 1)
    v, w = case.random(case.data, 2), case.random(case.data, 3)

    def gradient(*data: Any) -> Any:
        return vjp(case.parts, *data)[1](cotangents)

    def slope(*data: Any) -> Any:
        return real_inner(cotangents, jvp(case.parts, list(data), list(v))[1])

    places = tuple(range(len(case.data)))
    ahead = [jvp(gradient, list(case.data), d)[1] for d in (v, w)]
    back = list(vjp(gradient, *case.data)[1](tuple(v)))
    eps = eps_of(case.data)
    # second derivatives may cancel: what was added up is as large as first ones over the inputs
    rise = magnitude(gradient(*case.data)) / max(magnitude(case.data), 1e-300) * magnitude(v)
    room = 64 * SLACK * eps * (magnitude(ahead[0]) + rise)
    (left, size), (right, other) = inner(w, ahead[0]), inner(v, ahead[1])
    count = sum(np.size(x) for x in case.data)
    equal_products((left, size + other + count * rise), (right, 0.0), 64 * eps, "<w, H v> and <v, H w>")
    agree_on_slopes(case, back, ahead[0], "reverse over reverse: H v by input", [room] * len(back))
    if any(isinstance(s, Value) for s in [slope(*[tensor(x, requires_grad=True) for x in case.data])]):
        agree_on_slopes(
            case, grad(slope, places)(*case.data), ahead[0], "reverse over forward: H v by input", [room] * len(back)
        )


def real_inner(us: Any, ys: Any) -> Any:
    """The real inner product of constants and values."""
    return sum(np.sum(np.real(np.conj(u) * y)) for u, y in zip(us, ys, strict=True))


def magnitude(arrays: Any) -> float:
    """The largest finite size among the numbers of arrays."""
    return max((float(np.max(np.abs(x), initial=0, where=np.isfinite(x))) for x in arrays), default=0.0)


@law("broadcasting", lambda case: case.is_smooth and is_of(case, "elementwise"))
def broadcasting(case: Case) -> None:
    """An input that is stretched has the gradient of its copies, summed."""
    (shape,) = {y.shape for y in case.outputs}
    cotangents = case.random(case.outputs, 1)
    ys, copies = case.pull([np.array(np.broadcast_to(x, shape)) for x in case.data], cotangents)
    agree(ys, case.outputs, "value", 4)
    _, got = case.pull(case.data, cotangents)
    summed = [add_copies(g, x.shape) for g, x in zip(copies, case.data, strict=True)]
    bars = [SLACK * eps_of([g]) * add_copies(np.abs(g), x.shape) for g, x in zip(copies, case.data, strict=True)]
    agree_on_slopes(case, got, summed, "gradient by input", bars)


def add_copies(g: Any, shape: tuple[int, ...]) -> Any:
    """The sum of the elements of g that are copies of one element of an array of that shape."""
    aligned = (1,) * (g.ndim - len(shape)) + shape
    stretched = tuple(i for i, (n, m) in enumerate(zip(aligned, g.shape, strict=True)) if n != m)
    return np.sum(g, stretched, keepdims=True).reshape(shape)


def is_of(case: Case, family: str) -> bool:
    return case.primitive is not None and case.primitive.family == family


@law("alias", lambda case: case.is_smooth and len(case.data) > 1)
def alias(case: Case) -> None:
    """One array given twice has the sum of the gradients of two equal arrays."""
    for i, j in combinations(range(len(case.data)), 2):
        x, other = case.data[i], case.data[j]
        if x.shape != other.shape or native(x.dtype) != native(other.dtype):
            continue
        twice = list(case.data)
        twice[j] = x.copy()
        with np.errstate(all="ignore"):  # equal inputs may leave the domain, as in 0 / 0
            try:
                cotangents = case.random([np.asarray(y) for y in case.parts(*twice)], 1)
            except AutogradError:  # as weights where they must not be negative
                continue
            ys, apart = case.pull(twice, cotangents)
        if not all(np.all(np.isfinite(y)) for y in (*ys, *apart)):
            continue

        def once(a: Any, twice: Any = twice, i: int = i, j: int = j) -> Any:
            return case.parts(*[a if k in (i, j) else y for k, y in enumerate(twice)])

        (got,) = vjp(once, x)[1](cotangents)
        bar = 8 * eps_of([x]) * (np.abs(apart[i]) + np.abs(apart[j]))
        agree_on_slopes(case, [got], [apart[i] + apart[j]], f"gradient by inputs {i} and {j}", [bar])


@law("published convention", lambda case: case.gradients is not None)
def published_convention(case: Case) -> None:
    """At a singular point the gradient is the one that is declared, in both modes."""

    def total(*data: Any) -> Any:
        return sum(np.sum(np.real(y)) for y in case.parts(*data))

    with np.errstate(all="ignore"):  # a slope may be infinite or undefined there
        got = grad(total, tuple(range(len(case.data))))(*case.data)
        agree(got, list(case.gradients or ()), "gradient by input")
        for i, (x, g) in enumerate(zip(case.data, got, strict=True)):
            if np.size(x) != 1 and not np.all(np.isfinite(g)):
                continue  # beside an infinite slope, a tangent of 0 gives NaN

            def by(a: Any, i: int = i) -> Any:
                return total(*case.data[:i], a, *case.data[i + 1 :])

            ahead = [np.asarray(plain(jvp(by, [x], [e])[1])) for e in units(x)]
            agree(ahead, list(np.real(np.ravel(g))), f"tangent by input {i}, element", 8)


def units(x: Any) -> list[Any]:
    """For each element of x, the direction along it alone."""
    n = np.size(x)
    found = [np.reshape(e, np.shape(x)).astype(np.asarray(x).dtype) for e in np.eye(n)]
    return [type(x)(e) for e in found] if isinstance(x, (float, complex)) else found
