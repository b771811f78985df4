"""The derivative of a root comes from its equation: both modes, any order, whatever found it."""

import gc
import weakref

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import DTypeError, GradientError, MutationError, ShapeError
from autograd_core.testing import check_grads


@ag.custom_root(lambda x, a: x * x - a)
def square_root(x, a, steps=30):
    for _ in range(steps):
        x = (x + a / x) / 2
    return x


def newton(f):
    """A solver by Newton's method, of plain arrays."""

    def solve(x, *params):
        for _ in range(30):
            step = np.linalg.solve(ag.jacobian(f)(x, *params), f(x, *params))
            x = x - step
            if np.max(np.abs(step)) < 1e-14:
                break
        return x

    return solve


MATRIX = np.array([[3.0, 1.0], [0.5, 4.0]])
a = np.array([1.0, 2.0])


def coupled(x, m, a):
    return m @ x + np.tanh(x) - a


# -- derivatives -------------------------------------------------------------------------------------------------------------


def test_the_derivatives_of_a_square_root_are_those_of_a_square_root():
    f = g = lambda a: square_root(1.0, a)
    for order, expected in enumerate([3.0, 1 / 6, -1 / 108, 1 / 648]):
        assert f(9.0) == pytest.approx(expected), order
        f = ag.grad(f)

    assert ag.jvp(g, (9.0,), (2.0,)) == pytest.approx((3.0, 1 / 3))


@pytest.mark.parametrize("value", [4.0, np.array(4.0), np.array([4.0, 9.0]), np.full((2, 1, 2), 4.0), np.zeros((0, 2))])
def test_numbers_and_arrays_of_any_shape_to_third_order(value):
    check_grads(lambda a: square_root(np.ones(np.shape(a)) if np.ndim(a) else 1.0, a), value, order=3)


def test_a_system_is_differentiated_by_all_of_its_parameters():
    root = ag.custom_root(coupled)(newton(coupled))

    check_grads(lambda m, a: root(np.zeros(2), m, a), MATRIX, a, order=3, directions=1)


def test_unknowns_and_parameters_may_be_containers():
    def equations(x, p):
        u, v = x["u"], x["v"]
        return {"u": p["m"] @ u + np.tanh(u) * v - p["a"], "v": v**3 + np.sum(u) - p["c"]}

    def solve(x, p):
        def flat(z):
            out = equations({"u": z[:2], "v": z[2]}, p)
            return ag.concatenate([out["u"], ag.reshape(out["v"], (1,))])

        z = newton(flat)(np.array([*x["u"], x["v"]]))
        return {"u": z[:2], "v": float(z[2])}

    root = ag.custom_root(equations)(solve)
    params = {"m": MATRIX, "a": a, "c": 3.0}

    check_grads(lambda p: root({"u": np.ones(2), "v": 1.0}, p), params, directions=1)
    assert root({"u": np.ones(2), "v": 1.0}, params).keys() == {"u", "v"}


def test_equations_of_a_dictionary_come_in_any_order():
    @ag.custom_root(lambda x, s: {"v": x["v"] - s * a, "u": x["u"] - s * s})
    def solve(x, s):
        return {"u": s * s, "v": s * a}

    start = {"u": 0.0, "v": np.zeros(2)}
    check_grads(lambda s: (lambda x: x["u"] * np.sum(x["v"] ** 2))(solve(start, s)), 1.5)


def test_what_the_equation_closes_over_is_differentiated():
    def f(m):
        equation = lambda x, a: coupled(x, m, a)  # noqa: E731
        bare = np.asarray(ag.stop_gradient(m))
        return ag.custom_root(equation)(lambda x, a: newton(lambda x, a: coupled(x, bare, a))(x, a))(np.zeros(2), a)

    check_grads(f, MATRIX, directions=1)


def test_a_fixed_point_is_a_root_of_its_step_minus_itself():
    step = lambda x, m, a: np.tanh(m @ x / 10 + a)  # noqa: E731

    @ag.custom_root(lambda x, *params: step(x, *params) - x)
    def fixed_point(x, *params):
        for _ in range(100):
            x = step(x, *params)
        return x

    check_grads(lambda m, a: fixed_point(np.zeros(2), m, a), MATRIX, a)


def test_a_minimum_is_a_root_of_its_gradient():
    def cost(x, penalty):
        return np.sum((x - a) ** 2) + penalty * np.sum(x**2)

    @ag.custom_root(ag.grad(cost))
    def ridge(x, penalty):
        return a / (1 + penalty)

    np.testing.assert_allclose(ag.jacobian(ridge, 1)(np.zeros(2), 0.5), -a / 1.5**2)


def test_complex_roots_of_a_holomorphic_equation():
    cube_root = ag.custom_root(lambda x, a: x**3 - a)(lambda x, a: a ** (1 / 3))

    check_grads(lambda a: cube_root(np.ones(2), a), np.array([1 + 0.5j, 2.0]))


def conjugate_gradients(matvec, b):
    x, r = np.zeros_like(b), b.copy()
    p = r.copy()
    while r @ r > 1e-28:
        q = matvec(p)
        alpha = (r @ r) / (p @ q)
        x, new = x + alpha * p, r - alpha * q
        p, r = new + (new @ new) / (r @ r) * p, new
    return x


def test_the_linear_systems_may_be_solved_without_a_matrix():
    symmetric = np.array([[2.0, 0.5], [0.5, 3.0]])
    equation = lambda x, a: symmetric @ x + x**3 - a  # noqa: E731
    root = ag.custom_root(equation, linear_solve=conjugate_gradients)(newton(equation))

    check_grads(lambda a: root(np.ones(2), a), a, order=3, directions=1)


def test_within_vmap_and_around_it():
    batch = np.arange(1.0, 7.0).reshape(2, 3)
    root = lambda a: square_root(np.ones(3), a)  # noqa: E731
    slopes = 1 / (2 * np.sqrt(batch))

    np.testing.assert_allclose(ag.vmap(root)(batch), np.sqrt(batch))
    np.testing.assert_allclose(ag.vmap(ag.grad(lambda a: np.sum(root(a))))(batch), slopes)
    np.testing.assert_allclose(ag.grad(lambda b: np.sum(ag.vmap(root)(b)))(batch), slopes)
    _, pull = ag.vjp(root, batch[0])
    _, push = ag.linearize(root, batch[0])
    np.testing.assert_allclose(ag.vmap(pull)(batch)[0], batch * slopes[0])
    np.testing.assert_allclose(ag.vmap(push)(batch), batch * slopes[0])


def test_scalars_give_scalars():
    s = ag.scalar(9.0)
    y = square_root(1.0, s)
    y.backward()

    assert (y.data, s.grad) == pytest.approx((3.0, 1 / 6))
    assert isinstance(y, ag.Scalar)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble])
def test_dtypes_are_kept(dtype):
    value, pull = ag.vjp(lambda a: square_root(np.ones(2, dtype), a), np.array([4.0, 9.0], dtype))
    (gradient,) = pull(np.ones(2, dtype))

    assert (value.dtype, gradient.dtype) == (dtype, dtype)
    np.testing.assert_allclose(gradient.astype(float), [1 / 4, 1 / 6], rtol=max(4 * float(np.finfo(dtype).eps), 1e-15))


def test_the_start_and_the_settings_have_no_influence():
    assert ag.grad(lambda x0: square_root(x0, 9.0, steps=40))(2.0) == 0.0
    assert square_root(1.0, 9.0, steps=1) == 5.0


def test_plain_numbers_in_give_plain_numbers_out():
    assert type(square_root(1.0, 9.0)) is float
    with ag.no_grad():
        assert not square_root(1.0, ag.tensor(9.0, requires_grad=True)).requires_grad


def test_nothing_waits_for_the_garbage_collector():
    gc.collect()
    gc.disable()
    try:
        t = ag.tensor(a, requires_grad=True)
        y = square_root(np.ones(2), t)
        (first,) = ag.gradients(np.sum(y), [t], create_graph=True)
        nodes = [weakref.ref(y.node), weakref.ref(first.node)]
        np.sum(first).backward()
        del y, first
        assert [node() for node in nodes] == [None, None]
    finally:
        gc.enable()


def test_a_drawing_shows_the_solver_as_one_operation(tmp_path):
    dot = ag.draw(lambda a: square_root(1.0, a), 9.0).save(tmp_path / "root.dot").read_text()

    assert "root(a, call=square_root(·))" in dot


# -- what is refused ---------------------------------------------------------------------------------------------------------


def test_what_is_no_root_is_refused_with_how_far_it_is_off():
    lazy = ag.custom_root(lambda x, a: x * x - a)(lambda x, a: 2.0)

    assert lazy(1.0, 9.0) == 2.0
    with pytest.raises(GradientError, match=r"gave no root: the largest of its equations is 5 there.*set tolerance="):
        ag.grad(lazy, 1)(1.0, 9.0)


def test_the_tolerance_is_yours():
    near = lambda x, a: a**0.5 * 1.001  # noqa: E731

    with pytest.raises(GradientError, match="gave no root"):
        ag.grad(ag.custom_root(lambda x, a: x * x - a)(near), 1)(1.0, 9.0)
    assert ag.grad(ag.custom_root(lambda x, a: x * x - a, tolerance=0.1)(near), 1)(1.0, 9.0) == pytest.approx(
        1 / 6, 1e-2
    )


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_units_do_not_matter(scale):
    root = ag.custom_root(lambda x, a: scale * (x * x - a))(square_root.solve)

    assert ag.grad(root, 1)(1.0, 9.0) == pytest.approx(1 / 6)


SINGULAR = {
    "a double root": lambda x, a: (x - a) ** 2,
    "not a function of x": lambda x, a: a - a,
    "dependent equations": lambda x, a: (x[0] + x[1] - a[0] - a[1]) * np.ones(2),
}


@pytest.mark.parametrize("equation", SINGULAR.values(), ids=SINGULAR)
@pytest.mark.parametrize("derive", [ag.jacobian, lambda f: lambda a: ag.jvp(f, (a,), (a,))], ids=["reverse", "forward"])
def test_a_singular_jacobian_is_refused(equation, derive):
    root = ag.custom_root(equation)(lambda x, a: a)

    with pytest.raises(GradientError, match="has no derivative: the Jacobian of its equations by x is singular there"):
        derive(lambda a: root(np.ones(2), a))(a)


def test_there_are_as_many_equations_as_unknowns():
    root = ag.custom_root(lambda x, a: np.sum(x) - a)(lambda x, a: np.ones(3))

    with pytest.raises(ShapeError, match=r"as many as the unknowns: for x of shape \(3,\) they have shape \(\)"):
        root(np.ones(3), ag.scalar(3.0))
    with pytest.raises(ShapeError, match="containers differ"):
        ag.custom_root(lambda x, a: (x - a, x))(lambda x, a: a)(1.0, ag.scalar(3.0))


@pytest.mark.parametrize("solution", [3, "three", np.arange(3)])
def test_a_solution_is_made_of_floats(solution):
    with pytest.raises(DTypeError, match="must give floats or arrays of floats"):
        ag.custom_root(lambda x, a: x - a)(lambda x, a: solution)(1.0, ag.scalar(3.0))


def test_a_parameter_written_before_backward_is_noticed():
    t = ag.tensor(a, requires_grad=True)
    y = np.sum(square_root(np.ones(2), t))
    with ag.no_grad():
        t += 1.0

    with pytest.raises(MutationError, match="written in place"):
        y.backward()


def test_new_data_of_what_the_equation_closes_over_is_noticed():
    w = ag.tensor(a, requires_grad=True)
    root = ag.custom_root(lambda x, s: x * x - s * w)(lambda x, s: np.sqrt(s * a))
    y = np.sum(root(np.ones(2), ag.scalar(1.0)))
    w.data = np.ones(2)

    with pytest.raises(MutationError, match="was given new data after"):
        y.backward()


def test_an_array_that_the_equation_closes_over_and_that_was_written_before_backward_is_noticed():
    factor, a = np.array([2.0, 3.0]), ag.tensor([1.0, 4.0], requires_grad=True)
    root = ag.custom_root(lambda x, a: x - a * factor)(lambda x, a: a * factor)
    y = np.sum(root(np.zeros(2), a))
    factor[:] = 0.0

    with pytest.raises(GradientError, match=r"now the largest is 12: they close over something that has changed"):
        y.backward()
