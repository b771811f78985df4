"""A drawing as plain data: cards, edges and groups, every word and number decided. Writers only give it a form."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict, dataclass
from typing import Any

VERSION = 1


@dataclass(frozen=True)
class Quantity:
    """A value or a gradient as a card shows it.

    text     the number, or the norm of an array, to four digits; "–" for a gradient that was not computed
    number   the same in full; None where there is none
    finite   False when it is, or holds, NaN or an infinity
    cells    the elements of a small array as rows, for a heat map; of a large one the extremes of blocks: then `pooled`
    """

    text: str
    number: float | None = None
    finite: bool = True
    cells: tuple[tuple[float, ...], ...] | None = None
    pooled: bool = False


@dataclass(frozen=True)
class Strip:
    """A shared array within the card of one of the operations that use it.

    adds   the norm of what this use adds to its gradient
    rule   how: "h1ᵀ @ ḡ"
    """

    name: str
    node: int
    role: str
    adds: str
    rule: str


@dataclass(frozen=True)
class Steps:
    """A value that is drawn once for all steps of a repetition: numbers, or norms, from the first step to the last.

    gradients   of a value shared by the steps, what each of them adds; None where nothing flows back
    shared      whether it is the same value at every step
    """

    values: tuple[float | None, ...]
    gradients: tuple[float | None, ...]
    shared: bool = False


@dataclass(frozen=True)
class Heat:
    """One number of a card beside those of all others.

    of       grad, value, bytes or time (of the forward function, in seconds)
    weight   from 0 to 1 on a logarithmic scale
    """

    of: str
    text: str
    number: float
    weight: float


@dataclass(frozen=True)
class Box:
    """A module drawn as one card.

    parameters   how many numbers are learnt within    gradient   the norm of their gradient, None without one
    weight       how large that is among all modules, from 0 to 1 on a logarithmic scale
    """

    kind: str
    parameters: int
    operations: int
    gradient: float | None
    weight: float = 0.0


@dataclass(frozen=True)
class Card:
    """One value: a leaf, or the result of a call.

    node      its number in the graph; a number that many calls use has a card beside each use
    named     whether the user gave the name
    role      input, param, const, output, op; module; state: what a repeated step takes from the one before;
              or cut: where a value leaves the record
    face      number or array
    dtype     empty for Scalars
    sum       the gradient as the sum of its paths: "= −6 − 2"
    rule      how the gradient comes about, for a parameter beside its operation: "xᵀ @ ḡ"
    adds      what this use adds to the gradient, for one of several cards of a number
    shown_at  how many operations show this array as a strip instead of an edge
    steps     one number a step, where the card stands for all steps of a repetition
    note      lines of explanation, in place of numbers
    alarms    what is wrong here: where NaN begins, where a gradient is cut
    hints     what may be meant, but is easily overlooked
    box       what is in a module; value, gradient and shape are those of its last result
    module    the module whose call is nothing but this operation: "2 Dropout"
    equation  of a call that does what takes several
    """

    id: str
    node: int
    name: str
    named: bool
    formula: str
    role: str
    face: str
    shape: tuple[int, ...]
    dtype: str
    value: Quantity
    gradient: Quantity | None
    sum: str = ""
    rule: str = ""
    adds: str = ""
    shown_at: int = 0
    strips: tuple[Strip, ...] = ()
    steps: Steps | None = None
    note: tuple[str, ...] = ()
    box: Box | None = None
    heat: Heat | None = None
    alarms: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    group: str | None = None
    module: str = ""
    equation: str = ""

    @property
    def title(self) -> str:
        """The card in one line."""
        words = [self.name, f"= {self.formula}"] if self.formula else [self.name]
        return " ".join(w for w in words if w)


@dataclass(frozen=True)
class Edge:
    """One argument of one call.

    position       which argument of the target
    backward       whether a gradient flows back along it
    derivative     "∂p/∂x1", empty between arrays
    rule           the local derivative in names, "w1"; between arrays how the gradient is pulled back, "ḡ @ W1ᵀ"
    local          the local derivative as a number
    upstream       the gradient of the target, a number or a norm
    contribution   what flows back, a number or a norm
    dead           the way is cut: nothing flows back, whatever upstream and local are
    beside         the source is drawn beside the target, with the rule in its card
    carried        from the result of a step to the same value as the next step takes it
    through        what is left out on the way, "v2, v3"
    broken         forward, if what is not finite goes on along it; backward, if what flows back is not finite; or both
    steps          in which steps of a repetition, "t = 3"; empty for all steps, and without a repetition
    """

    id: str
    source: str
    target: str
    position: int
    backward: bool = False
    derivative: str = ""
    rule: str = ""
    local: float | None = None
    upstream: float | None = None
    contribution: float | None = None
    dead: bool = False
    beside: bool = False
    carried: bool = False
    steps: str = ""
    through: str = ""
    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """A module's call or another named stretch of the program; `times` is how often it runs, where it is drawn once."""

    id: str
    name: str
    kind: str
    parent: str | None
    parameters: int
    times: int = 1


@dataclass(frozen=True)
class Document:
    """Everything that a drawing shows.

    theme     the palette that writers take, light or dark
    detail    full, compact (no heat maps) or modules (as boxes, with arrows as thick as their gradients are large)
    remarks   lines below the title
    """

    title: str
    rankdir: str
    legend: bool
    gradients: bool
    cards: tuple[Card, ...]
    edges: tuple[Edge, ...]
    groups: tuple[Group, ...]
    theme: str = "light"
    detail: str = "full"
    remarks: tuple[str, ...] = ()
    version: int = VERSION

    def to_json(self) -> str:
        """The document as JSON, numbers in full; NaN and infinities as the strings "NaN", "Infinity", "-Infinity"."""
        return json.dumps(plain(asdict(self)), ensure_ascii=False, allow_nan=False, indent=1)


def plain(data: Any) -> Any:
    """Data that JSON can hold; the nesting is that of the document's own classes, so its depth is bounded."""
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [plain(value) for value in data]
    if isinstance(data, float) and not math.isfinite(data):
        return "NaN" if math.isnan(data) else "Infinity" if data > 0 else "-Infinity"
    return data


def visible(text: str) -> str:
    """The text without what a picture cannot hold: control characters, surrogates and non-characters become �."""
    return re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "�", text)
