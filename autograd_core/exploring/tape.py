"""The record as a tape: every call forward, then every share of a gradient back, with the arithmetic of each step.

Numbers are those of the drawing's walk; sums are taken in the order in which the walk takes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..drawing.cards import Composer
from ..drawing.collapsing import weights_of
from ..drawing.document import Document, Quantity, visible
from ..drawing.flow import Share, seed
from ..drawing.folds import BEFORE, NOW
from ..drawing.quantities import NOT_COMPUTED, is_dead, quantity, size
from ..drawing.rules import Texts
from ..drawing.symbols import SUBSCRIPTS, number_text, shape_text
from ..recording import Node

NONE = -1


@dataclass(frozen=True)
class Row:
    """One value of the record.

    card       the card that shows it, and
    time       the step of a repetition for which it does so; 0 without one
    weight     the size of its gradient among all, from 0 to 1 on a logarithmic scale; None without a gradient
    line       the user's line that made it, where it is known
    """

    number: int
    name: str
    formula: str
    shape: str
    dtype: str
    value: Quantity
    gradient: Quantity | None
    weight: float | None
    card: str
    time: int
    line: str = ""


@dataclass(frozen=True)
class Step:
    """One step of a walk.

    kind       forward, seed (the gradient of an output by itself) or backward
    row        which value becomes known, or gets a share of its gradient
    text       the arithmetic
    of         backward: the row of the result that the gradient comes from, of whose arguments it is that at `position`
    edge       the edge between their cards, if there is one
    time       the step of a repetition in which it happens; 0 without one
    local      the local derivative: "w1 = −3"
    product    upstream × local: "0.5 × (−3)"
    adds       what is added to the gradient
    total      the gradient so far
    sum        the same written as a sum, from the second share on
    weight     how large what is added is among all steps, from 0 to 1
    """

    kind: str
    row: int
    text: str
    of: int = NONE
    position: int = 0
    edge: str = ""
    time: int = 0
    local: str = ""
    product: str = ""
    adds: str = ""
    total: str = ""
    sum: str = ""
    weight: float = 0.0


class Tape:
    """The rows and steps of a drawing.

    rows     in the order of age
    index    node -> its row
    steps    forward, then backward
    places   a use -> its step back
    """

    def __init__(self, composer: Composer, document: Document) -> None:
        self.composer, self.document = composer, document
        self.graph, self.folds = composer.graph, composer.folds
        self.flow = composer.flow if composer.grads else None
        self.cards = self.first_cards()
        self.nodes = [node for node in self.graph.nodes if self.stand_in(node) in self.cards]
        self.index = {node: i for i, node in enumerate(self.nodes)}
        self.names = self.step_names()
        self.texts = Texts(self.names, composer.values)
        self.plain = Texts({}, composer.values)  # numbers in place of names
        self.edges = self.edge_of_uses()
        self.output = self.output_name()
        self.rows = self.all_rows()
        self.places: dict[tuple[Node, int], int] = {}
        self.steps = self.all_steps()

    # -- what stands for a node -------------------------------------------------------------------------------------

    def first_cards(self) -> dict[int, str]:
        """The number of a node -> the first of its cards."""
        found: dict[int, str] = {}
        for card in self.document.cards:
            if card.role != "cut":
                found.setdefault(card.node, card.id)
        return found

    def stand_in(self, node: Node) -> int:
        """The number of the node whose card shows a node."""
        return self.graph.numbers[self.folds.place[node][0] if node in self.folds.place else node]

    def time(self, node: Node) -> int:
        """The step of a repetition that a node belongs to, from 1; 0 without one."""
        return self.folds.place[node][1] + 1 if node in self.folds.place else 0

    def step_names(self) -> dict[Node, str]:
        """What nodes are called: those of a repetition with the number of their step."""
        names = {node: name for node, name in self.composer.names.items() if node in self.index}
        for shown, column in self.folds.series.items():
            name = self.composer.names[shown].removesuffix(NOW).removesuffix(BEFORE)
            names |= {n: name + str(i).translate(SUBSCRIPTS) for i, n in enumerate(column, 1) if n is not None}
        return names

    def edge_of_uses(self) -> dict[tuple[Node, int], tuple[str, int]]:
        """A use -> the edge that shows it, and the step of a repetition."""
        known = {edge.id for edge in self.document.edges}
        found: dict[tuple[Node, int], tuple[str, int]] = {}
        for uses in self.composer.uses.values():
            for node, position in uses:
                edge = f"e{self.graph.numbers[node]}_{position}"
                merged = self.composer.usage.merged.get((node, position))
                real = [((node, position), 0)] if merged is None else [(use, i + 1) for i, use in merged]
                found |= {use: (edge if edge in known else "", time) for use, time in real}
        return found

    def output_name(self) -> str:
        """What gradients are gradients of."""
        outputs = [
            self.names[node] for node in self.graph.nodes if node in self.composer.outputs and node in self.names
        ]
        return outputs[0] if len(outputs) == 1 else f"({' + '.join(outputs)})" if len(outputs) <= 3 else "(all outputs)"

    # -- rows ---------------------------------------------------------------------------------------------------------

    def all_rows(self) -> list[Row]:
        found = {} if self.flow is None else self.flow.gradients
        gradients = {node: NOT_COMPUTED if g is None else quantity(g) for node, g in found.items()}
        weights = weights_of({str(self.index[n]): q.number for n, q in gradients.items() if n in self.index})
        return [self.row(node, gradients.get(node), weights) for node in self.nodes]

    def row(self, node: Node, gradient: Quantity | None, weights: dict[str, float]) -> Row:
        value = self.composer.values[node]
        bare = isinstance(value, (tuple, float))
        line = None if node.about is None else node.about.line
        return Row(
            number=self.graph.numbers[node],
            name=self.names[node],
            formula=self.texts.formula(node),
            shape="" if bare else shape_text(value.shape),
            dtype="" if bare else str(value.dtype),
            value=quantity(value),
            gradient=gradient,
            weight=None if gradient is None else weights.get(str(self.index[node]), 0.0),
            card=self.cards[self.stand_in(node)],
            time=self.time(node),
            line="" if line is None else visible(f"line {line.number}: {line.text}"),
        )

    # -- steps --------------------------------------------------------------------------------------------------------

    def all_steps(self) -> list[Step]:
        steps = [self.forward(node) for node in self.nodes if node.route is not None]
        if self.flow is None:
            return steps
        seeds = [node for node in self.nodes if node in self.composer.outputs and node in self.flow.gradients]
        steps += [self.seed(node) for node in seeds]
        totals: dict[Node, Any] = {node: seed(node) for node in seeds}
        parts: dict[Node, list[Any]] = {node: [one] for node, one in totals.items()}
        sizes = {self.use_text(use): size(share.contribution) for use, share in self.flow.shares.items()}
        weights = weights_of(sizes)
        for use, share in self.flow.shares.items():
            source = share.source
            if use[0] not in self.index or source not in self.index:
                continue
            parts.setdefault(source, []).append(share.contribution)
            if isinstance(source.value, tuple) and source in totals:
                totals[source] = None  # what several results bring is no sum
            elif share.contribution is not None:
                totals[source] = totals[source] + share.contribution if source in totals else share.contribution
            self.places[use] = len(steps)
            weight = weights.get(self.use_text(use), 0.0)
            steps.append(self.backward(share, parts[source], totals.get(source), weight))
        return steps

    def use_text(self, use: tuple[Node, int]) -> str:
        """A use as a key of weights."""
        return f"{self.graph.numbers[use[0]]} {use[1]}"

    def forward(self, node: Node) -> Step:
        """How a value comes about."""
        name, formula, value = self.names[node], self.texts.formula(node), self.composer.values[node]
        words = [name, formula]
        if self.composer.is_number(node):
            sources = [entry for entry in node.inputs if isinstance(entry, Node)]
            numbers = self.plain.formula(node) if all(map(self.composer.is_number, sources)) else ""
            if numbers not in (formula, ""):
                words.append(numbers)
            words.append(quantity(value).text)
            text = " = ".join(words)
        else:
            text = f"{name} = {formula}: {described(value)}"
        return Step("forward", self.index[node], text, time=self.time(node))

    def seed(self, node: Node) -> Step:
        """Where gradients begin."""
        name = self.names[node]
        about = f"∂{self.output}/∂{name} = 1" + ("" if self.composer.is_number(node) else " for every element")
        total = number_of(seed(node))
        return Step("seed", self.index[node], f"the backward pass begins: {about}", total=total, time=self.time(node))

    def backward(self, share: Share, parts: Sequence[Any], so_far: Any, weight: float) -> Step:
        """What one use of a value adds to its gradient."""
        source, target = self.names[share.source], self.names[share.target]
        edge, time = self.edges.get((share.target, share.position), ("", self.time(share.target)))
        ends: dict[str, Any] = {
            "of": self.index[share.target],
            "position": share.position,
            "edge": edge,
            "time": time,
            "weight": weight,
        }
        adds, of = number_of(share.contribution), f"∂{self.output}/∂"
        total = number_of(so_far)
        more = len(parts) > 1 and so_far is not None
        if share.local is None:
            rule = self.texts.pulled(share.target, share.position) if self.composer.local else ""
            with_rule = (
                f"{rule}, with ḡ = {of}{target}: adds {adds}" if rule else f"what {of}{target} brings: adds {adds}"
            )
            text = f"{of}{source} += {with_rule}" + (f", norm {total} in all" if more else "")
            return Step("backward", self.index[share.source], text, **ends, local=rule, adds=adds, total=total)
        written = summed([number_of(part) for part in parts]) if more else ""
        so_far_text = f"; so far {written} = {total}" if more else ""
        if is_dead(share) or not self.composer.local:
            text = f"{of}{source} += {adds}" + (": the way is cut, whatever the slope" if is_dead(share) else "")
            local, product = "", "cut" if is_dead(share) else ""
        else:
            rule, local = self.texts.local(share.target, share.position), number_text(share.local)
            product = f"{number_of(share.upstream)} × {bracketed(local)}"
            text = f"{of}{source} += {of}{target} · ∂{target}/∂{source} = {product} = {adds}"
            local = local if rule in ("", local) else f"{rule} = {local}"
        return Step(
            "backward", self.index[share.source], text + so_far_text, **ends, local=local, product=product, adds=adds,
            total=total, sum=written,
        )  # fmt: skip


def number_of(x: Any) -> str:
    """A number, or the norm of an array."""
    return quantity(x).text if x is not None else "–"


def bracketed(text: str) -> str:
    """A number as a factor."""
    return f"({text})" if text.startswith("−") else text


def summed(words: Sequence[str], most: int = 6) -> str:
    """Numbers as a sum, its middle left out where it is long: "−6 − 2"."""
    shown = list(words) if len(words) <= most else [*words[: most - 2], "…", words[-1]]
    return shown[0] + "".join(f" − {w[1:]}" if w.startswith("−") else f" + {w}" for w in shown[1:])


def described(value: Any) -> str:
    """An array in a few words."""
    found = quantity(value)
    return f"{shape_text(value.shape)}, norm {found.text}" if hasattr(value, "shape") else found.text
