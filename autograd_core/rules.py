"""Rules and routes: a derivative rule bound to what the record keeps, and the way back from one kind of call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy import add, ndarray

from .batches import Batched
from .constants import ones
from .errors import DeclarationError, ShapeError
from .recording import Absent, Node, Scalar, Settings, Tensor, frame
from .shapes import broadcast_axes

if TYPE_CHECKING:
    from .primitive import Primitive

Rule: TypeAlias = Callable[..., Any]
Pull: TypeAlias = Callable[[Node, Any, Any], tuple[Any, ...]]
Wanted: TypeAlias = tuple[int, ...]
Fetcher: TypeAlias = Callable[[Node, Sequence[Any], Any], Any]

LETTERS = "abcdef"
Y, RESIDUAL = -2, -1  # where a node's saved values hold the result and what the forward function kept for its rules


MANY, FIRST, SECOND, BOTH = range(4)
KINDS = {(0,): FIRST, (1,): SECOND, (0, 1): BOTH}


class Route:
    """The way back from one kind of call: which inputs are wanted, what must be kept for it, and how to pull a cotangent back.

    keeps   the places of the inputs that the rules name, -1 for the result; `every` input where a rule names xs
    arity   1 or 2, where a node keeps its inputs in slots; None where it keeps them in tuples
    kind    which slots hold the parents: FIRST, SECOND or BOTH; MANY where they are in a tuple
    pull    (node, saved, g) -> a contribution per parent; `saved` is the node itself, or a `Frame` of recorded values
    saved   what a node keeps of the numbers of its inputs, a tuple with None in the place of what no rule names
    pour    (total, g, **settings) adds the contribution to the only parent to an array in place; None if it can't
    alert   a cut that needs more than a pull even where no mask can reach beyond it; `carries` says whether one goes through
    """

    __slots__ = (
        "alert", "arity", "carries", "cut", "every", "keeps", "kind", "parents", "pour", "primitive", "pull", "saved", "wanted",
    )  # fmt: skip

    def __init__(
        self,
        primitive: Primitive,
        wanted: Wanted,
        keeps: frozenset[int],
        pull: Pull,
        arity: int | None,
        every: bool = False,
    ) -> None:
        self.primitive, self.wanted, self.keeps, self.pull, self.arity = primitive, wanted, keeps, pull, arity
        self.cut, self.every, self.pour, self.carries = primitive.cut, every, primitive.pour, primitive.carries_masks
        self.kind = MANY if arity is None else KINDS.get(wanted, MANY)
        self.alert = primitive.cut and (self.kind != FIRST or self.pour is not None)
        self.parents = chosen(wanted)
        self.saved = tuple if every else saving(keeps, len(primitive.rules))


def saving(keeps: frozenset[int], usual: int) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """The function that gives those inputs that are kept and None for each other; quickest if there are as many as usual."""
    pick = chosen(tuple([i if i in keeps else usual for i in range(usual)]))

    def saved(datas: Sequence[Any]) -> tuple[Any, ...]:
        if len(datas) == usual:
            return pick((*datas, None))
        return tuple([d if i in keeps else None for i, d in enumerate(datas)])

    return saved


@cache
def chosen(places: Wanted) -> Callable[[Any], tuple[Any, ...]]:
    """The function that picks the items at some places out of a sequence, as a tuple."""
    if len(places) > 1:
        return itemgetter(*places)
    if not places:
        return lambda items: ()
    (place,) = places
    return itemgetter(slice(place, place + 1))


class BoundRule:
    """A rule with its parameter names resolved: where each is found when the rule is called.

    a ... f   the inputs by position (xs: all of them)    y, ys   the result      r   what the forward kept for the rules
    a_like    an input's shape and dtype (xs_like: all)   g, gs   the cotangent   t, ts   tangents
    parts     of several results: the cotangents by index, of those only that anything depends on
    wanted    the places of the inputs that need a gradient, for one rule of all inputs that would compute others in vain
    Any other name is a setting of the forward.
    """

    def __init__(self, rule: Rule, settings: Sequence[str], name: str) -> None:
        self.rule = rule
        self.names = parameter_names(rule)
        self.keeps: set[int] = set()
        self.all_inputs = "xs" in self.names
        for n in self.names:
            if n in INPUTS:
                self.keeps.add(INPUTS[n])
            elif n in ("y", "ys"):
                self.keeps.add(-1)
            elif n not in FETCHERS and n not in settings:
                raise DeclarationError(
                    f"a rule of {name} names {n!r}, which is neither an input (a ... f, xs, a_like), the result (y), a cotangent "
                    f"(g), a tangent (t) nor a setting of the forward function ({', '.join(settings) or 'it has none'})"
                )

    @cached_property
    def fetchers(self) -> list[Fetcher]:
        """Per parameter: what gets it out of (node, frame, g)."""
        return [FETCHERS.get(n) or setting(n) for n in self.names]

    def __call__(self, node: Node, frame: Sequence[Any], g: Any) -> Any:
        return self.rule(*[fetch(node, frame, g) for fetch in self.fetchers])

    def bound(self, arity: int | None) -> Pull:
        """The rule as a function of (node, saved, g), specialised for what most rules name: g alone, or g and one value."""
        rule = self.rule
        if self.names == ("g",):
            return lambda node, saved, g: rule(g)
        if len(self.names) == 2 and self.names[0] == "g":
            name = self.names[1]
            if name == "y":
                return lambda node, saved, g: rule(g, saved.y)
            if name == "r":
                return lambda node, saved, g: rule(g, saved.z)
            if name in LETTERS and arity is None:
                i = LETTERS.index(name)
                return lambda node, saved, g: rule(g, saved.x[i])
            if name == "a":
                return lambda node, saved, g: rule(g, saved.x)
            if name == "b":
                return lambda node, saved, g: rule(g, saved.z)
        return lambda node, saved, g: self(node, frame(node, saved), g)


def input_at(i: int) -> Fetcher:
    return lambda node, frame, g: frame[i]


def like_input_at(i: int) -> Fetcher:
    return lambda node, frame, g: like(node.inputs[i])


def setting(name: str) -> Fetcher:
    return lambda node, frame, g: node.settings[name]  # type: ignore[index]


INPUTS = {letter: i for i, letter in enumerate(LETTERS)}
FETCHERS: dict[str, Fetcher] = {
    **{letter: input_at(i) for letter, i in INPUTS.items()},
    **{f"{letter}_like": like_input_at(i) for letter, i in INPUTS.items()},
    **dict.fromkeys(("g", "parts", "t", "ts"), lambda node, frame, g: g),
    **dict.fromkeys(("y", "ys"), lambda node, frame, g: frame[Y]),
    "gs": lambda node, frame, g: g.filled(node.value),
    "xs": lambda node, frame, g: frame[:-2],
    "r": lambda node, frame, g: frame[RESIDUAL],
    "xs_like": lambda node, frame, g: [like(e) for e in node.inputs],
    "y_like": lambda node, frame, g: node.value,
    "wanted": lambda node, frame, g: node.route.wanted,  # type: ignore[union-attr]
}


def parameter_names(rule: Rule) -> tuple[str, ...]:
    """The positional parameter names of a rule."""
    code = getattr(rule, "__code__", None)
    if code is None:
        raise DeclarationError(
            f"a rule must be a Python function whose parameter names say what it needs, not {rule!r}"
        )
    return tuple(code.co_varnames[: code.co_argcount])


def like(entry: Any) -> Any:
    """Something with the shape and dtype of a recorded input."""
    value = entry.value if isinstance(entry, Node) else entry
    return value if isinstance(value, Absent) else np.asarray(value)


def zeros(like: Any) -> Any:
    """The cotangent or tangent 0 for something of this shape and dtype."""
    return 0.0 if type(like) is float else np.zeros(like.shape, like.dtype)


def settle(c: Any, target: Any) -> Any:
    """A contribution brought to the shape and dtype of the input it belongs to: sums over what was broadcast, casts back once."""
    if type(target) is float:
        return to_float(c)
    if type(c) is ndarray and c.shape == target.shape and c.dtype is target.dtype:
        return c
    if isinstance(c, (bool, int, float, complex)) and not isinstance(c, np.generic):
        return np.full(target.shape, c, target.dtype)
    shape = target.shape
    if c.shape != shape:
        if len(c.shape) < len(shape):
            raise ShapeError(f"a rule gave a gradient of shape {c.shape} for an input of shape {shape}")
        given, (new, stretched) = c.shape, broadcast_axes(shape, c.shape)
        if new or stretched:
            c = summed(c, (*range(new), *stretched))
        if c.shape != shape:
            if c.shape != tuple([n for i, n in enumerate(shape, new) if i not in stretched]):
                raise ShapeError(f"a rule gave a gradient of shape {given} for an input of shape {shape}")
            c = np.reshape(c, shape)
    if c.dtype != target.dtype:
        if c.dtype.kind == "c" and target.dtype.kind != "c":
            c = np.real(c)
        c = c.astype(target.dtype)
    return c


def summed(c: Any, axes: tuple[int, ...]) -> Any:
    """The sum over some axes; over the rows of a matrix quickest as a product with ones."""
    if type(c) is not ndarray:
        return np.sum(c, axis=axes)
    if axes == (0,) and c.ndim == 2 and c.dtype.char in "fd":
        return ones(len(c), c.dtype).dot(c)
    return add.reduce(c, axes)


def to_float(c: Any) -> Any:
    """A contribution to a Scalar: a float, or a recorded Scalar."""
    if isinstance(c, Scalar) or type(c) is float:
        return c
    if isinstance(c, Tensor):
        return np.sum(np.real(c)).scalar()
    if type(c) is Batched:
        return np.sum(np.real(c))
    return float(np.sum(np.real(c)))


def settings_of(forward: Callable[..., Any]) -> tuple[tuple[str, ...], Settings]:
    """The names that may be settings of a forward function, its keyword parameters, and their defaults."""
    code = getattr(forward, "__code__", None)
    if code is not None:  # what inspect.signature would say, at a fiftieth of its time
        names = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
        return names, dict(forward.__kwdefaults__ or {})
    if isinstance(forward, np.ufunc):
        return (), {}
    try:
        signature = inspect.signature(forward)
    except (ValueError, TypeError) as error:
        raise DeclarationError(
            f"{forward!r} does not tell its parameters: wrap it in a function whose positional parameters are the inputs and "
            f"whose keyword parameters (behind a *) are the settings"
        ) from error
    parameters = [p for p in signature.parameters.values() if p.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return tuple(p.name for p in parameters), {p.name: p.default for p in parameters if p.default is not p.empty}
