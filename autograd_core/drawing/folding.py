"""Repetition in a record: stretches of calls that run several times, as the steps of a recurrent network do.

A step is told from the next by nothing but its numbers. What it takes is one of

    its own     a result of the same step
    carried     the result of the step before, at the first step whatever there was at the start
    shared      the same value at every step, as weights are
    per step    a leaf of its own, or a result of the same step of another repetition

and a stretch that takes anything else is not folded: unlike structures never join. The first step may lack calls, where it
computes with constants, and so may the last, where nobody needs a result of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from ..recording import Node
from .stretches import Sources, candidates, kind_of

MOST_SHIFTS = 32
MOST_READ = 1_000_000
"""So many calls are read while looking for steps, half a second: what has not been found by then is drawn call by call."""

LEAST_STEPS = 8
"""Fewer steps are drawn one by one, unless folding is asked for."""


Step: TypeAlias = list[Node | None]


@dataclass(eq=False)
class Repeat:
    """Calls that run several times.

    steps     the calls of each step, in the order they were made; None for one that is lacking
    shown     the last step that lacks nothing, which stands for all
    initial   what is carried into the shown step -> what there was instead at the first: a node or a constant
    shared    the values that every step takes
    leaves    the leaf of the shown step -> those of all steps
    needs     the results of other calls that the steps take, one each
    """

    steps: list[Step]
    shown: int
    initial: dict[Node, Any] = field(default_factory=dict)
    shared: set[Node] = field(default_factory=set)
    leaves: dict[Node, Step] = field(default_factory=dict)
    needs: list[Step] = field(default_factory=list)

    @property
    def columns(self) -> list[Step]:
        """The same call at every step, call by call."""
        return [list(column) for column in zip(*self.steps, strict=True)]

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def scopes(self) -> int:
        """In how many stretches of the program the calls of a step are."""
        return len({node.scope for node in self.steps[self.shown] if node is not None})

    @property
    def has_weights(self) -> bool:
        """Whether the steps share something that is learnt."""
        return any(node.route is None and node.requires_grad for node in self.shared)


def repeats_of(
    nodes: Sequence[Node], least: int = LEAST_STEPS, unlearnt: bool = False, least_calls: int = 0
) -> list[Repeat]:
    """The repetitions among nodes, oldest first, of at least so many steps.

    unlearnt      those without shared weights, too: layers that are alike, with weights of their own
    least_calls   so many calls, all steps together, a repetition without shared weights has
    """
    calls = [node for node in nodes if node.route is not None]
    counts = Counter([e for call in calls for e in call.inputs if isinstance(e, Node) and e.route is None])
    weights = {node for node, count in counts.items() if count >= least and node.requires_grad}
    taken = np.zeros(len(calls), bool)
    # calls with the same weights first: those of another layer may be alike in everything else
    found = alike(calls, weights, least, taken, only_learnt=unlearnt)
    found += alike(calls, set(), least, taken, least_calls=least_calls) if unlearnt else []
    return sorted(chosen(found, unlearnt), key=serial)


def alike(
    calls: Sequence[Node],
    weights: set[Node],
    least: int,
    taken: Any,
    only_learnt: bool = False,
    least_calls: int = 0,
) -> list[Repeat]:
    """The repetitions among calls that are not taken yet, which they then are; only those with shared weights, if wanted."""
    if only_learnt and not weights:
        return []
    kinds: dict[Any, int] = {}
    kind = np.array([kinds.setdefault(kind_of(node, weights), len(kinds)) for node in calls], int)
    sources = Sources(calls)
    found: list[Repeat] = []
    left = MOST_READ
    for start, period, count, rest in candidates(kind, least):
        shifts = min(rest, MOST_SHIFTS)
        end = start + period * count
        if end - start < least_calls or taken[start:end].any():
            continue
        if left < 0 or not sources.may_be_steps(start, end, period, shifts):
            continue
        left -= period * count * (1 + shifts)
        # where a step begins is not known: where least is left out, then in fewest steps, within one module's call, least carried
        readings = [
            reading
            for begin in range(start, start + shifts + 1)
            if sources.may_be_steps(begin, end + begin - start, period)
            and (reading := read(calls, kind, begin, period, count, taken)) is not None
        ]
        if readings:
            first, last, repeat = min(readings, key=lambda r: (r[0] - r[1], len(r[2]), r[2].scopes, len(r[2].initial)))
            if repeat.has_weights or not only_learnt:
                found.append(repeat)
                taken[first:last] = True
    return found


def read(
    calls: Sequence[Node], kind: Any, start: int, period: int, count: int, taken: Any
) -> tuple[int, int, Repeat] | None:
    """The repetition that begins at a call, and the calls that it spans; None if it is none."""
    end = start + period * count
    steps: list[Step] = [[*calls[i : i + period]] for i in range(start, end, period)]
    wanted, earlier, later = (
        kind[start : start + period],
        slice(max(start - period, 0), start),
        slice(end, end + period),
    )
    before, first = part(calls[earlier][::-1], kind[earlier][::-1], wanted[::-1])
    after, last = part(calls[later], kind[later], wanted)
    # most complete first; what stands around a repetition may be alike by chance
    for lead, tail in ((before, after), (0, after), (before, 0), (0, 0)):
        if not taken[start - lead : end + tail].any():
            made = [*([first[::-1]] if lead else []), *steps, *([last] if tail else [])]
            if (repeat := understood(made, len(made) - 1 - bool(tail))) is not None:
                return start - lead, end + tail, repeat
    return None


def serial(repeat: Repeat) -> int:
    """The age of a repetition."""
    return min(node.serial for node in repeat.steps[repeat.shown] if node is not None)


def part(calls: Sequence[Node], kind: Any, wanted: Any) -> tuple[int, Step]:
    """The step that the next calls are a part of, and how many of them are in it."""
    step: Step = []
    count = 0
    for one in wanted:
        fits = count < len(calls) and kind[count] == one
        step.append(calls[count] if fits else None)
        count += fits
    return count, step


def understood(steps: list[Step], shown: int) -> Repeat | None:
    """The repetition that some steps are; None if one takes what the others do not."""
    repeat = Repeat(steps, shown)
    place = {node: (i, j) for i, step in enumerate(steps) for j, node in enumerate(step) if node is not None}
    owners: dict[Node, int] = {}
    for column in repeat.columns:
        calls = [(i, call) for i, call in enumerate(column) if call is not None]
        for position, entry in enumerate(calls[-1][1].inputs):
            entries = [(i, call.inputs[position]) for i, call in calls]
            if not any(isinstance(e, Node) for _, e in entries):
                continue
            known = {i: e for i, e in entries if isinstance(e, Node)}
            inner = {i: place[e] for i, e in known.items() if e in place}
            offset = {j for _, j in inner.values()}
            if not inner and len(known) == len(entries) and len(set(known.values())) == 1:
                repeat.shared.add(entry)
            elif inner:
                lags = {i - k for i, (k, _) in inner.items()}
                lacking = [i for i, _ in entries if i not in inner]
                if len(offset) > 1 or lags not in ({0}, {1}) or lacking not in ([], [0]):
                    return None
                if lags == {0} and lacking and 0 in known:
                    return None
                if lags == {1}:
                    if shown not in inner:
                        return None
                    repeat.initial[known[shown]] = dict(entries).get(0)
            elif len(set(known.values())) < len(entries):
                return None
            elif all(node.route is None for node in known.values()):
                if any(owners.setdefault(node, i) != i for i, node in known.items()):
                    return None
                repeat.leaves[known[shown]] = [known.get(i) for i in range(len(steps))]
            else:
                repeat.needs.append([known.get(i) for i in range(len(steps))])
    return None if repeat.shared & owners.keys() else repeat


def chosen(found: list[Repeat], unlearnt: bool) -> list[Repeat]:
    """Those whose needs are met by others, step by step, and which share weights, or go with one that does."""
    place: dict[Node, tuple[Repeat, int]] = {}
    for repeat in found:
        place |= {node: (repeat, i) for i, step in enumerate(repeat.steps) for node in step if node is not None}
    kept = set(found)

    def partners(repeat: Repeat) -> list[Repeat] | None:
        met = []
        for nodes in repeat.needs:
            one, _ = place.get(nodes[repeat.shown], (None, 0))  # type: ignore[arg-type]
            if one is None or one not in kept or len(one) != len(repeat):
                return None
            if any(node is not None and place.get(node) != (one, i) for i, node in enumerate(nodes)):
                return None
            met.append(one)
        return met

    while lost := {repeat for repeat in kept if partners(repeat) is None}:
        kept -= lost
    if unlearnt:
        return list(kept)
    wanted = {repeat for repeat in kept if repeat.has_weights}
    pairs = [(repeat, one) for repeat in kept for one in partners(repeat) or ()]
    while more := {one for pair in pairs if wanted.intersection(pair) for one in pair} - wanted:
        wanted |= more
    return list(wanted)
