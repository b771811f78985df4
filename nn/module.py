"""The base of all layers and models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from textwrap import indent
from typing import Any, Self

import numpy as np

import autograd_core as ag
from autograd_core.errors import DTypeError

from .displays import module_html
from .errors import KindError
from .hooks import Hook, RemovableHandle, registered
from .members import Members
from .states import IncompatibleKeys, load, renew, saved


class Module(Members):
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

    def _labelled(self) -> tuple[str, str]:
        return label_tree(self)

    # -- hooks -------------------------------------------------------------------------------------------------------

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args)` before each forward; what it returns replaces the positional arguments.

        prepend       before the hooks that are there already, not after them
        with_kwargs   call `hook(module, args, kwargs)`, which may return a pair (args, kwargs)

        Returns a handle whose `remove()` takes the hook away; `with` does so at the end of its block.

        >>> import nn
        >>> layer = nn.Identity()
        >>> with layer.register_forward_pre_hook(lambda module, args: 2 * args[0]):
        ...     layer(3.0)
        6.0
        """
        return registered(self, "before", Hook(hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Call `hook(module, args, output)` after each forward; what it returns, unless None, replaces the output.

        with_kwargs   call `hook(module, args, kwargs, output)`
        always_call   after an error, too, with None as the output

        >>> import nn, numpy as np
        >>> shapes = {}
        >>> model = nn.Sequential(nn.Linear(4, 3), nn.ReLU())
        >>> for name, layer in model.named_children():
        ...     handle = layer.register_forward_hook(lambda m, args, y, name=name: shapes.update({name: y.shape}))
        >>> _, shapes_by_name = model(np.ones((2, 4))), shapes
        >>> shapes_by_name
        {'0': (2, 3), '1': (2, 3)}
        """
        return registered(self, "after", Hook(hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` when the gradients of the output are known; it may return others in their place.

        grad_output   a tuple, with one gradient for an output that is none; None where nothing depends on it
        """
        return registered(self, "back_before", Hook(hook), prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` when the gradients of the inputs are known.

        grad_input   a tuple with the gradient of each positional argument, None where there is none; a tuple that the hook
                     returns replaces it

        Where no gradient flows to the inputs, the hook is called when those of the output are known.

        >>> import autograd_core as ag, nn
        >>> layer = nn.Tanh()
        >>> handle = layer.register_full_backward_hook(lambda module, grad_input, grad_output: print(grad_output))
        >>> layer(ag.tensor([0.0, 1.0], requires_grad=True)).sum().backward()
        (tensor([1., 1.]),)
        """
        return registered(self, "back", Hook(hook), prepend)

    # -- saving and loading ------------------------------------------------------------------------------------------

    def state_dict(
        self, *, destination: dict[str, Any] | None = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """Copies of all parameters and persistent buffers as arrays, under PyTorch's keys.

        destination   a dict to add them to, which is returned
        prefix        stands before each key
        keep_vars     the parameters and buffers themselves, not copies

        >>> import nn
        >>> {key: array.shape for key, array in nn.Sequential(nn.Linear(3, 2), nn.ReLU()).state_dict().items()}
        {'0.weight': (2, 3), '0.bias': (2,)}
        """
        found = saved(self, prefix)
        destination = {} if destination is None else destination
        destination.update(found if keep_vars else {key: np.array(value.data) for key, value in found.items()})
        return destination

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copy arrays into the parameters and buffers of the same keys, converted to their dtypes.

        strict   raise as well for keys that are missing from the state, or that no parameter has
        assign   take the dtypes of the arrays instead

        Raises StateDictError, which lists missing, unexpected and mis-shaped keys; nothing has been changed then.
        """
        return load(self, state_dict, strict, assign)

    # -- changing it as a whole --------------------------------------------------------------------------------------

    def train(self, mode: bool = True) -> Self:
        """Let this module and all within behave as in training (dropout drops); returns the module."""
        if not isinstance(mode, bool):
            raise KindError(f"train takes True or False, and was given a {type(mode).__name__}")
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
        try:
            dtype = np.dtype(dtype)
        except TypeError as error:
            raise DTypeError(
                f"a module can be converted to a floating dtype, not to {dtype!r}; there are no devices"
            ) from error
        if dtype.kind != "f":
            raise DTypeError(f"a module can be converted to a floating dtype, such as np.float64, not to {dtype}")
        for value in (*self.parameters(), *self.buffers()):
            if isinstance(value, ag.Tensor) and value.dtype.kind == "f" and value.dtype != dtype:
                renew(value, value.numpy().astype(dtype))
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

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters; or fill them with zeros."""
        for parameter in self.parameters():
            if set_to_none or parameter.grad is None:
                parameter.grad = None
            else:
                parameter.grad = 0.0 if isinstance(parameter, ag.Scalar) else np.zeros(parameter.shape, parameter.dtype)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Let all parameters require a gradient, or none: a frozen part of a model; returns the module."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def apply(self, fn: Callable[[Any], Any]) -> Self:
        """Call a function with every module, those within first; returns the module.

        >>> import nn
        >>> model = nn.Sequential(nn.Linear(2, 2), nn.Tanh()).apply(lambda module: print(type(module).__name__))
        Linear
        Tanh
        Sequential
        """
        for module in innermost_first(self, set()):
            fn(module)
        return self

    # -- showing it --------------------------------------------------------------------------------------------------

    def extra_repr(self) -> str:
        """What stands between the brackets of the module's text."""
        return ""

    def _listed(self) -> Iterator[tuple[str, str]]:
        """What the module's text shows within it: names and texts."""
        return ((name, repr(child)) for name, child in self.named_children())

    def __repr__(self) -> str:
        name, extra = type(self).__name__, self.extra_repr()
        lines = [f"({key}): {text}" for key, text in self._listed()]
        if not lines:
            return f"{name}({extra})"
        return f"{name}(\n" + indent("\n".join([extra, *lines] if extra else lines), "  ") + "\n)"

    def _repr_html_(self) -> str | None:
        try:
            return module_html(self)
        except Exception:  # a display never fails: the text is shown instead
            return None


def innermost_first(module: Members, seen: set[Members]) -> Iterator[Members]:
    """A module after all that it holds, each once."""
    seen.add(module)
    for child in module.children():
        if child not in seen:
            yield from innermost_first(child, seen)
    yield module


def label_tree(root: Module) -> tuple[str, str]:
    """Name the scopes of a module and all within, and parameters without a name, by the paths that lead to them.

    Done at a module's first call, since a plain attribute does not know its name before.
    """
    for module in root.modules():
        for name, child in module.named_children():
            child._label = name, type(child).__name__
    for path, parameter in root.named_parameters():
        if parameter.name is None:
            parameter.name = path
    root._label = type(root).__name__, type(root).__name__
    return root._label
