"""Every law can fail: an operation that breaks it, and is told so by name."""

import math

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import ShapeError
from autograd_core.samples import sample, singular
from autograd_core.testing import LAWS, GradientMismatch, LawError, cases_of, check_grads

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
    "precision": broken(
        np.sin,
        lambda a: np.cos(a) * (1 + 200 * np.finfo(a.dtype).eps),
        kind=ag.elementwise,
        samples=samples_with(VECTOR.astype(np.float32)),
    ),
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


def cancelling(off):
    """A sum that is nearly 0, but for what is added to it; its definition adds up in another order."""
    made = ag.primitive(
        lambda a: (a[0] + a[1]) + a[2] + off,
        lambda g, a_like: g * np.ones(3),
        jvp=lambda t: t[0] + t[1] + t[2],
        definition=lambda a: a[0] + (a[1] + a[2]),
        samples=samples_with(np.array([0.1, 0.2, -0.3])),
        name="cancelling",
        listed=False,
    )
    (case,) = cases_of(made)
    return case


def test_a_value_may_be_off_as_far_as_the_rounding_of_inputs_moves_it_and_no_further():
    LAWS["value"](cancelling(0.0))

    with pytest.raises(LawError, match="breaks the law 'value'"):
        LAWS["value"](cancelling(1e-15))


def test_a_long_sum_may_be_off_by_a_unit_for_each_time_that_it_is_rounded_and_not_by_much_more():
    def summing(ulps):
        made = ag.primitive(
            lambda a: np.sum(a) * (1 + ulps * np.finfo(float).eps),
            lambda g, a_like: g * np.ones(a_like.shape),
            jvp=lambda t: np.sum(t),
            definition=np.sum,
            samples=samples_with(np.ones(2**16)),
            name="summing",
            listed=False,
        )
        (case,) = cases_of(made)
        return case

    LAWS["value"](summing(20))
    with pytest.raises(LawError, match="breaks the law 'value'"):
        LAWS["value"](summing(40))


# -- every verdict can fail ------------------------------------------------------------------------------------------------


POINT = VECTOR.copy()  # which a breaker writes into


def rule(forward, partial):
    return ag.elementwise(forward, partial, name="wrong", listed=False)


def in_double(a):
    """A function that oracles can see in double precision only."""
    return np.asarray(a, np.float64)


def coarse(dtype):
    return POINT.astype(dtype)


# what is wrong, where, and what is said of it
WRONG = {
    "tiny beside the values": (
        rule(lambda a: 1 + 1e-14 * a, lambda a: 2e-14 + 0 * a),
        POINT,
        r"autodiff gave \S+e-1[45], the complex step",
    ),
    "so tiny that no oracle sees it": (
        rule(lambda a: 1 + 1e-14 * in_double(a), lambda a: 2e-14 + 0 * a),
        POINT,
        r"beside values of size \S+ no oracle can tell a derivative of \S+e-1[45] from 0",
    ),
    "0 instead of tiny": (
        rule(lambda a: 1 + 1e-12 * a, lambda a: 0 * a),
        POINT,
        "autodiff gave -?0, the complex step",
    ),
    "slope 1, nearer to the point than the steps of differences": (
        rule(lambda a: in_double(a) + 1e-10 * np.sin(1e5 * in_double(a)), lambda a: 1 + 0 * a),
        POINT,
        r"and finite differences \S+ \(.*\), but nearer to the point .* falls like h\^1 and not like h\^2: .* off by \S+e-0[56]",
    ),
    "a constant of single precision": (
        rule(lambda a: a / 3, float(np.float32(1 / 3))),
        POINT,
        r"autodiff gave \S+, the complex step(.*\n)*mpmath gives 0\.3{29,}: autodiff has 8 digits right, the complex step 1[67]",
    ),
    "off by 1e-12": (rule(np.sin, lambda a: np.cos(a) * (1 + 1e-12)), POINT, "autodiff has 1[12] digits right"),
    "what a complex step alone would not see": (
        rule(lambda a: a / (1 + np.abs(a)), lambda a: 1 / (1 + np.abs(a))),
        POINT,
        "differences in long double",
    ),
    "no polynomial, though declared linear": (
        ag.primitive(
            lambda a: a**3, lambda g, a: 3.03 * g * a * a, jvp=lambda t, a: 3.03 * t * a * a, linear=True, name="c"
        ),
        POINT,
        "autodiff gave",
    ),
    "infinite in single precision": (
        rule(np.sin, lambda a: np.inf * np.exp(a)),
        coarse(np.float32),
        "gave -?(inf|nan)",
    ),
    "infinite in half precision": (rule(np.sin, lambda a: np.inf * np.exp(a)), coarse(np.float16), "gave -?(inf|nan)"),
    "NaN in single precision": (rule(np.sin, lambda a: np.nan * a), coarse(np.float32), "gave nan"),
    "NaN where the value is NaN": (
        rule(np.log, lambda a: np.nan * a),
        np.array([-1.0, 2.0]),
        "do not settle .* gave nan",
    ),
    "half precision beyond its rounding": (
        rule(np.sin, lambda a: np.cos(a) * (1 + 200 * np.finfo(a.dtype).eps)),
        coarse(np.float16),
        r"autodiff gave \S+, and \S+ in double precision: rounding explains no more than",
    ),
    "single precision beyond its rounding": (
        rule(np.sin, lambda a: np.cos(a) * (1 + 200 * np.finfo(a.dtype).eps)),
        coarse(np.float32),
        r"autodiff gave \S+, and \S+ in double precision: rounding explains no more than",
    ),
    "a formula that half precision cannot tell from the right one": (
        rule(np.sin, lambda a: np.cos(a) * (1 + 1e-4)),
        coarse(np.float16),
        r"autodiff gave \S+ in double precision, the complex step",
    ),
}


@pytest.mark.parametrize(("wrong", "x", "words"), WRONG.values(), ids=WRONG)
def test_a_derivative_does_not_pass_by_being(wrong, x, words):
    with pytest.raises(GradientMismatch, match=words):
        check_grads(wrong, x, order=1)


def test_nan_does_not_pass_beside_nan():
    undefined = rule(np.sin, lambda a: np.nan * a)
    (case,) = [c for c in cases_of(undefined) if c.data[0].shape == (3,) and c.data[0].dtype == np.float32]

    for name in ("layout", "batch", "broadcasting", "precision", "zero"):
        with pytest.raises(LawError, match=r"nan|NaN"):
            LAWS[name](case)


RIGHT = {
    "saturated": (np.tanh, np.array([10.0, 18.0, 3.0])),
    "saturated in half precision": (np.tanh, np.array([4.0, 0.1, 3.0], np.float16)),
    "ill-conditioned": (np.linalg.inv, np.vander(np.linspace(0.1, 1, 7))),
    "far from 0": (np.sin, np.array([1e6, 2e8])),
    "0 by cancellation": (lambda x: np.sum(ag.ops.softmax(100 * x)), POINT),
    "a linear function, of right linear parts": (lambda x: np.cumsum(np.fft.irfft(x + 0j)) @ np.ones(4), POINT),
}


@pytest.mark.parametrize(("f", "x"), RIGHT.values(), ids=RIGHT)
def test_a_right_derivative_passes_though_rounding_is_large(f, x):
    check_grads(f, x)


def roots(a):
    """Square roots, to half of their digits."""
    y = a * 0 + 1.0
    for _ in range(4):
        y = (y + a / y) / 2
    return y


def test_a_solver_that_stops_early_needs_a_tolerance_of_its_own():
    root = rule(roots, lambda y: 0.5 / y)

    with pytest.raises(GradientMismatch, match=r"autodiff has 8 digits right, the complex step 1[567]"):
        check_grads(root, np.array([2.0, 3.0]), order=1)
    check_grads(root, np.array([2.0, 3.0]), order=1, rtol=1e-6)
