"""NumPy's functions are answered or refused, never passed through with their gradient cut."""

import inspect
import re

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.dispatch import answered, refused
from tests.names import MODULES


def array_functions():
    """NumPy's public functions that ask a value for its answer."""
    for prefix, module in MODULES.items():
        for name, function in vars(module).items():
            if isinstance(function, np.ufunc) or hasattr(function, "_implementation"):
                yield f"{prefix}.{name}", function


def test_every_numpy_function_of_arrays_is_answered_or_refused_with_words():
    missing = [name for name, function in array_functions() if function not in answered and function not in refused]

    assert missing == []


@pytest.mark.parametrize("function", refused, ids=lambda f: f.__name__)
def test_a_refused_function_says_what_to_do(function):
    required = [
        p for p in inspect.signature(function).parameters.values() if p.default is p.empty and p.kind < p.VAR_KEYWORD
    ]

    with pytest.raises(ag.errors.UnsupportedError, match=re.escape(refused[function])):
        function(*[ag.tensor([1.0])] * len(required))
