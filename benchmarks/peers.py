"""The libraries we are measured against, each in an environment of its own: `python -m benchmarks.peers [NAME ...]`."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = {
    "torch": "torch==2.13.0 safetensors>=0.4.3 torchviz==0.0.3 torchview==0.2.7",
    "hips": "autograd==1.9.1",
    "micrograd": "micrograd==0.1.0",
    "jax": "jax==0.10.2",
}

HOSTS = {"torchviz": "torch", "torchview": "torch"}
"""The peers that live in the environment of another."""


def interpreter(side: str) -> Path:
    """The Python that runs `side`: the present one for `ours`, that of its environment for a peer."""
    return Path(sys.executable) if side == "ours" else ROOT / ".peers" / HOSTS.get(side, side) / "bin" / "python"


def install(peer: str) -> None:
    """Make or update the environment of `peer`, with our version of NumPy so that the arithmetic is the same."""
    if not interpreter(peer).exists():
        venv.create(ROOT / ".peers" / peer, with_pip=True)
    requirements = [*REQUIREMENTS[peer].split(), f"numpy=={version('numpy')}"]
    subprocess.run([interpreter(peer), "-m", "pip", "install", "--quiet", *requirements], check=True)


def main(names: Sequence[str]) -> None:
    """Install the peers that are named, or all."""
    if unknown := set(names) - REQUIREMENTS.keys():
        sys.exit(f"no such peer: {', '.join(sorted(unknown))}; there are {', '.join(REQUIREMENTS)}")
    for peer in names or REQUIREMENTS:
        print(f"{peer}: {REQUIREMENTS[peer]}", file=sys.stderr)
        install(peer)


if __name__ == "__main__":
    main(sys.argv[1:])
