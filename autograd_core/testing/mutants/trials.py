"""Trials: whether the laws notice that a rule is wrong."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from ...primitive import Primitive
from .. import draws
from ..cases import Case
from ..laws import LAWS, Law
from .derivatives import differ, numbers_of
from .injection import Site, injected, sites_of
from .mutations import Mutation, mutations_of

EXAMPLES = 40
"""How many calls are drawn for each operation: as many as in the profile `ci` of this project's tests."""

FIRST = ("dot product", "published convention", "differences", "second derivatives", "precision")
ORDER = [*[LAWS[name] for name in FIRST], *[law for name, law in LAWS.items() if name not in FIRST]]
"""The laws, those that notice most of all first."""


NO_SAMPLES = "no samples are declared, so that nothing can be tried"
NO_DIFFERENCE = "no call that was tried tells it from the right rule: a sample is missing"


class Mutant(NamedTuple):
    """A declaration that is wrong at one place in one way."""

    site: Site
    mutation: Mutation

    def __str__(self) -> str:
        return f"{self.site.primitive.name}, {self.site}: {self.mutation.words}"


def mutants_of(primitive: Primitive) -> list[Mutant]:
    """Every wrong version of the rules of one declaration.

    >>> from autograd_core.primitives.arithmetic import negative
    >>> print(mutants_of(negative)[0])
    negative, partial by a: half of it
    """
    return [Mutant(site, mutation) for site in sites_of(primitive) for mutation in mutations_of(site)]


class Verdict(NamedTuple):
    """What became of a mutant.

    law       the first law that noticed it
    by_error  whether an error was raised, and no number found to be off
    excuse    of one that no law noticed: why it is no mistake
    words     of one that is a mistake, and that no law noticed: what is known of it
    """

    mutant: Mutant
    law: str | None = None
    by_error: bool = False
    excuse: str | None = None
    words: str = ""

    @property
    def survived(self) -> bool:
        return self.law is None and self.excuse is None


class Trials(draws.Trials):
    """The trials of the mutants of one operation, on the calls that it declares and then on drawn ones."""

    @cached_property
    def right(self) -> list[Any]:
        """The derivatives of all cases by the right rules."""
        return [numbers_of(case) for case in (*self.declared, *self.drawn)]

    def verdict(self, mutant: Mutant) -> Verdict:
        """Try the laws until one notices; on drawn calls where the mutant gives other numbers, since no law notices others."""
        if not self.declared:
            return Verdict(mutant, words=NO_SAMPLES)
        site, change = mutant.site, mutant.mutation.change
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with injected(site, change):
                noticed = first_to_notice(lambda law: self.declared)
            if noticed is not None:
                return Verdict(mutant, *noticed)
            right, cases = self.right, [*self.declared, *self.drawn]
            with injected(site, change):
                others = [case for case, e in zip(cases, right, strict=True) if differ(numbers_of(case), e)]
                noticed = first_to_notice(lambda law: [case for case in self.drawn_for(law) if case in others])
            if noticed is not None:
                return Verdict(mutant, *noticed)
            if others:
                return Verdict(mutant, words=f"its numbers are others at {others[0]}, and no law minds")
            excuse = mutant.mutation.excuse(site, cases)
        return Verdict(mutant, excuse=excuse, words=NO_DIFFERENCE)


def first_to_notice(cases_for: Callable[[Law], Sequence[Case]]) -> tuple[str, bool] | None:
    """The name of the first law that a case breaks, and whether by an error that is raised."""
    for law in ORDER:
        for case in cases_for(law):
            try:
                law(case)
            except Exception as error:  # of any kind: a wrong rule may raise what it likes
                return law.name, not isinstance(error, AssertionError)
    return None
