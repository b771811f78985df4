"""`pytest --autograd-laws=PACKAGE`: one item for each operation that a package declares and each law, without any test code.

An item `PACKAGE::operation::law` tries the law on the declared samples, then on calls drawn from the declaration. Examples come
from Hypothesis, under the profile that is loaded; what fails is shrunk.
"""

from __future__ import annotations

import random
import re
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import _pytest
import hypothesis
import pluggy
import pytest

from ..primitive import Primitive, declared, pick
from .cases import Case, case_of, cases_of
from .examples import samples_of
from .laws import LAWS, Law
from .strategies import Call, calls

CORE = Path(__file__).parents[1]
MACHINERY = tuple(
    str(Path(place).parent) for place in (CORE / "here", hypothesis.__file__, pluggy.__file__, _pytest.__file__)
)


class Laws:
    """The plugin, once it is asked for: adds the items of all packages to what was collected."""

    def __init__(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "autograd_laws: laws of operations, collected by --autograd-laws")
        self.packages: list[str] = config.getoption("autograd_laws")
        given = config.getoption("hypothesis_seed", None)
        # a seed of our own, so that it can be told; where examples are the same in every run there is none to tell
        chosen = None if hypothesis.settings().derandomize else random.SystemRandom().randrange(2**32)
        self.seed: int | None = chosen if given is None else int(given)

    def pytest_report_header(self) -> str:
        seeded = "derandomized" if self.seed is None else f"--hypothesis-seed={self.seed}"
        return f"autograd laws: {', '.join(self.packages)}; examples: {seeded}"

    @pytest.hookimpl(tryfirst=True)  # before -k and -m choose
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        for name in self.packages:
            package = Package.from_parent(session, name=name, nodeid=name, seed=self.seed)
            items.extend(session.genitems(package))


class Package(pytest.Collector):
    """All operations that a package declares."""

    def __init__(self, *, seed: int | None, **known: Any) -> None:
        super().__init__(**known)
        self.seed = seed
        self.add_marker("autograd_laws")

    def collect(self) -> Iterator[pytest.Collector]:
        found = declared_in(self.name)
        if not found:
            raise self.CollectError(f"{self.name} declares no operation: ag.elementwise, ag.primitive, ... make one")
        seen: Counter[str] = Counter()
        for primitive in found:
            seen[primitive.name] += 1
            again = f"-{seen[primitive.name]}" if seen[primitive.name] > 1 else ""
            yield Operation.from_parent(self, name=primitive.name + again, primitive=primitive)


def declared_in(package: str) -> list[Primitive]:
    """The primitives that a package and all modules within it declare, in the order of declaration."""
    try:
        module = import_module(package)
        for found in walk_packages(getattr(module, "__path__", ()), f"{package}."):
            if not found.name.endswith("__main__"):
                import_module(found.name)
    except ImportError as error:
        raise pytest.Collector.CollectError(f"--autograd-laws={package}: {error}") from error
    within = [p for p in declared if p is not pick and f"{p.module}.".startswith(f"{package}.")]
    return list(dict.fromkeys(within))


class Operation(pytest.Collector):
    """All laws of one operation."""

    parent: Package

    def __init__(self, *, primitive: Primitive, **known: Any) -> None:
        super().__init__(**known)
        self.primitive = primitive

    def collect(self) -> Iterator[pytest.Item]:
        if not samples_of(self.primitive):
            yield Trial.from_parent(self, name="samples", attempt=self.fail_without_samples)
            return
        cases = list(cases_of(self.primitive))
        for law in LAWS.values():
            if any(applies(law, case) for case in cases):
                name = law.name.replace(" ", "-")
                attempt = attempt_of(self.primitive, law, f"{self.nodeid}::{name}", self.parent.seed)
                yield Trial.from_parent(self, name=name, attempt=attempt)

    def fail_without_samples(self) -> None:
        raise AssertionError(
            f"{self.primitive.name} of {self.primitive.module} declares no samples, so that no law can be tried on it: say "
            f"samples=, a function that gives calls of it, each as sample(...)"
        )


def applies(law: Law, case: Case) -> bool:
    """Whether a law is about a case; one that cannot even be called is for the law to report."""
    try:
        return law.holds_for(case)
    except Exception:
        return True


def attempt_of(primitive: Primitive, law: Law, name: str, seed: int | None) -> Callable[[], None]:
    """The trial of a law on the declared cases of a primitive, and then on drawn ones."""

    def drawn(call: Call) -> None:
        law(case_of(primitive, call.sample))

    # what Hypothesis remembers of failures, and draws in a derandomized run, goes by the name
    drawn.__name__ = drawn.__qualname__ = re.sub(r"\W", "_", name)

    def attempt() -> None:
        for case in cases_of(primitive):
            law(case)
        test = hypothesis.settings(
            deadline=None, report_multiple_bugs=False, suppress_health_check=[hypothesis.HealthCheck.too_slow]
        )(hypothesis.given(calls(primitive))(drawn))
        (test if seed is None else hypothesis.seed(seed)(test))()

    return attempt


def is_of_the_user(file: str) -> bool:
    """Whether a line of a traceback says something of the operation, and not of how it was reached."""
    return not file.startswith(MACHINERY) or file.startswith(str(CORE / "primitives"))


class Trial(pytest.Item):
    """One law, tried on one operation."""

    def __init__(self, *, attempt: Callable[[], None], **known: Any) -> None:
        super().__init__(**known)
        self.attempt = attempt

    def runtest(self) -> None:
        self.attempt()

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.nodeid

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """What the law says, the shrunk call, and how to see it again; of any other error, the lines that are the user's."""
        error = excinfo.value
        if isinstance(error, AssertionError):
            return "\n".join([str(error), *self.again()])
        frames = [f for f in traceback.extract_tb(error.__traceback__) if is_of_the_user(f.filename)]
        return "\n".join([f"{type(error).__name__}: {error}", *traceback.format_list(frames), *self.again()])

    def again(self) -> list[str]:
        package, operation, law = self.nodeid.split("::")
        seed = self.parent.parent.seed if isinstance(self.parent, Operation) else None
        seeded = "" if seed is None else f" --hypothesis-seed={seed}"
        return ["", f"again: pytest --autograd-laws={package} -k '{operation} and {law}'{seeded}"]
