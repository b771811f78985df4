"""`ag.ops`: the operations that NumPy has no name for."""

from .families.elementwise import gate
from .primitives.activations import elu, leaky_relu, relu, sigmoid, silu, softplus
from .primitives.batch_normalizing import batch_norm
from .primitives.cross_entropies import cross_entropy, nll_loss
from .primitives.error_functions import erf, gelu
from .primitives.linear_layer import linear
from .primitives.losses import bce_with_logits, mse_loss
from .primitives.normalizing import layer_norm, rms_norm
from .primitives.piecewise_linear import hardshrink, hardsigmoid, hardtanh, softshrink, step, threshold
from .primitives.pooling import avg_pool, max_pool
from .primitives.recurrence import gru, lstm, rnn
from .primitives.recurrent_cells import gru_cell, lstm_cell, rnn_cell
from .primitives.softmaxes import log_softmax, logsumexp, softmax
from .primitives.sparse_products import SparseMatrix, sparse_product
from .primitives.standardizing import scale_shift, standardize
from .primitives.transposed_windows import conv_transpose
from .primitives.unfolding import fold, unfold
from .primitives.weighted_sums import weighted_sum
from .primitives.windows import conv

__all__ = [
    "SparseMatrix", "avg_pool", "batch_norm", "bce_with_logits", "conv", "conv_transpose", "cross_entropy", "elu", "erf", "fold",
    "gate", "gelu", "gru", "gru_cell", "hardshrink", "hardsigmoid", "hardtanh", "layer_norm", "leaky_relu", "linear",
    "log_softmax", "logsumexp", "lstm", "lstm_cell", "max_pool", "mse_loss", "nll_loss", "relu", "rms_norm",
    "rnn", "rnn_cell", "scale_shift", "sigmoid", "silu", "softmax", "softplus", "softshrink",
    "sparse_product", "standardize", "step", "threshold", "unfold", "weighted_sum",
]  # fmt: skip
