"""The walk forward: tangents from sources to outputs, oldest node first, over a graph that kept every value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .modes import set_grad_enabled
from .recording import Node, in_numpy, wrapped
from .reverse import ancestors, check_unwritten


def push_forward(seeds: Mapping[Node, Any], outputs: Sequence[Node], *, record: bool = False) -> list[Any]:
    """The tangents of the outputs for the given tangents of sources; None where an output does not depend on any.

    record   the walk itself is recorded, so that its results can be differentiated
    """
    tangents: dict[Node, Any] = dict(seeds)
    with set_grad_enabled(record):
        nodes = ancestors(outputs, tangents)
        check_unwritten(nodes, forward=True)
        for node in reversed(nodes):
            ts = [tangents.get(e) if isinstance(e, Node) else None for e in node.inputs]
            if any(t is not None for t in ts):
                primitive: Any = node.primitive
                try:
                    t = primitive.push(node, wrapped(node) if record else node, ts)
                except ArithmeticError:  # floats raise where arrays give inf
                    if type(node.value) is not float:
                        raise
                    with np.errstate(all="ignore"):
                        t = primitive.push(node, in_numpy(wrapped(node) if record else node), ts)
                if t is not None:
                    tangents[node] = t
    return [tangents.get(node) for node in outputs]
