"""Networks on autograd_core, with PyTorch's names: layers, losses, optimisers, mini-batches.

>>> import nn, numpy as np
>>> model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
>>> loss = nn.MSELoss()(model(np.ones((4, 2))), np.zeros((4, 1)))
>>> loss.backward()
>>> model[0].weight.grad.shape
(8, 2)
"""

from importlib import import_module as _import_module
from typing import Any as _Any

from . import data, functional, init, layers, optim, training, utils
from .errors import DataError, KindError, SettingError, StateDictError
from .layers import *
from .module import Module
from .neurons import MLP, Layer, Neuron
from .parameter import Parameter
from .random import manual_seed
from .saving import load_file, save_file
from .states import IncompatibleKeys
from .summaries import Summary, summary
from .training import fit

__all__ = [
    "MLP", "DataError", "IncompatibleKeys", "KindError", "Layer", "Module", "Neuron", "Parameter", "SettingError",
    "StateDictError", "Summary", "data", "fit", "functional", "init", "load_file", "manual_seed", "optim",
    "save_file", "summary", "training", "utils",
]  # fmt: skip
__all__ += layers.__all__


def __getattr__(name: str) -> _Any:
    """`nn.sklearn` loads when it is first asked for, and scikit-learn with it."""
    if name == "sklearn":
        return _import_module(".sklearn", __name__)
    raise AttributeError(f"module 'nn' has no attribute {name!r}")
