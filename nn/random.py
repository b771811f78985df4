"""Where layers, initialisers and loaders draw from: one stream per thread, or a generator of your own."""

from __future__ import annotations

import threading
from typing import Any, TypeAlias

import numpy as np

from autograd_core import drawn_from

Generator: TypeAlias = np.random.Generator


class _Streams(threading.local):
    """The default stream of each thread; seeded from the system's entropy until `manual_seed`."""

    def __init__(self) -> None:
        self.default = np.random.default_rng()


_streams = _Streams()


def manual_seed(seed: int) -> Generator:
    """Start this thread's default stream anew from a seed, and return it.

    >>> import nn
    >>> nn.manual_seed(0).random() == nn.manual_seed(0).random()
    True
    """
    _streams.default = np.random.default_rng(seed)
    return _streams.default


def stream(generator: Any = None) -> Generator:
    """The generator to draw from: the one given, one made from a seed, or this thread's default."""
    # a Generator is passed through
    return drawn_from(_streams.default if generator is None else np.random.default_rng(generator))
