"""What a call leaves behind: the contract between primitives, values and the readers of the record."""

import gc
import weakref

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import DeclarationError, MutationError
from autograd_core.modes import keep_all
from autograd_core.recording import TEACHING_SIZE, Absent


def big(n=2 * TEACHING_SIZE):
    return ag.tensor(np.linspace(0.5, 1.5, n), requires_grad=True)


def test_a_call_is_one_node():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = np.sin(x)

    assert y.node.primitive.name == "sin"
    assert y.node.inputs == (x.node,)
    assert y.node.serial > x.node.serial


def test_a_call_on_plain_arrays_records_nothing_and_gives_plain_arrays():
    assert type(ag.sin(np.ones(3))) is np.ndarray
    assert type(ag.exp(1.0)) is np.float64


def test_a_call_on_constants_records_nothing_and_gives_a_tensor():
    y = np.sin(ag.tensor([1.0]))

    assert isinstance(y, ag.Tensor)
    assert not y.requires_grad


def test_a_rule_keeps_alive_only_what_it_names():
    x, w = big(), big()
    total, product = x + w, x * w

    assert total.node.x is None
    assert total.node.z is None
    assert product.node.x is x._data
    assert product.node.z is w._data
    assert isinstance(product.node.value, Absent)


def test_what_only_a_constant_operand_needs_is_not_kept():
    x = big()

    y = x * ag.tensor(np.ones(x.size))

    assert y.node.x is None  # only the rule of the constant would name x


def test_values_of_teaching_size_are_kept_for_the_drawing():
    x = ag.tensor([1.0, 2.0], requires_grad=True)

    assert (x + 1.0).node.value.tolist() == [2.0, 3.0]


def test_large_intermediate_values_die_with_their_handle():
    x = big()
    y = x + 1.0
    array = weakref.ref(y._data)
    z = y + 1.0
    del y

    assert array() is None
    assert z.shape == x.shape


def test_the_record_keeps_the_array_and_not_the_handle():
    x = ag.tensor([2.0], requires_grad=True)
    y = x * x
    x.data = [100.0]
    y.backward()

    assert x.grad.tolist() == [4.0]


def test_a_graph_is_freed_by_reference_counting_alone():
    gc.collect()
    gc.disable()
    try:
        x = ag.tensor(np.ones(3), requires_grad=True)
        y = np.sum(np.exp(x) * x + np.where(x > 0, x, 0.0))
        node = weakref.ref(y.node)
        y.backward()
        del y
        assert node() is None
    finally:
        gc.enable()


def test_a_constant_array_that_a_rule_names_is_copied():
    x = ag.tensor(np.ones(3), requires_grad=True)
    buffer = np.full(3, 2.0)
    y = np.sum(x * buffer)
    buffer[:] = 100.0
    y.backward()

    assert x.grad.tolist() == [2.0, 2.0, 2.0]


def test_a_read_only_constant_that_owns_its_memory_is_not_copied():
    x = ag.tensor(np.ones(3), requires_grad=True)
    constant = np.full(3, 2.0)
    constant.flags.writeable = False

    assert (x * constant).node.z is constant


def test_a_million_operations_differentiate_without_recursion_and_are_freed():
    x = ag.scalar(1.0)
    y = x
    for _ in range(1_000_000):
        y = y + 1.0
    y.backward()
    assert x.grad == 1.0
    del y


# -- keep-all mode -----------------------------------------------------------------------------------------------------------


def test_keep_all_mode_keeps_every_value_and_every_input():
    x = big()
    with keep_all():
        y = x + 1.0

    assert y.node.value is y._data
    assert y.node.x is x._data


def test_piecewise_constant_calls_are_nodes_only_when_everything_is_kept():
    x = ag.tensor([1.0, -1.0], requires_grad=True)
    assert (x > 0).node.inputs == ()
    with keep_all():
        mask = x > 0

    assert mask.node.inputs[0] is x.node
    assert not mask.requires_grad


def test_the_tape_of_a_function_shows_its_masks():
    graph = ag.record(lambda x: np.where(x > 0, x, 0.0), np.array([1.0, -1.0]))

    assert {"greater", "where"} <= {n.primitive.name for n in graph.nodes if n.primitive}


# -- several results ---------------------------------------------------------------------------------------------------------


def halves(x):
    n = len(x) // 2
    return x[:n], x[n:]


halved = ag.primitive(halves, lambda gs: np.concatenate(gs), linear=True, outputs=2, name="halves")


def test_a_call_with_several_results_is_one_node_with_indexed_values():
    x = ag.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
    first, second = halved(x)

    assert first.node.inputs == second.node.inputs
    assert (first.node.settings, second.node.settings) == ({"index": 0}, {"index": 1})


def test_an_unused_result_contributes_zeros():
    x = ag.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
    _, second = halved(x)
    np.sum(second * second).backward()

    assert x.grad.tolist() == [0.0, 0.0, 6.0, 8.0]


def test_several_results_differentiate_forward_and_twice():
    def f(x):
        first, second = halved(x)
        return np.sum(first * second * second)

    x, v = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 0.0, 2.0, -1.0])

    assert ag.jvp(f, (x,), (v,))[1] == ag.grad(f)(x) @ v
    np.testing.assert_allclose(ag.hvp(f, x, v), ag.hessian(f)(x) @ v)


# -- declarations ------------------------------------------------------------------------------------------------------------


def test_a_rule_that_names_something_unknown_is_refused_at_declaration():
    with pytest.raises(DeclarationError, match="names 'w', which is neither"):
        ag.primitive(lambda a, *, axis=None: a, lambda g, w: g, name="strange")


def test_settings_reach_the_rules_with_their_defaults():
    scaled = ag.primitive(lambda a, *, factor=3.0: a * factor, lambda g, factor: g * factor, linear=True, name="scaled")

    assert ag.grad(scaled)(1.0) == 3.0
    assert ag.grad(lambda x: scaled(x, factor=5.0))(1.0) == 5.0


def test_a_fused_primitive_names_its_definition_for_higher_orders():
    def cube_with_slope(a):
        return a**3, 3 * a**2

    cube = ag.primitive(cube_with_slope, lambda g, r: g * r, jvp=lambda t, a: 3 * a * a * t, residual=True,
                        definition=lambda a: a * a * a, name="cube")  # fmt: skip
    x = np.array(2.0)

    assert ag.grad(cube)(x) == 12.0
    assert ag.grad(ag.grad(cube))(x) == 12.0
    assert ag.grad(ag.grad(ag.grad(cube)))(x) == 6.0


def test_a_fused_primitive_of_one_value_given_twice_counts_each_use_once():
    product = ag.primitive(lambda a, b: a * b, lambda g, b: g * b, lambda g, a: g * a, jvp=lambda ts, a, b: ts[0] * b + ts[1] * a,
                           definition=lambda a, b: np.multiply(a, b), name="product")  # fmt: skip

    assert ag.grad(ag.grad(lambda x: product(x, x)))(3.0) == 2.0


# -- writing -----------------------------------------------------------------------------------------------------------------


def test_a_saved_value_that_was_written_since_is_noticed():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    loss = np.sum(w * w)
    with ag.no_grad():
        w += 1.0

    with pytest.raises(MutationError, match="was written in place after"):
        loss.backward()


def test_a_write_to_what_no_rule_needs_does_no_harm():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    loss = np.sum(w + 1.0)
    with ag.no_grad():
        w -= 5.0
    loss.backward()

    assert w.grad.tolist() == [1.0, 1.0]


def test_a_write_through_a_view_is_noticed():
    w = ag.tensor([[1.0, 2.0]], requires_grad=True)
    loss = np.sum(np.exp(w) * w.T)
    with ag.no_grad():
        view = w[0]
        view *= 2.0

    with pytest.raises(MutationError, match="written in place"):
        loss.backward()


def test_a_leaf_is_not_written_while_recording():
    w = ag.tensor([1.0], requires_grad=True)

    with pytest.raises(MutationError, match="no_grad"):
        w += 1.0
    with pytest.raises(MutationError, match="no_grad"):
        w[0] = 1.0


def test_recorded_writes_give_the_handle_a_new_value():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = same = x * 3.0
    y += x
    y[0] = x[1] * 10.0
    np.sum(same).backward()

    assert y.tolist() == [20.0, 8.0]
    assert x.grad.tolist() == [0.0, 14.0]


def test_a_recorded_write_that_a_value_of_other_history_would_see_is_refused():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3.0
    constant = y.detach()

    with pytest.raises(MutationError, match="another value over the same memory"):
        y += 1.0
    del constant
    y += 1.0
    assert y.tolist() == [4.0, 7.0]


def test_writes_under_no_grad_are_in_place():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    array, alias = w._data, w
    with ag.no_grad():
        w -= 0.5
        w[0] = 7.0
        np.multiply(w, 2.0, out=w)

    assert alias is w
    assert w._data is array
    assert array.tolist() == [14.0, 3.0]


def test_a_recorded_write_of_another_shape_or_dtype_is_refused():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1.0

    with pytest.raises(ag.errors.ShapeError, match="does not fit"):
        y += np.ones((3, 2))
    with pytest.raises(MutationError, match="complex128 result"):
        y *= 1j
