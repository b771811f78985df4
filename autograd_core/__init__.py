"""Reverse-mode automatic differentiation that records the graph it differentiates.

>>> import numpy as np, autograd_core as ag
>>> x = ag.tensor([1.0, 2.0, 3.0], requires_grad=True)
>>> loss = np.sum(np.sin(x) * x)
>>> loss.backward()
>>> x.grad
tensor([ 1.38177329,  0.07700375, -2.82885748])
"""

import gc as _gc
from importlib import import_module as _import_module
from typing import Any as _Any

_collecting = _gc.isenabled()
_gc.disable()  # what a declaration makes stays: to search it for garbage would take a sixth of the import

from . import batching, exchange, methods, scalars, tensors, ufunc_calls
from .batching import vmap
from .families import composed, elementwise, fixed, layout, multilinear, primitive
from .hooks import hooked
from .jacobians import hessian, hvp, jacobian, jvp, linearize
from .modes import enable_grad, no_grad, set_grad_enabled
from .numpy_api import PLAIN as _PLAIN
from .numpy_api import answerable as _answerable
from .numpy_api import row_of as _row_of
from .recording import Scalar, Tensor, Value
from .scalars import scalar
from .scopes import Scoped, scope
from .tensors import asarray, stop_gradient, tensor
from .transforms import grad, gradients, record, value_and_grad, vjp
from .writing import updatable, writable

__version__ = "0.1.0"

globals().update(_PLAIN)
tensors.install()
scalars.install()
methods.install()
ufunc_calls.install()
batching.install()
exchange.install()

_LAZY = {
    "array_api": "array_api", "debugging": "debugging", "displays": "displays",
    "drawing": "drawing", "exploring": "exploring", "ops": "ops", "random": "random",
    "special": "special", "testing": "testing",
    "fft": "numpy_api.fft", "linalg": "numpy_api.linalg", "polynomial": "numpy_api.polynomial",
    "Drawing": "drawing", "draw": "drawing", "explore": "exploring", "detect_anomaly": "debugging", "why_no_grad": "debugging",
    "checkpoint": "checkpoints", "custom_jvp": "custom", "custom_root": "implicit", "custom_vjp": "custom",
    "drawn_from": "streams",
}  # fmt: skip
_FUNCTIONS = _answerable()


def __getattr__(name: str) -> _Any:
    """What is got when it is first asked for: NumPy's functions as they are here, and the parts that load on first use."""
    if name in _FUNCTIONS:
        found = _row_of(_FUNCTIONS[name]).answer
    elif name in _LAZY:
        module = _import_module(f".{_LAZY[name]}", __name__)
        found = module if _LAZY[name].endswith(name) else getattr(module, name)
    else:
        raise AttributeError(f"module 'autograd_core' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, *_LAZY, "errors", "__version__"})


_EXPLICIT = [
    "Scalar", "Scoped", "Tensor", "Value", "asarray", "checkpoint", "composed", "custom_jvp", "custom_root",
    "custom_vjp", "detect_anomaly", "drawn_from", "elementwise", "enable_grad", "fft", "fixed", "grad", "gradients",
    "hessian", "hooked", "hvp", "jacobian", "jvp", "layout", "linalg", "linearize", "multilinear", "no_grad", "ops",
    "polynomial", "primitive", "random", "record", "scalar", "scope", "set_grad_enabled", "special", "stop_gradient",
    "tensor", "updatable", "value_and_grad", "vjp", "vmap", "why_no_grad", "writable",
]  # fmt: skip
__all__ = [*_EXPLICIT, *_PLAIN, *_FUNCTIONS]  # noqa: PLE0604  # NumPy's names, as far as they have an answer here

if _collecting:
    _gc.enable()
