"""Laws that every NumPy function with an answer here obeys, tried on the row of samples that its declaration brings."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.testing import LAWS
from autograd_core.testing.cases import filled, plain
from autograd_core.testing.lawbook import agree
from autograd_core.trees import flatten
from tests.names import NAMES, cases_for, is_right, samples_for

ROWS = [pytest.param(name, function, row, id=name) for name, (function, row) in NAMES.items()]


def test_every_name_has_a_row_of_samples():
    without = {name for name, (_, row) in NAMES.items() if row.samples is None and not samples_for(row)}

    assert sorted(without) == []


@pytest.mark.parametrize(("name", "function", "row"), ROWS)
def test_the_laws_hold_for_every_sample(name, function, row):
    # without a row of its own a name has its primitive's samples, on which the other laws are tried in test_laws.py
    laws = LAWS.values() if row.samples is not None or row.singular else [LAWS["value"]]
    for case in cases_for(name, function, row):
        for law in laws:
            law(case)


@pytest.mark.parametrize(("name", "function", "row"), ROWS)
def test_numpys_function_given_tensors_gives_what_it_gives_arrays(name, function, row):
    for sample in filter(is_right, samples_for(row)):
        call, data = filled(function, sample)
        expected = [np.asarray(y) for y in flatten(function(*sample.args, **sample.settings))[0]]
        recorded = [ag.tensor(x, requires_grad=True) for x in data]
        by_what_it_calls = not (isinstance(function, np.ufunc) or hasattr(function, "_implementation"))
        try:
            got = call(*recorded)
        except ag.errors.AutogradError:
            # a function that asks no value for its answer works by what it calls, or not at all
            if recorded and by_what_it_calls:
                continue
            raise
        values = [np.asarray(plain(y)) for y in flatten(got)[0]]
        agree(values, expected, f"{name}, dispatched", 8)
        assert [y.dtype for y in values] == [y.dtype for y in expected]
        if recorded and by_what_it_calls:
            assert got.requires_grad
