"""The rows of samples of NumPy's names, as cases to try: for the tests, the tables of the docs and comparisons with peers."""

import numpy as np

from autograd_core import tensor
from autograd_core.numpy_api import rows_of
from autograd_core.primitive import Primitive
from autograd_core.testing import samples_of
from autograd_core.testing.cases import filled as as_function
from autograd_core.testing.cases import function_case, is_data, singular_case
from autograd_core.trees import flatten

__all__ = [
    "MODULES",
    "NAMES",
    "as_function",
    "cases_for",
    "floating",
    "is_data",
    "is_double",
    "is_right",
    "samples_for",
]

MODULES = {"np": np, "np.linalg": np.linalg, "np.fft": np.fft}


def canonical(prefix, module):
    """Name -> (NumPy's function, our row); an alias has the row of the name that NumPy gives the function."""
    found = {}
    for alias, row in rows_of(module).items():
        function = getattr(module, alias)
        name = function.__name__ if getattr(module, function.__name__, None) is function else alias
        found[f"{prefix}.{name}"] = (function, row)
    return found


NAMES = {name: row for prefix, module in MODULES.items() for name, row in canonical(prefix, module).items()}


def samples_for(row):
    """The samples of a row, in NumPy's words."""
    if row.samples is not None:
        return list(row.samples())
    return samples_of(row.answer) if isinstance(row.answer, Primitive) else []


def cases_for(name, function, row):
    """The cases of a name; where it has no row of its own, those of the primitive that answers, which are tried elsewhere."""
    for each in samples_for(row):
        yield function_case(name, row.answer, each, function, row.answer if isinstance(row.answer, Primitive) else None)
    for at in row.singular:
        yield singular_case(name, row.answer, at)


def floating(out, through=None):
    """The floating parts of a result, which have derivatives."""
    parts = flatten(out if through is None else through(out))[0]
    return [part for part in parts if np.asarray(getattr(part, "_data", part)).dtype.kind in "fc"]


def is_right(sample):
    return sample.raises is None


def is_double(sample):
    data = as_function(None, sample)[1]
    return is_right(sample) and bool(data) and all(x.dtype in (np.float64, np.complex128) for x in data)


def with_gradient(sample):
    return is_right(sample) and bool(as_function(None, sample)[1])


def carries_gradient(row, sample):
    """Whether a call gives anything that depends on its data smoothly."""
    if isinstance(row.answer, Primitive) and row.answer.family == "fixed":
        return False
    call, data = as_function(row.answer, sample)
    recorded = call(*[tensor(x, requires_grad=True) for x in data])
    return any(getattr(part, "requires_grad", False) for part in floating(recorded, sample.through))
