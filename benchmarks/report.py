"""Figures beside goals: rows, as Markdown and as JSON."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.measuring import Figures
from benchmarks.peers import REQUIREMENTS
from benchmarks.workloads import Workload

RESULTS = Path(__file__).resolve().parent / "results"
HEADINGS = ("workload", "unit", "ours", "peer", "its", "ours / peer", "goal", "met")


@dataclass(frozen=True)
class Row:
    """Our figure beside that of one peer, or beside a limit; None is a figure that is missing or a goal not set."""

    workload: str
    unit: str
    ours: float | None
    peer: str | None = None
    theirs: float | None = None
    goal: float | None = None

    @property
    def ratio(self) -> float | None:
        """Our figure over theirs: below 1 we are better."""
        return self.ours / self.theirs if self.ours is not None and self.theirs else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None without a goal or a figure."""
        figure = self.ratio if self.peer else self.ours
        return None if self.goal is None or figure is None else figure <= self.goal


def rows(workload: Workload, figures: Figures) -> Iterator[Row]:
    """A row for each limit, then for each peer; for each phase of the step."""
    phases = dict.fromkeys([*workload.limits, *(phase for side in figures.values() for phase in side)])
    for phase in phases:
        name = workload.title if len(phases) == 1 else f"{workload.title}: {phase}"
        ours = figures.get("ours", {}).get(phase)
        if phase in workload.limits:
            yield Row(name, workload.unit, ours, goal=workload.limits[phase])
        for peer in workload.peers:
            theirs = figures.get(peer, {}).get(phase)
            yield Row(name, workload.unit, ours, peer, theirs, workload.goals.get(peer))


def number(value: float | None) -> str:
    """Three digits, without an exponent for thousands."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:#.3g}"


def cells(row: Row) -> tuple[str, ...]:
    """The row as text, under HEADINGS."""
    met = {True: "yes", False: "**no**", None: ""}[row.met]
    goal = "" if row.goal is None else f"{row.goal:g}" + ("" if row.peer else f" {row.unit}")
    ratio = "" if row.peer is None else number(row.ratio)
    theirs = "" if row.peer is None else number(row.theirs)
    return row.workload, row.unit, number(row.ours), row.peer or "", theirs, ratio, goal, met


def markdown(table: Sequence[Row]) -> str:
    """The rows as a Markdown table with its columns aligned, so that it reads well in a terminal too."""
    lines = [HEADINGS, *map(cells, table)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines]
    return "\n".join([text[0], re.sub("[^|]", "-", text[0]), *text[1:]]) + "\n"


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    cpuinfo = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.*)", cpuinfo.read_text()) if cpuinfo.exists() else None
    return {
        "date": date.today().isoformat(),
        "processor": model[1] if model else platform.processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "peers": REQUIREMENTS,
    }


def save(table: Sequence[Row]) -> None:
    """Write results/latest.json and results/latest.md."""
    RESULTS.mkdir(exist_ok=True)
    about = machine()
    records = [asdict(row) | {"ratio": row.ratio, "met": row.met} for row in table]
    (RESULTS / "latest.json").write_text(json.dumps({"machine": about, "rows": records}, indent=1) + "\n")
    where = f"{about['date']}, {about['processor']}, Python {about['python']}, NumPy {about['numpy']}, one thread"
    (RESULTS / "latest.md").write_text(f"{where}, {', '.join(REQUIREMENTS.values())}.\n\n{markdown(table)}")
