"""Primitives: a declared operation, and calls with several results."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from importlib import import_module
from inspect import Parameter, Signature, signature, unwrap
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np

from . import lapack
from .batches import Batching, batching
from .declaring import check_domain, check_inputs, check_rules, name_of, real_only
from .errors import AutogradError, AxisError, BoundsError, DeclarationError, DTypeError, ShapeError
from .generic import exact_pull, generic_call, generic_pull, is_scalar_call
from .memory import serials
from .modes import Mode
from .recording import Node, Settings, Value, frame, leaf, record, scalar_of, tensor_of
from .rules import LETTERS, BoundRule, Route, Rule, Wanted, like, settings_of, settle, zeros
from .samples import Singular
from .shapes import clashing_axis

Push: TypeAlias = Callable[[Node, Any, Sequence[Any]], Any]
Family: TypeAlias = Literal["elementwise", "multilinear", "layout", "fixed", "general"]

declared: list[Primitive] = []
"""Every primitive, in the order of declaration: what the tests, the checks and the docs go through."""


def documented(forward: Callable[..., Any], name: str, rules: Sequence[Any], family: str) -> str | None:
    """A docstring for a primitive: its forward function's own, or for a ufunc what it does here."""
    if not isinstance(forward, np.ufunc):
        return forward.__doc__
    inputs = ", ".join(LETTERS[: forward.nin])
    kind = (
        "piecewise constant: no gradient flows"
        if family == "fixed"
        else "elementwise; shapes broadcast, dtypes promote"
    )
    return f"{name}({inputs}): what np.{forward.__name__} computes, {kind}. Raises ShapeError, DTypeError."


def found_again(module: str, name: str) -> Primitive:
    """The primitive that a module has declared under a name."""
    if module.startswith("autograd_core."):  # a part that loads on first use
        import_module(module)
    for made in reversed(declared):
        if (made.module, made.name) == (module, name):
            return made
    raise DeclarationError(f"no primitive {name!r} of the module {module} is declared here: import that module first")


class Primitive:
    """A declared operation. Calling it computes, and records a node when a recorded value takes part.

    Positional arguments are data, keyword arguments are settings. Everything a reader needs to know of an operation is here.
    """

    def __init__(
        self,
        forward: Callable[..., Any],
        rules: Sequence[Rule | None],
        *,
        family: Family,
        name: str | None = None,
        jvp: Rule | None = None,
        linear: bool = False,
        cut: bool = False,
        masks: Literal["weights", "axes"] | None = None,
        outputs: int | None = None,
        residual: bool = False,
        definition: Callable[..., Any] | None = None,
        scalar: Callable[..., float] | None = None,
        domain: Any = None,
        real: bool = False,
        kinks: Any = None,
        singular: Sequence[Singular] = (),
        samples: Callable[[], Any] | None = None,
        reference: str | None = None,
        text: Sequence[str | Callable[..., str]] | None = None,
        explain: Callable[..., str | None] | None = None,
        variadic: bool = False,
        batch: Batching | str | None = None,
        pour: Callable[..., None] | None = None,
        multiply_adds: Callable[[Sequence[Any], Any, Settings], int] | None = None,
        listed: bool = True,
    ) -> None:
        self.name, self.family = name_of(forward, name), family
        self.forward = real_only(forward, self.name) if real else forward
        self.linear, self.cut, self.outputs, self.residual = linear, cut, outputs, residual
        # how live masks go through: by the operation's own rules, whose weights are never negative, or as through a sum over
        # the setting axis; None where they end (elementwise operations have a way of their own)
        self.masks = masks or ("weights" if cut or family == "layout" else None)
        # whether live masks go on at all; what drops them has zeros that are exact
        self.carries_masks = self.masks is not None or family == "elementwise"
        self.definition, self.scalar = definition, scalar
        self.domain, self.kinks, self.samples = domain, kinks, samples
        self.reference, self.variadic, self.singular = reference, variadic, tuple(singular)
        self.batch = batching(batch, self.name)  # how vmap computes all examples
        self.text = text  # per input, how a drawing writes its rule: see `pulled` in drawing/rules
        self.pour = pour  # (total, g, **settings) adds the cotangent of the only input to an array in place; for a cut
        self.multiply_adds = multiply_adds  # (shapes of inputs, shape of the result, settings) -> how many
        self.explain = explain  # (shape of each input) -> words for an error of the forward function, or None
        self.__doc__ = documented(forward, self.name, rules, family)
        self.settings, defaults = settings_of(forward)
        self.partials: tuple[Rule | float | None, ...] = tuple(rules)
        self.rules = tuple(BoundRule(r, self.settings, self.name) if callable(r) else None for r in rules)
        self.jvp = None if jvp is None else BoundRule(jvp, self.settings, self.name)
        if family not in ("elementwise", "fixed"):
            check_rules(self.rules, self.jvp, self.name, variadic, outputs)
        if family != "fixed" and not variadic:
            check_inputs(forward, len(rules), self.name, "rule")
        check_domain(domain, len(rules), self.name)
        if samples is not None and not callable(samples):
            raise DeclarationError(f"samples of {self.name} must be a function that gives them, called by tests only")
        named = {n for r in (*self.rules, self.jvp) if r is not None for n in r.names}
        self.defaults: Settings = {n: v for n, v in defaults.items() if n in named}
        # how many arguments a node of this primitive has, if it keeps them in slots
        self.arity = (
            len(rules) if len(rules) in (1, 2) and not variadic and not residual and family != "fixed" else None
        )
        # the places that no gradient flows to; None where it flows to no place at all
        self.closed = (
            None if family == "fixed" or (variadic and None in rules) else {i for i, r in enumerate(rules) if r is None}
        )
        self.routes: dict[tuple[Wanted, str], Route] = {}
        self.call: Callable[..., Any]
        if family != "elementwise":  # which makes calls of its own
            self.call = generic_call(self)
        self.push: Push = self.generic_push
        self.products: Sequence[Callable[[Any, Any], Any]] = ()  # of the family elementwise: (saved, g) -> g * partial
        # whether a partial is not constant, so that an infinite slope could be met
        self.bends = self.masks == "axes" and not linear
        self.ufunc: np.ufunc | None = None  # that it answers for, with all of the ufunc's keyword arguments and methods
        self.module = sys._getframe(2).f_globals.get("__name__", "")
        if listed:  # not one that a program makes anew at each call
            declared.append(self)

    def __call__(self, *args: Any, **settings: Any) -> Any:
        if settings and self.ufunc is not None:
            return self.keyworded(self.ufunc, *args, **settings)
        return self.call(*args, **settings)

    keyworded: ClassVar[Callable[..., Any]]  # the call of a ufunc, installed by `ufunc_calls`

    @cached_property
    def ghost(self) -> Node:
        """The node of all results that are cut off: says which piecewise constant function did it, and holds no value."""
        ghost = leaf(None, False)
        ghost.serial, ghost.route = 0, Route(self, (), frozenset(), nothing_back, None)
        ghost.first = ()
        return ghost

    def __repr__(self) -> str:
        return f"<{self.family} primitive {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:  # for pickle and copies: there is one of each
        return found_again, (self.module, self.name)

    @property
    def __signature__(self) -> Signature:
        """Data by position, settings by keyword: what `help` and editors show."""
        forward = unwrap(self.forward)
        if isinstance(forward, np.ufunc):
            data = [Parameter(n, Parameter.POSITIONAL_ONLY) for n in LETTERS[: forward.nin]]
            return Signature(data)
        return signature(forward)

    # -- the way back ---------------------------------------------------------------------------------------------------

    def route(self, wanted: Wanted, variant: str = "") -> Route:
        """The route for calls in which the inputs at the `wanted` positions need a gradient."""
        route = self.routes.get((wanted, variant))
        if route is None:
            route = self.make_route(wanted, variant)
            if self.outputs is not None:
                route = several_back(route)
            self.routes[wanted, variant] = route
        return route

    def make_route(self, wanted: Wanted, variant: str) -> Route:
        """A route from the rules as they stand; families override this with something faster."""
        rules = [self.rule_for(i) for i in (wanted[:1] if self.variadic else wanted)]
        keeps = frozenset(k for r in rules for k in r.keeps)
        every = self.definition is not None or any(r.all_inputs for r in rules)
        exact = variant == "exact"
        pull = exact_pull(rules) if exact else generic_pull(rules, wanted, self.arity, self.variadic)
        return Route(self, wanted, keeps, pull, self.arity, every)

    def rule_for(self, position: int) -> BoundRule:
        """The vjp rule of one input."""
        rule = self.rules[0 if self.variadic else position]
        assert rule is not None
        return rule

    def differentiable(self, position: int) -> bool:
        """Whether a gradient can flow to the input at this position."""
        if self.closed is None or position in self.closed:
            return False
        return self.variadic or position < len(self.partials)

    # -- the way forward ------------------------------------------------------------------------------------------------

    def generic_push(self, node: Node, saved: Any, tangents: Sequence[Any]) -> Any:
        """The tangent of the result: by the jvp rule, or, for a linear operation, by the operation itself."""
        if self.jvp is not None:
            single = "t" in self.jvp.names
            recorded_results(node, saved)
            t = self.jvp(node, frame(node, saved), tangents[0] if single else tangents)
        elif self.linear:
            ts = [t if t is not None else zeros(like(e)) for t, e in zip(tangents, node.inputs, strict=True)]
            t = self.call(*ts, **(node.settings or {}))
        else:
            raise DeclarationError(
                f"{self.name} has no forward-mode rule: declare it with jvp=, or with linear=True if it is linear in its inputs"
            )
        return t if type(node.value) is tuple else settle(t, node.value)

    # -- the call -------------------------------------------------------------------------------------------------------

    def finish(
        self,
        args: Sequence[Any],
        datas: list[Any],
        y: Any,
        residual: Any,
        settings: Settings | None,
        mode: Mode | None,
    ) -> Any:
        """The result of a call as the caller sees it; recorded if `mode` says so."""
        if self.outputs is None and type(y) is not float and is_scalar_call(args, y):
            y = float(y)
        if mode is None or not (mode.recording or mode.witness):
            return present(y, None)
        wanted = tuple(
            [
                i
                for i, arg in enumerate(args)
                if isinstance(arg, Value) and arg.node is not None and arg.node.requires_grad and self.differentiable(i)
            ]
            if mode.recording
            else ()
        )
        if not wanted and not mode.keep_all:
            return present(y, self.ghost)
        sources = [arg.node if isinstance(arg, Value) else None for arg in args]
        node = record(self.route(wanted), args, sources, datas, y, residual, settings, mode)
        if mode.witness is not None:
            mode.witness.called(node)
        return present(y, node) if self.outputs is None else self.several(y, node)

    def several(self, y: Any, node: Node) -> tuple[Any, ...]:
        """The results of a recorded call, each a value of its own."""
        return tuple([output(part, node, i) for i, part in enumerate(y)])

    def explained(self, error: Exception, datas: Sequence[Any]) -> Exception:
        """The error to raise for one that the forward function raised."""
        if isinstance(error, AutogradError) or not isinstance(error, (ValueError, TypeError, IndexError)):
            return error
        if (of_lapack := lapack.explained(self.name, error, datas)) is not None:
            return of_lapack
        shapes = [np.shape(d) for d in datas if not isinstance(d, (str, type(None)))]
        if isinstance(error, IndexError) and not isinstance(error, ValueError):  # NumPy's errors about axes are both
            return BoundsError(f"{self.name} of shape {shapes[0] if shapes else ()}: {error}")
        if isinstance(error, TypeError):
            kinds = ", ".join(str(d.dtype) if hasattr(d, "dtype") else type(d).__name__ for d in datas)
            return DTypeError(
                f"{self.name} takes numbers and arrays of numbers, and cannot be computed for {kinds}: {error}"
            )
        if self.explain is not None and len(shapes) == len(datas) and (words := self.explain(*shapes)) is not None:
            return ShapeError(words)
        if self.family == "elementwise" and (clash := clashing_axis(shapes)) is not None:
            lengths = " and ".join(str(s[clash]) for s in shapes if len(s) >= -clash)
            return ShapeError(
                f"{self.name} cannot combine shapes {' and '.join(map(str, shapes))}: along axis {clash} the lengths "
                f"{lengths} are neither equal nor 1. Add an axis with x[..., None], or bring one to the shape of the other"
            )
        verb = "combine shapes" if len(shapes) > 1 else "be computed for shape"
        kind = AxisError if isinstance(error, IndexError) else ShapeError
        return kind(f"{self.name} cannot {verb} {' and '.join(map(str, shapes))}: {error}")


def nothing_back(node: Node, saved: Any, g: Any) -> tuple[Any, ...]:
    """The pull-back of a call without differentiable inputs."""
    return ()


def present(y: Any, node: Node | None) -> Any:
    """A computed result as a value."""
    if type(y) is float:
        return scalar_of(y, node)
    if type(y) is tuple:
        return tuple([present(part, node) for part in y])
    return tensor_of(y, node)


# -- several results: the call is one node, each result points to it by its index ------------------------------------------


class Parts(dict[int, Any]):
    """The cotangents of some of the results of one call."""

    def __add__(self, other: Parts) -> Parts:
        total = Parts(self)
        for i, g in other.items():
            total[i] = total[i] + g if i in total else g
        return total

    def __or__(self, other: Parts) -> Parts:  # type: ignore[override]  # of live masks
        union = Parts(self)
        for i, mask in other.items():
            union[i] = union[i] | mask if i in union else mask
        return union

    def filled(self, ys: Sequence[Any]) -> tuple[Any, ...]:
        """One cotangent per result, zeros for those that nothing depends on."""
        return tuple(self[i] if i in self else np.zeros(y.shape, y.dtype) for i, y in enumerate(ys))


def output(y: Any, node: Node, index: int) -> Any:
    """The value for one of several results of a call."""
    picked = Node()
    picked.serial = next(serials)
    picked.requires_grad = node.requires_grad and np.asarray(y).dtype.kind in "fc"
    picked.route = picking(index, picked.requires_grad)
    picked.first, picked.second = node, None
    picked.value = node.value[index]
    picked.x = picked.y = picked.z = picked.storage = picked.watch = picked.grad = picked.about = None
    picked.settings = {"index": index}
    picked.scope = node.scope
    return tensor_of(y, picked)


def _pick(ys: Any, *, index: int) -> Any:
    return ys[index]


# a layout that cuts: what is not picked has no cotangent, as with an index
pick = Primitive(_pick, (lambda g, index: Parts({index: g}),), family="layout", cut=True, name="result")


def _push_of_pick(node: Node, saved: Any, tangents: Sequence[Any]) -> Any:
    """The tangent of one result, which a rule may give as a function: called only if anything depends on that result."""
    if tangents[0] is None:
        return None
    t = tangents[0][node.settings["index"]]  # type: ignore[index]
    return t() if callable(t) else t


pick.push = _push_of_pick


@cache
def picking(index: int, wanted: bool) -> Route:
    """The route of the result with the given index."""
    return Route(pick, (0,) if wanted else (), frozenset(), lambda node, saved, g: (Parts({index: g}),), 1)


def recorded_results(node: Node, saved: Any) -> None:
    """Where a walk is recorded, give its rules the results of a call with several as recorded values."""
    if saved is not node and type(saved.y) is tuple:
        saved.y = tuple([output(part, node, i) for i, part in enumerate(saved.y)])


def several_back(route: Route) -> Route:
    """A route whose cotangent arrives as `Parts`, and whose results are recorded values of their own."""
    pull = route.pull

    def pull_parts(node: Node, saved: Any, g: Any) -> tuple[Any, ...]:
        recorded_results(node, saved)
        return pull(node, saved, g)

    return Route(route.primitive, route.wanted, route.keeps, pull_parts, route.arity, route.every)
