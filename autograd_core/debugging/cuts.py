"""Where a gradient was cut: the calls and exits through which a result depends on a parameter without its gradient."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..errors import GradientError
from ..graph import reachable
from ..modes import Witness, current, witnessed
from ..primitive import Parts, pick
from ..recording import Node, Value
from ..reverse import pull_back
from ..shown import shown_by
from ..transforms import fresh
from ..trees import flatten
from .lines import Line, users_line


@dataclass(frozen=True)
class Cut:
    """One place where a gradient ends.

    operation   what was called, such as "argmax" or ".numpy()"     why, remedy   in words
    line        the user's line that called it                        node   the call, or the value that left the record
    """

    operation: str
    why: str
    remedy: str
    line: Line | None
    scope: str
    node: Node | None = field(repr=False)

    def __str__(self) -> str:
        lines = [f"{self.operation}: {self.why}"]
        lines += [str(self.line)] if self.line is not None else []
        lines += [f"  in {self.scope}"] if self.scope else []
        return "\n".join([*lines, f"  remedy: {self.remedy}"])


@dataclass(frozen=True)
class GradientPath:
    """Whether a gradient flows from a result to a parameter; printed, it says why not.

    flows   whether it does     path   the calls on a shortest way, from the parameter to the result, if it does
    cuts    where it ends, in the order of the calls     words   the answer in a sentence
    results   the results; `ag.draw` shows how they were computed, with the cuts
    """

    flows: bool
    words: str
    cuts: tuple[Cut, ...] = ()
    path: tuple[Node, ...] = field(default=(), repr=False)
    results: tuple[Node, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return "\n".join([self.words, *map(str, self.cuts)])

    __repr__ = __str__
    _repr_html_ = shown_by("reports")


class Tracer(Witness):
    """Notes the line of each call, the calls that were not recorded for a gradient, and what left the record."""

    def __init__(self, source: Node | None) -> None:
        self.source = source
        self.uses: list[Node] = []
        self.unrecorded: set[Node] = set()
        self.exits: dict[Node, tuple[str, Line | None]] = {}

    def called(self, node: Node) -> None:
        node.describe().line = users_line()
        if not current().recording:
            self.unrecorded.add(node)
        if any(e is self.source for e in node.inputs):
            self.uses.append(node)

    def left(self, value: Value, kind: str) -> None:
        if value.node is not None and value.node.serial:
            self.exits.setdefault(value.node, (kind, users_line()))


class CutTracer(Tracer):
    """Notes of the calls only those that a gradient does not pass, so that it costs little."""

    def called(self, node: Node) -> None:
        if not node.requires_grad and any(isinstance(e, Node) and e.requires_grad for e in node.inputs):
            super().called(node)


def why_no_grad(f: Callable[..., Any], param: Any) -> GradientPath:
    """Whether a gradient flows from f's result back to a parameter, and if not, what cut it and on which line.

    f       is called once more: with the parameter if it takes a positional argument, else as f()
    param   a Tensor or Scalar that f uses; or an array or float to call f with

    Found are `detach` and `stop_gradient`, conversions to integers, comparisons, rounding, argmax and whatever else is piecewise
    constant, operands without a rule, `no_grad`, and values that left the record by `.numpy()`, `.item()` and the like. What is
    computed from a value without gradient is followed too, so that a cut is named only if the result depends on it.

    >>> import numpy as np, autograd_core as ag
    >>> w = ag.tensor([1.2, 2.7], requires_grad=True, name="w")
    >>> ag.why_no_grad(lambda: np.sum(np.floor(w) * 3.0), w)
    no gradient flows from the result to w: it is cut by floor
    floor: is piecewise constant, so that its derivative is 0
      File "<doctest autograd_core.debugging.cuts.why_no_grad[2]>", line 1, in <lambda>
        np.floor(w)
      remedy: to pass the gradient on as if nothing were rounded, write x + ag.stop_gradient(np.rint(x) - x)
    """
    if not isinstance(param, Value):
        param = fresh(param, "why_no_grad")
    tracer = Tracer(param.node)
    with witnessed(tracer):
        outputs = flatten(f(param) if takes_argument(f) else f())[0]
    name = (param.node.name if param.node is not None else None) or "the parameter"
    if param.node is None or not param.node.requires_grad:
        words = f"{name} does not require a gradient: make it with requires_grad=True, or call requires_grad_()"
        return GradientPath(False, words)
    roots = [out.node for out in outputs if isinstance(out, Value) and out.node is not None and out.node.serial]
    return replace(judged(param.node, name, roots, tracer), results=tuple(roots))


def takes_argument(f: Callable[..., Any]) -> bool:
    """Whether a function is to be given an argument: it has a positional one without a default, or takes any number."""
    try:
        parameters = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return True
    positional = [
        p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty
    ]
    return bool(positional) or any(p.kind == p.VAR_POSITIONAL for p in parameters)


def judged(source: Node, name: str, roots: list[Node], tracer: Tracer) -> GradientPath:
    """What a trace says of the ways from a parameter to the results."""
    exits = list(tracer.exits)
    known = reachable([*roots, *exits])
    live = descendants([source], known, parents_of)
    if ends := [root for root in roots if root in live]:
        return flowing(source, name, ends, [node for node in reachable(ends) if node in live and node is not source])
    tainted = descendants([source], known, nodes_before)
    arrived = [root for root in roots if root in tainted]
    left = [] if arrived else [node for node in exits if node in tainted]
    if cuts := cuts_before(arrived, left, live, tracer):
        what = " and ".join(dict.fromkeys(cut.operation for cut in cuts))
        return GradientPath(False, f"no gradient flows from the result to {name}: it is cut by {what}", tuple(cuts))
    if not tracer.uses:
        return GradientPath(False, f"no gradient flows from the result to {name}: {name} was not used")
    used = tracer.uses[0]
    line = "" if used.about is None or used.about.line is None else f"\n{used.about.line}"
    words = f"{name} was used, first by {operation_of(used)}, but the result does not depend on what came of it{line}"
    return GradientPath(False, f"no gradient flows from the result to {name}: {words}")


def cuts_before(arrived: list[Node], left: list[Node], live: set[Node], tracer: Tracer) -> list[Cut]:
    """The cuts between live values and what is not live: results that depend on them, and exits."""
    cuts = [
        cut_at(node, i, tracer)
        for node in reachable([*arrived, *left])
        if node not in live
        for i, e in enumerate(node.inputs)
        if isinstance(e, Node) and e in live
    ]
    cuts += [cut_by_leaving(node, *tracer.exits[node]) for node in left]
    return list(dict.fromkeys(cuts))


def unreached(roots: list[Node], tracer: Tracer, apart: Collection[Node]) -> tuple[list[Node], list[Cut]]:
    """The leaves that want a gradient and get none from the results, and the cuts that are to blame.

    apart   leaves that are not asked about
    """
    exits = list(tracer.exits)
    known, arrived = reachable([*roots, *exits]), set(reachable(roots))
    with_gradient = {root for root in roots if root.requires_grad}
    for node in reversed(known):
        if node in with_gradient:
            with_gradient.update(node.parents)
    wanting = [node for node in known if node.route is None and node.requires_grad and node not in apart]
    lost = [node for node in wanting if node not in with_gradient]
    if not lost:
        return [], []
    tainted = descendants(lost, known, nodes_before)
    gone = descendants([node for node in lost if node not in arrived], known, nodes_before)
    ends, left = [root for root in roots if root in tainted], [node for node in exits if node in gone]
    return lost, cuts_before(ends, left, descendants(lost, known, parents_of), tracer)


def parents_of(node: Node) -> Sequence[Node]:
    return node.parents


def nodes_before(node: Node) -> Sequence[Node]:
    return [e for e in node.inputs if isinstance(e, Node)]


def descendants(sources: Iterable[Node], nodes: Sequence[Node], inputs: Callable[[Node], Sequence[Node]]) -> set[Node]:
    """Some nodes, and those of others (oldest first) that they lead to."""
    found = set(sources)
    for node in nodes:
        if any(e in found for e in inputs(node)):
            found.add(node)
    return found


def flowing(source: Node, name: str, ends: list[Node], path: list[Node]) -> GradientPath:
    """The answer where a gradient flows: by which calls, and where it becomes zero if it does."""
    seeds = {node: 1.0 if type(node.value) is float else np.ones(node.value.shape, node.value.dtype) for node in ends}
    words = f"a gradient flows from the result to {name}"
    try:
        with np.errstate(all="ignore"):
            passed = pull_back(seeds, through={source, *path})
    except GradientError:  # f has called backward itself
        return GradientPath(True, words, path=tuple(path))
    if source in passed and np.any(passed[source]):
        return GradientPath(True, words, path=tuple(path))
    blocks = [
        node
        for node in path
        if is_nonzero(passed.get(node)) and not any(is_nonzero(passed.get(p)) for p in node.parents if p in passed)
    ]
    cuts = tuple([cut_of(node, "passes a gradient of 0 to its operand", ZERO) for node in blocks])
    return GradientPath(True, f"{words}, but it is 0", cuts, tuple(path))


def is_nonzero(g: Any) -> bool:
    parts = g.values() if isinstance(g, Parts) else [g]
    return any(part is not None and np.any(part) for part in parts)


# -- words -------------------------------------------------------------------------------------------------------------------

ZERO = "look at the values there: a unit that is switched off (relu), a branch that is not taken (where), a saturated function"
PIECEWISE = "is piecewise constant, so that its derivative is 0"
ROUNDING = "to pass the gradient on as if nothing were rounded, write x + ag.stop_gradient(np.rint(x) - x)"
COMPARISON = "choose between values with np.where, or compare smoothly: ag.ops.sigmoid((a - b) / width)"
CHOOSING = "weight all elements instead: np.sum(ag.ops.softmax(scores) * values); or use the extremum itself, np.max(x)"

# operations -> what they do to a gradient, and what to write instead
CUTTING = {
    "detach": ("gives the value as a constant", "remove .detach() or ag.stop_gradient() if the gradient is meant to flow"),
    "astype": ("converts to whole numbers or booleans, which carry no gradient",
               "compute in a floating dtype, x.astype(float), and convert at the end"),
    "argmax argmin argsort argpartition searchsorted": ("gives positions, which carry no gradient", CHOOSING),
    "equal not_equal less less_equal greater greater_equal": (PIECEWISE, COMPARISON),
    "floor ceil trunc rint round around fix": (PIECEWISE, ROUNDING),
}  # fmt: skip
EXIT = (
    "left the record as plain numbers",
    "what is computed from them is not recorded: apply NumPy's functions, or those of ag, to the value itself",
)
WRITE = (
    "copied its numbers into another value, in place and without a record",
    "write outside of no_grad, into a value that was computed; or join values with ag.where, ag.stack or ag.concatenate",
)
OFF = (
    "was called under no_grad",
    "call it outside of `with ag.no_grad():`, or within `with ag.enable_grad():`",
)


def operation_of(node: Node) -> str:
    """What was called for a node; for one of several results, what gave them all."""
    call = node.inputs[0] if node.primitive is pick else node
    return call.primitive.name if call.primitive is not None else "a leaf"


def cut_of(node: Node, why: str, remedy: str) -> Cut:
    call = node.inputs[0] if node.primitive is pick else node
    line = None if call.about is None else call.about.line
    return Cut(operation_of(node), why, remedy, line, "" if node.scope is None else node.scope.path, node)


def cut_at(node: Node, position: int, tracer: Tracer) -> Cut:
    """The cut that a call makes between one of its inputs and its result."""
    if node in tracer.unrecorded:
        return cut_of(node, *OFF)
    name = operation_of(node)
    for names, (why, remedy) in CUTTING.items():
        if name in names.split():
            return cut_of(node, why, remedy)
    if node.primitive is not None and node.primitive.family == "fixed":
        return cut_of(node, PIECEWISE, "use a smooth function in its place, or state its derivative with ag.primitive")
    letter = "abcdefghijkl"[position : position + 1]
    return cut_of(
        node, f"has no derivative by its operand {letter}", "state one with ag.primitive, or compute it otherwise"
    )


def cut_by_leaving(node: Node, kind: str, line: Line | None) -> Cut:
    """The cut of a value that left the record as numbers."""
    why, remedy = WRITE if kind.startswith(("x[", "in-place", "out=")) else EXIT
    return Cut(kind, why, remedy, line, "" if node.scope is None else node.scope.path, node)
