"""`ag.linalg`: the names of `np.linalg`."""

import numpy as np
from numpy.linalg import LinAlgError

from .namespaces import namespace

__all__ = ["LinAlgError", *namespace(np.linalg)]  # noqa: PLE0604  # NumPy's functions, all with an answer here
globals().update(namespace(np.linalg))
