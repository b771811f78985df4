"""A document in Graphviz's language.

A label is a bead that its edge passes through, so that it can't be read with another edge where edges cross; what a
parameter beside its operation receives stands in its own card.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import graphviz

from .collapsing import WARNING, weights_of
from .document import Document, Edge, Group
from .labels import ALARM, BACKWARD, FORWARD, INK, LOCAL, MUTED, STATE, UNDEFINED, cell, row, run, table
from .rules import GRADIENT
from .symbols import number_text
from .tables import card_table, tinted, tooltip

FONT = "Arial"


def dot_of(document: Document) -> str:
    """The document as DOT text, the same for the same document."""
    dot = graphviz.Digraph("graph")
    dot.attr(
        "graph", rankdir=document.rankdir, bgcolor="#FFFFFF", fontname=FONT, nodesep="0.28", ranksep="0.3", pad="0.25",
        labelloc="t", labeljust="l", splines="spline", tooltip=" ",
    )  # fmt: skip
    dot.attr("node", shape="plain", fontname=FONT)
    dot.attr("edge", fontname=FONT, arrowsize="0.7", penwidth="1.3")
    if not any(edge.beside for edge in document.edges):
        dot.attr("graph", ordering="in")  # arguments from top to bottom; cards beside others stand elsewhere
    if document.title or document.legend or document.remarks:
        dot.attr(label=heading(document))
    parts: dict[str | None, Any] = {None: dot}
    for group in document.groups:
        parts[group.id] = cluster(group)
    for card in document.cards:
        parts[card.group].node(card.id, label=card_table(card), id=card.id, tooltip=graphviz.escape(tooltip(card)))
    homes = {card.id: card.group for card in document.cards}
    for edge in document.edges:
        if edge.beside:
            with parts[homes[edge.source]].subgraph() as rank:
                rank.attr(rank="same")
                rank.node(edge.source)
                rank.node(edge.target)
    if document.detail == "modules":
        weights = weights_of({edge.id: edge.contribution for edge in document.edges})
        for edge in document.edges:
            draw_flow(dot, edge, weights.get(edge.id, 0.0))
    for edge in () if document.detail == "modules" else document.edges:
        if has_label(edge):
            # within the group of both ends: a frame that an edge left and entered again would become one column
            home = common_group(homes[edge.source], homes[edge.target], document.groups)
            parts[home].node(f"{edge.id}_label", label=edge_table(edge), id=f"{edge.id}_label", tooltip=" ")
    for group in reversed(document.groups):  # children before their parents: a subgraph is copied when it is put in
        parts[group.parent].subgraph(parts[group.id])
    sides: dict[str, bool] = {}  # cards beside an operation take turns above and below it
    for edge in () if document.detail == "modules" else in_writing_order(document, homes):
        if edge.beside:
            sides[edge.target] = not sides.get(edge.target, False)
        draw_edge(dot, edge, sides.get(edge.target, False))
    return str(dot.source)


def cluster(group: Group) -> Any:
    """The frame of a group."""
    count = f"{group.parameters:,} parameter{'s' * (group.parameters != 1)}" if group.parameters else ""
    kind = "" if group.kind in ("composed", group.name) else group.kind
    times = f"drawn once, run × {group.times:,}" if group.times > 1 else ""
    note = " · ".join(word for word in (kind, count, times) if word)
    dot = graphviz.Digraph(f"cluster_{group.id}")
    label = table(row(cell(run(group.name, INK, 11, bold=True) + run(f"   {note}", MUTED, 9))), border=0)
    dot.attr(label=label, labeljust="l", labelloc="t", margin="10", id=group.id, tooltip=" ")
    dot.attr(style="rounded,filled", color="#CBD5E1", fillcolor="#F8FAFC")
    if group.times > 1:
        dot.attr(style="rounded,filled,bold", color="#64748B")
    return dot


def in_writing_order(document: Document, homes: Mapping[str, str | None]) -> list[Edge]:
    """The edges so that arguments stand from top to bottom: ordered edges within a frame are laid out last one first."""
    if any(edge.beside for edge in document.edges):
        return list(document.edges)
    inside: list[Edge] = []
    outside: list[Edge] = []
    for edge in document.edges:
        framed = common_group(homes[edge.source], homes[edge.target], document.groups) is not None
        (inside if framed else outside).append(edge)
    return outside + inside[::-1]


def common_group(one: str | None, other: str | None, groups: Sequence[Group]) -> str | None:
    """The innermost group that holds both groups."""
    parents = {group.id: group.parent for group in groups}
    around = set()
    while one is not None:
        around.add(one)
        one = parents[one]
    while other is not None and other not in around:
        other = parents[other]
    return other


# -- edges -----------------------------------------------------------------------------------------------------------


def has_label(edge: Edge) -> bool:
    return not edge.beside and bool(edge.rule or edge.steps or edge.local is not None)


def draw_edge(dot: Any, edge: Edge, turned: bool) -> None:
    """One edge with a stroke in each direction that something flows; written from target to source if `turned`."""
    style: dict[str, str] = {"id": edge.id, "color": FORWARD, "tooltip": " "}
    if edge.backward:
        style |= {"color": f"{FORWARD}:{BACKWARD}", "dir": "both", "arrowhead": "normal", "arrowtail": "empty"}
    if edge.broken:
        forward = ALARM if {"forward", "cut"} & {*edge.broken} else FORWARD
        back = ALARM if "backward" in edge.broken else BACKWARD
        style |= {"color": f"{forward}:{back}" if edge.backward else forward, "penwidth": "2.4"}
        style |= {"style": "dashed"} if "cut" in edge.broken else {}
    if edge.carried:
        # against the direction of the drawing, so that it must not decide what stands where
        colors = f"{STATE}:{BACKWARD}" if edge.backward else STATE
        dot.edge(
            edge.source,
            edge.target,
            **style | {"color": colors, "style": "dashed", "penwidth": "1.8"},
            constraint="false",
        )
    elif edge.beside and turned:
        # the ends of an edge within a row say which card comes first; its heads take the colours of their strokes
        heads = {"color": f"{BACKWARD}:{FORWARD}", "arrowhead": "empty", "arrowtail": "normal"}
        dot.edge(edge.target, edge.source, **{**style, **(heads if edge.backward else {"dir": "back"})})
    elif not has_label(edge):
        dot.edge(edge.source, edge.target, **style)
    else:
        label = f"{edge.id}_label"
        dot.edge(edge.source, label, **{**style, "arrowhead": "none"}, weight="2")
        dot.edge(label, edge.target, **{**style, "arrowtail": "none", "id": f"{edge.id}_end"}, weight="2")


def draw_flow(dot: Any, edge: Edge, weight: float) -> None:
    """An edge between boxes: an arrow back, as thick as its gradient is large; a thin one forward where none flows."""
    style = {"id": edge.id, "tooltip": " ", **({"constraint": "false", "style": "dashed"} if edge.carried else {})}
    if not edge.backward:
        dot.edge(edge.source, edge.target, color=FORWARD, **style)
        return
    number = "" if edge.contribution is None else number_text(edge.contribution)
    label = f"<{run(number, BACKWARD if edge.contribution else MUTED, 9, bold=True)}>" if number else ""
    if edge.contribution == 0:
        style |= {"style": "dashed"}
    dot.edge(
        edge.source, edge.target, dir="back", arrowtail="normal", color=tinted(BACKWARD, 0.3 + 0.7 * weight), label=label,
        penwidth=f"{1 + 6 * weight:.1f}", arrowsize="0.6", weight="4", **style,
    )  # fmt: skip


def edge_table(edge: Edge) -> str:
    """Local derivative and what flows back."""
    contribution = "" if edge.contribution is None else number_text(edge.contribution)
    if edge.local is None:
        norm = run("norm ", MUTED, 8) + run(contribution, BACKWARD, 9, bold=True) if contribution else ""
        steps = run(edge.steps, MUTED, 8)
        return bead(*[line for line in (run(edge.rule, LOCAL, 9, bold=True), norm, steps) if line])
    local, upstream = number_text(edge.local), number_text(edge.upstream)
    named = f"{edge.rule} = {local}" if edge.rule and edge.rule != local else local
    product = f"{upstream} × {f'({local})' if local.startswith('−') else local}"
    result = "0 (cut)" if edge.dead else contribution
    return bead(
        run(f"{edge.derivative} = ", LOCAL, 9) + run(named, LOCAL, 9, bold=True),
        run(f"{product} = ", BACKWARD, 9) + run(result, BACKWARD, 9, bold=True),
    )


def bead(*lines: str) -> str:
    """The small card of an edge."""
    rows = [row(cell(line)) for line in lines]
    return table(*rows, border=1, color="#D1D5DB", fill="#FFFFFF", padding=1, spacing=1, rounded=True)


def heading(document: Document) -> str:
    """Title and legend."""
    rows = []
    if document.title:
        rows.append(row(cell(run(document.title, INK, 15, bold=True))))
    if document.legend:
        for line in legend(document):
            words = [
                run(f"{text}   ", MUTED, 10) if color == MUTED else run(f"{text} ", color, 10, bold=True)
                for text, color in line
            ]
            rows.append(row(cell("".join(words))))
    rows += [
        row(cell(run(text, ALARM if text.startswith(WARNING) else INK, 11, bold=True))) for text in document.remarks
    ]
    return table(*rows, border=0, padding=2)


def legend(document: Document) -> list[list[tuple[str, str]]]:
    """What the colours mean, as far as they occur; a line for numbers and one for arrays where there are both."""
    forward = ("blue", FORWARD), ("values flow forward", MUTED)
    if document.detail == "modules":
        words = "the gradient on its way back, with its norm: thick where it is large (log scale)"
        return [[("orange", BACKWARD), (words, MUTED)]]
    numbers: list[tuple[str, str]] = []
    arrays: list[tuple[str, str]] = []
    edges = [e for e in document.edges if e.backward]
    if any(e.local is not None for e in edges):
        numbers += [("green", LOCAL), ("local derivative of one operation", MUTED)]
        numbers += [("orange", BACKWARD), ("upstream × local = what flows back", MUTED)]
    if any(e.local is None for e in edges):
        arrays += [("green", LOCAL), (f"how a gradient is pulled back ({GRADIENT} = gradient of the result)", MUTED)]
        arrays += [("orange", BACKWARD), ("what arrives", MUTED)]
    shown = [q for card in document.cards for q in (card.value, card.gradient) if q is not None and q.cells is not None]
    cells = [x for q in shown for r in q.cells or () for x in r]
    if any(card.face == "array" for card in document.cards):
        arrays += [("numbers of arrays are 2-norms", MUTED)]
    if any(group.times > 1 for group in document.groups):
        arrays += [("bars:", MUTED), ("size at each step, the first on the left (log scale)", MUTED)]
    if cells:
        arrays += [("heat maps:", MUTED), ("blue −", FORWARD), ("0", MUTED), ("+ orange", "#B34700")]
    if not all(math.isfinite(c) for c in cells):
        arrays += [("black", UNDEFINED), ("NaN or infinite", MUTED)]
    if numbers and arrays:
        return [[*forward, ("between numbers:", MUTED), *numbers], [("between arrays:", MUTED), *arrays]]
    return [[*forward, *numbers, *arrays]]
