"""Runs the comparisons, and writes tests/peers/results/torch_optim.md; fails for what differs."""

from __future__ import annotations

import sys
import warnings
import zlib
from collections.abc import Callable, Iterable

import numpy as np

from ..environments import ROOT, in_environment_of
from .optimisers import STEPS, trajectories
from .schedules import EPOCHS, SCHEDULES, rates
from .settings import OPTIMISERS, Random
from .utilities import UTILITIES

REPORT = ROOT / "tests" / "peers" / "results" / "torch_optim.md"
TRIES = 40
TOLERANCE = 1e-9
COMPARISONS: dict[str, Callable[[str, Random], tuple[float, str]]] = {
    **dict.fromkeys(OPTIMISERS, trajectories),
    **dict.fromkeys(SCHEDULES, rates),
    **UTILITIES,
}


def compare(names: Iterable[str]) -> tuple[str, list[str]]:
    """The report as Markdown, and what differs."""
    import torch

    rows, wrong = [], []
    for name in names:
        agree, largest = 0, 0.0
        for k in range(TRIES):
            random = np.random.default_rng(zlib.crc32(f"{name} {k}".encode()))
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                worst, words = COMPARISONS[name](name, random)
            if worst <= TOLERANCE:
                agree, largest = agree + 1, max(largest, worst)
            else:
                wrong.append(f"differs by {worst:.1e}: {words}")
        rows.append(f"| `{name}` | {agree} of {TRIES} | {largest:.0e} |")
        print(rows[-1], file=sys.stderr)
    text = f"""# Optimisers, schedules and utilities beside PyTorch

Made by `python -m tests.peers.torch_optim` with PyTorch {torch.__version__} and NumPy {np.__version__}, in 64 bits: {TRIES} runs
of each with random settings of every argument; optimisers over {STEPS} steps, with groups, steps without a gradient and rates
that change, going on from PyTorch's state half way; schedules over {EPOCHS} epochs. Agreement is to {TOLERANCE:.0e} of the
largest element, at every step, and of the states at the end. PyTorch's Muon is let compute in 64 bits instead of bfloat16.

On purpose it is otherwise, and not drawn above, that

- a group of Adagrad has an initial_accumulator_value of its own, which PyTorch passes over;
- RMSprop takes a variance that rounding made negative as 0, where PyTorch has NaN;
- ConstantLR with no total_iters leaves the rate as it is, where PyTorch's stays at the factor for ever;
- MultiplicativeLR in a SequentialLR begins with the rate that is there, as it does alone, not with lr_lambda(0) times it;
- OneCycleLR keeps its last rate in the step after the end, where PyTorch's goes on, perhaps below 0;
- a schedule that is made with `last_epoch` has the rate of its formula, which PyTorch takes from the optimiser as it is;
- a rate below 0 is refused;
- clip_grad_norm_ leads to max_norm itself, where PyTorch's adds 1e-6 to the norm that it divides by;
- a weight that weight_norm or spectral_norm computes is computed when it is read, not only in a forward.

| | runs that agree | largest difference |
|---|---|---|
"""
    return text + "\n".join(rows) + "\n", wrong


def main(names: list[str]) -> None:
    in_environment_of("torch", "tests.peers.torch_optim", names)
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    torch.Tensor.bfloat16 = lambda x: x.clone()  # Muon's
    if unknown := set(names) - COMPARISONS.keys():
        sys.exit(f"there is no {', '.join(sorted(unknown))}")
    text, wrong = compare(names or COMPARISONS)
    if not names:
        REPORT.write_text(text)
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
