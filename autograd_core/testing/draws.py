"""What laws are tried on: the calls that an operation declares, and calls drawn from its declaration, once for all laws."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from zlib import crc32

import hypothesis

from ..primitive import Primitive
from .cases import Case, case_of, cases_of
from .laws import Law
from .strategies import Call, calls

ONE_OF = dict.fromkeys(["determinism", "nothing is written", "layout", "batch", "dtype", "zero"], 4)
"""The laws that are tried on only one of so many drawn calls: they cost most, and say more of the engine than of a rule."""


class Trials:
    """The trials of laws on one operation: on its declared calls, then on drawn ones, as many as the profile has examples.

    name, seed   of the draws; without a seed they follow from the name, and are the same in every run
    examples     how many calls are drawn, if not as many as the profile says

    >>> from autograd_core.testing import LAWS
    >>> from autograd_core.primitives.elementary import log
    >>> Trials(log).attempt(LAWS["dot product"])
    """

    def __init__(
        self, primitive: Primitive, name: str | None = None, seed: int | None = None, examples: int | None = None
    ) -> None:
        self.primitive, self.examples = primitive, examples
        self.seed = crc32((name or primitive.name).encode()) if seed is None else seed

    @cached_property
    def declared(self) -> list[Case]:
        return list(cases_of(self.primitive))

    @cached_property
    def drawn(self) -> list[Case]:
        found: list[Case] = []
        if any(case.call.raises is None and case.gradients is None for case in self.declared):
            self.test(found.append)()
        return found

    def drawn_for(self, law: Law) -> list[Case]:
        """The drawn calls that a law is tried on."""
        return self.drawn[:: ONE_OF.get(law.name, 1)]

    def attempt(self, law: Law) -> None:
        """Try a law on what is declared and on what is drawn; what fails is shrunk, unless it is a sample that somebody wrote."""
        is_written = self.primitive.samples is not None
        for case in self.declared if is_written else []:
            law(case)
        try:
            for case in [*([] if is_written else self.declared), *self.drawn_for(law)]:
                law(case)
        except Exception:
            self.test(law, 10)()  # the same draws again and more, to be shrunk
            raise

    def forget(self) -> None:
        """Keep the drawn calls no longer; if they are needed again, they are the same."""
        self.__dict__.pop("drawn", None)

    def test(self, attempt: Callable[[Case], object], times: int = 1) -> Callable[[], None]:
        """A Hypothesis test of drawn calls, of as many times the examples of the profile."""

        def drawn(call: Call) -> None:
            attempt(case_of(self.primitive, call.sample))

        chosen = hypothesis.settings(
            phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
            max_examples=times * (self.examples or hypothesis.settings().max_examples),
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        return hypothesis.seed(self.seed)(chosen(hypothesis.given(calls(self.primitive))(drawn)))
