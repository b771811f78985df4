"""`python -m autograd_core.testing package.module:function`: check a function from the shell.

A primitive is tried on all laws with its own samples; any other function is given to `check_grads`, with what the function
named by --args returns. A module alone stands for all primitives that it declares.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from ..primitive import Primitive, declared
from .cases import cases_of
from .checks import check_grads
from .laws import LAWS


def found(place: str) -> Any:
    """What `package.module:name` stands for."""
    module, _, name = place.partition(":")
    thing: Any = import_module(module)
    for part in name.split(".") if name else ():
        thing = getattr(thing, part)
    return thing


def try_laws(primitive: Primitive) -> int:
    """Print which laws hold for a primitive; returns how many are broken."""
    cases = list(cases_of(primitive))
    if not cases:
        print(f"{primitive.name}: no samples are declared, so that no law can be tried")
        return 1
    tried, broken = 0, []
    for law in LAWS.values():
        held = [case for case in cases if law.holds_for(case)]
        tried += bool(held)
        for case in held:
            try:
                law(case)
            except AssertionError as error:
                broken.append(str(error))
                break
    print(f"{primitive.name}: {tried} laws on {len(cases)} samples, {len(broken)} broken")
    print("".join(f"\n{words}\n" for words in broken), end="")
    return len(broken)


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m autograd_core.testing", description="check derivatives from the shell"
    )
    parser.add_argument("place", help="package.module:function, or package.module for all primitives that it declares")
    parser.add_argument(
        "--args", help="a function that gives the arguments, of the same module or as package.module:name"
    )
    parser.add_argument("--order", type=int, default=2, help="the highest order of derivative to check")
    asked = parser.parse_args(given)
    sys.path.insert(0, os.getcwd())
    module = asked.place.partition(":")[0]
    target = found(asked.place)
    if ":" not in asked.place:
        return int(sum([try_laws(p) for p in declared if p.module == module]) > 0)
    if isinstance(target, Primitive) and asked.args is None:
        return int(try_laws(target) > 0)
    if asked.args is None:
        parser.error(f"{asked.place} declares no samples: name a function that gives arguments with --args")
    arguments = found(asked.args if ":" in asked.args else f"{module}:{asked.args}")()
    try:
        print(check_grads(target, *(arguments if isinstance(arguments, tuple) else (arguments,)), order=asked.order))
    except AssertionError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
