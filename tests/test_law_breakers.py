"""Every law can fail: an operation that breaks it, and is told so by name."""

import math

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import ShapeError
from autograd_core.samples import sample, singular
from autograd_core.testing import LAWS, LawError, cases_of

RNG = np.random.default_rng(0)
VECTOR = np.array([0.5, -1.25, 2.0])
MATRIX = np.array([[0.5, -1.25, 2.0], [1.5, 0.75, -0.25]])


def samples_with(*args, **words):
    return lambda: [sample(*args, **words)]


one = samples_with(VECTOR)
two = samples_with(VECTOR, VECTOR + 1)
table = samples_with(MATRIX)


def broken(forward, *rules, kind=ag.primitive, **words):
    return lambda: kind(forward, *rules, **{"samples": one, "name": "broken", "listed": False, **words})


def scribbling(a):
    y = a + 1.0
    if a.flags.writeable:
        a *= 2
    return y


BREAKERS = {
    "refusal": broken(
        np.sin, lambda a: np.cos(a), kind=ag.elementwise, samples=samples_with(VECTOR, raises=ShapeError)
    ),
    "value": broken(np.sin, lambda g, a: g * np.cos(a), jvp=lambda t, a: t * np.cos(a), definition=np.cos),
    "determinism": broken(lambda a: a + RNG.normal(), 1, kind=ag.elementwise),
    "nothing is written": broken(scribbling, 1, kind=ag.elementwise),
    "layout": broken(lambda a: np.ravel(a, "K").reshape(a.shape), 1, kind=ag.elementwise, samples=table),
    "scalar": broken(np.sin, lambda a: np.cos(a), kind=ag.elementwise, scalar=math.cos),
    "batch": broken(lambda a: a - np.mean(a), 1, kind=ag.elementwise),
    "dot product": broken(np.sin, lambda g, a: g * np.cos(a), jvp=lambda t, a: t * np.sin(a)),
    "differences": broken(np.sin, lambda a: 1.01 * np.cos(a), kind=ag.elementwise),
    "zero": broken(np.sin, lambda g, a: g * np.cos(a) + 1e-9, jvp=lambda t, a: t * np.cos(a)),
    "linearity": broken(
        lambda a: a + 0.01 * a * a, lambda g, a: g * (1 + 0.02 * a), jvp=lambda t, a: t * (1 + 0.02 * a), linear=True
    ),
    "multilinearity": broken(
        lambda a, b: a * b * b,
        lambda g, b: g * b * b,
        lambda g, a, b: g * 2 * a * b,
        kind=ag.multilinear,
        samples=two,
    ),
    "second derivatives": broken(
        lambda a: np.sum(a),
        lambda g, a: g * np.concatenate([a[1:] ** 2, a[:1]]),
        jvp=lambda t, a: np.sum(t * np.concatenate([a[1:] ** 2, a[:1]])),
    ),
    "broadcasting": broken(
        np.multiply,
        lambda a, b: b * (np.size(b) / np.size(a)),
        lambda a: a,
        kind=ag.elementwise,
        samples=samples_with(VECTOR, MATRIX),
    ),
    "alias": broken(
        lambda a, b: a * b, lambda a, b: 3 * b if a is b else b, lambda a: a, kind=ag.elementwise, samples=two
    ),
    "published convention": broken(
        np.abs, lambda a: np.sign(a), kind=ag.elementwise, singular=[singular(0.0, gives=1.0, why="the right slope")]
    ),
}


@pytest.mark.parametrize("name", BREAKERS)
def test_a_broken_law_is_named(name):
    cases = list(cases_of(BREAKERS[name]()))

    with pytest.raises(LawError, match=f"^broken breaks the law '{name}': ") as caught:
        [LAWS[name](case) for case in cases]

    assert caught.value.law == name
    assert str(caught.value).splitlines()[-1].startswith("at broken(")


def test_every_law_has_its_breaker():
    engine_keeps = {"dtype"}  # put right by the families, so that no declaration can break it

    assert set(LAWS) - engine_keeps == set(BREAKERS)
