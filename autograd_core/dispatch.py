"""NumPy's own functions on our values: which primitive, or wrapper, answers for which NumPy function.

NumPy asks a value through `__array_ufunc__` (in `ufunc_calls`) and `__array_function__`. A function with a row in the tables is
recorded; one without is refused with words, never passed through with its gradient cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from inspect import signature
from typing import Any, NamedTuple, TypeVar

import numpy as np

from .errors import UnsupportedError
from .samples import Sample, Singular

F = TypeVar("F", bound=Callable[..., Any])


class Row(NamedTuple):
    """What answers for one NumPy function, and what its declaration says of it beyond what a primitive's own declaration does."""

    answer: Callable[..., Any]
    samples: Callable[[], Sequence[Sample]] | None = None
    singular: Sequence[Singular] = ()


ufuncs: dict[np.ufunc, Callable[..., Any]] = {}
functions: dict[Callable[..., Any], Callable[..., Any]] = {}
answered: dict[Callable[..., Any], Row] = {}
later: dict[str, str] = {}
refused: dict[Callable[..., Any], str] = {}
methods: dict[tuple[np.ufunc, str], Callable[..., Any]] = {}


def answers(
    *numpy_functions: Callable[..., Any],
    samples: Callable[[], Sequence[Sample]] | None = None,
    singular: Sequence[Singular] = (),
) -> Callable[[F], F]:
    """Register a function as the answer to NumPy functions of the same signature; ufuncs included.

    samples    calls in NumPy's own words that show the hard cases; not needed for a primitive that declares its own
    singular   what the gradients are where mathematics leaves a choice
    """

    def register(function: F) -> F:
        call = getattr(function, "call", function)
        for numpy_function in numpy_functions:
            answered[numpy_function] = Row(function, samples, singular)
            if isinstance(numpy_function, np.ufunc):
                ufuncs[numpy_function] = call
            else:
                functions[numpy_function] = call
        return function

    return register


def answered_later(module: str, names: Iterable[str]) -> None:
    """Say that a module answers for NumPy functions, by names such as linalg.inv; it is loaded when one of them is called."""
    later.update((f"numpy.{name}", module) for name in names)


def name_of(function: Callable[..., Any]) -> str:
    """NumPy's full name of one of its functions, as numpy.linalg.inv."""
    return f"{getattr(function, '__module__', 'numpy')}.{getattr(function, '__name__', '')}"


def has_answer(function: Callable[..., Any]) -> bool:
    """Whether something answers for a NumPy function, loaded already or not."""
    return function in answered or name_of(function) in later


def row_of(function: Callable[..., Any]) -> Row | None:
    """The row of a NumPy function that has an answer; loads it, if it is one of those that come later."""
    if function not in answered and has_answer(function):
        import_module(later[name_of(function)])
    return answered.get(function)


def refuse(function: Callable[..., Any], words: str) -> None:
    """Say why a NumPy function has no answer, and what to do instead."""
    refused[function] = words


def array_function(
    self: Any, function: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    """NumPy's protocol for all other functions."""
    answer = functions.get(function)
    if answer is None and row_of(function) is not None:
        answer = functions[function]
    if answer is None:
        name = name_of(function).replace("numpy", "np")
        if function in refused:
            raise UnsupportedError(f"{name} {refused[function]}")
        raise UnsupportedError(
            f"{name} has no derivative rule here. Use x.detach().numpy() if its gradient is not needed, or declare your own "
            f"with ag.primitive"
        )
    if kwargs.pop("out", None) is not None:
        raise UnsupportedError(f"np.{function.__name__} with out= is not recorded: assign its result instead")
    return called(f"np.{function.__name__}", answer, args, kwargs)


def called(name: str, answer: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
    """The answer to a call; raises UnsupportedError for arguments that it does not take."""
    try:
        return answer(*args, **kwargs)
    except TypeError as error:
        try:
            signature(answer).bind(*args, **kwargs)
        except TypeError:
            pass
        else:
            raise  # not for its arguments, but from within
        raise UnsupportedError(f"{name} was given an argument that is not differentiated: {error}") from error
