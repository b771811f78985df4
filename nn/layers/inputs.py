"""What layers ask of their inputs, and the words for what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from autograd_core import Scalar, Tensor, Value
from autograd_core.errors import DTypeError, ShapeError

from ..module import Module
from ..settings import numeric

WIDENED = (
    ", or the model with model.double(). NumPy's arrays are float64 by default, and so is all that is computed with one: "
    "model.float() converts those among parameters and buffers"
)


def fitted(x: Any, parameter: Any, layer: Module) -> Any:
    """The input in the dtype of a layer's parameter: plain floating arrays are converted, Tensors must have it."""
    dtype, kind = parameter.dtype, type(x)
    if (kind is ndarray or kind is Tensor) and x.dtype is dtype:
        return x
    if isinstance(x, (Tensor, Scalar)) or (isinstance(x, Value) and x.requires_grad):
        if x.dtype != dtype:
            raise DTypeError(
                f"{called(layer)} has {dtype} parameters, and was given a {x.dtype} Tensor: convert the input with "
                f"x.astype('{dtype}')" + (WIDENED if x.dtype == np.float64 else "")
            )
        return x
    # within vmap a plain array is a value, too
    array = x if kind is ndarray or isinstance(x, Value) else numeric(x, called(layer))
    if array.dtype == dtype:
        return array
    if array.dtype.kind != "f":
        raise DTypeError(
            f"{called(layer)} has {dtype} parameters, and was given {array.dtype} data: if they are numbers to compute "
            f"with, convert them with x.astype('{dtype}')"
        )
    array = array.astype(dtype)
    if isinstance(array, np.ndarray):
        array.flags.writeable = False  # so that the record need not copy it again
    return array


def expect(fits: bool, x: Any, layer: Module, shape: str, remedy: str = "") -> None:
    """Raise ShapeError, in the layer's words, unless the input fits."""
    if not fits:
        raise ShapeError(
            f"{called(layer)} takes inputs of shape {shape}, and was given {tuple(x.shape)}{remedy and ': ' + remedy}"
        )


def called(layer: Module) -> str:
    """A layer as an error names it: its text, without that of layers within, and where it stands in the model."""
    name, text = layer._label and layer._label[0], f"{type(layer).__name__}({layer.extra_repr()})"
    return text if name in (None, type(layer).__name__) else f"{text}, the layer {name!r},"
