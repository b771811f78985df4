"""Data sets: whatever has a length and items by number."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

import autograd_core as ag
from autograd_core.errors import ShapeError


class Dataset(Protocol):
    """What a DataLoader reads: any object with a length and items by number."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Any: ...


class TensorDataset:
    """Arrays of equal length side by side; item i is the tuple of their rows i.

    Raises ShapeError if the lengths differ.

    >>> import nn
    >>> nn.data.TensorDataset([[1.0, 2.0], [3.0, 4.0]], [7, 8])[1]
    (array([3., 4.]), np.int64(8))
    """

    def __init__(self, *tensors: Any) -> None:
        self.tensors = tuple([t.numpy() if isinstance(t, ag.Tensor) else np.asarray(t) for t in tensors])
        if not self.tensors or any(t.ndim == 0 or len(t) != len(self.tensors[0]) for t in self.tensors):
            shapes = ", ".join(str(t.shape) for t in self.tensors) or "nothing"
            raise ShapeError(
                f"TensorDataset needs arrays with one row per example, as many rows in each, and was given {shapes}"
            )

    def __len__(self) -> int:
        return len(self.tensors[0])

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        return tuple([t[index] for t in self.tensors])
