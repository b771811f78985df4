"""Reading and writing by index: every index that NumPy takes, what is left out, what may be written."""

import tracemalloc

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import BoundsError, MutationError, ShapeError

INDICES = [
    1,
    -1,
    (0, 2),
    slice(None, None, -1),
    (slice(1, None), slice(None, None, 2)),
    ...,
    None,
    (..., 1),
    (slice(None), None, 0),
    (),
    slice(0, 0),
    [2, 0, 2, 2],
    np.array([[0, 1], [1, 1]]),
    (np.array([0, 0, 2]), np.array([3, 3, 1])),
    (np.array([[0], [2]]), [1, 1]),
    ([1, 1], slice(None), None),
    (slice(None), [3, -1]),
    (0, np.array([1, 1])),
    np.array([True, False, True]),
    (slice(None), np.array([True, False, True, True])),
    np.arange(12).reshape(3, 4) % 3 == 0,
    (np.array([True, False, True]), 2),
    (np.array([True, False, True]), [1, 1]),
    True,
    [],
    np.ix_([0, 0], [1, 3]),
]


def table(dtype=float):
    return np.arange(1.0, 13.0).reshape(3, 4).astype(dtype)


def test_an_index_may_be_a_tensor_and_may_change_afterwards():
    x = ag.tensor(table(), requires_grad=True)
    index = np.array([0, 0])

    y = x[index] + x[ag.tensor(np.array([1, 1]))]
    index[:] = 2
    np.sum(y).backward()

    np.testing.assert_array_equal(x.grad.numpy()[:, 0], [2, 2, 0])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.complex128])
def test_a_gradient_has_the_dtype_and_shape_of_what_was_indexed(dtype):
    x = ag.tensor(table(dtype)[::-1].T, requires_grad=True)

    np.sum(np.real(x[[0, 0, 1], ::-1])).backward()

    assert (x.grad.dtype, x.grad.shape) == (dtype, (4, 3))
    np.testing.assert_array_equal(x.grad.numpy()[:, 0], [2, 1, 0, 0])


def test_what_an_index_leaves_out_has_no_gradient_even_where_its_slope_is_infinite():
    x = np.array([0.0, 4.0, 16.0])
    with np.errstate(divide="ignore"):
        by_mask = ag.grad(lambda x: np.sqrt(x)[x > 0].sum())(x)
        by_slice = ag.grad(lambda x: np.sqrt(x)[1:].sum())(x)
        by_repeats = ag.grad(lambda x: np.sqrt(x)[[1, 1, 2]].sum())(x)
        through_layouts = ag.grad(lambda x: np.flip(np.sqrt(x)[:, None])[:2].sum())(x)
        all_used = ag.grad(lambda x: np.sqrt(x)[1:].sum() + np.sqrt(x).sum())(x)

    np.testing.assert_array_equal(by_mask, [0, 0.25, 0.125])
    np.testing.assert_array_equal(by_slice, [0, 0.25, 0.125])
    np.testing.assert_array_equal(by_repeats, [0, 0.5, 0.125])
    np.testing.assert_array_equal(through_layouts, [0, 0.25, 0.125])
    np.testing.assert_array_equal(all_used, [np.inf, 0.5, 0.25])


@pytest.mark.parametrize("index", [3, (0, 4), (0, 0, 0), [0, 5], np.array([True, False])], ids=repr)
def test_an_index_out_of_bounds_names_the_shape(index):
    with pytest.raises(BoundsError, match=r"getitem of shape \(3, 4\)") as caught:
        ag.tensor(table(), requires_grad=True)[index]

    assert isinstance(caught.value.__cause__, IndexError)


def test_iteration_gives_the_rows_and_ends():
    x = ag.tensor(table(), requires_grad=True)

    rows = list(x)
    (rows[0] * rows[2]).sum().backward()

    assert len(rows) == len(x) == 3
    np.testing.assert_array_equal(x.grad.numpy(), table()[[2, 1, 0]] * [[1], [0], [1]])


# -- writing -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", INDICES, ids=repr)
def test_an_index_reads_and_writes_what_it_does_in_numpy(index):
    x, place = table(), index if not isinstance(index, list) or index else np.empty(0, int)
    y = ag.tensor(x, requires_grad=True) * 1.0

    np.testing.assert_array_equal(y[index].numpy(), x[place])
    values = -np.arange(1.0, 1.0 + x[place].size).reshape(x[place].shape)
    y[index] = ag.tensor(values)
    x[place] = values
    np.testing.assert_array_equal(y.numpy(), x)


def test_of_repeated_places_only_the_last_write_counts():
    def write(v):
        y = ag.tensor(np.zeros(2)) * 1.0
        y[[0, 0, 1]] = v
        return y

    np.testing.assert_array_equal(ag.grad(lambda v: np.sum(write(v)))(np.array([5.0, 6.0, 7.0])), [0, 1, 1])


def test_a_number_written_to_many_places_gets_the_sum_of_their_gradients():
    def write(v):
        y = ag.tensor(table()) * 1.0
        y[:, 1:] = v
        return np.sum(y)

    assert ag.grad(write)(2.0) == 9.0


def test_what_was_overwritten_has_no_gradient_even_where_its_slope_is_infinite():
    def write(x):
        y = np.sqrt(x)
        y[0] = 0.0
        return np.sum(y)

    with np.errstate(divide="ignore"):
        np.testing.assert_array_equal(ag.grad(write)(np.array([0.0, 4.0])), [0, 0.25])


def test_a_write_to_a_leaf_is_refused():
    x = ag.tensor(table(), requires_grad=True)
    with pytest.raises(MutationError, match="would overwrite a leaf"):
        x[0] = 1.0


def test_a_write_to_what_an_integer_array_picked_leaves_the_original_alone():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1.0
    picked, z = y[[0, 1]], y * y
    with ag.no_grad():
        picked[...] = 7.0

    np.sum(z).backward()

    np.testing.assert_array_equal(x.grad.numpy(), [2.0, 4.0])


def test_a_write_of_the_wrong_shape_leaves_the_value_as_it_was():
    x = ag.tensor(table(), requires_grad=True)
    y = x * 1.0

    with pytest.raises(ShapeError, match=r"setitem cannot combine shapes \(3, 4\) and \(3,\)"):
        y[0] = np.ones(3)

    np.testing.assert_array_equal(y.numpy(), table())


PARTS = {
    "slices that overlap": [slice(0, 3), slice(1, 4), slice(None, None, 2)],
    "rows and elements": [0, (0, 1), (3, -1), 2],
    "indices that repeat": [np.array([0, 0, 3]), np.array([3, 1]), 0],
    "masks": [np.array([True, False, True, True]), slice(None), np.arange(8).reshape(4, 2) % 3 == 0],
}


@pytest.mark.parametrize("name", PARTS)
def test_parts_of_one_value_add_up(name):
    x = np.arange(8.0).reshape(4, 2)
    weights = [np.cos(x[i]) for i in PARTS[name]]
    expected = np.zeros_like(x)
    for i, w in zip(PARTS[name], weights, strict=True):
        np.add.at(expected, i, w)

    def loss(x):
        return sum(np.sum(x[i] * w) for i, w in zip(PARTS[name], weights, strict=True)) + np.sum(x)

    for through in (lambda x: x, lambda x: x + 0.0, lambda x: x * 1.0):
        np.testing.assert_allclose(ag.grad(lambda x, through=through: loss(through(x)))(x), expected + 1)


def test_a_loop_over_rows_takes_memory_for_one_gradient():
    x = ag.tensor(np.ones((300, 1000)), requires_grad=True)
    loss = sum(np.sum(row) for row in x)
    tracemalloc.start()
    loss.backward(retain_graph=True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 1.5 * x.numpy().nbytes
