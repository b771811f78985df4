"""Data sets and mini-batches, as `torch.utils.data`."""

from .dataset import TensorDataset
from .loader import DataLoader

__all__ = ["DataLoader", "TensorDataset"]
