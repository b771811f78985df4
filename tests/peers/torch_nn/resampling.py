"""Images and sequences of other sizes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .cases import Case, Random, configurations, maybe, one

MODES = {1: ("nearest", "nearest-exact", "area", "linear"), 2: ("nearest", "nearest-exact", "area", "bilinear", "bicubic"),
         3: ("nearest", "nearest-exact", "area", "trilinear")}  # fmt: skip


def target(random: Random, old: list[int]) -> dict[str, Any]:
    """A size or a scale_factor, for all axes or one for each."""
    axes = len(old)
    if random.random() < 0.5:
        size = random.integers(1, 12, axes).tolist()
        return {"size": one(random, size[0], tuple(size))}
    # PyTorch's gradient of "nearest" is not that of its value where the size is the same or doubles only by rounding
    factors = [
        f
        for f in (0.4, 0.5, 0.75, 1, 1.25, 1.7, 2, 2.3, 3)
        if not any(int(n * f) in (n, 2 * n) != (f in (1, 2)) for n in old)
    ]
    chosen = random.choice(factors, axes).tolist()
    return {"scale_factor": one(random, chosen[0], tuple(chosen))} | maybe(random, recompute_scale_factor=True)


def images(random: Random, axes: int) -> np.ndarray:
    return random.standard_normal((*random.integers(1, 3, 2), *random.integers(4, 8, axes)))


@configurations("Upsample", "functional.interpolate")
def interpolation(name: str, random: Random) -> Case:
    axes = int(random.integers(1, 4))
    x, mode = images(random, axes), one(random, *MODES[axes])
    settings = target(random, list(x.shape[2:])) | ({"mode": mode} if mode != "nearest" else {})
    smooth = mode.endswith(("linear", "cubic"))
    settings |= maybe(random, align_corners=True) if smooth else {}
    if name == "functional.interpolate" and axes == 2 and smooth and random.random() < 0.5:
        settings["antialias"] = True
        if random.random() < 0.3:
            settings = {key: s for key, s in settings.items() if key != "align_corners"} | {"mode": "lanczos"}
    return Case((x,), (), settings)


@configurations("UpsamplingBilinear2d", "UpsamplingNearest2d")
def of_images(name: str, random: Random) -> Case:
    x = images(random, 2)
    settings = target(random, list(x.shape[2:]))
    return Case((x,), (), {key: s for key, s in settings.items() if key != "recompute_scale_factor"})


@configurations("functional.affine_grid")
def places(name: str, random: Random) -> Case:
    axes = int(random.integers(2, 4))
    size = random.integers(1, 5, axes + 2).tolist()
    theta = random.standard_normal((size[0], axes, axes + 1))
    return Case((theta,), (size,), maybe(random, align_corners=True))


@configurations("functional.grid_sample")
def at_places(name: str, random: Random) -> Case:
    axes = int(random.integers(2, 4))
    x = random.standard_normal((2, *random.integers(1, 3, 1), *random.integers(1, 5, axes)))
    grid = random.uniform(-1.8, 1.8, (2, *random.integers(1, 4, axes), axes))
    settings = maybe(random, padding_mode=one(random, "border", "reflection"), align_corners=True)
    mode = one(random, "bilinear", "nearest", *(["bicubic"] if axes == 2 else []))
    if mode == "nearest":  # whose gradient by the grid is 0 in PyTorch, and none here
        return Case((x,), (grid,), settings | {"mode": mode})
    return Case((x, grid), (), settings | {"mode": mode})
