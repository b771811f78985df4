"""A graph to read: the nodes between some values and what they were computed from, oldest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from .errors import GradientError
from .recording import Absent, Frame, Node, Value
from .shown import shown_by


class Graph:
    """The nodes that some outputs were computed from, leaves and recorded constants included, oldest first.

    >>> import autograd_core as ag
    >>> x = ag.scalar(2.0, name="x")
    >>> print(Graph([x * x + 1.0]))
    %1 = x                   2
    %2 = multiply(%1, %1)    4
    %3 = add(%2, 1)          5
    return %3
    """

    def __init__(self, outputs: Sequence[Value]) -> None:
        for value in outputs:
            node = value.node if isinstance(value, Value) else None
            if node is None or node.serial == 0:  # the node of what was cut off holds nothing
                cut = "" if node is None or node.primitive is None else f", which {node.primitive.name} cut off"
                raise GradientError(
                    f"nothing was recorded for {value!r}{cut}: compute it from a value with requires_grad=True"
                )
        self.outputs: tuple[Node, ...] = tuple([v.node for v in outputs if v.node is not None])
        self.nodes: tuple[Node, ...] = tuple(reachable(self.outputs))
        self.numbers: dict[Node, int] = {node: i for i, node in enumerate(self.nodes, 1)}

    _repr_html_ = shown_by("graphs")

    def __len__(self) -> int:
        return len(self.nodes)

    def __str__(self) -> str:
        rows = [(f"%{i} = {self.formula(node)}", short(node.value)) for node, i in self.numbers.items()]
        width = max((len(left) for left, _ in rows), default=0)
        lines = [f"{left:<{width}}    {right}".rstrip() for left, right in rows]
        return "\n".join([*lines, "return " + ", ".join(f"%{self.numbers[o]}" for o in self.outputs)])

    @cached_property
    def multiply_adds(self) -> dict[Node, int]:
        """How many products each call adds up, where its primitive tells: those of matrices, windows and recurrent layers."""
        return {node: count for node in self.nodes if (count := multiply_adds(node))}

    def formula(self, node: Node) -> str:
        """What a node computes, in terms of node numbers."""
        if node.primitive is None:
            return node.name or "constant" if not node.requires_grad else node.name or "leaf"
        words = [f"%{self.numbers[e]}" if isinstance(e, Node) else short(e) for e in node.inputs]
        words += [f"{k}={v!r}" for k, v in (node.settings or {}).items() if v is not None and v is not False]
        return f"{node.primitive.name}({', '.join(words)})"


def multiply_adds(node: Node) -> int:
    """How many products a call adds up, where its primitive tells: those of matrices, windows and recurrent layers."""
    count = None if node.primitive is None else node.primitive.multiply_adds
    if count is None:
        return 0
    shapes = [shape_of(e.value if isinstance(e, Node) else e) for e in node.inputs]
    return count(shapes, shape_of(node.value), node.settings or {})


def shape_of(value: Any) -> Any:
    """The shape of a value in the record; those of several results."""
    return tuple(map(shape_of, value)) if type(value) is tuple else getattr(value, "shape", ())


def reachable(outputs: Iterable[Node]) -> list[Node]:
    """Everything that outputs were computed from, themselves included, oldest first."""
    nodes = list(dict.fromkeys(outputs))
    seen = set(nodes)
    for node in nodes:  # grows while it is walked
        for source in node.inputs:
            if isinstance(source, Node) and source not in seen:
                seen.add(source)
                nodes.append(source)
    return sorted(nodes, key=lambda node: node.serial)


def short(value: Any) -> str:
    """A value in a few characters: a number, or shape and dtype."""
    if isinstance(value, Absent):
        return f"{value.dtype}{list(value.shape)}"
    if isinstance(value, tuple):
        return f"({', '.join(short(v) for v in value)})"
    if np.size(value) == 1 and np.ndim(value) == 0:
        return f"{value:.6g}" if isinstance(value, (float, int, np.number)) else str(value)
    return f"{np.asarray(value).dtype}{list(np.shape(value))}"


def restored(node: Node) -> Frame:
    """What a node's rules need, rebuilt from the values that the record kept, for a walk after backward has freed it.

    Raises GradientError if a value that is needed was too large to be kept.
    """
    route: Any = node.route
    values = [e.value if isinstance(e, Node) else e for e in node.inputs]
    for position in range(len(values)) if route.every else route.keeps:
        if position < len(values) and isinstance(node.value if position == -1 else values[position], Absent):
            raise GradientError(f"{node!r} was freed by backward: call backward(retain_graph=True), or draw before it")
    made = Frame()
    made.y = node.value
    made.x = made.z = None
    if route.arity is None:
        made.x, made.z = tuple(values), node.z
    else:
        made.x = values[0]
        if route.arity == 2:
            made.z = values[1]
    return made
