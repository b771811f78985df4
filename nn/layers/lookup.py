"""Vectors for numbers: rows of a table that is learned."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

import autograd_core as ag
from autograd_core.errors import ShapeError

from .. import functional as F
from .. import init
from ..functional.lookup import BagMode, refuse_sparse, row_of, table_rows
from ..module import Module
from ..parameter import Parameter
from ..settings import number, one_of, whole, within

__all__ = ["Embedding", "EmbeddingBag"]


class Embedding(Module):
    """For each number a vector: a row of a table that is learned.

    input: integers (...)   weight: (num_embeddings, embedding_dim)   returns (..., embedding_dim)

    padding_idx          the row that stands for "nothing": it starts at 0, and no gradient flows to it
    max_norm             rows that are used are first scaled down to this norm, in place; norm_type says which norm
    scale_grad_by_freq   divide the gradient of a row by how often it is used in a call

    The table starts with numbers from N(0, 1). Raises BoundsError for numbers that are no row, DTypeError for what are no
    integers, UnsupportedError for sparse=True.

    >>> import nn
    >>> nn.Embedding(10, 3)([[1, 2], [4, 9]]).shape
    (2, 2, 3)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Any = None,
        _freeze: bool = False,
        dtype: Any = np.float32,
        generator: Any = None,
    ) -> None:
        refuse_sparse(sparse, "Embedding")
        self.num_embeddings = whole(num_embeddings, "Embedding: num_embeddings")
        self.embedding_dim = whole(embedding_dim, "Embedding: embedding_dim")
        self.padding_idx = row_of(padding_idx, num_embeddings, "Embedding")
        self.max_norm = None if max_norm is None else within(max_norm, "Embedding: max_norm", 0)
        self.norm_type, self.scale_grad_by_freq = number(norm_type, "Embedding: norm_type"), scale_grad_by_freq
        self.weight = table(self, _weight, dtype, generator).requires_grad_(not _freeze)

    def forward(self, input: Any) -> Any:
        return F.embedding(input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq)

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Any,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Self:
        """One with a copy of a table that is there already, (rows, features); by default it is not trained.

        >>> import nn, numpy as np
        >>> nn.Embedding.from_pretrained(np.array([[1.0, 2.0], [3.0, 4.0]]))([1])
        tensor([[3., 4.]])
        """
        return cls(
            table_rows(embeddings, "from_pretrained"), np.shape(embeddings)[1], padding_idx, max_norm, norm_type,
            scale_grad_by_freq, sparse, embeddings, freeze,
        )  # fmt: skip

    def extra_repr(self) -> str:
        words = table_words(self)
        return ", ".join(words + ([] if self.padding_idx is None else [f"padding_idx={self.padding_idx}"]))


class EmbeddingBag(Module):
    """Sums, means or maxima of the rows of a table that bags of numbers name.

    input: integers (bags, n), or (N,) with offsets   weight: (num_embeddings, embedding_dim)
    offsets: (bags,), where in the input each bag begins   per_sample_weights: of the shape of the input, for mode="sum"
    returns (bags, embedding_dim), zeros for an empty bag

    mode                  "sum", "mean" or "max"
    include_last_offset   the offsets have one more, the end of the last bag
    padding_idx           the row that is left out of its bags
    The other settings are those of `Embedding`, and so is the start.

    >>> import nn
    >>> nn.EmbeddingBag(10, 3, mode="sum")([1, 2, 4, 5], [0, 3]).shape
    (2, 3)
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: BagMode = "mean",
        sparse: bool = False,
        _weight: Any = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        dtype: Any = np.float32,
        generator: Any = None,
    ) -> None:
        refuse_sparse(sparse, "EmbeddingBag")
        self.num_embeddings = whole(num_embeddings, "EmbeddingBag: num_embeddings")
        self.embedding_dim = whole(embedding_dim, "EmbeddingBag: embedding_dim")
        self.padding_idx = row_of(padding_idx, num_embeddings, "EmbeddingBag")
        self.max_norm = None if max_norm is None else within(max_norm, "EmbeddingBag: max_norm", 0)
        self.norm_type, self.scale_grad_by_freq = number(norm_type, "EmbeddingBag: norm_type"), scale_grad_by_freq
        self.mode: BagMode = one_of(mode, "EmbeddingBag: mode", ("sum", "mean", "max"))
        self.include_last_offset = include_last_offset
        self.weight = table(self, _weight, dtype, generator)

    def forward(self, input: Any, offsets: Any = None, per_sample_weights: Any = None) -> Any:
        return F.embedding_bag(
            input, self.weight, offsets, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.mode, False,
            per_sample_weights, self.include_last_offset, self.padding_idx,
        )  # fmt: skip

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Any,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: BagMode = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> Self:
        """One with a copy of a table that is there already, (rows, features); by default it is not trained."""
        made = cls(
            table_rows(embeddings, "from_pretrained"), np.shape(embeddings)[1], max_norm, norm_type, scale_grad_by_freq,
            mode, sparse, embeddings, include_last_offset, padding_idx,
        )  # fmt: skip
        made.weight.requires_grad_(not freeze)
        return made

    def extra_repr(self) -> str:
        words = [*table_words(self), f"mode={self.mode!r}"]
        return ", ".join(words + ([] if self.padding_idx is None else [f"padding_idx={self.padding_idx}"]))


def table(layer: Any, weight: Any, dtype: Any, generator: Any) -> Any:
    """The table of a layer: the one that is given, or a new one, 0 in the row of the padding."""
    shape = layer.num_embeddings, layer.embedding_dim
    if weight is not None:
        if np.shape(weight) != shape:
            raise ShapeError(f"{type(layer).__name__} has a table of shape {shape}, and was given {np.shape(weight)}")
        return Parameter(weight)
    made = init.normal_(Parameter(np.empty(shape, dtype)), generator=generator)
    if layer.padding_idx is not None:
        ag.writable(made)[layer.padding_idx] = 0
    return made


def table_words(layer: Any) -> list[str]:
    """What the texts of both layers begin with."""
    words = [f"{layer.num_embeddings}, {layer.embedding_dim}"]
    words += [] if layer.max_norm is None else [f"max_norm={layer.max_norm}"]
    words += [] if layer.norm_type == 2 else [f"norm_type={layer.norm_type}"]
    return words + (["scale_grad_by_freq=True"] if layer.scale_grad_by_freq else [])
