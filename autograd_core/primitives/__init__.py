"""The primitives: forward, rules, domain and samples side by side, one file a family of operations."""

from . import arithmetic, contractions, elementary, indexing, layouts, reductions, selection

__all__ = ["arithmetic", "contractions", "elementary", "indexing", "layouts", "reductions", "selection"]
