"""Laws that every primitive obeys, tried on the samples that its declaration brings and on random draws from its domain."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autograd_core as ag
from autograd_core.primitive import declared
from autograd_core.testing import check_grads, samples_of
from autograd_core.testing.examples import domains_of, drawn

OURS = [p for p in declared if p.module.startswith("autograd_core")]
INTERNAL = {"result"}  # parts of the record, without a call of their own
ELEMENTWISE = [p for p in OURS if p.family == "elementwise"]
SAMPLES = [(p, s) for p in OURS if p.name not in INTERNAL for s in samples_of(p)]


def floating_places(primitive, sample):
    """The places of a sample that have a gradient; integers have none."""
    return [i for i, a in enumerate(sample.args) if primitive.differentiable(i) and np.asarray(a).dtype.kind in "fc"]


def named(rows):
    return [pytest.param(p, s, id=f"{p.name}-{i}") for i, (p, s) in enumerate(rows)]


DIFFERENTIABLE = [(p, s) for p, s in SAMPLES if s.raises is None and p.family != "fixed" and floating_places(p, s)]
IN_DOUBLE = [
    (p, s)
    for p, s in DIFFERENTIABLE
    if all(np.asarray(s.args[i]).dtype in (np.float64, np.complex128) for i in floating_places(p, s))
]


def function_of(primitive, sample):
    """The call of a sample as a function of its differentiable arguments, and these arguments."""
    places = floating_places(primitive, sample)

    def f(*inputs):
        args = list(sample.args)
        for i, x in zip(places, inputs, strict=True):
            args[i] = x
        return primitive(*args, **sample.settings)

    return f, [np.asarray(sample.args[i]) for i in places]


def test_every_primitive_has_samples():
    without = sorted({p.name for p in OURS if p.name not in INTERNAL and p.family != "fixed" and not samples_of(p)})

    assert without == []


@pytest.mark.parametrize(("primitive", "sample"), named((p, s) for p, s in SAMPLES if s.raises))
def test_a_wrong_call_raises_an_error_of_ours(primitive, sample):
    recorded = [ag.tensor(a, requires_grad=np.asarray(a).dtype.kind in "fc") for a in sample.args]

    with pytest.raises(sample.raises):
        primitive(*recorded, **sample.settings)


@pytest.mark.parametrize(("primitive", "sample"), named(IN_DOUBLE))
def test_both_modes_agree_with_differences_to_second_order(primitive, sample):
    f, inputs = function_of(primitive, sample)
    through = sample.through or (lambda y: y)

    check_grads(lambda *xs: through(f(*xs)), *inputs, order=2, directions=1)


@pytest.mark.parametrize(("primitive", "sample"), named(DIFFERENTIABLE))
def test_recording_changes_no_value_and_gradients_keep_shape_and_dtype(primitive, sample):
    f, inputs = function_of(primitive, sample)
    plain = f(*inputs)
    recorded, pull = ag.vjp(f, *inputs)
    outputs = recorded if isinstance(recorded, tuple) else (recorded,)
    seeds = tuple(np.ones(np.shape(y), np.asarray(y).dtype) for y in outputs)
    gradients = pull(seeds if isinstance(recorded, tuple) else seeds[0])

    for y, expected in zip(outputs, plain if isinstance(plain, tuple) else (plain,), strict=True):
        # a copied input may be summed in another order than a reversed one
        eps = np.finfo(np.asarray(y).dtype).eps if np.asarray(y).dtype.kind in "fc" else 0
        np.testing.assert_allclose(y, expected, rtol=4 * eps)
        assert np.asarray(y).dtype == np.asarray(expected).dtype
    for x, g in zip(inputs, gradients, strict=True):
        assert np.shape(g) == np.shape(x)
        assert np.asarray(g).dtype == x.dtype


@pytest.mark.parametrize(("primitive", "sample"), named(DIFFERENTIABLE))
def test_inputs_are_left_as_they_were(primitive, sample):
    f, inputs = function_of(primitive, sample)
    before = [x.copy() for x in inputs]
    y, pull = ag.vjp(f, *inputs)
    pull(
        tuple(np.ones(np.shape(p), np.asarray(p).dtype) for p in y)
        if isinstance(y, tuple)
        else np.ones(np.shape(y), np.asarray(y).dtype)
    )

    for x, old in zip(inputs, before, strict=True):
        np.testing.assert_array_equal(x, old)


@pytest.mark.parametrize(("primitive", "sample"), named(IN_DOUBLE))
def test_the_tangent_is_the_transpose_of_the_pull_back(primitive, sample):
    f, inputs = function_of(primitive, sample)
    rng = np.random.default_rng(1)

    def random(like):
        v = rng.standard_normal(np.shape(like))
        return v + 1j * rng.standard_normal(np.shape(like)) if np.asarray(like).dtype.kind == "c" else v

    y, pull = ag.vjp(f, *inputs)
    us = tuple(random(p) for p in y) if isinstance(y, tuple) else random(y)
    vs = [random(x) for x in inputs]
    gs = pull(us)
    _, ts = ag.jvp(f, inputs, vs)
    if not isinstance(ts, tuple):
        us, ts = (us,), (ts,)

    inner = sum(np.sum(np.real(np.conj(u) * t)) for u, t in zip(us, ts, strict=True))
    size = sum(np.sum(np.abs(np.conj(u) * t)) for u, t in zip(us, ts, strict=True))
    np.testing.assert_allclose(
        sum(np.sum(np.real(np.conj(g) * v)) for g, v in zip(gs, vs, strict=True)), inner, atol=1e-12 * max(size, 1.0)
    )


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


@pytest.mark.parametrize("primitive", [p for p in ELEMENTWISE if p.scalar], ids=lambda p: p.name)
@given(data=st.data())
def test_scalars_compute_what_tensors_do(primitive, data):
    values = [data.draw(st.floats(*interval)) for interval in domains_of(primitive)]
    scalars = [ag.scalar(v) for v in values]
    tensors = [ag.tensor(v, requires_grad=True) for v in values]
    s, t = primitive(*scalars), primitive(*tensors)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a slope may be infinite at a drawn point, on both faces alike
        s.backward()
        t.backward()

    np.testing.assert_allclose(s.data, t.item(), rtol=1e-14)
    for a, b in zip(scalars, tensors, strict=True):
        if a.grad is not None or b.grad is not None:
            np.testing.assert_allclose(a.grad, b.grad.item(), rtol=1e-12)


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
