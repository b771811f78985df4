"""Convolutions and correlations of sequences. Those of images, with strides and channels, are `ag.ops.conv` (`windows`)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import ShapeError
from ..families import composed, multilinear
from ..primitive import Primitive
from ..samples import Sample, sample
from .operands import array


def bounds(m: int, n: int, mode: str) -> tuple[int, int]:
    """Where in the full convolution of sequences of lengths m and n that of a mode begins, and its length."""
    short, long = min(m, n), max(m, n)
    return {"full": (0, m + n - 1), "same": ((short - 1) // 2, long), "valid": (short - 1, long - short + 1)}[mode]


def widened(g: Any, a: Any, b: Any, mode: str) -> Any:
    """What belongs to a part of the full convolution of a and b, between zeros in the place of the rest."""
    m, n = np.shape(a)[0], np.shape(b)[0]
    start, length = bounds(m, n, mode)
    return np.pad(g, (start, m + n - 1 - start - length))


def cases_of_sliding() -> list[Sample]:
    """Sequences of several lengths; complex ones."""
    long, short = np.array([0.5, -1.25, 2.0, 1.5, 0.75]), np.array([1.0, 0.25, -2.0])
    return [
        sample(long, short),
        sample(long[:1], short[:1]),
        sample(long * (1 + 1j), short * 1j),
        sample(long.astype(np.float32), short.astype(np.float32)),
    ]


# sum_k a_(i+k) b_k, where b fits: without the conjugate of np.correlate, which would not be linear in b
slid: Primitive = multilinear(
    lambda a, b: np.correlate(a, np.conj(b), "valid"),
    lambda g, b: convolved(g, b, mode="full"),
    lambda g, a: slid(a, g),
    samples=cases_of_sliding,
    name="slide",
)
convolved: Primitive = multilinear(
    lambda a, b, *, mode="full": np.convolve(a, b, mode),
    lambda g, a_like, b, mode: slid(widened(g, a_like, b, mode), b),
    lambda g, a, b_like, mode: slid(widened(g, a, b_like, mode), a),
    samples=lambda: [
        s for s in cases_of_convolving() if s.raises is None and s.args[0].ndim and s.args[0].dtype.kind in "fc"
    ],
    name="convolve",
)


def cases_of_convolving() -> list[Sample]:
    """Every mode and both orders of lengths, even and odd; dtypes, numbers, nothing at all."""
    long, short = np.array([0.5, -1.25, 2.0, 1.5, 0.75]), np.array([1.0, 0.25, -2.0])
    pairs = [(long, short), (short, long), (long[:4], short[:2]), (short[:2], long), (long, long[::-1])]
    return [
        *[sample(a, v, mode=mode) for a, v in pairs for mode in ("full", "same", "valid")],
        sample(long * (1 + 1j), short * (2 - 1j), mode="same"),
        sample(short, long * 1j, mode="valid"),
        sample(long.astype(np.float32), short.astype(np.float32), mode="full"),
        sample(long.astype(np.float32), short, mode="full"),
        sample(np.array([1, 2, 3]), np.array([1, 2]), mode="same"),
        sample(long[:0], short, raises=ShapeError, match="is empty"),
        sample(long[None], short, raises=ShapeError, match="one dimension"),
        sample(long, short, mode="middle", raises=ValueError, match="no mode 'middle': use full, same or valid"),
    ]


def sequences(asked: str, a: Any, v: Any, mode: Any) -> tuple[Any, Any]:
    """Two sequences that can be convolved."""
    a, v = array(a), array(v)
    if mode not in ("full", "same", "valid"):
        raise ValueError(f"{asked} has no mode {mode!r}: use full, same or valid")
    if a.ndim != 1 or v.ndim != 1:
        raise ShapeError(f"{asked} takes sequences of one dimension, not the shapes {a.shape} and {v.shape}")
    if a.shape[0] == 0 or v.shape[0] == 0:
        raise ShapeError(f"{asked} of shapes {a.shape} and {v.shape}: one of them is empty")
    return a, v


@answers(np.convolve, samples=lambda: [*cases_of_convolving(), sample(np.float64(2.0), np.array([1.0, 0.5]))])
def convolve(a: Any, v: Any, mode: Any = "full") -> Any:
    """The convolution of two sequences: y_i = sum_k a_k v_(i-k).

    a, v: of lengths m and n   returns m + n - 1 numbers, max(m, n) of them in the middle for "same", or the
    |m - n| + 1 in which every element of the shorter takes part for "valid"
    Raises ShapeError for sequences that are empty or of more than one dimension.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda a: np.sum(ag.convolve(a, [1.0, 2.0, 4.0], "same")))(np.ones(3))
    array([6., 7., 3.])
    """
    a, v = [x if np.ndim(x) else np.reshape(x, 1) for x in (a, v)]
    a, v = sequences("convolve", a, v, mode)
    return convolved(a, v, mode=mode)


@answers(np.correlate, samples=cases_of_convolving)
@composed
def correlate(a: Any, v: Any, mode: Any = "valid") -> Any:
    """The correlation of two sequences: y_k = sum_n a_(n+k) conj(v_n), for the shifts k that the mode of `convolve` names.

    >>> import numpy as np, autograd_core as ag
    >>> ag.grad(lambda a: np.sum(ag.correlate(a, [1.0, 2.0])))(np.ones(3))
    array([1., 3., 2.])
    """
    a, v = sequences("correlate", a, v, mode)
    if a.shape[0] < v.shape[0]:  # which NumPy exchanges, so that "same" is centred on the longer
        return np.flip(np.conj(convolved(v, np.flip(np.conj(a)), mode=mode)))
    return convolved(a, np.flip(np.conj(v)), mode=mode)
