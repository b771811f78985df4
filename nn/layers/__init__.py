"""Layers, with the names, constructor arguments, defaults and layouts of `torch.nn`."""

from . import (
    activations,
    borders,
    containers,
    convolution,
    dropout,
    linear,
    losses,
    normalization,
    pooling,
    rearranging,
    rectifiers,
    resampling,
    running_norms,
    softmaxes,
    transposed_convolution,
)
from .activations import *
from .borders import *
from .containers import *
from .convolution import *
from .dropout import *
from .linear import *
from .losses import *
from .normalization import *
from .pooling import *
from .rearranging import *
from .rectifiers import *
from .resampling import *
from .running_norms import *
from .softmaxes import *
from .transposed_convolution import *

__all__: list[str] = []
__all__ += activations.__all__
__all__ += borders.__all__
__all__ += containers.__all__
__all__ += convolution.__all__
__all__ += dropout.__all__
__all__ += linear.__all__
__all__ += losses.__all__
__all__ += normalization.__all__
__all__ += pooling.__all__
__all__ += rearranging.__all__
__all__ += rectifiers.__all__
__all__ += resampling.__all__
__all__ += running_norms.__all__
__all__ += softmaxes.__all__
__all__ += transposed_convolution.__all__
