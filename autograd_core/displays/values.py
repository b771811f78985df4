"""A value in a notebook: what it is called and how it was computed, its numbers, and its gradient beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..batches import Batched
from ..drawing.quantities import NOT_COMPUTED, quantity, shortened, size
from ..drawing.rules import LONGEST, OPERATORS, Texts
from ..drawing.symbols import number_text
from ..recording import Node, Scalar, Value, numbers_of
from .charts import heat_map, histogram
from .html import escaped, isolated, mark, muted, panel, tinted

DEEPEST = 4
"""So many calls are written within each other."""


@dataclass(frozen=True)
class Figures:
    """One value in a table.

    shape, dtype   as texts     count, nbytes   its elements, and their memory
    span           from the least to the greatest
    trouble        how many elements are NaN or infinite, in words; empty if none is
    gradient       the norm of its gradient, None without one
    """

    shape: str
    dtype: str
    count: int
    nbytes: int
    span: str
    trouble: str
    gradient: float | None


def figures(value: Value) -> Figures:
    """What a table says of a value."""
    data = np.asarray(numbers_of(value))
    shape = "number" if isinstance(value, Scalar) else str(data.shape)
    gradient = None if value.grad is None else size(numbers_of(value.grad))
    return Figures(shape, str(data.dtype), data.size, data.nbytes, span_of(data), trouble_of(data), gradient)


def html(value: Value) -> str:
    """The display of a value."""
    node = value.node
    name = "" if node is None or node.name is None else f"<b>{isolated(shortened(str(node.name)))}</b> "
    if isinstance(value, Batched):
        known = f"one example within vmap of {value.level.size} · {value.shape} · {value.dtype}"
        return panel(name, muted(escaped(known)), "<div>all are computed at once: none has numbers of its own</div>")
    data = np.asarray(numbers_of(value))
    kind = "Scalar" if isinstance(value, Scalar) else f"Tensor {data.shape}"
    words = [value.role or "", kind, str(data.dtype), "" if value.requires_grad else "constant"]
    head = name + muted(escaped(" · ".join(word for word in words if word)))
    sides = [side("value", data, "forward")]
    if value.requires_grad:
        sides.append(
            missing(value) if value.grad is None else side("grad", np.asarray(numbers_of(value.grad)), "backward")
        )
    return panel(f"<div>{head}</div>", origin(node), f'<div class="ag-sides">{"".join(sides)}</div>')


def missing(value: Value) -> str:
    """What stands in place of a gradient that is not there."""
    is_kept = value.is_leaf or isinstance(value, Scalar)
    why = "backward() has not come here" if is_kept else "backward() keeps none here: retain_grad()"
    return f"<div>{muted('grad')} {escaped(NOT_COMPUTED.text)} {muted(escaped(why))}</div>"


def side(word: str, data: Any, role: str) -> str:
    """The numbers of a value or of its gradient."""
    if not data.size:
        return f"<div>{muted(word)} {muted('no elements')}</div>"
    found, trouble = quantity(data), trouble_of(data)
    if data.ndim == 0:
        return f"<div>{muted(word)} {tinted(found.text, role if found.finite else 'alarm')}</div>"
    is_real, tint = data.dtype.kind in "fiu", role if found.finite else "alarm"
    norm = tinted(found.text, tint) if data.dtype.kind == "b" else f"{muted('‖·‖')} {tinted(found.text, tint)}"
    span = muted(f" &ensp;{escaped(span_of(data))}") if is_real else ""
    alarm = mark(trouble, "alarm") if trouble else ""
    chart = heat_map(found.cells, data.shape) if found.cells is not None else histogram(data, role) if is_real else ""
    return f"<div><div>{muted(word)} {norm}{span}{alarm}</div>{chart}</div>"


def span_of(data: Any) -> str:
    """From the least to the greatest element that is finite; a number itself."""
    if not data.size or data.dtype.kind not in "fiub":
        return "" if data.dtype.kind != "c" or data.ndim else number_text(data[()])
    with np.errstate(all="ignore"):
        low, high = data.min(), data.max()
        if not np.isfinite(high - low if data.dtype.kind == "f" else 0):
            data = data[np.isfinite(data)]
            if not data.size:
                return ""
            low, high = data.min(), data.max()
    return number_text(low) if low == high else f"{number_text(low)} … {number_text(high)}"


def trouble_of(data: Any) -> str:
    """How many elements are NaN or infinite."""
    if data.dtype.kind not in "fc" or not data.ndim or bool(np.isfinite(data).all()):
        return ""
    counts = {"NaN": int(np.isnan(data).sum()), "∞": int(np.isinf(data).sum())}
    return ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)


# -- how it was computed -----------------------------------------------------------------------------------------------------


def origin(node: Node | None) -> str:
    """The line that says how a value was computed, and in which module."""
    if node is None or node.route is None:
        return ""
    where = "" if node.scope is None else muted(f" &nbsp;in {isolated(shortened(node.scope.path))}")
    return f'<div class="ag-code">= {isolated(formula(node, DEEPEST))}{where}</div>'


def formula(node: Node, depth: int) -> str:
    """What a call computes, with the calls that it takes its operands from written within it."""
    inputs = [e for e in node.inputs if isinstance(e, Node)]
    names = {e: word for e in inputs if (word := operand(e, node, depth))}
    return Texts(names, {e: e.value for e in inputs}).formula(node)


def operand(node: Node, user: Node, depth: int) -> str:
    """An operand by its name or its formula; empty for a leaf without name, which is written as its number or shape."""
    if node.name:
        return shortened(str(node.name))
    if node.route is None:
        return ""
    inner = formula(node, depth - 1) if depth > 1 else "…"
    if len(inner) > LONGEST:
        return "…"
    is_tight = " " not in inner or user.primitive is None or user.primitive.name not in BINDING
    return inner if is_tight or inner.endswith("…)") else f"({inner})"


BINDING = {*OPERATORS, "negative", "square", "power", "getitem", "result"}
"""Calls that are written so closely that an operand needs brackets."""
