"""Flat calls: activations at inputs where they hardly have a slope, so that hardly a gradient comes through.

Nothing here knows an activation by name. Whether one can be flat is read off its declared derivative, far out on both
sides; whether it is, off its slopes at the inputs it was given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ..primitive import Primitive
from ..recording import Absent, Node
from ..shapes import kept_shape

FLAT = 0.005
"""A slope of at most this share of the largest possible one is flat: tanh beyond ±3.3, a sigmoid beyond ±6.7."""

MOST = 0.75
"""Of the elements of a smooth function, or of the rows of a softmax: that many flat ones are trouble."""

EXAMPLES = 8
"""A unit is judged by at least so many examples; fewer may agree by chance."""

BEND = np.linspace(-8.0, 8.0, 65)  # where activations have their slopes
FAR = np.array([30.0, 100.0, 1000.0])


@dataclass(frozen=True, eq=False)
class Saturation:
    """How flat one call is, or several.

    share      of the elements that are flat, or of the rows of a softmax; 0 for a function that is flat on one side, as relu
    flat       for each unit, whether it is flat for every example     examples   how many there are of a unit, or how many rows
    zeros      whether the flat units give exactly 0
    rows       whether it is a softmax     single   whether its rows have one element
    """

    share: float = 0.0
    flat: Any = ()
    examples: int = 0
    zeros: bool = False
    rows: bool = False
    single: bool = False

    @property
    def units(self) -> int:
        return len(self.flat)

    @property
    def dead(self) -> int:
        """How many units are flat for every example; 0 for fewer examples than tell anything."""
        return int(np.sum(self.flat)) if self.examples >= EXAMPLES else 0

    @property
    def words(self) -> str:
        """What is wrong, empty if nothing is.

        A fresh relu is 0 for half of all inputs, and the examples may be much alike that arrive deep in a network: of n units
        then n/2 are flat by chance, give or take 3/2 √n, three standard deviations. More is trouble, and so is all of them.
        """
        if self.single:
            return "softmax over 1 element is 1, whatever the input"
        if self.dead and (self.dead == self.units or self.dead > self.units / 2 + 1.5 * math.sqrt(self.units)):
            return self.words_of_units
        if self.share < MOST or self.examples * max(self.units, 1) < EXAMPLES:
            return ""
        percent = f"{math.floor(100 * self.share)} %"  # never "100 %" of what is a little less
        what = "rows have all weight on 1 element" if self.rows else "elements are saturated"
        return f"{percent} of the {what}"

    @property
    def words_of_units(self) -> str:
        """How many units are flat, many or few."""
        one = self.dead == self.units == 1
        does = ("gives 0" if one else "give 0") if self.zeros else ("is saturated" if one else "are saturated")
        return f"{self.dead} of {self.units} unit{'s' * (self.units > 1)} {does} for every example"


def saturation(node: Node | None, saved: Any = None) -> Saturation | None:
    """How flat the call of a node is; None for what cannot be flat, for single numbers, and where values were not kept.

    node    that of a value, `x.node`
    saved   stands in for the node, where backward has freed what its rules need

    >>> import numpy as np, autograd_core as ag
    >>> from autograd_core.debugging import saturation
    >>> x = ag.tensor(np.linspace(-10, 10, 64), requires_grad=True)
    >>> saturation(np.tanh(5 * x).node).words
    '93 % of the elements are saturated'
    >>> saturation(np.exp(x).node) is None
    True
    """
    if node is None or node.primitive is None:
        return None
    saved, primitive = node if saved is None else saved, node.primitive
    shape = getattr(node.value, "shape", ())
    if shape == () or 0 in shape:
        return None
    if primitive.family != "elementwise":
        return of_rows(node, saved)
    slopes = slopes_of(node, saved, shape)
    return None if slopes is None else of_elements(node, saved, *slopes)


def slopes_of(node: Node, saved: Any, shape: tuple[int, ...]) -> tuple[Any, Ends] | None:
    """The slopes of a call of one array and single numbers that can be flat, and where it can."""
    primitive, inputs = node.primitive, node.inputs
    assert primitive is not None
    nodes = [i for i, e in enumerate(inputs) if isinstance(e, Node)]
    numbers = [e for e in inputs if not isinstance(e, Node)]
    if len(nodes) != 1 or not callable(primitive.partials[nodes[0]]) or not all(map(is_number, numbers)):
        return None
    (position,) = nodes
    ends = ends_of(primitive, position, tuple([float(np.asarray(e).item()) for e in numbers]))
    dtype = node.value.dtype
    if ends is None or dtype.kind != "f" or getattr(inputs[position].value, "shape", ()) != shape:
        return None
    with np.errstate(all="ignore"):
        try:
            slopes = primitive.products[position](saved, np.ones(shape, dtype))
        except (AttributeError, TypeError):  # of a value that backward has freed
            return None
    return np.abs(slopes), ends


def is_number(x: Any) -> bool:
    return not isinstance(x, (Absent, str, bytes, type(None))) and np.size(x) == 1 and np.isrealobj(x)


@dataclass(frozen=True)
class Ends:
    """The largest slope that a function can have, and whether it is flat on both sides."""

    largest: float
    both: bool


@lru_cache(maxsize=256)
def ends_of(primitive: Primitive, position: int, numbers: tuple[float, ...]) -> Ends | None:
    """Where a function of one array is flat; None if it is not, or if its slope has no bound."""
    x = np.concatenate([-FAR[::-1], BEND, FAR])
    args: list[Any] = [*numbers[:position], x, *numbers[position:]]
    with np.errstate(all="ignore"):
        try:
            y = primitive.forward(*args)
            slopes = np.abs(primitive.products[position](stand_in(args, y), np.ones_like(x)))
        except Exception:  # a user's function need not be defined so far out, and a picture does not fail for it
            return None
    if np.shape(slopes) != x.shape or not np.all(np.isfinite(slopes)):
        return None
    left, middle, right = np.split(slopes, [len(FAR), -len(FAR)])
    largest = float(np.max(middle))
    if not largest or np.max(slopes) > 1.1 * largest:
        return None
    sides = [bool(np.all(side <= FLAT * largest)) for side in (left, right)]
    return Ends(largest, all(sides)) if any(sides) else None


class Saved:
    """What a node saved of a call, as its rules look for it."""

    def __init__(self, x: Any, z: Any, y: Any) -> None:
        self.x, self.z, self.y = x, z, y


def stand_in(args: list[Any], y: Any) -> Saved:
    if len(args) > 2:
        return Saved(tuple(args), None, y)
    return Saved(args[0], args[1] if len(args) == 2 else None, y)


def of_elements(node: Node, saved: Any, slopes: Any, ends: Ends) -> Saturation:
    """The saturation of an elementwise call.

    A unit is an index along the last axis or, as of images, along the one after the first: whichever has more flat ones.
    """
    primitive: Any = node.primitive
    is_flat = slopes <= FLAT * ends.largest
    share = float(np.mean(is_flat)) if ends.both and not primitive.cut else 0.0
    best: Any = ()
    for axis in {1, is_flat.ndim - 1} if is_flat.ndim > 1 else ():
        flat = np.all(is_flat, axis=others(is_flat.ndim, axis))
        if not len(best) or np.mean(flat) > np.mean(best):
            best, at = flat, axis
    examples = is_flat.size // max(len(best), 1)
    if not np.any(best):
        return Saturation(share, best, examples)
    value = value_of(node, saved)
    return Saturation(share, best, examples, value is not None and not np.any(np.compress(best, value, at)))


def others(ndim: int, axis: int) -> tuple[int, ...]:
    """All axes but one."""
    return tuple([i for i in range(ndim) if i != axis])


def value_of(node: Node, saved: Any) -> Any:
    """The result of an elementwise call: as it was kept, or computed once more; None where neither can be."""
    value = kept_value(node, saved)
    if not isinstance(value, Absent):
        return value
    kept = saved.x if isinstance(saved.x, tuple) else (saved.x, saved.z)
    args = [x if isinstance(e, Node) else e for e, x in zip(node.inputs, kept, strict=False)]
    return None if any(x is None for x in args) else node.primitive.forward(*args)  # type: ignore[union-attr]


def kept_value(node: Node, saved: Any) -> Any:
    """The result of a call, as it was kept."""
    return node.value if saved.y is None else saved.y


def of_rows(node: Node, saved: Any) -> Saturation | None:
    """The saturation of a softmax: of whatever gives weights that add up to 1 along its axis."""
    settings, value = node.settings or {}, kept_value(node, saved)
    if "axis" not in settings or not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        return None
    axis = settings["axis"]
    if np.min(value) < 0 or value.shape != np.shape(getattr(node.inputs[0], "value", value)):
        return None
    if not np.allclose(np.sum(value, axis=axis), 1, atol=1e-2):
        return None
    if value.size == math.prod(kept_shape(value.shape, axis)):
        return Saturation(single=True)
    # the slope of a weight by its own input is y (1 - y), at most 1/4
    rows = np.all(value * (1 - value) <= FLAT / 4, axis=axis)
    return Saturation(float(np.mean(rows)), examples=np.size(rows), rows=True)
