"""The geometry of windows that slide over arrays: their axes, their padding, and what reaches over the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .errors import SettingError
from .settings import AXES, per_axis

SPATIAL = {1: "L", 2: "H, W", 3: "D, H, W"}
"""The letters of one, two and three spatial axes, as PyTorch's documentation has them."""

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
"""What a convolution may put around its input."""


def padding_for(padding: Any, stride: tuple[int, ...], what: str) -> Any:
    """The padding of a convolution per axis, "valid" or "same"; raises SettingError for what has no meaning."""
    axes = len(stride)
    if not isinstance(padding, str):
        return per_axis(padding, what, axes)
    if padding not in ("valid", "same"):
        raise SettingError(f'{what} is {padding!r}: give one number{AXES[axes]}, "valid" or "same"')
    if padding == "same" and set(stride) != {1}:
        raise SettingError(f'{what} is "same", which keeps the size of the input, and the stride is {stride}: take 1')
    return padding


def borders(padding: Any, kernel: Sequence[int], dilation: Sequence[int]) -> tuple[int, ...]:
    """The padding of a convolution as `nn.functional.pad` takes it: before and after each axis, the last axis first.

    >>> borders((1, 2), (3, 3), (1, 1)), borders("same", (4,), (1,))
    ((2, 2, 1, 1), (1, 2))
    """
    whole = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    if padding == "same":
        pairs = [(n // 2, n - n // 2) for n in whole]
    else:
        pairs = [(p, p) for p in ([0] * len(whole) if padding == "valid" else padding)]
    return tuple([side for pair in reversed(pairs) for side in pair])


def overhang(size: int, kernel: int, stride: int, padding: int) -> int:
    """By how much a last window reaches over the padded end, if it may and begins inside the image or its left padding.

    >>> overhang(9, kernel=2, stride=2, padding=0), overhang(8, kernel=2, stride=2, padding=0)
    (1, 0)
    """
    rest = (size + 2 * padding - kernel) % stride
    begin = size + 2 * padding - kernel - rest + stride
    return stride - rest if rest and begin < size + padding else 0
