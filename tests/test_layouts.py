"""Rearrangements: dtypes, words, methods, and views that are known to be views; the rest is in the rows of samples."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import MutationError, ShapeError, UnsupportedError


def cube(dtype=float):
    return np.arange(1.0, 25.0).reshape(2, 3, 4)[::-1, :, ::-1].astype(dtype)


def test_a_float64_detour_of_a_float32_value_gives_a_float32_gradient():
    x = ag.tensor(np.array([1.0, 2.0], np.float32), requires_grad=True)

    np.sum(x.astype(np.float64) ** 2).backward()

    assert x.grad.dtype == np.float32
    np.testing.assert_array_equal(x.grad.numpy(), [2, 4])


def test_a_narrower_dtype_rounds_the_value_and_lets_the_gradient_through():
    x = ag.tensor([0.1], requires_grad=True)

    y = x.astype(np.float32)
    np.sum(y).backward()

    assert y.item() == np.float32(0.1)
    assert (x.grad.item(), x.grad.dtype) == (1.0, np.float64)


def test_a_conversion_to_integers_carries_no_gradient():
    x = ag.tensor([1.5, -1.5], requires_grad=True)

    assert not x.astype(int).requires_grad
    assert not np.astype(x, bool).requires_grad
    np.testing.assert_array_equal(x.astype(int).numpy(), [1, -1])


def test_the_real_part_of_a_complex_number_is_what_a_real_input_gets_back():
    g = ag.grad(lambda x: np.sum(np.imag(np.astype(x, complex) * 1j)))(np.array([2.0, 3.0]))

    np.testing.assert_array_equal(g, [1.0, 1.0])


def test_conj_conjugate_and_round_are_methods_too():
    z = ag.tensor([1.25 + 2j], requires_grad=True)

    assert z.conj().tolist() == z.conjugate().tolist() == [1.25 - 2j]
    assert z.round(1).tolist() == [1.2 + 2j]
    assert ag.grad(lambda z: (z * z.conj()).real.sum())(np.array([3 + 4j])).tolist() == [6 + 8j]


def test_methods_take_a_tuple_or_loose_numbers():
    x = ag.tensor(cube(), requires_grad=True)

    assert x.reshape(4, 6).shape == x.reshape((4, 6)).shape == x.reshape([4, 6]).shape == (4, 6)
    assert x.reshape(-1).shape == x.ravel().shape == x.flatten().shape == (24,)
    assert x.transpose().shape == x.T.shape == (4, 3, 2)
    assert x.transpose(1, 0, 2).shape == x.transpose((1, 0, 2)).shape == (3, 2, 4)
    assert x.swapaxes(0, 1).shape == (3, 2, 4)
    assert x.reshape(2, 3, 4, 1).squeeze().shape == x.reshape(1, 2, 3, 4).squeeze(0).shape == (2, 3, 4)
    np.testing.assert_array_equal(x.reshape(3, 8, order="F").numpy(), cube().reshape(3, 8, order="F"))
    np.testing.assert_array_equal(x.clip(3, 7).numpy(), cube().clip(3, 7))
    np.testing.assert_array_equal(x.repeat(2, axis=1).numpy(), cube().repeat(2, axis=1))


def test_a_scalar_can_be_reshaped_into_an_array():
    assert ag.grad(lambda s: np.sum(np.broadcast_to(np.reshape(s, (1, 1)), (2, 3))))(2.0) == 6.0


@pytest.mark.parametrize("call", [lambda x: np.ravel(x, order="K"), lambda x: x.reshape(-1, order="A")])
def test_an_order_that_depends_on_memory_is_refused(call):
    with pytest.raises(
        UnsupportedError, match="depends on the layout in memory, which a gradient does not share: use 'C' or 'F'"
    ):
        call(ag.tensor(cube(), requires_grad=True))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: np.reshape(x, (5, 5)), r"reshape cannot .* shape \(2, 3, 4\)"),
        (lambda x: np.transpose(x, (0, 1)), "transpose cannot"),
        (lambda x: np.transpose(x, (0, 1, 1)), "names a dimension twice"),
        (lambda x: np.swapaxes(x, 0, 3), r"axis 3 is outside an array of 3 dimensions: use -3 \.\.\. 2"),
        (lambda x: np.broadcast_to(x, (2, 3, 5)), "broadcast_to cannot"),
        (lambda x: np.expand_dims(x, 5), "axis 5 is outside"),
        (lambda x: np.flip(x, 3), "flip cannot"),
    ],
)
def test_a_shape_that_does_not_fit_is_named(call, words):
    with pytest.raises(ShapeError, match=words):
        call(ag.tensor(cube(), requires_grad=True))


def test_an_axis_longer_than_1_cannot_be_squeezed():
    with pytest.raises(ValueError, match="its length is 2, not 1"):
        np.squeeze(ag.tensor(cube(), requires_grad=True), 0)


def test_a_write_to_a_view_is_noticed_and_a_write_to_a_copy_is_harmless():
    x = ag.tensor([[1.0, 2.0]], requires_grad=True)

    for through, harmful in [(np.ravel, True), (np.transpose, True), (np.copy, False), (lambda y: y.flatten(), False)]:
        y = x * 1.0
        z = y * y
        with ag.no_grad():
            through(y)[...] = 7.0
        if harmful:
            with pytest.raises(MutationError, match="written in place"):
                np.sum(z).backward()
        else:
            np.sum(z).backward()

    np.testing.assert_array_equal(x.grad.numpy(), [[4.0, 8.0]])
