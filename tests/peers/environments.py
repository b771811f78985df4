"""Where comparisons run: in the environment of the library that they compare with."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def in_environment_of(peer: str, program: str, arguments: list[str]) -> None:
    """Return where the library can be imported; elsewhere run the program where `make peers` put it, and exit as it does."""
    if importlib.util.find_spec(peer) is not None:
        return
    there = ROOT / ".peers" / peer / "bin" / "python"
    if not there.exists():
        sys.exit(f"{peer} is not installed: make peers puts it into .peers/{peer}")
    command = [there, "-m", program, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    sys.exit(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)
