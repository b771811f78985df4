"""Data sets: whatever has a length and items by number; joined, and divided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, Protocol

import numpy as np

import autograd_core as ag
from autograd_core.errors import BoundsError, ShapeError

from ..errors import KindError, SettingError
from ..random import stream
from ..settings import number, whole


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


class Subset:
    """Some items of a data set, by their numbers.

    >>> import nn
    >>> list(nn.data.Subset("abcd", [2, 0]))
    ['c', 'a']
    """

    def __init__(self, dataset: Dataset, indices: Sequence[int] | np.ndarray[Any, Any]) -> None:
        self.dataset, self.indices = dataset, indices

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: Any) -> Any:
        chosen = self.indices[index]
        return self.dataset[int(chosen) if np.ndim(chosen) == 0 else chosen]


class ConcatDataset:
    """Data sets one after the other.

    >>> import nn
    >>> both = nn.data.ConcatDataset(["ab", "cde"])
    >>> len(both), both[3], both[-1]
    (5, 'd', 'e')
    """

    def __init__(self, datasets: Iterable[Dataset]) -> None:
        self.datasets = list(datasets)
        self.ends = list(accumulate(map(len, self.datasets)))

    def __len__(self) -> int:
        return self.ends[-1] if self.ends else 0

    def __getitem__(self, index: int) -> Any:
        place = index + len(self) if index < 0 else index
        for dataset, end in zip(self.datasets, self.ends, strict=True):
            if 0 <= place < end:
                return dataset[place - end + len(dataset)]
        raise BoundsError(f"item {index} of {len(self)} was asked for")


# -- division --------------------------------------------------------------------------------------------------------


def random_split(dataset: Dataset, lengths: Sequence[float], generator: Any = None) -> list[Subset]:
    """Divide a data set at random, without overlap.

    lengths     how many items each part gets, or what share of them: fractions that sum to 1
    generator   a generator or a seed; by default this thread's stream

    Raises SettingError for lengths that do not add up.

    >>> import nn
    >>> [len(part) for part in nn.data.random_split(range(10), [0.75, 0.25], generator=0)]
    [8, 2]
    """
    count = len(dataset)
    if not isinstance(lengths, (list, tuple, np.ndarray)):
        raise KindError(f"random_split: lengths is {lengths!r}: give one number for each part, in a list")
    for length in lengths:
        number(length, "random_split: a length")
    if any(isinstance(n, float) for n in lengths) and abs(sum(lengths) - 1) < 1e-9:
        sizes = [int(n * count) for n in lengths]
        for i in range(count - sum(sizes)):  # what rounding left over, one to each part in turn
            sizes[i % len(sizes)] += 1
    elif sum(lengths) == count and all(n == int(n) >= 0 for n in lengths):
        sizes = [int(n) for n in lengths]
    else:
        raise SettingError(
            f"random_split: the lengths {list(lengths)} sum to {sum(lengths)}: give numbers of items that sum to {count}, or "
            f"fractions that sum to 1"
        )
    order = stream(generator).permutation(count)
    return [Subset(dataset, part) for part in np.split(order, np.cumsum(sizes)[:-1])]


def k_fold(
    dataset: Dataset, k: int = 5, shuffle: bool = True, generator: Any = None
) -> Iterator[tuple[Subset, Subset]]:
    """k pairs of (what to learn from, what to judge by): each item is judged by once.

    >>> import nn
    >>> [(list(learn), list(judge)) for learn, judge in nn.data.k_fold("abc", 3, shuffle=False)]
    [(['b', 'c'], ['a']), (['a', 'c'], ['b']), (['a', 'b'], ['c'])]
    """
    count = len(dataset)
    if not 2 <= whole(k, "k_fold: k") <= count:
        raise SettingError(f"k_fold: k is {k}, and there are {count} items: give a number from 2 to {count}")
    order = stream(generator).permutation(count) if shuffle else np.arange(count)
    folds = np.array_split(order, k)
    for i in range(k):
        learn = np.concatenate([*folds[:i], *folds[i + 1 :]])
        yield Subset(dataset, learn), Subset(dataset, folds[i])


def bootstrap(dataset: Dataset, times: int = 1, generator: Any = None) -> Iterator[tuple[Subset, Subset]]:
    """Pairs of (as many items, drawn with repetition; those that were not drawn). Efron 1979.

    >>> import nn
    >>> (drawn, left_out), = nn.data.bootstrap(range(100), generator=0)
    >>> len(drawn), len({*drawn} | {*left_out})
    (100, 100)
    """
    random, count = stream(generator), len(dataset)
    for _ in range(whole(times, "bootstrap: times")):
        drawn = random.integers(count, size=count)
        yield Subset(dataset, drawn), Subset(dataset, np.setdiff1d(np.arange(count), drawn))
