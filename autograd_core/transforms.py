"""Functions that give derivatives of functions.

A transform wraps the inputs it differentiates in fresh values, runs the function, and walks the record that this left. The fresh
values belong to this one call, which is why nesting cannot confuse perturbations: a walk ends at the values of its own call.

What comes back: plain arrays and floats for plain arrays and floats. If an input is a value, or the function closes over one that
requires a gradient, then values, recorded if an outer transform or such a value can see them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from operator import index
from typing import Any

import numpy as np

from .backward import check_kind, require_graph, seed_for
from .batches import Batched, Level, bare, beneath, levels, levels_of, lowered, raised
from .errors import DTypeError, GradientError, ShapeError
from .families.general import share
from .generic import operand
from .graph import Graph
from .memory import protected
from .modes import Mode, current, enable_grad, keep_all
from .primitives.layouts import alias
from .recording import Node, Scalar, Value, check_differentiable, handle, leaf, numbers_of, scalar_of, tensor_of
from .reverse import ancestors, conjugate, pull_back, run_hooks
from .trees import flatten, same_structure

Function = Callable[..., Any]


# -- fresh inputs ------------------------------------------------------------------------------------------------------------


def fresh(x: Any, asked: str, at: Sequence[Level] = ()) -> Value:
    """A new value for an input, tied to the old one where that is recorded.

    at   the levels of vmap around: an input that is the same for all examples is broadcast, so that each has a gradient
    """
    if not isinstance(x, Value):
        if type(x) is float and not at:
            return scalar_of(x, leaf(x, True))
        if isinstance(x, (bool, int)) or not isinstance(x, (float, complex, np.ndarray, np.generic)):
            raise DTypeError(
                f"{asked} differentiates floats, arrays and values, in containers, but was given {x!r} of type "
                f"{type(x).__name__}" + (f": write {float(x)}" if isinstance(x, int) else "")
            )
        x = protected(np.asarray(operand(x)))
    if at:
        made: Value = raised(fresh_of(lowered(x, at)), at)
        return made
    return fresh_of(x)


def fresh_of(x: Any) -> Value:
    """A new value for a value or an array."""
    if not isinstance(x, Value):
        check_differentiable(x.dtype)
        return tensor_of(x, leaf(x, True))
    if x.node is not None and x.node.requires_grad:
        tied: Value = alias(x)
        return tied
    if isinstance(x, Scalar):
        return scalar_of(x._data, leaf(x._data, True))
    check_differentiable(x._data.dtype)
    new = tensor_of(x._data, leaf(x._data, True))
    share(x, new)  # type: ignore[arg-type]  # a Tensor; a later write to it must be noticed
    return new


def check_function(f: Any, asked: str) -> None:
    """Raise GradientError for what is no function, such as the result of one."""
    if not callable(f):
        raise GradientError(
            f"{asked} takes a function, not {f!r}: write ag.{asked}(lambda x: ...), and call what it gives"
        )


class Call:
    """One call of a function on fresh inputs, and what is needed to walk its record."""

    def __init__(
        self, f: Function, args: Sequence[Any], argnums: Sequence[int], asked: str, keep: bool = False, **kwargs: Any
    ):
        check_function(f, asked)
        self.outer: Mode = current()
        self.at = levels()
        self.asked = asked
        self.inputs, self.rebuild = flatten([args[i] for i in argnums])
        with enable_grad():
            values = [fresh(x, asked, self.at) for x in self.inputs]
            new = self.rebuild(values)
            passed = list(args)
            for i, x in zip(argnums, new, strict=True):
                passed[i] = x
            if keep:
                with keep_all():
                    self.output = f(*passed, **kwargs)
            else:
                self.output = f(*passed, **kwargs)
        self.sources: list[Node] = [v.node for v in values if v.node is not None]

    def prepare(self, outputs: Sequence[Any]) -> None:
        """Find what the walk has to visit, and whether others can see its results."""
        for out in outputs:
            if type(out) is Batched and not set(levels_of(out)).issubset(self.at):
                raise GradientError(
                    f"{self.asked} within a custom function, whose result depends on an example of a vmap that the custom "
                    f"function closes over: pass the example to the custom function as an argument"
                )
        self.roots = [
            out.node for out in outputs if isinstance(out, Value) and out.node is not None and out.node.requires_grad
        ]
        leaves: list[Node] = []
        self.nodes = ancestors(self.roots, self.sources, leaves)
        self.visible = any(leaf.requires_grad for leaf in leaves) or any(not s.is_leaf for s in self.sources)
        self.as_values = self.visible or any(isinstance(bare(x), Value) for x in self.inputs)
        if leaves:
            self.nodes = leading_to(self.nodes, self.sources)

    def close(self) -> None:
        """The call is over: its fresh inputs are nobody's any more, and do not make what was computed from them visible."""
        for source in self.sources:
            source.requires_grad = source.route is not None

    @property
    def records(self) -> bool:
        """Whether the walk itself is to be recorded."""
        return self.visible and self.outer.recording

    def seeded(self, outputs: Sequence[Any], given: Any, what: str) -> tuple[dict[Node, Any], bool]:
        """Cotangents of the outputs, in their containers, as seeds of a walk; and whether it is to be recorded."""
        _, cotangents = same_structure(self.output, given, self.asked)
        record = (self.visible or any(is_live(c) for c in cotangents)) and current().recording
        seeds: dict[Node, Any] = {}
        for out, c in zip(outputs, cotangents, strict=True):
            if isinstance(out, Value) and out.node in self.roots:
                c = matching(bare(out)._data, c, record, f"{self.asked}: the {what}", levels_of(out))
                seeds[out.node] = seeds[out.node] + c if out.node in seeds else c
        return seeds, record

    def pulled(self, seeds: dict[Node, Any], record: bool, last: bool = False) -> Any:
        """The gradients for the given cotangents, in the containers of the inputs; the last ones let go of the record."""
        conjugated = {n: conjugate(g) for n, g in seeds.items()}
        if last:
            seeds.clear()
            self.roots, self.output = [], None
        found = pull_back(conjugated, self.sources, record=record, nodes=self.nodes, consume=last)
        return self.rebuild(
            [self.given_back(x, s, found.get(s)) for x, s in zip(self.inputs, self.sources, strict=True)]
        )

    def given_back(self, x: Any, source: Node, g: Any) -> Any:
        """The gradient for one input as its caller expects it; zeros where the function ignores the input."""
        if g is None:
            g = 0.0 if type(source.value) is float else np.zeros(source.value.shape, source.value.dtype)
        g = conjugate(g)
        if self.at:
            if self.as_values and not isinstance(g, Value):
                g = tensor_of(np.array(g), None)
            return raised(g, self.at)
        if isinstance(g, Value):
            return g
        if self.as_values:
            return scalar_of(g, None) if type(source.value) is float else tensor_of(np.array(g), None)
        if type(source.value) is float:
            return float(g)
        return np.array(g) if isinstance(x, np.ndarray) else x.dtype.type(g) if isinstance(x, np.generic) else g

    def presented(self, out: Any) -> Any:
        """A result of the function as its caller expects it."""
        if not isinstance(out, Value):
            return out
        if self.records:
            return out
        if type(out) is Batched:
            return beneath(self.presented, out)
        if self.as_values:
            if isinstance(out, Scalar):
                return scalar_of(out._data, None)
            result = tensor_of(out._data, None)
            share(out, result)  # type: ignore[arg-type]  # a Tensor; a write to it must be noticed
            return result
        # a copy: the record needs its own for walks to come
        return np.array(out._data) if isinstance(out._data, np.ndarray) else out._data

    def shown(self, tree: Any) -> Any:
        """Results of the function, in containers, as its caller expects them."""
        leaves, rebuild = flatten(tree)
        return rebuild([self.presented(out) for out in leaves])


def leading_to(nodes: Sequence[Node], sources: Sequence[Node]) -> list[Node]:
    """Those of the nodes (newest first) that depend on a source."""
    reached = set(sources)
    kept = []
    for node in reversed(nodes):
        if any(p in reached for p in node.parents):
            reached.add(node)
            kept.append(node)
    kept.reverse()
    return kept


def positions(argnums: int | Sequence[int], count: int, asked: str) -> tuple[int, ...]:
    """argnums as non-negative positions."""
    try:
        nums = (index(argnums),) if not isinstance(argnums, (tuple, list)) else tuple(map(index, argnums))  # type: ignore[arg-type]
    except TypeError as error:
        raise GradientError(f"{asked}: argnums={argnums!r}; give a position, or a tuple of positions") from error
    for n in nums:
        if not -count <= n < count:
            raise GradientError(
                f"{asked}: argnums={argnums}, but the function was called with {count} positional arguments"
            )
    places = tuple(n % count for n in nums)
    if len(set(places)) != len(places):
        raise GradientError(f"{asked}: argnums={argnums} names a position twice")
    return places


# -- reverse mode ------------------------------------------------------------------------------------------------------------


def value_and_grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """The function that gives f's value and its gradient; f returns a single real number.

    argnums   the position whose gradient is wanted, or a tuple of positions for a tuple of gradients
    has_aux   f returns (value, aux), and ((value, aux), gradient) is returned

    A gradient has the shape, dtype and containers of its argument. Raises GradientError if the value is not a single real
    number, DTypeError if an argument is an integer.

    >>> import autograd_core as ag
    >>> ag.value_and_grad(lambda p: p["w"] * 3.0 + p["b"])({"w": 2.0, "b": 1.0})
    (7.0, {'w': 3.0, 'b': 1.0})
    """

    check_function(f, "grad")

    @wraps(f)
    def derived(*args: Any, **kwargs: Any) -> Any:
        nums = positions(argnums, len(args), "grad")
        call = Call(f, args, nums, "grad", **kwargs)
        if has_aux and not (isinstance(call.output, tuple) and len(call.output) == 2):
            raise GradientError(
                f"grad with has_aux=True takes a function that returns (value, aux), not {call.output!r}"
            )
        out, aux = call.output if has_aux else (call.output, None)
        seed = seed_of_number(out)
        call.prepare([out])
        seeds: dict[Node, Any] = dict.fromkeys(call.roots, seed)
        if call.records:
            seeds = {node: handle(seed, None) for node in call.roots}
        value = call.presented(out)
        if has_aux:
            value = value, call.shown(aux)
        del out, aux  # so that the walk can free what it has passed
        gradients = call.pulled(seeds, call.records, last=True)
        call.close()
        return value, tuple(gradients) if isinstance(argnums, (tuple, list)) else gradients[0]

    return derived


def seed_of_number(out: Any) -> Any:
    """The cotangent 1 for a function's result, which must be one real number."""
    if type(out) is Batched and out.shape == () and out.dtype.kind != "c":
        return np.ones(bare(out).shape, out.dtype)
    data = out if type(out) is Batched else numbers_of(out)
    if type(data) is float or (isinstance(data, (int, float)) and not isinstance(data, np.generic)):
        return 1.0
    if isinstance(data, (np.ndarray, np.generic)) and data.shape == () and data.dtype.kind != "c":
        return np.ones((), data.dtype)
    is_array = isinstance(data, (np.ndarray, np.generic, Batched))
    what = f"shape {data.shape}, dtype {data.dtype}" if is_array else f"{data!r}"
    remedy = "reduce it, for example with .sum(), or use ag.jacobian or ag.vjp"
    if data is None:
        remedy = "its return is missing"
    elif isinstance(data, tuple):
        remedy = "return (value, all the rest) and say has_aux=True, or use ag.vjp"
    raise GradientError(
        f"grad differentiates functions that return one real number, but this one returned {what}: {remedy}"
    )


def grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """The gradient of f as a function; see `value_and_grad`. With has_aux it gives (gradient, aux).

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: x**3)(2.0), ag.grad(ag.grad(lambda x: x**3))(2.0)
    (12.0, 12.0)
    """
    both = value_and_grad(f, argnums, has_aux)

    @wraps(f)
    def derived(*args: Any, **kwargs: Any) -> Any:
        value, gradients = both(*args, **kwargs)
        return (gradients, value[1]) if has_aux else gradients

    return derived


def vjp(f: Function, *primals: Any) -> tuple[Any, Function]:
    """f's value, and the function from a cotangent of the value to a tuple of cotangents of the primals.

    >>> import numpy as np, autograd_core as ag
    >>> y, pull = ag.vjp(lambda a, b: a * b, np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    >>> pull(np.array([1.0, 0.0]))
    (array([3., 0.]), array([1., 0.]))
    """
    call = Call(f, primals, range(len(primals)), "vjp")
    outputs, _ = flatten(call.output)
    call.prepare(outputs)

    def vjp_fn(g: Any) -> Any:
        return tuple(call.pulled(*call.seeded(outputs, g, "cotangent")))

    call.close()
    return call.shown(call.output), vjp_fn


def is_live(x: Any) -> bool:
    """Whether a value takes part in a recording."""
    return isinstance(x, Value) and x.node is not None and x.node.requires_grad


def matching(data: Any, given: Any, record: bool, asked: str, at: Sequence[Level] = ()) -> Any:
    """A cotangent or tangent of the shape and dtype of the data it belongs to; a value if the walk is recorded.

    at   the levels of vmap whose examples the first axes of the data count
    """
    if at:
        given = lowered(given, at)
    if np.shape(given) != np.shape(data):
        shapes = [np.shape(x)[len(at) :] for x in (given, data)]
        raise ShapeError(f"{asked} has shape {shapes[0]}, but the value has shape {shapes[1]}")
    check_kind(given, data, asked)
    if isinstance(given, Value):
        if record or type(given) is Batched:
            return given if given.dtype == np.asarray(data).dtype else given.astype(data.dtype)
        given = given._data
    plain = float(given) if type(data) is float else np.asarray(given, dtype=data.dtype)
    return handle(plain, None) if record else plain


def gradients(outputs: Any, inputs: Any, grad_outputs: Any = None, create_graph: bool = False) -> Any:
    """The gradients of recorded outputs with respect to recorded inputs, without touching `.grad`.

    grad_outputs   a cotangent per output; 1 by default for single numbers
    create_graph   record the walk, so that the gradients can be differentiated in turn

    >>> import autograd_core as ag
    >>> x = ag.scalar(2.0)
    >>> y = x * x
    >>> ag.gradients(y, x)
    scalar(4.0)
    """
    outs, _ = flatten(outputs)
    ins, rebuild = flatten(inputs)
    given = [None] * len(outs) if grad_outputs is None else same_structure(outputs, grad_outputs, "gradients")[1]
    seeds: dict[Node, Any] = {}
    for out, g in zip(outs, given, strict=True):
        node = require_graph(out, "gradients()")
        seed = seed_for(out, g, "gradients()")
        if create_graph != isinstance(seed, Value):
            seed = handle(seed, None) if create_graph else seed._data
        seed = conjugate(seed)
        seeds[node] = seeds[node] + seed if node in seeds else seed
    sources = [require_graph(x, "gradients() with respect to an input") for x in ins]
    found = pull_back(seeds, record=create_graph, through=set(sources))  # one input may lie behind another
    answers = []
    for node in sources:
        g = found.get(node)
        if g is not None and node.is_leaf and node.watch is not None and node.watch.hooks:
            g = run_hooks(node.watch, g, node)
        if g is None:
            g = 0.0 if type(node.value) is float else np.zeros(node.value.shape, node.value.dtype)
        g = conjugate(g)
        answers.append(g if isinstance(g, Value) else handle(g if type(g) is float else np.array(g), None))
    return rebuild(answers)


def record(f: Function, *args: Any) -> Graph:
    """The graph of a call, with every value kept.

    >>> import autograd_core as ag
    >>> print(ag.record(lambda x: x * x + 1.0, 3.0))
    %1 = leaf                3
    %2 = multiply(%1, %1)    9
    %3 = add(%2, 1)          10
    return %3
    """
    call = Call(f, args, range(len(args)), "record", keep=True)
    return Graph([out for out in flatten(call.output)[0] if isinstance(out, Value)])
