"""The walk back: from outputs to what they were computed from, newest node first.

The chain rule is `_walk`: a node's cotangent is the sum over the paths by which it is used, and its primitive's pull-back
turns it into contributions to the cotangents of its parents.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, TypeAlias

import numpy as np

from .errors import GradientError, MutationError
from .live import Masks
from .memory import Clock
from .modes import Onlooker, current, set_grad_enabled
from .primitive import Parts
from .recording import Node, Value, Watch, frame, handle, in_numpy, wrapped
from .rules import BOTH, FIRST, MANY, zeros
from .scopes import BACKWARD, scope

Cotangents: TypeAlias = dict[Node, Any]

SPENT = Watch(spent=True)
SPENT_KEEP = Watch(keep=True, spent=True)
_by_age = attrgetter("serial")


def _count_of_one_owner() -> int:
    value: Any = np.zeros(1)
    return sys.getrefcount(value)


ONE_OWNER = _count_of_one_owner()


def ancestors(roots: Iterable[Node], stops: Collection[Node] = (), leaves: list[Node] | None = None) -> list[Node]:
    """The nodes to walk, newest first: what leads to the roots, without what lies behind `stops`.

    Leaves have nothing to be walked; they are appended to `leaves`, if given.
    """
    seen = set(stops)
    nodes: list[Node] = []
    for root in roots:
        if root.route is not None and root not in seen:
            seen.add(root)
            nodes.append(root)
    for node in nodes:  # grows while it is walked
        route: Any = node.route
        kind = route.kind
        if kind == BOTH:
            parent = node.first
            if parent.route is not None and parent not in seen:
                seen.add(parent)
                nodes.append(parent)
            parent = node.second
        elif kind == MANY:
            for parent in route.parents(node.first):
                if parent.route is not None and parent not in seen:
                    seen.add(parent)
                    nodes.append(parent)
            continue
        else:
            parent = node.first if kind == FIRST else node.second
        if parent.route is not None and parent not in seen:
            seen.add(parent)
            nodes.append(parent)
    if leaves is not None:
        found = dict.fromkeys([*roots, *[parent for node in nodes for parent in node.parents]])
        leaves.extend([node for node in found if node.route is None and node not in stops])
    nodes.sort(key=_by_age, reverse=True)
    return nodes


def pull_back(
    seeds: Mapping[Node, Any],
    stops: Collection[Node] = (),
    *,
    record: bool = False,
    retain: bool = True,
    kept: Cotangents | None = None,
    nodes: list[Node] | None = None,
    through: Collection[Node] = (),
    consume: bool = False,
) -> Cotangents:
    """The cotangents of the leaves and `stops` that the seeds reach; and of those it goes `through`, if asked.

    record   the walk itself is recorded, so that its results can be differentiated
    retain   keep what the rules need, for a further walk
    kept     receives the cotangents of nodes that are watched (retained, hooked, Scalars)
    consume  empty seeds and nodes on the way, so that what nobody else holds is freed as soon as it has been passed
    Complex cotangents travel conjugated, so that rules can state the plain derivative; callers conjugate at both ends.
    """
    if nodes is None:
        nodes = ancestors(seeds, stops)
    check_unwritten(nodes)
    witness = current().witness
    onlooker = None if witness is None else witness.walk(seeds)
    if not record:  # arrays alone record nothing, so there is no mode to change
        passing = emptied(nodes) if consume else nodes
        pending = seeds if consume and isinstance(seeds, dict) else dict(seeds)
        found = _walk(passing, pending, False, retain, kept, through, onlooker)
    else:
        with set_grad_enabled(True), scope("backward pass", BACKWARD):
            found = _walk(nodes, dict(seeds), True, retain, kept, through, onlooker)
    if onlooker is not None:
        onlooker.ended(found)
    return found


def emptied(nodes: list[Node]) -> Iterator[Node]:
    """The nodes in order, each held by nobody here once it is asked for the next."""
    nodes.reverse()
    while nodes:
        yield nodes.pop()


def _walk(
    nodes: Iterable[Node],
    pending: Cotangents,
    record: bool,
    retain: bool,
    kept: Cotangents | None,
    through: Collection[Node],
    onlooker: Onlooker | None,
) -> Cotangents:
    owned: set[Node] = set()  # nodes whose pending sum is a buffer of this walk, which may be added to in place
    masks = Masks()
    live = masks.live
    take = pending.pop
    passed: Cotangents = {}
    closely = partial(pull_closely, masks, pending, record, onlooker) if record or onlooker is not None else None

    for node in nodes:
        g = take(node, None)
        if g is None:
            continue
        if owned:
            owned.discard(node)
        if node.watch is not None:
            g = attend(node, g, retain, kept)
        elif not retain:
            node.watch = SPENT
        if through and node in through:
            passed[node] = g
        route: Any = node.route
        saved: Any = wrapped(node) if record else node
        contributions: Sequence[Any]
        try:
            if closely is not None:
                contributions = closely(node, saved, g)
            # a cut is a call like any other where no mask can reach beyond it
            elif (route.cut and (route.alert or (node.first.route is not None and node.first.route.carries))) or (
                live and (node in live or not live.keys().isdisjoint(node.parents))
            ):
                if route.pour is not None:
                    pour(pending, owned, masks, node, g)
                    if not retain:
                        node.x = node.z = node.y = None
                    continue
                contributions = masks.pull(node, saved, g, pending)
            else:
                contributions = route.pull(node, saved, g)
        except ArithmeticError:  # floats raise where arrays give inf
            if type(node.value) is not float:
                raise
            contributions = pull_numbers(node, saved, g)
        if not retain:
            node.x = node.z = node.y = None
        kind = route.kind
        if kind == BOTH:
            c, d = contributions
            parent = node.first
            if parent in pending:
                add(pending, owned, parent, c)
            else:
                pending[parent] = c
            parent = node.second
            if parent in pending:
                add(pending, owned, parent, d)
            else:
                pending[parent] = d
        elif kind == MANY:
            for parent, c in zip(route.parents(node.first), contributions, strict=True):
                if parent in pending:
                    add(pending, owned, parent, c)
                else:
                    pending[parent] = c
        else:
            parent = node.first if kind == FIRST else node.second
            if parent in pending:
                add(pending, owned, parent, contributions[0])
            else:
                pending[parent] = contributions[0]
    pending.update(passed)
    return pending


def add(pending: Cotangents, owned: set[Node], parent: Node, c: Any) -> None:
    """Add a contribution to what the other paths gave; in place, where the sum is a buffer of this walk."""
    total = pending[parent]
    if parent in owned:
        total += c
        return
    total = pending[parent] = total + c
    if type(total) is np.ndarray:
        owned.add(parent)


def pour(pending: Cotangents, owned: set[Node], masks: Masks, node: Node, g: Any) -> None:
    """Add a contribution to some elements of a parent: of what the other paths gave, if that is a buffer of this walk.

    Else a loop over n parts of a value would make, and add up, n arrays of the size of the whole.
    """
    route: Any = node.route
    parent = node.first
    if parent in owned and masks.whole(node):
        route.pour(pending[parent], g, **(node.settings or {}))
        return
    (c,) = masks.pull(node, node, g, pending)
    if parent in pending:
        add(pending, owned, parent, c)
    else:
        pending[parent] = c
        if type(c) is np.ndarray:
            owned.add(parent)


def pull_closely(
    masks: Masks, pending: Cotangents, record: bool, onlooker: Onlooker | None, node: Node, saved: Any, g: Any
) -> Sequence[Any]:
    """The contributions of one node, in a walk that is recorded or looked on at."""

    def step() -> Sequence[Any]:
        try:
            if record and node.primitive.definition is not None:  # type: ignore[union-attr]
                return through_definition(node, saved, g)
            return masks.pull(node, saved, g, pending)
        except ArithmeticError:
            if type(node.value) is not float:
                raise
            return pull_numbers(node, saved, g)

    return step() if onlooker is None else onlooker.back(node, g, step)


def attend(node: Node, g: Any, retain: bool, kept: Cotangents | None) -> Any:
    """Do what a node's watch asks for, and return its cotangent, which hooks may have replaced."""
    watch = node.watch
    assert watch is not None
    if watch.spent:
        raise GradientError(
            f"backward was already called through {node!r} (or failed on its way), and what it had saved was freed. Call the "
            f"first backward with retain_graph=True, or compute the value again"
        )
    if watch.hooks:
        g = run_hooks(watch, g, node)
    if kept is not None and watch.keep:
        kept[node] = g
    if not retain:
        node.watch = SPENT_KEEP if watch.keep else SPENT
    return g


def run_hooks(watch: Watch, g: Any, node: Node) -> Any:
    """Show a cotangent to each hook; what one returns replaces it."""
    for hook in list(watch.hooks.values()):
        if isinstance(g, Parts):
            g = shown_together(hook, g, node)
            continue
        with set_grad_enabled(isinstance(g, Value)):
            answer = hook(handle_of(conjugate(g)))
        if answer is not None:
            g = replaced(g, answer, node)
    return g


def shown_together(hook: Callable[[Any], Any], gs: Parts, node: Node) -> Parts:
    """The cotangents of several results as a hook leaves them, which is shown a tuple, with None for what nothing depends on."""
    places = range(len(node.value))
    with set_grad_enabled(any(isinstance(g, Value) for g in gs.values())):
        answers = hook(tuple([handle_of(conjugate(gs[i])) if i in gs else None for i in places]))
    if answers is not None:
        filled = gs.filled(node.value)
        gs = Parts(gs)
        gs.update((i, replaced(filled[i], new, node)) for i, new in enumerate(answers) if new is not None)
    return gs


def replaced(g: Any, answer: Any, node: Node) -> Any:
    """What a hook gave in place of a cotangent, checked and in the same form."""
    data = answer if isinstance(g, Value) else answer._data if isinstance(answer, Value) else np.asarray(answer)
    if np.shape(data) != np.shape(g):
        raise GradientError(f"a hook of {node!r} gave a gradient of shape {np.shape(data)} for one of {np.shape(g)}")
    if not isinstance(g, (float, Value)):
        if data.dtype.kind == "c" != g.dtype.kind:
            raise GradientError(f"a hook of {node!r} gave a complex gradient for one of dtype {g.dtype}")
        data = data.astype(g.dtype)
    elif type(g) is float:
        data = float(data)
    return conjugate(data)


def handle_of(g: Any) -> Any:
    """A cotangent as a value."""
    if isinstance(g, Value):
        return g
    return handle(g, None)


def conjugate(g: Any) -> Any:
    """The complex conjugate; the same object when it is real."""
    dtype = getattr(g, "dtype", None)
    return np.conj(g) if dtype is not None and dtype.kind == "c" else g


def pull_numbers(node: Node, saved: Any, g: Any) -> Sequence[Any]:
    """The contributions between Scalars in NumPy's arithmetic, which gives inf where that of floats raises."""
    route: Any = node.route
    with np.errstate(all="ignore"):
        contributions = route.pull(node, in_numpy(saved), np.float64(g) if isinstance(g, float) else g)
    return tuple([float(c) if type(c) is np.float64 else c for c in contributions])


def through_definition(node: Node, saved: Any, g: Any) -> list[Any]:
    """The contributions of a fused primitive, recorded: by way of its definition in terms of others."""
    route: Any = node.route
    with set_grad_enabled(True):
        y = route.primitive.definition(*frame(node, saved)[:-2], **(node.settings or {}))
    seeds = {y.node: g} if type(y) is not tuple else {y[i].node: part for i, part in g.items() if y[i].requires_grad}
    found = pull_back(seeds, node.parents, record=True)
    # taken out, since one parent may be several of the inputs, and what was found is the sum over all of them
    return [found.pop(p) if p in found else zeros(p.value) for p in node.parents]


def check_unwritten(nodes: list[Node], forward: bool = False) -> None:
    """Raise MutationError if a value that a rule needs was written in place after it was recorded.

    forward   look at what forward mode needs: all inputs, where an operation is applied to tangents itself
    """
    if not nodes or Clock.last_write < min(nodes[0].serial, nodes[-1].serial):
        return
    for node in nodes:
        route: Any = node.route
        every = route.every or (forward and route.primitive.family != "elementwise")
        sources = node.inputs if every else [node.inputs[i] for i in route.keeps if i >= 0]
        for source in (*sources, node) if -1 in route.keeps else sources:
            storage = source.storage if isinstance(source, Node) else None
            if storage is not None and storage.written > node.serial:
                raise MutationError(
                    f"{source!r} was written in place after {node!r} had been computed from it, so the gradient would be "
                    f"wrong. Call backward before the write, or write to a copy: x.clone()"
                )
