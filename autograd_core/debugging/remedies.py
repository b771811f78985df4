"""What is known to help: a table of operations, what makes each of them NaN or infinite, and what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..recording import Node, Settings

VALUE, SLOPE = "value", "slope"


class Row(NamedTuple):
    """One known culprit: for these operations, when this holds of the operands, this helps."""

    operations: str
    of: str  # VALUE, or SLOPE: on the way back, and of a tangent
    when: Callable[..., Any]  # of the operands, and the settings where it names them
    remedy: str


def fractional(p: Any) -> Any:
    return np.not_equal(p, np.floor(p))


def unbounded(*operands: Any) -> bool:
    """Whether an operand is infinite."""
    return any(np.any(np.isinf(a)) for a in operands)


def masked_row(a: Any, axis: Any = None, **settings: Any) -> Any:
    return np.all(np.isneginf(a), axis=axis)


def too_few(a: Any, axis: Any = None, ddof: float = 0, **settings: Any) -> bool:
    axes = range(np.ndim(a)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return bool(np.prod([np.shape(a)[i] for i in axes]) <= ddof)


AWAY = "leave such elements out, which cuts their gradient too: "

TABLE = (
    Row("log log2 log10", VALUE, lambda a, **_: np.equal(a, 0),
        f"the logarithm of 0 is -inf; {AWAY}np.where(x > 0, np.log(x), 0.0). For probabilities, ag.ops.log_softmax of the scores "
        "or ag.ops.softplus is exact where they round to 0"),
    Row("log log2 log10", VALUE, lambda a, **_: np.less(a, 0),
        f"a negative number has no real logarithm; {AWAY}np.where(x > 0, np.log(x), 0.0), or compute with x.astype(complex)"),
    Row("log1p", VALUE, lambda a, **_: np.less_equal(a, -1),
        f"log1p takes numbers above -1; {AWAY}np.where(x > -1, np.log1p(x), 0.0)"),
    Row("sqrt", VALUE, lambda a, **_: np.less(a, 0),
        "a negative number has no real root. If it is a 0 that was rounded, np.sqrt(np.maximum(x, 0.0))"),
    Row("power float_power", VALUE, lambda a, b, **_: np.less(a, 0) & fractional(b),
        "a negative base has no real power with a fraction as exponent: np.sign(x) * np.abs(x) ** p, or x.astype(complex)"),
    Row("power float_power", VALUE, lambda a, b, **_: np.equal(a, 0) & np.less(b, 0),
        f"0 to a negative power is a division by 0; {AWAY}np.where(x > 0, x**p, 0.0)"),
    Row("divide remainder fmod floor_divide", VALUE, lambda a, b, **_: np.equal(b, 0),
        f"division by 0; {AWAY}np.where(b != 0, a / b, 0.0)"),
    Row("reciprocal", VALUE, lambda a, **_: np.equal(a, 0), f"division by 0; {AWAY}np.where(x != 0, 1 / x, 0.0)"),
    Row("arcsin arccos", VALUE, lambda a, **_: np.greater(np.abs(a), 1),
        "defined from -1 to 1; if it is a 1 that was rounded, np.clip(x, -1.0, 1.0), or np.arctan2 of sine and cosine"),
    Row("arctanh", VALUE, lambda a, **_: np.greater_equal(np.abs(a), 1),
        f"defined between -1 and 1; {AWAY}np.where(np.abs(x) < 1, np.arctanh(x), 0.0)"),
    Row("arccosh", VALUE, lambda a, **_: np.less(a, 1), "defined from 1 on; if it is a 1 that was rounded, np.maximum(x, 1.0)"),
    Row("exp exp2 expm1 sinh cosh", VALUE, lambda a, **_: np.isfinite(a) & np.greater(np.abs(a), 10),
        "the exponential is too large for the dtype: subtract the maximum first, or stay with logarithms: np.logaddexp, "
        "ag.ops.log_softmax, ag.ops.softplus"),
    Row("multiply", VALUE, lambda a, b, **_: (np.equal(a, 0) & np.isinf(b)) | (np.isinf(a) & np.equal(b, 0)),
        "0 × ∞ is NaN: if the product is meant to leave elements out, choose them instead with np.where(mask, x, 0.0)"),
    Row("add subtract", VALUE, lambda a, b, **_: np.isinf(a) & np.isinf(b),
        "∞ - ∞ is NaN: look for what made the operands infinite, or choose with np.where"),
    Row("matmul dot einsum linear sum mean", VALUE, lambda *xs, **_: unbounded(*xs),
        "an operand is infinite, and 0 × ∞ or ∞ - ∞ is NaN: look for what made it infinite"),
    Row("softmax log_softmax logsumexp", VALUE, masked_row,
        "a whole row is -inf, as when everything is masked: leave one entry of each row unmasked"),
    Row("softmax log_softmax logsumexp", VALUE, lambda a, **_: np.isposinf(a),
        "a score is +inf: mask with -inf, and look for what made it infinite"),
    Row("var std", VALUE, too_few, "no more elements than ddof: their spread is not defined; use ddof=0, or more elements"),
    Row("mean", VALUE, lambda a, **_: np.size(a) == 0, "the mean of no elements is not defined"),
    Row("sqrt cbrt", SLOPE, lambda a, **_: np.equal(a, 0),
        f"the slope of a root is infinite at 0; {AWAY}np.where(x > 0, np.sqrt(x), 0.0). For lengths and distances use np.hypot, "
        "np.std or a norm, whose slope at 0 is 0"),
    Row("power float_power", SLOPE, lambda a, b, **_: np.equal(a, 0) & np.less(b, 1),
        f"the slope at 0 is infinite for exponents below 1; {AWAY}np.where(x > 0, x**p, 0.0)"),
    Row("power float_power", SLOPE, lambda a, b, **_: np.less(a, 0),
        "by its exponent, a power of a negative base has no real slope: give the exponent as a plain number"),
    Row("arcsin arccos arctanh", SLOPE, lambda a, **_: np.equal(np.abs(a), 1),
        "the slope is infinite at -1 and 1: use np.arctan2 of sine and cosine, or stay a little away"),
    Row("arctan2", SLOPE, lambda a, b, **_: np.equal(a, 0) & np.equal(b, 0),
        f"the angle of (0, 0) has no slope; {AWAY}np.where(x * x + y * y > 0, np.arctan2(y, x), 0.0)"),
)  # fmt: skip

HALF = "the largest float16 is 65504: compute this in float32, x.astype(np.float32), or scale the loss down"
LARGE = "finite operands give a result too large for {dtype}: scale them down, compute with logarithms, or use a larger dtype"
ZERO_TIMES_INFINITY = (
    "0 × ∞ is NaN: something downstream is cut or has slope 0 here, while the slope of this operation is infinite. Choose with "
    "np.where instead of a product with 0"
)


def remedy_for(node: Node, operands: Sequence[Any], of: str, result: Any, coming: Sequence[Any]) -> str | None:
    """What is known to help when a call, or its derivative, gave NaN or an infinity.

    operands   its inputs, whole or at the element in question     coming   the cotangents or tangents that came in
    result     the number that is NaN or infinite
    """
    name = "" if node.primitive is None else node.primitive.name
    settings: Settings = node.settings or {}
    with np.errstate(all="ignore"):
        for row in TABLE:
            if row.of == of and name in row.operations.split() and holds(row.when, operands, settings):
                return row.remedy
        if np.isinf(result) and all(np.all(np.isfinite(a)) for a in (*operands, *coming)):
            return HALF if result.dtype == np.float16 else LARGE.format(dtype=result.dtype)
        return ZERO_TIMES_INFINITY if of == SLOPE and np.isnan(result) else None


def holds(when: Callable[..., Any], operands: Sequence[Any], settings: Settings) -> bool:
    """Whether a condition holds of any element; not where it does not fit the call."""
    try:
        return bool(np.any(when(*operands, **settings)))
    except (TypeError, ValueError):
        return False
