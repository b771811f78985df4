"""Derivatives to any number of digits: what was recorded, computed again in the arithmetic of mpmath.

NumPy's loops over an array of objects ask each of them for the operator, or for the method of the function's name. So the
forward functions of most operations compute as they stand; an elementwise one that mpmath knows is asked for by name.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from ..errors import AutogradError, MissingError, UnsupportedError
from ..graph import reachable
from ..recording import Node, Value
from ..transforms import Call
from ..trees import flatten
from .cases import plain
from .oracles import REFUSED
from .points import eps_of, largest

DIGITS = 30
LARGEST = 10_000
"""Functions of more numbers than this are not computed again."""

NAMES = {
    "absolute": "fabs", "arccos": "acos", "arccosh": "acosh", "arcsin": "asin", "arcsinh": "asinh", "arctan": "atan",
    "arctan2": "atan2", "arctanh": "atanh", "conjugate": "conj", "gammaln": "loggamma", "ndtr": "ncdf",
}  # fmt: skip
"""What mpmath calls the functions that it has under another name."""

MADE: dict[str, Callable[..., Any]] = {
    "exp2": lambda mp, x: mp.power(2, x),
    "log2": lambda mp, x: mp.log(x, 2),
    "logaddexp": lambda mp, x, y: mp.log(mp.exp(x) + mp.exp(y)),
    "i0": lambda mp, x: mp.besseli(0, x),
    "i1": lambda mp, x: mp.besseli(1, x),
}
"""What mpmath has in other words."""


@cache
def arithmetic() -> Any:
    """A context of mpmath of our own, so that nobody else's precision changes."""
    try:
        import mpmath
    except ImportError as error:
        raise MissingError(
            "more digits are computed by mpmath, which is not installed here: pip install 'autograd-core[testing]'"
        ) from error
    context = mpmath.MPContext()
    context.dps = DIGITS
    return context


def counterpart(name: str) -> Callable[..., Any] | None:
    """The function of mpmath for one of NumPy's, SciPy's or ours."""
    if name in MADE:
        return partial(MADE[name], arithmetic())
    found = getattr(arithmetic(), NAMES.get(name, name), None)
    return found if callable(found) else None


class Number:
    """A real number of mpmath, as an element of an array: what it is asked for by name, it computes.

    It does not become a float, so that no function can drop its digits without an error.
    """

    __slots__ = ("digits",)

    def __init__(self, digits: Any) -> None:
        self.digits = arithmetic().mpf(digits_of(digits))

    def __getattr__(self, name: str) -> Callable[..., Number]:
        function = None if name.startswith("_") else counterpart(name)
        if function is None:
            raise AttributeError(f"mpmath has no {name}")
        return lambda *others: Number(function(self.digits, *map(digits_of, others)))

    def __bool__(self) -> bool:
        return bool(self.digits)

    __hash__ = None  # type: ignore[assignment]


def digits_of(x: Any) -> Any:
    """A number as mpmath takes it, to its last digit."""
    if isinstance(x, Number):
        return x.digits
    if isinstance(x, np.longdouble):
        return arithmetic().mpf(float(x)) + float(x - float(x))
    return x.item() if isinstance(x, np.generic) else x


def method(op: Callable[..., Any], made: Callable[[Any], Any], reflected: bool = False) -> Callable[..., Any]:
    """An operator as a method: beside an array it leaves the work to the array's own."""

    def call(self: Number, *others: Any) -> Any:
        if any(isinstance(x, np.ndarray) for x in others):
            return NotImplemented
        numbers = [self.digits, *map(digits_of, others)]
        return made(op(*(reversed(numbers) if reflected else numbers)))

    return call


for _name in ("add", "sub", "mul", "truediv", "pow", "mod"):
    setattr(Number, f"__{_name}__", method(getattr(operator, _name), Number))
    setattr(Number, f"__r{_name}__", method(getattr(operator, _name), Number, True))
for _name in ("neg", "pos", "abs"):
    setattr(Number, f"__{_name}__", method(getattr(operator, _name), Number))
for _name in ("lt", "le", "gt", "ge", "eq", "ne"):
    setattr(Number, f"__{_name}__", method(getattr(operator, _name), bool))


def derivative(
    f: Callable[..., Any], args: Sequence[Any], cotangents: Sequence[Any], directions: Sequence[Sequence[Any]]
) -> Any:
    """The derivative of <cotangents, f> along one direction after the other, as a number of mpmath.

    Raises MissingError without mpmath, UnsupportedError where an operation cannot be computed in its numbers.

    >>> import numpy as np
    >>> x, v = np.array([2.0]), np.array([1.0])
    >>> print(derivative(lambda x: np.sqrt(x), [x], [v], [[v]]))
    0.353553390593273762200422181052
    """
    context = arithmetic()
    call = Call(f, args, range(len(args)), "more digits", keep=True)
    leaves, outputs = flatten(args)[0], flatten(call.output)[0]
    if sum(map(np.size, [*leaves, *outputs])) > LARGEST:
        raise UnsupportedError(f"it is a function of more than {LARGEST} numbers")
    if any(np.iscomplexobj(x) for x in [*leaves, *(plain(y) for y in outputs)]):
        raise UnsupportedError("its numbers are complex")

    def along(*steps: Any) -> Any:
        there = [exact(x) for x in leaves]
        for step, vs in zip(steps, directions, strict=True):
            there = [x + Number(step) * exact(v) for x, v in zip(there, vs, strict=True)]
        values = computed_again(call.sources, there, outputs)
        terms = [exact(u) * y for u, y in zip(cotangents, values, strict=True)]
        return sum((digits_of(term) for part in terms for term in np.ravel(part)), context.mpf(0))

    point, orders = (0,) * len(directions), (1,) * len(directions)
    return context.diff(along, point, orders) if len(directions) > 1 else context.diff(along, 0)


def exact(x: Any) -> Any:
    """An array of floats as one of Numbers."""
    y = np.empty(np.shape(x), object)
    for index in np.ndindex(y.shape):
        y[index] = Number(np.asarray(x)[index])
    return y


def computed_again(sources: Sequence[Node], there: Sequence[Any], outputs: Sequence[Any]) -> list[Any]:
    """The results of a recorded call at other inputs, in Numbers."""
    values: dict[Node, Any] = dict(zip(sources, there, strict=True))
    results = [y.node if isinstance(y, Value) else None for y in outputs]
    for node in reachable([*sources, *[r for r in results if r is not None]]):
        if node not in values:
            inputs = [values[e] if isinstance(e, Node) else e for e in node.inputs]
            varies = any(isinstance(x, tuple) or np.asarray(x).dtype == object for x in inputs)
            # what is piecewise constant stays as it is: steps to so many digits are far shorter than a piece
            stays = not varies or node.primitive is None or node.primitive.family == "fixed"
            values[node] = node.value if stays else result_of(node, inputs)
    return [plain(y) if r is None else values[r] for y, r in zip(outputs, results, strict=True)]


def result_of(node: Node, inputs: Sequence[Any]) -> Any:
    """The result of one operation: of the first way to compute it that gives the value which was recorded, to its digits."""
    made: Any = node.primitive
    for way in ways(made, node):
        try:
            y = way(*inputs)
            if is_like(y, node.value):
                return y
        except (*REFUSED, AttributeError, AutogradError):
            continue
    raise UnsupportedError(f"{made.name} is not computed in its numbers")


def ways(made: Any, node: Node) -> Iterator[Callable[..., Any]]:
    if made.family == "elementwise" and (function := counterpart(made.name)) is not None:
        yield np.frompyfunc(lambda *xs: Number(function(*map(digits_of, xs))), len(node.inputs), 1)
    yield lambda *xs: made.forward(*xs, **(node.settings or {}))
    if made.residual:
        yield lambda *xs: made.forward(*xs, **(node.settings or {}))[0]


def is_like(y: Any, recorded: Any) -> bool:
    """Whether a result has the shape and, to a few digits, the value of one that was recorded in floats."""
    if isinstance(recorded, tuple):
        return isinstance(y, tuple) and len(y) == len(recorded) and all(map(is_like, y, recorded))
    if np.shape(y) != np.shape(recorded):
        return False
    floats = np.array([float(digits_of(a)) for a in np.ravel(np.asarray(y, object))]).reshape(np.shape(y))
    near = math.sqrt(eps_of([recorded]))
    return bool(np.allclose(floats, recorded, rtol=near, atol=near * largest([recorded])))
