"""Where in the program a call is recorded: in which modules and blocks; per thread and per async task."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Any

from .modes import Block, set_back

BACKWARD = "backward pass"
"""The kind of the scopes of recorded backward passes."""


class Scope:
    """A named stretch of the program, such as a module's call; scopes nest.

    parent   the scope around it
    outer    the scope to go back to: its parent, unless that was left before
    """

    __slots__ = ("kind", "name", "outer", "parent")

    def __init__(self, name: str, parent: Scope | None = None, kind: str = "") -> None:
        self.name, self.parent, self.outer, self.kind = name, parent, parent, kind

    @property
    def path(self) -> str:
        """The names from the outermost scope to this one, joined by dots."""
        names = [self.name]
        scope = self.parent
        while scope is not None:
            names.append(scope.name)
            scope = scope.parent
        return ".".join(reversed(names))


class Stretch(Scope):
    """The scope of a block, and, while that is open, the token that says in which thread or task it was entered."""

    __slots__ = ("block", "token")
    block: scope
    token: Token[Scope | None] | None

    def __reduce__(self) -> tuple[Any, ...]:  # copies are of what was recorded, and open nowhere
        return Scope, (self.name, self.parent, self.kind)


_scope: ContextVar[Scope | None] = ContextVar("autograd_core scope", default=None)
current_scope, enter, reset = _scope.get, _scope.set, _scope.reset
new: Callable[[type[Any]], Any] = object.__new__


def leave(scope: Scope) -> None:
    """Go back to the scope around one; what was entered since and not left stays, and goes back there in its turn."""
    inner = current_scope()
    if inner is scope:
        enter(scope.outer)
        return
    while inner is not None and inner.outer is not scope:
        inner = inner.outer
    if inner is not None:  # as when one of two suspended generators is closed
        inner.outer = scope.outer


class scope(Block):
    """Group what is recorded within the block under a name, as one card or cluster of a drawing; also a decorator.

    >>> import autograd_core as ag
    >>> with ag.scope("encoder"):
    ...     y = ag.tensor([1.0], requires_grad=True) * 2
    >>> y.node.scope.path
    'encoder'
    """

    __slots__ = ("kind", "name")

    def __init__(self, name: str, kind: str = "") -> None:
        self.name, self.kind = name, kind

    def __enter__(self) -> None:
        entered = Stretch(self.name, current_scope(), self.kind)
        entered.block = self
        entered.token = enter(entered)

    def __exit__(self, *error: object) -> None:
        now = found = current_scope()
        while found is not None and getattr(found, "block", None) is not self:
            found = found.outer
        set_back(reset, found, self)
        found.token = None  # type: ignore[union-attr]  # a record is not to keep a task alive
        enter(now)
        leave(found)  # type: ignore[arg-type]


class Scoped:
    """The base of objects that are called, such as modules: what a call records is grouped under a name, as by `scope`.

    A subclass writes `forward`, and `x(...)` gives what `x.forward(...)` does.

    >>> import autograd_core as ag
    >>> class Doubling(ag.Scoped):
    ...     def forward(self, x):
    ...         return 2 * x
    >>> Doubling()(ag.tensor([1.0], requires_grad=True)).node.scope.path
    'Doubling'
    """

    _label: tuple[str, str] | None = None  # the name and the kind of the scope of a call
    _instead: Callable[..., Any] | None = None  # called in place of forward with the object, the inputs and the options

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """The result for given inputs; written by each subclass, called as `x(...)`."""
        raise NotImplementedError(f"{type(self).__name__} has no forward method: write `def forward(self, x): ...`")

    def _labelled(self) -> tuple[str, str]:
        """The label of a call, if none was given."""
        return type(self).__name__, type(self).__name__

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        # `Scope` and `leave` written out: with a block this would cost three times as much
        scope: Scope = new(Scope)
        scope.name, scope.kind = self._label or self._labelled()
        scope.parent = scope.outer = current_scope()
        token = enter(scope)
        try:
            if self._instead is None:
                if options or len(inputs) != 1:
                    return self.forward(*inputs, **options)
                return self.forward(inputs[0])
            return self._instead(self, inputs, options)
        finally:
            if current_scope() is scope and scope.outer is scope.parent:
                reset(token)
            else:
                leave(scope)
