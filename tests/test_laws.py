"""Laws that every primitive obeys, tried on the samples that its declaration brings and on random draws from its domain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd_core.primitive import declared
from autograd_core.testing import LAWS, cases_of, check_grads, samples_of
from autograd_core.testing.examples import domains_of, drawn

INTERNAL = {"result"}  # parts of the record, without a call of their own
OURS = [p for p in declared if p.module.startswith("autograd_core") and p.name not in INTERNAL]
ELEMENTWISE = [p for p in OURS if p.family == "elementwise"]


def test_every_primitive_has_samples():
    without = sorted({p.name for p in OURS if p.family != "fixed" and not samples_of(p)})

    assert without == []


@pytest.mark.parametrize("primitive", OURS, ids=lambda p: p.name)
def test_the_laws_hold_for_every_sample(primitive):
    for case in cases_of(primitive):
        for law in LAWS.values():
            law(case)


def test_every_law_is_tried():
    cases = [case for primitive in OURS[::7] for case in cases_of(primitive)]
    idle = [law.name for law in LAWS.values() if not any(map(law.holds_for, cases))]

    assert idle == []


@st.composite
def in_domain(draw, primitive):
    """Arrays of mutually broadcastable shapes, each in the domain of its input."""
    intervals = domains_of(primitive)
    shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=len(intervals), max_dims=2, max_side=3)).input_shapes
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    places = rng.permutation(40) / 39  # no two inputs are equal or nearly so, so that no kink between them is met
    inputs = []
    for interval, shape in zip(intervals, shapes, strict=True):
        if isinstance(interval, range):
            inputs.append(drawn(interval, rng, shape))
            continue
        low, high = interval
        n = int(np.prod(shape))
        inputs.append((low + (high - low) * places[:n]).reshape(shape))
        places = places[n:]
    return inputs


@pytest.mark.parametrize("primitive", ELEMENTWISE, ids=lambda p: p.name)
@given(data=st.data())
def test_elementwise_rules_hold_for_all_broadcast_shapes(primitive, data):
    inputs = data.draw(in_domain(primitive))
    places = [i for i in range(len(inputs)) if primitive.differentiable(i)]

    def f(*given):
        args = list(inputs)
        for i, x in zip(places, given, strict=True):
            args[i] = x
        return primitive(*args)

    check_grads(f, *[inputs[i] for i in places], order=1, directions=1, seed=data.draw(st.integers(0, 1000)))


STEPS = {
    "add": lambda a, b: a + b,
    "multiply": lambda a, b: a * b * 0.5,
    "sin": lambda a, b: np.sin(a),
    "tanh": lambda a, b: np.tanh(a),
    "exp": lambda a, b: np.exp(-a * a),
    "index": lambda a, b: a[::-1],
    "where": lambda a, b: np.where(np.asarray([True, False, True]), a, b),
    "sum": lambda a, b: a - np.sum(b) / 3,
}


@given(data=st.data())
def test_random_programs_differentiate_alike_in_both_modes(data):
    steps = data.draw(st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=8))

    def program(x):
        values = [x]
        for i, step in enumerate(steps):
            values.append(STEPS[step](values[-1], values[i // 2]))
        return values[-1]

    check_grads(program, np.random.default_rng(data.draw(st.integers(0, 99))).uniform(-1, 1, 3), order=2, directions=1)
