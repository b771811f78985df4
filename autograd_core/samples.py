"""Samples: calls of an operation that show its hard cases; read by the tests, the checks and the docs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Sample(NamedTuple):
    """One call: positional data, keyword settings, and the error it must raise, if any.

    match     what the error's message must contain: a regular expression
    through   what is differentiated, where the result itself has no derivative, such as eigenvectors without their phase
    """

    args: tuple[Any, ...]
    settings: dict[str, Any] = {}  # noqa: RUF012  # of a named tuple
    raises: type[Exception] | None = None
    match: str | None = None
    through: Callable[[Any], Any] | None = None


def sample(
    *args: Any,
    raises: type[Exception] | None = None,
    match: str | None = None,
    through: Callable[[Any], Any] | None = None,
    **settings: Any,
) -> Sample:
    """A sample written as the call it stands for. Floating arrays in it are differentiated, Python numbers are not.

    >>> sample([1.0, 2.0], axis=0).settings
    {'axis': 0}
    """
    return Sample(args, settings, raises, match, through)


class Singular(NamedTuple):
    """A point where mathematics leaves a choice: a call, the gradients that its floating arguments have there, and why."""

    args: tuple[Any, ...]
    gradients: tuple[Any, ...]
    why: str
    settings: dict[str, Any] = {}  # noqa: RUF012  # of a named tuple


def singular(*args: Any, gives: Any, why: str, **settings: Any) -> Singular:
    """A convention written as the call it is about.

    gives   the gradient of the summed result by each floating argument; a tuple if there are several

    >>> singular(0.0, gives=0.0, why="least norm").gradients
    (0.0,)
    """
    return Singular(args, gives if isinstance(gives, tuple) else (gives,), why, settings)
