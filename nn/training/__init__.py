"""Training from beginning to end, and what may happen beside it; see `nn.fit`."""

from .callbacks import Callback, Checkpoint, EarlyStopping, Progress
from .fit import Run, fit
from .history import History
from .watch import Watch

__all__ = ["Callback", "Checkpoint", "EarlyStopping", "History", "Progress", "Run", "Watch", "fit"]
