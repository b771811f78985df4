"""Data sets and mini-batches, as `torch.utils.data`; files of MNIST's format, and tables."""

from .dataset import ConcatDataset, Dataset, Subset, TensorDataset, bootstrap, k_fold, random_split
from .files import Images, mnist, read_csv, read_idx
from .loader import DataLoader

__all__ = [
    "ConcatDataset", "DataLoader", "Dataset", "Images", "Subset", "TensorDataset", "bootstrap", "k_fold", "mnist", "random_split",
    "read_csv", "read_idx",
]  # fmt: skip
