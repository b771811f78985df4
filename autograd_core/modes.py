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

    outer, switch   the mode around it, and the block that it belongs to; `token` says in which thread or task
    """

    __slots__ = ("keep_all", "outer", "plain", "recording", "switch", "token", "witness")

    def __init__(self, recording: bool, keep_all: bool, witness: Witness | None = None) -> None:
        self.recording, self.keep_all, self.witness = recording, keep_all, witness
        self.plain = recording and not keep_all
        self.outer: Mode | None = None
        self.switch: Switch | None = None
        self.token: Token[Mode] | None = None


_mode: ContextVar[Mode] = ContextVar("autograd_core mode", default=Mode(True, False))  # noqa: B039  # never changed
current, enter, reset = _mode.get, _mode.set, _mode.reset


class Block:
    """What a `with` statement enters and leaves; also a decorator, of coroutine functions too.

    The blocks that are open are listed in what they change, per thread and task, so that one instance may be entered by several,
    and again within itself. A class of its own: entered for every backward, it costs a third of a generator's context manager.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        raise NotImplementedError

    def __exit__(self, *error: object) -> None:
        raise NotImplementedError

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


def set_back(reset: Callable[[Any], None], entered: Any, block: Block) -> None:
    """Set the variable of this thread or task back to before a block entered a mode or scope of it; ModeError in another one."""
    try:
        reset(entered.token)
    except (
        AttributeError,
        TypeError,
        ValueError,
        RuntimeError,
    ) as reason:  # by what is missing, foreign or set back already
        raise ModeError(
            f"a block of {type(block).__name__} was left in another thread or task than it was entered in, as can happen to a "
            f"generator that waits within one: close it where it was started, or compute within the block and yield outside"
        ) from reason


class Switch(Block):
    """Another mode within a block."""

    __slots__ = ()

    def mode(self, now: Mode) -> Mode:
        """The mode within the block."""
        raise NotImplementedError

    def __enter__(self) -> None:
        now = current()
        mode = self.mode(now)
        mode.outer, mode.switch = now, self
        mode.token = enter(mode)

    def __exit__(self, *error: object) -> None:
        mode: Mode | None = current()
        above: list[Mode] = []
        while mode is not None and mode.switch is not self:
            above.append(mode)
            mode = mode.outer
        set_back(reset, mode, self)
        for mode in reversed(above):  # as when one of two suspended generators is closed: what was entered later stays
            mode.switch.__enter__()  # type: ignore[union-attr]


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
        return Mode(self.flag, now.keep_all, now.witness)


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
        return Mode(True, True, now.witness)


class witnessed(Switch):
    """Keep every value within the block, and tell a witness of all that happens."""

    __slots__ = ("witness",)

    def __init__(self, witness: Witness) -> None:
        self.witness = witness

    def mode(self, now: Mode) -> Mode:
        return Mode(now.recording, True, self.witness)
