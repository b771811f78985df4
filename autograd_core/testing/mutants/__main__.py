"""`python -m autograd_core.testing.mutants [PACKAGE]`: make rules of a package's operations wrong, and see what is noticed."""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from ..packages import declared_in
from .reports import rate, summary
from .trials import EXAMPLES, Mutant, Trials, Verdict, mutants_of

GOAL = 0.99
BEGIN, END = "<!-- made by `python -m autograd_core.testing.mutants` -->\n", "<!-- end -->\n"


def tried(package: str, sample: int | None = None, seed: int = 0, examples: int = EXAMPLES) -> Iterator[list[Verdict]]:
    """The verdicts on the mutants of a package, or on a random sample of them, operation by operation."""
    mutants: list[Mutant] = [mutant for primitive in declared_in(package) for mutant in mutants_of(primitive)]
    if not mutants:
        raise ImportError(
            f"{package} declares no operation with a derivative: ag.elementwise, ag.primitive, ... make one"
        )
    if sample is not None and sample < len(mutants):
        mutants = [mutants[i] for i in sorted(random.Random(seed).sample(range(len(mutants)), sample))]
    for _, own in groupby(mutants, key=lambda mutant: id(mutant.site.primitive)):
        group = list(own)
        primitive = group[0].site.primitive
        trials = Trials(primitive, f"{package}::{primitive.name}", examples=examples)  # the draws of --autograd-laws
        yield [trials.verdict(mutant) for mutant in group]


def write(text: str, page: Path) -> None:
    """Put a text between the two marks of a page."""
    before, rest = page.read_text().split(BEGIN)
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}")


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m autograd_core.testing.mutants", description=__doc__)
    parser.add_argument(
        "package", nargs="?", default="autograd_core", help="whose operations; by default the built-in ones"
    )
    parser.add_argument("--sample", type=int, metavar="N", help="try only N of the mutants, chosen at random")
    parser.add_argument("--seed", type=int, default=0, help="of that choice")
    parser.add_argument(
        "--examples", type=int, default=EXAMPLES, help="calls to draw for each operation, beside its samples"
    )
    parser.add_argument(
        "--write", type=Path, metavar="PAGE", help="a page of Markdown with two marks, to write the summary between"
    )
    asked = parser.parse_args(given)
    sys.path.insert(0, os.getcwd())
    verdicts: list[Verdict] = []
    try:
        for own in tried(asked.package, asked.sample, asked.seed, asked.examples):
            verdicts += own
            survivors = [v for v in own if v.survived]
            print(f"{own[0].mutant.site.primitive.name}: {len(own)} tried, {len(survivors)} survived", flush=True)
    except ImportError as error:
        parser.error(str(error))
    print()
    print(summary(verdicts))
    if asked.write is not None:
        write(summary(verdicts), asked.write)
    return int(rate(verdicts) < GOAL)


if __name__ == "__main__":
    sys.exit(main())
