"""Repairs of numbers: what is not finite or hardly complex is replaced, phases are made continuous, floats moved by a bit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..dispatch import answers
from ..errors import UnsupportedError
from ..families import primitive
from ..families.elementwise import gate
from ..recording import Value
from ..samples import Sample, sample, singular
from .arithmetic import is_complex, ufunc
from .operands import array

# the step to the next float is far below any h at which a slope could be seen
nextafter = ufunc(
    np.nextafter,
    1,
    None,
    singular=[singular(1.0, 2.0, gives=(1.0, 0.0), why="x, but for a step of its last bit; b only says which way")],
)

# -- nan_to_num ----------------------------------------------------------------------------------------------------------


def of_finite(g: Any, a: Any) -> Any:
    """g where a is finite, and no dependence elsewhere; parts of complex numbers by themselves."""
    if not is_complex(a):
        return gate(g, np.isfinite(a))
    return gate(np.real(g), np.isfinite(np.real(a))) + 1j * gate(np.imag(g), np.isfinite(np.imag(a)))


def cases_of_repairs() -> list[Sample]:
    """Numbers of which some are not finite, in every dtype."""
    x = np.array([[1.0, np.nan, -np.inf], [np.inf, -0.0, -2.5]])
    return [
        sample(np.array([0.5, -2.0])),
        sample(x, nan=2.0, posinf=9.0, neginf=-9.0, through=lambda y: np.asarray([1, 0, 0]) * y[0]),
        sample(x.astype(np.float32)),
        sample(x.astype(np.float16)[:, ::-1], posinf=1.0),
        sample(np.float64(np.nan), nan=0.5),
        sample(np.array([1 + 2j, complex(np.nan, 1.0), complex(-3.0, np.inf)]), posinf=5.0),
        sample(np.array([1, -2])),
        sample(np.ones((0, 2))),
        sample(np.ones(2), copy=False, raises=UnsupportedError, match="copy=False would write"),
    ]


repaired = primitive(
    lambda a, *, nan=0.0, posinf=None, neginf=None: np.nan_to_num(a, nan=nan, posinf=posinf, neginf=neginf),
    lambda g, a: of_finite(g, a),
    jvp=lambda t, a: of_finite(t, a),
    cut=True,
    samples=lambda: [
        sample(np.array([[0.5, -2.0], [1.5, 0.25]])),
        sample(np.array([1 - 2j, 1j])),
        sample(np.ones((2, 0), np.float32)),
    ],
    batch="leading",
    name="nan_to_num",
)


@answers(
    np.nan_to_num,
    samples=cases_of_repairs,
    singular=[
        singular(math.nan, gives=0.0, why="replaced by a constant: no dependence"),
        singular(math.inf, gives=0.0, why="replaced by a constant: no dependence"),
    ],
)
def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """x with NaN replaced by 0 and infinities by the largest finite numbers, or by what is given; replaced elements have no
    gradient.

    >>> import numpy as np, autograd_core as ag
    >>> with np.errstate(divide="ignore"):
    ...     ag.grad(lambda x: np.sum(np.nan_to_num(np.log(x))))(np.array([0.0, 2.0]))
    array([0. , 0.5])
    """
    if not copy:
        raise UnsupportedError("nan_to_num with copy=False would write into x: assign its result, x = np.nan_to_num(x)")
    if any(isinstance(c, Value) for c in (nan, posinf, neginf)):
        raise UnsupportedError("nan_to_num takes replacements as numbers; for recorded ones choose with ag.where")
    return repaired(array(x), nan=nan, posinf=posinf, neginf=neginf)


# -- real_if_close, unwrap -------------------------------------------------------------------------------------------------


@answers(
    np.real_if_close,
    samples=lambda: [
        sample(np.array([1 + 1e-15j, -2 + 0j])),
        sample(np.array([1 + 1e-5j, -2 + 0j])),
        sample(np.array([1 + 1e-5j, -2 + 0j]), tol=1e12),
        sample(np.array([1 + 1e-6j], np.complex64), tol=1e-3),
        sample(np.array([1.0, 2.0], np.float32)),
        sample(np.array([1, 2])),
    ],
)
def real_if_close(a: Any, tol: float = 100) -> Any:
    """The real part, if all imaginary parts are below tol epsilons of the dtype (below tol itself, for tol <= 1); else a.

    The dtype depends on the values, as in NumPy, and so does which function is differentiated.

    >>> import numpy as np, autograd_core as ag
    >>> ag.real_if_close(np.array([1 + 1e-16j, 2]))
    array([1., 2.])
    """
    a = array(a)
    if not is_complex(a):
        return a
    limit = tol * float(np.finfo(a.dtype).eps) if tol > 1 else tol
    constant = a.detach() if isinstance(a, Value) else a
    return np.real(a) if bool(np.all(np.abs(np.imag(constant)) < limit)) else a


unwrapped = primitive(
    lambda p, *, axis, discont=None, period=2 * math.pi: np.unwrap(p, discont, axis, period=period),
    lambda g: g,
    jvp=lambda t: t,
    samples=lambda: [
        sample(np.array([0.0, 2.5, 5.5, 0.5]), axis=0),
        sample(np.array([[0.0, 2.5, 5.5], [0.5, -4.0, 9.0]]), axis=1),
        sample(np.ones((2, 0)), axis=-1),
    ],
    batch="axis",
    name="unwrap",
)


@answers(
    np.unwrap,
    samples=lambda: [
        sample(np.array([[0.0, 2.5, 5.5], [0.5, -4.0, 9.0]])),
        sample(np.array([[0.0, 2.5], [5.5, 0.5], [-4.0, 9.0]]), axis=0),
        sample(np.array([1.0, 170.0, -170.0, -10.0], np.float32), period=360),
        sample(np.array([0.0, 4.0, 9.5]), 5.0),
        sample(np.array([1, 7, 2]), period=4),
    ],
    singular=[singular(np.array([0.0, 4.0]), gives=np.ones(2), why="the turns that are added are piecewise constant")],
)
def unwrap(p: Any, discont: float | None = None, axis: int = -1, *, period: float = 2 * math.pi) -> Any:
    """Phases along an axis, made continuous by adding whole periods, which are piecewise constant.

    >>> import numpy as np, autograd_core as ag
    >>> ag.unwrap(np.array([0.0, 3.0, -3.0]))
    array([0.        , 3.        , 3.28318531])
    """
    if isinstance(period, Value) or isinstance(discont, Value):
        raise UnsupportedError("unwrap takes period and discont as numbers: use .item() of a value without gradient")
    return unwrapped(p, discont=discont, axis=axis, period=period)
