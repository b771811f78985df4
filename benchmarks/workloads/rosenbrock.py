"""Second derivatives of the Rosenbrock function: its Hessian, or the product of that with a vector, without making it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.steps import Step


def rosenbrock(xp: Any, x: Any) -> Any:
    """The function, in the words of the NumPy-like module `xp`."""
    return xp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def point(size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the derivatives are taken, and a direction."""
    rng = np.random.default_rng(0)
    return rng.standard_normal(size), rng.standard_normal(size)


def step_of(derivative: str, size: int, hessian: Callable[..., Any], hvp: Callable[..., Any]) -> Step:
    x, v = point(size)
    return (lambda: hessian(x)) if derivative == "hessian" else (lambda: hvp(x, v))


def ours(derivative: str, size: int) -> Step:
    import autograd_core as ag

    def f(x: Any) -> Any:
        return rosenbrock(np, x)

    return step_of(derivative, size, ag.hessian(f), lambda x, v: ag.hvp(f, x, v))


def hips(derivative: str, size: int) -> Step:
    import autograd
    import autograd.numpy as anp

    def f(x: Any) -> Any:
        return rosenbrock(anp, x)

    return step_of(derivative, size, autograd.hessian(f), autograd.hessian_vector_product(f))


def torch(derivative: str, size: int) -> Step:
    import torch

    x, v = map(torch.from_numpy, point(size))

    def f(x: Any) -> Any:
        return rosenbrock(torch, x)

    return (
        (lambda: torch.func.hessian(f)(x))
        if derivative == "hessian"
        else (lambda: torch.func.jvp(torch.func.grad(f), (x,), (v,))[1])
    )


def jax(derivative: str, size: int) -> Step:
    import jax

    jax.config.update("jax_enable_x64", True)
    x, v = jax.device_put(point(size))

    def f(x: Any) -> Any:
        return rosenbrock(jax.numpy, x)

    hessian, hvp = jax.jit(jax.hessian(f)), jax.jit(lambda x, v: jax.jvp(jax.grad(f), (x,), (v,))[1])
    return (
        (lambda: jax.block_until_ready(hessian(x)))
        if derivative == "hessian"
        else (lambda: jax.block_until_ready(hvp(x, v)))
    )
