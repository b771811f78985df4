"""What a module is made of: parameters, buffers and modules, found by walking attributes; nothing need be registered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import autograd_core as ag
from autograd_core.errors import NoAttributeError

from .errors import KindError, SettingError
from .parameter import Parameter, default_dtype


class Members(ag.Scoped):
    """Finds the parameters, buffers and modules among the attributes of a module, also in lists, tuples and dicts."""

    _buffers: Mapping[str, bool] = {}  # the names of attributes that are buffers, and whether they are saved

    def _members(self) -> Mapping[str, Any]:
        """Where parameters and modules are looked for: by default all attributes."""
        return vars(self)

    def _found(self) -> Iterator[tuple[str, Any]]:
        """The parameters, buffers and modules among the attributes, with the path that leads there from here."""
        for name, value in self._members().items():
            if name not in self._buffers:
                if not name.startswith("__"):
                    yield from found_in(name, value)
            elif isinstance(value, ag.Tensor):
                yield name, value
            elif value is not None:
                raise KindError(
                    f"the buffer {name!r} of {type(self).__name__} is a {type(value).__name__} now: write into it under "
                    f"ag.no_grad(), or assign ag.tensor(...)"
                )

    def __setattr__(self, name: str, value: Any) -> None:
        if value is not None and isinstance(vars(self).get(name), Parameter) and not isinstance(value, Parameter):
            raise KindError(
                f"{name!r} of {type(self).__name__} is a parameter, and a {type(value).__name__} in its place would not be "
                f"trained: write nn.Parameter(...), or change its numbers with {name}[...] = values under ag.no_grad()"
            )
        object.__setattr__(self, name, value)

    # -- by name -----------------------------------------------------------------------------------------------------

    def named_children(self) -> Iterator[tuple[str, Any]]:
        """The modules that this one holds itself, with their names."""
        return unique((name, value) for name, value in self._found() if isinstance(value, Members))

    def children(self) -> Iterator[Any]:
        """The modules that this one holds itself."""
        return (module for _, module in self.named_children())

    def named_modules(
        self, memo: set[Any] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Any]]:
        """This module and all that it holds, however deep, with their paths.

        memo               modules that are passed over, with all that they hold; those that were listed are added
        remove_duplicate   list a module that is held twice only once
        """
        memo = set() if memo is None else memo
        if self in memo:
            return
        memo.add(self)
        yield prefix, self
        for name, value in self._found():
            if isinstance(value, Members):
                yield from value.named_modules(memo, joined(prefix, name), remove_duplicate)
        if not remove_duplicate:
            memo.discard(self)  # it only ends cycles

    def modules(self) -> Iterator[Any]:
        """This module and all that it holds, however deep."""
        return (module for _, module in self.named_modules())

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Any]]:
        """The parameters with their paths, such as "layers.0.weight"; one that is shared is listed once.

        prefix             stands before each path
        recurse            those of the modules within, too
        remove_duplicate   False to list one that is shared under each of its paths
        """
        leaves = self._leaves(prefix, recurse, remove_duplicate)
        found = ((path, value) for path, value, persistent in leaves if persistent is None)
        return unique(found) if remove_duplicate else found

    def parameters(self, recurse: bool = True) -> Iterator[Any]:
        """The parameters, each once."""
        return (parameter for _, parameter in self.named_parameters("", recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Any]]:
        """The buffers with their paths; the arguments are those of `named_parameters`."""
        leaves = self._leaves(prefix, recurse, remove_duplicate)
        found = ((path, value) for path, value, persistent in leaves if persistent is not None)
        return unique(found) if remove_duplicate else found

    def buffers(self, recurse: bool = True) -> Iterator[Any]:
        """The buffers, each once."""
        return (buffer for _, buffer in self.named_buffers("", recurse))

    def _leaves(self, prefix: str, recurse: bool, once: bool) -> Iterator[tuple[str, Any, bool | None]]:
        """Parameters and buffers with their paths; of a buffer also whether it is saved, None of a parameter."""
        for path, module in self.named_modules(None, prefix, once) if recurse else [(prefix, self)]:
            for name, value in module._found():
                if not isinstance(value, Members):
                    yield joined(path, name), value, module._buffers.get(name)

    # -- one of them -------------------------------------------------------------------------------------------------

    def get_submodule(self, target: str) -> Any:
        """The module at a path; "" is this one. Raises NoAttributeError, which lists those that are there."""
        return picked(self, target, "module", self.named_modules(remove_duplicate=False))

    def get_parameter(self, target: str) -> Any:
        """The parameter at a path."""
        return picked(self, target, "parameter", self.named_parameters(remove_duplicate=False))

    def get_buffer(self, target: str) -> Any:
        """The buffer at a path."""
        return picked(self, target, "buffer", self.named_buffers(remove_duplicate=False))

    # -- by the names of PyTorch's methods, where an assignment would do -----------------------------------------------

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        """Hold values that are not trained but belong to the module: `to` converts them.

        persistent   state_dict saves them too
        tensor       copied into a Tensor: Python numbers as float32, arrays in their own dtype; None for "not yet"
        """
        self._check_free(name)
        self._buffers = {**self._buffers, name: persistent}
        setattr(self, name, None if tensor is None else ag.tensor(tensor, dtype=default_dtype(tensor)))

    def register_parameter(self, name: str, param: Any) -> None:
        """Hold a parameter, or None in its place: the same as an assignment to an attribute, for names that are computed."""
        if param is not None and not isinstance(param, Parameter):
            raise KindError(
                f"register_parameter takes a parameter, and was given a {type(param).__name__}: write nn.Parameter(...)"
            )
        self._check_free(name)
        setattr(self, name, param)

    def register_module(self, name: str, module: Any) -> None:
        """Hold a module, or None in its place: the same as an assignment to an attribute, for names that are computed."""
        if module is not None and not isinstance(module, Members):
            raise KindError(f"register_module takes a module, and was given a {type(module).__name__}")
        self._check_free(name)
        setattr(self, name, module)

    add_module = register_module

    def _check_free(self, name: str) -> None:
        """Raise unless a name can be that of an attribute."""
        if not isinstance(name, str):
            raise KindError(f"{name!r} is to be the name of an attribute, and is a {type(name).__name__}: give a str")
        if not name or "." in name:
            raise SettingError(f"{name!r} cannot be the name of an attribute: leave no name empty, and no dots in it")
        if hasattr(self, name) and name not in self._members():
            raise SettingError(f"{type(self).__name__} has an attribute {name!r} of its own: take another name")


def joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def found_in(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The parameters and modules in a value: itself, or what lists, tuples and dicts hold."""
    if isinstance(value, (Members, Parameter)):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from found_in(f"{path}.{key}", inner)
    elif isinstance(value, (list, tuple)):
        for i, inner in enumerate(value):
            yield from found_in(f"{path}.{i}", inner)


def unique(found: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Each thing once, under its first name."""
    seen: set[int] = set()
    for name, value in found:
        if id(value) not in seen:
            seen.add(id(value))
            yield name, value


def picked(module: Members, path: str, kind: str, found: Iterator[tuple[str, Any]]) -> Any:
    """What is at a path; raises NoAttributeError if there is nothing."""
    known = dict(found)
    if path not in known:
        listed = ", ".join(repr(name) for name in known if name) or "none"
        raise NoAttributeError(f"{type(module).__name__} has no {kind} at {path!r}; there are: {listed}")
    return known[path]
