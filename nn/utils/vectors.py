"""All parameters as one vector."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core.errors import ShapeError

from ..settings import numeric, parameters_in


def parameters_to_vector(parameters: Any) -> Any:
    """All parameters one after the other, as a vector through which gradients flow.

    >>> import nn
    >>> layer = nn.Linear(2, 3)
    >>> nn.utils.parameters_to_vector(layer.parameters()).shape
    (9,)
    """
    return ag.concatenate([ag.ravel(p) for p in parameters_in(parameters, "parameters_to_vector")])


def vector_to_parameters(vec: Any, parameters: Any) -> None:
    """Write the elements of a vector into the parameters, one after the other; the vector itself stays apart.

    Raises ShapeError unless there are as many.

    >>> import nn
    >>> w, b = nn.Parameter([[0.0, 0.0]]), nn.Parameter([0.0])
    >>> nn.utils.vector_to_parameters([1.0, 2.0, 3.0], [w, b])
    >>> w.tolist(), b.tolist()
    ([[1.0, 2.0]], [3.0])
    """
    targets = parameters_in(parameters, "vector_to_parameters")
    found = numeric(vec, "vector_to_parameters")
    values, sizes = found.data if isinstance(found, ag.Value) else found, [p.size for p in targets]
    if values.shape != (sum(sizes),):
        raise ShapeError(
            f"parameters of the shapes {[p.shape for p in targets]} take a vector of {sum(sizes)} elements, and this one is of "
            f"shape {values.shape}"
        )
    for p, part in zip(targets, np.split(values, np.cumsum(sizes)[:-1]), strict=True):
        if isinstance(p, ag.Scalar):
            p.data = part.item()
        else:
            ag.writable(p)[...] = part.reshape(p.shape)
