from . import init, optim, data
from .module import Module
from .parameter import Parameter
from .random import manual_seed
