"""Arrays as their numbers: the same calls once more, on arrays of Scalars, so that a product of matrices is seen to be sums."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..errors import GradientError
from ..graph import Graph
from ..modes import keep_all
from ..recording import Node, Scalar, Value, leaf, scalar_of
from .flow import flow_of

MOST_NUMBERS = 200
"""Graphs that hold more numbers are not taken apart."""


def in_numbers(graph: Graph, names: dict[Node, str]) -> tuple[Graph, dict[Node, str]]:
    """The graph of the same calls on single numbers, and their names: W[0, 1] for an element of W.

    Raises GradientError for what is too large, is not real, or has a call that NumPy cannot do number by number.
    """
    for node in graph.nodes:
        if isinstance(node.value, tuple) or getattr(node.value, "dtype", np.dtype(float)).kind not in "fiub":
            raise GradientError(
                f"{node!r} is not an array of real numbers, and only those are drawn one by one: leave detail='numbers' out"
            )
    count = sum([math.prod(getattr(node.value, "shape", ())) for node in graph.nodes])
    if count > MOST_NUMBERS:
        raise GradientError(
            f"this graph holds {count:,} numbers, more than the {MOST_NUMBERS} that are drawn one by one: draw a smaller "
            f"example, or leave detail out"
        )
    known: dict[Node, Any] = {}
    called: dict[Node, str] = {}
    with keep_all(), np.errstate(all="ignore"):
        for node in graph.nodes:
            made = taken_apart(node) if node.route is None else again(node, known)
            known[node] = made
            name = names.get(node) or node.name
            for index, element in np.ndenumerate(made):
                if name and isinstance(element, Scalar) and element.node is not None and element.node not in called:
                    called[element.node] = name + (f"[{', '.join(map(str, index))}]" if index else "")
    outputs = [x for node in graph.outputs for x in known[node].flat if isinstance(x, Scalar)]
    if not outputs:
        raise GradientError(
            "the result has no elements, and only elements are drawn one by one: leave detail='numbers' out"
        )
    made = Graph(outputs)
    check_gradients(graph, made, known)
    return made, called


def check_gradients(graph: Graph, made: Graph, known: dict[Node, Any]) -> None:
    """Raise GradientError if single numbers have another gradient than in the array, as where equal elements share it."""
    whole, single = (flow_of(g, g.outputs).gradients for g in (graph, made))
    for node in graph.nodes:
        if node.route is None and node in whole:
            found = [single.get(x.node, 0.0) for x in known[node].flat]
            if not np.allclose(found, np.ravel(whole[node]), rtol=1e-4, atol=1e-7, equal_nan=True):
                raise GradientError(
                    f"one by one, the numbers of {node!r} do not get the gradient that they get in the array, as happens "
                    f"where equal elements share it: leave detail='numbers' out"
                )


def taken_apart(node: Node) -> Any:
    """An array of objects: Scalars for a leaf that needs a gradient, else the numbers."""
    array = np.asarray(node.value)
    made = np.empty(array.shape, object)
    for index, x in np.ndenumerate(array):
        if not node.requires_grad:
            made[index] = x.item()
            continue
        element = leaf(float(x), True)
        element.describe().role = None if node.about is None else node.about.role
        made[index] = scalar_of(float(x), element)
    return made


def again(node: Node, known: dict[Node, Any]) -> Any:
    """What a call gives for arrays of values of a single number each; it has to be what it gave before."""
    primitive: Any = node.primitive
    inputs = [known[e] if isinstance(e, Node) else e for e in node.inputs]
    forms: list[Any]
    if primitive.family == "elementwise":
        forms = [lambda *xs, **settings: each(partial(primitive, **settings), xs)]
    else:
        inputs = [bare(x) if isinstance(e, Node) else x for e, x in zip(node.inputs, inputs, strict=True)]
        forms = [primitive.forward, *([primitive.definition] if primitive.definition is not None else [])]
    for form in forms:
        try:
            found = form(*inputs, **(node.settings or {}))
        except Exception:  # NumPy, or a kernel, that needs numbers in one piece
            continue
        if primitive.residual and form is primitive.forward:
            found = found[0]
        if not isinstance(found, np.ndarray):
            made = np.empty((), object)
            made[()] = found
        elif found.dtype == object:
            made = found
        else:
            made = found.astype(object)
        if made.shape == np.shape(node.value) and np.allclose(plain(made), node.value, rtol=1e-5, equal_nan=True):
            return made
    raise GradientError(
        f"{primitive.name} cannot be done number by number, and so not be drawn in that way: leave it whole"
    )


def each(function: Callable[..., Any], xs: Sequence[Any]) -> Any:
    """A function of single numbers over arrays of objects, which are broadcast."""
    arrays = np.broadcast_arrays(*[x if isinstance(x, np.ndarray) else np.array(x, object) for x in xs])
    made = np.empty(arrays[0].shape, object)
    for index in np.ndindex(made.shape):
        made[index] = function(*[array[index] for array in arrays])
    return made


def bare(array: Any) -> Any:
    """A single number without its array, else the array."""
    return array[()] if array.ndim == 0 else array


def plain(array: Any) -> Any:
    """The numbers of an array of values."""
    return np.reshape([float(x.item() if isinstance(x, Value) else x) for x in array.flat], array.shape)
