"""Normalisation within each example: mean 0 and variance 1 over some of its axes, then scaled and shifted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import functional as F
from ..errors import SettingError
from ..module import Module
from ..parameter import Parameter
from ..settings import number, numeric, whole, within
from .inputs import expect, fitted

__all__ = ["GroupNorm", "LayerNorm", "LocalResponseNorm", "RMSNorm"]


class LayerNorm(Module):
    """(x - mean) / sqrt(variance + eps) * weight + bias, over the last axes of each example.

    x: (..., *normalized_shape)   weight, bias: normalized_shape   returns the shape of x

    normalized_shape     the lengths of the axes to normalise over, or one number for the last axis alone
    elementwise_affine   whether to scale and shift; bias: whether to shift. They start as 1 and 0

    Ba, Kiros and Hinton 2016. Raises ShapeError for an input that does not end with normalized_shape.

    >>> import nn, numpy as np
    >>> nn.LayerNorm(2)(np.array([[1.0, 3.0], [10.0, 70.0]])).numpy().round(2)
    array([[-1.,  1.],
           [-1.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        dtype: Any = np.float32,
    ) -> None:
        self.normalized_shape = lengths(normalized_shape, "LayerNorm: normalized_shape")
        self.eps, self.elementwise_affine = within(eps, "LayerNorm: eps", 0), elementwise_affine
        self.weight, self.bias = start_affine(self.normalized_shape, elementwise_affine, bias, dtype)

    def forward(self, x: Any) -> Any:
        x = numeric(x, "LayerNorm") if self.weight is None else fitted(x, self.weight, self)
        return F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        bias = self.bias is not None
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, bias={bias}"


class RMSNorm(Module):
    """x / sqrt(mean(x**2) + eps) * weight, over the last axes of each example.

    x: (..., *normalized_shape)   weight: normalized_shape, starts as 1   returns the shape of x

    eps   by default the precision of the dtype

    Zhang and Sennrich 2019. Raises ShapeError for an input that does not end with normalized_shape.

    >>> import nn, numpy as np
    >>> nn.RMSNorm(2)(np.array([3.0, 3.0])).numpy()
    array([1., 1.], dtype=float32)
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        dtype: Any = np.float32,
    ) -> None:
        self.normalized_shape = lengths(normalized_shape, "RMSNorm: normalized_shape")
        self.eps = None if eps is None else within(eps, "RMSNorm: eps", 0)
        self.elementwise_affine = elementwise_affine
        self.weight, _ = start_affine(self.normalized_shape, elementwise_affine, False, dtype)

    def forward(self, x: Any) -> Any:
        x = numeric(x, "RMSNorm") if self.weight is None else fitted(x, self.weight, self)
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(Module):
    """(x - mean) / sqrt(variance + eps) * weight + bias, over each group of channels of each example.

    x: (N, num_channels, ...)   weight, bias: (num_channels,)   returns the shape of x

    num_groups   channels are split into that many groups
    affine       whether to scale and shift; bias: whether to shift. They start as 1 and 0

    Wu and He 2018. Raises SettingError for groups that do not divide the channels, ShapeError for other channels.

    >>> import nn, numpy as np
    >>> nn.GroupNorm(2, 4)(np.array([[1.0, 3.0, 10.0, 70.0]])).numpy().round(2)
    array([[-1.,  1., -1.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        dtype: Any = np.float32,
        *,
        bias: bool = True,
    ) -> None:
        self.num_groups = whole(num_groups, "GroupNorm: num_groups", 1)
        self.num_channels = whole(num_channels, "GroupNorm: num_channels")
        if num_channels % num_groups:
            raise SettingError(
                f"GroupNorm: {num_channels} channels cannot be split into {num_groups} groups: take a number that divides them"
            )
        self.eps, self.affine = within(eps, "GroupNorm: eps", 0), affine
        self.weight, self.bias = start_affine((num_channels,), affine, bias, dtype)

    def forward(self, x: Any) -> Any:
        x = numeric(x, "GroupNorm") if self.weight is None else fitted(x, self.weight, self)
        c = self.num_channels
        expect(x.ndim > 1 and x.shape[1] == c, x, self, f"(N, {c}, ...)")
        return F.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        words = f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}"
        return f"{words}, bias={self.bias is not None}"


class LocalResponseNorm(Module):
    """x / (k + alpha / size * sum of x**2 over `size` neighbouring channels)**beta.

    x: (N, C, L, ...)   returns the shape of x; beyond the first and the last channel there are zeros

    Krizhevsky, Sutskever and Hinton 2012.

    >>> import nn, numpy as np
    >>> nn.LocalResponseNorm(1, alpha=3.0, beta=0.5)(np.ones((1, 2, 1))).tolist()
    [[[0.5], [0.5]]]
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        self.size = whole(size, "LocalResponseNorm: size", 1)
        self.alpha = number(alpha, "LocalResponseNorm: alpha")
        self.beta, self.k = number(beta, "LocalResponseNorm: beta"), number(k, "LocalResponseNorm: k")

    def forward(self, x: Any) -> Any:
        return F.local_response_norm(x, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


def lengths(value: Any, what: str) -> tuple[int, ...]:
    """The lengths of some axes, given as a sequence, or as one number."""
    return tuple([whole(n, what) for n in value]) if isinstance(value, (tuple, list)) else (whole(value, what),)


def start_affine(shape: tuple[int, ...], affine: bool, bias: bool, dtype: Any) -> tuple[Any, Any]:
    """A weight of ones and a bias of zeros, or None for what is not wanted."""
    return (
        Parameter(np.ones(shape, dtype)) if affine else None,
        Parameter(np.zeros(shape, dtype)) if affine and bias else None,
    )
