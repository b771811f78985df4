"""The sample calls of a primitive: as declared, or made from its domain where the family knows what is hard."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from ..primitive import Primitive
from ..samples import Sample, sample

Interval: TypeAlias = tuple[float, float] | range

ANY = (-2.0, 2.0)
INTEGERS = (int, np.int8, np.int16, np.int32)
NARROW: dict[Any, Any] = {np.float32: np.int32, np.float16: np.int8}  # what stands for a floating dtype among integers


def samples_of(primitive: Primitive) -> list[Sample]:
    """The samples that a primitive declares; for elementwise ones, calls over its domain in every awkward layout."""
    if primitive.samples is not None:
        return list(primitive.samples())
    if primitive.family == "elementwise":
        return elementwise_samples(primitive)
    if primitive.family == "fixed" and isinstance(primitive.forward, np.ufunc):
        return [*elementwise_samples(primitive), *steps(primitive)]
    return []


def domains_of(primitive: Primitive) -> list[Interval]:
    """The interval of each input from which samples are drawn; a range stands for integers."""
    domain: Any = primitive.domain or ANY
    inputs = len(primitive.partials) or getattr(primitive.forward, "nin", 1)
    return [domain] * inputs if isinstance(domain, range) or isinstance(domain[0], (int, float)) else list(domain)


def drawn(interval: Interval, rng: Any, shape: tuple[int, ...], dtype: Any = float) -> Any:
    """An array of numbers from an interval; integers from a range, and from what whole numbers there are for an integer dtype."""
    if isinstance(interval, range):
        return rng.integers(
            interval.start, interval.stop, shape, NARROW.get(dtype, dtype if dtype in INTEGERS else int)
        )
    low, high = interval
    if dtype in INTEGERS:
        return rng.integers(math.ceil(low), math.floor(high) + 1, shape, dtype)
    return rng.uniform(low, high, shape).astype(dtype)


def elementwise_samples(primitive: Primitive) -> list[Sample]:
    """0-d, 1-d, broadcast, empty, transposed and reversed inputs, of every dtype it takes, mixed with integers and numbers."""
    rng = np.random.default_rng(0)
    intervals = domains_of(primitive)

    def draw(shapes: list[tuple[int, ...]], *dtypes: Any) -> Sample:
        kinds = dtypes * 3 if len(dtypes) == 1 else dtypes
        return Sample(tuple(drawn(*each) for each in zip(intervals, [rng] * 3, shapes, kinds, strict=False)))

    stretched: list[tuple[int, ...]] = [(2, 3), (3,), (2, 1)]
    flat: list[tuple[int, ...]] = [(3,)] * 3
    turned = Sample(tuple(a + 0.3j * (i + 1) for i, a in enumerate(draw(stretched, float).args)))
    samples = [
        *([turned] if takes_complex(primitive, turned.args) else []),
        draw([()] * 3, float),
        draw(flat, float),
        draw([(0, 2)] * 3, float),
        draw(stretched, float),
        draw(stretched[1:] + stretched[:1], float),
        Sample(tuple(a[::-1] for a in draw([(7,)] * 3, float).args)),
        Sample(tuple(a.T for a in draw([(2, 3)] * 3, float).args)),
        draw(flat, np.float32),
        draw(flat, np.float16),
        draw(flat, np.longdouble),
    ]
    if len(intervals) > 1:
        first, *others = draw(flat, np.float32, int, int).args
        samples += [
            draw(flat, int, np.float32, np.float32),
            Sample((first, *others)),
            Sample((first, *[o[0].item() for o in others])),  # numbers of Python's are weak
        ]
    return samples


def steps(primitive: Primitive) -> list[Sample]:
    """Numbers at which a piecewise constant ufunc of floats may jump, equal ones among them; truth values where it takes them."""
    arity = len(domains_of(primitive))
    if isinstance(primitive.domain, range):
        return [Sample((np.array([True, False]),) * arity)] if primitive.forward.types[0][0] == "?" else []  # type: ignore[attr-defined]
    if primitive.domain not in (None, ANY):
        return []
    x = np.array([-np.inf, -1.5, -0.0, 0.0, 1.0, np.nan])
    return [Sample((x, x[::-1])[:arity]), Sample((x, 1.0)[:arity]), Sample((np.array([-1, 0, 2]),) * arity)]


def takes_complex(primitive: Primitive, args: Sequence[Any]) -> bool:
    """Whether an elementwise primitive is defined for complex numbers; one that selects by size is not."""
    if primitive.cut or primitive.family != "elementwise":
        return False
    try:
        primitive.forward(*args)
    except TypeError:
        return False
    return True


__all__ = ["Sample", "domains_of", "drawn", "sample", "samples_of"]
