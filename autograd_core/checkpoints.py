"""`checkpoint`: what a function saved for the way back is computed again instead of being kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import update_wrapper
from types import MethodType
from typing import Any, Generic, ParamSpec, TypeVar, cast

import numpy as np

from .batches import apart, levels
from .calls import Form, cotangents_of, is_data, is_recorded, results_of, whole_of_owners
from .errors import GradientError
from .modes import current, no_grad
from .recording import Node, Scalar, Tensor, Value, tensor_of, unwrap
from .regions import Region, is_live, opened, source_of
from .rules import settle, zeros
from .scopes import scope
from .streams import Draws, drawing_again, listening
from .transforms import check_function
from .trees import flatten

P = ParamSpec("P")
R = TypeVar("R")

WHOLE = whole_of_owners("checkpoint")

PIECES = 64
"""Of about so many pieces of a result the sum is remembered."""


class First(Form):
    """The form of a checkpointed call, and what a second one must have in common with it.

    fields: `draws`, the generators it drew from; `sums` over its results
    """

    draws: Draws
    sums: list[Sums]


class checkpoint(Generic[P, R]):
    """The same function, which keeps its inputs only: the way back runs it again for all that its rules need.

    What lies between the input and the output of f takes memory while a walk is in f, and not before: a chain of n steps, of
    which √n at a time are one checkpointed function, needs memory for about 2 √n of them, and one more evaluation of each.
    Checkpoints nest. Both modes, any order; forward mode keeps nothing, and runs f as it is.

    What f closes over, such as the parameters of a module, is differentiated like its arguments. Random numbers come out the
    same if f draws from `ag.drawn_from(generator)`; the layers of `nn` do. Whatever else f does, as counting or printing, it does
    twice. To what follows, f is one operation: an element that a later `where` leaves out is a zero to f, not left out of it.

    Raises GradientError if f gives something else when it is run again, MutationError if what it closes over was changed in
    between.

    >>> import numpy as np, autograd_core as ag
    >>> block = ag.checkpoint(lambda x: np.tanh(np.sin(x) * x))
    >>> ag.grad(block)(0.0), ag.grad(ag.grad(block))(0.0)
    (0.0, 2.0)

    A. Griewank and A. Walther, "Algorithm 799: revolve", ACM TOMS 26 (2000).
    """

    def __init__(self, f: Callable[P, R]) -> None:
        check_function(f, "checkpoint")
        update_wrapper(self, f)
        self.f = f
        self.name: str = getattr(f, "__name__", type(f).__name__)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __call__(self, *args: P.args, **keywords: P.kwargs) -> R:
        mode = current()
        if not mode.plain or levels():  # nothing is recorded, or everything is to be; or the record lies below a vmap
            with scope(self.name, "composed"):
                return self.f(*args, **keywords)
        first = First(args, keywords)
        data = [x for x in flatten((args, keywords))[0] if is_data(x)]
        with listening() as first.draws:
            region = self.run(first, [source_of(x) if is_live(x) else x for x in data])
        closed = first.close_over(region.closed)
        if not closed and not any(map(is_live, data)):
            return cast(R, region.rebuild(region.outputs))
        results_of(region.outputs, self.name)
        results = [own(y) for y in region.outputs]
        first.sums = [Sums(y) for y in results]
        first.keep_result(region.rebuild(region.outputs))
        first.is_plain, first.owner = False, self
        scalars = [type(y) is Scalar for y in region.outputs]
        return cast(R, WHOLE.values([*data, *closed], results, first, mode, scalars=scalars))

    def run(self, first: First, data: Sequence[Any], keep: bool = False) -> Region:
        """The region of one run on the given data."""

        def body(data: Sequence[Any]) -> Any:
            args, keywords = first.arguments(data)
            return self.f(*args, **keywords)

        return Region(body, data, [x.node for x in data if is_live(x)], keep)

    def forward(self, first: Form, datas: Sequence[Any]) -> list[Any]:
        assert isinstance(first, First)
        args, keywords = first.arguments(datas[: len(first.places)])
        with no_grad(), drawing_again(first.draws):
            return unwrap(flatten(self.f(*args, **keywords))[0])

    def again(self, node: Node, saved: Any, keep: bool = False) -> tuple[Region, dict[int, Node]]:
        """The second run, checked to be like the first; and for each wanted input the node that stands for it."""
        first: First = node.settings["call"]  # type: ignore[index]
        first.check_unchanged()
        wanted = set(node.route.wanted)  # type: ignore[union-attr]
        data = []
        for i, (x, e) in enumerate(zip(saved.x, node.first, strict=True)):
            if i < len(first.places):
                constant = tensor_of(x, None) if isinstance(e, Node) and isinstance(x, (np.ndarray, np.generic)) else x
                data.append(source_of(x) if i in wanted else constant)
        with apart(), drawing_again(first.draws), opened(node.parents):
            region = self.run(first, data, keep)
        found = [Sums(own(y)) for y in region.outputs]
        alike = len(found) == len(first.sums) and all(map(Sums.alike, found, first.sums))
        if not alike or set(region.closed) != {source for source, _ in first.closed}:
            raise GradientError(
                f"{self.name} gave something else when its checkpoint ran it again. If it draws random numbers, let it draw from "
                f"ag.drawn_from(generator); else it depends on something that has changed since"
            )
        return region, {i: data[i].node if i < len(data) else node.first[i] for i in wanted}

    def pull(self, node: Node, saved: Any, g: Any) -> tuple[Any, ...]:
        region, targets = self.again(node, saved)
        found = region.pulled(cotangents_of(g, node), is_recorded(saved))
        parts = [found.get(targets[i]) for i in node.route.wanted]  # type: ignore[union-attr]
        return tuple(
            [zeros(p.value) if c is None else settle(c, p.value) for c, p in zip(parts, node.parents, strict=True)]
        )

    def push(self, node: Node, saved: Any, ts: Sequence[Any]) -> list[Any]:
        region, targets = self.again(node, saved, keep=True)
        found = region.pushed({targets[i]: t for i, t in enumerate(ts) if t is not None}, is_recorded(saved))
        ys = node.value if type(node.value) is tuple else (node.value,)
        return [zeros(y) if t is None else t for t, y in zip(found, ys, strict=True)]


def own(y: Any) -> Any:
    """A result of a run as an array or number; a copy where it shares memory with some other value."""
    if isinstance(y, Value):
        return np.array(y._data) if isinstance(y, Tensor) and y.storage is not None else y._data
    return y


class Sums:
    """What is remembered of a result, to tell whether it comes out the same again: sums over pieces of it, and their sizes."""

    def __init__(self, y: Any) -> None:
        flat = np.ravel(y)
        starts = np.arange(0, flat.size, max(1, flat.size // PIECES))
        exact = complex if flat.dtype.kind == "c" else float
        with np.errstate(all="ignore"):
            self.sums = np.add.reduceat(flat, starts, dtype=exact) if flat.size else np.zeros(0)
            sizes = np.add.reduceat(np.abs(flat), starts, dtype=float) if flat.size else np.zeros(0)
        self.shape = np.shape(y)
        self.tolerance = sizes * (10 * float(np.finfo(flat.dtype).eps) if flat.dtype.kind in "fc" else 0.0)

    def alike(self, other: Sums) -> bool:
        """Whether two results agree, up to rounding in another order."""
        if self.shape != other.shape:
            return False
        with np.errstate(all="ignore"):
            near = np.abs(self.sums - other.sums) <= other.tolerance
        return bool(np.all(near | np.isclose(self.sums, other.sums, rtol=0.0, atol=0.0, equal_nan=True)))
