"""Leaving the record: a value becomes a bool, a number or an array, unless that would cut its gradient silently."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from .errors import LeavingError, ShapeError
from .modes import current
from .recording import Array, Tensor, Value


def leaving(value: Value, kind: str, remedy: str) -> Any:
    """The bare data of a value that leaves as a bool, number or array; refused where its gradient would be cut."""
    node, mode = value.node, current()
    if node is not None and node.requires_grad and mode.recording:
        ways = ".item(), .numpy() or .detach()" if isinstance(value, Tensor) else ".item() or .detach()"
        raise LeavingError(
            f"{kind} of a value that needs a gradient would cut the gradient silently. {remedy}; "
            f"where no gradient is meant to flow, say so with {ways}"
        )
    if mode.witness is not None:
        mode.witness.left(value, kind)
    return value._data


def let_go(value: Value, kind: str) -> Any:
    """The bare data of a value that leaves by a way that says so, such as `.item()`: always allowed."""
    witness = current().witness
    if witness is not None:
        witness.left(value, kind)
    return value._data


def one_number(data: Any, kind: str, remedy: str) -> Any:
    """The number in an array of one element; raises ShapeError for more."""
    if np.size(data) != 1:
        raise ShapeError(f"{kind} of {np.size(data)} elements (shape {np.shape(data)}): {remedy}")
    return np.asarray(data).item()


def as_bool(self: Value) -> bool:
    data = leaving(self, "bool()", "Compare it first, as in `if x > 0`, or choose elementwise with ag.where")
    return bool(one_number(data, "bool()", "say which with .any() or .all(), or choose elementwise with ag.where"))


def as_float(self: Value) -> float:
    remedy = "Use x.item() for the number alone, and np.sin(x) instead of math.sin(x) and its like"
    return float(one_number(leaving(self, "float()", remedy), "float()", "take one with x[i], or all with x.tolist()"))


def as_int(self: Value) -> int:
    remedy = "Use int(x.item()), or x.astype(int) for an array"
    return int(one_number(leaving(self, "int()", remedy), "int()", "take one with x[i], or convert with x.astype(int)"))


def as_index(self: Tensor) -> int:
    data = leaving(self, "index()", "Use a plain integer")
    return operator.index(one_number(data, "index()", "take one with x[i]"))


def as_complex(self: Value) -> complex:
    return complex(one_number(leaving(self, "complex()", "Use x.item()"), "complex()", "take one with x[i]"))


def as_array(self: Value, dtype: Any = None, copy: bool | None = None) -> Array:
    remedy = (
        "Use the ag. function of the same name (ag.full, ag.polynomial.legendre.legval ...); ag.array, ag.stack or "
        "ag.concatenate build arrays from values"
    )
    data = leaving(self, "conversion to a NumPy array", remedy)
    return np.array(data, dtype=dtype) if copy else read_only(np.asarray(data, dtype=dtype))


def no_mask(self: Value) -> Any:
    """np.ma reads `_data` and `_mask` of any operand, and would compute with the bare numbers."""
    leaving(self, "masked-array arithmetic", "Use ag.where with the mask, or m.filled(...)")
    return np.ma.nomask


def read_only(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view
