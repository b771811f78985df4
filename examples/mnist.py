"""LeNet-5 learns MNIST to 99 %: `python -m examples.mnist --data FOLDER`, or with the folder named in AUTOGRAD_DATA.

The folder holds the four files of the set, or of one in its format such as Fashion-MNIST, gzipped or not. A run that was stopped
goes on from its checkpoint. LeCun, Bottou, Bengio & Haffner, "Gradient-based learning applied to document recognition" (1998),
with ReLU and max-pooling.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import nn


def lenet() -> nn.Sequential:
    """(N, 1, 28, 28) -> (N, 10)."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def main(words: Sequence[str] | None = None) -> nn.training.History:
    options = arguments(words)
    try:
        learn, judge = nn.data.mnist(options.data)
    except (OSError, nn.DataError) as problem:
        sys.exit(f"mnist: {problem}")
    nn.manual_seed(options.seed)
    model = lenet()
    print(nn.summary(model, (1, *learn.images.shape[1:])))
    print(f"{len(learn.labels):,} images to learn from, {len(judge.labels):,} to judge by")
    if options.checkpoint.exists():
        print(f"Going on from {options.checkpoint}; to begin anew, delete it")
    options.checkpoint.parent.mkdir(parents=True, exist_ok=True)

    optimizer = nn.optim.Adam(model.parameters(), lr=options.lr)
    history = nn.fit(
        model,
        nn.data.DataLoader(nn.data.TensorDataset(*learn), batch_size=options.batch_size, shuffle=True),
        nn.CrossEntropyLoss(),
        optimizer,
        epochs=options.epochs,
        validation=nn.data.DataLoader(nn.data.TensorDataset(*judge), batch_size=1000),
        metrics=["accuracy"],
        scheduler=nn.optim.lr_scheduler.CosineAnnealingLR(optimizer, options.epochs),
        callbacks=[nn.training.Checkpoint(options.checkpoint)],
    )
    seconds = history["seconds"]
    print(f"{len(seconds)} epochs of {min(seconds):.1f} to {max(seconds):.1f} s, with their judging")
    print(f"Test accuracy: {history[-1]['val_accuracy']:.2%}")
    return history


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m examples.mnist", description="LeNet-5 learns MNIST.")
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", help="with the set's four files; AUTOGRAD_DATA does the same"
    )
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--lr", type=float, default=2e-3, help="the first learning rate; it falls to 0 along a cosine")
    parser.add_argument("--seed", type=int, default=0, help="of the first weights and the orders of images")
    parser.add_argument("--checkpoint", type=Path, default=Path("demo/mnist.safetensors"), metavar="FILE")
    return parser.parse_args(words)


if __name__ == "__main__":
    main()
