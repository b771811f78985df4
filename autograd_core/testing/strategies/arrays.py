"""Numbers and arrays from a domain, of every dtype and in every layout in memory."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeAlias, TypeVar

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ..examples import ANY, Interval
from ..layouts import KEEPING, LAYOUTS, laid_out
from .shapes import Shape, shapes

T = TypeVar("T")
Array: TypeAlias = Any
Drawn: TypeAlias = T | st.SearchStrategy[T] | None
"""A value, a strategy for it, or None for the usual pool."""

GAP = 2.0**-4
"""How far numbers stay away from a kink: farther than any step of finite differences."""

SMALLEST = 2.0**-4
"""The smallest size of a number that is not 0: powers of smaller ones underflow in float16, and prove nothing."""

FLOATS = (np.float64, np.float32, np.float16, np.longdouble)

ANY_LAYOUT = st.sampled_from(list(LAYOUTS))
ANY_KEEPING_LAYOUT = st.sampled_from(KEEPING)


def drawn_or(given: Drawn[T], usual: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """The strategy for a value that may be given, as it is or as a strategy."""
    if given is None:
        return usual
    return given if isinstance(given, st.SearchStrategy) else st.just(given)


def dtypes(*, complex: bool = False) -> st.SearchStrategy[Any]:
    """The floating dtypes, float64 first; with the complex ones if asked.

    >>> from hypothesis import find
    >>> find(dtypes(), lambda dtype: dtype.itemsize < 8)
    dtype('float32')
    """
    pool = [*FLOATS, *([np.complex128, np.complex64] if complex else [])]
    return st.sampled_from([np.dtype(each) for each in pool])


def segments(domain: tuple[float, float], kinks: Sequence[float] = ()) -> list[tuple[float, float]]:
    """A domain without what is near a kink or nearly 0, as closed intervals; the simplest numbers first.

    >>> segments((-1.0, 2.0), kinks=(1.0,))
    [(0.0, 0.0), (0.0625, 0.9375), (1.0625, 2.0), (-1.0, -0.0625)]
    """
    low, high = domain[0], domain[-1]
    pieces = [(float(low), float(high))]
    for left, right in [(-SMALLEST, SMALLEST), *((k - GAP, k + GAP) for k in kinks)]:
        pieces = [p for a, b in pieces for p in ((a, min(b, left)), (max(a, right), b)) if p[0] <= p[1]]
    if low <= 0 <= high and all(abs(k) >= GAP for k in kinks):
        pieces.append((0.0, 0.0))
    if not pieces:
        raise ValueError(f"no number of the domain {domain} is {GAP} away from its kinks {tuple(kinks)}")
    return sorted(pieces, key=lambda piece: (piece[1] < 0, abs(piece[0])))


def numbers(domain: Interval = ANY, dtype: Any = float, *, kinks: Sequence[float] = ()) -> st.SearchStrategy[Any]:
    """Numbers of a domain, as a dtype holds them: 0 or no smaller than SMALLEST, and away from kinks.

    domain   (low, high), both included, or a range of integers
    Complex numbers have their real part in the domain and an imaginary part of at most ½, to stay off branch cuts.

    >>> from hypothesis import find
    >>> find(numbers((0.1, 0.9)), lambda x: x < 0.4)
    0.25
    """
    dtype = np.dtype(dtype)
    if isinstance(domain, range):
        steps = st.integers(0, len(domain) - 1)
        return st.integers(domain[0], domain[-1]) if domain.step == 1 else steps.map(domain.__getitem__)
    if dtype.kind == "b":
        return st.booleans()
    if dtype.kind in "iu":
        low, high = max(domain[0], np.iinfo(dtype).min), min(domain[-1], np.iinfo(dtype).max)
        return st.integers(math.ceil(low), math.floor(high))
    if dtype.kind == "c":
        part = np.finfo(dtype).dtype
        return st.builds(complex, numbers(domain, part, kinks=kinks), numbers((-0.5, 0.5), part))
    width: Any = {2: 16, 4: 32}.get(dtype.itemsize, 64)
    floats = [
        st.floats(up(low, dtype), -up(-high, dtype), width=width, allow_subnormal=False)
        for low, high in segments(domain, kinks)
    ]
    return st.one_of(floats)


def up(x: float, dtype: Any) -> float:
    """The smallest number of a dtype that is no smaller than x."""
    near = dtype.type(x)  # compared as a float: beside a float16 the Python number would be rounded, too
    return float(near if float(near) >= x else np.nextafter(near, dtype.type(np.inf)))


@st.composite
def arrays(
    draw: st.DrawFn,
    domain: Interval = ANY,
    dtype: Drawn[Any] = None,
    shape: Drawn[Shape] = None,
    *,
    kinks: Sequence[float] = (),
    layout: Drawn[str] = None,
) -> Array:
    """Arrays of numbers from a domain.

    dtype, shape, layout   as given, from a strategy, or any: every floating dtype; up to three axes, 0-d and empty ones
                           included; every one of LAYOUTS, of which "swapped" has the other byte order in its dtype

    >>> from hypothesis import find
    >>> find(arrays((0.5, 2.0), np.float32), lambda x: x.ndim == 2 and x.size)
    array([[1.]], dtype=float32)
    """
    kind = np.dtype(draw(drawn_or(dtype, dtypes())))
    if isinstance(domain, range) and kind.kind not in "iu":
        kind = np.dtype(int)
    size = draw(drawn_or(shape, shapes()))
    x = draw(filled(kind, size, domain if isinstance(domain, range) else tuple(domain), tuple(kinks)))
    return laid_out(x, draw(drawn_or(layout, ANY_LAYOUT)))


@cache  # Hypothesis looks at a new strategy for longer than it draws from it
def filled(kind: Any, size: Shape, domain: Interval, kinks: tuple[float, ...]) -> st.SearchStrategy[Array]:
    """Arrays in C order."""
    # each element by itself, so that it shrinks by itself; many would be too long a draw
    fill = st.nothing() if math.prod(size) <= 64 else None
    return hnp.arrays(kind, size, elements=numbers(domain, kind, kinks=kinks), fill=fill)


@st.composite
def distinct(
    draw: st.DrawFn,
    shape: Drawn[Shape] = None,
    *,
    gap: float = 0.125,
    domain: tuple[float, float] | None = None,
    dtype: Drawn[Any] = None,
) -> Array:
    """Arrays whose elements differ from each other by at least a gap: for what sorts, or takes the largest.

    domain   where they lie; by default from 0 up to as far as the gap demands

    >>> from hypothesis import find
    >>> find(distinct((3,)), lambda x: x[0] > x[1])
    array([0.25, 0.  , 0.5 ])
    """
    kind = np.dtype(draw(drawn_or(dtype, dtypes())))
    size = draw(drawn_or(shape, shapes()))
    n = math.prod(size)
    low, cell = (0.0, 2 * gap) if domain is None else (domain[0], (domain[-1] - domain[0]) / max(n, 1))
    if cell < 2 * gap:
        raise ValueError(f"{n} numbers with a gap of {gap} need a domain of length {2 * gap * n}, not {domain}")
    # each number has a cell of its own, and stays in the first half of it
    order = draw(st.permutations(range(n)))
    within = draw(st.lists(st.integers(0, 8), min_size=n, max_size=n))
    x = low + cell * (np.array(order, float) + np.array(within, float) / 16)
    return laid_out(x.reshape(size).astype(kind), draw(ANY_KEEPING_LAYOUT))
