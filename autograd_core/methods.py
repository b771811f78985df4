"""The methods of `Tensor` that are functions: t.sum(axis=0) is sum(t, axis=0)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from . import placing
from .errors import ShapeError
from .primitives import (
    arithmetic,
    choosing,
    contractions,
    diagonals,
    extrema,
    layouts,
    moments,
    reductions,
    repeating,
    scans,
    searching,
    selection,
    sorting,
    steps,
    taking,
)
from .recording import Tensor


def with_loose_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of an array and a tuple as a method that takes the tuple's numbers one by one too: t.reshape(2, 3)."""

    @wraps(function)
    def method(self: Tensor, *numbers: Any, **settings: Any) -> Any:
        return function(self, *([numbers] if len(numbers) > 1 else numbers), **settings)

    return method


@wraps(layouts.ravel)
def flatten(self: Tensor, order: Any = "C") -> Any:
    if isinstance(order, int):
        raise ShapeError(f"flatten({order}) is PyTorch's: write x.reshape(*x.shape[:{order}], -1), or take nn.Flatten")
    return layouts.copy(layouts.ravel(self, order))  # a copy also where ravel gives a view


@wraps(layouts.transpose)
def transpose(self: Tensor, *axes: Any) -> Any:
    if len(axes) == 2 and self.ndim > 2:
        a, b = axes
        raise ShapeError(f"transpose({a}, {b}) of {self.ndim} axes is PyTorch's: write x.swapaxes({a}, {b})")
    return layouts.transpose(self, *([axes] if len(axes) > 1 else axes))


def compress(self: Tensor, condition: Any, axis: int | None = None, out: None = None) -> Any:
    """The slices along an axis at which the condition holds; of the flattened array by default."""
    return choosing.compress(condition, self, axis, out)


METHODS: dict[str, Callable[..., Any]] = {
    "sum": reductions.sum,
    "mean": reductions.mean,
    "prod": reductions.prod,
    "var": moments.var,
    "std": moments.std,
    "max": extrema.max,
    "min": extrema.min,
    "argmax": extrema.argmax,
    "argmin": extrema.argmin,
    "any": extrema.any,
    "all": extrema.all,
    "cumsum": scans.cumsum,
    "cumprod": scans.cumprod,
    "clip": selection.clip,
    "round": steps.round,
    "conj": arithmetic.conj.call,
    "conjugate": arithmetic.conj.call,
    "dot": contractions.dot.call,
    "trace": diagonals.trace,
    "diagonal": diagonals.diagonal,
    "reshape": with_loose_numbers(layouts.reshape),
    "transpose": transpose,
    "ravel": layouts.ravel,
    "flatten": flatten,
    "swapaxes": layouts.swapaxes,
    "squeeze": layouts.squeeze,
    "astype": layouts.astype,
    "copy": layouts.copy,
    "repeat": repeating.repeat,
    "take": taking.take,
    "choose": choosing.choose,
    "compress": compress,
    "nonzero": searching.nonzero,
    "searchsorted": searching.searchsorted,
    "argsort": sorting.argsort,
    "argpartition": sorting.argpartition,
    **placing.METHODS,
}


def install() -> None:
    """Give `Tensor` its methods."""
    for name, function in METHODS.items():
        setattr(Tensor, name, function)
