"""Normalisation and noise; what is dropped by chance differs, so that of dropout only its ends are compared."""

from __future__ import annotations

import numpy as np

from .cases import Case, Random, configurations, maybe, one


def numbers(random: Random, *shape: int) -> np.ndarray:
    """Numbers whose mean and spread are far from 0 and 1."""
    return 2 + 3 * random.standard_normal(shape)


def sizes(random: Random, count: int, least: int = 1) -> tuple[int, ...]:
    return tuple(random.integers(least, 5, count).tolist())


@configurations("LayerNorm", "RMSNorm")
def over_last_axes(name: str, random: Random) -> Case:
    shape = sizes(random, random.integers(1, 3), 2)
    settings = maybe(random, eps=0.3, elementwise_affine=False, bias=False)
    if name == "RMSNorm":
        settings.pop("bias", None)
    normalized = shape[0] if len(shape) == 1 and random.random() < 0.5 else one(random, shape, list(shape))
    return Case((numbers(random, *one(random, (), (3,), (2, 3)), *shape),), (normalized,), settings)


@configurations("functional.layer_norm", "functional.rms_norm")
def over_last_axes_by_function(name: str, random: Random) -> Case:
    shape = sizes(random, random.integers(1, 3), 2)
    weights = [random.standard_normal(shape) if random.random() < 0.7 else None for _ in range(2)]
    if name == "functional.rms_norm":
        weights.pop()
    return Case(
        (numbers(random, *one(random, (), (3,), (2, 3)), *shape), list(shape), *weights), (), maybe(random, eps=0.3)
    )


@configurations("GroupNorm")
def of_groups(name: str, random: Random) -> Case:
    groups, each = sizes(random, 2)
    settings = maybe(random, eps=0.3, affine=False, bias=False)
    return Case(
        (numbers(random, 3, groups * each, *one(random, (2,), (4,), (2, 3))),), (groups, groups * each), settings
    )


@configurations("functional.group_norm")
def of_groups_by_function(name: str, random: Random) -> Case:
    groups, each = sizes(random, 2)
    weights = [
        random.standard_normal(groups * each) for _ in range(random.integers(3))
    ]  # PyTorch's bias needs a weight
    return Case(
        (numbers(random, 3, groups * each, *one(random, (2,), (2, 3))), groups, *weights), (), maybe(random, eps=0.3)
    )


SPATIAL = {"1": [(4,)], "2": [(2, 3)], "3": [(2, 1, 3)]}


@configurations("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d")
def with_running_averages(name: str, random: Random) -> Case:
    (channels,) = sizes(random, 1)
    space = one(random, *SPATIAL[name[-2]], *([()] if name == "BatchNorm1d" else []))
    batch = () if name.startswith("Instance") and random.random() < 0.3 else (3,)
    choices = {"eps": 0.3, "momentum": one(random, None, 0.0, 0.25, 1.0), "bias": False}
    choices |= {"affine": one(random, False, True), "track_running_stats": one(random, False, True)}
    settings = maybe(random, **choices)
    train = random.random() < 0.6
    return Case(
        (numbers(random, *batch, channels, *space),), (channels,), settings, train=train, calls=one(random, 0, 2)
    )


@configurations("functional.batch_norm", "functional.instance_norm")
def with_running_averages_by_function(name: str, random: Random) -> Case:
    (channels,) = sizes(random, 1)
    space = one(random, (4,), (2, 3), *([()] if name == "functional.batch_norm" else []))
    training = bool(random.random() < 0.5)
    running = [random.random(channels) + 0.5 for _ in range(2)]
    weights = [random.standard_normal(channels) if random.random() < 0.7 else None for _ in range(2)]
    settings = {"running_mean": running[0], "running_var": running[1], **maybe(random, eps=0.3, momentum=0.4)}
    settings |= dict(zip(("weight", "bias"), weights, strict=True))
    settings["training" if name == "functional.batch_norm" else "use_input_stats"] = training
    return Case((numbers(random, 3, channels, *space),), (), settings)


@configurations("LocalResponseNorm", "functional.local_response_norm")
def of_neighbours(name: str, random: Random) -> Case:
    x = numbers(random, 2, *sizes(random, 1), *one(random, (3,), (2, 3), (2, 1, 3)))
    (size,) = sizes(random, 1)
    settings = maybe(random, alpha=0.5, beta=0.3, k=2.0)
    return Case((x, size), (), settings) if name.startswith("functional") else Case((x,), (size,), settings)


@configurations("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout")
def of_nothing_or_everything(name: str, random: Random) -> Case:
    space = {"1": (4,), "2": (2, 3), "3": (2, 1, 3)}.get(name[-2], one(random, (2,), (2, 3)))
    train = random.random() < 0.5
    p = float(one(random, 0.0, 1.0)) if train else float(random.random())
    return Case((numbers(random, 2, 3, *space),), (), {"p": p} | maybe(random, inplace=False), train=train)


@configurations(
    "functional.dropout", "functional.dropout1d", "functional.dropout2d", "functional.dropout3d", "functional.alpha_dropout",
    "functional.feature_alpha_dropout",
)  # fmt: skip
def of_nothing_or_everything_by_function(name: str, random: Random) -> Case:
    space = {"1": (4,), "2": (2, 3), "3": (2, 1, 3)}.get(name[-2], one(random, (2,), (2, 3)))
    training = bool(random.random() < 0.5)
    p = float(one(random, 0.0, 1.0)) if training else float(random.random())
    return Case((numbers(random, 2, 3, *space),), (), {"p": p, "training": training} | maybe(random, inplace=False))
