"""NumPy's public names that have an answer here, module by module."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from ..dispatch import Row, has_answer, row_of


def answerable(module: ModuleType = np) -> dict[str, Callable[..., Any]]:
    """The public names of one of NumPy's modules (aliases such as `abs` and `absolute` included) whose function has an answer."""
    return {
        name: function
        for name, function in vars(module).items()
        if not name.startswith("_") and callable(function) and is_hashable(function) and has_answer(function)
    }


def rows_of(module: ModuleType = np) -> dict[str, Row]:
    """The public names of one of NumPy's modules -> the row that answers."""
    return {name: row for name, function in answerable(module).items() if (row := row_of(function)) is not None}


def namespace(module: ModuleType = np) -> dict[str, Callable[..., Any]]:
    """The public names of one of NumPy's modules -> what answers for them."""
    return {name: row.answer for name, row in rows_of(module).items()}


def is_hashable(thing: Any) -> bool:
    """Whether something in NumPy's namespace can be a key."""
    return type(thing).__hash__ is not None
