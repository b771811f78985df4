"""Parameters in a list, and by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Self

from ..parameter import Parameter
from .containers import Container, Named, Ordered

__all__ = ["ParameterDict", "ParameterList"]


class OfParameters(Container):
    """A container that makes parameters of what it is given."""

    def _part(self, value: Any) -> Any:
        return value if value is None or isinstance(value, Parameter) else Parameter(value)

    def _listed(self) -> Iterator[tuple[str, str]]:
        return ((name, shown(part)) for name, part in self._parts.items())


def shown(part: Any) -> str:
    return "None" if part is None else f"Parameter of shape {part.shape}, {part.dtype}"


class ParameterList(OfParameters, Ordered):
    """A list of parameters, which are those of the module that holds it; PyTorch's name for what a plain list does, too.

    values   Tensors, arrays, numbers: what is no parameter is made one

    >>> import nn, numpy as np
    >>> weights = nn.ParameterList([np.ones((2, 3)), nn.Parameter(0.5)])
    >>> weights
    ParameterList(
      (0): Parameter of shape (2, 3), float64
      (1): Parameter of shape (), float32
    )
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__(values)


class ParameterDict(OfParameters, Named):
    """Parameters by name, which are those of the module that holds it; PyTorch's name for what a plain dict does, too.

    parameters   a dict, or pairs (name, value): Tensors, arrays, numbers; what is no parameter is made one

    >>> import nn
    >>> factors = nn.ParameterDict({"left": [1.0, 2.0]}) | {"right": [3.0]}
    >>> [name for name, _ in factors.named_parameters()], factors.left is factors["left"]
    (['left', 'right'], True)
    """

    def __init__(self, parameters: Any = None) -> None:
        super().__init__(parameters)

    def copy(self) -> ParameterDict:
        """Another one of the same parameters."""
        return ParameterDict(self)

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> ParameterDict:
        """One with the same value under each of the keys."""
        return ParameterDict((key, default) for key in keys)

    def __or__(self, other: Any) -> ParameterDict:
        made = self.copy()
        made.update(other)
        return made

    def __ror__(self, other: Any) -> ParameterDict:
        return ParameterDict(other) | self

    def __ior__(self, other: Any) -> Self:
        self.update(other)
        return self

    def __reversed__(self) -> Iterator[str]:
        return reversed(list(self._parts))
