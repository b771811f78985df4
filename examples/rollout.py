"""Hitting a target by differentiating a simulation: `python -m examples.rollout`.

A ball of 7.26 kg is thrown with air drag and wind, and simulated step by step with the leapfrog method. The landing point is a
function of speed and angle through hundreds of steps; its derivatives aim the throw (Newton's method) and find the throw that
needs the least energy to reach the target (Lagrange's condition).
"""

import numpy as np

import autograd_core as ag
from autograd_core.testing import check_grads

MASS, RADIUS, DRAG, AIR = 7.26, 0.06, 0.47, 1.2  # a shot: kg, m, coefficient of a sphere, kg/m^3
GRAVITY = np.array([0.0, -9.81])
WIND = np.array([-8.0, 0.0])  # m/s, against the throw
STEP, HEIGHT, TARGET = 0.02, 2.0, 20.0  # s, m, m


def acceleration(velocity):
    relative = velocity - WIND
    return GRAVITY - 0.5 * AIR * DRAG * np.pi * RADIUS**2 / MASS * np.linalg.norm(relative) * relative


def landing(throw):
    """How far a throw goes, in m; throw: (2), speed in m/s and angle in radians."""
    speed, angle = throw
    position = np.array([0.0, HEIGHT])
    velocity = speed * np.stack([np.cos(angle), np.sin(angle)])
    while True:
        push = acceleration(velocity)
        half = velocity + STEP / 2 * push
        after = position + STEP * half
        if after[1] < 0:  # within the step: where the parabola that it follows meets the ground
            time = -(velocity[1] + np.sqrt(velocity[1] ** 2 - 2 * push[1] * position[1])) / push[1]
            return position[0] + time * (velocity[0] + time / 2 * push[0])
        position, velocity = after, half + STEP / 2 * acceleration(half)


def aimed(throw, steps=6):
    """The throw with the speed that hits the target at the same angle, by Newton's method."""
    for _ in range(steps):
        far, slope = ag.value_and_grad(landing)(throw)
        throw = throw - np.array([(far - TARGET) / slope[0], 0.0])
    return throw


def main():
    throw = np.array([12.0, 0.5])
    check = check_grads(landing, throw, order=1)
    first = throw = aimed(throw)
    for _ in range(4):
        # the speed needed as a function of the angle has the slope -d landing/d angle / d landing/d speed; find its zero
        slope = ag.grad(landing)(throw)
        curvature = ag.hessian(landing)(throw)
        throw = aimed(throw + np.array([0.0, -slope[1] / curvature[1, 1]]), steps=3)
    speed, angle = throw
    steps = int(2 * speed * np.sin(angle) / 9.81 / STEP)
    print(
        f"Shot put over {TARGET:.0f} m against wind, about {steps} steps of simulation (gradient checked to {check.worst:.0e})"
    )
    print(f"  first hit    {first[0]:.3f} m/s at {np.degrees(first[1]):.1f}°, lands at {landing(first):.6f} m")
    print(f"  least speed  {speed:.3f} m/s at {np.degrees(angle):.1f}°, lands at {landing(throw):.6f} m")
    return {"first": first, "best": throw, "landing": landing(throw), "slope": ag.grad(landing)(throw)[1]}


if __name__ == "__main__":
    main()
