"""The geometry of windows that slide over images: settings as pairs, and what reaches over the end."""

from __future__ import annotations

from typing import Any

import numpy as np


def pair(value: Any, what: str) -> tuple[int, int]:
    """One number for both axes, or one for each, as (height, width); raises ValueError for anything else.

    >>> pair(3, "stride"), pair((1, 2), "stride")
    ((3, 3), (1, 2))
    """
    both = (value, value) if isinstance(value, (int, np.integer)) else tuple(value)
    if len(both) != 2:
        raise ValueError(f"{what} is one number or a pair (height, width), not {value!r}")
    return int(both[0]), int(both[1])


def padding_for(padding: Any, stride: tuple[int, int]) -> Any:
    """The padding of a convolution as a pair, "valid" or "same"; raises ValueError for what has no meaning."""
    if not isinstance(padding, str):
        return pair(padding, "padding")
    if padding not in ("valid", "same"):
        raise ValueError(f'padding is one number, a pair (height, width), "valid" or "same", not {padding!r}')
    if padding == "same" and stride != (1, 1):
        raise ValueError(f'padding="same" keeps the size of the image, which a stride of {stride} cannot')
    return padding


def overhang(size: int, kernel: int, stride: int, padding: int) -> int:
    """By how much a last window reaches over the padded end, if it may and begins inside the image or its left padding.

    >>> overhang(9, kernel=2, stride=2, padding=0), overhang(8, kernel=2, stride=2, padding=0)
    (1, 0)
    """
    rest = (size + 2 * padding - kernel) % stride
    begin = size + 2 * padding - kernel - rest + stride
    return stride - rest if rest and begin < size + padding else 0
