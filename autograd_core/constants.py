"""Arrays of one number that are made once, and that nobody can write to."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np


@lru_cache(maxsize=64)
def ones(n: int, dtype: Any) -> Any:
    """Ones that nobody can write to; a sum over rows is quickest as a product with them."""
    made = np.ones(n, dtype)
    made.flags.writeable = False
    return made


@lru_cache(maxsize=64)
def number(value: float, dtype: Any) -> Any:
    """A number as an array that nobody can write to: to compute with it costs half of what it costs with a Python number."""
    made = np.array(value, dtype)
    made.flags.writeable = False
    return made
