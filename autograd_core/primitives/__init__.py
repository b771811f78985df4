"""The primitives: forward, rules, domain and samples side by side, one file a family of operations.

Those that answer for NumPy's commonest functions are loaded here; the others when first asked for: by one of the functions that
`LATER` lists, or as part of `ops`, `special` and `random`.
"""

from ..dispatch import answered_later
from . import (
    applying,
    arithmetic,
    arranging,
    blocks,
    choosing,
    contractions,
    counting,
    creation,
    diagonals,
    division,
    editing,
    einsums,
    elementary,
    entire,
    extrema,
    floats,
    folds,
    indexing,
    joining,
    layouts,
    matrix_products,
    moments,
    padding,
    powers,
    products,
    ranges,
    reductions,
    repeating,
    scans,
    searching,
    selection,
    series,
    sorting,
    steps,
    taking,
)

LATER = {
    "chains": "linalg.matrix_power linalg.multi_dot",
    "correlations": "convolve correlate",
    "determinants": "linalg.det linalg.slogdet",
    "eigen": "linalg.eig linalg.eigh linalg.eigvals linalg.eigvalsh",
    "factors": "linalg.cholesky linalg.qr",
    "finite_differences": "diff ediff1d gradient trapezoid",
    "fits": "polyfit",
    "fourier": "fft.fft fft.hfft fft.ifft fft.ihfft fft.irfft fft.rfft",
    "histograms": "bincount histogram histogram2d histogram_bin_edges histogramdd",
    "interpolation": "interp",
    "least_squares": "linalg.lstsq linalg.pinv",
    "missing": "nanargmax nanargmin nancumprod nancumsum nanmax nanmean nanmin nanprod nanstd nansum nanvar",
    "norms": "linalg.matrix_norm linalg.norm linalg.vector_norm",
    "polynomials": "poly polyadd polyder polydiv polyint polymul polysub polyval roots",
    "quantiles": "median nanmedian nanpercentile nanquantile percentile quantile",
    "sets": "intersect1d isin setdiff1d setxor1d union1d unique unique_all unique_counts unique_inverse unique_values",
    "singular": "linalg.cond linalg.matrix_rank linalg.svd linalg.svdvals",
    "solvers": "linalg.inv linalg.solve linalg.tensorinv linalg.tensorsolve",
    "spectra": "fft.fft2 fft.fftfreq fft.fftn fft.fftshift fft.ifft2 fft.ifftn fft.ifftshift fft.irfft2 fft.irfftn fft.rfft2 "
    "fft.rfftfreq fft.rfftn",
    "statistics": "average corrcoef cov",
    "triangles": "diag diagflat tril triu",
}
"""File -> the NumPy functions that it answers for."""

for file, names in LATER.items():
    answered_later(f"{__name__}.{file}", names.split())
