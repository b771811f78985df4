"""What a package declares, and what of a failure says something to whoever declared it: for pytest, and for the shell."""

from __future__ import annotations

import sys
import traceback
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from ..primitive import Primitive, declared, pick

CORE = Path(__file__).parents[1]


def declared_in(package: str) -> list[Primitive]:
    """The primitives that a package and all modules within it declare, in the order of declaration.

    Raises ImportError if it, or a module within it, cannot be imported.

    >>> [primitive.name for primitive in declared_in("autograd_core.primitives.fourier")][:2]
    ['fft', 'ifft']
    """
    module = import_module(package)
    for found in walk_packages(getattr(module, "__path__", ()), f"{package}."):
        if not found.name.endswith("__main__"):
            import_module(found.name)
    within = [p for p in declared if p is not pick and f"{p.module}.".startswith(f"{package}.")]
    return list(dict.fromkeys(within))


def nothing_declared(package: str) -> str:
    return f"{package} declares no operation: ag.elementwise, ag.primitive, ... make one"


def nothing_tried(primitive: Primitive) -> str:
    return (
        f"{primitive.name} of {primitive.module} declares no samples, so that no law can be tried on it: say samples=, a "
        f"function that gives calls of it, each as sample(...)"
    )


def told(error: BaseException) -> str:
    """What a broken law says; of any other error, the lines that are the user's, and the call that led there."""
    if isinstance(error, AssertionError):
        return str(error)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if is_of_the_user(f.filename)]
    notes = getattr(error, "__notes__", ())
    at = [note for note in notes if note.startswith("at ")]  # the law's, and not Hypothesis'
    return "\n".join([f"{type(error).__name__}: {error}", *traceback.format_list(frames), *at])


def is_of_the_user(file: str) -> bool:
    """Whether a line of a traceback says something of the operation, and not of how it was reached."""
    reaching = [CORE, *[Path(sys.modules[name].__file__ or "").parent for name in REACHING if name in sys.modules]]
    return not file.startswith(tuple(map(str, reaching))) or file.startswith(str(CORE / "primitives"))


REACHING = ("hypothesis", "pluggy", "_pytest", "runpy")
