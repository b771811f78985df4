"""Arrays in awkward layouts give what their contiguous twins give: as leaves, constants, seeds, gradients and in optimisers."""

from functools import partial

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError
from autograd_core.testing.layouts import LAYOUTS, laid_out

BASE = np.linspace(-1.0, 1.0, 24).reshape(2, 3, 4)


AWKWARD = {
    **{name: partial(laid_out, BASE, name) for name in LAYOUTS},
    "transposed": lambda: BASE.copy().T,
    "reversed in part": lambda: BASE.copy()[::-1, :, ::-1],
    "one number": lambda: np.array(0.5),
    "empty": lambda: np.ones((2, 0, 3)),
    "an axis of 1": lambda: BASE.copy()[:, :1],
}
layouts = pytest.mark.parametrize("make", AWKWARD.values(), ids=AWKWARD)

OPERATIONS = {
    "elementwise": lambda a: np.exp(a) * a,
    "broadcast": lambda a: a + np.sum(a, axis=-1, keepdims=True) if np.ndim(a) else a,
    "reduction": lambda a: np.mean(a * a, axis=0) if np.ndim(a) else a * a,
    "view": lambda a: a[..., ::-1].T * 2.0 if np.ndim(a) else a.T,
    "reshape": lambda a: np.reshape(a, (-1,)) ** 2,
    "choice": lambda a: np.where(a > 0, a, 0.1 * a),
    "softmax": lambda a: ag.ops.softmax(a) if np.ndim(a) else a,
    "write": lambda a: written(a * 2.0),
    "scan": lambda a: np.cumsum(a, axis=-1) * a if np.ndim(a) else a,
}


def written(y):
    if np.ndim(y):
        y[...] = y * y
    y += 1.0
    return y


def gradient_of(f, a):
    x = ag.tensor(a, requires_grad=True)
    y = f(x)
    y.backward(np.cos(y.data))
    return y.data, x.grad.data


@layouts
@pytest.mark.parametrize("name", OPERATIONS)
def test_values_and_gradients_are_those_of_the_contiguous_twin(name, make):
    awkward, f = make(), OPERATIONS[name]
    twin = np.ascontiguousarray(awkward, dtype=float).reshape(awkward.shape)

    for found, expected in zip(gradient_of(f, awkward), gradient_of(f, twin), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-14)
        assert found.shape == expected.shape
    (y, pull), (z, pull_twin) = ag.vjp(f, awkward), ag.vjp(f, twin)
    np.testing.assert_allclose(pull(np.cos(y))[0], pull_twin(np.cos(z))[0], rtol=1e-14)
    for found, expected in zip(ag.jvp(f, (awkward,), (awkward,)), ag.jvp(f, (twin,), (twin,)), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-14)


@layouts
def test_constants_and_leaves_over_arrays_are_left_alone(make):
    array = make()
    before = array.copy()
    for x in (ag.tensor(array, requires_grad=True), ag.asarray(array).requires_grad_()):
        np.sum(x * array + ag.asarray(array)).backward()
        np.testing.assert_array_equal(x.grad.data, before)
        with ag.no_grad():
            x -= 1.0
            x[...] = 3.0
        assert np.all(x.data == 3.0)
    np.testing.assert_array_equal(array, before)


@layouts
def test_seeds_in_any_layout(make):
    seed = make()
    before = seed.copy()
    for given in (seed, ag.tensor(seed, dtype=float), ag.asarray(seed.astype(float))):
        x = ag.tensor(np.full(seed.shape, 2.0), requires_grad=True)
        for _ in range(2):
            (x * x + x).backward(given)
            x.backward(given)
        np.testing.assert_allclose(x.grad.data, 12.0 * before)
        np.testing.assert_array_equal(seed, before)
        np.testing.assert_array_equal(np.asarray(given), before)


@layouts
def test_a_gradient_set_by_hand_is_added_to(make):
    mine = make()
    before = mine.copy()
    x = ag.tensor(np.full(mine.shape, 2.0), requires_grad=True)
    x.grad = mine
    for _ in range(2):
        np.sum(x * x).backward()
    np.testing.assert_allclose(x.grad.data, before + 8.0)
    x.grad = ag.asarray(mine.astype(float))
    np.sum(x * x).backward()

    np.testing.assert_allclose(x.grad.data, before + 4.0)
    np.testing.assert_array_equal(mine, before)


@layouts
def test_hooks_may_give_any_layout(make):
    answer = make()
    x = ag.tensor(np.full(answer.shape, 2.0), requires_grad=True)
    y = x * 1.0
    y.register_hook(lambda g: answer)
    x.register_hook(lambda g: np.asarray(g) * 1.0)
    for _ in range(2):
        np.sum(y).backward(retain_graph=True)

    np.testing.assert_allclose(x.grad.data, 2 * answer)


@layouts
@pytest.mark.parametrize("optimizer", [nn.optim.SGD, nn.optim.Adam], ids=lambda o: o.__name__)
def test_optimisers_change_parameters_in_any_layout(make, optimizer):
    array = make()
    stepped = []
    for start in (array, np.ascontiguousarray(array, dtype=float).reshape(array.shape)):
        p = nn.Parameter(start)
        if p.dtype != np.float64 or not p.dtype.isnative:
            p = nn.Parameter(start.astype(float))
        stepping = optimizer([p], lr=0.1)
        for _ in range(3):
            stepping.zero_grad()
            np.sum(np.sin(p)).backward()
            stepping.step()
        stepped.append(p.data)

    np.testing.assert_allclose(*stepped, rtol=1e-12)


@layouts
def test_new_data_in_any_layout(make):
    array = make()
    x = ag.tensor(np.zeros(array.shape), requires_grad=True)
    x.data = array
    np.sum(x * x).backward()

    np.testing.assert_allclose(x.grad.data, 2 * array)
    with ag.no_grad():
        x += 1.0
    np.testing.assert_array_equal(x.data, array + 1.0)


def test_a_gradient_of_another_dtype_is_refused():
    x = ag.tensor([1.0], requires_grad=True)
    with pytest.raises(DTypeError, match=r"g\.astype\(x\.dtype\)"):
        x.grad = ag.tensor([1])


def test_a_gradient_that_something_was_computed_from_is_not_added_to_in_place():
    x, w = ag.tensor([1.0, 2.0], requires_grad=True), ag.tensor([3.0, 4.0], requires_grad=True)
    np.sum(x * x).backward()
    y, z = np.sum(w * x.grad), np.sum(w[:1] * x.grad[:1])
    np.sum(x * x).backward()
    (y + z).backward()

    assert w.grad.tolist() == [4.0, 4.0]
    assert x.grad.tolist() == [4.0, 8.0]
