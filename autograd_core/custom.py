"""Functions with derivative rules of their own: `custom_vjp` states the way back, `custom_jvp` the way forward.

Either is enough for both modes and any order. A tangent is linear in the tangents it comes from, and a cotangent in those it
comes from, so that the rule which was not stated is the transpose of the one that was: it is run on zeros, and its record walked
back (`transposed`). And a rule is NumPy code like any other: run on recorded values, it is recorded in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import update_wrapper
from types import MethodType
from typing import Any

import numpy as np

from .batches import apart
from .calls import (
    Form,
    Whole,
    check_closed,
    cotangents_of,
    fitting,
    form_of,
    is_batched,
    is_data,
    is_recorded,
    one_by_one,
    results_of,
)
from .errors import DeclarationError, GradientError
from .memory import protected
from .modes import current, no_grad
from .recording import Node, Value, numbers_of, unwrap
from .regions import is_live, transposed
from .rules import zeros
from .trees import flatten, spread

Function = Callable[..., Any]


class Custom:
    """A function that is recorded as one node, whose derivative is a rule of the user's."""

    def __init__(self, function: Function) -> None:
        kind = type(self).__name__
        if not callable(function):
            raise DeclarationError(f"{kind} decorates a function, not {function!r}")
        update_wrapper(self, function)
        self.function = function
        self.name = getattr(function, "__name__", type(function).__name__)
        self.whole = Whole(self.name, self.forward, self.pull, self.push)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __call__(self, *args: Any, **settings: Any) -> Any:
        if is_batched(args, settings):
            return one_by_one(self, args, settings)
        if any(map(is_live, flatten(settings)[0])):
            raise GradientError(
                f"{self.name} was given a value that needs a gradient by keyword ({', '.join(settings)}), and keywords are "
                f"settings: pass it by position"
            )
        form = Form(args, settings=settings)
        data = [x for x in flatten(args)[0] if is_data(x)]
        mode = current()
        recording = mode.recording and any(map(is_live, data))
        recording = recording or (mode.keep_all and any(isinstance(x, Value) for x in data))
        if recording:  # what the rule keeps of a constant must not change before the way back
            data = [protected(x) for x in data]
        given, keywords = form.arguments(unwrap(data))
        with apart():
            out, residual = self.evaluated(given, keywords, recording)
        check_closed(out, self.name)
        if not any(isinstance(x, Value) for x in data):
            return out
        results = results_of(out, self.name)
        form.keep_result(out)
        return self.whole.values(data, results, form, mode if recording else None, residual)

    def forward(self, form: Form, datas: Sequence[Any]) -> list[Any]:
        """The leaves of the function's result for bare data."""
        args, keywords = form.arguments(datas)
        with no_grad():
            return results_of(self.function(*args, **keywords), self.name)

    def evaluated(self, args: tuple[Any, ...], settings: dict[str, Any], recording: bool) -> tuple[Any, Any]:
        """The function's result, and what its rule keeps of the call."""
        raise NotImplementedError

    def pull(self, node: Node, saved: Any, g: Any) -> tuple[Any, ...]:
        """The contributions to the wanted inputs, for a cotangent of each result."""
        raise NotImplementedError

    def push(self, node: Node, saved: Any, ts: Sequence[Any]) -> list[Any]:
        """The tangent of each result, for a tangent of each input."""
        raise NotImplementedError

    def pair(self, answer: Any, rule: str, parts: str) -> tuple[Any, Any]:
        """The two parts of what a rule gave."""
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise DeclarationError(
                f"the {rule} rule of {self.name} must return a pair ({parts}), and returned {answer!r}"
            )
        return answer


class custom_vjp(Custom):
    """A function whose way back is stated: a decorator, to be followed by `f.defvjp(forward, backward)`.

    forward    takes what f takes, and returns (f's result, residuals): whatever the way back needs
    backward   (residuals, g) -> a tuple with a cotangent for each positional argument of f

        for y = f(x):   x̄ = Jᵀ ȳ,   J = ∂y/∂x

    g comes in the containers of f's result; a cotangent has the containers and shapes of its argument, or is None where there is
    none, also in place of a whole container. Keyword arguments are settings: they reach f and forward, and have no gradient; nor
    have integers, strings and objects at any place. Complex values: the plain transpose, without a conjugate.

    Higher orders differentiate forward and backward as they are written (call f itself in forward if its own rule is meant to
    count there). Forward mode transposes backward, which must be linear in g.

    Raises DeclarationError where a rule is missing or returns something of another form, or isn't linear in forward mode (use
    `custom_jvp`); ShapeError where it returns something of another shape; GradientError if f or forward closes over a value that
    needs a gradient, which would be cut.

    >>> import numpy as np, autograd_core as ag
    >>> @ag.custom_vjp
    ... def reversed_gradient(x):
    ...     return x
    >>> reversed_gradient.defvjp(lambda x: (x, None), lambda residuals, g: (-g,))
    >>> ag.grad(lambda x: reversed_gradient(x) ** 2)(3.0)
    -6.0

    The interface is that of JAX, without nondiff_argnums, which need no mention here.
    """

    rules: tuple[Function, Function] | None = None

    def defvjp(self, forward: Function, backward: Function) -> None:
        """State the rule; see the class."""
        if not callable(forward) or not callable(backward):
            raise DeclarationError(
                f"{self.name}.defvjp takes two functions, forward and backward, not {forward!r} and {backward!r}"
            )
        self.rules = forward, backward

    def stated(self) -> tuple[Function, Function]:
        if self.rules is None:
            raise DeclarationError(f"{self.name} has no rule yet: state it with {self.name}.defvjp(forward, backward)")
        return self.rules

    def evaluated(self, args: tuple[Any, ...], settings: dict[str, Any], recording: bool) -> tuple[Any, Any]:
        forward, _ = self.stated()
        if not recording:
            return self.function(*args, **settings), None
        out, residuals = self.pair(forward(*args, **settings), "forward", "result, residuals")
        return out, (residuals,)

    def residuals(self, form: Form, saved: Any) -> Any:
        """What forward kept; computed again from the inputs where it is to be recorded, or was let go."""
        if saved.z is not None and not is_recorded(saved):
            return saved.z[0]
        args, settings = form.arguments(saved.x)
        with apart():
            return self.pair(self.stated()[0](*args, **settings), "forward", "result, residuals")[1]

    def cotangents(self, form: Form, saved: Any, residuals: Any, gs: Sequence[Any]) -> list[Any]:
        """What backward gives for each input that is data."""
        with apart(*gs):
            answer = self.stated()[1](residuals, form.returns(gs))
        args, _ = form.arguments(saved.x)
        if not isinstance(answer, tuple) or len(answer) != len(args):
            raise DeclarationError(
                f"the backward rule of {self.name} must return a tuple with a cotangent, or None, for each of the {len(args)} "
                f"arguments of {self.name}, and returned {answer!r}"
            )
        leaves = spread(args, answer, f"the backward rule of {self.name}")
        return [leaves[place] for place in form.places]

    def pull(self, node: Node, saved: Any, g: Any) -> tuple[Any, ...]:
        form, record = form_of(node), is_recorded(saved)
        gs = cotangents_of(g, node)
        with nullcontext() if record else no_grad():
            found = self.cotangents(form, saved, self.residuals(form, saved), gs)
        asked = f"the backward rule of {self.name}: the cotangent of input"
        return tuple(
            [
                fitting(found[i], p.value, record, f"{asked} {i}")
                for i, p in zip(node.route.wanted, node.parents, strict=True)  # type: ignore[union-attr]
            ]
        )

    def push(self, node: Node, saved: Any, ts: Sequence[Any]) -> list[Any]:
        form, record = form_of(node), is_recorded(saved)
        ys = node.value if type(node.value) is tuple else (node.value,)
        wanted = [i for i, t in enumerate(ts) if t is not None]
        residuals = self.residuals(form, saved)

        def linear(gs: Sequence[Any]) -> list[Any]:
            found = self.cotangents(form, saved, residuals, gs)
            asked = f"the backward rule of {self.name}: the cotangent of input"
            return [fitting(found[i], node.inputs[i].value, True, f"{asked} {i}") for i in wanted]

        words = f"the backward rule of {self.name}, transposed for forward mode,"
        try:
            found = transposed(linear, ys, [ts[i] for i in wanted], record, words)
        except DeclarationError as error:
            raise DeclarationError(f"{error}. If it cannot be, state the tangent with ag.custom_jvp") from error
        return [zeros(y) if t is None else t for y, t in zip(ys, found, strict=True)]


class custom_jvp(Custom):
    """A function whose tangent is stated: a decorator, to be followed by `@f.defjvp`.

    rule   (primals, tangents, **settings) -> (f's result, its tangent)

        for y = f(x):   ẏ = J ẋ,   J = ∂y/∂x

    primals and tangents are tuples with an entry for each positional argument, tangents in the containers of their arguments,
    with None for what is not a float or an array of floats. The tangent has the containers and shapes of f's result; None stands
    for zero. Keyword arguments are settings: they reach f and the rule, and have no gradient.

    Reverse mode transposes the rule, which must be linear in the tangents. Higher orders differentiate the rule as it is written.

    Raises DeclarationError where the rule is missing, returns something of another form, or is not linear in reverse mode;
    ShapeError where it returns something of another shape; GradientError if f closes over a value that needs a gradient.

    >>> import numpy as np, autograd_core as ag
    >>> @ag.custom_jvp
    ... def softplus(x):
    ...     return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)
    >>> @softplus.defjvp
    ... def rule(primals, tangents):
    ...     (x,), (t,) = primals, tangents
    ...     return softplus(x), t / (1 + np.exp(-x))
    >>> ag.grad(softplus)(0.0), ag.jvp(softplus, (0.0,), (2.0,))[1], ag.grad(ag.grad(softplus))(0.0)
    (0.5, 1.0, 0.25)

    The interface is that of JAX.
    """

    rule: Function | None = None

    def defjvp(self, rule: Function) -> Function:
        """State the rule; see the class. Gives the rule back, so that it can decorate."""
        if not callable(rule):
            raise DeclarationError(f"{self.name}.defjvp takes a function of primals and tangents, not {rule!r}")
        self.rule = rule
        return rule

    def stated(self) -> Function:
        if self.rule is None:
            raise DeclarationError(f"{self.name} has no rule yet: state it with @{self.name}.defjvp")
        return self.rule

    def evaluated(self, args: tuple[Any, ...], settings: dict[str, Any], recording: bool) -> tuple[Any, Any]:
        self.stated()
        return self.function(*args, **settings), None

    def tangents(self, node: Node, saved: Any, ts: Sequence[Any], record: bool) -> list[Any]:
        """The tangent of each result by the rule."""
        form = form_of(node)
        args, settings = form.arguments(saved.x)
        with apart(*ts):
            answer = self.stated()(args, form.tangents(ts), **settings)
        out, t_out = self.pair(answer, "jvp", "result, tangent")
        ys = node.value if type(node.value) is tuple else (node.value,)
        asked = f"the jvp rule of {self.name}: the tangent"
        found = spread(out, t_out, asked)
        if len(found) != len(ys):
            raise DeclarationError(
                f"the jvp rule of {self.name} must return the result of {self.name}, of {len(ys)} parts, with its tangent, and "
                f"returned a result of {len(found)} parts"
            )
        return [fitting(t, y, record, asked) for t, y in zip(found, ys, strict=True)]

    def push(self, node: Node, saved: Any, ts: Sequence[Any]) -> list[Any]:
        filled = [still(x) if t is None else t for t, x in zip(ts, saved.x, strict=True)]
        return self.tangents(node, saved, filled, is_recorded(saved))

    def pull(self, node: Node, saved: Any, g: Any) -> tuple[Any, ...]:
        wanted = node.route.wanted  # type: ignore[union-attr]

        def linear(ts: Sequence[Any]) -> list[Any]:
            filled = [still(x) for x in saved.x]
            for i, t in zip(wanted, ts, strict=True):
                filled[i] = t
            return self.tangents(node, saved, filled, True)

        likes = [p.value for p in node.parents]
        gs = cotangents_of(g, node)
        found = transposed(
            linear, likes, gs, is_recorded(saved), f"the jvp rule of {self.name}, transposed for reverse mode,"
        )
        return tuple([zeros(like) if c is None else c for like, c in zip(likes, found, strict=True)])


def still(x: Any) -> Any:
    """The tangent of something that does not move: zero, or None where there is no tangent at all."""
    data = numbers_of(x)
    if np.asarray(data).dtype.kind not in "fc":
        return None
    return 0.0 if isinstance(data, float) and not isinstance(data, np.generic) else np.zeros_like(data)
