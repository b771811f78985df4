"""What mutations make of a rule: of what it gives, and of what it sees.

A change is called in place of a rule, with the rule: (right, node, saved, g) -> what the wrong one gives. Everything in it may be
recorded, or an example within a vmap.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...primitive import Parts
from ...recording import Frame, Node, Tensor, data_of
from ...reverse import conjugate
from .injection import Change, Right

# -- of what it gives --------------------------------------------------------------------------------------------------


def each(answer: Any, change: Callable[[Any], Any]) -> Any:
    """What a rule gave, changed: one array, or one for each input or result, some of them yet to be computed."""
    if isinstance(answer, Parts):
        return Parts({i: each(c, change) for i, c in answer.items()})
    if isinstance(answer, (list, tuple)):
        return type(answer)([each(c, change) for c in answer])
    if callable(answer):
        return lambda: each(answer(), change)
    return None if answer is None else change(answer)


def giving(change: Callable[[Any], Any]) -> Change:
    """A rule whose answer is changed."""
    return lambda right, node, saved, g: each(right(node, saved, g), change)


def with_partial(change: Callable[[Any], Any]) -> Change:
    """A rule whose answer is changed; of a partial derivative it is that itself, and not its product with g.

    change   made twice, it is undone
    """

    def wrong(right: Right, node: Any, saved: Any, g: Any) -> Any:
        if node is None:
            return change(right(node, saved, change(g)))
        return each(right(node, saved, g), change)

    return wrong


def reversed_last(c: Any) -> Any:
    return np.flip(c, -1) if getattr(c, "ndim", 0) else c


def transposed(c: Any) -> Any:
    return np.swapaxes(c, -1, -2) if getattr(c, "ndim", 0) > 1 else c


def without_last(c: Any) -> Any:
    """0 in place of the last element."""
    if getattr(c, "size", 1) < 2:
        return c
    kept = np.ones(c.shape, bool)
    kept[(-1,) * c.ndim] = False
    return np.where(kept, c, np.zeros((), c.dtype))


OTHERS = {"e": np.float32, "f": np.float64, "d": np.float32, "g": np.float64, "F": np.complex128, "D": np.complex64}


def in_other_dtype(c: Any) -> Any:
    return c.astype(OTHERS.get(c.dtype.char, np.complex128)) if hasattr(c, "dtype") and c.dtype.kind in "fc" else c


conjugated = with_partial(conjugate)
backwards = with_partial(reversed_last)


def twice_if_coarse(right: Right, node: Any, saved: Any, g: Any) -> Any:
    """A rule that is right for cotangents and tangents in double precision."""
    parts = [*g.values()] if isinstance(g, Parts) else g if isinstance(g, (list, tuple)) else [g]
    coarse = any(is_coarse(x) for x in parts)
    return each(right(node, saved, g), lambda c: c * 2 if coarse else c)


def is_coarse(x: Any) -> bool:
    kind = getattr(x, "dtype", np.dtype(float))
    return bool(kind.kind in "fc" and np.finfo(kind).eps > np.finfo(float).eps)


def with_whole_ties(right: Right, node: Any, saved: Any, g: Any) -> Any:
    """Each of those that tie gets all, and not its share."""
    c = right(node, saved, g)
    share = data_of(right(node, saved, 1.0 if type(g) is float else np.ones(g.shape, g.dtype)))
    tied = (share > 0) & (share < 1)
    if type(c) is float:
        return c / share if tied else c
    return np.where(tied, c / np.where(tied, share, 1), c)


# -- of what it sees ---------------------------------------------------------------------------------------------------


def seeing(change: Callable[[Any], Any]) -> Change:
    """A rule that sees changed values."""
    return lambda right, node, saved, g: right(node, seen(saved, change), g)


def seen(saved: Any, change: Callable[[Any], Any]) -> Any:
    """What a node saved, as a tuple or in slots, changed."""
    if isinstance(saved, (tuple, list)):
        return type(saved)([seen(v, change) for v in saved])
    if isinstance(saved, (Node, Frame)):
        made = Frame()
        made.x, made.z, made.y = [seen(v, change) for v in (saved.x, saved.z, saved.y)]
        return made
    return change(saved)


def seeing_constants(right: Right, node: Any, saved: Any, g: Any) -> Any:
    """A rule right in first order, with values that are not recorded: there is nothing to differentiate in it."""
    return right(node, saved if isinstance(saved, Node) else seen(saved, data_of), g)


def nudged(side: float) -> Change:
    """A rule that sees the next number on one side of each."""

    def move(x: Any) -> Any:
        data = x._data if isinstance(x, Tensor) else x
        if np.asarray(data).dtype.kind != "f":
            return x
        step = np.nextafter(data, np.asarray(side, np.asarray(data).dtype)) - data
        return x + (float(step) if type(data) is float else step)

    return seeing(move)


def with_setting(name: str, other: Callable[[Any, Any], Any]) -> Change:
    """A rule that sees another value of a setting: what `other` makes of the right one and of the first input."""

    def wrong(right: Right, node: Any, saved: Any, g: Any) -> Any:
        twin = Node()
        for slot in Node.__slots__:
            if slot != "__weakref__":
                setattr(twin, slot, getattr(node, slot))
        first = node.inputs[0]
        twin.settings = {
            **node.settings,
            name: other(node.settings[name], first.value if isinstance(first, Node) else first),
        }
        return right(twin, twin if saved is node else saved, g)

    return wrong


def next_axis(axis: Any, x: Any) -> Any:
    """The axis after the right one, around to the first; of several, each; of all, the first."""
    n = getattr(x, "ndim", 0)
    if n < 2:
        return axis
    if axis is None:
        return 0
    if isinstance(axis, (int, np.integer)):
        return (int(axis) + 1) % n
    moved = type(axis)([next_axis(k, x) for k in axis])
    return moved[:-1] if {*moved} == {k % n for k in axis} else moved


def without_tangent(i: int) -> Change:
    """The tangent of one input is not counted."""
    return lambda right, node, saved, ts: right(
        node, saved, [nothing(t) if k == i % len(ts) else t for k, t in enumerate(ts)]
    )


def without_cotangent(i: int) -> Change:
    """The cotangent of one result is not counted."""

    def wrong(right: Right, node: Any, saved: Any, parts: Any) -> Any:
        k = i % len(node.value)
        return right(node, saved, Parts({j: nothing(g) if j == k else g for j, g in parts.items()}))

    return wrong


def nothing(g: Any) -> Any:
    return each(g, lambda c: c * 0)


# -- of copies that are not summed ---------------------------------------------------------------------------------------


def counting_one_copy(right: Right, node: Any, saved: Any, g: Any) -> Any:
    """Of the copies of an input that was stretched, only the first has a cotangent."""
    shape = getattr(node.value, "shape", ())
    found = []
    for i, parent in enumerate(node.parents):
        own = getattr(parent.value, "shape", ())
        aligned = (1,) * (len(shape) - len(own)) + own
        first = np.zeros(shape, bool)
        first[tuple([slice(None) if n == m else slice(0, 1) for n, m in zip(aligned, shape, strict=True)])] = True
        found.append(right(node, saved, g if first.all() else np.where(first, g, np.zeros((), g.dtype)))[i])
    return tuple(found)


def giving_one_copy(place: int) -> Change:
    """The same, of a rule that leaves it to its family to sum over what was stretched."""

    def cut_down(c: Any, shape: tuple[int, ...]) -> Any:
        extra = getattr(c, "ndim", 0) - len(shape)
        if extra < 0 or getattr(c, "shape", ()) == shape:
            return c
        return c[(0,) * extra][tuple([slice(0, 1) if n == 1 else slice(None) for n in shape])]

    def wrong(right: Right, node: Any, saved: Any, g: Any) -> Any:
        return each(right(node, saved, g), lambda c: cut_down(c, getattr(node.inputs[place].value, "shape", ())))

    return wrong
