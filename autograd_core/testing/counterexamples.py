"""What makes a failure one that a person can use: one entry of the Jacobian, the operation, the line, and code to run again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ..debugging.lines import users_line
from ..modes import Mode, Switch, Witness
from ..primitive import Primitive, pick
from ..recording import Absent, Node, Value
from ..tensors import tensor
from ..trees import flatten
from .cases import plain, spelled

LARGEST = 10_000
"""Operations on more numbers than this are not tried one by one."""


def single_out(parts: Sequence[Any], error: Callable[[list[Any]], float]) -> tuple[int, tuple[int, ...], list[Any]]:
    """The element of a direction that an error, linear in it, comes from: which part, its index, and the unit direction.

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
    unit = [np.zeros_like(x) for x in parts]
    unit[i][index] = np.asarray(parts[i])[index] / np.abs(np.asarray(parts[i])[index])
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
    known = imported_as(f)
    given = ", ".join(written(a) for a in args)
    lines = ["import numpy as np", "from autograd_core.testing import check_grads"]
    lines += [f"from {known[0]} import {known[1]}"] if known else []
    name = known[1] if known else "f"
    if not known:
        lines.append(f"f = ...  # {getattr(f, '__qualname__', type(f).__name__)}, the function that was checked")
    return "\n".join([*lines, f"check_grads({name}, {given}, order={order})"])


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
        return Mode(now.recording, True, now.scope, self.witness)


def culprit(f: Callable[..., Any], args: Sequence[Any], check: Callable[..., Any]) -> str | None:
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
        if fails(primitive, operands, node.settings or {}, check):
            line = node.about.line if node.about is not None else None
            within = line is not None and (here is None or line.code is not here.code)  # f may be the operation itself
            return primitive.name + (f"\n{line}" if within else "")
    return None


def fails(primitive: Primitive, operands: list[Any], settings: Any, check: Callable[..., Any]) -> bool:
    places = [i for i, x in enumerate(operands) if primitive.differentiable(i) and np.asarray(x).dtype.kind in "fc"]

    def call(*data: Any) -> Any:
        filled = list(operands)
        for i, x in zip(places, data, strict=True):
            filled[i] = x
        return primitive(*filled, **settings)

    try:
        check(call, *[np.asarray(operands[i]) for i in places])
    except AssertionError:
        return True
    return False
