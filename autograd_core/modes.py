"""Whether, and how completely, calls are recorded: per thread and per async task.

    plain      record what needs a gradient, keep what its rules name
    keep-all   record every call and keep every value (record, jvp, compile, anomaly detection)
    off        compute only
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ContextDecorator, contextmanager
from contextvars import ContextVar


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


class Mode:
    """One setting of the recorder; immutable, so that it can be shared between threads."""

    __slots__ = ("keep_all", "plain", "recording", "scope")

    def __init__(self, recording: bool, keep_all: bool, scope: Scope | None) -> None:
        self.recording, self.keep_all, self.scope = recording, keep_all, scope
        self.plain = recording and not keep_all


_mode: ContextVar[Mode] = ContextVar("autograd_core mode", default=Mode(True, False, None))
current = _mode.get


@contextmanager
def _switched(mode: Mode) -> Iterator[None]:
    token = _mode.set(mode)
    try:
        yield
    finally:
        _mode.reset(token)


@contextmanager
def set_grad_enabled(flag: bool) -> Iterator[None]:
    """Record, or not, within the block; also a decorator.

    >>> import autograd_core as ag
    >>> x = ag.tensor([1.0], requires_grad=True)
    >>> with ag.set_grad_enabled(False):
    ...     (2 * x).requires_grad
    False
    """
    mode = current()
    with _switched(Mode(flag, flag and mode.keep_all, mode.scope)):
        yield


def no_grad():  # type: ignore[no-untyped-def]  # the type is contextlib's private one
    """Compute without recording within the block; also a decorator, `@no_grad()`."""
    return set_grad_enabled(False)


def enable_grad():  # type: ignore[no-untyped-def]
    """Record within the block, even inside `no_grad`; also a decorator."""
    return set_grad_enabled(True)


@contextmanager
def keep_all() -> Iterator[None]:
    """Record every call with every value within the block."""
    with _switched(Mode(True, True, current().scope)):
        yield


@contextmanager
def recording(flag: bool) -> Iterator[None]:
    """As `set_grad_enabled`, for a walk: records plainly what it computes, or nothing."""
    mode = current()
    with _switched(Mode(flag, mode.keep_all and flag, mode.scope)):
        yield


class scope(ContextDecorator):
    """Group what is recorded within the block under a name, as one card or cluster of a drawing; also a decorator.

    >>> import autograd_core as ag
    >>> with ag.scope("encoder"):
    ...     y = ag.tensor([1.0], requires_grad=True) * 2
    >>> y.node.scope.path
    'encoder'
    """

    # a class of its own: entered for every call of a module, it costs a third of a generator's context manager
    __slots__ = ("kind", "name", "token")

    def __init__(self, name: str, kind: str = "") -> None:
        self.name, self.kind = name, kind

    def _recreate_cm(self) -> scope:
        return scope(self.name, self.kind)  # a decorated function may call itself

    def __enter__(self) -> None:
        mode = current()
        self.token = _mode.set(Mode(mode.recording, mode.keep_all, Scope(self.name, mode.scope, self.kind)))

    def __exit__(self, *error: object) -> None:
        _mode.reset(self.token)
