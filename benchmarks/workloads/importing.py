"""The time of an import in a fresh interpreter. The phase "numpy" is that of NumPy alone, to be subtracted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from benchmarks.steps import Step


def import_step(module: str) -> Step:
    def step() -> Iterator[str]:
        run_import("numpy")
        yield "numpy"
        run_import(module)
        yield "import"

    return step


def run_import(module: str) -> None:
    """Start an interpreter that imports `module` and leaves without tearing it down."""
    subprocess.run([sys.executable, "-c", f"import {module}, os; os._exit(0)"], check=True)


def ours() -> Step:
    return import_step("autograd_core")


def torch() -> Step:
    return import_step("torch")


def hips() -> Step:
    return import_step("autograd.numpy")
