"""Data sets and loaders."""

import gzip
import threading

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


# -- in the background ---------------------------------------------------------------------------------------------------------


def test_batches_prepared_ahead_are_the_same_batches():
    plain, ahead = loader(shuffle=True, generator=1), loader(shuffle=True, generator=1, prefetch=2)

    for _ in range(2):
        assert order(ahead) == order(plain)


def test_an_error_in_the_background_comes_out_and_leaving_early_ends_the_thread():
    class Broken:
        def __len__(self):
            return 9

        def __getitem__(self, index):
            if index == 4:
                raise LookupError("row 4 is damaged")
            return index

    before = threading.active_count()
    with pytest.raises(LookupError, match="row 4"):
        list(nn.data.DataLoader(Broken(), prefetch=1))
    for _ in nn.data.DataLoader(range(100), prefetch=3):
        break
    assert threading.active_count() == before


def test_a_sampler_gives_the_order_and_collate_fn_the_batch():
    batches = nn.data.DataLoader("abcd", batch_size=2, sampler=[3, 0, 1], collate_fn="".join)

    assert list(batches) == ["da", "b"]
    assert len(batches) == 2
    with pytest.raises(nn.SettingError, match="leave shuffle out"):
        nn.data.DataLoader("abcd", shuffle=True, sampler=[0])


# -- parts ---------------------------------------------------------------------------------------------------------------------


def test_a_random_split_divides_without_overlap_by_numbers_or_by_shares():
    for lengths, sizes in (([5, 2], [5, 2]), ([0.5, 0.3, 0.2], [4, 2, 1])):
        parts = nn.data.random_split(range(7), lengths, generator=0)
        assert [len(part) for part in parts] == sizes
        assert sorted(item for part in parts for item in part) == list(range(7))
    with pytest.raises(nn.SettingError, match="sum to 6"):
        nn.data.random_split(range(7), [3, 3])
    with pytest.raises(nn.KindError, match="lengths is 3: give one number for each part, in a list"):
        nn.data.random_split(range(7), 3)


def test_folds_judge_each_item_once_and_a_bootstrap_leaves_about_a_third_out():
    folds = list(nn.data.k_fold(range(10), 4, generator=0))
    drawn, left_out = next(nn.data.bootstrap(range(1000), generator=0))

    assert sorted(item for _, judge in folds for item in judge) == list(range(10))
    assert all({*learn}.isdisjoint(judge) for learn, judge in folds)
    assert 330 < len(left_out) < 410
    assert {*drawn}.isdisjoint(left_out)
    with pytest.raises(nn.SettingError, match="from 2 to 3"):
        next(nn.data.k_fold("abc", 5))


def test_data_sets_are_joined_and_counted_from_the_end_too():
    both = nn.data.ConcatDataset([range(3), nn.data.Subset(range(10), [7, 8])])

    assert [both[i] for i in range(-5, 5)] == [0, 1, 2, 7, 8] * 2
    with pytest.raises(IndexError, match="item 5 of 5"):
        both[5]


# -- files ---------------------------------------------------------------------------------------------------------------------


def idx(array, code=8):
    return bytes([0, 0, code, array.ndim]) + b"".join(n.to_bytes(4) for n in array.shape) + array.tobytes()


def test_idx_files_are_read_gzipped_or_not(tmp_path):
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    (tmp_path / "plain").write_bytes(idx(pixels))
    (tmp_path / "zipped").write_bytes(gzip.compress(idx(pixels)))
    (tmp_path / "floats").write_bytes(idx(np.array([1.5, -2.0], ">f4"), 0x0D))

    np.testing.assert_array_equal(nn.data.read_idx(tmp_path / "plain"), pixels)
    np.testing.assert_array_equal(nn.data.read_idx(tmp_path / "zipped"), pixels)
    np.testing.assert_array_equal(nn.data.read_idx(tmp_path / "floats"), [1.5, -2])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no IDX file: it begins with nothing"),
        (b"\x89PNG....", "no IDX file: it begins with 89 50 4e 47"),
        (idx(np.zeros((2, 3), np.uint8))[:-1], "makes 18 bytes, and the file has 17"),
        (gzip.compress(idx(np.zeros(9, np.uint8)))[:-9], "damaged"),
        (b"\0\0\x08\x03\0\0", "file has 6"),
    ],
)
def test_a_file_that_is_damaged_or_another_is_refused_by_name(tmp_path, content, words):
    path = tmp_path / "train"
    path.write_bytes(content)
    with pytest.raises(nn.DataError, match=words) as caught:
        nn.data.read_idx(path)
    assert str(path) in str(caught.value)


def test_mnist_is_read_from_a_folder_or_the_one_that_the_environment_names(tmp_path, monkeypatch):
    for part, count in (("train", 3), ("t10k", 2)):
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(idx(np.full((count, 2, 2), 255, np.uint8)))
        (tmp_path / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(np.arange(count, dtype=np.uint8))))
    learn, judge = nn.data.mnist(tmp_path)

    assert (learn.images.shape, learn.images.dtype, judge.labels.tolist()) == ((3, 1, 2, 2), np.float32, [0, 1])
    assert learn.images.max() == 1
    monkeypatch.setenv("AUTOGRAD_DATA", str(tmp_path))
    assert nn.data.mnist()[1].images.shape == (2, 1, 2, 2)
    (tmp_path / "t10k-images-idx3-ubyte").unlink()
    with pytest.raises(nn.DataError, match="has no t10k-images-idx3-ubyte"):
        nn.data.mnist(tmp_path)


def test_tables_come_with_or_without_names_and_say_where_no_number_stands(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b,kind\n1,2,0\n3,4.5,1\n")
    x, y = nn.data.read_csv(path, target=-1)
    assert (x.tolist(), y.tolist(), y.dtype) == ([[1, 2], [3, 4.5]], [0, 1], np.int64)
    np.testing.assert_array_equal(nn.data.read_csv(path, columns=["b", "a"]), [[2, 1], [4.5, 3]])
    path.write_text("1;2\n3;x\n")
    with pytest.raises(nn.DataError, match="line 2, column 2: 'x' is no number"):
        nn.data.read_csv(path, delimiter=";")
    path.write_text("1,2\n3\n")
    with pytest.raises(nn.DataError, match="line 2: 1 columns, where the first line has 2"):
        nn.data.read_csv(path)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(nn.DataError, match="no column 'kind'; there are a, b"):
        nn.data.read_csv(path, target="kind")


def test_workers_are_a_thread_that_prepares_batches():
    loader = nn.data.DataLoader([1.0, 2.0, 3.0], batch_size=2, num_workers=2, pin_memory=True)

    assert loader.prefetch == 4
    assert [batch.tolist() for batch in loader] == [[1.0, 2.0], [3.0]]
