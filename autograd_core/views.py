"""Views under recorded writes: a value that gets a new one passes it on to what it is a view of, and to all views of that.

NumPy's views share memory, so that a write to one is seen through all. What is recorded is never overwritten: a write makes a new
value. So the write goes up, from a view to the value it was taken of, as that value with the new elements put in place; and from
there down again, to every view, which is taken anew. All handles then stand for what NumPy's arrays would hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .errors import MutationError
from .families.general import share
from .memory import View
from .primitives import indexing
from .recording import Tensor


def relatives(self: Tensor) -> Iterator[tuple[Tensor, View]]:
    """The other live handles of the memory of a value, oldest first, with how each was made."""
    for view in list(self.storage.handles) if self.storage is not None else ():
        other = view()
        if other is not None and other is not self and np.may_share_memory(other._data, self._data):
            yield other, view


def origin(self: Tensor) -> View | None:
    """How a value was made as a view of one that is still there; None if it was not."""
    for view in self.storage.handles if self.storage is not None else ():
        if view() is self and view.source is not None and view.source() is not None:
            return view  # type: ignore[no-any-return]
    return None


def renew(self: Tensor, y: Tensor, asked: str) -> None:
    """Let a handle stand for a new value, and with it all handles that look at the same memory.

    Raises MutationError, with nothing changed, for a leaf that requires a gradient, and for handles that were not made by an
    operation that could be done again, such as those of `detach`.
    """
    root = self
    while (view := origin(root)) is not None:
        above: Any = view.source
        y = put_back(above(), view, root, y, asked)
        root = above()
    if root.is_leaf and root.requires_grad:
        raise MutationError(
            f"{asked} would overwrite a leaf that requires a gradient. To update it write inside `with ag.no_grad():`; to go on "
            f"with the changed value write x = x + ..., or write to a copy, x = x.clone()"
        )
    dependent = list(relatives(root))
    renewed = {id(root)}
    for other, view in dependent:
        if view.source is None or id(view.source()) not in renewed or view.made is None:
            raise MutationError(
                f"{asked} would have to change another value over the same memory (shape {other.shape}), no view of it or one "
                f"taken in several steps. Write x = x + ... to make a new value, index in one step (x[i, j] instead of "
                f"x[i][j]), or take a copy before: x.clone()"
            )
        renewed.add(id(other))
    take(root, y)
    for other, view in dependent:
        source: Any = view.source() if view.source is not None else None
        made: Any = view.made
        again = made.call(source, **view.settings)
        take(other, again if view.place is None else again[view.place])
        share(source, other, view.made, view.settings, view.place)


def take(self: Tensor, y: Tensor) -> None:
    self._data, self.node = y._data, y.node
    self.storage = None  # not that of y, which lists y among its handles, but not this one


def put_back(source: Tensor, view: View, self: Tensor, y: Tensor, asked: str) -> Tensor:
    """The value that a view was taken of, with the elements of the view replaced."""
    made: Any = view.made
    if made is None or made.family != "layout" or not self._data.flags.writeable:
        raise MutationError(
            f"{asked} would have to change the value it shares its memory with (shape {source.shape}), which cannot be recorded. "
            f"Write to a copy: x.clone()"
        )
    if made is indexing.gather:
        return indexing.put(source, y, index=view.settings["index"])  # type: ignore[no-any-return]
    places = made.forward(np.arange(source.size).reshape(source.shape), **view.settings)
    places = places if view.place is None else places[view.place]
    flat = indexing.put(np.reshape(source, -1), np.reshape(y, -1), index=np.ravel(places))
    return np.reshape(flat, source.shape)  # type: ignore[return-value]


def is_own_view(self: Tensor, index: Any, value: Any) -> bool:
    """Whether a value is self[index], still up to date: what Python assigns at the end of `self[index] += ...`."""
    if not isinstance(value, Tensor) or (view := origin(value)) is None or view.source() is not self:  # type: ignore[misc]
        return False
    return view.made is indexing.gather and bool(plain(view.settings["index"]) == plain(index))


def plain(index: Any) -> Any:
    """An index without arrays as something to compare; a view is made by no other."""
    parts = index if isinstance(index, tuple) else (index,)
    return object() if any(isinstance(part, np.ndarray) for part in parts) else parts
