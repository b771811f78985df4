"""Optimisers that divide the gradient by the size it has had so far: Adagrad, RMSprop and Adadelta."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..settings import within
from .optimizer import Group, Optimizer
from .room import Array, Memory, running_mean


class Adagrad(Optimizer):
    """Steps divided by the root of the sum of all squared gradients; the arguments of `torch.optim.Adagrad`.

        d = g + weight_decay * w                     s = s + d**2        (s = initial_accumulator_value at first)
        w = w - lr / (1 + (t - 1) * lr_decay) * d / (sqrt(s) + eps)

    Duchi, Hazan and Singer 2011. A step allocates no array.

    >>> import nn
    >>> w = nn.Parameter([1.0, -2.0])
    >>> w.grad = [0.5, -9.0]
    >>> nn.optim.Adagrad([w], lr=0.5).step()
    >>> w
    tensor([ 0.5, -1.5], dtype=float32, requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {"lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay}
        start = {"initial_accumulator_value": initial_accumulator_value}
        super().__init__(params, {**settings, **start, "maximize": maximize})

    def numbers(self, group: Group, t: int) -> tuple[float, ...]:
        return group["eps"], group["lr"] / (1 + (t - 1) * group["lr_decay"])

    def update(self, w: Array, g: Array, memory: Memory, group: Group) -> None:
        eps, rate = memory.numbers
        s, room, step = memory.kept("sum", w, group["initial_accumulator_value"]), memory.first, memory.second
        np.add(s, np.multiply(g, g, room), s)
        np.add(np.sqrt(s, room), eps, room)
        np.subtract(w, np.divide(np.multiply(g, rate, step), room, step), w)


class RMSprop(Optimizer):
    """Steps divided by the root of a running mean of squared gradients; the arguments of `torch.optim.RMSprop`.

        d = g + weight_decay * w                     v = alpha * v + (1 - alpha) * d**2
        b = momentum * b + d / (sqrt(v) + eps)       w = w - lr * b

    centered   v less the square of a running mean of d: the variance

    Tieleman and Hinton 2012, with eps outside of the root, as PyTorch has it. A step allocates no array.

    >>> import nn
    >>> w = nn.Parameter([1.0, -2.0])
    >>> w.grad = [0.5, -9.0]
    >>> nn.optim.RMSprop([w], lr=0.5, alpha=0.0).step()
    >>> w
    tensor([ 0.5, -1.5], dtype=float32, requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {"lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "centered": centered, "maximize": maximize})

    def check(self, group: Group) -> None:
        super().check(group)
        within(group["alpha"], "RMSprop: alpha", 0, 1)

    def numbers(self, group: Group, t: int) -> tuple[float, ...]:
        return group["alpha"], 1 - group["alpha"], group["eps"], group["momentum"], group["lr"]

    def update(self, w: Array, g: Array, memory: Memory, group: Group) -> None:
        alpha, rest, eps, momentum, lr = memory.numbers
        v, d, room = memory.kept("square_avg", w), memory.first, memory.second
        running_mean(v, alpha, np.multiply(g, g, d), rest, room)
        if group["centered"]:
            mean = memory.kept("grad_avg", w)
            running_mean(mean, alpha, g, rest, room)
            np.subtract(v, np.multiply(mean, mean, room), room)
            v = np.maximum(room, 0, out=room)  # gradients that stay the same leave rounding, which may be negative
        np.divide(g, np.add(np.sqrt(v, room), eps, room), d)
        if group["momentum"]:
            b = memory.kept("momentum_buffer", w)
            np.multiply(b, momentum, b)
            d = np.add(b, d, b)
        np.subtract(w, np.multiply(d, lr, room), w)


class Adadelta(Optimizer):
    """Steps in units of the parameters: as large as earlier ones, for gradients as large as earlier ones; the arguments of
    `torch.optim.Adadelta`.

        d = g + weight_decay * w                     v = rho * v + (1 - rho) * d**2
        s = sqrt(u + eps) / sqrt(v + eps) * d        u = rho * u + (1 - rho) * s**2
        w = w - lr * s

    Zeiler 2012. A step allocates no array.

    >>> import nn
    >>> w = nn.Parameter([1.0, -2.0])
    >>> w.grad = [0.5, -9.0]
    >>> nn.optim.Adadelta([w], lr=0.5, rho=0.0, eps=1e12).step()
    >>> w
    tensor([0.75, 2.5 ], dtype=float32, requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        settings = {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, {**settings, "maximize": maximize})

    def check(self, group: Group) -> None:
        super().check(group)
        within(group["rho"], "Adadelta: rho", 0, 1)

    def numbers(self, group: Group, t: int) -> tuple[float, ...]:
        return group["rho"], 1 - group["rho"], group["eps"], group["lr"]

    def update(self, w: Array, g: Array, memory: Memory, group: Group) -> None:
        rho, rest, eps, lr = memory.numbers
        v, u, s, room = memory.kept("square_avg", w), memory.kept("acc_delta", w), memory.first, memory.second
        running_mean(v, rho, np.multiply(g, g, s), rest, room)
        np.sqrt(np.add(u, eps, s), s)
        np.multiply(np.divide(s, np.sqrt(np.add(v, eps, room), room), s), g, s)
        np.subtract(w, np.multiply(s, lr, room), w)
        running_mean(u, rho, np.multiply(s, s, s), rest, room)
