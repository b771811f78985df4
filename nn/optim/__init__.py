"""Optimisers, with the arguments and the update formulas of `torch.optim`."""

from .adam import Adam
from .optimizer import Optimizer
from .sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer"]
