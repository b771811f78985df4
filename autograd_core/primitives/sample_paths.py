"""How samples of gamma and beta distributions move with the shapes of these: by implicit differentiation.

A sample z has a level u = F(z; a) that stays the same when the shape a changes, so dz/da = - (dF/da) / (dF/dz). Both come from
power series without alternating signs, so that little cancels for numbers that a sample may be; they are written in
primitives, which have every order. By broadcasting, as elementwise functions.

Figurnov, Mohamed and Mnih, "Implicit Reparameterization Gradients", NeurIPS 2018.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..recording import data_of
from .gamma_functions import psi


def terms(expected: Any, spread: Any) -> int:
    """How many terms of a series bring it to full precision: up to its largest one, and nine standard deviations beyond."""
    return int(np.max(np.maximum(expected, 0) + 9 * np.sqrt(spread), initial=0)) + 60


def gamma_slope(a: Any, z: Any) -> Any:
    """dz/da of a sample z of the gamma distribution of shape a.

    F(z; a) = z p(z) sum over k of t_k,   t_k = z^k / (a (a + 1) ... (a + k)),   p the density

    dz/da = z sum over k of t_k (digamma(a + k + 1) - log z)
    """
    bare_a, bare_z = data_of(a), data_of(z)
    t = 1 / a
    d = psi(a + 1) - np.log(np.where(bare_z == 0, 1, z))  # a sample that underflowed to 0 stays there
    total = t * d
    for k in range(1, terms(bare_z - bare_a, np.maximum(bare_a, bare_z))):
        t = t * z / (a + k)
        d = d + 1 / (a + k)
        total = total + t * d
    return z * total


def beta_slopes(a: Any, b: Any, z: Any) -> tuple[Any, Any]:
    """dz/da and dz/db of a sample z of the beta distribution of shapes a and b.

        F(z; a, b) = z (1 - z) p(z) sum over k of t_k,   t_k = z^k (a + b) ... (a + b + k - 1) / (a (a + 1) ... (a + k))

        dz/da = - z (1 - z) sum over k of t_k (log z + digamma(a + b + k) - digamma(a + k + 1))
        dz/db = - z (1 - z) sum over k of t_k (log(1 - z) + digamma(a + b + k) - digamma(b))

    for z < 1/2; else by 1 - z, which has the shapes b and a.
    """
    right = data_of(z) > 0.5
    z, a, b = np.where(right, 1 - z, z), np.where(right, b, a), np.where(right, a, b)
    bare_a, bare_b, bare_z = data_of(a), data_of(b), data_of(z)
    sums = a + b
    t = 1 / a
    by_a = np.log(np.where(bare_z == 0, 1, z)) + psi(sums) - psi(a + 1)
    by_b = np.log1p(-z) + psi(sums) - psi(b)
    total_a, total_b = t * by_a, t * by_b
    largest = (bare_z * (bare_a + bare_b) - bare_a - 1) / (1 - bare_z)
    for k in range(1, terms(largest, bare_a + bare_b + np.maximum(largest, 0)) + 60):
        t = t * z * (sums + k - 1) / (a + k)
        step = 1 / (sums + k - 1)
        by_a, by_b = by_a + step - 1 / (a + k), by_b + step
        total_a, total_b = total_a + t * by_a, total_b + t * by_b
    inner = z * (z - 1)
    by_a, by_b = inner * total_a, inner * total_b
    return np.where(right, -by_b, by_a), np.where(right, -by_a, by_b)
