"""The number face: operators, methods and attributes of `Scalar`, on Python floats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import dispatch
from .backward import backward
from .errors import DTypeError, GradientError, MutationError
from .hooks import register_hook
from .leaving import as_array, as_bool, as_complex, as_float, as_int, let_go, no_mask
from .memory import serials
from .modes import current
from .primitive import Primitive
from .primitives import arithmetic, powers, steps
from .recording import KEEP, Node, Scalar, Value, leaf, scalar_of
from .scopes import current_scope
from .tensors import (
    COMPARISONS,
    OPERATORS,
    UNARY,
    detach,
    get_grad,
    get_role,
    install_operators,
    numbers,
    reflected,
    requires_grad_,
    set_grad,
    set_name,
    set_requires_grad,
    set_role,
)
from .ufunc_calls import array_ufunc


def scalar(value: Any, name: str | None = None, requires_grad: bool = True) -> Scalar:
    """A Scalar: one recorded Python float.

    >>> import autograd_core as ag
    >>> a, b = ag.scalar(2.0, name="a"), ag.scalar(-3.0, name="b")
    >>> (a * b).backward()
    >>> a.grad, b.grad
    (-3.0, 2.0)
    """
    value = numbers(value, "ag.scalar")
    if value.ndim or value.dtype.kind == "c":
        raise DTypeError(f"a Scalar holds one real number, not {value!r}; use ag.tensor")
    s = scalar_of(float(value), None)
    s.node = new_leaf(s._data, requires_grad)
    if name is not None:
        s.node.describe().name = name
    return s


def new_leaf(value: float, requires_grad: bool) -> Node:
    return leaf(value, requires_grad, current_scope())


# -- call paths of the operators: floats in, floats out ----------------------------------------------------------------------


def binary_operator(made: Primitive) -> Callable[[Any, Any], Any]:
    forward: Any = made.scalar
    both, first = made.route((0, 1), "same"), made.route((0,), "same")
    keep_both = tuple(k in both.keeps for k in (0, 1, -1))
    keep_first = tuple(k in first.keeps for k in (0, 1, -1))

    def call(a: Any, b: Any) -> Any:
        m = a.node
        kind = type(b)
        if m is None or not m.requires_grad or not current().plain:
            return made.call(a, b)
        x = a._data
        if kind is Scalar:
            z = b._data
            n = b.node
            if n is None or not n.requires_grad:
                return made.call(a, b)
            route = both
            keeps_a, keeps_b, keeps_y = keep_both
        elif kind is float or kind is int:
            z = n = b
            route = first
            keeps_a, keeps_b, keeps_y = keep_first
        else:
            return made.call(a, b)
        try:
            y = forward(x, z)
        except ArithmeticError:  # Python raises where IEEE arithmetic gives inf or nan
            with np.errstate(all="ignore"):
                y = made.forward(x, z)
        if type(y) is not float:
            y = float(y)
        node = Node()
        node.serial = next(serials)
        node.route = route
        node.requires_grad = True
        node.first = m
        node.second = n
        node.x = x if keeps_a else None
        node.z = z if keeps_b else None
        node.y = y if keeps_y else None
        node.value = y
        node.scope = current_scope()
        node.settings = node.storage = node.grad = node.about = None
        node.watch = KEEP
        s = Scalar()
        s._data = y
        s.node = node
        return s

    return call


def operator_for(function: np.ufunc) -> Callable[..., Any]:
    """The Scalar's operator for a ufunc: a fast path of its own where the primitive has a form for floats."""
    call = dispatch.ufuncs[function]
    made = getattr(call, "__self__", None) or PRIMITIVES.get(function)
    if isinstance(made, Primitive) and made.scalar is not None and len(made.partials) == 2:
        return binary_operator(made)
    return call


PRIMITIVES: dict[np.ufunc, Primitive] = {
    np.add: arithmetic.add,
    np.subtract: arithmetic.subtract,
    np.multiply: arithmetic.multiply,
    np.divide: arithmetic.divide,
    np.power: powers.power,
}


def compared(function: np.ufunc) -> Callable[[Any, Any], Any]:
    """A comparison: a plain bool between numbers, a Tensor against one."""
    call = dispatch.ufuncs[function]

    def compare(self: Scalar, other: Any) -> Any:
        if isinstance(other, Scalar):
            return bool(function(self._data, other._data))
        if isinstance(other, (int, float)):
            return bool(function(self._data, other))
        return call(self, other) if isinstance(other, (Value, np.ndarray, np.generic)) else NotImplemented

    return compare


# -- attributes --------------------------------------------------------------------------------------------------------------


def set_data(self: Scalar, value: Any) -> None:
    node = self.node
    if node is not None and node.route is not None:
        raise MutationError("only a leaf can be given a new value; this Scalar was computed")
    self._data = float(value)
    if node is not None:
        node.value = self._data


def text(self: Scalar) -> str:
    name = "" if self.node is None or self.node.name is None else f", name={self.node.name!r}"
    return f"scalar({self._data!r}{name})"


def rebuild(value: float, requires_grad: bool, name: str | None, grad: Any, role: str | None) -> Scalar:
    s = scalar(value, name, requires_grad)
    s.grad = grad
    if role is not None:
        s.role = role
    return s


def parts(self: Scalar, protocol: Any = None) -> tuple[Any, ...]:
    node = self.node
    if node is not None and node.requires_grad and node.route is not None:
        raise GradientError("only leaves can be pickled or deep-copied; use x.detach() for the value")
    requires_grad = node is not None and node.requires_grad
    name, grad = (None, None) if node is None else (node.name, node.grad)
    grad = grad._data if isinstance(grad, Scalar) else grad  # a copy has no history
    return rebuild, (self._data, requires_grad, name, grad, self.role)


def unary_method(function: np.ufunc) -> Callable[[Scalar], Any]:
    call = dispatch.ufuncs[function]
    return lambda self: call(self)


def install() -> None:
    """Make `Scalar` what users see."""
    operators = {n: f for n, f in OPERATORS.items() if n not in ("matmul", "and", "or", "xor", "lshift", "rshift")}
    install_operators(Scalar, [operators], operator_for)
    install_operators(Scalar, [COMPARISONS], compared)
    install_operators(Scalar, [UNARY], dispatch.ufuncs.__getitem__)
    for name, function in operators.items():
        setattr(Scalar, f"__r{name}__", reflected(dispatch.ufuncs[function]))
    for name in ("exp", "log", "sin", "cos", "tan", "tanh", "sqrt"):
        setattr(Scalar, name, unary_method(getattr(np, name)))
    attributes: dict[str, Any] = {
        "__round__": lambda self, decimals=None: steps.round(self, decimals or 0),
        "__hash__": object.__hash__,
        "__array__": as_array,
        "_mask": property(no_mask),
        "__array_ufunc__": array_ufunc,
        "__array_function__": dispatch.array_function,
        "__bool__": as_bool,
        "__float__": as_float,
        "__int__": as_int,
        "__complex__": as_complex,
        "__repr__": text,
        "__format__": lambda self, spec: format(self._data, spec),
        "__reduce_ex__": parts,
        "__copy__": lambda self: scalar_of(self._data, self.node),
        "backward": backward,
        "register_hook": register_hook,
        "requires_grad_": requires_grad_,
        "item": lambda self: let_go(self, ".item()"),
        "detach": detach,
        "scalar": lambda self: self,
        "data": property(lambda self: let_go(self, ".data"), set_data),
        "grad": property(get_grad, set_grad),
        "name": property(lambda self: None if self.node is None else self.node.name, set_name),
        "role": property(get_role, set_role),
        "requires_grad": property(lambda self: self.node is not None and self.node.requires_grad, set_requires_grad),
        "is_leaf": property(lambda self: self.node is None or self.node.route is None),
        "shape": property(lambda self: ()),
        "ndim": property(lambda self: 0),
        "size": property(lambda self: 1),
        "dtype": property(lambda self: np.dtype(float)),
    }
    for name, attribute in attributes.items():
        setattr(Scalar, name, attribute)
