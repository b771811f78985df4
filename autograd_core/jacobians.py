"""Forward mode, and the matrices of derivatives: jvp, jacobian, hessian and hvp."""

from __future__ import annotations

from collections.abc import Sequence
from functools import wraps
from typing import Any

import numpy as np

from .errors import GradientError
from .forward import push_forward
from .recording import Node, Value, handle
from .reverse import conjugate
from .transforms import Call, Function, grad, is_live, matching, positions
from .trees import flatten, same_structure


class Linearized(Call):
    """A call with every value kept, through which tangents can be pushed any number of times."""

    def __init__(self, f: Function, args: Sequence[Any], argnums: Sequence[int], asked: str, **kwargs: Any):
        super().__init__(f, args, argnums, asked, keep=True, **kwargs)
        self.outputs, self.rebuild_output = flatten(self.output)
        self.prepare(self.outputs)

    def pushed(self, tangents: Sequence[Any]) -> list[Any]:
        """The tangent of every output, for a tangent of every input."""
        record = (self.visible or any(is_live(t) for t in tangents)) and self.outer.recording
        seeds = {
            s: matching(s.value, t, record, f"{self.asked}: the tangent")
            for s, t in zip(self.sources, tangents, strict=True)
        }
        nodes = [out.node for out in self.outputs if isinstance(out, Value) and out.node is not None]
        found = dict(zip(nodes, push_forward(seeds, nodes, record=record), strict=True))
        return [self.tangent_of(out, found, tangents) for out in self.outputs]

    def tangent_of(self, out: Any, found: dict[Node, Any], tangents: Sequence[Any]) -> Any:
        """The tangent of one output as its caller expects it; zeros where it depends on no input."""
        data = out._data if isinstance(out, Value) else out
        t = found.get(out.node) if isinstance(out, Value) and out.node is not None else None
        if t is None:
            t = (
                0.0
                if isinstance(data, float) and not isinstance(data, np.generic)
                else np.zeros(np.shape(data), np.asarray(data).dtype)
            )
        if isinstance(t, Value):
            return t
        if type(data) is float:
            t = float(t)
        if self.as_values or any(isinstance(x, Value) for x in tangents):
            return handle(t, None)
        return t if type(t) is float else np.array(t) if isinstance(data, np.ndarray) else t


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


# -- matrices of derivatives -------------------------------------------------------------------------------------------------


def jacobian(f: Function, argnums: int | Sequence[int] = 0, mode: str = "auto") -> Function:
    """The function that gives the derivatives of every element of f's result: shape of the result + shape of the argument.

    mode   "forward" (a walk per element of the arguments), "reverse" (a walk per element of the result), "auto": the fewer

    >>> import numpy as np, autograd_core as ag
    >>> ag.jacobian(lambda x: x[:2] * x[2])(np.array([1.0, 2.0, 3.0]))
    array([[3., 0., 1.],
           [0., 3., 2.]])
    """
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
    return getattr(x, "dtype", np.asarray(0.0).dtype).kind == "c"


def basis(shape: tuple[int, ...], dtype: Any) -> list[Any]:
    """The unit arrays of a shape, in C order."""
    eye = np.eye(int(np.prod(shape)), dtype=dtype)
    return [row.reshape(shape) for row in eye]


def assembled(parts: Sequence[Any], shape: tuple[int, ...], axis: int) -> Any:
    """Derivatives along unit directions as one array of the given shape."""
    if not parts:
        return np.zeros(shape)
    if all(isinstance(p, float) for p in parts) and not any(isinstance(p, np.generic) for p in parts):
        return parts[0] if shape == () else np.reshape(np.array(parts), shape)
    return np.reshape(np.stack(parts, axis=axis), shape)


def columns_forward(call: Linearized) -> list[list[Any]]:
    """Per output and input, the derivative array, by pushing unit tangents."""
    rows: list[list[Any]] = [[] for _ in call.outputs]
    for i, source in enumerate(call.sources):
        columns = []
        dtype = np.asarray(0.0).dtype if type(source.value) is float else source.value.dtype
        shape = () if type(source.value) is float else source.value.shape
        for unit in basis(shape, dtype):
            tangents = [unit if j == i else np.zeros(np.shape(s.value), None) for j, s in enumerate(call.sources)]
            columns.append(call.pushed(tangents))
        for k, out in enumerate(call.outputs):
            rows[k].append(assembled([c[k] for c in columns], np.shape(out) + shape, -1))
    return rows


def rows_reverse(call: Linearized) -> list[list[Any]]:
    """Per output and input, the derivative array, by pulling unit cotangents."""
    rows: list[list[Any]] = []
    for out in call.outputs:
        dtype = np.asarray(out._data if isinstance(out, Value) else out).dtype
        units = basis(np.shape(out), dtype)
        pulls = [pulled_row(call, out, unit) for unit in units]
        # a real input sees only the real part of what is pulled: turned by 90 degrees, the imaginary part
        turned = [pulled_row(call, out, 1j * unit) for unit in units] if dtype.kind == "c" else pulls
        row = []
        for i, source in enumerate(call.sources):
            parts = [conjugate(p[i]) for p in pulls]  # a pulled cotangent is a gradient, the conjugate of the row
            if dtype.kind == "c" and getattr(source.value, "dtype", np.dtype(float)).kind != "c":
                parts = [p + 1j * q[i] for p, q in zip(parts, turned, strict=True)]
            row.append(assembled(parts, np.shape(out) + np.shape(source.value), 0))
        rows.append(row)
    return rows


def pulled_row(call: Linearized, out: Any, unit: Any) -> list[Any]:
    """The cotangents of the inputs for one cotangent of an output; zeros where it does not depend on them."""
    seeds = {}
    if isinstance(out, Value) and out.node in call.roots:
        seeds = {out.node: matching(out._data, unit, call.records, "jacobian")}
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
    """The Hessian of f times vectors, without the Hessian: the derivative of the gradient along the vectors.

    primals, vectors   tuples for several arguments, which give a tuple; or bare for one

    >>> import numpy as np, autograd_core as ag
    >>> ag.hvp(lambda x: x[0] ** 2 * x[1], np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([4., 2.])
    """
    if not isinstance(primals, tuple):
        return hvp(f, (primals,), (vectors,))[0]
    return jvp(grad(f, tuple(range(len(primals)))), primals, vectors)[1]
