"""Everything that a page holds, as plain data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import is_dataclass, replace
from typing import Any

from ..drawing.cards import MOST_VALUES, Composer
from ..drawing.collapsing import box_card, weights_of
from ..drawing.composing import whole_document
from ..drawing.document import Box, Card, Document, Edge, Quantity, plain, visible
from ..drawing.flow import shown
from ..drawing.parts import part as part_of
from ..drawing.quantities import quantity
from ..drawing.symbols import number_text
from ..drawing.wishes import Wishes
from ..graph import Graph
from ..recording import Node
from .panels import is_array, most_cells, panel_of
from .stretches import open_at_first, with_stretches
from .tape import Row, Tape
from .ways import Ways, ways_of

VERSION = 1


def contents_of(graph: Graph, wishes: Wishes, part: frozenset[str] | None = None) -> dict[str, Any]:
    """The data of a page.

    part   the cards, or groups of cards, that a drawing of a part of the graph shows
    """
    composer = Composer(graph, replace(wishes, max_nodes=max(wishes.max_nodes, MOST_VALUES)))
    document = whole_document(composer)
    if part is not None:
        document = only(document, part)
    document = with_stretches(document)
    tape = Tape(composer, document)
    ways = ways_of(graph, composer.outputs) if composer.grads else Ways()
    contents: dict[str, Any] = plain({
        "version": VERSION,
        "title": document.title or title_of(document),
        "remarks": document.remarks,
        "theme": wishes.theme,
        "rankdir": document.rankdir,
        "gradients": document.gradients,
        "cards": [card_data(card, tape) for card in document.cards],
        "edges": [edge_data(edge) for edge in document.edges],
        "groups": group_data(document),
        "open": open_at_first(document, wishes.expand, wishes.detail == "modules"),
        "rows": [row_data(row) for row in tape.rows],
        "steps": [slim(step) for step in tape.steps],
        "ways": way_data(ways, tape),
        "panels": panel_data(tape),
    })  # fmt: skip
    return contents


def only(document: Document, part: frozenset[str]) -> Document:
    """The document with the cards of a part, which may be within boxes there."""
    around: dict[str, set[str]] = {}
    for group in document.groups:
        around[group.id] = {group.id} | (around[group.parent] if group.parent is not None else set())
    ids = {card.id for card in document.cards if ({card.id} | around.get(card.group or "", set())) & part}
    return part_of(document, ids)


def title_of(document: Document) -> str:
    """The outputs, where the user gave no title."""
    outputs = [card.title for card in document.cards if card.role == "output"]
    return visible(", ".join(outputs[:3]) + (" …" if len(outputs) > 3 else ""))


def slim(data: Any) -> dict[str, Any]:
    """The fields of a dataclass that say something."""
    return {
        key: parts_as_data(value)
        for key, value in vars(data).items()
        if not (value is None or value is False or value in ("", ()))
    }


def parts_as_data(value: Any) -> Any:
    """A field, which may be a dataclass or several."""
    if is_dataclass(value):
        return slim(value)
    return [slim(one) for one in value] if isinstance(value, tuple) and is_dataclass(value[0]) else value


def card_data(card: Card, tape: Tape) -> dict[str, Any]:
    """A card: what it is beside the rows of the record that it shows, one for each step of a repetition."""
    data = slim(card)
    for key in ("name", "formula", "shape", "dtype", "value", "gradient", "node"):
        data.pop(key, None)
    node = tape.graph.nodes[card.node - 1]
    column: Sequence[Node | None] = tape.folds.series.get(node, (node,))
    if node in tape.folds.states:
        result, initial = tape.folds.place[node][0], tape.folds.states[node].initial[node]
        column = (initial if isinstance(initial, Node) else None, *tape.folds.series[result][:-1])
    return data | {
        "name": card.name,
        "formula": card.formula,
        "rows": [tape.index.get(one, -1) if one is not None else -1 for one in column] if card.role != "cut" else [],
    }


def edge_data(edge: Edge) -> dict[str, Any]:
    """An edge; its numbers are those of steps."""
    data = slim(edge)
    for key in ("local", "upstream", "contribution"):
        data.pop(key, None)
    return data


def row_data(row: Row) -> dict[str, Any]:
    data = slim(row)
    for key in ("value", "gradient"):
        found: Quantity | None = getattr(row, key)
        if found is not None:
            data[key] = {"text": found.text} | ({} if found.finite else {"broken": True})
    return data


def group_data(document: Document) -> list[dict[str, Any]]:
    """The groups, each with what its box says when it is shut."""
    inside: dict[str, list[Card]] = {group.id: [] for group in document.groups}
    parents = {group.id: group.parent for group in document.groups}
    for card in document.cards:
        home = card.group
        while home is not None:
            inside[home].append(card)
            home = parents[home]
    boxes = {group.id: box_card(group, inside[group.id]).box or Box("", 0, 0, None) for group in document.groups}
    weights = weights_of({id: box.gradient for id, box in boxes.items()})
    return [
        slim(group) | {"operations": boxes[group.id].operations}
        | ({} if (g := boxes[group.id].gradient) is None
           else {"gradient": {"text": number_text(g), "broken": not math.isfinite(g)}, "weight": weights.get(group.id, 0.0)})
        for group in document.groups
    ]  # fmt: skip


def way_data(ways: Ways, tape: Tape) -> dict[str, Any]:
    """The ways as a list where each begins with a step back and goes on as another one; and how many are not listed."""
    places: dict[Any, int] = {}
    listed: list[dict[str, Any]] = []
    for node, several in ways.of.items():
        for way in several:
            step = -1 if way.use is None else tape.places.get(way.use, -1)
            if node in tape.index and (way.use is None or step >= 0):
                places[way] = len(listed)
                rest = -1 if way.rest is None else places.get(way.rest, -1)
                listed.append(
                    {"row": tape.index[node], "step": step, "rest": rest, "brings": quantity(shown(way.brings)).text}
                )
    counts = {
        str(tape.index[n]): f"{count:,}" for n, count in ways.counts.items() if n in tape.index and n not in ways.of
    }
    return {"listed": listed, "counts": counts}


def panel_data(tape: Tape) -> list[dict[str, Any]]:
    """The arrays of all rows."""
    gradients = {} if tape.flow is None else tape.flow.gradients
    found = [
        (tape.index[node], what, array)
        for node in tape.nodes
        for what, array in (("value", tape.composer.values[node]), ("gradient", gradients.get(node)))
        if is_array(array)
    ]
    most = most_cells(len(found))
    return [{"row": row, "of": what} | slim(panel_of(array, most)) for row, what, array in found]
