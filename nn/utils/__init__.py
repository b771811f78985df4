"""What is done to parameters as a whole, as `torch.nn.utils`."""

from . import rnn
from .clipping import clip_grad_norm_, clip_grad_value_

__all__ = ["clip_grad_norm_", "clip_grad_value_", "rnn"]
