"""What settings and inputs must be, and the words for those that are not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import numpy as np
from numpy import ndarray

import autograd_core as ag
from autograd_core import Value
from autograd_core.errors import DTypeError

from .errors import KindError, SettingError


def whole(value: Any, what: str, least: float = 0) -> int:
    """A whole number of at least `least`.

    >>> whole(3, "Linear: in_features")
    3
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise KindError(f"{what} is {value!r}, a {type(value).__name__}: give a whole number, as an int")
    if value < least:
        raise SettingError(f"{what} is {value}: give a whole number of at least {least}")
    return int(value)


AXES = {1: "", 2: ", or a pair (height, width)", 3: ", or three, (depth, height, width)"}


def per_axis(value: Any, what: str, axes: int, least: int = 0) -> tuple[int, ...]:
    """One whole number for all spatial axes, or one for each.

    >>> per_axis(3, "stride", 2), per_axis((1, 2), "stride", 2)
    ((3, 3), (1, 2))
    """
    if isinstance(value, (tuple, list)):
        if len(value) != axes:
            raise SettingError(f"{what} is {value!r}: give one number{AXES[axes]}")
        return tuple([whole(number, what, least) for number in value])
    return (whole(value, what, least),) * axes


def number(value: Any, what: str) -> Any:
    """A plain real number; a recorded value is none, since nothing here would be differentiated by it."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        remedy = "write .item()" if hasattr(value, "item") else "give a float"
        raise KindError(f"{what} is {value!r}, a {type(value).__name__}, where a plain number is needed: {remedy}")
    return value


def as_float(value: Any, what: str) -> float:
    """A single number of any kind, recorded or not, as a plain float."""
    plain = value.item() if hasattr(value, "item") and np.size(value) == 1 else value
    return float(number(plain, what))


def within(value: Any, what: str, low: float, high: float = np.inf) -> Any:
    """A plain number from `low` to `high`, both included."""
    if not low <= number(value, what) <= high:
        asked = f"of at least {low:g}" if high == np.inf else f"from {low:g} to {high:g}"
        raise SettingError(f"{what} is {value}: give a number {asked}")
    return value


def above_0(value: Any, what: str) -> Any:
    """A plain number above 0."""
    if number(value, what) <= 0:
        raise SettingError(f"{what} is {value}: give a number above 0")
    return value


def ordered(low: Any, high: Any, what: str) -> None:
    """Raise SettingError unless the first of two numbers is not above the second."""
    if not number(low, what) <= number(high, what):
        raise SettingError(f"{what} are {low} and {high}: give the smaller number first")


def two(value: Any, what: str) -> tuple[Any, Any]:
    """Two plain numbers."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise SettingError(f"{what} is {value!r}: give two numbers")
    return number(value[0], f"{what}[0]"), number(value[1], f"{what}[1]")


def one_of(value: Any, what: str, names: Iterable[Any]) -> Any:
    """One of a few names."""
    names = list(names)
    if value not in names:
        raise SettingError(f"{what} is {value!r}: choose among {', '.join(map(repr, names))}")
    return value


NUMERIC = "biufc"


def numeric(x: Any, what: str) -> Any:
    """A value as it is, anything else as an array of numbers."""
    if isinstance(x, Value) or (type(x) is ndarray and x.dtype.kind in NUMERIC):
        return x
    if isinstance(x, np.ma.MaskedArray):
        raise KindError(f"{what} takes an array of numbers, and was given a masked one: write x.filled(...)")
    try:
        array = np.asarray(x)
    except ValueError as error:
        raise KindError(
            f"{what} takes numbers in one array, and was given rows of different lengths: cut or pad them"
        ) from error
    if array.dtype.kind not in NUMERIC:
        raise KindError(f"{what} takes an array of numbers, and was given a {type(x).__name__}: convert it beforehand")
    return array


def integers(x: Any, what: str) -> Any:
    """A plain array of whole numbers, such as classes or lengths."""
    array = x.numpy() if isinstance(x, ag.Tensor) else np.asarray(numeric(x, what))
    if array.dtype.kind not in "iu":
        raise DTypeError(f"{what} takes whole numbers, and was given {array.dtype}: convert them with x.astype(int)")
    return array


def with_inplace(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that takes PyTorch's `inplace=`, too, which changes no result: values are never overwritten."""

    call: Callable[..., Any]
    code = function.__code__
    if code.co_argcount + code.co_kwonlyargcount == 1:  # no settings to hand on

        def call(input: Any, inplace: bool = False) -> Any:
            return function(input)
    else:

        def call(*inputs: Any, inplace: bool = False, **settings: Any) -> Any:
            return function(*inputs, **settings)

    call = wraps(function)(call)

    if not function.__module__.startswith("nn."):
        call.__module__ = "nn.functional"  # where a pickle finds it
    return call


def parameters_in(params: Any, what: str) -> list[Any]:
    """What was given as parameters, as a list; its items are looked at by whoever asked."""
    if isinstance(params, (ag.Tensor, ag.Scalar)):
        raise KindError(f"{what} takes parameters as a list, and was given a single value: write [parameter]")
    if isinstance(params, dict):
        raise KindError(f"{what} takes parameters as a list, and was given a dict: pass its .values()")
    if isinstance(params, (set, frozenset)):
        raise KindError(f"{what} takes parameters in their order, and was given a set, which has none: pass a list")
    if not hasattr(params, "__iter__") or hasattr(params, "parameters"):
        remedy = "pass model.parameters()" if callable(params) else "write [parameter, ...]"
        raise KindError(f"{what} takes parameters as a list, and was given a {type(params).__name__}: {remedy}")
    return list(params)


def described(x: Any) -> str:
    """A value in a few words, however large it is."""
    if not isinstance(x, (ag.Tensor, ag.Scalar)):
        return f"a {type(x).__name__}"
    name = "" if x.name is None else f" {x.name!r}"
    return f"the Scalar{name}" if isinstance(x, ag.Scalar) else f"the {x.dtype} Tensor{name} of shape {x.shape}"
