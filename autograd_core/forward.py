"""The walk forward: tangents from sources to outputs, oldest node first, over a graph that kept every value.

As on the way back (see `live`), a cut leaves elements that depend on nothing; a mask goes along with the tangents, so that such
an element stays zero when an operation with an infinite slope follows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from .families.elementwise import gate, push
from .modes import current, keep_all, set_grad_enabled
from .recording import Node, Value, frame, handle, in_numpy, leaf, wrapped
from .reverse import ancestors, check_unwritten


def push_forward(
    seeds: Mapping[Node, Any], outputs: Sequence[Node], *, record: bool = False, nodes: list[Node] | None = None
) -> list[Any]:
    """The tangents of the outputs for the given tangents of sources; None where an output does not depend on any.

    record   the walk itself is recorded, so that its results can be differentiated
    nodes    those to go through, newest first, if not all that lead to the outputs
    """
    witness = current().witness
    onlooker = None if witness is None else witness.walk(seeds)
    tangents: dict[Node, Any] = dict(seeds)
    masks: dict[Node, Any] = {}  # what is live of a tangent; all of it where there is no mask
    with set_grad_enabled(record):
        nodes = ancestors(outputs, tangents) if nodes is None else nodes
        check_unwritten(nodes, forward=True)
        for node in reversed(nodes):
            ts = [tangents.get(e) if isinstance(e, Node) else None for e in node.inputs]
            if any(t is not None for t in ts):
                saved = wrapped(node) if record else node
                found = [masks.get(e) if isinstance(e, Node) else None for e in node.inputs] if masks else ()
                step = partial(pushed, node, saved, ts, found)
                t = step() if onlooker is None else onlooker.ahead(node, ts, step)
                if t is not None:
                    mask = moved(node, ts, found)
                    if mask is not None:
                        masks[node] = mask
                        if node.primitive.masks == "axes":  # type: ignore[union-attr]
                            t = gate(t, mask)
                    tangents[node] = t
    if onlooker is not None:
        onlooker.ended({node: tangents[node] for node in outputs if node in tangents})
    return [tangents.get(node) for node in outputs]


def pushed(node: Node, saved: Any, tangents: Sequence[Any], masks: Sequence[Any]) -> Any:
    """The tangent of one result; floats too in an arithmetic that gives inf instead of raising."""
    try:
        return pushed_live(node, saved, tangents, masks)
    except ArithmeticError:
        if type(node.value) is not float:
            raise
        with np.errstate(all="ignore"):
            return pushed_live(node, in_numpy(saved), tangents, masks)


def pushed_live(node: Node, saved: Any, tangents: Sequence[Any], masks: Sequence[Any]) -> Any:
    """The tangent of one result; zero where the tangents it comes from are not live."""
    primitive: Any = node.primitive
    if primitive.definition is not None and primitive.jvp is None:
        return through_definition(node, saved, tangents)
    if primitive.family != "elementwise" or all(m is None for m in masks):
        return primitive.push(node, saved, tangents)
    with np.errstate(all="ignore"):  # what is not live may overflow or be undefined, and is thrown away
        return push(primitive, node, saved, tangents, masks)


def through_definition(node: Node, saved: Any, tangents: Sequence[Any]) -> Any:
    """The tangent of the result of a fused primitive, or of each: by way of its definition in terms of others."""
    record = saved is not node
    given = frame(node, saved)[:-2]
    inputs = given if record else [handle(x, leaf(x, t is not None)) for x, t in zip(given, tangents, strict=True)]
    with keep_all():
        ys = node.primitive.definition(*inputs, **(node.settings or {}))  # type: ignore[union-attr,misc]
    several = type(ys) is tuple
    outputs: list[Any] = [y.node for y in (ys if several else (ys,))]
    seeds = {x.node: t for x, t in zip(inputs, tangents, strict=True) if t is not None}
    within = ancestors(outputs, [x.node for x in inputs if isinstance(x, Value) and x.node is not None])
    found = push_forward(seeds, outputs, record=record, nodes=within)
    return tuple(found) if several else found[0]


def moved(node: Node, tangents: Sequence[Any], masks: Sequence[Any]) -> Any:
    """The mask of a result: what depends on any live element; None where all of it does, or the family drops masks."""
    primitive: Any = node.primitive
    masked = any(m is not None for m in masks)
    carries = primitive.cut or (masked and primitive.carries_masks)
    sources = [None if t is None else e.value for e, t in zip(node.inputs, tangents, strict=True)]
    if not carries or any(type(value) is tuple for value in (node.value, *sources)):
        return None
    live: list[Any] = [
        None if value is None else np.ones(shape_of(value)) * (1.0 if m is None else m)
        for value, m in zip(sources, masks or [None] * len(sources), strict=True)
    ]
    if primitive.masks == "axes":
        rows = np.any(sum(m for m in live if m is not None), axis=(node.settings or {}).get("axis"), keepdims=True)
        shape = shape_of(node.value)
        mask = np.reshape(rows, shape) if rows.size == math.prod(shape) else np.broadcast_to(rows, shape)
    elif primitive.masks == "weights":  # through the operation itself, whose weights are never negative
        ones = [float(m) if type(value) is float else m for value, m in zip(sources, live, strict=True)]
        mask = np.asarray(primitive.push(node, node, ones)) != 0
    else:
        mask = sum((m for m in live if m is not None), np.zeros(shape_of(node.value))) != 0
    return None if mask.all() else mask


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape of a node's value, kept or not; () for a float."""
    return getattr(value, "shape", ())
