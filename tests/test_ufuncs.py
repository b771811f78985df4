"""Ufuncs as NumPy has them: keyword arguments, methods, writes into what is given, and Python's operators."""

import operator

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import BoundsError, DTypeError, LeavingError, MutationError, ShapeError, UnsupportedError
from autograd_core.testing import check_grads

X = np.array([[0.53, -1.27, 2.09, 0.71], [1.49, 0.23, -0.61, 3.03]])
POSITIVE = np.abs(X)


def leaf(data):
    return ag.tensor(data, requires_grad=True)


def zeros(like):
    """A new value of zeros, which a call may write into."""
    return ag.tensor(np.zeros(np.shape(like)))


# -- methods ---------------------------------------------------------------------------------------------------------------

SMOOTH = [
    (np.add, X), (np.multiply, X), (np.maximum, X), (np.minimum, X), (np.fmax, X), (np.fmin, X), (np.hypot, X),
    (np.logaddexp, X), (np.logaddexp2, X), (np.subtract, X), (np.divide, POSITIVE), (np.float_power, POSITIVE + 0.5),
    (np.remainder, POSITIVE[:, ::-1]), (np.fmod, POSITIVE[:, ::-1]), (np.copysign, X),
]  # fmt: skip
FOLDS = [
    lambda u, x: u.reduce(x),
    lambda u, x: u.reduce(x, axis=-1, keepdims=True),
    lambda u, x: u.reduce(x, axis=1, initial=1.5),
    lambda u, x: u.reduce(x, axis=1, initial=1.5, where=np.array([True, False, True, True])),
    lambda u, x: u.accumulate(x, axis=1),
    lambda u, x: u.accumulate(x),
    lambda u, x: u.reduceat(x, [0, 2, 1, 3], axis=1),
    lambda u, x: u.outer(x[0], x[:, :2]),
]


@pytest.mark.parametrize("method", FOLDS)
@pytest.mark.parametrize(("ufunc", "x"), SMOOTH, ids=lambda v: getattr(v, "__name__", ""))
def test_a_method_has_numpys_value_and_right_derivatives(ufunc, x, method):
    expected = method(ufunc, x)
    got = method(ufunc, leaf(x))

    assert (got.shape, got.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(got.numpy(), expected, rtol=1e-14)
    check_grads(lambda x: method(ufunc, x), x, directions=1)


@pytest.mark.parametrize("axis", [None, (0, 1), (-1, 0), ()])
@pytest.mark.parametrize("ufunc", [np.add, np.multiply, np.logaddexp, np.logaddexp2, np.hypot, np.maximum, np.fmin])
def test_reductions_go_over_any_axes_where_the_order_makes_no_difference(ufunc, axis):
    np.testing.assert_allclose(ufunc.reduce(leaf(X), axis=axis).numpy(), ufunc.reduce(X, axis=axis), rtol=1e-14)
    check_grads(lambda x: ufunc.reduce(x, axis=axis), X, directions=1)


@pytest.mark.parametrize("dtype", [None, np.float32, np.float64])
@pytest.mark.parametrize("data", [X.astype(np.float16), X.astype(np.float32), np.array([[3, 1], [2, 5]])])
@pytest.mark.parametrize("ufunc", [np.add, np.subtract, np.logaddexp, np.divide, np.float_power])
@pytest.mark.parametrize("method", ["reduce", "accumulate"])
def test_methods_compute_in_numpys_dtype(method, ufunc, data, dtype):
    data = np.abs(data)
    try:
        expected = getattr(ufunc, method)(data, dtype=dtype)
    except TypeError:
        with pytest.raises(DTypeError):
            getattr(ufunc, method)(ag.tensor(data), dtype=dtype)
        return
    got = getattr(ufunc, method)(ag.tensor(data), dtype=dtype)

    assert got.dtype == expected.dtype
    np.testing.assert_allclose(
        got.numpy(), expected, rtol=8 * np.finfo(expected.dtype).eps if expected.dtype.kind == "f" else 0
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.logical_or.reduce(x, axis=1),
        lambda x: np.logical_and.accumulate(x, axis=1),
        lambda x: np.logical_xor.reduceat(x, [0, 1], axis=1),
        lambda x: np.greater.outer(x[0], x[1]),
        lambda x: np.floor_divide.reduce(x, axis=1),
        lambda x: np.logaddexp.reduce(x[:, :0], axis=1),
        lambda x: np.hypot.reduce(x[:, :1], axis=1),
        lambda x: np.hypot.reduceat(x[:, :1], [0], axis=1),
        lambda x: np.subtract.reduce(x[0, 0]),
        lambda x: np.subtract.accumulate(x[:, :0], axis=1),
        lambda x: np.subtract.reduceat(x, np.array([], int), axis=1),
        lambda x: np.divmod.outer(x[0], x[1]),
    ],
)
def test_corner_cases_of_methods_are_numpys(call):
    results, expected = call(leaf(X)), call(X)
    for y, e in zip(results, expected, strict=True) if isinstance(expected, tuple) else [(results, expected)]:
        assert (y.shape, y.dtype) == (e.shape, e.dtype)
        np.testing.assert_array_equal(y.numpy(), e)


@pytest.mark.parametrize("ufunc", [np.power, np.arctan2])
def test_folds_go_from_the_first_element_to_the_last(ufunc):
    a, b, c = x = POSITIVE[0, :3] + 0.5  # NumPy's own vectorised reduction of one row forgets the middle

    assert ufunc.reduce(leaf(x)).item() == ufunc(ufunc(a, b), c)
    check_grads(lambda x: ufunc.accumulate(x)[-1], x, directions=1)
    np.testing.assert_allclose(ag.grad(ufunc.reduce)(x), ag.grad(lambda x: ufunc.accumulate(x)[-1])(x), rtol=1e-14)


UFUNCS = sorted({f.__name__ for f in vars(np).values() if isinstance(f, np.ufunc)})
CALLS = {
    "reduce": lambda u, x: u.reduce(x),
    "accumulate": lambda u, x: u.accumulate(x),
    "reduceat": lambda u, x: u.reduceat(x, [0, 1]),
    "outer": lambda u, x: u.outer(x, POSITIVE),
}


@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize("name", UFUNCS)
def test_a_method_of_any_ufunc_gives_numpys_numbers_or_is_refused(name, method):
    call, ufunc = CALLS[method], getattr(np, name)
    try:
        with np.errstate(all="ignore"):
            expected = call(ufunc, POSITIVE)
    except (TypeError, ValueError, RuntimeError) as error:
        with pytest.raises((type(error), ag.errors.AutogradError)):
            call(ufunc, leaf(POSITIVE))
        return
    with np.errstate(all="ignore"):
        got = call(ufunc, leaf(POSITIVE))
    for y, e in zip(got, expected, strict=True) if isinstance(expected, tuple) else [(got, expected)]:
        assert (y.shape, y.dtype) == (e.shape, e.dtype)
        np.testing.assert_allclose(y.numpy(), e, rtol=1e-14)


def test_every_ufunc_of_numpys_has_an_answer():
    assert [name for name in UFUNCS if not hasattr(ag, name)] == []


def test_fmax_leaves_nan_out_and_ties_share():
    x = np.array([1.0, np.nan, 3.0, 3.0])

    assert ag.grad(np.fmax.reduce)(x).tolist() == [0, 0, 0.5, 0.5]
    assert ag.grad(np.fmin.reduce)(x).tolist() == [1, 0, 0, 0]
    assert ag.grad(np.maximum.reduce)(x).tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda x: np.subtract.reduce(x, axis=(0, 1)), ShapeError, "the order would matter, so it takes one axis"),
        (lambda x: np.subtract.reduce(x[:, :0], axis=1), ShapeError, "no elements to combine, and no initial="),
        (lambda x: np.subtract.reduce(x, where=X > 0), ShapeError, "give initial= to begin with"),
        (lambda x: np.subtract.accumulate(x[0, 0]), ShapeError, "there is no axis to go along"),
        (lambda x: np.add.accumulate(x[0, 0]), ShapeError, "there is no axis to go along"),
        (lambda x: np.add.reduceat(x, [0, 9], axis=1), BoundsError, "of length 4 cannot begin at 9"),
        (lambda x: np.bitwise_or.reduce(x), DTypeError, "bitwise_or.reduce takes numbers"),
        (lambda x: np.divide.reduce(x, dtype=int), DTypeError, "cannot fold an array of dtype float64"),
        (lambda x: np.frompyfunc(max, 2, 1).reduce(x), UnsupportedError, "has no derivative rule here"),
        (lambda x: np.add.reduce(x, out=np.zeros(4)), MutationError, "np.add.reduce with out= would write recorded"),
        (lambda x: np.subtract.reduceat(x, [0], out=np.zeros((1, 4))), MutationError, "keeps no record"),
    ],
)
def test_a_method_that_makes_no_sense_is_refused_with_words(call, error, words):
    with pytest.raises(error, match=words):
        call(leaf(X))


# -- at --------------------------------------------------------------------------------------------------------------------

PLACES = [1, [0, 2, 2], (slice(None), [3, 3, 0]), np.array([[True, False, True, False]] * 2), ([1, 1, 0], [2, 2, 2])]


@pytest.mark.parametrize("place", PLACES, ids=repr)
@pytest.mark.parametrize("ufunc", [np.add, np.subtract, np.multiply, np.divide, np.maximum, np.hypot, np.logaddexp])
def test_at_changes_an_element_as_often_as_it_is_named(ufunc, place):
    x = POSITIVE if not isinstance(place, list) else np.vstack([POSITIVE, POSITIVE[:1] + 0.1])
    b = np.random.default_rng(0).uniform(0.6, 0.9, x[place].shape)

    def changed(x, b):
        y = x * 1.0
        ufunc.at(y, place, b)
        return y

    np.testing.assert_allclose(changed(leaf(x), leaf(b)).numpy(), changed(x, b), rtol=1e-14)
    check_grads(changed, x, b, directions=1)


def test_at_with_one_operand_a_number_or_nothing_recorded():
    y = leaf(X) * 1.0
    np.negative.at(y, ([0, 0, 1], [1, 1, 2]))
    np.add.at(y, 0, 1.0)
    np.multiply.at(y, ([], []), leaf(2.0))
    expected = X.copy()
    np.negative.at(expected, ([0, 0, 1], [1, 1, 2]))
    np.add.at(expected, 0, 1.0)
    np.testing.assert_array_equal(y.numpy(), expected)

    w = leaf(X)
    memory = w._data
    with ag.no_grad():
        np.add.at(w, 0, 1.0)
    assert w._data is memory
    np.testing.assert_array_equal(w.numpy()[0], X[0] + 1)


def test_at_refuses_what_would_lose_the_record():
    with pytest.raises(MutationError, match=r"np.add.at would write recorded values into a NumPy array.*ag.tensor"):
        np.add.at(np.zeros(3), [0, 1], leaf([1.0, 2.0]))
    with pytest.raises(MutationError, match="would overwrite a leaf"):
        np.add.at(leaf(X), 0, 1.0)
    with pytest.raises(BoundsError, match=r"np.multiply.at into a value of shape \(2, 4\)"):
        np.multiply.at(leaf(X) * 1.0, 7, 1.0)
    with pytest.raises(UnsupportedError, match=r"at is not recorded: write x\[index\] = value"):
        np.frompyfunc(abs, 1, 1).at(leaf(X) * 1.0, 0)


# -- keyword arguments -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble, np.complex64, "f4"])
@pytest.mark.parametrize("ufunc", [np.add, np.exp, np.sqrt, np.divide])
@pytest.mark.parametrize("data", [POSITIVE, POSITIVE.astype(np.float32), np.array([1, 2])])
def test_dtype_says_what_is_computed_in(ufunc, data, dtype):
    args = (data,) if ufunc.nin == 1 else (data, 2)
    got, expected = ufunc(*[ag.tensor(data), *args[1:]], dtype=dtype), ufunc(*args, dtype=dtype)

    assert got.dtype == expected.dtype
    np.testing.assert_array_equal(got.numpy(), expected)
    np.testing.assert_array_equal(
        getattr(ag, ufunc.__name__)(ag.tensor(data), *args[1:], dtype=dtype).numpy(), expected
    )


def test_gradients_go_through_the_conversion():
    x = leaf(X.astype(np.float32))
    np.sum(np.multiply(x, x, dtype=np.float64)).backward()

    assert x.grad.dtype == np.float32
    np.testing.assert_array_equal(x.grad.numpy(), 2 * x.numpy())


@pytest.mark.parametrize(
    "keywords", [{"order": "F"}, {"subok": False}, {"casting": "safe"}, {"out": None}, {"where": True}]
)
def test_keywords_that_change_no_number_are_taken(keywords):
    np.testing.assert_array_equal(np.exp(leaf(X), **keywords).numpy(), np.exp(X))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda x: np.exp(x, where=X > 0), UnsupportedError, r"uninitialised. Write np.where\(mask, np.exp"),
        (lambda x: np.exp(x, signature="d->d"), UnsupportedError, "signature= is not differentiated: give dtype="),
        (lambda x: np.add(x, 1, dtype=int), DTypeError, "Cannot cast"),
        (lambda x: np.add(x, np.ones(4, int), casting="no"), DTypeError, "casting='no'"),
        (lambda x: np.add(x, 1, out=np.zeros((2, 4))), MutationError, "would write recorded values into a NumPy array"),
        (lambda x: np.add(x, 1, out=ag.scalar(1.0)), MutationError, "assign the result instead"),
        (lambda x: np.add(x, 1, out=x), MutationError, "would overwrite a leaf"),
        (lambda x: np.add(x, 1, out=zeros(X[0])), ShapeError, "does not fit"),
        (lambda x: np.add(x, 1j, out=zeros(X)), MutationError, "complex128 result does not fit"),
        (lambda x: np.modf(x, out=(zeros(X), zeros(X)), where=X > 0), UnsupportedError, "several results"),
    ],
)
def test_a_keyword_that_cannot_be_honoured_is_refused_with_words(call, error, words):
    with pytest.raises(error, match=words):
        call(leaf(X))


def test_out_gives_a_handle_the_result():
    def f(x):
        y = x * 0.0
        same = np.multiply(x, x, out=y)
        assert same is y
        return y

    np.testing.assert_array_equal(f(leaf(X)).numpy(), X * X)
    check_grads(f, X, directions=1)


def test_out_of_several_results():
    x = leaf(X)
    part = zeros(X)
    fraction, whole = np.modf(x, out=(part, None))
    np.sum(part).backward()

    assert fraction is part
    np.testing.assert_array_equal(part.numpy(), np.modf(X)[0])
    np.testing.assert_array_equal(whole.numpy(), np.modf(X)[1])
    assert x.grad.tolist() == np.ones((2, 4)).tolist()


def test_out_with_where_computes_what_is_selected_only():
    def ratio(x, d, rest):
        y = rest * 1.0
        return np.divide(x, d, out=y, where=np.array([True, False, True, True]))

    d = np.array([2.0, 0.0, 4.0, 0.5])  # of which 0 is left alone: no warning, no NaN
    got = ratio(leaf(X), leaf(d), leaf(-X))

    np.testing.assert_array_equal(got.numpy(), ratio(X, d, -X))
    check_grads(ratio, X, d, -X, directions=1)


def test_out_of_a_method_and_of_a_result_that_is_stretched():
    x, y, z = leaf(X), zeros(X[0]), zeros(X)
    np.add.reduce(x, out=y)
    np.multiply(x[0], 2.0, out=z)

    np.testing.assert_array_equal(y.numpy(), X.sum(0))
    np.testing.assert_array_equal(z.numpy(), [2 * X[0]] * 2)
    assert ag.gradients(np.sum(y) + np.sum(z), [x])[0].tolist() == [[5.0] * 4, [1.0] * 4]


def test_out_is_written_in_place_while_nothing_is_recorded():
    x, array = leaf(X), np.zeros((2, 4))
    with ag.no_grad():
        memory = x._data
        assert np.multiply(x, 2.0, out=x, where=X > 0) is x
        assert x._data is memory
        assert np.add(x, 1.0, out=array) is array
        with pytest.raises(DTypeError, match="out= into a value of dtype float64"):
            np.add(x, 1j, out=x)

    np.testing.assert_array_equal(x.numpy(), np.where(X > 0, 2 * X, X))
    np.testing.assert_array_equal(array, x.numpy() + 1)


def test_the_names_of_ag_have_them_all():
    assert ag.add(np.ones(2), 1, dtype=np.float32).dtype == np.float32
    assert ag.add.reduce(leaf(X)).shape == (4,)
    assert ag.subtract.outer(np.ones(2), np.ones(3)).shape == (2, 3)
    assert ag.sign.outer is not None


# -- Python's operators ------------------------------------------------------------------------------------------------------

BINARY = [
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow, divmod,
]  # fmt: skip
OTHERS = [2, 1.5, np.float64(1.5), np.float32(2.0), np.array([0.5, 1.5, 2.5, 3.5])]


@pytest.mark.parametrize("other", OTHERS, ids=repr)
@pytest.mark.parametrize("op", BINARY)
def test_operators_do_what_numpys_do_from_both_sides(op, other):
    for got, expected in (
        (op(leaf(POSITIVE), other), op(POSITIVE, other)),
        (op(other, leaf(POSITIVE)), op(other, POSITIVE)),
        (op(ag.scalar(2.5), other), op(2.5, other)),
        (op(other, ag.scalar(2.5)), op(other, 2.5)),
    ):
        pairs = zip(got, expected, strict=True) if isinstance(expected, tuple) else [(got, expected)]
        for y, e in pairs:
            assert isinstance(y, (ag.Tensor, ag.Scalar))
            np.testing.assert_array_equal(y.data, e)


@pytest.mark.parametrize("op", [operator.lshift, operator.rshift, operator.and_, operator.or_, operator.xor])
def test_operators_on_bits(op):
    a, b = np.array([1, 5, 12]), np.array([1, 2, 0])

    np.testing.assert_array_equal(op(ag.tensor(a), b).numpy(), op(a, b))
    np.testing.assert_array_equal(op(a, ag.tensor(b)).numpy(), op(a, b))
    np.testing.assert_array_equal(op(ag.tensor(a), 2).numpy(), op(a, 2))
    with pytest.raises(DTypeError, match="takes numbers and arrays of numbers, and cannot be computed for float64"):
        op(leaf(X), 1)


def test_round_abs_and_powers_to_a_modulus():
    x, s = leaf(X), ag.scalar(-2.567)

    np.testing.assert_array_equal(round(x).numpy(), np.round(X))
    np.testing.assert_array_equal(round(x, 1).numpy(), np.round(X, 1))
    assert round(s) == -3
    assert round(s, 1) == -2.6
    assert abs(s).data == 2.567
    with pytest.raises(UnsupportedError, match=r"write x \*\* exponent % modulus"):
        pow(x, 2, 3)
    with pytest.raises(TypeError, match="takes 2 positional arguments"):
        pow(s, 2, 3)


def test_an_array_never_swallows_a_value():
    t = leaf([1.0, 2.0])
    array = np.ones(2)

    assert isinstance(array * t, ag.Tensor)
    assert ag.grad(lambda t: np.sum(array * t))(np.ones(2)).tolist() == [1, 1]
    with pytest.raises(MutationError, match="would write recorded values into a NumPy array"):
        array += t
    with pytest.raises(ValueError, match="setting an array element"):  # NumPy's words, with ours as their cause
        array[0] = t[0]
    with pytest.raises(LeavingError, match="would cut the gradient silently"):
        array[:] = t
    np.testing.assert_array_equal(array, 1)


def test_an_array_of_objects_is_refused_as_an_operand():
    t = leaf([1.0, 2.0])
    objects = np.empty(2, object)
    objects[0], objects[1] = t[0], ag.scalar(2.0)

    for call in (
        lambda: objects * t,
        lambda: t * objects,
        lambda: np.add(t, objects),
        lambda: np.where(True, t, objects),
    ):
        with pytest.raises(DTypeError, match=r"holds objects, not numbers.*ag.stack"):
            call()
