"""Hares and lynxes by a neural ordinary differential equation: `python -m examples.neural_ode`.

The logarithms of both populations follow dz/dt = f(z), with a small neural network for f, integrated by the Runge-Kutta method of
fourth order. The gradient goes through all its steps (Chen et al. 2018, by backpropagation instead of the adjoint equation). The
network learns to say, from every year, the next three.
"""

import numpy as np
from scipy.optimize import minimize

import autograd_core as ag
from autograd_core.testing import check_grads

# pelts, in thousands, traded by the Hudson's Bay Company from 1900 to 1920
HARES = np.array([
    30, 47.2, 70.2, 77.4, 36.3, 20.6, 18.1, 21.4, 22, 25.4, 27.1, 40.3, 57, 76.6, 52.3, 19.5, 11.2, 7.6, 14.6, 16.2, 24.7,
])  # fmt: skip
LYNXES = np.array([
    4, 6.1, 9.8, 35.2, 59.4, 41.7, 19, 13, 8.3, 9.1, 7.4, 8, 12.3, 19.5, 45.7, 51.1, 29.7, 15.8, 9.7, 10.1, 8.6,
])  # fmt: skip
SERIES = np.log(np.stack([HARES, LYNXES], axis=-1))  # (years, 2)
CENTRE = SERIES.mean(axis=0)
AHEAD, STEPS, HIDDEN = 3, 4, 8


def unpacked(weights):
    """The matrices and offsets of the network from one vector."""
    w1, b1, w2, b2 = np.split(weights, np.cumsum([2 * HIDDEN, HIDDEN, 2 * HIDDEN]))
    return w1.reshape(2, HIDDEN), b1, w2.reshape(HIDDEN, 2), b2


def runge_kutta(f, z, step):
    k1 = f(z)
    k2 = f(z + step / 2 * k1)
    k3 = f(z + step / 2 * k2)
    k4 = f(z + step * k3)
    return z + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def simulated(weights, start, years):
    """start: (batch, 2)   returns (years, batch, 2), what follows."""
    w1, b1, w2, b2 = unpacked(weights)
    states = []
    z = start
    for _ in range(years):
        for _ in range(STEPS):
            z = runge_kutta(lambda z: np.tanh((z - CENTRE) @ w1 + b1) @ w2 + b2, z, 1 / STEPS)
        states.append(z)
    return np.stack(states)


def loss(weights, series=SERIES):
    n = len(series) - AHEAD
    truth = np.stack([series[k : k + n] for k in range(1, AHEAD + 1)])
    return np.mean((simulated(weights, series[:n], AHEAD) - truth) ** 2) + 1e-4 * np.sum(weights**2)


def main():
    start = np.random.default_rng(0).normal(scale=0.5, size=5 * HIDDEN + 2)
    check = check_grads(loss, start, order=1)
    fit = minimize(ag.value_and_grad(loss), start, jac=True, method="L-BFGS-B", options={"maxiter": 60})
    error = np.sqrt(np.mean((simulated(fit.x, SERIES[:-1], 1)[0] - SERIES[1:]) ** 2))
    persistence = np.sqrt(np.mean((SERIES[:-1] - SERIES[1:]) ** 2))
    long = np.exp(simulated(fit.x, SERIES[:1], 40)[:, 0, 0])
    peaks = [int(t) + 1901 for t in range(1, 39) if long[t] > max(long[t - 1], long[t + 1])]
    print(f"Hares and lynxes, 21 years: {fit.nfev} gradients through 48 evaluations each, checked to {check.worst:.0e}")
    print(
        f"  error of the next year: a factor of {np.exp(error):.2f}; of saying 'as this year': {np.exp(persistence):.2f}"
    )
    print(f"  simulated from 1900, hares peak in {', '.join(map(str, peaks))} (they did in 1903 and 1913)")
    return {"error": error, "persistence": persistence, "peaks": peaks}


if __name__ == "__main__":
    main()
