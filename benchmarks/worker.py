"""One side of one workload in a process of its own: for each line that it reads, measures a round and answers in JSON.

    python -m benchmarks.worker '{"module": "conv", "side": "ours", "settings": {}, "meter": "seconds", "budget": 0.3}'

An answer maps each phase of the step to its least seconds (or bytes); `{"error": ...}` says what went wrong instead.
Runs in the environments of the peers, so it imports nothing but the standard library and the workload.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from inspect import isgenerator
from pathlib import Path
from time import perf_counter
from typing import Any

Step = Callable[[], Any]
Round = Callable[[Step, float], dict[str, float]]

LEAST_LAPS = 2  # the first lap of a process warms it up


def phases(step: Step) -> Iterator[str]:
    """Run `step`, stopping at the end of each phase: a generator yields their names, a function has one, "step"."""
    marks = step()
    if isgenerator(marks):
        yield from marks
    else:
        yield "step"


def seconds(step: Step, budget: float) -> dict[str, float]:
    """Least seconds of each phase, over as many laps as fit into `budget` seconds."""
    least: dict[str, float] = {}
    end, laps = perf_counter() + budget, 0
    while laps < LEAST_LAPS or perf_counter() < end:
        start = perf_counter()
        for phase in phases(step):
            least[phase] = min(perf_counter() - start, least.get(phase, float("inf")))
            start = perf_counter()
        laps += 1
    return least


def resident(field: str) -> int:
    """Bytes of resident memory: `VmRSS` now, `VmHWM` at most since the last reset."""
    kibibytes = re.search(rf"^{field}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert kibibytes is not None
    return int(kibibytes[1]) * 1024


def memory(step: Step, budget: float) -> dict[str, float]:
    """Bytes that the peak of one lap adds to resident memory. Only the first of a process tells: freed pages stay."""
    del budget
    Path("/proc/self/clear_refs").write_text("5")  # resets the peak; ru_maxrss would still hold the parent's
    before = resident("VmRSS")
    (phase,) = phases(step)
    return {phase: resident("VmHWM") - before}


METERS: dict[str, Round] = {"seconds": seconds, "memory": memory}


def main() -> None:
    """Carry out the order of the command line, a round for each line of the standard input."""
    order = json.loads(sys.argv[1])
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(2, 1)  # what a library prints must not mix with the answers
        try:
            workload = importlib.import_module(f"benchmarks.workloads.{order['module']}")
            step = getattr(workload, order["side"])(**order["settings"])
            for _ in sys.stdin:
                print(json.dumps(METERS[order["meter"]](step, order["budget"])), file=answers, flush=True)
        except Exception as error:
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=answers, flush=True)


if __name__ == "__main__":
    main()
