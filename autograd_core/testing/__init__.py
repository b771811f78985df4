"""Checking derivatives: of this library's operations, of your own, of whole models.

>>> import numpy as np, autograd_core as ag
>>> from autograd_core.testing import check_grads
>>> report = check_grads(lambda x: np.sin(x) * x, np.array([0.5, 1.0]))
>>> report.worst < 1e-8
True
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .cases import Case, cases_of
from .checks import GradientMismatch, Report, Row, check_grads
from .examples import samples_of
from .laws import LAWS, Law, LawError
from .modules import check_module

if TYPE_CHECKING:
    from . import strategies
    from .draws import Trials

__all__ = [
    "LAWS",
    "Case",
    "GradientMismatch",
    "Law",
    "LawError",
    "Report",
    "Row",
    "Trials",
    "cases_of",
    "check_grads",
    "check_module",
    "samples_of",
    "strategies",
]


def __getattr__(name: str) -> Any:
    """What draws loads on first use: it needs Hypothesis, which `check_grads` does not."""
    if name == "strategies":
        return import_module(".strategies", __name__)
    if name == "Trials":
        return import_module(".draws", __name__).Trials
    raise AttributeError(f"module 'autograd_core.testing' has no attribute {name!r}")
