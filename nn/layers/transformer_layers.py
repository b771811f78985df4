"""The layers of transformers: attention and a small network for each place, with residual connections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import functional as F
from ..module import Module
from ..random import stream
from ..settings import one_of
from .attention import MultiheadAttention
from .dropout import Dropout
from .inputs import fitted
from .linear import Linear
from .normalization import LayerNorm

__all__ = ["TransformerDecoderLayer", "TransformerEncoderLayer"]

Activation = str | Callable[[Any], Any]


class TransformerEncoderLayer(Module):
    """Attention of a sequence to itself, then a small network for each place, both with a residual connection.

        x = norm1(x + attention(x, x, x))              norm_first: x = x + attention(norm1(x), norm1(x), norm1(x))
        x = norm2(x + linear2(activation(linear1(x))))             x = x + linear2(activation(linear1(norm2(x))))

    src: (S, N, d_model), or (N, S, d_model) with batch_first, or (S, d_model)   returns the shape of src

    d_model, nhead     features, and heads of the attention, which divide them
    dim_feedforward    features between linear1 and linear2
    dropout            of the attention's weights, of the activation, and of both results before they are added
    activation         "relu", "gelu", or a function of one value
    bias               whether attention, linear maps and norms have one

    Vaswani et al. 2017; norm_first: Xiong et al. 2020.

    >>> import nn, numpy as np
    >>> nn.TransformerEncoderLayer(d_model=8, nhead=2, dim_feedforward=16)(np.ones((5, 3, 8))).shape
    (5, 3, 8)
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        dtype: Any = np.float32,
        generator: Any = None,
    ) -> None:
        random = None if generator is None else stream(generator)
        self.self_attn = MultiheadAttention(
            d_model, nhead, dropout, bias, batch_first=batch_first, dtype=dtype, generator=random
        )
        self.linear1 = Linear(d_model, dim_feedforward, bias, dtype, random)
        self.dropout = Dropout(dropout, generator=random)
        self.linear2 = Linear(dim_feedforward, d_model, bias, dtype, random)
        self.norm_first = norm_first
        self.norm1, self.norm2 = [LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype) for _ in range(2)]
        self.dropout1, self.dropout2 = Dropout(dropout, generator=random), Dropout(dropout, generator=random)
        self.activation = activation_of(activation, "TransformerEncoderLayer")

    def forward(self, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool = False) -> Any:
        """The sequence, informed by what each place may see; masks as in `MultiheadAttention`."""

        def attend(x: Any) -> Any:
            return self.dropout1(self.self_attn(x, x, x, src_key_padding_mask, False, src_mask, is_causal=is_causal)[0])

        x = joined(fitted(src, self.linear1.weight, self), attend, self.norm1, self.norm_first)
        return joined(x, lambda x: self.dropout2(through(self, x)), self.norm2, self.norm_first)


class TransformerDecoderLayer(Module):
    """Attention of a sequence to itself and then to a memory, then a small network for each place, each as a residual.

        x = norm1(x + self_attention(x, x, x))           norm_first: x = x + self_attention(norm1(x), norm1(x), norm1(x))
        x = norm2(x + attention(x, memory, memory))                  x = x + attention(norm2(x), memory, memory)
        x = norm3(x + linear2(activation(linear1(x))))               x = x + linear2(activation(linear1(norm3(x))))

    tgt: (T, N, d_model)   memory: (S, N, d_model), or N first with batch_first, or without N   returns the shape of tgt

    Arguments as of `TransformerEncoderLayer`.

    >>> import nn, numpy as np
    >>> nn.TransformerDecoderLayer(d_model=8, nhead=2, dim_feedforward=16)(np.ones((4, 3, 8)), np.ones((5, 3, 8))).shape
    (4, 3, 8)
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        dtype: Any = np.float32,
        generator: Any = None,
    ) -> None:
        random = None if generator is None else stream(generator)
        self.self_attn, self.multihead_attn = [
            MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first, dtype=dtype, generator=random)
            for _ in range(2)
        ]
        self.linear1 = Linear(d_model, dim_feedforward, bias, dtype, random)
        self.dropout = Dropout(dropout, generator=random)
        self.linear2 = Linear(dim_feedforward, d_model, bias, dtype, random)
        self.norm_first = norm_first
        self.norm1, self.norm2, self.norm3 = [
            LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype) for _ in range(3)
        ]
        self.dropout1, self.dropout2, self.dropout3 = [Dropout(dropout, generator=random) for _ in range(3)]
        self.activation = activation_of(activation, "TransformerDecoderLayer")

    def forward(
        self,
        tgt: Any,
        memory: Any,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Any:
        """The sequence, informed by what each place may see, there and in the memory; masks as in `MultiheadAttention`."""

        def attend(x: Any) -> Any:
            return self.dropout1(
                self.self_attn(x, x, x, tgt_key_padding_mask, False, tgt_mask, is_causal=tgt_is_causal)[0]
            )

        def look_up(x: Any) -> Any:
            looked = self.multihead_attn(
                x, memory, memory, memory_key_padding_mask, False, memory_mask, is_causal=memory_is_causal
            )
            return self.dropout2(looked[0])

        memory = fitted(memory, self.linear1.weight, self)
        x = joined(fitted(tgt, self.linear1.weight, self), attend, self.norm1, self.norm_first)
        x = joined(x, look_up, self.norm2, self.norm_first)
        return joined(x, lambda x: self.dropout3(through(self, x)), self.norm3, self.norm_first)


def joined(x: Any, step: Callable[[Any], Any], norm: Module, norm_first: bool) -> Any:
    """A step with a residual connection, and a norm before or after."""
    return x + step(norm(x)) if norm_first else norm(x + step(x))


def through(layer: Any, x: Any) -> Any:
    """The small network for each place."""
    return layer.linear2(layer.dropout(layer.activation(layer.linear1(x))))


def activation_of(activation: Activation, asked: str) -> Callable[[Any], Any]:
    """The function that a name stands for; a function itself."""
    if callable(activation):
        return activation
    known: dict[str, Callable[[Any], Any]] = {"relu": F.relu, "gelu": F.gelu}
    return known[one_of(activation, f"{asked}: activation", known)]
