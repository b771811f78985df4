"""Calls of a user's function that are recorded as a single node, whatever the containers of its arguments and results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from .batches import Batched
from .errors import DTypeError, GradientError, MutationError, ShapeError
from .generic import is_scalar_call
from .memory import protected
from .modes import Mode
from .primitive import Primitive
from .recording import Absent, Node, Scalar, Tensor, Value, handle, unwrap
from .regions import is_live
from .reverse import ancestors
from .rules import Pull, Route, settle, zeros
from .trees import Rebuild, flatten

Push = Callable[[Node, Any, Sequence[Any]], Any]
NONE: Mapping[str, Any] = {}


class Form:
    """The form of one call: which leaves of its arguments are data, and all else in its place.

    Values, arrays, floats and complex numbers are data; integers, strings, functions and objects are not. Settings never are.

    fields: `places` of the data among all leaves; `returns`, the function that puts results into their containers; `is_plain`,
    whether there is nothing but data; `owner`, the one that made the call, where its primitive serves many; `closed`, the nodes
    that it closes over, each with its value
    """

    owner: Any = None
    closed: Sequence[tuple[Node, Any]] = ()

    def __init__(
        self, args: tuple[Any, ...], keywords: Mapping[str, Any] = NONE, settings: Mapping[str, Any] = NONE
    ) -> None:
        leaves, rebuild = flatten((args, dict(keywords)))
        self.places = [i for i, x in enumerate(leaves) if is_data(x)]
        self.fixed = [None if is_data(x) else x for x in leaves]
        # a copy of the containers, which the caller may change before the way back
        self.rebuild = flatten(rebuild(range(len(leaves))))[1]
        constants, rebuild = flatten(dict(settings))
        self.settings: dict[str, Any] = rebuild([protected(x) for x in constants])
        self.returns: Rebuild = first
        self.is_plain = not keywords and not settings and all(map(is_data, args))

    def keep_result(self, out: Any) -> None:
        """Note the containers of a result."""
        leaves, rebuild = flatten(out)
        if not is_data(out):
            self.returns = flatten(rebuild(range(len(leaves))))[1]
            self.is_plain = self.is_plain and type(out) is tuple and len(out) == len(leaves) > 1

    def close_over(self, nodes: Sequence[Node]) -> list[Value]:
        """Note the nodes that the call closes over; returns values for them, which take part in the call after its data."""
        self.closed = [(node, node.value) for node in nodes]
        return [handle(value, node) for node, value in self.closed]

    def check_unchanged(self) -> None:
        """Raise MutationError if a leaf that the call closes over was given new data: to run it again would compute with that."""
        for node, value in self.closed:
            # a large value that was not kept may have been since
            if node.value is not value and not (isinstance(value, Absent) and not isinstance(node.value, Absent)):
                raise MutationError(
                    f"{node!r} was given new data after {self.owner.name} had been computed from it, and the way back would "
                    f"compute with the new: call backward before"
                )

    def arguments(self, data: Sequence[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments with other data in the places of theirs."""
        args, keywords = self.placed(self.fixed, data)
        return args, {**keywords, **self.settings}

    def tangents(self, ts: Sequence[Any]) -> tuple[Any, ...]:
        """Tangents in the containers of the positional arguments, with None for all that is not data."""
        return self.placed([None] * len(self.fixed), ts)[0]

    def placed(self, others: Sequence[Any], data: Sequence[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        leaves = list(others)
        for place, x in zip(self.places, data, strict=True):
            leaves[place] = x
        args, keywords = self.rebuild(leaves)
        return tuple(args), keywords

    def __repr__(self) -> str:
        args, keywords = self.arguments([Hole()] * len(self.places))
        name = "" if self.owner is None else self.owner.name
        return f"{name}({', '.join([*map(repr, args), *(f'{k}={v!r}' for k, v in keywords.items())])})"


class Hole:
    """Stands for data where a call is written down."""

    def __repr__(self) -> str:
        return "·"


def first(leaves: Sequence[Any]) -> Any:
    """The only result of a call."""
    return leaves[0]


def plain_form(inputs: int, outputs: int | None) -> Form:
    """The form of a call with nothing but data: not recorded, since it says nothing."""
    form = Form((0.0,) * inputs)
    if outputs is not None:
        form.returns = tuple
    return form


def form_of(node: Node) -> Form:
    """The form of the call that a node stands for."""
    if node.settings:
        form: Form = node.settings["call"]
        return form
    return plain_form(len(node.inputs), len(node.value) if type(node.value) is tuple else None)


def is_data(x: Any) -> bool:
    """Whether a leaf of the arguments is data."""
    return isinstance(x, (Value, np.ndarray, np.generic, float, complex))


class Whole:
    """A function whose calls are recorded as one node each, with a way back and a way forward for all inputs together.

    forward   (*data, call) -> the leaves of the result
    pull      (node, saved, g) -> a contribution per wanted input, as that of a `Route`
    push      (node, saved, tangents) -> the tangents of the leaves of the result
    keeps_y   the pull needs the result
    """

    def __init__(self, name: str, forward: Callable[..., Any], pull: Pull, push: Push, keeps_y: bool = False) -> None:
        self.name, self.forward, self.pull, self.push = name, forward, pull, push
        self.keeps = frozenset([-1] if keeps_y else [])

    def primitive(self, outputs: int | None) -> Primitive:
        """The primitive for calls with one result, or with several."""
        parts: Callable[[Sequence[Any]], Any] = first if outputs is None else tuple

        def forward(*datas: Any, call: Form | None = None) -> Any:
            return parts(self.forward(plain_form(len(datas), outputs) if call is None else call, datas))

        made = Primitive(forward, (), family="general", name=self.name, outputs=outputs, variadic=True, listed=False)
        made.make_route = lambda wanted, variant: Route(  # type: ignore[method-assign]
            made, wanted, self.keeps, self.pull, None, every=True
        )
        made.push = lambda node, saved, ts: parts(self.push(node, saved, ts))
        return made

    @cached_property
    def single(self) -> Primitive:
        return self.primitive(None)

    @cached_property
    def several(self) -> Primitive:
        return self.primitive(-1)

    def values(
        self,
        args: Sequence[Any],
        results: Sequence[Any],
        form: Form,
        mode: Mode | None,
        residual: Any = None,
        scalars: Sequence[bool] | None = None,
    ) -> Any:
        """A call's result as the caller sees it, recorded if `mode` says so; `scalars` says which of its leaves are Scalars."""
        datas = unwrap(args)
        numbers = [is_scalar_call(args, y) for y in results] if scalars is None else scalars
        own = [owned(y, datas) for y in results]
        settings = None if form.is_plain else {"call": form}
        if len(own) == 1:
            y = float(own[0]) if numbers[0] else own[0]
            return form.returns([self.single.finish(args, datas, y, residual, settings, mode)])
        made = self.several.finish(args, datas, tuple(own), residual, settings, mode)
        return form.returns([v.scalar() if number else v for v, number in zip(made, numbers, strict=True)])


def whole_of_owners(name: str, keeps_y: bool = False) -> Whole:
    """One for many functions, made anew as the program runs: each call's `Form` knows its owner, which has the rules.

    A primitive for each would be a reference cycle for each.
    """
    return Whole(
        name,
        lambda form, datas: form.owner.forward(form, datas),
        lambda node, saved, g: form_of(node).owner.pull(node, saved, g),
        lambda node, saved, ts: form_of(node).owner.push(node, saved, ts),
        keeps_y,
    )


def is_batched(*trees: Any) -> bool:
    """Whether something is one example of a `vmap`."""
    return any(type(x) is Batched for x in flatten(trees)[0])


def one_by_one(f: Callable[..., Any], args: tuple[Any, ...], keywords: Mapping[str, Any] = NONE) -> Any:
    """What f gives for one example of a `vmap`, computed for each after the other: its rules are those of one example."""
    leaves, rebuild = flatten((args, dict(keywords)))
    level: Any = max((x.level for x in leaves if type(x) is Batched), key=lambda level: level.depth)
    results = []
    with level.left():
        for i in range(level.size):
            own, settings = rebuild([x.value[i] if type(x) is Batched and x.level is level else x for x in leaves])
            results.append(f(*own, **settings))
        parts = [np.stack(part) for part in zip(*[flatten(out)[0] for out in results], strict=True)]
    if not results:
        raise ShapeError(
            f"vmap over no examples: {f!r} is called for each of them, and none tells the shape of its result"
        )
    return flatten(results[0])[1]([Batched(part, level) for part in parts])


def owned(y: Any, datas: Sequence[Any]) -> Any:
    """A result as an array that shares no memory with the inputs, since a write to it is not one to them."""
    if not isinstance(y, (np.ndarray, np.generic)):
        return np.asarray(y)
    return np.array(y) if any(isinstance(d, np.ndarray) and np.may_share_memory(y, d) for d in datas) else y


def results_of(out: Any, name: str) -> list[Any]:
    """The leaves of a function's result as arrays and numbers; raises DTypeError for anything else."""
    leaves = flatten(out)[0]
    for y in leaves:
        if not is_data(y) and not isinstance(y, (bool, int)):
            raise DTypeError(f"{name} must give numbers and arrays, in containers, and gave {y!r}")
    if not leaves:
        raise DTypeError(f"{name} must give numbers and arrays, in containers, and gave {out!r}")
    return unwrap(leaves)


def check_closed(out: Any, name: str) -> None:
    """Raise GradientError if a function of bare data gave something recorded: it closes over a value that needs a gradient."""
    for y in flatten(out)[0]:
        if is_live(y):
            leaves: list[Node] = []
            ancestors([y.node], (), leaves)
            words = [n.name or f"of shape {getattr(n.value, 'shape', ())}" for n in leaves[:3]]
            raise GradientError(
                f"{name} closes over a value that needs a gradient ({', '.join(words)}), which its own rule knows nothing of: "
                f"pass it to {name} as an argument, or close over ag.stop_gradient(...) of it"
            )


def cotangents_of(g: Any, node: Node) -> list[Any]:
    """A cotangent for each result of a call."""
    return list(g.filled(node.value)) if type(node.value) is tuple else [g]


def is_recorded(saved: Any) -> bool:
    """Whether what a node saved was handed over as recorded values, since the walk itself is recorded."""
    return any(isinstance(x, Value) for x in saved.x)


def fitting(c: Any, like: Any, record: bool, asked: str) -> Any:
    """What a user's rule gave for something, checked: of its shape, brought to its dtype; zeros for None."""
    if c is None:
        return zeros(like)
    if not isinstance(c, (Value, np.ndarray, np.generic, float, int, complex)):
        raise DTypeError(f"{asked} must be a number, an array or None, and is {c!r}")
    shape = getattr(like, "shape", ())
    if np.shape(c) != shape:
        raise ShapeError(f"{asked} has shape {np.shape(c)}, but what it belongs to has shape {shape}")
    if (c if isinstance(c, Value) else np.asarray(c)).dtype.kind not in "biufc":
        raise DTypeError(f"{asked} must hold numbers, and is {c!r}")
    return settle(c if record or not isinstance(c, (Tensor, Scalar)) else c._data, like)
