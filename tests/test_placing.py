"""NumPy's functions that write into their first argument: NumPy's values, and gradients to what was written and what was left."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import BoundsError, DTypeError, LeavingError, MutationError, ShapeError
from autograd_core.testing import check_grads

MASK = np.array([[True, False, True, False], [False] * 4, [True, True, False, True]])
V = np.array([0.5, -1.5, 2.5])


def table(dtype=float):
    return np.arange(1.0, 13.0).reshape(3, 4).astype(dtype)


WRITERS = {
    "put": lambda x, v: np.put(x, [0, -1, 5], v),
    "put, the last of repeated places stays": lambda x, v: np.put(x, [2, 2, 0], v),
    "put, repeated in turn": lambda x, v: np.put(x, [[0, 3], [6, 9]], v),
    "put, around": lambda x, v: np.put(x, [12, -13, 25], v, mode="wrap"),
    "put, clipped": lambda x, v: np.put(x, [-5, 99], v, "clip"),
    "place": lambda x, v: np.place(x, MASK, v),
    "place by a flat mask": lambda x, v: np.place(x, MASK.ravel(), v[:2]),
    "putmask": lambda x, v: np.putmask(x, MASK, v),
    "putmask by as many values": lambda x, v: np.putmask(x, MASK, v * np.ones((4, 3))),
    "copyto": lambda x, v: np.copyto(x, v[:, None]),
    "copyto where": lambda x, v: np.copyto(x, v[0], where=MASK),
    "copyto where, broadcast": lambda x, v: np.copyto(x, v[:, None] * np.ones(4), where=MASK[:1]),
    "put_along_axis": lambda x, v: np.put_along_axis(x, np.array([[3], [0], [1]]), v[:, None], 1),
    "put_along_axis, one number": lambda x, v: np.put_along_axis(x, np.array([[2, 0, 1, -1]]), v[1], axis=0),
    "put_along_axis, flat": lambda x, v: np.put_along_axis(x, np.array([3, -1, 0]), v, None),
    "fill_diagonal": lambda x, v: np.fill_diagonal(x, v),
    "fill_diagonal, one number": lambda x, v: np.fill_diagonal(x.T if isinstance(x, np.ndarray) else x, v[2]),
    "method put": lambda x, v: x.put([1, 2], v),
    "method fill": lambda x, v: x.fill(v[0]),
    "nested sequences": lambda x, v: x.__setitem__(0, [v[0], v[1], 7.0, v[2]]),
}


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_a_recorded_write_gives_numpys_value_and_agrees_with_finite_differences(writer):
    expected = table()
    writer(expected, V)

    def written(x, v):
        y = x * 1.0
        assert writer(y, v) is None
        return y

    x, v = ag.tensor(table(), requires_grad=True), ag.tensor(V, requires_grad=True)
    np.testing.assert_array_equal(written(x, v).numpy(), expected)
    check_grads(lambda x, v: written(x, v) ** 2, table(), V, directions=1)


@pytest.mark.parametrize("writer", WRITERS.values(), ids=WRITERS)
def test_under_no_grad_a_write_is_in_place(writer):
    expected = table()
    writer(expected, V)
    x = ag.tensor(table(), requires_grad=True)
    with ag.no_grad():
        row = x[0]
        writer(x, ag.tensor(V))

    np.testing.assert_array_equal(x.numpy(), expected)
    np.testing.assert_array_equal(row.numpy(), expected[0])


def test_a_tall_matrix_has_its_diagonal_wrapped_and_a_cube_has_one():
    for shape, settings in (((5, 2), {}), ((5, 2), {"wrap": True}), ((2, 5), {}), ((3, 3, 3), {})):
        expected, x = np.zeros(shape), ag.tensor(np.zeros(shape))
        np.fill_diagonal(expected, V, **settings)
        np.fill_diagonal(x, ag.tensor(V, requires_grad=True), **settings)
        np.testing.assert_array_equal(x.numpy(), expected)
        assert x.requires_grad


def test_a_recorded_value_is_not_written_into_a_plain_array():
    t = ag.tensor(V, requires_grad=True)
    for write in (
        lambda: np.put(np.zeros(3), [0], t),
        lambda: np.copyto(np.zeros(3), t),
        lambda: np.full_like(np.zeros(3), t),
        lambda: np.full(3, t, dtype=float),
    ):
        with pytest.raises(MutationError, match=r"into a plain array.*ag\.asarray.*ag\.full"):
            write()
    with pytest.raises(LeavingError, match="would cut the gradient"):
        np.zeros(3)[:] = t

    a = np.zeros(3)
    np.put(a, ag.tensor([2, 1]), ag.tensor(V))  # without a gradient there is none to cut
    np.testing.assert_array_equal(a, [0, -1.5, 0.5])


def test_wrong_writes_are_refused_with_words_and_leave_the_value_alone():
    x = ag.tensor(table(), requires_grad=True)
    y, t = x * 1.0, ag.tensor(V, requires_grad=True)
    for error, words, write in (
        (BoundsError, "put: index 12 is out of bounds for 12", lambda: np.put(y, [12], t)),
        (BoundsError, "put_along_axis: index 12", lambda: np.put_along_axis(y, np.array([12]), t[0], None)),
        (DTypeError, "put takes integers", lambda: np.put(y, [0.5], t)),
        (ShapeError, "place takes a mask of as many elements", lambda: np.place(y, [True], t)),
        (ShapeError, "there are no values", lambda: np.place(y, MASK, t[:0])),
        (DTypeError, "complex128 numbers do not fit", lambda: np.copyto(y, t * 1j)),
        (ShapeError, "fill_diagonal takes a matrix", lambda: np.fill_diagonal(t * 1.0, t)),
    ):
        with pytest.raises(error, match=words):
            write()
    np.put(y, [], t)
    np.put(y, [1], t[:0])

    np.testing.assert_array_equal(y.numpy(), table())


def test_methods_that_rearrange_write_as_numpys_do():
    x = np.array([[3.0, 1.0, 2.0], [4.0, 9.0, 5.0]])
    for rearrange in (lambda y: y.sort(), lambda y: y.sort(axis=0), lambda y: y.partition(1)):
        expected, y = x.copy(), ag.tensor(x, requires_grad=True) * 1.0
        rearrange(expected)
        assert rearrange(y) is None
        np.testing.assert_array_equal(y.numpy(), expected)
        assert y.requires_grad
    with pytest.raises(MutationError, match=r"x\.sort\(\) would overwrite a leaf"):
        ag.tensor(x, requires_grad=True).sort()

    plain = ag.tensor(x)
    plain.sort()
    np.testing.assert_array_equal(plain.numpy(), np.sort(x))


def test_a_mask_may_be_a_recorded_comparison():
    x = ag.tensor([-1.0, 2.0, 0.0], requires_grad=True)
    y = x * 3.0
    y[y < 0] = 0.0
    y[x > 1] = y[x > 1] * 2.0
    np.sum(y * x[np.argsort(x)]).backward()

    np.testing.assert_array_equal(y.numpy(), [0, 12, 0])
    assert x.grad is not None
