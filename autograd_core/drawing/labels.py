"""Graphviz's HTML-like labels: runs of text, cells, rows and tables, and the colours they take. Every text is escaped."""

from __future__ import annotations

from .document import visible

# every colour of text has a contrast of at least 4.5:1 on every fill below
INK, MUTED, FORWARD, BACKWARD, LOCAL, ALARM = "#1F2937", "#4B5563", "#0067A3", "#B23A0B", "#00735C", "#991B1B"
LINE, ALARM_FILL, STATE = "#9CA3AF", "#FEE2E2", "#1B6E58"
FILLS = {
    "input": "#E3F1FB", "param": "#FFF1D6", "const": "#F3F4F6", "output": "#F8E4EF", "op": "#FFFFFF",
    "state": "#E4F4EE", "module": "#FFFFFF", "cut": "#FFFFFF",
}  # fmt: skip
ACCENTS = {
    "input": "#1D6B9F", "param": "#8A5A00", "const": "#4B5563", "output": "#9B2C6B", "op": LINE,
    "state": STATE, "module": "#64748B", "cut": ALARM,
}  # fmt: skip
NEGATIVE, POSITIVE, UNDEFINED = (0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00), "#111827"


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
    dashed: bool = False,
) -> str:
    """A label made of rows."""
    words = ",".join(["ROUNDED"] * rounded + ["DASHED"] * dashed)
    style = f' STYLE="{words}"' if words else ""
    paint = f' COLOR="{color}"' * bool(color) + f' BGCOLOR="{fill}"' * bool(fill)
    return (
        f'<<TABLE BORDER="{border}"{paint}{style} CELLBORDER="0" CELLSPACING="{spacing}" CELLPADDING="{padding}">'
        f"{''.join(rows)}</TABLE>>"
    )
