"""Recurrent cells: one step at a time, for loops of one's own."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from autograd_core import ops

from .. import init
from ..errors import KindError
from ..module import Module
from ..parameter import Parameter
from ..random import stream
from ..settings import one_of, whole
from .inputs import expect, fitted

__all__ = ["GRUCell", "LSTMCell", "RNNCell"]


class RecurrentCell(Module):
    """What the cells have in common; each says how many gates it has.

    input: (B, input_size) or (input_size)   weight_ih: (gates * hidden_size, input_size)
    weight_hh: (gates * hidden_size, hidden_size)   bias_ih, bias_hh: (gates * hidden_size)
    """

    gates: ClassVar[int]

    def __init__(self, input_size: int, hidden_size: int, bias: bool, dtype: Any, generator: Any) -> None:
        name = type(self).__name__
        self.input_size = whole(input_size, f"{name}: input_size", 1)
        self.hidden_size = whole(hidden_size, f"{name}: hidden_size", 1)
        self.bias = bias
        rows = self.gates * self.hidden_size
        self.weight_ih = Parameter(np.empty((rows, self.input_size), dtype))
        self.weight_hh = Parameter(np.empty((rows, self.hidden_size), dtype))
        self.bias_ih = Parameter(np.empty(rows, dtype)) if bias else None
        self.bias_hh = Parameter(np.empty(rows, dtype)) if bias else None
        start_recurrent(self, self.hidden_size, generator)

    def given(self, x: Any, *states: Any) -> list[Any]:
        """Input, states (zeros for None) and weights, for the operation that computes the step."""
        weights = (self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        x, n, m = fitted(x, self.weight_ih, self), self.input_size, self.hidden_size
        rows = x.shape[:-1]
        if x.ndim not in (1, 2) or x.shape[-1] != n:
            expect(False, x, self, f"(batch, {n}) or ({n},)")
        found = []
        for state in states:
            state = np.zeros((*rows, m), x.dtype) if state is None else fitted(state, self.weight_hh, self)
            if state.shape != (*rows, m):
                expect(False, state, self, f"{(*rows, m)} as states beside inputs of {x.shape}")
            found.append(state)
        return [x, *found, *weights]

    def extra_repr(self) -> str:
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else ", bias=False")


class RNNCell(RecurrentCell):
    """One step of a simple recurrent network:  h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or relu of that.

    input: (B, input_size) or (input_size)   hx: (B, hidden_size) or (hidden_size), zeros by default   returns h'
    weight_ih: (hidden_size, input_size)   weight_hh: (hidden_size, hidden_size)   bias_ih, bias_hh: (hidden_size)

    All start uniform in +-1 / sqrt(hidden_size). Raises ShapeError, DTypeError; SettingError for another nonlinearity.

    >>> import nn, numpy as np
    >>> cell = nn.RNNCell(10, 20)
    >>> h = cell(np.ones((3, 10)))
    >>> cell(np.ones((3, 10)), h).shape
    (3, 20)
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        dtype: Any = np.float32,
        generator: Any = None,
    ) -> None:
        self.nonlinearity = one_of(nonlinearity, "RNNCell: nonlinearity", ("tanh", "relu"))
        super().__init__(input_size, hidden_size, bias, dtype, generator)

    def forward(self, input: Any, hx: Any = None) -> Any:
        return ops.rnn_cell(*self.given(input, hx), nonlinearity=self.nonlinearity)

    def extra_repr(self) -> str:
        return super().extra_repr() + ("" if self.nonlinearity == "tanh" else f", nonlinearity={self.nonlinearity}")


class LSTMCell(RecurrentCell):
    """One step of a long short-term memory.

        i, f, g, o = W_ih x + b_ih + W_hh h + b_hh, in four parts
        c' = sigmoid(f) c + sigmoid(i) tanh(g)      h' = sigmoid(o) tanh(c')

    input: (B, input_size) or (input_size)   hx: the pair (h, c), each (B, hidden_size) or (hidden_size), zeros by default
    weight_ih: (4 hidden_size, input_size)   weight_hh: (4 hidden_size, hidden_size)   bias_ih, bias_hh: (4 hidden_size)
    returns (h', c')

    All start uniform in +-1 / sqrt(hidden_size). Raises ShapeError, DTypeError.

    >>> import nn, numpy as np
    >>> cell = nn.LSTMCell(10, 20)
    >>> state = None
    >>> for x in np.ones((5, 3, 10)):
    ...     state = cell(x, state)
    >>> state[0].shape
    (3, 20)
    """

    gates = 4

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, dtype: Any = np.float32, generator: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, dtype, generator)

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        return ops.lstm_cell(*self.given(input, *pair_of_states(hx, "LSTMCell")))


class GRUCell(RecurrentCell):
    """One step of a gated recurrent unit.

        r = sigmoid(W_ir x + b_ir + W_hr h + b_hr)      z = sigmoid(W_iz x + b_iz + W_hz h + b_hz)
        n = tanh(W_in x + b_in + r (W_hn h + b_hn))     h' = (1 - z) n + z h

    input: (B, input_size) or (input_size)   hx: (B, hidden_size) or (hidden_size), zeros by default   returns h'
    weight_ih: (3 hidden_size, input_size)   weight_hh: (3 hidden_size, hidden_size)   bias_ih, bias_hh: (3 hidden_size);
    each holds its parts for r, z and n, in this order

    All start uniform in +-1 / sqrt(hidden_size). Raises ShapeError, DTypeError.

    >>> import nn, numpy as np
    >>> nn.GRUCell(10, 20)(np.ones(10)).shape
    (20,)
    """

    gates = 3

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, dtype: Any = np.float32, generator: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, dtype, generator)

    def forward(self, input: Any, hx: Any = None) -> Any:
        return ops.gru_cell(*self.given(input, hx))


def pair_of_states(hx: Any, name: str) -> tuple[Any, Any]:
    """The hidden state and the cell that an LSTM was given; None for each if it was given none."""
    if hx is None:
        return None, None
    if not isinstance(hx, (tuple, list)) or len(hx) != 2:
        raise KindError(f"{name} takes its state as a pair (h, c), and was given a {type(hx).__name__}: write (h, c)")
    return hx[0], hx[1]


def start_recurrent(layer: Module, hidden_size: int, generator: Any) -> None:
    """All parameters uniform in +-1 / sqrt(hidden_size)."""
    random, bound = stream(generator), 1 / math.sqrt(hidden_size)
    for parameter in layer.parameters(recurse=False):
        init.uniform_(parameter, -bound, bound, random)
