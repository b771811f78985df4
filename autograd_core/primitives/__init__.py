"""The primitives: forward, rules, domain and samples side by side, one file a family of operations."""

from . import (
    activations,
    arithmetic,
    contractions,
    einsums,
    elementary,
    extrema,
    indexing,
    joining,
    layouts,
    losses,
    moments,
    padding,
    reductions,
    scans,
    selection,
    softmaxes,
    weighted_sums,
)

__all__ = [
    "activations", "arithmetic", "contractions", "einsums", "elementary", "extrema", "indexing", "joining", "layouts", "losses",
    "moments", "padding", "reductions", "scans", "selection", "softmaxes", "weighted_sums",
]  # fmt: skip
