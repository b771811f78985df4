"""Attention by several heads."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.errors import ShapeError

from .. import functional as F
from .. import init
from ..errors import SettingError
from ..module import Module
from ..parameter import Parameter
from ..random import stream
from ..settings import whole, within
from .inputs import called, fitted
from .linear import Linear

__all__ = ["MultiheadAttention"]


class MultiheadAttention(Module):
    """Several heads, each the mean of mapped values, weighed by how well mapped keys fit a mapped query; then mapped back.

        head_i = softmax((query Q_i' + a_i) (key K_i' + b_i)' / sqrt(E / num_heads) + mask) (value V_i' + c_i)
        y = [head_1 ... head_h] O' + d

    query: (L, N, E)   key: (S, N, kdim)   value: (S, N, vdim), or (N, ..., ...) with batch_first, or (..., ...) without N
    returns (y like query, weights (N, L, S) or None)

    embed_dim, num_heads   E, and h, which divides it
    dropout                in training, this share of the weights is put to 0
    bias                   whether to add a, b, c and d
    add_bias_kv            whether there is one key and value more, learned, that every query may see
    add_zero_attn          whether there is one of zeros
    kdim, vdim             E by default
    generator              where the parameters start from, and dropout draws from

    Q, K and V start xavier-uniform, O as in `Linear`, biases as 0. Vaswani et al. 2017.

    >>> import nn, numpy as np
    >>> y, weights = nn.MultiheadAttention(4, 2)(*[np.ones((3, 1, 4))] * 3)
    >>> y.shape, weights.numpy()[0].sum(1).round(4)
    ((3, 1, 4), array([1., 1., 1.], dtype=float32))
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        dtype: Any = np.float32,
        generator: Any = None,
    ) -> None:
        self.embed_dim = whole(embed_dim, "MultiheadAttention: embed_dim", 1)
        self.num_heads = whole(num_heads, "MultiheadAttention: num_heads", 1)
        if embed_dim % num_heads:
            raise SettingError(
                f"MultiheadAttention: {embed_dim} features cannot be split among {num_heads} heads: take a number that "
                "divides them"
            )
        self.kdim = embed_dim if kdim is None else whole(kdim, "MultiheadAttention: kdim", 1)
        self.vdim = embed_dim if vdim is None else whole(vdim, "MultiheadAttention: vdim", 1)
        self.dropout = within(dropout, "MultiheadAttention: dropout, a probability,", 0, 1)
        self.batch_first, self.add_zero_attn, self.head_dim = batch_first, add_zero_attn, embed_dim // num_heads
        self.generator = random = None if generator is None else stream(generator)

        def mapping(rows: int, columns: int) -> Any:
            return init.xavier_uniform_(Parameter(np.empty((rows, columns), dtype)), generator=random)

        def row() -> Any:
            return init.xavier_normal_(Parameter(np.empty((1, 1, embed_dim), dtype)), generator=random)

        alike = self.kdim == self.vdim == embed_dim
        self.in_proj_weight = mapping(3 * embed_dim, embed_dim) if alike else None
        self.q_proj_weight = None if alike else mapping(embed_dim, embed_dim)
        self.k_proj_weight = None if alike else mapping(embed_dim, self.kdim)
        self.v_proj_weight = None if alike else mapping(embed_dim, self.vdim)
        self.in_proj_bias = Parameter(np.zeros(3 * embed_dim, dtype)) if bias else None
        self.bias_k = row() if add_bias_kv else None
        self.bias_v = row() if add_bias_kv else None
        self.out_proj = Linear(embed_dim, embed_dim, bias, dtype, random)
        if bias:
            init.zeros_(self.out_proj.bias)

    def forward(
        self,
        query: Any,
        key: Any,
        value: Any,
        key_padding_mask: Any = None,
        need_weights: bool = True,
        attn_mask: Any = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Any, Any]:
        """The heads' answers, and the weights with which they looked at the keys.

        key_padding_mask       (N, S): True for keys that no query may see, or numbers that are added to their scores
        attn_mask              (L, S) or (N num_heads, L, S): likewise, for pairs of query and key
        need_weights           whether to return the weights, averaged over the heads if average_attn_weights
        is_causal              says that attn_mask is causal, which is of no use here

        A query that may see no key gets 0 from each head.
        """
        query, key, value = self.taken(query, key, value)
        single = query.ndim == 2
        if single:
            axis = 0 if self.batch_first else 1
            alone = query is key is value
            query = np.expand_dims(query, axis)
            key, value = (query, query) if alone else (np.expand_dims(key, axis), np.expand_dims(value, axis))
            key_padding_mask = None if key_padding_mask is None else np.expand_dims(key_padding_mask, 0)
        y, weights = F.multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight, self.in_proj_bias, self.bias_k, self.bias_v,
            self.add_zero_attn, self.dropout, self.out_proj.weight, self.out_proj.bias, self.training, key_padding_mask,
            need_weights, attn_mask, self.in_proj_weight is None, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight,
            average_attn_weights=average_attn_weights, is_causal=is_causal, batch_first=self.batch_first,
            generator=self.generator,
        )  # fmt: skip
        if single:
            y, weights = np.squeeze(y, axis), None if weights is None else np.squeeze(weights, 0)
        return y, weights

    def taken(self, query: Any, key: Any, value: Any) -> tuple[Any, Any, Any]:
        """The inputs in the dtype of the parameters, one object where it is given several times; ShapeError for others."""
        q = fitted(query, self.out_proj.weight, self)
        k = q if key is query else fitted(key, self.out_proj.weight, self)
        v = q if value is query else k if value is key else fitted(value, self.out_proj.weight, self)
        ndim, batch = q.ndim, slice(0, 1) if self.batch_first else slice(1, 2)
        widths = [x.shape[-1:] for x in (q, k, v)]
        if (
            ndim not in (2, 3)
            or not ndim == k.ndim == v.ndim
            or widths != [(self.embed_dim,), (self.kdim,), (self.vdim,)]
            or k.shape[:-1] != v.shape[:-1]
            or (ndim == 3 and q.shape[batch] != k.shape[batch])
        ):
            kinds = [f"({'N, L' if self.batch_first else 'L, N'}, {self.embed_dim})"]
            kinds += [f"({'N, S' if self.batch_first else 'S, N'}, {n})" for n in (self.kdim, self.vdim)]
            raise ShapeError(
                f"{called(self)} takes query {kinds[0]}, key {kinds[1]} and value {kinds[2]}, all of them with or without N, "
                f"and was given {tuple(q.shape)}, {tuple(k.shape)} and {tuple(v.shape)}"
            )
        return q, k, v
