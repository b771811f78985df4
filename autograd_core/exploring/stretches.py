"""What is open at first, and parts for what has no modules: a long record as stretches of it, so that it opens at a glance."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace

from ..drawing.collapsing import depths_of, paths_of
from ..drawing.document import Card, Document, Group

MOST_TOGETHER, STRETCH_SIZE = 60, 20
"""Groups with more than the first within get stretches of about the second."""

MOST_OPEN, LONGEST_OPEN = 60, 14
"""Groups are opened at first while no more cards are seen than the first, nor more one after another than the second."""

STRETCH = "stretch"


def with_stretches(document: Document) -> Document:
    """The document with groups made wherever too many cards and groups stand side by side."""
    groups, home = list(document.groups), {card.id: card.group for card in document.cards}
    parents = {group.id: group.parent for group in document.groups}
    order = order_of(document, home)
    for parent in [None, *[group.id for group in document.groups]]:
        within = [card.id for card in document.cards if home[card.id] == parent]
        within += [group.id for group in document.groups if group.parent == parent]
        within.sort(key=lambda one: order[one])
        while len(within) > MOST_TOGETHER:
            levels = math.ceil(math.log(len(within), STRETCH_SIZE))
            size = math.ceil(len(within) ** (1 / levels))
            chunks = [within[i : i + size] for i in range(0, len(within), size)]
            within = []
            for chunk in chunks:
                new = Group(f"s{len(groups) + 1}", "", STRETCH, parent, 0)
                groups.append(new)
                order[new.id] = order[chunk[-1]]
                within.append(new.id)
                for one in chunk:
                    home.update({one: new.id} if one in home else {})
                    parents.update({one: new.id} if one in parents else {})
                parents[new.id] = parent
    cards = tuple([replace(card, group=home[card.id]) for card in document.cards])
    return replace(document, cards=cards, groups=named(cards, [replace(g, parent=parents[g.id]) for g in groups]))


def order_of(document: Document, home: dict[str, str | None]) -> dict[str, float]:
    """Where cards and groups stand in the record: a leaf with the first call that uses it, a group with its last call."""
    order = {card.id: float(card.node) for card in document.cards}
    calls = {card.id for card in document.cards if card.formula}
    firsts: dict[str, float] = {}
    for edge in document.edges:
        if edge.source not in calls and edge.target in order and not edge.carried:
            firsts[edge.source] = min(firsts.get(edge.source, math.inf), order[edge.target] - 0.5)
    order |= firsts
    last: dict[str, float] = {}
    for card in document.cards:
        if card.group is not None:
            last[card.group] = max(last.get(card.group, 0.0), order[card.id])
    for group in reversed(document.groups):
        last.setdefault(group.id, 0.0)
        if group.parent is not None:
            last[group.parent] = max(last.get(group.parent, 0.0), last[group.id])
    return order | last


def named(cards: tuple[Card, ...], groups: list[Group]) -> tuple[Group, ...]:
    """The groups with parents first; stretches called after their first and last value."""
    children: dict[str | None, list[Group]] = {}
    for group in groups:
        children.setdefault(group.parent, []).append(group)
    ordered: list[Group] = []
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        group = waiting.pop()
        ordered.append(group)
        waiting += reversed(children.get(group.id, []))
    parents = {group.id: group.parent for group in ordered}
    ends: dict[str, list[Card]] = {}
    parameters: dict[str, int] = {}
    for card in cards:
        around = card.group
        while around is not None:
            ends.setdefault(around, []).append(card)
            around = parents[around]
    for group in ordered:
        if group.kind == STRETCH:
            sizes = {card.node: math.prod(card.shape) for card in ends[group.id] if card.role == "param"}
            parameters[group.id] = sum(sizes.values())
    return tuple([
        replace(g, name=span(ends[g.id]), parameters=parameters[g.id]) if g.kind == STRETCH else g for g in ordered
    ])  # fmt: skip


def span(cards: list[Card]) -> str:
    """The first and the last call of a stretch."""
    calls = [card for card in cards if card.formula] or cards
    return f"{calls[0].name} … {calls[-1].name}"


def open_at_first(document: Document, expand: Collection[str], shut: bool) -> list[str]:
    """The groups that are open at first: those that are named; unless `shut`, others as long as little is seen at once."""
    paths, depths = paths_of(document.groups), depths_of(document.groups)
    parents = {group.id: group.parent for group in document.groups}
    wanted: set[str] = set()
    for group in document.groups:
        if {group.name, paths[group.id]} & set(expand):
            around: str | None = group.id
            while around is not None:
                wanted.add(around)
                around = parents[around]
    if shut:
        return [group.id for group in document.groups if group.id in wanted]
    children: dict[str | None, int] = {}
    for home in [*[card.group for card in document.cards], *parents.values()]:
        children[home] = children.get(home, 0) + 1
    seen = children.get(None, 0) + sum(children[group] - 1 for group in wanted)
    order = order_of(document, {card.id: card.group for card in document.cards})
    # the outermost first; loops before others, since their bars tell most
    for group in sorted(document.groups, key=lambda g: (depths[g.id], g.times == 1)):
        if group.parent is None or group.parent in wanted:
            more = seen + children[group.id] - 1
            if more <= MOST_OPEN and longest(document, order, wanted | {group.id}) <= LONGEST_OPEN:
                wanted.add(group.id)
                seen = more
    return [group.id for group in document.groups if group.id in wanted]


def longest(document: Document, order: Mapping[str, float], open_: Collection[str]) -> int:
    """How many cards and boxes are seen one after another while some groups are open."""
    shut: dict[str | None, str | None] = {None: None}
    for group in document.groups:
        shut[group.id] = shut[group.parent] or (None if group.id in open_ else group.id)
    seen = {card.id: shut[card.group] or card.id for card in document.cards}
    edges = {(seen[e.source], seen[e.target]) for e in document.edges if not e.carried and not e.beside}
    depth: dict[str, int] = {}
    for source, target in sorted(edges, key=lambda edge: order[edge[1]]):
        if order[source] < order[target]:
            depth[target] = max(depth.get(target, 1), depth.get(source, 1) + 1)
    return max(depth.values(), default=1)
