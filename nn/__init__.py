"""Networks on autograd_core, with PyTorch's names: layers, losses, optimisers, mini-batches.

>>> import nn, numpy as np
>>> model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
>>> loss = nn.MSELoss()(model(np.ones((4, 2))), np.zeros((4, 1)))
>>> loss.backward()
>>> model[0].weight.grad.shape
(8, 2)
"""

from . import data, functional, init, layers, optim, utils
from .errors import KindError, SettingError, StateDictError
from .layers import *
from .module import Module
from .neurons import MLP, Layer, Neuron
from .parameter import Parameter
from .random import manual_seed
from .states import IncompatibleKeys
from .summaries import Summary, summary

__all__ = [
    "MLP", "IncompatibleKeys", "KindError", "Layer", "Module", "Neuron", "Parameter", "SettingError", "StateDictError", "Summary",
    "data", "functional", "init", "manual_seed", "optim", "summary", "utils",
]  # fmt: skip
__all__ += layers.__all__
