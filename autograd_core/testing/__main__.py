"""`python -m autograd_core.testing package.module:function`: check a function from the shell.

A primitive is tried on all laws, with its own samples and, where Hypothesis is installed, with calls that are drawn; any other
function is given to `check_grads`, with what the function named by --args returns. A module or a package alone stands for all
primitives that it and the modules within it declare.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from ..primitive import Primitive
from .cases import Case, cases_of
from .checks import check_grads
from .laws import LAWS, Law
from .packages import declared_in, nothing_declared, nothing_tried, told


class NothingThere(Exception):
    """A place that names nothing, in words for the shell."""


def found(place: str) -> Any:
    """What `package.module:name` stands for."""
    module, _, name = place.partition(":")
    try:
        thing: Any = import_module(module)
        for part in name.split(".") if name else ():
            thing = getattr(thing, part)
    except (ModuleNotFoundError, AttributeError) as error:
        raise NothingThere(f"{place}: {error}") from error
    return thing


class Declared:
    """The trials of laws on the calls that an operation declares, where none can be drawn."""

    def __init__(self, primitive: Primitive) -> None:
        self.declared, self.drawn = list(cases_of(primitive)), list[Case]()

    def attempt(self, law: Law) -> None:
        for case in self.declared:
            law(case)


def trials_of(primitive: Primitive, examples: int) -> Any:
    try:
        from .draws import Trials
    except ImportError:  # Hypothesis is not installed
        return Declared(primitive)
    return Trials(primitive, f"{primitive.module}::{primitive.name}", examples=examples)


def try_laws(primitive: Primitive, examples: int) -> int:
    """Print which laws hold for a primitive; returns how many are broken."""
    trials = trials_of(primitive, examples)
    if not trials.declared:
        print(nothing_tried(primitive))
        return 1
    laws = [law for law in LAWS.values() if any(map(law.holds_for, trials.declared))]
    broken = []
    for law in laws:
        try:
            trials.attempt(law)
        except Exception as error:
            broken.append(told(error))
    given, drawn = len(trials.declared), len(trials.drawn)
    calls = f"{given} sample{'s' * (given != 1)}" + (f" and {drawn} drawn calls" if drawn else "")
    print(f"{primitive.name}: {len(laws)} laws on {calls}, {len(broken)} broken")
    print("".join(f"\n{words}\n" for words in broken), end="")
    return len(broken)


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m autograd_core.testing", description="check derivatives from the shell"
    )
    parser.add_argument("place", help="package.module:function; or a module or package, for all primitives it declares")
    parser.add_argument(
        "--args", help="a function that gives the arguments, of the same module or as package.module:name"
    )
    parser.add_argument("--order", type=int, default=2, help="the highest order of derivative to check")
    parser.add_argument("--examples", type=int, default=40, help="calls to draw for each primitive, beside its samples")
    asked = parser.parse_args(given)
    sys.path.insert(0, os.getcwd())
    try:
        return checked(asked.place, asked.args, asked.order, asked.examples)
    except NothingThere as error:
        parser.error(str(error))


def checked(place: str, args: str | None, order: int, examples: int) -> int:
    """The exit status: 0 if all is right."""
    target = found(place)
    module = place.partition(":")[0]
    if ":" not in place:
        primitives = declared_in(place)
        if not primitives:
            raise NothingThere(f"{nothing_declared(place)}. Name a function as {place}:function")
        return int(sum([try_laws(primitive, examples) for primitive in primitives]) > 0)
    if isinstance(target, Primitive) and args is None:
        return int(try_laws(target, examples) > 0)
    if args is None:
        raise NothingThere(f"{place} declares no samples: name a function that gives arguments with --args")
    arguments = found(args if ":" in args else f"{module}:{args}")()
    try:
        print(check_grads(target, *(arguments if isinstance(arguments, tuple) else (arguments,)), order=order))
    except AssertionError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
