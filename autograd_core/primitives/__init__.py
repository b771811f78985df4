"""The primitives: forward, rules, domain and samples side by side, one file a family of operations."""

from . import (
    activations,
    arithmetic,
    contractions,
    cross_entropies,
    einsums,
    elementary,
    extrema,
    fourier,
    indexing,
    joining,
    layouts,
    linear_layer,
    losses,
    moments,
    padding,
    polynomials,
    pooling,
    reductions,
    scans,
    selection,
    series,
    softmaxes,
    sorting,
    spectra,
    taking,
    weighted_sums,
    windows,
)

__all__ = [
    "activations", "arithmetic", "contractions", "cross_entropies", "einsums", "elementary", "extrema", "fourier",
    "indexing", "joining", "layouts", "linear_layer", "losses", "moments", "padding", "polynomials", "pooling",
    "reductions", "scans", "selection", "series", "softmaxes", "sorting", "spectra", "taking", "weighted_sums", "windows",
]  # fmt: skip
