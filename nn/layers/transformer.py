"""Transformers: stacks of layers of attention, and the two of them that bring one sequence to another."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from autograd_core.errors import ShapeError

from .. import functional as F
from .. import init
from ..errors import KindError
from ..module import Module
from ..random import stream
from ..settings import numeric, whole
from .containers import ModuleList
from .normalization import LayerNorm
from .transformer_layers import Activation, TransformerDecoderLayer, TransformerEncoderLayer

__all__ = ["Transformer", "TransformerDecoder", "TransformerEncoder"]


class TransformerEncoder(Module):
    """A stack of encoder layers, copies of one, and a norm at the end if wanted.

    enable_nested_tensor, mask_check   PyTorch's ways to be quicker: of no effect

    As in PyTorch, all layers start from equal parameters.

    >>> import nn, numpy as np
    >>> layer = nn.TransformerEncoderLayer(d_model=8, nhead=2, dim_feedforward=16)
    >>> nn.TransformerEncoder(layer, num_layers=3, norm=nn.LayerNorm(8))(np.ones((5, 3, 8))).shape
    (5, 3, 8)
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        self.layers = copies(encoder_layer, num_layers, "TransformerEncoder")
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self, src: Any, mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool | None = None
    ) -> Any:
        for layer in self.layers:
            src = layer(src, src_mask=mask, src_key_padding_mask=src_key_padding_mask, is_causal=bool(is_causal))
        return src if self.norm is None else self.norm(src)


class TransformerDecoder(Module):
    """A stack of decoder layers, copies of one, and a norm at the end if wanted; all look at the same memory.

    >>> import nn, numpy as np
    >>> layer = nn.TransformerDecoderLayer(d_model=8, nhead=2, dim_feedforward=16)
    >>> nn.TransformerDecoder(layer, num_layers=3)(np.ones((4, 3, 8)), np.ones((5, 3, 8))).shape
    (4, 3, 8)
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        self.layers = copies(decoder_layer, num_layers, "TransformerDecoder")
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self,
        tgt: Any,
        memory: Any,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Any:
        for layer in self.layers:
            tgt = layer(
                tgt,
                memory,
                tgt_mask=tgt_mask,
                memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=bool(tgt_is_causal),
                memory_is_causal=memory_is_causal,
            )
        return tgt if self.norm is None else self.norm(tgt)


class Transformer(Module):
    """An encoder whose result is the memory of a decoder: from one sequence to another.

    src: (S, N, d_model)   tgt: (T, N, d_model), or N first with batch_first, or without N   returns the shape of tgt

    num_encoder_layers, num_decoder_layers   how many layers there are of each kind; their arguments are the others
    custom_encoder, custom_decoder           in place of those that would be made

    Matrices start xavier-uniform. Vaswani et al. 2017.

    >>> import nn, numpy as np
    >>> model = nn.Transformer(d_model=8, nhead=2, num_encoder_layers=1, num_decoder_layers=1, dim_feedforward=16)
    >>> model(np.ones((5, 3, 8)), np.ones((4, 3, 8))).shape
    (4, 3, 8)
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        custom_encoder: Any = None,
        custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        dtype: Any = np.float32,
        generator: Any = None,
    ) -> None:
        random = None if generator is None else stream(generator)
        of_layer = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias)

        def norm() -> Module:
            return LayerNorm(d_model, layer_norm_eps, bias=bias, dtype=dtype)

        self.encoder = custom_encoder or TransformerEncoder(
            TransformerEncoderLayer(*of_layer, dtype, random), num_encoder_layers, norm()
        )
        self.decoder = custom_decoder or TransformerDecoder(
            TransformerDecoderLayer(*of_layer, dtype, random), num_decoder_layers, norm()
        )
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first
        for parameter in self.parameters():
            if parameter.ndim > 1:
                init.xavier_uniform_(parameter, generator=random)

    def forward(
        self,
        src: Any,
        tgt: Any,
        src_mask: Any = None,
        tgt_mask: Any = None,
        memory_mask: Any = None,
        src_key_padding_mask: Any = None,
        tgt_key_padding_mask: Any = None,
        memory_key_padding_mask: Any = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Any:
        """The target sequence, informed by the source; masks as in `MultiheadAttention`."""
        axis = 0 if self.batch_first else 1
        src, tgt = numeric(src, "Transformer"), numeric(tgt, "Transformer")
        fits = src.ndim == tgt.ndim and src.shape[-1:] == tgt.shape[-1:] == (self.d_model,)
        if not fits or (src.ndim == 3 and src.shape[axis] != tgt.shape[axis]):
            kinds = "(N, S, {0}) and (N, T, {0})" if self.batch_first else "(S, N, {0}) and (T, N, {0})"
            raise ShapeError(
                f"Transformer takes sequences of shapes {kinds.format(self.d_model)}, both with or without N, and was given "
                f"{tuple(src.shape)} and {tuple(tgt.shape)}"
            )
        memory = self.encoder(src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal)
        return self.decoder(
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )

    @staticmethod
    def generate_square_subsequent_mask(sz: int, dtype: Any = np.float32) -> Any:
        """The mask of a sequence in which each place sees itself and what came before: -inf above the diagonal, else 0.

        >>> import nn
        >>> nn.Transformer.generate_square_subsequent_mask(2)
        array([[  0., -inf],
               [  0.,   0.]], dtype=float32)
        """
        return np.triu(np.full((sz, sz), -np.inf, dtype), 1)


def copies(layer: Module, count: int, asked: str) -> ModuleList:
    """Copies of a layer, which draw from the generator that it draws from."""
    if not isinstance(layer, Module):
        raise KindError(f"{asked} takes a layer to make copies of, and was given a {type(layer).__name__}")
    drawn_from = [getattr(module, "generator", None) for module in layer.modules()]
    count = whole(count, f"{asked}: num_layers")
    return ModuleList([copy.deepcopy(layer, {id(g): g for g in drawn_from}) for _ in range(count)])
