"""Whether, and how completely, calls are recorded: per thread and per async task.

plain      record what needs a gradient, keep what its rules name
keep-all   record every call and keep every value (record, jvp, compile)
witnessed  keep-all, and a witness is told what happens (anomaly detection, why_no_grad); what happens under `off` too
off        compute only
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar, Token
from functools import wraps
from inspect import isasyncgenfunction, iscoroutinefunction, isgeneratorfunction
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .errors import ModeError

if TYPE_CHECKING:
    from .recording import Node, Value

F = TypeVar("F", bound=Callable[..., Any])


BACKWARD = "backward pass"
"""The kind of the scopes of recorded backward passes."""


class Scope:
    """A named stretch of the program, such as a module's call; scopes nest."""

    __slots__ = ("kind", "name", "parent")

    def __init__(self, name: str, parent: Scope | None = None, kind: str = "") -> None:
        self.name, self.parent, self.kind = name, parent, kind

    @property
    def path(self) -> str:
        """The names from the outermost scope to this one, joined by dots."""
        names = [self.name]
        scope = self.parent
        while scope is not None:
            names.append(scope.name)
            scope = scope.parent
        return ".".join(reversed(names))

    def __enter__(self) -> None:
        """Go on with the call of a `Scoped` after a block around it was left."""
        begin(within(current(), self), self)


class Onlooker(Protocol):
    """Looks on at one walk: is given each step to take, and what the walk ends with."""

    def back(self, node: Node, g: Any, step: Callable[[], Sequence[Any]]) -> Sequence[Any]: ...

    def ahead(self, node: Node, tangents: Sequence[Any], step: Callable[[], Any]) -> Any: ...

    def ended(self, found: Mapping[Node, Any]) -> None: ...


class Witness:
    """Is told what happens while its mode is on; this one takes no notice."""

    def called(self, node: Node) -> None:
        """A call was recorded, if without gradient since recording is off."""

    def left(self, value: Value, kind: str) -> None:
        """A value left the record as a bool, a number or an array, by what `kind` says."""

    def walk(self, seeds: Mapping[Node, Any]) -> Onlooker | None:
        """A walk is about to start."""
        return None


class Mode:
    """One setting of the recorder; immutable, so that it can be shared between threads.

    outer, switch   the mode around it, and what it belongs to: a block, or the scope of one call; `token` says in which thread
                    or task
    """

    __slots__ = ("keep_all", "outer", "plain", "recording", "scope", "switch", "token", "witness")

    def __init__(self, recording: bool, keep_all: bool, scope: Scope | None, witness: Witness | None = None) -> None:
        self.recording, self.keep_all, self.scope, self.witness = recording, keep_all, scope, witness
        self.plain = recording and not keep_all
        self.outer: Mode | None = None
        self.switch: Switch | Scope | None = None
        self.token: Token[Mode] | None = None


_mode: ContextVar[Mode] = ContextVar("autograd_core mode", default=Mode(True, False, None))  # noqa: B039  # never changed
current, enter, leave = _mode.get, _mode.set, _mode.reset
new: Callable[[type[Any]], Any] = object.__new__


def within(now: Mode, scope: Scope) -> Mode:
    """The same setting in another scope. Every call of a module needs one, and `__init__` would cost as much again."""
    mode: Mode = new(Mode)
    mode.recording = now.recording
    mode.keep_all = now.keep_all
    mode.plain = now.plain
    mode.witness = now.witness
    mode.scope = scope
    mode.outer = now
    return mode


def begin(mode: Mode, switch: Switch | Scope) -> None:
    """Let a mode hold until `end(switch)`."""
    mode.outer, mode.switch = current(), switch
    mode.token = enter(mode)


def end(switch: Switch | Scope) -> None:
    """Let the mode hold that was there before the last `begin`; what was entered since and not left is entered again."""
    mode: Mode | None = current()
    above: list[Mode] = []
    while mode is not None and mode.switch is not switch:
        above.append(mode)
        mode = mode.outer
    try:
        leave(mode.token)  # type: ignore[union-attr, arg-type]  # caught below
    except (AttributeError, ValueError) as reason:
        raise ModeError(
            f"a block of {type(switch).__name__} was left in another thread or task than it was entered in, as can happen to a "
            f"generator that waits within one: close it where it was started, or compute within the block and yield outside"
        ) from reason
    for mode in reversed(above):  # as when one of two suspended generators is closed: what was entered later stays
        mode.switch.__enter__()  # type: ignore[union-attr]


class Switch:
    """Another mode within a block; also a decorator, of coroutine functions too.

    The blocks that are open are listed in the modes themselves, per thread and task, so that one instance may be entered by
    several, and again within itself. A class of its own: entered for every backward, it costs a third of a generator's context
    manager.
    """

    __slots__ = ()

    def mode(self, now: Mode) -> Mode:
        """The mode within the block."""
        raise NotImplementedError

    def __enter__(self) -> None:
        begin(self.mode(current()), self)

    def __exit__(self, *error: object) -> None:
        end(self)

    def __call__(self, function: F) -> F:
        if isgeneratorfunction(function) or isasyncgenfunction(function):
            raise ModeError(
                f"{type(self).__name__} cannot decorate the generator function {function.__name__}, which does not run when "
                f"it is called. Write the block inside of it, around what computes"
            )
        if iscoroutinefunction(function):

            @wraps(function)
            async def awaited(*args: Any, **settings: Any) -> Any:
                with self:
                    return await function(*args, **settings)

            return awaited  # type: ignore[return-value]

        @wraps(function)
        def called(*args: Any, **settings: Any) -> Any:
            with self:
                return function(*args, **settings)

        return called  # type: ignore[return-value]


class set_grad_enabled(Switch):
    """Record, or not, within the block; also a decorator.

    >>> import autograd_core as ag
    >>> x = ag.tensor([1.0], requires_grad=True)
    >>> with ag.set_grad_enabled(False):
    ...     (2 * x).requires_grad
    False
    """

    __slots__ = ("flag",)

    def __init__(self, flag: bool) -> None:
        self.flag = flag

    def mode(self, now: Mode) -> Mode:
        return Mode(self.flag, now.keep_all, now.scope, now.witness)


def no_grad() -> set_grad_enabled:
    """Compute without recording within the block; also a decorator, `@no_grad()`.

    >>> import autograd_core as ag
    >>> w = ag.tensor([1.0], requires_grad=True)
    >>> with ag.no_grad():
    ...     w -= 0.5
    >>> w
    tensor([0.5], requires_grad=True)
    """
    return set_grad_enabled(False)


def enable_grad() -> set_grad_enabled:
    """Record within the block, even inside `no_grad`; also a decorator.

    >>> import autograd_core as ag
    >>> w = ag.tensor([1.0], requires_grad=True)
    >>> with ag.no_grad(), ag.enable_grad():
    ...     (2 * w).requires_grad
    True
    """
    return set_grad_enabled(True)


class keep_all(Switch):
    """Record every call with every value within the block."""

    __slots__ = ()

    def mode(self, now: Mode) -> Mode:
        return Mode(True, True, now.scope, now.witness)


class witnessed(Switch):
    """Keep every value within the block, and tell a witness of all that happens."""

    __slots__ = ("witness",)

    def __init__(self, witness: Witness) -> None:
        self.witness = witness

    def mode(self, now: Mode) -> Mode:
        return Mode(now.recording, True, now.scope, self.witness)


class scope(Switch):
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

    def mode(self, now: Mode) -> Mode:
        return within(now, Scope(self.name, now.scope, self.kind))


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

    _scope_name: str | None = None
    _instead: Callable[..., Any] | None = None  # called in place of forward with the object, the inputs and the options

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """The result for given inputs; written by each subclass, called as `x(...)`."""
        raise NotImplementedError(f"{type(self).__name__} has no forward method: write `def forward(self, x): ...`")

    def _named(self) -> str:
        """The name of the scope of a call, if none was given."""
        return type(self).__name__

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        # a block of `scope`, and `within`, written out: it would cost three times as much
        now = current()
        scope: Scope = new(Scope)
        scope.name, scope.parent, scope.kind = self._scope_name or self._named(), now.scope, type(self).__name__
        mode: Mode = new(Mode)
        mode.recording = now.recording
        mode.keep_all = now.keep_all
        mode.plain = now.plain
        mode.witness = now.witness
        mode.outer = now
        mode.scope = mode.switch = scope
        mode.token = token = enter(mode)
        try:
            if self._instead is None:
                return self.forward(*inputs, **options)
            return self._instead(self, inputs, options)
        finally:
            if current() is mode:
                leave(token)
            else:
                end(scope)
