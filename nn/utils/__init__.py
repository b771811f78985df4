"""What is done to parameters as a whole, as `torch.nn.utils`."""

from .clipping import clip_grad_norm_

__all__ = ["clip_grad_norm_"]
