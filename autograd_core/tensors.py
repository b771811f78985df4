"""The array face: operators, methods and attributes of `Tensor`."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any

import numpy as np

from . import dispatch
from .backward import backward, require_graph
from .errors import GradientError, LeavingError, MutationError, ShapeError, UnsupportedError
from .families.general import share
from .modes import current
from .primitives import arithmetic, elementary, indexing, layouts
from .recording import (
    KEEP,
    About,
    Array,
    Clock,
    Storage,
    Tensor,
    Value,
    Watch,
    check_differentiable,
    guard,
    kept,
    leaf,
    serials,
    tensor_of,
)

_hook_keys = count()


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
    if isinstance(data, Tensor):
        data = data._data
    t = tensor_of(np.array(data, dtype=dtype), None)
    if t._data.dtype == object:
        raise UnsupportedError(f"a Tensor holds numbers, not {data!r}; to join recorded values use ag.stack")
    if requires_grad:
        t.requires_grad_()
    if name is not None:
        t.name = name
    return t


def asarray(data: Any, dtype: Any = None) -> Tensor:
    """The Tensor itself, or a Tensor over the data without a copy where NumPy needs none."""
    if isinstance(data, Tensor):
        return data if dtype is None or data.dtype == dtype else layouts.astype(data, dtype)
    return tensor_of(np.asarray(data, dtype=dtype), None)


def stop_gradient(x: Any) -> Any:
    """The same value as a constant: no gradient flows back through it."""
    return x.detach() if isinstance(x, Value) else x


# -- leaving the record ------------------------------------------------------------------------------------------------------


def leaving(value: Value, kind: str, remedy: str) -> Any:
    """The bare data of a value that leaves as a bool, number or array; refused where its gradient would be cut."""
    node = value.node
    if guard.hook is not None:
        guard.hook(value, kind)
    if node is not None and node.requires_grad and current().recording:
        raise LeavingError(
            f"{kind} of a value that needs a gradient would cut the gradient silently. {remedy}; "
            f"where no gradient is meant to flow, say so with .item(), .numpy() or .detach()"
        )
    return value._data


def as_bool(self: Value) -> bool:
    data = leaving(self, "bool()", "Compare it first, as in `if x > 0`, or choose elementwise with ag.where")
    return bool(data)


def as_float(self: Value) -> float:
    return float(np.asarray(leaving(self, "float()", "Keep the value itself: functions of autograd_core and NumPy take it")).item())


def as_int(self: Value) -> int:
    return int(leaving(self, "int()", "Use ag.trunc or x.astype(int) for a value without gradient"))


def as_index(self: Tensor) -> int:
    return operator.index(np.asarray(leaving(self, "index()", "Use a plain integer")).item())


def as_complex(self: Value) -> complex:
    return complex(leaving(self, "complex()", "Keep the value itself"))


def as_array(self: Tensor, dtype: Any = None, copy: bool | None = None) -> Array:
    remedy = "Use the ag. function of the same name, and ag.stack or ag.concatenate to build arrays from values"
    data = leaving(self, "conversion to a NumPy array", remedy)
    return np.array(data, dtype=dtype) if copy else read_only(np.asarray(data, dtype=dtype))


def read_only(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view


# -- writing -----------------------------------------------------------------------------------------------------------------


def writable(self: Tensor) -> Array:
    """The array of a tensor that is about to be written in place; the write is stamped, so that walks notice it.

    What an optimiser writes to: the cheapest way in, and unlike `p -= x` it asks for no `no_grad`. Take it anew for each write.

    >>> import autograd_core as ag
    >>> w = ag.tensor([1.0, 2.0], requires_grad=True)
    >>> ag.writable(w)[:] = 0.0
    >>> w
    tensor([0., 0.], requires_grad=True)
    """
    if not isinstance(self._data, np.ndarray) or not self._data.flags.writeable:
        self._data = np.array(self._data)
        self.storage = None
        if self.node is not None and self.node.route is None:
            self.node.value = kept(self._data)
    if self.storage is None:
        self.storage = Storage()
    if self.node is not None:
        self.node.storage = self.storage
    self.storage.written = Clock.last_write = next(serials)
    return self._data


def updatable(leaves: Iterable[Tensor]) -> list[tuple[Array, Array] | None]:
    """Per leaf: its array, about to be written in place, and that of its gradient; None where there is no gradient.

    As `writable`, for all parameters that an optimiser is about to change at once.

    >>> import autograd_core as ag
    >>> w = ag.tensor([1.0, 2.0], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> for array, gradient in ag.updatable([w]):
    ...     array -= 0.25 * gradient
    >>> w
    tensor([0.5, 1. ], requires_grad=True)
    """
    now = Clock.last_write = next(serials)
    found: list[tuple[Array, Array] | None] = []
    for leaf in leaves:
        node, storage, data = leaf.node, leaf.storage, leaf._data
        if node is None or node.grad is None:
            found.append(None)
            continue
        if storage is None or type(data) is not np.ndarray or not data.flags.writeable:
            data = writable(leaf)
        else:
            node.storage = storage
            storage.written = now
        found.append((data, node.grad._data))
    return found


def is_recorded(*values: Any) -> bool:
    """Whether an operation on these values would be recorded now."""
    return current().recording and any(isinstance(v, Value) and v.node is not None and v.node.requires_grad for v in values)


def rebind(self: Tensor, y: Tensor, asked: str) -> Tensor:
    """Let a handle stand for a new value, as a recorded write does; nothing else may still look at the old memory."""
    if self.is_leaf and self.requires_grad:
        raise MutationError(
            f"{asked} would overwrite a leaf that requires a gradient. To update it write inside `with ag.no_grad():`; to compute "
            f"with the changed value write x = x + ... instead"
        )
    if y.shape != self.shape:
        raise ShapeError(f"{asked} of shape {y.shape} does not fit into a value of shape {self.shape}")
    for reference in self.storage.handles if self.storage is not None else ():
        other = reference()
        if other is not None and other is not self and np.may_share_memory(other._data, self._data):
            raise MutationError(
                f"{asked} would have to change a view of the same memory (shape {other.shape}), which a recorded value cannot. "
                f"Write x = x + ... to make a new value, or take the view afterwards"
            )
    if y.dtype != self.dtype:
        if not np.can_cast(y.dtype, self.dtype, "same_kind"):
            raise MutationError(f"{asked}: a {y.dtype} result does not fit into a {self.dtype} value")
        y = layouts.astype(y, self.dtype)
    self._data, self.node, self.storage = y._data, y.node, y.storage
    return self


def augmented(ufunc: np.ufunc) -> Callable[[Tensor, Any], Tensor]:
    """`+=` and its kin: in place while nothing is recorded, else a new value under the same handle."""
    call = dispatch.ufuncs[ufunc]

    def assign(self: Tensor, other: Any) -> Tensor:
        if is_recorded(self, other):
            return rebind(self, call(self, other), f"in-place {ufunc.__name__}")
        ufunc(self._data, other._data if isinstance(other, Value) else other, out=writable(self))
        return self

    return assign


def setitem(self: Tensor, index: Any, value: Any) -> None:
    if is_recorded(self, value):
        if np.result_type(self.dtype, value.dtype if isinstance(value, Tensor) else value) != self.dtype:
            value = layouts.astype(value, self.dtype)
        rebind(self, indexing.put(self, value, index=indexing.plain_index(index)), "x[...] = value")
    else:
        writable(self)[indexing.plain_index(index)] = value._data if isinstance(value, Value) else value


def write_out(out: tuple[Any, ...], answer: Callable[..., Any], inputs: tuple[Any, ...], kwargs: Any) -> Any:
    """A ufunc's `out=`: in place into a Tensor while nothing is recorded."""
    (target,) = out
    if not isinstance(target, Tensor) or is_recorded(target, *inputs):
        raise MutationError(
            "out= writes in place, which a recorded value cannot take: assign the result instead, or write inside "
            "`with ag.no_grad():` into a Tensor"
        )
    result = answer(*inputs, **kwargs)
    np.copyto(writable(target), result._data if isinstance(result, Value) else result, casting="same_kind")
    return target


dispatch.writers["out"] = write_out


# -- attributes --------------------------------------------------------------------------------------------------------------


def set_data(self: Tensor, array: Any) -> None:
    if not self.is_leaf:
        raise MutationError("only a leaf can be given a new array; this value was computed")
    data = np.array(array._data if isinstance(array, Value) else array)
    if data.shape != self.shape:
        raise ShapeError(f"new data of shape {data.shape} for a value of shape {self.shape}")
    if self.requires_grad:
        check_differentiable(data.dtype)
    self._data = data
    self.storage = None
    if self.node is not None:
        self.node.value, self.node.storage = kept(data), None


def about(value: Value) -> About:
    """What is known of a value; one without a node is given one."""
    if value.node is None or value.node.serial == 0:
        value.node = leaf(kept(value._data), False, current().scope)
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
            gradient = asarray(gradient)
            if gradient.shape != self.shape:
                raise ShapeError(f"a gradient of shape {gradient.shape} for a value of shape {self.shape}")
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
    known = None if self.node is None else self.node.about
    self.node = leaf(kept(self._data), flag, current().scope)
    self.node.storage, self.node.about = getattr(self, "storage", None), known
    return self


def detach(self: Tensor) -> Tensor:
    """The same array as a constant; shares memory, so that writes are seen."""
    constant = tensor_of(self._data, None)
    share(self, constant)
    return constant


def retain_grad(self: Value) -> None:
    """Keep the gradient of this computed value in `.grad` too."""
    watch_of(self, "retain_grad()").keep = True


def register_hook(self: Value, hook: Callable[[Any], Any]) -> Callable[[], None]:
    """Call `hook(gradient)` whenever a gradient of this value is computed; a value it returns replaces the gradient.

    Returns a function that removes the hook.
    """
    watch, key = watch_of(self, "register_hook()"), next(_hook_keys)
    watch.hooks[key] = hook
    return lambda: watch.hooks.pop(key, None) and None


def watch_of(value: Value, asked: str) -> Watch:
    """The node's own watch, made when first asked for."""
    node = require_graph(value, asked)
    if node.watch is None or node.watch is KEEP:
        node.watch = Watch(keep=node.watch is KEEP)
    return node.watch


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


def rebuild(data: Any, requires_grad: bool, name: str | None, grad: Any, kind: type[Tensor], role: str | None) -> Tensor:
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
        raise GradientError("only leaves can be pickled or deep-copied; use x.detach() for the value, x.clone() to stay recorded")
    return rebuild, (np.array(self._data), self.requires_grad, self.name, self.grad, type(self), self.role)


def shallow(self: Tensor) -> Tensor:
    t = type(self)()
    t._data, t.node, t.storage = self._data, self.node, self.storage
    return t


# -- installation ------------------------------------------------------------------------------------------------------------

OPERATORS: dict[str, np.ufunc] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "pow": np.power, "mod": np.remainder,
    "floordiv": np.floor_divide, "matmul": np.matmul, "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor,
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


def square_or_power(self: Tensor, exponent: Any) -> Any:
    # a square is far cheaper than a general power, forward and back
    if type(exponent) is int and exponent == 2:
        return arithmetic.square.call(self)
    return arithmetic.power.call(self, exponent)


def install() -> None:
    """Make `Tensor` what users see."""
    answer = dispatch.ufuncs.__getitem__
    install_operators(Tensor, [OPERATORS, COMPARISONS, UNARY], answer)
    for name, function in OPERATORS.items():
        setattr(Tensor, f"__r{name}__", reflected(answer(function)))
        if name not in ("matmul",):
            setattr(Tensor, f"__i{name}__", augmented(function))
    attributes: dict[str, Any] = {
        "__pow__": square_or_power,
        "__hash__": object.__hash__,
        "__array_ufunc__": dispatch.array_ufunc,
        "__array_function__": dispatch.array_function,
        "__array__": as_array,
        "__bool__": as_bool,
        "__float__": as_float,
        "__int__": as_int,
        "__index__": as_index,
        "__complex__": as_complex,
        "__getitem__": indexing.getitem,
        "__setitem__": setitem,
        "__iter__": iterate,
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
        "item": lambda self: self._data.item(),
        "tolist": lambda self: self._data.tolist(),
        "numpy": lambda self: read_only(np.asarray(self._data)),
        "data": property(lambda self: read_only(np.asarray(self._data)), set_data),
        "grad": property(get_grad, set_grad),
        "name": property(lambda self: None if self.node is None else self.node.name, set_name),
        "role": property(get_role, set_role),
        "requires_grad": property(
            lambda self: self.node is not None and self.node.requires_grad,
            lambda self, flag: self.requires_grad_(flag) and None,
        ),
        "is_leaf": property(lambda self: self.node is None or self.node.route is None or not self.node.requires_grad),
        "shape": property(lambda self: self._data.shape),
        "dtype": property(lambda self: self._data.dtype),
        "ndim": property(lambda self: self._data.ndim),
        "size": property(lambda self: self._data.size),
        "T": property(layouts.transpose),
        "mT": property(layouts.matrix_transpose),
        "real": property(arithmetic.real),
        "imag": property(arithmetic.imag),
    }
    for name, attribute in attributes.items():
        setattr(Tensor, name, attribute)
