"""Data sets and loaders."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.errors import ShapeError

X, LABELS = np.arange(14.0).reshape(7, 2), np.arange(7)


def loader(**options):
    return nn.data.DataLoader(nn.data.TensorDataset(X, LABELS), batch_size=3, **options)


def order(batches):
    return [label for _, labels in batches for label in labels.tolist()]


def test_batches_come_in_order_and_the_last_is_smaller():
    batches = list(loader())

    assert [x.shape for x, _ in batches] == [(3, 2), (3, 2), (1, 2)]
    assert order(batches) == list(range(7))
    assert len(loader()) == 3


def test_the_smaller_last_batch_can_be_dropped():
    assert order(loader(drop_last=True)) == list(range(6))
    assert len(loader(drop_last=True)) == 2


def test_a_seed_gives_the_same_orders_again_and_another_order_each_epoch():
    one, other = loader(shuffle=True, generator=3), loader(shuffle=True, generator=3)
    first, second = order(one), order(one)

    assert (order(other), order(other)) == (first, second)
    assert first != second
    assert sorted(first) == list(range(7))


def test_manual_seed_decides_the_default_order():
    nn.manual_seed(1)
    first = order(loader(shuffle=True))
    nn.manual_seed(1)

    assert order(loader(shuffle=True)) == first


def test_rows_stay_together_with_their_labels():
    for x, labels in loader(shuffle=True, generator=0):
        np.testing.assert_array_equal(x[:, 0], 2 * labels)


def test_batches_are_read_only_own_their_memory_and_are_float32():
    for x, labels in loader():
        assert (x.dtype, labels.dtype) == (np.float32, np.int64)
        for array in (x, labels):
            assert array.flags.owndata
            assert not array.flags.writeable


def test_another_dtype_or_none_can_be_asked_for():
    assert next(iter(loader(dtype=np.float16)))[0].dtype == np.float16
    assert next(iter(loader(dtype=None)))[0].dtype == np.float64


def test_a_record_keeps_a_batch_without_a_copy():
    layer, (x, _) = nn.Linear(2, 1), next(iter(loader()))
    y = layer(x)

    assert y.node.inputs[0] is x


def test_any_object_with_length_and_items_will_do():
    class Squares:
        def __len__(self):
            return 4

        def __getitem__(self, i):
            return {"x": np.full(2, i), "y": (i * i, ag.tensor(float(i)))}

    (batch,) = nn.data.DataLoader(Squares(), batch_size=4)

    assert batch["x"].tolist() == [[0, 0], [1, 1], [2, 2], [3, 3]]
    assert batch["y"][0].tolist() == [0, 1, 4, 9]
    assert (batch["y"][1].dtype, batch["y"][1].flags.writeable) == (np.float32, False)


def test_arrays_of_different_lengths_are_refused():
    with pytest.raises(ShapeError, match=r"as many rows in each, and was given \(7, 2\), \(6,\)"):
        nn.data.TensorDataset(X, LABELS[:6])


def test_a_batch_of_nothing_is_refused():
    with pytest.raises(nn.SettingError, match="DataLoader: batch_size is 0: give a whole number of at least 1"):
        nn.data.DataLoader(X, batch_size=0)
