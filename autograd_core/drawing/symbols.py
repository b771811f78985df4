"""Symbols: stand-ins for values that answer arithmetic and NumPy's functions with text, so that a rule writes itself.

>>> o = Symbol("o")
>>> str(1 - o * o), str(np.cos(Symbol("x"))), str(Symbol("g") @ np.swapaxes(Symbol("W", shape=(2, 3)), -1, -2))
('1 − o²', 'cos(x)', 'g @ Wᵀ')
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

Shape: TypeAlias = tuple[int, ...] | None

COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(6)  # how tightly a text binds, loosest first
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SUBSCRIPTS = str.maketrans("-0123456789", "₋₀₁₂₃₄₅₆₇₈₉")

FEW = 6  # indices are written out up to so many

COMPARISONS: dict[np.ufunc, str] = {
    np.equal: "=", np.not_equal: "≠", np.less: "<", np.less_equal: "≤", np.greater: ">", np.greater_equal: "≥",
    np.logical_and: "and", np.logical_or: "or", np.bitwise_and: "and", np.bitwise_or: "or",
}  # fmt: skip


def number_text(x: Any) -> str:
    """A number to four significant digits.

    >>> [number_text(x) for x in (-3.0, 0.70710678, 12345.0, -0.0, 1e-7, math.inf, math.nan)]
    ['−3', '0.7071', '1.234e4', '0', '1e−7', '∞', 'NaN']
    """
    if isinstance(x, (complex, np.complexfloating)):
        imaginary = f"{number_text(x.imag)}i"
        if x.real == 0 and x.imag:
            return imaginary
        return f"{number_text(x.real)} − {imaginary[1:]}" if x.imag < 0 else f"{number_text(x.real)} + {imaginary}"
    if isinstance(x, (bool, np.bool_)):
        return str(bool(x))
    x = float(x)
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "∞" if x > 0 else "−∞"
    mantissa, _, exponent = f"{x:.4g}".partition("e")
    text = "0" if mantissa == "-0" else mantissa if not exponent else f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−")


def is_number(x: Any) -> bool:
    """Whether x is a single plain number."""
    return isinstance(x, (bool, int, float, complex, np.generic)) or (isinstance(x, np.ndarray) and x.ndim == 0)


class Symbol:
    """A text that can be calculated with.

    shape   of the value it stands for, None when not known
    value   the number it stands for, where a rule may decide by comparing numbers; None for arrays
    scale   a number in front: "−2 × x" is x scaled by −2, so that signs and numbers gather in one place
    """

    __array_priority__ = 1000
    __hash__ = None  # type: ignore[assignment]  # `==` gives a text

    def __init__(
        self, text: str, level: int = ATOM, shape: Shape = None, dtype: Any = None, value: Any = None, scale: float = 1
    ) -> None:
        self.core, self.core_level, self.scale = text, level, scale
        self._shape, self._dtype, self.value = shape, dtype, value

    # -- as text -----------------------------------------------------------------------------------------------------

    def __str__(self) -> str:
        if self.scale == 1:
            return self.core
        body = self.core if self.core_level >= PRODUCT else f"({self.core})"
        return f"−{body}" if self.scale == -1 else f"{number_text(self.scale)} × {body}"

    __repr__ = __str__

    @property
    def level(self) -> int:
        """How tightly the text binds."""
        if self.scale == 1:
            return self.core_level
        return SIGN if self.scale == -1 and self.core_level > PRODUCT else PRODUCT

    def within(self, level: int) -> str:
        """The text as a part of something that binds as tightly as `level`."""
        return str(self) if self.level >= level else f"({self})"

    def inner(self) -> Symbol:
        """Without the number in front."""
        return Symbol(self.core, self.core_level, self._shape)

    # -- what rules ask of an array ----------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        if self._shape is None:
            raise TypeError(f"the shape of {self} is not known")
        return self._shape

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def dtype(self) -> Any:
        if self._dtype is None:
            raise TypeError(f"the dtype of {self} is not known")
        return self._dtype

    @property
    def T(self) -> Symbol:
        return transpose(self)

    @property
    def mT(self) -> Symbol:
        return swapaxes(self, -1, -2)

    def __bool__(self) -> bool:
        raise TypeError(f"whether {self} holds is not known")

    def __iter__(self) -> Any:
        raise TypeError(f"the elements of {self} are not known")

    def __getitem__(self, index: Any) -> Symbol:
        return Symbol(f"{self.within(ATOM)}[{index_text(index)}]")

    # -- operators ---------------------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **settings: Any) -> Any:
        if method != "__call__":
            return called(f"{ufunc.__name__}.{method}", inputs)
        if ufunc in COMPARISONS:
            return compared(ufunc, *inputs)
        writer = WRITERS.get(ufunc)
        made = called(ufunc.__name__, inputs) if writer is None else writer(*inputs)
        if isinstance(made, Symbol) and ufunc is not np.matmul:
            made._shape = broadcast(*inputs)
        return made

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, settings: Any) -> Any:
        writer = FUNCTION_WRITERS.get(function)
        return called(function.__name__, args) if writer is None else writer(*args, **settings)

    def astype(self, *args: Any, **settings: Any) -> Symbol:
        return self


def install() -> None:
    """Python's operators, by way of NumPy's ufuncs."""
    operators: dict[str, np.ufunc] = {
        "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.divide, "pow": np.power,
        "matmul": np.matmul, "and": np.bitwise_and, "or": np.bitwise_or,
    }  # fmt: skip
    for name, ufunc in operators.items():
        setattr(Symbol, f"__{name}__", lambda self, other, u=ufunc: self.__array_ufunc__(u, "__call__", self, other))
        setattr(Symbol, f"__r{name}__", lambda self, other, u=ufunc: self.__array_ufunc__(u, "__call__", other, self))
    for name, ufunc in {"eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater,
                        "ge": np.greater_equal}.items():  # fmt: skip
        setattr(Symbol, f"__{name}__", lambda self, other, u=ufunc: compared(u, self, other))
    for name, ufunc in {"neg": np.negative, "pos": np.positive, "abs": np.absolute}.items():
        setattr(Symbol, f"__{name}__", lambda self, u=ufunc: self.__array_ufunc__(u, "__call__", self))


def symbol(x: Any) -> Symbol:
    """x as a symbol; a number writes itself."""
    if isinstance(x, Symbol):
        return x
    if is_number(x):
        text = number_text(np.asarray(x).item())
        return Symbol(text, SIGN if text.startswith("−") else ATOM, ())
    if isinstance(x, np.ndarray):
        return Symbol(f"[{shape_text(x.shape)}]", shape=x.shape)
    raise TypeError(f"{type(x).__name__} has no short text")


def shape_text(shape: Sequence[int]) -> str:
    """A shape as people write it: 32×8."""
    return "×".join(map(str, shape))


def index_text(index: Any) -> str:
    """An index as it is written between brackets."""
    if isinstance(index, tuple):
        return ", ".join(index_text(part) for part in index)
    if index is ...:
        return "..."
    if isinstance(index, slice):
        start, stop, step = ["" if x is None else str(x) for x in (index.start, index.stop, index.step)]
        return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"
    if isinstance(index, np.ndarray) and index.ndim:
        if index.size <= FEW and index.ndim == 1:
            return f"[{', '.join(map(str, index.tolist()))}]"
        return f"{shape_text(index.shape)} {'mask' if index.dtype == bool else 'indices'}"
    return str(index)


def broadcast(*inputs: Any) -> Shape:
    """The common shape, None where one is not known."""
    shapes = [x._shape if isinstance(x, Symbol) else np.shape(x) for x in inputs]
    return None if None in shapes else np.broadcast_shapes(*shapes)  # type: ignore[arg-type]


def called(name: str, args: Sequence[Any]) -> Symbol:
    """A function's name with its arguments."""
    return Symbol(f"{name}({', '.join(str(symbol(a)) for a in args if a is not None)})")


def compared(ufunc: np.ufunc, a: Any, b: Any) -> Any:
    """A comparison: decided where both numbers are known."""
    x, z = (s.value if isinstance(s, Symbol) else s for s in (a, b))
    if x is not None and z is not None:
        return ufunc(x, z)
    for one, other in ((a, b), (b, a)):  # `wins or isnan(a)`, whose second half is never known to hold
        if one is False and COMPARISONS[ufunc] == "or":
            return other
    made = Symbol(f"{symbol(a).within(SUM)} {COMPARISONS[ufunc]} {symbol(b).within(SUM)}", COMPARISON)
    if COMPARISONS[ufunc] not in ("and", "or"):
        made.core, made.core_level = f"[{made.core}]", ATOM  # 1 where it holds, else 0
    return made


# -- notation: how the commonest functions are written ---------------------------------------------------------------


def add(a: Any, b: Any) -> Any:
    if is_number(a) and a == 0:
        return b
    if is_number(b) and b == 0:
        return a
    a, b = symbol(a), symbol(b)
    right = b.within(SUM)
    return Symbol(f"{a.within(SUM)} − {right[1:]}" if right.startswith("−") else f"{a.within(SUM)} + {right}", SUM)


def subtract(a: Any, b: Any) -> Any:
    if is_number(b) and b == 0:
        return a
    return Symbol(f"{symbol(a).within(SUM)} − {symbol(b).within(PRODUCT)}", SUM)


def scaled(k: Any, x: Symbol) -> Any:
    k = k * x.scale
    if isinstance(k, complex):
        text = number_text(k) if k.real == 0 else f"({number_text(k)})"
        return Symbol(f"{text} × {x.inner().within(PRODUCT)}", PRODUCT)
    return Symbol(x.core, x.core_level, scale=k) if k != 0 else 0.0


def multiply(a: Any, b: Any) -> Any:
    if is_number(a):
        return scaled(np.asarray(a).item(), b)
    if is_number(b):
        return scaled(np.asarray(b).item(), a)
    a, b = symbol(a), symbol(b)
    x, z = a.inner(), b.inner()
    if x.core == z.core:
        return scaled(a.scale * b.scale, power(x, 2))
    return scaled(a.scale * b.scale, Symbol(f"{x.within(PRODUCT)} × {z.within(SIGN)}", PRODUCT))


def divide(a: Any, b: Any) -> Any:
    if is_number(b) and b == 1:
        return a
    if isinstance(a, Symbol) and a.scale == -1:
        return scaled(-1, divide(a.inner(), b))
    if is_number(a) and a < 0:
        return scaled(-1, divide(-a, b))
    return Symbol(f"{symbol(a).within(PRODUCT)} / {symbol(b).within(POWER)}", PRODUCT)


def power(a: Any, b: Any) -> Any:
    if is_number(b) and b == 1:
        return a
    base = symbol(a).within(ATOM)
    if is_number(b) and float(b).is_integer() and abs(b) < 100:
        return Symbol(base + str(int(b)).translate(SUPERSCRIPTS), POWER)
    return Symbol(f"{base}^{symbol(b).within(ATOM)}", POWER)


def matmul(a: Any, b: Any) -> Symbol:
    """A product of matrices; also np.dot, which rules use for two dimensions."""
    a, b = symbol(a), symbol(b)
    shape = None
    if a._shape is not None and b._shape is not None and min(a.ndim, b.ndim) >= 2:
        shape = (*np.broadcast_shapes(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-1])
    return Symbol(f"{a.within(PRODUCT)} @ {b.within(SIGN)}", PRODUCT, shape)


def tensordot(a: Any, b: Any, axes: Any) -> Symbol:
    """A contraction, as a product where it is over one axis of vectors and matrices."""
    a, b = symbol(a), symbol(b)
    i, j = (range(a.ndim - axes, a.ndim), range(axes)) if isinstance(axes, int) else axes
    if len(i) != 1 or max(a.ndim, b.ndim) > 2:
        return called("tensordot", (a, b))
    return matmul(a if i[0] % a.ndim == a.ndim - 1 else transpose(a), b if j[0] % b.ndim == 0 else transpose(b))


def total(a: Symbol, axis: Any = None, **settings: Any) -> Symbol:
    """A sum, with the axes below the sign."""
    return Symbol(f"Σ{axes_text(axis)} {a.within(POWER)}", PRODUCT)


def axes_text(axis: Any) -> str:
    """Axes as a subscript; nothing for all of them."""
    axes = () if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return ",".join(map(str, axes)).translate(SUBSCRIPTS)


WRITERS: dict[np.ufunc, Callable[..., Any]] = {
    np.add: add,
    np.subtract: subtract,
    np.multiply: multiply,
    np.divide: divide,
    np.power: power,
    np.matmul: matmul,
    np.negative: lambda a: scaled(-1, a),
    np.positive: lambda a: a,
    np.square: lambda a: power(a, 2),
    np.absolute: lambda a: Symbol(f"|{a}|"),
    np.conjugate: lambda a: a,  # real in all that is written down
    np.isnan: lambda a: False if a.value is None else math.isnan(a.value),
}


def where(condition: Any, a: Any, b: Any) -> Any:
    """The branch that is taken where that is known, or where the other only guards a single point (`a == 0`)."""
    if not isinstance(condition, Symbol):
        return a if np.all(condition) else b if not np.any(condition) else called("where", (condition, a, b))
    return b if " = " in condition.core else called("where", (condition, a, b))


def transpose(a: Symbol, axes: Any = None) -> Symbol:
    full = tuple(range(a.ndim))
    if a.ndim < 2 or (axes is not None and tuple(axes) == full):
        return a
    shape = tuple(a.shape[i] for i in (full[::-1] if axes is None else axes))
    reverses = axes is None or tuple(axes) == full[::-1]
    if a.ndim == 2 or reverses:
        return Symbol(a.within(ATOM) + "ᵀ", POWER, shape)
    return Symbol(f"transpose({a})", shape=shape)


def swapaxes(a: Symbol, axis1: int, axis2: int) -> Symbol:
    if a._shape is None or {axis1 % a.ndim, axis2 % a.ndim} == {a.ndim - 1, a.ndim - 2}:
        shape = None if a._shape is None else (*a.shape[:-2], a.shape[-1], a.shape[-2])
        return Symbol(a.within(ATOM) + "ᵀ", POWER, shape)
    return Symbol(f"swapaxes({a}, {axis1}, {axis2})")


def reshape(a: Symbol, shape: Any, **settings: Any) -> Symbol:
    """The same text: what it says of the numbers stays true."""
    return Symbol(a.core, a.core_level, np.broadcast_to(0, a.shape).reshape(shape).shape, scale=a.scale)


def broadcast_to(a: Symbol, shape: Any, **settings: Any) -> Symbol:
    return a if a._shape == tuple(shape) else Symbol(f"{a} repeated", COMPARISON, tuple(shape))


def expand_dims(a: Symbol, axis: int) -> Symbol:
    shape = np.expand_dims(np.empty(a.shape), axis).shape
    index = {-1: "[:, None]", -2: "[None, :]"}.get(axis, f"[axis {axis}]") if a.ndim else ""
    return Symbol(a.within(ATOM) + index, shape=shape)


def turned(name: str) -> Callable[..., Any]:
    """A function that puts elements elsewhere: where, is said by the formula of the call."""
    return lambda a, *where, **settings: Symbol(f"{name}({a})", shape=a._shape)


FUNCTION_WRITERS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.flip: turned("flip"),
    np.roll: turned("roll back"),
    np.tensordot: tensordot,
    np.where: where,
    np.transpose: transpose,
    np.swapaxes: swapaxes,
    np.expand_dims: expand_dims,
    np.reshape: reshape,
    np.broadcast_to: broadcast_to,
    np.dot: matmul,
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
    np.size: lambda a: a.size,
    np.sum: total,
}

install()
