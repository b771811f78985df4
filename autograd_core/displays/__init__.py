"""What a notebook shows of values, graphs and reports: HTML without scripts, in the colours of the page around it.

html     text that is escaped, panels, tables, marks and bars
charts   heat maps and histograms as SVG
values, graphs, reports   what each of them is shown as
"""

from ..drawing.collapsing import weights_of
from ..drawing.symbols import number_text
from .html import bar, escaped, failed, isolated, mark, muted, panel, table, tinted
from .values import Figures, figures

__all__ = [
    "Figures", "bar", "escaped", "failed", "figures", "isolated", "mark", "muted", "number_text", "panel",
    "table", "tinted", "weights_of",
]  # fmt: skip
