"""The strategies draw what they say, reach the hard cases, and shrink to the least of them."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core.errors import DeclarationError
from autograd_core.primitives.elementary import log
from autograd_core.testing import check_grads
from autograd_core.testing import strategies as ags
from autograd_core.testing.layouts import native
from autograd_core.testing.strategies.arrays import GAP, SMALLEST
from autograd_core.testing.strategies.programs import smooth

SEARCH = settings(max_examples=5000, derandomize=True, database=None)
softsign = ag.elementwise(lambda x: x / (1 + np.abs(x)), lambda a: 1 / (1 + np.abs(a)) ** 2, name="softsign_drawn")


def least(strategy, condition=lambda x: True):
    return find(strategy, condition, settings=SEARCH)


# -- what is drawn is what was asked for -----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, np.complex64, np.int8])
@given(data=st.data())
def test_numbers_lie_in_the_domain_away_from_kinks_and_from_underflow(dtype, data):
    x = data.draw(ags.arrays((-1.7, 2.3), dtype, kinks=(1.0,)))
    real = np.real(x).astype(float)

    assert native(x.dtype) == dtype
    assert np.all((real >= -1.7) & (real <= 2.3))
    assert np.all((real == 0) | (np.abs(real) >= SMALLEST))
    if x.dtype.kind != "i":
        assert np.all(np.abs(real - 1.0) >= GAP)


def test_a_domain_that_is_all_kink_is_refused():
    with pytest.raises(ValueError, match="no number of the domain"):
        ags.numbers((0.99, 1.01), kinks=(1.0,))


@given(ags.arrays(range(-3, 4)))
def test_a_range_gives_integers(x):
    assert native(x.dtype) == np.dtype(int)
    assert np.all(np.isin(x, range(-3, 4)))


@given(x=ags.distinct())
def test_distinct_values_keep_their_distance(x):
    if x.size > 1:
        assert np.min(np.diff(np.sort(x, axis=None).astype(float))) >= 0.125


def test_too_many_distinct_values_for_a_domain_are_refused():
    with pytest.raises(ValueError, match="need a domain of length"):
        least(ags.distinct((9,), domain=(0.0, 1.0)))


@given(data=st.data())
def test_shapes_broadcast(data):
    np.broadcast_shapes(*data.draw(ags.broadcastable(3)))


@given(data=st.data(), shape=ags.shapes())
def test_axes_and_indices_are_within_bounds_and_differentiate(data, shape):
    x = np.arange(np.prod(shape), dtype=float).reshape(shape)
    axis, index = data.draw(ags.axes(x.ndim)), data.draw(ags.indices(shape))
    np.sum(x, axis=axis)
    reached = np.zeros(shape)
    np.add.at(reached, index, 1.0)

    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(x[index]))(x), reached)


@given(ags.einsums())
def test_einsums_are_calls_that_numpy_accepts(call):
    expected = np.einsum(call.subscripts, *call.operands)

    assert np.shape(ag.einsum(call.subscripts, *call.operands)) == expected.shape


@given(ags.spd(dtype=float, condition=7.0), ags.conditioned(dtype=float, condition=20.0), ags.orthogonal())
def test_matrices_have_the_spectrum_that_was_asked_for(a, b, q):
    np.testing.assert_array_equal(a, a.T)
    np.testing.assert_allclose(np.linalg.eigvalsh(a), 7.0 ** -np.linspace(1, 0, len(a)) if len(a) > 1 else 1.0)
    np.testing.assert_allclose(np.linalg.cond(b), 20.0 if len(b) > 1 else 1.0)
    np.testing.assert_allclose(q @ q.T, np.eye(len(q)), atol=1e-14)


@given(ags.spd(dtype=float, batch=None), ags.conditioned(2, dtype=float, batch=(2, 1)))
def test_stacks_of_matrices_are_well_posed_one_by_one(a, b):
    assert b.shape == (2, 1, 2, 2)
    np.testing.assert_allclose(np.linalg.cond(b), 10.0)
    if a.size:
        check_grads(lambda a: np.linalg.cholesky((a + a.mT) / 2), a, order=1, directions=1)


def test_a_primitive_without_samples_is_refused_by_name():
    bare = ag.primitive(lambda a: a, lambda g: g, jvp=lambda t: t, name="bare", listed=False)

    with pytest.raises(DeclarationError, match="bare declares no samples"):
        ags.calls(bare)


@given(data=st.data(), tree=ags.containers(ags.arrays(dtype=float)))
def test_directions_have_the_form_of_what_they_belong_to_and_are_not_0(data, tree):
    v = data.draw(ags.directions(tree))
    pairs = list(zip(flat(tree), flat(v), strict=True))

    assert [np.shape(x) for x, _ in pairs] == [np.shape(d) for _, d in pairs]
    if any(np.size(x) for x, _ in pairs):
        assert any(np.any(d) for _, d in pairs)


def flat(tree):
    parts = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, (list, tuple)) else None
    return ([] if tree is None else [tree]) if parts is None else [leaf for part in parts for leaf in flat(part)]


@given(ags.programs())
def test_programs_run_and_differentiate(program):
    y = program(*program.arguments)

    assert np.all(np.isfinite(y))
    check_grads(program, *program.arguments, directions=1)


# -- the hard cases are reached --------------------------------------------------------------------------------------------

HARD = {
    "0-d": (ags.arrays(), lambda x: x.ndim == 0),
    "empty": (ags.arrays(), lambda x: x.ndim == 2 and x.size == 0),
    "Fortran": (ags.arrays(), lambda x: x.ndim > 1 and x.flags.f_contiguous and not x.flags.c_contiguous),
    "negative strides": (ags.arrays(), lambda x: any(s < 0 for s in x.strides)),
    "gaps in memory": (ags.arrays(), lambda x: x.ndim == 1 and x.size > 1 and x.strides[0] == 2 * x.itemsize),
    "read-only": (ags.arrays(), lambda x: x.ndim and x.size and not x.flags.writeable and x.strides[0] > 0),
    "broadcast": (ags.arrays(), lambda x: x.size > 1 and 0 in x.strides),
    "unaligned": (ags.arrays(), lambda x: not x.flags.aligned),
    "the other byte order": (ags.arrays(), lambda x: not x.dtype.isnative),
    "a stack of matrices": (ags.spd(batch=None), lambda a: a.ndim == 4 and len(a) == 2),
    "longdouble": (ags.arrays(), lambda x: x.dtype == np.longdouble),
    "the end of the domain": (ags.arrays((0.5, 2.0)), lambda x: np.any(x == 2)),
    "several negative axes": (ags.axes(3), lambda a: isinstance(a, tuple) and len(a) == 2 and max(a) < 0),
    "no axes": (ags.axes(2), lambda a: a == ()),
    "a mask": (ags.indices((2, 2)), lambda i: isinstance(i, np.ndarray) and i.shape == (2, 2) and np.any(i)),
    "repeats": (ags.indices((3,)), lambda i: isinstance(i, tuple) and i and repeats(i[0])),
    "array, slice, array": (ags.indices((2, 2, 2)), lambda i: isinstance(i, tuple) and kinds(i) == "array slice array"),
    "backwards": (ags.indices((3,)), lambda i: isinstance(i, tuple) and any(getattr(p, "step", 1) == -1 for p in i)),
    "a diagonal": (ags.einsums(), lambda c: "ii" in c.subscripts),
    "dots": (ags.einsums(), lambda c: "..." in c.subscripts and "->" in c.subscripts),
    "complex": (ags.calls(log), lambda c: c.args[0].dtype.kind == "c"),
    "float16": (ags.calls(log), lambda c: c.args[0].dtype == np.float16),
}


def repeats(part):
    return isinstance(part, np.ndarray) and part.dtype == int and len(set(part.flat)) < part.size


def kinds(index):
    return " ".join({np.ndarray: "array", slice: "slice"}.get(type(part), "other") for part in index)


@pytest.mark.parametrize(("strategy", "condition"), HARD.values(), ids=HARD)
def test_the_hard_case_is_reached(strategy, condition):
    least(strategy, condition)


# -- and shrink to what can be read ----------------------------------------------------------------------------------------


def test_arrays_shrink_to_one_plain_number():
    x = least(ags.arrays(), lambda x: np.any(x > 0.3))

    assert (x.shape, x.dtype, x.item()) == ((), np.float64, 1.0)


def test_the_forgotten_sum_over_a_broadcast_axis_shrinks_to_two_elements():
    a, b = least(ags.broadcastable(2), lambda pair: np.broadcast_shapes(*pair) != pair[0] and 0 not in sum(pair, ()))

    assert (a, b) == ((), (1,))


def test_containers_and_directions_shrink_to_a_unit_vector():
    v = least(ags.directions([np.zeros(2), np.zeros(3)]), lambda v: np.any(v[1]))

    assert [x.tolist() for x in v] == [[0, 0], [0, 0, 1]]


def test_a_program_shrinks_to_the_line_that_matters_and_prints_as_source():
    program = least(ags.programs(operations=[softsign], shape=(2,)), lambda p: "softsign_drawn" in p.source)

    assert repr(program) == ("def program(a):\n    x0 = softsign_drawn(a)\n    return x0\n# a = array([0., 0.])")


def test_programs_know_all_smooth_functions():
    assert {"np.sin", "np.log", "np.arctan2", "np.power"} <= set(smooth())
    assert not {"np.absolute", "np.maximum", "np.remainder"} & set(smooth())


def test_without_hypothesis_the_error_names_the_extra():
    code = "import sys; sys.modules['hypothesis'] = None\nfrom autograd_core.testing import strategies"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert "autograd-core[testing]" in run.stderr


def test_checks_need_no_hypothesis():
    code = "import sys, autograd_core.testing as t; t.check_grads; assert 'hypothesis' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
