"""Where a rule can be wrong, and how a wrong one is put in its place and taken out again: no source is edited."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple, TypeAlias

from ...families.elementwise import elementwise_route
from ...primitive import Primitive, several_back
from ...recording import frame
from ...rules import LETTERS, BoundRule, Pull, Route, Wanted

Right: TypeAlias = Callable[[Any, Any, Any], Any]
"""A rule as it stands: (node, saved, g) -> what it gives; g stands for tangents too."""

Change: TypeAlias = Callable[[Right, Any, Any, Any], Any]
"""What a mutation makes of a rule: (right, node, saved, g) -> what the wrong one gives; the node of a partial is None."""


class Site(NamedTuple):
    """A place in a declaration that can be wrong.

    kind    "partial": a partial derivative, by which both modes go;  "vjp": the rule of one input;  "jvp": what gives the
            tangent, stated or derived;  "way back", "way forward": what a family adds to the rules, sums over what was
            stretched and casts;  "inputs": the rules of an input and of the next one that has one
    place   the input, where it is about one
    """

    primitive: Primitive
    kind: Literal["partial", "vjp", "jvp", "way back", "way forward", "inputs"]
    place: int = 0

    @property
    def after(self) -> int:
        """The next input that has a rule."""
        return next(k for k in range(self.place + 1, len(self.primitive.rules)) if self.primitive.rules[k] is not None)

    def __str__(self) -> str:
        letter = "xs" if self.primitive.variadic else (*LETTERS, *map(str, range(6, 99)))[self.place]
        return {
            "partial": f"partial by {letter}",
            "vjp": f"vjp by {letter}",
            "inputs": f"rules of {letter} and the next",
        }.get(self.kind, self.kind)


def sites_of(primitive: Primitive) -> list[Site]:
    """The places of one declaration; none where nothing is differentiated."""
    if primitive.family == "fixed":
        return []
    places = [i for i, rule in enumerate(primitive.rules) if rule is not None]
    elementwise = primitive.family == "elementwise"
    sites = [
        *[Site(primitive, "partial" if elementwise else "vjp", i) for i in places],
        *[Site(primitive, "inputs", i) for i in places[:-1]],
        Site(primitive, "way back"),
    ]
    if primitive.definition is None or primitive.jvp is not None:  # else the definition is what goes forward
        sites += [*([] if elementwise else [Site(primitive, "jvp")]), Site(primitive, "way forward")]
    return sites


class Wrong(BoundRule):
    """A bound rule, changed."""

    def __init__(self, right: BoundRule, change: Change) -> None:
        vars(self).update(vars(right))
        self.change = change

    def __call__(self, node: Any, saved: Any, g: Any) -> Any:
        return self.change(super().__call__, node, saved, g)

    def bound(self, arity: int | None) -> Pull:
        return lambda node, saved, g: self(node, frame(node, saved), g)


@contextmanager
def injected(site: Site, change: Change) -> Iterator[None]:
    """Within the block the declaration is wrong at one place."""
    made = site.primitive
    with restored(made):
        vars(made).update(changed(site, change))
        for (wanted, variant), route in made.routes.items():  # calls have taken them already
            wrong = made.make_route(wanted, variant)
            wrong = wrong if made.outputs is None else several_back(wrong)
            route.pull, route.keeps, route.every, route.saved = wrong.pull, wrong.keeps, wrong.every, wrong.saved
        yield


def changed(site: Site, change: Change) -> dict[str, Any]:
    """The attributes of a primitive that differ where it is wrong."""
    made, kind, i = site
    make_route: Callable[[Wanted, str], Route] = made.make_route
    if made.family == "elementwise":  # always by way of the products; the fastest of its routes know what they are

        def make_route(wanted: Wanted, variant: str) -> Route:
            return elementwise_route(made, wanted, "")

    if kind == "partial":
        product = made.products[i]
        wrong = put(made.products, i, lambda saved, g: change(lambda node, s, h: product(s, h), None, saved, g))
        return {"products": wrong, "make_route": make_route}
    if kind == "vjp":
        rule = made.rules[i]
        assert rule is not None
        return {"rules": put(made.rules, i, Wrong(rule, change))}
    if kind == "jvp" and made.jvp is not None:
        return {"jvp": Wrong(made.jvp, change)}
    if kind in ("jvp", "way forward"):
        push = made.push
        return {"push": lambda node, saved, ts: change(push, node, saved, ts)}
    if kind == "inputs":
        j = site.after
        known = {name: getattr(made, name) for name in ("rules", "partials", "products")}
        swapped = {name: put(put(each, i, each[j]), j, each[i]) for name, each in known.items() if each}
        return {**swapped, "make_route": make_route}

    def on_the_way_back(wanted: Wanted, variant: str) -> Route:
        route = make_route(wanted, variant)
        pull = route.pull
        route.pull = lambda node, saved, g: change(pull, node, saved, g)
        return route

    return {"make_route": on_the_way_back}


def put(items: Sequence[Any], i: int, item: Any) -> Any:
    """The items as a tuple, with another one at a place."""
    return (*items[:i], item, *items[i + 1 :])


@contextmanager
def restored(made: Primitive) -> Iterator[None]:
    """After the block a primitive is what it was, its routes included."""
    attributes, routes = vars(made).copy(), dict(made.routes)
    before = [(route, route.pull, route.keeps, route.every, route.saved) for route in routes.values()]
    try:
        yield
    finally:
        vars(made).clear()
        vars(made).update(attributes)
        made.routes.clear()  # in place: calls hold on to it
        made.routes.update(routes)
        for route, pull, keeps, every, saved in before:
            route.pull, route.keeps, route.every, route.saved = pull, keeps, every, saved
