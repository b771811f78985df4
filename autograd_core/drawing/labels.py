"""Graphviz's HTML-like labels: runs of text, cells, rows and tables. Every text is escaped."""

from __future__ import annotations

from .document import visible

ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;", "]": "&#93;"})


def escaped(text: str) -> str:
    """Text that stands for itself within a label.

    A backslash would begin one of Graphviz's own sequences; a ] alone before a tag is an error in Graphviz 2.43.
    """
    return visible(text).replace("\\", "\\\\").translate(ENTITIES)


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
