"""Calls of layers and losses, without loops and lists where they are trained as usual; every other call takes the general way.

The lines that fill a node are written out, as in `elementwise`: a step of a small network is little more than such lines.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy import ndarray

from ..memory import protected, serials
from ..modes import current
from ..primitive import Primitive
from ..recording import TEACHING_SIZE, Absent, Node, Tensor, entry
from ..scopes import current_scope


def layer_call(made: Primitive) -> Callable[..., Any]:
    """The call of a primitive of an input and two parameters, without settings.

    Of arrays of one dtype its result is an array of that dtype, and its rules give exact shapes. They name the input for the
    gradient of the first parameter, and that parameter for the gradient of the input.
    """
    forward, otherwise = made.forward, made.call
    inner, first = made.route((0, 1, 2), "exact"), made.route((1, 2), "exact")  # the input of the first layer is data

    def call(a: Any, b: Any, c: Any) -> Any:
        kind = type(a)
        if type(b) is Tensor and type(c) is Tensor and (kind is Tensor or kind is ndarray):
            n, o = b.node, c.node
            if n is not None and o is not None and n.requires_grad and o.requires_grad and current().plain:
                m, x = (a.node, a._data) if kind is Tensor else (None, a)
                z, k = b._data, c._data
                if x.dtype is z.dtype is k.dtype:
                    try:
                        y = forward(x, z, k)
                    except Exception as error:
                        raise made.explained(error, [x, z, k]) from error
                    node = Node()
                    node.serial = next(serials)
                    node.requires_grad = True
                    if m is not None and m.requires_grad:
                        node.route = inner
                        node.x = (x, z, None)
                    else:
                        node.route = first
                        m = protected(x) if kind is ndarray else entry(a, x, True, False)
                        node.x = (m if kind is ndarray else x, None, None)
                    node.first = (m, n, o)
                    node.value = y if y.size <= TEACHING_SIZE else Absent(y.shape, y.dtype)
                    node.scope = current_scope()
                    node.second = node.z = node.y = None
                    node.settings = node.storage = node.watch = node.grad = node.about = None
                    t = Tensor()
                    t._data = y
                    t.node = node
                    t.storage = None
                    return t
        return otherwise(a, b, c)

    return call


def loss_call(made: Primitive) -> Callable[..., Any]:
    """The call of a primitive of scores and targets, which are no values, that keeps a residual and has a definition.

    Its rule gives the shape and dtype of the scores, and its settings are words.
    """
    forward, otherwise, defaults = made.forward, made.call, made.defaults
    route = made.route((0,), "exact")

    def call(a: Any, b: Any, **settings: Any) -> Any:
        if type(a) is Tensor and type(b) is ndarray and b.dtype.kind != "O":
            m = a.node
            if m is not None and m.requires_grad and current().plain:
                x = a._data
                settings = defaults if settings == defaults else {**defaults, **settings}
                try:
                    y, residual = forward(x, b, **settings)
                except Exception as error:
                    raise made.explained(error, [x, b]) from error
                n = protected(b)
                node = Node()
                node.serial = next(serials)
                node.route = route
                node.requires_grad = True
                node.first = (m, n)
                node.x = (x, n)  # all inputs, for the definition
                node.z = residual
                node.value = y if y.size <= TEACHING_SIZE else Absent(y.shape, y.dtype)
                node.settings = settings
                node.scope = current_scope()
                node.second = node.y = node.storage = node.watch = node.grad = node.about = None
                t = Tensor()
                t._data = y
                t.node = node
                t.storage = None
                return t
        return otherwise(a, b, **settings)

    return call
