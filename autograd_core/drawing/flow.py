"""What flows back along every edge: one pure walk from the drawn outputs, each with the cotangent 1.

Nothing is recorded, nothing is freed, no `.grad` is touched and no hook is run, so a picture may be drawn at any time
and as often as one likes. Where `backward` has let go of what a rule needs, it is rebuilt from the values that small
graphs keep.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import GradientError, MutationError
from ..graph import Graph, restored
from ..live import Masks
from ..modes import set_grad_enabled
from ..primitive import Parts
from ..recording import TEACHING_SIZE, Absent, Node, frame, handle, in_numpy, unwrap, wrapped
from ..reverse import conjugate, through_definition


@dataclass(frozen=True)
class Share:
    """What one use of a value adds to its gradient.

    position       which argument of the target the value is
    upstream       the gradient of the target
    local          the derivative of the target by this argument, where both are single real numbers; else None
    contribution   what is added to the gradient of the source
    """

    source: Node
    target: Node
    position: int
    upstream: Any
    local: float | None
    contribution: Any


@dataclass
class Flow:
    """The gradient of every node that outputs depend on, and the shares of its edges in the order of their addition."""

    gradients: dict[Node, Any] = field(default_factory=dict)
    shares: dict[tuple[Node, int], Share] = field(default_factory=dict)
    paths: dict[Node, list[Share]] = field(default_factory=dict)


def flow_of(graph: Graph, outputs: Collection[Node]) -> Flow:
    """The backward flow of a graph from some of its nodes.

    Raises GradientError where backward has freed a large value that a rule needs.
    """
    flow = Flow()
    cotangents = {node: seed(node) for node in outputs if node.requires_grad}
    masks = Masks()
    with set_grad_enabled(False), np.errstate(all="ignore"):
        for node in reversed(graph.nodes):
            g = cotangents.get(node)
            if g is None or node.route is None or not node.route.wanted:
                continue
            ready = with_saved(node)
            if node in masks.live:
                masks.live[ready] = masks.live.pop(node)
            contributions = pull(ready, g, masks, cotangents)
            locals_ = local_derivatives(ready)
            for position, parent, local, c in zip(node.route.wanted, node.parents, locals_, contributions, strict=True):
                cotangents[parent] = cotangents[parent] + c if parent in cotangents else c
                share = Share(parent, node, position, shown(g), local, shown(c))
                flow.shares[node, position] = share
                flow.paths.setdefault(parent, []).append(share)
    flow.gradients = {node: shown(g) for node, g in cotangents.items()}
    return flow


def shown(g: Any) -> Any:
    """A cotangent as the gradient that the user knows: not conjugated; the only part of several, if there is one."""
    if isinstance(g, Parts):
        return conjugate(next(iter(g.values()))) if len(g) == 1 else None
    return conjugate(g)


def seed(node: Node) -> Any:
    """The cotangent 1 of an output."""
    return 1.0 if type(node.value) is float else np.ones(node.value.shape, node.value.dtype)


def pull(node: Node, g: Any, masks: Masks, reached: dict[Node, Any]) -> Sequence[Any]:
    """The contributions of one call to the cotangents of its parents."""
    route: Any = node.route
    if is_spent(node) and route.primitive.residual:
        return by_definition(node, g)
    try:
        if masks.live or route.cut:
            return masks.pull(node, node, g, reached)
        return route.pull(node, node, g)  # type: ignore[no-any-return]
    except ArithmeticError:  # floats raise where arrays give inf
        if not isinstance(g, float):
            raise
        return [float(c) for c in route.pull(node, in_numpy(node), np.float64(g))]


def by_definition(node: Node, g: Any) -> list[Any]:
    """The contributions of a fused call whose residual is gone, by the primitives that it is defined by."""
    route: Any = node.route
    if route.primitive.definition is None:
        raise freed(node)
    recorded = Parts({i: handle(part, None) for i, part in g.items()}) if isinstance(g, Parts) else handle(g, None)
    found = through_definition(node, wrapped(node), recorded)
    return unwrap(found)


def is_spent(node: Node) -> bool:
    """Whether backward has freed what the node had saved."""
    return node.watch is not None and node.watch.spent


def with_saved(node: Node) -> Node:
    """The node itself, or a copy of it that has back what backward freed."""
    if not is_spent(node):
        return node
    copy = Node()
    for name in Node.__slots__:
        if name != "__weakref__":
            setattr(copy, name, getattr(node, name))
    try:
        saved = restored(node)
    except GradientError as error:
        raise freed(node) from error
    copy.x, copy.z, copy.y = saved.x, saved.z, saved.y
    return copy


def freed(node: Node) -> GradientError:
    return GradientError(
        f"backward freed what the gradient of {node!r} needs, and it is too large to have been kept: draw before "
        f"backward, call backward(retain_graph=True), or draw the values alone with grads=False"
    )


def is_real_number(value: Any) -> bool:
    """Whether a recorded value is a single real number."""
    return type(value) is float or (not isinstance(value, tuple) and value.shape == () and value.dtype.kind == "f")


def local_derivatives(node: Node) -> list[float | None]:
    """Per parent: the derivative of a number by a number, else None."""
    nothing: list[float | None] = [None] * len(node.parents)
    if not is_real_number(node.value) or not any(is_real_number(p.value) for p in node.parents):
        return nothing
    one = seed(node)
    partials = pull(node, one, Masks(), {})
    return [float(c) if is_real_number(p.value) else None for p, c in zip(node.parents, partials, strict=True)]


def check_unwritten(graph: Graph) -> None:
    """Raise MutationError if a value was written in place since: its number would not fit the others."""
    for node in graph.nodes:
        for source in node.inputs:
            storage = source.storage if isinstance(source, Node) else None
            if storage is not None and storage.written > node.serial:
                raise MutationError(
                    f"{source!r} was written in place after {node!r} had been computed from it, so a picture would mix "
                    f"old numbers with new ones: draw before the write, or compute the value again"
                )


def check_unchanged(graph: Graph, values: Mapping[Node, Any]) -> None:
    """Raise MutationError if a leaf was given new data since: what was computed from it would not fit its number."""
    for node in graph.nodes:
        leaves = dict.fromkeys([e for e in node.inputs if isinstance(e, Node) and e.route is None])
        inputs = [values[e] if isinstance(e, Node) else e for e in node.inputs]
        known = (*inputs, node.value)
        if not leaves or any(isinstance(v, (Absent, tuple)) or np.size(v) > TEACHING_SIZE for v in known):
            continue
        primitive: Any = node.primitive
        with np.errstate(all="ignore"):
            y = primitive.forward(*inputs, **(node.settings or {}))
        y = y[0] if primitive.residual else y
        # math and NumPy may differ in the last digits
        if not np.allclose(y, node.value, rtol=1e-5, atol=1e-12, equal_nan=True):
            raise MutationError(
                f"{' or '.join(map(repr, leaves))} was given new data after {node!r} had been computed from it, so a "
                f"picture would mix old numbers with new ones: draw before that, or compute the value again"
            )


def values_of(graph: Graph) -> dict[Node, Any]:
    """Every value as it was when it was recorded, kept by the node itself or for a rule; else an `Absent`."""
    values = {node: node.value for node in graph.nodes}
    for node in graph.nodes:
        if node.route is None or is_spent(node) or (node.route.arity is None and node.x is None):
            continue
        saved = frame(node, node)
        for source, value in zip(node.inputs, saved[:-2], strict=True):
            if value is None or not isinstance(source, Node):
                continue
            # a leaf may have been given new data since; a large value was kept for this rule only
            if source.route is None or type(source.value) is Absent:
                values[source] = value
        if type(node.value) is Absent and saved[-2] is not None:
            values[node] = saved[-2]
    return values
