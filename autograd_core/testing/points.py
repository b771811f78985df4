"""Points and directions: the leaves of trees as arrays, in whatever precision is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..recording import Value
from ..trees import flatten

EPS = float(np.finfo(float).eps)


def detached(tree: Any) -> Any:
    """The arrays and floats of a tree."""
    leaves, rebuild = flatten(tree)
    return rebuild(
        [leaf.numpy() if hasattr(leaf, "numpy") else leaf._data if isinstance(leaf, Value) else leaf for leaf in leaves]
    )


def values_of(tree: Any) -> list[Any]:
    """The leaves of a tree of results as arrays."""
    return [np.asarray(leaf._data if isinstance(leaf, Value) else leaf) for leaf in flatten(tree)[0]]


def as_given(v: Any, x: Any) -> Any:
    """v as a float where x is one, else as an array of the dtype of x."""
    return float(v) if type(x) is float else np.asarray(v, dtype=np.asarray(x).dtype)


def widened(x: Any, dtype: Any) -> Any:
    """x in at least the precision of a dtype."""
    return x if type(x) is float and dtype is np.float64 else np.asarray(x).astype(np.result_type(x, dtype), copy=False)


def moved(x: Any, h: Any, v: Any) -> Any:
    """x + h v in the precision of h; that of x if h is a float."""
    if isinstance(h, complex):
        return np.asarray(x) + h * as_given(v, x)
    if isinstance(h, np.longdouble):
        return widened(x, np.longdouble) + h * v
    return as_given(x + h * as_given(v, x), x)


def random_like(x: Any, rng: Any) -> Any:
    """A random array of the shape of x; complex if x is."""
    shape = np.shape(x)
    v = rng.standard_normal(shape)
    return v + 1j * rng.standard_normal(shape) if np.asarray(x).dtype.kind == "c" else v


def rounded_elsewhere(leaves: Sequence[Any], eps: float) -> Iterator[list[Any]]:
    """Inputs as they might have been rounded: each number off by eps of itself, either way; equal numbers stay equal."""
    for frequency in (1e3, 1.7e3):
        with np.errstate(invalid="ignore"):  # of infinite numbers
            ways = [np.where(np.sin(frequency * (np.real(x) + np.imag(x))) > 0, 1.0, -1.0) for x in leaves]
        yield [as_given(x * (1 + eps * way), x) for x, way in zip(leaves, ways, strict=True)]


def eps_of(values: Sequence[Any]) -> float:
    """The coarsest relative precision among floating values."""
    dtypes: Iterator[Any] = (np.asarray(x).dtype for x in values)
    return max((float(np.finfo(d).eps) for d in dtypes if d.kind in "fc"), default=EPS)


def largest(leaves: Sequence[Any]) -> float:
    """The size of the largest number."""
    return max((float(np.max(np.abs(x), initial=0.0)) for x in leaves), default=0.0)


def inner(u: Any, w: Any) -> float:
    """The real inner product of two lists of arrays: sum of Re(conj(u) w), in double precision at least."""
    pairs = [(widened(a, np.float64), widened(b, np.float64)) for a, b in zip(u, w, strict=True)]
    return float(sum(np.sum(np.real(np.conj(a) * b)) for a, b in pairs))


def sizes(u: Any, w: Any) -> float:
    """What an inner product is made of: the sum of the sizes of its terms; 0 if one of them is infinite or undefined."""
    total = inner(map(np.abs, u), map(np.abs, w))
    return total if np.isfinite(total) else 0.0
