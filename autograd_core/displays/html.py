"""Pieces of pages: text that stands for itself, and the few forms that displays are made of.

Colours are mixed with the colour of the text around them, so that they are dark on a light page and light on a dark one,
whatever program shows the notebook.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from ..drawing.document import visible

HUES = {"forward": "#0A84D8", "backward": "#E0591B", "local": "#0D9D77", "alarm": "#E5484D"}
"""What a colour means is what it means in drawings; mixed with the text's it has a contrast of at least 4.5:1."""

OF_TEXT = 30  # per cent of the text's own colour in a hue

STYLE = (
    ".ag-display{font:13px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;color:inherit;margin:4px 0;"
    "overflow-x:auto;max-width:100%}"
    ".ag-display .ag-muted{color:color-mix(in srgb,currentColor 70%,transparent)}"
    + "".join(
        f".ag-display .ag-{role}{{color:color-mix(in srgb,{hue} {100 - OF_TEXT}%,currentColor)}}"
        for role, hue in HUES.items()
    )
    + ".ag-display .ag-code{font-family:ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:12px}"
    ".ag-display pre.ag-code{margin:2px 0 2px 1em;padding:0;background:none;color:inherit;white-space:pre-wrap}"
    ".ag-display .ag-number{font-weight:600;font-variant-numeric:tabular-nums}"
    ".ag-display .ag-mark{border:1px solid;border-radius:8px;padding:0 6px;margin:0 3px;font-size:11px;white-space:nowrap}"
    ".ag-display .ag-sides{display:flex;flex-wrap:wrap;gap:6px 28px;margin-top:4px}"
    ".ag-display svg{display:block;margin:3px 0;overflow:visible}"
    ".ag-display .ag-bar{display:inline-block;width:60px;height:7px;border-radius:2px;margin-left:6px;background:linear-gradient("
    "to right,currentColor calc(var(--part)*1%),color-mix(in srgb,currentColor 15%,transparent) 0)}"
    ".ag-display .ag-within{margin-left:7px;padding-left:9px;"
    "border-left:1px solid color-mix(in srgb,currentColor 18%,transparent)}"
    ".ag-display .ag-row{display:flex;gap:8px;align-items:baseline;padding:1px 2px;border-radius:3px}"
    ".ag-display summary.ag-row{cursor:pointer}"
    ".ag-display .ag-row:hover{background:color-mix(in srgb,currentColor 8%,transparent)}"
    ".ag-display .ag-row::before{content:'';width:9px;flex:none}"
    ".ag-display summary.ag-row::before{content:'▸'}"
    ".ag-display details[open]>summary.ag-row::before{content:'▾'}"
    ".ag-display .ag-whole{padding-left:19px}"
    ".ag-display .ag-row>:first-child{flex:1 1 0;min-width:12em;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}"
    ".ag-display .ag-count{flex:none;width:8em;text-align:right;white-space:nowrap}"
    ".ag-display .ag-grad{flex:none;width:13em;text-align:right;white-space:nowrap}"
    ".ag-display table.ag-table{border-collapse:collapse;margin:2px 0 6px 9px;font-size:12px;border:0;width:auto}"
    ".ag-display table.ag-table tr:nth-child(n){background:none}"
    ".ag-display table.ag-table tr>*{padding:1px 14px 1px 0;border:0;text-align:left;font-weight:400;white-space:nowrap;"
    "vertical-align:baseline;color:inherit;background:none}"
    ".ag-display table.ag-table tr>.ag-right{text-align:right}"
    ".ag-display table.ag-table tfoot tr>*{border-top:1px solid color-mix(in srgb,currentColor 30%,transparent)}"
)


def escaped(text: object) -> str:
    """Text that stands for itself."""
    return escape(visible(str(text)))


def isolated(text: object) -> str:
    """A text of the user's, whose direction of writing does not spread to what is around it."""
    return f"<bdi>{escaped(text)}</bdi>"


def muted(content: str) -> str:
    return f'<span class="ag-muted">{content}</span>'


def tinted(text: object, role: str) -> str:
    """A number in the colour of its role: forward, backward, local or alarm."""
    return f'<span class="ag-number ag-{role}">{escaped(text)}</span>'


def mark(text: object, role: str = "muted") -> str:
    """A word with a border around it."""
    return f' <span class="ag-mark ag-{role}">{escaped(text)}</span>'


def bar(weight: float, role: str) -> str:
    """A bar as long as a weight from 0 to 1 says, beside a number."""
    return f'<span class="ag-bar ag-{role}" style="--part:{5 + 95 * weight:.0f}"></span>'


def failed(error: Exception) -> str:
    """What is shown in place of something that raised an error when it was asked for."""
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception:
        text = "an error without words"
    return tinted(text, "alarm")


def table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], foot: Sequence[str] = (), right: Sequence[int] = ()
) -> str:
    """A table of cells that are HTML; `right` are the columns of numbers."""

    def line(kind: str, cells: Sequence[Any]) -> str:
        marks = [' class="ag-right"' if i in right else "" for i in range(len(cells))]
        return f"<tr>{''.join(f'<{kind}{m}>{c}</{kind}>' for m, c in zip(marks, cells, strict=True))}</tr>"

    head = f"<thead>{line('th', [muted(escaped(word)) for word in heads])}</thead>" if any(heads) else ""
    end = f"<tfoot>{line('td', foot)}</tfoot>" if foot else ""
    return f'<table class="ag-table">{head}<tbody>{"".join(line("td", row) for row in rows)}</tbody>{end}</table>'


def panel(*parts: str) -> str:
    """A whole display."""
    return f'<div class="ag-display"><style>{STYLE}</style>{"".join(parts)}</div>'
