"""Checking derivatives: of this library's operations, of your own, of whole models.

>>> import numpy as np, autograd_core as ag
>>> from autograd_core.testing import check_grads
>>> report = check_grads(lambda x: np.sin(x) * x, np.array([0.5, 1.0]))
>>> report.worst < 1e-8
True
"""

from .checks import Report, Row, check_grads
from .examples import samples_of

__all__ = ["Report", "Row", "check_grads", "samples_of"]
