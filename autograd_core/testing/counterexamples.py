"""What makes a failure one that a person can use: one entry of the Jacobian, the operation, the line, and code to run again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..debugging.lines import users_line
from ..errors import AutogradError
from ..modes import Mode, Switch, Witness
from ..primitive import Primitive, pick
from ..recording import Absent, Node, Value
from ..samples import Sample
from ..tensors import tensor
from ..trees import flatten
from .cases import plain, spelled
from .digits import derivative
from .levels import Slope
from .oracles import REFUSED, Finding, asked_again
from .reports import GradientMismatch, Report
from .verdicts import Contradicted, judge

LARGEST = 10_000
"""Operations on more numbers than this are not tried one by one."""


def explained(
    found: Contradicted,
    f: Callable[..., Any],
    args: list[Any],
    order: int,
    report: Report,
    is_right: Callable[..., bool],
    draw_to: Any = None,
) -> GradientMismatch:
    """The error for a contradiction: with the entry of the Jacobian, who is right to how many digits, the operation that is
    wrong, a drawing if one is wanted, the table, and a program to see it again.

    is_right   (f, *args) -> whether another function passes the same check
    """
    words, where = [found.words], None
    if found.mode is not None:
        off = entry(found.slope, found.mode, found.rtol)
        where = off.words if off.place else None
        words += [*([where] if where else []), by_digits(off, f)]
    try:
        operation = culprit(f, args, is_right)
    except AutogradError:
        operation = None
    if operation is not None:
        wrong = "the derivative that is wrong is" if found.mode is not None else "nothing can be said already of"
        words.append(f"{wrong} that of {operation}")
    if draw_to is not None:
        words.append(drawn(f, args, draw_to))
    words.append(f"{report}\nto see it again:\n\n{snippet(f, args, order)}")
    return GradientMismatch("\n".join(words), report, where, operation)


# -- the entry of the Jacobian --------------------------------------------------------------------------------------------


class Entry(NamedTuple):
    """A derivative that is off: of one element by another, where they could be told apart."""

    slope: Slope
    mode: str
    believed: Finding
    place: str = ""

    @property
    def words(self) -> str:
        return f"{self.place}: got {self.slope.gots[self.mode]:.15g}, {self.believed.words}"


def entry(slope: Slope, mode: str, rtol: float | None) -> Entry:
    """The entry that is off, found by leaving out ever more of both directions; if it is none alone, the whole and no place."""
    level, whole = slope.level, judge(slope, rtol).believed

    def error(us: list[Any], vs: list[Any]) -> float:
        part = Slope(level, us, vs)
        off = abs(part.gots[mode] - asked_again(part.line, whole.oracle).value)
        return off if np.isfinite(off) else np.inf

    i, k, unit = single_out(slope.vs, lambda some: error(level.cotangents, some))
    j, m, row = single_out(level.cotangents, lambda some: error(some, unit))
    part = Slope(level, row, unit)
    verdict = judge(part, rtol)
    if mode not in verdict.faults:
        return Entry(slope, mode, whole)
    result = list(paths(level.out, "y" if level.number == 1 else "gradient"))[j] + indexed(m)
    return Entry(part, mode, verdict.believed, f"{result} by {list(paths(level.args, 'args'))[i]}{indexed(k)}")


def indexed(index: Sequence[int]) -> str:
    return str(list(index)) if index else ""


def by_digits(off: Entry, f: Callable[..., Any]) -> str:
    """Which of autodiff and the oracle is right, and to how many digits; or why that cannot be told."""
    slope = off.slope
    level, cotangents = slope.level, [slope.us]
    while level.below is not None:
        level = level.below
        cotangents.insert(0, level.cotangents)
    try:
        exact = derivative(f, level.rebuild(level.base), cotangents[0], [*cotangents[1:], slope.vs])
    except (*REFUSED, AutogradError) as error:
        return f"which of them is right to more digits was not computed: {error}"
    return (
        f"mpmath gives {exact}: autodiff has {digits(slope.gots[off.mode], exact)} digits right, "
        f"{off.believed.name} {digits(off.believed.value, exact)}"
    )


def digits(given: float, exact: Any) -> int:
    """How many significant digits of a float are right: k, if it is off by no more than 5 in the digit after the k-th."""
    if given == exact:
        return 17
    off = abs((given - exact) / exact) if exact else abs(given)
    return max(0, min(17, int(-np.log10(float(off / 5))))) if np.isfinite(given) else 0


def single_out(parts: Sequence[Any], error: Callable[[list[Any]], float]) -> tuple[int, tuple[int, ...], list[Any]]:
    """The element of a direction that an error, linear in it, comes from: which part, its index, and the unit vector.

    Half of the elements are left out as long as there is more than one: a sum cannot be off unless one of its halves is.
    """
    places = [(i, index) for i, x in enumerate(parts) for index in np.ndindex(np.shape(x)) if np.asarray(x)[index] != 0]

    def only(kept: Sequence[Any]) -> list[Any]:
        masked = [np.zeros_like(x) for x in parts]
        for i, index in kept:
            masked[i][index] = np.asarray(parts[i])[index]
        return masked

    while len(places) > 1:
        halves = places[: len(places) // 2], places[len(places) // 2 :]
        places = max(halves, key=lambda half: error(only(half)))
    ((i, index),) = places
    unit, way = [np.zeros_like(x) for x in parts], np.asarray(parts[i])[index]
    unit[i][index] = way / np.abs(way) if np.iscomplexobj(way) else 1
    return i, index, unit


def paths(tree: Any, name: str) -> Iterator[str]:
    """How each leaf of a tree is reached, as Python writes it.

    >>> list(paths({"w": [1.0, 2.0], "b": 3.0}, "p"))
    ["p['w'][0]", "p['w'][1]", "p['b']"]
    """
    if isinstance(tree, dict):
        for key, part in tree.items():
            yield from paths(part, f"{name}[{key!r}]")
    elif isinstance(tree, (tuple, list)):
        for i, part in enumerate(tree):
            yield from paths(part, f"{name}[{i}]")
    elif tree is not None:
        yield name


def snippet(f: Callable[..., Any], args: Sequence[Any], order: int) -> str:
    """A program that shows the failure again, to be pasted: the arrays are written out."""
    name, lines = getattr(f, "as_program", None) or source_of(f)
    given = ", ".join(written(a) for a in args)
    first = ["import numpy as np", "from autograd_core.testing import check_grads"]
    return "\n".join([*first, *lines, f"check_grads({name}, {given}, order={order})"])


def source_of(f: Callable[..., Any]) -> tuple[str, list[str]]:
    """The name of a function in a program, and the lines that bring it there."""
    known = imported_as(f)
    if known is not None:
        return known[1], [f"from {known[0]} import {known[1]}"]
    return "f", [f"f = ...  # {getattr(f, '__qualname__', type(f).__name__)}, the function that was checked"]


def source_of_call(operation: Any, call: Sample, places: Sequence[int]) -> tuple[str, list[str]]:
    """The same of a call as a function of its arguments at some positions; other arguments and settings are written out."""
    name, lines = source_of(operation)
    letters = iter("abcdefghijklmnopqrstuvwxyz")
    given = {i: next(letters) if i in places else written(a) for i, a in enumerate(call.args)}
    settings = [f"{key}={written(value)}" for key, value in call.settings.items()]
    if len(places) == len(call.args) and not settings:
        return name, lines
    inputs = ", ".join(given[i] for i in places)
    return f"lambda {inputs}: {name}({', '.join([*given.values(), *settings])})", lines


def imported_as(f: Any) -> tuple[str, str] | None:
    """The module and name under which a function can be imported; None if it cannot."""
    module = f.module if isinstance(f, Primitive) else getattr(f, "__module__", None)
    for name, thing in vars(sys.modules.get(module or "", sys)).items():
        if thing is f and name.isidentifier() and module in sys.modules and module != "__main__":
            return str(module), name
    return None


def written(tree: Any) -> str:
    """An argument as Python code."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{k!r}: {written(v)}" for k, v in tree.items()) + "}"
    if isinstance(tree, (tuple, list)):
        inner = ", ".join(map(written, tree))
        return f"[{inner}]" if isinstance(tree, list) else f"({inner}{',' * (len(tree) == 1)})"
    if isinstance(tree, np.ndarray) and tree.size > 1000:
        return f"np.empty({tree.shape})"  # too long to read: to be filled by hand
    with np.printoptions(threshold=1001, floatmode="unique"):
        return spelled(tree)


class Noting(Witness):
    """Keeps every call with the line of the user's program that made it."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []

    def called(self, node: Node) -> None:
        node.describe().line = users_line()
        self.nodes.append(node)


class noting(Switch):
    """Within the block, calls are noted."""

    __slots__ = ("witness",)

    def __init__(self, witness: Noting) -> None:
        self.witness = witness

    def mode(self, now: Mode) -> Mode:
        return Mode(now.recording, True, self.witness)


def culprit(f: Callable[..., Any], args: Sequence[Any], is_right: Callable[..., bool]) -> str | None:
    """The first operation within f whose own derivative fails a check at the operands it had, and the user's line of it."""
    noted, here = Noting(), users_line()
    leaves, rebuild = flatten(list(args))
    with noting(noted):
        f(*rebuild([x if isinstance(x, Value) else tensor(x, requires_grad=True) for x in leaves]))
    for node in noted.nodes:
        primitive = node.primitive
        if primitive is None or primitive is pick or primitive.family == "fixed":
            continue
        operands = [plain(e.value if isinstance(e, Node) else e) for e in node.inputs]
        if any(isinstance(x, (Absent, tuple)) or np.size(x) > LARGEST for x in operands):
            continue
        if is_wrong(primitive, operands, node.settings or {}, is_right):
            line = node.about.line if node.about is not None else None
            within = line is not None and (here is None or line.code is not here.code)  # f may be the operation itself
            return primitive.name + (f"\n{line}" if within else "")
    return None


def is_wrong(primitive: Primitive, operands: list[Any], settings: Any, is_right: Callable[..., bool]) -> bool:
    places = [i for i, x in enumerate(operands) if primitive.differentiable(i) and np.asarray(x).dtype.kind in "fc"]

    def call(*data: Any) -> Any:
        filled = list(operands)
        for i, x in zip(places, data, strict=True):
            filled[i] = x
        return primitive(*filled, **settings)

    return not is_right(call, *[np.asarray(operands[i]) for i in places])


def drawn(f: Any, args: list[Any], path: Any) -> str:
    """Save a drawing; where that cannot be done, say why and go on."""
    from ..drawing import draw

    try:
        draw(f, *args).save(path)
    except (AutogradError, OSError) as error:
        return f"no drawing was saved: {error}"
    return f"drawn in {path}"
