"""The families whose calls take the generic path: layout, multilinear, fixed, composed, and primitives that state their rules."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy import generic, ndarray

from ..batches import Batched
from ..errors import DeclarationError
from ..memory import Clock, Storage, serials, unchanging
from ..modes import current
from ..primitive import Primitive, pick
from ..recording import TEACHING_SIZE, Absent, Node, Tensor, frame
from ..rules import Rule, parameter_names
from ..scopes import current_scope, scope

P = ParamSpec("P")
R = TypeVar("R")


def primitive(forward: Callable[..., Any], *vjps: Rule | None, jvp: Rule | None = None, **declared: Any) -> Primitive:
    """A primitive that states its rules: one vjp per input (or one for all, which names `xs` or `xs_like`), and a jvp.

    forward   positional parameters are data, keyword parameters settings; computes with NumPy arrays
    vjps      each gives the cotangent of its input from g and what else it names; None for "not differentiable"
    jvp       the tangent of the result from t (one input) or ts (several, None where constant);
              not needed with linear=True, when the operation is linear in all its inputs together
    outputs   how many results the forward gives, as a tuple, whose cotangents arrive as gs; -1 if that depends on the call

    >>> import numpy as np, autograd_core as ag
    >>> cube = ag.primitive(lambda x: x**3, lambda g, a: g * 3 * a**2, jvp=lambda t, a: 3 * a**2 * t, name="cube")
    >>> ag.grad(cube)(2.0)
    12.0
    """
    variadic = len(vjps) == 1 and callable(vjps[0]) and bool({"xs", "xs_like"} & set(vjps[0].__code__.co_varnames))
    return Primitive(forward, vjps, family="general", jvp=jvp, variadic=variadic, **declared)


def multilinear(forward: Callable[..., Any], *transposes: Rule | None, **declared: Any) -> Primitive:
    """A primitive that is linear in each input by itself, such as a product.

    transposes   per input, its vjp in terms of g and the other inputs
    The tangent is the operation itself with one input after the other replaced by its tangent.

    >>> import numpy as np, autograd_core as ag
    >>> scale = ag.multilinear(lambda a, b: a * b, lambda g, b: g * b, lambda g, a: np.sum(g * a), name="scale")
    >>> ag.grad(lambda b: np.sum(scale(np.array([1.0, 2.0]), b)))(3.0)
    3.0
    """
    made = Primitive(forward, transposes, family="multilinear", **declared)
    call = made.call

    def push(node: Any, saved: Any, tangents: Any) -> Any:
        total = None
        values = frame(node, saved)[:-2]
        for i, t in enumerate(tangents):
            if t is not None:
                inputs = list(values)
                inputs[i] = t
                term = call(*inputs, **(node.settings or {}))
                total = term if total is None else total + term
        return total

    made.push = push
    return made


def layout(forward: Callable[..., Any], transpose: Rule, **declared: Any) -> Primitive:
    """A primitive that only moves elements: reshape, transpose, indexing and their transposes, joining and splitting.

    transpose   brings a cotangent back; names g and a_like, and settings. If it names xs_like, the forward takes any number of
                inputs and joins them; with outputs= it gives a tuple of results, whose cotangents arrive as gs
    Results may be views; they then share their storage with the input, so that writes in place are noticed.

    >>> import numpy as np, autograd_core as ag
    >>> mirrored = ag.layout(lambda a: a[::-1], lambda g: g[::-1], name="mirrored")
    >>> ag.jacobian(mirrored)(np.ones(2))
    array([[0., 1.],
           [1., 0.]])
    """
    joins = "xs_like" in parameter_names(transpose)
    made = Primitive(forward, (transpose,), family="layout", linear=True, variadic=joins, **declared)
    if joins:
        return made
    generic_call = made.call
    made.push = lambda node, saved, tangents: generic_call(tangents[0], **(node.settings or {}))
    viewing(made)
    if made.outputs is None:
        made.call = recorded_at_once(made, made.call)
    return made


def viewing(made: Primitive) -> Primitive:
    """The primitive itself, of one input, whose results may be views of it: a write to one is known to the other."""
    generic_call = made.call

    def call(a: Any, **settings: Any) -> Any:
        y = generic_call(a, **settings)
        if isinstance(a, Tensor):
            parts = y if type(y) is tuple else (y,)
            for i, part in enumerate(parts):
                if isinstance(part, Tensor) and (part._data is a._data or part._data.base is not None):  # may be a view
                    share(a, part, made, settings, None if parts is not y else i)
        elif type(a) is Batched:
            for part in y if type(y) is tuple else (y,):
                a.share(part)
        return y

    made.call = call
    return made


def recorded_at_once(made: Primitive, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """The call of a layout with one result: of a Tensor, without the steps that other calls take."""
    forward, defaults, route = made.forward, made.defaults, made.route((0,))
    keeps_a, keeps_y = 0 in route.keeps or route.every, -1 in route.keeps

    def call(a: Any, **settings: Any) -> Any:
        if type(a) is Tensor:
            m, mode = a.node, current()
            wanted = m is not None and m.requires_grad
            if mode.plain or not (wanted or mode.keep_all):
                x = a._data
                if defaults:
                    settings = {**defaults, **settings}
                try:
                    y = forward(x, **settings)
                except Exception as error:
                    raise made.explained(error, [x]) from error
                if isinstance(y, (ndarray, generic)):
                    node = None
                    if wanted:
                        node = Node()
                        node.serial = next(serials)
                        node.route = route
                        node.requires_grad = True
                        node.first = m
                        node.x = x if keeps_a else None
                        node.y = y if keeps_y else None
                        node.value = y if y.size <= TEACHING_SIZE else Absent(y.shape, y.dtype)
                        node.settings = settings = unchanging(settings)
                        node.scope = current_scope()
                        node.second = node.z = node.storage = node.watch = node.grad = node.about = None
                    t = Tensor()
                    t._data = y
                    t.node = node
                    t.storage = None
                    if y is x or y.base is not None:  # may be a view
                        share(a, t, made, settings)
                    return t
        return otherwise(a, **settings)

    return call


def share(
    base: Tensor, view: Tensor, made: Primitive | None = None, settings: Any = None, place: int | None = None
) -> None:
    """Note that two values may share memory; `made` made the view, as its only result or as that at a place."""
    storage = base.storage
    if storage is None:
        with Clock.lock:  # another thread may be taking a view too
            storage = storage_of(base)
        storage.add(base)
    view.storage = storage
    if view.node is not None and view.node.serial:
        view.node.storage = storage
    storage.add(view, base, made, settings, place)


def storage_of(base: Tensor) -> Storage:
    """What a value and its node know of their memory; made when first asked for."""
    storage = base.storage
    if storage is None:
        known = None if base.node is None else base.node.storage
        storage = base.storage = Storage() if known is None else known
        if base.node is not None and base.node.primitive is pick:
            call = base.node.first
            call.storage = storage.call = call.storage or Storage()
    if base.node is not None and base.node.serial:  # a ghost belongs to many values
        base.node.storage = storage
    return storage


def fixed(forward: Callable[..., Any], **declared: Any) -> Primitive:
    """A piecewise constant primitive: comparisons, rounding, argmax. Its derivative is zero wherever it has one.

    In plain recording the result carries no gradient; when everything is kept, the call is a node like any other.

    >>> import numpy as np, autograd_core as ag
    >>> steps = ag.fixed(lambda a: np.floor(4 * a) / 4, name="steps")
    >>> ag.grad(lambda x: steps(x) * x)(0.8)
    0.75
    """
    if isinstance(forward, np.ufunc):
        declared.setdefault("batch", "leading")
    made = Primitive(forward, (), family="fixed", **declared)
    made.push = no_tangent
    return made


def no_tangent(node: Node, saved: Any, tangents: Any) -> None:
    """The tangent of a piecewise constant result."""


def composed(function: Callable[P, R]) -> Callable[P, R]:
    """A function written in terms of primitives, which a drawing can show as one card: records into a scope of its name.

    >>> import numpy as np, autograd_core as ag
    >>> @ag.composed
    ... def norm(x):
    ...     return np.sqrt(np.sum(x * x))
    >>> norm(ag.tensor([3.0, 4.0], requires_grad=True)).node.scope.path
    'norm'
    """
    if not callable(function):
        raise DeclarationError(f"composed decorates a function, not {function!r}")

    @wraps(function)
    def call(*args: P.args, **settings: P.kwargs) -> R:
        with scope(function.__name__.rstrip("_"), "composed"):
            return function(*args, **settings)

    return call
