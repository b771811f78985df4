"""What a primitive does unless its family knows something faster: the call, and the way back from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

from .batches import Batched, batched_call
from .declaring import check_results, checked_pair
from .errors import DTypeError, ShapeError, UnsupportedError
from .modes import current
from .recording import Node, Scalar, Tensor, record, scalar_of, tensor_of
from .rules import BoundRule, Pull, Wanted, settle

if TYPE_CHECKING:
    from .primitive import Primitive

OBJECT = np.dtype(object)


def generic_call(made: Primitive) -> Callable[..., Any]:
    """The call of a primitive: compute, and record when a value that needs a gradient takes part."""
    forward, defaults, residual, outputs = made.forward, made.defaults, made.residual, made.outputs
    single, routes = outputs is None, made.routes

    def call(*args: Any, **settings: Any) -> Any:
        datas = list(args)
        sources: list[Any] = [None] * len(datas)
        wanted = []
        constants = scalars = False
        for i, arg in enumerate(args):
            kind = type(arg)
            if kind is Tensor or kind is Scalar:
                if kind is Scalar:
                    scalars = True
                datas[i] = arg._data
                node = sources[i] = arg.node
                if node is not None and node.requires_grad:
                    wanted.append(i)
                else:
                    constants = True
            elif kind is Batched:
                return batched_call(made, args, settings)
            elif kind is not ndarray or arg.dtype is OBJECT:
                datas[i] = operand(arg)
        if defaults:
            settings = {**defaults, **settings}
        try:
            y = forward(*datas, **settings) if settings else forward(*datas)
        except Exception as error:
            raise made.explained(error, datas) from error
        kept = None
        if residual:
            y, kept = checked_pair(y, made.name)
        if outputs is not None:
            check_results(y, outputs, made.name)
        if not (wanted or constants):
            return y
        mode = current()
        if wanted and mode.plain and (not scalars or type(y) is float):
            route = routes.get((tuple(wanted), ""))
            if route is not None:  # as soon as there was such a call, one with nothing unusual about it
                node = record(route, args, sources, datas, y, kept, settings or None, mode)
                if not single:
                    return made.several(y, node)
                return scalar_of(y, node) if type(y) is float else tensor_of(y, node)
        return made.finish(args, datas, y, kept, settings or None, mode if wanted or mode.keep_all else None)

    return call


def operand(arg: Any) -> Any:
    """A constant as rules can compute with it: numbers as they are, sequences and subclasses of arrays as arrays."""
    if isinstance(arg, (list, tuple, np.ndarray)):
        if isinstance(arg, np.ma.MaskedArray):
            raise UnsupportedError("masked arrays are not differentiated: use ag.where with the mask, or x.filled(...)")
        try:
            arg = np.asarray(arg)
        except ValueError as error:
            raise ShapeError(
                "an operand has rows of different lengths, which make no array: cut or pad them"
            ) from error
        if arg.dtype == object:
            raise DTypeError(f"an operand holds objects, not numbers: {arg!r}; to join recorded values use ag.stack")
    return arg


def is_scalar_call(args: Sequence[Any], y: Any) -> bool:
    """Whether a result belongs to the Scalar face: every recorded argument is a Scalar, and it is a single real number."""
    if any(isinstance(a, Tensor) or (isinstance(a, np.ndarray) and a.ndim) for a in args):
        return False
    return np.ndim(y) == 0 and np.asarray(y).dtype.kind == "f"


def exact_pull(rules: Sequence[BoundRule]) -> Pull:
    """The pull-back from rules whose results have the shape and dtype of their inputs already."""
    names = [r.names for r in rules]
    if names == [("g", "b"), ("g", "a"), ("g",)]:  # a layer's: of its input, its weight, its bias
        of_input, of_weight, of_bias = [r.rule for r in rules]

        def pull(node: Node, saved: Any, g: Any) -> tuple[Any, ...]:
            x, w, _ = saved.x
            return of_input(g, w), of_weight(g, x), of_bias(g)

        return pull
    if names == [("g", "a"), ("g",)]:  # of its weight and its bias
        of_weight, of_bias = [r.rule for r in rules]
        return lambda node, saved, g: (of_weight(g, saved.x[0]), of_bias(g))
    first, second, third = [*[r.bound(None) for r in rules], None, None][:3]
    assert first is not None
    if second is None:
        return lambda node, saved, g: (first(node, saved, g),)
    if third is None:
        return lambda node, saved, g: (first(node, saved, g), second(node, saved, g))
    return lambda node, saved, g: (first(node, saved, g), second(node, saved, g), third(node, saved, g))


def generic_pull(rules: Sequence[BoundRule], wanted: Wanted, arity: int | None, variadic: bool) -> Pull:
    """The pull-back of a route, from the rules of the wanted inputs; a variadic primitive has one rule for all."""
    pulls = [r.bound(arity) for r in rules]
    if variadic:

        def pull(node: Node, saved: Any, g: Any) -> tuple[Any, ...]:
            parts: Any = pulls[0](node, saved, g)
            if type(g) is float and type(parts) is list and len(parts) == len(wanted):  # between Scalars
                return tuple(parts)
            return tuple([settle(parts[i], p.value) for i, p in zip(wanted, node.parents, strict=True)])
    elif arity is None and len(wanted) == 2:
        first, second = pulls
        i, j = wanted

        def pull(node: Node, saved: Any, g: Any) -> tuple[Any, ...]:
            inputs = node.first
            return settle(first(node, saved, g), inputs[i].value), settle(second(node, saved, g), inputs[j].value)
    elif arity is None and len(wanted) == 3:
        first, second, third = pulls
        i, j, k = wanted

        def pull(node: Node, saved: Any, g: Any) -> tuple[Any, ...]:
            inputs = node.first
            return (
                settle(first(node, saved, g), inputs[i].value),
                settle(second(node, saved, g), inputs[j].value),
                settle(third(node, saved, g), inputs[k].value),
            )
    elif len(wanted) == 1:
        (only,), (i,) = pulls, wanted

        def pull(node: Node, saved: Any, g: Any) -> tuple[Any, ...]:
            parent = node.first[i] if arity is None else node.first if i == 0 else node.second
            return (settle(only(node, saved, g), parent.value),)
    else:

        def pull(node: Node, saved: Any, g: Any) -> tuple[Any, ...]:
            return tuple([settle(r(node, saved, g), p.value) for r, p in zip(pulls, node.parents, strict=True)])

    return pull
