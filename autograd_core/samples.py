"""Samples: calls of a primitive that show its hard cases; read by the tests, the checks and the docs."""

from __future__ import annotations

from typing import Any, NamedTuple


class Sample(NamedTuple):
    """One call: positional data, keyword settings, and the error it must raise, if any."""

    args: tuple[Any, ...]
    settings: dict[str, Any] = {}  # noqa: RUF012  # of a named tuple
    raises: type[Exception] | None = None


def sample(*args: Any, raises: type[Exception] | None = None, **settings: Any) -> Sample:
    """A sample written as the call it stands for.

    >>> sample([1.0, 2.0], axis=0)
    Sample(args=([1.0, 2.0],), settings={'axis': 0}, raises=None)
    """
    return Sample(args, settings, raises)
