"""A document in Graphviz's language.

A label is a bead that its edge passes through, so that it can't be read with another edge where edges cross; what a
parameter beside its operation receives stands in its own card.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import graphviz

from .collapsing import weights_of
from .colours import THEMES
from .document import Document, Edge, Group
from .labels import cell, row, run, table
from .legends import heading
from .symbols import number_text
from .tables import Tables, tooltip

FONT = "Arial"
QUICK = {"splines": "line", "nslimit": "0.1", "mclimit": "0.01"}
"""Straight lines, and few rounds of improving ranks, crossings and places."""


def dot_of(document: Document, quick: bool = False) -> str:
    """The document as DOT text, the same for the same document.

    quick   with settings that lay out a large graph soon rather than well
    """
    return Writer(document, quick).text()


class Writer:
    """One document in the colours of its theme."""

    def __init__(self, document: Document, quick: bool) -> None:
        self.document, self.quick = document, quick
        self.colours = THEMES[document.theme]
        self.homes = {card.id: card.group for card in document.cards}
        self.faces = {card.id: card.face for card in document.cards}
        self.dot: Any = graphviz.Digraph("graph")
        self.frames: dict[str | None, Any] = {None: self.dot}

    def text(self) -> str:
        document, dot = self.document, self.dot
        dot.attr(
            "graph", rankdir=document.rankdir, bgcolor=self.colours.page, fontname=FONT, nodesep="0.28", ranksep="0.3",
            pad="0.25", labelloc="t", labeljust="l", splines="spline", tooltip=" ",
        )  # fmt: skip
        dot.attr("node", shape="plain", fontname=FONT)
        dot.attr("edge", fontname=FONT, arrowsize="0.7", penwidth="1.3")
        if self.quick:
            dot.attr("graph", **QUICK)
        elif not any(edge.beside for edge in document.edges):
            dot.attr("graph", ordering="in")  # arguments from top to bottom; cards beside others stand elsewhere
        if label := heading(document, self.colours):
            dot.attr(label=label)
        self.frames |= {group.id: self.frame(group) for group in document.groups}
        tables = Tables(self.colours, brief=document.detail == "modules")
        for card in document.cards:
            tip = graphviz.escape(tooltip(card))
            self.frames[card.group].node(card.id, label=tables.card(card), id=card.id, tooltip=tip)
        self.put_beside()
        if document.detail == "modules":
            self.flows()
        else:
            self.edges()
        return str(dot.source)

    # -- frames --------------------------------------------------------------------------------------------------------

    def frame(self, group: Group) -> Any:
        """The frame of a group."""
        colours = self.colours
        count = f"{group.parameters:,} parameter{'s' * (group.parameters != 1)}" if group.parameters else ""
        kind = "" if group.kind in ("composed", group.name) else group.kind
        times = f"drawn once, run × {group.times:,}" if group.times > 1 else ""
        note = " · ".join(word for word in (kind, count, times) if word)
        dot = graphviz.Digraph(f"cluster_{group.id}")
        words = run(group.name, colours.ink, 11, bold=True) + run(f"   {note}", colours.muted, 9)
        label = table(row(cell(words)), border=0)
        dot.attr(label=label, labeljust="l", labelloc="t", margin="10", id=group.id, tooltip=" ")
        dot.attr(style="rounded,filled", color=colours.frame_line, fillcolor=colours.frame)
        if group.times > 1:
            dot.attr(style="rounded,filled,bold", color=colours.loop_line)
        return dot

    def put_beside(self) -> None:
        """Cards beside the operation that uses them, in its rank."""
        for edge in self.document.edges:
            if edge.beside:
                with self.frames[self.homes[edge.source]].subgraph() as rank:
                    rank.attr(rank="same")
                    rank.node(edge.source)
                    rank.node(edge.target)

    def nest(self) -> None:
        """Put every frame into the one around it, children before their parents: a subgraph is copied when it is put in."""
        for group in reversed(self.document.groups):
            self.frames[group.parent].subgraph(self.frames[group.id])

    # -- edges ---------------------------------------------------------------------------------------------------------

    def edges(self) -> None:
        """The edges between values, with their beads."""
        for edge in self.document.edges:
            if has_label(edge):
                # within the group of both ends: a frame that an edge left and entered again would become one column
                home = common_group(self.homes[edge.source], self.homes[edge.target], self.document.groups)
                id = f"{edge.id}_label"
                self.frames[home].node(id, label=self.bead(edge), id=id, tooltip=" ")
        self.nest()
        sides: dict[str, bool] = {}  # cards beside an operation take turns above and below it
        for edge in self.in_writing_order():
            if edge.beside:
                sides[edge.target] = not sides.get(edge.target, False)
            self.edge(edge, sides.get(edge.target, False))

    def in_writing_order(self) -> list[Edge]:
        """The edges so that arguments stand from top to bottom: ordered edges within a frame are laid out last one first."""
        if any(edge.beside for edge in self.document.edges):
            return list(self.document.edges)
        inside: list[Edge] = []
        outside: list[Edge] = []
        for edge in self.document.edges:
            home = common_group(self.homes[edge.source], self.homes[edge.target], self.document.groups)
            (inside if home is not None else outside).append(edge)
        return outside + inside[::-1]

    def edge(self, edge: Edge, turned: bool) -> None:
        """One edge with a stroke in each direction that something flows; written from target to source if `turned`."""
        colours, dot = self.colours, self.dot
        style: dict[str, str] = {"id": edge.id, "color": colours.forward, "tooltip": " "}
        if edge.backward:
            both = f"{colours.forward}:{colours.backward}"
            style |= {"color": both, "dir": "both", "arrowhead": "normal", "arrowtail": "empty"}
        if edge.broken:
            forward = colours.alarm_line if {"forward", "cut"} & {*edge.broken} else colours.forward
            back = colours.alarm_line if "backward" in edge.broken else colours.backward
            style |= {"color": f"{forward}:{back}" if edge.backward else forward, "penwidth": "2.4"}
            style |= {"style": "dashed"} if "cut" in edge.broken else {}
        if edge.carried:
            # against the direction of the drawing, so that it must not decide what stands where
            state = colours.accents["state"]
            style |= {"color": f"{state}:{colours.backward}" if edge.backward else state}
            dot.edge(edge.source, edge.target, **style | {"style": "dashed", "penwidth": "1.8"}, constraint="false")
        elif edge.beside and turned:
            # the ends of an edge within a row say which card comes first; its heads take the colours of their strokes
            both = f"{colours.backward}:{colours.forward}"
            heads = {"color": both, "arrowhead": "empty", "arrowtail": "normal"}
            dot.edge(edge.target, edge.source, **{**style, **(heads if edge.backward else {"dir": "back"})})
        elif not has_label(edge):
            dot.edge(edge.source, edge.target, **style)
        else:
            label = f"{edge.id}_label"
            dot.edge(edge.source, label, **{**style, "arrowhead": "none"}, weight="2")
            dot.edge(label, edge.target, **{**style, "arrowtail": "none", "id": f"{edge.id}_end"}, weight="2")

    def flows(self) -> None:
        """The edges between boxes: arrows back, as thick as gradients are large; thin ones forward where none flow."""
        colours = self.colours
        self.nest()
        weights = weights_of({edge.id: edge.contribution for edge in self.document.edges})
        for edge in self.document.edges:
            weight = weights.get(edge.id, 0.0)
            style = {
                "id": edge.id,
                "tooltip": " ",
                **({"constraint": "false", "style": "dashed"} if edge.carried else {}),
            }
            if not edge.backward:
                self.dot.edge(edge.source, edge.target, color=colours.forward, **style)
                continue
            number = "" if edge.contribution is None else number_text(edge.contribution)
            broken = edge.contribution is not None and not math.isfinite(edge.contribution)
            color = colours.alarm_line if broken else colours.backward
            weight = 0.5 if broken else weight
            text = run(number, color if edge.contribution else colours.muted, 9, bold=True)
            spacer = f'<TR><TD HEIGHT="{2 + round(8 * weight)}"></TD></TR>'  # so that a thick arrow does not cover it
            label = table(row(cell(text)), spacer, border=0, padding=0) if text else ""
            if edge.contribution == 0:
                style |= {"style": "dashed"}
            self.dot.edge(
                edge.source, edge.target, dir="back", arrowtail="normal", label=label, weight="4",
                color=color if broken else colours.tinted(color, 0.3 + 0.7 * weight), penwidth=f"{1 + 6 * weight:.1f}",
                arrowsize="0.6", **style,
            )  # fmt: skip

    def bead(self, edge: Edge) -> str:
        """Local derivative and what flows back, as the small card of an edge."""
        lines = self.array_lines(edge) if edge.local is None else self.number_lines(edge, edge.local)
        rows = [row(cell(line)) for line in lines if line]
        return table(
            *rows, border=1, color=self.colours.line, fill=self.colours.page, padding=1, spacing=1, rounded=True
        )

    def array_lines(self, edge: Edge) -> list[str]:
        colours = self.colours
        contribution = "" if edge.contribution is None else number_text(edge.contribution)
        word = "norm " if self.faces[edge.source] == "array" else "adds "
        norm = run(word, colours.muted, 8) + run(contribution, colours.backward, 9, bold=True)
        return [
            run(edge.rule, colours.local, 9, bold=True),
            norm if contribution else "",
            run(edge.steps or (f"through {edge.through}" if edge.through else ""), colours.muted, 8),
        ]

    def number_lines(self, edge: Edge, derivative: float) -> list[str]:
        local, orange, green = number_text(derivative), self.colours.backward, self.colours.local
        named = f"{edge.rule} = {local}" if edge.rule and edge.rule != local else local
        lines = [run(f"{edge.derivative} = ", green, 9) + run(named, green, 9, bold=True)]
        if edge.upstream is not None and edge.contribution is not None:
            product = f"{number_text(edge.upstream)} × {f'({local})' if local.startswith('−') else local} = "
            result = "0 (cut)" if edge.dead else number_text(edge.contribution)
            lines.append(run(product, orange, 9) + run(result, orange, 9, bold=True))
        return lines


def has_label(edge: Edge) -> bool:
    """Whether a bead stands on an edge."""
    return not edge.beside and bool(edge.rule or edge.steps or edge.through or edge.local is not None)


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
