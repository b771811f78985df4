"""Modules as boxes: a document with less in it, for models too large to be drawn whole, and to see where a gradient goes."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from .document import Box, Card, Document, Edge, Group
from .symbols import number_text

WARNING = "Look:"
MOST_PARTS = 3
FADES = 100
"""A gradient that shrinks or grows by more than this from one end of a model to the other deserves a word."""

MOST_ALARMS = 3


def compact(document: Document) -> Document:
    """The document without heat maps."""
    cards = [
        replace(
            card,
            value=replace(card.value, cells=None),
            gradient=None if card.gradient is None else replace(card.gradient, cells=None),
        )
        for card in document.cards
    ]
    return replace(document, cards=tuple(cards), detail="compact")


def collapsed(document: Document, expand: Collection[str] = (), most: int = 40, limit: int = 300) -> Document:
    """The document with its modules as boxes: the innermost, or those around them where there are more cards than `most`.

    expand   names of modules, or their paths, that stay open
    limit    up to so many cards, a single box that holds all the others is not made: it would show nothing
    """
    depths = depths_of(document.groups)
    inner = innermost(document)
    small = with_boxes(document, {group.id for group in inner}, expand)
    for depth in range(max(depths.values(), default=0) - 1, 0, -1):
        if len(small.cards) <= most:
            break
        at = {group.id for group in document.groups if depths[group.id] == depth}
        large = with_boxes(document, at | {group.id for group in inner if depths[group.id] < depth}, expand)
        if len(small.cards) <= limit and sum(card.box is not None for card in large.cards) < 2:
            break
        small = large
    return replace(compact(small), detail="modules")


def innermost(document: Document) -> list[Group]:
    """The groups to be boxes: those without others in them, or around a single one, as a layer with its activation.

    What is wrong beside that single one is to be seen.
    """
    children: dict[str, list[Group]] = {}
    for group in document.groups:
        if group.parent is not None:
            children.setdefault(group.parent, []).append(group)
    troubled = {card.group for card in document.cards if card.alarms}
    return [
        group
        for group in document.groups
        if not (inside := children.get(group.id, []))
        or (len(inside) == 1 and inside[0].id not in children and group.id not in troubled)
    ]


def depths_of(groups: Iterable[Group]) -> dict[str, int]:
    """How deep groups are nested, 1 for the outermost; parents come first."""
    depths: dict[str, int] = {}
    for group in groups:
        depths[group.id] = 1 if group.parent is None else depths[group.parent] + 1
    return depths


def paths_of(groups: Iterable[Group]) -> dict[str, str]:
    """The names of groups from the outermost on, joined by dots."""
    paths: dict[str, str] = {}
    for group in groups:
        paths[group.id] = group.name if group.parent is None else f"{paths[group.parent]}.{group.name}"
    return paths


def with_boxes(document: Document, chosen: set[str], expand: Collection[str]) -> Document:
    """The document with some of its groups as boxes; what repeats stays open, since its numbers are those of steps."""
    paths = paths_of(document.groups)
    around: dict[str, list[Group]] = {}
    for group in document.groups:
        around[group.id] = [*(around[group.parent] if group.parent is not None else ()), group]
    repeats = {one.id for group in document.groups if group.times > 1 for one in around[group.id]}
    named = [group for group in document.groups if {group.name, paths[group.id]} & set(expand)]
    is_open = {one.id for group in named for one in around[group.id]} | repeats
    chosen = chosen | {group.id for group in document.groups if group.parent in is_open & chosen}
    shut: dict[str | None, str] = {}  # group -> the box that it is, or is in
    for group in document.groups:
        box = shut.get(group.parent) or (group.id if group.id in chosen and group.id not in is_open else "")
        if box:
            shut[group.id] = box
    home = {card.id: shut.get(card.group, card.id) for card in document.cards}
    inside: dict[str, list[Card]] = {}
    cards: list[Card] = []
    for card in document.cards:
        if home[card.id] == card.id:
            cards.append(card)
        else:
            inside.setdefault(home[card.id], []).append(card)
    kinds = {group.id: group.kind for group in document.groups}
    boxes = weighed(
        {
            group.id: replace(box_card(group, inside[group.id]), module=parts_of(group, inside[group.id], kinds))
            for group in document.groups
            if group.id in inside
        }
    )
    everything = sorted([*cards, *boxes.values()], key=lambda card: card.node)
    return replace(
        document,
        cards=tuple(everything),
        edges=merged(document.edges, home),
        groups=tuple([group for group in document.groups if group.id not in shut]),
        remarks=(*document.remarks, *verdict({paths[id]: card for id, card in boxes.items()})),
    )


def box_card(group: Group, cards: list[Card]) -> Card:
    """The card of a module: its last result, its parameters, and the norm of their gradient."""
    operations = [card for card in cards if card.role in ("op", "output")]
    last = max(operations or cards, key=lambda card: card.node)
    parameters = {card.node: card.gradient for card in cards if card.role == "param" and card.gradient is not None}
    known = [q.number for q in parameters.values() if q.number is not None]
    gradient = math.hypot(*known) if known else None
    box = Box(group.kind, group.parameters, len(operations), gradient)
    return replace(
        last, id=group.id, name=group.name, named=True, formula="", role="module", rule="", sum="", strips=(), box=box,
        group=group.parent, steps=None, alarms=alarms_within(cards), hints=hints_within(cards), module="", equation="",
    )  # fmt: skip


def parts_of(group: Group, cards: Iterable[Card], kinds: Mapping[str, str]) -> str:
    """The kinds of the modules in a group, in the order of their calls: "Linear, Sigmoid"."""
    found = []
    for card in sorted(cards, key=lambda card: card.node):
        framed = kinds[card.group] if card.group is not None and card.group != group.id else ""
        found.append(framed or card.module.rpartition(" ")[2])
    return ", ".join(list(dict.fromkeys([kind for kind in found if kind and kind != "composed"]))[:MOST_PARTS])


def alarms_within(cards: list[Card]) -> tuple[str, ...]:
    """What is wrong in a module, each with the formula of its call; of much the first, where it began."""
    ordered = sorted(cards, key=lambda card: card.node)
    found = [f"{card.formula or card.name}: {alarm}" for card in ordered for alarm in card.alarms]
    rest = len(found) - MOST_ALARMS
    return (*found[:MOST_ALARMS], *([f"and {rest} more"] if rest > 0 else []))


def hints_within(cards: list[Card]) -> tuple[str, ...]:
    """What is easily overlooked in a module, with the name or the call of the first value that has it."""
    found = {text: card for card in sorted(cards, key=lambda card: -card.node) for text in card.hints}
    return tuple([f"{card.formula.partition('(')[0] or card.name}: {text}" for text, card in found.items()])


def weights_of(sizes: Mapping[str, float | None]) -> dict[str, float]:
    """How large numbers are, from 0 to 1, on a logarithmic scale of at least two decades; without those that are 0."""
    known = {key: math.log10(abs(x)) for key, x in sizes.items() if x and math.isfinite(x)}
    low, high = min(known.values(), default=0.0), max(known.values(), default=0.0)
    low = min(low, high - 2)
    return {key: (size - low) / (high - low) for key, size in known.items()}


def weighed(boxes: dict[str, Card]) -> dict[str, Card]:
    """Boxes that know how large their gradient is among all."""
    weights = weights_of({id: card.box.gradient for id, card in boxes.items() if card.box})
    return {
        id: replace(card, box=replace(card.box, weight=weights.get(id, 0.0))) if card.box else card
        for id, card in boxes.items()
    }


def merged(edges: Iterable[Edge], home: dict[str, str]) -> tuple[Edge, ...]:
    """The edges between boxes, one for each pair, with the norm of all that flows back."""
    found: dict[tuple[str, str, bool], list[Edge]] = {}
    for edge in edges:
        ends = home[edge.source], home[edge.target]
        if ends[0] != ends[1]:
            found.setdefault((*ends, edge.carried), []).append(edge)
    made = []
    for (source, target, carried), several in found.items():
        known = [edge.contribution for edge in several if edge.contribution is not None]
        first = several[0]
        made.append(
            Edge(
                id=first.id, source=source, target=target, position=first.position, carried=carried,
                backward=any(edge.backward for edge in several), contribution=math.hypot(*known) if known else None,
            )
        )  # fmt: skip
    return tuple(made)


def verdict(boxes: dict[str, Card]) -> list[str]:
    """What becomes of the gradient from the last module with parameters to the first, in words."""
    ordered = sorted(boxes.items(), key=lambda item: item[1].node)
    sizes = [(path, card.box.gradient) for path, card in ordered if card.box and card.box.gradient is not None]
    words = []
    if dead := [name for name, size in sizes if size == 0]:
        words.append(f"{WARNING} no gradient reaches the parameters of {', '.join(dead)}: it is 0 there")
    if broken := [name for name, size in sizes if not math.isfinite(size)]:
        words.append(f"{WARNING} the gradient of {', '.join(broken)} is not finite")
    alive = [(name, size) for name, size in sizes if size and math.isfinite(size)]
    if len(alive) > 1:
        (first, low), (last, high) = alive[0], alive[-1]
        if change := change_words(low, high, f"from {last} to {first}"):
            words.append(change)
        elif not words:
            ratio = number_text(max(high / low, low / high))
            words.append(f"the gradient keeps its size from {last} to {first} (ratio {ratio})")
    return words


def change_words(low: float, high: float, way: str) -> str:
    """That a gradient is much smaller or larger where it ends, `low`, than where it comes from, `high`; empty if not."""
    ratio = max(high / low, low / high) if low and high else math.inf
    if ratio < FADES:
        return ""
    times = "to 0" if ratio == math.inf else f"{ratio:,.0f} times" if ratio < 1e6 else f"{number_text(ratio)} times"
    return f"{WARNING} the gradient {'shrinks' if high > low else 'grows'} {times} {way}"


def steps_words(gradients: Sequence[Sequence[float | None]]) -> list[str]:
    """What becomes of a gradient on its way through the steps of a repetition, if that is much.

    gradients   of each value that is carried from step to step, its size at every step
    """
    sizes = [math.hypot(*[x or 0.0 for x in step]) for step in zip(*gradients, strict=True)]
    if not all(map(math.isfinite, sizes)) or not any(sizes):
        return []
    last = max(i for i, x in enumerate(sizes) if x)
    words = change_words(sizes[0], sizes[last], f"from t = {last + 1} to t = 1") if last else ""
    return [words] if words else []
