"""`pytest --autograd-laws=PACKAGE`: one item for each operation that a package declares and each law, without any test code.

An item `PACKAGE::operation::law` tries the law on the declared samples, then on calls drawn from the declaration, the same
calls for all laws. Examples come from Hypothesis, under the profile that is loaded; what fails is shrunk.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from ..primitive import Primitive
from .cases import Case
from .draws import Trials
from .examples import samples_of
from .laws import LAWS, Law
from .packages import declared_in, nothing_declared, nothing_tried, told

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
        try:
            found = declared_in(self.name)
        except ImportError as error:
            raise self.CollectError(f"--autograd-laws={self.name}: {error}") from error
        if not found:
            raise self.CollectError(nothing_declared(self.name))
        seen: Counter[str] = Counter()
        for primitive in found:
            seen[primitive.name] += 1
            again = f"-{seen[primitive.name]}" if seen[primitive.name] > 1 else ""
            yield Operation.from_parent(self, name=primitive.name + again, primitive=primitive)


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
        raise AssertionError(nothing_tried(self.trials.primitive))

    def teardown(self) -> None:
        """What was drawn is not kept while other operations are tried."""
        self.trials.forget()


def applies(law: Law, case: Case) -> bool:
    """Whether a law is about a case; one that cannot even be called is for the law to report."""
    try:
        return law.holds_for(case)
    except Exception:
        return True


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
        return "\n".join([told(excinfo.value), *self.again()])

    def again(self) -> list[str]:
        package = self.nodeid.split("::")[0]
        seed = self.parent.parent.seed if isinstance(self.parent, Operation) else None
        seeded = "" if seed is None else f" --hypothesis-seed={seed}"
        return ["", f"again: pytest --autograd-laws={package} -k {self.nodeid}{seeded}"]
