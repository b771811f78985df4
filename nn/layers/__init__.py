"""Layers, with the names, constructor arguments, defaults and layouts of `torch.nn`."""

from . import (
    activations,
    adaptive_pooling,
    attention,
    borders,
    classification,
    containers,
    convolution,
    distances,
    dropout,
    linear,
    lookup,
    losses,
    margins,
    normalization,
    parameter_containers,
    pooling,
    rearranging,
    rectifiers,
    recurrent,
    recurrent_cells,
    resampling,
    running_norms,
    shaping,
    softmaxes,
    transformer,
    transformer_layers,
    transposed_convolution,
)
from .activations import *
from .adaptive_pooling import *
from .attention import *
from .borders import *
from .classification import *
from .containers import *
from .convolution import *
from .distances import *
from .dropout import *
from .linear import *
from .lookup import *
from .losses import *
from .margins import *
from .normalization import *
from .parameter_containers import *
from .pooling import *
from .rearranging import *
from .rectifiers import *
from .recurrent import *
from .recurrent_cells import *
from .resampling import *
from .running_norms import *
from .shaping import *
from .softmaxes import *
from .transformer import *
from .transformer_layers import *
from .transposed_convolution import *

__all__: list[str] = []
__all__ += activations.__all__
__all__ += adaptive_pooling.__all__
__all__ += attention.__all__
__all__ += borders.__all__
__all__ += classification.__all__
__all__ += containers.__all__
__all__ += convolution.__all__
__all__ += distances.__all__
__all__ += dropout.__all__
__all__ += linear.__all__
__all__ += lookup.__all__
__all__ += losses.__all__
__all__ += margins.__all__
__all__ += normalization.__all__
__all__ += parameter_containers.__all__
__all__ += pooling.__all__
__all__ += rearranging.__all__
__all__ += rectifiers.__all__
__all__ += recurrent.__all__
__all__ += recurrent_cells.__all__
__all__ += resampling.__all__
__all__ += running_norms.__all__
__all__ += shaping.__all__
__all__ += softmaxes.__all__
__all__ += transformer.__all__
__all__ += transformer_layers.__all__
__all__ += transposed_convolution.__all__
