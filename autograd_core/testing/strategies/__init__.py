"""Hypothesis strategies for derivatives: what is drawn is in the domain by construction, and shrinks to what can be read.

Needs the extra `testing`.

>>> import numpy as np
>>> from hypothesis import find
>>> from autograd_core.testing import strategies as ags
>>> find(ags.arrays(domain=(0.5, 2.0)), lambda x: np.sum(x) > 1)
array(2.)
"""

try:
    import hypothesis  # noqa: F401
except ImportError as error:
    raise ImportError(
        'autograd_core.testing.strategies draws with Hypothesis: pip install "autograd-core[testing]"'
    ) from error

from ..layouts import LAYOUTS, laid_out
from .arrays import arrays, distinct, dtypes, numbers
from .calls import Call, calls, containers, cotangents, directions
from .contractions import Einsum, einsums
from .matrices import conditioned, orthogonal, spd
from .programs import Program, programs
from .shapes import axes, broadcastable, indices, shapes

__all__ = [
    "LAYOUTS", "Call", "Einsum", "Program", "arrays", "axes", "broadcastable", "calls", "conditioned", "containers",
    "cotangents", "directions", "distinct", "dtypes", "einsums", "indices", "laid_out", "numbers", "orthogonal", "programs",
    "shapes", "spd",
]  # fmt: skip
