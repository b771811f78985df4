"""SciPy's special functions, loaded when the first of them is called: importing this library never needs SciPy."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import MissingError, UnsupportedError
from ..recording import Value
from .entropies import floats

WITHIN = {"e": np.dtype(np.float32), "g": np.dtype(np.float64), "G": np.dtype(np.complex128)}
"""The dtype that SciPy computes in for those that it has no code for: results are as exact as that."""


def by_scipy(name: str, *xs: Any, complex_too: bool = False) -> Any:
    """A ufunc of scipy.special, in the common floating dtype of its inputs; MissingError where SciPy is not installed."""
    try:
        from scipy import special
    except ImportError as error:
        raise MissingError(
            f"special.{name} is computed by SciPy, which is not installed here: pip install 'autograd-core[special]'"
        ) from error
    if not complex_too and any(map(np.iscomplexobj, xs)):
        raise TypeError("it is defined for real numbers")
    arrays = floats(*xs)
    dtype = np.result_type(*arrays)
    within = WITHIN.get(dtype.char, dtype)
    y = getattr(special, name)(*[x.astype(within, copy=False) for x in arrays])
    return y.astype(dtype, copy=False)[()]


def fixed_parameters(name: str, by: str, **parameters: Any) -> None:
    """Refuse recorded values for parameters by which a function has no derivative here."""
    for parameter, value in parameters.items():
        if isinstance(value, Value) and value.node is not None and value.node.requires_grad:
            raise UnsupportedError(
                f"special.{name} is differentiated by {by}, not by its parameter {parameter}: give {parameter}.detach()"
            )
