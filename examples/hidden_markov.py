"""Quiet and restless years of the Earth: a hidden Markov model of earthquakes: `python -m examples.hidden_markov`.

The number of large earthquakes in a year is Poisson with a rate that depends on a hidden state, and the state is a Markov
chain. The forward algorithm sums over all 2^107 paths of states; the gradient of its result fits the model.

Zucchini & MacDonald, "Hidden Markov Models for Time Series" (2009), table 3.1: rates 15.472 and 26.125, minus log-likelihood
342.3183.
"""

import numpy as np
from scipy.optimize import minimize

import autograd_core as ag
from autograd_core.testing import check_grads

# earthquakes of magnitude 7 or more in the world, 1900 to 2006
QUAKES = np.array([
    13, 14, 8, 10, 16, 26, 32, 27, 18, 32, 36, 24, 22, 23, 22, 18, 25, 21, 21, 14, 8, 11, 14, 23, 18, 17, 19, 20, 22, 19, 13, 26,
    13, 14, 22, 24, 21, 22, 26, 21, 23, 24, 27, 41, 31, 27, 35, 26, 28, 36, 39, 21, 17, 22, 17, 19, 15, 34, 10, 15, 22, 18, 15,
    20, 15, 22, 19, 16, 30, 27, 29, 23, 20, 16, 21, 21, 25, 16, 18, 15, 18, 14, 10, 15, 8, 15, 6, 11, 8, 7, 18, 16, 13, 12, 13,
    20, 15, 16, 12, 18, 15, 16, 13, 15, 16, 11, 11,
])  # fmt: skip

LOG_FACTORIAL = np.cumsum(np.log(np.maximum(np.arange(QUAKES.max() + 1), 1)))[QUAKES]


def model(parameters):
    """parameters: (2 n + n (n - 1))-ish, here (4): log rates, and logits of staying   returns rates (2), transitions (2, 2)."""
    rates = np.exp(parameters[:2])
    stay = 1 / (1 + np.exp(-parameters[2:]))
    return rates, np.stack([np.stack([stay[0], 1 - stay[0]]), np.stack([1 - stay[1], stay[1]])])


def stationary(transitions):
    """The distribution that the chain keeps: p = p T with sum p = 1."""
    n = len(transitions)
    return np.linalg.solve((np.eye(n) - transitions + np.ones((n, n))).T, np.ones(n))


def negative_log_likelihood(parameters, counts=QUAKES):
    """The forward algorithm, in logarithms."""
    rates, transitions = model(parameters)
    emitted = counts[:, None] * np.log(rates) - rates - LOG_FACTORIAL[:, None]
    forward = np.log(stationary(transitions)) + emitted[0]
    for row in emitted[1:]:
        forward = np.logaddexp.reduce(forward[:, None] + np.log(transitions), axis=0) + row
    return -np.logaddexp.reduce(forward)


def main():
    start = np.array([np.log(10.0), np.log(30.0), 2.0, 2.0])
    check = check_grads(negative_log_likelihood, start, order=1)
    fit = minimize(ag.value_and_grad(negative_log_likelihood), start, jac=True, method="BFGS")
    rates, transitions = model(fit.x)
    print(f"Earthquakes, {len(QUAKES)} years: minus log-likelihood {fit.fun:.4f} (published 342.3183)")
    print(f"  a quiet year has {rates[0]:.2f}, a restless one {rates[1]:.2f} (published 15.47 and 26.13)")
    print(f"  next year is as quiet with probability {transitions[0, 0]:.3f}, as restless with {transitions[1, 1]:.3f}")
    print(f"  {fit.nfev} gradients, checked to {check.worst:.0e}")
    return {"rates": rates, "negative_log_likelihood": fit.fun}


if __name__ == "__main__":
    main()
