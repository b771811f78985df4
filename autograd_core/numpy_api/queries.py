"""Questions about values that have no derivative: shapes, dtypes, comparisons of whole arrays, new arrays alike."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ..batches import Batched
from ..dispatch import answers
from ..recording import tensor_of, unwrap
from ..samples import Sample, sample


def asks(function: Callable[..., Any], of_form: bool = False) -> None:
    """Let a NumPy function that asks about values be answered from their arrays."""

    @wraps(function)
    def answer(*args: Any, **settings: Any) -> Any:
        return function(
            *bare(args, of_form), **dict(zip(settings, bare(list(settings.values()), of_form), strict=True))
        )

    answers(function, samples=list)(answer)  # its answer is NumPy's own


def bare(args: Any, of_form: bool = False) -> list[Any]:
    """Arguments with values replaced by their arrays, one level of lists included.

    of_form   only shapes and dtypes matter: one example of a batch is replaced by zeros
    """
    if of_form:
        args = [np.broadcast_to(np.zeros((), a.dtype), a.shape) if type(a) is Batched else a for a in args]
    return [unwrap(a) if isinstance(a, (list, tuple)) else unwrap([a])[0] for a in args]


for of_form in (np.shape, np.ndim, np.size, np.iscomplexobj, np.isrealobj, np.result_type, np.can_cast):
    asks(of_form, of_form=True)
for query in (
    np.array2string, np.array_equal, np.array_equiv, np.array_repr, np.array_str, np.allclose, np.common_type,
    np.diag_indices_from, np.einsum_path, np.isclose, np.ix_, np.may_share_memory, np.min_scalar_type, np.ravel_multi_index,
    np.shares_memory, np.tril_indices_from, np.triu_indices_from, np.unravel_index,
):  # fmt: skip
    asks(query)


def makes(function: Callable[..., Any]) -> None:
    """Let a NumPy function that makes an array like another give a Tensor for a value."""

    @wraps(function)
    def answer(a: Any, *args: Any, **settings: Any) -> Any:
        if type(a) is Batched:
            settings = {**dict(zip(("dtype", "order", "subok", "shape"), args, strict=False)), **settings}
            if settings.get("shape") is not None:
                settings["shape"] = (a.level.size, *np.atleast_1d(settings["shape"]))
            return Batched(answer(a.value, **settings), a.level)
        (data,) = unwrap([a])
        made = function(np.asarray(data), *args, **settings)
        return tensor_of(made, None) if data is not a else made

    answers(function, samples=list if function is np.empty_like else alike)(answer)


def alike() -> list[Sample]:
    """Arrays to be like, in another dtype and shape."""
    x = np.array([[0.5, -1.25, 2.0]])
    return [
        sample(x),
        sample(x.astype(np.float32)[::-1], dtype=complex, order="F"),
        sample(x * 1j, shape=(2, 1)),
        sample(np.float64(2.0), subok=False, device="cpu"),
        sample([1, 2], np.float32),
        sample(np.ones((0, 2))),
    ]


for like in (np.zeros_like, np.ones_like, np.empty_like):
    makes(like)
