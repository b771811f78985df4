"""`pytest --autograd-laws=PACKAGE`: one item for each operation that a package declares and each law, without any test code.

An item `PACKAGE::operation::law` tries the law on the declared samples, then on calls drawn from the declaration, the same
calls for all laws. Examples come from Hypothesis, under the profile that is loaded; what fails is shrunk.
"""

from __future__ import annotations

import random
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import _pytest
import hypothesis
import pluggy
import pytest

from ..primitive import Primitive, declared, pick
from .cases import Case
from .draws import Trials
from .examples import samples_of
from .laws import LAWS, Law

CORE = Path(__file__).parents[1]
MACHINERY = tuple(
    str(Path(place).parent) for place in (CORE / "here", hypothesis.__file__, pluggy.__file__, _pytest.__file__)
)


SEED = "autograd_laws_seed"


class Laws:
    """The plugin, once it is asked for: adds the items of all packages to what was collected."""

    def __init__(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "autograd_laws: laws of operations, collected by --autograd-laws")
        self.packages: list[str] = config.getoption("autograd_laws")
        self.seed = seed_of(config)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Workers of pytest-xdist draw with the seed that is told at the head of the run."""
        node.workerinput[SEED] = self.seed

    def pytest_report_header(self) -> str:
        seeded = "derandomized" if self.seed is None else f"--hypothesis-seed={self.seed}"
        return f"autograd laws: {', '.join(self.packages)}; examples: {seeded}"

    @pytest.hookimpl(tryfirst=True)  # before -k and -m choose
    def pytest_collection_modifyitems(self, session: pytest.Session, items: list[pytest.Item]) -> None:
        for name in self.packages:
            package = Package.from_parent(session, name=name, nodeid=name, seed=self.seed)
            items.extend(session.genitems(package))


def seed_of(config: pytest.Config) -> int | None:
    """A seed of our own, so that it can be told; where examples are the same in every run there is none to tell."""
    if hasattr(config, "workerinput"):
        seed: int | None = config.workerinput[SEED]
        return seed
    given = config.getoption("hypothesis_seed", None)
    if given is not None:
        return int(given)
    return None if hypothesis.settings().derandomize else random.SystemRandom().randrange(2**32)


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
        self.trials = Trials(primitive, self.nodeid, self.parent.seed)

    def collect(self) -> Iterator[pytest.Item]:
        if not samples_of(self.trials.primitive):
            yield Trial.from_parent(self, name="samples", attempt=self.fail_without_samples)
            return
        for law in LAWS.values():
            if any(applies(law, case) for case in self.trials.declared):
                attempt = partial(self.trials.attempt, law)
                yield Trial.from_parent(self, name=law.name.replace(" ", "-"), attempt=attempt)

    def fail_without_samples(self) -> None:
        primitive = self.trials.primitive
        raise AssertionError(
            f"{primitive.name} of {primitive.module} declares no samples, so that no law can be tried on it: say samples=, a "
            f"function that gives calls of it, each as sample(...)"
        )

    def teardown(self) -> None:
        """What was drawn is not kept while other operations are tried."""
        self.trials.forget()


def applies(law: Law, case: Case) -> bool:
    """Whether a law is about a case; one that cannot even be called is for the law to report."""
    try:
        return law.holds_for(case)
    except Exception:
        return True


def is_of_the_user(file: str) -> bool:
    """Whether a line of a traceback says something of the operation, and not of how it was reached."""
    return not file.startswith(MACHINERY) or file.startswith(str(CORE / "primitives"))


class Trial(pytest.Item):
    """One law, tried on one operation."""

    def __init__(self, *, attempt: Callable[[], None], **known: Any) -> None:
        super().__init__(**known)
        self.attempt = attempt
        self.extra_keyword_matches.add(self.nodeid)  # so that -k can name it

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
        notes = getattr(error, "__notes__", ())
        at = [note for note in notes if note.startswith("at ")]  # the law's, and not Hypothesis'
        return "\n".join([f"{type(error).__name__}: {error}", *traceback.format_list(frames), *at, *self.again()])

    def again(self) -> list[str]:
        package = self.nodeid.split("::")[0]
        seed = self.parent.parent.seed if isinstance(self.parent, Operation) else None
        seeded = "" if seed is None else f" --hypothesis-seed={seed}"
        return ["", f"again: pytest --autograd-laws={package} -k {self.nodeid}{seeded}"]
