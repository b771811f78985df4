"""Recurrent layers over whole sequences, each in one node: all steps forward, and back through time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..families import composed, primitive
from ..primitive import Primitive
from ..samples import Sample, sample
from ..shapes import Shape
from .linear_layer import linear
from .recurrent_cells import (
    Nonlinearity,
    beside,
    fitting,
    gru_step,
    is_relu,
    lstm_step,
    numbers,
    products_of_steps,
    relu_step,
    tanh_step,
    texts,
)  # fmt: skip
from .recurrent_gates import GRU, LSTM, RELU, TANH, Kind
from .recurrent_kernels import backward, forward, steps


def unrolled(cell: Callable[..., Any], kind: Kind, *xs: Any, sizes: Shape, reverse: bool) -> tuple[Any, ...]:
    """A layer as a loop over its cell: the hidden states of all steps, and the last states."""
    x, *states = xs[: 1 + kind.states]
    hidden = []
    for step in steps(sizes, reverse):
        n = step.size
        going = [s if s.shape[0] == n else s[:n] for s in states]
        new = cell(x[step.rows], *going, *xs[1 + kind.states :])
        new = new if type(new) is tuple else (new,)
        hidden.append(new[0])
        states = [a if s.shape[0] == n else np.concatenate([a, s[n:]]) for a, s in zip(new, states, strict=True)]
    return np.concatenate(hidden[::-1] if reverse else hidden), *states


def cases(kind: Kind) -> list[Sample]:
    """Sequences of one length and of several, in both directions; without biases, of one step, in single precision."""
    return [
        sample(*numbers(kind, 6, 2, 3), sizes=(3, 3), reverse=False),
        sample(*numbers(kind, 6, 2, 3, biases=False), sizes=(3, 2, 1), reverse=False),
        sample(*numbers(kind, 6, 3, 2), sizes=(3, 2, 1), reverse=True),
        sample(*numbers(kind, 3, 1, 1), sizes=(3,), reverse=True),
        sample(*numbers(kind, 6, 2, 3, np.float32), sizes=(3, 3), reverse=True),
    ]


def layer(name: str, kind: Kind, cell: Primitive) -> Primitive:
    """The primitive of a whole sequence."""

    def whole(*xs: Any, sizes: Shape, reverse: bool) -> Any:
        return forward(kind, xs, sizes, reverse)

    def back(parts: Any, xs: Any, ys: Any, r: Any, sizes: Shape, reverse: bool, wanted: Any) -> Any:
        return backward(kind, parts, xs, ys[0], r, sizes, reverse, wanted)

    return primitive(
        whole,
        back,
        name=name,
        outputs=1 + kind.states,
        residual=True,
        definition=partial(unrolled, cell, kind),
        reference=cell.reference,
        text=texts(kind, over="Σ steps ", first="first "),
        real=True,
        samples=lambda: cases(kind),
        batch=beside(kind),
        multiply_adds=partial(products_of_steps, kind),
    )


lstm_layer = layer("lstm", LSTM, lstm_step)
gru_layer = layer("gru", GRU, gru_step)
tanh_layer = layer("rnn", TANH, tanh_step)
relu_layer = layer("rnn_relu", RELU, relu_step)


def projected(x: Any, h: Any, c: Any, w_ih: Any, w_hh: Any, *rest: Any) -> tuple[Any, Any]:
    """One step of an LSTM whose hidden state is a product with the last weight."""
    *biases, w_hr = rest
    h, c = lstm_step.call(x, h, c, w_ih, w_hh, *biases)
    return linear(h, w_hr), c


@composed
def projected_lstm(*xs: Any, sizes: Shape, reverse: bool) -> tuple[Any, ...]:
    return unrolled(projected, LSTM, *xs, sizes=sizes, reverse=reverse)


def over_time(
    asked: str, kind: Kind, run: Callable[..., Any], x: Any, states: Sequence[Any], weights: Sequence[Any], w_hr: Any,
    sizes: Sequence[int] | None, reverse: bool,
) -> Any:  # fmt: skip
    """The results of a layer for sequences of one length, x: (T, B, I), or for packed ones, x: (N, I)."""
    xs, own = fitting(asked, kind, x, states, weights, w_hr), 1 + kind.states
    shape, rows = xs[0].shape, {s.shape[:-1] for s in xs[1:own]}
    if sizes is None and len(shape) == 3 and shape[0] and rows == {shape[1:2]}:
        y, *last = run(np.reshape(xs[0], (-1, shape[2])), *xs[1:], sizes=shape[1:2] * shape[0], reverse=reverse)
        return np.reshape(y, (*shape[:2], y.shape[1])), *last
    if sizes is not None:
        sizes = tuple([int(n) for n in sizes])
        falling = bool(sizes) and all(n >= m > 0 for n, m in pairwise(sizes))
        if falling and len(shape) == 2 and shape[0] == sum(sizes) and rows == {sizes[:1]}:
            return run(*xs, sizes=sizes, reverse=reverse)
    shown = f"x {shape}" + "".join([f", {name} {s.shape}" for name, s in zip("hc", xs[1:own], strict=False)])
    if sizes is None:
        raise ShapeError(
            f"{asked} cannot combine {shown}: x is (T, B, inputs) with at least one step, and states have B rows. "
            f"Sequences of several lengths are packed, (N, inputs), and come with sizes="
        )
    raise ShapeError(
        f"{asked} cannot combine {shown} and sizes {sizes}: of packed sequences x is (N, inputs), sizes have the sum N and do "
        f"not grow, and states have as many rows as the first step"
    )


def lstm(
    x: Any, h: Any, c: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None, w_hr: Any = None, *,
    sizes: Sequence[int] | None = None, reverse: bool = False,
) -> tuple[Any, Any, Any]:  # fmt: skip
    """An LSTM over whole sequences, in one node: the hidden states of all steps, the last one, and the last cell.

    x: (T, B, I), or packed (N, I)   h: (B, R)   c: (B, H)   w_ih: (4 H, I)   w_hh: (4 H, R)   b_ih, b_hh: (4 H) or None
    w_hr: (R, H) or None, with R = H   returns (T, B, R) or (N, R), (B, R), (B, H)

    Each step is one of `lstm_cell`; w_hr then projects the hidden state (Sak et al. 2014; such a layer is a loop, not one node).
    sizes    how many sequences are still going on at each step, for packed ones: their first rows, then their second, ...
    reverse  from the last step of each sequence to its first

    Raises ShapeError, DTypeError.

    >>> import numpy as np, autograd_core as ag
    >>> state = np.zeros((5, 3))
    >>> y, h, c = ag.ops.lstm(np.ones((7, 5, 2)), state, state, np.ones((12, 2)), np.ones((12, 3)))
    >>> y.shape, bool((y[-1] == h).all())
    ((7, 5, 3), True)
    """
    run = lstm_layer.call if w_hr is None else projected_lstm
    return over_time("lstm", LSTM, run, x, (h, c), (w_ih, w_hh, b_ih, b_hh), w_hr, sizes, reverse)  # type: ignore[no-any-return]


def gru(
    x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None, *,
    sizes: Sequence[int] | None = None, reverse: bool = False,
) -> tuple[Any, Any]:  # fmt: skip
    """Gated recurrent units over whole sequences, in one node: the hidden states of all steps, and the last one.

    x: (T, B, I), or packed (N, I)   h: (B, H)   w_ih: (3 H, I)   w_hh: (3 H, H)   b_ih, b_hh: (3 H) or None
    returns (T, B, H) or (N, H), and (B, H)

    Each step is one of `gru_cell`; sizes, reverse and errors as in `lstm`.

    >>> import numpy as np, autograd_core as ag
    >>> y, h = ag.ops.gru(np.ones((3, 2)), np.ones((2, 1)), np.zeros((3, 2)), np.zeros((3, 1)), sizes=[2, 1])
    >>> y[:, 0], h[:, 0]  # the second sequence ends after one step
    (array([0.5 , 0.5 , 0.25]), array([0.25, 0.5 ]))
    """
    return over_time("gru", GRU, gru_layer.call, x, (h,), (w_ih, w_hh, b_ih, b_hh), None, sizes, reverse)  # type: ignore[no-any-return]


def rnn(
    x: Any, h: Any, w_ih: Any, w_hh: Any, b_ih: Any = None, b_hh: Any = None, *,
    nonlinearity: Nonlinearity = "tanh", sizes: Sequence[int] | None = None, reverse: bool = False,
) -> tuple[Any, Any]:  # fmt: skip
    """A simple recurrent network over whole sequences, in one node: the hidden states of all steps, and the last one.

    x: (T, B, I), or packed (N, I)   h: (B, H)   w_ih: (H, I)   w_hh: (H, H)   b_ih, b_hh: (H) or None
    returns (T, B, H) or (N, H), and (B, H)

    Each step is one of `rnn_cell`; sizes, reverse and errors as in `lstm`.

    >>> import numpy as np, autograd_core as ag
    >>> ag.ops.rnn(np.ones((4, 1, 1)), np.zeros((1, 1)), np.eye(1), np.eye(1), nonlinearity="relu")[0][:, 0, 0]
    array([1., 2., 3., 4.])
    """
    kind, made = (RELU, relu_layer) if is_relu("rnn", nonlinearity) else (TANH, tanh_layer)
    return over_time("rnn", kind, made.call, x, (h,), (w_ih, w_hh, b_ih, b_hh), None, sizes, reverse)  # type: ignore[no-any-return]
