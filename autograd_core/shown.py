"""How things show themselves in a notebook: by a module of `displays`, which is loaded when a notebook first asks."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


def shown_by(module: str) -> Callable[[Any], str | None]:
    """A `_repr_html_` that asks the function `html` of a module; where that fails it gives None, and the text is shown."""

    def _repr_html_(self: Any) -> str | None:
        try:
            found: str = import_module(f".displays.{module}", __package__).html(self)
        except Exception:  # a display never fails
            return None
        return found

    return _repr_html_
