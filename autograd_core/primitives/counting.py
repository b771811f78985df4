"""What `where=` and `initial=` mean for reductions: which elements count, and what comes before the first.

An element that is not counted is cut off: its slope is never looked at, however infinite.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import DTypeError, ShapeError
from ..primitive import Primitive
from ..recording import Value
from .layouts import astype
from .operands import array
from .selection import choose


def mask(a: Any, where: Any) -> Any:
    """`where=` as truth values in the shape of a. It may stretch to that shape, but not beyond it, as in NumPy."""
    if not isinstance(where, Value):
        where = np.asarray(where, bool)
    try:
        return np.broadcast_to(where, np.shape(a))
    except ValueError as error:
        raise ShapeError(
            f"where= of shape {np.shape(where)} does not stretch to the array of shape {np.shape(a)} that is reduced"
        ) from error


def counted(a: Any, where: Any, fill: Any) -> Any:
    """a, with `fill` in place of the elements that `where=` leaves out."""
    return choose.call(mask(a, where), a, fill)


def start(initial: Any, dtype: Any) -> Any:
    """`initial=`, a single number, in the dtype of the result."""
    initial = array(initial)
    if initial.ndim:
        raise ShapeError(f"initial= is a single number, not an array of shape {initial.shape}")
    if initial.dtype.kind == "c" and np.dtype(dtype).kind != "c":
        raise DTypeError(f"initial= is complex, and the result is of dtype {dtype}: convert the array first")
    return astype(initial, dtype)


def begun(combine: Primitive, y: Any, initial: Any) -> Any:
    """A result that started from `initial=`."""
    return combine.call(y, start(initial, y.dtype))
