"""Who uses whom in a drawing, where one card may stand for several steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..recording import Node
from .collapsing import steps_words
from .document import Steps
from .flow import Flow, Share
from .folds import Folds, Use
from .quantities import size, size_of_sum


class Uses:
    """The uses of the values that have cards.

    of       value -> its uses that have an edge
    merged   a use -> the uses of all steps that it stands for, by step; only where there are steps
    """

    def __init__(self, drawn: Sequence[Node], folds: Folds, flow: Flow | None) -> None:
        self.folds, self.flow = folds, flow
        self.of: dict[Node, list[Use]] = {node: [] for node in drawn}
        self.merged: dict[Use, list[tuple[int, Use]]] = {}
        for node in drawn:
            self.note(node)

    def note(self, node: Node) -> None:
        """Note what a node takes, with all uses that one stands for where it is drawn once for several steps."""
        if node in self.folds.states:
            initial = self.folds.states[node].initial[node]
            source = self.folds.seen(initial, node) if isinstance(initial, Node) else None
            if source in self.of:
                self.of[source].append((node, 0))
                self.merged[node, 0] = [(0, use) for use in self.folds.first_uses(node)]
            return
        found: dict[Node, Use] = {}
        for position, entry in enumerate(node.inputs):
            source = self.folds.seen(entry, node) if isinstance(entry, Node) else None
            if source not in self.of:
                continue
            use = node, position
            if real := self.folds.real(*use):
                self.merged[use] = real
            elif entry in self.folds.place:
                if source in found:
                    self.merged[found[source]].append((self.folds.place[entry][1], use))
                    continue
                found[source] = use
                self.merged[use] = [(self.folds.place[entry][1], use)]
            self.of[source].append(use)

    def shares(self, use: Use) -> list[tuple[int, Share]]:
        """What a use, and those that it stands for, add to a gradient, by step."""
        if self.flow is None:
            return []
        uses = self.merged.get(use, [(0, use)])
        return [(i, self.flow.shares[one]) for i, one in uses if one in self.flow.shares]

    def steps(self, node: Node, values: Mapping[Node, Any]) -> Steps | None:
        """One number a step, for a value that is drawn once for all of them or shared by them."""
        if isinstance(values[node], tuple):
            return None
        if node in self.folds.series:
            nodes = self.folds.series[node]
            gradients = {} if self.flow is None else self.flow.gradients
            sizes = [None if one is None else size(values[one]) for one in nodes]
            return Steps(tuple(sizes), tuple([None if one is None else size(gradients.get(one)) for one in nodes]))
        repeats = {self.folds.repeat.get(target) for target, _ in self.of[node] if target not in self.folds.states}
        repeat = repeats.pop() if len(repeats) == 1 else None
        if repeat is None or self.flow is None or node in self.folds.states:
            return None
        added: list[list[Any]] = [[] for _ in range(len(repeat))]
        for use in self.of[node]:
            for i, share in self.shares(use):
                added[i].append(share.contribution)
        return Steps((), tuple([size_of_sum(parts) for parts in added]), shared=True)

    def changes(self, values: Mapping[Node, Any]) -> list[str]:
        """What becomes of the gradient in each repetition, if that is much."""
        found: list[str] = []
        for repeat in self.folds.repeats if self.flow is not None else ():
            carried = dict.fromkeys(self.folds.coming(state) for state, of in self.folds.states.items() if of is repeat)
            steps = [self.steps(node, values) for node in carried]
            found += steps_words([one.gradients for one in steps if one is not None])
        return list(dict.fromkeys(found))
