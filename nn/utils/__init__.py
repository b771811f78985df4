"""What is done to parameters as a whole, as `torch.nn.utils`."""

from . import rnn
from .clipping import clip_grad_norm_

__all__ = ["clip_grad_norm_", "rnn"]
