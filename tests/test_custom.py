"""A user's own rules: stated one way, they hold both ways and to any order, and nothing is cut silently."""

import copy
import math

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import DeclarationError, DTypeError, GradientError, ShapeError
from autograd_core.testing import check_grads

x = np.array([0.5, 1.0, 2.0])
w = np.array([1.5, -0.7, 0.3])


@ag.custom_vjp
def wave(x, y, *, n=2):
    return np.sin(x) * y**n


def wave_forward(x, y, *, n=2):
    return wave(x, y, n=n), (x, y, n)


def wave_backward(residuals, g):
    x, y, n = residuals
    return g * np.cos(x) * y**n, g * np.sin(x) * n * y ** (n - 1)


wave.defvjp(wave_forward, wave_backward)


@ag.custom_jvp
def power(x, y, *, n=2):
    return np.sin(x) * y**n


@power.defjvp
def power_rule(primals, tangents, *, n=2):
    (x, y), (tx, ty) = primals, tangents
    return power(x, y, n=n), tx * np.cos(x) * y**n + ty * np.sin(x) * n * y ** (n - 1)


BOTH = pytest.mark.parametrize("f", [wave, power], ids=["custom_vjp", "custom_jvp"])


# -- one rule, both modes, any order -----------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("args", [(x, w), (0.5, 1.5), (x, 1.5), (x[0], w)], ids=["arrays", "floats", "mixed", "0-d"])
def test_one_rule_holds_in_both_modes_to_third_order(f, args):
    if np.shape(args[0]) != np.shape(args[1]):
        args = np.broadcast_arrays(*args)
    check_grads(f, *args, order=3)
    check_grads(lambda a, b: f(a, b, n=3), *args, order=2, directions=1)


@BOTH
def test_a_hessian_goes_forward_over_reverse_through_a_rule(f):
    plain = ag.hessian(lambda a: np.sum(np.sin(a) * w**2 * a))(x)

    np.testing.assert_allclose(ag.hessian(lambda a: np.sum(f(a, w) * a))(x), plain)


@BOTH
def test_scalars_give_scalars(f):
    s, t = ag.scalar(0.5), ag.scalar(1.5)
    y = f(s, t)
    y.backward()

    assert isinstance(y, ag.Scalar)
    assert (s.grad, t.grad) == pytest.approx((math.cos(0.5) * 2.25, math.sin(0.5) * 3.0))


@BOTH
def test_plain_arrays_in_give_plain_arrays_out(f):
    assert type(f(x, w)) is np.ndarray
    with ag.no_grad():
        y = f(ag.tensor(x, requires_grad=True), w)

    assert isinstance(y, ag.Tensor)
    assert not y.requires_grad


@BOTH
def test_only_what_requires_a_gradient_gets_one(f):
    a, b = ag.tensor(x, requires_grad=True), ag.tensor(w)
    np.sum(f(a, b)).backward()

    np.testing.assert_allclose(a.grad.numpy(), np.cos(x) * w**2)
    assert b.grad is None


@BOTH
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble])
def test_gradients_have_the_dtype_of_their_inputs(f, dtype):
    value, pull = ag.vjp(f, x.astype(dtype), w.astype(dtype))

    assert value.dtype == dtype
    assert [g.dtype for g in pull(np.ones(3, dtype))] == [dtype, dtype]


def test_the_rule_counts_and_not_the_body():
    @ag.custom_vjp
    def reversed_gradient(x):
        return x

    reversed_gradient.defvjp(lambda x: (x, None), lambda residuals, g: (-g,))

    assert ag.grad(lambda t: reversed_gradient(t) ** 2)(3.0) == -6.0
    assert ag.jvp(lambda t: reversed_gradient(t) ** 2, (3.0,), (1.0,))[1] == -6.0


def test_a_stable_rule_is_stable_at_second_order():
    @ag.custom_jvp
    def softplus(x):
        return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)

    softplus.defjvp(lambda primals, tangents: (softplus(*primals), tangents[0] / (1 + np.exp(-primals[0]))))

    assert ag.grad(softplus)(0.0) == 0.5
    assert ag.grad(ag.grad(softplus))(0.0) == 0.25
    assert ag.grad(ag.grad(softplus))(100.0) == pytest.approx(math.exp(-100.0))


def test_complex_rules_state_the_plain_derivative():
    @ag.custom_vjp
    def cube(z):
        return z**3

    cube.defvjp(lambda z: (z**3, z), lambda z, g: (3 * z**2 * g,))
    z = np.array([1 + 2j, -0.5j])

    check_grads(cube, z)
    np.testing.assert_allclose(ag.vjp(cube, z)[1](np.ones(2, complex))[0], np.conj(3 * z**2))


# -- containers, several results, settings -----------------------------------------------------------------------------------


@ag.custom_vjp
def layer(params, x, n):
    return {"y": params["w"] * x**n, "parts": [np.sum(params["b"]), x]}


def layer_backward(residuals, g):
    params, x, n = residuals
    gy, (gs, gx) = g["y"], g["parts"]
    return {"w": gy * x**n, "b": gs * np.ones_like(params["b"])}, gy * params["w"] * n * x ** (n - 1) + gx, None


layer.defvjp(lambda params, x, n: (layer(params, x, n), (params, x, n)), layer_backward)


@ag.custom_jvp
def layer_ahead(params, x, n):
    return layer.function(params, x, n)


@layer_ahead.defjvp
def layer_tangent(primals, tangents):
    (params, x, n), (t, tx, nothing) = primals, tangents
    assert nothing is None  # an integer does not move
    return layer_ahead(*primals), {
        "y": t["w"] * x**n + params["w"] * n * x ** (n - 1) * tx,
        "parts": [np.sum(t["b"]), tx],
    }


@pytest.mark.parametrize("f", [layer, layer_ahead], ids=["custom_vjp", "custom_jvp"])
def test_containers_several_results_and_integers_pass_through(f):
    params = {"w": w, "b": np.ones(2)}

    check_grads(lambda p, x: f(p, x, 3), params, x)
    assert set(f(params, x, 3)) == {"y", "parts"}
    gradient = ag.grad(lambda p: np.sum(f(p, x, 3)["y"]))(params)
    np.testing.assert_allclose(gradient["w"], x**3)
    np.testing.assert_allclose(gradient["b"], [0.0, 0.0])


def test_none_is_no_gradient_also_for_a_whole_container():
    @ag.custom_vjp
    def first(a, others):
        return a + others["b"][0]

    first.defvjp(lambda a, others: (first(a, others), None), lambda residuals, g: (g, None))
    gradients = ag.grad(lambda a, o: np.sum(first(a, o)), (0, 1))(x, {"b": [w, 2.0]})

    assert gradients[0].tolist() == [1.0, 1.0, 1.0]
    assert [np.sum(b) for b in gradients[1]["b"]] == [0.0, 0.0]


def test_functions_and_strings_are_arguments_like_any_other():
    @ag.custom_vjp
    def applied(function, x, name):
        return function(x)

    applied.defvjp(lambda f, x, name: ag.vjp(f, x), lambda pull, g: (None, *pull(g), None))

    assert ag.grad(lambda t: applied(np.sin, t, "sine"))(0.0) == 1.0


def test_methods_can_have_rules():
    class Scaled:
        factor = 3.0

        @ag.custom_vjp
        def __call__(self, x):
            return self.factor * x

        __call__.defvjp(lambda self, x: (self.factor * x, self.factor), lambda factor, g: (None, 10 * factor * g))

    assert ag.grad(lambda t: Scaled.__call__(Scaled(), t))(1.0) == 30.0
    assert ag.grad(Scaled())(1.0) == 30.0


def test_one_rule_may_use_another():
    @ag.custom_vjp
    def twice(x):
        return wave(x, wave(x, x))

    twice.defvjp(lambda x: ag.vjp(lambda x: wave(x, wave(x, x)), x), lambda pull, g: pull(g))

    check_grads(twice, x, order=2)


def test_what_a_rule_keeps_of_a_constant_is_safe_from_later_writes():
    a, buffer, mask = ag.tensor(x, requires_grad=True), w.copy(), np.ones(3)

    @ag.custom_vjp
    def product(a, b, *, mask):
        return a * b * mask

    product.defvjp(lambda a, b, *, mask: (a * b * mask, (b, mask)), lambda kept, g: (g * kept[0] * kept[1], None))
    y = product(a, buffer, mask=mask)
    buffer[:] = mask[:] = 100.0
    np.sum(y).backward()

    assert a.grad.tolist() == w.tolist()


def test_an_input_written_before_backward_is_noticed():
    a = ag.tensor(x, requires_grad=True)
    y = np.sum(wave(a, w))
    with ag.no_grad():
        a += 1.0

    with pytest.raises(ag.errors.MutationError, match="written in place"):
        y.backward()


def test_a_result_shares_no_memory_with_an_input():
    @ag.custom_vjp
    def same(x):
        return x

    same.defvjp(lambda x: (x, None), lambda residuals, g: (g,))
    a = ag.tensor(x, requires_grad=True)
    y = same(a)
    with ag.no_grad():
        y += 1.0

    assert a.tolist() == x.tolist()


def test_a_call_is_one_node_of_its_name_in_records_and_drawings(tmp_path):
    assert [n.primitive.name for n in ag.record(wave, x, w).nodes if n.primitive] == ["wave"]
    assert "layer(%1, %2, %3, call=({'w': ·, 'b': ·}, ·, 3))" in str(
        ag.record(lambda p, x: layer(p, x, 3)["y"], {"w": w, "b": w}, x)
    )
    dot = ag.draw(lambda x: np.sum(wave(x, w)), x).save(tmp_path / "wave.dot").read_text()

    assert "wave(x, [3])" in dot
    assert "through wave" in dot


def test_nothing_is_listed_for_functions_that_a_program_makes_as_it_runs():
    from autograd_core.primitive import declared

    before = len(declared)
    ag.grad(lambda t: np.sum(wave(t, w)))(x)

    assert len(declared) == before


def test_values_computed_by_a_rule_can_be_copied():
    y = wave(ag.tensor(x, requires_grad=True), w)

    assert copy.deepcopy(y.detach()).tolist() == y.tolist()


# -- within vmap -------------------------------------------------------------------------------------------------------------

batch = np.arange(1.0, 7.0).reshape(2, 3)
slopes = np.cos(batch) * w**2


@BOTH
def test_a_rule_of_one_example_serves_a_batch(f):
    one = lambda x: np.sum(f(x, w))  # noqa: E731

    np.testing.assert_allclose(ag.vmap(f, (0, None))(batch, w), np.sin(batch) * w**2)
    np.testing.assert_allclose(ag.vmap(ag.grad(one))(batch), slopes)
    np.testing.assert_allclose(ag.grad(lambda b: np.sum(ag.vmap(one)(b)))(batch), slopes)
    np.testing.assert_allclose(ag.vmap(lambda x: ag.jvp(one, (x,), (x,))[1])(batch), np.sum(slopes * batch, 1))


@BOTH
def test_a_batch_of_cotangents_is_pulled_and_of_tangents_pushed_at_once(f):
    at = lambda x: f(x, w)  # noqa: E731
    _, pull = ag.vjp(at, x)
    _, push = ag.linearize(at, x)

    np.testing.assert_allclose(ag.vmap(pull)(batch)[0], batch * np.cos(x) * w**2)
    np.testing.assert_allclose(ag.vmap(push)(batch), batch * np.cos(x) * w**2)


def test_no_examples_are_too_few_to_tell_a_shape():
    with pytest.raises(ShapeError, match="vmap over no examples: <custom_vjp wave>"):
        ag.vmap(wave)(batch[:0], batch[:0])


# -- what is refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("argument", [1.0, ag.tensor(1.0), ag.tensor(1.0, requires_grad=True)])
@pytest.mark.parametrize("kind", [ag.custom_vjp, ag.custom_jvp])
def test_closing_over_a_value_that_needs_a_gradient_is_refused(kind, argument):
    weight = ag.tensor(2.0, requires_grad=True, name="weight")
    f = kind(lambda x: x * weight)
    if kind is ag.custom_vjp:
        f.defvjp(lambda x: (x * weight, None), lambda residuals, g: (g * 2.0,))
    else:
        f.defjvp(lambda primals, tangents: (f(*primals), tangents[0] * 2.0))

    with pytest.raises(GradientError, match=r"closes over a value that needs a gradient \(weight\).*as an argument"):
        f(argument)
    with ag.no_grad():
        assert float(f(argument)) == 2.0


def test_a_recorded_keyword_is_refused():
    with pytest.raises(
        GradientError, match=r"wave was given a value that needs a gradient by keyword \(n\).*by position"
    ):
        wave(x, w, n=ag.tensor(2.0, requires_grad=True))


def test_a_function_without_a_rule_says_how_to_state_it():
    with pytest.raises(DeclarationError, match=r"sin has no rule yet: state it with sin\.defvjp\(forward, backward\)"):
        ag.custom_vjp(np.sin)(1.0)
    with pytest.raises(DeclarationError, match=r"sin has no rule yet: state it with @sin\.defjvp"):
        ag.custom_jvp(np.sin)(1.0)


NOT_FUNCTIONS = [
    (lambda: ag.custom_vjp(3), "custom_vjp decorates a function, not 3"),
    (lambda: ag.custom_jvp(None), "custom_jvp decorates a function, not None"),
    (lambda: ag.custom_vjp(np.sin).defvjp(np.sin, 3), r"sin\.defvjp takes two functions, forward and backward"),
    (lambda: ag.custom_jvp(np.sin).defjvp(3), r"sin\.defjvp takes a function of primals and tangents"),
]


@pytest.mark.parametrize(("declare", "words"), NOT_FUNCTIONS)
def test_rules_that_are_no_functions_are_refused_at_once(declare, words):
    with pytest.raises(DeclarationError, match=words):
        declare()


def with_backward(backward, forward=lambda a, b: (a * b["c"], None)):
    f = ag.custom_vjp(lambda a, b: a * b["c"])
    f.defvjp(forward, backward)
    return lambda: ag.grad(lambda a, b: np.sum(f(a, b)), (0, 1))(x, {"c": w})


WRONG = {
    "no pair": (with_backward(lambda r, g: (g, None), lambda a, b: a * b["c"]), DeclarationError, "must return a pair"),
    "a bare cotangent": (
        with_backward(lambda r, g: g),
        DeclarationError,
        "a tuple with a cotangent, or None, for each of the 2",
    ),
    "too few": (with_backward(lambda r, g: (g,)), DeclarationError, "for each of the 2 arguments"),
    "a shape": (
        with_backward(lambda r, g: (g[:2], None)),
        ShapeError,
        r"input 0 has shape \(2,\), but .* shape \(3,\)",
    ),
    "a sum forgotten": (with_backward(lambda r, g: (np.outer(g, g), None)), ShapeError, r"has shape \(3, 3\)"),
    "a container": (with_backward(lambda r, g: (g, g)), ShapeError, r"containers differ: dict\('c': \*\) and \*"),
    "a key": (
        with_backward(lambda r, g: (g, {"d": g})),
        ShapeError,
        r"containers differ: dict\('c': \*\) and dict\('d': \*\)",
    ),
    "a word": (with_backward(lambda r, g: ("g", None)), DTypeError, "must be a number, an array or None, and is 'g'"),
    "objects": (with_backward(lambda r, g: (np.array([None] * 3), None)), DTypeError, "must hold numbers"),
}


@pytest.mark.parametrize(("call", "error", "words"), WRONG.values(), ids=WRONG)
def test_a_backward_rule_of_the_wrong_form_is_refused_with_words(call, error, words):
    with pytest.raises(error, match=words):
        call()


def with_rule(rule):
    f = ag.custom_jvp(lambda a: (a * 2.0, np.sum(a)))
    f.defjvp(rule)
    return f


WRONG_TANGENTS = {
    "no pair": (lambda primals, tangents: tangents[0], DeclarationError, "must return a pair"),
    "a part missing": (lambda p, t: ((p[0] * 2.0,), (t[0] * 2.0,)), DeclarationError, "of 2 parts"),
    "a shape": (lambda p, t: ((p[0] * 2.0, np.sum(p[0])), (t[0][:2], None)), ShapeError, r"has shape \(2,\)"),
    "a container": (lambda p, t: ((p[0] * 2.0, np.sum(p[0])), [t[0], None]), ShapeError, "containers differ"),
}


@pytest.mark.parametrize(("rule", "error", "words"), WRONG_TANGENTS.values(), ids=WRONG_TANGENTS)
def test_a_tangent_of_the_wrong_form_is_refused_in_both_modes(rule, error, words):
    f = with_rule(rule)

    with pytest.raises(error, match=words):
        ag.jvp(f, (x,), (x,))
    with pytest.raises(error, match=words):
        ag.vjp(f, x)[1]((x, 1.0))


BENT = {
    "clip": lambda t: np.clip(t, -1.0, 1.0),
    "square": lambda t: t * t,
    "absolute": np.abs,
    "a mask of its own": lambda t: np.where(t > 0, t, 0.0),
    "rounding": lambda t: t + np.floor(t),
    "an offset": lambda t: t + 1.0,
    "norm": lambda t: t / np.sqrt(np.sum(t * t) + 1.0),
    "relu": ag.ops.relu,
    "maximum": lambda t: np.maximum(t, 2 * t),
}


@pytest.mark.parametrize("bent", BENT.values(), ids=BENT)
def test_a_rule_that_is_not_linear_cannot_be_transposed(bent):
    f = ag.custom_vjp(lambda x: x)
    f.defvjp(lambda x: (x, None), lambda residuals, g: (bent(g),))
    h = ag.custom_jvp(lambda x: x)
    h.defjvp(lambda primals, tangents: (primals[0], bent(tangents[0])))

    assert np.all(np.isfinite(ag.vjp(f, x)[1](x)[0]))
    with pytest.raises(
        DeclarationError, match=r"transposed for forward mode, must be linear, but .* with ag\.custom_jvp"
    ):
        ag.jvp(f, (x,), (x,))
    with pytest.raises(DeclarationError, match="transposed for reverse mode, must be linear, but"):
        ag.vjp(h, x)[1](x)


LINEAR = {
    "a product with what was computed": lambda t, a: np.exp(a) * t + t / a - 2 * t,
    "sums, layouts and joins": lambda t, a: (
        np.concatenate([t[1:], t[:1]]) + np.sum(t) * np.ones(3) + np.cumsum(t)[::-1]
    ),
    "matrices": lambda t, a: np.outer(a, a) @ t + np.einsum("i,j,j->i", a, a, t),
    "masks of the inputs": lambda t, a: np.where(a > 0.7, t, -t) * (a < 5),
    "means": lambda t, a: (t - np.mean(t)) * a,
}


@pytest.mark.parametrize("linear", LINEAR.values(), ids=LINEAR)
def test_what_is_linear_is_transposed(linear):
    f = ag.custom_jvp(lambda x: linear(x, x.copy()) * 0.0)
    f.defjvp(lambda primals, tangents: (f(*primals), linear(tangents[0], primals[0])))
    matrix = np.stack([ag.jvp(f, (x,), (unit,))[1] for unit in np.eye(3)], axis=1)

    np.testing.assert_allclose(ag.jacobian(f, mode="reverse")(x), matrix)
    np.testing.assert_allclose(
        ag.jacobian(ag.jacobian(f, mode="reverse"))(x), ag.jacobian(ag.jacobian(f, mode="forward"))(x)
    )


def test_an_infinite_slope_of_a_rule_stays_infinite():
    f = ag.custom_jvp(lambda x: np.sqrt(x))
    f.defjvp(lambda primals, tangents: (f(*primals), tangents[0] / (2 * np.sqrt(primals[0]))))

    with np.errstate(divide="ignore"):
        assert ag.grad(f)(0.0) == np.inf
