"""Layers that change shapes, or nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.errors import ShapeError

from ..errors import KindError, SettingError
from ..module import Module
from ..settings import numeric, whole

__all__ = ["Flatten", "Identity", "Unflatten"]


class Flatten(Module):
    """The axes from start_dim to end_dim as one: by default (N, C, H, W) -> (N, C H W).

    Raises ShapeError for an input without these axes.

    >>> import nn, numpy as np
    >>> nn.Flatten()(np.ones((2, 3, 4, 5))).shape
    (2, 60)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim = whole(start_dim, "Flatten: start_dim", -np.inf)
        self.end_dim = whole(end_dim, "Flatten: end_dim", -np.inf)

    def forward(self, x: Any) -> Any:
        x = numeric(x, "Flatten")
        shape = x.shape
        start, end = (d + len(shape) if d < 0 else d for d in (self.start_dim, self.end_dim))
        if not 0 <= start <= end < len(shape):
            raise ShapeError(
                f"{self!r} needs inputs with these axes, and was given shape {tuple(shape)}: "
                "give the examples an axis of their own, x[None], or name other axes"
            )
        # the length in full: -1 would be undefined for a batch of no images
        return np.reshape(x, (*shape[:start], int(np.prod(shape[start : end + 1])), *shape[end + 1 :]))

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Identity(Module):
    """Gives back what it is given; any arguments are ignored, so that it can stand in for another layer.

    >>> import nn
    >>> nn.Identity(64, bias=False)(3.0)
    3.0
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def forward(self, x: Any) -> Any:
        return x


class Unflatten(Module):
    """One axis as several: the reverse of `Flatten`.

    dim               the axis
    unflattened_size  the lengths of the new axes; one of them may be -1, for what is left

    Raises ShapeError for an input without that axis, or whose length the new ones do not multiply to.

    >>> import nn, numpy as np
    >>> nn.Unflatten(1, (3, -1))(np.ones((2, 12))).shape
    (2, 3, 4)
    """

    def __init__(self, dim: int, unflattened_size: Any) -> None:
        self.dim = whole(dim, "Unflatten: dim", -np.inf)
        if not isinstance(unflattened_size, (tuple, list)):
            raise KindError(f"Unflatten: unflattened_size is {unflattened_size!r}: give the lengths, such as (3, -1)")
        self.unflattened_size = tuple([whole(n, "Unflatten: unflattened_size", -1) for n in unflattened_size])
        if not unflattened_size or self.unflattened_size.count(-1) > 1:
            raise SettingError(
                f"Unflatten: unflattened_size is {unflattened_size!r}: give lengths, at most one of them -1"
            )

    def forward(self, x: Any) -> Any:
        x = numeric(x, "Unflatten")
        shape, dim = x.shape, self.dim % len(x.shape) if -len(x.shape) <= self.dim < len(x.shape) else None
        sizes = () if dim is None else filled(self.unflattened_size, shape[dim])
        if dim is None or int(np.prod(sizes)) != shape[dim]:
            raise ShapeError(f"{self!r} cannot split axis {self.dim} of shape {tuple(shape)} into these lengths")
        return np.reshape(x, (*shape[:dim], *sizes, *shape[dim + 1 :]))

    def extra_repr(self) -> str:
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"


def filled(sizes: tuple[int, ...], length: int) -> tuple[int, ...]:
    """The sizes with what is left of a length in place of -1."""
    rest = int(np.prod([n for n in sizes if n != -1]))
    return tuple([length // max(rest, 1) if n == -1 else n for n in sizes])
