"""What the declarations of its operations say of a whole function: whether it is a polynomial, and whether it is analytic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any, NamedTuple

import numpy as np

from ..families.elementwise import is_projection
from ..graph import Graph
from ..primitive import Primitive
from ..recording import Node
from ..rules import LETTERS, parameter_names
from ..transforms import record

HIGHEST = 8
"""The highest degree that is made use of."""


class Nature(NamedTuple):
    """What is known of a function; what is not known is no."""

    is_polynomial: bool = False
    is_analytic: bool = False


def nature_of(f: Callable[..., Any], args: Sequence[Any]) -> Nature:
    """Whether the operations that f calls are declared such that f is a polynomial of all its arguments, of no high degree, and
    an analytic function, in pieces where it selects.

    >>> import numpy as np
    >>> nature_of(lambda x, w: np.sum(x @ w - x), [np.ones((2, 2)), np.ones((2, 2))])
    Nature(is_polynomial=True, is_analytic=True)
    >>> nature_of(lambda x: np.exp(x), [1.0]), nature_of(lambda x: np.abs(x), [1.0])
    (Nature(is_polynomial=False, is_analytic=True), Nature(is_polynomial=False, is_analytic=False))
    """
    graph = record(f, *args)
    return Nature(degree(graph) <= HIGHEST, all(is_analytic(node) for node in graph.nodes if node.requires_grad))


# -- polynomials -----------------------------------------------------------------------------------------------------------


def degree(graph: Graph) -> float:
    """The degree of recorded results in all leaves together; infinite where the declarations do not tell."""
    degrees: dict[Node, float] = {}
    for node in graph.nodes:
        made = node.primitive
        if made is None:
            degrees[node] = float(node.requires_grad)
        else:
            degrees[node] = degree_of(made, [degrees[e] if isinstance(e, Node) else 0.0 for e in node.inputs])
    return max((degrees[node] for node in graph.outputs), default=0.0)


def degree_of(made: Primitive, degrees: Sequence[float]) -> float:
    """The degree of a result from those of the inputs."""
    varying = [i for i, d in enumerate(degrees) if d]
    if not varying:
        return 0.0
    if made.kinks is not None or made.singular or not all(map(made.differentiable, varying)):
        return inf
    if made.linear:
        return max(degrees)
    if made.family == "multilinear":
        return sum(degrees)
    if made.family == "elementwise":
        return max(degrees[i] + degree_of_partial(made.partials[i], degrees) for i in varying)
    return inf


def degree_of_partial(partial: Any, degrees: Sequence[float]) -> float:
    """The degree of a partial derivative, told by what it names: constants, or as in a product the other factor itself."""
    if not callable(partial):
        return 0.0
    named = [inf if name == "y" else degrees[LETTERS.index(name)] for name in parameter_names(partial)]
    return named[0] if is_projection(partial) else inf if any(named) else 0.0


# -- analytic functions ----------------------------------------------------------------------------------------------------


def is_analytic(node: Node) -> bool:
    """Whether an operation is declared such that it is an analytic function of its inputs, or selects among them."""
    made = node.primitive
    if made is None or made.family in ("layout", "multilinear"):
        return True
    if made.family == "elementwise":  # its rule is the same for complex numbers, if it is defined for them
        return made.cut or made.kinks is None
    return made.linear and is_complex_linear(made, node)


def is_complex_linear(made: Primitive, node: Node) -> bool:
    """Whether a linear operation is so by complex factors, too: the real part and the conjugate are not."""
    inputs = [1j * np.asarray(e.value if isinstance(e, Node) else e) for e in node.inputs]
    try:
        y = made.forward(*inputs, **(node.settings or {}))
    except (TypeError, ValueError):
        return False
    ys, values = [part if isinstance(part, tuple) else (part,) for part in (y, node.value)]
    return all(np.allclose(a, 1j * np.asarray(b)) for a, b in zip(ys, values, strict=True))
