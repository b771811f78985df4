"""Sequences of several lengths as one batch: padded, or packed without padding; as `torch.nn.utils.rnn`.

A packed batch holds the first rows of all sequences, then the second rows of those that have one, and so on, the longest
sequence first. Recurrent layers compute on it directly, so that no step is spent on padding.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, NamedTuple, TypeAlias

import numpy as np

import autograd_core as ag
from autograd_core.errors import ShapeError

from ..errors import KindError, SettingError
from ..settings import numeric, one_of

__all__ = [
    "PackedSequence", "invert_permutation", "pack_padded_sequence", "pack_sequence", "pad_packed_sequence",
    "pad_sequence", "unpack_sequence", "unpad_sequence",
]  # fmt: skip

Indices: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]


class PackedSequence(NamedTuple):
    """Sequences of several lengths, one step after the other; made by `pack_sequence` and `pack_padded_sequence`.

    data               (N, *), N the sum of all lengths
    batch_sizes        (T,) how many sequences have a first, a second, ... row
    sorted_indices     (B,) where each of the sequences, the longest first, was in the batch; None if they were in order
    unsorted_indices   (B,) where each sequence of the batch is among the sorted ones

    >>> import nn, numpy as np
    >>> nn.utils.rnn.pack_sequence([np.array([1.0, 2.0]), np.array([3.0])])
    PackedSequence(data=array([1., 3., 2.]), batch_sizes=array([2, 1]), sorted_indices=None, unsorted_indices=None)
    """

    data: Any
    batch_sizes: Indices
    sorted_indices: Indices | None = None
    unsorted_indices: Indices | None = None


def invert_permutation(permutation: Any) -> Indices | None:
    """The permutation that undoes one; None for None.

    >>> invert_permutation([2, 0, 1])
    array([1, 2, 0])
    """
    return None if permutation is None else np.argsort(permutation)


def lengths_of(lengths: Any, what: str) -> Indices:
    """Lengths of sequences: whole numbers above 0."""
    if isinstance(lengths, ag.Value):
        lengths = lengths.numpy()
    found: Indices = np.asarray(lengths)
    if found.ndim != 1 or not found.size or found.dtype.kind not in "iu":
        raise KindError(f"{what}: lengths are whole numbers, one for each sequence, not {lengths!r}")
    if found.min() < 1:
        raise SettingError(f"{what}: a sequence has length {found.min()}: leave out those without a row")
    return found.astype(np.int64)


def pack_padded_sequence(
    input: Any, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """A padded batch of sequences as a packed one.

    input: (T, B, *), or (B, T, *) with batch_first   lengths: (B,) how many rows of each sequence are no padding
    enforce_sorted   demand that the longest comes first; else they are sorted, and what a recurrent layer makes of them is
                     brought back into the order of the batch

    Raises SettingError for lengths that are not sorted though they are to be, or outside 1 ... T.

    >>> import nn, numpy as np
    >>> padded = np.array([[1, 2, 3], [4, 0, 0]])
    >>> nn.utils.rnn.pack_padded_sequence(padded, [3, 1], batch_first=True).data
    array([1, 4, 2, 3])
    """
    what = "pack_padded_sequence"
    x, lengths, order = numeric(input, what), lengths_of(lengths, what), None
    if x.ndim < 2:
        raise ShapeError(f"{what} takes a batch of sequences, (T, B, *) or (B, T, *), not one of shape {x.shape}")
    x = np.swapaxes(x, 0, 1) if batch_first else x
    steps, batch = x.shape[:2]
    if len(lengths) != batch:
        raise ShapeError(f"{what}: there are {len(lengths)} lengths for {batch} sequences")
    if lengths.max() > steps:
        raise SettingError(f"{what}: a sequence has length {lengths.max()}, but there are {steps} steps")
    if not enforce_sorted:
        order = np.argsort(-lengths, stable=True)
        x, lengths = x[:, order], lengths[order]
    elif np.any(np.diff(lengths) > 0):
        raise SettingError(
            f"{what}: the lengths {lengths.tolist()} grow: give the longest sequence first, or enforce_sorted=False"
        )
    present = np.arange(lengths[0])[:, None] < lengths
    return PackedSequence(x[: lengths[0]][present], np.sum(present, axis=1), order, invert_permutation(order))


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Any, Indices]:
    """A packed batch as a padded one, in the order in which it was packed; and the lengths of its sequences.

    total_length   T, at least the length of the longest sequence, which it is by default
    returns (T, B, *), or (B, T, *) with batch_first, and (B,)

    >>> import nn, numpy as np
    >>> packed = nn.utils.rnn.pack_sequence([np.array([1.0]), np.array([2.0, 3.0])], enforce_sorted=False)
    >>> nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)
    (array([[1., 0.],
           [2., 3.]]), array([1, 2]))
    """
    if not isinstance(sequence, PackedSequence):
        raise KindError(f"pad_packed_sequence takes a PackedSequence, not a {type(sequence).__name__}")
    data, sizes = sequence.data, sequence.batch_sizes
    batch, total = int(sizes[0]), len(sizes) if total_length is None else total_length
    if total < len(sizes):
        raise SettingError(
            f"pad_packed_sequence: total_length is {total}, and the longest sequence has {len(sizes)} rows"
        )
    pieces = []
    for rows in np.split(data, list(accumulate(sizes.tolist()))[:-1]):
        pieces += [rows, padding((batch - len(rows), *data.shape[1:]), padding_value, data)]
    pieces.append(padding(((total - len(sizes)) * batch, *data.shape[1:]), padding_value, data))
    padded = np.reshape(np.concatenate(pieces), (total, batch, *data.shape[1:]))
    lengths = np.sum(sizes[:, None] > np.arange(batch), axis=0)
    if sequence.unsorted_indices is not None:
        padded, lengths = padded[:, sequence.unsorted_indices], lengths[sequence.unsorted_indices]
    return (np.swapaxes(padded, 0, 1) if batch_first else padded), lengths


def padding(shape: tuple[int, ...], value: float, like: Any) -> Any:
    return np.full(shape, value, like.dtype)


def pad_sequence(
    sequences: Sequence[Any], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Any:
    """Sequences of several lengths as one array.

    sequences: each (L, *)   returns (T, B, *), or (B, T, *) with batch_first, T the largest L
    padding_side   "right": behind the rows of a sequence, "left": before them

    Raises ShapeError for sequences of different features, or none.

    >>> import nn, numpy as np
    >>> nn.utils.rnn.pad_sequence([np.array([1.0, 2.0]), np.array([3.0])], batch_first=True)
    array([[1., 2.],
           [3., 0.]])
    """
    one_of(padding_side, "pad_sequence: padding_side", ("right", "left"))
    found = [numeric(x, "pad_sequence") for x in sequences]
    if not found or not all(x.ndim and x.shape[1:] == found[0].shape[1:] for x in found):
        raise ShapeError(
            f"pad_sequence takes sequences that differ in their lengths only, at least one, not shapes "
            f"{', '.join([str(x.shape) for x in found]) or 'of nothing'}"
        )
    total = max(x.shape[0] for x in found)
    made = []
    for x in found:
        pieces = [x, padding((total - x.shape[0], *x.shape[1:]), padding_value, x)]
        made.append(np.concatenate(pieces if padding_side == "right" else pieces[::-1]))
    return np.stack(made, axis=0 if batch_first else 1)


def unpad_sequence(padded_sequences: Any, lengths: Any, batch_first: bool = False) -> list[Any]:
    """The reverse of `pad_sequence`: the sequences of a padded batch, each as long as it is.

    padded_sequences: (T, B, *), or (B, T, *) with batch_first   lengths: (B,)   returns B arrays (L, *)

    >>> import nn, numpy as np
    >>> nn.utils.rnn.unpad_sequence(np.array([[1.0, 3.0], [2.0, 0.0]]), [2, 1])
    [array([1., 2.]), array([3.])]
    """
    x = numeric(padded_sequences, "unpad_sequence")
    x = x if batch_first else np.swapaxes(x, 0, 1)
    lengths = lengths_of(lengths, "unpad_sequence")
    if x.ndim < 2 or len(lengths) != x.shape[0] or lengths.max() > x.shape[1]:
        raise ShapeError(
            f"unpad_sequence: a batch of shape {padded_sequences.shape} has no sequences of lengths {lengths}"
        )
    return [x[i, :n] for i, n in enumerate(lengths.tolist())]


def pack_sequence(sequences: Sequence[Any], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences of several lengths as a packed batch; `enforce_sorted` as in `pack_padded_sequence`.

    sequences: each (L, *), L at least 1

    >>> import nn, numpy as np
    >>> nn.utils.rnn.pack_sequence([np.array([1.0]), np.array([2.0, 3.0])], enforce_sorted=False).data
    array([2., 1., 3.])
    """
    lengths = [len(x) for x in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Any]:
    """The sequences of a packed batch, in the order in which they were packed.

    >>> import nn, numpy as np
    >>> sequences = [np.array([1.0]), np.array([2.0, 3.0])]
    >>> nn.utils.rnn.unpack_sequence(nn.utils.rnn.pack_sequence(sequences, enforce_sorted=False))
    [array([1.]), array([2., 3.])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
