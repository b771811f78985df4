"""Live masks: which elements of a cotangent stand for a dependence at all.

Where an operation cuts dependence (where, maximum, relu, indexing), an element behind the cut has *no* cotangent. The number 0 in
its place would do, were it not for infinite slopes further back: 0 * inf is NaN. So a cut sends a mask along with its
cotangents; layout operations and reductions move it, sums over paths "or" it, elementwise pull-backs put what is not live back to
zero, and everything else drops it, since its zeros are exact: products of matrices, which would have to be computed once more,
and decompositions. Without a bending elementwise operation before a cut there is no mask.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from .families.elementwise import gate
from .primitive import Parts
from .recording import Node, in_numpy
from .rules import FIRST, Route, settle
from .shapes import kept_shape


class Masks:
    """The live masks of one walk; an element without a mask is live."""

    __slots__ = ("_bends", "live")

    def __init__(self) -> None:
        self.live: dict[Node, Any] = {}
        self._bends: dict[Node, bool] = {}

    def pull(self, node: Node, saved: Any, g: Any, reached: Collection[Node]) -> tuple[Any, ...]:
        """As `route.pull`, and passes masks on to those parents that need one; `reached` have a cotangent already."""
        route: Any = node.route
        if self.whole(node):
            return route.pull(node, saved, g)  # type: ignore[no-any-return]
        if type(node.value) is float and route.primitive.family == "elementwise":
            return self.pull_number(node, saved, g, reached)
        parents = node.parents
        mask = self.live.pop(node, None)
        carries = route.cut or (mask is not None and route.primitive.carries_masks)
        needed = [carries and self.bends(p) for p in parents]
        bending = mask is not None and route.primitive.bends
        contributions = rezeroed(node, route, saved, g, mask) if bending else route.pull(node, saved, g)
        passed = moved(node, route, mask) if any(needed) else (None,) * len(needed)
        for parent, m, need in zip(parents, passed, needed, strict=True):
            if m is None or not need or (parent in reached and parent not in self.live):
                self.live.pop(parent, None)  # live as a whole
            else:
                self.live[parent] = self.live[parent] | m if parent in self.live else m
        return contributions

    def whole(self, node: Node) -> bool:
        """Whether no mask goes through a node, so that its parents are live as a whole."""
        live, route = self.live, node.route
        if live and node in live:
            return False
        parents = (node.first,) if route.kind == FIRST else node.parents  # type: ignore[union-attr]
        if route.cut:  # type: ignore[union-attr]
            for parent in parents:
                if self.bends(parent):
                    return False
        if live:
            for parent in parents:
                live.pop(parent, None)
        return True

    def pull_number(self, node: Node, saved: Any, g: Any, reached: Collection[Node]) -> tuple[Any, ...]:
        """As `pull`, between Scalars: one is live or not as a whole, and what is not sends zeros back, whatever the slopes."""
        route: Any = node.route
        live, parents = self.live, node.parents
        if not live.pop(node, True):
            contributions = weights = (0.0,) * len(parents)
        else:  # a cut: anything else that is live has been pulled already
            contributions = route.pull(node, saved, g)
            weights = route.pull(node, node, 1.0)
        for parent, weight in zip(parents, weights, strict=True):
            if weight:
                live.pop(parent, None)
            elif parent not in reached and self.bends(parent):
                live[parent] = False
        return contributions

    def bends(self, node: Node) -> bool:
        """Whether a cotangent of the node meets a slope that could be infinite before it meets another family."""
        if node.route is None or not node.route.primitive.carries_masks:
            return False
        known = self._bends
        if node in known:
            return known[node]
        stack = [node]
        while stack:
            top = stack[-1]
            primitive = top.primitive
            if top in known or primitive is None or not primitive.carries_masks:
                known.setdefault(top, False)
            elif primitive.bends:
                known[top] = True
            elif waiting := [p for p in top.parents if p not in known]:
                stack.extend(waiting)
                continue
            else:
                known[top] = any(known[p] for p in top.parents)
            stack.pop()
        return known[node]


def moved(node: Node, route: Route, mask: Any) -> tuple[Any, ...]:
    """The mask as the parents see it."""
    if mask is not None and route.primitive.masks is None:  # elementwise
        return tuple([settled_mask(mask, p.value) for p in node.parents])
    if route.primitive.masks == "axes":
        return tuple([spread_mask(node, p, mask) for p in node.parents])
    if mask is None:
        mask = np.ones(getattr(node.value, "shape", ()), bool)
    weights: Any = Parts({i: m * 1.0 for i, m in mask.items()}) if isinstance(mask, Parts) else mask * 1.0
    return tuple([mask_of(c) for c in route.pull(node, node, weights)])


def spread_mask(node: Node, parent: Node, mask: Any) -> Any:
    """A mask of what was computed from whole rows along an axis: each element of a row is live if any result of it is."""
    axis = (node.settings or {}).get("axis")
    shape = getattr(parent.value, "shape", ())
    if np.shape(mask) == shape:
        mask = np.any(mask, axis=axis, keepdims=True)
    return np.broadcast_to(np.reshape(mask, kept_shape(shape, axis)), shape)


def mask_of(c: Any) -> Any:
    """Where a contribution is not zero; for each of several results."""
    return Parts({i: mask_of(g) for i, g in c.items()}) if isinstance(c, Parts) else np.asarray(c) != 0


def settled_mask(mask: Any, target: Any) -> Any:
    """A mask in the shape of an input: live if any of the elements it was broadcast to is."""
    return np.any(mask) if type(target) is float else settle(mask.astype(target.dtype), target) != 0


def rezeroed(node: Node, route: Route, saved: Any, g: Any, mask: Any) -> tuple[Any, ...]:
    """Contributions, zero where not live; elementwise ones before any sum over what was broadcast."""
    products: Any = route.primitive.products
    if route.primitive.masks == "axes":
        with np.errstate(all="ignore"):
            found = route.pull(node, saved, g)
        return tuple([gate(c, spread_mask(node, p, mask)) for c, p in zip(found, node.parents, strict=True)])
    if type(g) is float:
        saved, g = in_numpy(saved), np.float64(g)
    with np.errstate(all="ignore"):  # what is not live may overflow or be undefined, and is thrown away
        return tuple(
            [
                settle(gate(products[i](saved, g), mask), p.value)
                for i, p in zip(route.wanted, node.parents, strict=True)
            ]
        )
