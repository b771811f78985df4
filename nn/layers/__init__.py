"""Layers, with the names, constructor arguments, defaults and layouts of `torch.nn`."""

from . import activations, containers, convolution, dropout, linear, losses, pooling
from .activations import *
from .containers import *
from .convolution import *
from .dropout import *
from .linear import *
from .losses import *
from .pooling import *

__all__: list[str] = []
__all__ += activations.__all__
__all__ += containers.__all__
__all__ += convolution.__all__
__all__ += dropout.__all__
__all__ += linear.__all__
__all__ += losses.__all__
__all__ += pooling.__all__
