"""Recurrent layers over whole sequences: several layers deep, in one direction or both, of one length or packed."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from autograd_core import ops
from autograd_core.errors import ShapeError

from .. import functional as F
from ..errors import SettingError
from ..module import Module
from ..parameter import Parameter
from ..random import stream
from ..settings import one_of, whole, within
from ..utils.rnn import PackedSequence
from .inputs import called, expect, fitted
from .recurrent_cells import pair_of_states, start_recurrent

__all__ = ["GRU", "LSTM", "RNN"]


class Recurrent(Module):
    """What the recurrent layers have in common; each says how many gates it has, and computes one layer in one direction.

    The parameters of layer k are weight_ih_lk, weight_hh_lk, bias_ih_lk, bias_hh_lk (and weight_hr_lk of a projection), and
    those of the direction from the end to the start the same with _reverse behind.
    """

    gates: ClassVar[int]
    weight_ih_l0: Any  # a parameter that all of them have; its dtype is that of all
    proj_size = 0

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int,
        bias: bool,
        batch_first: bool,
        dropout: float,
        bidirectional: bool,
        dtype: Any,
        generator: Any,
    ) -> None:
        name = type(self).__name__
        self.input_size = whole(input_size, f"{name}: input_size", 1)
        self.hidden_size = whole(hidden_size, f"{name}: hidden_size", 1)
        self.num_layers = whole(num_layers, f"{name}: num_layers", 1)
        self.bias, self.batch_first, self.bidirectional = bias, batch_first, bidirectional
        self.dropout = within(dropout, f"{name}: dropout, a probability,", 0, 1)
        if dropout and num_layers == 1:
            warnings.warn(f"{name}: dropout={dropout} is between layers, and there is only one", stacklevel=3)
        self.generator = None if generator is None else stream(generator)
        self.out_size = self.proj_size or self.hidden_size
        self.directions = ("", "_reverse") if bidirectional else ("",)
        for layer in range(num_layers):
            for direction in self.directions:
                inputs = self.out_size * len(self.directions) if layer else self.input_size
                for parameter, shape in self.shapes(inputs).items():
                    setattr(self, f"{parameter}_l{layer}{direction}", Parameter(np.empty(shape, dtype)))
        start_recurrent(self, self.hidden_size, generator)

    def shapes(self, inputs: int) -> dict[str, tuple[int, ...]]:
        """The shapes of the parameters of a layer in one direction, by name."""
        rows = self.gates * self.hidden_size
        found: dict[str, tuple[int, ...]] = {"weight_ih": (rows, inputs), "weight_hh": (rows, self.out_size)}
        if self.bias:
            found |= {"bias_ih": (rows,), "bias_hh": (rows,)}
        if self.proj_size:
            found["weight_hr"] = (self.proj_size, self.hidden_size)
        return found

    def weights(self, layer: int, direction: str) -> list[Any]:
        """The parameters of a layer in one direction, None for those that it has not."""
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        return [getattr(self, f"{name}_l{layer}{direction}", None) for name in names]

    def one_layer(self, x: Any, states: Sequence[Any], weights: Sequence[Any], **settings: Any) -> Any:
        """The hidden states of all steps, and the last states; written by each class."""
        raise NotImplementedError

    def over_layers(self, input: Any, *given: Any) -> tuple[Any, ...]:
        """The hidden states of the last layer, and the last states of all layers, in the form in which the input is."""
        packed = input if isinstance(input, PackedSequence) else None
        x = fitted(input if packed is None else packed.data, self.weight_ih_l0, self)
        self.check_input(x, packed is not None)
        single, sizes = packed is None and x.ndim == 2, None if packed is None else packed.batch_sizes
        if single:
            x = np.expand_dims(x, 1)
        elif packed is None and self.batch_first:
            x = np.swapaxes(x, 0, 1)
        batch = x.shape[1] if sizes is None else int(sizes[0])
        order = None if packed is None else packed.sorted_indices
        states = [
            self.states(state, size, batch, single, order)
            for state, size in zip(given, (self.out_size, self.hidden_size), strict=False)
        ]
        last: list[Any] = []
        for layer in range(self.num_layers):
            if layer:
                x = F.dropout(x, self.dropout, self.training, generator=self.generator)
            found = []
            for direction in self.directions:
                before = [state[len(last)] for state in states]
                weights = self.weights(layer, direction)
                y, *after = self.one_layer(x, before, weights, sizes=sizes, reverse=direction == "_reverse")
                found.append(y)
                last.append(after)
            x = found[0] if len(found) == 1 else np.concatenate(found, axis=-1)
        ends = [np.stack(parts) if len(parts) > 1 else np.expand_dims(parts[0], 0) for parts in zip(*last, strict=True)]
        if packed is not None:
            if packed.unsorted_indices is not None:
                ends = [end[:, packed.unsorted_indices] for end in ends]
            return packed._replace(data=x), *ends
        if single:
            return x[:, 0], *[end[:, 0] for end in ends]
        return np.swapaxes(x, 0, 1) if self.batch_first else x, *ends

    def check_input(self, x: Any, packed: bool) -> None:
        """Raise ShapeError unless the input is a batch, packed or not, or a single sequence."""
        n = self.input_size
        if x.shape[-1:] == (n,) and (x.ndim == 2 or (x.ndim == 3 and not packed)) and x.shape[0]:
            return
        if packed:
            expect(False, x, self, f"(rows, {n}) if they are packed")
        batch = f"(batch, steps, {n})" if self.batch_first else f"(steps, batch, {n})"
        expect(False, x, self, f"{batch} or (steps, {n}), of at least one step")

    def states(self, given: Any, size: int, batch: int, single: bool, order: Any) -> Any:
        """The states before the first step, for each layer and direction; zeros if none are given."""
        count = self.num_layers * len(self.directions)
        if given is None:
            return [np.zeros((batch, size), self.weight_ih_l0.dtype)] * count
        given = fitted(given, self.weight_ih_l0, self)
        shape = (count, size) if single else (count, batch, size)
        if given.shape != shape:
            raise ShapeError(
                f"{called(self)} takes states of shape {shape} beside this input, (layers * directions"
                f"{'' if single else ', batch'}, features), and was given {given.shape}"
            )
        if single:
            return np.expand_dims(given, 1)
        return given if order is None else given[:, order]

    def extra_repr(self) -> str:
        words = [f"{self.input_size}, {self.hidden_size}"]
        words += [f"proj_size={self.proj_size}"] if self.proj_size else []
        words += [f"num_layers={self.num_layers}"] if self.num_layers != 1 else []
        words += [f"bias={self.bias}"] if not self.bias else []
        words += [f"batch_first={self.batch_first}"] if self.batch_first else []
        words += [f"dropout={self.dropout}"] if self.dropout else []
        words += [f"bidirectional={self.bidirectional}"] if self.bidirectional else []
        return ", ".join(words)


class RNN(Recurrent):
    """A simple recurrent network:  h_t = tanh(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh) at each step, or relu of that.

    input: (steps, batch, input_size); (batch, steps, input_size) with batch_first; (steps, input_size) for a single
           sequence; or a PackedSequence (see `nn.utils.rnn`)
    hx: (layers * directions, batch, hidden_size), or (layers * directions, hidden_size) for a single sequence; zeros by default
    returns the hidden states of the last layer, as the input is but with directions * hidden_size features, and the last hidden
    state of each layer and direction, as hx is

    nonlinearity    "tanh" or "relu"
    num_layers      each layer sees the hidden states of the one before
    dropout         probability with which, in training, an element is dropped on its way from layer to layer
    bidirectional   besides from the start to the end, also from the end to the start; the features stand beside each other
    generator       where starting values and dropout draw from; by default this thread's stream, see `manual_seed`

    Parameters: weight_ih_lk: (hidden_size, inputs of layer k)   weight_hh_lk: (hidden_size, hidden_size)
    bias_ih_lk, bias_hh_lk: (hidden_size); with _reverse behind those of the other direction. All start uniform in
    +-1 / sqrt(hidden_size). A recorded hx has its gradient.
    Raises ShapeError, DTypeError; SettingError for settings that have no meaning. Elman 1990.

    >>> import nn, numpy as np
    >>> y, h = nn.RNN(10, 20, num_layers=2)(np.ones((5, 3, 10)))
    >>> y.shape, h.shape
    ((5, 3, 20), (2, 3, 20))
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: str = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        dtype: Any = np.float32,
        generator: Any = None,
    ) -> None:
        self.nonlinearity = one_of(nonlinearity, "RNN: nonlinearity", ("tanh", "relu"))
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, dtype, generator
        )

    def one_layer(self, x: Any, states: Sequence[Any], weights: Sequence[Any], **settings: Any) -> Any:
        return ops.rnn(x, *states, *weights, nonlinearity=self.nonlinearity, **settings)

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        y, h = self.over_layers(input, hx)
        return y, h


class LSTM(Recurrent):
    """A long short-term memory:  `nn.LSTMCell` at each step.

    input, num_layers, dropout, bidirectional, generator   as in `nn.RNN`
    hx: the pair (h, c) of states as in `nn.RNN`; zeros by default
    returns the hidden states of the last layer, and the pair of the last states of each layer and direction

    proj_size   if above 0, each hidden state is multiplied by a weight_hr_lk: (proj_size, hidden_size), and has proj_size
                features instead of hidden_size (Sak et al. 2014). Such a layer is slower: a loop of cells

    Parameters: weight_ih_lk: (4 hidden_size, inputs of layer k)   weight_hh_lk: (4 hidden_size, hidden_size)
    bias_ih_lk, bias_hh_lk: (4 hidden_size), each with its parts for i, f, g and o in this order. All start uniform in
    +-1 / sqrt(hidden_size). Raises what `nn.RNN` raises.

    >>> import nn, numpy as np
    >>> y, (h, c) = nn.LSTM(10, 20, bidirectional=True)(np.ones((5, 3, 10)))
    >>> y.shape, h.shape, c.shape
    ((5, 3, 40), (2, 3, 20), (2, 3, 20))
    """

    gates = 4

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        dtype: Any = np.float32,
        generator: Any = None,
    ) -> None:
        self.proj_size = whole(proj_size, "LSTM: proj_size")
        if proj_size >= whole(hidden_size, "LSTM: hidden_size", 1):
            raise SettingError(
                f"LSTM: proj_size is {proj_size}: give less than hidden_size, {hidden_size}, or 0 for none"
            )
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, dtype, generator
        )

    def weights(self, layer: int, direction: str) -> list[Any]:
        return [*super().weights(layer, direction), getattr(self, f"weight_hr_l{layer}{direction}", None)]

    def one_layer(self, x: Any, states: Sequence[Any], weights: Sequence[Any], **settings: Any) -> Any:
        return ops.lstm(x, *states, *weights, **settings)

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, tuple[Any, Any]]:
        y, h, c = self.over_layers(input, *pair_of_states(hx, "LSTM"))
        return y, (h, c)


class GRU(Recurrent):
    """Gated recurrent units:  `nn.GRUCell` at each step.

    input, hx, num_layers, dropout, bidirectional, generator   as in `nn.RNN`, and the same is returned

    Parameters: weight_ih_lk: (3 hidden_size, inputs of layer k)   weight_hh_lk: (3 hidden_size, hidden_size)
    bias_ih_lk, bias_hh_lk: (3 hidden_size), each with its parts for r, z and n in this order. All start uniform in
    +-1 / sqrt(hidden_size). Raises what `nn.RNN` raises.

    >>> import nn, numpy as np
    >>> y, h = nn.GRU(10, 20, batch_first=True)(np.ones((3, 5, 10)))
    >>> y.shape, h.shape
    ((3, 5, 20), (1, 3, 20))
    """

    gates = 3

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        dtype: Any = np.float32,
        generator: Any = None,
    ) -> None:
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, dtype, generator
        )

    def one_layer(self, x: Any, states: Sequence[Any], weights: Sequence[Any], **settings: Any) -> Any:
        return ops.gru(x, *states, *weights, **settings)

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        y, h = self.over_layers(input, hx)
        return y, h
