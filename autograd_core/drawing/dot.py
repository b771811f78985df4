"""A document in Graphviz's language.

A label is a bead that its edge passes through, so that it can't be read with another edge where edges cross; what a
parameter beside its operation receives stands in its own card. Every text is escaped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import graphviz

from .document import Card, Document, Edge, Group, Quantity, Strip, visible
from .rules import GRADIENT
from .symbols import number_text, shape_text

# every colour of text has a contrast of at least 4.5:1 on every fill below
INK, MUTED, FORWARD, BACKWARD, LOCAL, ALARM = "#1F2937", "#4B5563", "#0067A3", "#B23A0B", "#00735C", "#991B1B"
LINE, ALARM_FILL = "#9CA3AF", "#FEE2E2"
FILLS = {"input": "#E3F1FB", "param": "#FFF1D6", "const": "#F3F4F6", "output": "#F8E4EF", "op": "#FFFFFF"}
ACCENTS = {"input": "#1D6B9F", "param": "#8A5A00", "const": "#4B5563", "output": "#9B2C6B", "op": LINE}
NEGATIVE, POSITIVE, UNDEFINED = (0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00), "#111827"

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
    if document.title or document.legend:
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
    for edge in document.edges:
        if has_label(edge):
            # within the group of both ends: a frame that an edge left and entered again would become one column
            home = common_group(homes[edge.source], homes[edge.target], document.groups)
            parts[home].node(f"{edge.id}_label", label=edge_table(edge), id=f"{edge.id}_label", tooltip=" ")
    for group in reversed(document.groups):  # children before their parents: a subgraph is copied when it is put in
        parts[group.parent].subgraph(parts[group.id])
    sides: dict[str, bool] = {}  # cards beside an operation take turns above and below it
    for edge in in_writing_order(document, homes):
        if edge.beside:
            sides[edge.target] = not sides.get(edge.target, False)
        draw_edge(dot, edge, sides.get(edge.target, False))
    return str(dot.source)


def cluster(group: Group) -> Any:
    """The frame of a group."""
    count = f"{group.parameters:,} parameter{'s' * (group.parameters != 1)}" if group.parameters else ""
    kind = "" if group.kind in ("composed", group.name) else group.kind
    note = " · ".join(word for word in (kind, count) if word)
    dot = graphviz.Digraph(f"cluster_{group.id}")
    label = table(row(cell(run(group.name, INK, 11, bold=True) + run(f"   {note}", MUTED, 9))), border=0)
    dot.attr(label=label, labeljust="l", labelloc="t", margin="10", id=group.id, tooltip=" ")
    dot.attr(style="rounded,filled", color="#CBD5E1", fillcolor="#F8FAFC")
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
    return edge.backward and not edge.beside


def draw_edge(dot: Any, edge: Edge, turned: bool) -> None:
    """One edge with a stroke in each direction that something flows; written from target to source if `turned`."""
    style: dict[str, str] = {"id": edge.id, "color": FORWARD, "tooltip": " "}
    if edge.backward:
        style |= {"color": f"{FORWARD}:{BACKWARD}", "dir": "both", "arrowhead": "normal", "arrowtail": "empty"}
    if edge.beside and turned:
        # the ends of an edge within a row say which card comes first; its heads take the colours of their strokes
        heads = {"color": f"{BACKWARD}:{FORWARD}", "arrowhead": "empty", "arrowtail": "normal"}
        dot.edge(edge.target, edge.source, **{**style, **(heads if edge.backward else {"dir": "back"})})
    elif not has_label(edge):
        dot.edge(edge.source, edge.target, **style)
    else:
        label = f"{edge.id}_label"
        dot.edge(edge.source, label, **{**style, "arrowhead": "none"}, weight="2")
        dot.edge(label, edge.target, **{**style, "arrowtail": "none", "id": f"{edge.id}_end"}, weight="2")


def edge_table(edge: Edge) -> str:
    """Local derivative and what flows back."""
    contribution = "" if edge.contribution is None else number_text(edge.contribution)
    if edge.local is None:
        norm = run("norm ", MUTED, 8) + run(contribution, BACKWARD, 9, bold=True) if contribution else ""
        return bead(*[line for line in (run(edge.rule, LOCAL, 9, bold=True), norm) if line])
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


# -- cards -----------------------------------------------------------------------------------------------------------


def card_table(card: Card) -> str:
    """A card as a table."""
    rows = header(card) + ["<HR/>"] + (number_rows(card) if card.face == "number" else array_rows(card))
    rows += [strip_row(strip) for strip in card.strips]
    if card.shown_at:
        rows.append(row(cell(run(f"used {card.shown_at} times, shown there", MUTED, 8), span=2)))
    if card.sum:
        rows.append(row(cell(run(card.sum, BACKWARD, 8), "RIGHT", span=2)))
    if card.adds:
        rows.append(row(cell(run("this use adds", MUTED, 8)), cell(run(card.adds, BACKWARD, 9, bold=True), "RIGHT")))
    if card.rule:
        rows.append(row(cell(run(f"grad = {card.rule}", LOCAL, 9, bold=True), span=2)))
    return table(*rows, border=1.3, color=ACCENTS[card.role], fill=FILLS[card.role], rounded=True)


def strip_row(strip: Strip) -> str:
    """A shared array within the card of an operation."""
    adds = run(" adds ", MUTED, 8) + run(strip.adds, BACKWARD, 9, bold=True) if strip.adds else ""
    lines = [run(strip.name, INK, 9, bold=True) + adds, run(strip.rule, LOCAL, 9)]
    rows = [row(cell(line)) for line in lines if line]
    content = table(*rows, border=1, color=ACCENTS[strip.role], fill=FILLS[strip.role], padding=1)
    return row(cell(content[1:-1], span=2))


def header(card: Card) -> list[str]:
    """Name, formula and role; shape and dtype of an array."""
    name = run(card.name, INK if card.named else MUTED, 12, bold=card.named)
    formula = run(f"  = {card.formula}", MUTED, 9) if card.formula else ""
    role = run(card.role, ACCENTS[card.role], 8) if card.role != "op" else ""
    rows = [row(cell(name + formula), cell(role, "RIGHT")) if role else row(cell(name + formula, span=2))]
    if card.face == "array" and card.dtype:
        rows.append(row(cell(run(shape_text(card.shape), INK, 9) + run(f"  {card.dtype}", MUTED, 8), span=2)))
    return rows


def number_rows(card: Card) -> list[str]:
    """Value and gradient, one below the other."""
    rows = [row(cell(run("value", MUTED, 8)), number_cell(card.value, FORWARD, 11, "RIGHT"))]
    if card.gradient is not None:
        rows.append(row(cell(run("grad", MUTED, 8)), number_cell(card.gradient, BACKWARD, 11, "RIGHT")))
    return rows


def array_rows(card: Card) -> list[str]:
    """Value and gradient side by side: norms, and heat maps of small arrays."""
    pairs = [("value", card.value, FORWARD)]
    if card.gradient is not None:
        pairs.append(("grad", card.gradient, BACKWARD))
    span = 2 if len(pairs) == 1 else 1
    rows = [row(*[number_cell(q, color, 9, span=span, word=f"{word}  ") for word, q, color in pairs])]
    if any(q.cells is not None for _, q, _ in pairs):
        maps = ["" if q.cells is None else heat_map(q.cells) for _, q, _ in pairs]
        rows.append(row(*[cell(picture, span=span, top=True) for picture in maps]))
    return rows


def number_cell(q: Quantity, color: str, points: int, side: str = "LEFT", span: int = 1, word: str = "") -> str:
    """A number in the colour of its role; NaN and infinities in one of their own."""
    text = run(word, MUTED, 8) + run(q.text, color if q.finite else ALARM, points, bold=True)
    return cell(text, side, span=span, fill="" if q.finite else ALARM_FILL)


def heat_map(rows: Sequence[Sequence[float]]) -> str:
    """A small array as coloured cells: blue below zero, white at zero, orange above, black where undefined."""
    finite = [abs(x) for r in rows for x in r if math.isfinite(x)]
    top = max(finite, default=0.0)
    side = 9 if max(len(rows), len(rows[0])) <= 8 else 7
    size = f'WIDTH="{side}" HEIGHT="{side}" FIXEDSIZE="TRUE"'
    lines = "".join(row(*[f'<TD {size} BGCOLOR="{shade(x, top)}"></TD>' for x in r]) for r in rows)
    return (
        f'<TABLE BORDER="1" COLOR="#D1D5DB" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" FIXEDSIZE="TRUE" '
        f'WIDTH="{side * len(rows[0]) + 2}" HEIGHT="{side * len(rows) + 2}">{lines}</TABLE>'
    )


def shade(x: float, top: float) -> str:
    """The colour of one cell."""
    if not math.isfinite(x):
        return UNDEFINED
    part = abs(x) / top if top else 0.0
    end = POSITIVE if x > 0 else NEGATIVE
    return "#" + "".join(f"{round(255 + (c - 255) * part):02X}" for c in end)


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
    return table(*rows, border=0, padding=2)


def legend(document: Document) -> list[list[tuple[str, str]]]:
    """What the colours mean, as far as they occur; a line for numbers and one for arrays where there are both."""
    forward = ("blue", FORWARD), ("values flow forward", MUTED)
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
    if cells:
        arrays += [("heat maps:", MUTED), ("blue −", FORWARD), ("0", MUTED), ("+ orange", "#B34700")]
    if not all(math.isfinite(c) for c in cells):
        arrays += [("black", UNDEFINED), ("NaN or infinite", MUTED)]
    if numbers and arrays:
        return [[*forward, ("between numbers:", MUTED), *numbers], [("between arrays:", MUTED), *arrays]]
    return [[*forward, *numbers, *arrays]]


def tooltip(card: Card) -> str:
    """A card in words."""
    words = [card.title, f"value {card.value.text}"]
    if card.gradient is not None:
        words.append(f"gradient {card.gradient.text}")
    return visible(", ".join(words))


# -- HTML-like labels ------------------------------------------------------------------------------------------------


def escaped(text: str) -> str:
    """Text that stands for itself within a label; a backslash would begin one of Graphviz's own sequences."""
    text = visible(text).replace("\\", "\\\\")
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(character, entity)
    return text


def run(text: str, color: str, points: int, bold: bool = False) -> str:
    """One run of text."""
    if not text:
        return ""
    body = f"<B>{escaped(text)}</B>" if bold else escaped(text)
    return f'<FONT COLOR="{color}" POINT-SIZE="{points}">{body}</FONT>'


def cell(content: str, side: str = "LEFT", span: int = 1, fill: str = "", top: bool = False) -> str:
    wide = f' COLSPAN="{span}"' if span > 1 else ""
    color = f' BGCOLOR="{fill}"' if fill else ""
    return f'<TD ALIGN="{side}"{wide}{color}{" VALIGN=" + chr(34) + "TOP" + chr(34) if top else ""}>{content}</TD>'


def row(*cells: str) -> str:
    return f"<TR>{''.join(cells)}</TR>"


def table(
    *rows: str,
    border: float,
    color: str = "",
    fill: str = "",
    padding: int = 3,
    spacing: int = 0,
    rounded: bool = False,
) -> str:
    """A label made of rows."""
    style = ' STYLE="ROUNDED"' if rounded else ""
    paint = f' COLOR="{color}"' * bool(color) + f' BGCOLOR="{fill}"' * bool(fill)
    return (
        f'<<TABLE BORDER="{border}"{paint}{style} CELLBORDER="0" CELLSPACING="{spacing}" CELLPADDING="{padding}">'
        f"{''.join(rows)}</TABLE>>"
    )
