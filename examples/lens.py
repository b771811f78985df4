"""Grinding a lens by gradient: `python -m examples.lens`.

Parallel light enters the flat side of a lens of glass and leaves through a curved one. A spherical surface bends the outer rays
too much: they cross the axis before the focus. The shape of the surface, a conic

    z(h) = c h^2 / (1 + sqrt(1 - (1 + k) c^2 h^2))        c curvature, k conic constant

is changed until the spots of all rays shrink to a point. Descartes (1637) knew the answer: a hyperboloid with k = -n^2 has no
spherical aberration at all.
"""

import numpy as np
from scipy.optimize import minimize

import autograd_core as ag
from autograd_core.testing import check_grads

INDEX = 1.5168  # BK7 glass, yellow light
FOCUS = 100.0  # millimetres behind the lens
HEIGHTS = np.linspace(1.0, 20.0, 12)  # of the rays, in millimetres


def surface(height, shape):
    """How far the back of the lens lies before its vertex at a height; shape: (2), curvature in 1/m and conic constant."""
    c, k = shape[0] / 1000, shape[1]
    return c * height**2 / (1 + np.sqrt(1 - (1 + k) * c**2 * height**2))


def spots(shape, heights=HEIGHTS):
    """Where rays at these heights cross the focal plane."""
    slope = ag.jvp(lambda h: surface(h, shape), (heights,), (np.ones_like(heights),))[1]
    size = np.sqrt(1 + slope**2)
    normal_z, normal_h = 1 / size, slope / size  # of the surface z = -sag(h), pointing along the light
    # Snell's law as a vector: what is along the surface grows by the index
    cosine = normal_z
    along = np.sqrt(1 - INDEX**2 * (1 - cosine**2)) - INDEX * cosine
    direction_z, direction_h = INDEX + along * normal_z, along * normal_h
    distance = FOCUS + surface(heights, shape)
    return heights + direction_h / direction_z * distance


def blur(shape):
    return np.sqrt(np.mean(spots(shape) ** 2))


def main():
    sphere = np.array([1000 / (FOCUS * (INDEX - 1)), 0.0])  # the lens maker's equation, for rays near the axis
    check = check_grads(blur, sphere)
    fit = minimize(ag.value_and_grad(blur), sphere, jac=True, method="BFGS", options={"gtol": 1e-10})
    curvature, conic = fit.x
    print(
        f"A lens of focal length {FOCUS:.0f} mm for a beam {2 * HEIGHTS[-1]:.0f} mm wide (gradient checked to {check.worst:.0e})"
    )
    print(f"  sphere         radius {1000 / sphere[0]:6.2f} mm                     blur {1000 * blur(sphere):10.4f} µm")
    print(f"  after descent  radius {1000 / curvature:6.2f} mm, conic {conic:8.4f}     blur {1000 * fit.fun:10.4f} µm")
    print(f"  Descartes      radius {FOCUS * (INDEX - 1):6.2f} mm, conic {-(INDEX**2):8.4f}")
    return {"conic": conic, "blur": fit.fun, "sphere": blur(sphere)}


if __name__ == "__main__":
    main()
