"""NumPy's vocabulary as `ag.` names: every NumPy function that has an answer here, under NumPy's own names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import primitives
from ..dispatch import answered
from . import queries

__all__ = ["namespace", "primitives", "queries"]


def namespace() -> dict[str, Callable[..., Any]]:
    """NumPy's public names (aliases such as `abs` and `absolute` included) -> what answers for them."""
    return {
        name: answered[function]
        for name, function in vars(np).items()
        if not name.startswith("_") and callable(function) and is_hashable(function) and function in answered
    }


def is_hashable(thing: Any) -> bool:
    """Whether something in NumPy's namespace can be a key."""
    return type(thing).__hash__ is not None
