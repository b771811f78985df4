"""Regularisation by chance."""

from __future__ import annotations

from typing import Any

from .. import functional as F
from ..module import Module
from ..random import stream
from ..settings import within

__all__ = ["Dropout"]


class Dropout(Module):
    """In training, each element is put to 0 with probability p and the others are divided by 1 - p; else x itself.

    generator   a NumPy generator or a seed; by default this thread's stream, see `manual_seed`

    Srivastava et al. 2014. Raises SettingError unless 0 <= p <= 1.

    >>> import nn, numpy as np
    >>> drop = nn.Dropout(0.5, generator=0)
    >>> sorted(set(drop(np.ones(100)).tolist()))
    [0.0, 2.0]
    >>> drop.eval()(np.ones(3))
    array([1., 1., 1.])
    """

    def __init__(self, p: float = 0.5, generator: Any = None) -> None:
        self.p = within(p, "Dropout: p, a probability,", 0, 1)
        self.generator = None if generator is None else stream(generator)

    def forward(self, x: Any) -> Any:
        return F.dropout(x, self.p, self.training, self.generator)

    def extra_repr(self) -> str:
        return f"p={self.p}"
