"""What a check tried and how well it went, and the error that it raises."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Row:
    """One comparison: what autodiff gave along a direction, what an oracle gave, and how far that may be off."""

    law: str
    order: int
    got: float
    expected: float
    bar: float
    oracle: str = "differences"

    @property
    def error(self) -> float:
        """The relative error; 0 of a derivative that cannot be told from 0, as it ought to be."""
        if not (np.isfinite(self.got) and np.isfinite(self.expected)):
            return np.inf
        if abs(self.got - self.expected) <= self.bar and self.digits == 0:
            return 0.0
        return float(abs(self.got - self.expected) / max(abs(self.expected), self.bar, np.finfo(float).tiny))

    @property
    def digits(self) -> int:
        """How many digits of the derivative the oracle can vouch for."""
        if not self.bar < abs(self.expected):
            return 0
        return min(int(-math.log10(max(self.bar / abs(self.expected), 1e-19))), 19)


@dataclass
class Report:
    """What a check tried, and how well it went; prints as a table.

    notes   what is worth knowing and no failure, such as a kink at the point
    """

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def worst(self) -> float:
        """The largest relative error."""
        return max((row.error for row in self.rows), default=0.0)

    def __str__(self) -> str:
        lines = [f"{'law':<10}{'order':>6}{'autodiff':>20}{'oracle':>20}{'error':>10}{'bar':>10}{'digits':>8}  by"]
        lines += [
            f"{r.law:<10}{r.order:>6}{r.got:>20.12g}{r.expected:>20.12g}{r.error:>10.1e}{r.bar:>10.1e}{r.digits:>8}  {r.oracle}"
            for r in self.rows
        ]
        if self.rows:
            row = max(self.rows, key=lambda r: r.error)
            lines.append(f"worst relative error {row.error:.1e}, {row.law} mode at order {row.order}")
        return "\n".join([*lines, *self.notes])


class GradientMismatch(AssertionError):
    """A derivative that an oracle contradicts; the message holds what is needed to see it again.

    report    the comparisons so far
    entry     the entry of the Jacobian that is off, such as "y[0] by x[2, 1]"; None if none could be told apart
    culprit   the operation whose own derivative is wrong; None if it was not found
    """

    def __init__(self, message: str, report: Any = None, entry: str | None = None, culprit: str | None = None) -> None:
        super().__init__(message)
        self.report, self.entry, self.culprit = report, entry, culprit
