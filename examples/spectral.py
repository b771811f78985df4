"""The sunspot cycle from its spectrum: `python -m examples.spectral`.

Yule (1927) described the yearly number of sunspots by a pendulum that is pelted with peas, an autoregression

    x[t] = a x[t-1] + b x[t-2] + noise of standard deviation s

Whittle (1953) fits it in the frequency domain: the periodogram |FFT x|^2 / n is exponentially distributed around the spectrum
f(w) = s^2 / |1 - a e^-iw - b e^-2iw|^2. The gradient of that likelihood goes through the FFT too: how much each year matters.
Yule found a = 1.34, b = -0.65 from 1749 to 1924.
"""

import numpy as np
from scipy.optimize import minimize

import autograd_core as ag
from autograd_core.testing import check_grads

SUNSPOTS = np.array([  # 1749 to 1924
    80.9, 83.4, 47.7, 47.8, 30.7, 12.2, 9.6, 10.2, 32.4, 47.6, 54.0, 62.9, 85.9, 61.2, 45.1, 36.4, 20.9, 11.4, 37.8, 69.8, 106.1,
    100.8, 81.6, 66.5, 34.8, 30.6, 7.0, 19.8, 92.5, 154.4, 125.9, 84.8, 68.1, 38.5, 22.8, 10.2, 24.1, 82.9, 132.0, 130.9, 118.1,
    89.9, 66.6, 60.0, 46.9, 41.0, 21.3, 16.0, 6.4, 4.1, 6.8, 14.5, 34.0, 45.0, 43.1, 47.5, 42.2, 28.1, 10.1, 8.1, 2.5, 0.0, 1.4,
    5.0, 12.2, 13.9, 35.4, 45.8, 41.1, 30.1, 23.9, 15.6, 6.6, 4.0, 1.8, 8.5, 16.6, 36.3, 49.6, 64.2, 67.0, 70.9, 47.8, 27.5, 8.5,
    13.2, 56.9, 121.5, 138.3, 103.2, 85.7, 64.6, 36.7, 24.2, 10.7, 15.0, 40.1, 61.5, 98.5, 124.7, 96.3, 66.6, 64.5, 54.1, 39.0,
    20.6, 6.7, 4.3, 22.7, 54.8, 93.8, 95.8, 77.2, 59.1, 44.0, 47.0, 30.5, 16.3, 7.3, 37.6, 74.0, 139.0, 111.2, 101.6, 66.2, 44.7,
    17.0, 11.3, 12.4, 3.4, 6.0, 32.3, 54.3, 59.7, 63.7, 63.5, 52.2, 25.4, 13.1, 6.8, 6.3, 7.1, 35.6, 73.0, 85.1, 78.0, 64.0, 41.8,
    26.2, 26.7, 12.1, 9.5, 2.7, 5.0, 24.4, 42.0, 63.5, 53.8, 62.0, 48.5, 43.9, 18.6, 5.7, 3.6, 1.4, 9.6, 47.4, 57.1, 103.9, 80.6,
    63.6, 37.6, 26.1, 14.2, 5.8, 16.7,
])  # fmt: skip


def periodogram(x):
    """The power at the frequencies between 0 and 1/2 a year."""
    return np.abs(np.fft.rfft(x - np.mean(x)))[1:] ** 2 / len(x)


def spectrum(parameters, n):
    """parameters: (3), a, b and log s."""
    frequencies = 2 * np.pi * np.fft.rfftfreq(n)[1:]
    response = 1 - parameters[0] * np.exp(-1j * frequencies) - parameters[1] * np.exp(-2j * frequencies)
    return np.exp(2 * parameters[2]) / np.abs(response) ** 2


def whittle(parameters, x):
    """Minus the logarithm of the likelihood."""
    expected = spectrum(parameters, len(x))
    return np.sum(np.log(expected) + periodogram(x) / expected)


def main():
    start = np.array([0.5, 0.0, np.log(np.std(SUNSPOTS))])
    check = check_grads(whittle, start, SUNSPOTS)
    fit = minimize(ag.value_and_grad(whittle), start, args=(SUNSPOTS,), jac=True, method="BFGS")
    a, b, log_s = fit.x
    period = 2 * np.pi / np.arccos(a / (2 * np.sqrt(-b)))
    influence = ag.grad(whittle, 1)(fit.x, SUNSPOTS)
    year = 1749 + int(np.argmax(np.abs(influence)))
    print(
        f"Sunspots, {len(SUNSPOTS)} years: a pendulum fitted to their spectrum (gradient checked to {check.worst:.0e})"
    )
    print(
        f"  a = {a:.3f}, b = {b:.3f}, s = {np.exp(log_s):.1f} (Yule: 1.34, -0.65, 15.4): a period of {period:.1f} years"
    )
    print(f"  the year that the fit depends on most is {year}")
    return {"a": a, "b": b, "period": period, "influence": influence}


if __name__ == "__main__":
    main()
