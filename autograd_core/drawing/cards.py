"""From a graph and its backward flow to cards, edges and frames: what is drawn, where, and with which words."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..debugging.cuts import Cut
from ..graph import Graph
from ..recording import Node
from ..scopes import BACKWARD, Scope
from .document import Card, Document, Edge, Steps, Strip, visible
from .edges import Edges
from .flow import Flow, Share, check_unchanged, check_unwritten, flow_of, values_of
from .folding import Repeat, repeats_of
from .folds import Folds, Use, chain, step_frames
from .groups import Groups, has_few_boxes
from .heat import heated
from .hints import hints_of
from .quantities import NOT_COMPUTED, quantity, shortened, size, size_of_sum
from .rules import Texts
from .symbols import number_text
from .troubles import Troubles, cut_words, cuts_by_node, is_exit
from .uses import Uses
from .wishes import Wishes

MOST_VALUES, LARGEST = 20_000, 60_000
"""Of more values than the first no boxes are tried, of more than the second no folding."""

LEAST_FRAMED = 3
"""So many steps that share weights are put into frames where they are drawn one by one."""

MOST_USES, MOST_CALLS, MOST_LEAVING = 4, 2, 8
"""A number with more uses, or an array in more calls, is drawn at each: edges across the whole picture cannot be followed."""

ROLES = {"parameter": "param", "param": "param", "input": "input", "constant": "const", "const": "const"}


def is_declared(node: Node) -> bool:
    """Whether a leaf is said to be a parameter, as those of modules are."""
    return node.about is not None and ROLES.get(node.about.role or "") == "param"


def is_composed(node: Node) -> bool:
    """Whether a call is a part of a function that is composed of several."""
    return node.scope is not None and node.scope.kind == "composed"


def equation_of(node: Node) -> str:
    """The equation of a call that does what takes several, as its primitive states it."""
    primitive: Any = node.primitive
    if primitive is None or primitive.definition is None or primitive.reference is None:
        return ""
    return re.sub(r"\B-|-\B", "−", visible(primitive.reference.partition(": ")[0])).replace("^2", "²")


class Composer:
    """The decisions for one drawing."""

    def __init__(self, graph: Graph, wishes: Wishes) -> None:
        self.graph, self.wishes = graph, wishes
        if len(graph) > max(LARGEST, wishes.max_nodes):
            raise wishes.too_many(len(graph))
        left = {cut.node for cut in wishes.cuts if is_exit(cut)}  # drawn, but no gradient begins there
        self.outputs = {node for node in graph.outputs if node not in left}
        names = {node: wishes.names.get(node) or node.name for node in graph.nodes}
        self.own_names = {node: name for node, name in names.items() if name and shortened(name)}
        self.remarks: tuple[str, ...] = ()
        self.folds = Folds(self.repeats())
        self.steps = {} if self.folds.repeats else step_frames(repeats_of(graph.nodes, LEAST_FRAMED))
        self.drawn = self.shown()
        # what is too large may still fit with its modules as boxes, or without what is left out
        may_shrink = wishes.hide or (wishes.may_have_boxes and any(node.scope for node in self.drawn))
        if len(self.drawn) > (max(wishes.max_nodes, MOST_VALUES) if may_shrink else wishes.max_nodes):
            raise wishes.too_many(len(self.drawn))
        self.values = values_of(graph)
        check_unwritten(graph)
        check_unchanged(graph, self.values)
        self.wanting = self.reached_by_gradients()
        self.grads = bool(self.wanting) if wishes.grads == "auto" else bool(wishes.grads)
        self.local = self.grads if wishes.local == "auto" else bool(wishes.local)
        self.flow: Flow | None = flow_of(graph, self.outputs) if self.grads or self.local else None
        self.usage = Uses(self.drawn, self.folds, self.flow)
        self.uses, self.shares = self.usage.of, self.usage.shares
        self.many = {node for node in self.drawn if self.has_many_uses(node)}
        self.troubles = Troubles(graph, self.values, self.flow)
        self.cuts = cuts_by_node(wishes.cuts)
        self.groups = Groups()
        self.names = self.all_names()
        self.texts = Texts(self.names, self.values)
        self.edges = Edges(graph.numbers, self.names, self.texts, self.usage, self.troubles)

    # -- what is drawn once ------------------------------------------------------------------------------------------

    def repeats(self) -> list[Repeat]:
        """The repetitions to fold: long ones with shared weights; all where that is asked for, or needed."""
        fold, nodes = self.wishes.fold, self.graph.nodes
        if fold != "auto":
            return repeats_of(nodes, 2, unlearnt=True) if fold else []
        self.folds = Folds(found := repeats_of(nodes))
        count, most = len(self.shown()), self.wishes.max_nodes
        may_have_boxes = self.wishes.may_have_boxes and count <= MOST_VALUES
        if count <= most or (may_have_boxes and has_few_boxes(nodes, self.wishes)):
            return found
        # what takes less than its share of the cards would not make room
        found = repeats_of(nodes, 2, unlearnt=True, least_calls=count // most)
        if found:
            self.remarks = (f"what is alike is drawn once, since there are {count:,} values",)
        return found

    def reached_by_gradients(self) -> set[Node]:
        """The nodes that need a gradient, and those computed from them, be it cut there or not."""
        found: set[Node] = set()
        for node in self.graph.nodes:
            if node.requires_grad or any(isinstance(entry, Node) and entry in found for entry in node.inputs):
                found.add(node)
        return found

    def shown(self) -> list[Node]:
        """The nodes that have cards."""
        nodes = [node for node in self.graph.nodes if node not in self.folds.hidden]
        return [node for node in nodes if node.route is not None or self.is_shown_leaf(node)]

    # -- what has a card, and what it is called ----------------------------------------------------------------------

    def is_shown_leaf(self, node: Node) -> bool:
        """Whether a leaf has a card; a constant without a name is written into the formulas that use it."""
        return (
            node.requires_grad
            or node in self.own_names
            or node in self.outputs
            or node in self.wishes.inputs
            or node in self.folds.series
        )

    def all_names(self) -> dict[Node, str]:
        """The users' names, shortened where the group says the rest, and v1, v2 ... for what has none."""
        names: dict[Node, str] = {}
        pinned = self.wishes.pinned
        taken = {*self.own_names.values(), *pinned.values()}
        number = 0
        for node in self.drawn:
            if node in self.folds.states:
                continue  # named with the result that it will be
            own = (
                self.folds.common_name(node, self.own_names) if node in self.folds.series else self.own_names.get(node)
            )
            name = pinned.get(node, own)
            if name is None:
                number += 1
                while f"v{number}" in taken:
                    number += 1
                name = f"v{number}"
            elif "." in name and node not in pinned:
                # "layers.0.weight" within the cluster of layer 0; "layers.0.weights.3" keeps its number
                parts = name.split(".")
                last = 2 if parts[-1].isdigit() else 1
                around = {scope.name for scope in chain(self.scope_of(node))}
                if len(parts) == last or parts[-last - 1] in around or (around and node in self.folds.repeat):
                    name = ".".join(parts[-last:])
            name = shortened(name)
            names |= self.folds.step_names(node, name) if node in self.folds.series else {node: name}
        return {**names, **pinned}

    def role(self, node: Node) -> str:
        """What a card's colour and word say."""
        if node in self.folds.states:
            return "state"
        if not self.outputs.isdisjoint(self.folds.series.get(node, (node,))):
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
        if node in self.folds.repeat:
            return self.folds.scope(node)
        if node in self.steps:
            return self.steps[node]
        if node.route is not None or (self.role(node) != "param" and not self.is_beside(node)):
            return node.scope
        scopes = {self.scope_of(use) for use, _ in self.uses[node]}
        if len(scopes) > 1:  # at home where it is used first, and not where it is used to go back
            scopes = {scope for scope in scopes if scope is None or scope.kind != BACKWARD}
        scope = scopes.pop() if len(scopes) == 1 else node.scope
        while scope is not None and scope.kind == "composed" and not is_declared(node):
            scope = scope.parent  # the argument of a function, which is none of its parts
        return scope

    # -- the parts of the document -----------------------------------------------------------------------------------

    def document(self) -> Document:
        """All decisions, made."""
        cards: list[Card] = []
        edges: list[Edge] = []
        for node in self.drawn:
            id, uses, scope = f"n{self.graph.numbers[node]}", self.uses[node], self.scope_of(node)
            if self.is_strip(node):
                cards.append(self.card(node, id, scope))
            elif node in self.many:
                for i, (target, position) in enumerate(uses, 1):
                    cards.append(self.card(node, f"{id}_{i}", self.scope_of(target), (target, position)))
                    edges.append(self.edges.of_use(f"{id}_{i}", node, target, position, False))
            else:
                beside = self.is_beside(node)
                cards.append(self.card(node, id, scope, uses[0] if beside else None))
                edges += [self.edges.of_use(id, node, target, position, beside) for target, position in uses]
            if node in self.folds.states:
                edges.append(self.edges.carried(node))
            for i, cut in enumerate(self.cuts.get(node, ())):
                if is_exit(cut):
                    cards.append(self.ghost(cut, node, f"{id}_exit{i}"))
                    edges.append(Edge(f"e{id[1:]}_exit{i}", id, f"{id}_exit{i}", 0, broken=("cut",)))
        for repeat, scope in self.folds.frames.items():
            self.groups.times[scope] = len(repeat)
            self.groups.names[scope] = self.folds.frame_name(repeat)
        wishes = self.wishes
        if wishes.heat is not None:
            numbered = {number: node for node, number in self.graph.numbers.items()}
            cards = heated(cards, wishes.heat, numbered, self.values)
        groups, homes = self.groups.listed(cards)
        return Document(
            title=visible(wishes.title or ""),
            rankdir=wishes.rankdir,
            theme=wishes.theme,
            legend=wishes.legend,
            gradients=self.grads,
            cards=tuple([replace(card, group=homes[card.id], module=self.module(card)) for card in cards]),
            edges=tuple(sorted(edges, key=lambda edge: (int(edge.target[1:].partition("_")[0]), edge.position))),
            groups=groups,
            remarks=(*self.remarks, *wishes.remarks, *self.usage.changes(self.values)),
        )

    def has_many_uses(self, node: Node) -> bool:
        """Whether a leaf is drawn at each of its uses."""
        if node.route is not None or node in self.folds.series:
            return False
        if self.is_number(node):
            return len(self.uses[node]) > MOST_USES
        calls = {target for target, _ in self.uses[node]}
        # a call that takes nothing else stands close by
        others = [c for c in calls if any(e is not node and e in self.uses for e in c.inputs if isinstance(e, Node))]
        return len(others) > MOST_CALLS or len(calls) > MOST_LEAVING

    def is_strip(self, node: Node) -> bool:
        """Whether an array is drawn as a strip within the cards of the operations that use it."""
        return node in self.many and not self.is_number(node)

    def is_beside(self, node: Node) -> bool:
        """Whether an array that is a parameter or a constant stands beside the one operation that uses it.

        An operation of nothing but such arrays keeps one before it: its constant, as the data of a model, or its first.
        """
        if not self.is_attached(node):
            return False
        if node in self.steps:  # so that one step begins where the one before ends
            return True
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
            and node not in self.folds.series
            and self.uses[node][0][0] not in self.folds.states
            and not self.is_number(node)
            and (is_declared(node) or not is_composed(self.uses[node][0][0]))
            and (self.role(node) in ("param", "const") or node in self.steps)
        )

    def card(self, node: Node, id: str, scope: Scope | None, use: tuple[Node, int] | None = None) -> Card:
        """The card of a node; of one of its uses, where `use` is given."""
        value = self.values[node]
        role = self.role(node)
        shares = [] if use is None else self.shares(use)
        steps, is_state = self.usage.steps(node, self.values), node in self.folds.states
        formula = "" if is_state else self.texts.formula(node, self.folds.index(node))
        gradient = None
        if self.flow is not None and role != "const" and (node in self.wanting or self.wishes.grads is True):
            found = self.flow.gradients.get(node)
            gradient = NOT_COMPUTED if found is None else quantity(found)
        bare = isinstance(value, (tuple, float))
        each = 0 if role != "param" else 1 if bare else math.prod(value.shape)
        self.groups.place(id, scope, each * sum(one is not None for one in self.folds.series.get(node, (node,))))
        return Card(
            id=id,
            node=self.graph.numbers[node],
            name=self.names[node],
            named=node in self.own_names,
            formula="" if formula == self.names[node] else formula,
            role=role,
            face="number" if self.is_number(node) else "array",
            shape=() if bare else tuple(value.shape),
            dtype="" if bare else str(value.dtype),
            value=quantity(value),
            gradient=gradient,
            sum="" if node in self.many or steps or is_state else self.sum_of_paths(node),
            rule=self.pulled(use, steps) if shares and use is not None and node not in self.many else "",
            adds=self.adds(shares) if shares and node in self.many else "",
            shown_at=len(self.uses[node]) if self.is_strip(node) else 0,
            strips=() if is_state else self.strips(node),
            steps=steps,
            note=self.state_note(node) if is_state else (),
            alarms=self.alarms(node),
            hints=() if is_state else self.hints(node),
            equation="" if is_state else equation_of(node),
        )

    def module(self, card: Card) -> str:
        """The module whose call is nothing but this one operation."""
        scope = self.groups.alone(card.id) if card.formula else None
        if scope is None or scope.kind == "composed":
            return ""
        return shortened(f"{scope.name} {scope.kind}" if scope.kind.lower() != scope.name.lower() else scope.kind)

    def alarms(self, node: Node) -> tuple[str, ...]:
        """What is wrong at a node; of steps, at the first where it is."""
        steps = self.folds.series.get(node, (node,)) if node not in self.folds.states else ()
        found = [(i, self.troubles.begins[one]) for i, one in enumerate(steps, 1) if one in self.troubles.begins]
        step, words = found[0] if found else (0, [])
        at = f" at t = {step}" if len(steps) > 1 else ""
        cuts = [words for cut in self.cuts.get(node, ()) if not is_exit(cut) for words in cut_words(cut)]
        lost = ["no gradient reaches it"] if node in self.wishes.lost else []
        return (*[word + at for word in words], *lost, *map(shortened, cuts))

    def hints(self, node: Node) -> tuple[str, ...]:
        """What is easily overlooked at a node, or at one of the steps that it stands for."""
        steps = [one for one in self.folds.series.get(node, (node,)) if one is not None]
        found = [hints_of(one, self.values, self.flow, self.wishes.unrecorded) for one in steps]
        return tuple(dict.fromkeys([words for hints in found for words in hints]))

    def ghost(self, cut: Cut, node: Node, id: str) -> Card:
        """The card of a place where a value leaves the record."""
        self.groups.place(id, self.scope_of(node), 0)
        value = quantity(self.values[node])
        return Card(
            id=id, node=self.graph.numbers[node], name=shortened(cut.operation), named=True, formula="", role="cut",
            face="number", shape=(), dtype="", value=value, gradient=None, note=tuple(map(shortened, cut_words(cut)[1:])),
            alarms=("the gradient is cut",),
        )  # fmt: skip

    def pulled(self, use: Use, steps: Steps | None) -> str:
        """How a gradient comes about; as a sum over the steps that share it."""
        text = self.texts.pulled(*use)
        return (
            text if steps is None else f"Σₜ {f'({text})' if ' ' in text and not text.startswith('through') else text}"
        )

    def adds(self, shares: Sequence[tuple[int, Share]]) -> str:
        """The size of what some uses add together."""
        return quantity(size_of_sum([share.contribution for _, share in shares])).text

    def state_note(self, node: Node) -> tuple[str, ...]:
        """What a carried value is."""
        result, initial = self.names[self.folds.coming(node)], self.folds.states[node].initial[node]
        return (
            f"{result} of the step before;",
            f"at t = 1: {'a constant' if initial is None else self.texts.word(initial)}",
        )

    def strips(self, node: Node) -> tuple[Strip, ...]:
        """The shared arrays among the arguments of a call."""
        arguments = [(e, i) for i, e in enumerate(node.inputs) if isinstance(e, Node) and e in self.uses]
        return tuple([self.strip(source, node, position) for source, position in arguments if self.is_strip(source)])

    def strip(self, source: Node, target: Node, position: int) -> Strip:
        """A shared array within the card of one call that uses it."""
        shares = self.shares((target, position))
        adds = self.adds(shares) if shares else ""
        rule = self.texts.pulled(target, position) if shares else ""
        return Strip(self.names[source], self.graph.numbers[source], self.role(source), adds, rule)

    def sum_of_paths(self, node: Node) -> str:
        """The gradient of a number that is used several times: "= −6 − 2"."""
        paths = [] if self.flow is None else self.flow.paths.get(node, [])
        if len(paths) < 2 or not self.is_number(node):
            return ""
        words = [number_text(size(share.contribution)) for share in paths[:MOST_USES]]
        text = words[0] + "".join(f" − {w[1:]}" if w.startswith("−") else f" + {w}" for w in words[1:])
        return f"= {text}" + (f" + … ({len(paths)} paths)" if len(paths) > MOST_USES else "")
