"""Attributes of a module that are computed from others, whenever they are read."""

from __future__ import annotations

from functools import cache
from typing import Any

from autograd_core.errors import NoAttributeError

from ..errors import KindError, SettingError
from ..module import Module
from ..parameter import Parameter


class Recipe:
    """How an attribute of a module is computed from others of its attributes."""

    def compute(self, module: Any) -> Any:
        """The value, recorded like any other."""
        raise NotImplementedError

    def advance(self, module: Any) -> None:
        """What is done before each forward in training."""


def attach(module: Any, name: str, recipe: Recipe) -> None:
    """Let a module compute an attribute from now on."""
    plain, recipes = plain_class(module), vars(module).get("_recipes", {})
    module._recipes = {**recipes, name: recipe}
    module.__class__ = computing(plain, tuple(module._recipes))


def detach(module: Any, name: str, kind: type[Recipe], asked: str) -> tuple[Any, Any]:
    """Let an attribute be a plain one again; returns its recipe, and a parameter with its last value."""
    recipe = vars(module).get("_recipes", {}).get(name) if isinstance(module, Module) else None
    if not isinstance(recipe, kind):
        raise SettingError(
            f"{asked}: {name!r} of this {type(module).__name__} is not computed so; there is nothing to remove"
        )
    value = Parameter(recipe.compute(module).numpy())
    plain = plain_class(module)
    module._recipes = {other: r for other, r in module._recipes.items() if other != name}
    module.__class__ = computing(plain, tuple(module._recipes)) if module._recipes else plain
    return recipe, value


def parameter_of(module: Any, name: str, asked: str) -> Any:
    """The parameter of a module that is to be computed instead."""
    if not isinstance(module, Module):
        raise KindError(f"{asked} takes a module, and was given a {type(module).__name__}")
    if name in vars(module).get("_recipes", ()):
        raise SettingError(f"{asked}: {name!r} of this {type(module).__name__} is computed already: remove that first")
    found = vars(module).get(name)
    if not isinstance(found, Parameter):
        known = [other for other, _ in module.named_parameters(recurse=False)]
        raise SettingError(f"{asked}: {name!r} is no parameter of this {type(module).__name__}, which has {known}")
    return found


def plain_class(module: Any) -> Any:
    return vars(type(module)).get("_plain", type(module))


@cache
def computing(plain: Any, names: tuple[str, ...]) -> Any:
    """A class of modules like another, whose attributes of these names are computed by the recipes of each module.

    During forward they are computed once; otherwise each time, so that they are never behind what they are made of.
    """

    def forward(self: Any, *inputs: Any, **options: Any) -> Any:
        if self.training:
            for recipe in self._recipes.values():
                recipe.advance(self)
        before = vars(self).get("_held")
        self._held = {name: recipe.compute(self) for name, recipe in self._recipes.items()}
        try:
            return plain.forward(self, *inputs, **options)
        finally:
            self._held = before

    def read(name: str) -> property:
        def value(self: Any) -> Any:
            held = vars(self).get("_held")
            return self._recipes[name].compute(self) if held is None else held[name]

        def refuse(self: Any, value: Any) -> None:
            raise NoAttributeError(
                f"{name!r} of this {plain.__name__} is computed from others of its attributes: write into those, or let it be "
                "plain again first, as by nn.utils.remove_weight_norm"
            )

        return property(value, refuse)

    members = {
        "forward": forward,
        "_plain": plain,
        "__reduce__": parts,
        "__module__": plain.__module__,
        "__doc__": plain.__doc__,
    }
    return type(plain.__name__, (plain,), {**members, **{name: read(name) for name in names}})


def parts(module: Any) -> tuple[Any, ...]:
    """What pickles and copies of such a module are made of: its class is made anew."""
    return remade, (plain_class(module), tuple(module._recipes)), vars(module)


def remade(plain: Any, names: tuple[str, ...]) -> Any:
    made = computing(plain, names)
    return made.__new__(made)
