"""All ways from a value to the output, each with what flows back along it alone: together they are its gradient.

A pull-back is linear, so the walk of the gradient can be made once for each way instead of for their sum.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..drawing.flow import pull, seed, with_saved
from ..graph import Graph
from ..live import Masks
from ..modes import set_grad_enabled
from ..recording import Node

MOST_WAYS, MOST_STEPS = 16, 4_000
"""A value with more ways is told their number only; a long record ends the list."""


@dataclass(frozen=True, eq=False)
class Way:
    """One way from a value to an output.

    use       the first of its uses; None at the output itself
    rest      the way from there; None at the output
    brings    what flows back along it
    """

    use: tuple[Node, int] | None
    rest: Way | None
    brings: Any


@dataclass
class Ways:
    """The ways of every value of a graph, where they are few, and how many there are."""

    of: dict[Node, list[Way]] = field(default_factory=dict)
    counts: dict[Node, int] = field(default_factory=dict)


def ways_of(graph: Graph, outputs: Collection[Node]) -> Ways:
    """The ways from every value to the outputs."""
    begun = {node: Way(None, None, seed(node)) for node in graph.nodes if node in outputs and node.requires_grad}
    found, counts = {node: [way] for node, way in begun.items()}, dict.fromkeys(begun, 1)
    live: dict[Way, Any] = {}  # which elements stand for a dependence at all
    steps, walk = 0, Masks()
    with set_grad_enabled(False), np.errstate(all="ignore"):
        for node in reversed(graph.nodes):
            if node not in counts or node.route is None or not node.route.wanted:
                continue
            for parent in node.parents:
                counts[parent] = counts.get(parent, 0) + counts[node]
            mine = found.get(node, [])
            if len(mine) < counts[node] or counts[node] > MOST_WAYS or steps > MOST_STEPS:
                continue
            ready, steps = with_saved(node), steps + len(mine)
            for way in mine:
                walk.live = {ready: live[way]} if way in live else {}
                brought = pull(ready, way.brings, walk, {})
                for position, parent, c in zip(node.route.wanted, node.parents, brought, strict=True):
                    new = Way((node, position), way, c)
                    found.setdefault(parent, []).append(new)
                    if parent in walk.live:
                        live[new] = walk.live[parent]
    listed = {n: ways for n, ways in found.items() if len(ways) == counts[n] <= MOST_WAYS}
    return Ways({node: listed[node] for node in reversed(graph.nodes) if node in listed}, counts)
