"""Pooling in one to three dimensions: sizes, distances, borders, places of maxima and the way back."""

from __future__ import annotations

from re import sub
from typing import Any

import numpy as np

from .cases import Case, Random, configurations, maybe, one


def axes_of(name: str) -> int:
    return int(name[-2])


def image(random: Random, axes: int, low: int = 4, high: int = 8) -> np.ndarray:
    """Distinct numbers, with or without an axis of examples."""
    shape = (*one(random, (2,), (2, 2)), *random.integers(low, high, axes).tolist())
    return (random.permutation(np.prod(shape)) / 7.0).reshape(shape)


def each(random: Random, axes: int, low: int, high: int) -> Any:
    """One number, or one for each axis."""
    numbers = random.integers(low, high, axes).tolist()
    return tuple(numbers) if random.random() < 0.5 else numbers[0]


def names(*kinds: str, axes: tuple[int, ...] = (1, 2, 3)) -> list[str]:
    """The classes of some kinds, and their functions: MaxPool1d, functional.max_pool1d and so on."""
    functions = [sub("(?<=[a-zP])(?=[A-Z][a-z])", "_", kind).lower() for kind in kinds]
    return [f"{kind}{n}d" for kind in (*kinds, *(f"functional.{name}" for name in functions)) for n in axes]


@configurations(*names("MaxPool"))
def max_pool(name: str, random: Random) -> Case:
    axes = axes_of(name)
    settings = maybe(random, stride=each(random, axes, 1, 4), padding=1, ceil_mode=True, return_indices=True)
    if random.random() < 0.3:
        return Case((image(random, axes),), (2,), {**settings, "dilation": 2})
    return Case((image(random, axes),), (each(random, axes, 2, 4),), settings)


@configurations(*names("AvgPool"))
def avg_pool(name: str, random: Random) -> Case:
    axes = axes_of(name)
    settings = maybe(random, stride=each(random, axes, 1, 4), padding=1, ceil_mode=True, count_include_pad=False)
    if axes > 1:
        settings.update(maybe(random, divisor_override=3))
    return Case((image(random, axes),), (each(random, axes, 2, 4),), settings)


@configurations(*names("LPPool"))
def lp_pool(name: str, random: Random) -> Case:
    axes = axes_of(name)
    kernel, stride = (
        (each(random, axes, 2, 4), each(random, axes, 1, 4)) if axes > 1 else random.integers(2, 4, 2).tolist()
    )
    settings = maybe(random, stride=stride, ceil_mode=True)
    return Case((image(random, axes) + 0.1,), (one(random, 1, 2, 3, 2.5), kernel), settings)


@configurations(*names("AdaptiveAvgPool", "AdaptiveMaxPool"))
def adaptive(name: str, random: Random) -> Case:
    axes = axes_of(name)
    size = one(random, 1, 2, 3, tuple(random.integers(1, 10, axes).tolist()))
    if axes > 1 and isinstance(size, tuple) and random.random() < 0.3:
        size = (None, *size[1:])
    settings = maybe(random, return_indices=True) if "max" in name.lower() else {}
    return Case((image(random, axes),), (size,), settings)


@configurations(*names("FractionalMaxPool", axes=(2, 3)))
def fractional(name: str, random: Random) -> Case:
    axes = axes_of(name)
    x = image(random, axes, 6, 10)
    samples = random.random((x.shape[0] if x.ndim == axes + 2 else 1, x.shape[-axes - 1], axes))
    target = one(
        random,
        {"output_size": each(random, axes, 2, 4)},
        {"output_ratio": tuple(random.uniform(0.4, 0.7, axes).tolist())},
    )
    return Case((x,), (2,), {**target, **maybe(random, return_indices=True), "_random_samples": samples})


def there_and_back(vocabulary: Any, unpool: Any, x: Any, **options: Any) -> Any:
    """The maxima of what is to be put back, with the same windows."""
    axes = axes_of(type(unpool).__name__)
    pool = getattr(vocabulary, f"MaxPool{axes}d")(
        unpool.kernel_size, unpool.stride, unpool.padding, return_indices=True
    )
    return unpool(*pool(x), **options)


@configurations("MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d")
def unpool(name: str, random: Random) -> Case:
    axes = axes_of(name)
    x, kernel = image(random, axes), int(random.integers(2, 4))
    return Case((x,), (kernel,), options={"output_size": x.shape[-axes:]}, through=there_and_back)
