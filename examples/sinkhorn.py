"""Moving one handwritten digit onto another: `python -m examples.sinkhorn`.

An image is a heap of ink. The Sinkhorn divergence is the cost of carrying one heap onto another, smoothed by an entropy of
weight e so that it is differentiable (Cuturi 2013; Feydy et al. 2019):

    S(x, y) = W(x, y) - W(x, x) / 2 - W(y, y) / 2        W by alternating updates of two potentials, in logarithms

Its gradient by the places of the ink tells every grain where to go.
"""

import numpy as np

import autograd_core as ag
from autograd_core.testing import check_grads
from examples.loading import shipped_digits

ENTROPY, SWEEPS = 1.0, 40


def transport(x, a, y, b):
    """The entropic cost of carrying weights a at places x: (m, 2) onto weights b at places y: (n, 2)."""
    cost = np.sum((x[:, None] - y) ** 2, axis=-1)
    log_a, log_b = np.log(a), np.log(b)
    g = np.zeros(len(b))
    for _ in range(SWEEPS):
        f = -ENTROPY * np.logaddexp.reduce(log_b + (g - cost) / ENTROPY, axis=1)
        g = -ENTROPY * np.logaddexp.reduce(log_a[:, None] + (f[:, None] - cost) / ENTROPY, axis=0)
    return np.sum(a * f) + np.sum(b * g)


def divergence(x, a, y, b):
    return transport(x, a, y, b) - (transport(x, a, x, a) + transport(y, b, y, b)) / 2


def ink(image):
    """The places (row, column) and the weights of the dark pixels."""
    places = np.argwhere(image > 0.2)
    weights = image[tuple(places.T)]
    return places.astype(float), weights / weights.sum()


def drawn(places, weights, size=8):
    """An image as lines of characters."""
    image = np.zeros((size, size))
    np.add.at(image, tuple(np.clip(np.rint(places), 0, size - 1).astype(int).T), weights)
    return ["".join(" .:+#@"[min(5, int(40 * v))] for v in row) for row in image]


def main():
    digits, _ = shipped_digits()
    first, second = (digits.images[digits.labels == digit][0, 0].astype(float) for digit in (1, 7))
    (x, a), (y, b) = ink(first), ink(second)
    check = check_grads(lambda x: divergence(x, a, y, b), x, order=1)
    shifted = divergence(x, a, x + np.array([3.0, 0.0]), a)  # exactly the square of the way, since debiased
    moved = x
    for _ in range(15):
        moved = moved - ag.grad(divergence)(moved, a, y, b) / (2 * a[:, None])  # a grain's share of the gradient
    before, after = divergence(x, a, y, b), divergence(moved, a, y, b)
    print(
        f"Carrying a 1 onto a 7 (gradient checked to {check.worst:.0e}); a shift by 3 pixels costs {shifted:.3f} (3² = 9)"
    )
    print(f"  cost before {before:.4f}, after 15 steps {after:.4f} square pixels; a 1, what it became, a 7:")
    for row in zip(drawn(x, a), drawn(moved, a), drawn(y, b), strict=True):
        print("    " + "     ".join(row))
    return {"shifted": shifted, "before": before, "after": after}


if __name__ == "__main__":
    main()
