"""The geometry of windows that slide over images: their padding, and what reaches over the end."""

from __future__ import annotations

from typing import Any

from .errors import SettingError
from .settings import AXES, per_axis


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


def overhang(size: int, kernel: int, stride: int, padding: int) -> int:
    """By how much a last window reaches over the padded end, if it may and begins inside the image or its left padding.

    >>> overhang(9, kernel=2, stride=2, padding=0), overhang(8, kernel=2, stride=2, padding=0)
    (1, 0)
    """
    rest = (size + 2 * padding - kernel) % stride
    begin = size + 2 * padding - kernel - rest + stride
    return stride - rest if rest and begin < size + padding else 0
