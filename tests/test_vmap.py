"""vmap: all examples at once, as one after the other; of single operations the law "batch" says so."""

import numpy as np
import pytest

import autograd_core as ag
import nn

rng = np.random.default_rng(0)
X, W, w = rng.normal(size=(5, 3)), rng.normal(size=(4, 3)), rng.normal(size=3)


def is_floating(x):
    return np.asarray(x).dtype.kind in "fc"


def close(actual, expected):
    eps = np.finfo(np.asarray(expected).dtype).eps if is_floating(expected) else 0
    assert np.shape(actual) == np.shape(expected)
    assert np.asarray(actual).dtype == np.asarray(expected).dtype
    scale = np.max(np.abs(expected), initial=1.0, where=np.isfinite(expected)) if is_floating(expected) else 1
    np.testing.assert_allclose(actual, expected, rtol=200 * eps, atol=100 * eps * scale)


# -- rules --------------------------------------------------------------------------------------------------------------


def test_a_primitive_without_a_rule_is_called_for_one_example_after_the_other():
    seen = []

    def forward(a, b):
        seen.append(np.shape(a))
        return np.sort(a)[::-1] * b

    ranked = ag.primitive(forward, lambda g, a, b: g * b, None, jvp=lambda ts, b: ts[0] * b, name="ranked")
    y = ag.vmap(ranked, (0, None))(X, 2.0)

    assert seen == [(3,)] * 5
    np.testing.assert_array_equal(y, 2 * np.sort(X)[:, ::-1])


def test_a_batching_rule_is_part_of_a_declaration():
    seen = []

    def forward(a):
        seen.append(np.shape(a))
        return 2 * a

    ag.vmap(ag.primitive(forward, lambda g: 2 * g, linear=True, batch="leading", name="twice"))(X)

    assert seen == [(5, 3)]
    with pytest.raises(ag.errors.DeclarationError, match="batch='sideways' of twice: give a rule, or one of 'leading'"):
        ag.primitive(forward, lambda g: 2 * g, linear=True, batch="sideways", name="twice")


# -- transforms within each other --------------------------------------------------------------------------------------


def net(w, x):
    return np.tanh(np.dot(x, w))


def each(f, *args):
    return np.stack([f(*row) for row in zip(*args, strict=True)])


def curvature(x):
    return np.prod(np.sin(x))


PROGRAMS = {
    "gradient of each example": (lambda: ag.vmap(ag.grad(net), (None, 0))(w, X), lambda: each(lambda x: ag.grad(net)(w, x), X)),
    "gradient by a value closed over": (
        lambda: ag.vmap(lambda x: ag.grad(lambda w: net(w, x))(w))(X),
        lambda: each(lambda x: ag.grad(net)(w, x), X),
    ),
    "gradient by a float": (lambda: ag.vmap(lambda x: ag.grad(lambda s: np.sum(s * x))(2.0))(X), lambda: X.sum(1)),
    "gradient of vmap": (
        lambda: ag.grad(lambda w: np.sum(ag.vmap(net, (None, 0))(w, X) ** 2))(w),
        lambda: ag.grad(lambda w: np.sum(np.tanh(X @ w) ** 2))(w),
    ),
    "gradient of vmap of a gradient": (
        lambda: ag.grad(lambda w: np.sum(ag.vmap(ag.grad(net), (None, 0))(w, X) ** 2))(w),
        lambda: ag.grad(lambda w: sum(np.sum(ag.grad(net)(w, x) ** 2) for x in X))(w),
    ),
    "jvp of vmap": (
        lambda: ag.jvp(ag.vmap(net, (None, 0)), (w, X), (w, X))[1],
        lambda: each(lambda x: ag.jvp(net, (w, x), (w, x))[1], X),
    ),
    "jvp within": (lambda: ag.vmap(lambda x: ag.jvp(np.sin, (x,), (w,))[1])(X), lambda: np.cos(X) * w),
    "hvp within": (lambda: ag.vmap(lambda x: ag.hvp(lambda x: np.sum(x**3), x, w))(X), lambda: 6 * X * w),
    "hessian within": (lambda: ag.vmap(ag.hessian(curvature))(X), lambda: each(ag.hessian(curvature), X)),
    "jacobian forward within": (
        lambda: ag.vmap(ag.jacobian(lambda x: np.sin(W @ x), mode="forward"))(X),
        lambda: each(ag.jacobian(lambda x: np.sin(W @ x)), X),
    ),
    "jacobian reverse within": (
        lambda: ag.vmap(ag.jacobian(lambda x: np.sin(W @ x), mode="reverse"))(X),
        lambda: each(ag.jacobian(lambda x: np.sin(W @ x)), X),
    ),
    "jacobian by vmap of vjp": (
        lambda: ag.vmap(ag.vjp(lambda x: np.sin(W @ x), w)[1])(np.eye(4))[0],
        lambda: ag.jacobian(lambda x: np.sin(W @ x))(w),
    ),
    "jacobian by two levels of vjp": (
        lambda: ag.vmap(ag.vmap(ag.vjp(lambda x: np.sin(W @ x), w)[1]))(np.eye(4).reshape(2, 2, 4))[0],
        lambda: ag.jacobian(lambda x: np.sin(W @ x))(w).reshape(2, 2, 3),
    ),
    "vjp within, its cotangents batched further": (
        lambda: ag.vmap(lambda x: ag.vmap(ag.vjp(lambda x: np.sin(W @ x), x)[1])(np.eye(4))[0])(X),
        lambda: each(ag.jacobian(lambda x: np.sin(W @ x)), X),
    ),
    "gradient within two levels": (
        lambda: ag.vmap(lambda x: ag.vmap(lambda y: ag.grad(lambda w: np.sin(x @ w) * (y @ w))(w))(X))(X),
        lambda: each(lambda x: each(lambda y: ag.grad(lambda w: np.sin(x @ w) * (y @ w))(w), X), X),
    ),
    "an unbatched function of Scalars": (lambda: ag.vmap(ag.grad(lambda s: s**3))(w), lambda: 3 * w**2),
    "single precision": (
        lambda: ag.vmap(ag.grad(lambda x: np.sum(x**3)))(X.astype(np.float32)),
        lambda: 3 * X.astype(np.float32) ** 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
def test_transforms_within_each_other(program):
    by_vmap, by_hand = PROGRAMS[program]

    y, expected = by_vmap(), by_hand()
    assert type(y) is np.ndarray
    assert y.dtype == expected.dtype
    np.testing.assert_allclose(y, expected, rtol=1e-6 if y.dtype == np.float32 else 1e-12)


def own(f):
    """f as a function with a rule of its own, which gives its own derivative."""
    made = ag.custom_vjp(f)
    made.defvjp(lambda x: (f(x), x), lambda x, g: ag.vjp(f, x)[1](g))
    return made


def tangent_of(f):
    made = ag.custom_jvp(f)
    made.defjvp(lambda primals, tangents: ag.jvp(f, primals, tangents))
    return made


def root_of(f):
    @ag.custom_root(lambda y, x: y + 0.1 * ag.grad(np.sin)(y) - f(x))
    def solve(y, x):
        for _ in range(20):
            y = f(x) - 0.1 * np.cos(y)
        return y

    return lambda x: solve(0.0, x)


@pytest.mark.parametrize("wrap", [own, tangent_of, root_of, ag.checkpoint])
@pytest.mark.parametrize("inner", [lambda f: f, lambda f: lambda x: np.sum(ag.grad(f)(x) ** 2), own, ag.checkpoint])
def test_functions_run_by_themselves_may_take_derivatives_within_vmap(wrap, inner):
    f = wrap(inner(lambda x: np.sum(np.sin(x) * x[::-1]) + x[0] ** 3))

    def whole(x):
        return f(x) * x

    matrix = ag.jacobian(whole, mode="reverse")(w)

    close(ag.vmap(f)(X), np.stack([f(x) for x in X]))
    close(ag.vmap(ag.grad(f))(X), np.stack([ag.grad(f)(x) for x in X]))
    close(ag.vmap(ag.vjp(whole, w)[1])(X)[0], X @ matrix)
    close(ag.vmap(ag.linearize(whole, w)[1])(X), X @ matrix.T)
    close(ag.jacobian(whole, mode="forward")(w), matrix)
    close(ag.vmap(lambda x: ag.jvp(whole, (w,), (x,))[1])(X), X @ matrix.T)


def test_gradients_of_each_example_of_a_network():
    y = np.array([0, 1, 1, 0, 1])
    parameters = [W, rng.normal(size=4), rng.normal(size=(2, 4)), rng.normal(size=2)]

    def loss(parameters, x, label):
        w1, b1, w2, b2 = parameters
        return ag.ops.cross_entropy(ag.ops.linear(ag.ops.relu(ag.ops.linear(x, w1, b1)), w2, b2), label)

    gradients = ag.vmap(ag.grad(loss), (None, 0, 0))(parameters, X, y)

    for k, g in enumerate(gradients):
        np.testing.assert_allclose(g, each(lambda x, label: ag.grad(loss)(parameters, x, label)[k], X, y), rtol=1e-12)  # noqa: B023


images, labels = rng.normal(size=(5, 2, 1, 6, 6)), rng.integers(0, 2, (5, 3))
LAYERS = {
    "layers": (lambda: nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Dropout(0.0), nn.Linear(4, 2), nn.Softmax(-1)), (X,)),
    "pictures": (lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.MaxPool2d(2), nn.Flatten()), (images,)),
    "neurons": (lambda: nn.MLP(3, [2, 1]), (X,)),
    "classes": (lambda: lambda x, t: nn.CrossEntropyLoss()(np.stack([x, x * x], axis=1), t), (X, labels)),
    "numbers": (lambda: nn.MSELoss(), (X, X[::-1])),
    "chances": (lambda: nn.BCEWithLogitsLoss(), (X, labels)),
}  # fmt: skip


@pytest.mark.parametrize("made", LAYERS)
def test_layers_and_losses_within_vmap(made):
    nn.manual_seed(0)
    make, batches = LAYERS[made]
    layer = make()

    def total(x, *rest):
        return np.sum(layer(x, *rest) ** 2)

    per_example = [np.asarray(ag.stop_gradient(layer(*one))) for one in zip(*batches, strict=True)]
    mapped = ag.vmap(layer)(*batches)

    np.testing.assert_allclose(ag.stop_gradient(mapped), per_example, rtol=1e-5)
    assert mapped.dtype == per_example[0].dtype
    x, *rest = batches
    x = x.astype(mapped.dtype)
    gradients = [np.asarray(ag.stop_gradient(ag.grad(total)(*one))) for one in zip(x, *rest, strict=True)]
    np.testing.assert_allclose(ag.stop_gradient(ag.vmap(ag.grad(total))(x, *rest)), gradients, rtol=1e-4, atol=1e-6)


def test_values_in_give_values_out_and_backward_goes_through():
    x = ag.tensor(X, requires_grad=True)
    y = ag.vmap(lambda x: np.sum(x**2))(x)
    y.sum().backward()

    np.testing.assert_allclose(x.grad.numpy(), 2 * X)
    assert isinstance(ag.vmap(lambda x: 2 * x)(ag.tensor(X)), ag.Tensor)


# -- axes --------------------------------------------------------------------------------------------------------------


def test_axes_of_arguments_and_results():
    outer = ag.vmap(np.outer, in_axes=(-1, None), out_axes=1)(W, w)
    p, q = ag.vmap(lambda p: (p["w"] @ w, p["b"][0]), in_axes=({"w": 0, "b": None},), out_axes=(0, None))(
        {"w": X, "b": [2.0]}
    )

    np.testing.assert_allclose(outer, np.stack([np.outer(column, w) for column in W.T], axis=1))
    np.testing.assert_allclose(p, X @ w)
    assert q == 2.0


def test_axes_of_a_dictionary_come_in_any_order():
    found = ag.vmap(lambda p: p["a"] * p["b"], in_axes=({"a": 0, "b": None},))({"b": 2.0, "a": w})

    np.testing.assert_array_equal(found, 2.0 * w)


def test_an_example_is_an_array_to_the_array_api_standard():
    def f(x):
        xp = x.__array_namespace__()
        return xp.sum(xp.exp(xp.asarray(x))) + round(x[0])

    close(ag.vmap(f)(X), np.sum(np.exp(X), axis=1) + np.round(X[:, 0]))


def test_what_does_not_depend_on_an_example_is_repeated():
    ones, two, nothing = ag.vmap(lambda x: (np.ones(2), 2.0, None))(X)
    ones[0] = 0.0

    assert ones.tolist() == [[0.0, 0.0]] + [[1.0, 1.0]] * 4
    assert two.tolist() == [2.0] * 5
    assert nothing is None


def steps(x):
    """A recurrence that is written into an array, with sums in place."""
    out = np.zeros_like(x)
    total = np.zeros_like(x[0])
    out[0] = x[0]
    for k in range(1, len(x)):
        out[k] = np.sin(out[k - 1]) * x[k]
        total += out[k] ** 2
    out[:1] = 3.0 * out[:1]
    return out, total


def test_examples_are_written_to_as_arrays_are():
    def loss(x):
        out, total = steps(x)
        return np.sum(out) * total

    for y, expected in zip(ag.vmap(steps)(X), zip(*[steps(x) for x in X], strict=True), strict=True):
        np.testing.assert_allclose(y, np.stack(expected))
    np.testing.assert_allclose(ag.vmap(ag.grad(loss))(X), each(ag.grad(loss), X))


def test_no_examples_give_no_results():
    assert ag.vmap(lambda x: np.sum(np.sin(x) * w))(np.ones((0, 3))).shape == (0,)


BLOCK, PLACES = rng.normal(size=(5, 2, 3, 4)), rng.integers(0, 2, size=(5, 3))
READS = {
    "a[i]": lambda a, i: a[i],
    "a[:, i]": lambda a, i: a[:, i],
    "a[..., i]": lambda a, i: a[..., i],
    "a[i, :, i]": lambda a, i: a[i, :, i],
    "a[i, :, 1]": lambda a, i: a[i, :, 1],
    "a[:, i, column]": lambda a, i: a[:, i, np.array([[0], [1]])],
    "a[:, None, i, i]": lambda a, i: a[:, None, i, i],
    "a[None, i, 1:]": lambda a, i: a[None, i, 1:],
    "a[mask, i]": lambda a, i: a[np.array([True, True]), i[:2]] if i.ndim else a[:, i],
}


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("places", [PLACES, PLACES[:, 0]], ids=["arrays", "integers"])
def test_examples_read_at_places_of_their_own(read, places):
    f = READS[read]

    np.testing.assert_array_equal(ag.vmap(f)(BLOCK, places), each(f, BLOCK, places))
    np.testing.assert_array_equal(
        ag.vmap(lambda i: f(ag.asarray(BLOCK[0]), i))(places).numpy(), each(lambda i: f(BLOCK[0], i), places)
    )
    for first, second in ((BLOCK, places), (places, BLOCK)):
        turned = (lambda a, i: f(a, i)) if first is BLOCK else (lambda i, a: f(a, i))
        np.testing.assert_array_equal(
            ag.vmap(lambda p: ag.vmap(lambda q: turned(p, q))(second))(first),  # noqa: B023
            each(lambda p: each(lambda q: turned(p, q), second), first),  # noqa: B023
        )


# -- what is refused ---------------------------------------------------------------------------------------------------


def written(x):
    x[0] = 1.0
    return x


def viewed(x):
    y = 2 * x
    first = y[:1]
    y[0] = 1.0
    return y + first


def placed(x):
    y = 2 * x
    y[np.argmax(x)] = 1.0
    return y


def collected(x):
    total = ag.tensor(np.zeros(3))
    total += x
    return total


REFUSED = {
    "sizes": (lambda: ag.vmap(np.add)(X, W), "argument 0 has 5 examples along axis 0, argument 1 has 4 along axis 0"),
    "nothing": (lambda: ag.vmap(np.sin, None)(X), "in_axes names an axis of no argument"),
    "a number": (lambda: ag.vmap(np.sin)(2.0), r"argument 0 has no axis 0, since its shape is \(\)"),
    "no array": (lambda: ag.vmap(np.sin)("x"), "argument 0 is 'x', which holds no examples"),
    "in_axes": (lambda: ag.vmap(np.sin, (0, 0))(X), r"in_axes has entries for \[0, 1\], but what it describes has \[0\]"),
    "an axis": (lambda: ag.vmap(np.sin, 1.5)(X), "in_axes names axes by integers, or None for no axis; not 1.5"),
    "out_axes": (lambda: ag.vmap(np.sin, out_axes=None)(X), "out_axes is None for a result that differs"),
    "a far axis": (lambda: ag.vmap(np.sin, out_axes=5)(X), r"out_axes=5 for a result of shape \(3,\)"),
    "a result": (lambda: ag.vmap(lambda x: "a")(X), "the function returned 'a'"),
    "a branch": (lambda: ag.vmap(lambda x: x if x > 0 else -x)(w), "may differ. Choose between values with ag.where"),
    "a float": (lambda: ag.vmap(lambda x: float(x))(w), r"float\(\) needs the numbers of one example \(shape \(\)\)"),
    "an array": (lambda: ag.vmap(lambda x: np.array([x, x]))(w), "conversion to a NumPy array needs the numbers"),
    "a comparison": (lambda: ag.vmap(lambda x: np.allclose(x, 0))(X), "Keep what is the same for all examples out"),
    "a mask": (lambda: ag.vmap(lambda x: x[x > 0])(X), r"choose with ag.where\(mask, x, ...\) instead"),
    "backward": (lambda: ag.vmap(lambda x: x.backward())(w), "Take ag.grad within it for a gradient of each"),
    "writing": (lambda: ag.vmap(written)(X), r"would have to change an argument, .* Write to a copy, x = x.copy\(\)"),
    "a live view": (lambda: ag.vmap(viewed)(X), r"a view of the same memory \(shape \(1,\)\)"),
    "a place": (lambda: ag.vmap(placed)(X), r"write x = ag.where\(np.arange\(n\) == i, value, x\) instead"),
    "adding up": (lambda: ag.vmap(collected)(X), "would be written with one that differs between them"),
    "shapes": (lambda: ag.vmap(lambda x: x @ W.T @ x)(X), r"matmul cannot combine \(4,\) and \(3,\)"),
    "grad": (lambda: ag.vmap(ag.grad(np.sin))(X), r"this one returned shape \(3,\), dtype float64"),
    "data": (lambda: ag.vmap(lambda x: x.data)(X), r"data needs the numbers of one example \(shape \(3,\)\)"),
    "closing over": (lambda: ag.vmap(lambda x: own(lambda y: y * x)(w + x))(X), "or that a custom function closes over"),
    "closing over by a grad": (
        lambda: ag.vmap(lambda x: own(ag.grad(lambda y: np.sum(y * x)))(w))(X), "pass the example to the custom function"
    ),
    "gradients": (lambda: ag.vmap(lambda x: ag.gradients(x * x, x))(ag.scalar(1.0) * w), "take ag.grad or ag.vjp within it"),
    "no function": (lambda: ag.vmap(X), "vmap takes a function, not array"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_with_words(case):
    program, words = REFUSED[case]

    with pytest.raises(ag.errors.AutogradError, match=words):
        program()


def test_an_example_is_printed_as_one_of_many():
    shown = []
    ag.vmap(lambda x: shown.append(f"{x} {x:.2f}"))(np.ones(2))

    assert shown == ["<one of 2 examples: array([1., 1.])> <one of 2 examples: array([1., 1.])>"]


def test_an_example_does_not_outlive_its_vmap():
    kept = []
    ag.vmap(lambda x: kept.append(x))(X)

    with pytest.raises(ag.errors.GradientError, match="multiply was given an example of a vmap that has ended"):
        2 * kept[0]


def test_an_error_leaves_no_trace():
    with pytest.raises(ZeroDivisionError):
        ag.vmap(lambda x: 1 / 0)(X)

    assert ag.grad(lambda w: np.sum(w * w))(w).shape == (3,)


# -- jacobians by one walk ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_jacobian_in_several_walks_is_the_same(mode, monkeypatch):
    f = ag.jacobian(lambda x, s: (np.sin(W @ x) * s, x[0] * s), (0, 1), mode=mode)
    whole = f(w, 2.0)
    monkeypatch.setattr("autograd_core.jacobians.MOST", 8)

    for row, expected in zip(f(w, 2.0), whole, strict=True):
        for j, e in zip(row, expected, strict=True):
            np.testing.assert_allclose(j, e)


def test_a_jacobian_through_a_rule_that_needs_numbers():
    halved = ag.primitive(
        lambda a: a / 2, lambda g: np.array([x / 2 for x in np.asarray(g).tolist()]), jvp=lambda t: t / 2, name="halved"
    )

    np.testing.assert_array_equal(ag.jacobian(halved, mode="reverse")(w), np.eye(3) / 2)
