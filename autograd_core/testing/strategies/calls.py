"""Calls of a primitive, derived from its declaration; containers, directions and cotangents."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from ...errors import DeclarationError
from ...primitive import Primitive
from ...samples import Sample
from ...trees import flatten
from ..cases import case_of
from ..examples import Interval, domains_of, drawn, samples_of, takes_complex
from ..layouts import laid_out
from .arrays import ANY_KEEPING_LAYOUT, FLOATS, arrays
from .shapes import broadcastable


class Call(NamedTuple):
    """A call of a primitive: data by position, settings by keyword."""

    primitive: Primitive
    args: tuple[Any, ...]
    settings: dict[str, Any] = {}  # noqa: RUF012  # of a named tuple
    through: Callable[[Any], Any] | None = None

    def __repr__(self) -> str:
        settings = [f"{name}={value!r}" for name, value in self.settings.items()]
        return f"{self.primitive.name}({', '.join([*map(repr, self.args), *settings])})"

    @property
    def sample(self) -> Sample:
        """The call as a declaration states one."""
        return Sample(self.args, self.settings, through=self.through)

    @property
    def places(self) -> list[int]:
        """The positions of the arguments that have a gradient; integers have none."""
        return [
            i for i, a in enumerate(self.args) if self.primitive.differentiable(i) and np.asarray(a).dtype.kind in "fc"
        ]

    def as_function(self) -> tuple[Callable[..., Any], list[Any]]:
        """The call as a function of the arguments that have a gradient, and these arguments."""
        places = self.places

        def f(*inputs: Any) -> Any:
            args = list(self.args)
            for i, x in zip(places, inputs, strict=True):
                args[i] = x
            y = self.primitive(*args, **self.settings)
            return y if self.through is None else self.through(y)

        return f, [self.args[i] for i in places]


def calls(primitive: Primitive, *, dtype: Any = None) -> st.SearchStrategy[Call]:
    """Calls of a primitive within its declared domain, or like its declared samples.

    Of an elementwise primitive: arrays from its domain, away from its kinks, of shapes that broadcast, in every floating dtype
    (and complex, integer and mixed ones where it takes them) and layout; where it has kinks between inputs, off these. Of any
    other: one of its samples, in every floating dtype that it computes in, in every layout, each array scaled by a number
    that keeps order, signs, symmetry and a place within [0, 1].

    dtype    one for all floating arguments, instead of all that it takes
    Raises DeclarationError, which names the primitive, if it declares neither.

    >>> from hypothesis import find
    >>> import autograd_core as ag
    >>> from autograd_core.primitives.elementary import log
    >>> find(calls(log), lambda call: call.args[0].ndim == 1 and call.args[0].size)
    log(array([1.]))
    """
    if not samples_of(primitive):
        raise DeclarationError(
            f"{primitive.name} declares no samples: say samples=, a function that gives calls of it, so that it can be tested"
        )
    if primitive.samples is None:
        return elementwise_calls(primitive, dtype)
    return sampled_calls(primitive, dtype)


@cache
def kinds_of(primitive: Primitive) -> list[Any]:
    """The dtypes of all arguments, or of each, for which an elementwise primitive is to be tried."""
    intervals = domains_of(primitive)
    if all(isinstance(interval, range) for interval in intervals):
        return [(np.dtype(int),) * len(intervals)]
    kinds: list[Any] = [(np.dtype(d),) * len(intervals) for d in FLOATS]
    turned = [drawn(i, np.random.default_rng(0), (2,)) + 0.3j * (k + 1) for k, i in enumerate(intervals)]
    if takes_complex(primitive, turned):
        kinds += [(np.dtype(d),) * len(intervals) for d in (np.complex128, np.complex64)]
    if len(intervals) > 1:
        whole = [isinstance(i, range) or np.floor(i[-1]) >= np.ceil(i[0]) for i in intervals]
        # integers of the first input would meet those of the others, and be multiples of the second
        for place in [k for k, w in enumerate(whole) if w and not (k == 0 and meets(primitive))]:
            kinds.append(tuple([np.dtype(np.int32 if k == place else float) for k in range(len(intervals))]))
        kinds.append(tuple([np.dtype(FLOATS[k % 2]) for k in range(len(intervals))]))
    return kinds


def meets(primitive: Primitive) -> bool:
    """Whether an elementwise primitive has kinks where inputs meet, as where they are equal."""
    return len(domains_of(primitive)) > 1 and (primitive.cut or isinstance(primitive.kinks, str))


SIDES = st.sampled_from([1, 1, 1, 0])
"""The least length of an axis: an empty array says little, and is drawn seldom."""


@st.composite
def elementwise_calls(draw: st.DrawFn, primitive: Primitive, dtype: Any = None) -> Call:
    intervals = domains_of(primitive)
    kinds = draw(st.sampled_from(kinds_of(primitive))) if dtype is None else [np.dtype(dtype)] * len(intervals)
    shapes = draw(broadcastable(len(intervals), min_side=draw(SIDES)))
    kinks = primitive.kinks if isinstance(primitive.kinks, tuple) else ()
    args = [
        draw(separate(interval, kind, shape, i) if meets(primitive) else arrays(interval, kind, shape, kinks=kinks))
        for i, (interval, kind, shape) in enumerate(zip(intervals, kinds, shapes, strict=True))
    ]
    return Call(primitive, tuple(args))


GRIDS = ((0.125, 0.0625), (0.25, 0.0), (0.25, 0.125))
"""The step and the offset of each input's numbers, so that none equals another input's, or is a multiple of the second's."""


def separate(interval: Interval, dtype: Any, shape: tuple[int, ...], place: int) -> st.SearchStrategy[Any]:
    """Arrays of numbers from the grid of an input."""
    if isinstance(interval, range) or np.dtype(dtype).kind not in "fc":
        return arrays(interval, dtype, shape)
    step, offset = GRIDS[place]
    low, high = math.ceil((interval[0] - offset) / step), math.floor((interval[-1] - offset) / step)
    return arrays(range(low, high + 1), int, shape).map(lambda x: (x * step + offset).astype(dtype))


@cache
def pool_of(primitive: Primitive, dtype: Any) -> list[Sample]:
    """The samples of a primitive that are to succeed, in each floating dtype that it computes in."""
    pool = []
    for given in samples_of(primitive):
        if given.raises is not None:
            continue
        floats = {a.dtype for a in map(np.asarray, given.args) if a.dtype.kind == "f"}
        own = [given] if dtype is None or floats <= {np.dtype(dtype)} else []
        # of one dtype: of another as well
        others = [np.dtype(d) for d in ([dtype] if dtype is not None else FLOATS)] if len(floats) == 1 else []
        pool += own + [s for d in others if d not in floats and (s := cast(primitive, given, d)) is not None]
    return pool


def cast(primitive: Primitive, given: Sample, dtype: Any) -> Sample | None:
    """A sample with its floating arrays in another dtype; None if it is not computed there, or it or its slope overflows."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            floating = [isinstance(a, (np.ndarray, np.generic)) and a.dtype.kind == "f" for a in given.args]
            args = [np.asarray(a, dtype=dtype) if f else a for a, f in zip(given.args, floating, strict=True)]
            primitive.forward(*args, **given.settings)
    except (TypeError, ValueError, ArithmeticError, RuntimeWarning):
        return None
    case = case_of(primitive, given._replace(args=tuple(args)))
    with np.errstate(over="raise"), suppress(Exception):  # any other error is for the laws to report
        try:
            if case.is_smooth:
                case.pull(case.data)
        except FloatingPointError:
            return None
    return case.call


SCALES = st.sampled_from([1.0, 0.75, 0.5])


@st.composite
def sampled_calls(draw: st.DrawFn, primitive: Primitive, dtype: Any = None) -> Call:
    given = draw(st.sampled_from(pool_of(primitive, dtype)))
    args = []
    for i, a in enumerate(given.args):
        if isinstance(a, np.ndarray) and a.dtype.kind in "fc" and primitive.differentiable(i):
            scaled = (a * draw(SCALES)).astype(a.dtype)
            a = laid_out(scaled, draw(ANY_KEEPING_LAYOUT))
        args.append(a)
    return Call(primitive, tuple(args), given.settings, given.through)


def containers(leaves: st.SearchStrategy[Any], *, max_leaves: int = 4) -> st.SearchStrategy[Any]:
    """Nested tuples, lists and dictionaries of what is drawn; None is an empty place.

    >>> from hypothesis import find
    >>> find(containers(st.just(1.0)), lambda tree: isinstance(tree, dict) and tree)
    {'a': 1.0}
    """

    def within(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        several = st.lists(st.one_of(parts, st.none()), max_size=3)
        return st.one_of(several, several.map(tuple), st.dictionaries(st.sampled_from("abc"), parts, max_size=3))

    return st.recursive(leaves, within, max_leaves=max_leaves)


@st.composite
def directions(draw: st.DrawFn, tree: Any) -> Any:
    """A tangent for each array or number of a tree, of its shape and dtype; not all of them 0, unless all are empty.

    >>> from hypothesis import find
    >>> find(directions({"w": np.zeros(3), "b": 1.0}), lambda v: True)
    {'w': array([1., 0., 0.]), 'b': 0.0}
    """
    leaves, rebuild = flatten(tree)
    vs = []
    for leaf in leaves:
        like = np.asarray(leaf)
        v = draw(arrays((-1.0, 1.0), like.dtype if like.dtype.kind in "fc" else float, like.shape, layout="C"))
        vs.append(np.array(v))
    sizes = [i for i, v in enumerate(vs) if v.size]
    if sizes and not any(np.any(v) for v in vs):  # the direction 0 proves nothing
        vs[sizes[0]].flat[0] = 1.0
    return rebuild([float(v) if type(leaf) is float else v for v, leaf in zip(vs, leaves, strict=True)])


def cotangents(result: Any) -> st.SearchStrategy[Any]:
    """A cotangent for each array or number of a result: a direction in the space of results.

    >>> from hypothesis import find
    >>> find(cotangents((1.0, np.zeros(2))), lambda u: True)
    (1.0, array([0., 0.]))
    """
    return directions(result)
