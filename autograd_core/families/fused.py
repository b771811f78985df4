"""Value and slope of an elementwise function computed together, where they have the costly part in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..memory import serials
from ..modes import current
from ..primitive import Primitive
from ..recording import TEACHING_SIZE, Absent, Node, Tensor
from ..rules import Route
from ..scopes import current_scope

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def with_slope(made: Primitive, kernel: Callable[[Any], tuple[Any, Any]]) -> Primitive:
    """An elementwise primitive of one input whose recorded calls on float32 and float64 Tensors are computed by a kernel.

    kernel   x -> (y, dy/dx), both as the declaration has them

    The slope is kept, so that the way back is one product, which takes the slope's place if no other walk can follow. Walks
    that are recorded, forward mode and every other call go by the declaration.
    """
    otherwise = made.call
    (product,) = made.products

    def pull(node: Node, saved: Any, g: Any) -> tuple[Any, ...]:
        if saved is not node:
            return (product(saved, g),)
        slope, last = node.z, node.watch is not None and node.watch.spent
        return (np.multiply(g, slope, out=slope if last and slope.ndim else None),)

    route = Route(made, (0,), frozenset((0,)), pull, 1)

    def call(a: Any) -> Any:
        if type(a) is Tensor:
            m, x = a.node, a._data
            if m is not None and m.requires_grad and x.dtype in FLOATS and current().plain:
                y, slope = kernel(x)
                node = Node()
                node.serial = next(serials)
                node.route = route
                node.requires_grad = True
                node.first = m
                node.x, node.z = x, slope
                node.value = y if y.size <= TEACHING_SIZE else Absent(y.shape, y.dtype)
                node.scope = current_scope()
                node.second = node.y = node.settings = node.storage = node.watch = node.grad = node.about = None
                t = Tensor()
                t._data, t.node, t.storage = y, node, None
                return t
        return otherwise(a)

    made.call = call
    return made
