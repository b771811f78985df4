"""Fourier transforms: what the rows of samples do not say."""

import warnings

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.testing import check_grads

SIGNAL = np.random.default_rng(0).standard_normal(7)


@pytest.mark.parametrize("n", [1, 2, 5, 6, 7])
@pytest.mark.parametrize("norm", ["backward", "ortho", "forward"])
def test_the_gradient_of_the_energy_of_a_spectrum_is_by_parsevals_theorem_the_signal(n, norm):
    x = SIGNAL[:n]
    factor = {"backward": n, "ortho": 1, "forward": 1 / n}[norm]

    g = ag.grad(lambda x: np.sum(np.abs(np.fft.fft(x, norm=norm)) ** 2))(x)

    np.testing.assert_allclose(g, 2 * factor * x, rtol=1e-13)


@pytest.mark.parametrize("n", [4, 5])
def test_the_inverse_of_a_half_spectrum_ignores_imaginary_parts_that_real_numbers_cannot_have(n):
    spectrum = np.fft.rfft(SIGNAL[:n]) + 1j
    weights = np.arange(1.0, n + 1)

    g = ag.grad(lambda s: np.sum(weights * np.fft.irfft(s, n)))(spectrum)

    assert g[0].imag == 0
    assert (g[-1].imag == 0) == (n % 2 == 0)


def test_a_transform_and_its_inverse_have_the_identity_as_jacobian():
    there_and_back = {
        "fft": lambda x: np.real(np.fft.ifft(np.fft.fft(x))),
        "rfft": lambda x: np.fft.irfft(np.fft.rfft(x), 7),
        "hfft": lambda x: np.fft.hfft(np.fft.ihfft(x), 7),
        "fftshift": lambda x: np.fft.ifftshift(np.fft.fftshift(x)),
    }
    for name, f in there_and_back.items():
        np.testing.assert_allclose(ag.jacobian(f)(SIGNAL), np.eye(7), atol=1e-15, err_msg=name)


def test_single_precision_stays_single_on_the_way_back():
    x = ag.tensor(SIGNAL.astype(np.float32), requires_grad=True)
    y = ag.fft.rfft(x, 10)
    pulled = ag.gradients(y, x, grad_outputs=np.ones(6, np.complex64))

    assert y.dtype == np.complex64
    assert pulled.dtype == np.float32


def test_the_last_axes_are_meant_where_s_comes_without_axes():
    x = SIGNAL[:6].reshape(2, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # NumPy's
        expected = np.fft.rfftn(x, (4,))

    np.testing.assert_array_equal(ag.fft.rfftn(x, (4,)), expected)
    check_grads(lambda x: ag.fft.rfftn(x, (4,)), x)


def test_a_place_for_the_result_is_refused():
    with pytest.raises(ag.errors.UnsupportedError, match="out="):
        ag.fft.fft(SIGNAL, out=np.empty(7, complex))
