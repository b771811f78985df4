"""Exponentials, logarithms, trigonometric and hyperbolic functions."""

from __future__ import annotations

import math

import numpy as np

from .arithmetic import ANY, POSITIVE, ufunc

LN2, LN10 = math.log(2), math.log(10)  # Python floats are weak: they keep a float32 array float32
UNIT = (-0.9, 0.9)

exp = ufunc(np.exp, lambda y: y, scalar=math.exp)
exp2 = ufunc(np.exp2, lambda y: y * LN2)
expm1 = ufunc(np.expm1, lambda y: y + 1, scalar=math.expm1)
log = ufunc(np.log, lambda a: 1 / a, scalar=math.log, domain=POSITIVE)
log2 = ufunc(np.log2, lambda a: 1 / (a * LN2), scalar=math.log2, domain=POSITIVE)
log10 = ufunc(np.log10, lambda a: 1 / (a * LN10), scalar=math.log10, domain=POSITIVE)
log1p = ufunc(np.log1p, lambda a: 1 / (1 + a), scalar=math.log1p, domain=POSITIVE)
# two equal infinities differ by NaN, and the slope there is NaN as well: no limit exists
logaddexp = ufunc(np.logaddexp, lambda a, y: np.exp(a - y), lambda b, y: np.exp(b - y))

sin = ufunc(np.sin, lambda a: np.cos(a), scalar=math.sin)
cos = ufunc(np.cos, lambda a: -np.sin(a), scalar=math.cos)
tan = ufunc(np.tan, lambda y: 1 + y * y, scalar=math.tan, domain=(-1.2, 1.2))
arcsin = ufunc(np.arcsin, lambda a: 1 / np.sqrt(1 - a * a), scalar=math.asin, domain=UNIT)
arccos = ufunc(np.arccos, lambda a: -1 / np.sqrt(1 - a * a), scalar=math.acos, domain=UNIT)
arctan = ufunc(np.arctan, lambda a: 1 / (1 + a * a), scalar=math.atan)
arctan2 = ufunc(
    np.arctan2,
    lambda a, b: b / (a * a + b * b),
    lambda a, b: -a / (a * a + b * b),
    scalar=math.atan2,
    domain=(ANY, POSITIVE),
)

sinh = ufunc(np.sinh, lambda a: np.cosh(a), scalar=math.sinh)
cosh = ufunc(np.cosh, lambda a: np.sinh(a), scalar=math.cosh)
tanh = ufunc(np.tanh, lambda y: 1 - y * y, scalar=math.tanh)
arcsinh = ufunc(np.arcsinh, lambda a: 1 / np.sqrt(a * a + 1), scalar=math.asinh)
arccosh = ufunc(np.arccosh, lambda a: 1 / np.sqrt(a * a - 1), scalar=math.acosh, domain=(1.2, 3.0))
arctanh = ufunc(np.arctanh, lambda a: 1 / (1 - a * a), scalar=math.atanh, domain=UNIT)
