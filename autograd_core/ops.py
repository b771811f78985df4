"""`ag.ops`: the operations that NumPy has no name for."""

from .families.elementwise import gate
from .primitives.activations import elu, erf, gelu, leaky_relu, relu, sigmoid, silu, softplus
from .primitives.contractions import linear
from .primitives.losses import bce_with_logits, cross_entropy, mse_loss, nll_loss
from .primitives.softmaxes import log_softmax, logsumexp, softmax
from .primitives.windows import avg_pool, conv, max_pool
from .primitives.weighted_sums import weighted_sum

__all__ = [
    "bce_with_logits", "cross_entropy", "elu", "erf", "gate", "gelu", "leaky_relu", "linear", "log_softmax", "logsumexp", "mse_loss",
    "nll_loss", "relu", "sigmoid", "silu", "softmax", "softplus", "weighted_sum",
]  # fmt: skip
