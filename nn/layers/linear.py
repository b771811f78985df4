"""The affine layer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import functional as F
from .. import init
from ..module import Module
from ..parameter import Parameter
from ..random import stream
from ..settings import whole
from .inputs import expect, fitted

__all__ = ["Linear"]


class Linear(Module):
    """y = x W' + b.

    x: (..., in_features)   weight: (out_features, in_features)   bias: (out_features,)   returns (..., out_features)

    Both start uniform in +-1 / sqrt(in_features). Raises ShapeError for another number of features, DTypeError for a
    Tensor of another dtype than the parameters'; plain floating arrays are converted. SettingError for a negative size.

    >>> import nn, numpy as np
    >>> nn.Linear(3, 2)(np.ones((5, 3))).shape
    (5, 2)
    """

    def __init__(
        self, in_features: int, out_features: int, bias: bool = True, dtype: Any = np.float32, generator: Any = None
    ) -> None:
        self.in_features = whole(in_features, "Linear: in_features")
        self.out_features = whole(out_features, "Linear: out_features")
        self.weight = Parameter(np.empty((out_features, in_features), dtype))
        self.bias = Parameter(np.empty(out_features, dtype)) if bias else None
        start_uniform(self, in_features, generator)

    def forward(self, x: Any) -> Any:
        x = fitted(x, self.weight, self)
        if x.shape[-1:] != (self.in_features,):
            expect(False, x, self, f"(..., {self.in_features})")
        return F.linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


def start_uniform(layer: Any, fan_in: int, generator: Any) -> None:
    """Weight and bias uniform in +-1 / sqrt(fan_in): what PyTorch writes as kaiming_uniform_ with a = sqrt(5)."""
    random = stream(generator)
    bound = 1 / math.sqrt(fan_in) if fan_in else 0.0
    for parameter in (layer.weight, layer.bias):
        if parameter is not None:
            init.uniform_(parameter, -bound, bound, random)
