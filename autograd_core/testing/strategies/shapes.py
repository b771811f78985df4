"""Shapes, axes and indices."""

from __future__ import annotations

from typing import Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

Shape: TypeAlias = tuple[int, ...]


def shapes(*, min_dims: int = 0, max_dims: int = 3, min_side: int = 0, max_side: int = 3) -> st.SearchStrategy[Shape]:
    """Shapes of arrays, () and empty ones included.

    >>> from hypothesis import find
    >>> find(shapes(), lambda shape: 0 in shape)
    (0,)
    """
    return hnp.array_shapes(min_dims=min_dims, max_dims=max_dims, min_side=min_side, max_side=max_side)


@st.composite
def broadcastable(
    draw: st.DrawFn, count: int, *, max_dims: int = 3, min_side: int = 0, max_side: int = 3
) -> tuple[Shape, ...]:
    """So many shapes that broadcast with each other: one is that of the result, the others lack axes or are stretched.

    >>> from hypothesis import find
    >>> find(broadcastable(2), lambda pair: len(pair[0]) > len(pair[1]))
    ((0,), ())
    """
    result = draw(shapes(max_dims=max_dims, min_side=min_side, max_side=max_side))
    whole = draw(st.integers(0, count - 1))
    found = []
    for i in range(count):
        kept = len(result) if i == whole else draw(st.integers(0, len(result)))
        sides = result[len(result) - kept :]
        found.append(sides if i == whole else tuple([1 if draw(st.booleans()) else n for n in sides]))
    return tuple(found)


@st.composite
def axes(draw: st.DrawFn, ndim: int) -> int | tuple[int, ...] | None:
    """An axis argument for an array of so many axes: None, an axis or several, counted from either end.

    >>> from hypothesis import find
    >>> find(axes(2), lambda axis: isinstance(axis, tuple) and len(axis) == 2)
    (0, 1)
    """
    chosen = draw(st.lists(st.integers(0, ndim - 1), unique=True)) if ndim else []
    counted = tuple([axis - ndim if draw(st.booleans()) else axis for axis in chosen])
    kinds: list[Any] = [None, *counted[:1], counted]
    return draw(st.sampled_from(kinds))  # type: ignore[no-any-return]


def indices(shape: Shape) -> st.SearchStrategy[Any]:
    """What an array of that shape may be indexed with, always within bounds.

    Numbers, slices (with negative steps), `...`, None; a mask of the first axes; arrays of integers, with repeats, between
    slices and new axes, as NumPy mixes them.

    >>> from hypothesis import find
    >>> find(indices((3,)), lambda index: getattr(index, "dtype", None) == bool)
    array([False, False, False])
    """
    pool: list[st.SearchStrategy[Any]] = [hnp.basic_indices(shape, allow_newaxis=True, allow_ellipsis=True)]
    if shape:
        pool.append(st.integers(1, len(shape)).flatmap(lambda rank: hnp.arrays(bool, shape[:rank])))
    if any(shape):
        pool.append(advanced(shape))
    return st.one_of(pool)


@st.composite
def advanced(draw: st.DrawFn, shape: Shape) -> tuple[Any, ...]:
    """An index with at least one array of integers, for a shape with at least one axis that is not empty."""
    together = draw(hnp.array_shapes(min_dims=0, max_dims=2, min_side=0))
    filled = [axis for axis, n in enumerate(shape) if n]
    first = draw(st.sampled_from(filled))
    parts: list[Any] = []
    for axis, n in enumerate(shape):
        kinds = ["all", "slice", "array", "number"] if n else ["all", "slice"]
        kind = "array" if axis == first else draw(st.sampled_from(kinds))
        if kind == "array":
            parts.append(draw(hnp.arrays(int, together, elements=st.integers(-n, n - 1))))
        elif kind == "number":
            parts.append(draw(st.integers(-n, n - 1)))
        else:
            parts.append(slice(None) if kind == "all" else draw(st.slices(n)))
    extra = draw(st.sampled_from(["nothing", "new axis", "dots"]))
    whole = [i for i, part in enumerate(parts) if isinstance(part, slice) and part == slice(None)]
    if extra == "new axis":
        parts.insert(draw(st.integers(0, len(parts))), None)
    elif extra == "dots" and whole:
        parts[draw(st.sampled_from(whole))] = ...
    return tuple(parts)
