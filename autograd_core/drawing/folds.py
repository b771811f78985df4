"""What is drawn of repetitions: the last step stands for all, and what it carries has a card of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..recording import Node
from ..scopes import Scope
from .folding import Repeat, Step
from .symbols import SUBSCRIPTS

Use = tuple[Node, int]
"""One argument of one call: the call, and which of its arguments."""

NOW, BEFORE = "ₜ", "ₜ₋₁"


class Folds:
    """The repetitions of a drawing.

    hidden   calls and leaves without a card, since those of another step stand for them
    states   what a step takes from the one before -> its repetition; drawn with the result that it will be
    series   the call, or leaf, that stands for others -> those of all steps
    """

    def __init__(self, repeats: Sequence[Repeat]) -> None:
        self.repeats = repeats
        self.states: dict[Node, Repeat] = {}
        self.series: dict[Node, Step] = {}
        self.repeat: dict[Node, Repeat] = {}  # of all calls, and of the leaves of the last step
        self.place: dict[Node, tuple[Node, int]] = {}  # every call and leaf -> what stands for it, and its step
        self.frames: dict[Repeat, Scope] = {}
        self.scopes: dict[tuple[Repeat, Scope], Scope] = {}
        for repeat in repeats:
            self.states |= dict.fromkeys(repeat.initial, repeat)
            for column in [*repeat.columns, *repeat.leaves.values()]:
                nodes = {i: node for i, node in enumerate(column) if node is not None}
                self.series[nodes[repeat.shown]] = column
                self.repeat |= dict.fromkeys(nodes.values(), repeat)
                self.place |= {node: (nodes[repeat.shown], i) for i, node in nodes.items()}
            self.frame(repeat)
        self.hidden = self.place.keys() - self.series.keys() - self.states.keys()

    # -- uses ----------------------------------------------------------------------------------------------------------

    def is_within(self, node: Node, repeat: Repeat | None) -> bool:
        """Whether a node is a call of a repetition."""
        return repeat is not None and node.route is not None and self.repeat.get(node) is repeat

    def seen(self, source: Node, target: Node) -> Node:
        """The node whose card stands for a source, as a target sees it: within a repetition the step before has its own."""
        if source not in self.place or self.is_within(source, self.repeat.get(target)):
            return source
        return self.place[source][0]

    def real(self, target: Node, position: int) -> list[tuple[int, Use]]:
        """The uses that one of a call of the last step stands for, by step; empty for calls that run once."""
        steps = self.series.get(target, ()) if target.route is not None else ()
        return [(i, (node, position)) for i, node in enumerate(steps) if node is not None]

    def first_uses(self, state: Node) -> list[Use]:
        """What the first step does with what there is at the start instead of a carried value."""
        repeat = self.states[state]
        pairs = zip(repeat.steps[0], repeat.steps[repeat.shown], strict=True)
        return [(a, p) for a, b in pairs if a and b for p, entry in enumerate(b.inputs) if entry is state]

    def coming(self, state: Node) -> Node:
        """The result that will be carried."""
        return self.place[state][0]

    # -- names ---------------------------------------------------------------------------------------------------------

    def common_name(self, node: Node, own: Mapping[Node, str]) -> str | None:
        """What the steps call a value: x of x1, x2, x3 ...; None without a name."""
        names = [own.get(one) for one in self.series[node] if one is not None]
        if None in names:
            return own.get(node)
        bases = {re.sub(r"[ _]?\d+$", "", name or "") for name in names}
        return bases.pop() if len(bases) == 1 and "" not in bases else own[node]

    def step_names(self, node: Node, name: str) -> dict[Node, str]:
        """The names of a value at every step: h₁, h₂ ... hₜ₋₁, hₜ."""
        nodes = self.series[node]
        found = {one: name + str(i).translate(SUBSCRIPTS) for i, one in enumerate(nodes, 1) if one is not None}
        before = nodes[nodes.index(node) - 1]
        return found | ({} if before is None else {before: name + BEFORE}) | {node: name + NOW}

    def index(self, node: Node) -> str:
        """How an index that is another at each step is written: "t − 1", if it counts; empty for one that is the same."""
        indices = {t: (one.settings or {}).get("index") for t, one in enumerate(self.series.get(node, ()), 1) if one}
        if len({repr(i) for i in indices.values()}) < 2:
            return ""
        offsets = {i - t if type(i) is int else None for t, i in indices.items()}
        offset = offsets.pop()
        if offsets or offset is None:
            return "…"
        return "t" if offset == 0 else f"t {'−' if offset < 0 else '+'} {abs(offset)}"

    # -- frames --------------------------------------------------------------------------------------------------------

    def frame(self, repeat: Repeat) -> None:
        """Put the calls of the last step into one scope: that of its module's call, or one made for the purpose."""
        calls = [node for step in repeat.steps for node in step if node is not None]
        common = set(chain(calls[0].scope)).intersection(*[chain(node.scope) for node in calls[1:]])
        last = [
            [scope for scope in chain(node.scope) if scope not in common] for node in repeat.steps[repeat.shown] if node
        ]
        tops = {scopes[-1] if scopes else None for scopes in last}
        top = tops.pop()
        if tops or top is None:
            outer = next((scope for scope in chain(calls[0].scope) if scope in common), None)
            self.frames[repeat] = Scope("loop", outer)
            for scopes in last:
                for scope in reversed(scopes):
                    parent = self.scopes.get((repeat, scope.parent)) if scope.parent is not None else None
                    made = Scope(scope.name, parent or self.frames[repeat], scope.kind)
                    self.scopes.setdefault((repeat, scope), made)
        else:
            self.frames[repeat] = top

    def frame_name(self, repeat: Repeat) -> str:
        """What a frame is called: "0 … 9" for modules of which each is a step."""
        frame = self.frames[repeat]
        first, last = (
            [s.name for node in step if node is not None for s in chain(node.scope) if s.parent is frame.parent]
            for step in (repeat.steps[0], repeat.steps[-1])
        )
        return f"{first[0]} … {last[-1]}" if first and last and first[0] != last[0] else frame.name

    def scope(self, node: Node) -> Scope | None:
        """The scope of a node that stands for others, or of a carried value."""
        repeat = self.repeat[node]
        frame = self.frames[repeat]
        if node in self.states or node.route is None:
            return frame.parent
        if node.scope is None or node.scope is frame.parent:
            return frame
        return self.scopes.get((repeat, node.scope), node.scope)


def step_frames(repeats: Sequence[Repeat]) -> dict[Node, Scope]:
    """Frames t = 1, t = 2 ... for the calls and leaves of steps that are drawn one by one and have no frames of their own."""
    frames: dict[Node, Scope] = {}
    for repeat in repeats:
        calls = [node for step in repeat.steps for node in step if node is not None]
        if len({node.scope for node in calls}) > 1 or len(repeat.columns) < 2:
            continue
        for i, step in enumerate(repeat.steps):
            leaves = [nodes[i] for nodes in repeat.leaves.values()]
            frame = Scope(f"t = {i + 1}", calls[0].scope)
            frames |= {node: frame for node in [*step, *leaves] if node is not None}
    return frames


def chain(scope: Scope | None) -> list[Scope]:
    """A scope and those around it, the innermost first."""
    found = []
    while scope is not None:
        found.append(scope)
        scope = scope.parent
    return found
