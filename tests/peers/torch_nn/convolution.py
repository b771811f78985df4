"""Convolutions and their transposes, windows as columns, borders, and pixels made of channels."""

from __future__ import annotations

from typing import Any

import numpy as np

from .cases import Case, Random, configurations, maybe, one


def axes_of(name: str) -> int:
    """The number of spatial axes in the name of a class or function."""
    return int(next(letter for letter in name if letter.isdigit()))


def per_axis(random: Random, axes: int, low: int, high: int) -> Any:
    """One number from low to high for all axes, or one for each."""
    numbers = random.integers(low, high + 1, axes).tolist()
    return one(random, numbers[0], tuple(numbers))


def geometry(random: Random, axes: int) -> dict[str, Any]:
    return maybe(
        random,
        stride=per_axis(random, axes, 1, 3),
        padding=per_axis(random, axes, 0, 2),
        dilation=per_axis(random, axes, 1, 2),
    )


def images(random: Random, channels: int, axes: int, low: int = 5) -> np.ndarray:
    """One, or a few, with one spatial size that differs from the others."""
    size = random.integers(low, low + 5 - axes, axes).tolist()
    return random.standard_normal((*one(random, (), (2,)), channels, *size))


@configurations("Conv1d", "Conv2d", "Conv3d")
def convolution(name: str, random: Random) -> Case:
    axes, groups = axes_of(name), one(random, 1, 1, 2)
    before, after = (groups * random.integers(1, 3, 2)).tolist()
    settings = geometry(random, axes) | maybe(random, bias=False) | {"groups": groups}
    if "stride" not in settings:
        settings |= maybe(random, padding=one(random, "same", "valid"))
    settings |= maybe(random, padding_mode=one(random, "zeros", "reflect", "replicate", "circular"))
    return Case((images(random, before, axes),), (before, after, per_axis(random, axes, 1, 3)), settings)


def more_than_nothing(random: Random, settings: dict[str, Any], axes: int) -> dict[str, Any]:
    """An output_padding less than the strides or the dilations."""
    stride, dilation = [np.broadcast_to(settings.get(key, 1), axes) for key in ("stride", "dilation")]
    return {"output_padding": tuple(random.integers(0, np.maximum(stride, dilation)).tolist())}


@configurations("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d")
def transposed(name: str, random: Random) -> Case:
    axes, groups = axes_of(name), one(random, 1, 1, 2)
    before, after = (groups * random.integers(1, 3, 2)).tolist()
    settings = geometry(random, axes) | maybe(random, bias=False) | {"groups": groups}
    kernel, x = random.integers(2, 4, axes).tolist(), images(random, before, axes, low=4)
    options = {}
    if random.random() < 0.5:
        settings |= more_than_nothing(random, settings, axes)
    elif random.random() < 0.5:
        stride, padding, dilation = [
            np.broadcast_to(settings.get(key, default), axes)
            for key, default in (("stride", 1), ("padding", 0), ("dilation", 1))
        ]
        least = (np.array(x.shape[-axes:]) - 1) * stride - 2 * padding + dilation * (np.array(kernel) - 1) + 1
        size = (least + random.integers(0, stride)).tolist()
        options = {"output_size": one(random, size, [*x.shape[: x.ndim - axes], *size])}
    return Case((x,), (before, after, tuple(kernel)), settings, options)


@configurations(
    "functional.conv1d", "functional.conv2d", "functional.conv3d",
    "functional.conv_transpose1d", "functional.conv_transpose2d", "functional.conv_transpose3d",
)  # fmt: skip
def convolution_function(name: str, random: Random) -> Case:
    axes, groups = axes_of(name), one(random, 1, 1, 2)
    before, after = (groups * random.integers(1, 3, 2)).tolist()
    settings = geometry(random, axes) | maybe(random, groups=groups)
    first, second = (before, after) if "transpose" in name else (after, before)
    if "transpose" not in name and "stride" not in settings:
        settings |= maybe(random, padding=one(random, "same", "valid"))
    elif "transpose" in name and random.random() < 0.5:
        settings |= more_than_nothing(random, settings, axes)
    shape = (first, second // settings.get("groups", 1), *random.integers(2, 4, axes).tolist())
    bias = (random.standard_normal(after),) if random.random() < 0.5 else ()
    return Case((images(random, before, axes), random.standard_normal(shape), *bias), (), settings)


def windows(random: Random) -> tuple[Any, dict[str, Any]]:
    return per_axis(random, 2, 1, 3), geometry(random, 2)


@configurations("Unfold", "functional.unfold")
def unfolding(name: str, random: Random) -> Case:
    kernel, settings = windows(random)
    return Case((images(random, 2, 2),), (kernel,), settings)


@configurations("Fold", "functional.fold")
def folding(name: str, random: Random) -> Case:
    kernel, settings = windows(random)
    size = per_axis(random, 2, 5, 8)
    along = [
        np.broadcast_to(s, 2) for s in (size, kernel, *map(settings.get, ("stride", "padding", "dilation"), (1, 0, 1)))
    ]
    count = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip(*along, strict=True)]
    shape = (*one(random, (), (2,)), 2 * int(np.prod(along[1])), int(np.prod(count)))
    return Case((random.standard_normal(shape),), (size, kernel), settings)


@configurations("PixelShuffle", "PixelUnshuffle", "functional.pixel_shuffle", "functional.pixel_unshuffle")
def pixels(name: str, random: Random) -> Case:
    factor, lead = int(random.integers(1, 4)), one(random, (), (2,), (2, 1))
    c, h, w = random.integers(1, 4, 3).tolist()
    shape = (c, h * factor, w * factor) if "unshuffle" in name.lower() else (c * factor**2, h, w)
    return Case((random.standard_normal((*lead, *shape)),), (factor,))


@configurations("ChannelShuffle", "functional.channel_shuffle")
def channels(name: str, random: Random) -> Case:
    groups, each = random.integers(1, 4, 2).tolist()
    size = random.integers(1, 4, random.integers(1, 4)).tolist()
    return Case((random.standard_normal((2, groups * each, *size)),), (groups,))


def sides(random: Random, axes: int) -> tuple[int, ...]:
    """Before and after each axis, with a few that take away."""
    return tuple(random.choice([-2, -1, 0, 1, 2, 3], 2 * axes, p=[0.1, 0.1, 0.2, 0.2, 0.2, 0.2]).tolist())


BORDERS = [
    f"{kind}Pad{n}d" for kind in ("Circular", "Constant", "Reflection", "Replication", "Zero") for n in (1, 2, 3)
]


@configurations(*BORDERS)
def borders(name: str, random: Random) -> Case:
    axes = axes_of(name)
    value = (random.normal(),) if name.startswith("Constant") else ()
    return Case(
        (images(random, 2, axes, low=7),), (one(random, int(random.integers(-1, 4)), sides(random, axes)), *value)
    )


@configurations("functional.pad")
def pad(name: str, random: Random) -> Case:
    axes = int(random.integers(1, 4))
    mode = one(random, "constant", "reflect", "replicate", "circular")
    settings = maybe(random, value=random.normal()) if mode == "constant" else {"mode": mode}
    return Case((images(random, 2, axes, low=7),), (sides(random, axes),), settings)
