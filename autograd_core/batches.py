"""One example of a batch as a value, and the rules by which primitives compute all examples at once.

Within `vmap` a function sees a `Batched`: what it looks like is one example, what it holds is all of them, along its first
axis. A primitive called on one hands over to its batching rule, which calls primitives on what is held. So the record, if there
is one, lies below: it has ordinary nodes, and every transform of `vmap`, and `vmap` of every transform, is as good as any other
program. Levels tell the vmaps within each other apart; of two, the inner one's `Batched` holds the outer one's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count as counting
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from .errors import DeclarationError, GradientError, LeavingError, ShapeError
from .memory import Storage
from .recording import Node, Settings, Value
from .shapes import Shape, normal_axes

if TYPE_CHECKING:
    from .primitive import Primitive

Batching: TypeAlias = Callable[["Primitive", Sequence[Any], Sequence[bool], Settings], Any]
"""(primitive, inputs, which of them are batched along their first axis, settings) -> the results, batched likewise."""


depths = counting()


class Level:
    """One vmap that is running: how many examples it has, and how deep it lies, the deeper the later it began."""

    __slots__ = ("depth", "running", "size", "token")
    token: Any

    def __init__(self, size: int) -> None:
        self.size, self.depth, self.running = size, next(depths), True

    def __enter__(self) -> Level:
        self.token = _levels.set((*levels(), self))
        return self

    def __exit__(self, *error: object) -> None:
        _levels.reset(self.token)
        self.running = False

    @contextmanager
    def left(self) -> Iterator[None]:
        """Within the block each example is computed by itself: what runs there is not within this vmap."""
        token = _levels.set(tuple([level for level in levels() if level is not self]))
        self.running = False
        try:
            yield
        finally:
            self.running = True
            _levels.reset(token)


_levels: ContextVar[tuple[Level, ...]] = ContextVar("autograd_core vmap", default=())
levels = _levels.get


@contextmanager
def apart(*values: Any) -> Iterator[None]:
    """Within the block no vmap is running but those whose examples the given values are.

    For a user's code that is run on what lies below a vmap: to a transform there, an input is one and not an example of many.
    """
    if not levels():
        yield
        return
    token = _levels.set(tuple(sorted({level for x in values for level in levels_of(x)}, key=lambda level: level.depth)))
    try:
        yield
    finally:
        _levels.reset(token)


class Batched(Value):
    """One example of a batch: shape, dtype and arithmetic are those of the example; `value` holds all, the first axis counts."""

    __slots__ = ("__weakref__", "level", "storage", "value")
    storage: Storage | None

    def __init__(self, value: Any, level: Level) -> None:
        self.value, self.level, self.storage = value, level, None

    def share(self, view: Batched) -> None:
        """Note that another example may share memory with this one."""
        if self.storage is None:
            self.storage = Storage()
            self.storage.add(self)
        view.storage = self.storage
        self.storage.add(view)

    @property
    def shape(self) -> Shape:
        shape: Shape = self.value.shape
        return shape[1:]

    @property
    def ndim(self) -> int:
        return int(self.value.ndim) - 1

    @property
    def size(self) -> int:
        return prod(self.shape)

    @property
    def dtype(self) -> Any:
        return self.value.dtype

    @property  # type: ignore[misc]  # that of all examples: nobody sets it
    def node(self) -> Node | None:
        return self.value.node if isinstance(self.value, Value) else None

    @property
    def _data(self) -> Any:
        raise leaving(self, "this operation", "Keep what is the same for all examples out of the batch by in_axes=None")


def leaving(x: Batched, asked: str, remedy: str) -> LeavingError:
    """The error for what takes the numbers out of one example of a batch."""
    return LeavingError(
        f"vmap: {asked} needs the numbers of one example (shape {x.shape}), but all {x.level.size} are computed at once, and may "
        f"differ. {remedy}"
    )


# -- from one example to all and back ----------------------------------------------------------------------------------------


def bare(x: Any) -> Any:
    """What holds all examples of all levels; anything else as it is."""
    while type(x) is Batched:
        x = x.value
    return x


def levels_of(x: Any) -> tuple[Level, ...]:
    """The levels that a value is batched in, outermost first."""
    found: list[Level] = []
    while type(x) is Batched:
        found.append(x.level)
        x = x.value
    return tuple(reversed(found))


def lowered(x: Any, at: Sequence[Level]) -> Any:
    """All examples of the given levels as one value, whose first axes count them; broadcast where it is not batched."""
    for level in reversed(at):
        x = _lowered(x, level)
    return x


def _lowered(x: Any, level: Level) -> Any:
    if type(x) is Batched:
        if x.level is level:
            return x.value
        if x.level.depth > level.depth:
            return Batched(np.swapaxes(_lowered(x.value, level), 0, 1), x.level)
    return np.broadcast_to(x, (level.size, *np.shape(x)))


def raised(x: Any, at: Iterable[Level]) -> Any:
    """The reverse of `lowered`: one example of a value whose first axes count the examples of the given levels."""
    for level in at:
        x = _raised(x, level)
    return x


def _raised(x: Any, level: Level) -> Any:
    if type(x) is Batched and x.level.depth > level.depth:
        return Batched(_raised(np.swapaxes(x.value, 0, 1), level), x.level)
    return Batched(x, level)


def beneath(function: Callable[[Any], Any], x: Any) -> Any:
    """A function applied to what holds all examples, its result as one example again."""
    return Batched(beneath(function, x.value), x.level) if type(x) is Batched else function(x)


# -- calls -------------------------------------------------------------------------------------------------------------------


def batched_call(made: Primitive, args: Sequence[Any], settings: Settings) -> Any:
    """The result of a primitive for one example, computed for all of them by its batching rule."""
    level: Any = None
    for a in args:
        if type(a) is Batched and (level is None or a.level.depth > level.depth):
            level = a.level
    if not level.running:
        raise GradientError(
            f"{made.name} was given an example of a vmap that has ended, or that a custom function closes over: return values "
            f"from the function instead of storing them, and pass them to custom functions as arguments"
        )
    xs, batched = [], []
    for a in args:
        ours = type(a) is Batched and a.level is level
        xs.append(a.value if ours else a)
        batched.append(ours)
    try:
        y = made.batch(made, xs, batched, settings)
    except Exception:
        made.call(*example(xs, batched, 0), **settings)  # its error speaks of the shapes that the user sees
        raise
    return tuple([Batched(part, level) for part in y]) if type(y) is tuple else Batched(y, level)


def example(xs: Sequence[Any], batched: Sequence[bool], i: int) -> list[Any]:
    """The inputs of one example."""
    return [x[i] if b else x for x, b in zip(xs, batched, strict=True)]


def count(xs: Sequence[Any], batched: Sequence[bool]) -> int:
    """How many examples there are."""
    return next(int(x.shape[0]) for x, b in zip(xs, batched, strict=True) if b)


def looped(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    """One example after the other: right for every primitive."""
    n = count(xs, batched)
    if n == 0:
        raise ShapeError(
            f"vmap over no examples: {made.name} has no batching rule that could tell the shape of its result"
        )
    results = [made.call(*example(xs, batched, i), **settings) for i in range(n)]
    if type(results[0]) is tuple:
        return tuple([stacked(made, parts) for parts in zip(*results, strict=True)])
    return stacked(made, results)


def stacked(made: Primitive, results: Sequence[Any]) -> Any:
    """The results of the examples as one; raises ShapeError if their shapes differ."""
    shapes = {np.shape(y) for y in results}
    if len(shapes) > 1:
        raise ShapeError(
            f"vmap: the results of {made.name} have different shapes for different examples, {' and '.join(map(str, shapes))}: "
            f"choose with ag.where instead"
        )
    return np.stack(results)


def aligned(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    """The call itself, where it broadcasts its inputs over leading axes: the examples are brought to one number of axes."""
    if len(xs) > 1:
        ndims = [(x.ndim if hasattr(x, "ndim") else np.ndim(x)) - b for x, b in zip(xs, batched, strict=True)]
        most = max(ndims)
        if min(ndims) != most:
            xs = [widened(x, most) if b else x for x, b in zip(xs, batched, strict=True)]
    return made.call(*xs, **settings)


def widened(x: Any, ndim: int) -> Any:
    """All examples with new axes of length 1 in front of each example's, up to a number of axes."""
    missing = ndim + 1 - x.ndim
    return x if missing <= 0 else np.reshape(x, (x.shape[0], *[1] * missing, *x.shape[1:]))


def along_axes(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    """The call with its setting `axis` counted from the first axis of the examples; None means all of an example's.

    Inputs after the first broadcast against it.
    """
    a, *others = all_batched(xs, batched)
    others = [widened(x, a.ndim - 1) for x in others]
    axis = axis_of(made, settings)
    if axis is not None and a.ndim == 1:
        return looped(made, xs, batched, settings)  # NumPy gives some axes of a single number a meaning
    axes = tuple([i + 1 for i in normal_axes(axis, a.ndim - 1)])
    return made.call(a, *others, **{**settings, "axis": axes[0] if isinstance(axis, int) else axes})


def axis_of(made: Primitive, settings: Settings) -> Any:
    """The setting `axis` of a call, given or by default."""
    return settings["axis"] if "axis" in settings else made.forward.__kwdefaults__["axis"]  # type: ignore[index]


def along_one_axis(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    """As `along_axes`, where None means the flattened array."""
    (a,) = xs
    if axis_of(made, settings) is not None:
        return along_axes(made, xs, batched, settings)
    shape = a.shape
    y = made.call(np.reshape(a, (shape[0], prod(shape[1:]))), **{**settings, "axis": 1})
    return np.reshape(y, (shape[0], *[1] * (a.ndim - 1))) if settings.get("keepdims") else y


def together(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
    """The call itself, where it takes any leading axes that all its inputs have."""
    return made.call(*all_batched(xs, batched), **settings)


def all_batched(xs: Sequence[Any], batched: Sequence[bool]) -> list[Any]:
    """The inputs, those that are the same for all examples repeated for each."""
    n = count(xs, batched)
    return [x if b else np.broadcast_to(x, (n, *np.shape(x))) for x, b in zip(xs, batched, strict=True)]


KINDS: dict[str | None, Batching] = {
    None: looped, "leading": aligned, "together": together, "axes": along_axes, "axis": along_one_axis,
}  # fmt: skip


def batching(batch: Batching | str | None, name: str) -> Batching:
    """The batching rule for what a declaration says."""
    if callable(batch):
        return batch
    if batch not in KINDS:
        raise DeclarationError(
            f"batch={batch!r} of {name}: give a rule, or one of {', '.join(repr(k) for k in KINDS if k)}; "
            f"without it vmap calls the primitive for one example after the other"
        )
    return KINDS[batch]


def with_settings(change: Callable[..., Settings]) -> Batching:
    """The rule of a primitive of one input that computes a whole batch with other settings.

    change   (shape of an example, **settings) -> the settings for all examples, the first axis counting them
    """

    def rule(made: Primitive, xs: Sequence[Any], batched: Sequence[bool], settings: Settings) -> Any:
        (a,) = xs
        return made.call(a, **{**settings, **change(a.shape[1:], **settings)})

    return rule
