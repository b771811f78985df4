"""Joining, splitting, padding and repeating: what the rows of samples do not say of pieces, Scalars, memory and words."""

import gc
import weakref

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import LeavingError, MutationError, ShapeError, UnsupportedError
from autograd_core.primitives.joining import divided
from autograd_core.recording import TEACHING_SIZE
from autograd_core.testing import check_grads


def tensor(*shape, dtype=float, start=1.0):
    return ag.tensor(np.arange(start, start + np.prod(shape)).reshape(shape).astype(dtype), requires_grad=True)


# -- joining -----------------------------------------------------------------------------------------------------------


def test_what_is_joined_may_have_different_lengths_and_dtypes_and_each_gets_its_own_back():
    a, b, c = tensor(2, 1, dtype=np.float32), tensor(2, 0), tensor(2, 2, dtype=complex)

    y = np.concatenate([a, b, c, [[1], [2]]], axis=1)
    weights = np.arange(10.0).reshape(2, 5)
    np.sum(np.real(y) * weights[:, : y.shape[1]]).backward()

    assert y.dtype == complex
    assert [x.grad.dtype for x in (a, b, c)] == [np.float32, np.float64, np.complex128]
    np.testing.assert_array_equal(a.grad.numpy(), weights[:, :1])
    np.testing.assert_array_equal(c.grad.numpy(), weights[:, 1:3])


def test_dtype_converts_the_join_and_its_gradient_back():
    a = tensor(2, dtype=np.float32)

    y = np.concatenate([a, a], dtype=np.float64)
    np.sum(y).backward()

    assert (y.dtype, a.grad.dtype) == (np.float64, np.float32)
    np.testing.assert_array_equal(a.grad.numpy(), [2, 2])


def test_scalars_and_numbers_stack_to_a_tensor_and_their_gradients_come_back_as_floats():
    a, b = ag.scalar(2.0), ag.scalar(5.0)

    y = ag.stack([a, 3.0, b, a])
    np.sum(y * np.array([1.0, 10.0, 100.0, 1000.0])).backward()

    assert isinstance(y, ag.Tensor)
    np.testing.assert_array_equal(y.numpy(), [2, 3, 5, 2])
    assert (a.grad, b.grad) == (1001.0, 100.0)
    assert type(a.grad) is float


def test_stacked_scalars_differentiate_forward_and_twice():
    value, tangent = ag.jvp(lambda a, b: ag.stack([a, 7.0, a * b]), (2.0, 3.0), (1.0, 10.0))

    np.testing.assert_array_equal(value, [2, 7, 6])
    np.testing.assert_array_equal(tangent, [1, 0, 23])
    assert ag.grad(ag.grad(lambda a: np.sum(ag.stack([a, a * a]) ** 2)))(3.0) == 2 + 12 * 9


def test_hstack_and_vstack_take_vectors_matrices_and_numbers():
    a, b = tensor(2), tensor(2, 2)

    for f, args in [(np.hstack, [a, a]), (np.hstack, [b, b]), (np.vstack, [a, b]), (np.vstack, [a, a])]:
        np.testing.assert_array_equal(f(args).numpy(), f([x.numpy() for x in args]))
    np.testing.assert_array_equal(np.hstack([ag.scalar(1.0), a]).numpy(), [1, 1, 2])


def test_shapes_that_cannot_be_joined_are_named():
    with pytest.raises(ShapeError, match=r"concatenate cannot combine shapes \(2, 3\) and \(4, 5\)"):
        np.concatenate([tensor(2, 3), tensor(4, 5)])
    with pytest.raises(ShapeError, match=r"stack cannot combine shapes \(2,\) and \(3,\)"):
        np.stack([tensor(2), tensor(3)])
    with pytest.raises(ShapeError, match="stack needs at least one array"):
        ag.stack([])


# -- splitting: one node with several results --------------------------------------------------------------------------


def test_a_split_into_unequal_pieces_says_what_to_use():
    with pytest.raises(
        ShapeError, match=r"axis -1 of shape \(2, 3\), of length 3, into 2 equal pieces: use array_split"
    ):
        np.split(tensor(2, 3), 2, axis=-1)
    with pytest.raises(ShapeError, match="1 piece or more, not 0"):
        np.array_split(tensor(3), 0)


def test_a_split_is_one_node_whose_pull_back_sees_all_pieces_at_once():
    x = tensor(4)
    a, b, c = np.split(x, [1, 2])

    assert a.node.parents == b.node.parents == c.node.parents
    assert a.node.parents[0].primitive is divided


def test_pieces_that_nothing_depends_on_get_zeros():
    x = tensor(4)
    _, b, _ = np.split(x, [1, 2])

    np.sum(b * 3).backward()

    np.testing.assert_array_equal(x.grad.numpy(), [0, 3, 0, 0])


def test_a_piece_that_is_used_twice_gets_the_sum():
    x = tensor(2)
    a, b = np.split(x, 2)

    np.sum(a * b + a).backward()

    np.testing.assert_array_equal(x.grad.numpy(), [3, 1])


def test_a_piece_that_is_cut_off_has_no_gradient_even_where_the_slope_behind_it_is_infinite():
    x = np.array([0.0, 4.0, 16.0])
    with np.errstate(divide="ignore"):
        split = ag.grad(lambda x: np.sum(np.split(np.sqrt(x), [1])[1]))(x)
        used = ag.grad(lambda x: np.sum(np.concatenate(np.split(np.sqrt(x), [1]))))(x)
        unstacked = ag.grad(lambda x: np.unstack(np.sqrt(x))[1] + np.unstack(np.sqrt(x))[2])(x)
        joined = ag.grad(lambda x: np.sum(np.concatenate([np.sqrt(x), x])[1:]))(x)

    np.testing.assert_array_equal(split, [0, 0.25, 0.125])
    np.testing.assert_array_equal(used, [np.inf, 0.25, 0.125])
    np.testing.assert_array_equal(unstacked, [0, 0.25, 0.125])
    np.testing.assert_array_equal(joined, [1, 1.25, 1.125])


def test_pieces_differentiate_forward():
    (a, b), (da, db) = ag.jvp(
        lambda x: tuple(np.split(x**2, [1])), (np.array([1.0, 2.0, 3.0]),), (np.array([1.0, 1.0, 10.0]),)
    )

    np.testing.assert_array_equal(np.concatenate([a, b]), [1, 4, 9])
    np.testing.assert_array_equal(np.concatenate([da, db]), [2, 4, 60])


def test_one_cotangent_per_piece_can_be_pulled_back_together():
    pieces, pull = ag.vjp(lambda x: np.split(x, [1]), np.array([1.0, 2.0, 3.0]))

    (g,) = pull([np.array([5.0]), np.array([6.0, 7.0])])

    assert [type(p) for p in pieces] == [np.ndarray, np.ndarray]
    np.testing.assert_array_equal(g, [5, 6, 7])


def test_stack_undoes_unstack():
    x = tensor(2, 3)

    np.testing.assert_array_equal(np.stack(np.unstack(x, axis=1), axis=1).numpy(), x.numpy())


def test_pieces_without_gradient_are_plain_in_plain_out():
    pieces = ag.split(np.arange(4.0), 2)

    assert [type(p) for p in pieces] == [np.ndarray, np.ndarray]
    assert not ag.split(ag.tensor([1.0, 2.0]), 2)[0].requires_grad


def test_a_rule_may_name_all_results_at_any_order():
    def forward(a):
        return np.exp(a), np.exp(2 * a)

    pair = ag.primitive(
        forward,
        lambda gs, ys: gs[0] * ys[0] + 2 * gs[1] * ys[1],
        jvp=lambda t, ys: (t * ys[0], 2 * t * ys[1]),
        outputs=2,
    )

    check_grads(pair, np.array([0.1, 0.7]), order=3)
    assert ag.grad(ag.grad(ag.grad(lambda x: np.sum(pair(x)[0] * pair(x)[1]))))(np.array(0.0)) == 27.0


def test_a_split_keeps_no_large_piece_alive():
    x = tensor(2 * TEACHING_SIZE + 2)
    a, b = np.split(x * 1.0, 2)
    memory = weakref.ref(a.data.base if a.data.base.base is None else a.data.base.base)
    y = np.sum(a) + np.sum(b)
    del a, b
    gc.collect()

    assert memory() is None
    y.backward()
    np.testing.assert_array_equal(x.grad.numpy(), np.ones(x.shape))


def test_writing_to_a_piece_is_noticed_like_a_write_to_the_whole():
    x = tensor(4)
    y = x * 1.0
    z = y * y
    with ag.no_grad():
        np.split(y, 2)[0][...] = 7.0

    with pytest.raises(MutationError, match="written in place"):
        np.sum(z).backward()


# -- padding -----------------------------------------------------------------------------------------------------------


def test_padding_wider_than_the_array_goes_round_several_times():
    x = tensor(3)

    for mode in ("reflect", "symmetric", "wrap"):
        np.testing.assert_array_equal(np.pad(x, 8, mode=mode).numpy(), np.pad(x.numpy(), 8, mode=mode))
    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(np.pad(x, (0, 6), mode="wrap")))(x.numpy()), [3, 3, 3])


def test_constant_borders_have_values_but_no_tangent():
    x = tensor(2)
    values = ((5.0, -np.inf),)

    y, t = ag.jvp(lambda x: np.pad(x, 1, constant_values=values), (x.numpy(),), (np.array([3.0, 4.0]),))

    np.testing.assert_array_equal(y, [5, 1, 2, -np.inf])
    np.testing.assert_array_equal(t, [0, 3, 4, 0])


def test_padding_that_is_not_differentiated_is_refused():
    with pytest.raises(
        UnsupportedError, match=r"mode='empty' is not differentiated: join the borders with np\.concatenate"
    ):
        np.pad(tensor(3), 1, mode="empty")
    with pytest.raises(UnsupportedError, match="mode=<function"):
        np.pad(tensor(3), 1, mode=lambda vector, width, axis, kwargs: None)
    with pytest.raises(LeavingError, match=r"ag\.array"):
        np.pad(np.ones(3), 1, constant_values=tensor(1)[0])
    with pytest.raises(ShapeError, match="for each of 1 axes"):
        np.pad(tensor(3), ((1, 1), (2, 2)))
    with pytest.raises(ShapeError, match=r"cannot extend axis 0 of shape \(0,\) in mode 'edge'"):
        np.pad(tensor(0), 1, mode="edge")


# -- repeating ---------------------------------------------------------------------------------------------------------


def test_a_number_can_be_tiled_and_repeated():
    for f in (np.tile, np.repeat):
        np.testing.assert_array_equal(f(ag.scalar(2.0), 3).numpy(), [2, 2, 2])
        assert ag.grad(lambda x, f=f: np.sum(f(x, 3)))(2.0) == 3.0


def test_counts_that_do_not_fit_are_named():
    with pytest.raises(ShapeError, match=r"repeat: 3 counts for the 2 elements along axis 0 of shape \(2, 3\)"):
        np.repeat(tensor(2, 3), [1, 2, 3], axis=0)
