"""Resilient backpropagation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..errors import SettingError
from ..settings import ordered, two
from .optimizer import Group, Optimizer
from .room import Array, Memory


class Rprop(Optimizer):
    """Steps by the sign of the gradient alone, for whole batches; the arguments of `torch.optim.Rprop`.

        s = s * up      where g has the sign that it had before     (s = lr at first)
        s = s * down    where it has the other sign; there this step is left out, and the next one changes nothing
        w = w - sign(g) * s

    etas         down and up
    step_sizes   the smallest and the largest s

    Riedmiller and Braun 1993. A step allocates no array.

    >>> import nn
    >>> w = nn.Parameter([1.0, -2.0])
    >>> w.grad = [0.5, -9.0]
    >>> nn.optim.Rprop([w], lr=0.5).step()
    >>> w
    tensor([ 0.5, -1.5], dtype=float32, requires_grad=True)
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50.0),
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, {"lr": lr, "etas": etas, "step_sizes": step_sizes, "maximize": maximize})

    def check(self, group: Group) -> None:
        super().check(group)
        down, up = two(group["etas"], "Rprop: etas")
        if not 0 < down < 1 < up:
            raise SettingError(
                f"Rprop: etas is {group['etas']}: give one factor below 1 and one above it, as in (0.5, 1.2)"
            )
        ordered(*two(group["step_sizes"], "Rprop: step_sizes"), "Rprop: step_sizes")

    def numbers(self, group: Group, t: int) -> tuple[float, ...]:
        return *group["etas"], *group["step_sizes"]

    def update(self, w: Array, g: Array, memory: Memory, group: Group) -> None:
        down, up, smallest, largest = memory.numbers
        before, s, room, mask = (
            memory.kept("prev", w),
            memory.kept("step_size", w, group["lr"]),
            memory.first,
            memory.mask,
        )
        np.multiply(np.sign(g, room), np.sign(before, before), room)
        np.multiply(s, up, s, where=np.greater(room, 0, mask))
        np.multiply(s, down, s, where=np.less(room, 0, mask))
        np.minimum(np.maximum(s, smallest, out=s), largest, out=s)
        np.copyto(before, g)
        np.copyto(before, 0, where=mask)
        np.subtract(w, np.multiply(np.sign(before, room), s, room), w)
