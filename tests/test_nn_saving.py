"""Files of weights: what is saved is loaded, what is damaged is refused, and nothing in a file is executed."""

import contextlib
import json
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
import nn

ARRAYS = {"w": np.arange(6.0, dtype=np.float32).reshape(2, 3), "steps": np.array(7), "h": np.ones(2, np.float16)}


def test_arrays_come_back_as_they_were_in_any_layout(tmp_path):
    path = tmp_path / "arrays.safetensors"
    nn.save_file({**ARRAYS, "turned": ARRAYS["w"].T, "tensor": ag.tensor([1.0, 2.0])}, path, {"made": "by a test"})
    found = nn.load_file(path)

    assert {name: array.dtype for name, array in found.items()} == {
        "w": np.float32, "steps": np.int64, "h": np.float16, "turned": np.float32, "tensor": np.float64,
    }  # fmt: skip
    np.testing.assert_array_equal(found["turned"], ARRAYS["w"].T)
    assert found["steps"] == 7


def test_a_model_of_the_same_architecture_takes_the_file_and_another_names_what_differs(tmp_path):
    path = tmp_path / "model.safetensors"
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    nn.save_file(model.state_dict(), path)
    other = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
    other.load_state_dict(nn.load_file(path))

    for key, array in model.state_dict().items():
        np.testing.assert_array_equal(other.state_dict()[key], array)
    with pytest.raises(nn.StateDictError, match=r"unexpected: 1\.weight"):
        nn.Sequential(nn.Conv2d(1, 2, 3)).load_state_dict(nn.load_file(path))


@pytest.fixture(scope="module")
def whole_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "whole"
    nn.save_file(ARRAYS, path)
    return path.read_bytes()


@given(data=st.data())
def test_a_damaged_file_gives_an_error_with_its_name_or_other_numbers_and_never_anything_else(
    whole_file, tmp_path_factory, data
):
    content = bytearray(whole_file)
    if data.draw(st.booleans(), "cut off"):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    else:
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(bytes(content))
    with contextlib.suppress(nn.DataError):
        assert all(type(array) is np.ndarray for array in nn.load_file(path).values())


def header(tensors):
    text = json.dumps(tensors).encode()
    return len(text).to_bytes(8, "little") + text


HOSTILE = {
    "a pickle": b"\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94\x8c\x06system\x94\x93\x94.",
    "a header of 2**60 bytes": (2**60).to_bytes(8, "little") + b"{}",
    "numbers beyond the end": header({"w": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}),
    "overlapping numbers": header({n: {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]} for n in "ab"}) + b"1234",
    "a shape that does not fit": header({"w": {"dtype": "F32", "shape": [3], "data_offsets": [0, 4]}}) + b"1234",
    "nothing": b"",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused(tmp_path, content):
    path = tmp_path / "hostile"
    path.write_bytes(content)
    with pytest.raises(nn.DataError, match="hostile cannot be read as a safetensors file"):
        nn.load_file(path)


def test_what_cannot_be_saved_is_refused_and_leaves_the_old_file(tmp_path):
    path = tmp_path / "arrays"
    nn.save_file(ARRAYS, path)
    with pytest.raises(nn.KindError, match=r"arrays of numbers, and were given (longdouble|float128)"):
        nn.save_file({"w": np.ones(2, np.longdouble)}, path)

    assert nn.load_file(path).keys() == ARRAYS.keys()
    assert os.listdir(tmp_path) == ["arrays"]


def test_a_missing_file_is_pythons_own_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        nn.load_file(tmp_path / "nowhere")


def test_a_module_in_place_of_its_state_is_refused_with_what_to_write(tmp_path):
    with pytest.raises(nn.KindError, match=r"given a Linear: pass model.state_dict\(\)"):
        nn.save_file(nn.Linear(1, 1), tmp_path / "model.safetensors")
