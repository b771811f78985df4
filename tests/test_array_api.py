"""The array API standard on Tensors."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import array_api as xp
from autograd_core.testing import check_grads


def test_every_name_of_the_namespace_is_there():
    for module in (xp, xp.linalg, xp.fft):
        assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_a_value_tells_its_namespace():
    x = ag.tensor([1.0, 2.0])

    assert x.__array_namespace__() is x.__array_namespace__(api_version="2023.12") is xp
    assert (x.device, x.to_device("cpu") is x) == ("cpu", True)
    with pytest.raises(ag.errors.UnsupportedError, match=r"2024\.12"):
        x.__array_namespace__(api_version="1999.12")
    with pytest.raises(ag.errors.UnsupportedError, match="on the device 'cpu'"):
        xp.ones(2, device="gpu")


def whitened(x):
    """Code written against the standard, for any library."""
    xp = x.__array_namespace__()
    centred = x - xp.mean(x, axis=0, keepdims=True)
    covariance = centred.mT @ centred / x.shape[0] + xp.eye(x.shape[1], dtype=x.dtype)
    return xp.linalg.solve(xp.linalg.cholesky(covariance), centred.mT)


def test_code_written_against_the_standard_gives_numpys_numbers_and_gradients():
    x = np.random.default_rng(0).normal(size=(5, 3))

    np.testing.assert_allclose(whitened(ag.asarray(x)).numpy(), whitened(x), rtol=1e-12)
    check_grads(lambda x: whitened(ag.asarray(x)), x)


def test_creation_functions_give_tensors():
    like = ag.tensor([1.0, 2.0])
    made = [
        xp.arange(3), xp.asarray([1, 2]), xp.empty(2), xp.empty_like(like), xp.eye(2), xp.full(2, 1.0), xp.full_like(like, 3),
        xp.linspace(0, 1, 3), xp.ones(2), xp.ones_like(like), xp.zeros(2), xp.zeros_like(like), *xp.meshgrid(like, like),
        xp.fft.fftfreq(4), xp.fft.rfftfreq(4, dtype=xp.float32), xp.from_dlpack(np.ones(2)),
    ]  # fmt: skip

    assert {type(x) for x in made} == {ag.Tensor}


def test_asarray_copies_when_asked_only():
    x = ag.tensor([1.0, 2.0])

    assert xp.asarray(x) is xp.asarray(x, copy=False) is x
    assert xp.asarray(x, copy=True) is not x
    with pytest.raises(ValueError, match="copy=False"):
        xp.asarray([1.0], copy=False)


def test_numbers_sort_both_ways_and_equal_ones_stay_in_order():
    x = ag.tensor([[2.0, 1.0, 2.0, 3.0]])

    assert xp.sort(x, descending=True).tolist() == [[3.0, 2.0, 2.0, 1.0]]
    assert xp.argsort(x, descending=True).tolist() == [[3, 0, 2, 1]]
    assert xp.argsort(x).tolist() == [[1, 0, 2, 3]]


def test_a_recorded_value_is_not_exported():
    with pytest.raises(ag.errors.LeavingError, match=r"Export x\.detach"):
        np.from_dlpack(ag.tensor([1.0], requires_grad=True))

    assert np.from_dlpack(ag.tensor([1.0])).tolist() == [1.0]


def test_limits_are_python_numbers():
    assert xp.finfo(ag.tensor([1.0])).eps == xp.finfo(xp.complex128).eps == np.finfo(float).eps
    assert xp.iinfo(ag.tensor([1])).max == np.iinfo(int).max
    with pytest.raises(ag.errors.DTypeError, match=r"xp.real"):
        xp.astype(ag.tensor([1j]), xp.float64)


def test_an_axis_out_of_bounds_is_an_index_error_too():
    x = ag.tensor([1.0, 2.0])

    for call in (lambda: xp.expand_dims(x, axis=5), lambda: xp.sum(x, axis=5), lambda: xp.sort(x, axis=5)):
        with pytest.raises(IndexError, match="axis 5"):
            call()
