"""The ways in which a rule can be wrong: what each makes of a rule, which rules it is tried on, and when it changes nothing.

A mutation is told nothing but what the declaration says. Where it gives the numbers of the right rule on all that was tried, it
may say, from the declaration again, why no test could tell the two apart; without such words it is a survivor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from ...primitive import Parts, Primitive
from ...recording import Frame, Node, Value, data_of
from ...reverse import conjugate
from ...rules import LETTERS
from ..examples import samples_of
from .injection import Change, Right, Site

RULES = ("partial", "vjp", "jvp")


@dataclass(frozen=True)
class Mutation:
    """One way to be wrong.

    name     what it is called in a report
    words    what is wrong, as one would say it of a rule
    applies  whether a place could be wrong in this way
    change   what the wrong rule gives
    excuse   why it may be no mistake, where all numbers are those of the right rule; None: it always is one
    """

    name: str
    words: str
    applies: Callable[[Site], Any]
    change: Change
    excuse: Callable[[Site], str | None] = lambda site: None


def mutations_of(site: Site) -> Iterator[Mutation]:
    """The mutations to try on a place."""
    yield from (m for m in MUTATIONS if m.applies(site))
    yield from mutations_of_settings(site)
    yield from mutations_of_terms(site)


# -- what a rule gives -------------------------------------------------------------------------------------------------


def each(given: Any, change: Callable[[Any], Any]) -> Any:
    """What a rule gave, changed: one array, or one for each input or result, some of them yet to be computed."""
    if isinstance(given, Parts):
        return Parts({i: each(c, change) for i, c in given.items()})
    if isinstance(given, (list, tuple)):
        return type(given)(each(c, change) for c in given)
    if callable(given):
        return lambda: each(given(), change)
    return None if given is None else change(given)


def given(change: Callable[[Any], Any]) -> Change:
    """A rule whose answer is changed."""
    return lambda right, node, saved, g: each(right(node, saved, g), change)


def conjugated(right: Right, node: Any, saved: Any, g: Any) -> Any:
    if node is None:  # of a partial, itself and not what it is multiplied by
        return conjugate(right(node, saved, conjugate(g)))
    return each(right(node, saved, g), conjugate)


def flipped(c: Any) -> Any:
    return np.flip(c, -1) if getattr(c, "ndim", 0) else c


def read_backwards(right: Right, node: Any, saved: Any, g: Any) -> Any:
    if node is None:
        return flipped(right(node, saved, flipped(g)))
    return each(right(node, saved, g), flipped)


def transposed(c: Any) -> Any:
    return np.swapaxes(c, -1, -2) if getattr(c, "ndim", 0) > 1 else c


def without_last(c: Any) -> Any:
    """All but the last element, which is 0 instead."""
    if getattr(c, "size", 1) < 2:
        return c
    kept = np.ones(c.shape, bool)
    kept[(-1,) * c.ndim] = False
    return np.where(kept, c, np.zeros((), c.dtype))


OTHER_DTYPE = {"f": np.float64, "e": np.float32, "d": np.float32, "g": np.float64, "F": np.complex128, "D": np.complex64}


def in_other_dtype(c: Any) -> Any:
    return c.astype(OTHER_DTYPE.get(c.dtype.char, np.complex128)) if hasattr(c, "dtype") and c.dtype.kind in "fc" else c


# -- what a rule sees --------------------------------------------------------------------------------------------------


def seeing(change: Callable[[Any], Any]) -> Change:
    """A rule that sees what was saved for it changed."""

    def wrong(right: Right, node: Any, saved: Any, g: Any) -> Any:
        seen = Frame()
        seen.x, seen.z, seen.y = [each(v, change) for v in (saved.x, saved.z, saved.y)]
        return right(node, seen, g)

    return wrong


def constant_when_recorded(right: Right, node: Any, saved: Any, g: Any) -> Any:
    return seeing(data_of)(right, node, saved, g) if isinstance(saved, Frame) else right(node, saved, g)


def nudged(x: Any, towards: float) -> Any:
    """The next number on one side of each."""
    data = x._data if isinstance(x, Value) and hasattr(x, "_data") else x
    if np.asarray(data).dtype.kind != "f":
        return x
    step = np.nextafter(data, np.asarray(towards).astype(np.asarray(data).dtype)) - data
    return x + (float(step) if type(data) is float else step)


def one_copy(right: Right, node: Any, saved: Any, g: Any) -> Any:
    """Of the copies of an input that was stretched, only the first counts."""
    shape = getattr(node.value, "shape", ())
    found = []
    for i, parent in enumerate(node.parents):
        own = getattr(parent.value, "shape", ())
        aligned = (1,) * (len(shape) - len(own)) + own
        first = np.zeros(shape, bool)
        first[tuple([slice(None) if n == m else slice(0, 1) for n, m in zip(aligned, shape, strict=True)])] = True
        found.append(right(node, saved, g if first.all() else np.where(first, g, np.zeros((), g.dtype)))[i])
    return tuple(found)


def first_copy(place: int) -> Change:
    """As `one_copy`, for a rule that leaves it to its family to sum over what was stretched."""

    def wrong(right: Right, node: Any, saved: Any, g: Any) -> Any:
        return each(right(node, saved, g), lambda c: cut_down(c, getattr(node.inputs[place].value, "shape", ())))

    return wrong


def cut_down(c: Any, shape: tuple[int, ...]) -> Any:
    extra = getattr(c, "ndim", 0) - len(shape)
    if extra < 0 or getattr(c, "shape", ()) == shape:
        return c
    c = c[(0,) * extra]
    return c[tuple([slice(0, 1) if n == 1 else slice(None) for n in shape])]


def whole_ties(right: Right, node: Any, saved: Any, g: Any) -> Any:
    """Each of those that tie gets all, and not its share."""
    ones = 1.0 if type(g) is float else np.ones(g.shape, g.dtype)
    share = data_of(right(node, saved, ones))
    tied = (share > 0) & (share < 1)
    c = right(node, saved, g)
    if type(c) is float:
        return c / share if tied else c
    return np.where(tied, c / np.where(tied, share, 1), c)


# -- the table ---------------------------------------------------------------------------------------------------------


def of_rules(site: Site) -> bool:
    """Any rule that is stated, and the tangents that families derive; those of partials are the partials'."""
    return site.kind in RULES and not (site.kind == "jvp" and site.primitive.family == "elementwise")


def is_function(site: Site) -> bool:
    return of_rules(site) and (site.kind != "partial" or callable(site.primitive.partials[site.place]))


def names_of(site: Site) -> tuple[str, ...]:
    """What the rule at a place names."""
    made = site.primitive
    rule = made.jvp if site.kind == "jvp" else made.rules[site.place]
    return () if rule is None else rule.names


@cache
def takes_complex(primitive: Primitive) -> bool:
    """Whether a right sample is complex, or can be computed when it is made so."""
    for sample in samples_of(primitive):
        floats = [i for i, a in enumerate(sample.args) if np.asarray(a).dtype.kind in "fc"]
        if sample.raises is not None or not floats:
            continue
        turned = [np.asarray(a) * (1 + 0j) if i in floats else a for i, a in enumerate(sample.args)]
        try:
            with np.errstate(all="ignore"):
                y = primitive.forward(*turned, **sample.settings)
        except Exception:
            continue
        if any(np.asarray(part).dtype.kind == "c" for part in (y if isinstance(y, tuple) else (y,))):
            return True
    return False


def can_transpose(site: Site) -> bool:
    """Whether the rule gives arrays of two axes or more in any sample."""
    right = [s for s in samples_of(site.primitive) if s.raises is None]
    where = slice(None) if site.primitive.variadic or site.kind == "jvp" else slice(site.place, site.place + 1)
    return site.kind in ("vjp", "jvp") and any(np.ndim(a) > 1 for s in right for a in s.args[where])


def can_tie(site: Site) -> bool:
    made = site.primitive
    return site.kind in ("partial", "vjp") and made.cut and bool(made.kinks or made.singular) and made.outputs is None


def is_singular(site: Site) -> bool:
    made = site.primitive
    return is_function(site) and site.kind == "partial" and not made.cut and bool(made.kinks or made.singular)


def bends(site: Site) -> bool:
    """Whether the rule names values, on which it depends."""
    values = {*LETTERS, "y", "ys", "xs", "r"}
    return is_function(site) and bool(values & set(names_of(site)))


def why_constant(site: Site) -> str | None:
    made = site.primitive
    if made.cut:
        return "it selects: the weights of a cut are piecewise constant"
    return "it is linear" if made.linear else None


def why_one_sided(site: Site) -> str | None:
    return "the published convention is the slope on that side" if site.primitive.singular else None


def why_not_stretched(site: Site) -> str | None:
    return "the rule itself gives the shape of its input"


def many(site: Site) -> bool:
    return len(site.primitive.rules) > 1 or site.primitive.variadic


MUTATIONS = [
    Mutation("half", "half of it", of_rules, given(lambda c: c * 0.5)),
    Mutation("twice", "twice as much", of_rules, given(lambda c: c * 2)),
    Mutation("sign", "the other sign", of_rules, given(lambda c: -c)),
    Mutation("slightly off", "a thousandth too much", of_rules, given(lambda c: c * 1.001)),
    Mutation("conjugate", "the complex conjugate", lambda s: is_function(s) and takes_complex(s.primitive), conjugated),
    Mutation("dtype", "another precision", lambda s: s.kind in ("way back", "jvp"), given(in_other_dtype)),
    Mutation("reversed", "in reverse along the last axis", is_function, read_backwards),
    Mutation("transposed", "the last two axes exchanged", can_transpose, given(transposed)),
    Mutation("last element", "without the last element", of_rules, given(without_last)),
    Mutation(
        "one copy", "what was stretched is not summed",
        lambda s: s.kind == "way back" and s.primitive.family == "elementwise" and many(s), one_copy,
    ),
    Mutation("tie", "all to each of those that tie", can_tie, whole_ties),
    Mutation("right slope", "that on the right of a kink", is_singular, seeing(partial(nudged, towards=np.inf)), why_one_sided),
    Mutation("left slope", "that on the left of a kink", is_singular, seeing(partial(nudged, towards=-np.inf)), why_one_sided),
    Mutation("swapped", "the rules of two inputs exchanged", lambda s: s.kind == "inputs", given(lambda c: c)),
    Mutation("constant", "values taken as constants, in higher order", bends, constant_when_recorded, why_constant),
]  # fmt: skip


# -- mutations of what a declaration has several of ----------------------------------------------------------------------


def mutations_of_settings(site: Site) -> Iterator[Mutation]:
    """A rule that sees another axis, or the default of a setting."""
    if site.kind not in ("vjp", "jvp"):
        return
    made = site.primitive
    known = made.defaults.keys() if site.kind == "jvp" and made.jvp is None else {n for n in names_of(site) if n in made.settings}
    for name in sorted(known):
        if name in ("axis", "axes"):
            yield Mutation("axis", "along another axis", of_rules, with_setting(name, next_axis))
        elif name in made.defaults:
            default = made.defaults[name]
            yield Mutation(
                f"{name} forgotten", "as if it were not given", of_rules, with_setting(name, lambda _, x, d=default: d)
            )


def with_setting(name: str, other: Callable[[Any, Any], Any]) -> Change:
    """A rule that sees another value of a setting: what `other` makes of the right one and of the first input."""

    def wrong(right: Right, node: Any, saved: Any, g: Any) -> Any:
        twin = Node()
        for slot in Node.__slots__:
            if slot != "__weakref__":
                setattr(twin, slot, getattr(node, slot))
        first = node.inputs[0]
        value = first.value if isinstance(first, Node) else np.asarray(first)
        twin.settings = {**node.settings, name: other(node.settings[name], value)}
        return right(twin, saved, g)

    return wrong


def next_axis(axis: Any, x: Any) -> Any:
    """The axis after the right one, around to the first; of several, each; of all, the first."""
    n = getattr(x, "ndim", 0)
    if n < 2:
        return axis
    if axis is None:
        return 0
    if isinstance(axis, (int, np.integer)):
        return (int(axis) + 1) % n
    moved = type(axis)(next_axis(k, x) for k in axis)
    return moved if set(moved) != {k % n for k in axis if k is not None} else type(axis)(list(moved)[:-1])


def mutations_of_terms(site: Site) -> Iterator[Mutation]:
    """A tangent or a cotangent of several that is not counted."""
    made = site.primitive
    if site.kind == "jvp" and made.family != "elementwise":
        places = [i for i, rule in enumerate(made.rules) if rule is not None]
        for i in (0, -1) if made.variadic else places if len(places) > 1 else ():
            yield Mutation("term", f"without the term of input {i}", of_rules, partial(without_tangent, i))
    if site.kind == "vjp" and made.outputs is not None:
        for i in (0, -1):
            yield Mutation("term", f"without the term of result {i}", of_rules, partial(without_cotangent, i))
    if site.kind == "vjp" and made.family != "elementwise" and many(site) and not made.variadic:
        yield Mutation("one copy", "what was stretched is not summed", of_rules, first_copy(site.place), why_not_stretched)


def without_tangent(i: int, right: Right, node: Any, saved: Any, ts: Any) -> Any:
    t = ts[i]
    return right(node, saved, [*ts[:i], None if t is None else each(t, lambda c: c * 0), *ts[i:][1:]])


def without_cotangent(i: int, right: Right, node: Any, saved: Any, parts: Any) -> Any:
    k = i % len(node.value)
    return right(node, saved, Parts({j: each(g, lambda c: c * 0) if j == k else g for j, g in parts.items()}))
