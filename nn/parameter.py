"""Parameters: the leaves of a model that an optimiser changes."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag

from .settings import numeric


class _ByRole(type):
    """Asks for the mark instead of the class: operations have fast paths for the very class Tensor."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, (ag.Tensor, ag.Scalar)) and value.role == "parameter"


class Parameter(ag.Tensor, metaclass=_ByRole):
    """A Tensor marked as a parameter: modules find it among their attributes.

    data            a copy is made: Python numbers as float32, arrays in their own dtype; a Scalar is marked itself
    requires_grad   False for a parameter that is saved with the model but not trained

    What is made is a plain `autograd_core.Tensor` (or Scalar) with the `role` "parameter"; copies and pickles keep it.
    Raises DTypeError for integer and boolean arrays.

    >>> import nn
    >>> w = nn.Parameter([1.0, 2.0])
    >>> w
    tensor([1., 2.], dtype=float32, requires_grad=True)
    >>> isinstance(w, nn.Parameter), isinstance(2 * w, nn.Parameter)
    (True, False)
    """

    __slots__ = ()

    def __new__(cls, data: Any, requires_grad: bool = True) -> Any:
        made = data if isinstance(data, ag.Scalar) else ag.tensor(data, dtype=default_dtype(data))
        made.requires_grad_(requires_grad)
        made.role = "parameter"
        return made


def default_dtype(data: Any) -> Any:
    """float32 (or complex64) for Python numbers; arrays keep their own, said by None."""
    if isinstance(data, (ag.Tensor, np.ndarray, np.generic)):
        return None
    return np.complex64 if numeric(data, "a parameter or buffer").dtype.kind == "c" else np.float32
