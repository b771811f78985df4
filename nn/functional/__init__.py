"""Layers as functions, as `torch.nn.functional` has them; what they compute is in `autograd_core.ops`."""

from . import (
    activations,
    adaptive_pooling,
    alignment,
    attention,
    borders,
    classification,
    convolution,
    distances,
    grids,
    lookup,
    losses,
    margins,
    maxima,
    noise,
    normalization,
    pooling,
    products,
    rearranging,
    rectifiers,
    resampling,
    softmaxes,
)
from .activations import *
from .adaptive_pooling import *
from .alignment import *
from .attention import *
from .borders import *
from .classification import *
from .convolution import *
from .distances import *
from .grids import *
from .lookup import *
from .losses import *
from .margins import *
from .maxima import *
from .noise import *
from .normalization import *
from .pooling import *
from .products import *
from .rearranging import *
from .rectifiers import *
from .resampling import *
from .softmaxes import *

__all__: list[str] = []
__all__ += activations.__all__
__all__ += adaptive_pooling.__all__
__all__ += alignment.__all__
__all__ += attention.__all__
__all__ += borders.__all__
__all__ += classification.__all__
__all__ += convolution.__all__
__all__ += distances.__all__
__all__ += grids.__all__
__all__ += lookup.__all__
__all__ += losses.__all__
__all__ += margins.__all__
__all__ += maxima.__all__
__all__ += noise.__all__
__all__ += normalization.__all__
__all__ += pooling.__all__
__all__ += products.__all__
__all__ += rearranging.__all__
__all__ += rectifiers.__all__
__all__ += resampling.__all__
__all__ += softmaxes.__all__
