"""What mutation testing found, in tables that read in a shell as well as in Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from .mutations import MUTATIONS
from .trials import NO_SAMPLES, ORDER, Verdict


def rate(verdicts: Sequence[Verdict]) -> float:
    """The share of mistakes that were noticed; what is no mistake does not count."""
    mistakes = [v for v in verdicts if v.excuse is None]
    return sum(not v.survived for v in mistakes) / len(mistakes) if mistakes else 1.0


def summary(verdicts: Sequence[Verdict]) -> str:
    """The rate, the tables by mutation and by law, why some mutants are no mistakes, and what survived."""
    mistakes = [v for v in verdicts if v.excuse is None]
    survivors = [v for v in mistakes if v.survived]
    operations = {id(v.mutant.site.primitive) for v in verdicts}
    lines = [
        f"**{percent(rate(verdicts))}** of the mistakes are noticed: {len(mistakes) - len(survivors)} of {len(mistakes)}, in the "
        f"rules of {len(operations)} operations.",
        *by_mutation(verdicts),
        *by_law(verdicts),
        *excuses(verdicts),
        f"Survived: {len(survivors)}." if survivors else "None survived.",
        *(["", *listed(survivors)] if survivors else []),
    ]
    return "\n".join(lines) + "\n"


def percent(share: float) -> str:
    """A share, never rounded up to all."""
    return f"{int(share * 1000) / 10:.1f} %"


def by_mutation(verdicts: Sequence[Verdict]) -> list[str]:
    words = {m.name: m.words for m in MUTATIONS} | {
        "axis": "along another axis",
        "setting": "with a setting forgotten, or the opposite of a truth value",
        "term": "without the term of one input or result",
    }
    rows = []
    for name, what in words.items():
        own = [v for v in verdicts if v.mutant.mutation.name == name]
        noticed = [v for v in own if v.law is not None]
        excused = sum(v.excuse is not None for v in own)
        rows.append(
            (
                name,
                what,
                len(own),
                len(noticed),
                sum(v.by_error for v in noticed),
                excused,
                len(own) - len(noticed) - excused,
            )
        )
    heads = ("mutation", "the wrong rule gives", "tried", "noticed", "by an error", "no mistake", "survived")
    return table(heads, [row for row in rows if row[2]])


def by_law(verdicts: Sequence[Verdict]) -> list[str]:
    first = Counter(v.law for v in verdicts if v.law is not None)
    return table(("law", "the first to notice"), [(law.name, first[law.name]) for law in ORDER if first[law.name]])


def excuses(verdicts: Sequence[Verdict]) -> list[str]:
    found = Counter((v.mutant.mutation.name, v.excuse) for v in verdicts if v.excuse is not None)
    return (
        table(("mutation", "why it is no mistake", "mutants"), [(*key, n) for key, n in found.most_common()])
        if found
        else []
    )


def listed(survivors: Sequence[Verdict]) -> list[str]:
    """The survivors, one in a line; those of an operation that nothing could be tried on together."""
    lines = []
    for primitive, group in groupby(survivors, key=lambda v: v.mutant.site.primitive):
        own = list(group)
        if all(v.words == NO_SAMPLES for v in own):
            lines.append(f"- {primitive.name}, {len(own)} mutants: {NO_SAMPLES}")
        else:
            lines += [f"- {v.mutant}: {v.words}" for v in own]
    return lines


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """A table of Markdown whose columns are aligned; numbers to the right."""
    rows = list(rows)
    cells = [list(heads), *[[str(x) for x in row] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    right = [bool(rows) and isinstance(rows[0][i], int) for i in range(len(heads))]
    lines = [
        "| " + " | ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True)) + " |"
        for row in cells
    ]
    rule = "|" + "|".join("-" * (w + 1) + ":" if r else "-" * (w + 2) for w, r in zip(widths, right, strict=True)) + "|"
    return ["", lines[0], rule, *lines[1:], ""]
