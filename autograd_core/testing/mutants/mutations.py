"""The ways in which a rule can be wrong: which rules each is tried on, and when it is no mistake at all.

A mutation knows of an operation what the declaration says. Where it gives the numbers of the right rule on all that was tried, it
may say, from the declaration again, why no test could tell the two apart; without such words it is a survivor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from ...primitive import Primitive
from ...recording import Value, data_of
from ...rules import LETTERS
from ..cases import Case
from ..examples import samples_of
from . import changes
from .derivatives import numbers_of
from .injection import Change, Right, Site, injected

Excuse = Callable[[Site, Sequence[Case]], str | None]


@dataclass(frozen=True)
class Mutation:
    """One way to be wrong.

    name     what it is called in a report
    words    what is wrong, as one would say it of a rule
    applies  whether a place could be wrong in this way
    change   what the wrong rule gives
    excuse   why it is no mistake there, asked where all numbers are those of the right rule; None if it is one
    """

    name: str
    words: str
    applies: Callable[[Site], Any]
    change: Change
    excuse: Excuse = lambda site, cases: None


def mutations_of(site: Site) -> Iterator[Mutation]:
    """The mutations to try on a place."""
    yield from (m for m in MUTATIONS if m.applies(site))
    yield from mutations_of_settings(site)
    yield from mutations_of_terms(site)


# -- where ---------------------------------------------------------------------------------------------------------------


def is_rule(site: Site) -> bool:
    return site.kind in ("partial", "vjp", "jvp")


def is_function(site: Site) -> bool:
    """Any rule but a partial that is a number."""
    return is_rule(site) and (site.kind != "partial" or callable(site.primitive.partials[site.place]))


def is_complex(site: Site) -> bool:
    made = site.primitive
    if made.cut and (site.kind == "partial" or has_kinks(site)):  # weights are real, and complex numbers have no order
        return False
    return is_function(site) and computes_complex(made)


@cache
def computes_complex(primitive: Primitive) -> bool:
    """Whether a right sample can be computed when it is made complex, and is complex then."""
    for call in samples_of(primitive):
        floats = {i for i, a in enumerate(call.args) if np.asarray(a).dtype.kind in "fc"}
        turned = [np.asarray(a) * (1 + 0.5j) if i in floats else a for i, a in enumerate(call.args)]
        try:
            with np.errstate(all="ignore"):
                y = primitive.forward(*turned, **call.settings)
        except Exception:  # one sample is of a wrong call, another of what is computed for real numbers only
            continue
        if floats and any(np.asarray(part).dtype.kind == "c" for part in (y if isinstance(y, tuple) else (y,))):
            return True
    return False


def is_stated(site: Site) -> bool:
    return site.kind in ("vjp", "jvp")


def adds_copies(site: Site) -> bool:
    return site.kind == "way back" and site.primitive.family == "elementwise" and has_several(site)


def has_several(site: Site) -> bool:
    return len(site.primitive.rules) > 1


def has_kinks(site: Site) -> bool:
    return bool(site.primitive.kinks or site.primitive.singular)


def shares_ties(site: Site) -> bool:
    made = site.primitive
    return site.kind in ("partial", "vjp") and made.cut and has_kinks(site) and made.outputs is None


def has_sides(site: Site) -> bool:
    return site.kind == "partial" and is_function(site) and not site.primitive.cut and has_kinks(site)


def are_different(site: Site) -> bool:
    """Whether the rules of two inputs are not the same number."""
    if site.kind != "inputs":
        return False
    first, second = [site.primitive.partials[i] for i in (site.place, site.after)]
    return callable(first) or callable(second) or first != second


def names_values(site: Site) -> bool:
    """Whether a rule, where it is recorded, depends on values."""
    made = site.primitive
    if site.kind == "jvp" and made.jvp is None:
        return made.family == "multilinear"  # the operation itself, beside the other inputs
    # with a definition it is that which is recorded
    return is_function(site) and bool(VALUES & {*names_of(site)}) and not (site.kind == "vjp" and made.definition)


VALUES = {*LETTERS, "y", "ys", "xs", "r"}


def names_of(site: Site) -> tuple[str, ...]:
    """What the rule at a place names."""
    made = site.primitive
    rule = made.jvp if site.kind == "jvp" else made.rules[site.place]
    return () if rule is None else rule.names


# -- why it may be no mistake ----------------------------------------------------------------------------------------------


def why_not_apart(least: int, words: str) -> Excuse:
    """Words for what has fewer axes than that, or a single element, in every declared call."""

    def excuse(site: Site, cases: Sequence[Case]) -> str | None:
        found = [np.shape(x) for case in cases if case.is_smooth for x in subjects(site, case)]
        return None if any(len(shape) >= least and np.prod(shape) > 1 for shape in found) else words

    return excuse


def subjects(site: Site, case: Case) -> Sequence[Any]:
    """What the answers of the rule at a place look like in a case."""
    if site.kind == "vjp" and not site.primitive.variadic:
        return [np.asarray(case.call.args[site.place])] if site.place < len(case.call.args) else []
    return case.data if site.kind == "vjp" else case.outputs


single = why_not_apart(1, "it is a single number")
flat = why_not_apart(2, "it has one axis at most")


def why_constant(site: Site, cases: Sequence[Case]) -> str | None:
    """Words for a rule that has no derivative itself: recorded, its answer depends on no value."""
    bent: list[bool] = []

    def note(c: Any) -> None:
        bent.append(isinstance(c, Value) and c.node is not None and c.node.requires_grad)

    def watched(right: Right, node: Any, saved: Any, g: Any) -> Any:
        answer = changes.each(right(node, saved, changes.each(g, data_of)), note)
        for part in answer if isinstance(answer, (tuple, list)) else [answer]:
            if callable(part):
                part()
        return right(node, saved, g)

    with injected(site, watched):
        for case in cases:
            numbers_of(case)
    return None if any(bent) else "the rule is piecewise constant"


def why_not_coarse(site: Site, cases: Sequence[Case]) -> str | None:
    smooth = [case for case in cases if case.is_smooth]
    coarse = any(changes.is_coarse(x) for case in smooth for x in (case.data if site.kind == "jvp" else case.outputs))
    return None if coarse else "no call, declared or drawn, is in coarse precision"


def why_one_sided(site: Site, cases: Sequence[Case]) -> str | None:
    published = any(case.gradients is not None for case in cases)
    return "the published convention is the slope on that side" if published else None


def why_not_shared(site: Site, cases: Sequence[Case]) -> str | None:
    published = [np.asarray(g) for case in cases if case.gradients is not None for g in case.gradients]
    shared = any(np.any((g > 0) & (g < 1)) for g in published)
    return "by the published convention nothing is shared" if published and not shared else None


def why_not_stretched(site: Site, cases: Sequence[Case]) -> str | None:
    return "the rule itself gives the shape of its input"


# -- the table -------------------------------------------------------------------------------------------------------------

MUTATIONS = [
    Mutation("half", "half of it", is_rule, changes.giving(lambda c: c * 0.5)),
    Mutation("twice", "twice as much", is_rule, changes.giving(lambda c: c * 2)),
    Mutation("sign", "the other sign", is_rule, changes.giving(lambda c: -c)),
    Mutation("slightly off", "a thousandth too much", is_rule, changes.giving(lambda c: c * 1.001)),
    Mutation("coarse", "twice as much, in coarse precision", is_rule, changes.twice_if_coarse, why_not_coarse),
    Mutation("conjugate", "the complex conjugate", is_complex, changes.conjugated),
    Mutation(
        "dtype", "in another precision", lambda s: s.kind.startswith("way"), changes.giving(changes.in_other_dtype)
    ),
    Mutation("reversed", "in reverse along the last axis", is_function, changes.backwards, single),
    Mutation("transposed", "with the last two axes exchanged", is_stated, changes.giving(changes.transposed), flat),
    Mutation("last element", "without the last element", is_rule, changes.giving(changes.without_last), single),
    Mutation("one copy", "what was stretched is not summed", adds_copies, changes.counting_one_copy),
    Mutation("tie", "all to each of those that tie", shares_ties, changes.with_whole_ties, why_not_shared),
    Mutation("right slope", "that on the right of a kink", has_sides, changes.nudged(np.inf), why_one_sided),
    Mutation("left slope", "that on the left of a kink", has_sides, changes.nudged(-np.inf), why_one_sided),
    Mutation("swapped", "exchanged", are_different, changes.giving(lambda c: c)),
    Mutation("constant", "without a derivative of its own", names_values, changes.seeing_constants, why_constant),
]


def mutations_of_settings(site: Site) -> Iterator[Mutation]:
    """A rule that sees another axis, the opposite of a truth value, or the default of any other setting."""
    made = site.primitive
    if not is_stated(site):
        return
    for name in sorted(
        made.defaults if site.kind == "jvp" and made.jvp is None else {*names_of(site)} & {*made.settings}
    ):
        if name in ("axis", "axes"):
            yield Mutation("axis", "along another axis", is_rule, changes.with_setting(name, changes.next_axis))
        elif name in made.defaults:
            default = made.defaults[name]
            words = f"with the opposite of {name}" if isinstance(default, bool) else f"with {name} forgotten"
            yield Mutation("setting", words, is_rule, changes.with_setting(name, partial(another, default)))


def another(default: Any, given: Any, x: Any) -> Any:
    return not given if isinstance(default, bool) else default


def mutations_of_terms(site: Site) -> Iterator[Mutation]:
    """A tangent or a cotangent of several that is not counted; what a rule leaves to its family."""
    made = site.primitive
    places = [i for i, rule in enumerate(made.rules) if rule is not None]
    if site.kind == "jvp":
        for i in (0, -1) if made.variadic else places if len(places) > 1 else ():
            yield Mutation("term", f"without the term of input {i}", is_rule, changes.without_tangent(i))
    if site.kind == "vjp" and made.outputs is not None:
        for i in (0, -1):
            yield Mutation("term", f"without the term of result {i}", is_rule, changes.without_cotangent(i))
    if site.kind == "vjp" and has_several(site):
        yield Mutation(
            "one copy",
            "what was stretched is not summed",
            is_rule,
            changes.giving_one_copy(site.place),
            why_not_stretched,
        )
