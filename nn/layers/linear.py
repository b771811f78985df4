"""Affine and bilinear layers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_core.errors import ShapeError

from .. import functional as F
from .. import init
from ..module import Module
from ..parameter import Parameter
from ..random import stream
from ..settings import whole
from .inputs import expect, fitted

__all__ = ["Bilinear", "Linear"]


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
        try:
            return F.linear(x, self.weight, self.bias)
        except ShapeError:
            expect(x.shape[-1:] == (self.in_features,), x, self, f"(..., {self.in_features})")
            raise

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Bilinear(Module):
    """y_k = x1' A_k x2 + b_k, linear in each of two inputs.

    x1: (..., in1_features)   x2: (..., in2_features)   weight A: (out_features, in1_features, in2_features)
    bias: (out_features,)   returns (..., out_features)

    Both start uniform in +-1 / sqrt(in1_features). Raises as `Linear` does.

    >>> import nn, numpy as np
    >>> nn.Bilinear(3, 4, 2)(np.ones((5, 3)), np.ones((5, 4))).shape
    (5, 2)
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        dtype: Any = np.float32,
        generator: Any = None,
    ) -> None:
        self.in1_features = whole(in1_features, "Bilinear: in1_features")
        self.in2_features = whole(in2_features, "Bilinear: in2_features")
        self.out_features = whole(out_features, "Bilinear: out_features")
        self.weight = Parameter(np.empty((out_features, in1_features, in2_features), dtype))
        self.bias = Parameter(np.empty(out_features, dtype)) if bias else None
        start_uniform(self, in1_features, generator)

    def forward(self, x1: Any, x2: Any) -> Any:
        x1, x2 = fitted(x1, self.weight, self), fitted(x2, self.weight, self)
        expect(x1.shape[-1:] == (self.in1_features,), x1, self, f"(..., {self.in1_features}) first")
        fits = x2.shape == (*x1.shape[:-1], self.in2_features)
        expect(fits, x2, self, f"{(*x1.shape[:-1], self.in2_features)} second")
        return F.bilinear(x1, x2, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


def start_uniform(layer: Any, fan_in: int, generator: Any) -> None:
    """Weight and bias uniform in +-1 / sqrt(fan_in): what PyTorch writes as kaiming_uniform_ with a = sqrt(5)."""
    random = stream(generator)
    bound = 1 / math.sqrt(fan_in) if fan_in else 0.0
    for parameter in (layer.weight, layer.bias):
        if parameter is not None:
            init.uniform_(parameter, -bound, bound, random)
