"""Random programs of registered operations, which print as the Python source that they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from ...primitive import Primitive, declared
from ..examples import domains_of
from .arrays import arrays
from .shapes import Shape

Bounds = tuple[float, float]


class Typed(NamedTuple):
    """A name in a program: the shape of its value, and between which numbers its elements lie."""

    name: str
    shape: Shape
    bounds: Bounds


class Program:
    """A function of arrays, and the arrays to call it with. Its repr is its source.

    >>> program = Program((("a", np.ones(2)),), ("b = np.sin(a)",), "b")
    >>> program
    def program(a):
        b = np.sin(a)
        return b
    # a = array([1., 1.])
    >>> program(np.zeros(2))
    array([0., 0.])
    """

    def __init__(
        self,
        inputs: Sequence[tuple[str, Any]],
        lines: Sequence[str],
        result: str,
        own: dict[str, Primitive] | None = None,
    ) -> None:
        self.inputs, self.lines = tuple(inputs), tuple(lines)
        names = ", ".join(name for name, _ in inputs)
        self.source = "\n    ".join([f"def program({names}):", *lines, f"return {result}"])
        space: dict[str, Any] = {"np": np, **(own or {})}
        exec(self.source, space)
        self.function: Callable[..., Any] = space["program"]

    @property
    def arguments(self) -> tuple[Any, ...]:
        return tuple([x for _, x in self.inputs])

    def __call__(self, *args: Any) -> Any:
        return self.function(*args)

    def __repr__(self) -> str:
        return "\n".join([self.source, *[f"# {name} = {x!r}" for name, x in self.inputs]])


@cache
def smooth() -> dict[str, Primitive]:
    """The elementwise ufuncs of NumPy without kinks or cuts, as they are written."""
    found = {f"np.{p.forward.__name__}": p for p in declared if isinstance(p.forward, np.ufunc) and is_smooth(p)}
    found = {name: p for name, p in found.items() if getattr(np, name[3:], None) is p.forward}
    return {name: found[name] for name in ("np.add", "np.multiply", *sorted(found))}


def is_smooth(p: Primitive) -> bool:
    real = p.family == "elementwise" and not any(isinstance(i, range) for i in domains_of(p))
    return real and not p.cut and p.kinks is None and None not in p.partials and p.name not in JUMPS


JUMPS = {"remainder", "fmod", "conjugate", "angle", "real", "imag"}
"""Elementwise operations that jump, or that are about complex numbers."""


def bounds_of(primitive: Primitive, bounds: Sequence[Bounds]) -> Bounds:
    """Between which numbers a smooth function lies on a box, from a grid of its values, with some room."""
    grids = np.meshgrid(*[np.linspace(low, high, 33 if len(bounds) == 1 else 9) for low, high in bounds])
    y = primitive.forward(*grids)
    room = 0.01 * float(np.ptp(y))
    return float(np.min(y)) - room, float(np.max(y)) + room


def within(value: Typed, domain: Bounds) -> tuple[str, Bounds]:
    """The name of a value if it lies in a domain, else words that bring it there; and its bounds then."""
    (low, high), (a, b) = domain, value.bounds
    if low <= a and b <= high:
        return value.name, (a, b)
    middle, half = (low + high) / 2, (high - low) / 2
    squashed = f"{half:g} * np.tanh({value.name})"
    return (squashed if middle == 0 else f"{middle:g} + {squashed}"), domain


@st.composite
def programs(
    draw: st.DrawFn,
    *,
    operations: Sequence[Primitive] = (),
    shape: Shape = (2, 3),
    max_lines: int = 6,
    max_inputs: int = 2,
) -> Program:
    """Programs of NumPy's smooth functions, reductions, indices, rearrangements, joins and products.

    operations   elementwise primitives of your own, to be mixed in
    Every line knows the shapes and the bounds of its operands, so that each function stays within its domain whatever is drawn.

    >>> from hypothesis import find
    >>> find(programs(shape=(2,)), lambda program: "np.sin(" in program.source)
    def program(a):
        x0 = np.sin(a)
        return x0
    # a = array([0., 0.])
    """
    inputs = [(name, draw(arrays(dtype=float, shape=shape))) for name in "abc"[: draw(st.integers(1, max_inputs))]]
    values: list[Typed] = [Typed(name, shape, (-2.0, 2.0)) for name, _ in inputs]
    own = {p.name: p for p in operations}
    elementwise = {**own, **smooth()}
    lines: list[str] = []
    for i in range(draw(st.integers(1, max_lines))):
        kind = draw(st.sampled_from(["elementwise", *STEPS]))
        a = draw(st.sampled_from(values[::-1]))
        if kind == "elementwise":
            text, size, bounds = draw(elementwise_step(elementwise, a, values))
        else:
            text, size, bounds = draw(STEPS[kind](a, values))
        lines.append(f"x{i} = {text}")
        values.append(Typed(f"x{i}", size, bounds))
    return Program(inputs, lines, values[-1].name, own)


Step = tuple[str, Shape, Bounds]


@st.composite
def elementwise_step(draw: st.DrawFn, table: dict[str, Primitive], a: Typed, values: Sequence[Typed]) -> Step:
    name = draw(st.sampled_from(list(table)))
    domains = domains_of(table[name])
    others = [v for v in values if broadcasts(v.shape, a.shape)]
    operands = [a, *[draw(st.sampled_from(others)) for _ in domains[1:]]]
    written = [within(v, d) for v, d in zip(operands, domains, strict=True)]  # type: ignore[arg-type]
    bounds = bounds_of(table[name], [b for _, b in written])
    return (
        f"{name}({', '.join(text for text, _ in written)})",
        np.broadcast_shapes(*[v.shape for v in operands]),
        bounds,
    )


def broadcasts(shape: Shape, other: Shape) -> bool:
    return all(n == m or 1 in (n, m) for n, m in zip(shape[::-1], other[::-1], strict=False))


@st.composite
def reduce_step(draw: st.DrawFn, a: Typed, values: Sequence[Typed]) -> Step:
    if not a.shape:
        return f"np.sum({a.name})", (), a.bounds
    axis, keep = draw(st.integers(-1, len(a.shape) - 1)), draw(st.booleans())
    name = draw(st.sampled_from(["mean", "sum", "cumsum"]))
    n = a.shape[axis]
    low, high = a.bounds
    bounds = (low, high) if name == "mean" else (min(low, n * low, 0.0), max(high, n * high, 0.0))
    if name == "cumsum":
        return f"np.cumsum({a.name}, axis={axis})", a.shape, bounds
    size = list(a.shape)
    size[axis : axis + 1 or None] = [1] if keep else []
    return f"np.{name}({a.name}, axis={axis}{', keepdims=True' * keep})", tuple(size), bounds


@st.composite
def arrange_step(draw: st.DrawFn, a: Typed, values: Sequence[Typed]) -> Step:
    n = a.shape[0] if a.shape else 0
    forms: dict[str, Shape] = {
        "{}[None]": (1, *a.shape),
        "np.ravel({})": (int(np.prod(a.shape)),),
        "{}.T": a.shape[::-1],
    }
    if n:
        forms |= {"{}[::-1]": a.shape, "{}[0]": a.shape[1:], "{}[[0, -1, 0]]": (3, *a.shape[1:])}
        forms |= {"{}[..., 1:]": (*a.shape[:-1], max(a.shape[-1] - 1, 0))} if a.shape[-1] > 1 else {}
    if len(a.shape) > 3:
        forms = {"np.ravel({})": forms["np.ravel({})"]}
    form = draw(st.sampled_from(list(forms)))
    return form.format(a.name), forms[form], a.bounds


@st.composite
def join_step(draw: st.DrawFn, a: Typed, values: Sequence[Typed]) -> Step:
    b = draw(st.sampled_from([v for v in values if v.shape == a.shape]))
    bounds = min(a.bounds[0], b.bounds[0]), max(a.bounds[1], b.bounds[1])
    if draw(st.booleans()) and a.shape:
        return f"np.concatenate([{a.name}, {b.name}])", (2 * a.shape[0], *a.shape[1:]), bounds
    return f"np.stack([{a.name}, {b.name}])", (2, *a.shape), bounds


@st.composite
def product_step(draw: st.DrawFn, a: Typed, values: Sequence[Typed]) -> Step:
    b = draw(st.sampled_from([v for v in values if v.shape == a.shape]))
    size = max(map(abs, a.bounds)) * max(map(abs, b.bounds))
    if not a.shape:
        return f"{a.name} * {b.name}", (), (-size, size)
    size = size * a.shape[-1]
    subscripts = draw(st.sampled_from(["...i,...i->...", "...i,...i->i..."]))
    if subscripts.endswith("i..."):
        return f"np.einsum('{subscripts}', {a.name}, {b.name})", (a.shape[-1], *a.shape[:-1]), (-size, size)
    return f"np.einsum('{subscripts}', {a.name}, {b.name})", a.shape[:-1], (-size, size)


STEPS: dict[str, Callable[..., st.SearchStrategy[Step]]] = {
    "reduce": reduce_step,
    "arrange": arrange_step,
    "join": join_step,
    "product": product_step,
}
