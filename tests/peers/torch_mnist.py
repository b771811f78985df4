"""An epoch of MNIST beside PyTorch's: `python -m tests.peers.torch_mnist --data FOLDER` (after `make peers`), in one thread.

LeNet-5 from the same first weights through the same batches, as in `examples.mnist`; the two take turns, fifty batches each, so
that both have what else the machine does. Seconds are of the clock, and of the processor; the test images are judged in them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

import autograd_core as ag
import nn
from benchmarks.workloads.lenet import lenet
from tests.peers.environments import in_environment_of

BATCH, TURN, JUDGED = 64, 50, 1000
RATE = 2e-3


def ours(weights: dict[str, Any], order: np.ndarray, learn: Any, judge: Any) -> Iterator[float]:
    """After each batch its loss, and at last the accuracy."""
    model = lenet(nn)
    model.load_state_dict(weights)
    optimizer, loss_of = nn.optim.Adam(model.parameters(), lr=RATE), nn.CrossEntropyLoss()
    for x, labels in nn.data.DataLoader(nn.data.TensorDataset(*learn), BATCH, sampler=order):
        optimizer.zero_grad()
        loss = loss_of(model(x), labels)
        loss.backward()
        optimizer.step()
        yield loss.item()
    right = 0
    for x, labels in nn.data.DataLoader(nn.data.TensorDataset(*judge), JUDGED):
        with ag.no_grad():
            right += np.sum(np.argmax(model(x), axis=1) == labels)
    yield float(right) / len(judge.labels)


def theirs(weights: dict[str, Any], order: np.ndarray, learn: Any, judge: Any) -> Iterator[float]:
    """The same in PyTorch; batches are taken from its tensors directly, which is faster than its DataLoader."""
    import torch

    model = lenet(torch.nn)
    model.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})
    optimizer, loss_of = torch.optim.Adam(model.parameters(), lr=RATE), torch.nn.CrossEntropyLoss()
    images, targets = map(torch.from_numpy, learn)
    for rows in torch.from_numpy(order).split(BATCH):
        optimizer.zero_grad()
        loss = loss_of(model(images[rows]), targets[rows])
        loss.backward()
        optimizer.step()
        yield loss.item()
    right = 0
    for x, labels in zip(*(torch.from_numpy(part).split(JUDGED) for part in judge), strict=True):
        with torch.no_grad():
            right += int((model(x).argmax(1) == labels).sum())
    yield right / len(judge.labels)


class Timed:
    """A side's epoch, taken in turns."""

    def __init__(self, epoch: Callable[..., Iterator[float]], *of: Any) -> None:
        self.numbers: list[float] = []
        self.clock = self.processor = 0.0
        self.left = epoch(*of)

    def turn(self) -> bool:
        """Go on for some batches; whether there were any."""
        clock, processor = time.perf_counter(), time.process_time()
        numbers = list(islice(self.left, TURN))
        self.clock += time.perf_counter() - clock
        self.processor += time.process_time() - processor
        self.numbers += numbers
        return bool(numbers)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.peers.torch_mnist")
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", help="with MNIST's four files; AUTOGRAD_DATA does the same"
    )
    options = parser.parse_args()
    in_environment_of(
        "torch", "tests.peers.torch_mnist", ["--data", str(options.data.resolve())] if options.data else []
    )
    import torch

    torch.set_num_threads(1)
    learn, judge = nn.data.mnist(options.data)
    nn.manual_seed(0)
    weights = {name: np.array(p.numpy()) for name, p in lenet(nn).named_parameters()}
    order = np.random.default_rng(0).permutation(len(learn.labels))
    mine, other = (Timed(epoch, weights, order, learn, judge) for epoch in (ours, theirs))
    while mine.turn() | other.turn():
        pass
    for name, side in {"nn": mine, "torch": other}.items():
        *losses, accuracy = side.numbers
        print(
            f"{name:6s} {side.clock:6.1f} s, of the processor {side.processor:6.1f} s; mean loss {np.mean(losses):.4f}, "
            f"test accuracy {accuracy:.2%}"
        )
    print(f"ratio  {mine.clock / other.clock:.2f}, of the processor {mine.processor / other.processor:.2f}")


if __name__ == "__main__":
    main()
