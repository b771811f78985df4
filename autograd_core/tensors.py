"""The array face: operators, methods and attributes of `Tensor`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

import numpy as np

from . import absent, dispatch
from .backward import backward
from .batches import Batched
from .errors import (
    DTypeError,
    GradientError,
    LeavingError,
    MutationError,
    ShapeError,
    UnsupportedError,
)
from .families.general import share
from .generic import operand
from .hooks import register_hook, retain_grad
from .leaving import as_array, as_bool, as_complex, as_float, as_index, as_int, leaving, let_go, no_mask, read_only
from .memory import protected
from .primitives import arithmetic, indexing, layouts, powers, steps
from .recording import About, Array, Tensor, Value, check_differentiable, kept, leaf, numbers_of, tensor_of
from .scopes import current_scope
from .trees import flatten
from .ufunc_calls import array_ufunc
from .writing import augmented, setitem


def tensor(data: Any, requires_grad: bool = False, dtype: Any = None, name: str | None = None) -> Tensor:
    """A Tensor with a copy of the data.

    data           anything that np.array takes
    requires_grad  record what is computed from it; floating and complex dtypes only
    dtype          NumPy's choice by default: float64 for Python floats
    name           shown in drawings and errors

    Raises DTypeError if an integer or boolean value is to require a gradient.

    >>> import autograd_core as ag
    >>> w = ag.tensor([[1.0, 2.0]], requires_grad=True, name="w")
    >>> w.shape, w.requires_grad
    ((1, 2), True)
    """
    t = tensor_of(numbers(data, "ag.tensor", dtype), None)
    if requires_grad:
        t.requires_grad_()
    if name is not None:
        t.name = name
    return t


def numbers(data: Any, asked: str, dtype: Any = None) -> Array:
    """A new array of numbers from data; refused for a value that is recorded, and for anything but numbers."""
    if isinstance(data, Value):
        data = leaving(data, f"{asked}()", "Use x.clone() for a recorded copy")
    if isinstance(data, np.ma.MaskedArray):
        data = operand(data)  # refused: its mask would be lost
    try:
        array = np.array(data, dtype=dtype)
    except (ValueError, TypeError) as error:
        if isinstance(error, LeavingError):
            raise
        raise DTypeError(
            f"{asked} takes numbers and (nested) sequences of equal lengths, not {data!r}: {error}"
        ) from error
    if array.dtype.kind not in "biufc":
        raise DTypeError(
            f"{asked} takes numbers, not {data!r} of dtype {array.dtype}; to join recorded values use ag.stack"
        )
    return array


def asarray(data: Any, dtype: Any = None) -> Tensor:
    """The Tensor itself, or a Tensor over the data: a copy, unless it is an array that nobody can change.

    That is an array which owns its memory and is read-only. Raises DTypeError for anything but numbers.

    >>> import numpy as np, autograd_core as ag
    >>> ag.asarray([1, 2]).dtype == np.asarray([1, 2]).dtype
    True
    """
    if isinstance(data, (Tensor, Batched)):
        return data if dtype is None or data.dtype == dtype else layouts.astype(data, dtype)  # type: ignore[return-value]
    if isinstance(data, np.ndarray) and data.dtype.kind in "biufc" and (dtype is None or data.dtype == dtype):
        return tensor_of(protected(data), None)
    return tensor_of(numbers(data, "ag.asarray", dtype), None)


def stop_gradient(x: Any) -> Any:
    """The same values as constants, in their containers: no gradient flows back through them, no tangent forward.

    Anything else in the containers stays as it is. A constant shares memory with the value it was made of.

    >>> import autograd_core as ag
    >>> ag.grad(lambda x: x * ag.stop_gradient(x))(3.0)
    3.0
    >>> ag.stop_gradient({"w": ag.tensor([1.0], requires_grad=True), "n": 2})
    {'w': tensor([1.]), 'n': 2}
    """
    leaves, rebuilt = flatten(x)
    return rebuilt([leaf.detach() if isinstance(leaf, Value) else leaf for leaf in leaves])


# -- attributes --------------------------------------------------------------------------------------------------------------


def set_data(self: Tensor, array: Any) -> None:
    if not self.is_leaf:
        raise MutationError("only a leaf can be given a new array; this value was computed")
    data = np.array(numbers_of(array))
    if data.shape != self.shape:
        raise ShapeError(f"new data of shape {data.shape} for a value of shape {self.shape}")
    if self.requires_grad:
        check_differentiable(data.dtype)
    self._data = data
    self.storage = None
    if self.node is not None:
        self.node.value = kept(data)  # its storage stays: what was written to the old array stays known


def about(value: Value) -> About:
    """What is known of a value; one without a node is given one."""
    if value.node is None or value.node.serial == 0:
        value.node = leaf(kept(value._data), False, current_scope())
    return value.node.describe()


def set_name(self: Any, name: str | None) -> None:
    about(self).name = name


def get_role(self: Value) -> str | None:
    """What a value is for, such as "parameter"."""
    return None if self.node is None or self.node.about is None else self.node.about.role


def set_role(self: Value, role: str | None) -> None:
    about(self).role = role


def set_grad(self: Value, gradient: Any) -> None:
    if gradient is not None:
        if isinstance(self, Tensor):
            gradient = gradient if isinstance(gradient, Tensor) else tensor(gradient, dtype=self.dtype)
            if gradient.shape != self.shape:
                raise ShapeError(f"a gradient of shape {gradient.shape} for a value of shape {self.shape}")
            if gradient.dtype != self.dtype:
                raise DTypeError(
                    f"a gradient of dtype {gradient.dtype} for a value of dtype {self.dtype}: use g.astype(x.dtype)"
                )
        if self.node is None:
            raise GradientError("this value does not require a gradient, so it cannot be given one")
    if self.node is not None:
        self.node.grad = gradient


def get_grad(self: Value) -> Any:
    """The gradient that `backward` has accumulated; None before."""
    return None if self.node is None else self.node.grad


def requires_grad_(self: Value, flag: bool = True) -> Value:
    """Let a leaf require a gradient, or no longer; returns the value itself."""
    if flag == self.requires_grad:
        return self
    if not self.is_leaf:
        raise GradientError("only a leaf can stop requiring a gradient; use x.detach() for a computed value")
    if flag:
        check_differentiable(self.dtype)
    if self.node is None or self.node.route is not None:  # computed, but without gradient: from here on it is a leaf
        self.node = leaf(kept(self._data), flag, current_scope())
        self.node.storage = getattr(self, "storage", None)
    if flag and isinstance(self, Tensor):
        self._data = np.asarray(self._data)  # a single number too, so that it can be updated in place
    self.node.requires_grad = flag
    return self


def set_requires_grad(self: Value, flag: bool) -> None:
    requires_grad_(self, flag)


def detach(self: Any) -> Any:
    """The same value as a constant; a Tensor shares its memory, so that writes are seen."""
    constant = layouts.detached.call(self)
    if isinstance(self, Tensor):
        share(self, constant)
    return constant


def text(self: Tensor) -> str:
    body = np.array2string(np.asarray(self._data), separator=", ", prefix="tensor(")
    if self._data.dtype not in (np.dtype(float), np.dtype(int), np.dtype(bool)):
        body += f", dtype={self._data.dtype}"
    if self.requires_grad:
        body += ", requires_grad=True"
    return f"tensor({body})"


def iterate(self: Tensor) -> Iterator[Any]:
    if self._data.ndim == 0:
        raise TypeError("iteration over a tensor of shape (): it is a single number")
    return (self[i] for i in range(len(self._data)))


def rebuild(
    data: Any, requires_grad: bool, name: str | None, grad: Any, kind: type[Tensor], role: str | None
) -> Tensor:
    """A leaf from its parts; for pickle and deepcopy."""
    t = kind()
    t._data, t.node, t.storage = data, None, None
    if requires_grad:
        t.requires_grad_()
    if name is not None:
        t.name = name
    if role is not None:
        t.role = role
    if grad is not None:
        t.grad = grad
    return t


def parts(self: Tensor, protocol: Any = None) -> tuple[Any, ...]:
    if self.requires_grad and not self.is_leaf:
        raise GradientError(
            "only leaves can be pickled or deep-copied; use x.detach() for the value, x.clone() to stay recorded"
        )
    grad = None if self.grad is None else self.grad.detach()  # a copy has no history
    return rebuild, (np.array(self._data), self.requires_grad, self.name, grad, type(self), self.role)


def shallow(self: Tensor) -> Tensor:
    t = type(self)()
    t._data, t.node, t.storage = self._data, self.node, None
    share(self, t)
    return t


# -- installation ------------------------------------------------------------------------------------------------------------

OPERATORS: dict[str, np.ufunc] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "pow": np.power, "mod": np.remainder,
    "floordiv": np.floor_divide, "matmul": np.matmul, "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor,
    "lshift": np.left_shift, "rshift": np.right_shift, "divmod": np.divmod,
}  # fmt: skip
COMPARISONS: dict[str, np.ufunc] = {
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
}  # fmt: skip
UNARY: dict[str, np.ufunc] = {"neg": np.negative, "pos": np.positive, "abs": np.absolute, "invert": np.invert}


def reflected(call: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    return lambda self, other: call(other, self)


def install_operators(face: type[Value], tables: list[dict[str, np.ufunc]], call_of: Callable[[np.ufunc], Any]) -> None:
    """Give a face Python's operators, from the primitives that answer for NumPy's functions."""
    for table in tables:
        for name, function in table.items():
            setattr(face, f"__{name}__", call_of(function))


def square_or_power(self: Tensor, exponent: Any, modulus: Any = None) -> Any:
    if modulus is not None:
        raise UnsupportedError("pow() of a value with a modulus is not recorded: write x ** exponent % modulus")
    # a square is far cheaper than a general power, forward and back
    if type(exponent) is int and exponent == 2:
        return powers.square.call(self)
    return powers.power.call(self, exponent)


PARTS = {
    "T": property(layouts.transpose),
    "mT": property(layouts.matrix_transpose),
    "real": property(arithmetic.real),
    "imag": property(arithmetic.imag),
}
"""The attributes that are operations."""

ATTRIBUTES = ("shape", "dtype", "ndim", "size", "nbytes", "itemsize", "strides")
"""The attributes that are those of the array."""


def install() -> None:
    """Make `Tensor` what users see."""
    answer = dispatch.ufuncs.__getitem__
    install_operators(Tensor, [OPERATORS, COMPARISONS, UNARY], answer)
    for name, function in OPERATORS.items():
        setattr(Tensor, f"__r{name}__", reflected(answer(function)))
        if name != "divmod":
            setattr(Tensor, f"__i{name}__", augmented(function))
    attributes: dict[str, Any] = {
        "__pow__": square_or_power,
        "__round__": lambda self, decimals=None: steps.round(self, decimals or 0),
        "__hash__": object.__hash__,
        "__array_ufunc__": array_ufunc,
        "__array_function__": dispatch.array_function,
        "__array__": as_array,
        "_mask": property(no_mask),
        "__bool__": as_bool,
        "__float__": as_float,
        "__int__": as_int,
        "__index__": as_index,
        "__complex__": as_complex,
        "__getitem__": indexing.getitem,
        "__setitem__": setitem,
        "__iter__": iterate,
        "__contains__": lambda self, x: bool(np.any(np.equal(self._data, numbers_of(x)))),
        "__len__": lambda self: len(self._data),
        "__repr__": text,
        "__format__": lambda self, spec: format(self._data if self._data.ndim else self._data.item(), spec),
        "__reduce_ex__": parts,
        "__copy__": shallow,
        "backward": backward,
        "requires_grad_": requires_grad_,
        "detach": detach,
        "clone": layouts.clone.call,
        "retain_grad": retain_grad,
        "register_hook": register_hook,
        "scalar": layouts.to_scalar.call,
        "item": lambda self, *index: let_go(self, ".item()").item(*index),
        "tolist": lambda self: let_go(self, ".tolist()").tolist(),
        "numpy": lambda self: read_only(np.asarray(let_go(self, ".numpy()"))),
        "data": property(lambda self: read_only(np.asarray(let_go(self, ".data"))), set_data),
        "grad": property(get_grad, set_grad),
        "name": property(lambda self: None if self.node is None else self.node.name, set_name),
        "role": property(get_role, set_role),
        "requires_grad": property(lambda self: self.node is not None and self.node.requires_grad, set_requires_grad),
        "is_leaf": property(lambda self: self.node is None or self.node.route is None or not self.node.requires_grad),
        **{name: property(attrgetter(f"_data.{name}")) for name in ATTRIBUTES},
        **absent.ATTRIBUTES,
        **PARTS,
    }
    for name, attribute in attributes.items():
        setattr(Tensor, name, attribute)
