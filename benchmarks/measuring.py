"""Workers asked for rounds in turn; the best time, or the worst memory, of each side and phase."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from contextlib import ExitStack

from benchmarks.peers import HOSTS, ROOT, interpreter
from benchmarks.workloads import Workload

Figures = dict[str, dict[str, float]]  # side -> phase -> value in the unit of the workload

ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",  # torch too takes its number of threads from here
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "NPROC": "1",  # the thread pool of XLA
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
}
# not passed on: what tunes one library only, and what would let an import compile its files each time
UNFAIR = {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "PYTHONDONTWRITEBYTECODE"}


class WorkerError(Exception):
    """A worker could not run its side; the message is its own."""


class Worker:
    """A process that measures one side of a workload; used in a `with` statement, which ends it."""

    def __init__(self, workload: Workload, side: str, budget: float) -> None:
        python = interpreter(side)
        if not python.exists():
            raise WorkerError(f"not installed: python -m benchmarks.peers {HOSTS.get(side, side)}")
        order = {
            "module": workload.module,
            "side": side,
            "settings": dict(workload.settings),
            "meter": workload.meter,
            "budget": budget,
        }
        self._process = subprocess.Popen(
            [python, "-m", "benchmarks.worker", json.dumps(order)],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name not in UNFAIR} | ONE_THREAD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, *details: object) -> None:
        if kind is not None:
            self._process.kill()
        self._process.communicate()

    def round(self) -> dict[str, float]:
        """The figure of each phase in one more round. Raises WorkerError if the side fails."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write("\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it has said why, or its end is reported below
        answer = self._process.stdout.readline()
        figures: dict[str, float] = json.loads(answer or '{"error": "the worker ended without an answer"}')
        if "error" in figures:
            raise WorkerError(figures["error"])
        return figures


class Workers(ExitStack):
    """The workers of a workload, started when they are first asked; used in a `with` statement, which ends them."""

    def __init__(self, workload: Workload, budget: float) -> None:
        super().__init__()
        self._workload, self._budget = workload, budget
        self._running: dict[str, Worker] = {}

    def round(self, side: str) -> dict[str, float]:
        """A round of `side`, in a new process if the workload wants fresh ones. Raises WorkerError."""
        if self._workload.fresh:
            with Worker(self._workload, side, self._budget) as worker:
                return worker.round()
        if side not in self._running:
            self._running[side] = self.enter_context(Worker(self._workload, side, self._budget))
        return self._running[side].round()


def measure(workload: Workload, rounds: int, budget: float) -> tuple[Figures, dict[str, str]]:
    """Figures of every side that runs, over interleaved rounds of `budget` seconds, and what went wrong with others.

    Noise only adds to a time, so the least is kept; how much memory is lost to gaps differs from process to process, so
    a limit must hold for the largest.
    """
    keep = min if workload.meter == "seconds" else max
    kept: Figures = {}
    failures: dict[str, str] = {}
    with Workers(workload, budget) as workers:
        for _ in range(workload.rounds or rounds):
            for side in [side for side in ("ours", *workload.peers) if side not in failures]:
                try:
                    figures = workers.round(side)
                except WorkerError as error:
                    failures[side] = str(error)
                else:
                    before = kept.get(side, figures)
                    kept[side] = {phase: keep(value, before[phase]) for phase, value in figures.items()}
    return {side: in_units(workload, kept[side]) for side in kept if side not in failures}, failures


def in_units(workload: Workload, phases: Mapping[str, float]) -> dict[str, float]:
    """Seconds or bytes of a step as the workload reports them: per item, in its unit, over its baseline."""
    baseline = phases[workload.over] if workload.over else 0.0
    scale = workload.scale / workload.items
    return {phase: (value - baseline) * scale for phase, value in phases.items() if phase != workload.over}
