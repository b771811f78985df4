"""The sample calls of a primitive: as declared, or made from its domain where the family knows what is hard."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..primitive import Primitive
from ..samples import Sample, sample

ANY = (-2.0, 2.0)


def samples_of(primitive: Primitive) -> list[Sample]:
    """The samples that a primitive declares; for elementwise ones, calls over its domain in every awkward layout."""
    if primitive.samples is not None:
        return list(primitive.samples())
    if primitive.family == "elementwise":
        return elementwise_samples(primitive)
    return []


def domains_of(primitive: Primitive) -> list[tuple[float, float]]:
    """The interval of each input from which samples are drawn."""
    domain = primitive.domain or ANY
    intervals = [domain] * len(primitive.partials) if isinstance(domain[0], (int, float)) else list(domain)
    return [tuple(i) for i in intervals]


def elementwise_samples(primitive: Primitive) -> list[Sample]:
    """0-d, 1-d, broadcast, empty, transposed and reversed inputs, in float64, float32 and float16; complex where it is taken."""
    rng = np.random.default_rng(0)
    intervals = domains_of(primitive)

    def draw(shapes: list[tuple[int, ...]], dtype: Any = float) -> list[Any]:
        return [rng.uniform(*interval, shape).astype(dtype) for interval, shape in zip(intervals, shapes, strict=False)]

    stretched = [(2, 3), (3,), (2, 1)]
    turned = [a + 0.3j * (i + 1) for i, a in enumerate(draw(stretched))]
    return [
        *([Sample(tuple(turned))] if takes_complex(primitive, turned) else []),
        Sample(tuple(draw([()] * 3))),
        Sample(tuple(draw([(3,)] * 3))),
        Sample(tuple(draw([(0, 2)] * 3))),
        Sample(tuple(draw(stretched))),
        Sample(tuple(draw(stretched[1:] + stretched[:1]))),
        Sample(tuple(a[::-1] for a in draw([(4,)] * 3))),
        Sample(tuple(a.T for a in draw([(2, 3)] * 3))),
        Sample(tuple(draw([(3,)] * 3, np.float32))),
        Sample(tuple(draw([(3,)] * 3, np.float16))),
    ]


def takes_complex(primitive: Primitive, args: list[Any]) -> bool:
    """Whether an elementwise primitive is defined for complex numbers; one that selects by size is not."""
    if primitive.cut or primitive.family != "elementwise":
        return False
    try:
        primitive.forward(*args)
    except TypeError:
        return False
    return True


__all__ = ["Sample", "domains_of", "sample", "samples_of"]
