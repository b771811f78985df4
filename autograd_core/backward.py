"""`backward`: one walk back whose results are added to `.grad`."""

from __future__ import annotations

from sys import getrefcount
from typing import Any

import numpy as np
from numpy import ndarray

from .batches import Batched
from .constants import number
from .errors import DTypeError, GradientError, ShapeError
from .primitives.buffers import LINE
from .recording import Node, Tensor, Value, dtype_of, handle, tensor_of
from .reverse import ONE_OWNER, Cotangents, conjugate, pull_back, run_hooks


def require_graph(value: Value, asked: str) -> Node:
    """The node of a value that a gradient is asked of; raises GradientError if there is no gradient to be had."""
    if not isinstance(value, Value):
        raise GradientError(
            f"{asked} takes recorded values, not {value!r} of type {type(value).__name__}: make it one with ag.tensor(..., "
            f"requires_grad=True); of a function ag.grad gives the gradient"
        )
    if type(value) is Batched:
        raise GradientError(
            f"{asked} within vmap, for one of many examples: take ag.grad or ag.vjp within it, for each of them"
        )
    node = value.node
    if node is None or not node.requires_grad:
        reason = (
            "none of its inputs was made with requires_grad=True, or the path is cut by detach, no_grad or an integer"
        )
        if node is not None and node.primitive is not None and node.primitive.family == "fixed":
            reason = f"it comes from {node.primitive.name}, which is piecewise constant"
        raise GradientError(f"{asked} needs a value that requires a gradient, and this one does not: {reason}")
    return node


def seed_for(value: Value, gradient: Any, asked: str) -> Any:
    """The cotangent to start from: the one given, or 1 for a value of one element."""
    data = value._data
    if gradient is None:
        if type(data) is float:
            return 1.0
        if data.size != 1:
            raise GradientError(
                f"{asked} starts from one number, but this value has shape {data.shape}: reduce it first, for example with "
                f".sum() or .mean(), or pass a gradient of that shape"
            )
        if data.dtype.kind == "c":
            raise GradientError(
                f"{asked} starts from a real number, but this value is {data.dtype}: use .real or abs()"
            )
        return number(1, data.dtype) if data.ndim == 0 else np.ones(data.shape, data.dtype)
    check_kind(gradient, data, f"{asked}: the gradient")
    if type(data) is float:
        return gradient if isinstance(gradient, Value) else float(gradient)
    if not isinstance(gradient, Tensor):
        gradient = np.array(gradient, dtype=data.dtype)
    if gradient.shape != data.shape:
        raise ShapeError(f"{asked}: the gradient has shape {gradient.shape}, but the value has shape {data.shape}")
    if gradient.dtype != data.dtype:
        raise DTypeError(f"{asked}: the gradient is {gradient.dtype}, but the value is {data.dtype}")
    return gradient


def check_kind(given: Any, data: Any, asked: str) -> None:
    """Raise DTypeError unless a cotangent or tangent holds numbers, and real ones where the data it belongs to is real."""
    kind = dtype_of(given).kind
    if kind not in "biufc" or (kind == "c" and dtype_of(data).kind != "c"):
        raise DTypeError(f"{asked} is {dtype_of(given)}, but the value is {dtype_of(data)}")


def backward(value: Value, gradient: Any = None, retain_graph: bool | None = None, create_graph: bool = False) -> None:
    """Add the gradient of this value to the `.grad` of every leaf it was computed from.

    gradient      the cotangent to start from, shape and dtype of the value; may be left out for a single number
    retain_graph  keep what was saved, so that backward can be called again; as create_graph by default
    create_graph  record the walk, so that the gradients can be differentiated in turn

    Raises GradientError for a value without gradient, for a value of several elements without `gradient`, and for a second
    call through nodes that were not retained.

    >>> import autograd_core as ag
    >>> x = ag.scalar(2.0)
    >>> (x**3).backward()
    >>> x.grad
    12.0
    """
    node = require_graph(value, "backward()")
    seed = seed_for(value, gradient, "backward()")
    if isinstance(seed, Value) and not create_graph:
        seed = seed._data
    elif create_graph and not isinstance(seed, Value):
        seed = handle(seed, None)
    kept: Cotangents = {}
    retain = create_graph if retain_graph is None else retain_graph
    seeds = {node: seed if gradient is None else conjugate(seed)}
    found = pull_back(seeds, record=create_graph, retain=retain, kept=kept)
    for target in found:
        if target.watch is not None and target.watch.hooks:
            found[target] = run_hooks(target.watch, found[target], target)
    # from here on nothing can fail
    for store in (kept, found):
        while store:
            target, g = store.popitem()
            if (
                type(g) is ndarray
                and g.dtype.kind != "c"
                and target.grad is None
                and getrefcount(g) <= ONE_OWNER
                and (g.base is None or is_sole_view(g))
            ):
                target.grad = tensor_of(g, None)  # nobody else holds it
            else:
                accumulate(target, conjugate(g))


def _count_of_one_view() -> int:
    view: Any = np.zeros(2).reshape(2, 1)
    base = view.base
    return getrefcount(base)


ONE_VIEW = _count_of_one_view()


def is_sole_view(g: Any) -> bool:
    """Whether an array is the only one to look at the memory of another, and at all of it but a cache line, as results are."""
    base = g.base
    whole = type(base) is np.ndarray and base.flags.owndata and base.nbytes <= g.nbytes + LINE
    return whole and g.flags.forc and g.flags.writeable and getrefcount(base) <= ONE_VIEW


def accumulate(node: Node, g: Any) -> None:
    """Add a gradient to a node's `grad`."""
    old = node.grad
    if isinstance(g, Value):
        node.grad = g if old is None else old + g
    elif type(g) is float or type(node.value) is float:
        node.grad = float(g) if old is None else old + float(g)
    elif old is None:
        node.grad = tensor_of(np.array(g), None)
    elif old.node is None and old.storage is None and type(old._data) is np.ndarray and old._data.flags.writeable:
        np.add(old._data, g, out=old._data)  # in memory that nothing else was computed from
    else:
        node.grad = old + g
