"""What functions are given: values, or arrays of anything else."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import batches
from ..generic import operand
from ..recording import Value


def array(a: Any) -> Any:
    """A value as it is, anything else as an array; masked arrays and objects are refused."""
    return a if isinstance(a, Value) else np.asarray(operand(a))


def bare(a: Any) -> Any:
    """The numbers of a value, of all examples within vmap: for checks and warnings, which no gradient depends on."""
    a = batches.bare(a)
    return np.asarray(a._data) if isinstance(a, Value) else array(a)
