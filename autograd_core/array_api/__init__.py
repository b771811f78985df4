"""The Python array API standard, version 2024.12: what `x.__array_namespace__()` of a Tensor gives.

Code written against the standard runs on Tensors, and is differentiated. The functions are those that answer for NumPy's; the
creation functions give Tensors.

>>> import autograd_core as ag
>>> def softmax(x):
...     xp = x.__array_namespace__()
...     e = xp.exp(x - xp.max(x, axis=-1, keepdims=True))
...     return e / xp.sum(e, axis=-1, keepdims=True)
>>> ag.grad(lambda x: softmax(x)[0])(ag.tensor([0.0, 0.0]))
tensor([ 0.25, -0.25])
"""

from math import e, inf, nan, pi

from numpy import (
    bool,
    complex64,
    complex128,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
)

from ..numpy_api import namespace
from . import fft, linalg
from .creation import (
    arange,
    asarray,
    empty,
    empty_like,
    eye,
    from_dlpack,
    full,
    full_like,
    linspace,
    meshgrid,
    ones,
    ones_like,
    zeros,
    zeros_like,
)  # fmt: skip
from .data_types import __array_namespace_info__, astype, broadcast_arrays, can_cast, finfo, iinfo, isdtype, result_type
from .ordering import argsort, clip, sort

__array_api_version__ = "2024.12"
newaxis = None

FUNCTIONS = [
    "abs", "acos", "acosh", "add", "all", "any", "argmax", "argmin", "asin", "asinh", "atan", "atan2", "atanh",
    "bitwise_and", "bitwise_invert", "bitwise_left_shift", "bitwise_or", "bitwise_right_shift", "bitwise_xor",
    "broadcast_to", "ceil", "concat", "conj", "copysign", "cos", "cosh", "count_nonzero", "cumulative_prod",
    "cumulative_sum", "diff", "divide", "equal", "exp", "expand_dims", "expm1", "flip", "floor", "floor_divide",
    "greater", "greater_equal", "hypot", "imag", "isfinite", "isinf", "isnan", "less", "less_equal", "log", "log10",
    "log1p", "log2", "logaddexp", "logical_and", "logical_not", "logical_or", "logical_xor", "matmul",
    "matrix_transpose", "max", "maximum", "mean", "min", "minimum", "moveaxis", "multiply", "negative", "nextafter",
    "nonzero", "not_equal", "permute_dims", "positive", "pow", "prod", "real", "reciprocal", "remainder", "repeat",
    "reshape", "roll", "round", "searchsorted", "sign", "signbit", "sin", "sinh", "sqrt", "square", "squeeze", "stack",
    "std", "subtract", "sum", "take", "take_along_axis", "tan", "tanh", "tensordot", "tile", "tril", "triu", "trunc",
    "unique_all", "unique_counts", "unique_inverse", "unique_values", "unstack", "var", "vecdot", "where",
]  # fmt: skip

globals().update({name: answer for name, answer in namespace().items() if name in FUNCTIONS})

__all__ = [  # noqa: PLE0604  # most names are computed
    "__array_api_version__", "__array_namespace_info__", "arange", "argsort", "asarray", "astype", "bool",
    "broadcast_arrays", "can_cast", "clip", "complex128", "complex64", "e", "empty", "empty_like", "eye", "fft",
    "finfo", "float32", "float64", "from_dlpack", "full", "full_like", "iinfo", "inf", "int16", "int32", "int64",
    "int8", "isdtype", "linalg", "linspace", "meshgrid", "nan", "newaxis", "ones", "ones_like", "pi", "result_type",
    "sort", "uint16", "uint32", "uint64", "uint8", "zeros", "zeros_like",
    *FUNCTIONS,
]  # fmt: skip
