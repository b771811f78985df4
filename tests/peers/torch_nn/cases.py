"""What a family's file is made of: functions that draw one configuration of a class or function by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

Random = np.random.Generator


class Case(NamedTuple):
    """One configuration: how a module is made and called; a function ("functional.pad") is only called.

    inputs     arrays; the floating ones are differentiated. Tuples of arrays may stand for states.
    settings   keyword arguments of the constructor (or of the function)
    options    keyword arguments of the call of a module
    train      whether the module is in training
    calls      how often it is called with the inputs before it is differentiated, for what its buffers remember
    constant   places of floating inputs that are not differentiated
    through    what calls a module, if it isn't called with the inputs as they are: (nn, module, *inputs, **options)
    """

    inputs: tuple[Any, ...]
    args: tuple[Any, ...] = ()
    settings: dict[str, Any] = {}  # noqa: RUF012  # never changed
    options: dict[str, Any] = {}  # noqa: RUF012
    train: bool = True
    calls: int = 0
    constant: tuple[int, ...] = ()
    through: Callable[..., Any] | None = None


class Drawn(NamedTuple):
    """How a class or function is tried: what draws a configuration, and why it differs from PyTorch's if on purpose."""

    draw: Callable[[str, Random], Case]
    on_purpose: str


CONFIGURATIONS: dict[str, Drawn] = {}


def configurations(*names: str, on_purpose: str = "") -> Callable[[Callable[[str, Random], Case]], Any]:
    """Register a function (name, random) -> Case for some classes of `nn`, or functions as "functional.name" and so on."""

    def register(draw: Callable[[str, Random], Case]) -> Callable[[str, Random], Case]:
        CONFIGURATIONS.update(dict.fromkeys(names, Drawn(draw, on_purpose)))
        return draw

    return register


def maybe(random: Random, **settings: Any) -> dict[str, Any]:
    """Each setting with probability one half; the others keep their defaults."""
    return {name: value for name, value in settings.items() if random.random() < 0.5}


def one(random: Random, *choices: Any) -> Any:
    """One of a few things, of whatever kinds."""
    return choices[random.integers(len(choices))]
