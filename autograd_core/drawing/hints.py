"""What may be meant, but is easily overlooked: gradients that cancel, calls under no_grad, operands that spread each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from ..errors import GradientError
from ..live import Masks
from ..modes import set_grad_enabled
from ..primitive import Parts
from ..recording import Absent, Node
from .flow import Flow, Share, pull, with_saved
from .quantities import size
from .symbols import shape_text

ROUNDING = 64
"""A sum is 0 but for rounding, if it is at most so many times the precision of what is summed."""

SMALL = 1e-4
"""Whether elements cancel is asked only where so small a share of what arrives is left."""


def hints_of(
    node: Node, values: Mapping[Node, Any], flow: Flow | None, unrecorded: Collection[Node]
) -> tuple[str, ...]:
    """The hints of one value, as lines of its card."""
    found = []
    if node in unrecorded:
        found.append("called under no_grad: no gradient")
    if node.route is None and flow is not None and cancels(node, flow):
        found.append("what arrives cancels out")
    if node.requires_grad and node.route is not None and (words := spread(node, values)):
        found.append(words)
    return tuple(found)


def cancels(node: Node, flow: Flow) -> bool:
    """Whether the gradient of a leaf is a sum of what is not 0, and yet 0 but for rounding."""
    shares, gradient = flow.paths.get(node, ()), flow.gradients.get(node)
    array = np.asarray(gradient) if gradient is not None and not isinstance(gradient, Parts) else np.empty(0)
    if array.ndim == 0 or array.dtype.kind != "f":  # a single number shows its sum
        return False
    whole = size(gradient) or 0.0
    parts = sum(size(share.contribution) or 0.0 for share in shares)
    least = ROUNDING * float(np.finfo(array.dtype).eps)
    if len(shares) > 1 and 0 < parts < np.inf and whole <= least * parts:
        return True
    unsigned = [without_signs(share, whole) for share in shares]
    return bool(unsigned) and all(other and whole <= least * other for other in unsigned)


def without_signs(share: Share, whole: float) -> float | None:
    """The size of a share if all that arrives had the same sign; None where that is not asked, since much is left."""
    arrives, target = share.upstream, share.target
    if share.local is not None or isinstance(arrives, (Parts, tuple)) or not whole <= SMALL * (size(arrives) or 0.0):
        return None
    if np.asarray(arrives).dtype.kind != "f" or target.route is None or target.route.cut:
        return None
    if isinstance(target.value, tuple):  # what arrives does not tell at which of the results
        return None
    place = target.route.wanted.index(share.position)
    with set_grad_enabled(False), np.errstate(all="ignore"):
        try:
            found = pull(with_saved(target), np.abs(arrives), Masks(), {})[place]
        except (GradientError, TypeError):
            return None
    return size(found)


def spread(node: Node, values: Mapping[Node, Any]) -> str:
    """That no operand of an elementwise call has the shape of the result: each is repeated along an axis of another."""
    primitive: Any = node.primitive
    if primitive.family != "elementwise" or isinstance(node.value, tuple):
        return ""
    known = [values[e] if isinstance(e, Node) else e for e in node.inputs]
    shapes = [x.shape for x in known if isinstance(x, (np.ndarray, Absent)) and x.shape and np.prod(x.shape) > 1]
    shape = getattr(values[node], "shape", ())
    if len(shapes) < 2 or shape in shapes:
        return ""
    return f"{' with '.join(map(shape_text, shapes))} gives {shape_text(shape)}"
