"""`ag.special`: special functions, with SciPy's names and meanings.

Those that NumPy cannot compute ask SciPy, which is loaded on the first call: `pip install "autograd-core[special]"`.

>>> import autograd_core as ag
>>> ag.grad(ag.special.log_ndtr)(0.0)
0.7978845608028...
"""

from .primitives.bessel_functions import i0e, i1, i1e, iv, ive
from .primitives.entire import i0
from .primitives.entropies import entr, expit, kl_div, log_expit, logit, rel_entr, xlog1py, xlogy
from .primitives.error_functions import erf
from .primitives.gamma_functions import (
    beta,
    betainc,
    betaln,
    digamma,
    gamma,
    gammainc,
    gammaincc,
    gammaln,
    multigammaln,
    polygamma,
)
from .primitives.gaussian_integrals import erfc, erfcinv, erfcx, erfinv, log_ndtr, ndtr, ndtri
from .primitives.log_sums import log_softmax, logsumexp, softmax

psi = digamma

__all__ = [
    "beta", "betainc", "betaln", "digamma", "entr", "erf", "erfc", "erfcinv", "erfcx", "erfinv", "expit", "gamma",
    "gammainc", "gammaincc", "gammaln", "i0", "i0e", "i1", "i1e", "iv", "ive", "kl_div", "log_expit", "log_ndtr",
    "log_softmax", "logit", "logsumexp", "multigammaln", "ndtr", "ndtri", "polygamma", "psi", "rel_entr", "softmax",
    "xlog1py", "xlogy",
]  # fmt: skip
