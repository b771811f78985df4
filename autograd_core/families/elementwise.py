"""Elementwise primitives: a partial derivative per input is all they state.

A partial names the inputs (a, b, c) and the result (y) it needs; a number stands for a constant partial, None for "not
differentiable". From them come the vjp, the jvp, un-broadcasting, and a call path and pull-back made for the arity and for
what the partials name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from operator import attrgetter
from typing import Any, TypeAlias

import numpy as np
from numpy import multiply, ndarray

from ..batches import Batched, batched_call
from ..declaring import check_inputs, check_letters, check_partials, name_of
from ..errors import DeclarationError
from ..generic import OBJECT, is_scalar_call, operand
from ..memory import serials
from ..modes import current
from ..primitive import Primitive
from ..recording import KEEP, TEACHING_SIZE, Absent, Node, Scalar, Tensor, Value, entry, scalar_of, tensor_of
from ..rules import LETTERS, Pull, Route, Rule, Wanted, parameter_names, settle
from ..scopes import current_scope

Partial: TypeAlias = Rule | float | None
Product: TypeAlias = Callable[[Any, Any], Any]


def elementwise(
    forward: Callable[..., Any],
    *partials: Partial,
    scalar: Callable[..., float] | None = None,
    cut: bool = False,
    **declared: Any,
) -> Primitive:
    """An elementwise primitive.

    forward    the NumPy form, broadcasting its inputs
    partials   per input: a function of what it names among a, b, c, y; a number; or None
    scalar     the form for Python floats, used by Scalars; where it raises, the NumPy form decides
    cut        the partials are weights that select: where a weight is 0, the result does not depend on the input at all, so
               that a cotangent stops there whatever its value, infinite ones included. The weights themselves are taken as
               piecewise constant: not for partials whose own derivative matters
    declared   what else every primitive may say, such as real=True: complex numbers raise DTypeError

    >>> import numpy as np, autograd_core as ag
    >>> softsign = ag.elementwise(lambda x: x / (1 + abs(x)), lambda a: 1 / (1 + np.abs(a)) ** 2, name="softsign", real=True)
    >>> ag.grad(softsign)(1.0)
    0.25
    """
    if not 1 <= len(partials) <= 3:
        raise DeclarationError(f"an elementwise primitive has one to three inputs, not {len(partials)}")
    name = name_of(forward, declared.get("name"))
    check_inputs(forward, len(partials), name, "partial derivative")
    check_partials(partials, name)
    rules = [p if callable(p) else None if p is None else constant(float(p)) for p in partials]
    for rule in partials:
        check_letters(parameter_names(rule) if callable(rule) else (), len(partials), name)
    made = Primitive(forward, rules, family="elementwise", scalar=scalar, cut=cut, batch="leading", **declared)
    made.partials = partials
    made.products = [product(p, len(partials), cut) for p in partials]
    made.make_route = lambda wanted, variant: elementwise_route(made, wanted, variant)  # type: ignore[method-assign]
    made.push = lambda node, saved, tangents: push(made, node, saved, tangents)
    made.bends = not cut and any(callable(p) for p in partials)
    if len(partials) == 1:
        made.call = unary_call(made)
    elif len(partials) == 2:
        made.call = binary_call(made, lambda a, b: any_call(made, (a, b)))
    else:
        made.call = lambda *args: any_call(made, args)
    return made


def constant(value: float) -> Rule:
    """A number as a rule."""
    return lambda: value


def product(partial: Partial, arity: int, cut: bool) -> Product:
    """The function (saved, g) -> g times the partial, specialised for what the partial names."""
    if partial is None:
        return lambda saved, g: None
    if not callable(partial):
        if partial == 1:
            return lambda saved, g: g
        if partial == -1:
            return lambda saved, g: -g
        return lambda saved, g: g * partial
    factor = factor_of(partial, arity)
    if cut:
        return lambda saved, g: gate(g, factor(saved))
    if arity < 3 and is_projection(partial):  # as in multiply: the partial is the other factor itself
        return {
            "a": lambda saved, g: g * saved.x,
            "b": lambda saved, g: g * saved.z,
            "y": lambda saved, g: g * saved.y,
        }[parameter_names(partial)[0]]
    return lambda saved, g: g * factor(saved)


def factor_of(partial: Rule, arity: int) -> Callable[[Any], Any]:
    """The partial as a function of what a node saved."""
    names = parameter_names(partial)
    if arity == 3:
        places = [3 if n == "y" else LETTERS.index(n) for n in names]
        return lambda saved: partial(*[(*saved.x, saved.y)[i] for i in places])
    slots = ["y" if n == "y" else "xz"[LETTERS.index(n)] for n in names]
    if len(slots) == 1:
        return {
            "x": lambda saved: partial(saved.x),
            "z": lambda saved: partial(saved.z),
            "y": lambda saved: partial(saved.y),
        }[slots[0]]
    get = attrgetter(*slots) if slots else lambda saved: ()
    return lambda saved: partial(*get(saved))


IDENTITY = (lambda x: x).__code__.co_code


def is_projection(partial: Rule) -> bool:
    """Whether a partial gives its only argument back as it is; read off its code, since to call it may load other packages."""
    return len(parameter_names(partial)) == 1 and partial.__code__.co_code == IDENTITY


def gate(g: Any, weight: Any) -> Any:
    """g * weight, except that a weight of 0 gives 0 whatever g is, infinite or undefined: behind it g does not count at all.

    g, weight: shapes that broadcast   returns their common shape, dtype of g; no gradient flows to the weights

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.gate(np.array([3.0, np.inf]), np.array([2.0, 0.0]))
    array([6., 0.])
    """
    if type(g) is ndarray and type(weight) is ndarray and weight.dtype is g.dtype:
        return gated(g, weight, g.ravel("K"))
    if type(g) is float and type(weight) is float:
        return g * weight if weight else 0.0
    if isinstance(g, Value) or isinstance(weight, Value):
        return gate_primitive.call(g, weight)
    return gate_forward(g, weight)


def gate_forward(g: Any, weight: Any) -> Any:
    if hasattr(g, "dtype") and hasattr(weight, "dtype") and weight.dtype is not g.dtype:
        weight = weight.astype(g.dtype)  # mixed dtypes are four times slower, and would not keep the dtype of g
    return gated(g, weight, np.ravel(g, "K"))


def gated(g: Any, weight: Any, flat: Any) -> Any:
    if isfinite(flat.dot(flat).real):  # one cheap reduction, instead of a choice for each element
        return multiply(g, weight)
    with np.errstate(invalid="ignore"):
        return np.where(np.equal(weight, 0), np.zeros_like(g), np.multiply(g, weight))


def elementwise_route(made: Primitive, wanted: Wanted, variant: str) -> Route:
    """The route for one pattern of wanted inputs; the variant "same" needs neither un-broadcasting nor a cast."""
    names = {n for i in wanted if callable(p := made.partials[i]) for n in parameter_names(p)}
    keeps = frozenset(-1 if n == "y" else LETTERS.index(n) for n in names)
    return Route(made, wanted, keeps, (same_pull if variant == "same" else settled_pull)(made, wanted), made.arity)


# the commonest pairs of products in one function instead of three: sums, differences, products
PAIRS: dict[tuple[str, str], Pull] = {
    ("g", "g"): lambda node, saved, g: (g, g),
    ("g", "-g"): lambda node, saved, g: (g, -g),
    ("b", "a"): lambda node, saved, g: (g * saved.z, g * saved.x),
}


def same_pull(made: Primitive, wanted: Wanted) -> Pull:
    products = [made.products[i] for i in wanted]
    if len(products) == 1:
        (p,) = products
        return lambda node, saved, g: (p(saved, g),)
    first, second = [shorthand(made.partials[i]) for i in wanted]
    if (first, second) in PAIRS:
        return PAIRS[first, second]
    p, q = products
    return lambda node, saved, g: (p(saved, g), q(saved, g))


def shorthand(partial: Partial) -> str:
    """The product with a partial in short: "g", "-g", the letter of the other factor, or "" for anything else."""
    if callable(partial):
        return parameter_names(partial)[0] if is_projection(partial) else ""
    return {1: "g", -1: "-g"}.get(partial, "")  # type: ignore[call-overload,no-any-return]


def settled_pull(made: Primitive, wanted: Wanted) -> Pull:
    products = [made.products[i] for i in wanted]
    return lambda node, saved, g: tuple(
        [settle(p(saved, g), parent.value) for p, parent in zip(products, node.parents, strict=True)]
    )


def push(made: Primitive, node: Node, saved: Any, tangents: Sequence[Any], masks: Sequence[Any] = ()) -> Any:
    """The tangent of the result: each input's tangent times its partial, where it is live, summed."""
    total = None
    for i, (p, t) in enumerate(zip(made.products, tangents, strict=True)):
        term = None if t is None else p(saved, t)
        if term is not None:
            if masks and masks[i] is not None:
                term = gate(term, masks[i])
            total = term if total is None else total + term
    if total is None or type(node.value) is float:
        return total
    if type(total) is float or total.shape != node.value.shape:
        total = np.broadcast_to(total, node.value.shape)
    return total if total.dtype == node.value.dtype else settle(total, node.value)


# The lines that fill a node are written out in each path, here and in `scalars`: a function for them would cost a tenth more.
# -- call paths: no loops, lists or dictionaries -------------------------------------------------------------------------


def unary_call(made: Primitive) -> Callable[..., Any]:
    forward = made.forward
    route = made.route((0,), "same")
    keeps_a, keeps_y = 0 in route.keeps, -1 in route.keeps
    scalar = made.scalar

    def call(a: Any) -> Any:
        if type(a) is Tensor:
            m = a.node
            if m is not None and m.requires_grad and current().plain:
                x = a._data
                try:
                    y = forward(x)
                except Exception as error:
                    raise made.explained(error, [x]) from error
                if y.dtype is x.dtype:
                    node = Node()
                    node.serial = next(serials)
                    node.route = route
                    node.requires_grad = True
                    node.first = m
                    node.x = x if keeps_a else None
                    node.y = y if keeps_y else None
                    node.value = y if y.size <= TEACHING_SIZE else Absent(y.shape, y.dtype)
                    node.scope = current_scope()
                    node.second = node.z = node.settings = node.storage = node.watch = node.grad = node.about = None
                    t = Tensor()
                    t._data = y
                    t.node = node
                    t.storage = None
                    return t
        elif type(a) is Scalar and scalar is not None:
            m = a.node
            if m is not None and m.requires_grad and current().plain:
                return number_call(a._data, m)
        return any_call(made, (a,))

    def number_call(x: float, m: Node) -> Scalar:
        y = scalar_value(made, (x,))
        node = Node()
        node.serial = next(serials)
        node.route = route
        node.requires_grad = True
        node.first = m
        node.x = x if keeps_a else None
        node.y = y if keeps_y else None
        node.value = y
        node.scope = current_scope()
        node.second = node.z = node.settings = node.storage = node.grad = node.about = None
        node.watch = KEEP
        return scalar_of(y, node)

    return call


def binary_call(made: Primitive, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """The call of a primitive of two inputs, without settings, whose result is an array; `otherwise` for every other pattern."""
    forward = made.forward
    both, both_settled = made.route((0, 1), "same"), made.route((0, 1))
    keeps_a, keeps_b, keeps_y = 0 in both.keeps, 1 in both.keeps, -1 in both.keeps
    first, second = [None if made.partials[i] is None else made.route((i,)) for i in (0, 1)]
    differentiable = first is not None and second is not None

    def call(a: Any, b: Any) -> Any:
        if type(a) is Tensor and type(b) is Tensor and differentiable:
            m = a.node
            n = b.node
            if m is not None and n is not None and m.requires_grad and n.requires_grad and current().plain:
                x = a._data
                z = b._data
                try:
                    y = forward(x, z)
                except Exception as error:
                    raise made.explained(error, [x, z]) from error
                node = Node()
                node.serial = next(serials)
                node.route = both if x.shape == z.shape and x.dtype is z.dtype is y.dtype else both_settled
                node.requires_grad = True
                node.first = m
                node.second = n
                node.x = x if keeps_a else None
                node.z = z if keeps_b else None
                node.y = y if keeps_y else None
                node.value = y if y.size <= TEACHING_SIZE else Absent(y.shape, y.dtype)
                node.scope = current_scope()
                node.settings = node.storage = node.watch = node.grad = node.about = None
                t = Tensor()
                t._data = y
                t.node = node
                t.storage = None
                return t
        m = a.node if type(a) is Tensor else None
        if m is not None and m.requires_grad:
            if first is not None and is_constant(b) and current().plain:
                return beside_constant(first, 0, a._data, m, b)
        elif second is not None and type(b) is Tensor and is_constant(a):
            m = b.node
            if m is not None and m.requires_grad and current().plain:
                return beside_constant(second, 1, b._data, m, a)
        return otherwise(a, b)

    def beside_constant(route: Route, place: int, own: Any, m: Node, constant: Any) -> Tensor:
        kind = type(constant)
        data = constant._data if kind is Tensor else constant
        x, z = (own, data) if place == 0 else (data, own)
        try:
            y = forward(x, z)
        except Exception as error:
            raise made.explained(error, [x, z]) from error
        keeps = route.keeps
        named = 1 - place in keeps
        n = data if kind is float or kind is int else entry(constant, data, named, False)
        saved = (data if kind is Tensor else n) if named else None
        if place not in keeps:
            own = None
        node = Node()
        node.serial = next(serials)
        node.route = route
        node.requires_grad = True
        node.first, node.second = (m, n) if place == 0 else (n, m)
        node.x, node.z = (own, saved) if place == 0 else (saved, own)
        node.y = y if -1 in keeps else None
        node.value = y if y.size <= TEACHING_SIZE else Absent(y.shape, y.dtype)
        node.scope = current_scope()
        node.settings = node.storage = node.watch = node.grad = node.about = None
        return tensor_of(y, node)

    return call


def is_constant(x: Any) -> bool:
    """Whether an operand is a number, an array or a Tensor that needs no gradient."""
    kind = type(x)
    if kind is Tensor:
        return x.node is None or not x.node.requires_grad
    if kind is np.ndarray:
        return bool(x.dtype.kind != "O")
    return kind is float or kind is int or isinstance(x, np.generic)


def any_call(made: Primitive, args: Sequence[Any]) -> Any:
    """The call for every other pattern: constants, Scalars, mixed faces, everything kept."""
    datas = []
    values = live = False
    for arg in args:
        if type(arg) is Batched:
            return batched_call(made, args, {})
        if isinstance(arg, Value):
            values = True
            node = arg.node
            if node is not None and node.requires_grad:
                live = True
            datas.append(arg._data)
        else:
            datas.append(arg if type(arg) is np.ndarray and arg.dtype is not OBJECT else operand(arg))
    try:
        y = made.forward(*datas)
    except Exception as error:
        raise made.explained(error, datas) from error
    if not values:
        return y
    if made.scalar is not None and is_scalar_call(args, y):
        y = scalar_value(made, datas)
    mode = current()
    return made.finish(args, datas, y, None, None, mode if live or mode.keep_all else None)


def scalar_value(made: Primitive, datas: Sequence[Any]) -> float:
    """The result for floats: from `math` where it has one, from NumPy where `math` raises (overflow, 1/0, log of 0)."""
    try:
        return float(made.scalar(*datas))  # type: ignore[misc]
    except (ArithmeticError, ValueError, TypeError):
        with np.errstate(all="ignore"):
            return float(made.forward(*datas))


gate_primitive = elementwise(gate_forward, lambda b: b, None, cut=True, name="gate")

__all__ = ["elementwise", "gate"]
