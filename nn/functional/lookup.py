"""Rows of a table by their numbers: embeddings, and sums of them."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np

import autograd_core as ag
from autograd_core import ops
from autograd_core.errors import BoundsError, DTypeError, ShapeError, UnsupportedError

from ..errors import SettingError
from ..settings import numeric, one_of, whole

__all__ = ["embedding", "embedding_bag", "one_hot"]

BagMode: TypeAlias = Literal["sum", "mean", "max"]


def one_hot(tensor: Any, num_classes: int = -1) -> Any:
    """1 at the place of each number, 0 elsewhere, along a new last axis.

    tensor: integers (...)   num_classes: by default the largest of them + 1   returns integers (..., num_classes)

    Raises BoundsError for a number that is no class, DTypeError for what are no integers.

    >>> import nn
    >>> nn.functional.one_hot([2, 0])
    array([[0, 0, 1],
           [1, 0, 0]])
    """
    known = whole(num_classes, "one_hot: num_classes", -1) != -1
    index = integers(tensor, "one_hot", num_classes if known else None)
    count = num_classes if known else int(np.max(index, initial=-1)) + 1
    return np.equal(index[..., None], np.arange(count)).astype(np.int64)


def embedding(
    input: Any,
    weight: Any,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Any:
    """weight[input], the rows of a table; see `nn.Embedding`.

    input: integers (...)   weight: (rows, features)   returns (..., features)

    padding_idx          the row that no gradient flows to
    max_norm             rows that are used are first scaled down to this norm, in place; norm_type says which norm
    scale_grad_by_freq   divide the gradient of a row by how often it is used

    Raises BoundsError for numbers that are no row, DTypeError for what are no integers, UnsupportedError for sparse=True.

    >>> import nn, numpy as np
    >>> nn.functional.embedding([2, 0], np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    array([[5., 6.],
           [1., 2.]])
    """
    refuse_sparse(sparse, "embedding")
    rows = table_rows(weight, "embedding")
    index = integers(input, "embedding", rows)
    if max_norm is not None:
        shorten(weight, index, max_norm, norm_type)
    return picked(weight, index, row_of(padding_idx, rows, "embedding"), scale_grad_by_freq)


def embedding_bag(
    input: Any,
    weight: Any,
    offsets: Any = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: BagMode = "mean",
    sparse: bool = False,
    per_sample_weights: Any = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Any:
    """Sums, means or maxima of rows of a table; see `nn.EmbeddingBag`.

    input: integers (bags, n), or (N,) with offsets   weight: (rows, features)   returns (bags, features)

    offsets               (bags,), where in the input each bag begins; with include_last_offset its end comes last
    per_sample_weights    of the shape of the input: factors of the rows, for mode="sum"
    padding_idx           the row that is left out of its bags
    The others are those of `embedding`. An empty bag gives zeros, and of equal maxima the first has the gradient.

    >>> import nn, numpy as np
    >>> table = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> nn.functional.embedding_bag([0, 1, 2], table, [0, 2], mode="sum")
    array([[4., 6.],
           [5., 6.]])
    """
    refuse_sparse(sparse, "embedding_bag")
    one_of(mode, "embedding_bag: mode", ("sum", "mean", "max"))
    if mode == "max" and scale_grad_by_freq:
        raise SettingError('embedding_bag: scale_grad_by_freq is not for mode="max", as in PyTorch: take mode="sum"')
    if mode != "sum" and per_sample_weights is not None:
        raise SettingError(f'embedding_bag: per_sample_weights are for mode="sum", and the mode is {mode!r}')
    rows = table_rows(weight, "embedding_bag")
    index = integers(input, "embedding_bag", rows)
    bags, owners = bags_of(index.shape, offsets, include_last_offset)
    weights = None if per_sample_weights is None else numeric(per_sample_weights, "embedding_bag: per_sample_weights")
    if weights is not None and weights.shape != index.shape:
        raise ShapeError(
            f"embedding_bag: the per_sample_weights are {tuple(weights.shape)}, and the input is {index.shape}"
        )
    if max_norm is not None:
        shorten(weight, index, max_norm, norm_type)
    index, weights = np.ravel(index), None if weights is None else np.ravel(weights)
    padding = row_of(padding_idx, rows, "embedding_bag")
    if padding is not None:
        kept = np.flatnonzero(index != padding)
        index, owners, weights = index[kept], owners[kept], None if weights is None else weights[kept]
    parts = picked(weight, index, None, scale_grad_by_freq)
    if mode == "max" and len(index):
        return largest(parts, owners, bags)
    if weights is not None:
        parts = parts * weights[:, None]
    sums = ops.sparse_product(ops.SparseMatrix(owners, range(len(owners)), shape=(bags, len(owners))), parts, axis=0)
    if mode == "mean":
        counts = np.maximum(np.bincount(owners, minlength=bags), 1)[:, None]
        return sums / counts.astype(sums.dtype)
    return sums


def picked(weight: Any, index: Any, padding: int | None, by_frequency: bool) -> Any:
    """Rows of a table, with the gradient that is asked for."""
    recorded = isinstance(weight, ag.Value)
    rows = weight[index] if recorded else np.asarray(weight)[index]
    if padding is not None and recorded:
        rows = np.where(np.equal(index, padding)[..., None], ag.stop_gradient(rows), rows)
    if by_frequency and recorded:
        slopes = (1 / np.bincount(np.ravel(index), minlength=1)[index])[..., None].astype(weight.dtype)
        held = ag.stop_gradient(rows)
        rows = held + ops.gate(rows - held, slopes)  # the same numbers, with other slopes
    return rows


def largest(parts: Any, owners: Any, bags: int) -> Any:
    """The maxima over the rows of each bag, 0 for an empty one."""
    counts = np.bincount(owners, minlength=bags)
    turns = np.arange(len(owners)) - np.searchsorted(owners, owners)  # the place of a row in its bag
    places = np.zeros((bags, np.max(counts)), int)
    places[owners, turns] = np.arange(len(owners))
    there = np.arange(places.shape[1]) < counts[:, None]
    filled = np.where(there[..., None], parts[places], -np.inf)
    maxima = np.take_along_axis(filled, np.argmax(filled, axis=1, keepdims=True), axis=1)[:, 0]
    return np.where(counts[:, None] > 0, maxima, np.zeros((), parts.dtype))


def shorten(weight: Any, index: Any, max_norm: float, norm_type: float) -> None:
    """Scale those rows of a table that are used down to a norm, in place."""
    used = np.unique(index)
    rows = np.asarray(weight.data if isinstance(weight, ag.Tensor) else weight)[used]
    norms = np.linalg.norm(rows, norm_type, axis=1)
    long = norms > max_norm
    if long.any():
        array = ag.writable(weight) if isinstance(weight, ag.Tensor) else weight
        # PyTorch's 1e-7, by which a norm ends up below the largest that is allowed
        array[used[long]] = rows[long] * (max_norm / (norms[long] + 1e-7)).astype(rows.dtype)[:, None]


def bags_of(shape: tuple[int, ...], offsets: Any, include_last_offset: bool) -> tuple[int, Any]:
    """How many bags there are, and to which of them each number of the input belongs."""
    if len(shape) == 2:
        if offsets is not None:
            raise ShapeError(f"embedding_bag takes no offsets with an input of shape {shape}: each row is a bag")
        return shape[0], np.repeat(np.arange(shape[0]), shape[1])
    if len(shape) != 1 or offsets is None:
        raise ShapeError(
            f"embedding_bag takes bags of one length, (bags, n), or one after the other, (N,), with offsets; the input is "
            f"{shape}, with {'no ' if offsets is None else ''}offsets"
        )
    begins = integers(offsets, "embedding_bag: offsets", None)
    if begins.ndim != 1 or (include_last_offset and not begins.size):
        raise ShapeError(f"embedding_bag: the offsets have the shape (bags,), and are {begins.shape}")
    ends = begins[1:] if include_last_offset else np.append(begins[1:], shape[0])
    begins = begins[: len(ends)]
    if begins.size and (begins[0] != 0 or (ends < begins).any() or ends[-1] > shape[0]):
        raise BoundsError(f"embedding_bag: offsets begin with 0 and do not fall, up to {shape[0]}: they are {offsets}")
    return len(begins), np.repeat(np.arange(len(begins)), ends - begins)


def integers(x: Any, asked: str, count: int | None) -> Any:
    """What was given as an array of integers from 0, below a count."""
    if isinstance(x, ag.Value) and not isinstance(x, (ag.Tensor, ag.Scalar)):
        return x  # those of one example within vmap, which have no numbers of their own
    index = np.asarray(x.data if isinstance(x, ag.Tensor) else numeric(x, asked))
    if index.dtype.kind not in "iu":
        raise DTypeError(f"{asked} takes integers, and was given {index.dtype}: convert them with x.astype(int)")
    if index.size and (index.min() < 0 or (count is not None and index.max() >= count)):
        largest = "" if count is None else f" to {count - 1}"
        raise BoundsError(f"{asked} takes numbers from 0{largest}, and was given {index.min()} to {index.max()}")
    return index


def table_rows(weight: Any, asked: str) -> int:
    """How many rows a table has."""
    shape: tuple[int, ...] = np.shape(weight)
    if len(shape) != 2:
        raise ShapeError(f"{asked} takes rows of a table of shape (rows, features), and the weight is {shape}")
    return shape[0]


def row_of(padding_idx: int | None, rows: int, asked: str) -> int | None:
    """The row that a padding_idx means, which may be counted from the end."""
    if padding_idx is None:
        return None
    if not -rows <= whole(padding_idx, f"{asked}: padding_idx", -np.inf) < rows:
        raise BoundsError(f"{asked}: padding_idx is {padding_idx}, and the table has {rows} rows")
    return int(padding_idx % rows)


def refuse_sparse(sparse: bool, asked: str) -> None:
    if sparse:
        raise UnsupportedError(f"{asked}: sparse=True asks for sparse gradients, and all are dense here: leave it out")
