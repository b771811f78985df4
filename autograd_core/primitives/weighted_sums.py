"""The sum inside a neuron, w1 x1 + w2 x2 + ... + b, as one node over separate numbers."""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul
from typing import Any

from ..errors import ShapeError
from ..families import primitive
from ..samples import Sample, sample


def forward(*values: Any) -> Any:
    n = len(values) // 2
    return sum(map(mul, values[:n], values[n:-1])) + values[-1]


def pulled_back(g: Any, xs: Sequence[Any]) -> list[Any]:
    n = len(xs) // 2
    return [*[g * x for x in xs[n:-1]], *[g * w for w in xs[:n]], g]


def pushed_forward(ts: Sequence[Any], xs: Sequence[Any]) -> Any:
    n = len(xs) // 2
    others = [*xs[n:-1], *xs[:n], 1.0]
    first, *rest = [t * other for t, other in zip(ts, others, strict=True) if t is not None]
    return sum(rest, first)


def cases() -> list[Sample]:
    return [
        sample(1.5),
        sample(2.0, -0.5, 0.3),
        sample(2j, 1 - 0.5j, 0.3),
        sample(0.5, -1.0, 2.0, 0.25, -0.75, 3.0, 1.0),
    ]


summed = primitive(
    forward,
    pulled_back,
    jvp=pushed_forward,
    samples=cases,
    batch="leading",
    name="weighted_sum",
    multiply_adds=lambda shapes, y, settings: len(shapes) // 2,
)


def weighted_sum(weights: Sequence[Any], inputs: Sequence[Any], bias: Any = 0.0) -> Any:
    """The sum of weights times inputs, plus a bias: w1 x1 + w2 x2 + ... + b.

    weights, inputs: equally many Scalars or floats   bias: one more   returns a Scalar

    One node for the whole sum, with a local derivative on each of its edges: x_i towards w_i, w_i towards x_i, 1 towards b.
    Raises ShapeError if there are not as many inputs as weights.

    >>> import autograd_core as ag
    >>> w = [ag.scalar(2.0), ag.scalar(-1.0)]
    >>> y = ag.ops.weighted_sum(w, [3.0, 4.0], 0.5)
    >>> y.backward()
    >>> y, w[0].grad
    (scalar(2.5), 3.0)
    """
    if len(weights) != len(inputs):
        raise ShapeError(
            f"weighted_sum takes as many inputs as weights, not {len(inputs)} for {len(weights)}: {inputs!r}"
        )
    return summed.call(*weights, *inputs, bias)
