"""Trials: whether the laws notice a wrong rule."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import hypothesis

from ...primitive import Primitive
from ..cases import Case, case_of, cases_of
from ..laws import LAWS
from ..strategies import Call, calls
from .derivatives import differ, numbers_of
from .injection import Site, injected, sites_of
from .mutations import Mutation, mutations_of

EXAMPLES = 40
"""How many calls are drawn for each operation: as many as in the profile `ci` of the project's tests."""


FIRST = ("dot product", "published convention", "dtype", "differences", "second derivatives")
ORDERED = [*[LAWS[name] for name in FIRST], *[law for name, law in LAWS.items() if name not in FIRST]]


class Mutant(NamedTuple):
    """A declaration that is wrong at one place in one way."""

    site: Site
    mutation: Mutation

    def __str__(self) -> str:
        return f"{self.site.primitive.name}, {self.site}: {self.mutation.words}"


def mutants_of(primitive: Primitive) -> list[Mutant]:
    """Every wrong version of the rules of one declaration."""
    return [Mutant(site, mutation) for site in sites_of(primitive) for mutation in mutations_of(site)]


class Verdict(NamedTuple):
    """What became of a mutant.

    law       the first law that noticed
    error     whether that was by an error that was raised, and no number that was off
    excuse    of one that no law noticed: why it is not wrong at all
    differs   of one that no law noticed: whether it gives other numbers than the right rule anywhere
    """

    mutant: Mutant
    law: str | None
    error: bool = False
    drawn: bool = False
    differs: bool = True
    excuse: str | None = None


class Trials:
    """The trials of the mutants of one operation, on the calls that it declares and then on drawn ones.

    kills   how often each law was the first to notice, which is the order in which they are asked
    """

    def __init__(self, primitive: Primitive, kills: Counter[str], examples: int = EXAMPLES) -> None:
        self.primitive, self.kills, self.examples = primitive, kills, examples
        self.declared = list(cases_of(primitive))

    @cached_property
    def drawn(self) -> list[Case]:
        """Cases drawn from the declaration, the same in every run."""
        found: list[Case] = []

        @hypothesis.settings(
            max_examples=self.examples, derandomize=True, database=None, deadline=None, phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )  # fmt: skip
        @hypothesis.given(calls(self.primitive))
        def collect(call: Call) -> None:
            found.append(case_of(self.primitive, call.sample))

        collect()
        return found

    @cached_property
    def right_numbers(self) -> list[Any]:
        return [numbers_of(case) for case in (*self.declared, *self.drawn)]

    def verdict(self, mutant: Mutant) -> Verdict:
        """Try the laws until one notices."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with injected(mutant.site, mutant.mutation.change):
                if (noticed := self.noticed(self.declared)) is not None:
                    return Verdict(mutant, *noticed)
            right, cases = self.right_numbers, (*self.declared, *self.drawn)
            with injected(mutant.site, mutant.mutation.change):
                others = [case for case, e in zip(cases, right, strict=True) if differ(numbers_of(case), e)]
                if (noticed := self.noticed([case for case in others if case in self.drawn])) is not None:
                    return Verdict(mutant, *noticed, drawn=True)
        excuse = None if others else mutant.mutation.excuse(mutant.site, cases)
        return Verdict(mutant, None, differs=bool(others), excuse=excuse)

    def noticed(self, cases: Sequence[Case]) -> tuple[str, bool] | None:
        """The first law that a case breaks, and whether by an error."""
        for law in ORDERED:
            for case in cases:
                try:
                    law(case)
                except Exception as error:
                    self.kills[law.name] += 1
                    return law.name, not isinstance(error, AssertionError)
        return None
