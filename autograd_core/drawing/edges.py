"""The edges of a document: what flows along each use of a value, in numbers and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..recording import Node
from .document import Edge
from .flow import Share
from .quantities import is_dead, size, size_of_sum
from .rules import Texts
from .troubles import Troubles
from .uses import Uses


class Edges:
    """Makes the edges of one drawing, given the numbers, names and texts of its nodes."""

    def __init__(
        self, numbers: Mapping[Node, int], names: Mapping[Node, str], texts: Texts, usage: Uses, troubles: Troubles
    ) -> None:
        self.numbers, self.names, self.texts, self.usage, self.troubles = numbers, names, texts, usage, troubles
        self.folds = usage.folds

    def of_use(self, id: str, source: Node, target: Node, position: int, beside: bool) -> Edge:
        """The edge of one use."""
        ends: dict[str, Any] = {
            "id": f"e{self.numbers[target]}_{position}",
            "source": id,
            "target": f"n{self.numbers[target]}",
            "position": position,
            "beside": beside,
            "broken": self.broken(source, target, position),
        }
        shares = self.usage.shares((target, position))
        if (target, position) in self.usage.merged:
            return self.folded(ends, source, target, position, [share for _, share in shares])
        if not shares:
            return Edge(**ends)
        ((_, share),) = shares
        numbers: dict[str, Any] = {"upstream": size(share.upstream), "contribution": size(share.contribution)}
        if share.local is None:
            return Edge(**ends, **numbers, backward=True, rule=self.texts.pulled(target, position))
        return Edge(
            **ends,
            **numbers,
            backward=True,
            derivative=f"∂{self.names[target]}/∂{self.names[source]}",
            rule=self.texts.local(target, position),
            local=share.local,
            dead=is_dead(share),
        )

    def broken(self, source: Node, target: Node, position: int) -> tuple[str, ...]:
        """Which ways along an edge something goes that is not finite."""
        if target in self.folds.states:
            return ()
        forward = ("forward",) if self.troubles.is_broken(source, target) else ()
        return (*forward, "backward") if self.troubles.is_broken_back(target, position) else forward

    def folded(self, ends: dict[str, Any], source: Node, target: Node, position: int, shares: Sequence[Share]) -> Edge:
        """An edge that stands for those of several steps: numbers that differ from step to step are in the cards."""
        if target in self.folds.series:
            number = bool(shares) and shares[-1].local is not None
            local = self.texts.local(target, position) if number else ""
            names = f"∂{self.names[target]}/∂{self.names[source]} = "
            pulled = self.texts.pulled(target, position, self.folds.index(target))
            rule = names + local if local else "" if number or not shares else pulled
            return Edge(**ends, backward=bool(shares), rule=rule)
        steps = list(dict.fromkeys([i + 1 for i, _ in self.usage.merged[target, position]]))
        count = len(self.folds.series[source]) if source in self.folds.series else 0
        if steps == list(range(1, count + 1)):
            text = "every step"
        else:
            text = f"t = {', '.join(map(str, steps[:3]))}{', …' if len(steps) > 3 else ''}"
        if target in self.folds.states or not shares:
            return Edge(**ends, backward=bool(shares), steps=text)
        arrives = size_of_sum([share.contribution for share in shares]) if len(shares) == 1 else None
        rule = self.texts.pulled(target, position)
        return Edge(**ends, backward=True, rule=rule, contribution=arrives, steps=text)

    def carried(self, state: Node) -> Edge:
        """The edge from the result of a step to what the next step takes."""
        id, result = f"n{self.numbers[state]}", self.folds.coming(state)
        flows = self.usage.flow is not None and self.usage.flow.gradients.get(state) is not None
        source = f"n{self.numbers[result]}"
        return Edge(f"e{id[1:]}_carried", source, id, 0, backward=flows, carried=True)
