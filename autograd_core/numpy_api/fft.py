"""`ag.fft`: the names of `np.fft` that have an answer here."""

import numpy as np

from .namespaces import namespace

__all__ = [*namespace(np.fft)]  # noqa: PLE0604  # NumPy's names, as far as they have an answer here
globals().update(namespace(np.fft))
