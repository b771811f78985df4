"""NumPy's vocabulary as `ag.` names: every NumPy function that has an answer here, under NumPy's own names."""

from .. import primitives
from . import queries, refused
from .namespaces import namespace, rows_of
from .plain import PLAIN

__all__ = ["PLAIN", "namespace", "primitives", "queries", "refused", "rows_of"]
