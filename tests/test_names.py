"""Laws that every NumPy function with an answer here obeys, tried on the row of samples that its declaration brings."""

import warnings

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.primitive import Primitive
from autograd_core.testing import check_grads
from autograd_core.trees import flatten
from tests.names import (
    NAMES,
    as_function,
    carries_gradient,
    floating,
    is_data,
    is_double,
    is_right,
    samples_for,
    with_gradient,
)


def assert_equal_values(got, expected):
    got, expected = flatten(got)[0], flatten(expected)[0]
    assert len(got) == len(expected)
    for y, e in zip(got, expected, strict=True):
        y, e = np.asarray(y._data if isinstance(y, (ag.Tensor, ag.Scalar)) else y), np.asarray(e)
        assert y.shape == e.shape
        assert y.dtype == e.dtype
        tolerance = 8 * np.finfo(e.dtype).eps if e.dtype.kind in "fc" else 0
        np.testing.assert_allclose(
            y, e, rtol=tolerance, atol=tolerance * np.max(np.abs(e), initial=0, where=np.isfinite(e))
        )


def cases(wanted):
    return [
        pytest.param(function, row, sample, id=f"{name}-{i}")
        for name, (function, row) in NAMES.items()
        for i, sample in enumerate(samples_for(row))
        if wanted(sample)
    ]


def test_every_name_has_a_row_of_samples():
    without = {name for name, (_, row) in NAMES.items() if row.samples is None and not samples_for(row)}

    assert sorted(without) == []


@pytest.mark.parametrize(("function", "row", "sample"), cases(is_right))
def test_a_result_is_numpys_in_value_dtype_and_shape(function, row, sample):
    expected = function(*sample.args, **sample.settings)
    call, data = as_function(row.answer, sample)
    recorded = [ag.tensor(x, requires_grad=True) for x in data]

    assert_equal_values(call(*data), expected)
    assert_equal_values(call(*recorded), expected)
    dispatched = as_function(function, sample)[0]
    if isinstance(function, np.ufunc) or hasattr(function, "_implementation"):
        assert_equal_values(dispatched(*recorded), expected)
    elif recorded:  # a function that asks no value for its answer: it works by what it calls, or not at all
        try:
            got = dispatched(*recorded)
        except ag.errors.AutogradError:
            return
        assert_equal_values(got, expected)
        assert got.requires_grad


@pytest.mark.parametrize(("function", "row", "sample"), cases(lambda s: s.raises))
def test_a_wrong_call_raises_an_error_with_words_of_ours(function, row, sample):
    call, data = as_function(row.answer, sample)

    with pytest.raises(sample.raises, match=sample.match):
        call(*[ag.tensor(x, requires_grad=True) for x in data])


@pytest.mark.parametrize(("function", "row", "sample"), cases(is_double))
def test_derivatives_agree_with_differences_to_second_order(function, row, sample):
    if not carries_gradient(row, sample):
        return
    call, data = as_function(row.answer, sample)

    check_grads(lambda *xs: floating(call(*xs), sample.through), *data, order=2, directions=1)


def gradients_of(row, sample, data):
    call, _ = as_function(row.answer, sample)
    out, pull = ag.vjp(lambda *xs: floating(call(*xs), sample.through), *data)
    return out, pull([np.ones(np.shape(y), np.asarray(y).dtype) for y in out])


@pytest.mark.parametrize(("function", "row", "sample"), cases(with_gradient))
def test_a_gradient_has_the_shape_and_dtype_of_its_input(function, row, sample):
    data = as_function(row.answer, sample)[1]

    for x, g in zip(data, gradients_of(row, sample, data)[1], strict=True):
        assert np.shape(g) == np.shape(x)
        assert np.asarray(g).dtype == x.dtype


def layouts_of(x):
    """The same array in other layouts: Fortran order, negative strides, every other element of a larger one, read-only."""
    x = np.asarray(x)
    wide = np.zeros((*x.shape[:-1], 2 * x.shape[-1]) if x.ndim else (), x.dtype)
    if x.ndim:
        wide[..., ::2] = x
    frozen = x.copy()
    frozen.flags.writeable = False
    reverse = (slice(None, None, -1),) * x.ndim
    return [np.array(x, order="F"), np.array(x[reverse])[reverse], wide[..., ::2] if x.ndim else x, frozen]


@pytest.mark.parametrize(("function", "row", "sample"), cases(with_gradient))
def test_the_layout_in_memory_changes_nothing(function, row, sample):
    data = as_function(row.answer, sample)[1]
    ys, gs = gradients_of(row, sample, data)
    for variant in zip(*[layouts_of(x) for x in data], strict=True):
        before = [np.array(x) for x in variant]
        other_ys, other_gs = gradients_of(row, sample, list(variant))

        for got, expected in zip([*other_ys, *other_gs], [*ys, *gs], strict=True):
            eps = np.finfo(np.asarray(expected).dtype).eps
            scale = np.max(np.abs(expected), initial=0, where=np.isfinite(expected))
            np.testing.assert_allclose(got, expected, rtol=64 * eps, atol=64 * eps * scale)
        for x, old in zip(variant, before, strict=True):  # and its inputs are left as they were
            np.testing.assert_array_equal(x, old)


def conventions():
    for name, (_, row) in NAMES.items():
        declared = [*row.singular, *(row.answer.singular if isinstance(row.answer, Primitive) else ())]
        yield from (pytest.param(row.answer, s, id=f"{name}-{i}") for i, s in enumerate(declared))


@pytest.mark.parametrize(("answer", "at"), list(conventions()))
def test_a_gradient_at_a_singular_point_is_the_published_one(answer, at):
    places = [i for i, x in enumerate(at.args) if is_data(x) or type(x) in (float, complex)]

    def total(*data):
        args = list(at.args)
        for i, x in zip(places, data, strict=True):
            args[i] = x
        return sum(np.sum(np.real(part)) for part in floating(answer(*args, **at.settings)))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a slope may be infinite or undefined there
        gradients = ag.grad(total, tuple(range(len(places))))(*[at.args[i] for i in places])

    assert len(gradients) == len(at.gradients)
    for got, expected in zip(gradients, at.gradients, strict=True):
        np.testing.assert_array_equal(got, expected)
