"""Linear layers, convolutions and activations without settings."""

from __future__ import annotations

from .cases import Case, Random, configurations, maybe, one


@configurations("Linear")
def linear(name: str, random: Random) -> Case:
    before, after = random.integers(1, 6, 2).tolist()
    leading = one(random, (), (3,), (2, 3))
    return Case((random.standard_normal((*leading, before)),), (before, after), maybe(random, bias=False))


@configurations("ReLU", "Sigmoid", "SiLU", "Tanh")
def plain_activation(name: str, random: Random) -> Case:
    return Case((3 * random.standard_normal(one(random, (5,), (2, 3), (2, 3, 4))),))


@configurations("functional.linear")
def affine(name: str, random: Random) -> Case:
    inputs = random.standard_normal((2, 3, 4)), random.standard_normal((5, 4)), random.standard_normal(5)
    return Case(inputs[: one(random, 2, 3)])
