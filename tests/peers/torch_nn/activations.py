"""Activations: with settings, with kinks hit on purpose, and along an axis."""

from __future__ import annotations

import numpy as np

from .cases import Case, Random, configurations, maybe, one

KINKS = {"ReLU6": [0, 6], "Hardtanh": [-1, 1], "Hardsigmoid": [-3, 3], "Hardswish": [-3, 3], "Hardshrink": [-0.5, 0.5],
         "Softshrink": [-0.5, 0.5]}  # fmt: skip


def numbers(name: str, random: Random, *shapes: tuple[int, ...]) -> np.ndarray:
    """Normal numbers, some of which are at the kinks of an activation."""
    x = 3 * random.standard_normal(one(random, *(shapes or ((5,), (2, 3), (2, 3, 4)))))
    at = random.random(x.shape) < 0.2
    x[at] = random.choice(KINKS.get(name, [0.0]), x.shape)[at]
    return x


@configurations("ReLU6", "SELU", "Mish", "Softsign", "Tanhshrink", "Hardswish", "LogSigmoid", "ReLU")
def without_settings(name: str, random: Random) -> Case:
    return Case((numbers(name, random),))


@configurations(*(f"functional.{name}" for name in (
    "relu", "relu6", "selu", "mish", "softsign", "tanhshrink", "hardswish", "logsigmoid", "silu", "gelu", "celu",
    "elu", "leaky_relu", "hardtanh", "hardshrink", "softshrink", "rrelu", "sigmoid", "tanh",
)))  # fmt: skip
def function(name: str, random: Random) -> Case:
    return Case((numbers(name, random),))


configurations(
    "Hardsigmoid",
    "functional.hardsigmoid",
    on_purpose="their slope of 1/6 is rounded to single precision, in 64 bits too",
)(without_settings)


@configurations("LeakyReLU")
def leaky(name: str, random: Random) -> Case:
    return Case((numbers(name, random),), settings=maybe(random, negative_slope=random.random()))


@configurations("CELU", on_purpose="theirs rounds 1 / alpha to single precision, in 64 bits too")
@configurations("ELU")
def with_alpha(name: str, random: Random) -> Case:
    return Case((numbers(name, random),), settings=maybe(random, alpha=0.5 + random.random()))


@configurations("PReLU")
def parametric(name: str, random: Random) -> Case:
    if random.random() < 0.5:
        return Case((numbers(name, random),), settings=maybe(random, init=random.random()))
    return Case((numbers(name, random, (2, 3), (2, 3, 4), (2, 3, 2, 2)),), (3,), maybe(random, init=random.random()))


@configurations("functional.prelu")
def by_weights(name: str, random: Random) -> Case:
    x = numbers(name, random, (2, 3), (2, 3, 4), (2, 3, 2, 2))
    return Case((x, random.random(one(random, (1,), (3,)))))


@configurations("RReLU")
def randomised(name: str, random: Random) -> Case:
    return Case((numbers(name, random),), settings=maybe(random, lower=0.1, upper=0.5), train=False)


@configurations(
    "Softplus", on_purpose="the default threshold, 20, is passed over: the slope there is 1 - 2e-9, theirs 1"
)
def softplus(name: str, random: Random) -> Case:
    return Case((numbers(name, random),), settings=maybe(random, beta=random.uniform(0.3, 3), threshold=1.5))


@configurations("Hardtanh")
def bounded(name: str, random: Random) -> Case:
    return Case((numbers(name, random),), settings=maybe(random, min_val=-2.0, max_val=2.5))


@configurations("Hardshrink", "Softshrink")
def shrunk(name: str, random: Random) -> Case:
    return Case((numbers(name, random),), settings=maybe(random, lambd=random.random()))


@configurations("Threshold", "functional.threshold")
def threshold(name: str, random: Random) -> Case:
    return Case((numbers(name, random),), (one(random, 0.0, 1.0), one(random, 20.0, -1.0)))


@configurations("GELU")
def gelu(name: str, random: Random) -> Case:
    return Case((numbers(name, random),), settings=maybe(random, approximate="tanh"))


@configurations(
    "Softmax", "Softmin", "LogSoftmax", "functional.softmax", "functional.softmin", "functional.log_softmax"
)
def along_an_axis(name: str, random: Random) -> Case:
    return Case((numbers(name, random),), settings={"dim": one(random, 0, -1)})


@configurations("Softmax2d")
def over_channels(name: str, random: Random) -> Case:
    return Case((numbers(name, random, (3, 2, 2), (2, 3, 2, 4)),))


@configurations("GLU", "functional.glu")
def gated(name: str, random: Random) -> Case:
    return Case((numbers(name, random, (4, 2), (2, 6), (4, 3, 2)),), settings=maybe(random, dim=-1))
