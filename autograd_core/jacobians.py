"""Forward mode, and the matrices of derivatives: jvp, jacobian, hessian and hvp."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from itertools import accumulate
from math import prod
from typing import Any

import numpy as np

from .batches import Batched, Level, bare, beneath, levels_of, lowered, raised
from .errors import GradientError, LeavingError, UnsupportedError
from .forward import push_forward
from .modes import current
from .recording import Node, Scalar, Value, handle, numbers_of, tensor_of
from .reverse import conjugate
from .shapes import Shape
from .transforms import Call, Function, check_function, grad, is_live, matching, positions
from .trees import flatten, same_structure


class Linearized(Call):
    """A call with every value kept, through which tangents can be pushed any number of times."""

    def __init__(self, f: Function, args: Sequence[Any], argnums: Sequence[int], asked: str, **kwargs: Any):
        super().__init__(f, args, argnums, asked, keep=True, **kwargs)
        self.outputs, self.rebuild_output = flatten(self.output)
        self.prepare(self.outputs)

    def pushed(self, tangents: Sequence[Any]) -> list[Any]:
        """The tangent of every output, for a tangent of every input."""
        record = (self.visible or any(is_live(t) for t in tangents)) and current().recording
        seeds = {
            s: matching(s.value, t, record, f"{self.asked}: the tangent", self.at)
            for s, t in zip(self.sources, tangents, strict=True)
        }
        nodes = [out.node for out in self.outputs if isinstance(out, Value) and out.node is not None]
        found = dict(zip(nodes, push_forward(seeds, nodes, record=record), strict=True))
        return [self.tangent_of(out, found, tangents) for out in self.outputs]

    def tangent_of(self, out: Any, found: dict[Node, Any], tangents: Sequence[Any]) -> Any:
        """The tangent of one output as its caller expects it; zeros where it depends on no input."""
        data = numbers_of(bare(out))
        t = found.get(out.node) if isinstance(out, Value) and out.node is not None else None
        if t is None:
            t = (
                0.0
                if isinstance(data, float) and not isinstance(data, np.generic)
                else np.zeros(np.shape(data), np.asarray(data).dtype)
            )
        if isinstance(t, Value):
            return raised(t, levels_of(out))
        if type(data) is float:
            t = float(t)
        if self.as_values or any(isinstance(bare(x), Value) for x in tangents):
            return raised(handle(t, None), levels_of(out))
        if type(out) is Batched:
            return raised(t, levels_of(out))
        return t if type(t) is float else np.array(t) if isinstance(data, np.ndarray) else np.array(t)[()]


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """f's value, and its derivative along the tangents, by a walk forward.

    >>> import autograd_core as ag
    >>> ag.jvp(lambda a, b: a * b, (2.0, 3.0), (1.0, 10.0))
    (6.0, 23.0)
    """
    if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
        raise GradientError("jvp takes a tuple of primals and a tuple of tangents: ag.jvp(f, (x,), (v,))")
    call = Linearized(f, primals, range(len(primals)), "jvp")
    _, given = same_structure(list(primals), list(tangents), "jvp")
    outputs = call.rebuild_output([call.presented(out) for out in call.outputs])
    tangent = call.rebuild_output(call.pushed(given))
    call.close()
    return outputs, tangent


def linearize(f: Function, *primals: Any) -> tuple[Any, Function]:
    """f's value, and the function from tangents of the primals to the tangent of the value: f runs once, for any number.

    The tangents come as one argument for each primal, in its containers. The record of the call, with every value, lives as long
    as the function. Raises ShapeError for tangents that do not fit.

    >>> import autograd_core as ag
    >>> y, push = ag.linearize(lambda a, b: a * b, 2.0, 3.0)
    >>> y, push(1.0, 0.0), push(0.0, 1.0)
    (6.0, 3.0, 2.0)
    """
    call = Linearized(f, primals, range(len(primals)), "linearize")

    def f_jvp(*tangents: Any) -> Any:
        _, given = same_structure(list(primals), list(tangents), "linearize: primals and tangents")
        return call.rebuild_output(call.pushed(given))

    call.close()
    return call.rebuild_output([call.presented(out) for out in call.outputs]), f_jvp


# -- matrices of derivatives -------------------------------------------------------------------------------------------------


def jacobian(f: Function, argnums: int | Sequence[int] = 0, mode: str = "auto") -> Function:
    """The function that gives the derivatives of every element of f's result: shape of the result + shape of the argument.

    mode   "forward" (a tangent per element of the arguments), "reverse" (a cotangent per element of the result); "auto"
           takes the fewer. One walk is made for all of them, or a few if that takes too much memory

    >>> import numpy as np, autograd_core as ag
    >>> ag.jacobian(lambda x: x[:2] * x[2])(np.array([1.0, 2.0, 3.0]))
    array([[3., 0., 1.],
           [0., 3., 2.]])
    """
    check_function(f, "jacobian")
    if mode not in ("auto", "forward", "reverse"):
        raise GradientError(f'jacobian: mode={mode!r}; use "auto", "forward" or "reverse"')

    @wraps(f)
    def derived(*args: Any, **kwargs: Any) -> Any:
        nums = positions(argnums, len(args), "jacobian")
        call = Linearized(f, args, nums, "jacobian", **kwargs)
        if any(is_complex(s.value) for s in call.sources) and not all(is_complex(out) for out in call.outputs):
            raise GradientError(
                "jacobian of a real result with respect to a complex argument is no single array: use ag.grad or ag.vjp, or "
                "write the argument as its real and imaginary parts"
            )
        ahead = mode == "forward" or (
            mode == "auto" and sum(map(np.size, call.inputs)) < sum(np.size(out) for out in call.outputs)
        )
        rows = columns_forward(call) if ahead else rows_reverse(call)
        per_output = [call.rebuild(row) for row in rows]  # a list, with an entry per argument
        call.close()
        return call.rebuild_output([tuple(j) if isinstance(argnums, (tuple, list)) else j[0] for j in per_output])

    return derived


def is_complex(x: Any) -> bool:
    """Whether something with a dtype, or a number, is complex."""
    return isinstance(x, complex) or (hasattr(x, "dtype") and x.dtype.kind == "c")


MOST = 2**18
"""How many numbers the largest value of a walk may have, all units that it is walked for taken together."""


def units(shapes: Sequence[Shape], dtypes: Sequence[Any], start: int, stop: int) -> list[Any]:
    """Some unit directions of several arrays taken as one: per array, its part of each, counted by the first axis."""
    made, before = [], 0
    for shape, dtype in zip(shapes, dtypes, strict=True):
        n = prod(shape)
        made.append(np.eye(stop - start, n, start - before, dtype).reshape(stop - start, *shape))
        before += n
    return made


def along_units(walk: Callable[[list[Any]], list[Any]], starts: Sequence[Any], call: Call) -> list[Any]:
    """What a linear walk gives for every unit direction of the arrays that it starts from, counted by the first axis.

    walk   (a value for each start) -> results; given one example of a batch of units, so that one walk does for many
    """
    shapes, dtypes = [np.shape(x) for x in starts], [np.result_type(x) for x in starts]
    total = sum(map(prod, shapes))
    if total == 1:
        return [x if is_number(x) else x[None] for x in walk([u[0] for u in units(shapes, dtypes, 0, 1)])]
    largest = max([np.size(x) for x in starts] + [size_of(node.value) for node in call.nodes])
    step = max(1, MOST // max(1, largest))

    def together(start: int) -> list[Any]:
        with Level(min(step, total - start)) as level:
            found = walk([Batched(u, level) for u in units(shapes, dtypes, start, start + level.size)])
        return [lowered(x, (level,)) for x in found]

    try:
        blocks = [together(start) for start in range(0, total, step)]
    except (LeavingError, UnsupportedError):  # a rule that needs the numbers, one unit at a time
        single = [walk([u[0] for u in units(shapes, dtypes, i, i + 1)]) for i in range(total)]
        return [np.stack(parts) for parts in zip(*single, strict=True)]
    return [parts[0] if len(parts) == 1 else np.concatenate(parts) for parts in zip(*blocks, strict=True)]


def is_number(x: Any) -> bool:
    """Whether a derivative is a float or a Scalar."""
    return type(x) is float or isinstance(x, Scalar)


def size_of(value: Any) -> int:
    """How many numbers a value has, whether it was kept or not."""
    return sum(map(size_of, value)) if type(value) is tuple else prod(getattr(value, "shape", ()))


def blocks_of(found: Any, starts: Sequence[Any]) -> list[Any]:
    """What belongs to each of the arrays whose units were taken as one."""
    if is_number(found):
        return [found]
    ends = list(accumulate(np.size(x) for x in starts))
    return [found[end - np.size(x) : end] for x, end in zip(starts, ends, strict=True)]


def columns_forward(call: Linearized) -> list[list[Any]]:
    """Per output and input, the derivative array, by pushing unit tangents."""
    if sum(map(np.size, call.inputs)) == 0:
        return [[np.zeros(np.shape(out) + np.shape(x)) for x in call.inputs] for out in call.outputs]
    rows = []
    pushed = along_units(call.pushed, call.inputs, call)
    if any(is_complex(x) for x in call.inputs):
        turned = along_units(lambda ts: call.pushed([1j * t if is_complex(t) else t for t in ts]), call.inputs, call)
        for t, u in zip(pushed, turned, strict=True):
            for x, c, d in zip(call.inputs, blocks_of(t, call.inputs), blocks_of(u, call.inputs), strict=True):
                if is_complex(x):
                    check_holomorphic(c, d)
    for out, t in zip(call.outputs, pushed, strict=True):
        blocks = [c if is_number(c) else np.moveaxis(c, 0, -1) for c in blocks_of(t, call.inputs)]
        rows.append([shaped(call, c, np.shape(out) + np.shape(x)) for c, x in zip(blocks, call.inputs, strict=True)])
    return rows


def rows_reverse(call: Linearized) -> list[list[Any]]:
    """Per output and input, the derivative array, by pulling unit cotangents."""
    outputs, inputs = call.outputs, call.inputs
    if sum(map(np.size, outputs)) == 0:
        return [[np.zeros(np.shape(out) + np.shape(x)) for x in inputs] for out in outputs]
    pulled = along_units(lambda gs: pulled_row(call, gs), outputs, call)
    turned = pulled
    if any(is_complex(out) for out in outputs):
        # a real input sees only the real part of what is pulled: turned by 90 degrees, the imaginary part
        turned = along_units(lambda gs: pulled_row(call, [1j * g if is_complex(g) else g for g in gs]), outputs, call)
    rows: list[list[Any]] = [[] for _ in outputs]
    for x, p, q in zip(inputs, pulled, turned, strict=True):
        for row, out, c, d in zip(rows, outputs, blocks_of(p, outputs), blocks_of(q, outputs), strict=True):
            if is_complex(x):
                check_holomorphic(c, d)
            c = conjugate(c)  # a pulled cotangent is a gradient, the conjugate of the row
            if is_complex(out) and not is_complex(x):
                c = c + 1j * d
            row.append(shaped(call, c, np.shape(out) + np.shape(x)))
    return rows


def shaped(call: Linearized, block: Any, shape: Shape) -> Any:
    """Derivatives along units as one array of the given shape, or number."""
    if is_number(block) and shape == ():
        return block
    block = np.reshape(block, shape)
    return beneath(lambda a: a if isinstance(a, Value) else tensor_of(a, None), block) if call.as_values else block


def check_holomorphic(c: Any, d: Any) -> None:
    """Raise GradientError unless derivatives along units (c) and along i times them (d) differ by the factor i."""
    c, d = [np.asarray(x._data if isinstance(x, Value) else x) for x in (bare(c), bare(d))]
    with np.errstate(all="ignore"):  # what is infinite or NaN tells nothing
        size = np.max(np.abs(c), initial=0.0) + np.max(np.abs(d), initial=0.0)
        bent = np.any(np.abs(d - 1j * c) > float(np.finfo(c.dtype).eps) ** 0.5 * size)
    if bent:
        raise GradientError(
            "jacobian of a function of complex numbers that is not holomorphic, such as one that takes abs, conj, real or a "
            "gradient of those: no single complex array is its derivative. Write the argument as its real and imaginary parts, "
            "or use ag.vjp, ag.jvp and ag.hvp"
        )


def pulled_row(call: Linearized, cotangents: Sequence[Any]) -> list[Any]:
    """The cotangents of the inputs for a cotangent of each output; zeros where no output depends on them."""
    seeds: dict[Node, Any] = {}
    for out, g in zip(call.outputs, cotangents, strict=True):
        if isinstance(out, Value) and out.node in call.roots:
            g = matching(bare(out)._data, g, call.records, "jacobian", levels_of(out))
            seeds[out.node] = seeds[out.node] + g if out.node in seeds else g
    return flatten(call.pulled(seeds, call.records))[0]


def hessian(f: Function, argnums: int = 0) -> Function:
    """The second derivatives of f, which returns one real number: shape of the argument twice. Forward over reverse.

    >>> import numpy as np, autograd_core as ag
    >>> ag.hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    return jacobian(grad(f, argnums), argnums, mode="forward")


def hvp(f: Function, primals: Any, vectors: Any) -> Any:
    """The Hessian of f times vectors, without the Hessian: the gradient, pulled back along the vectors.

    A Hessian is symmetric, so this is the derivative of the gradient along the vectors, and quicker than by a walk forward.

    primals, vectors   tuples for several arguments, which give a tuple; or bare for one

    >>> import numpy as np, autograd_core as ag
    >>> ag.hvp(lambda x: x[0] ** 2 * x[1], np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([4., 2.])
    """
    if not isinstance(primals, tuple):
        return hvp(f, (primals,), (vectors,))[0]
    call = Call(grad(f, tuple(range(len(primals)))), primals, range(len(primals)), "hvp")
    outputs = flatten(call.output)[0]
    call.prepare(outputs)
    seeds, record = call.seeded(outputs, vectors, "vector")
    del outputs  # so that the walk can free what it has passed
    products = tuple(call.pulled(seeds, record, last=True))
    call.close()
    return products
