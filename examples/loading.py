"""Handwritten digits as arrays: the set that ships with the project, or a folder in MNIST's own format."""

from __future__ import annotations

import gzip
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

SHIPPED = Path(__file__).parent / "data" / "digits.csv.gz"


class Digits(NamedTuple):
    """Images (count, 1, height, width), float32 in [0, 1], with their digits (count,), for learning and for judging."""

    images: np.ndarray
    labels: np.ndarray
    held_out_images: np.ndarray
    held_out_labels: np.ndarray


def shipped_digits() -> Digits:
    """1,797 digits of 8 x 8 pixels; a fifth of them, drawn with a fixed seed, is held out."""
    table = np.loadtxt(SHIPPED, delimiter=",", dtype=np.uint8)
    np.random.default_rng(0).shuffle(table)
    images = table[:, :-1].reshape(-1, 1, 8, 8) / np.float32(16)
    labels = table[:, -1].astype(np.int64)
    held_out = len(table) // 5
    return Digits(images[held_out:], labels[held_out:], images[:held_out], labels[:held_out])


def idx_digits(folder: Path) -> Digits:
    """The digits of MNIST's four files in `folder`; its test set is held out."""
    return Digits(*idx_pair(folder, "train"), *idx_pair(folder, "t10k"))


def idx_pair(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """The images and labels of one part, `train` or `t10k`; raises ValueError when they do not belong together."""
    pixels = read_idx(folder / f"{part}-images-idx3-ubyte.gz")
    labels = read_idx(folder / f"{part}-labels-idx1-ubyte.gz")
    if pixels.ndim != 3 or labels.shape != pixels.shape[:1]:
        raise ValueError(f"{folder}: {part} has images of shape {pixels.shape} for labels of shape {labels.shape}")
    return pixels[:, None] / np.float32(255), labels.astype(np.int64)


def read_idx(path: Path) -> np.ndarray:
    """The array in a gzipped IDX file; raises ValueError when its size is not what its header says.

    The file: 0, 0, 8 (for unsigned bytes), the number of axes, the length of each in four bytes, the data.
    """
    content = gzip.decompress(path.read_bytes())
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        raise ValueError(f"{path}: not an IDX file of unsigned bytes")
    start = 4 + 4 * content[3]
    shape = tuple(int.from_bytes(content[i : i + 4]) for i in range(4, start, 4))
    if len(content) != start + math.prod(shape):
        raise ValueError(f"{path}: shape {shape} needs {start + math.prod(shape)} bytes, the file has {len(content)}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)
