"""Numbers of all values side by side: which has the largest gradient, takes the most memory, or the most time?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np

from ..recording import Absent, Node
from .collapsing import weights_of
from .document import Card, Heat
from .symbols import number_text

RUNS = 3


def heated(cards: list[Card], heat: str, nodes: Mapping[int, Node], values: Mapping[Node, Any]) -> list[Card]:
    """The cards with a bar each, on a logarithmic scale over all.

    nodes   by number
    """
    measures: dict[str, Callable[[Card, Node], float | None]] = {
        "grad": lambda card, node: None if card.gradient is None else card.gradient.number,
        "value": lambda card, node: card.value.number,
        "bytes": lambda card, node: bytes_of(values[node]),
        "time": lambda card, node: seconds(node, values),
    }
    texts: dict[str, Callable[[Any], str]] = {"bytes": bytes_text, "time": time_text}
    write = texts.get(heat, number_text)
    found = {card.id: measures[heat](card, nodes[card.node]) for card in cards if not card.note}
    weights = weights_of(found)
    return [
        card if (x := found.get(card.id)) is None
        else replace(card, heat=Heat(heat, write(x), x, weights.get(card.id, 0.0)))
        for card in cards
    ]  # fmt: skip


def bytes_of(value: Any) -> int:
    """The memory that a value takes, kept or not."""
    if isinstance(value, tuple):
        return sum(bytes_of(one) for one in value)
    if isinstance(value, Absent):
        return int(np.prod(value.shape)) * np.dtype(value.dtype).itemsize
    return int(np.asarray(value).nbytes)


def seconds(node: Node, values: Mapping[Node, Any]) -> float | None:
    """The time of a call's forward function, run again on what is known of its inputs; None for leaves, or if it is not known."""
    primitive: Any = node.primitive
    inputs = [values[e] if isinstance(e, Node) else e for e in node.inputs]
    if primitive is None or any(isinstance(x, Absent) for x in inputs):
        return None
    times = []
    with np.errstate(all="ignore"):
        for _ in range(RUNS):
            start = perf_counter()
            primitive.forward(*inputs, **(node.settings or {}))
            times.append(perf_counter() - start)
    return min(times)


def bytes_text(x: float) -> str:
    """A size in memory."""
    for unit in ("B", "kB", "MB"):
        if x < 1000:
            return f"{number_text(float(f'{x:.3g}'))} {unit}"
        x /= 1000
    return f"{number_text(float(f'{x:.3g}'))} GB"


def time_text(x: float) -> str:
    """A time."""
    for factor, unit in ((1e6, "µs"), (1e3, "ms")):
        if x * factor < 1000:
            return f"{number_text(float(f'{x * factor:.2g}'))} {unit}"
    return f"{number_text(float(f'{x:.2g}'))} s"
