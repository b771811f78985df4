"""The calls that laws are tried on: an operation as a function of its floating arrays, and what its declaration says of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..jacobians import jvp
from ..primitive import Primitive
from ..recording import Value
from ..samples import Sample, Singular
from ..tensors import tensor
from ..transforms import vjp
from ..trees import flatten
from .examples import samples_of
from .layouts import native

Array = Any
DOUBLE = (np.dtype(np.float64), np.dtype(np.complex128))


@dataclass(frozen=True, eq=False)
class Case:
    """One call of an operation.

    f          the operation as a function of the arrays that have derivatives; all else of the call is in it
    data       these arrays
    call       the call as it was written: positional and keyword arguments, and the error that it must raise, if any
    primitive  the declaration, where there is one
    reference  what gives the same values in NumPy, a function of the same arrays
    gradients  at a singular point, the published gradients of the summed result
    whole      the operation as a function of these arrays and of `others`: positional arrays without a derivative, as indices
    places     the positions of the data in the call, where it is one of a primitive
    """

    name: str
    f: Callable[..., Any]
    data: tuple[Array, ...]
    call: Sample
    primitive: Primitive | None = None
    reference: Callable[..., Any] | None = None
    gradients: tuple[Any, ...] | None = None
    whole: Callable[..., Any] | None = None
    others: tuple[Array, ...] = ()
    places: tuple[int, ...] = ()

    def __str__(self) -> str:
        with np.printoptions(floatmode="unique"):
            words = [spelled(a) for a in self.call.args] + [f"{k}={spelled(v)}" for k, v in self.call.settings.items()]
        return f"{self.name}({', '.join(words)})"

    def parts(self, *data: Any) -> list[Any]:
        """What of the result has derivatives: its floating parts, as what the sample says they are looked at through."""
        return floating(self.seen(*data))

    def seen(self, *arrays: Any) -> Any:
        """The result, as what the sample says it is looked at through: free of what is a matter of choice."""
        y = self.f(*arrays) if self.whole is None or len(arrays) == len(self.data) else self.whole(*arrays)
        return y if self.call.through is None else self.call.through(y)

    def pull(self, data: Sequence[Array], cotangents: Sequence[Array] | None = None) -> tuple[list[Array], list[Array]]:
        """The floating parts of the result and the gradients for these cotangents; ones if none are given."""
        ys, back = vjp(self.parts, *data)
        if cotangents is None:
            cotangents = [np.ones(np.shape(y), dtype_of(y)) for y in ys]
        return ys, list(back(list(cotangents)))

    def push(self, data: Sequence[Array], tangents: Sequence[Array]) -> list[Array]:
        """The tangents of the floating parts of the result."""
        return list(jvp(self.parts, list(data), list(tangents))[1])

    @cached_property
    def outputs(self) -> list[Array]:
        """The floating parts of the result, computed without a record."""
        return [np.asarray(y) for y in self.parts(*self.data)]

    @cached_property
    def is_smooth(self) -> bool:
        """Whether there are derivatives to look at: a right call, with a result that depends on floating arrays."""
        if self.call.raises is not None or self.gradients is not None or not self.data:
            return False
        if self.primitive is not None and self.primitive.family == "fixed":
            return False
        recorded = self.parts(*[tensor(x, requires_grad=True) for x in self.data])
        return any(isinstance(y, Value) and y.requires_grad for y in recorded)

    @cached_property
    def is_finite(self) -> bool:
        """Whether inputs and results are finite; where they are not, slopes need not be, and NumPy may warn of it."""
        return not self.is_smooth or all(np.all(np.isfinite(x)) for x in (*self.data, *self.outputs))

    @cached_property
    def is_double(self) -> bool:
        """Whether there are derivatives, all in double precision."""
        return self.is_smooth and all(native(x.dtype) in DOUBLE for x in (*self.data, *self.outputs))

    @cached_property
    def has_differences(self) -> bool:
        """Whether there are derivatives, and results to take differences of: in double precision, and finite."""
        return self.is_double and all(np.all(np.isfinite(y)) for y in self.outputs)

    @cached_property
    def eps(self) -> float:
        """The coarsest relative precision among data and results."""
        floats = [x.dtype for x in (*self.data, *self.outputs) if x.dtype.kind in "fc"]
        return max([float(np.finfo(dtype).eps) for dtype in floats], default=0.0)

    def random(self, like: Sequence[Array], seed: int = 0) -> list[Array]:
        """Random arrays of the shapes and dtypes of others."""
        rng = np.random.default_rng(seed)
        return [random_like(x, rng) for x in like]


def random_like(x: Any, rng: Any) -> Any:
    """A random array of the shape and dtype of x."""
    v = rng.standard_normal(np.shape(x))
    dtype = dtype_of(x)
    return np.asarray(v + 1j * rng.standard_normal(np.shape(x)) if dtype.kind == "c" else v).astype(dtype)


def floating(result: Any) -> list[Any]:
    """The floating parts of a result."""
    return [y for y in flatten(result)[0] if dtype_of(y).kind in "fc"]


def dtype_of(y: Any) -> Any:
    """The dtype of a value, array or number; of one example of a batch, too."""
    return y.dtype if hasattr(y, "dtype") else np.asarray(plain(y)).dtype


def plain(y: Any) -> Any:
    """What a value holds."""
    return y._data if isinstance(y, Value) else y


def spelled(x: Any) -> str:
    """An argument as one writes it."""
    if isinstance(x, (np.ndarray, np.generic)):
        words = np.array_repr(np.asarray(x), max_line_width=100).replace("dtype=", "dtype=np.")
        return "np." + re.sub(r"\n\s*", " ", words)
    return repr(x)


# -- from declarations -------------------------------------------------------------------------------------------------


def cases_of(primitive: Primitive) -> Iterator[Case]:
    """The cases that a primitive declares: its samples and its singular points."""
    for call in samples_of(primitive):
        yield case_of(primitive, call)
    for at in primitive.singular:
        yield singular_case(primitive.name, primitive, at, primitive)


def case_of(primitive: Primitive, call: Sample) -> Case:
    """A sample of a primitive: positional floating arguments are its data, where the primitive has a derivative."""
    places = [
        i
        for i, a in enumerate(call.args)
        if (primitive.family == "fixed" or primitive.differentiable(i)) and np.asarray(a).dtype.kind in "fc"
    ]
    others = [i for i, a in enumerate(call.args) if i not in places and isinstance(a, (np.ndarray, np.generic))]

    f = by_position(primitive, call, places)
    reference = None if primitive.definition is None else by_position(primitive.definition, call, places)
    whole = by_position(primitive, call, [*places, *others])
    data, rest = [tuple([np.asarray(call.args[i]) for i in chosen]) for chosen in (places, others)]
    return Case(primitive.name, f, data, call, primitive, reference, whole=whole, others=rest, places=tuple(places))


def by_position(function: Callable[..., Any], call: Any, places: Sequence[int]) -> Callable[..., Any]:
    """A call as a function of its arguments at some positions."""

    def f(*data: Any) -> Any:
        args = list(call.args)
        for i, x in zip(places, data, strict=True):
            args[i] = x
        return function(*args, **call.settings)

    return f


def is_data(leaf: Any) -> bool:
    """Whether an argument is data to differentiate: floating arrays are, Python numbers are settings."""
    return isinstance(leaf, (np.ndarray, np.generic)) and leaf.dtype.kind in "fc"


def filled(
    function: Callable[..., Any], call: Any, wanted: Callable[[Any], bool] = is_data
) -> tuple[Callable[..., Any], list[Any]]:
    """A call as a function of its data, which may lie anywhere in its arguments, and the data."""
    leaves, rebuild = flatten((tuple(call.args), dict(call.settings)))
    places = [i for i, leaf in enumerate(leaves) if wanted(leaf)]

    def f(*data: Any) -> Any:
        given = list(leaves)
        for i, x in zip(places, data, strict=True):
            given[i] = x
        args, settings = rebuild(given)
        return function(*args, **settings)

    return f, [leaves[i] for i in places]


def function_case(name: str, function: Callable[..., Any], call: Sample, reference: Any, primitive: Any = None) -> Case:
    """A sample of a function that answers for NumPy's `reference`: floating arrays anywhere in the call are its data."""
    f, data = filled(function, call)
    return Case(name, f, tuple(data), call, primitive, filled(reference, call)[0])


def singular_case(name: str, function: Callable[..., Any], at: Singular, primitive: Any = None) -> Case:
    """A singular point: the floats and floating arrays among its positional arguments are its data."""
    places = [i for i, x in enumerate(at.args) if is_data(x) or type(x) in (float, complex)]
    f = by_position(function, at, places)
    return Case(name, f, tuple(at.args[i] for i in places), Sample(at.args, at.settings), primitive, None, at.gradients)
