"""Neurons made of Scalars: every weight is a node of its own, to look at; for real work take `nn.Linear`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ShapeError

from . import functional as F
from .errors import KindError
from .module import Module
from .parameter import Parameter
from .random import stream
from .settings import one_of, whole

ACTIVATIONS: dict[str, Callable[[Any], Any] | None] = {
    "tanh": ag.tanh,
    "relu": ag.ops.relu,
    "sigmoid": ag.ops.sigmoid,
    "arctan": ag.arctan,
    "sign": F.sign,
    "step": F.step,
    "linear": None,
}


class Neuron(Module):
    """One neuron, y = activation(w1 x1 + w2 x2 + ... + b), of Scalars.

    inputs       how many numbers it takes
    activation   "tanh", "relu", "sigmoid", "arctan" or "linear"; "sign" and "step" without derivative
    Weights start uniform in +-1 / sqrt(inputs), the bias b at 0. Inputs are floats or Scalars; the result is a Scalar.

    >>> import nn
    >>> neuron = nn.Neuron(2, activation="linear")
    >>> [p.name for p in neuron.parameters()]
    ['w1', 'w2', 'b']
    >>> for p, value in zip(neuron.parameters(), [2.0, -3.0, 1.0]):
    ...     p.data = value
    >>> neuron([1.0, 0.5])
    scalar(1.5)
    """

    def __init__(self, inputs: int, activation: str = "tanh", generator: Any = None) -> None:
        one_of(activation, "Neuron: activation", ACTIVATIONS)
        bound = 1 / math.sqrt(max(whole(inputs, "Neuron: inputs"), 1))
        values = stream(generator).uniform(-bound, bound, inputs).tolist()
        self.w = [Parameter(ag.scalar(value, name=f"w{i}")) for i, value in enumerate(values, 1)]
        self.b = Parameter(ag.scalar(0.0, name="b"))
        self.activation = activation

    def forward(self, x: Any) -> Any:
        w = self.w
        if isinstance(x, np.ndarray):
            x = x.tolist()  # Python floats: arithmetic on them is quicker than on NumPy's
        try:
            count = len(x)
        except TypeError as error:
            raise KindError(
                f"this neuron takes {len(w)} inputs in a list, and was given a {type(x).__name__}: write [x]"
            ) from error
        if count != len(w):
            raise ShapeError(f"this neuron takes {len(w)} inputs, and was given {count}: make it with inputs={count}")
        y = ag.ops.weighted_sum(w, x, self.b)
        function = ACTIVATIONS[self.activation]
        return y if function is None else function(y)

    def extra_repr(self) -> str:
        return f"inputs={len(self.w)}, activation={self.activation!r}"


class Layer(Module):
    """Neurons side by side: `inputs` numbers in, a list of `outputs` Scalars out.

    >>> import nn
    >>> len(nn.Layer(2, 3)([1.0, -1.0]))
    3
    """

    def __init__(self, inputs: int, outputs: int, activation: str = "tanh", generator: Any = None) -> None:
        random = stream(generator)
        self.neurons = [Neuron(inputs, activation, random) for _ in range(whole(outputs, "Layer: outputs"))]

    def forward(self, x: Sequence[Any]) -> list[Any]:
        return [neuron(x) for neuron in self.neurons]

    def __repr__(self) -> str:
        one = self.neurons[0] if self.neurons else None
        return f"Layer({len(self.neurons)} x {one!r})"


class MLP(Module):
    """Layers of neurons one after the other, the last one linear; with a single output a bare Scalar.

    inputs   how many numbers it takes
    sizes    how many neurons each layer has

    >>> import nn
    >>> net = nn.MLP(2, [4, 4, 1], activation="relu")
    >>> len(list(net.parameters())), type(net([1.0, -1.0])).__name__
    (37, 'Scalar')
    """

    def __init__(self, inputs: int, sizes: Sequence[int], activation: str = "tanh", generator: Any = None) -> None:
        random = stream(generator)
        if not isinstance(sizes, Sequence):
            raise KindError(f"MLP: sizes is {sizes!r}: give one number of neurons per layer, as in [4, 4, 1]")
        self.layers = []
        for i, (before, size) in enumerate(pairwise([inputs, *sizes]), 1):
            self.layers.append(Layer(before, size, "linear" if i == len(sizes) else activation, random))

    def forward(self, x: Sequence[Any]) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x[0] if len(x) == 1 else x
