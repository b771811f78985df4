"""Never silently wrong: what once was, or could easily be."""

import copy
import operator

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import (
    BoundsError,
    DeclarationError,
    DTypeError,
    GradientError,
    LeavingError,
    MutationError,
    ShapeError,
    UnsupportedError,
)


def leaf(data):
    return ag.tensor(data, requires_grad=True)


# -- indices -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("index", [((0, 0, 1),), ([0, 0, 1],), np.array([0, 0, 1]), (range(1),)])
def test_repeated_indices_add_up_however_they_are_written(index):
    x = leaf([1.0, 2.0, 3.0])
    x[index].sum().backward()

    expected = np.zeros(3)
    np.add.at(expected, np.asarray(index[0] if isinstance(index, tuple) else index), 1.0)
    assert x.grad.tolist() == expected.tolist()


# -- constants ---------------------------------------------------------------------------------------------------------------


def test_asarray_of_an_array_that_is_overwritten_later_keeps_its_numbers():
    w, buffer = leaf([1.0, 2.0]), np.array([3.0, 4.0])
    y = (w * ag.asarray(buffer)).sum()
    buffer[:] = 0.0
    y.backward()

    assert w.grad.tolist() == [3.0, 4.0]


def test_a_matrix_is_an_array_to_the_rules_too():
    w = leaf(np.ones((2, 2)))
    with pytest.warns(PendingDeprecationWarning):
        m = np.matrix([[1.0, 2.0], [3.0, 4.0]])
    (w * m).sum().backward()

    assert w.grad.tolist() == [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize("constant", [(1.0, 2.0), [1.0, 2.0]])
def test_sequences_are_arrays_to_the_rules_too(constant):
    w = leaf([1.0, 2.0])
    (w / constant).sum().backward()

    assert w.grad.tolist() == [1.0, 0.5]


def test_operands_that_are_no_numbers_are_refused():
    x = leaf([1.0, 2.0])

    with pytest.raises(UnsupportedError, match="masked arrays"):
        x * np.ma.array([1.0, 2.0], mask=[True, False])
    with pytest.raises(LeavingError, match=r"ag\.stack"):
        x * [ag.scalar(1.0), ag.scalar(2.0)]
    with pytest.raises(LeavingError, match=r"ag\.stack"):
        np.array([ag.scalar(1.0)])
    with pytest.raises(DTypeError, match="add takes numbers"):
        x + None
    with pytest.raises(DTypeError, match=r"ag\.tensor takes numbers"):
        ag.tensor("abc")
    with pytest.raises(DTypeError, match=r"ag\.asarray takes numbers"):
        ag.asarray([None])
    with pytest.raises(DTypeError, match="equal lengths"):
        ag.tensor([[1.0], [2.0, 3.0]])
    with pytest.raises(DTypeError, match="one real number"):
        ag.scalar([1.0, 2.0])


@pytest.mark.parametrize(
    "apply", [operator.mul, operator.add, operator.sub, operator.truediv, operator.pow, operator.gt]
)
def test_a_masked_array_does_not_take_the_bare_numbers_of_a_value(apply):
    masked = np.ma.array([1.0, 2.0], mask=[True, False])

    for x in (leaf([3.0, 4.0]), ag.scalar(3.0)):
        with pytest.raises(LeavingError, match=r"masked-array arithmetic.*ag\.where"):
            apply(masked, x)
    with ag.no_grad():
        assert apply(masked, leaf([3.0, 4.0])).mask.tolist() == [True, False]


def test_the_method_of_an_array_clips_between_recorded_bounds():
    low, high = leaf([0.0, 2.0]), leaf([1.0, 3.0])
    y = np.array([5.0, 1.0]).clip(low, high)
    y.sum().backward()

    assert (y.tolist(), low.grad.tolist(), high.grad.tolist()) == ([1, 2], [0, 1], [1, 0])


@pytest.mark.filterwarnings("ignore:Casting complex values to real")
def test_complex_ramps_in_a_real_dtype_have_the_slope_of_the_real_part():
    z = np.array([1 + 1j, 2 - 1j])
    of_cast = ag.grad(lambda z: np.sum(np.geomspace(z, 2.0, num=3, dtype=float)))(z)

    np.testing.assert_allclose(of_cast, ag.grad(lambda z: np.sum(np.real(np.geomspace(z, 2.0, num=3))))(z))


def test_a_recorded_value_is_not_cut_by_making_a_new_one_of_it():
    with pytest.raises(LeavingError, match=r"x\.clone\(\)"):
        ag.tensor(leaf([1.0]) * 2)
    with pytest.raises(LeavingError, match=r"x\.clone\(\)"):
        ag.scalar(ag.scalar(1.0) * 2)


# -- writes ------------------------------------------------------------------------------------------------------------------


def graph_of_two():
    w, c = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    return w, c, (w * c).sum()


def test_a_write_after_freezing_is_noticed():
    _, c, y = graph_of_two()
    c.requires_grad_(False)
    c[...] = 0.0

    with pytest.raises(MutationError, match="written in place"):
        y.backward()


def test_a_write_before_new_data_is_noticed():
    _, c, y = graph_of_two()
    with ag.no_grad():
        c += 10.0
    c.data = np.zeros(2)

    with pytest.raises(MutationError, match="written in place"):
        y.backward()


def test_a_write_through_a_copy_of_the_handle_is_noticed():
    w, c = leaf([1.0, 2.0]), ag.tensor([3.0, 4.0])
    twin = copy.copy(c)
    y = (w * c).sum()
    twin[...] = 0.0

    with pytest.raises(MutationError, match="written in place"):
        y.backward()


def test_a_write_to_an_input_of_vjp_is_noticed():
    t = ag.tensor([3.0, 4.0])
    _, pull = ag.vjp(lambda x: x * x, t)
    t[...] = 0.0

    with pytest.raises(MutationError, match="written in place"):
        pull(np.ones(2))


def test_a_write_through_the_real_part_is_noticed():
    x = leaf([1.0, 2.0])
    y = (x * x).sum()
    with ag.no_grad():
        x.real[...] = 0.0

    assert x.tolist() == [0.0, 0.0]
    with pytest.raises(MutationError, match="written in place"):
        y.backward()


def test_forward_mode_notices_writes():
    buffer = ag.tensor([3.0, 4.0])

    def f(x):
        y = x * buffer
        with ag.no_grad():
            buffer[...] = 0.0
        return y

    with pytest.raises(MutationError, match="written in place"):
        ag.jvp(f, (np.ones(2),), (np.ones(2),))


def test_a_write_that_fails_leaves_no_trace():
    x = leaf([1.0, 2.0])
    y = (x * x).sum()
    with ag.no_grad(), pytest.raises(ShapeError, match=r"shape \(2,\)"):
        x += np.ones(5)
    y.backward()

    assert x.grad.tolist() == [2.0, 4.0]


def test_recorded_writes_take_lists_and_refuse_what_does_not_fit():
    x = leaf([1.0, 2.0, 3.0])
    y = x * 2.0
    y[0:2] = [1.0, 2.0]
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 2.0]

    with pytest.raises(DTypeError, match="complex128 numbers do not fit"):
        (x * 2.0)[0] = 1j
    with pytest.raises(BoundsError, match="out of bounds"):
        (x * 2.0)[5] = 1.0


# -- gradients ---------------------------------------------------------------------------------------------------------------


def test_gradients_of_inputs_that_depend_on_each_other():
    x = ag.scalar(2.0)
    h = x * x

    assert [g.data for g in ag.gradients(3.0 * h, [x, h])] == [12.0, 3.0]


def test_hooks_of_leaves_are_heard_by_gradients_and_keep_the_dtype():
    x = ag.tensor(np.ones(2, np.float32), requires_grad=True)
    x.register_hook(lambda g: np.array([10.0, 20.0]))
    assert ag.gradients((x * x).sum(), x).tolist() == [10.0, 20.0]

    (x * x).sum().backward()
    assert x.grad.dtype == np.float32


def test_a_hook_may_not_make_a_real_gradient_complex():
    x = leaf([1.0])
    x.register_hook(lambda g: np.array([1j]))

    with pytest.raises(GradientError, match="complex gradient"):
        (x * x).sum().backward()
    with pytest.raises(GradientError, match="takes a function"):
        x.register_hook(3)


def test_a_hook_on_what_backward_has_used_up_is_refused():
    y = (leaf([1.0]) ** 2).sum()
    y.backward()

    with pytest.raises(GradientError, match="already been called"):
        y.register_hook(print)


def test_freezing_and_thawing_keeps_the_gradient():
    x = leaf([1.0])
    (x * x).sum().backward()
    x.requires_grad_(False)
    x.requires_grad_()
    (x * x).sum().backward()

    assert x.grad.tolist() == [4.0]


def test_a_gradient_that_was_a_broadcast_view_can_be_added_to():
    x = leaf(np.ones((2, 2)))
    for _ in range(2):
        c = ag.concatenate([x.sum(0), np.ones(2)])
        (c * c * c).sum().backward()

    assert x.grad.tolist() == [[24.0, 24.0], [24.0, 24.0]]


def test_a_gradient_set_by_hand_is_a_copy_of_the_right_dtype():
    x, mine = leaf([1.0, 2.0]), np.array([1, 2])
    x.grad = mine
    (x * x).sum().backward()

    assert x.grad.tolist() == [3.0, 6.0]
    assert mine.tolist() == [1, 2]


def test_floats_divide_by_zero_at_any_order():
    with np.errstate(all="ignore"):
        assert ag.grad(ag.grad(lambda x: x / 0.0))(1.0) != ag.grad(lambda x: x)(0.0)  # nan or inf, but no exception
    x = ag.scalar(1.0)
    (x / 0.0).backward(create_graph=True)
    assert x.grad.data == np.inf


def test_sign_of_complex_numbers_is_not_piecewise_constant():
    z = np.array(1 + 1j)

    np.testing.assert_allclose(ag.grad(lambda z: np.imag(np.sign(z)))(z), (-1 + 1j) / 2**1.5)


def test_argnums_names_each_position_once():
    with pytest.raises(GradientError, match="twice"):
        ag.grad(lambda x, y: x * y, argnums=(0, 0))(2.0, 3.0)
    with pytest.raises(GradientError, match="a position"):
        ag.grad(lambda x: x, argnums="a")(2.0)
    assert ag.grad(lambda x, y: x * y, argnums=np.int64(1))(2.0, 3.0) == 2.0
    with pytest.raises(GradientError, match=r"\(value, aux\)"):
        ag.grad(lambda x: x * x, has_aux=True)(2.0)


# -- jacobians ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_jacobians_of_containers_come_back_in_the_containers(mode):
    x = np.ones(2)
    jacobian = ag.jacobian(lambda x: {"a": x * 2, "b": [x.sum(), (x,)]}, mode=mode)(x)

    assert jacobian["a"].tolist() == [[2.0, 0.0], [0.0, 2.0]]
    assert jacobian["b"][0].tolist() == [1.0, 1.0]
    assert jacobian["b"][1][0].tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_the_hessian_of_a_dictionary_has_a_block_for_each_pair():
    p = {"a": np.ones(2), "b": 2.0}
    hessian = ag.hessian(lambda p: np.sum(p["a"] ** 2) * p["b"])(p)

    assert hessian["a"]["a"].tolist() == [[4.0, 0.0], [0.0, 4.0]]
    assert hessian["a"]["b"].tolist() == [2.0, 2.0]
    assert hessian["b"]["a"].tolist() == [2.0, 2.0]
    assert hessian["b"]["b"] == 0.0


def test_both_modes_agree_on_complex_results_of_real_arguments():
    f = lambda x: x * (1 + 2j)  # noqa: E731
    x = np.array([1.0, 2.0])

    np.testing.assert_allclose(ag.jacobian(f, mode="reverse")(x), (1 + 2j) * np.eye(2))
    np.testing.assert_allclose(ag.jacobian(f, mode="forward")(x), (1 + 2j) * np.eye(2))
    with pytest.raises(GradientError, match="real result with respect to a complex argument"):
        ag.jacobian(lambda z: np.abs(z) ** 2)(np.array([1 + 1j]))


def test_jacobian_passes_keywords_on():
    assert ag.jacobian(lambda x, k=1.0: x * k)(np.ones(1), k=3.0).tolist() == [[3.0]]


# -- words -------------------------------------------------------------------------------------------------------------------


def test_errors_name_what_was_asked_and_what_to_do():
    x = leaf([1.0, 2.0, 3.0])

    with pytest.raises(ShapeError, match=r"along axis -1 the lengths 3 and 2 .* x\[\.\.\., None\]"):
        x + np.ones(2)
    with ag.no_grad(), pytest.raises(ShapeError, match=r"\.any\(\) or \.all\(\)"):
        bool(x)
    with pytest.raises(LeavingError, match=r"instead of math\.sin"):
        float(x[0])
    with pytest.raises(UnsupportedError, match=r"\.reduce has no derivative rule here"):
        np.frompyfunc(max, 2, 1).reduce(x)
    with pytest.raises(UnsupportedError, match="not differentiated"):
        np.clip(x, 1.0, 2.0, dtype=float)
    with pytest.raises(UnsupportedError, match="both x and y"):
        np.where(x > 0, x)
    with pytest.raises(DeclarationError, match="takes 2 inputs"):
        ag.elementwise(np.add, 1)
    with pytest.raises(ShapeError, match=r"nn\.Flatten"):
        x.flatten(1)


def test_a_mode_may_be_entered_again_within_itself():
    off = ag.no_grad()
    x = leaf([1.0])
    with off:
        with off:
            assert not (x * 1.0).requires_grad
        assert not (x * 1.0).requires_grad
    assert (x * 1.0).requires_grad


def test_membership_compares_numbers():
    assert 2.0 in leaf([[1.0, 2.0]])
    assert 3.0 not in leaf([[1.0, 2.0]])


@pytest.mark.parametrize("zero", [0, 0.0])
def test_a_scalar_divided_by_zero_has_an_infinite_slope(zero):
    x = ag.scalar(1.0)
    (x / zero).backward()

    assert x.grad == np.inf


@pytest.mark.parametrize("f", [ag.ops.softplus, lambda z: ag.ops.bce_with_logits(z, np.zeros(2))])
def test_a_function_that_compares_with_0_refuses_complex_numbers(f):
    with pytest.raises(DTypeError, match="complex"):
        f(leaf([1 + 1j, -2j]))
