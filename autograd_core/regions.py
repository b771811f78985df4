"""A stretch of the record: what a function leaves when it is run on values of its own, and the two walks within it.

A region ends at the values that the function was given, and at older ones that it closes over. Nothing behind them is visited,
however long the program before was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np

from .errors import DeclarationError
from .forward import push_forward
from .memory import serials
from .modes import enable_grad, keep_all
from .primitives.layouts import alias
from .recording import Node, Value, handle, leaf, numbers_of
from .reverse import pull_back
from .rules import zeros
from .trees import flatten


class Region:
    """What a function of some inputs records.

    inputs   what it is run on; those among `sources` have a node that only this region knows
    outputs  the leaves of its result
    closed   the older nodes that a gradient flows to, besides those of the inputs: what the function closes over
    """

    def __init__(
        self, f: Callable[[Sequence[Any]], Any], inputs: Sequence[Any], sources: Sequence[Node], keep: bool = False
    ) -> None:
        self.sources = sources
        self.since = next(serials)
        with enable_grad(), keep_all() if keep else nullcontext():
            self.outputs, self.rebuild = flatten(f(inputs))
        roots = [y.node for y in self.outputs if is_live(y)]
        self.nodes, older = younger(roots, self.since)
        known = set(sources)
        self.closed = [node for node in older if node not in known]

    def pulled(
        self, cotangents: Sequence[Any], record: bool = False, nodes: list[Node] | None = None
    ) -> dict[Node, Any]:
        """The cotangents of sources and of what is closed over, as they travel within a walk: not conjugated.

        nodes   those to go through, if not all
        """
        seeds: dict[Node, Any] = {}
        for y, g in zip(self.outputs, cotangents, strict=True):
            if g is not None and is_live(y):
                seeds[y.node] = seeds[y.node] + g if y.node in seeds else g
        return pull_back(seeds, record=record, nodes=self.nodes if nodes is None else nodes)

    def pushed(self, tangents: Mapping[Node, Any], record: bool = False) -> list[Any]:
        """The tangent of each output, None where there is none; the region must have kept everything."""
        nodes = [y.node for y in self.outputs if is_live(y)]
        found = dict(zip(nodes, push_forward(tangents, nodes, record=record, nodes=self.nodes), strict=True))
        return [found[y.node] if is_live(y) else None for y in self.outputs]

    def reaching(self, sources: Iterable[Node]) -> list[Node]:
        """Those of the nodes, newest first, that a gradient flows through to some of the sources."""
        reached = set(sources)
        found = []
        for node in reversed(self.nodes):
            if not reached.isdisjoint(node.parents):
                reached.add(node)
                found.append(node)
        return found[::-1]


@contextmanager
def opened(nodes: Iterable[Node]) -> Iterator[None]:
    """Within the block, a gradient flows to these nodes; a transform that is over has shut those of its inputs."""
    shut = [node for node in nodes if not node.requires_grad]
    for node in shut:
        node.requires_grad = True
    try:
        yield
    finally:
        for node in shut:
            node.requires_grad = False


def is_live(x: Any) -> bool:
    """Whether a gradient can flow to something."""
    return isinstance(x, Value) and x.node is not None and x.node.requires_grad


def younger(roots: Iterable[Node], since: int) -> tuple[list[Node], list[Node]]:
    """The nodes made since then that lead to the roots, newest first; and the older ones where these begin."""
    seen = dict.fromkeys(roots)
    waiting = list(seen)
    for node in waiting:  # grows while it is walked
        if node.serial > since:
            fresh = [p for p in dict.fromkeys(node.parents) if p not in seen]
            seen.update(dict.fromkeys(fresh))
            waiting += fresh
    made = [node for node in waiting if node.serial > since and node.route is not None]
    return sorted(made, key=lambda n: n.serial, reverse=True), [n for n in waiting if n.serial <= since]


def source_of(x: Any) -> Value:
    """A value for a region of its own: tied to x where x is recorded, else a new leaf over the same memory."""
    if is_live(x):
        with enable_grad():
            tied: Value = alias(x)
        return tied
    data = numbers_of(x)
    return handle(data, leaf(data, True))


def transposed(
    linear: Callable[[Sequence[Any]], Sequence[Any]],
    likes: Sequence[Any],
    cotangents: Sequence[Any],
    record: bool,
    asked: str,
) -> list[Any]:
    """The transpose of a function that is linear in its inputs, applied to cotangents of its results.

    likes   per input, something of its shape and dtype

    The function is run on zeros, and its record walked back. Raises DeclarationError if what it computes is not linear, which
    is read off the record: a rule of a linear step names nothing that depends on the inputs.
    """
    values = [source_of(zeros(like)) for like in likes]
    sources = [v.node for v in values if v.node is not None]
    with np.errstate(all="ignore"):  # zeros meet infinite slopes; what comes of that is not looked at
        region = Region(linear, values, sources, keep=True)
    if (step := first_bend(region)) is not None:
        raise DeclarationError(f"{asked} must be linear, but {step}")
    found = region.pulled(cotangents, record, region.reaching(sources))
    return [found.get(s) for s in sources]


def first_bend(region: Region) -> str | None:
    """Words for the first step of a region that is not linear in its sources; None if all are."""
    depends = set(region.sources)
    waiting = [y.node for y in region.outputs if isinstance(y, Value) and y.node is not None]
    seen = set(waiting)
    for node in waiting:  # over all inputs: what is piecewise constant depends on them too
        for e in node.inputs:
            if isinstance(e, Node) and e.serial > region.since and e not in seen:
                seen.add(e)
                waiting.append(e)
    for node in sorted(seen, key=lambda n: n.serial):
        places = [i for i, e in enumerate(node.inputs) if isinstance(e, Node) and e in depends]
        if places:
            depends.add(node)
            if not is_linear(node, places):
                return f"it computes {node.primitive.name} of that"  # type: ignore[union-attr]
    for y in region.outputs:
        if np.any(np.abs(numbers_of(y)) > 0):  # NaN, of a zero that met an infinite slope, is not
            return "it gives something else than zeros for zeros"
    return None


def is_linear(node: Node, places: Sequence[int]) -> bool:
    """Whether a call is linear in the inputs at these places together."""
    route: Any = node.route
    primitive = route.primitive
    if primitive.family == "fixed":
        return False
    if primitive.linear or primitive.family == "layout":
        return True
    if primitive.family == "multilinear":
        return len(places) == 1
    if not primitive.rules or primitive.definition is not None:
        return False
    rules = [primitive.rules[0 if primitive.variadic else i] for i in places]
    names_none = [r is not None and not r.all_inputs and "r" not in r.names for r in rules]
    return all(names_none) and all(r.keeps.isdisjoint([*places, -1]) for r in rules)
