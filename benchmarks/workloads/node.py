"""The cost of a node: a long chain of operators on arrays of ten numbers, recorded and pulled back.

The phase "numpy" is the same chain on plain arrays, in the same process: it is subtracted from the other two, so that
they tell what differentiation adds to NumPy. Python's cyclic garbage collector looks at all that there is again and again while
there is ever more of it; without it, as Python's timeit measures, is told what the record itself costs.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.steps import Step


def chain(nodes: int, x: Any, a: Any, b: Any, c: Any) -> Any:
    for _ in range(nodes // 3):
        x = x * a
        x = x + b
        x = x - c
    return x


def chain_step(leaf: Callable[[NDArray[np.float32]], Any], gradient: Any, nodes: int, collector: bool) -> Step:
    """Three phases. Taking the graph down belongs to the pull-back, as in a training loop."""
    arrays = [np.full(10, value, np.float32) for value in (1, 1, 0.5, 0.5)]
    leaves = [leaf(array) for array in arrays]

    def step() -> Iterator[str]:
        if not collector:
            gc.disable()
        chain(nodes, *arrays)
        yield "numpy"
        y = chain(nodes, *leaves)
        yield "record"
        y.backward(gradient)
        del y
        yield "pull back"
        gc.enable()
        for value in leaves:
            value.grad = None

    return step


def ours(nodes: int, collector: bool) -> Step:
    import autograd_core as ag

    seed = ag.tensor(np.ones(10, np.float32))
    return chain_step(lambda array: ag.tensor(array, requires_grad=True), seed, nodes, collector)


def torch(nodes: int, collector: bool) -> Step:
    import torch

    return chain_step(lambda array: torch.tensor(array, requires_grad=True), torch.ones(10), nodes, collector)
