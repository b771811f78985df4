"""The picture of a `Watch`: for each layer how its activations and gradients were spread, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .findings import label, mark, percent
from .measures import EDGES, LOW, PER_DECADE, Array, Measures, Spread

ROWS, REACH = 40, 0.999
"""Bins from bottom to top of a panel, and the share of all numbers that has room in it."""

RED, MUTED = "#991B1B", "#4B5563"


def plotted(records: Sequence[Measures]) -> Any:
    """The figure: a row for each layer, activations on the left and gradients on the right."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError('to plot needs Matplotlib: pip install "autograd-core[plot]"') from error
    paths = list(dict.fromkeys([path for record in records for path in record.layers]))
    figure = Figure(figsize=(9.0, 0.9 + 1.15 * max(len(paths), 1)), layout="constrained")
    if not paths:
        figure.text(0.5, 0.5, "nothing was recorded", ha="center")
        return figure
    decades = decades_of([layer.gradients for record in records for layer in record.layers.values()])
    parts: Any = figure.subfigures(1, 2)
    for part, title in zip(parts, ("activations", "sizes of their gradients"), strict=True):
        part.suptitle(title, fontsize=10)
    grids = [part.subplots(len(paths), 1, sharex=True, squeeze=False)[:, 0] for part in parts]
    for left, right, path in zip(*grids, paths, strict=True):
        known = [record for record in records if path in record.layers]
        steps = [record.step for record in known]
        layers = [record.layers[path] for record in known]
        activations(left, steps, [layer.activations for layer in layers])
        gradients(right, steps, [layer.gradients for layer in layers], decades)
        left.set_title(label(path, layers[-1].kind), loc="left", fontsize=9, fontweight="bold")
        right.set_title(mark(path, records) or " ", loc="left", fontsize=8, color=RED, fontweight="bold")
        left.set_title(zeros(layers[-1].activations), loc="right", fontsize=8, color=MUTED)
        right.set_title(zeros(layers[-1].gradients), loc="right", fontsize=8, color=MUTED)
    for grid in grids:
        grid[-1].set_xlabel("step", fontsize=8)
    return figure


def zeros(spread: Spread) -> str:
    """The share of zeros in words, which the picture does not show."""
    share = spread.zeros / max(spread.count, 1)
    return f"{percent(share)} zeros" if share > 0.005 else ""


def activations(axes: Any, steps: Sequence[int], spreads: Sequence[Spread]) -> None:
    """Signed numbers, on a scale that is linear around 0 and logarithmic far from it."""
    sizes = [spread.rms for spread in spreads if spread.rms and np.isfinite(spread.rms)]
    width = float(np.median(sizes)) / 2 if sizes else 1.0
    above = np.sum([spread.above + spread.below for spread in spreads], axis=0)
    top = float(EDGES[1:][np.searchsorted(np.cumsum(above), REACH * np.sum(above))]) if np.any(above) else 1.0
    edges = width * np.sinh(np.linspace(-1, 1, ROWS + 1) * np.arcsinh(max(top, 4 * width) / width))
    known = np.concatenate([-EDGES[::-1], [0.0], EDGES])
    counts = [np.concatenate([s.below[::-1], [0, 0], s.above]) for s in spreads]
    panel(axes, steps, [rebinned(c, known, edges) for c in counts], edges, "Blues")
    axes.set_yscale("asinh", linear_width=width)
    mark = 10.0 ** np.floor(np.log10(edges[-1]))
    axes.set_yticks([-mark, 0, mark], [f"−{mark:g}", "0", f"{mark:g}"])
    axes.set_yticks([], minor=True)


def gradients(axes: Any, steps: Sequence[int], spreads: Sequence[Spread], decades: tuple[int, int]) -> None:
    """Sizes on a logarithmic scale, the same for all layers."""
    edges = np.logspace(*decades, 4 * (decades[1] - decades[0]) + 1)
    panel(axes, steps, [rebinned(s.below + s.above, EDGES, edges) for s in spreads], edges, "Oranges")
    axes.set_yscale("log")


def decades_of(spreads: Sequence[Spread]) -> tuple[int, int]:
    """The powers of ten that hold nearly all of some numbers' sizes."""
    total = np.cumsum(np.sum([spread.below + spread.above for spread in spreads], axis=0, dtype=float))
    if not total[-1]:
        return -6, 0
    low, high = np.searchsorted(total, [(1 - REACH) * total[-1], REACH * total[-1]])
    return int(LOW + low // PER_DECADE), int(LOW + high // PER_DECADE + 1)


def rebinned(counts: Array, known: Array, edges: Array) -> Array:
    """Counts in other bins, each shared among those that it overlaps."""
    total = np.concatenate([[0.0], np.cumsum(counts, dtype=float)])
    return np.diff(np.interp(edges, known, total))


def panel(axes: Any, steps: Sequence[int], columns: Sequence[Array], edges: Array, colours: str) -> None:
    """Columns side by side, darker where there is more; each is as dark at its fullest."""
    at = np.array(steps, float)
    half = (at[1] - at[0]) / 2 if len(at) > 1 else 0.5
    sides = np.concatenate([[at[0] - half], (at[1:] + at[:-1]) / 2, [at[-1] + half]])
    shares = np.array([np.sqrt(column / max(column.max(), 1e-300)) for column in columns]).T
    axes.pcolormesh(sides, edges, shares, cmap=colours, vmin=0, vmax=1, rasterized=True)
    axes.set_ylim(edges[0], edges[-1])
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
