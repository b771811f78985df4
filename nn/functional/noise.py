"""Noise that is there in training only."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core import ops
from autograd_core.errors import DTypeError

from ..random import stream
from ..settings import numeric, within

__all__ = ["dropout"]


def dropout(input: Any, p: float = 0.5, training: bool = True, generator: Any = None) -> Any:
    """In training, 0 in place of each element with probability p, the others divided by 1 - p; else the input itself.

    Raises SettingError unless 0 <= p <= 1, DTypeError for integers.

    >>> import nn, numpy as np
    >>> nn.functional.dropout(np.ones(4), 0.0)
    array([1., 1., 1., 1.])
    """
    within(p, "dropout: p, a probability,", 0, 1)
    if not training or p == 0:
        return input
    input = numeric(input, "dropout")
    if input.dtype.kind not in "fc":
        raise DTypeError(
            f"dropout divides what it keeps by {1 - p:g}, and was given {input.dtype} data: convert it with "
            "x.astype('float32')"
        )
    weights = np.asarray(stream(generator).random(input.shape, dtype=np.float32) >= p).astype(input.dtype)
    if p < 1:
        weights *= 1 / (1 - p)
    weights.flags.writeable = False  # so that the record need not copy it
    return ops.gate(input, weights)
