"""A regression that outliers do not bend: `python -m examples.robust_regression`.

Brownlee's stack loss data: 21 days of a plant that turns ammonia into nitric acid, four of which are odd. Least squares follows
them; Huber's loss grows only linearly beyond k standard deviations and resists. Huber, "Robust Estimation of a Location
Parameter" (1964). Both losses are minimised by Newton's method with Hessians from `ag.hessian`.
"""

import numpy as np

import autograd_core as ag
from autograd_core.testing import check_grads

# air flow, water temperature, acid concentration, loss of ammonia
STACK = np.array([
    [80, 27, 89, 42], [80, 27, 88, 37], [75, 25, 90, 37], [62, 24, 87, 28], [62, 22, 87, 18], [62, 23, 87, 18], [62, 24, 93, 19],
    [62, 24, 93, 20], [58, 23, 87, 15], [58, 18, 80, 14], [58, 18, 89, 14], [58, 17, 88, 13], [58, 18, 82, 11], [58, 19, 93, 12],
    [50, 18, 89, 8], [50, 18, 86, 7], [50, 19, 72, 8], [50, 19, 79, 8], [50, 20, 80, 9], [56, 20, 82, 15], [70, 20, 91, 15],
], dtype=float)  # fmt: skip
FEATURES = np.column_stack([np.ones(len(STACK)), STACK[:, :3]])
LOSS = STACK[:, 3]


def squares(weights):
    return np.sum((LOSS - FEATURES @ weights) ** 2) / 2


def huber(weights, scale, k=1.345):
    """k = 1.345 keeps 95 % of the efficiency of least squares where all is normal."""
    r = np.abs(LOSS - FEATURES @ weights) / scale
    return np.sum(np.where(r <= k, r**2 / 2, k * r - k**2 / 2))


def newton(f, weights, steps=30):
    for _ in range(steps):
        weights = weights - np.linalg.solve(ag.hessian(f)(weights), ag.grad(f)(weights))
    return weights


def main():
    least_squares = newton(squares, np.zeros(4), steps=1)  # quadratic: one step is exact
    weights = least_squares
    check = check_grads(lambda w: huber(w, scale=2.0), weights)
    for _ in range(30):  # the scale from the median absolute residual, the weights from the scale
        scale = np.median(np.abs(LOSS - FEATURES @ weights)) / 0.6745
        weights = newton(lambda w, scale=scale: huber(w, scale), weights, steps=2)
    residuals = (LOSS - FEATURES @ weights) / scale
    odd = [int(i) + 1 for i in np.flatnonzero(np.abs(residuals) > 2.5)]
    print("Stack loss of an ammonia plant, by air flow, water temperature and acid concentration:")
    print(f"  least squares  {np.round(least_squares, 3)}   (published -39.920, 0.716, 1.295, -0.152)")
    print(f"  Huber          {np.round(weights, 3)}   (published -41.027, 0.829, 0.926, -0.128)")
    print(f"  odd days: {', '.join(map(str, odd))}; gradients checked to {check.worst:.0e}")
    return {"least_squares": least_squares, "huber": weights, "odd": odd}


if __name__ == "__main__":
    main()
