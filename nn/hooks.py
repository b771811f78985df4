"""What is called around the forward of a module, and with the gradients that pass it on the way back."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import autograd_core as ag

from .errors import KindError

if TYPE_CHECKING:
    from .module import Module

_keys = count()


class Hook(NamedTuple):
    """A function, whether it is given keyword arguments too, and whether it is called after an error as well."""

    function: Callable[..., Any]
    with_kwargs: bool = False
    always: bool = False


class Hooks:
    """The hooks of one module, in the order in which they are called: stands in for its forward while there are any."""

    def __init__(self) -> None:
        self.before: dict[int, Hook] = {}
        self.after: dict[int, Hook] = {}
        self.back_before: dict[int, Hook] = {}
        self.back: dict[int, Hook] = {}

    def __call__(self, module: Module, inputs: tuple[Any, ...], options: dict[str, Any]) -> Any:
        waiting = {key: hook for key, hook in self.after.items() if hook.always}
        try:
            for hook in list(self.before.values()):
                inputs, options = prepared(hook, module, inputs, options)
            passage = Passage(module, self) if self.back or self.back_before else None
            if passage is not None:
                inputs = passage.entered(inputs)
            result = module.forward(*inputs, **options)
            for key, hook in list(self.after.items()):
                waiting.pop(key, None)
                result = concluded(hook, module, inputs, options, result)
            return result if passage is None else passage.left(result)
        except Exception as error:
            for hook in waiting.values():
                try:
                    concluded(hook, module, inputs, options, None)
                except Exception as further:
                    error.add_note(f"a forward hook that is always called failed then, too: {further!r}")
            raise


def prepared(
    hook: Hook, module: Module, inputs: tuple[Any, ...], options: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The inputs and options as a hook before forward leaves them."""
    if not hook.with_kwargs:
        answer = hook.function(module, inputs)
        return inputs if answer is None else answer if isinstance(answer, tuple) else (answer,), options
    answer = hook.function(module, inputs, options)
    if answer is None:
        return inputs, options
    if not (isinstance(answer, tuple) and len(answer) == 2):
        raise KindError(
            f"a forward pre-hook with keyword arguments returns None or a pair (args, kwargs), and this one returned a "
            f"{type(answer).__name__}"
        )
    return answer


def concluded(hook: Hook, module: Module, inputs: tuple[Any, ...], options: dict[str, Any], result: Any) -> Any:
    """The result as a hook after forward leaves it."""
    given = (module, inputs, options, result) if hook.with_kwargs else (module, inputs, result)
    answer = hook.function(*given)
    return result if answer is None else answer


class Passage:
    """Shows the hooks of a module the gradients of one call: first those of its results, then those of its inputs."""

    def __init__(self, module: Module, hooks: Hooks) -> None:
        self.module = module
        self.before, self.back = list(hooks.back_before.values()), list(hooks.back.values())
        self.nothing: tuple[None, ...] | None = None  # for the inputs, if no gradient flows to any
        self.grad_output: tuple[Any, ...] = ()

    def entered(self, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        passed: tuple[Any, ...] = ag.hooked(inputs, self.at_inputs)
        if passed is inputs:
            self.nothing = (None,) * len(inputs)
        return passed

    def left(self, result: Any) -> Any:
        if isinstance(result, tuple):
            return ag.hooked(result, self.at_results)
        return ag.hooked(result, lambda g: self.at_results((g,))[0])

    def at_results(self, grad_output: tuple[Any, ...]) -> tuple[Any, ...]:
        for hook in self.before:
            answer = hook.function(self.module, grad_output)
            grad_output = grad_output if answer is None else as_many(answer, grad_output, "grad_output")
        self.grad_output = grad_output
        if self.nothing is not None:
            for hook in self.back:
                hook.function(self.module, self.nothing, grad_output)
        return grad_output

    def at_inputs(self, grad_input: tuple[Any, ...]) -> tuple[Any, ...]:
        for hook in self.back:
            answer = hook.function(self.module, grad_input, self.grad_output)
            grad_input = grad_input if answer is None else as_many(answer, grad_input, "grad_input")
        return grad_input


def as_many(answer: Any, given: tuple[Any, ...], what: str) -> tuple[Any, ...]:
    """What a backward hook returned in place of gradients."""
    if not isinstance(answer, tuple) or len(answer) != len(given):
        found = f"{len(answer)} of them" if isinstance(answer, tuple) else f"a {type(answer).__name__}"
        raise KindError(
            f"a backward hook returns None, or a tuple in place of the {len(given)} gradients of {what}, and this one "
            f"returned {found}"
        )
    return answer


class RemovableHandle:
    """Takes a hook away again: by `remove()`, or at the end of a `with` block."""

    def __init__(self, module: Module, kind: str, key: int) -> None:
        self.module, self.kind, self.key = module, kind, key

    def remove(self) -> None:
        """Take the hook away; a second time does nothing."""
        hooks = vars(self.module).get("_instead")
        if hooks is not None:
            getattr(hooks, self.kind).pop(self.key, None)
            if not any(vars(hooks).values()):
                del self.module._instead  # calls are as they were

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


def registered(module: Module, kind: str, hook: Hook, prepend: bool) -> RemovableHandle:
    """Enter a hook of one kind into those of a module, last or first."""
    if not callable(hook.function):
        raise KindError(f"a hook is a function, and was given as a {type(hook.function).__name__}")
    hooks = vars(module).setdefault("_instead", Hooks())
    key, known = next(_keys), getattr(hooks, kind)
    setattr(hooks, kind, {key: hook, **known} if prepend else {**known, key: hook})
    return RemovableHandle(module, kind, key)
