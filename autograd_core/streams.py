"""Random numbers drawn again: which generators a stretch of program draws from, and where they stood before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeAlias

import numpy as np

# by identity: the generator, and its state before; as words, since NumPy loads its random numbers when first asked for
Draws: TypeAlias = "dict[int, tuple[np.random.Generator, Any]]"

_listeners: ContextVar[tuple[Draws, ...]] = ContextVar("autograd_core draws", default=())


def drawn_from(generator: np.random.Generator) -> np.random.Generator:
    """The generator itself; `checkpoint` is told that numbers will be drawn from it, and draws the same again on the way back.

    To be called before each draw, within the function that is checkpointed. The layers of `nn` do so.

    >>> import numpy as np, autograd_core as ag
    >>> rng = np.random.default_rng(0)
    >>> def noisy(x):
    ...     return x * ag.drawn_from(rng).normal()
    >>> y, pull = ag.vjp(ag.checkpoint(noisy), 2.0)
    >>> bool(pull(1.0)[0] == y / 2.0)
    True
    """
    for draws in _listeners.get():
        if id(generator) not in draws:
            draws[id(generator)] = generator, generator.bit_generator.state
    return generator


@contextmanager
def listening() -> Iterator[Draws]:
    """Within the block, note every generator before its first draw."""
    draws: Draws = {}
    token = _listeners.set((*_listeners.get(), draws))
    try:
        yield draws
    finally:
        _listeners.reset(token)


@contextmanager
def drawing_again(draws: Draws) -> Iterator[None]:
    """Within the block, generators stand where they stood; afterwards they go on as if nothing had been drawn."""
    now = [(generator, generator.bit_generator.state) for generator, _ in draws.values()]
    for generator, state in draws.values():
        generator.bit_generator.state = state
    try:
        yield
    finally:
        for generator, state in now:
            generator.bit_generator.state = state
