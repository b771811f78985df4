"""What stands above a drawing: its title, what the colours mean, and remarks."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .collapsing import WARNING
from .colours import Palette
from .document import Document
from .labels import cell, row, run, table
from .rules import GRADIENT

LONGEST_LINE = 90

Line = Sequence[tuple[str, str]]
"""Words, each with its colour."""


def heading(document: Document, colours: Palette) -> str:
    """Title, legend and remarks; empty without any."""
    rows = []
    if document.title:
        rows.append(row(cell(run(document.title, colours.ink, 15, bold=True))))
    lines = legend(document, colours) if document.legend else ()
    for part in [part for line in lines for part in broken(line, colours.muted)]:
        words = [
            run(f"{text}   ", color, 10) if color == colours.muted else run(f"{text} ", color, 10, bold=True)
            for text, color in part
        ]
        rows.append(row(cell("".join(words))))
    for text in document.remarks:
        color = colours.alarm if text.startswith(WARNING) else colours.ink
        rows.append(row(cell(run(text, color, 11, bold=True))))
    return table(*rows, border=0, padding=2) if rows else ""


def broken(line: Line, muted: str) -> list[Line]:
    """A line in parts that are not much wider than a small drawing; a word in colour stays with what it means."""
    parts: list[list[tuple[str, str]]] = [[]]
    for i, (text, color) in enumerate(line):
        begins = i == 0 or (line[i - 1][1] == muted and not line[i - 1][0].endswith(":"))
        if begins and sum(len(word) for word, _ in parts[-1]) + len(text) > LONGEST_LINE:
            parts.append([])
        parts[-1].append((text, color))
    return list(parts)


def legend(document: Document, colours: Palette) -> list[Line]:
    """What the colours mean, as far as they occur; a line for numbers and one for arrays where there are both."""
    muted = colours.muted
    blue, green, orange = ("blue", colours.forward), ("green", colours.local), ("orange", colours.backward)
    if document.detail == "modules":
        return [[orange, ("the gradient on its way back, with its norm: thick where it is large (log scale)", muted)]]
    forward = [blue, ("values flow forward", muted)]
    numbers: list[tuple[str, str]] = []
    arrays: list[tuple[str, str]] = []
    edges = document.edges
    if any(e.local is not None for e in edges):
        numbers += [green, ("local derivative of one operation", muted)]
    if any(e.local is not None and e.backward for e in edges):
        numbers += [orange, ("upstream × local = what flows back", muted)]
    if any(e.local is None and e.rule for e in edges) or any(card.rule for card in document.cards):
        arrays += [green, (f"how a gradient is pulled back ({GRADIENT} = gradient of the result)", muted)]
    if any(e.local is None and e.backward and not e.through for e in edges):
        arrays += [orange, ("what arrives" if arrays else "gradients flow back", muted)]
    shown = [q for card in document.cards for q in (card.value, card.gradient) if q is not None and q.cells is not None]
    cells = [x for q in shown for r in q.cells or () for x in r]
    if any(card.face == "array" for card in document.cards):
        arrays += [("numbers of arrays are 2-norms", muted)]
    if any(group.times > 1 for group in document.groups):
        arrays += [("bars:", muted), ("size at each step, the first on the left (log scale)", muted)]
    if cells:
        arrays += [
            ("heat maps:", muted),
            ("blue −", colours.forward),
            ("0", colours.ink),
            ("+ orange", colours.backward),
        ]
    if any(q.pooled for q in shown):
        arrays += [("of large arrays each cell is the extreme of a block", muted)]
    if not all(math.isfinite(c) for c in cells):
        arrays += [(colours.undefined_word, colours.ink), ("NaN or infinite", muted)]
    if numbers and arrays:
        return [[*forward, ("between numbers:", muted), *numbers], [("between arrays:", muted), *arrays]]
    return [[*forward, *numbers, *arrays]]
