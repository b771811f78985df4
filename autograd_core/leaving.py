"""Leaving the record: a value becomes a bool, a number or an array, unless that would cut its gradient silently."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from .errors import LeavingError
from .modes import current
from .recording import Array, Tensor, Value, guard


def leaving(value: Value, kind: str, remedy: str) -> Any:
    """The bare data of a value that leaves as a bool, number or array; refused where its gradient would be cut."""
    node = value.node
    if guard.hook is not None:
        guard.hook(value, kind)
    if node is not None and node.requires_grad and current().recording:
        raise LeavingError(
            f"{kind} of a value that needs a gradient would cut the gradient silently. {remedy}; "
            f"where no gradient is meant to flow, say so with .item(), .numpy() or .detach()"
        )
    return value._data


def as_bool(self: Value) -> bool:
    data = leaving(self, "bool()", "Compare it first, as in `if x > 0`, or choose elementwise with ag.where")
    return bool(data)


def as_float(self: Value) -> float:
    return float(
        np.asarray(
            leaving(self, "float()", "Keep the value itself: functions of autograd_core and NumPy take it")
        ).item()
    )


def as_int(self: Value) -> int:
    return int(leaving(self, "int()", "Use ag.trunc or x.astype(int) for a value without gradient"))


def as_index(self: Tensor) -> int:
    return operator.index(np.asarray(leaving(self, "index()", "Use a plain integer")).item())


def as_complex(self: Value) -> complex:
    return complex(leaving(self, "complex()", "Keep the value itself"))


def as_array(self: Tensor, dtype: Any = None, copy: bool | None = None) -> Array:
    remedy = "Use the ag. function of the same name, and ag.stack or ag.concatenate to build arrays from values"
    data = leaving(self, "conversion to a NumPy array", remedy)
    return np.array(data, dtype=dtype) if copy else read_only(np.asarray(data, dtype=dtype))


def read_only(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view
