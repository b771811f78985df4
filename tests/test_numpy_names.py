"""NumPy's names as `ag.` names: programs that import this package as np, and what NumPy itself cannot be asked."""

import operator
import re

import numpy
import pytest

import autograd_core as ag
import autograd_core as np
import nn
from autograd_core import absent
from autograd_core.errors import LeavingError, NoAttributeError, ShapeError, UnsupportedError

LEAF = numpy.array([1.0, 2.0, 4.0])


def leaf():
    return ag.tensor(LEAF, requires_grad=True)


def test_a_program_may_import_this_package_as_np():
    def energy(x, dtype=np.float64):
        grid = np.linspace(x[0], x[1], 4)
        kernel = np.array([[x[2], 0.0], [np.pi, x[0]]], dtype)
        mask = np.tri(4, dtype=np.bool_) & (np.arange(4)[:, np.newaxis] > 0)
        table = np.where(mask, grid, np.zeros((4, 4)))
        table = np.sort(np.pad(table, 1, constant_values=np.e), axis=-1)
        picked = np.take_along_axis(table, np.argsort(table, axis=0)[:1], axis=0)
        return np.sum(table**2) + np.sum(np.matmul(kernel, np.full((2, 1), x[1]))) + np.max(picked[np.isfinite(picked)])

    assert type(energy(LEAF)) is numpy.float64
    ag.testing.check_grads(energy, LEAF)


def test_constants_dtypes_and_plain_arrays_are_numpys():
    for name in ("pi", "e", "inf", "newaxis", "float32", "bool_", "eye", "finfo", "s_"):
        assert getattr(np, name) is getattr(numpy, name)
    for plain in (
        np.zeros((2, 3)),
        np.ones(2),
        np.eye(2),
        np.arange(3.0),
        np.full(2, 1.0),
        np.array([1.0]),
        np.linspace(0, 1),
    ):
        assert type(plain) is numpy.ndarray


@pytest.mark.parametrize("call", [
    lambda t: numpy.array([t, t]),
    lambda t: numpy.array([t[0], t[1]]),
    lambda t: numpy.array(t),
    lambda t: numpy.asarray(t),
    lambda t: numpy.ascontiguousarray(t),
    lambda t: numpy.full(3, t),
    lambda t: numpy.float64(t[0]),
    lambda t: numpy.arange(t[0], 3.0),
    lambda t: numpy.fromiter(t, float),
    lambda t: numpy.r_[t, 1.0],
    lambda t: numpy.r_[t[0], 1.0],
    lambda t: numpy.r_[t[0] : 3.0],
    lambda t: numpy.c_[t, t],
    lambda t: float(t[0]),
    lambda t: numpy.eye(t[0]),
    lambda t: numpy.zeros(3).__setitem__(0, t[0]),
    lambda t: numpy.array([ag.scalar(1.0), ag.scalar(2.0)]),
], ids=range(17))  # fmt: skip
def test_what_numpy_cannot_dispatch_is_refused_with_words_and_never_cut(call):
    with pytest.raises((LeavingError, ValueError)) as caught:
        call(leaf())

    error = (
        caught.value if isinstance(caught.value, LeavingError) else caught.value.__cause__
    )  # NumPy's own words around ours
    assert "needs a gradient would cut the gradient silently" in str(error)


def test_the_error_of_np_array_names_what_builds_arrays_from_values():
    with pytest.raises(
        LeavingError, match=r"ag\.full.*ag\.array, ag\.stack or ag\.concatenate build arrays from values"
    ):
        numpy.array([leaf(), leaf()])


def test_array_builds_from_scalars_and_tensors_nested_anyhow():
    a, b = ag.scalar(2.0), ag.scalar(3.0)
    y = ag.array([[a, 1], [a * b, b]])
    (y**2).sum().backward()

    numpy.testing.assert_array_equal(y.numpy(), [[2, 1], [6, 3]])
    assert (a.grad, b.grad) == (2 * 2 + 2 * 6 * 3, 2 * 3 + 2 * 6 * 2)
    assert ag.array(a).shape == ()
    assert ag.array(leaf(), dtype=numpy.float32, ndmin=2).dtype == numpy.float32
    with pytest.raises(ShapeError, match=r"side by side must be of one shape, not of \(3,\) and \(\)"):
        ag.array([leaf(), a])


def test_an_array_of_a_value_is_a_copy():
    x = leaf()
    y = ag.array(x)
    with ag.no_grad():
        y[0] = 9.0

    numpy.testing.assert_array_equal(x.numpy(), LEAF)


def test_attributes_of_an_ndarray_that_are_harmless_are_there():
    t = ag.tensor(LEAF.reshape(1, 3), requires_grad=True)

    assert (t.nbytes, t.itemsize, t.strides) == (24, 8, (24, 8))
    assert (t.item(0, 2), t.take(1).item(), t.argsort().tolist()) == (4.0, 2.0, [[0, 1, 2]])
    assert t.compress([True, False, True], axis=1).shape == (1, 2)
    assert [i.tolist() for i in t.nonzero()] == [[0, 0, 0], [0, 1, 2]]


@pytest.mark.parametrize(("name", "words"), [
    ("flat", r"x\.ravel\(\) to read"), ("view", r"x\.astype\(dtype\)"), ("resize", r"np\.resize"),
    ("base", r"x\.numpy\(\)\.base"),
    ("tofile", r"x\.numpy\(\)\.tofile"), ("setflags", r"x\.numpy\(\)"),
    ("permute", r"x\.transpose\(axes\)"), ("unsqueeze", r"np\.expand_dims"), ("exp", r"np\.exp\(x\)"),
    ("add_", r"x \+= y, within ag\.no_grad\(\)"), ("float", r"x\.astype\(np\.float32\)"),
])  # fmt: skip
def test_the_others_are_refused_with_what_to_write_instead(name, words):
    with pytest.raises(NoAttributeError, match=words):
        getattr(leaf(), name)
    assert not hasattr(leaf(), name)
    assert name not in dir(leaf())


def test_two_axes_of_more_are_swapped_by_numpys_name_for_it():
    with pytest.raises(ShapeError, match=r"transpose\(1, -1\) of 3 axes is PyTorch's: write x\.swapaxes\(1, -1\)"):
        ag.tensor(numpy.ones((2, 3, 4))).transpose(1, -1)
    assert ag.tensor(numpy.ones((2, 3))).transpose(1, 0).shape == (3, 2)


@pytest.mark.parametrize(("name", "words"), absent.INSTEAD.items())
def test_what_to_write_instead_is_made_of_names_that_there_are(name, words):
    for path in re.findall(r"\b(?:np|ag|nn)\.[a-z_.0-9]+", words):
        operator.attrgetter(path.partition(".")[2])({"np": numpy, "ag": ag, "nn": nn}[path[:2]])
    for attribute in re.findall(r"\bx\.([a-z_]+)", words):
        assert hasattr(leaf(), attribute)


def test_indices_of_shapes_are_numpys_own():
    t = ag.tensor(numpy.eye(3))

    numpy.testing.assert_array_equal(numpy.stack(numpy.tril_indices_from(t)), numpy.stack(numpy.tril_indices(3)))
    numpy.testing.assert_array_equal(ag.unravel_index(ag.tensor([5, 7]), (3, 3)), ([1, 2], [2, 1]))
    assert [i.shape for i in numpy.ix_(ag.tensor([0, 2]), [1])] == [(2, 1), (1, 1)]
    assert numpy.array_equiv(t, numpy.eye(3))


def test_orders_that_depend_on_memory_and_modes_that_do_not_exist_are_refused():
    for call in (
        lambda t: numpy.take(t, [0], mode="bounce"),
        lambda t: numpy.pad(t, 1, mode="empty"),
        lambda t: numpy.meshgrid(t, t, indexing="ji"),
        lambda t: numpy.choose([0], [t], out=numpy.zeros(3)),
    ):
        with pytest.raises(UnsupportedError):
            call(leaf())
