"""What a `Watch` keeps of one step: of each layer's numbers a histogram and a few figures, never the numbers themselves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from autograd_core.debugging import Saturation

Array = np.ndarray[Any, Any]

LOW, HIGH, PER_DECADE = -12, 6, 8
SIZES = (HIGH - LOW) * PER_DECADE
"""Bins of sizes, 10^-12 to 10^6 on a logarithmic scale: the same for all layers and steps, so that they add and compare."""

EDGES: Array = np.logspace(LOW, HIGH, SIZES + 1)


@dataclass
class Spread:
    """How numbers are spread.

    count     how many there were     zeros   exact ones     broken   NaN and infinite ones
    squares   the sum of the squares of all others
    below     how many negative ones have a size in each bin of EDGES     above   how many positive ones; both hold what is
              smaller or larger than all bins in their first and last
    """

    count: int = 0
    zeros: int = 0
    broken: int = 0
    squares: float = 0.0
    below: Array = field(default_factory=lambda: np.zeros(SIZES, np.uint32))
    above: Array = field(default_factory=lambda: np.zeros(SIZES, np.uint32))

    def add(self, numbers: Any) -> None:
        """Count the elements of an array."""
        x = np.ravel(np.abs(numbers) if np.iscomplexobj(numbers) else numbers)
        finite = x[np.isfinite(x)]
        nonzero = finite[finite != 0]
        size = np.abs(nonzero)
        bins = np.clip((np.log10(size) - LOW) * PER_DECADE, 0, SIZES - 1).astype(np.intp)
        negative = nonzero < 0
        self.count += x.size
        self.zeros += finite.size - nonzero.size
        self.broken += x.size - finite.size
        self.squares += float(np.sum(np.square(size, dtype=float)))
        self.below += np.bincount(bins[negative], minlength=SIZES).astype(np.uint32)
        self.above += np.bincount(bins[~negative], minlength=SIZES).astype(np.uint32)

    @property
    def norm(self) -> float:
        """The norm of the finite ones."""
        return math.sqrt(self.squares)

    @property
    def rms(self) -> float:
        """The root of the mean square of the finite ones."""
        return self.norm / math.sqrt(max(self.count - self.broken, 1))


@dataclass
class LayerMeasures:
    """One layer in one step: what it gave, the gradients of that, and how flat its calls were (None: it cannot be)."""

    kind: str
    activations: Spread = field(default_factory=Spread)
    gradients: Spread = field(default_factory=Spread)
    saturation: Saturation | None = None


@dataclass
class ParameterMeasures:
    """One parameter in one step, by norms: itself before the step, its gradient (None without one), and how far it moved."""

    weight: float
    gradient: float | None
    update: float


@dataclass
class Measures:
    """All that is kept of one step, counted from 1: layers by path, parameters by name."""

    step: int
    layers: dict[str, LayerMeasures] = field(default_factory=dict)
    parameters: dict[str, ParameterMeasures] = field(default_factory=dict)

    def state(self) -> dict[str, Any]:
        """As dicts of numbers and arrays, for a checkpoint."""
        return asdict(self)

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Measures:
        """From what `state` gave."""
        return cls(
            state["step"],
            {path: layer_from(layer) for path, layer in state["layers"].items()},
            {name: ParameterMeasures(**numbers) for name, numbers in state["parameters"].items()},
        )


def layer_from(state: Mapping[str, Any]) -> LayerMeasures:
    flat = state["saturation"]
    return LayerMeasures(
        state["kind"],
        Spread(**state["activations"]),
        Spread(**state["gradients"]),
        None if flat is None else Saturation(**flat),
    )


def together(several: list[Saturation]) -> Saturation | None:
    """How flat calls of one layer were in all: a unit is dead if it was flat in each of them."""
    if not several:
        return None
    last = several[-1]
    alike = [one for one in several if len(one.flat) == len(last.flat)]
    examples = [one.examples for one in alike]
    return Saturation(
        share=float(np.average([one.share for one in alike], weights=examples)) if any(examples) else 0.0,
        flat=np.all([one.flat for one in alike], axis=0) if len(last.flat) else (),
        examples=sum(examples),
        zeros=all(one.zeros for one in alike if np.any(one.flat)),
        rows=last.rows,
        single=all(one.single for one in alike),
    )
