"""Ways in which an array may lie in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = Any


def strided(x: Array) -> Array:
    return np.repeat(x, 2, axis=-1)[..., ::2]


def reversed_in_memory(x: Array) -> Array:
    return np.flip(np.flip(x).copy())


def frozen(x: Array) -> Array:
    y = x.copy()
    y.flags.writeable = False
    return y


def unaligned(x: Array) -> Array:
    """With numbers that begin where the processor would not have put them."""
    y: Array = np.empty(x.nbytes + 1, np.uint8)[1:].view(x.dtype).reshape(x.shape)
    y[...] = x
    return y


def swapped(x: Array) -> Array:
    """With the bytes of each number in the other order, as in files from elsewhere; its dtype says so: >f8 for float64."""
    return x.astype(x.dtype.newbyteorder())


def stretched(x: Array) -> Array:
    return np.broadcast_to(x[:1], x.shape) if len(x) else x


LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "C": np.ascontiguousarray,
    "Fortran": np.asfortranarray,
    "reversed": reversed_in_memory,
    "strided": strided,
    "read-only": frozen,
    "unaligned": unaligned,
    "swapped": swapped,
    "broadcast": stretched,
}
"""Ways to lay out an array in memory. All keep its values, but `broadcast`, which repeats the first along the first axis."""

KEEPING = tuple([name for name in LAYOUTS if name != "broadcast"])
"""The layouts that keep the values of an array."""


def laid_out(x: Array, layout: str) -> Array:
    """An array in one of the LAYOUTS; numbers, and arrays of shape (), have only one.

    >>> laid_out(np.array([1.0, 2.0]), "reversed").strides
    (-8,)
    """
    return LAYOUTS[layout](x) if np.ndim(x) else x


def native(dtype: Any) -> Any:
    """A dtype in the byte order of the machine, which results and gradients have whatever that of the inputs is.

    >>> native(np.dtype(">f4"))
    dtype('float32')
    """
    return np.dtype(dtype).newbyteorder("=")
