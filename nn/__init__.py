"""Networks on autograd_core, with PyTorch's names: layers, losses, optimisers, mini-batches.

>>> import nn, numpy as np
>>> model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
>>> loss = nn.MSELoss()(model(np.ones((4, 2))), np.zeros((4, 1)))
>>> loss.backward()
>>> model[0].weight.grad.shape
(8, 2)
"""

from . import data, functional, init, optim, utils
from .errors import KindError, SettingError, StateDictError
from .layers import (
    GELU,
    AvgPool2d,
    BCEWithLogitsLoss,
    Conv2d,
    CrossEntropyLoss,
    Dropout,
    Flatten,
    Identity,
    Linear,
    LogSoftmax,
    MaxPool2d,
    MSELoss,
    ReLU,
    Sequential,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from .module import IncompatibleKeys, Module
from .neurons import MLP, Layer, Neuron
from .parameter import Parameter
from .random import manual_seed

__all__ = [
    "GELU", "MLP", "AvgPool2d", "BCEWithLogitsLoss", "Conv2d", "CrossEntropyLoss", "Dropout", "Flatten",
    "Identity", "IncompatibleKeys", "KindError", "Layer", "Linear", "LogSoftmax", "MSELoss", "MaxPool2d", "Module", "Neuron",
    "Parameter", "ReLU", "Sequential", "SettingError", "SiLU", "Sigmoid", "Softmax", "Softplus", "StateDictError", "Tanh",
    "data", "functional", "init", "manual_seed", "optim", "utils",
]  # fmt: skip
