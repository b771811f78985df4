"""Writing: in place while nothing is recorded, and under the same handle to a new value while something is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from . import dispatch
from .batches import Batched
from .errors import BoundsError, DTypeError, MutationError, ShapeError
from .families.general import storage_of
from .leaving import let_go
from .memory import Clock
from .modes import current
from .primitives import creation, indexing, layouts
from .recording import Array, Tensor, Value, kept
from .views import is_own_view, relatives, renew


def writable(self: Tensor) -> Array:
    """The array of a tensor that is about to be written in place; the write is stamped, so that walks notice it.

    What an optimiser writes to: the cheapest way in, and unlike `p -= x` it asks for no `no_grad`. Take it anew for each write.

    >>> import autograd_core as ag
    >>> w = ag.tensor([1.0, 2.0], requires_grad=True)
    >>> ag.writable(w)[:] = 0.0
    >>> w
    tensor([0., 0.], requires_grad=True)
    """
    array = memory(self)
    stamp(self)
    return array


def memory(self: Tensor) -> Array:
    """The array of a tensor as one that can be written to."""
    check_array(self)
    if not self._data.flags.writeable:
        if next(relatives(self), None) is not None:
            raise MutationError(
                f"this value of shape {self.shape} is a read-only view of another, as in NumPy: write to a copy, x.clone()"
            )
        self._data = np.array(self._data)
        self.storage = None
        if self.node is not None and self.node.route is None:
            self.node.value = kept(self._data)
    array: Array = self._data
    return array


def check_array(self: Tensor) -> None:
    """Raise MutationError for a result of shape () that is a number, which nothing can be written into."""
    if not isinstance(self._data, np.ndarray):
        raise MutationError(
            f"a single number ({self._data!r}) cannot be written into, as in NumPy: give its name a new value, x = x + ..."
        )


def stamp(self: Tensor) -> None:
    """Note that the memory of a tensor has just been written."""
    storage_of(self).stamp()


def write(self: Tensor, asked: str, writer: Callable[[Array], Any]) -> None:
    """Let a function write into the array of a tensor; what NumPy refuses is refused in our words, and leaves no trace."""
    with in_our_words(self, asked):
        writer(memory(self))
    stamp(self)


@contextmanager
def in_our_words(self: Tensor, asked: str) -> Iterator[None]:
    """Raise what NumPy refuses to write into a value as errors of ours."""
    try:
        yield
    except IndexError as error:
        raise BoundsError(f"{asked} into a value of shape {self.shape}: {error}") from error
    except TypeError as error:
        raise DTypeError(f"{asked} into a value of dtype {self.dtype}: {error}") from error
    except ValueError as error:
        raise ShapeError(f"{asked} into a value of shape {self.shape}: {error}") from error


def updatable(leaves: Iterable[Tensor]) -> list[tuple[Array, Array] | None]:
    """Per leaf: its array, about to be written in place, and that of its gradient; None where there is no gradient.

    As `writable`, for all parameters that an optimiser is about to change at once.

    >>> import autograd_core as ag
    >>> w = ag.tensor([1.0, 2.0], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> for array, gradient in ag.updatable([w]):
    ...     array -= 0.25 * gradient
    >>> w
    tensor([0.5, 1. ], requires_grad=True)
    """
    now = Clock.stamp()
    found: list[tuple[Array, Array] | None] = []
    for leaf in leaves:
        node, storage, data = leaf.node, leaf.storage, leaf._data
        if node is None or node.grad is None:
            found.append(None)
            continue
        if storage is None or not data.flags.writeable:
            data = writable(leaf)
        else:
            node.storage = storage
            storage.written = now
        found.append((data, node.grad._data))
    return found


def is_recorded(*values: Any) -> bool:
    """Whether an operation on these values would be recorded now."""
    if any(type(v) is Batched for v in values):
        raise MutationError(
            "vmap: a value that is the same for all examples would be written with one that differs between them. Build the new "
            "value instead: x = x + ..., ag.where, ag.stack"
        )
    return current().recording and any(
        isinstance(v, Value) and v.node is not None and v.node.requires_grad for v in values
    )


def rebind(self: Tensor, y: Tensor, asked: str) -> Tensor:
    """Let a handle stand for a new value, as a recorded write does, and with it all handles of the same memory."""
    check_array(self)
    if y.shape != self.shape:
        raise ShapeError(f"{asked} of shape {y.shape} does not fit into a value of shape {self.shape}")
    if y.dtype != self.dtype:
        if not np.can_cast(y.dtype, self.dtype, "same_kind"):
            raise MutationError(f"{asked}: a {y.dtype} result does not fit into a {self.dtype} value")
        y = layouts.astype(y, self.dtype)
    renew(self, y, asked)
    return self


def augmented(ufunc: np.ufunc) -> Callable[[Tensor, Any], Tensor]:
    """`+=` and its kin: in place while nothing is recorded, else a new value under the same handle."""
    call = dispatch.ufuncs[ufunc]

    def assign(self: Tensor, other: Any) -> Any:
        if not isinstance(self._data, np.ndarray):
            return call(self, other)  # a single number: as in NumPy the name alone is given the new one
        if is_recorded(self, other):
            return rebind(self, call(self, other), f"in-place {ufunc.__name__}")
        operand = let_go(other, f"in-place {ufunc.__name__}") if isinstance(other, Value) else other
        write(self, f"in-place {ufunc.__name__}", lambda array: ufunc(array, operand, out=array))
        return self

    return assign


def setitem(self: Tensor, index: Any, value: Any) -> None:
    assign(self, index, value, "x[...] = value")


def assign(self: Tensor, index: Any, value: Any, asked: str) -> None:
    """Write a value, or nested sequences of them, to the elements that an index names."""
    place = indexing.plain_index(index)
    if is_own_view(self, place, value):
        return
    if isinstance(value, (list, tuple)):
        value = creation.array(value)
    if not is_recorded(self, value):
        data = let_go(value, asked) if isinstance(value, Value) else value
        write(self, asked, lambda array: array.__setitem__(place, data))
        return
    if not isinstance(value, Value):
        value = np.asarray(value)
    if not np.can_cast(value.dtype, self.dtype, "same_kind"):
        raise DTypeError(f"{asked}: {value.dtype} numbers do not fit into a value of dtype {self.dtype}")
    if isinstance(value, Tensor) and value.dtype != self.dtype:
        value = layouts.astype(value, self.dtype)
    rebind(self, indexing.put(self, value, index=place), asked)
