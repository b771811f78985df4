"""SciPy's special functions, loaded when the first of them is called: importing this library never needs SciPy."""

from __future__ import annotations

from typing import Any

from ..errors import MissingError, UnsupportedError
from ..recording import Value


def special(name: str) -> Any:
    """A function of scipy.special; raises MissingError where SciPy is not installed."""
    try:
        from scipy import special as functions
    except ImportError as error:
        raise MissingError(
            f"special.{name} is computed by SciPy, which is not installed here: pip install 'autograd-core[special]'"
        ) from error
    return getattr(functions, name)


def fixed_parameters(name: str, by: str, **parameters: Any) -> None:
    """Refuse recorded values for parameters by which a function has no derivative here."""
    for parameter, value in parameters.items():
        if isinstance(value, Value) and value.node is not None and value.node.requires_grad:
            raise UnsupportedError(
                f"special.{name} is differentiated by {by}, not by its parameter {parameter}: give {parameter}.detach()"
            )
