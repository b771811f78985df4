"""What `why_no_grad` found, in a notebook."""

from __future__ import annotations

from ..debugging.cuts import Cut, GradientPath
from .html import escaped, isolated, muted, panel, tinted


def html(report: GradientPath) -> str:
    """The display of a report: the answer, then each cut with its line and a remedy."""
    role = "local" if report.flows and not report.cuts else "alarm"
    return panel(f"<div>{tinted(report.words, role)}</div>", *map(cut_html, report.cuts))


def cut_html(cut: Cut) -> str:
    lines = "" if cut.line is None else f'<pre class="ag-code">{multiline(str(cut.line))}</pre>'
    scope = f"<div>{muted('in ' + isolated(cut.scope))}</div>" if cut.scope else ""
    remedy = f"<div>{muted('remedy:')} {escaped(cut.remedy)}</div>"
    head = f"<div><b>{isolated(cut.operation)}</b> {escaped(cut.why)}</div>"
    return f'<div class="ag-within">{head}{lines}{scope}{remedy}</div>'


def multiline(text: str) -> str:
    return "\n".join(map(escaped, text.split("\n")))
