"""A part of a document: what is around a value, or on the ways between two."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from .document import Document, Edge


def around(document: Document, cards: Collection[str], hops: int) -> Document:
    """What is at most so many edges away from some cards."""
    found = set(cards)
    for _ in range(hops):
        found |= {end for e in document.edges if {e.source, e.target} & found for end in (e.source, e.target)}
    return part(document, found)


def between(document: Document, first: Collection[str], last: Collection[str]) -> Document:
    """What is on a way from some cards to others, with the parameters that stand beside it."""
    forward = reached({(e.source, e.target) for e in document.edges if not e.carried}, first)
    back = reached({(e.target, e.source) for e in document.edges if not e.carried}, last)
    found = forward & back
    return part(
        document, found | {e.source for e in document.edges if e.beside and e.target in found} if found else set()
    )


def reached(steps: Iterable[tuple[str, str]], start: Collection[str]) -> set[str]:
    """Where steps lead to."""
    ways: dict[str, list[str]] = {}
    for a, b in steps:
        ways.setdefault(a, []).append(b)
    found = list(dict.fromkeys(start))
    seen = set(found)
    for one in found:  # grows while it is walked
        new = [b for b in ways.get(one, ()) if b not in seen]
        seen.update(new)
        found += new
    return seen


def part(document: Document, ids: Collection[str]) -> Document:
    """The document with some of its cards only, which it says."""
    words = f"a part: {len(ids)} of {len(document.cards)} values"
    return replace(only(document, ids), remarks=(*document.remarks, words))


def only(document: Document, ids: Collection[str]) -> Document:
    """The document with some of its cards, the edges between them and the frames around them."""
    cards = tuple([card for card in document.cards if card.id in ids])
    edges: tuple[Edge, ...] = tuple([e for e in document.edges if e.source in ids and e.target in ids])
    kept: set[str | None] = {card.group for card in cards}
    for group in reversed(document.groups):  # children come after their parents
        if group.id in kept:
            kept.add(group.parent)
    return replace(
        document, cards=cards, edges=edges, groups=tuple([group for group in document.groups if group.id in kept])
    )
