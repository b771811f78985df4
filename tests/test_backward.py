"""backward(), with PyTorch's meaning, on both faces."""

import copy
import pickle
import threading

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import DTypeError, GradientError, LeavingError, ShapeError, UnsupportedError


def test_gradient_of_a_product_is_the_other_factor():
    a, b = ag.scalar(2.0), ag.scalar(-3.0)
    (a * b).backward()

    assert (a.grad, b.grad) == (-3.0, 2.0)


def test_a_value_used_twice_receives_the_sum_of_its_paths():
    a, b = ag.scalar(3.0), ag.scalar(-2.0)
    ((a * b) * (a + b)).backward()

    assert (a.grad, b.grad) == (-8.0, -3.0)


def test_gradients_accumulate_until_they_are_cleared():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    for _ in range(3):
        np.sum(x * x).backward()
    assert x.grad.tolist() == [6.0, 12.0]

    x.grad = None
    np.sum(x).backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_leaves_that_share_a_gradient_do_not_share_its_memory():
    a, b = ag.tensor([1.0], requires_grad=True), ag.tensor([2.0], requires_grad=True)
    np.sum(a + b).backward()
    with ag.no_grad():
        a.grad *= 100.0

    assert b.grad.tolist() == [1.0]


def test_a_gradient_does_not_alias_what_the_user_passed():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    seed = np.array([1.0, 1.0])
    (x + 0.0).backward(seed)
    seed[:] = 9.0

    assert x.grad.tolist() == [1.0, 1.0]


def test_second_backward_raises_unless_the_graph_is_retained():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = np.sum(x * x)
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == [4.0, 8.0]

    with pytest.raises(GradientError, match="retain_graph=True"):
        y.backward()
    assert x.grad.tolist() == [4.0, 8.0]


def test_a_shared_trunk_is_used_up_by_the_first_backward():
    x = ag.scalar(2.0)
    trunk = x * x
    first, second = trunk * 2.0, trunk * 3.0
    first.backward()

    with pytest.raises(GradientError, match="already called"):
        second.backward()


def test_a_value_of_several_elements_needs_a_gradient_to_start_from():
    y = ag.tensor([1.0, 2.0], requires_grad=True) * 2.0

    with pytest.raises(GradientError, match=r"shape \(2,\).*\.sum\(\)"):
        y.backward()
    with pytest.raises(ShapeError, match=r"shape \(3,\)"):
        y.backward(np.ones(3))


def test_any_value_of_one_element_can_start_backward():
    x = ag.tensor([[3.0]], requires_grad=True)
    (x * x).backward()

    assert x.grad.tolist() == [[6.0]]


def test_backward_on_a_value_without_gradient_says_why():
    x = ag.tensor([1.0], requires_grad=True)

    with pytest.raises(GradientError, match="requires_grad=True"):
        ag.tensor([1.0]).backward()
    with pytest.raises(GradientError, match="cut by detach"):
        (x.detach() * 2.0).backward()
    with pytest.raises(GradientError, match="floor, which is piecewise constant"):
        np.floor(x).backward()


def test_an_integer_cannot_require_a_gradient():
    with pytest.raises(DTypeError, match=r"dtype int64 cannot require a gradient"):
        ag.tensor([1, 2], requires_grad=True)
    with pytest.raises(DTypeError, match=r"write 3\.0"):
        ag.grad(lambda x: x * x)(3)


def test_an_unreached_parameter_keeps_none():
    x, unused = ag.tensor([1.0], requires_grad=True), ag.tensor([1.0], requires_grad=True)
    np.sum(x).backward()

    assert unused.grad is None


def test_create_graph_lets_gradients_be_differentiated():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    np.sum(x**3).backward(create_graph=True)
    first = x.grad
    x.grad = None
    np.sum(first).backward()

    assert first.tolist() == [3.0, 12.0]
    assert x.grad.tolist() == [6.0, 12.0]


def test_create_graph_gives_scalars_scalar_gradients():
    x = ag.scalar(2.0)
    (x**3).backward(create_graph=True)
    slope, x.grad = x.grad, None
    slope.backward()

    assert slope.data == 12.0
    assert x.grad == 12.0


def test_scalars_keep_their_gradient_on_every_node_and_tensors_on_request():
    a = ag.scalar(2.0)
    b = a * 3.0
    (b * b).backward()
    assert b.grad == 12.0

    x = ag.tensor([2.0], requires_grad=True)
    y, z = x * 3.0, x * 5.0
    y.retain_grad()
    np.sum(y * z).backward()
    assert y.grad.tolist() == [10.0]
    assert z.grad is None


def test_a_hook_sees_and_may_replace_a_gradient():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2.0
    seen = []
    y.register_hook(lambda g: seen.append(g.tolist()))
    remove = y.register_hook(lambda g: g * 10.0)
    np.sum(y).backward()
    assert seen == [[1.0, 1.0]]
    assert x.grad.tolist() == [20.0, 20.0]

    remove()
    x.grad = None
    x.register_hook(lambda g: -g)
    np.sum(x * 2.0).backward()
    assert x.grad.tolist() == [-2.0, -2.0]


def test_no_grad_and_detach_cut_the_record():
    x = ag.tensor([2.0], requires_grad=True)
    with ag.no_grad():
        y = x * 2.0
        with ag.enable_grad():
            z = x * 2.0

    assert (y.requires_grad, z.requires_grad) == (False, True)

    @ag.no_grad()
    def doubled(x):
        return x * 2.0

    assert not doubled(x).requires_grad
    np.sum(x * x.detach()).backward()
    assert x.grad.tolist() == [2.0]


def test_an_exception_in_the_middle_leaves_the_engine_usable():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(ShapeError, match=r"multiply cannot combine shapes \(2,\) and \(3,\)"), ag.no_grad():
        x * np.ones(3)
    np.sum(x * 2.0).backward()

    assert x.grad.tolist() == [2.0, 2.0]


# -- leaving the record ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("leave", [bool, float, int, np.asarray, np.array, complex])
@pytest.mark.parametrize("value", [ag.tensor(2.0, requires_grad=True), ag.scalar(2.0)])
def test_a_value_that_needs_a_gradient_does_not_leave_silently(leave, value):
    if leave in (np.asarray, np.array) and isinstance(value, ag.Scalar):
        leave = float
    with pytest.raises(LeavingError, match=r"\.detach\(\)"):
        leave(value * 1.0)
    with ag.no_grad():
        assert leave(value * 1.0) == leave(2.0)


def test_item_numpy_and_printing_are_always_allowed():
    x = ag.tensor([1.5], requires_grad=True)

    assert x.item() == 1.5
    assert x.numpy().tolist() == [1.5]
    assert repr(x) == "tensor([1.5], requires_grad=True)"
    assert f"{ag.scalar(1.25):.1f}" == "1.2"


def test_data_is_a_read_only_view():
    x = ag.tensor([1.0], requires_grad=True)

    with pytest.raises(ValueError, match="read-only"):
        x.data[0] = 2.0


def test_comparisons_may_steer_a_program():
    x, s = ag.tensor(2.0, requires_grad=True), ag.scalar(2.0)

    assert x > 1.0
    assert s > 1.0
    assert (s == 3.0) is False


def test_a_numpy_function_without_a_rule_is_refused_with_words():
    x = ag.tensor([1.0], requires_grad=True)

    with pytest.raises(UnsupportedError, match=r"np\.packbits is about bits, which have no derivative"):
        np.packbits(x)
    with pytest.raises(UnsupportedError, match=r"np\.<lambda> \(vectorized\) has no derivative rule"):
        np.frompyfunc(lambda a: a // 1, 1, 1)(x)
    with pytest.raises(UnsupportedError, match="where="):
        np.exp(x, where=np.array([True]))


# -- faces, copies, threads --------------------------------------------------------------------------------------------------


def test_scalars_and_tensors_mix_in_one_graph():
    s, x = ag.scalar(3.0), ag.tensor([1.0, 2.0], requires_grad=True)
    y = np.sum(s * x * x)
    y.backward()

    assert isinstance(s * x, ag.Tensor)
    assert isinstance(x[0].scalar() * s, ag.Scalar)
    assert s.grad == 5.0
    assert x.grad.tolist() == [6.0, 12.0]


def test_a_scalar_is_weak_against_a_float32_array():
    assert (ag.scalar(2.0) * np.ones(2, np.float32)).dtype == np.float32


def test_numpy_scalars_and_arrays_on_the_left_are_recorded():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = np.sum(np.array([1.0, 10.0]) * x + np.float64(2.0) * x)
    y.backward()

    assert x.grad.tolist() == [3.0, 12.0]


def test_scalars_have_ieee_results():
    x = ag.scalar(0.0)
    with np.errstate(all="ignore"):
        assert (1.0 / x).data == np.inf
        assert np.log(x).data == -np.inf
        assert np.isnan((x / x).data)
        assert np.exp(ag.scalar(1e4)).data == np.inf
        root = np.sqrt(x)
        root.backward()
    assert x.grad == np.inf


def test_leaves_are_pickled_and_copied_with_name_and_gradient():
    for x in (ag.tensor([1.0, 2.0], requires_grad=True, name="w"), ag.scalar(3.0, name="w")):
        np.sum(x * x).backward()
        for twin in (pickle.loads(pickle.dumps(x)), copy.deepcopy(x)):
            assert twin.name == "w"
            assert twin.requires_grad
            assert str(twin.grad) == str(x.grad)
            np.sum(twin * 1.0).backward()
            assert str(twin.grad) != str(x.grad)


def test_a_computed_value_is_not_deep_copied_silently():
    with pytest.raises(GradientError, match="detach"):
        copy.deepcopy(ag.scalar(1.0) * 2.0)


def test_modes_belong_to_their_thread():
    seen = []
    with ag.no_grad():
        thread = threading.Thread(
            target=lambda: seen.append((ag.tensor([1.0], requires_grad=True) * 2.0).requires_grad)
        )
        thread.start()
        thread.join()

    assert seen == [True]


def test_a_gradient_has_the_dtype_of_its_input():
    for dtype in (np.float16, np.float32, np.float64, np.longdouble):
        x = ag.tensor([1.0, 2.0], dtype=dtype, requires_grad=True)
        np.sum(np.exp(x) * np.arange(2.0) / np.sqrt(x) + np.maximum(x, 1.5) + np.log2(x)).backward()
        assert x.grad.dtype == dtype


def test_complex_gradients_of_a_real_loss_descend():
    z = ag.tensor([1 + 2j, -3j], requires_grad=True)
    np.sum(np.abs(z) ** 2).backward()

    np.testing.assert_allclose(z.grad.numpy(), 2 * z.numpy())


# -- structural zeros --------------------------------------------------------------------------------------------------------


def rows(x):
    """A row of different numbers for each element, of zeros for 0."""
    return x[:, None] * np.array([1.0, 2.0, 4.0])


CUTS = [
    lambda x: np.where(x > 0, np.sqrt(x), 0.0),
    lambda x: np.where(x != 0, 1.0 / x, 0.0),
    lambda x: np.where(x > 0, np.log(x), 0.0),
    lambda x: np.maximum(x - 1.0, 0.0) ** 0.5,
    lambda x: np.where(x > 0, x * np.sqrt(x), 0.0),
    lambda x: np.where(x > 0, np.broadcast_to(np.sqrt(np.reshape(x, (1, -1))), (3, x.size)), 0.0),
    lambda x: np.sqrt(x)[x > 0],
    lambda x: np.sqrt(x[::-1])[::-1][x > 0],
    lambda x: np.nan_to_num(np.log(x), neginf=0.0),
    lambda x: np.fmax(np.sqrt(x) - 1.0, 0.0),
    lambda x: np.fmin(np.maximum(x - 1.0, 0.0) ** 0.5, 9.0),
    lambda x: np.clip(np.sqrt(x), 0.5, 3.0),
    lambda x: np.clip(x - 1.0, 0.0, 9.0) ** 0.5,
    lambda x: np.heaviside(x - 4.0, np.sqrt(x)),
    lambda x: np.where(x > 0, np.copysign(np.sqrt(x), -1.0), 0.0),
    lambda x: np.where(x > 0, np.real(np.sqrt(x)), 0.0),
    lambda x: np.where(x > 0, np.arctan2(np.sqrt(x), 0.0 * x), 0.0) + np.where(x > 0, np.hypot(np.cbrt(x), x), 0.0),
    # rows of which one is padding: the mask goes on through what reduces them
    lambda x: np.where(x > 0, x * np.sqrt(np.sum(rows(x) ** 2, axis=-1)), 0.0),
    lambda x: np.where(x > 0, np.sum(np.sqrt(rows(x)), axis=-1), 0.0),
    lambda x: np.where(x > 0, np.mean(np.sqrt(rows(x)), axis=1), 0.0),
    lambda x: np.where(x > 0, np.prod(np.sqrt(rows(x)), axis=1), 0.0),
    lambda x: np.where(x > 0, np.var(np.sqrt(rows(x)), axis=1), 0.0),
    lambda x: np.where(x > 0, np.std(np.sqrt(rows(x)), axis=1), 0.0),
    lambda x: np.where(x > 0, ag.special.logsumexp(np.sqrt(rows(x)), axis=1), 0.0),
    lambda x: np.where(x[:, None] > 0, ag.special.softmax(np.sqrt(rows(x)), axis=1), 0.0)[:, 0],
    lambda x: np.max(np.sum(np.sqrt(rows(x)), axis=1)),
    lambda x: np.where(x > 0, np.cumsum(np.sqrt(rows(x)), axis=1)[:, -1], 0.0),
    lambda x: np.sqrt(np.sum(np.where(x[:, None] > 0, rows(x), 0.0), axis=1)),
    lambda x: np.sqrt(np.cumsum(np.where(x > 0, x, 0.0))),
    lambda x: np.linalg.norm(np.where(x[:, None] > 0, np.sqrt(rows(x)), 0.0), axis=1),
]


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("f", CUTS)
def test_no_nan_comes_from_the_branch_that_was_not_taken(f, order):
    def total(x):
        with np.errstate(all="ignore"):
            return np.sum(f(x))

    for _ in range(order):
        derivative = ag.grad(total)
        total = lambda x, g=derivative: np.sum(g(x))  # noqa: E731
    with np.errstate(all="ignore"):
        slope = derivative(np.array([0.0, 4.0]))

    assert slope[0] == 0.0
    assert np.isfinite(slope[1])
    assert slope[1] != 0.0


@pytest.mark.parametrize("f", CUTS)
def test_nor_in_forward_mode_nor_in_both_together(f):
    def total(x):
        return np.sum(f(x))

    x, v = np.array([0.0, 4.0]), np.ones(2)
    with np.errstate(all="ignore"):
        slope = ag.grad(total)(x)
        _, t = ag.jvp(total, (x,), (v,))
        backwards = ag.grad(lambda x: np.sum(ag.grad(total)(x) * v))(x)
        mixed = ag.hvp(total, x, v)
        turned = ag.grad(lambda x: ag.jvp(total, (x,), (v,))[1])(x)

    np.testing.assert_allclose(t, slope @ v)
    np.testing.assert_allclose(mixed, backwards)
    np.testing.assert_allclose(turned, backwards)


def test_a_genuine_zero_times_infinity_still_shows():
    with np.errstate(all="ignore"):
        slope = ag.grad(lambda x: np.sqrt(x) * 0.0)(0.0)

    assert np.isnan(slope)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: np.sum(0.0 * np.sqrt(x)),
        lambda x: 0.0 * np.sum(np.sqrt(x)),
        lambda x: np.sum(np.where([True, False], 0.0 * np.sum(np.sqrt(x)), 1.0)),
        lambda x: np.sum(np.maximum(np.mean(np.sqrt(x)) * 0.0 + 1.0, 0.0)),
    ],
)
def test_nor_does_a_reduction_hide_it(f):
    with np.errstate(all="ignore"):
        assert np.isnan(ag.grad(f)(np.array([0.0, 4.0]))[0])


PADDED = np.array([[np.nan, -np.inf], [0.5, 1.0]])  # a row that holds no numbers, as padding does


@pytest.mark.parametrize(
    "f",
    [
        np.std,
        np.var,
        np.prod,
        np.mean,
        np.linalg.norm,
        ag.special.softmax,
        ag.special.log_softmax,
        ag.special.logsumexp,
    ],
)
def test_a_row_without_numbers_that_is_left_out_has_gradient_zero_in_both_modes(f):
    def total(x):
        return np.sum(f(x, axis=1)[1:])

    v = np.array([[1.0, 1.0], [1.0, 2.0]])
    with np.errstate(all="ignore"):
        slope = ag.grad(total)(PADDED)
        curvature = ag.hvp(total, PADDED, v)
        tangent = ag.jvp(total, (PADDED,), (v,))[1]

    assert slope[0].tolist() == curvature[0].tolist() == [0, 0]
    np.testing.assert_allclose(slope[1:], ag.grad(lambda x: np.sum(f(x, axis=1)))(PADDED[1:]), rtol=1e-14)
    np.testing.assert_allclose(curvature[1:], ag.hvp(lambda x: np.sum(f(x, axis=1)), PADDED[1:], v[1:]), atol=1e-15)
    np.testing.assert_allclose(tangent, np.sum(slope[1:] * v[1:]), atol=1e-15)


def test_relu_of_nothing_bending_sends_no_masks():
    from autograd_core.live import Masks

    x = ag.tensor([1.0, -1.0], requires_grad=True)
    y = np.maximum(x + 1.0, 0.0)

    assert not Masks().bends(y.node.parents[0])


@pytest.mark.parametrize(
    "f",
    [
        lambda x: ag.where(x > 0, np.sqrt(x), 0.0),
        lambda x: ag.ops.relu(np.sqrt(x) - 1.0),
        lambda x: np.maximum(x - 1.0, 0.0) ** 0.5,
        lambda x: ag.where(x > 0, 1.0 / x, x * 0.0),
    ],
)
def test_scalars_are_cut_off_as_a_whole(f):
    with np.errstate(all="ignore"):
        assert ag.grad(f)(0.0) == 0.0
        assert ag.grad(ag.grad(f))(0.0) == 0.0
        assert ag.jvp(f, (0.0,), (1.0,))[1] == 0.0
        assert ag.grad(f)(4.0) != 0.0


def test_a_live_scalar_keeps_its_infinite_slope():
    with np.errstate(all="ignore"):
        assert ag.grad(lambda x: ag.where(x >= 0, np.sqrt(x), 0.0))(0.0) == np.inf
