"""A small convolutional network learns handwritten digits; then its gradients are checked and its graph is drawn.

    python -m examples.digits                   the 1,797 digits that ship with the project
    python -m examples.digits --data FOLDER     MNIST's four files (the variable AUTOGRAD_DATA does the same)

Pictures go to demo/. Exits with a message when the accuracy or the gradients fall short of what is promised.
"""

from __future__ import annotations

import argparse
import copy
import os
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
from tqdm import tqdm

import autograd_core as ag
import nn
from autograd_core.testing import check_grads
from examples.loading import shipped_digits
from examples.pictures import draw_loss, draw_neuron, draw_training

ACCURACY = 0.97
GRADIENT_ERROR = 1e-5

cross_entropy = nn.CrossEntropyLoss()


def main() -> None:
    options = arguments()
    try:
        learn, judge = nn.data.mnist(options.data) if options.data else shipped_digits()
    except (OSError, nn.DataError) as problem:
        sys.exit(f"digits: {problem}")
    nn.manual_seed(0)
    side = learn.images.shape[-1]
    model = network(side)
    weights = sum(p.size for p in model.parameters())
    held_out = len(judge.labels)
    print(f"Digits: {len(learn.labels):,} to learn from, {held_out:,} held out, {side} x {side} pixels")
    print(f"Network: two convolutions and a linear layer, {weights:,} parameters")

    start = time.perf_counter()
    losses, accuracies = train(model, learn, judge)
    print(f"Trained {len(losses)} epochs in {time.perf_counter() - start:.1f} s")

    guesses = predict(model, judge.images)
    right = np.sum(guesses == judge.labels)
    accuracy = right / held_out
    print(f"Held-out accuracy: {accuracy:.1%} ({right:,} of {held_out:,})")
    print(f"Commonest mistakes: {mistakes(judge.labels, guesses)}")

    hardest = np.argsort(guesses == judge.labels, kind="stable")[:32]
    try:
        error = gradient_error(model, judge.images[hardest], judge.labels[hardest])
    except AssertionError as problem:
        sys.exit(f"digits: {problem}")
    print(f"Gradient check: autodiff against finite differences, worst relative error {error:.1e}")

    folder = Path("demo")
    folder.mkdir(exist_ok=True)
    draw_neuron(folder)
    draw_loss(model, learn.images[:4], learn.labels[:4], folder)
    draw_training(losses, accuracies, folder)
    print("Pictures in demo/:")
    print("  neuron.svg, .png            a neuron with the chain rule on its edges")
    print("  loss.svg                    the graph of the network's loss")
    print("  training_curve.svg, .png    loss and accuracy, epoch by epoch")

    if accuracy < ACCURACY:
        sys.exit(f"digits: the held-out accuracy {accuracy:.1%} is below the {ACCURACY:.0%} promised")
    if not error <= GRADIENT_ERROR:
        sys.exit(f"digits: the gradient's relative error {error:.1e} is above the {GRADIENT_ERROR:.0e} promised")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m examples.digits", description="Learn handwritten digits.")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        default=os.environ.get("AUTOGRAD_DATA") or None,
        help="a folder with MNIST's four files, instead of the digits that ship with the project",
    )
    return parser.parse_args()


def network(side: int) -> nn.Sequential:
    """(N, 1, side, side) -> (N, 10)."""
    return nn.Sequential(
        nn.Conv2d(1, 24, 3), nn.ReLU(),
        nn.Conv2d(24, 48, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(48 * ((side - 4) // 2) ** 2, 10),
    )  # fmt: skip


def train(model: nn.Module, learn: nn.data.Images, judge: nn.data.Images) -> tuple[list[float], list[float]]:
    """The mean loss and the held-out accuracy of each epoch."""
    loader = nn.data.DataLoader(nn.data.TensorDataset(*learn), batch_size=64, shuffle=True)
    optimizer = nn.optim.Adam(model.parameters(), lr=3e-3)
    epochs = max(2, 30_000 // len(learn.labels))
    losses, accuracies = [], []
    with tqdm(total=epochs * len(loader), desc="Training", unit=" batches") as bar:
        for _ in range(epochs):
            batch_losses = []
            for images, labels in loader:
                loss = cross_entropy(model(images), labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                batch_losses.append(loss.item())
                bar.update()
            losses.append(float(np.mean(batch_losses)))
            accuracies.append(float(np.mean(predict(model, judge.images) == judge.labels)))
            bar.set_postfix_str(f"loss {losses[-1]:.4f}, held-out accuracy {accuracies[-1]:.1%}")
    return losses, accuracies


@ag.no_grad()
def predict(model: nn.Module, images: np.ndarray) -> np.ndarray:
    """The digit the model sees in each image."""
    batches = [images[i : i + 500] for i in range(0, len(images), 500)]
    return np.concatenate([np.argmax(model(batch).numpy(), axis=1) for batch in batches])


def mistakes(labels: np.ndarray, guesses: np.ndarray) -> str:
    """The pairs of digits confused most often, in words."""
    pairs = Counter((int(label), int(guess)) for label, guess in zip(labels, guesses, strict=True) if label != guess)
    return ", ".join(f"{a} read as {b} ({n}x)" for (a, b), n in pairs.most_common(4)) or "none"


def gradient_error(model: nn.Module, images: np.ndarray, labels: np.ndarray) -> float:
    """The worst relative error of the slopes of the loss, by autodiff in both modes, against finite differences.

    Of a copy in double precision, along random directions in the space of all its parameters.
    Raises AssertionError where an error is too large.
    """
    model, images = copy.deepcopy(model).double(), images.astype(np.float64)
    layers = [layer for layer in model.children() if list(layer.parameters())]

    def loss(parameters: list[dict[str, object]]) -> object:
        for layer, given in zip(layers, parameters, strict=True):
            vars(layer).update(given)
        return cross_entropy(model(images), labels)

    return check_grads(loss, [layer.state_dict() for layer in layers], order=1, directions=5).worst


if __name__ == "__main__":
    main()
