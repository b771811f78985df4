"""Small pictures within cards, made of table cells: heat maps, bars over steps, and gauges."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .colours import Palette
from .labels import row

BAR_HEIGHT, MOST_BARS = 26, 40
GAUGE = 110


def heat_map(rows: Sequence[Sequence[float]], colours: Palette) -> str:
    """A small array as coloured cells: blue below zero, orange above, as strong as the number is large."""
    finite = [abs(x) for r in rows for x in r if math.isfinite(x)]
    top = max(finite, default=0.0)
    side = 9 if max(len(rows), len(rows[0])) <= 8 else 7
    size = f'WIDTH="{side}" HEIGHT="{side}" FIXEDSIZE="TRUE"'
    lines = "".join(row(*[f'<TD {size} BGCOLOR="{colours.shade(x, top)}"></TD>' for x in r]) for r in rows)
    return (
        f'<TABLE BORDER="1" COLOR="{colours.line}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" FIXEDSIZE="TRUE" '
        f'WIDTH="{side * len(rows[0]) + 2}" HEIGHT="{side * len(rows) + 2}">{lines}</TABLE>'
    )


def gauge(weight: float | None, color: str, colours: Palette) -> str:
    """A bar as long, and as strong, as a weight from 0 to 1 says; none for None."""
    full = 0 if weight is None else round(6 + (GAUGE - 6) * weight)
    parts = [(full, colours.tinted(color, 0.3 + 0.7 * (weight or 0.0))), (GAUGE - full, colours.track)]
    bar = "".join(f'<TD WIDTH="{w}" HEIGHT="7" FIXEDSIZE="TRUE" BGCOLOR="{tint}"></TD>' for w, tint in parts if w)
    size = f'WIDTH="{GAUGE}" HEIGHT="7" FIXEDSIZE="TRUE"'  # else its cells would spread over a wide card
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" {size}><TR>{bar}</TR></TABLE>'


def bars(numbers: Sequence[float | None], color: str, colours: Palette) -> str:
    """Sizes on a logarithmic scale from the least to the greatest; no bar for 0, a full one for NaN or infinity."""
    every = math.ceil(len(numbers) / MOST_BARS)
    chosen = numbers[::-every][::-1]  # the last among them
    logs = [math.log10(abs(x)) for x in numbers if x and math.isfinite(x)]
    low, high = min(logs, default=0.0), max(logs, default=0.0)
    low = min(low, high - 1)  # what hardly changes should look so
    width = 7 if len(chosen) <= 16 else 3
    lines = []
    for x in chosen:
        part, fill = 0.0, color
        if x is not None and not math.isfinite(x):
            part, fill = 1.0, colours.undefined
        elif x:
            part = (math.log10(abs(x)) - low) / (high - low)
            fill = colours.tinted(color, 0.3 + 0.7 * part)
        height = 0 if not x else max(2, round(BAR_HEIGHT * (0.1 + 0.9 * part)))
        size = f'WIDTH="{width}" FIXEDSIZE="TRUE"'
        blank = f'<TR><TD {size} HEIGHT="{BAR_HEIGHT - height}"></TD></TR>' if height < BAR_HEIGHT else ""
        full = f'<TR><TD {size} HEIGHT="{height}" BGCOLOR="{fill}"></TD></TR>' if height else ""
        lines.append(f'<TD><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{blank}{full}</TABLE></TD>')
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="1" CELLPADDING="0"><TR>{"".join(lines)}</TR></TABLE>'
