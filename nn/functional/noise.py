"""Noise that is there in training only."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_core import ops
from autograd_core.errors import DTypeError, MutationError, ShapeError

from ..random import stream
from ..settings import numeric, within

__all__ = ["alpha_dropout", "dropout", "dropout1d", "dropout2d", "dropout3d", "feature_alpha_dropout"]

SELU_FLOOR = -1.7580993408473766
"""What SELU tends to for large negative numbers: -scale alpha."""


def dropout(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False, generator: Any = None) -> Any:
    """In training, 0 in place of each element with probability p, the others divided by 1 - p; else the input itself.

    inplace   write the result into the input

    Raises SettingError unless 0 <= p <= 1, DTypeError for integers.

    >>> import nn, numpy as np
    >>> nn.functional.dropout(np.ones(4), 0.0)
    array([1., 1., 1., 1.])
    """
    return dropped("dropout", input, p, training, inplace, generator)


def dropout1d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False, generator: Any = None) -> Any:
    """As `dropout`, for whole channels of an input of shape (N, C, L) or (C, L).

    >>> import nn, numpy as np
    >>> nn.functional.dropout1d(np.ones((4, 2)), generator=0).tolist()
    [[2.0, 2.0], [2.0, 2.0], [2.0, 2.0], [0.0, 0.0]]
    """
    axes = channel_axes("dropout1d", input, {3: 2, 2: 1})
    return dropped("dropout1d", input, p, training, inplace, generator, axes)


def dropout2d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False, generator: Any = None) -> Any:
    """As `dropout`, for whole channels of images, (N, C, H, W); three axes are taken as (N, C, L).

    >>> import nn, numpy as np
    >>> nn.functional.dropout2d(np.ones((1, 1, 2, 2)), 1.0).tolist()
    [[[[0.0, 0.0], [0.0, 0.0]]]]
    """
    axes = channel_axes("dropout2d", input, {4: 2, 3: 2})
    return dropped("dropout2d", input, p, training, inplace, generator, axes)


def dropout3d(input: Any, p: float = 0.5, training: bool = True, inplace: bool = False, generator: Any = None) -> Any:
    """As `dropout`, for whole channels of volumes, (N, C, D, H, W) or (C, D, H, W).

    >>> import nn, numpy as np
    >>> nn.functional.dropout3d(np.ones((1, 1, 1, 1, 2)), 1.0).tolist()
    [[[[[0.0, 0.0]]]]]
    """
    axes = channel_axes("dropout3d", input, {5: 2, 4: 1})
    return dropped("dropout3d", input, p, training, inplace, generator, axes)


def alpha_dropout(
    input: Any, p: float = 0.5, training: bool = False, inplace: bool = False, generator: Any = None
) -> Any:
    """In training, each element is put to the floor of SELU with probability p, and all are scaled and shifted.

    So that numbers of mean 0 and variance 1 keep them. Klambauer et al. 2017. Errors as of `dropout`.

    >>> import nn, numpy as np
    >>> sorted(set(nn.functional.alpha_dropout(np.zeros(100), training=True, generator=0).round(4).tolist()))
    [-0.7792, 0.7792]
    """
    return dropped("alpha_dropout", input, p, training, inplace, generator, floor=SELU_FLOOR)


def feature_alpha_dropout(
    input: Any, p: float = 0.5, training: bool = False, inplace: bool = False, generator: Any = None
) -> Any:
    """As `alpha_dropout`, for whole channels of an input of shape (N, C, ...).

    >>> import nn, numpy as np
    >>> len(set(nn.functional.feature_alpha_dropout(np.zeros((1, 1, 9)), training=True).ravel().tolist()))
    1
    """
    input = numeric(input, "feature_alpha_dropout")
    axes = channel_axes("feature_alpha_dropout", input, {max(2, input.ndim): 2})
    return dropped("feature_alpha_dropout", input, p, training, inplace, generator, axes, SELU_FLOOR)


def channel_axes(asked: str, input: Any, known: dict[int, int]) -> int:
    """How many axes of the input count its channels; raises ShapeError for a number of axes that is not known."""
    x = numeric(input, asked)
    if x.ndim not in known:
        dims = " or ".join(map(str, sorted(known)))
        raise ShapeError(f"{asked} drops channels of inputs of {dims} axes, and was given shape {tuple(x.shape)}")
    return known[x.ndim]


def dropped(
    asked: str,
    input: Any,
    p: float,
    training: bool,
    inplace: bool,
    generator: Any,
    axes: int | None = None,
    floor: float = 0.0,
) -> Any:
    """The input with some of its elements put to a floor, and scaled and shifted so that mean and variance are kept.

    axes   how many axes count what is dropped as a whole; None for all
    """
    within(p, f"{asked}: p, a probability,", 0, 1)
    if not training or p == 0:
        return input
    x = numeric(input, asked)
    if x.dtype.kind not in "fc":
        raise DTypeError(
            f"{asked} divides what it keeps by {1 - p:g}, and was given {x.dtype} data: convert it with x.astype('float32')"
        )
    shape = x.shape if axes is None else (*x.shape[:axes], *[1] * (x.ndim - axes))
    kept = np.asarray(stream(generator).random(shape, dtype=np.float32) >= p).astype(x.dtype)
    scale = 0.0 if p == 1 else 1 / math.sqrt((1 - p) * (1 + floor * floor * p)) if floor else 1 / (1 - p)
    weights = np.asarray(kept * scale)
    weights.flags.writeable = False  # so that the record need not copy it
    y = ops.gate(x, weights)
    if floor:
        y = y + ((1 - kept) - p) * (scale * floor)  # what is dropped, and the shift that keeps the mean
    if inplace:
        if isinstance(input, np.ndarray) and not input.flags.writeable:
            raise MutationError(f"{asked}: inplace=True writes into the input, which is read-only: leave it out")
        input[...] = y
        return input
    return y
