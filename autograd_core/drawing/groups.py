"""The frames of a drawing: modules' calls, other named stretches of a program, and repetitions drawn once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ..recording import Node
from ..scopes import Scope
from .document import Card, Group
from .folds import chain
from .quantities import shortened
from .wishes import Wishes

MOST_BOXES = 100
"""More modules than these are no boxes in a row, unless that is asked for: those that are alike are drawn once."""


def has_few_boxes(nodes: Iterable[Node], wishes: Wishes) -> bool:
    """Whether there are modules, and at some depth more than one, but not too many."""
    scopes = {scope for node in nodes for scope in chain(node.scope)}
    most = MOST_BOXES if wishes.detail == "auto" else wishes.max_nodes
    return any(1 < count <= most for count in Counter([len(chain(scope)) for scope in scopes]).values())


class Groups:
    """The scopes that have cards, numbered as they appear; those of a single card are left out.

    times   of the scopes that run several times
    names   of the scopes that are not called by their own
    """

    def __init__(self) -> None:
        self.scopes: dict[Scope, str] = {}
        self.home: dict[str, Scope | None] = {}
        self.parameters: dict[Scope, dict[str, int]] = {}
        self.times: dict[Scope, int] = {}
        self.names: dict[Scope, str] = {}

    def place(self, card: str, scope: Scope | None, parameters: int) -> None:
        """Note that a card, holding so many parameters, belongs to a scope."""
        self.home[card] = scope
        leaf = card.partition("_")[0]  # a leaf with several cards is counted once
        while scope is not None:
            self.parameters.setdefault(scope, {})[leaf] = parameters
            scope = scope.parent

    def alone(self, card: str) -> Scope | None:
        """The scope that has no other card than this one, and no frame."""
        scope = self.home[card]
        return scope if scope is not None and len(self.parameters[scope]) < 2 and scope not in self.times else None

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
                if len(self.parameters[s]) < 2 and s not in self.times:
                    ids[s] = ids.get(s.parent, "") if s.parent is not None else ""
                    continue
                ids[s] = f"g{len(groups) + 1}"
                parent = (ids.get(s.parent) or None) if s.parent is not None else None
                parameters = sum(self.parameters[s].values())
                groups.append(
                    Group(
                        ids[s],
                        shortened(self.names.get(s, s.name)),
                        shortened(s.kind),
                        parent,
                        parameters,
                        self.times.get(s, 1),
                    )
                )
        homes = {c: (ids[s] or None) if s is not None else None for c, s in self.home.items()}
        return tuple(groups), homes
