"""Mini-batches of a data set, in order or shuffled, in the background if wanted."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import SettingError
from ..random import stream
from ..settings import whole
from .dataset import Dataset, TensorDataset

Batches = Iterator[Any]


class DataLoader:
    """The examples of a data set in batches; iterate over it once per epoch. As `torch.utils.data.DataLoader`.

    dataset      anything with a length and items by number
    batch_size   examples in a batch; the last one may be smaller
    shuffle      in a new random order every epoch
    drop_last    leave out the last batch if it is smaller
    generator    a NumPy generator or a seed: the same seed gives the same orders; by default this thread's stream
    dtype        floating arrays are converted to it; None leaves them as they are
    sampler      the numbers of the items, in the order in which they come, instead of shuffle
    collate_fn   makes a batch of a list of items; by default arrays and numbers are stacked, part by part
    prefetch     how many batches a thread may prepare while the last is still in use
    num_workers, pin_memory   as PyTorch's programs say them: any workers prefetch two batches each; memory is as it is

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
        sampler: Iterable[int] | None = None,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        prefetch: int = 0,
        *,
        num_workers: int = 0,
        pin_memory: bool = False,
    ) -> None:
        self.batch_size = whole(batch_size, "DataLoader: batch_size", 1)
        self.prefetch = whole(prefetch, "DataLoader: prefetch") or 2 * whole(num_workers, "DataLoader: num_workers")
        self.dataset, self.shuffle, self.drop_last = dataset, shuffle, drop_last
        self.dtype = None if dtype is None else np.dtype(dtype)
        self.generator = None if generator is None else stream(generator)
        if shuffle and sampler is not None:
            raise SettingError("DataLoader: a sampler decides the order: leave shuffle out")
        self.sampler, self.collate_fn = sampler, collate_fn

    def __len__(self) -> int:
        count = len(self.dataset if self.sampler is None else self.sampler)  # type: ignore[arg-type]
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)

    def __iter__(self) -> Batches:
        if self.sampler is not None:
            order = np.fromiter(self.sampler, int)
        elif self.shuffle:
            order = stream(self.generator).permutation(len(self.dataset))
        else:
            order = np.arange(len(self.dataset))
        batches = self._batches(order)
        return ahead(batches, self.prefetch) if self.prefetch else batches

    def _batches(self, order: np.ndarray[Any, Any]) -> Batches:
        end = len(order) // self.batch_size * self.batch_size if self.drop_last else len(order)
        for first in range(0, end, self.batch_size):
            chosen = order[first : first + self.batch_size]
            if self.collate_fn is not None:
                yield self.collate_fn([self.dataset[int(i)] for i in chosen])
            elif isinstance(self.dataset, TensorDataset):
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


def ahead(batches: Batches, count: int) -> Batches:
    """The same batches, up to `count` of them prepared in a thread; its exceptions come out here, and it ends with this."""
    ready: queue.Queue[tuple[str, Any]] = queue.Queue(count)
    stopped = threading.Event()

    def put(kind: str, thing: Any) -> None:
        while not stopped.is_set():
            try:
                return ready.put((kind, thing), timeout=0.1)
            except queue.Full:
                continue

    def work() -> None:
        try:
            for batch in batches:
                put("batch", batch)
                if stopped.is_set():
                    return
            put("end", None)
        except BaseException as error:
            put("error", error)

    thread = threading.Thread(target=work, name="DataLoader", daemon=True)
    thread.start()
    try:
        while True:
            kind, thing = ready.get()
            if kind == "error":
                raise thing
            if kind == "end":
                return
            yield thing
    finally:
        stopped.set()
        thread.join()
