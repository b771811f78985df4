"""Products that sum over axes: words, what they cost, Scalars, and what the samples of the laws cannot show."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import MutationError, ShapeError, UnsupportedError
from autograd_core.primitives.linear_layer import ones

rng = np.random.default_rng(0)


def recorded(a):
    return ag.tensor(a, requires_grad=np.asarray(a).dtype.kind in "fc")


# -- matmul, dot and their kin -----------------------------------------------------------------------------------------


def test_a_dot_of_vectors_is_a_tensor_without_axes():
    y = np.dot(recorded(np.ones(3)), np.ones(3))
    y.backward()

    assert y.shape == ()


def test_scalars_multiply_by_dot_inner_and_outer():
    a, b = ag.scalar(2.0), ag.scalar(3.0)
    np.dot(a, b).backward()

    assert (a.grad, b.grad) == (3.0, 2.0)
    assert np.inner(a, b).item() == 6.0
    assert np.outer(a, b).shape == (1, 1)


def test_a_list_is_a_constant_operand():
    x = recorded(np.array([1.0, 2.0]))
    np.dot(x, [3.0, 4.0]).backward()

    np.testing.assert_array_equal(x.grad.numpy(), [3.0, 4.0])


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        (((4, 3), (5, 3)), r"matmul cannot combine \(4, 3\) and \(5, 3\): the last axis of the first \(3\) must "
                           r"equal the second-to-last axis of the second \(5\). To multiply by the transpose write  "
                           r"a @ b.mT"),
        (((3, 4), (3, 5)), r"To multiply the transpose write  a.mT @ b"),
        (((2, 3), (4,)), r"the last axis of the first \(3\) must equal the only axis of the second \(4\)"),
        (((3,), (4, 2)), r"the only axis of the first \(3\) must equal the second-to-last axis of the second \(4\)"),
        (((2, 4, 3), (5, 3, 2)), r"the batch axes \(2,\) and \(5,\) do not broadcast together"),
        (((), (3,)), r"To multiply by a number write  a \* b"),
    ],
)  # fmt: skip
def test_a_matrix_product_that_does_not_fit_says_why_and_what_to_write(shapes, words):
    a, b = (recorded(np.ones(s)) for s in shapes)

    with pytest.raises(ShapeError, match=words) as caught:
        a @ b
    assert isinstance(caught.value.__cause__, ValueError)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: np.dot(recorded(np.ones((4, 3))), np.ones((5, 3))), r"write  np.dot\(a, b.T\)"),
        (lambda: np.inner(recorded(np.ones((4, 3))), np.ones((5, 2))), r"the last axes \(3 and 2\) must be equal"),
        (lambda: np.vdot(recorded(np.ones(3)), np.ones(4)), "as many elements each"),
        (
            lambda: np.tensordot(recorded(np.ones((2, 3))), np.ones((2, 3)), 1),
            r"axes \(1,\) of the first have lengths \[3\]",
        ),
        (lambda: np.tensordot(recorded(np.ones(3)), np.ones(3), 2), "cannot sum over 2 axes"),
    ],
)
def test_other_products_that_do_not_fit_say_why(call, words):
    with pytest.raises(ShapeError, match=words):
        call()


# -- products in stacks, with NumPy's keywords ------------------------------------------------------------------------


def test_keywords_of_a_product_are_honoured_or_refused_with_words():
    a, b = recorded(rng.normal(size=(3, 2))), rng.normal(size=(3, 4))
    axes = [(1, 0), (0, 1), (0, 1)]

    np.testing.assert_allclose(np.matmul(a, b, axes=axes).numpy(), np.matmul(a.data, b, axes=axes))
    assert np.vecdot(a, a, axis=0, keepdims=True).shape == (1, 2)
    with pytest.raises(UnsupportedError, match=r"np\.matmul was given an argument .*casting"):
        np.matmul(a, b, axes=axes, casting="unsafe")


def test_a_chain_of_matrices_is_multiplied_in_the_cheapest_order():
    xs = [rng.normal(size=s) for s in ((50, 2), (2, 50), (50, 1))]
    y = ag.record(lambda *xs: np.linalg.multi_dot(xs), *[recorded(x) for x in xs])

    assert max(np.size(node.value) for node in y.nodes if node.primitive is not None) < 2500


def test_diagonals_and_traces_are_methods_too():
    x = recorded(np.arange(24.0).reshape(2, 3, 4))

    assert x.diagonal(1, 1, 2).tolist() == x.data.diagonal(1, 1, 2).tolist()
    assert x.trace(axis1=-2, axis2=-1).tolist() == x.data.trace(axis1=-2, axis2=-1).tolist()
    assert x.T.shape == (4, 3, 2)


def test_what_is_off_a_diagonal_has_no_influence_on_it():
    x = np.array([[1.0, 0.0], [0.0, 4.0]])  # the slope of the square root is infinite at 0

    for through in (np.diagonal, np.trace):
        np.testing.assert_array_equal(ag.grad(lambda x, f=through: np.sum(f(np.sqrt(x))))(x), [[0.5, 0.0], [0.0, 0.25]])


# -- einsum ------------------------------------------------------------------------------------------------------------


def test_einsum_takes_and_refuses_what_numpy_does():
    x = recorded(np.ones((2, 3)))
    with pytest.raises(UnsupportedError, match="einsum with out= is not recorded"):
        np.einsum("ij->i", x, out=np.ones(2))
    with pytest.raises(UnsupportedError, match="'typo'"):
        np.einsum("ij->i", x, typo=1)
    assert np.einsum_path("ij,jk,kl", x, x.T, x)[0] == np.einsum_path("ij,jk,kl", x.data, x.data.T, x.data)[0]


def test_einsum_of_three_costs_no_more_than_two_products():
    x, w, v = rng.normal(size=200), rng.normal(size=(200, 200)), rng.normal(size=200)
    with np.errstate(all="raise"):
        y = ag.record(lambda x: np.einsum("i,ij,j->", x, w, v), ag.tensor(x, requires_grad=True))

    assert max(np.size(node.value) for node in y.nodes if node.primitive is not None) == 200


# -- the linear layer --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 5, 3), (0, 3)])
@pytest.mark.parametrize("biased", [True, False])
def test_a_linear_layer_is_a_product_with_the_transposed_weight_plus_a_bias(shape, biased):
    x, w, b = rng.normal(size=shape), rng.normal(size=(4, 3)), rng.normal(size=4)
    y = ag.ops.linear(recorded(x), recorded(w), recorded(b) if biased else None)

    np.testing.assert_allclose(y.numpy(), x @ w.T + (b if biased else 0), atol=1e-14)
    assert y.node.primitive.name == "linear"


def test_the_layers_gradients_are_those_of_the_formula():
    x, w, b = rng.normal(size=(2, 5, 3)), rng.normal(size=(4, 3)), rng.normal(size=4)
    g = rng.normal(size=(2, 5, 4))
    _, pull = ag.vjp(ag.ops.linear, x, w, b)
    _, expected = ag.vjp(lambda x, w, b: x @ w.T + b, x, w, b)

    for got, want in zip(pull(g), expected(g), strict=True):
        np.testing.assert_allclose(got, want)


@pytest.mark.parametrize("dtypes", [("f", "f", "f"), ("f", "d", "d"), ("d", "f", "f"), ("f", "f", "d")])
def test_each_gradient_of_a_layer_has_the_dtype_of_its_parameter(dtypes):
    x, w, b = (recorded(rng.normal(size=s).astype(d)) for s, d in zip(((5, 3), (4, 3), (4,)), dtypes, strict=True))
    ag.ops.linear(x, w, b).sum().backward()

    assert tuple(value.grad.dtype.char for value in (x, w, b)) == dtypes
    np.testing.assert_allclose(w.grad.numpy(), np.ones((4, 5)) @ x.numpy(), rtol=1e-6)


@pytest.mark.parametrize("size", [3, 2000])
def test_a_layer_remembers_its_input_as_it_was(size):
    x, w, b = rng.normal(size=(5, size)), recorded(rng.normal(size=(4, size))), recorded(np.zeros(4))
    expected = np.ones((4, 5)) @ x
    y = ag.ops.linear(x, w, b).sum()
    x[:] = 0
    y.backward()

    np.testing.assert_allclose(w.grad.numpy(), expected)


def test_a_layer_notices_that_its_weight_was_written_before_the_way_back():
    x, w, b = recorded(np.ones((5, 3))), recorded(np.ones((4, 3))), recorded(np.zeros(4))
    y = ag.ops.linear(x, w, b).sum()
    ag.writable(w)[:] = 2

    with pytest.raises(MutationError, match="written in place"):
        y.backward()


def test_a_layer_in_single_precision_stays_in_it():
    x, w, b = (rng.normal(size=s).astype(np.float32) for s in ((5, 3), (4, 3), (4,)))
    y, pull = ag.vjp(ag.ops.linear, x, w, b)

    assert {y.dtype, *[g.dtype for g in pull(np.ones_like(y))]} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        (((5, 2), (4, 3), (4,)), r"linear cannot combine x \(5, 2\), w \(4, 3\), b \(4,\): the last axis of x "
                                 r"\(2\) must be the number of inputs, 3"),
        (((5, 3), (3,), (4,)), r"w has the shape \(outputs, inputs\)"),
        (((5, 3), (4, 3), (3,)), r"b has the shape \(outputs,\), here \(4,\)"),
    ],
)  # fmt: skip
def test_a_layer_that_does_not_fit_says_what_would(shapes, words):
    with pytest.raises(ShapeError, match=words):
        ag.ops.linear(*[recorded(np.ones(s)) for s in shapes])


def test_the_ones_that_sum_the_bias_gradient_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        ones(3, np.dtype(float))[0] = 2
