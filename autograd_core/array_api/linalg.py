"""Linear algebra of the array API standard: the names of `np.linalg` that it has."""

import numpy as np

from ..numpy_api import namespace

FUNCTIONS = [
    "cholesky", "cross", "det", "diagonal", "eigh", "eigvalsh", "inv", "matmul", "matrix_norm", "matrix_power",
    "matrix_rank", "matrix_transpose", "outer", "pinv", "qr", "slogdet", "solve", "svd", "svdvals", "tensordot",
    "trace", "vecdot", "vector_norm",
]  # fmt: skip

__all__ = [*FUNCTIONS]  # noqa: PLE0604  # computed
globals().update({name: answer for name, answer in namespace(np.linalg).items() if name in FUNCTIONS})
