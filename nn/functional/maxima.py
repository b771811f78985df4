"""The largest element of windows of any shape, found by its place."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from .losses import numbers_of

__all__: list[str] = []


def greatest(x: Any, windows: Sequence[Any]) -> tuple[Any, Any]:
    """The largest element of each window, and its place in the flattened axes; the first of equals, and NaN before all.

    windows   for each of the last axes which places belong to each window along it, (windows, places); or with two axes in
              front, (N, C, windows, places), for windows that differ between examples and channels. Places outside of the
              axis do not count.

    The gradient goes to the elements that were found.
    """
    axes, size = len(windows), x.shape[-len(windows) :]
    flat: Any = 0
    inside: Any = True
    for i, (places, n) in enumerate(zip(windows, size, strict=True)):  # as (..., windows per axis, places per axis)
        lead = places.shape[:-2]
        shape = [*lead, *[1] * (2 * axes)]
        shape[len(lead) + i], shape[len(lead) + axes + i] = places.shape[-2:]
        here = places.reshape(shape)
        flat = flat * n + np.clip(here, 0, n - 1)
        inside = inside & (here >= 0) & (here < n)
    counts = flat.shape[-2 * axes : -axes]
    flat, inside = (a.reshape(*a.shape[: -2 * axes], prod(counts), prod(a.shape[-axes:])) for a in (flat, inside))
    rows = np.reshape(x, (*x.shape[:-axes], prod(size)))
    numbers = numbers_of(rows)
    flat = np.broadcast_to(flat, (*numbers.shape[:-1], *flat.shape[-2:]))
    found = np.where(inside, np.take_along_axis(numbers[..., None, :], flat, axis=-1), -np.inf)
    place = np.take_along_axis(flat, np.argmax(found, axis=-1)[..., None], axis=-1)[..., 0]
    shape = [*x.shape[:-axes], *counts]
    return np.reshape(np.take_along_axis(rows, place, axis=-1), shape), place.reshape(shape)
