"""Recurrent layers and their cells: layers, directions, states, sequences of several lengths, and what they refuse."""

import math

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import DTypeError, ShapeError
from autograd_core.testing import check_module
from nn import KindError, SettingError
from nn.utils.rnn import (
    PackedSequence,
    pack_padded_sequence,
    pack_sequence,
    pad_packed_sequence,
    pad_sequence,
    unpack_sequence,
    unpad_sequence,
)  # fmt: skip

random = np.random.default_rng(0)


def floats(*shape, dtype=np.float32):
    return random.standard_normal(shape).astype(dtype)


CHECKED = [
    (nn.RNNCell(2, 3, nonlinearity="relu"), (4, 2)),
    (nn.LSTMCell(2, 3), (4, 2)),
    (nn.GRUCell(2, 3, bias=False), (2,)),
    (nn.RNN(2, 3, num_layers=2, dropout=0.5, generator=0), (4, 3, 2)),
    (nn.RNN(2, 3, nonlinearity="relu", bias=False), (4, 2)),
    (nn.LSTM(2, 3, num_layers=2, bidirectional=True, batch_first=True), (3, 4, 2)),
    (nn.LSTM(2, 3, proj_size=2, bidirectional=True), (4, 3, 2)),
    (nn.GRU(2, 3, bidirectional=True), (4, 3, 2)),
]


@pytest.mark.parametrize(("module", "given"), CHECKED, ids=[repr(module) for module, _ in CHECKED])
def test_gradients_of_each_class(module, given):
    class Results(nn.Module):
        def __init__(self):
            self.inner = module

        def forward(self, x):
            y = self.inner(x)
            return (
                [part for group in y for part in (group if isinstance(group, tuple) else (group,))]
                if type(y) is tuple
                else y
            )

    check_module(Results(), given, directions=1)


def test_what_they_look_like():
    texts = {
        "RNNCell(2, 3, bias=False, nonlinearity=relu)": nn.RNNCell(2, 3, bias=False, nonlinearity="relu"),
        "LSTMCell(2, 3)": nn.LSTMCell(2, 3),
        "RNN(2, 3)": nn.RNN(2, 3, nonlinearity="relu"),
        "LSTM(2, 3, proj_size=2, bidirectional=True)": nn.LSTM(2, 3, proj_size=2, bidirectional=True),
        "GRU(2, 3, num_layers=2, bias=False, batch_first=True, dropout=0.5)": nn.GRU(2, 3, 2, False, True, 0.5),
    }
    for text, module in texts.items():
        assert repr(module) == text


def test_parameters_have_pytorchs_names_in_its_order():
    names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    backwards = [f"{name}_reverse" for name in names]

    assert list(nn.GRU(2, 3, bidirectional=True).state_dict()) == names + backwards
    assert list(nn.LSTM(2, 3, 2, proj_size=1, bias=False).state_dict()) == [
        "weight_ih_l0", "weight_hh_l0", "weight_hr_l0", "weight_ih_l1", "weight_hh_l1", "weight_hr_l1",
    ]  # fmt: skip
    assert list(nn.LSTMCell(2, 3).state_dict()) == ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    shapes = [p.shape for p in nn.LSTM(5, 3, 2, proj_size=2, bidirectional=True).parameters()]
    assert shapes[:5] == [(12, 5), (12, 2), (12,), (12,), (2, 3)]
    assert shapes[10:12] == [(12, 4), (12, 2)]


def test_parameters_start_uniform_by_the_hidden_size():
    for module in (nn.LSTM(50, 100, generator=0), nn.GRUCell(50, 100, generator=0)):
        for p in module.parameters():
            values = p.numpy() * math.sqrt(100)
            assert values.dtype == np.float32
            assert -1 <= values.min() < -0.9 < 0.9 < values.max() <= 1


def test_a_layer_is_a_loop_over_its_cell():
    layers = nn.LSTM(2, 3), nn.GRU(2, 3), nn.RNN(2, 3)
    for layer, cell in zip(layers, (nn.LSTMCell(2, 3), nn.GRUCell(2, 3), nn.RNNCell(2, 3)), strict=True):
        cell.load_state_dict({name.removesuffix("_l0"): array for name, array in layer.state_dict().items()})
        xs, state, states = floats(5, 4, 2), None, []
        for x in xs:
            state = cell(x, state)
            states.append(state[0] if isinstance(state, tuple) else state)
        np.testing.assert_allclose(layer(xs)[0].numpy(), ag.stack(states).numpy(), rtol=1e-5, atol=1e-6)


@ag.no_grad()
def test_layers_and_directions_feed_the_next_layer():
    deep = nn.GRU(2, 3, num_layers=2, bidirectional=True).double()
    parts = {key: nn.GRU(n, 3).double() for key, n in {"l0": 2, "l0_reverse": 2, "l1": 6, "l1_reverse": 6}.items()}
    for key, part in parts.items():
        state = deep.state_dict()
        part.load_state_dict({name: state[name.replace("l0", key)] for name in part.state_dict()})
    x, h = floats(5, 4, 2, dtype=float), floats(4, 4, 3, dtype=float)
    y, last = deep(x, h)

    for layer, (ahead, back) in enumerate([("l0", "l0_reverse"), ("l1", "l1_reverse")]):
        first, end = parts[ahead](x, h[2 * layer, None])
        second, other_end = parts[back](x[::-1], h[2 * layer + 1, None])
        x = np.concatenate([first, second[::-1]], axis=-1)
        np.testing.assert_allclose(last[2 * layer : 2 * layer + 2], np.concatenate([end, other_end]), rtol=1e-12)
    np.testing.assert_allclose(y, x, rtol=1e-12)


def test_initial_states_are_trained():
    for module in (nn.LSTM(2, 3), nn.LSTMCell(2, 3)):
        shape = (1, 4, 3) if isinstance(module, nn.LSTM) else (4, 3)
        h, c = nn.Parameter(np.zeros(shape, np.float32)), nn.Parameter(np.zeros(shape, np.float32))
        y, _ = module(floats(*([5] * (len(shape) - 2)), 4, 2), (h, c))
        y.sum().backward()
        assert h.grad.numpy().all()
        assert c.grad.numpy().all()


def test_dropout_is_between_layers_and_in_training_only():
    x = floats(5, 4, 2)
    with pytest.warns(UserWarning, match="between layers, and there is only one"):
        nn.GRU(2, 3, dropout=0.5)
    layer = nn.GRU(2, 3, num_layers=2, dropout=1.0)
    silent = nn.GRU(3, 3)
    silent.load_state_dict({name: layer.state_dict()[name.replace("l0", "l1")] for name in silent.state_dict()})

    np.testing.assert_allclose(layer(x)[0].numpy(), silent(np.zeros((5, 4, 3), np.float32))[0].numpy(), rtol=1e-6)
    assert not np.allclose(layer.eval()(x)[0].numpy(), layer.train()(x)[0].numpy())


# -- sequences of several lengths ------------------------------------------------------------------------------------------


SEQUENCES = [floats(2, 2), floats(5, 2), floats(1, 2), floats(2, 2)]


@pytest.mark.parametrize("make", [nn.RNN, nn.LSTM, nn.GRU])
def test_packed_sequences_are_as_each_by_itself(make):
    layer = make(2, 3, num_layers=2, bidirectional=True)
    h = ag.tensor(floats(4, 4, 3), requires_grad=True)
    state = (h, h) if make is nn.LSTM else h
    y, last = layer(pack_sequence(SEQUENCES, enforce_sorted=False), state)

    for b, (rows, x) in enumerate(zip(unpack_sequence(y), SEQUENCES, strict=True)):
        own = (h[:, b], h[:, b]) if make is nn.LSTM else h[:, b]
        expected, end = layer(x, own)
        np.testing.assert_allclose(rows.numpy(), expected.numpy(), rtol=1e-5, atol=1e-6)
        for got, single in zip(*((last, end) if make is nn.LSTM else ((last,), (end,))), strict=True):
            np.testing.assert_allclose(got[:, b].numpy(), single.numpy(), rtol=1e-5, atol=1e-6)


def test_packing_and_padding_undo_each_other_and_carry_gradients():
    leaves = [ag.tensor(x, requires_grad=True) for x in SEQUENCES]
    for batch_first in (False, True):
        padded = pad_sequence(leaves, batch_first)
        packed = pack_padded_sequence(padded, [2, 5, 1, 2], batch_first, enforce_sorted=False)
        again, lengths = pad_packed_sequence(packed, batch_first, total_length=7)
        for x, y in zip(SEQUENCES, unpad_sequence(again, lengths, batch_first), strict=True):
            np.testing.assert_array_equal(y.numpy(), x)
        again.sum().backward()

    assert packed.batch_sizes.tolist() == [4, 3, 1, 1, 1]
    assert packed.sorted_indices.tolist() == [1, 0, 3, 2]
    assert all((leaf.grad.numpy() == 2).all() for leaf in leaves)


def test_padding_can_be_any_number_on_either_side():
    padded = pad_sequence([np.ones(1), np.ones(2)], padding_value=7.0, padding_side="left", batch_first=True)
    again, _ = pad_packed_sequence(pack_sequence([np.ones(2), np.ones(1)]), padding_value=7.0)

    assert padded.tolist() == [[7, 1], [1, 1]]
    assert again.tolist() == [[1, 1], [1, 7]]


# -- what is refused -------------------------------------------------------------------------------------------------------

lstm, gru = nn.LSTM(2, 3), nn.GRU(2, 3, batch_first=True)
packed = PackedSequence(np.zeros((3, 5), np.float32), np.array([2, 1]))
REFUSED = {
    "features": (
        lambda: lstm(floats(4, 3, 5)),
        ShapeError,
        r"LSTM\(2, 3\) takes inputs of shape \(steps, batch, 2\) or",
    ),
    "features, batch first": (lambda: gru(floats(4, 3, 5)), ShapeError, r"\(batch, steps, 2\) or \(steps, 2\)"),
    "no steps": (lambda: lstm(floats(0, 3, 2)), ShapeError, "of at least one step"),
    "packed features": (
        lambda: lstm(packed),
        ShapeError,
        r"shape \(rows, 2\) if they are packed, and was given \(3, 5\)",
    ),
    "states": (
        lambda: gru(floats(4, 5, 2), floats(1, 5, 3)),
        ShapeError,
        r"takes states of shape \(1, 4, 3\) beside this input, \(layers \* directions, batch, features\), and was given",
    ),
    "a state without its cell": (lambda: lstm(floats(4, 3, 2), floats(1, 3, 3)), KindError, r"write \(h, c\)"),
    "a state of a cell": (
        lambda: nn.GRUCell(2, 3)(floats(4, 2), floats(5, 3)),
        ShapeError,
        r"\(4, 3\) as states beside inputs of \(4, 2\), and was given \(5, 3\)",
    ),
    "another precision": (lambda: lstm(ag.tensor(floats(4, 3, 2, dtype=float))), DTypeError, "has float32 parameters"),
    "no layers": (lambda: nn.RNN(2, 3, 0), SettingError, "RNN: num_layers is 0"),
    "a projection that is none": (lambda: nn.LSTM(2, 3, proj_size=3), SettingError, "give less than hidden_size, 3"),
    "a nonlinearity": (lambda: nn.RNN(2, 3, nonlinearity="sin"), SettingError, "choose among 'tanh', 'relu'"),
    "dropout": (lambda: nn.GRU(2, 3, 2, dropout=2.0), SettingError, "from 0 to 1"),
    "lengths that grow": (
        lambda: pack_padded_sequence(floats(3, 2), [1, 3]),
        SettingError,
        r"the lengths \[1, 3\] grow: give the longest sequence first, or enforce_sorted=False",
    ),
    "an empty sequence": (lambda: pack_padded_sequence(floats(3, 2), [3, 0]), SettingError, "a sequence has length 0"),
    "a length beyond the end": (
        lambda: pack_padded_sequence(floats(3, 2), [4, 1]),
        SettingError,
        "a sequence has length 4, but there are 3 steps",
    ),
    "too few lengths": (
        lambda: pack_padded_sequence(floats(3, 2), [3]),
        ShapeError,
        "there are 1 lengths for 2 sequences",
    ),
    "lengths that are none": (
        lambda: pack_padded_sequence(floats(3, 2), [3.0, 1.0]),
        KindError,
        "lengths are whole numbers",
    ),
    "too short a total": (
        lambda: pad_packed_sequence(packed, total_length=1),
        SettingError,
        "total_length is 1, and the longest sequence has 2 rows",
    ),
    "nothing packed": (lambda: pad_packed_sequence(floats(3, 2)), KindError, "takes a PackedSequence, not a ndarray"),
    "no sequences": (lambda: pad_sequence([]), ShapeError, "at least one, not shapes of nothing"),
    "sequences of other features": (lambda: pad_sequence([floats(2, 2), floats(2, 3)]), ShapeError, "lengths only"),
    "a sequence that isn't there": (
        lambda: unpad_sequence(floats(3, 2), [4, 1]),
        ShapeError,
        "no sequences of lengths",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_with_words(case):
    call, error, words = REFUSED[case]
    with pytest.raises(error, match=words):
        call()
