"""Activations made of straight pieces, with PyTorch's meaning, for arrays and for Scalars.

All are cuts: on their flat pieces the result does not depend on the input at all. At a kink the slope is that of the flat piece.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..families import elementwise, fixed
from ..samples import sample, singular
from .activations import mask
from .arithmetic import ANY

BOUND = (0.0, 0.6)
FLAT = "that of the flat piece"

clamped = elementwise(
    lambda a, b, c: np.minimum(np.maximum(a, b), c),
    lambda a, b, c: mask((a > b) & (a < c), a),
    None,
    None,
    scalar=lambda a, b, c: min(max(a, b), c),
    cut=True,
    name="hardtanh",
    domain=(ANY, (-1.0, -0.4), (0.4, 1.0)),
    singular=[singular(1.0, -1.0, 1.0, gives=(0.0, 0.0, 0.0), why=FLAT)],
    real=True,
)
ramp = elementwise(
    lambda a: np.minimum(np.maximum(a / 6 + 0.5, 0), 1),
    lambda a: mask((a > -3) & (a < 3), a) / 6,
    scalar=lambda a: min(max(a / 6 + 0.5, 0.0), 1.0),
    cut=True,
    name="hardsigmoid",
    domain=(-5.0, 5.0),
    kinks=(-3.0, 3.0),
    singular=[singular(-3.0, gives=0.0, why=FLAT), singular(3.0, gives=0.0, why=FLAT)],
    real=True,
)
hard_shrunk = elementwise(
    lambda a, b: a * mask(np.abs(a) > b, a),
    lambda a, b: mask(np.abs(a) > b, a),
    None,
    scalar=lambda a, b: a if abs(a) > b else 0.0,
    cut=True,
    name="hardshrink",
    domain=((-1.5, 1.5), BOUND),
    singular=[singular(-0.5, 0.5, gives=(0.0, 0.0), why=FLAT)],
    real=True,
)
soft_shrunk = elementwise(
    lambda a, b: np.maximum(a - b, 0) + np.minimum(a + b, 0),
    lambda a, b: mask(np.abs(a) > b, a),
    None,
    scalar=lambda a, b: max(a - b, 0.0) + min(a + b, 0.0),
    cut=True,
    name="softshrink",
    domain=((-1.5, 1.5), BOUND),
    singular=[singular(-0.5, 0.5, gives=(0.0, 0.0), why=FLAT)],
    real=True,
)
above = elementwise(
    lambda a, b, c: np.where(a > b, a, c),
    lambda a, b: mask(a > b, a),
    None,
    None,
    scalar=lambda a, b, c: a if a > b else c,
    cut=True,
    name="threshold",
    domain=((-1.5, 1.5), BOUND, ANY),
    singular=[singular(0.5, 0.5, 7.0, gives=(0.0, 0.0, 0.0), why=FLAT)],
    real=True,
)

stepped = fixed(
    lambda a: np.heaviside(a, 1),
    samples=lambda: [sample(np.array([-1.5, -0.0, 0.0, np.inf, np.nan])), sample(np.array([[0.5, -0.5]], np.float32))],
    name="step",
    real=True,
)


def hardtanh(x: Any, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    """x between two bounds, which it does not pass; its slope at a bound is 0, where that of `ag.clip` is 1/2.

    >>> import autograd_core as ag
    >>> ag.ops.hardtanh(ag.tensor([-3.0, 0.5, 3.0]))
    tensor([-1. ,  0.5,  1. ])
    """
    return clamped.call(x, min_val, max_val)


def hardsigmoid(x: Any) -> Any:
    """x / 6 + 1/2 between 0 and 1; its slope at -3 and 3 is 0.

    Courbariaux et al. 2015, with the slope of MobileNetV3 (Howard et al. 2019).

    >>> import autograd_core as ag
    >>> ag.ops.hardsigmoid(ag.tensor([-4.0, 0.0, 4.0]))
    tensor([0. , 0.5, 1. ])
    """
    return ramp.call(x)


def hardshrink(x: Any, lambd: float = 0.5) -> Any:
    """x where |x| > lambd, else 0; its slope at +-lambd is 0.

    >>> import autograd_core as ag
    >>> ag.ops.hardshrink(ag.tensor([-1.0, 0.3, 1.0]))
    tensor([-1.,  0.,  1.])
    """
    return hard_shrunk.call(x, lambd)


def softshrink(x: Any, lambd: float = 0.5) -> Any:
    """x brought closer to 0 by lambd, and 0 where |x| <= lambd; the proximal step of lambd |x|.

    >>> import autograd_core as ag
    >>> ag.ops.softshrink(ag.tensor([-1.0, 0.3, 1.0]))
    tensor([-0.5,  0. ,  0.5])
    """
    return soft_shrunk.call(x, lambd)


def threshold(x: Any, threshold: float, value: float) -> Any:
    """x where it is above a threshold, else a given value; its slope at the threshold is 0.

    >>> import autograd_core as ag
    >>> ag.ops.threshold(ag.tensor([-1.0, 2.0]), 0.5, 7.0)
    tensor([7., 2.])
    """
    return above.call(x, threshold, value)


def step(x: Any) -> Any:
    """1 where x >= 0, else 0, piecewise constant: the threshold of McCulloch and Pitts 1943.

    >>> import autograd_core as ag
    >>> ag.ops.step(ag.tensor([-1.0, 0.0, 2.0]))
    tensor([0., 1., 1.])
    """
    return stepped.call(x)
