"""Memory: when it was written and who looks at it; and what nobody can change later.

Nodes and writes are numbered by one count, `serials`: a graph younger than the last write anywhere need not look at its arrays.
"""

from __future__ import annotations

from _thread import allocate_lock as Lock  # half a millisecond less to import than threading
from itertools import count
from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np
from numpy import ndarray

if TYPE_CHECKING:
    from .primitive import Primitive

serials = count(1)

# Made and freed at once, untouched: the C library glibc then keeps up to twice as much freed memory for the next arrays. Else it
# returns most of it to the system at the end of each step, and a fifth of a small network's step is spent on getting it again.
np.empty(2**25 - 2**13, np.uint8)  # the largest block that it learns from has 32 MiB


class View(ref):  # type: ignore[type-arg]
    """A weak reference to a value over some memory, and how it was made as a view of another, if it was.

    source           a weak reference to the value that it was taken of
    made, settings   the primitive that took it
    place            which of the primitive's results it is; None if it is the only one
    """

    __slots__ = ("made", "place", "settings", "source")
    source: ref[Any] | None
    made: Primitive | None
    settings: dict[str, Any]
    place: int | None


class Storage:
    """Memory that a value shares with its views: when it was last written, and who looks at it.

    call   of one of several results of a call: what the node of the call knows of the memory of all
    """

    __slots__ = ("call", "handles", "limit", "written")

    def __init__(self) -> None:
        self.written = 0
        self.call: Storage | None = None
        self.handles: list[Any] = []  # a View for each value, oldest first; pruned when the list has doubled
        self.limit = 16

    def stamp(self) -> None:
        """Note that the memory has just been written."""
        self.written = Clock.stamp()
        if self.call is not None:
            self.call.written = self.written

    def add(self, value: Any, source: Any = None, made: Any = None, settings: Any = None, place: Any = None) -> None:
        """Note that a value looks at this memory, and how it was made as a view."""
        view = View(value)
        view.source = None if source is None else ref(source)
        view.made, view.settings, view.place = made, settings, place
        handles = self.handles
        handles.append(view)
        if len(handles) > self.limit:
            with Clock.lock:
                for i in reversed(range(len(handles))):  # in place: what other threads append meanwhile stays
                    if handles[i]() is None:
                        del handles[i]
                self.limit = 2 * len(handles) + 16


class Clock:
    """The serial of the last write in place by anybody: a graph younger than it need not look further."""

    last_write = 0
    lock = Lock()

    @classmethod
    def stamp(cls) -> int:
        """The serial of a write that happens now; in order, whatever other threads do."""
        with cls.lock:
            cls.last_write = next(serials)
            return cls.last_write


# -- constants ------------------------------------------------------------------------------------------------------------


def protected(constant: Any) -> Any:
    """A constant that nobody can change later: itself when it is read-only and owns its memory, else a copy."""
    if not isinstance(constant, ndarray):
        return constant
    flags = constant.flags
    if flags.owndata and not flags.writeable:
        return constant
    copy = constant.copy()
    copy.setflags(False)  # type: ignore[call-arg]  # half the cost of copy.flags.writeable = False
    return copy


IMMUTABLE = frozenset([int, float, complex, bool, str, type(None), slice, type(Ellipsis)])
"""The types of settings that nobody can change later."""


def unchanging(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings that nobody can change later: themselves, or a copy where they hold arrays or lists."""
    for value in settings.values():
        kind = type(value)
        if kind not in IMMUTABLE and not (kind is tuple and IMMUTABLE.issuperset(map(type, value))):
            return {name: frozen(value) for name, value in settings.items()}
    return settings


def frozen(value: Any) -> Any:
    """A setting that nobody can change later, as far as that is known of its type."""
    kind = type(value)
    if kind is tuple or kind is list:
        return kind([frozen(part) for part in value])
    if kind is dict:
        return {key: frozen(part) for key, part in value.items()}
    return protected(value)
