"""From a graph and its backward flow to a document: what is drawn, where, and with which words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import GradientError
from ..graph import Graph
from ..modes import Scope
from ..primitive import Parts
from ..recording import Absent, Node
from .document import Card, Document, Edge, Group, Quantity, Strip, visible
from .flow import Flow, Share, check_unchanged, check_unwritten, flow_of, values_of
from .rules import Texts
from .symbols import number_text

MOST_USES = 4
"""A leaf with more uses is drawn at each use, since edges across the whole picture cannot be followed."""

HEAT_ROWS, HEAT_CELLS = 8, 96
LONGEST_NAME = 40
NOT_COMPUTED = Quantity("–")
ROLES = {"parameter": "param", "param": "param", "input": "input", "constant": "const", "const": "const"}


@dataclass(frozen=True)
class Wishes:
    """What is to be drawn besides the graph itself: what the user calls things, and how the picture is to be."""

    names: Mapping[Node, str] = field(default_factory=dict)
    inputs: frozenset[Node] = frozenset()
    title: str | None = None
    rankdir: str = "LR"
    legend: bool = True
    grads: bool = True
    max_nodes: int = 300


def document_of(graph: Graph, wishes: Wishes) -> Document:
    """The document of a graph."""
    return Composer(graph, wishes).document()


class Composer:
    """The decisions for one drawing."""

    def __init__(self, graph: Graph, wishes: Wishes) -> None:
        self.graph, self.wishes = graph, wishes
        self.outputs = set(graph.outputs)
        own = {node: name for node in graph.nodes if (name := wishes.names.get(node) or node.name)}
        self.drawn = [node for node in graph.nodes if node.route is not None or self.is_shown_leaf(node, own)]
        if len(self.drawn) > wishes.max_nodes:
            raise GradientError(
                f"this graph has {len(self.drawn):,} values to draw, and max_nodes is {wishes.max_nodes:,}. Draw a "
                f"smaller part, such as the loss of one example or a value nearer to the inputs, or allow more: "
                f"max_nodes={len(self.drawn)}"
            )
        self.own_names = own
        self.values = values_of(graph)
        check_unwritten(graph)
        check_unchanged(graph, self.values)
        self.flow: Flow | None = flow_of(graph) if wishes.grads else None
        self.uses: dict[Node, list[tuple[Node, int]]] = {node: [] for node in self.drawn}
        for node in self.drawn:
            for position, source in enumerate(node.inputs):
                if isinstance(source, Node) and source in self.uses:
                    self.uses[source].append((node, position))
        self.groups = Groups()
        self.names = self.all_names()
        self.texts = Texts(self.names, self.values)

    # -- what has a card, and what it is called ----------------------------------------------------------------------

    def is_shown_leaf(self, node: Node, names: Mapping[Node, str]) -> bool:
        """Whether a leaf has a card; a constant without a name is written into the formulas that use it."""
        return node.requires_grad or node in names or node in self.outputs or node in self.wishes.inputs

    def all_names(self) -> dict[Node, str]:
        """The users' names, shortened where the group says the rest, and v1, v2 ... for what has none."""
        names = {}
        taken = set(self.own_names.values())
        number = 0
        for node in self.drawn:
            name = self.own_names.get(node)
            if name is None:
                number += 1
                while f"v{number}" in taken:
                    number += 1
                name = f"v{number}"
            elif "." in name and self.scope_of(node) is not None:
                # "layers.0.weight" within the cluster of layer 0; "layers.0.weights.3" keeps its number
                parts = name.split(".")
                name = ".".join(parts[-2:] if parts[-1].isdigit() else parts[-1:])
            names[node] = shortened(name)
        return names

    def role(self, node: Node) -> str:
        """What a card's colour and word say."""
        if node in self.outputs:
            return "output"
        if node.route is not None:
            return "op"
        given = None if node.about is None else node.about.role
        if given in ROLES:
            return ROLES[given]
        if node in self.wishes.inputs:
            return "input"
        if not node.requires_grad:
            return "const"
        return "input" if type(node.value) is float else "param"

    def is_number(self, node: Node) -> bool:
        value = self.values[node]
        return type(value) is float or (not isinstance(value, tuple) and value.shape == ())

    def scope_of(self, node: Node) -> Scope | None:
        """The stretch of program that a card belongs to; a parameter belongs to that of its calls, if it is one."""
        if node.route is not None or (self.role(node) != "param" and not self.is_beside(node)):
            return node.scope
        scopes = {use.scope for use, _ in self.uses[node]}
        return scopes.pop() if len(scopes) == 1 else node.scope

    # -- the parts of the document -----------------------------------------------------------------------------------

    def document(self) -> Document:
        """All decisions, made."""
        cards: list[Card] = []
        edges: list[Edge] = []
        for node in self.drawn:
            id, uses, scope = f"n{self.graph.numbers[node]}", self.uses[node], self.scope_of(node)
            if self.is_strip(node):
                cards.append(self.card(node, id, scope))
            elif self.is_many(node):
                for i, (target, position) in enumerate(uses, 1):
                    cards.append(self.card(node, f"{id}_{i}", target.scope, (target, position)))
                    edges.append(self.edge(f"{id}_{i}", node, target, position, False))
            else:
                beside = self.is_beside(node)
                cards.append(self.card(node, id, scope, uses[0] if beside else None))
                edges += [self.edge(id, node, target, position, beside) for target, position in uses]
        wishes = self.wishes
        groups, homes = self.groups.listed(cards)
        return Document(
            title=visible(wishes.title or ""),
            rankdir=wishes.rankdir,
            legend=wishes.legend,
            gradients=wishes.grads,
            cards=tuple([Card(**{**vars(card), "group": homes[card.id]}) for card in cards]),
            edges=tuple(sorted(edges, key=lambda edge: (int(edge.target[1:]), edge.position))),
            groups=groups,
        )

    def is_many(self, node: Node) -> bool:
        """Whether a leaf is drawn at each of its uses."""
        return node.route is None and len(self.uses[node]) > MOST_USES

    def is_strip(self, node: Node) -> bool:
        """Whether an array is drawn as a strip within the cards of the operations that use it."""
        return self.is_many(node) and not self.is_number(node)

    def is_beside(self, node: Node) -> bool:
        """Whether an array that is a parameter or a constant stands beside the one operation that uses it.

        An operation of nothing but such arrays keeps one before it: its constant, as the data of a model, or its first.
        """
        if not self.is_attached(node):
            return False
        ((user, _),) = self.uses[node]
        others = [e for e in user.inputs if isinstance(e, Node) and e in self.uses and not self.is_strip(e)]
        if not all(self.is_attached(e) for e in others):
            return True
        return node is not min(others, key=lambda e: self.role(e) != "const")

    def is_attached(self, node: Node) -> bool:
        """Whether a card belongs to a single operation, as weights do."""
        return (
            node.route is None
            and len(self.uses[node]) == 1
            and not self.is_number(node)
            and self.role(node) in ("param", "const")
        )

    def card(self, node: Node, id: str, scope: Scope | None, use: tuple[Node, int] | None = None) -> Card:
        """The card of a node; of one of its uses, where `use` is given."""
        value = self.values[node]
        role = self.role(node)
        share = None if self.flow is None or use is None else self.flow.shares.get(use)
        gradient = None
        if self.flow is not None and role != "const":
            found = self.flow.gradients.get(node)
            gradient = NOT_COMPUTED if found is None else quantity(found)
        bare = isinstance(value, (tuple, float))
        self.groups.place(id, scope, 0 if role != "param" else 1 if bare else math.prod(value.shape))
        return Card(
            id=id,
            node=self.graph.numbers[node],
            name=self.names[node],
            named=node in self.own_names,
            formula=self.texts.formula(node),
            role=role,
            face="number" if self.is_number(node) else "array",
            shape=() if bare else tuple(value.shape),
            dtype="" if bare else str(value.dtype),
            value=quantity(value),
            gradient=gradient,
            sum="" if self.is_many(node) else self.sum_of_paths(node),
            rule=self.texts.pulled(*use) if share is not None and use is not None and not self.is_many(node) else "",
            adds=number_text(share.contribution) if share is not None and self.is_many(node) else "",
            shown_at=len(self.uses[node]) if self.is_strip(node) else 0,
            strips=self.strips(node),
        )

    def strips(self, node: Node) -> tuple[Strip, ...]:
        """The shared arrays among the arguments of a call."""
        arguments = [(e, i) for i, e in enumerate(node.inputs) if isinstance(e, Node) and e in self.uses]
        return tuple([self.strip(source, node, position) for source, position in arguments if self.is_strip(source)])

    def strip(self, source: Node, target: Node, position: int) -> Strip:
        """A shared array within the card of one call that uses it."""
        share = None if self.flow is None else self.flow.shares.get((target, position))
        adds = "" if share is None else quantity(share.contribution).text
        rule = "" if share is None else self.texts.pulled(target, position)
        return Strip(self.names[source], self.graph.numbers[source], self.role(source), adds, rule)

    def sum_of_paths(self, node: Node) -> str:
        """The gradient of a number that is used several times: "= −6 − 2"."""
        paths = [] if self.flow is None else self.flow.paths.get(node, [])
        if len(paths) < 2 or not self.is_number(node):
            return ""
        words = [number_text(size(share.contribution)) for share in paths[:MOST_USES]]
        text = words[0] + "".join(f" − {w[1:]}" if w.startswith("−") else f" + {w}" for w in words[1:])
        return f"= {text}" + (f" + … ({len(paths)} paths)" if len(paths) > MOST_USES else "")

    def edge(self, id: str, source: Node, target: Node, position: int, beside: bool) -> Edge:
        """The edge of one use."""
        ends: dict[str, Any] = {
            "id": f"e{self.graph.numbers[target]}_{position}",
            "source": id,
            "target": f"n{self.graph.numbers[target]}",
            "position": position,
            "beside": beside,
        }
        share = None if self.flow is None else self.flow.shares.get((target, position))
        if share is None:
            return Edge(**ends)
        numbers: dict[str, Any] = {"upstream": size(share.upstream), "contribution": size(share.contribution)}
        if share.local is None:
            return Edge(**ends, **numbers, backward=True, rule=self.texts.pulled(target, position))
        return Edge(
            **ends,
            **numbers,
            backward=True,
            derivative=f"∂{self.names[target]}/∂{self.names[source]}",
            rule=self.texts.local(target, position),
            local=share.local,
            dead=is_dead(share),
        )


class Groups:
    """The scopes that have cards, numbered as they appear; those of a single card are left out."""

    def __init__(self) -> None:
        self.scopes: dict[Scope, str] = {}
        self.home: dict[str, Scope | None] = {}
        self.parameters: dict[Scope, dict[str, int]] = {}

    def place(self, card: str, scope: Scope | None, parameters: int) -> None:
        """Note that a card, holding so many parameters, belongs to a scope."""
        self.home[card] = scope
        leaf = card.partition("_")[0]  # a leaf with several cards is counted once
        while scope is not None:
            self.parameters.setdefault(scope, {})[leaf] = parameters
            scope = scope.parent

    def listed(self, cards: list[Card]) -> tuple[tuple[Group, ...], dict[str, str | None]]:
        """The groups, parents first, and the group of each card."""
        ids: dict[Scope, str] = {}
        groups: list[Group] = []
        for card in cards:
            chain = []
            scope = self.home[card.id]
            while scope is not None and scope not in ids:
                chain.append(scope)
                scope = scope.parent
            for s in reversed(chain):
                if len(self.parameters[s]) < 2:
                    ids[s] = ids.get(s.parent, "") if s.parent is not None else ""
                    continue
                ids[s] = f"g{len(groups) + 1}"
                parent = (ids.get(s.parent) or None) if s.parent is not None else None
                parameters = sum(self.parameters[s].values())
                groups.append(Group(ids[s], shortened(s.name), shortened(s.kind), parent, parameters))
        homes = {c: (ids[s] or None) if s is not None else None for c, s in self.home.items()}
        return tuple(groups), homes


# -- numbers ---------------------------------------------------------------------------------------------------------


def shortened(name: str) -> str:
    """A name on one line, cut where it is too long for a card."""
    name = visible(" ".join(name.split()))
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def size(x: Any) -> float | None:
    """A number as it is, an array by its 2-norm; None for what is not one array."""
    if x is None or isinstance(x, (tuple, Parts, Absent)):
        return None
    x = np.asarray(x)
    if x.ndim == 0 and x.dtype.kind != "c":
        return float(x)
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.sum(np.square(np.abs(x.astype(np.result_type(x, np.float64)))))))


def quantity(x: Any) -> Quantity:
    """A value or gradient as a card shows it."""
    number = size(x)
    if number is None:
        return Quantity(f"{len(x)} results" if isinstance(x, tuple) else "not kept")
    array = np.asarray(x)
    if array.dtype == bool and array.ndim:
        return Quantity(f"{np.count_nonzero(array):,} of {array.size:,} true", number, cells=cells_of(array))
    text = number_text(array[()] if array.ndim == 0 else number)
    finite = bool(np.all(np.isfinite(array)))
    if not finite and array.ndim:
        text = "NaN" if np.any(np.isnan(array)) else "∞"
    return Quantity(text, number, finite, cells_of(array))


def cells_of(array: Any) -> tuple[tuple[float, ...], ...] | None:
    """A small array as rows of numbers; None for one that is large, or no array of real numbers."""
    if array.ndim == 0 or not 0 < array.size <= HEAT_CELLS or array.dtype.kind not in "fiub":
        return None
    rows = array.reshape(-1, array.shape[-1])
    if len(rows) > HEAT_ROWS or rows.shape[1] > 2 * HEAT_ROWS:
        return None
    return tuple([tuple([float(x) for x in row]) for row in rows])


def is_dead(share: Share) -> bool:
    """Whether a cut stops what flows back between two numbers, so that it is 0 although upstream × local is not."""
    with np.errstate(all="ignore"):
        product = float(share.upstream) * float(share.local)  # type: ignore[arg-type]
    return float(share.contribution) == 0 and product != 0
