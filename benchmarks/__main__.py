"""The command line: `python -m benchmarks [NAME ...] [--save]`."""

from __future__ import annotations

import argparse
import sys

from benchmarks.measuring import measure
from benchmarks.report import Row, markdown, rows, save
from benchmarks.workloads import WORKLOADS


def main() -> None:
    """Run the workloads that are named, print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Our figures beside those of others.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all by default: {', '.join(WORKLOADS)}")
    parser.add_argument("--rounds", type=int, default=7, help="rounds for each side, in turn")
    parser.add_argument("--seconds", type=float, default=0.3, help="time of a round")
    parser.add_argument("--save", action="store_true", help="write benchmarks/results/latest.json and latest.md")
    options = parser.parse_args()
    if unknown := set(options.names) - WORKLOADS.keys():
        parser.error(f"no such workload: {', '.join(sorted(unknown))}; there are {', '.join(WORKLOADS)}")
    if options.save and options.names:
        parser.error("--save keeps the whole table: run it without names")

    table: list[Row] = []
    for name in options.names or WORKLOADS:
        print(f"{name} ...", file=sys.stderr)
        figures, failures = measure(WORKLOADS[name], options.rounds, options.seconds)
        table += rows(WORKLOADS[name], figures)
        for side, message in failures.items():
            print(f"  {side}: {message}", file=sys.stderr)
    print(markdown(table), end="")
    if options.save:
        save(table)


if __name__ == "__main__":
    main()
