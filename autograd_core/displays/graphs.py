"""A graph in a notebook: its drawing, and the list of its calls."""

from __future__ import annotations

from ..drawing import draw
from ..errors import AutogradError
from ..graph import Graph
from .html import escaped, failed, muted, panel

MOST_DRAWN, MOST_LINES = 2_000, 200


def html(graph: Graph) -> str:
    """The display of a graph."""
    count = f"{len(graph):,} value{'s' * (len(graph) != 1)}"
    picture, note = "", ""
    if len(graph) <= MOST_DRAWN:
        try:
            picture = draw(graph).svg()
        except AutogradError as error:
            note = failed(error)
    else:
        note = muted(
            "too large to draw unasked: ag.draw(graph, detail=&quot;modules&quot;), or ag.draw(...).around(value)"
        )
    lines = str(graph).split("\n")
    left_out = len(lines) - MOST_LINES
    if left_out > 1:
        half = MOST_LINES // 2
        lines = [*lines[:half], f"... {left_out:,} more lines ...", *lines[-half:]]
    listed = "\n".join(map(escaped, lines))
    is_open = "" if picture else " open"
    return panel(
        picture,
        f"<div>{note}</div>" if note else "",
        f"<details{is_open}><summary>{muted(f'the record of {count}')}</summary>",
        f'<pre class="ag-code">{listed}</pre></details>',
    )
