"""What a drawing leaves out when asked to: cards, gradients, or local derivatives."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from ..errors import GradientError
from .collapsing import paths_of
from .document import Card, Document, Edge
from .parts import only

ROLES = ("input", "param", "const", "op", "output", "state")
MOST_NAMES, MOST_NAMED = 3, 8


def without_gradients(document: Document) -> Document:
    """The document without what flows back; local derivatives, which need none of it, stay."""
    cards = [
        replace(
            card, gradient=None, sum="", adds="", strips=tuple([replace(strip, adds="") for strip in card.strips]),
            steps=None if card.steps is None or not card.steps.values else replace(card.steps, gradients=()),
        )
        for card in document.cards
    ]  # fmt: skip
    edges = [replace(edge, backward=False, upstream=None, contribution=None, dead=False) for edge in document.edges]
    return replace(document, cards=tuple(cards), edges=tuple(edges), gradients=False)


def without_local(document: Document) -> Document:
    """The document without local derivatives, and without the rules that pull gradients back."""
    cards = [
        replace(card, rule="", strips=tuple([replace(strip, rule="") for strip in card.strips]))
        for card in document.cards
    ]
    edges = [replace(edge, derivative="", rule="", local=None, upstream=None) for edge in document.edges]
    return replace(document, cards=tuple(cards), edges=tuple(edges))


def without(document: Document, hide: Collection[str]) -> Document:
    """The document without the cards of some names, modules or roles; ways through them become single edges.

    Raises GradientError for a name that nothing has, or if nothing is left.
    """
    paths = paths_of(document.groups)
    hidden: dict[str, Card] = {}
    strips = {(strip.name, strip.role) for card in document.cards for strip in card.strips}
    for word in hide:
        groups = {group.id for group in document.groups if word in (group.name, paths[group.id])}
        for group in document.groups:
            if group.parent in groups:
                groups.add(group.id)
        found = [card for card in document.cards if word in (card.name, card.role) or card.group in groups]
        if not found and word not in ROLES and all(word not in strip for strip in strips):
            names = list(dict.fromkeys([*[card.name for card in document.cards], *paths.values()]))
            raise GradientError(
                f"hide: nothing in this drawing is called {word!r}. Give the name of a value or module "
                f"({', '.join(names[:MOST_NAMED])}{', …' * (len(names) > MOST_NAMED)}) or a role: {', '.join(ROLES)}"
            )
        hidden |= {card.id: card for card in found}
    cards = [
        replace(card, strips=tuple([s for s in card.strips if s.name not in hide and s.role not in hide]))
        for card in document.cards
        if card.id not in hidden
    ]
    if not cards:
        raise GradientError(f"nothing is left to draw after hide={tuple(hide)!r}")
    edges = joined(document.edges, hidden)
    small = only(replace(document, cards=tuple(cards), edges=tuple(edges)), {card.id for card in cards})
    return replace(small, remarks=(*document.remarks, f"left out: {', '.join(hide)}"))


def joined(edges: Sequence[Edge], hidden: Mapping[str, Card]) -> list[Edge]:
    """Edges between what is seen: those that are there, and one for each pair with a way through what is hidden."""
    leaving: dict[str, list[Edge]] = {}
    for edge in edges:
        if not edge.carried:
            leaving.setdefault(edge.source, []).append(edge)
    found: dict[tuple[str, str], list[Way]] = {}
    for edge in edges:
        if edge.source not in hidden and edge.target in hidden and not edge.carried:
            for way in ways(edge, leaving, hidden):
                found.setdefault((edge.source, way.last.target), []).append(way)
    seen = [edge for edge in edges if edge.source not in hidden and edge.target not in hidden]
    return seen + [through(several) for several in found.values()]


@dataclass(frozen=True)
class Way:
    """A way through what is hidden: its first and last edge, the cards of its region, and whether all of that ends here."""

    first: Edge
    last: Edge
    between: Sequence[str]
    alone: bool


def ways(first: Edge, leaving: Mapping[str, Sequence[Edge]], hidden: Mapping[str, Card]) -> list[Way]:
    """The ways that an edge begins, one for each card that they lead to."""
    between = [first.target]
    ends: dict[str, Edge] = {}
    for id in between:  # grows while it is walked
        for after in leaving.get(id, ()):
            if after.target not in hidden:
                ends.setdefault(after.target, after)
            elif after.target not in between:
                between.append(after.target)
    names = [hidden[id].name for id in between]
    return [Way(first, last, names, len(ends) == 1) for last in ends.values()]


def through(several: Sequence[Way]) -> Edge:
    """One edge for all ways between two cards; what arrives is known only where nothing else arrives by them."""
    way = several[0]
    flows = any(one.first.backward and one.last.backward for one in several)
    names = list(dict.fromkeys([name for one in several for name in one.between]))
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return Edge(
        id=f"{way.first.id}_{way.last.id}", source=way.first.source, target=way.last.target, position=way.last.position,
        backward=flows, contribution=way.first.contribution if flows and way.alone and len(several) == 1 else None,
        through=", ".join(names[:MOST_NAMES]) + more,
        broken=tuple([one for one in way.first.broken if one in way.last.broken]),
    )  # fmt: skip
