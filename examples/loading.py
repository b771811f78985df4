"""The handwritten digits that ship with the project, as `nn.data.mnist` gives those of MNIST."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from nn.data import Images

SHIPPED = Path(__file__).parent / "data" / "digits.csv.gz"


def shipped_digits() -> tuple[Images, Images]:
    """1,797 digits of 8 x 8 pixels, to learn from and to judge by: a fifth of them, drawn with a fixed seed."""
    table = np.loadtxt(SHIPPED, delimiter=",", dtype=np.uint8)
    np.random.default_rng(0).shuffle(table)
    images = table[:, :-1].reshape(-1, 1, 8, 8) / np.float32(16)
    labels = table[:, -1].astype(np.int64)
    judged = len(table) // 5
    return Images(images[judged:], labels[judged:]), Images(images[:judged], labels[:judged])
