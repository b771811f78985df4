"""Single calls taken apart within a graph: a product of matrices as products and sums, an LSTM as its steps, the rest as it was.

What comes before such a call is the same. A small one is made again on single numbers: each element of its arguments is
taken out by an index, and the results are stacked. A larger one that has a definition is made again by that. What comes
after is copied, since it takes the result from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import GradientError
from ..graph import Graph
from ..memory import serials
from ..modes import keep_all
from ..primitive import pick
from ..primitives.joining import stack
from ..primitives.layouts import reshape
from ..recording import Absent, Node, Value, handle
from ..scopes import Scope
from .flow import flow_of
from .numbers import MOST_NUMBERS, again
from .rewiring import rewired


@dataclass
class Expanded:
    """A graph in which some calls are taken apart.

    names   of its nodes: those that were given, and W[0, 1] for an element of W
    moved   the nodes of the graph before -> what stands for them; not a call of several results, taken apart
    parts   such a call -> its results
    """

    graph: Graph
    names: dict[Node, str] = field(default_factory=dict)
    moved: dict[Node, Node] = field(default_factory=dict)
    parts: dict[Node, Sequence[Value]] = field(default_factory=dict)


def expanded(graph: Graph, chosen: Mapping[Node, str], names: Mapping[Node, str]) -> Expanded:
    """The graph with some calls taken apart.

    chosen   the calls, each with what stands above its frame
    names    what is drawn, by name; constants without a name are numbers in formulas

    Raises GradientError for a call that is too large, or cannot be taken apart.
    """
    made = Expanded(graph)
    with keep_all(), np.errstate(all="ignore"):
        for node in graph.nodes:
            if node in chosen:
                start = next(serials)
                results = taken_apart(node, made, names)
                put_into(Scope(chosen[node], node.scope, "composed"), results, start)
                if isinstance(node.value, tuple):
                    made.parts[node] = results
                else:
                    made.moved[node] = results[0].node  # type: ignore[assignment]
            elif node.primitive is pick and node.inputs[0] in made.parts:
                made.moved[node] = made.parts[node.inputs[0]][node.settings["index"]].node  # type: ignore[assignment, index]
            else:
                made.moved[node] = rewired(node, made.moved)
    made.names |= {made.moved[node]: name for node, name in names.items() if node in made.moved}
    made.graph = Graph([handle(one.value, one) for one in [made.moved[node] for node in graph.outputs]])
    check_same(graph, made, list(chosen))
    return made


def put_into(frame: Scope, results: Sequence[Value], start: int) -> None:
    """Put what was recorded since into a frame, together with the scopes that were opened."""
    for new in Graph(results).nodes:
        if new.serial > start:
            scope = new.scope
            while scope is not None and scope is not frame and scope.parent is not None:
                scope = scope.parent
            if scope is None:
                new.scope = frame
            elif scope is not frame and new.route is not None:
                scope.parent = frame


def taken_apart(node: Node, made: Expanded, names: Mapping[Node, str]) -> Sequence[Value]:
    """The results of a call that is made again: on single numbers where that can be, else by its definition."""
    primitive: Any = node.primitive
    values = [node.value, *[entry.value if isinstance(entry, Node) else entry for entry in node.inputs]]
    if not isinstance(node.value, (Absent, tuple)) and not np.size(node.value):
        raise GradientError(
            f"expand: {names[node]!r} has no elements, and only elements are drawn one by one: leave it closed"
        )
    count = sum(np.size(value) if not isinstance(value, (Absent, tuple)) else MOST_NUMBERS + 1 for value in values)
    real = all(not isinstance(value, tuple) and np.asarray(value).dtype.kind in "fiub" for value in values)
    if count <= MOST_NUMBERS and real:
        try:
            return [by_numbers(node, made, names)]
        except GradientError:
            if primitive.definition is None:
                raise
    if primitive.definition is None:
        raise GradientError(
            f"expand: {names[node]!r} is not computed from at most {MOST_NUMBERS} real numbers, as what is drawn number by "
            f"number, and {primitive.name} has no definition by other operations: draw a smaller example, or leave it closed"
        )
    inputs = [made.moved[entry] if isinstance(entry, Node) else entry for entry in node.inputs]
    if any(isinstance(entry.value if isinstance(entry, Node) else entry, Absent) for entry in inputs):
        raise GradientError(
            f"expand: what {names[node]!r} was computed from was not kept. Give ag.draw the function and its arguments "
            f"instead of a value, then everything is"
        )
    args = [handle(entry.value, entry) if isinstance(entry, Node) else entry for entry in inputs]
    found = primitive.definition(*args, **(node.settings or {}))
    return found if isinstance(found, tuple) else [found]


def by_numbers(node: Node, made: Expanded, names: Mapping[Node, str]) -> Value:
    """The result of a call that is made again on single numbers."""
    known: dict[Node, Any] = {}
    for entry in node.inputs:
        if isinstance(entry, Node) and entry not in known:
            known[entry] = elements(entry, made, names.get(entry))
    found = again(node, known)
    flat = list(found.flat)
    for index, element in np.ndenumerate(found):
        if isinstance(element, Value) and element.node is not None and found.ndim:
            made.names.setdefault(element.node, f"{names[node]}[{', '.join(map(str, index))}]")
    whole = flat[0] if found.ndim == 0 else reshape(stack(flat), found.shape) if found.ndim > 1 else stack(flat)
    return whole  # type: ignore[no-any-return]


def elements(entry: Node, made: Expanded, name: str | None) -> Any:
    """The elements of an argument as an array of objects: recorded ones, or numbers for a constant without a card."""
    node = made.moved[entry]
    value: Any = handle(node.value, node)
    array = np.empty(np.shape(node.value), object)
    for index in np.ndindex(array.shape):
        if name is None and not node.requires_grad:
            array[index] = np.asarray(node.value)[index].item()
            continue
        element = value[index] if index else value
        array[index] = element
        if name is not None and index:
            made.names[element.node] = f"{name}[{', '.join(map(str, index))}]"
    return array


def check_same(graph: Graph, made: Expanded, chosen: Sequence[Node]) -> None:
    """Raise GradientError if a leaf gets another gradient than before, as where equal elements share one."""
    before, after = flow_of(graph, graph.outputs).gradients, flow_of(made.graph, made.graph.outputs).gradients
    for node in graph.nodes:
        if node.route is None and node in before:
            found = after.get(made.moved[node], 0.0)
            if not np.allclose(found, before[node], rtol=1e-4, atol=1e-6, equal_nan=True):
                raise GradientError(
                    f"expand: taken apart, {', '.join(map(repr, chosen))} would not send {node!r} the same gradient, as "
                    f"happens where equal elements share it: leave it closed"
                )
