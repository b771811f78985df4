"""NumPy's vocabulary as `ag.` names: every NumPy function that has an answer here, under NumPy's own names."""

from .. import primitives
from ..dispatch import row_of
from . import queries, refused
from .namespaces import answerable, namespace, rows_of
from .plain import PLAIN

__all__ = ["PLAIN", "answerable", "namespace", "primitives", "queries", "refused", "row_of", "rows_of"]
