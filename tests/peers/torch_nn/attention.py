"""Attention and transformers. No query is left without a key: by then PyTorch gives NaN in some of its ways, 0 in others."""

from __future__ import annotations

from typing import Any

import numpy as np

from .cases import Case, Random, configurations, maybe, one


def mask(random: Random, *shape: int, visible: bool) -> np.ndarray:
    """A random mask, boolean (True is what may be seen if `visible`) or of numbers; the first key can always be seen."""
    hidden = random.random(shape) < 0.3
    hidden[..., 0] = False
    if random.random() < 0.5:
        return ~hidden if visible else hidden
    return np.where(hidden, -np.inf, random.standard_normal(shape) * one(random, 0, 1))


def of_one_kind(random: Random, *masks: np.ndarray | None) -> list[Any]:
    """Masks of numbers where any is, since PyTorch warns of mixtures."""
    numbers = any(m is not None and m.dtype != bool for m in masks)
    return [np.where(m, -np.inf, 0.0) if m is not None and m.dtype == bool and numbers else m for m in masks]


@configurations("functional.scaled_dot_product_attention")
def scaled_dot_product(name: str, random: Random) -> Case:
    n, length, size, width, values = random.integers(1, 5, 5).tolist()
    heads, each = random.integers(1, 4, 2).tolist()
    settings = maybe(random, scale=0.3)
    grouped = random.random() < 0.3
    if grouped:
        settings["enable_gqa"] = True
    lead, few = (n, heads * each if grouped else heads), (n, heads)
    if not grouped and random.random() < 0.3:
        lead = few = (n,)
    query, key, value = (
        random.standard_normal((*axes, *shape))
        for axes, shape in ((lead, (length, width)), (few, (size, width)), (few, (size, values)))
    )
    kind = random.integers(3)
    if kind == 1:
        settings["is_causal"] = True
    shape = one(random, (length, size), (*lead, length, size), (*[1] * len(lead), 1, size))
    masks = [mask(random, *shape, visible=True)] if kind == 2 else []
    return Case((query, key, value, *masks), (), settings)


def sequence(random: Random, n: int | None, length: int, width: int, batch_first: bool) -> np.ndarray:
    shape = (length, width) if n is None else (n, length, width) if batch_first else (length, n, width)
    return random.standard_normal(shape)


def masks_for(random: Random, n: int | None, heads: int, length: int, size: int) -> list[Any]:
    """A mask of queries and keys, and one of keys; either may be None."""
    pairs = one(random, (length, size), ((n or 1) * heads, length, size))
    keys = (size,) if n is None else (n, size)
    drawn = [mask(random, *s, visible=False) if random.random() < 0.5 else None for s in (pairs, keys)]
    return of_one_kind(random, *drawn)


@configurations("MultiheadAttention")
def multi_head(name: str, random: Random) -> Case:
    heads, each, length, size, kdim, vdim = random.integers(1, 5, 6).tolist()
    n, width = one(random, None, 1, 3), heads * each
    choices = {
        "bias": False,
        "add_bias_kv": True,
        "add_zero_attn": True,
        "kdim": kdim,
        "vdim": vdim,
        "batch_first": True,
    }
    settings = maybe(random, **choices)
    batch_first = settings.get("batch_first", False)
    query = sequence(random, n, length, width, batch_first)
    key = sequence(random, n, size, settings.get("kdim", width), batch_first)
    value = sequence(random, n, size, settings.get("vdim", width), batch_first)
    if random.random() < 0.4 and settings.get("kdim", width) == settings.get("vdim", width) == width:
        size, key, value = length, query, query
    attn_mask, padding = masks_for(random, n, heads, length, size)
    options = maybe(random, need_weights=False, average_attn_weights=False)
    options |= {"attn_mask": attn_mask, "key_padding_mask": padding}
    settings |= maybe(random, dropout=0.4)
    return Case((query, key, value), (width, heads), settings, options, train="dropout" not in settings)


@configurations("functional.multi_head_attention_forward")
def multi_head_by_function(name: str, random: Random) -> Case:
    heads, each, length, size, n = random.integers(1, 4, 5).tolist()
    width = heads * each
    query, key = random.standard_normal((length, n, width)), random.standard_normal((size, n, width))
    separate, bias = random.random() < 0.5, random.random() < 0.7
    rows = [random.standard_normal((1, 1, width)) if random.random() < 0.5 else None] * 2
    attn_mask, padding = masks_for(random, n, heads, length, size)
    settings = {"attn_mask": attn_mask, "key_padding_mask": padding, "training": False} | maybe(
        random, need_weights=False
    )
    if separate:
        names = ("q_proj_weight", "k_proj_weight", "v_proj_weight")
        settings |= {"use_separate_proj_weight": True} | {w: random.standard_normal((width, width)) for w in names}
    if rows[0] is None and random.random() < 0.3:
        settings["static_k"] = random.standard_normal((n * heads, size, each))
    inputs = (
        *(query, key, key, width, heads),
        *(
            None if separate else random.standard_normal((3 * width, width)),
            random.standard_normal(3 * width) if bias else None,
        ),
        *(*rows, bool(random.random() < 0.3), 0.5),
        *(random.standard_normal((width, width)), random.standard_normal(width) if bias else None),
    )
    return Case(inputs, (), settings)


def layer_settings(random: Random) -> dict[str, Any]:
    choices = {"layer_norm_eps": 0.1, "batch_first": True, "norm_first": True, "bias": False}
    return {"dropout": 0.0} | maybe(random, **choices) | maybe(random, activation=one(random, "relu", "gelu"))


@configurations("TransformerEncoderLayer")
def encoder_layer(name: str, random: Random) -> Case:
    heads, each, length, hidden = random.integers(1, 5, 4).tolist()
    n, settings = one(random, None, 1, 3), layer_settings(random)
    x = sequence(random, n, length, heads * each, settings.get("batch_first", False))
    src_mask, padding = masks_for(random, n, heads, length, length)
    options = {"src_mask": src_mask, "src_key_padding_mask": padding}
    return Case((x,), (heads * each, heads, hidden), settings, options)


@configurations("TransformerDecoderLayer")
def decoder_layer(name: str, random: Random) -> Case:
    heads, each, length, size, hidden = random.integers(1, 5, 5).tolist()
    n, settings = one(random, None, 1, 3), layer_settings(random)
    batch_first = settings.get("batch_first", False)
    x, memory = (sequence(random, n, m, heads * each, batch_first) for m in (length, size))
    options = dict(zip(("tgt_mask", "tgt_key_padding_mask"), masks_for(random, n, heads, length, length), strict=True))
    options |= dict(
        zip(("memory_mask", "memory_key_padding_mask"), masks_for(random, n, heads, length, size), strict=True)
    )
    return Case((x, memory), (heads * each, heads, hidden), settings, options)


@configurations("Transformer")
def transformer(name: str, random: Random) -> Case:
    heads, each, length, size, hidden = random.integers(1, 4, 5).tolist()
    n, settings = one(random, None, 1, 3), layer_settings(random)
    batch_first = settings.get("batch_first", False)
    src, tgt = (sequence(random, n, m, heads * each, batch_first) for m in (size, length))
    options = {}
    for names, rows, columns in (
        (("src",) * 2, size, size),
        (("tgt",) * 2, length, length),
        (("memory",) * 2, length, size),
    ):
        pairs, keys = masks_for(random, n, heads, rows, columns)
        options |= {f"{names[0]}_mask": pairs, f"{names[1]}_key_padding_mask": keys}
    layers = {"num_encoder_layers": int(random.integers(1, 3)), "num_decoder_layers": int(random.integers(1, 3))}
    return Case((src, tgt), (heads * each, heads), {**layers, "dim_feedforward": hidden, **settings}, options)
