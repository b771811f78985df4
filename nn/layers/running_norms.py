"""Normalisation of each channel, by the batch or by averages over the past."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag

from .. import functional as F
from ..module import Module
from ..settings import numeric, whole, within
from .inputs import expect, fitted
from .normalization import start_affine

__all__ = ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"]


class RunningNorm(Module):
    """What the normalisations share that may use averages over the past: a subclass says over which axes, and when.

    num_features          how many channels there are, C
    momentum              by which share the running averages move; None for the plain average of all batches
    affine                whether to scale and shift; bias: whether to shift. They start as 1 and 0
    track_running_stats   whether to keep running averages, for use in evaluation
    """

    running_mean: Any
    running_var: Any
    num_batches_tracked: Any
    shapes: dict[int, str]  # of the inputs that a subclass takes, by their number of axes; {c} stands for the channels

    def __init__(
        self,
        num_features: int,
        eps: float,
        momentum: float | None,
        affine: bool,
        track_running_stats: bool,
        dtype: Any,
        bias: bool,
    ) -> None:
        name = type(self).__name__
        self.num_features = whole(num_features, f"{name}: num_features")
        self.eps = within(eps, f"{name}: eps", 0)
        self.momentum = None if momentum is None else within(momentum, f"{name}: momentum", 0, 1)
        self.affine, self.track_running_stats = affine, track_running_stats
        self.weight, self.bias = start_affine((num_features,), affine, bias, dtype)
        tracked = track_running_stats
        self.register_buffer("running_mean", np.zeros(num_features, dtype) if tracked else None)
        self.register_buffer("running_var", np.ones(num_features, dtype) if tracked else None)
        self.register_buffer("num_batches_tracked", np.array(0) if tracked else None)

    def reset_running_stats(self) -> None:
        """Forget the past: mean 0, variance 1, no batches."""
        if self.track_running_stats:
            ag.writable(self.running_mean)[...] = 0
            ag.writable(self.running_var)[...] = 1
            ag.writable(self.num_batches_tracked)[...] = 0

    def taken(self, x: Any) -> Any:
        """The input in the dtype of the layer; raises ShapeError unless it fits."""
        like = self.running_mean if self.weight is None else self.weight
        x = numeric(x, type(self).__name__) if like is None else fitted(x, like, self)
        axis = 1 if self.shapes.get(x.ndim, "").startswith("(N") else 0
        if x.ndim not in self.shapes or x.shape[axis] != self.num_features:
            expect(False, x, self, " or ".join(self.shapes.values()).format(c=self.num_features))
        return x

    def extra_repr(self) -> str:
        words = f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}"
        return f"{words}, bias={self.bias is not None}, track_running_stats={self.track_running_stats}"


class BatchNorm(RunningNorm):
    """(x - mean) / sqrt(variance + eps) * weight + bias, for each channel over the batch and all places."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        dtype: Any = np.float32,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, dtype, bias)

    def forward(self, x: Any) -> Any:
        x = self.taken(x)
        mean, variance, share = self.running_mean, self.running_var, self.momentum
        counted = self.training and self.track_running_stats
        if counted and share is None:
            share = 1 / (self.num_batches_tracked.item() + 1)
        training = self.training or mean is None
        y = F.batch_norm(x, mean, variance, self.weight, self.bias, training, share or 0.0, self.eps)
        if counted:  # after what may refuse the batch
            batches = ag.writable(self.num_batches_tracked)
            batches += 1
        return y


class BatchNorm1d(BatchNorm):
    """(x - mean) / sqrt(variance + eps) * weight + bias, for each channel over the batch, and over all places.

    x: (N, C) or (N, C, L)   weight, bias: (C,)   returns the shape of x

    In training mean and variance are those of the batch, of which running averages are kept; in evaluation those are
    used, so that an example's result does not depend on the others.

    num_features          how many channels there are, C
    momentum              by which share the running averages move; None for the plain average of all batches
    affine                whether to scale and shift; bias: whether to shift. They start as 1 and 0
    track_running_stats   whether to keep running averages; without them evaluation uses the batch, too

    Ioffe and Szegedy 2015. Raises ShapeError for other inputs, and in training for one number a channel.

    >>> import nn, numpy as np
    >>> layer = nn.BatchNorm1d(1)
    >>> layer(np.array([[1.0], [3.0]])).numpy().round(2).tolist(), layer.running_mean.tolist()
    ([[-1.0], [1.0]], [0.20000000298023224])
    """

    shapes = {2: "(N, {c})", 3: "(N, {c}, L)"}  # noqa: RUF012  # never changed


class BatchNorm2d(BatchNorm):
    """(x - mean) / sqrt(variance + eps) * weight + bias, for each channel over the batch and all places of the images.

    x: (N, C, H, W)   weight, bias: (C,)   returns the shape of x; arguments, training and errors as of `BatchNorm1d`

    >>> import nn, numpy as np
    >>> nn.BatchNorm2d(3)(np.arange(24.0).reshape(2, 3, 2, 2)).numpy().mean((0, 2, 3)).round(6).tolist()
    [0.0, 0.0, 0.0]
    """

    shapes = {4: "(N, {c}, H, W)"}  # noqa: RUF012


class BatchNorm3d(BatchNorm):
    """(x - mean) / sqrt(variance + eps) * weight + bias, for each channel over the batch and all places of the volumes.

    x: (N, C, D, H, W)   weight, bias: (C,)   returns the shape of x; arguments, training and errors as of `BatchNorm1d`

    >>> import nn, numpy as np
    >>> nn.BatchNorm3d(1)(np.arange(8.0).reshape(1, 1, 2, 2, 2)).shape
    (1, 1, 2, 2, 2)
    """

    shapes = {5: "(N, {c}, D, H, W)"}  # noqa: RUF012


class InstanceNorm(RunningNorm):
    """(x - mean) / sqrt(variance + eps) * weight + bias, for each channel of each example over all places."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        dtype: Any = np.float32,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, dtype, bias)

    def forward(self, x: Any) -> Any:
        x = self.taken(x)
        single = not self.shapes[x.ndim].startswith("(N")
        y = F.instance_norm(
            np.expand_dims(x, 0) if single else x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            self.momentum or 0.0,
            self.eps,
        )
        return np.reshape(y, x.shape) if single else y


class InstanceNorm1d(InstanceNorm):
    """(x - mean) / sqrt(variance + eps) * weight + bias, for each channel of each example over all places.

    x: (N, C, L) or (C, L)   weight, bias: (C,)   returns the shape of x

    num_features          how many channels there are, C
    affine                whether to scale and shift; bias: whether to shift. They start as 1 and 0
    track_running_stats   whether to keep running averages, and to use them in evaluation
    momentum              by which share these move

    Ulyanov, Vedaldi and Lempitsky 2016. Raises ShapeError for other inputs, and for one number a channel.

    >>> import nn, numpy as np
    >>> nn.InstanceNorm1d(2)(np.array([[1.0, 3.0], [10.0, 70.0]])).round(2)
    array([[-1.,  1.],
           [-1.,  1.]])
    """

    shapes = {3: "(N, {c}, L)", 2: "({c}, L)"}  # noqa: RUF012


class InstanceNorm2d(InstanceNorm):
    """(x - mean) / sqrt(variance + eps) * weight + bias, for each channel of each image over all places.

    x: (N, C, H, W) or (C, H, W)   weight, bias: (C,)   returns the shape of x; arguments as of `InstanceNorm1d`

    >>> import nn, numpy as np
    >>> nn.InstanceNorm2d(3)(np.arange(24.0).reshape(2, 3, 2, 2)).mean((2, 3)).round(6).tolist()
    [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """

    shapes = {4: "(N, {c}, H, W)", 3: "({c}, H, W)"}  # noqa: RUF012


class InstanceNorm3d(InstanceNorm):
    """(x - mean) / sqrt(variance + eps) * weight + bias, for each channel of each volume over all places.

    x: (N, C, D, H, W) or (C, D, H, W)   weight, bias: (C,)   returns the shape of x; arguments as of `InstanceNorm1d`

    >>> import nn, numpy as np
    >>> nn.InstanceNorm3d(1)(np.arange(8.0).reshape(1, 2, 2, 2)).shape
    (1, 2, 2, 2)
    """

    shapes = {5: "(N, {c}, D, H, W)", 4: "({c}, D, H, W)"}  # noqa: RUF012
