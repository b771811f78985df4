"""Functions that give derivatives of functions: what they return, how they nest."""

from collections import defaultdict, namedtuple
from typing import NamedTuple

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import DTypeError, GradientError, ShapeError, UnsupportedError
from autograd_core.testing import check_grads


def cube_sum(x):
    return np.sum(x**3)


x = np.array([1.0, -2.0, 3.0])


# -- what comes back ---------------------------------------------------------------------------------------------------------


def test_plain_arrays_in_give_plain_arrays_out():
    value, gradient = ag.value_and_grad(cube_sum)(x)

    assert type(gradient) is np.ndarray
    assert not isinstance(value, ag.Tensor)
    assert (value, gradient.tolist()) == (20.0, [3.0, 12.0, 27.0])


def test_floats_in_give_floats_out():
    assert type(ag.grad(lambda t: t * t)(3.0)) is float


def test_a_tensor_in_gives_a_tensor_out():
    gradient = ag.grad(cube_sum)(ag.tensor(x))

    assert isinstance(gradient, ag.Tensor)
    assert not gradient.requires_grad


def test_a_recorded_input_gives_a_recorded_gradient_and_keeps_its_own_grad():
    t = ag.tensor(x, requires_grad=True)
    gradient = ag.grad(cube_sum)(t)
    np.sum(gradient).backward()

    assert gradient.requires_grad
    np.testing.assert_allclose(t.grad.numpy(), 6 * x)


def test_closing_over_a_recorded_value_gives_recorded_results():
    w = ag.tensor(2.0, requires_grad=True)
    gradient = ag.grad(lambda t: np.sum(w * t * t))(x)
    np.sum(gradient).backward()

    assert w.grad.item() == np.sum(2 * x)


def test_transforms_never_touch_grad():
    t = ag.tensor(x, requires_grad=True)
    ag.grad(cube_sum)(t)
    ag.jvp(cube_sum, (t,), (t,))
    ag.gradients(cube_sum(t), t)

    assert t.grad is None


def test_an_argument_that_is_ignored_gets_zeros():
    assert ag.grad(lambda a, b: np.sum(a), argnums=1)(x, x).tolist() == [0.0, 0.0, 0.0]
    assert ag.grad(lambda a: 5.0)(2.0) == 0.0


def test_a_piecewise_constant_function_has_gradient_zero():
    assert ag.grad(lambda a: np.sum(np.floor(a)))(x).tolist() == [0.0, 0.0, 0.0]


def test_argnums_gives_bare_or_tuple():
    f = lambda a, b: np.sum(a * b)  # noqa: E731

    assert type(ag.grad(f, argnums=1)(x, x)) is np.ndarray
    assert type(ag.grad(f, argnums=(0, -1))(x, x)) is tuple
    with pytest.raises(GradientError, match="argnums=2"):
        ag.grad(f, argnums=2)(x, x)


class Pair(NamedTuple):
    left: object
    right: object


def test_containers_come_back_as_they_went_in():
    params = {"w": [np.ones(2), 2.0], "pair": Pair(np.full((1, 2), 3.0), None)}

    gradient = ag.grad(lambda p: np.sum(p["w"][0] * p["w"][1] * p["pair"].left))(params)

    assert gradient["w"][0].tolist() == [6.0, 6.0]
    assert gradient["w"][1] == 6.0
    assert gradient["pair"].left.tolist() == [[2.0, 2.0]]
    assert gradient["pair"].right is None


def test_has_aux_passes_other_results_through():
    (value, aux), gradient = ag.value_and_grad(lambda a: (np.sum(a), {"twice": a * 2}), has_aux=True)(x)

    assert value == 2.0
    assert type(aux["twice"]) is np.ndarray
    assert gradient.tolist() == [1.0, 1.0, 1.0]


def test_grad_wants_one_real_number():
    with pytest.raises(GradientError, match=r"shape \(3,\).*jacobian"):
        ag.grad(lambda a: a * 2)(x)
    with pytest.raises(GradientError, match="returned None: its return is missing"):
        ag.grad(lambda x: None)(1.0)
    with pytest.raises(GradientError, match="say has_aux=True"):
        ag.grad(lambda x: (x, 1))(1.0)
    with pytest.raises(GradientError, match="complex128"):
        ag.grad(lambda a: np.sum(a))(x + 1j)


def test_vjp_pulls_several_cotangents_and_checks_their_shape():
    (y, z), pull = ag.vjp(lambda a, b: (a * b, np.sum(b)), x, x)

    assert type(y) is np.ndarray
    for got, expected in zip(pull((np.ones(3), 10.0)), (x, x + 10.0), strict=True):
        np.testing.assert_allclose(got, expected)
    with pytest.raises(ShapeError, match=r"shape \(2,\)"):
        pull((np.ones(2), 1.0))
    with pytest.raises(ShapeError, match="containers differ"):
        pull(np.ones(3))
    assert z == 2.0


@pytest.mark.parametrize("wrong", [x * 1j, np.array(["a", "b", "c"])])
def test_a_real_value_has_real_tangents_and_cotangents(wrong):
    y = ag.tensor(x, requires_grad=True) * 2.0
    for call in (
        lambda: ag.jvp(np.sin, (x,), (wrong,)),
        lambda: ag.vjp(np.sin, x)[1](wrong),
        lambda: ag.hvp(lambda x: np.sum(x**3), x, wrong),
        lambda: y.backward(wrong),
        lambda: ag.gradients(y, y, wrong),
    ):
        with pytest.raises(DTypeError, match=f"is {wrong.dtype}, but the value is float64"):
            call()


@pytest.mark.parametrize("transform", [ag.grad, ag.value_and_grad, ag.jacobian, ag.hessian, ag.checkpoint, ag.vmap])
def test_a_transform_takes_a_function(transform):
    with pytest.raises(GradientError, match=r"takes a function, not array\(\[1., 2., 3.\]\)"):
        transform(np.array([1.0, 2.0, 3.0]))


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_complex_jacobian_is_that_of_a_holomorphic_function(mode):
    z = np.array([1 + 2j, 0.5 - 1j])
    mixed = ag.jacobian(lambda p: np.exp(p["z"] * p["x"]), mode=mode)({"z": z, "x": 2.0})

    np.testing.assert_allclose(mixed["z"], np.diag(2 * np.exp(2 * z)))
    np.testing.assert_allclose(mixed["x"], z * np.exp(2 * z))
    for bent in (np.conj, lambda z: np.abs(z) * z, ag.grad(lambda z: np.sum(np.abs(np.sin(z)) ** 2))):
        with pytest.raises(GradientError, match=r"not holomorphic.*real and imaginary parts"):
            ag.jacobian(bent, mode=mode)(z)
    with pytest.raises(GradientError, match="not holomorphic"):
        ag.jacobian(np.conj, mode=mode)(1 + 2j)


def test_containers_are_given_back_as_they_are():
    pair = namedtuple("pair", "a b")
    given = defaultdict(float, p=pair(2.0, x), q=None)
    gradient = ag.grad(lambda d: d["p"].a * np.sum(d["p"].b))(given)

    assert type(gradient) is defaultdict
    assert gradient.default_factory is float
    assert type(gradient["p"]) is pair
    assert gradient["p"].a == np.sum(x)


@pytest.mark.parametrize("take", [ag.grad(np.sum), ag.tensor])
def test_a_mask_is_not_lost_on_the_way_in(take):
    with pytest.raises(UnsupportedError, match="masked arrays are not differentiated"):
        take(np.ma.array(x, mask=[0, 1, 0]))


def test_gradients_takes_recorded_values():
    with pytest.raises(GradientError, match=r"gradients\(\) takes recorded values, not array.*ag.grad"):
        ag.gradients(x, x)


def test_cotangents_and_tangents_of_dictionaries_come_in_any_order():
    _, pull = ag.vjp(lambda a: {"u": a, "v": a * a}, x)

    np.testing.assert_array_equal(pull({"v": np.zeros(3), "u": x})[0], x)
    assert ag.jvp(lambda d: d["a"] * d["b"], ({"a": 1.0, "b": 3.0},), ({"b": 0.0, "a": 1.0},)) == (3.0, 3.0)


def test_jvp_and_vjp_are_transposes():
    def f(a, b):
        return np.tanh(a[:, None] * b) / (1 + b * b)

    a, b = x, np.array([0.5, -1.0])
    u, va, vb = np.arange(6.0).reshape(3, 2), np.array([1.0, 2.0, -1.0]), np.array([0.3, 0.7])
    _, pull = ag.vjp(f, a, b)
    ga, gb = pull(u)
    _, t = ag.jvp(f, (a, b), (va, vb))

    np.testing.assert_allclose(np.sum(u * t), ga @ va + gb @ vb)


@pytest.mark.parametrize("constant", [ag.tensor(2.0), ag.tensor([2.0, 1.0])])
def test_a_float_pushes_its_tangent_through_tensors(constant):
    _, t = ag.jvp(lambda c: constant - c, (3.0,), (1.0,))

    assert t.tolist() == (-np.ones(constant.shape)).tolist()


def test_linearize_runs_f_once_for_any_number_of_tangents():
    runs = []

    def f(p, c):
        runs.append(1)
        return {"y": p["a"] * c, "z": np.sum(p["a"]) * c**2}

    y, push = ag.linearize(f, {"a": x}, 2.0)
    pushed = push({"a": np.ones(3)}, 0.0), push({"a": np.zeros(3)}, 1.0)

    assert len(runs) == 1
    assert (y["y"].tolist(), y["z"]) == ((2 * x).tolist(), 8.0)
    assert pushed[0]["y"].tolist() == [2.0] * 3
    assert pushed[0]["z"] == 12.0
    assert pushed[1]["y"].tolist() == x.tolist()
    assert pushed[1]["z"] == 8.0
    with pytest.raises(ShapeError, match="linearize: the tangent has shape"):
        push({"a": np.ones(2)}, 0.0)
    with pytest.raises(ShapeError, match="linearize: primals and tangents: the containers differ"):
        push({"a": np.ones(3)})


def test_linearize_differentiates_in_the_tangents_and_under_other_transforms():
    v = np.array([1.0, 2.0, -1.0])
    with ag.no_grad():
        _, push = ag.linearize(np.sin, x)

    np.testing.assert_allclose(ag.grad(lambda v: np.sum(push(v)))(v), np.cos(x))
    np.testing.assert_allclose(ag.grad(lambda x: np.sum(ag.linearize(np.sin, x)[1](v)))(x), -np.sin(x) * v)
    np.testing.assert_allclose(ag.jvp(lambda x: ag.linearize(np.sin, x)[1](v), (x,), (v,))[1], -np.sin(x) * v * v)


def test_stop_gradient_stops_both_modes_within_containers():
    def f(p):
        still = ag.stop_gradient(p)
        assert still["n"] == 3
        return p["a"] * still["a"] + still["parts"][0]

    p = {"a": 2.0, "parts": (5.0, None)}
    with_n = lambda p: f({**p, "n": 3})  # noqa: E731

    assert ag.grad(with_n)(p) == {"a": 2.0, "parts": (0.0, None)}
    assert ag.jvp(with_n, (p,), ({"a": 1.0, "parts": (1.0, None)},)) == (9.0, 2.0)
    assert ag.grad(ag.grad(lambda t: t * ag.stop_gradient(t)))(3.0) == 0.0
    assert ag.stop_gradient(ag.tensor(x, requires_grad=True)).requires_grad is False


@pytest.mark.parametrize("mode", ["forward", "reverse", "auto"])
def test_jacobian_has_the_shape_of_result_and_argument(mode):
    jacobian = ag.jacobian(lambda a: np.reshape(a * a, (3, 1)) * np.array([1.0, 10.0]), mode=mode)(x)

    expected = np.einsum("i,ij,k->ikj", 2 * x, np.eye(3), np.array([1.0, 10.0]))
    np.testing.assert_allclose(jacobian, expected)


def test_jacobian_over_several_arguments_and_containers():
    by_a, by_p = ag.jacobian(lambda a, p: a * p["k"], argnums=(0, 1))(x, {"k": 2.0})

    np.testing.assert_allclose(by_a, 2 * np.eye(3))
    np.testing.assert_allclose(by_p["k"], x)


def test_hessian_and_hvp_agree():
    f = lambda a: np.sum(np.exp(a) * np.sin(a[::-1]))  # noqa: E731
    v = np.array([1.0, 2.0, -1.0])
    hessian = ag.hessian(f)(x)

    np.testing.assert_allclose(hessian, hessian.T, atol=1e-12)
    np.testing.assert_allclose(ag.hvp(f, x, v), hessian @ v)
    np.testing.assert_allclose(ag.hvp(f, (x,), (v,))[0], hessian @ v)


def test_gradients_of_recorded_values_with_create_graph():
    t = ag.tensor(x, requires_grad=True)
    (g,) = ag.gradients([cube_sum(t)], [t], create_graph=True)
    second = ag.gradients(np.sum(g), t)

    np.testing.assert_allclose(second.numpy(), 6 * x)


# -- perturbation confusion: derivatives inside derivatives, each about its own variable ---------------------------------------


def d(f, at):
    return ag.jvp(f, (at,), (1.0,))[1]


@pytest.mark.parametrize("outer", [ag.grad, lambda f: lambda at: d(f, at)])
@pytest.mark.parametrize("inner", [ag.grad, lambda f: lambda at: d(f, at)])
def test_x_times_derivative_of_x_plus_y(outer, inner):
    # Siskind and Pearlmutter 2005: d/dx (x * d/dy (x + y)) at x = 1, y = 1 is 1; confusion would give 2
    assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0


@pytest.mark.parametrize("outer", [ag.grad, lambda f: lambda at: d(f, at)])
@pytest.mark.parametrize("inner", [ag.grad, lambda f: lambda at: d(f, at)])
def test_inner_derivative_at_the_outer_variable(outer, inner):
    # d/dx (d/dy (x * y * y) at y = x) = d/dx (2 x x) = 4 x
    assert outer(lambda x: inner(lambda y: x * y * y)(x))(3.0) == 12.0


def test_a_derivative_closed_over_and_called_later():
    # Manzyuk et al. 2019: a function returned from under a derivative must keep its own perturbation
    def curried(x):
        return lambda y: x * y

    assert ag.grad(lambda x: ag.grad(curried(x))(2.0) * x)(5.0) == 10.0


def test_self_nesting_to_fifth_order():
    f = lambda t: t**7  # noqa: E731
    for _ in range(5):
        f = ag.grad(f)

    assert f(2.0) == 7 * 6 * 5 * 4 * 3 * 2.0**2


def test_alternating_modes_to_fourth_order():
    f = np.sin
    for mode in (ag.grad, lambda g: lambda at: d(g, at)) * 2:
        f = mode(f)

    np.testing.assert_allclose(f(0.7), np.sin(0.7))


def test_grad_works_inside_no_grad_and_leaves_nothing_recorded():
    t = ag.tensor(x, requires_grad=True)
    with ag.no_grad():
        gradient = ag.grad(cube_sum)(t)

    assert not gradient.requires_grad
    np.testing.assert_allclose(gradient.numpy(), 3 * x**2)


def test_what_an_inner_transform_differentiated_is_invisible_to_an_outer_one():
    x = np.array([1.0, 2.0])

    def of_tangent(a):
        return np.sum(ag.jvp(lambda h: a * h * h, (x,), (np.ones(2),))[1])

    def of_cotangent(a):
        y, pull = ag.vjp(lambda h: a * h * h, x)
        return np.sum(y) + np.sum(pull(np.ones(2))[0])

    def of_matrix(a):
        return np.sum(ag.jacobian(lambda h: a * h * h)(x))

    for f, value in ((of_tangent, 18.0), (of_cotangent, 33.0), (of_matrix, 18.0)):
        y, g = ag.value_and_grad(f)(np.float64(3.0))
        assert (type(y), type(g)) == (np.float64, np.float64)
        assert (y, g) == (value, value / 3)


@pytest.mark.parametrize(
    "f", [np.linalg.qr, lambda a: np.linalg.svd(a, full_matrices=False), lambda a: np.linalg.eigh(a.T @ a)]
)
def test_a_tangent_of_several_results_can_be_differentiated(f):
    a = np.array([[1.0, 0.5], [-0.3, 2.0], [0.7, -1.1]])
    v = np.array([[0.2, -0.4], [1.0, 0.3], [-0.6, 0.8]])

    def slope(x):
        return sum(np.sum(np.sin(t)) for t in ag.jvp(f, (x,), (v,))[1])

    check_grads(slope, a, order=1)
