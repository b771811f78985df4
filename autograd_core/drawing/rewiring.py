"""Calls that take their arguments from elsewhere: copies, so that the record stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..graph import Graph
from ..memory import serials
from ..primitives.layouts import alias
from ..recording import Node, handle


def rewired(node: Node, moved: Mapping[Node, Node]) -> Node:
    """A call that takes its arguments from what they have become: a copy, or itself where they are the same."""
    inputs: list[Any] = [moved.get(entry, entry) if isinstance(entry, Node) else entry for entry in node.inputs]
    if all(new is old for new, old in zip(inputs, node.inputs, strict=True)):
        return node
    copy = Node()
    for name in Node.__slots__:
        if name != "__weakref__":
            setattr(copy, name, getattr(node, name))
    arity = node.route.arity  # type: ignore[union-attr]
    if arity is None:
        copy.first = tuple(inputs)
    else:
        copy.first, copy.second = inputs[0], inputs[1] if arity == 2 else copy.second
    copy.serial = next(serials)
    return copy


def without_aliases(graph: Graph, check: Callable[[Graph], None]) -> tuple[Graph, dict[Node, Node]]:
    """The graph without the nodes that a transform sets before a function's inputs, and what stands for each of the old.

    check   what has to be seen of a graph before its calls are copied
    """
    idle = {node for node in graph.nodes if node.primitive is alias and node.name is None} - set(graph.outputs)
    if not idle:
        return graph, {}
    check(graph)
    moved: dict[Node, Node] = {}
    for node in graph.nodes:
        moved[node] = moved[node.inputs[0]] if node in idle else rewired(node, moved)
    return Graph([handle(one.value, one) for one in [moved[node] for node in graph.outputs]]), moved
