"""Mini-batches of a data set, in order or shuffled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..random import stream
from ..settings import whole
from .dataset import Dataset, TensorDataset


class DataLoader:
    """The examples of a data set in batches; iterate over it once per epoch. As `torch.utils.data.DataLoader`.

    dataset      anything with a length and items by number
    batch_size   examples in a batch; the last one may be smaller
    shuffle      in a new random order every epoch
    drop_last    leave out the last batch if it is smaller
    generator    a NumPy generator or a seed: the same seed gives the same orders; by default this thread's stream
    dtype        floating arrays are converted to it; None leaves them as they are

    Batches are tuples (or dicts, as the items are) of arrays that are read-only and own their memory, so that a record
    can keep them without a copy.

    >>> import nn
    >>> loader = nn.data.DataLoader(nn.data.TensorDataset([1.0, 2.0, 3.0], [0, 1, 2]), batch_size=2)
    >>> [x.tolist() for x, label in loader], len(loader)
    ([[1.0, 2.0], [3.0]], 2)
    """

    def __init__(
        self,
        dataset: Dataset,
        batch_size: int = 1,
        shuffle: bool = False,
        drop_last: bool = False,
        generator: Any = None,
        dtype: Any = np.float32,
    ) -> None:
        self.batch_size = whole(batch_size, "DataLoader: batch_size", 1)
        self.dataset, self.shuffle, self.drop_last = dataset, shuffle, drop_last
        self.dtype = None if dtype is None else np.dtype(dtype)
        self.generator = None if generator is None else stream(generator)

    def __len__(self) -> int:
        count = len(self.dataset)
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        count = len(self.dataset)
        order = stream(self.generator).permutation(count) if self.shuffle else np.arange(count)
        for batch in range(len(self)):
            chosen = order[batch * self.batch_size : (batch + 1) * self.batch_size]
            if isinstance(self.dataset, TensorDataset):
                yield tuple([self._finished(np.take(t, chosen, axis=0)) for t in self.dataset.tensors])
            else:
                yield self._collated([self.dataset[int(i)] for i in chosen])

    def _collated(self, items: Sequence[Any]) -> Any:
        """Items as one batch: tuples and dicts part by part, arrays and numbers stacked."""
        first = items[0]
        if isinstance(first, Mapping):
            return {key: self._collated([item[key] for item in items]) for key in first}
        if isinstance(first, (tuple, list)):
            return tuple([self._collated(parts) for parts in zip(*items, strict=True)])
        return self._finished(
            np.stack([item.numpy() if hasattr(item, "numpy") else np.asarray(item) for item in items])
        )

    def _finished(self, batch: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        if self.dtype is not None and batch.dtype.kind == "f":
            batch = batch.astype(self.dtype, copy=False)
        batch.flags.writeable = False
        return batch
