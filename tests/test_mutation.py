"""What is written after it was used: constants, settings, results and views behave as NumPy's, or say what to write instead."""

import copy

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import AutogradError, MutationError
from autograd_core.primitive import declared
from autograd_core.testing import check_grads, samples_of
from autograd_core.trees import flatten
from tests.names import NAMES, floating, is_data, samples_for


def leaf(data):
    return ag.tensor(data, requires_grad=True)


# -- constants and settings --------------------------------------------------------------------------------------------------


def scribble(thing):
    """Overwrite all numbers in arrays and lists, however nested."""
    if isinstance(thing, np.ndarray):
        thing[...] = ~thing if thing.dtype == bool else thing * 0 if thing.dtype.kind in "iu" else thing * 3 + 7
    elif isinstance(thing, (list, tuple, dict)):
        for part in thing.values() if isinstance(thing, dict) else thing:
            scribble(part)
        if isinstance(thing, list):
            thing[:] = [0 if isinstance(part, int) else part for part in thing]


def gradient_by(call, args, settings, place, spoiled):
    """The gradient by one of the arrays of a call, all others being plain arrays, overwritten afterwards or not."""
    args, settings = copy.deepcopy((args, settings))
    leaves, rebuild = flatten((args, settings))
    leaves = [np.array(x) if isinstance(x, np.ndarray) else x for x in leaves]
    x = leaf(leaves[place])
    args, settings = rebuild([x if i == place else other for i, other in enumerate(leaves)])
    y = call(*args, **settings)
    if spoiled:
        scribble([args, settings, leaves[place]])
    parts = [part for part in floating(y) if getattr(part, "requires_grad", False)]
    if not parts:
        return None
    return ag.gradients(sum(np.sum(np.real(part) * 0.5) + np.sum(np.real(part * part)) for part in parts), x).data


def assert_unspoiled(call, sample):
    leaves, _ = flatten((sample.args, dict(sample.settings)))
    places = [i for i, x in enumerate(leaves) if is_data(x)]
    for place in places:
        with np.errstate(all="ignore"):
            expected = gradient_by(call, sample.args, dict(sample.settings), place, spoiled=False)
            try:
                found = gradient_by(call, sample.args, dict(sample.settings), place, spoiled=True)
            except AutogradError:
                continue  # noticed
        np.testing.assert_array_equal(found, expected)


OURS = [p for p in declared if p.module.startswith("autograd_core") and p.family != "fixed" and p.name != "result"]


@pytest.mark.parametrize("primitive", OURS, ids=lambda p: p.name)
def test_constants_and_settings_of_a_primitive_can_be_overwritten_before_backward(primitive):
    for sample in samples_of(primitive):
        if sample.raises is None and any(map(primitive.differentiable, range(len(sample.args)))):
            assert_unspoiled(primitive, sample)


@pytest.mark.parametrize("name", NAMES)
def test_constants_and_settings_of_a_numpy_function_can_be_overwritten_before_backward(name):
    _, row = NAMES[name]
    for sample in samples_for(row):
        if sample.raises is None and sample.through is None:
            assert_unspoiled(row.answer, sample)


def test_settings_of_a_users_operation_can_be_overwritten_before_backward():
    weighted = ag.primitive(lambda a, *, w: a * w["w"][0], lambda g, w: g * w["w"][0], linear=True, name="weighted")
    x, w = leaf([1.0, 2.0]), np.array([3.0, 4.0])
    y = np.sum(weighted(x, w={"w": [w]}))
    w[:] = 100.0
    y.backward()

    assert x.grad.tolist() == [3.0, 4.0]


def test_a_reused_buffer_gives_the_sum_over_what_it_held():
    x, buffer, total = leaf([1.0, 1.0]), np.empty(2), 0.0
    for step in range(3):
        buffer[:] = step
        total = total + np.sum(x * buffer)
    total.backward()

    assert x.grad.tolist() == [3.0, 3.0]


# -- results -----------------------------------------------------------------------------------------------------------------


def test_the_result_of_vjp_belongs_to_the_caller():
    y, pull = ag.vjp(np.exp, np.ones(3))
    y[:] = 0.0

    np.testing.assert_allclose(pull(np.ones(3))[0], np.full(3, np.e))


def test_a_result_of_vjp_that_shares_its_memory_is_watched():
    y, pull = ag.vjp(np.exp, ag.tensor(np.ones(3)))
    y[...] = 0.0

    with pytest.raises(MutationError, match="written in place"):
        pull(np.ones(3))


def test_what_a_function_returns_of_its_input_is_a_copy():
    a = np.ones(2)
    y, _ = ag.vjp(lambda v: v, a)
    (_, aux), _ = ag.value_and_grad(lambda v: (np.sum(v), v), has_aux=True)(a)
    y[:] = aux[:] = 5.0

    assert a.tolist() == [1.0, 1.0]


def test_a_write_to_one_of_several_results_is_noticed():
    for write in (lambda v: v.__setitem__(..., 0.0), lambda v: v[0].__setitem__(..., 0.0)):
        x = leaf(np.diag([1.0, 2.0]))
        values, vectors = np.linalg.eigh(x)
        loss = np.sum(values * values)
        with ag.no_grad():
            write(vectors)
        with pytest.raises(MutationError, match="written in place"):
            loss.backward()


def test_a_single_number_is_immutable_as_numpys():
    x = leaf([1.0, 2.0])
    first = total = x[0]
    total += x[1]

    assert (first.item(), total.item()) == (1.0, 3.0)
    with pytest.raises(MutationError, match="as in NumPy"):
        total[...] = 5.0
    with ag.no_grad(), pytest.raises(MutationError):
        np.add(total, 1.0, out=total)


def test_a_single_number_that_becomes_a_leaf_can_be_updated():
    x = np.sum(ag.tensor([1.0, 2.0])).requires_grad_()
    with ag.no_grad():
        x -= 1.0

    assert x.item() == 2.0
    assert x.requires_grad


# -- views -------------------------------------------------------------------------------------------------------------------


def heat(x):
    u = x * 1.0
    for _ in range(3):
        u[1:-1] += 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u**3)


def by_rows(x):
    y = np.reshape(x * 1.0, (2, 3))
    for i, row in enumerate(y):
        row *= x[i]
    return np.sum(np.sin(y))


def in_two_steps(x):
    y = np.reshape(x * 1.0, (2, 3))
    y[0][1:] = x[4:] * x[0]
    return np.sum(y * y)


def through_the_transpose(x):
    y = np.reshape(x * x, (2, 3))
    y.T[1:] -= np.reshape(x[:4], (2, 2))
    return np.sum(y**3)


def through_a_flat_view(x):
    y = np.reshape(x, (2, 3)) * 2.0
    flat = np.reshape(y, -1)
    flat[::2] = x[:3]
    y[1] *= flat[0]
    return np.sum(flat * y[0, 1])


def overlapping(x):
    y = x * 1.0
    left, right = y[:4], y[2:]
    left *= right
    right += left
    return np.sum(y * np.arange(6.0)) + np.sum(left**2)


def onto_itself(x):
    y = x * 1.0
    y[1:] = y[:-1]
    y[::-1] *= y
    return np.sum(y**2)


def powers_in_place(x):
    y = np.reshape(x, (2, 3)) + 2.0
    y **= 2
    y /= x[0] + 3.0
    z = y[:, :2]
    z @= np.array([[1.0, 2.0], [0.5, -1.0]])
    return np.sum(y * y)


@pytest.mark.parametrize(
    "program",
    [
        heat,
        by_rows,
        in_two_steps,
        through_the_transpose,
        through_a_flat_view,
        overlapping,
        onto_itself,
        powers_in_place,
    ],
    ids=lambda f: f.__name__,
)
def test_programs_that_write_through_views_are_differentiated(program):
    x = np.linspace(0.3, 1.1, 6)

    assert ag.value_and_grad(program)(x)[0] == pytest.approx(program(x), rel=1e-15)
    check_grads(program, x, order=2)


def test_a_constant_becomes_recorded_when_recorded_values_are_written_into_its_views():
    x, u = leaf([1.0, 2.0]), ag.tensor(np.zeros((3, 2)))
    rows = [u[i] for i in range(3)]
    rows[1] += x * x
    u[2] = x * 3.0

    assert [r.tolist() for r in rows] == [[0.0, 0.0], [1.0, 4.0], [3.0, 6.0]]
    np.sum(u * u).backward()
    assert x.grad.tolist() == [4.0 * 1 + 18.0, 4.0 * 8 + 36.0]


def test_earlier_uses_of_a_view_keep_what_they_used():
    x = leaf([1.0, 2.0])
    y = x * 1.0
    view = y[:1]
    before = view * 10.0
    y[0] = 7.0

    assert (before.tolist(), view.tolist()) == ([10.0], [7.0])
    np.sum(before + view).backward()
    assert x.grad.tolist() == [10.0, 0.0]


def test_a_view_of_a_leaf_is_not_written_while_recording():
    x = leaf([1.0, 2.0])
    part = x[:1]
    for write in (lambda: part.__iadd__(x[1:]), lambda: part.__setitem__(0, x[1])):
        with pytest.raises(MutationError, match=r"a leaf that requires a gradient.*x\.clone\(\)"):
            write()
    assert (x.tolist(), part.tolist()) == ([1.0, 2.0], [1.0])


def test_values_over_the_same_memory_without_a_common_history_refuse_a_recorded_write():
    x = leaf([[1.0, 2.0], [3.0, 4.0]])
    y = x * 1.0
    constant = y.detach()
    with pytest.raises(MutationError, match="no view of it"):
        y += 1.0
    with pytest.raises(MutationError, match="cannot be recorded"):
        constant += x
    del constant
    part = y[0][1:]
    with pytest.raises(MutationError, match=r"x\[i, j\] instead of x\[i\]\[j\]"):
        part += x[0, 0]
    assert y.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_read_only_views_are_not_written_as_in_numpy():
    y = ag.tensor([1.0, 2.0])
    wide = np.broadcast_to(y, (2, 2))
    with pytest.raises(MutationError, match="read-only view"):
        wide[0, 0] = 5.0
    with pytest.raises(MutationError, match="cannot be recorded"):
        wide += leaf(1.0)
    with pytest.raises(ValueError, match="read-only"):
        y.data[0] = 5.0


def test_a_write_through_the_parts_of_complex_numbers_reaches_them():
    z = ag.tensor([1 + 2j, 3 + 4j])
    z.real[...] = 0.0
    z.imag[0] += 1.0

    assert z.tolist() == [3j, 4j]
    w = leaf([1 + 2j]) * 1.0
    with pytest.raises(MutationError, match="cannot be recorded"):
        w.real[...] = leaf([1.0])


def test_an_array_is_not_written_with_recorded_values():
    buffer = np.zeros(2)
    for write in (
        lambda x: buffer.__iadd__(x),
        lambda x: np.add(x, 1.0, out=buffer),
    ):
        with pytest.raises(MutationError, match="assign the result instead"):
            write(leaf([1.0, 2.0]))
    with pytest.raises((TypeError, ValueError)):
        buffer[0] = leaf(1.0)
    assert buffer.tolist() == [0.0, 0.0]


def test_a_write_through_views_whose_link_is_gone_never_leaves_a_value_stale():
    base = ag.tensor(np.ones((2, 3)), requires_grad=True) * 1.0
    link = base.T
    view = link.T
    row = view[0]
    row *= 0.5  # gives every handle a new value
    del link

    with pytest.raises(MutationError, match="another value over the same memory"):
        row *= 0.5
    assert base.tolist() == view.tolist() == [[0.5] * 3, [1.0] * 3]
