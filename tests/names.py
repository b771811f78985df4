"""The rows of samples of NumPy's names, as calls to try: for the tests, the tables of the docs and comparisons with peers."""

import numpy as np

from autograd_core import tensor
from autograd_core.numpy_api import rows_of
from autograd_core.primitive import Primitive
from autograd_core.testing import samples_of
from autograd_core.trees import flatten

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


def is_data(leaf):
    """Whether a leaf of a call is data to differentiate: floating arrays are, Python numbers are settings."""
    return isinstance(leaf, (np.ndarray, np.generic)) and leaf.dtype.kind in "fc"


def as_function(function, sample):
    """The call of a sample as a function of its data, and the data."""
    leaves, rebuild = flatten((sample.args, dict(sample.settings)))
    places = [i for i, leaf in enumerate(leaves) if is_data(leaf)]

    def call(*data):
        filled = list(leaves)
        for i, x in zip(places, data, strict=True):
            filled[i] = x
        args, settings = rebuild(filled)
        return function(*args, **settings)

    return call, [leaves[i] for i in places]


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
