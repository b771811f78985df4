"""Carbon dioxide, continued: a Gaussian process fitted by its marginal likelihood: `python -m examples.gaussian_process`.

The yearly mean over Mauna Loa is a parabola plus a Gaussian process with the kernel

    k(s, t) = a^2 exp(-(s - t)^2 / 2 l^2) + n^2 [s = t]

The evidence for amplitude a, length l and noise n is

    log p(y) = -y' K^-1 y / 2 - log det K / 2 - n log(2 pi) / 2

by a Cholesky factor of K; Newton's method fits them, by its gradient and Hessian. (The rounding of log p, whose K has a
condition number of 3e7, ends a search by line too early.) Rasmussen & Williams, "Gaussian Processes for Machine Learning"
(2006), algorithm 2.1.

The last years take no part in the fit, but they are no fair test: the parabola was chosen when a straight line had missed them
by 2 ppm. It is the parabola that makes the forecast; by itself, by least squares, it comes closer still. What the process adds
is the error bar.
"""

import numpy as np
from scipy.optimize import minimize

import autograd_core as ag
from autograd_core.testing import check_grads

# parts per million, means of the weekly values of 1965 to 2001 (Keeling & Whorf 2004; public domain)
CO2 = np.array([
    319.98, 321.32, 322.13, 323.01, 324.58, 325.63, 326.27, 327.43, 329.64, 330.20, 331.10, 332.07, 333.87, 335.48, 336.82,
    338.65, 339.87, 341.07, 342.72, 344.18, 345.87, 347.09, 348.88, 351.44, 352.88, 354.14, 355.57, 356.32, 357.01, 358.86,
    360.84, 362.60, 363.73, 366.58, 368.23, 369.35, 370.87,
])  # fmt: skip
YEARS = np.arange(1965.0, 2002.0)
HELD_OUT = 4


def powers(t, degree=2):
    """The functions that a polynomial is made of: (len(t), degree + 1)."""
    return ((t[:, None] - 1980) / 10) ** np.arange(degree + 1)


def kernel(s, t, parameters):
    """parameters: (3), the logarithms of amplitude, length and noise; the parabola has a broad prior."""
    amplitude, length, _ = np.exp(parameters)
    smooth = amplitude**2 * np.exp(-((s[:, None] - t) ** 2) / (2 * length**2))
    return smooth + 1e4 * powers(s) @ powers(t).T


def factor(t, parameters):
    """The lower Cholesky factor of the covariance of what was measured."""
    return np.linalg.cholesky(kernel(t, t, parameters) + np.exp(parameters[2]) ** 2 * np.eye(len(t)))


def minus_log_evidence(parameters, t, y):
    lower = factor(t, parameters)
    white = np.linalg.solve(lower, y)
    return white @ white / 2 + np.sum(np.log(np.diag(lower))) + len(y) * np.log(2 * np.pi) / 2


def forecast(parameters, t, y, new):
    """Mean and standard deviation of new measurements."""
    lower = factor(t, parameters)
    across = np.linalg.solve(lower, kernel(t, new, parameters))
    variance = np.diag(kernel(new, new, parameters)) - np.sum(across**2, axis=0) + np.exp(parameters[2]) ** 2
    return across.T @ np.linalg.solve(lower, y), np.sqrt(variance)


def main():
    t, y = YEARS[:-HELD_OUT], CO2[:-HELD_OUT]
    new, truth = YEARS[-HELD_OUT:], CO2[-HELD_OUT:]
    start = np.log([1.0, 2.0, 0.2])
    check = check_grads(lambda p: minus_log_evidence(p, t, y), start)
    with_gradient, hessian = ag.value_and_grad(minus_log_evidence), ag.hessian(minus_log_evidence)
    fit = minimize(with_gradient, start, args=(t, y), jac=True, hess=hessian, method="trust-exact")
    mean, deviation = forecast(fit.x, t, y, new)
    line, parabola = (powers(new, d) @ np.linalg.lstsq(powers(t, d), y, rcond=None)[0] for d in (1, 2))
    amplitude, length, noise = np.exp(fit.x)
    print(f"CO2 over Mauna Loa, {len(t)} years: log evidence {-fit.fun:.2f} (gradient checked to {check.worst:.0e})")
    print(f"  amplitude {amplitude:.2f} ppm, length {length:.1f} years, noise {noise:.2f} ppm")
    print("  year   measured    forecast       line alone   parabola alone")
    for row in zip(new, truth, mean, deviation, line, parabola, strict=True):
        print("  {:.0f}    {:6.2f}   {:6.2f} ± {:.2f}      {:6.2f}           {:6.2f}".format(*row))
    return {
        "error": np.abs(mean - truth),
        "deviation": deviation,
        "gradient": fit.jac,
    }


if __name__ == "__main__":
    main()
