"""Data types of the array API standard, and what the namespace tells of itself."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .. import numpy_api
from ..errors import DTypeError
from ..exchange import check_device
from ..recording import Value

names = numpy_api.namespace()
can_cast = names["can_cast"]
result_type = names["result_type"]
isdtype = np.isdtype


def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    """x converted to a dtype; a gradient is converted back."""
    check_device(device)
    if x.dtype.kind == "c" and np.dtype(dtype).kind not in "bc":
        raise DTypeError(f"astype from {x.dtype} to {dtype} would drop the imaginary part: take xp.real(x) first")
    return x if not copy and x.dtype == dtype else names["astype"](x, dtype)


class FloatLimits(NamedTuple):
    """The limits of a floating dtype, as Python floats."""

    bits: int
    eps: float
    max: float
    min: float
    smallest_normal: float
    dtype: np.dtype[Any]


def finfo(type: Any, /) -> FloatLimits:
    """The limits of a floating dtype, or of that of an array."""
    found = np.finfo(type.dtype if isinstance(type, Value) else type)
    eps, largest, smallest, normal = map(float, (found.eps, found.max, found.min, found.smallest_normal))
    return FloatLimits(int(found.bits), eps, largest, smallest, normal, found.dtype)


def iinfo(type: Any, /) -> Any:
    """The limits of an integer dtype, or of that of an array."""
    return np.iinfo(type.dtype if isinstance(type, Value) else type)


def broadcast_arrays(*arrays: Any) -> list[Any]:
    """The arrays stretched to their common shape."""
    return list(names["broadcast_arrays"](*arrays))


def __array_namespace_info__() -> Any:
    """What the namespace can do: NumPy's answers, since the arrays are NumPy's."""
    return np.__array_namespace_info__()
