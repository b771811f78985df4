"""Stretches of alike calls in a record, which may be steps: what numbers tell before any call is read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..recording import Node

LONGEST_STEP = 256

CONSTANT = -1


def candidates(kind: Any, least: int) -> list[tuple[int, int, int, int]]:
    """Where alike calls follow each other: (first call, calls of a step, steps, calls left over), longest first."""
    found = []
    for period in range(1, min(LONGEST_STEP, len(kind) // least) + 1):
        same = np.concatenate([[False], kind[:-period] == kind[period:], [False]])
        starts, ends = np.flatnonzero(same[1:] > same[:-1]), np.flatnonzero(same[1:] < same[:-1])
        counts, rests = np.divmod(ends - starts + period, period)
        long = counts >= least
        found += [(a, period, n, r) for a, n, r in np.column_stack([starts, counts, rests])[long].tolist()]
    return sorted(found, key=lambda c: (-c[1] * c[2], c[1], c[0]))


def kind_of(node: Node, weights: set[Node]) -> Any:
    """What calls of two steps have in common; an index may be another at each step."""
    shared = tuple([e if isinstance(e, Node) and e in weights else None for e in node.inputs])
    settings = tuple([(k, repr(v)) for k, v in (node.settings or {}).items() if k != "index"])
    shape = tuple(len(node.value) * [0]) if isinstance(node.value, tuple) else getattr(node.value, "shape", ())
    path = "" if node.scope is None else re.sub(r"\d+", "#", node.scope.path)  # alike siblings differ in their numbers
    return node.primitive, settings, shape, getattr(node.value, "dtype", None), shared, path


class Sources:
    """Where each argument of each call comes from: the place of a call, or below zero: a constant, or a leaf, each another."""

    def __init__(self, calls: Sequence[Node]) -> None:
        places: dict[Any, int] = {call: i for i, call in enumerate(calls)}
        leaves: dict[Node, int] = {}
        found: list[int] = []
        begins = [0]
        for call in calls:
            for entry in call.inputs:
                if not isinstance(entry, Node):
                    found.append(CONSTANT)
                elif entry in places:
                    found.append(places[entry])
                else:
                    found.append(leaves.setdefault(entry, CONSTANT - 1 - len(leaves)))
            begins.append(len(found))
        self.source = np.array(found, int)
        self.begins = np.array(begins, int)
        self.owner = np.repeat(np.arange(len(calls)), np.diff(self.begins))

    def may_be_steps(self, start: int, end: int, period: int, shifts: int = 0) -> bool:
        """Whether nothing tells that calls of equal kinds are no steps of a length; they may begin up to `shifts` calls later.

        It does where a call takes what was made within the stretch, but not as far back as the same call one step before, or
        from within its step where that one took something from outside; where a call takes something from outside, but that one
        did not; and where a leaf is that of some steps, but not of all.
        """
        within = start + shifts  # what is from here on is in a step, wherever they begin
        first, second, last = self.begins[within], self.begins[within + period], self.begins[end]
        each = second - first  # the arguments of a step
        before, after = self.source[first : last - each], self.source[second:last]
        owner = self.owner[second:last]
        gone = (owner - after) - (self.owner[first : last - each] - before)
        was_inside = before >= within
        if (was_inside & ((after < start) | ((after >= within) & (gone != 0)))).any():
            return False
        if not shifts and ((after >= owner - (owner - start) % period) & (before < start) & (before != CONSTANT)).any():
            return False
        steps = self.source[first : last - (last - first) % max(each, 1)].reshape(-1, max(each, 1))
        leaves = np.sort(steps[:, (steps < CONSTANT).all(0)], axis=0)
        twice = (leaves[1:] == leaves[:-1]).any(0)
        return not (twice & (leaves[0] != leaves[-1])).any()
