"""Nested states as one table of arrays and one text, for files that hold nothing else; and back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from ..errors import KindError

Array = np.ndarray[Any, Any]


def packed(state: Any) -> tuple[dict[str, Array], str]:
    """A state made of dicts, lists, tuples, numbers, texts and arrays: its arrays by name, and the rest as JSON.

    >>> arrays, text = packed({"betas": (0.9, 0.999), "exp_avg": np.zeros(2)})
    >>> list(arrays), unpacked(arrays, text)["betas"]
    (['0'], (0.9, 0.999))
    """
    arrays: dict[str, Array] = {}

    def plain(thing: Any) -> Any:
        if isinstance(thing, np.ndarray):
            arrays[str(len(arrays))] = thing
            return {"array": len(arrays) - 1}
        if isinstance(thing, dict):
            return {"dict": [[plain(key), plain(value)] for key, value in thing.items()]}
        if isinstance(thing, tuple):
            return {"tuple": [plain(part) for part in thing]}
        if isinstance(thing, list):
            return [plain(part) for part in thing]
        if isinstance(thing, np.generic):
            return plain(thing.item())
        if thing is None or isinstance(thing, (bool, int, float, str)):
            return thing
        raise KindError(
            f"a checkpoint keeps arrays, numbers and texts, and a state holds a {type(thing).__name__}: {thing!r}"
        )

    return arrays, json.dumps(plain(state))


def unpacked(arrays: dict[str, Array], text: str) -> Any:
    """The state that was packed."""

    def whole(thing: Any) -> Any:
        if isinstance(thing, list):
            return [whole(part) for part in thing]
        if not isinstance(thing, dict):
            return thing
        ((kind, value),) = thing.items()
        if kind == "array":
            return arrays[str(value)]
        if kind == "tuple":
            return tuple([whole(part) for part in value])
        return {whole(key): whole(part) for key, part in value}

    return whole(json.loads(text))
