"""What is open at first, and parts for what has no modules: a long record as stretches of it, so that it opens at a glance."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace

from ..drawing.collapsing import depths_of, paths_of
from ..drawing.document import Card, Document, Group

MOST_TOGETHER, MOST_OPEN = 150, 60
"""Groups with more than the first within get stretches; groups are opened at first while no more than the second are seen."""

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
            size = max(2, round(math.sqrt(len(within))) if len(within) < MOST_TOGETHER**2 else MOST_TOGETHER // 3)
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


def opened(document: Document, expand: Collection[str], shut: bool) -> list[str]:
    """The groups that are open at first: those that are named; unless `shut`, others as long as little is seen at once."""
    paths, depths = paths_of(document.groups), depths_of(document.groups)
    parents = {group.id: group.parent for group in document.groups}
    sizes: dict[str | None, int] = {}
    for home in [*[card.group for card in document.cards], *parents.values()]:
        sizes[home] = sizes.get(home, 0) + 1
    wanted: set[str] = set()
    for group in document.groups:
        if {group.name, paths[group.id]} & set(expand):
            around: str | None = group.id
            while around is not None:
                wanted.add(around)
                around = parents[around]
    seen = sizes.get(None, 0) + sum(sizes.get(group, 0) - 1 for group in wanted)
    # the outermost first; loops before others, since their bars tell most
    for group in sorted(document.groups, key=lambda g: (depths[g.id], g.times == 1)):
        more = sizes.get(group.id, 0) - 1
        is_seen = group.parent is None or group.parent in wanted
        if group.id not in wanted and is_seen and not shut and seen + more <= MOST_OPEN:
            wanted.add(group.id)
            seen += more
    return [group.id for group in document.groups if group.id in wanted]
