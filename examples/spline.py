"""Where should the knots be? A spline whose knots move: `python -m examples.spline`.

De Boor's titanium heat data, flat but for one sharp peak, defeats splines with evenly spaced knots. For given knots the best
coefficients are a linear least squares problem; how well they fit depends on the knots, and its gradient goes through the
solution of that problem (variable projection; Golub & Pereyra 1973).

Jupp, "Approximation to Data by Splines with Free Knots" (1978), puts five knots near 836, 876, 898, 916 and 974.
"""

import numpy as np
from scipy.optimize import minimize

import autograd_core as ag
from autograd_core.testing import check_grads

TEMPERATURE = np.arange(595.0, 1076.0, 10.0)
HEAT = np.array([
    0.644, 0.622, 0.638, 0.649, 0.652, 0.639, 0.646, 0.657, 0.652, 0.655, 0.644, 0.663, 0.663, 0.668, 0.676, 0.676, 0.686, 0.679,
    0.678, 0.683, 0.694, 0.699, 0.710, 0.730, 0.763, 0.812, 0.907, 1.044, 1.336, 1.881, 2.169, 2.075, 1.598, 1.211, 0.916, 0.746,
    0.672, 0.627, 0.615, 0.607, 0.606, 0.609, 0.603, 0.601, 0.603, 0.601, 0.611, 0.601, 0.608,
])  # fmt: skip


def ratio(a, b):
    """a / b, and 0 where b = 0: the convention of B-splines for knots that coincide."""
    return np.where(b > 0, a / np.where(b > 0, b, 1.0), 0.0)


def basis(x, knots, degree=3):
    """The B-splines over the knots at x, by the recursion of Cox and de Boor: (len(x), len(knots) + degree - 1)."""
    low, high = np.full(degree + 1, x[0]), np.full(degree + 1, x[-1] + 1e-9)
    t = np.concatenate([low, knots, high])
    x = x[:, None]
    splines = np.where((t[:-1] <= x) & (x < t[1:]), 1.0, 0.0)
    for k in range(1, degree + 1):
        rising = ratio(x - t[: -k - 1], t[k:-1] - t[: -k - 1])
        falling = ratio(t[k + 1 :] - x, t[k + 1 :] - t[1:-k])
        splines = rising * splines[:, :-1] + falling * splines[:, 1:]
    return splines


def fitted(knots):
    """The least squares spline at the data."""
    splines = basis(TEMPERATURE, knots)
    return splines @ np.linalg.lstsq(splines, HEAT, rcond=None)[0]


def misfit(knots):
    return np.sum((fitted(knots) - HEAT) ** 2)


def spaced(gaps):
    """Knots in order, from the logarithms of the gaps between them."""
    shares = np.cumsum(np.exp(gaps)) / np.sum(np.exp(gaps))
    return TEMPERATURE[0] + (TEMPERATURE[-1] - TEMPERATURE[0]) * shares[:-1]


def main():
    even = np.linspace(TEMPERATURE[0], TEMPERATURE[-1], 7)[1:-1]
    check = check_grads(misfit, even, order=1)
    fit = minimize(ag.value_and_grad(lambda gaps: misfit(spaced(gaps))), np.zeros(6), jac=True, method="BFGS")
    knots = spaced(fit.x)
    print(f"Titanium heat data, {len(HEAT)} points, a cubic spline of 5 knots (gradient checked to {check.worst:.0e})")
    print(f"  evenly spaced  {np.round(even, 1)}  root mean square error {np.sqrt(misfit(even) / len(HEAT)):.4f}")
    print(f"  moved          {np.round(knots, 1)}  root mean square error {np.sqrt(misfit(knots) / len(HEAT)):.4f}")
    return {"knots": knots, "even": misfit(even), "moved": misfit(knots)}


if __name__ == "__main__":
    main()
