"""The first NaN or infinity: where it arose, on the way to a result or in its derivative.

Whether an anomaly matters is known only afterwards: a `where` may leave it out, in its value and in its gradient. So nothing is
raised when it arises, but where it has arrived: in a value that a walk starts from, that leaves the record or that is left over
at the end of the block; or in a gradient that a walk ends with. From there it is traced back to where it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

import numpy as np

from ..errors import AnomalyError
from ..modes import Mode, Onlooker, Switch, Witness, current
from ..primitive import Parts, pick
from ..recording import Absent, Node, Value, numbers_of
from .lines import users_line
from .remedies import SLOPE, VALUE, remedy_for


class detect_anomaly(Switch):
    """Within the block, the first NaN or infinity that reaches a result or a gradient is an AnomalyError; also a decorator.

    inf   whether infinities count; False for code that computes with them, such as sums of logarithms

    The error names the operation, its operands, the element, the line of the program and a remedy, if one is known; see its
    fields. What a `where` or another choice leaves out does no harm and is not reported, nor are infinities that were given as
    constants. Everything is recorded with every value, so this is for looking for a mistake and not for long trainings.

    >>> import numpy as np, autograd_core as ag
    >>> with np.errstate(divide="ignore"), ag.detect_anomaly():
    ...     ag.grad(lambda p: -np.sum(np.log(p)))(np.array([0.5, 0.0]))
    Traceback (most recent call last):
    ...
    autograd_core.errors.AnomalyError: the value of log became -inf at [1], 1 of 2 elements
      File "<doctest autograd_core.debugging.anomalies.detect_anomaly[1]>", line 2, in <lambda>
        np.log(p)
      a: float64 (2,), 0.0 at [1]
      remedy: the logarithm of 0 is -inf; leave such elements out, which cuts their gradient too: np.where(x > 0, np.log(x), \
0.0). For probabilities, ag.ops.log_softmax of the scores or ag.ops.softplus is exact where they round to 0
    """

    __slots__ = ("inf",)

    def __init__(self, inf: bool = True) -> None:
        self.inf = inf

    def mode(self, now: Mode) -> Mode:
        return Mode(now.recording, True, Detector(self.inf))

    def __exit__(self, *error: object) -> None:
        detector = current().witness
        super().__exit__(*error)
        if error[0] is None and isinstance(detector, Detector):
            detector.check_rest()


@dataclass
class Culprit:
    """What made an anomaly: a call or its derivative, or something that was given."""

    kind: str  # "value", "gradient" or "tangent"
    node: Node
    result: Any  # the value, gradient or tangent that is anomalous
    input: int | None = None
    coming: Any = None  # the gradient or tangent that came in
    given: str = ""  # how it came in, if no call made it: a key of GIVEN
    line_of: Node | None = None  # the call whose line is shown, if not the node itself


class Detector(Witness):
    """Follows anomalies through the calls and walks of one block."""

    def __init__(self, inf: bool) -> None:
        self.inf = inf
        self.rest: WeakSet[Node] = WeakSet()  # anomalous, and used by no other call so far
        self.derived: Node | None = None  # the node whose derivative is being computed

    def bad(self, value: Any) -> Any:
        """Where a value is NaN, or infinite if that counts."""
        return np.isnan(value) if not self.inf else ~np.isfinite(value)

    def is_bad(self, value: Any) -> bool:
        """Whether any element of a value, or of several, is NaN, or infinite if that counts."""
        return any(np.any(self.bad(array)) for array in arrays(value))

    def called(self, node: Node) -> None:
        line = users_line() if self.derived is None or self.derived.about is None else self.derived.about.line
        node.describe().line = line
        sources = [e.first if e.primitive is pick else e for e in node.inputs if isinstance(e, Node)]
        if (
            node.primitive is not None and node.primitive.family != "fixed"
        ):  # a question about a value does not use it up
            self.rest.difference_update(sources)
        if self.is_bad(node.value):
            self.rest.add(node)

    def left(self, value: Value, kind: str) -> None:
        if value.node is not None and value.node.serial:
            self.check_values([value.node])

    def walk(self, seeds: Mapping[Node, Any]) -> Onlooker | None:
        if self.derived is not None:
            return None  # within the derivative of one operation, whose result is looked at
        self.check_values(seeds)
        return Steps(self, seeds)

    def check_rest(self) -> None:
        self.check_values(sorted(self.rest, key=lambda node: node.serial))

    def check_values(self, nodes: Any) -> None:
        """Raise AnomalyError if one of the values is anomalous, unless that comes from infinite constants alone."""
        found = [culprit for node in nodes for culprit in self.origins(node)]
        if found:
            raise explained(min(found, key=lambda culprit: culprit.node.serial), self)

    def origins(self, root: Node) -> list[Culprit]:
        """The calls and leaves from which an anomaly of a value comes."""
        found: list[Culprit] = []
        todo = [root] if self.is_bad(root.value) else []
        used_by = dict.fromkeys(todo, root)
        while todo:
            node = todo.pop()
            if node.route is None:
                if has_nan(node.value) or node.requires_grad:
                    found.append(Culprit(VALUE, node, node.value, given="leaf", line_of=used_by[node]))
                continue
            bad = [(i, e) for i, e in enumerate(node.inputs) if self.is_bad(e.value if isinstance(e, Node) else e)]
            alike = (
                [(i, e) for i, e in bad if has_nan(e.value if isinstance(e, Node) else e)]
                if has_nan(node.value)
                else bad
            )
            if not alike:
                found.append(Culprit(VALUE, node, node.value))
            for i, e in bad:
                if not isinstance(e, Node):
                    if has_nan(e):
                        found.append(Culprit(VALUE, node, e, i, given="constant"))
                elif e not in used_by:
                    used_by[e] = node
                    todo.append(e)
        return found


class Steps:
    """Follows anomalies through one walk: from the step that made them to the gradients or tangents at its end."""

    def __init__(self, detector: Detector, seeds: Mapping[Node, Any]) -> None:
        self.detector = detector
        self.blamed: dict[Node, Culprit] = {}  # of the gradient or tangent at a node; in the order of the walk
        for node, seed in seeds.items():
            if detector.is_bad(seed):
                self.blamed[node] = Culprit("gradient", node, seed, given="seed")

    def run(self, node: Node, step: Callable[[], Any]) -> Any:
        self.detector.derived = node
        try:
            return step()
        finally:
            self.detector.derived = None

    def back(self, node: Node, g: Any, step: Callable[[], Sequence[Any]]) -> Sequence[Any]:
        contributions: Sequence[Any] = self.run(node, step)
        came = self.coming(node, g)
        wanted = node.route.wanted if node.route is not None else ()
        for position, parent, c in zip(wanted, node.parents, contributions, strict=True):
            if self.detector.is_bad(c):
                self.blamed.setdefault(parent, came or Culprit("gradient", node, c, position, g))
        return contributions

    def ahead(self, node: Node, tangents: Sequence[Any], step: Callable[[], Any]) -> Any:
        t = self.run(node, step)
        if self.detector.is_bad(t):
            known = [self.blamed[e] for e in node.inputs if isinstance(e, Node) and e in self.blamed]
            coming = [given for given in tangents if given is not None]
            self.blamed[node] = known[0] if known else Culprit("tangent", node, t, coming=coming[0])
        return t

    def coming(self, node: Node, g: Any) -> Culprit | None:
        """Who is to blame for a gradient that is anomalous before its step; not a call if it became so in between."""
        if not self.detector.is_bad(g):
            return None
        return self.blamed.get(node) or Culprit("gradient", node, g, given="sum")

    def ended(self, found: Mapping[Node, Any]) -> None:
        for node, g in found.items():
            if self.detector.is_bad(g) and node not in self.blamed:
                self.blamed[node] = Culprit("gradient", node, g, given="sum")
        for node, culprit in self.blamed.items():
            if self.detector.is_bad(found.get(node)):
                raise explained(culprit, self.detector)


def arrays(value: Any) -> list[Any]:
    """What a value, gradient or tangent consists of, as far as it is known and could be NaN."""
    if isinstance(value, Parts):
        return arrays(tuple(value.values()))
    if type(value) is tuple:
        return [array for part in value for array in arrays(part)]
    data = numbers_of(value)
    known = isinstance(data, (float, complex, np.ndarray, np.generic))
    return [np.asarray(data)] if known and np.asarray(data).dtype.kind in "fc" else []


def has_nan(value: Any) -> bool:
    return any(np.any(np.isnan(array)) for array in arrays(value))


# -- words -------------------------------------------------------------------------------------------------------------------


def explained(culprit: Culprit, detector: Detector) -> AnomalyError:
    """The error for what made an anomaly."""
    node, made = culprit.node, culprit.node.primitive
    result = next(array for array in arrays(culprit.result) if np.any(detector.bad(array)))
    mask = detector.bad(result)
    index = tuple(int(i) for i in np.argwhere(mask)[0])
    number, count = result[index], int(np.sum(mask))
    about = (culprit.line_of or node).about
    line = None if about is None else about.line
    scope = "" if node.scope is None else node.scope.path
    name = named(node) if made is None else made.name
    where = "" if np.ndim(result) == 0 else f" at {list(index)}, {count} of {np.size(result)} elements"

    lines = [headline(culprit, name, f"{spelled(number)}{where}")]
    lines += [str(line)] if line is not None else []
    lines += [f"  in {scope}"] if scope else []
    remedy = None
    if made is not None and not culprit.given:
        operands = [e.value if isinstance(e, Node) else e for e in node.inputs]
        close = [element(a, index, result, made.family) for a in operands]
        for letter, a, at in zip("abcdefghijkl", operands, close, strict=False):
            lines.append(f"  {letter}: {described(a, at, index)}")
        for coming in arrays(culprit.coming)[:1]:
            at = element(coming, index, result, made.family)
            lines.append(f"  the {culprit.kind} that came in: {described(coming, at, index)}")
        whole = made.family != "elementwise"
        near = [a if whole or at is None else at for a, at in zip(operands, close, strict=True)]
        if not any(isinstance(a, (Absent, tuple)) or a is None for a in near):
            of = VALUE if culprit.kind == "value" else SLOPE
            remedy = remedy_for(node, near, of, number, arrays(culprit.coming))
    if remedy is None and culprit.given:
        remedy = GIVEN[culprit.given]
    lines += [f"  remedy: {remedy}"] if remedy else []
    return AnomalyError(
        "\n".join(lines), kind=culprit.kind, node=node, input=culprit.input, index=index, count=count, line=line, scope=scope,
        remedy=remedy,
    )  # fmt: skip


GIVEN = {
    "leaf": "it was so before anything was computed: look at where its numbers come from, such as an earlier update",
    "constant": "missing values: np.nansum and its kin leave them out, or fill them before: np.where(np.isnan(x), 0.0, x)",
    "seed": "it was given so",
    "sum": "it is the sum over the uses of this value, or was changed by a hook: look at what comes from its uses",
}


def headline(culprit: Culprit, name: str, what: str) -> str:
    """The first line of an error: what became NaN or infinite, and where."""
    if culprit.given == "leaf":
        return f"{name} is {what}"
    if culprit.given == "constant":
        return f"operand {'abcdefghijkl'[culprit.input or 0]} of {name}, a constant, is {what}"
    if culprit.kind == "value":
        return f"the value of {name} became {what}"
    if culprit.given:
        return f"the {culprit.kind} of the result of {name} is {what}"
    if culprit.kind == "tangent":
        return f"the tangent of {name} became {what}"
    return f"the gradient of {name} by its operand {'abcdefghijkl'[culprit.input or 0]} became {what}"


def named(node: Node) -> str:
    """A leaf in words."""
    return f"the input {node.name!r}" if node.name else "an input" if node.requires_grad else "a constant"


def spelled(number: Any) -> str:
    return "NaN" if np.isnan(number) else str(np.asarray(number).item())


def element(a: Any, index: tuple[int, ...], result: Any, family: str) -> Any:
    """The element of an operand that belongs to an element of a result; None where that cannot be said."""
    if isinstance(a, (Absent, tuple, Parts)) or a is None:
        return None
    shape, target = np.shape(a), np.shape(result)
    if shape != target:
        fits = family == "elementwise" and len(shape) <= len(target)
        if not fits or any(n not in (1, m) for n, m in zip(shape[::-1], target[::-1], strict=False)):
            return None
        index = tuple(0 if n == 1 else i for n, i in zip(shape, index[len(index) - len(shape) :], strict=True))
    return np.asarray(a)[index]


def described(a: Any, at: Any, index: tuple[int, ...]) -> str:
    """An operand in words: dtype, shape, and its element in question."""
    if isinstance(a, tuple):
        return f"{len(a)} values"
    if np.ndim(a) == 0 and not isinstance(a, Absent):
        return str(np.asarray(a).item())
    words = f"{a.dtype} {tuple(np.shape(a))}" if hasattr(a, "dtype") else f"{np.asarray(a).dtype} {np.shape(a)}"
    if at is None:
        return words
    place = f" at {list(index)}" if np.ndim(a) == len(index) else ""
    return f"{words}, {np.asarray(at).item()}{place}"
