"""Nested containers of values: tuples, named tuples, lists, dictionaries; None is an empty place.

>>> leaves, rebuild = flatten({"w": [1.0, 2.0], "b": (3.0, None)})
>>> leaves
[1.0, 2.0, 3.0]
>>> rebuild([10 * leaf for leaf in leaves])
{'w': [10.0, 20.0], 'b': (30.0, None)}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .errors import ShapeError

Rebuild = Callable[[Sequence[Any]], Any]


def flatten(tree: Any) -> tuple[list[Any], Rebuild]:
    """The leaves of a tree, and the function that puts other leaves in their places."""
    leaves: list[Any] = []
    _collect(tree, leaves)
    return leaves, lambda new: _rebuilt(tree, iter(new))


def _collect(tree: Any, leaves: list[Any]) -> None:
    if isinstance(tree, (tuple, list)):
        for part in tree:
            _collect(part, leaves)
    elif isinstance(tree, dict):
        for part in tree.values():
            _collect(part, leaves)
    elif tree is not None:
        leaves.append(tree)


def _rebuilt(tree: Any, new: Iterator[Any]) -> Any:
    if isinstance(tree, (tuple, list)):
        parts = [_rebuilt(part, new) for part in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    if isinstance(tree, dict):
        entries = {key: _rebuilt(part, new) for key, part in tree.items()}
        return defaultdict(tree.default_factory, entries) if isinstance(tree, defaultdict) else type(tree)(entries)
    return None if tree is None else next(new)


def same_structure(tree: Any, other: Any, asked: str) -> tuple[list[Any], list[Any]]:
    """The leaves of two trees of one structure, in the order of the first; raises ShapeError, with what was asked, if not.

    >>> same_structure({"a": 1.0, "b": 2.0}, {"b": 20.0, "a": 10.0}, "example")
    ([1.0, 2.0], [10.0, 20.0])
    """
    if _skeleton(tree) != _skeleton(other):
        raise ShapeError(f"{asked}: the containers differ: {_skeleton(tree)} and {_skeleton(other)}")
    return flatten(tree)[0], flatten(_ordered(tree, other))[0]


def _ordered(tree: Any, other: Any) -> Any:
    """The parts of a tree in the order of another of the same structure."""
    if isinstance(tree, (tuple, list)):
        return [_ordered(part, one) for part, one in zip(tree, other, strict=True)]
    return [_ordered(part, other[key]) for key, part in tree.items()] if isinstance(tree, dict) else other


def _skeleton(tree: Any) -> str:
    if isinstance(tree, (tuple, list)):
        return f"{type(tree).__name__}({', '.join(_skeleton(part) for part in tree)})"
    if isinstance(tree, dict):
        return f"dict({', '.join(sorted(f'{key!r}: {_skeleton(part)}' for key, part in tree.items()))})"
    return "None" if tree is None else "*"


def spread(tree: Any, given: Any, asked: str) -> list[Any]:
    """What is given for each leaf of a tree; None stands for nothing, also in place of a whole container.

    Raises ShapeError, naming what was asked, where the containers differ.

    >>> spread([1.0, {"w": 2.0, "b": 3.0}], [None, {"w": 5.0, "b": None}], "example")
    [None, 5.0, None]
    """
    if given is None:
        return [None] * len(flatten(tree)[0])
    if isinstance(tree, (tuple, list, dict)):
        like = type(given) is type(tree) and len(given) == len(tree)
        if not like or (isinstance(tree, dict) and given.keys() != tree.keys()):
            raise ShapeError(f"{asked}: the containers differ: {_skeleton(tree)} and {_skeleton(given)}")
        parts = [(part, given[key]) for key, part in (tree.items() if isinstance(tree, dict) else enumerate(tree))]
        return [leaf for part, one in parts for leaf in spread(part, one, asked)]
    if tree is None or isinstance(given, (tuple, list, dict)):
        raise ShapeError(f"{asked}: the containers differ: {_skeleton(tree)} and {_skeleton(given)}")
    return [given]
