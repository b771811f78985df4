"""Modules made of modules: one after the other, in a list, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, MutableSequence
from itertools import groupby
from operator import index as as_index
from typing import Any, Self

from autograd_core.errors import BoundsError, NoAttributeError

from ..errors import KindError, SettingError
from ..module import Module

__all__ = ["ModuleDict", "ModuleList", "Sequential"]


class Container(Module):
    """A module that holds parts under names, which are attributes of it, too; a module assigned to an attribute is a part."""

    _parts: Mapping[str, Any] = {}  # a dict, as soon as there are parts

    def _part(self, value: Any) -> Any:
        """What is held for a value; raises KindError for what cannot be held."""
        if value is None or isinstance(value, Module):
            return value
        name = type(self).__name__
        raise KindError(f"{name} takes modules, and was given a {type(value).__name__}: give a module")

    def _put(self, name: str, value: Any) -> None:
        if not isinstance(name, str):
            raise KindError(f"{type(self).__name__} names its parts by strings, and was given {name!r}")
        if not name or "." in name:
            raise SettingError(f"{name!r} cannot be the name of a part: leave no name empty, and no dots in it")
        vars(self).setdefault("_parts", {})[name] = self._part(value)

    def _members(self) -> Mapping[str, Any]:
        # without a name of their own in the paths, as in PyTorch's keys
        return {**self._parts, **{name: value for name, value in vars(self).items() if name != "_parts"}}

    def _listed(self) -> Iterator[tuple[str, str]]:
        yield from ((name, text_of(part)) for name, part in self._parts.items())
        yield from ((name, text) for name, text in super()._listed() if name not in self._parts)

    def __getattr__(self, name: str) -> Any:
        parts = vars(self).get("_parts", {})
        if name in parts:
            return parts[name]
        raise NoAttributeError(f"{type(self).__name__} has no attribute or part {name!r}", name=name, obj=self)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._parts or isinstance(value, Module):
            self._put(name, value)
        else:
            super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        if name in self._parts:
            self._replace((key, part) for key, part in self._parts.items() if key != name)
        else:
            object.__delattr__(self, name)

    def _replace(self, parts: Iterable[tuple[str, Any]]) -> None:
        """Hold these parts instead; names that are numbers are those of the places."""
        named = {str(i) if name.isdigit() else name: part for i, (name, part) in enumerate(parts)}
        object.__setattr__(self, "_parts", named)

    def __len__(self) -> int:
        return len(self._parts)

    def forward(self, *inputs: Any, **options: Any) -> Any:
        raise NotImplementedError(
            f"{type(self).__name__} holds its parts and computes nothing: call them in the forward of the module around it"
        )


class Ordered(Container, MutableSequence[Any]):
    """Parts in an order, under the numbers of their places or names of their own: a list, with all that a list has."""

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        self.extend(() if values is None else values)

    def _name_at(self, index: int) -> str:
        names = list(self._parts)
        try:
            return names[as_index(index)]
        except IndexError as error:
            raise BoundsError(f"{type(self).__name__} has {len(names)} parts, and none at {index}") from error
        except TypeError as error:
            raise KindError(
                f"{type(self).__name__} is indexed by whole numbers, not by {index!r}: names are attributes"
            ) from error

    def __iter__(self) -> Iterator[Any]:
        return iter(self._parts.values())

    def __contains__(self, value: object) -> bool:
        return any(part is value for part in self)

    def __getitem__(self, index: Any) -> Any:
        """The part at a place; of a slice, a container of the same kind with the same parts."""
        if isinstance(index, slice):
            return self._taken(list(self._parts.items())[index])
        return self._parts[self._name_at(index)]

    def _taken(self, parts: list[tuple[str, Any]]) -> Any:
        return type(self)([part for _, part in parts])

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(index, slice):
            items = list(self._parts.items())
            items[index] = [("0", self._part(part)) for part in value]
            self._replace(items)
        else:
            self._put(self._name_at(index), value)

    def __delitem__(self, index: Any) -> None:
        items = list(self._parts.items())
        if not isinstance(index, slice):
            self._name_at(index)  # which raises in our words
        del items[index]
        self._replace(items)

    def insert(self, index: int, value: Any) -> Self:  # type: ignore[override]  # PyTorch's give the container back
        """Add a part before a place; returns the container."""
        items = list(self._parts.items())
        items.insert(index, ("0", self._part(value)))
        self._replace(items)
        return self

    def append(self, value: Any) -> Self:  # type: ignore[override]
        """Add a part at the end; returns the container."""
        self._put(str(len(self)), value)
        return self

    def extend(self, values: Iterable[Any]) -> Self:  # type: ignore[override]
        """Add parts at the end; returns the container."""
        if not isinstance(values, Iterable):
            raise KindError(
                f"{type(self).__name__} takes several parts, and was given a {type(values).__name__}: write [part]"
            )
        for value in list(values):
            self.append(value)
        return self

    def __add__(self, other: Iterable[Any]) -> Any:
        if not isinstance(other, Iterable):
            return NotImplemented
        return self._taken(list(enumerate([*self, *other])))  # type: ignore[arg-type]


class Sequential(Ordered):
    """Modules, or any functions of one value, one after the other, each on the result of the one before.

    args   the steps, or one dict of them; parameters are named "0.weight" or by the keys of the dict

    It is a list of its steps: index, slice, append, extend, insert, pop, del, +, *. A module that is assigned to an attribute
    is a step, too.

    >>> import nn, numpy as np
    >>> nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1), np.tanh)
    Sequential(
      (0): Linear(in_features=2, out_features=8, bias=True)
      (1): ReLU()
      (2): Linear(in_features=8, out_features=1, bias=True)
      (3): tanh
    )
    """

    def __init__(self, *args: Any) -> None:
        if len(args) == 1 and isinstance(args[0], Mapping):
            for name, module in args[0].items():
                self._put(name, module)
        else:
            self.extend(args)

    def forward(self, x: Any) -> Any:
        for step in self._parts.values():
            x = step(x)
        return x

    def _part(self, value: Any) -> Any:
        if isinstance(value, type) and issubclass(value, Module):
            raise KindError(
                f"Sequential takes modules, and was given the class {value.__name__}: write {value.__name__}(...)"
            )
        if callable(value):
            return value
        remedy = "write Sequential(*modules)" if isinstance(value, (list, tuple)) else "give a module or a function"
        raise KindError(f"Sequential takes modules, and was given a {type(value).__name__}: {remedy}")

    def _taken(self, parts: list[tuple[str, Any]]) -> Sequential:
        return Sequential({str(name): part for name, part in parts})

    def __mul__(self, times: int) -> Sequential:
        """The same steps, parameters included, several times."""
        if isinstance(times, bool) or not isinstance(times, int) or times < 1:
            raise SettingError(f"a Sequential can be repeated a whole number of times, at least once, not {times!r}")
        return Sequential(*list(self) * times)

    __rmul__ = __mul__

    def __imul__(self, times: int) -> Self:
        return self.extend(list(self * times)[len(self) :])


class ModuleList(Ordered):
    """A list of modules, whose parameters are those of the module that holds it; PyTorch's name for what a plain list does, too.

    modules   an iterable of modules

    >>> import nn
    >>> layers = nn.ModuleList(nn.Linear(4, 4) for _ in range(3)).append(nn.ReLU())
    >>> layers
    ModuleList(
      (0-2): 3 x Linear(in_features=4, out_features=4, bias=True)
      (3): ReLU()
    )
    >>> [name for name, _ in layers[1:].named_parameters()][:2]
    ['0.weight', '0.bias']
    """

    def __init__(self, modules: Iterable[Any] | None = None) -> None:
        super().__init__(modules)

    def _listed(self) -> Iterator[tuple[str, str]]:
        for text, alike in groupby(super()._listed(), key=lambda row: row[1]):
            names = [name for name, _ in alike]
            yield (names[0], text) if len(names) == 1 else (f"{names[0]}-{names[-1]}", f"{len(names)} x {text}")


class Named(Container, MutableMapping[str, Any]):
    """Parts under names: a dict, with all that a dict has."""

    __eq__: Callable[[Any, object], bool] = object.__eq__  # a module equals itself alone
    __hash__ = object.__hash__

    def __init__(self, parts: Any = None) -> None:
        if not isinstance(parts, (Iterable, type(None))):
            raise KindError(
                f"{type(self).__name__} takes a dict, and was given a {type(parts).__name__}: write {{name: part}}"
            )
        self.update(() if parts is None else parts)

    def __getitem__(self, key: str) -> Any:
        return self._parts[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._put(key, value)

    def __delitem__(self, key: str) -> None:
        del vars(self).get("_parts", {})[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)


class ModuleDict(Named):
    """Modules by name, whose parameters are those of the module that holds it; PyTorch's name for what a plain dict does, too.

    modules   a dict of modules, or pairs (name, module)

    >>> import nn
    >>> heads = nn.ModuleDict({"digit": nn.Linear(8, 10), "parity": nn.Linear(8, 2, bias=False)})
    >>> list(heads.state_dict()), heads.parity is heads["parity"]
    (['digit.weight', 'digit.bias', 'parity.weight'], True)
    """

    def __init__(self, modules: Any = None) -> None:
        super().__init__(modules)


def text_of(step: Any) -> str:
    """A module's text, or the name of a function."""
    if isinstance(step, Module):
        return repr(step)
    return getattr(step, "__name__", None) or getattr(step, "name", None) or repr(step)
