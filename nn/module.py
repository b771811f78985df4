"""The base of all layers and models: parameters are found by walking attributes, nothing is registered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from textwrap import indent
from typing import Any, NamedTuple, Self

import numpy as np

import autograd_core as ag
from autograd_core import scope
from autograd_core.errors import DTypeError

from .errors import KindError, StateDictError
from .parameter import Parameter, default_dtype


class IncompatibleKeys(NamedTuple):
    """What `load_state_dict` did not find in a state, and what it found there without a place for it."""

    missing_keys: list[str]
    unexpected_keys: list[str]


class Module:
    """Parameters together with the function that uses them, as `torch.nn.Module`.

    A subclass assigns its parameters and inner modules to attributes, also in lists, tuples or dicts, and writes
    `forward`.
    Attributes are plain: there is no `super().__init__()` to remember, and what is assigned later is found as well.

    >>> import nn
    >>> class Doubling(nn.Module):
    ...     def __init__(self):
    ...         self.layers = [nn.Linear(2, 2, bias=False), nn.Linear(2, 1)]
    ...         self.scale = nn.Parameter(2.0)
    ...     def forward(self, x):
    ...         for layer in self.layers:
    ...             x = layer(x)
    ...         return self.scale * x
    >>> [name for name, _ in Doubling().named_parameters()]
    ['scale', 'layers.0.weight', 'layers.1.weight', 'layers.1.bias']
    """

    training = True
    _scope_name: str | None = None
    _buffers: Mapping[str, bool] = {}  # the names of attributes that are buffers, and whether they are saved

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """The result for given inputs; written by each subclass, called as `module(...)`."""
        raise NotImplementedError(f"{type(self).__name__} has no forward method: write `def forward(self, x): ...`")

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        with scope(self._scope_name or name_tree(self), type(self).__name__):
            return self.forward(*inputs, **options)

    # -- what it is made of ------------------------------------------------------------------------------------------

    def _members(self) -> Mapping[str, Any]:
        """Where parameters and modules are looked for: by default all attributes."""
        return vars(self)

    def _found(self) -> Iterator[tuple[str, Any]]:
        """The parameters, buffers and modules among the attributes, with the path that leads there from here."""
        for name, value in self._members().items():
            if name in self._buffers:
                if value is not None:
                    yield name, value
            elif not name.startswith("__"):
                yield from found_in(name, value)

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules that this one holds itself, with their names."""
        seen: set[int] = set()
        for name, value in self._found():
            if isinstance(value, Module) and id(value) not in seen:
                seen.add(id(value))
                yield name, value

    def children(self) -> Iterator[Module]:
        """The modules that this one holds itself."""
        return (module for _, module in self.named_children())

    def named_modules(self, prefix: str = "", remove_duplicate: bool = True) -> Iterator[tuple[str, Module]]:
        """This module and all that it holds, however deep, with their paths; a module held twice is listed once."""
        return walk(self, prefix, set(), remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """This module and all that it holds, however deep."""
        return (module for _, module in self.named_modules())

    def named_parameters(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Any]]:
        """The parameters with their paths, such as "layers.0.weight"; a parameter that is shared is listed once."""
        return self._named_leaves(prefix, recurse, lambda module, name: name not in module._buffers)

    def parameters(self, recurse: bool = True) -> Iterator[Any]:
        """The parameters, each once."""
        return (parameter for _, parameter in self.named_parameters("", recurse))

    def named_buffers(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Any]]:
        """The buffers with their paths."""
        return self._named_leaves(prefix, recurse, lambda module, name: name in module._buffers)

    def buffers(self, recurse: bool = True) -> Iterator[Any]:
        """The buffers, each once."""
        return (buffer for _, buffer in self.named_buffers("", recurse))

    def _named_leaves(
        self, prefix: str, recurse: bool, choose: Callable[[Module, str], bool]
    ) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        for path, module in self.named_modules(prefix) if recurse else [(prefix, self)]:
            for name, value in module._found():
                if not isinstance(value, Module) and choose(module, name) and id(value) not in seen:
                    seen.add(id(value))
                    yield joined(path, name), value

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        """Hold values that are not trained but belong to the module: `to` converts them.

        persistent   state_dict saves them too
        tensor       copied into a Tensor: Python numbers as float32, arrays in their own dtype; None for "not yet"
        """
        self._buffers = {**self._buffers, name: persistent}
        setattr(self, name, None if tensor is None else ag.tensor(tensor, dtype=default_dtype(tensor)))

    # -- saving and loading ------------------------------------------------------------------------------------------

    def _saved(self) -> Iterator[tuple[str, Any]]:
        for path, module in self.named_modules(remove_duplicate=False):
            for name, value in module._found():
                if not isinstance(value, Module) and module._buffers.get(name, True):
                    yield joined(path, name), value

    def state_dict(self) -> dict[str, np.ndarray[Any, Any]]:
        """Copies of all parameters and persistent buffers as arrays, under PyTorch's keys.

        >>> import nn
        >>> {key: array.shape for key, array in nn.Sequential(nn.Linear(3, 2), nn.ReLU()).state_dict().items()}
        {'0.weight': (2, 3), '0.bias': (2,)}
        """
        return {key: np.array(value.data) for key, value in self._saved()}

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> IncompatibleKeys:
        """Copy arrays into the parameters and buffers of the same keys, converted to their dtypes.

        strict   raise as well for keys that are missing from the state, or that no parameter has

        Raises StateDictError, which lists missing, unexpected and mis-shaped keys; nothing has been changed then.
        """
        if not isinstance(state_dict, Mapping):
            raise KindError(
                f"load_state_dict takes a dict of arrays by name, and was given a {type(state_dict).__name__}: "
                "give what state_dict() returned"
            )
        own = dict(self._saved())
        arrays = {
            key: np.asarray(value.numpy() if isinstance(value, ag.Tensor) else value)
            for key, value in state_dict.items()
        }
        missing = [key for key in own if key not in arrays]
        unexpected = [key for key in arrays if key not in own]
        problems = (
            [*(f"missing: {key}" for key in missing), *(f"unexpected: {key}" for key in unexpected)] if strict else []
        )
        for key, target in own.items():
            if key in arrays and arrays[key].shape != target.shape:
                problems.append(f"of another shape: {key} is {arrays[key].shape}, the module's is {target.shape}")
            elif key in arrays and not np.can_cast(arrays[key].dtype, target.dtype, "same_kind"):
                problems.append(f"of another kind: {key} is {arrays[key].dtype}, the module's is {target.dtype}")
        if problems:
            remedy = "; strict=False passes over missing and unexpected keys" if strict else ""
            listed = indent("\n".join(problems), "    ")
            raise StateDictError(f"the state does not fit this {type(self).__name__}{remedy}:\n{listed}")
        for key, target in own.items():
            if key in arrays and isinstance(target, ag.Scalar):
                target.data = arrays[key].item()
            elif key in arrays:
                ag.writable(target)[...] = arrays[key]
        return IncompatibleKeys(missing, unexpected)

    # -- changing it as a whole --------------------------------------------------------------------------------------

    def train(self, mode: bool = True) -> Self:
        """Let this module and all within behave as in training (dropout drops); returns the module."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Let this module and all within behave as in use, not in training; returns the module."""
        return self.train(False)

    def to(self, dtype: Any) -> Self:
        """Convert all floating parameters, their gradients, and buffers to a floating dtype; returns the module.

        Scalars stay what they are: Python floats.
        """
        dtype = np.dtype(dtype)
        if dtype.kind != "f":
            raise DTypeError(f"a module can be converted to a floating dtype, such as np.float64, not to {dtype}")
        for value in (*self.parameters(), *self.buffers()):
            if isinstance(value, ag.Tensor) and value.dtype.kind == "f" and value.dtype != dtype:
                gradient = value.grad
                value.data = value.numpy().astype(dtype)
                value.grad = None if gradient is None else gradient.numpy().astype(dtype)
        return self

    def half(self) -> Self:
        """Convert to float16."""
        return self.to(np.float16)

    def float(self) -> Self:
        """Convert to float32."""
        return self.to(np.float32)

    def double(self) -> Self:
        """Convert to float64."""
        return self.to(np.float64)

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters():
            parameter.grad = None

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Let all parameters require a gradient, or none: a frozen part of a model; returns the module."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def apply(self, function: Callable[[Module], Any]) -> Self:
        """Call a function with every module, the innermost first; returns the module."""
        for module in reversed(list(self.modules())):
            function(module)
        return self

    # -- showing it --------------------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What stands between the brackets of the module's text."""
        return ""

    def _listed(self) -> Iterator[tuple[str, Any]]:
        """What the module's text shows within it."""
        return self.named_children()

    def __repr__(self) -> str:
        name, extra = type(self).__name__, self.extra_repr()
        lines = [f"({key}): {text_of(child)}" for key, child in self._listed()]
        if not lines:
            return f"{name}({extra})"
        return f"{name}(\n" + indent("\n".join([extra, *lines] if extra else lines), "  ") + "\n)"


def text_of(step: Any) -> str:
    """A module's text, or the name of a function."""
    if isinstance(step, Module):
        return repr(step)
    return getattr(step, "__name__", None) or getattr(step, "name", None) or repr(step)


def joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def found_in(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The parameters and modules in a value: itself, or what lists, tuples and dicts hold."""
    if isinstance(value, (Module, Parameter)):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from found_in(f"{path}.{key}", inner)
    elif isinstance(value, (list, tuple)):
        for i, inner in enumerate(value):
            yield from found_in(f"{path}.{i}", inner)


def walk(module: Module, path: str, seen: set[int], once: bool) -> Iterator[tuple[str, Module]]:
    """A module and all within, from the top; `seen` ends cycles, and with `once` repetitions too."""
    if id(module) in seen:
        return
    seen.add(id(module))
    yield path, module
    for name, value in module._found():
        if isinstance(value, Module):
            yield from walk(value, joined(path, name), seen, once)
    if not once:
        seen.discard(id(module))


def name_tree(root: Module) -> str:
    """Name the scopes of a module and all within, and parameters without a name, by the paths that lead to them.

    Done at a module's first call, since a plain attribute does not know its name before.
    """
    for module in root.modules():
        for name, child in module.named_children():
            child._scope_name = name
    for path, parameter in root.named_parameters():
        if parameter.name is None:
            parameter.name = path
    root._scope_name = type(root).__name__
    return root._scope_name
