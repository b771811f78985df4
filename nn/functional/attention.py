"""Averages of values, weighed by how well their keys fit a query."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import ops
from autograd_core.errors import DTypeError, ShapeError

from ..errors import SettingError
from ..settings import numeric
from .noise import dropout
from .products import linear

__all__ = ["multi_head_attention_forward", "scaled_dot_product_attention"]


def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    *,
    scale: float | None = None,
    enable_gqa: bool = False,
    generator: Any = None,
) -> Any:
    """softmax(scale * query key' + mask) value: for each query the mean of the values whose keys fit it.

    query: (..., L, E)   key: (..., S, E)   value: (..., S, V)   returns (..., L, V)

    attn_mask    broadcast to (..., L, S): True for what takes part, or numbers that are added
    dropout_p    in training or not, this share of the weights is put to 0
    is_causal    the i-th query sees the first i + 1 keys only
    scale        1 / sqrt(E) by default
    enable_gqa   query has more heads (the axis before L) than key and value: each of theirs serves several

    A query that may see no key gets 0. Vaswani et al. 2017.

    >>> import nn, numpy as np
    >>> x = np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> nn.functional.scaled_dot_product_attention(x, x, x, is_causal=True, scale=0.0)
    array([[1. , 0. ],
           [0.5, 0.5]])
    """
    asked = "scaled_dot_product_attention"
    query, key, value = numeric(query, asked), numeric(key, asked), numeric(value, asked)
    check_attention(asked, query.shape, key.shape, value.shape)
    if enable_gqa:
        key, value = (np.repeat(x, shared(query.shape, x.shape), axis=-3) for x in (key, value))
    if is_causal:
        if attn_mask is not None:
            raise SettingError(f"{asked}: is_causal is a mask by itself: give one of is_causal and attn_mask")
        attn_mask = np.tri(query.shape[-2], key.shape[-2], dtype=bool)
    elif attn_mask is not None:
        attn_mask = numeric(attn_mask, f"{asked}: attn_mask")
        attn_mask = attn_mask if attn_mask.dtype == bool else added(attn_mask, query.dtype)
        shape = (*query.shape[:-1], key.shape[-2])
        if len(attn_mask.shape) > len(shape) or any(
            m not in (1, n) for m, n in zip(attn_mask.shape[::-1], shape[::-1], strict=False)
        ):
            raise ShapeError(f"{asked} takes an attn_mask that broadcasts to {shape}, and was given {attn_mask.shape}")
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    weights = dropout(attention_weights(query * scale, key, attn_mask), dropout_p, generator=generator)
    return np.matmul(weights, value)


def multi_head_attention_forward(
    query: Any,
    key: Any,
    value: Any,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Any,
    in_proj_bias: Any,
    bias_k: Any,
    bias_v: Any,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Any,
    out_proj_bias: Any,
    training: bool = True,
    key_padding_mask: Any = None,
    need_weights: bool = True,
    attn_mask: Any = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Any = None,
    k_proj_weight: Any = None,
    v_proj_weight: Any = None,
    static_k: Any = None,
    static_v: Any = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
    *,
    batch_first: bool = False,
    generator: Any = None,
) -> tuple[Any, Any]:
    """Attention by several heads, between linear maps; see `nn.MultiheadAttention`, which calls it.

    query: (L, N, E)   key: (S, N, K)   value: (S, N, V), or with N first by batch_first
    returns ((L, N, E), (N, L, S)), the second None unless need_weights, (N, heads, L, S) without average_attn_weights

    static_k, static_v   (N heads, S, E / heads): in place of what key and value are mapped to
    The other arguments are the parameters of the layer, under their names.

    >>> import nn, numpy as np
    >>> x, one = np.ones((3, 1, 2)), np.eye(2)
    >>> maps = (np.concatenate([one] * 3), None, None, None, False, 0.0, one, None)
    >>> nn.functional.multi_head_attention_forward(x, x, x, 2, 1, *maps)[0].shape
    (3, 1, 2)
    """
    if query.shape[-1] != embed_dim_to_check or embed_dim_to_check % num_heads:
        raise ShapeError(
            f"multi_head_attention_forward by {num_heads} heads takes queries of {embed_dim_to_check} features, a multiple "
            f"of {num_heads}, and was given shape {tuple(query.shape)}"
        )
    weights = [q_proj_weight, k_proj_weight, v_proj_weight] if use_separate_proj_weight else in_proj_weight
    q, k, v = projected(query, key, value, weights, in_proj_bias, num_heads, batch_first)
    n, heads, length, size = q.shape
    if static_k is not None:
        k = np.reshape(static_k, (n, heads, -1, size))
    if static_v is not None:
        v = np.reshape(static_v, (n, heads, -1, size))
    mask = merged(attn_mask, key_padding_mask, (n, heads, length, k.shape[2]), is_causal, q.dtype)
    rows = [] if bias_k is None else [(bias_k, bias_v)]
    if add_zero_attn:
        rows.append((np.zeros(heads * size, q.dtype),) * 2)
    for row_k, row_v in rows:
        k, v, mask = with_row(k, row_k), with_row(v, row_v), seen(mask)
    a = attention_weights(q * (1 / math.sqrt(size)), k, mask)
    a = dropout(a, dropout_p, training, generator=generator)
    y = np.transpose(np.matmul(a, v), (0, 2, 1, 3) if batch_first else (2, 0, 1, 3))
    y = linear(np.reshape(y, (*y.shape[:2], heads * size)), out_proj_weight, out_proj_bias)
    if not need_weights:
        return y, None
    return y, np.mean(a, axis=1) if average_attn_weights else a


# -- weights and masks -----------------------------------------------------------------------------------------------------


def attention_weights(query: Any, key: Any, mask: Any) -> Any:
    """softmax(query key' + mask); 0 for a query that may see no key.

    mask   True for what takes part, numbers that are added, or None
    """
    scores = np.matmul(query, np.swapaxes(key, -1, -2))
    if mask is None:
        return ops.softmax(scores)
    if mask.dtype == bool:
        mask = np.where(mask, 0.0, -np.inf).astype(scores.dtype)
    numbers = mask.numpy() if isinstance(mask, ag.Tensor) else mask
    blind = np.all(np.equal(numbers, -np.inf), axis=-1, keepdims=True)
    if not np.any(blind):
        return ops.softmax(scores + mask)
    return np.where(
        blind, np.zeros((), scores.dtype), ops.softmax(scores + np.where(blind, np.zeros_like(numbers), mask))
    )


def added(mask: Any, dtype: Any) -> Any:
    """A mask of numbers that are added, in the dtype to compute in; a Tensor is what it is."""
    if mask.dtype.kind != "f":
        raise DTypeError(
            f"a mask holds True and False, or floats that are added, not {mask.dtype}: write mask.astype(bool)"
        )
    return mask if isinstance(mask, ag.Value) else mask.astype(dtype, copy=False)


def left_out(mask: Any, what: str, dtype: Any) -> Any:
    """A mask in which True stands for what is left out, as numbers to be added."""
    mask = numeric(mask, what)
    return np.where(mask, -np.inf, 0.0).astype(dtype) if mask.dtype == bool else added(mask, dtype)


def merged(attn_mask: Any, key_padding_mask: Any, shape: tuple[int, ...], is_causal: bool, dtype: Any) -> Any:
    """One mask to be added to scores of shape (N, heads, L, S), or None."""
    n, heads, length, size = shape
    if attn_mask is None:
        if is_causal:
            raise SettingError(
                "is_causal says that attn_mask is causal, and there is none: give "
                f"nn.Transformer.generate_square_subsequent_mask({length})"
            )
    else:
        attn_mask = left_out(attn_mask, "attn_mask", dtype)
        if attn_mask.shape == (n * heads, length, size):
            attn_mask = np.reshape(attn_mask, shape)
        elif attn_mask.shape != (length, size):
            raise ShapeError(
                f"attn_mask has the shape (L, S) or (N heads, L, S), here {(length, size)} or {(n * heads, length, size)}, "
                f"and was given as {tuple(attn_mask.shape)}"
            )
    if key_padding_mask is None:
        return attn_mask
    padding = left_out(key_padding_mask, "key_padding_mask", dtype)
    if padding.shape != (n, size):
        raise ShapeError(
            f"key_padding_mask has the shape (N, S), here {(n, size)}, and was given as {tuple(padding.shape)}"
        )
    padding = np.reshape(padding, (n, 1, 1, size))
    return padding if attn_mask is None else attn_mask + padding


def seen(mask: Any) -> Any:
    """A mask to be added for one key more, which every query may see."""
    return None if mask is None else np.concatenate([mask, np.zeros_like(mask[..., :1])], axis=-1)


# -- heads -----------------------------------------------------------------------------------------------------------------


def projected(
    query: Any, key: Any, value: Any, weights: Any, bias: Any, heads: int, batch_first: bool
) -> tuple[Any, ...]:
    """Query, key and value, mapped and split into heads: (N, heads, L, E / heads) each.

    weights   one for all three, (3 E, E), or a list of three
    """
    if query is key is value and not isinstance(weights, list):
        y = linear(query, weights, bias)
        y = np.reshape(y, (*y.shape[:2], 3, heads, y.shape[2] // (3 * heads)))
        return np.unstack(np.transpose(y, (2, 0, 3, 1, 4) if batch_first else (2, 1, 3, 0, 4)))
    weights = weights if isinstance(weights, list) else np.split(weights, 3)
    biases = [None] * 3 if bias is None else np.split(bias, 3)
    mapped = [linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases, strict=True)]
    axes = (0, 2, 1, 3) if batch_first else (1, 2, 0, 3)
    return tuple([np.transpose(np.reshape(y, (*y.shape[:2], heads, y.shape[2] // heads)), axes) for y in mapped])


def with_row(x: Any, row: Any) -> Any:
    """Keys or values, (N, heads, S, E / heads), with one more for all examples: a row of E numbers."""
    n, heads, _, size = x.shape
    return np.concatenate([x, np.broadcast_to(np.reshape(row, (heads, 1, size)), (n, heads, 1, size))], axis=2)


def shared(query: tuple[int, ...], key: tuple[int, ...]) -> int:
    """How many heads of the query each head of the key serves."""
    if len(query) < 3 or len(key) < 3 or query[-3] % key[-3]:
        raise ShapeError(
            f"enable_gqa needs heads of the query that are a multiple of those of key and value, and was given {query} and {key}"
        )
    return query[-3] // key[-3]


def check_attention(asked: str, query: tuple[int, ...], key: tuple[int, ...], value: tuple[int, ...]) -> None:
    """Raise ShapeError for a query, key and value that do not fit each other."""
    if min(map(len, (query, key, value))) < 2 or query[-1] != key[-1] or key[-2] != value[-2]:
        raise ShapeError(
            f"{asked} takes query (..., L, E), key (..., S, E) and value (..., S, V), and was given {tuple(query)}, "
            f"{tuple(key)} and {tuple(value)}"
        )
