"""The state of a module as arrays by name: taken out, compared, and put back."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import indent
from typing import Any, NamedTuple

import numpy as np

import autograd_core as ag

from .errors import KindError, StateDictError
from .members import Members


class IncompatibleKeys(NamedTuple):
    """What `load_state_dict` did not find in a state, and what it found there without a place for it."""

    missing_keys: list[str]
    unexpected_keys: list[str]


def saved(module: Members, prefix: str = "") -> dict[str, Any]:
    """Parameters and persistent buffers under PyTorch's keys; what is held twice under both."""
    return {
        prefix + path: value for path, value, persistent in module._leaves("", True, False) if persistent is not False
    }


def load(module: Members, state_dict: Any, strict: bool, assign: bool) -> IncompatibleKeys:
    """Put the arrays of a state into a module; see `Module.load_state_dict`."""
    if not isinstance(state_dict, Mapping):
        raise KindError(
            f"load_state_dict takes a dict of arrays by name, and was given a {type(state_dict).__name__}: "
            "give what state_dict() returned"
        )
    own = saved(module)
    arrays = {
        key: np.asarray(value.data if isinstance(value, (ag.Tensor, ag.Scalar)) else value)
        for key, value in state_dict.items()
    }
    missing = [key for key in own if key not in arrays]
    unexpected = [key for key in arrays if key not in own]
    problems = [f"missing: {key}" for key in missing] + [f"unexpected: {key}" for key in unexpected] if strict else []
    problems += [
        words for key, target in own.items() if key in arrays and (words := misfit(key, arrays[key], target, assign))
    ]
    if problems:
        remedy = "; strict=False passes over missing and unexpected keys" if strict else ""
        listed = indent("\n".join(problems), "    ")
        raise StateDictError(f"the state does not fit this {type(module).__name__}{remedy}:\n{listed}")
    for key, target in own.items():
        if key in arrays and isinstance(target, ag.Scalar):
            target.data = arrays[key].item()
        elif key in arrays and assign:
            renew(target, arrays[key])
        elif key in arrays:
            ag.writable(target)[...] = arrays[key]
    return IncompatibleKeys(missing, unexpected)


def misfit(key: str, array: Any, target: Any, assign: bool) -> str:
    """Words for an array that cannot take the place of a parameter or buffer, none if it can."""
    if array.shape != target.shape:
        return f"of another shape: {key} is {array.shape}, the module's is {target.shape}"
    same = array.dtype.kind == target.dtype.kind
    if not (same if assign else np.can_cast(array.dtype, target.dtype, "same_kind")):
        return f"of another kind: {key} is {array.dtype}, the module's is {target.dtype}"
    return ""


def renew(value: Any, array: Any) -> None:
    """Give a parameter or buffer a new array, and its gradient the dtype of that."""
    gradient = value.grad
    value.data = array
    value.grad = None if gradient is None else gradient.numpy().astype(array.dtype)
