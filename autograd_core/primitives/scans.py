"""Running sums along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dispatch import answers, methods
from ..errors import ShapeError
from ..families import primitive
from ..samples import sample
from .layouts import astype
from .reductions import matrix, refuse


def running_total_back(g: Any, a_like: Any, axis: int | None) -> Any:
    """Each element is in its own running sum and in all later ones."""
    return np.reshape(np.flip(np.cumsum(np.flip(g, axis), axis), axis), np.shape(a_like))


running_total = primitive(
    lambda a, *, axis=None: np.cumsum(a, axis=axis),
    running_total_back,
    linear=True,
    samples=lambda: [
        sample(matrix(), axis=None),
        sample(matrix()[:, ::-1], axis=-1),
        sample(matrix(np.float32), axis=0),
        sample(matrix(complex) * (1 + 1j), axis=1),
        sample(np.float64(1.5), axis=0),
        sample(np.ones((2, 0)), axis=1),
        sample(matrix(), axis=2, raises=ShapeError),
    ],
    name="cumsum",
)


@answers(np.cumsum)
def cumsum(a: Any, axis: int | None = None, dtype: Any = None, out: None = None) -> Any:
    """The running sums along an axis; of the flattened array by default.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: ag.sum(ag.cumsum(x)))(ag.tensor([1.0, 2.0, 3.0]))
    tensor([3., 2., 1.])
    """
    refuse("cumsum", out=out)
    return running_total(a if dtype is None else astype(a, dtype), axis=axis)


def add_accumulate(array: Any, axis: int = 0, dtype: Any = None, out: None = None) -> Any:
    """np.add.accumulate, whose axis is 0 by default."""
    return cumsum(array, axis, dtype, out)


methods[np.add, "accumulate"] = add_accumulate
