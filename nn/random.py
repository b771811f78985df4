"""Where layers, initialisers and loaders draw from: one stream per thread, or a generator of your own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy

from autograd_core import random

Generator, manual_seed, stream = random.Generator, random.manual_seed, random.stream


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Within the block this thread's stream begins at a seed; after it, it goes on from where it was.

    >>> with seeded(0):
    ...     first = stream().random()
    >>> with seeded(0):
    ...     assert stream().random() == first
    """
    generator = stream().bit_generator
    before = deepcopy(generator.state)
    generator.state = Generator(seed).bit_generator.state
    try:
        yield
    finally:
        generator.state = before
