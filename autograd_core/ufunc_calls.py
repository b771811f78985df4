"""NumPy's protocol for ufuncs: calls with all of their keyword arguments, and their methods.

dtype=, casting=     the inputs are converted as NumPy would, and their gradients back
order=, subok=       change no number
out=, at             are writes: in place while nothing is recorded, else the handle stands for a new value (see `writing`)
where=               needs out=, since the rest of it stays as it was
signature=           is refused
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from . import dispatch
from .dispatch import answered, ufuncs
from .errors import DTypeError, MutationError, UnsupportedError
from .generic import operand
from .leaving import let_go
from .primitive import Primitive
from .primitives import indexing, layouts
from .primitives.folds import answering
from .primitives.operands import array
from .recording import Array, Tensor, Value, tensor_of
from .writing import in_our_words, is_recorded, memory, rebind, setitem, stamp, write

Targets = Sequence[Any]
METHODS = ("reduce", "accumulate", "reduceat", "outer", "at")
NO_RECORD = (
    "would write recorded values into a NumPy array, which keeps no record of them: assign the result instead, as in "
    "x = x + y, or make the array a value first, x = ag.tensor(x)"
)


def array_ufunc(self: Any, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
    """NumPy's protocol for ufuncs and their methods."""
    if method == "at":
        return at(ufunc, *inputs)
    if method == "outer":
        inputs = crossed(*inputs)
    elif method != "__call__":
        return called_method(ufunc, method, inputs, **keywords)
    answer = ufuncs.get(ufunc)
    if answer is None:
        raise UnsupportedError(
            f"np.{ufunc.__name__} has no derivative rule here. Use x.detach().numpy() if its gradient is not needed, or declare "
            f"your own: ag.elementwise(np.{ufunc.__name__}, partials...)"
        )
    return called(ufunc, answer, inputs, **keywords) if keywords else answer(*inputs)


# -- calls -----------------------------------------------------------------------------------------------------------------


def called(
    ufunc: np.ufunc, answer: Callable[..., Any], inputs: Sequence[Any], *, out: Any = None, **keywords: Any
) -> Any:
    """A ufunc called with keyword arguments."""
    name = f"np.{ufunc.__name__}"
    targets = out if isinstance(out, tuple) else (out,)
    if all(target is None for target in targets):
        if keywords.get("where", True) is not True:
            raise UnsupportedError(
                f"{name} with where= and without out= leaves what is not selected uninitialised. Write "
                f"np.where(mask, {name}(...), other), or give an out= that holds the others"
            )
        return computed(ufunc, answer, inputs, **keywords)
    if not recorded(f"{name} with out=", targets, inputs):
        return written(ufunc, targets, inputs, keywords)
    where = keywords.pop("where", True)
    if where is True:
        return rebound(targets, computed(ufunc, answer, inputs, **keywords))
    if len(targets) > 1:
        raise UnsupportedError(f"{name} with where= and several results is not recorded: choose with np.where")
    mask = np.broadcast_to(bare([where])[0], targets[0].shape)
    chosen = [x if np.ndim(x) == 0 else np.broadcast_to(x, mask.shape)[mask] for x in inputs]
    setitem(targets[0], mask, computed(ufunc, answer, chosen, **keywords))
    return targets[0]


def computed(
    ufunc: np.ufunc,
    answer: Callable[..., Any],
    inputs: Sequence[Any],
    *,
    where: Any = True,
    dtype: Any = None,
    casting: Any = "same_kind",
    order: str = "K",
    subok: bool = True,
    **others: Any,
) -> Any:
    """The result of a ufunc that computes in a dtype; where= has been seen to."""
    name = f"np.{ufunc.__name__}"
    if ufunc.signature is not None:  # a product of whole axes: what answers takes the rest itself
        settings = others | ({} if dtype is None else {"dtype": dtype})
        settings |= {} if casting == "same_kind" else {"casting": casting}
        return dispatch.called(name, answered[ufunc].answer, tuple(inputs), settings)
    for other in others:
        raise UnsupportedError(f"{name} with {other}= is not differentiated: give dtype=, or convert with x.astype")
    if dtype is not None or casting != "same_kind":
        inputs = converted(ufunc, inputs, dtype, casting)
    return answer(*inputs)


def converted(ufunc: np.ufunc, inputs: Sequence[Any], dtype: Any, casting: Any) -> Sequence[Any]:
    """The inputs in the dtypes in which NumPy computes a result of the given dtype."""
    inputs = [x if isinstance(x, (Value, int, float, complex)) else np.asarray(operand(x)) for x in inputs]
    kinds = [type(x) if type(x) in (int, float, complex) else np.dtype(getattr(x, "dtype", bool)) for x in inputs]
    results = [None if dtype is None else np.dtype(dtype)] * ufunc.nout
    try:
        found = ufunc.resolve_dtypes(
            (*kinds, *[None] * ufunc.nout), signature=(*[None] * ufunc.nin, *results), casting=casting
        )
    except TypeError as error:
        raise DTypeError(f"np.{ufunc.__name__} with dtype={dtype}, casting={casting!r}: {error}") from error
    return [
        x if not isinstance(kind, np.dtype) or kind == to else layouts.astype(x, to)
        for x, kind, to in zip(inputs, kinds, found, strict=False)
    ]


# -- results that are written ------------------------------------------------------------------------------------------------


def recorded(asked: str, targets: Targets, inputs: Sequence[Any]) -> bool:
    """Whether a write into the targets must be recorded; raises MutationError if they are nothing that can take it."""
    record = is_recorded(*targets, *inputs)
    for target in targets:
        if isinstance(target, np.ndarray) and record:
            raise MutationError(f"{asked} {NO_RECORD}")
        if target is not None and not isinstance(target, (Tensor, np.ndarray)):
            raise MutationError(
                f"{asked} writes into Tensors and arrays, not into {target!r}: assign the result instead"
            )
    return record


def bare(values: Iterable[Any]) -> list[Any]:
    """The arrays and numbers of values that are written by NumPy itself."""
    return [let_go(x, "out=") if isinstance(x, Value) else x for x in values]


def written(function: Callable[..., Any], targets: Targets, inputs: Sequence[Any], keywords: dict[str, Any]) -> Any:
    """The targets, into whose memory NumPy has written the results."""
    tensors = [t for t in targets if isinstance(t, Tensor)]
    arrays = tuple([memory(t) if isinstance(t, Tensor) else t for t in targets])
    with in_our_words(tensors[0] if tensors else targets[0], "out="):
        results = function(*bare(inputs), out=arrays, **dict(zip(keywords, bare(list(keywords.values())), strict=True)))
    for tensor in tensors:
        stamp(tensor)
    results = results if isinstance(results, tuple) else (results,)
    return single([tensor_of(y, None) if t is None else t for t, y in zip(targets, results, strict=True)])


def rebound(targets: Targets, results: Any) -> Any:
    """The targets, which stand for recorded results from now on."""
    results = results if isinstance(results, tuple) else (results,)
    found = []
    for target, y in zip(targets, results, strict=True):
        if target is not None and np.shape(y) != target.shape:
            y = np.broadcast_to(y, np.broadcast_shapes(np.shape(y), target.shape))
        found.append(
            y if target is None else rebind(target, y if isinstance(y, Tensor) else tensor_of(y, None), "out=")
        )
    return single(found)


def single(results: Sequence[Any]) -> Any:
    """The only result, or a tuple of several."""
    return results[0] if len(results) == 1 else tuple(results)


# -- methods -----------------------------------------------------------------------------------------------------------------


def crossed(a: Any, b: Any) -> tuple[Any, Any]:
    """Inputs whose elements meet each with each: what `outer` calls a ufunc with."""
    a = array(a)
    return np.reshape(a, (*np.shape(a), *[1] * np.ndim(b))), b


def called_method(ufunc: np.ufunc, method: str, inputs: Sequence[Any], *, out: Any = None, **keywords: Any) -> Any:
    """reduce, accumulate or reduceat."""
    answer = answering(ufunc, method)
    targets = out if isinstance(out, tuple) else (out,)
    if targets[0] is None:
        return answer(*inputs, **keywords)
    if not recorded(f"np.{ufunc.__name__}.{method} with out=", targets, inputs):
        return written(getattr(ufunc, method), targets, inputs, keywords)
    return rebound(targets, answer(*inputs, **keywords))


def at(ufunc: np.ufunc, target: Any, indices: Any, *operands: Any) -> None:
    """target[indices] = ufunc(target[indices], operand), except that an element named twice is changed twice."""
    asked = f"np.{ufunc.__name__}.at"
    place = indexing.plain_index(indices)
    if not recorded(asked, [target], operands):
        if isinstance(target, Tensor):
            write(target, asked, lambda array: ufunc.at(array, place, *bare(operands)))
        else:
            ufunc.at(target, place, *bare(operands))
        return
    if ufunc not in ufuncs:
        raise UnsupportedError(f"{asked} is not recorded: write x[index] = value with what is to be there")
    with in_our_words(target, asked):
        places = np.arange(target.size).reshape(target.shape)[place]
        if ufunc in (np.add, np.subtract):
            b = np.broadcast_to(operands[0], places.shape)
            y = ufuncs[ufunc](target, indexing.scatter(b, index=place, shape=target.shape))
        else:
            y = changed_at(ufuncs[ufunc], target, places, operands)
    if places.size:
        rebind(target, y, asked)


def changed_at(call: Callable[..., Any], target: Tensor, places: Array, operands: Sequence[Any]) -> Any:
    """Elements changed at places of the flattened target, in as many rounds as the most frequent place is named."""
    others = [np.ravel(np.broadcast_to(b, places.shape)) for b in operands]
    places = places.ravel()
    y = np.ravel(target)
    for chosen in rounds(places):
        named = places[chosen]
        y = indexing.put(y, call(indexing.getitem(y, named), *[b[chosen] for b in others]), index=named)
    return np.reshape(y, target.shape)


def rounds(places: Array) -> list[Array]:
    """For each round the indices of the places that it visits: an n-th mention is in round n."""
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    mention = np.arange(len(places)) - np.searchsorted(ordered, ordered)
    return [np.sort(order[mention == n]) for n in range(int(np.max(mention, initial=-1)) + 1)]


# -- the same for the names of ag ------------------------------------------------------------------------------------------


def install() -> None:
    """Give what answers for a ufunc the keyword arguments and methods of NumPy's."""
    Primitive.keyworded = staticmethod(keyworded)
    for method in METHODS:
        setattr(Primitive, method, property(partial(method_of, method)))
    for ufunc, row in answered.items():
        if not isinstance(ufunc, np.ufunc):
            continue
        if isinstance(row.answer, Primitive):
            row.answer.ufunc = ufunc
        else:
            for method in METHODS:
                setattr(row.answer, method, getattr(ufunc, method))


def keyworded(ufunc: np.ufunc, *inputs: Any, **keywords: Any) -> Any:
    """`ag.add(x, y, out=z)` and the like; NumPy's own call if nothing is a value."""
    if any(isinstance(x, Value) for x in (*inputs, *keywords.values())):
        return called(ufunc, ufuncs[ufunc], inputs, **keywords)
    return ufunc(*inputs, **keywords)


def method_of(method: str, made: Primitive) -> Callable[..., Any]:
    """`ag.add.reduce` and the like."""
    if made.ufunc is None:
        raise AttributeError(f"{made!r} has no {method}: it answers for no ufunc")
    return getattr(made.ufunc, method)  # type: ignore[no-any-return]
