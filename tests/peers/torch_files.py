"""Files of weights beside PyTorch's: `python -m tests.peers.torch_files` (after `make peers`).

A LeNet-5, an LSTM and a transformer layer are saved here and loaded there, and the other way; outputs must agree to 1e-5.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import nn

ROOT = Path(__file__).resolve().parents[2]


def models(vocabulary):
    """The same architectures in both vocabularies, each with the shape of an input."""
    n = vocabulary
    lenet = n.Sequential(
        n.Conv2d(1, 6, 5, padding=2), n.ReLU(), n.MaxPool2d(2), n.Conv2d(6, 16, 5), n.BatchNorm2d(16), n.ReLU(), n.MaxPool2d(2),
        n.Flatten(), n.Linear(400, 10),
    )  # fmt: skip
    lstm = n.LSTM(5, 4, num_layers=2, bidirectional=True)
    return [(lenet, (2, 1, 28, 28)), (lstm, (7, 2, 5)), (n.TransformerEncoderLayer(8, 2, 16), (3, 2, 8))]


def main():
    try:
        import torch
        from safetensors.torch import load_file, save_file
    except ImportError:
        there = ROOT / ".peers" / "torch" / "bin" / "python"
        if not there.exists():
            sys.exit("PyTorch is not installed: make peers puts it into .peers/torch")
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        sys.exit(subprocess.run([there, "-m", "tests.peers.torch_files"], env=environment, check=False).returncode)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "weights.safetensors")
        for (ours, shape), (theirs, _), (target, _), (other, _) in zip(
            *map(models, (nn, torch.nn, nn, torch.nn)), strict=True
        ):
            x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
            nn.save_file(ours.eval().state_dict(), path)
            theirs.eval().load_state_dict(load_file(path))
            save_file(other.eval().state_dict(), path)
            target.eval().load_state_dict(nn.load_file(path))
            for mine, yours in ((ours, theirs), (target, other)):
                a, b = mine(x), yours(torch.from_numpy(x))
                a, b = (y[0] if isinstance(y, tuple) else y for y in (a, b))
                error = np.max(np.abs(a.numpy() - b.detach().numpy()))
                print(f"{type(ours).__name__}: outputs differ by {error:.1e}")
                if not error < 1e-5:
                    sys.exit("they do not agree")


if __name__ == "__main__":
    main()
