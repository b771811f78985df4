"""A checkpointed function is the same function in everything but memory."""

import gc
import tracemalloc
import weakref

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, GradientError, MutationError
from autograd_core.testing import check_grads

x = np.array([0.5, 1.0, 2.0])


def several(p, k=3, *, shift=0.0):
    h = np.tanh(np.sin(p["a"]) * p["b"] + shift)
    return {"y": h**k, "parts": (p["a"][:2], np.sum(h))}


def as_number(out):
    return np.sum(out["y"] ** 2) + np.sum(out["parts"][0] * out["parts"][1])


# -- the same function -------------------------------------------------------------------------------------------------------


def test_both_modes_to_third_order_with_containers_settings_and_several_results():
    p = {"a": x, "b": np.array([1.0, -1.0, 0.5])}

    check_grads(lambda p: as_number(ag.checkpoint(several)(p, 2, shift=0.1)), p, order=3)
    np.testing.assert_array_equal(
        ag.grad(lambda p: as_number(ag.checkpoint(several)(p)))(p)["a"],
        ag.grad(lambda p: as_number(several(p)))(p)["a"],
    )


def test_floats_and_scalars_stay_what_they_are():
    f = ag.checkpoint(lambda a, b: (a * b, a + 1.0))
    s = ag.scalar(2.0)
    product, total = f(s, 3.0)
    (product * total).backward()

    assert (type(product), type(total)) == (ag.Scalar, ag.Scalar)
    assert s.grad == 3.0 * 5.0
    assert ag.grad(ag.checkpoint(lambda t: t**3))(2.0) == 12.0
    assert ag.checkpoint(lambda t: t**3)(2.0) == 8.0


@pytest.mark.parametrize("dtype", [np.float32, complex])
def test_dtypes_are_kept(dtype):
    a = np.array([0.5, 2.0], dtype)
    f = lambda a: np.sum(np.abs(np.exp(a * a)))  # noqa: E731
    gradient = ag.grad(ag.checkpoint(f))(a)

    assert gradient.dtype == dtype
    np.testing.assert_array_equal(gradient, ag.grad(f)(a))


def test_checkpoints_nest():
    inner = ag.checkpoint(lambda t, c: np.sin(t * c))
    outer = ag.checkpoint(lambda t: inner(inner(t, 2.0), t) + t)

    check_grads(outer, x, order=3)


def test_one_value_given_twice_counts_twice():
    f = ag.checkpoint(lambda a, b: np.sum(a * b))

    assert ag.grad(lambda t: f(t, t))(x).tolist() == (2 * x).tolist()
    np.testing.assert_allclose(ag.hessian(lambda t: f(t, t))(x), 2 * np.eye(3))


def test_methods_can_be_checkpointed():
    class Model:
        factor = 3.0

        @ag.checkpoint
        def scaled(self, x):
            return self.factor * x

    assert ag.grad(lambda t: Model().scaled(t))(1.0) == 3.0


def test_what_is_constant_or_not_recorded_is_just_computed():
    f = ag.checkpoint(np.sin)

    assert type(f(x)) is np.ndarray
    assert not f(ag.tensor(x)).requires_grad
    with ag.no_grad():
        assert not f(ag.tensor(x, requires_grad=True)).requires_grad


def test_a_result_may_be_an_input_or_what_is_closed_over():
    w = ag.tensor(x, requires_grad=True)
    a = ag.tensor(x, requires_grad=True)
    same, closed = ag.checkpoint(lambda t: (t, w))(a)
    (np.sum(same * 2.0) + np.sum(closed * 3.0)).backward()
    with ag.no_grad():
        same += 1.0

    assert (a.grad.tolist(), w.grad.tolist()) == ([2.0] * 3, [3.0] * 3)
    assert a.tolist() == x.tolist()


def test_within_vmap_and_around_it():
    batch = np.arange(1.0, 7.0).reshape(2, 3)
    f = ag.checkpoint(lambda t: np.sum(np.sin(t) * x))
    around = ag.checkpoint(lambda b: np.sum(ag.vmap(f)(b)))

    for gradient in (
        ag.vmap(ag.grad(f))(batch),
        ag.grad(around)(batch),
        ag.grad(lambda b: np.sum(ag.vmap(f)(b)))(batch),
    ):
        np.testing.assert_allclose(gradient, np.cos(batch) * x)
    _, pull = ag.vjp(ag.checkpoint(np.sin), x)
    np.testing.assert_allclose(ag.vmap(pull)(batch)[0], batch * np.cos(x))


# -- what it closes over -----------------------------------------------------------------------------------------------------


def test_what_it_closes_over_is_differentiated():
    w = ag.tensor(x, requires_grad=True)
    scaled = w * 2.0  # not a leaf
    f = ag.checkpoint(lambda t: np.sum(np.sin(scaled * t) * w))
    plain = lambda t: np.sum(np.sin(scaled * t) * w)  # noqa: E731
    (expected,), (got,) = [ag.gradients(g(x), [w]) for g in (plain, f)]

    np.testing.assert_array_equal(got.numpy(), expected.numpy())
    for g in (plain, f):
        (first,) = ag.gradients(g(x), [w], create_graph=True)
        second = ag.gradients(np.sum(first * x), w)
        np.testing.assert_allclose(second.numpy(), ag.hvp(lambda v: np.sum(np.sin(2 * v * x) * v), x, x))


def test_a_transform_reaches_what_it_closes_over():
    loss = lambda w: np.sum(ag.checkpoint(lambda t: np.tanh(w * t))(x))  # noqa: E731

    check_grads(loss, x, order=2)
    _, pull = ag.vjp(loss, x)
    np.testing.assert_array_equal(pull(1.0)[0], ag.grad(lambda w: np.sum(np.tanh(w * x)))(x))


def model():
    nn.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Dropout(0.5), nn.Linear(8, 2)).double()


def test_the_parameters_of_a_module_get_the_same_gradients_dropout_included():
    net, twin = model(), model()
    nn.manual_seed(1)
    np.sum(ag.checkpoint(net)(x) ** 2).backward()
    nn.manual_seed(1)
    np.sum(twin(x) ** 2).backward()

    for p, q in zip(net.parameters(), twin.parameters(), strict=True):
        np.testing.assert_array_equal(p.grad.numpy(), q.grad.numpy())
    assert any(np.any(p.grad.numpy()) for p in net.parameters())


def test_the_way_back_leaves_the_random_stream_where_it_was():
    rng = np.random.default_rng(0)
    y = ag.checkpoint(lambda t: t * ag.drawn_from(rng).normal())(ag.tensor(x, requires_grad=True))
    before = rng.bit_generator.state
    np.sum(y).backward()

    assert rng.bit_generator.state == before


def test_nested_checkpoints_draw_the_same_again():
    rng = np.random.default_rng(0)
    noisy = ag.checkpoint(lambda t: t * ag.drawn_from(rng).normal())
    a = ag.tensor(2.0, requires_grad=True)
    y = ag.checkpoint(lambda t: noisy(noisy(t)) * ag.drawn_from(rng).normal())(a)
    rng.normal()
    y.backward()

    assert a.grad.item() == pytest.approx(y.item() / 2.0)


# -- what would be silently wrong --------------------------------------------------------------------------------------------


def test_undeclared_random_numbers_are_noticed():
    rng = np.random.default_rng(0)
    y = ag.checkpoint(lambda t: t * rng.normal())(ag.tensor(x, requires_grad=True))

    with pytest.raises(
        GradientError, match=r"gave something else when its checkpoint ran it again.*ag\.drawn_from\(generator\)"
    ):
        np.sum(y).backward()


@pytest.mark.parametrize("size", [3, 5000], ids=["small", "large"])
def test_new_data_of_what_it_closes_over_is_noticed(size):
    w = ag.tensor(np.ones(size), requires_grad=True)
    y = np.sum(ag.checkpoint(lambda t: w * t)(2.0))
    w.data = np.ones(size)

    with pytest.raises(MutationError, match="was given new data after"):
        y.backward()


@pytest.mark.parametrize("closed", [True, False])
def test_a_write_before_backward_is_noticed(closed):
    w = ag.tensor(x, requires_grad=True)
    y = np.sum(ag.checkpoint(lambda t: w * t)(2.0) if closed else ag.checkpoint(lambda t: t * t)(w))
    with ag.no_grad():
        w += 1.0

    with pytest.raises(MutationError, match="written in place"):
        y.backward()


def test_a_constant_array_that_changed_is_noticed_even_in_one_element():
    buffer = np.ones(5000)
    y = np.sum(ag.checkpoint(lambda t: buffer * t)(ag.scalar(2.0)))
    buffer[1234] = 2.0

    with pytest.raises(GradientError, match="depends on something that has changed since"):
        y.backward()


def test_a_constant_argument_is_safe_from_later_writes():
    buffer, s = np.ones(3), ag.scalar(2.0)
    y = np.sum(ag.checkpoint(lambda t, b: b * t)(s, buffer))
    buffer[:] = 100.0
    y.backward()

    assert s.grad == 3.0


def test_another_path_through_the_program_is_noticed():
    w, v = ag.tensor(x, requires_grad=True), ag.tensor(x, requires_grad=True)
    which = [w]
    y = np.sum(ag.checkpoint(lambda t: which[0] * t)(1.0))
    which[0] = v

    with pytest.raises(GradientError, match="gave something else"):
        y.backward()


def test_backward_twice_is_refused_as_ever():
    y = np.sum(ag.checkpoint(np.sin)(ag.tensor(x, requires_grad=True)))
    y.backward()

    with pytest.raises(GradientError, match="retain_graph=True"):
        y.backward()


def test_nan_and_infinite_results_are_the_same_again():
    a = ag.tensor([-1.0, 0.0, 4.0], requires_grad=True)
    with np.errstate(all="ignore"):
        np.sum(ag.checkpoint(lambda t: 1 / np.sqrt(t))(a)).backward()

    assert a.grad.tolist()[2] == -1 / 16


# -- memory ------------------------------------------------------------------------------------------------------------------

STEPS, SIZE = 64, 50_000


def chain(a, steps):
    for _ in range(steps):
        a = np.sin(a)
    return a


def in_segments(a):
    segment = ag.checkpoint(lambda a: chain(a, 8))
    for _ in range(STEPS // 8):
        a = segment(a)
    return a


def peak_of(f):
    """The most memory that f and the way back take, in arrays of the size of the input; and the gradient."""
    a = ag.tensor(np.linspace(0.0, 1.0, SIZE), requires_grad=True)
    tracemalloc.start()
    try:
        np.sum(f(a)).backward()
        return tracemalloc.get_traced_memory()[1] / (8 * SIZE), a.grad.numpy()
    finally:
        tracemalloc.stop()


def test_a_chain_of_n_steps_takes_memory_for_about_twice_the_square_root_of_n():
    plain, expected = peak_of(lambda a: chain(a, STEPS))
    segmented, gradient = peak_of(in_segments)

    np.testing.assert_array_equal(gradient, expected)
    assert plain > STEPS
    assert segmented < 2 * STEPS**0.5 + 6


def test_nothing_waits_for_the_garbage_collector():
    gc.collect()
    gc.disable()
    try:
        a = ag.tensor(x, requires_grad=True)
        y = ag.checkpoint(lambda t: np.sin(t) * a)(a)
        (first,) = ag.gradients(np.sum(y), [a], create_graph=True)
        nodes = [weakref.ref(y.node), weakref.ref(first.node)]
        np.sum(first).backward()
        del y, first
        assert [node() for node in nodes] == [None, None]
    finally:
        gc.enable()


def test_a_result_is_made_of_numbers():
    block = ag.checkpoint(lambda t: (t, "a word"))

    with pytest.raises(DTypeError, match="<lambda> must give numbers and arrays, in containers, and gave 'a word'"):
        block(ag.tensor(x, requires_grad=True))


def test_a_drawing_shows_what_it_calls_and_not_what_is_run_again(tmp_path):
    @ag.checkpoint
    def block(t):
        return np.sin(t) * t

    y = np.sum(block(ag.tensor(x, requires_grad=True, name="x")))
    y.backward()
    dot = ag.draw(y).save(tmp_path / "block.dot").read_text()

    assert "checkpoint(x, call=block(·))" in dot
    assert "through checkpoint" in dot
