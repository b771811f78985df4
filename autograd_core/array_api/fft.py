"""Fourier transforms of the array API standard: the names of `np.fft` that it has."""

from typing import Any

import numpy as np

from ..numpy_api import namespace
from .creation import made

TRANSFORMS = [
    "fft", "fftn", "fftshift", "hfft", "ifft", "ifftn", "ifftshift", "ihfft", "irfft", "irfftn", "rfft", "rfftn",
]  # fmt: skip
globals().update({name: answer for name, answer in namespace(np.fft).items() if name in TRANSFORMS})


def fftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: Any = None) -> Any:
    """The frequencies of the results of fft of n samples that lie d apart."""
    return made(lambda dtype: np.fft.fftfreq(n, d).astype(dtype or float), dtype=dtype, device=device)


def rfftfreq(n: int, /, *, d: float = 1.0, dtype: Any = None, device: Any = None) -> Any:
    """The frequencies of the results of rfft of n samples that lie d apart."""
    return made(lambda dtype: np.fft.rfftfreq(n, d).astype(dtype or float), dtype=dtype, device=device)


__all__ = ["fftfreq", "rfftfreq", *TRANSFORMS]  # noqa: PLE0604  # most names are computed
