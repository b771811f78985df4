"""Arrays as small SVG charts: heat maps and histograms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..drawing.colours import LIGHT
from ..drawing.symbols import number_text
from .html import escaped

BINS, WIDTH, HEIGHT = 24, 168, 44
MOST_SORTED = 2**18
"""Of a larger array only every so-manieth element is sorted into bins."""


def svg(content: str, width: float, height: float, label: str, kind: str = "") -> str:
    """A picture with its words."""
    css = f' class="{kind}"' if kind else ""
    return (
        f'<svg{css} width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-label="{escaped(label)}">{content}</svg>'
    )


def heat_map(rows: Sequence[Sequence[float]], shape: tuple[int, ...]) -> str:
    """A small array as cells: blue below zero, clear at zero, orange above, in the text's colour where undefined."""
    top = max((abs(x) for row in rows for x in row if math.isfinite(x)), default=0.0)
    side = 15 if len(rows[0]) <= 8 else 11
    cells = []
    for i, row in enumerate(rows):
        for j, x in enumerate(row):
            index = np.unravel_index(i * len(row) + j, shape)
            words = f"[{', '.join(map(str, index))}] {number_text(x)}"
            paint = shade(x, top)
            cells.append(
                f'<rect x="{j * side + 1}" y="{i * side + 1}" width="{side - 1}" height="{side - 1}" {paint}>'
                f"<title>{escaped(words)}</title></rect>"
            )
    frame = (
        f'<rect x=".5" y=".5" width="{side * len(rows[0])}" height="{side * len(rows)}" fill="none" stroke="currentColor" '
        f'stroke-opacity=".25"/>'
    )
    label = f"heat map of {len(rows)} by {len(rows[0])} elements, the largest {number_text(top)}"
    return svg("".join([frame, *cells]), side * len(rows[0]) + 1, side * len(rows) + 1, label)


def shade(x: float, top: float) -> str:
    """The paint of one cell."""
    if not math.isfinite(x):
        return 'fill="currentColor"'
    color = LIGHT.positive if x > 0 else LIGHT.negative  # half transparent, so they suit dark pages too
    part = 0.08 + 0.92 * abs(x) / top if x else 0  # what is not zero should not look so
    return f'fill="{color}" fill-opacity="{part:.2g}"'


def in_bins(numbers: Any) -> list[int]:
    """How many of some finite numbers are in each of BINS equal parts of their range; where they are all equal, in the first.

    By their share of the range, since edges between numbers that are close, or far apart, are none.
    """
    if not numbers.size:
        return [0] * BINS
    low, high = float(numbers.min()), float(numbers.max())
    shares = numbers - low if math.isfinite(high - low) else numbers / 2 - low / 2
    places = (shares / (shares.max() or 1.0) * BINS).astype(int)
    found: list[int] = np.bincount(np.minimum(places, BINS - 1), minlength=BINS).tolist()
    return found


def histogram(array: Any, role: str) -> str:
    """How often elements of a real array are how large; NaN and infinities left out."""
    every = math.ceil(array.size / MOST_SORTED)
    numbers = array.ravel(order="K")[::every].astype(float)
    numbers = numbers[np.isfinite(numbers)]
    if not numbers.size:
        return ""
    low, high = float(numbers.min()), float(numbers.max())
    if not math.isfinite(high - low) or low == high:
        return ""
    counts, edges = in_bins(numbers), np.linspace(low, high, BINS + 1)
    step, bars = WIDTH / BINS, []
    for i, count in enumerate(counts):
        height = max(1.0, HEIGHT * count / max(counts)) if count else 0
        words = f"{number_text(edges[i])} to {number_text(edges[i + 1])}: {count:,}"
        bars.append(
            f'<rect x="{i * step:g}" y="{HEIGHT - height:.3g}" width="{step - 1:g}" height="{height:.3g}" fill="currentColor">'
            f"<title>{escaped(words)}</title></rect>"
        )
    base = f'<path d="M0 {HEIGHT + 0.5}H{WIDTH}" stroke="currentColor" stroke-opacity=".4"/>'
    if low < 0 < high:
        zero = WIDTH * -low / (high - low)
        base += f'<path d="M{zero:.4g} {HEIGHT + 0.5}v4" stroke="currentColor"/>'
    of = "" if every == 1 else f" of one in {every} elements"
    return svg("".join(bars) + base, WIDTH, HEIGHT + 5, f"histogram{of}", f"ag-{role}")
