"""Recurrent layers, packed and not, and their cells; sequences of several lengths."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from .cases import Case, Random, configurations, maybe, one


@configurations("RNNCell", "LSTMCell", "GRUCell")
def cell(name: str, random: Random) -> Case:
    inputs, hidden = random.integers(1, 6, 2).tolist()
    batch = one(random, (), (1,), (3,))
    state: Any = random.standard_normal((*batch, hidden))
    if name == "LSTMCell":
        state = (state, random.standard_normal((*batch, hidden)))
    relu = {"nonlinearity": "relu"} if name == "RNNCell" else {}
    given = (random.standard_normal((*batch, inputs)), *one(random, (state,), ()))
    return Case(given, (inputs, hidden), maybe(random, bias=False, **relu))


def packed(nn: Any, module: Any, x: Any, *states: Any, lengths: list[int], enforce_sorted: bool) -> Any:
    """The results of a layer for sequences of several lengths."""
    batch = nn.utils.rnn.pack_padded_sequence(x, lengths, module.batch_first, enforce_sorted)
    y, last = module(batch, *states)
    return nn.utils.rnn.pad_packed_sequence(y, module.batch_first)[0], last


@configurations("RNN", "LSTM", "GRU")
def layer(name: str, random: Random) -> Case:
    inputs, hidden, layers, steps, batch = random.integers(1, 5, 5).tolist()
    special = {"RNN": {"nonlinearity": "relu"}, "LSTM": {"proj_size": hidden - 1}, "GRU": {}}[name]
    settings = maybe(random, num_layers=layers, bias=False, batch_first=True, bidirectional=True, **special)
    if random.random() < 0.3:  # whatever is dropped, it is all or nothing
        settings["dropout"] = one(random, 0.0, 1.0)
    kind = one(random, "batch", "packed", "single")
    rows = settings.get("num_layers", 1) * (1 + settings.get("bidirectional", False))
    outer = (steps,) if kind == "single" else (batch, steps) if settings.get("batch_first") else (steps, batch)
    middle = () if kind == "single" else (batch,)
    state: Any = random.standard_normal((rows, *middle, settings.get("proj_size") or hidden))
    if name == "LSTM":
        state = (state, random.standard_normal((rows, *middle, hidden)))
    given = (random.standard_normal((*outer, inputs)), *one(random, (state,), ()))
    train = random.random() < 0.5
    if kind != "packed":
        return Case(given, (inputs, hidden), settings, train=train)
    lengths, enforce = random.integers(1, steps + 1, batch), one(random, True, False)
    options = {
        "lengths": sorted(lengths.tolist(), reverse=True) if enforce else lengths.tolist(),
        "enforce_sorted": enforce,
    }
    return Case(given, (inputs, hidden), settings, train=train, through=partial(packed, **options))


def sequences(random: Random, lengths: list[int]) -> list[Any]:
    features = one(random, (), (2,), (2, 3))
    return [random.standard_normal((n, *features)) for n in lengths]


@configurations("utils.rnn.pad_sequence", "utils.rnn.pack_sequence")
def joining(name: str, random: Random) -> Case:
    lengths = random.permutation(6)[: random.integers(1, 6)] + 1  # all different, so that their order is determined
    if name == "utils.rnn.pad_sequence":
        settings = maybe(random, batch_first=True, padding_value=2.5, padding_side="left")
    else:
        settings = maybe(random, enforce_sorted=False)
        lengths = lengths if settings else np.sort(lengths)[::-1]
    return Case((sequences(random, lengths.tolist()),), (), settings)


@configurations("utils.rnn.pack_padded_sequence", "utils.rnn.unpad_sequence")
def padded(name: str, random: Random) -> Case:
    first = name == "utils.rnn.unpad_sequence"  # of a leaf PyTorch's takes nothing else: it exchanges its axes in place
    settings = {"batch_first": True} if first else maybe(random, batch_first=True)
    lengths = random.permutation(4)[: random.integers(1, 4)] + 1
    shape = (len(lengths), 5) if settings else (5, len(lengths))
    x = random.standard_normal((*shape, *one(random, (), (2,))))
    if first:
        return Case((x,), (lengths,), settings)
    settings |= maybe(random, enforce_sorted=False)
    return Case((x,), (lengths if "enforce_sorted" in settings else np.sort(lengths)[::-1].copy(),), settings)
