"""`custom_root`: the derivative of what solves an equation, from the equation alone, whatever found it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Any

import numpy as np

from .batches import apart
from .calls import (
    Form,
    cotangents_of,
    form_of,
    is_batched,
    is_data,
    is_recorded,
    one_by_one,
    results_of,
    whole_of_owners,
)
from .errors import DTypeError, GradientError, ShapeError
from .memory import protected
from .modes import Mode, current, no_grad
from .recording import Array, Node, Value, numbers_of, unwrap
from .regions import Region, is_live, opened, source_of
from .rules import settle, zeros
from .trees import flatten, same_structure

Function = Callable[..., Any]
Linear = Callable[[Sequence[Any], bool], list[Any]]
LinearSolve = Callable[[Callable[[Array], Array], Array], Array]

WHOLE = whole_of_owners("root", keeps_y=True)


def dense(matvec: Callable[[Array], Array], b: Array) -> Array:
    """The solution of A x = b, by the matrix itself: (n,), from a function that gives A v for v of shape (n,).

    Raises LinAlgError if A is singular, also but for rounding.
    """
    matrix = np.stack([matvec(unit) for unit in np.eye(b.size, dtype=b.dtype)], axis=1)
    inverse = np.linalg.inv(matrix)
    condition = float(np.linalg.norm(matrix, 1) * np.linalg.norm(inverse, 1))
    if not condition * np.finfo(matrix.dtype).eps < 1:
        raise np.linalg.LinAlgError(f"condition number {condition:.1e}")
    return np.linalg.solve(matrix, b)


def custom_root(
    f: Function, *, linear_solve: LinearSolve = dense, tolerance: float | None = None
) -> Callable[[Function], Root]:
    """A decorator for a solver of f(x, *params) = 0: its result is differentiated by the equation, not through its steps.

    f              (x, *params) -> an equation for each element of x, in the containers and shapes of x
    the solver     (x0, *params, **settings) -> x, by any means; x is an array or number, or a container of them
    linear_solve   (matvec, b) -> the solution of A v = b, all of shape (n,), where matvec(v) = A v; by default from the matrix A
    tolerance      how near to 0 f has to be at x, beside its change when x changes by its own size; by default the fourth root
                   of the dtype's precision

        f(x(p), p) = 0:   ẋ = −A⁻¹ B ṗ,   p̄ = −Bᵀ A⁻ᵀ x̄,   A = ∂f/∂x,  B = ∂f/∂p

    A fixed point of g is the root of `lambda x, *params: g(x, *params) - x`. Both modes, any order. What f closes over is
    differentiated like its params; x0 and the settings have no influence on the root.

    Raises GradientError where A is singular (a double root, a fold) or f is not near 0 at what the solver gave; ShapeError if f
    does not give what x is.

    >>> import autograd_core as ag
    >>> @ag.custom_root(lambda x, a: x * x - a)
    ... def square_root(x, a):
    ...     for _ in range(20):
    ...         x = (x + a / x) / 2
    ...     return x
    >>> square_root(1.0, 9.0), ag.grad(square_root, 1)(1.0, 9.0)
    (3.0, 0.16666666666666666)

    The implicit function theorem; for fixed points B. Christianson, "Reverse accumulation and attractive fixed points",
    Optimization Methods and Software 3 (1994).
    """
    return lambda solve: Root(f, solve, linear_solve, tolerance)


class RootForm(Form):
    """The form of a call of a solver, where it began, and how far from 0 its equations may be at what it gave."""

    start: Any
    allowed: float = np.inf


class Root:
    """A solver with the equation that its result solves."""

    def __init__(self, f: Function, solve: Function, linear_solve: LinearSolve, tolerance: float | None) -> None:
        update_wrapper(self, solve)
        self.f, self.solve, self.linear_solve, self.tolerance = f, solve, linear_solve, tolerance
        self.name = getattr(solve, "__name__", type(solve).__name__)

    def __repr__(self) -> str:
        return f"<custom_root {self.name}>"

    def __call__(self, x0: Any, *params: Any, **settings: Any) -> Any:
        if is_batched(x0, params, settings):
            return one_by_one(self, (x0, *params), settings)
        form = RootForm(params, settings=settings)
        leaves, rebuild = flatten(x0)
        form.start = rebuild([protected(x) for x in unwrap(leaves)])
        data = [protected(x) for x in flatten(params)[0] if is_data(x)]
        x = self.solution(form, unwrap(data))
        results = results_of(x, self.name)
        form.keep_result(x)
        mode: Mode | None = current() if current().recording else None
        closed: list[Any] = []
        if mode is not None:
            region = self.equations(form, [source_of(x) if is_live(x) else x for x in data], results, keep=True)
            closed = form.close_over(region.closed)
            if closed or any(map(is_live, data)):
                form.allowed = self.check_solved(region, results)
            elif not mode.keep_all:
                mode = None
        if not closed and not any(isinstance(v, Value) for v in [*data, *leaves]):
            return x
        form.is_plain, form.owner = False, self
        return WHOLE.values([*data, *closed], results, form, mode)

    def solution(self, form: RootForm, datas: Sequence[Any]) -> Any:
        """What the solver gives for bare data, bare."""
        params, settings = form.arguments(datas)
        with no_grad(), apart():
            leaves, rebuild = flatten(self.solve(form.start, *params, **settings))
        for x in leaves:
            if np.asarray(numbers_of(x)).dtype.kind not in "fc":
                raise DTypeError(
                    f"{self.name} must give floats or arrays of floats, to be differentiated, and gave {x!r}"
                )
        return rebuild(unwrap(leaves))

    def forward(self, form: Form, datas: Sequence[Any]) -> list[Any]:
        assert isinstance(form, RootForm)
        return flatten(self.solution(form, datas[: len(form.places)]))[0]

    # -- the equations near the root ---------------------------------------------------------------------------------

    def equations(self, form: Form, data: Sequence[Any], xs: Sequence[Any], keep: bool) -> Region:
        """The region of f at the root; its sources are those of x, then those of the data."""
        unknowns = [source_of(x) for x in xs]

        def body(values: Sequence[Any]) -> Any:
            params, _ = form.arguments(values[len(xs) :])
            x = form.returns(values[: len(xs)])
            with apart():
                out = self.f(x, *params)
            unknown, equation = same_structure(x, out, f"the equations of {self.name}")
            for one, other in zip(unknown, equation, strict=True):
                if np.shape(one) != np.shape(other):
                    raise ShapeError(
                        f"the equations of {self.name} must be as many as the unknowns: for x of shape {np.shape(one)} they "
                        f"have shape {np.shape(other)}"
                    )
            return equation

        return Region(body, [*unknowns, *data], [x.node for x in (*unknowns, *data) if is_live(x)], keep)

    def check_solved(self, region: Region, results: Sequence[Any]) -> float:
        """How small f has to be at x, beside its change along a direction of the size of x; raises GradientError if it is not."""
        size = max(float(np.max(np.abs(x), initial=0.0)) for x in results) or 1.0
        rng = np.random.default_rng(0)
        along = [settle(size * rng.standard_normal(np.shape(x)), x) for x in results]
        changes = region.pushed(dict(zip(region.sources, along, strict=False)))
        change = max(0.0 if t is None else float(np.max(np.abs(t), initial=0.0)) for t in changes)
        rest = largest(region.outputs)
        precision = max(float(np.finfo(np.asarray(x).dtype).eps) for x in results)
        tolerance = precision**0.25 if self.tolerance is None else self.tolerance
        if not rest <= tolerance * change:
            raise GradientError(
                f"{self.name} gave no root: the largest of its equations is {rest:.3g} there, and changes by about {change:.3g} "
                f"when x changes by its own size, so that {tolerance:.1e} of that is allowed. Let it iterate further, or set "
                f"tolerance="
            )
        return tolerance * change

    def solved(self, linear: Linear, b: Sequence[Any], record: bool) -> list[Any]:
        """The solution of a linear system, given leaf by leaf; recorded as the root that it is, so that any order works."""
        bare = unwrap(b)
        if record:
            equation = Root(
                lambda x: [v - w for v, w in zip(linear(x, True), b, strict=True)],
                lambda x: self.solved(linear, bare, False),
                self.linear_solve,
                self.tolerance,
            )
            equation.name = f"derivative of {self.name}"
            return list(equation([zeros(x) for x in bare]))
        shapes, dtypes = [np.shape(x) for x in bare], [np.asarray(x).dtype for x in bare]
        ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
        dtype = np.result_type(*dtypes, np.float32)  # nobody solves systems in float16, nor in longdouble
        dtype = {np.longdouble: np.dtype(float), np.clongdouble: np.dtype(complex)}.get(dtype.type, dtype)

        def leaves(v: Array) -> list[Any]:
            parts = zip(np.split(np.reshape(v, -1), ends), shapes, dtypes, bare, strict=True)
            return [float(p[0]) if type(x) is float else p.reshape(s).astype(d) for p, s, d, x in parts]

        def vector(xs: Sequence[Any]) -> Array:
            return np.concatenate([np.ravel(x) for x in xs]).astype(dtype)

        if not sum(map(np.size, bare)):
            return bare
        try:
            return leaves(self.linear_solve(lambda v: vector(linear(leaves(v), False)), vector(bare)))
        except np.linalg.LinAlgError as error:
            raise GradientError(
                f"the root that {self.name} gave has no derivative: the Jacobian of its equations by x is singular there "
                f"({error}), as at a double root or where solutions meet"
            ) from error

    # -- the two walks -----------------------------------------------------------------------------------------------

    def pull(self, node: Node, saved: Any, g: Any) -> tuple[Any, ...]:
        return self.pulled(node, saved, cotangents_of(g, node))

    def pulled(self, node: Node, saved: Any, gs: Sequence[Any]) -> tuple[Any, ...]:
        if is_batched(gs):
            return tuple(one_by_one(lambda *gs: self.pulled(node, saved, gs), tuple(gs)))
        record = is_recorded(saved)
        wanted = node.route.wanted  # type: ignore[union-attr]
        region, targets = self.at(node, saved, wanted, keep=False)
        unknowns = region.sources[: len(saved.y) if type(saved.y) is tuple else 1]
        near = region.reaching(unknowns)

        def linear(vs: Sequence[Any], record: bool) -> list[Any]:
            found = region.pulled(vs, record, near)
            return [zeros(u.value) if (c := found.get(u)) is None else settle(c, u.value) for u in unknowns]

        multipliers = self.solved(linear, gs, record)
        found = region.pulled([-m for m in multipliers], record)
        parts = [found.get(targets[i]) for i in wanted]
        return tuple(
            [zeros(p.value) if c is None else settle(c, p.value) for c, p in zip(parts, node.parents, strict=True)]
        )

    def push(self, node: Node, saved: Any, ts: Sequence[Any]) -> list[Any]:
        if is_batched(ts):
            return list(one_by_one(lambda *ts: self.push(node, saved, ts), tuple(ts)))
        record = is_recorded(saved)
        wanted = [i for i, t in enumerate(ts) if t is not None]
        region, targets = self.at(node, saved, wanted, keep=True)
        unknowns = region.sources[: len(saved.y) if type(saved.y) is tuple else 1]

        def pushed(tangents: dict[Node, Any], record: bool) -> list[Any]:
            found = region.pushed(tangents, record)
            return [zeros(y) if t is None else t for t, y in zip(found, unwrap(region.outputs), strict=True)]

        def linear(vs: Sequence[Any], record: bool) -> list[Any]:
            return pushed(dict(zip(unknowns, vs, strict=True)), record)

        changes = pushed({targets[i]: ts[i] for i in wanted}, record)
        return [-t for t in self.solved(linear, changes, record)]

    def at(self, node: Node, saved: Any, wanted: Sequence[int], keep: bool) -> tuple[Region, dict[int, Node]]:
        """The region of f at a recorded root; and for each wanted input the node that stands for it."""
        form = form_of(node)
        assert isinstance(form, RootForm)
        form.check_unchanged()
        count = len(form.places)
        data = [source_of(x) if i in wanted else x for i, x in enumerate(saved.x[:count])]
        xs = saved.y if type(saved.y) is tuple else (saved.y,)
        with opened(node.parents):
            region = self.equations(form, data, xs, keep)
        if not (rest := largest(region.outputs)) <= form.allowed:
            raise GradientError(
                f"the equations of {self.name} were 0 at the root that it gave, and now the largest is {rest:.3g}: they close "
                f"over something that has changed since. Pass it to {self.name} as an argument"
            )
        nodes: Sequence[Any] = [x.node if is_live(x) else None for x in data] + list(node.first[count:])
        return region, {i: nodes[i] for i in wanted}


def largest(equations: Sequence[Any]) -> float:
    """The size of the largest of all equations."""
    return max(float(np.max(np.abs(y), initial=0.0)) for y in unwrap(equations))
