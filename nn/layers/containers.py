"""Modules that pass on what they are given: one after the other, reshaped, or as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from autograd_core.errors import ShapeError

from ..errors import KindError
from ..module import Module
from ..settings import numeric, whole

__all__ = ["Flatten", "Identity", "Sequential"]


class Sequential(Module):
    """Modules, or any functions of one value, one after the other, each on the result of the one before.

    args   the steps, or one dict of them; parameters are named "0.weight" or by the keys of the dict

    >>> import nn, numpy as np
    >>> nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1), np.tanh)
    Sequential(
      (0): Linear(in_features=2, out_features=8, bias=True)
      (1): ReLU()
      (2): Linear(in_features=8, out_features=1, bias=True)
      (3): tanh
    )
    """

    def __init__(self, *args: Any) -> None:
        self.steps: dict[str, Any] = {}
        if len(args) == 1 and isinstance(args[0], Mapping):
            self.steps.update({name: step(module) for name, module in args[0].items()})
        else:
            self.extend(args)

    def _members(self) -> Mapping[str, Any]:
        # without a name of its own in the paths, as in PyTorch's keys; attributes that a subclass adds come after
        return {**self.steps, **{name: value for name, value in vars(self).items() if name != "steps"}}

    def forward(self, x: Any) -> Any:
        for module in self.steps.values():
            x = module(x)
        return x

    def append(self, module: Any) -> Sequential:
        """Add a module at the end; returns the Sequential."""
        return self.extend([module])

    def extend(self, modules: Any) -> Sequential:
        """Add modules at the end; returns the Sequential."""
        for module in modules:
            self.steps[str(len(self.steps))] = step(module)
        return self

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.steps.values())

    def __getitem__(self, index: int | slice) -> Any:
        """One of the modules; a slice gives a Sequential of the same modules under the same names."""
        if isinstance(index, slice):
            return Sequential(dict(list(self.steps.items())[index]))
        return list(self)[index]

    def _listed(self) -> Iterator[tuple[str, Any]]:
        yield from self.steps.items()
        yield from ((name, child) for name, child in self.named_children() if name not in self.steps)


def step(module: Any) -> Any:
    """What a Sequential can call."""
    if callable(module):
        return module
    remedy = "write Sequential(*modules)" if isinstance(module, (list, tuple)) else "give a module or a function"
    raise KindError(f"Sequential takes modules, and was given a {type(module).__name__}: {remedy}")


class Flatten(Module):
    """The axes from start_dim to end_dim as one: by default (N, C, H, W) -> (N, C H W).

    Raises ShapeError for an input without these axes.

    >>> import nn, numpy as np
    >>> nn.Flatten()(np.ones((2, 3, 4, 5))).shape
    (2, 60)
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        self.start_dim = whole(start_dim, "Flatten: start_dim", -np.inf)
        self.end_dim = whole(end_dim, "Flatten: end_dim", -np.inf)

    def forward(self, x: Any) -> Any:
        x = numeric(x, "Flatten")
        shape = x.shape
        start, end = (d + len(shape) if d < 0 else d for d in (self.start_dim, self.end_dim))
        if not 0 <= start <= end < len(shape):
            raise ShapeError(
                f"{self!r} needs inputs with these axes, and was given shape {tuple(shape)}: "
                "give the examples an axis of their own, x[None], or name other axes"
            )
        # the length in full: -1 would be undefined for a batch of no images
        return np.reshape(x, (*shape[:start], int(np.prod(shape[start : end + 1])), *shape[end + 1 :]))

    def extra_repr(self) -> str:
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Identity(Module):
    """Gives back what it is given; any arguments are ignored, so that it can stand in for another layer.

    >>> import nn
    >>> nn.Identity(64, bias=False)(3.0)
    3.0
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def forward(self, x: Any) -> Any:
        return x
