"""An operation declared here, outside the package, is all that a built-in one is; and a wrong declaration says what is wrong."""

import copy
import functools
import inspect
import math
import operator
import pickle

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import DeclarationError, DTypeError, ShapeError
from autograd_core.primitive import declared
from autograd_core.samples import sample
from autograd_core.testing import LAWS, LawError, cases_of, check_grads, samples_of

x = np.array([0.5, 1.0, 2.0])

softsign = ag.elementwise(
    lambda x: x / (1 + np.abs(x)),
    lambda a: 1 / (1 + np.abs(a)) ** 2,
    scalar=lambda x: x / (1 + abs(x)),
    domain=(0.1, 3.0),
    kinks=(0.0,),
    name="softsign",
)
root_of_sum = ag.elementwise(
    lambda x, y: np.sqrt(x * x + y * y), lambda a, y: a / y, lambda b, y: b / y, domain=(0.5, 2.0), name="root_of_sum"
)
power_mean = ag.primitive(
    lambda a, *, p=2.0: np.mean(a**p) ** (1 / p),
    lambda g, a, y, p: g * a ** (p - 1) * y ** (1 - p) / np.size(a),
    jvp=lambda t, a, y, p: np.mean(t * a ** (p - 1)) * y ** (1 - p),
    samples=lambda: [sample(x), sample(x[:2], p=3.0), sample(np.ones((2, 2)), p=-1.0)],
    name="power_mean",
)
scaled = ag.multilinear(
    lambda s, v: s * v, lambda g, b: np.sum(g * b), lambda g, a: a * g, samples=lambda: [sample(2.0, x)], name="scaled"
)
mirrored = ag.layout(
    lambda a: a[::-1], lambda g: g[::-1], samples=lambda: [sample(x), sample(np.ones((2, 3)))], name="mirrored"
)
quarters = ag.fixed(lambda a: np.floor(4 * a) / 4, samples=lambda: [sample(x)], name="quarters")
halves = ag.primitive(
    lambda a: (a[: len(a) // 2], a[len(a) // 2 :]),
    lambda gs: np.concatenate(gs),
    linear=True,
    outputs=2,
    samples=lambda: [sample(x), sample(np.ones((4, 2)))],
    name="halves",
)


@ag.composed
def norm(x):
    return np.sqrt(np.sum(x * x))


CALLS = {
    "softsign": (softsign, [x]),
    "root_of_sum": (root_of_sum, [x, x[::-1].copy()]),
    "power_mean": (power_mean, [x]),
    "scaled": (scaled, [np.array(2.0), x]),
    "mirrored": (mirrored, [x]),
    "halves": (halves, [x]),
    "norm": (norm, [x]),
}
EACH = pytest.mark.parametrize(("f", "args"), CALLS.values(), ids=CALLS)
OURS = [softsign, root_of_sum, power_mean, scaled, mirrored, quarters, halves]


@EACH
def test_both_modes_hold_to_second_order(f, args):
    check_grads(f, *args)


@pytest.mark.parametrize("made", [p for p in OURS if p is not quarters], ids=lambda p: p.name)
def test_its_samples_are_checked_like_those_of_built_in_ones(made):
    samples = samples_of(made)

    assert samples
    for s in samples:
        if all(np.asarray(a).dtype == float for a in s.args):
            check_grads(lambda *args, s=s: made(*args, **s.settings), *map(np.asarray, s.args), directions=1)


def test_an_elementwise_one_gets_its_samples_from_its_domain():
    values = np.concatenate([np.ravel(s.args[0]) for s in samples_of(softsign) if np.isrealobj(s.args[0])])

    assert np.all((values > 0.09) & (values < 3.01))
    assert {np.asarray(s.args[0]).dtype for s in samples_of(softsign)} >= {np.dtype(t) for t in ("f2", "f4", "f8")}


def test_each_is_declared_once_and_known_by_its_module():
    for made in OURS:
        assert declared.count(made) == 1
        assert made.module == __name__


def test_scalars_take_the_form_for_floats():
    s = ag.scalar(-2.0)
    y = softsign(s)
    y.backward()

    assert (type(y), y.data, s.grad) == (ag.Scalar, -2 / 3, 1 / 9)
    assert type(softsign(-2.0)) is not ag.Scalar


def test_tensors_and_settings():
    t = ag.tensor(x, requires_grad=True)
    power_mean(t, p=3.0).backward()

    np.testing.assert_allclose(t.grad.numpy(), ag.grad(lambda t: np.mean(t**3) ** (1 / 3))(x))


def test_a_piecewise_constant_one_cuts_the_gradient():
    assert ag.grad(lambda t: np.sum(quarters(t) * t))(x).tolist() == quarters(x).tolist()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, complex])
def test_gradients_keep_the_dtype(dtype):
    _, pull = ag.vjp(mirrored, x.astype(dtype))
    assert pull(np.ones(3, dtype))[0].dtype == dtype


def test_it_is_drawn_with_its_name_and_its_rule(tmp_path):
    drawn = {
        made: ag.draw(made, x).save(tmp_path / f"{made.name}.dot").read_text()
        for made in (softsign, mirrored, power_mean)
    }
    number = ag.draw(softsign, 2.0).save(tmp_path / "number.dot").read_text()

    for made, dot in drawn.items():
        assert f"{made.name}(" in dot
    assert "ḡ × (1 / (1 + |x|)²)" in drawn[softsign]
    assert "1 / (1 + |x|)² = 0.1111" in number
    assert "softsign" in str(ag.record(softsign, x))


def test_its_values_are_copied_and_pickled_and_so_is_it():
    y = softsign(ag.tensor(x, requires_grad=True)).detach()

    assert copy.deepcopy(y).tolist() == pickle.loads(pickle.dumps(y)).tolist() == softsign(x).tolist()
    assert copy.deepcopy({"activation": softsign})["activation"] is softsign
    assert pickle.loads(pickle.dumps(softsign)) is softsign


def test_it_is_batched():
    batch = np.arange(1.0, 7.0).reshape(2, 3)

    for made in (softsign, power_mean, mirrored):
        np.testing.assert_allclose(ag.vmap(made)(batch), np.stack([made(row) for row in batch]))


def test_its_errors_are_those_of_a_built_in_one():
    t = ag.tensor(x, requires_grad=True)

    with pytest.raises(
        ShapeError, match=r"root_of_sum cannot combine shapes \(3,\) and \(2,\): along axis -1 the lengths 3 and 2"
    ):
        root_of_sum(t, x[:2])
    with pytest.raises(DTypeError, match="softsign takes numbers"):
        softsign("three")


@ag.custom_vjp
def own_vjp(x):
    return np.sin(x)


@ag.custom_jvp
def own_jvp(x):
    return np.sin(x)


own_vjp.defvjp(lambda x: (np.sin(x), x), lambda x, g: (g * np.cos(x),))
own_jvp.defjvp(lambda primals, tangents: (own_jvp(*primals), tangents[0] * np.cos(primals[0])))
own_root = ag.custom_root(lambda y, a: np.arcsin(y) - a)(lambda y, a: np.sin(a))

WAYS = {
    "custom_vjp": own_vjp,
    "custom_jvp": own_jvp,
    "custom_root": lambda a: own_root(np.zeros(2), a),
    "custom_root, closing over": lambda a: ag.custom_root(lambda y: np.arcsin(y) - a)(
        lambda y: np.sin(np.asarray(ag.stop_gradient(a)))
    )(np.zeros(2)),
    "checkpoint": ag.checkpoint(np.sin),
    "checkpoint, closing over": lambda a: ag.checkpoint(lambda: np.sin(a))(),
}
EVERY_WAY = pytest.mark.parametrize("f", WAYS.values(), ids=WAYS)
angles = np.array([0.3, -1.0])


@EVERY_WAY
def test_whoever_calls_backward_and_where_does_not_matter(f):
    t = ag.tensor(angles, requires_grad=True)
    y = np.sum(f(t))
    with ag.no_grad():
        y.backward()

    np.testing.assert_allclose(t.grad.numpy(), np.cos(angles))


@EVERY_WAY
def test_the_third_derivative_by_every_mixture_of_modes(f):
    ahead = lambda f: lambda a: ag.jvp(f, (a,), (np.ones(2),))[1]  # noqa: E731
    back = lambda f: lambda a: ag.vjp(f, a)[1](np.ones(2))[0]  # noqa: E731

    for first in (ahead, back):
        for second in (ahead, back):
            for third in (ahead, back):
                np.testing.assert_allclose(third(second(first(f)))(angles), -np.cos(angles))


@EVERY_WAY
def test_an_error_within_leaves_no_trace(f):
    t = ag.tensor(angles, requires_grad=True)
    with pytest.raises((TypeError, ValueError)):
        f("not a number")
    np.sum(f(t)).backward()

    np.testing.assert_allclose(t.grad.numpy(), np.cos(angles))


@EVERY_WAY
def test_an_anomaly_is_traced_to_it(f):
    t = ag.tensor(np.array([np.nan, 0.5]), requires_grad=True)

    with pytest.raises(ag.errors.AnomalyError, match="NaN"), ag.detect_anomaly(), np.errstate(all="ignore"):
        np.sum(f(t) * np.array([np.inf, 1.0])).backward()


# -- wrong declarations ------------------------------------------------------------------------------------------------------


def one(x):
    return x


def two(x, y):
    return x + y


DECLARATIONS = {
    "no function": (lambda: ag.elementwise(3, 1), "declared with a function that computes it, not with 3"),
    "no name": (lambda: ag.elementwise(functools.partial(one), 1), "has no name of its own: give it one with name="),
    "a builtin": (
        lambda: ag.primitive(math.hypot, lambda g: g, lambda g: g),
        "does not tell its parameters: wrap it in a function",
    ),
    "no partials": (lambda: ag.elementwise(one), "one to three inputs, not 0"),
    "a partial too few": (lambda: ag.elementwise(two, 1), "two takes 2 inputs, and was given 1 partial derivative"),
    "a partial too many": (
        lambda: ag.elementwise(np.sin, 1, 1),
        "sin takes 1 input, and was given 2 partial derivatives",
    ),
    "a partial that is none": (lambda: ag.elementwise(one, "one"), "is a function, a number or None, not 'one'"),
    "a partial of g": (lambda: ag.elementwise(one, lambda g, a: g * a), "names g, a: it gives ∂y/∂x alone"),
    "a builtin partial": (
        lambda: ag.elementwise(np.sin, np.cos),
        "must be a Python function whose parameter names say",
    ),
    "a partial of what is not there": (
        lambda: ag.elementwise(one, lambda b: b),
        "names b, but its inputs are a: letters",
    ),
    "a vjp too few": (
        lambda: ag.primitive(two, lambda g: g, linear=True),
        "takes 2 inputs, and was given 1 rule.*say None",
    ),
    "a setting by position": (
        lambda: ag.primitive(lambda a, axis=0: a, lambda g: g, name="f"),
        r"f takes 2 inputs, and was given 1 rule\. If 'axis' is a setting, put it behind a \*",
    ),
    "no vjp": (lambda: ag.primitive(one), "one takes 1 input, and was given 0 rules"),
    "an unknown name": (
        lambda: ag.primitive(one, lambda g, w: g),
        r"names 'w', which is neither an input .* \(it has none\)",
    ),
    "an input beyond the last": (lambda: ag.primitive(one, lambda g, b: g), "names b, but its inputs are a"),
    "a shape beyond the last": (lambda: ag.primitive(one, lambda g, c_like: g), "names c_like, but its inputs are a"),
    "no cotangent": (lambda: ag.primitive(one, lambda a: a), "a vjp of one names no cotangent: name g"),
    "one of several cotangents": (
        lambda: ag.primitive(one, lambda g: g, outputs=2),
        "names g, but has several results: name gs",
    ),
    "several of one cotangent": (lambda: ag.primitive(one, lambda gs: gs), "names gs, but has one result: name g"),
    "no tangent": (lambda: ag.primitive(one, lambda g: g, jvp=lambda a: a), "the jvp of one names no tangent: name t"),
    "one of several tangents": (
        lambda: ag.primitive(two, lambda g: g, lambda g: g, jvp=lambda t: t),
        "the jvp of two names t, the tangent of its first input: name ts",
    ),
    "a residual in a jvp": (
        lambda: ag.primitive(one, lambda g: g, jvp=lambda t, r: t),
        "names r, which is no function",
    ),
    "a transpose missing": (lambda: ag.multilinear(two, lambda g: g), "takes 2 inputs, and was given 1 rule"),
    "a layout of two": (lambda: ag.layout(two, lambda g: g), "takes 2 inputs, and was given 1 rule"),
    "a domain that is empty": (lambda: ag.elementwise(one, 1, domain=(1.0, 1.0)), "must be an interval"),
    "a domain of one end": (
        lambda: ag.elementwise(one, 1, domain=(1.0,)),
        r"domain=\(1\.0,\) of one must be an interval",
    ),
    "domains for others": (
        lambda: ag.elementwise(two, 1, 1, domain=((0, 1), (0, 1), (0, 1))),
        "one for each of the 2 inputs",
    ),
    "a domain that is none": (lambda: ag.elementwise(one, 1, domain=3.0), "must be an interval"),
    "samples that are made already": (lambda: ag.elementwise(one, 1, samples=[x]), "samples of one must be a function"),
    "nothing to compose": (lambda: ag.composed(3), "composed decorates a function, not 3"),
}


@pytest.mark.parametrize(("declare", "words"), DECLARATIONS.values(), ids=DECLARATIONS)
def test_a_wrong_declaration_is_refused_at_once_and_leaves_nothing(declare, words):
    before = len(declared)
    with pytest.raises(DeclarationError, match=words):
        declare()

    assert len(declared) == before


def test_what_only_a_call_can_tell_is_refused_at_the_call():
    t = ag.tensor(x, requires_grad=True)
    wrong = {
        "outputs=2, so its forward function returns a tuple of them, not a tuple of 3": ag.primitive(
            lambda a: (a, a, a), lambda gs: gs[0], outputs=2, name="f"
        ),
        "outputs=2, so its forward function returns a tuple of them, not ndarray": ag.primitive(
            lambda a: a, lambda gs: gs[0], outputs=2, name="f"
        ),
        r"residual=True, so its forward function returns a pair \(result, what its rules call r\), not ndarray": ag.primitive(
            lambda a: a, lambda g, r: g, residual=True, name="f"
        ),
    }

    for words, f in wrong.items():
        with pytest.raises(DeclarationError, match=words):
            f(t)


def test_a_missing_jvp_is_refused_in_forward_mode_only():
    cube = ag.primitive(lambda a: a**3, lambda g, a: 3 * a * a * g, name="cube")

    assert ag.grad(cube)(2.0) == 12.0
    with pytest.raises(DeclarationError, match="cube has no forward-mode rule: declare it with jvp="):
        ag.jvp(cube, (2.0,), (1.0,))


@pytest.mark.parametrize("given", [np.ones((3, 2)), np.ones((2, 2)), np.ones(3), np.ones((4, 3, 2))])
def test_a_gradient_of_a_shape_that_does_not_fit_is_refused_and_never_reshaped(given):
    wrong = ag.primitive(lambda a: np.sum(a), lambda g: g * given, jvp=lambda t: np.sum(t), name="wrong")

    with pytest.raises(ShapeError, match=r"a rule gave a gradient of shape .* for an input of shape \(2, 3\)"):
        ag.grad(wrong)(np.ones((2, 3)))


def test_a_gradient_of_what_was_stretched_is_summed():
    stretched = ag.primitive(
        lambda a: np.sum(a * np.ones((4, 2, 3))),
        lambda g: g * np.ones((4, 2, 3)),
        jvp=lambda t: np.sum(t) * 4.0,
        name="stretched",
    )

    assert ag.grad(stretched)(np.ones((2, 1))).tolist() == [[12.0], [12.0]]


def test_builtins_of_python_make_operations_too():
    doubled = ag.elementwise(operator.neg, -1.0, scalar=operator.neg, name="minus")
    safe_sine = ag.elementwise(np.sin, lambda a: np.cos(a), scalar=math.sin, name="safe_sine")

    check_grads(lambda x: doubled(safe_sine(x)), x)


def test_one_for_real_numbers_refuses_complex_ones_and_is_not_tried_on_them():
    words = {"name": "softsign", "domain": (0.1, 3.0), "listed": False}
    halves = [lambda x: x / (1 + np.abs(x)), lambda a: 1 / (1 + np.abs(a)) ** 2]
    anywhere, real = ag.elementwise(*halves, **words), ag.elementwise(*halves, real=True, **words)

    with pytest.raises(LawError, match="softsign breaks the law 'differences'"):
        [law(case) for case in cases_of(anywhere) for law in LAWS.values()]
    [law(case) for case in cases_of(real) for law in LAWS.values()]
    assert str(inspect.signature(real)) == "(x)"
    for z in (1j, np.array([1j]), np.complex64(1j), ag.tensor([1j], requires_grad=True)):
        with pytest.raises(DTypeError, match=r"softsign is declared for real numbers, .* complex.*: take np\.real or"):
            real(z)
