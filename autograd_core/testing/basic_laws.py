"""Laws of what an operation gives, and of what it leaves alone."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..batching import vmap
from ..errors import LeavingError
from ..recording import Tensor
from ..scalars import scalar
from ..tensors import tensor
from ..transforms import vjp
from ..trees import flatten
from .cases import Case, floating, plain
from .lawbook import agree, agree_on_slopes, law, unit
from .layouts import KEEPING, laid_out, native
from .points import rounded_elsewhere

ULPS = 8
"""How many units of the dtype's spacing a value may be off."""


def is_right(case: Case) -> bool:
    return case.call.raises is None and case.gradients is None


def arrays(result: Any) -> list[Any]:
    """Everything in a result, as arrays."""
    return [np.asarray(plain(y)) for y in flatten(result)[0]]


def same(got: list[Any], expected: list[Any], what: str, eps: float, bar: float | list[Any] = ULPS) -> None:
    """Equal in value and dtype."""
    agree(got, expected, what, bar, eps)
    for y, e in zip(got, expected, strict=True):
        if native(y.dtype) != native(e.dtype):
            raise AssertionError(f"{what}: dtype {y.dtype} instead of {e.dtype}")


@law("refusal", lambda case: case.call.raises is not None)
def refusal(case: Case) -> None:
    """A wrong call raises the error that is declared for it, with its words."""
    recorded = [tensor(x, requires_grad=True) for x in case.data]
    try:
        y = case.f(*recorded)
    except case.call.raises as error:  # type: ignore[misc]
        if case.call.match is not None and not re.search(case.call.match, str(error)):
            raise AssertionError(f"it says {str(error)!r}, and not {case.call.match!r}") from error
        return
    raise AssertionError(f"it gives {y!r} and raises no {case.call.raises.__name__}")  # type: ignore[union-attr]


def rounding_of(f: Callable[..., Any], data: Sequence[Any], expected: list[Any], eps: float) -> list[Any]:
    """How far off the values of a function may be: the rounding of inputs makes more of it where sums cancel.

    A sum of n numbers is rounded log2(n) times at least, each time by a unit at most.
    """
    elsewhere = [arrays(f(*xs)) for xs in rounded_elsewhere(data, eps)]
    times = math.log2(max([2, *map(np.size, data)]))
    return [
        (ULPS + times) * unit(eps, e) + np.max([np.abs(y - e) for y in ys], axis=0)
        for e, *ys in zip(expected, *elsewhere, strict=True)
    ]


@law("value", is_right)
def value(case: Case) -> None:
    """The value is the reference's in number, dtype and shape, recorded or not."""
    plainly = arrays(case.f(*case.data))
    if case.reference is not None:
        expected = arrays(case.reference(*case.data))
        try:
            same(plainly, expected, "value", case.eps)
        except AssertionError:
            same(plainly, expected, "value", case.eps, rounding_of(case.reference, case.data, expected, case.eps))
    same(arrays(case.f(*[tensor(x, requires_grad=True) for x in case.data])), plainly, "recorded value", case.eps)


@law("determinism", is_right)
def determinism(case: Case) -> None:
    """Twice the same call gives twice the same bits, in values and gradients."""
    agree(arrays(case.f(*case.data)), arrays(case.f(*case.data)), "second value")
    if case.is_smooth:
        agree(case.pull(case.data)[1], case.pull(case.data)[1], "second gradient")


@law("nothing is written", is_right)
def nothing_is_written(case: Case) -> None:
    """Inputs, cotangents and tangents are left as they were, and what is written into results later reaches none of them."""
    data = [x.copy() for x in case.data]
    tangents = case.random(data, 1)
    kept = [x.copy() for x in data]
    case.f(*data)
    if case.is_smooth:
        cotangents = case.random(case.outputs, 2)
        given = [u.copy() for u in cotangents]
        ys, gradients = case.pull(data, cotangents)
        values = [np.array(y) for y in ys]
        overwrite(gradients)
        agree(ys, values, "value, after its gradient was overwritten,")
        agree(cotangents, given, "cotangent")
        again = [t.copy() for t in tangents]
        overwrite(case.push(data, tangents))
        agree(tangents, again, "tangent")
    agree(data, kept, "input")


def overwrite(results: list[Any]) -> None:
    for y in results:
        if isinstance(y, np.ndarray) and y.flags.writeable:
            y[...] = 7


@law("layout", lambda case: case.is_smooth)
def layout(case: Case) -> None:
    """How the inputs lie in memory changes nothing: Fortran order, negative strides, gaps, alignment, the order of bytes."""
    plainly, cotangents = arrays(case.seen(*case.data)), case.random(case.outputs)
    ys, gradients = case.pull(case.data, cotangents)
    for name in KEEPING if any(x.ndim for x in case.data) else ():
        variant = [laid_out(x, name) for x in case.data]
        agree(arrays(case.seen(*variant)), plainly, "plain value", 64, case.eps)
        other_ys, other_gradients = case.pull(variant, cotangents)
        agree(other_ys, ys, "value", 64, case.eps)
        agree_on_slopes(case, other_gradients, gradients, "gradient", 64)


@law("scalar", lambda case: is_right(case) and case.primitive is not None and case.primitive.scalar is not None)
def scalar_law(case: Case) -> None:
    """A Scalar has the value and gradients of a Tensor of shape ()."""
    if any(np.asarray(a).dtype.kind not in "fiu" for a in case.call.args) or not case.data:
        return
    firsts = [float(np.ravel(a)[0]) for a in case.call.args if np.size(a)]
    if len(firsts) < len(case.call.args):
        return
    scalars, tensors = [scalar(x) for x in firsts], [tensor(x, requires_grad=True) for x in firsts]
    s, t = case.primitive(*scalars), case.primitive(*tensors)  # type: ignore[misc]
    rise = 0.0
    if isinstance(t, Tensor) and t.requires_grad:
        s.backward()
        t.backward()
        for i, (a, b) in enumerate(zip(scalars, tensors, strict=True)):
            if a.grad is not None or b.grad is not None:
                g = np.asarray(b.grad, float)
                agree_on_slopes(case, [np.asarray(a.grad, float)], [g], f"gradient by input {i} of a Scalar", 4096)
                rise += float(np.abs(b.data * g))
    # two ways to compute one value differ by rounding it, and by as much as it changes when inputs are rounded
    room = 8 * np.finfo(float).eps * (np.abs(plain(t)) + (rise if np.isfinite(rise) else 0.0))
    agree([np.asarray(plain(s))], [np.asarray(plain(t))], "value of a Scalar", [room])


@law("batch", lambda case: is_right(case) and len(case.data) + len(case.others) > 0)
def batch(case: Case) -> None:
    """vmap gives what a loop over the examples gives, in values and gradients, whichever arrays differ between examples."""
    count, given = len(case.data), (*case.data, *case.others)

    def values_and_gradients(*xs: Any) -> list[Any]:
        values = flatten(case.seen(*xs))[0]
        if not case.is_smooth:
            return values
        ys, back = vjp(lambda *data: floating(case.seen(*data, *xs[count:])), *xs[:count])
        return [*values, *back(case.random(ys))]

    for differ in patterns(len(given)):
        examples = [
            [like(x, k) if d and i < count else x for i, (x, d) in enumerate(zip(given, differ, strict=True))]
            for k in range(3)
        ]
        alone = [arrays(values_and_gradients(*xs)) for xs in examples]
        if len({tuple(y.shape for y in ys) for ys in alone}) > 1:
            continue  # how large the result is depends on the numbers
        batches = [np.stack(xs) if d else xs[0] for xs, d in zip(zip(*examples, strict=True), differ, strict=True)]
        try:
            together = arrays(vmap(values_and_gradients, tuple([0 if d else None for d in differ]))(*batches))
        except LeavingError as error:  # a function that looks at the numbers is refused; an operation is looped over
            if case.whole is not None or not str(error).startswith("vmap: "):
                raise
            return
        expected = [np.stack(ys) for ys in zip(*alone, strict=True)]
        same(together, expected, "value and gradients under vmap", case.eps, 256)
        slopes = len(together) - count if case.is_smooth else len(together)
        agree_on_slopes(case, together[slopes:], expected[slopes:], "gradient under vmap", 256)


def patterns(count: int) -> list[tuple[bool, ...]]:
    """Which of so many arrays are batched: all, the first alone, the second alone."""
    alone = [tuple([i == k for i in range(count)]) for k in range(min(count, 2))]
    return [(True,) * count, *(alone if count > 1 else [])]


def like(x: Any, k: int) -> Any:
    """The k-th of some examples like an array."""
    return (x * x.dtype.type((1.0, 0.97, 0.99)[k])).astype(x.dtype)
