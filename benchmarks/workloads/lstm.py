"""One training step of an LSTM on sequences of 50 steps: the layer, a loop over its cell, or a loop over plain operations.

    64 inputs, 128 hidden, a batch of 32; the loss is the mean square of the last state, or of all of them for the layer
"""

from __future__ import annotations

from typing import Any

from benchmarks.steps import LEARNING_RATE, Step

STEPS, BATCH, INPUTS, HIDDEN = 50, 32, 64, 128


def layer(nn: Any) -> tuple[Any, Any]:
    """The LSTM, and its loss for inputs of (steps, batch, inputs)."""
    lstm = nn.LSTM(INPUTS, HIDDEN)
    return lstm.parameters(), lambda xs: (lstm(xs)[0] ** 2).mean()


def cells(nn: Any, state: Any) -> tuple[Any, Any]:
    """The cell, and the loss of a loop over it from the given state."""
    cell = nn.LSTMCell(INPUTS, HIDDEN)

    def loss(xs: Any) -> Any:
        h = c = state
        for x in xs:
            h, c = cell(x, (h, c))
        return (h * h).mean()

    return cell.parameters(), loss


def step_of(optim: Any, parameters: Any, loss: Any, xs: Any) -> Step:
    optimizer = optim.SGD(parameters, lr=LEARNING_RATE)

    def step() -> None:
        optimizer.zero_grad()
        loss(xs).backward()
        optimizer.step()

    return step
